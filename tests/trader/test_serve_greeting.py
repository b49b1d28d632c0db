"""Who gets in: not too many, only of this protocol, only with the key, and only to the real trader."""

import contextlib
import os
import socket
import threading

import msgspec
import pytest
from serving import decode, encode, framed, logged_in, wait

from qmtdesk.trader import serve
from qmtdesk.trader.serve import DESKS
from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import RefusedError, attach
from qmtdesk.wire.line import Line, LineLostError
from qmtdesk.wire.talk import PROTOCOL, Ack, Hello, Refuse, Stop, Welcome

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a socket")


def test_one_desk_too_many_is_refused(trader):
    desks = [trader.desk() for _ in range(DESKS)]
    wait(lambda: trader.server.desks == DESKS)
    with pytest.raises(RefusedError, match="busy"):
        trader.desk()
    for desk in desks:
        desk.close()


@pytest.mark.parametrize("role", ["desk", "other"])
def test_another_protocol_is_refused_by_name(trader, role):
    connection = logged_in(trader, encode(Hello(99, role, 1, "x")))
    assert decode(connection.recv_bytes()) == Refuse(PROTOCOL, "protocol")
    connection.close()


def test_a_newer_program_can_still_ask_an_old_trader_to_stop(trader):
    connection = logged_in(trader, encode(Hello(99, "stop", 1, "x")))
    assert isinstance(decode(connection.recv_bytes()), Welcome)
    connection.send_bytes(encode(Stop(False)))
    assert isinstance(decode(connection.recv_bytes()), Welcome)
    assert trader.stops == [False]
    connection.close()


def test_a_wrong_key_is_refused(trader):
    card = read_card(trader.folder)
    with pytest.raises(LineLostError):
        attach(msgspec.structs.replace(card, key="00" * 32), "desk")
    assert trader.server.desks == 0


def test_a_false_trader_is_not_believed(tmp_path, trader):
    """It took the address but does not know the key."""
    card = read_card(trader.folder)
    false = socket.socket(socket.AF_UNIX)
    path = str(tmp_path / "false.sock")
    false.bind(path)
    false.listen()

    def lie(say: bytes) -> None:
        plug, _ = false.accept()
        with plug, contextlib.suppress(OSError):
            plug.sendall(say)
            plug.recv(4096)
            # and goes on as if it had been believed
            plug.sendall(framed(b"\0" * 32) + framed(encode(Welcome(PROTOCOL, "boot", 1, "x"))))
            while plug.recv(4096):
                pass

    for say in (framed(b"QMTD1" + bytes(32)), framed(b"HELLO" + bytes(32)), framed(b"QMTD1")):
        thread = threading.Thread(target=lie, args=(say,), daemon=True)
        thread.start()
        with pytest.raises(LineLostError):
            attach(msgspec.structs.replace(card, address=path), "desk")
        thread.join()
    false.close()


def test_a_deleted_card_comes_back_once_the_folder_takes_it(trader, monkeypatch):
    failed = threading.Event()
    real = serve.write_card

    def full(*_: object) -> None:
        failed.set()
        raise OSError("disk full")

    monkeypatch.setattr(serve, "write_card", full)
    (trader.folder / "trader.json").unlink()
    assert failed.wait(5)
    monkeypatch.setattr(serve, "write_card", real)
    wait(lambda: read_card(trader.folder))


def test_a_line_can_be_cut_and_closed_any_number_of_times(trader):
    desk = trader.desk()
    line: Line = desk.line
    line.cut()
    line.cut()
    with pytest.raises(LineLostError):
        desk.hear(Ack)
    with pytest.raises(LineLostError):
        line.send(b"x")
    line.close()
    line.close()
    line.cut()
