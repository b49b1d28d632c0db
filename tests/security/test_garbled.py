"""What is no text, or is nested beyond reason, ends one attachment and nothing else, on either side of the pipe."""

import threading
from pathlib import Path

import msgspec
import pytest
from serving import Trader, exhaust, logged_in, raw
from test_client import QUICK, FakeTrader, Window

from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import attach
from qmtdesk.wire.line import LineLostError
from qmtdesk.wire.link_events import Attached, Lost
from qmtdesk.wire.talk import PROTOCOL, Beat, Hello, Welcome

pack = msgspec.msgpack.encode


def spoiled(message: object, text: str) -> bytes:
    """The message with a text in it that is no UTF-8."""
    data = pack(message)
    assert text.encode() in data
    return data.replace(text.encode(), b"\xff" * len(text))


GARBLED = {
    "no text": spoiled(Welcome(PROTOCOL, "boot", 1, "vers"), "vers"),
    "nested": b"\x95\x03" + b"\x91" * 200_000,
    "a nested extra": pack([*msgspec.to_builtins(Beat("b1", 1, 1, 1))])[:-1] + b"\x91" * 100_000,
}


@pytest.mark.parametrize("data", GARBLED.values(), ids=GARBLED)
def test_a_garbled_message_ends_the_attachment_and_the_desk_comes_back(tmp_path: Path, data: bytes) -> None:
    trader = FakeTrader(tmp_path)
    window = Window(tmp_path)
    try:
        window.until(lambda: window.of(Attached))
        trader.talks[0].line.send(data)
        window.until(lambda: window.of(Lost))
        trader.talks[0].done.set()
        window.until(lambda: len(window.of(Attached)) == 2)
    finally:
        window.link.close()
        trader.stop()


@pytest.mark.parametrize("data", GARBLED.values(), ids=GARBLED)
def test_a_garbled_greeting_is_no_greeting_and_the_desk_goes_on_looking(tmp_path: Path, data: bytes) -> None:
    trader = FakeTrader(tmp_path, greeting=msgspec.Raw(data[:4_000]))
    window = Window(tmp_path, pace=QUICK)
    try:
        card = read_card(tmp_path)
        assert card is not None
        with pytest.raises(LineLostError):
            attach(card, "desk")
        trader.greeting = None
        window.until(lambda: window.of(Attached))
    finally:
        window.link.close()
        trader.stop()


FROM_DESK = {
    "no text": spoiled(Hello(PROTOCOL, "desk", 1, "vers"), "vers"),
    "nested": b"\x95\x01" + b"\x91" * 4_000,
}


@pytest.mark.parametrize("data", FROM_DESK.values(), ids=FROM_DESK)
def test_a_garbled_desk_is_shown_out_without_an_alarm(tmp_path: Path, data: bytes, caplog) -> None:
    trader = Trader(tmp_path)
    connection = logged_in(trader, data)
    with pytest.raises((EOFError, ConnectionResetError)):
        connection.recv_bytes()
    connection.close()
    assert trader.desk().ask(1).ok
    assert not [record for record in caplog.records if record.exc_info]
    trader.server.stop()


def test_two_gigabytes_that_are_announced_after_the_handshake_are_never_waited_for(tmp_path: Path) -> None:
    trader = Trader(tmp_path)
    connection = logged_in(trader)
    connection.recv_bytes()
    connection._send(b"\x7f\xff\xff\xff" + b"x" * 1000)
    with pytest.raises((EOFError, OSError)):
        exhaust(connection)
    connection.close()
    assert trader.desk().ask(1).ok
    trader.server.stop()


def test_one_who_sends_a_byte_now_and_then_is_shown_out_with_the_silent_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qmtdesk.wire import endpoint

    monkeypatch.setattr(endpoint, "GREETING_S", 0.4)
    trader = Trader(tmp_path)
    plug = raw(trader)
    sent, over = 0, threading.Event()
    try:
        for byte in b"\x00\x00\x00\x40" + bytes(200):
            plug.sendall(bytes([byte]))
            sent += 1
            over.wait(0.05)
    except OSError:
        over.set()
    assert over.is_set()
    assert sent < 64
    plug.close()
    trader.server.stop()
