"""Strangers, liars and babblers on the pipe: shown out, in time, leaving nothing behind and nothing run."""

import contextlib
import os
import pickle
import struct
import threading
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import msgspec
import pytest
from serving import Trader, encode, exhaust, framed, handles, logged_in, raw, told_before_end, wait

from qmtdesk.wire import endpoint
from qmtdesk.wire.talk import Command, Demo, Welcome
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a socket")


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


STRANGERS = {
    "random bytes": framed(os.urandom(64)),
    "a short proof": framed(b"x"),
    "nothing": framed(b""),
    "too long": framed(b"x" * 65),
    "a terabyte": struct.pack("!iQ", -1, 1 << 40),
    "a negative length": struct.pack("!i", -7),
    "HTTP": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a pickle": framed(pickle.dumps({"a": 1})),
}


@pytest.mark.parametrize("data", STRANGERS.values(), ids=STRANGERS)
def test_strangers_are_shown_out_and_desks_come_in(trader, data):
    plug = raw(trader)
    plug.sendall(data)
    assert told_before_end(plug)[:9] == framed(b"QMTD1" + bytes(32))[:9]
    plug.close()
    desk = trader.desk()
    assert desk.ask(1).ok
    desk.close()


def test_a_wrong_proof_of_the_right_length_gets_no_proof_in_return(trader):
    plug = raw(trader)
    plug.sendall(framed(os.urandom(64)))
    assert len(told_before_end(plug)) == 4 + 5 + 32  # the challenge and not a byte more
    plug.close()


HELLOS = {
    "empty": b"",
    "no message": b"\xc1",
    "wrong fields": msgspec.msgpack.encode([1, "a", "b", "c", "d"]),
    "a command first": encode(Command(1, 0, Demo())),
    "a pickle": pickle.dumps([1]),
    "too long": b"x" * 5000,
}


@pytest.mark.parametrize("hello", HELLOS.values(), ids=HELLOS)
def test_one_who_knows_the_key_and_greets_with_nonsense_is_shown_out(trader, hello):
    connection = logged_in(trader, hello)
    with pytest.raises((EOFError, ConnectionResetError)):
        connection.recv_bytes()
    connection.close()
    assert trader.desk().ask(1).ok
    assert trader.commands[0][1].id == 1


AFTER = {
    "empty": b"",
    "no message": b"\xc1" * 9,
    "another message": encode(Welcome(1, "b", 1, "v")),
    "wrong types": msgspec.msgpack.encode([60, "x", "y", [45]]),
    "an unknown body": msgspec.msgpack.encode([60, 1, 1, [99]]),
    "too long": b"x" * ((1 << 16) + 2),
    "deep": b"\x91" * 60_000,
}


@pytest.mark.parametrize("data", AFTER.values(), ids=AFTER)
def test_a_desk_that_sends_nonsense_is_cut_and_the_others_are_not(trader, data):
    other = trader.desk()
    connection = logged_in(trader)
    connection.recv_bytes()
    with contextlib.suppress(BrokenPipeError):  # a long one is cut before it is sent to its end
        connection.send_bytes(data)
    with pytest.raises((EOFError, ConnectionResetError)):
        exhaust(connection)
    connection.close()
    assert other.ask(1).ok
    other.close()


def test_nothing_is_ever_unpickled_and_a_bomb_never_runs(trader, monkeypatch, tmp_path):
    counted = []
    monkeypatch.setattr(ForkingPickler, "loads", lambda *args: counted.append(args))
    monkeypatch.setattr(ForkingPickler, "dumps", lambda *args: counted.append(args))
    bomb = pickle.dumps(Bomb(tmp_path / "ran"))
    plug = raw(trader)
    plug.sendall(framed(bomb)[:68])
    told_before_end(plug)
    plug.close()
    for hello, then in ((bomb, None), (None, bomb)):
        connection = logged_in(trader, hello)
        if then:
            connection.send_bytes(then)
        with pytest.raises((EOFError, ConnectionResetError)):
            exhaust(connection)
        connection.close()
    assert trader.desk().ask(1).ok
    assert counted == []
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("said", [b"", b"\x00\x00", struct.pack("!i", 64) + b"x" * 10], ids=["no", "half", "part"])
def test_a_silent_stranger_is_shown_out_in_time(tmp_path, monkeypatch, said):
    monkeypatch.setattr(endpoint, "GREETING_S", 0.2)
    trader = Trader(tmp_path)
    plug = raw(trader)
    plug.sendall(said)
    with Stopwatch() as watch:
        told_before_end(plug)
    assert watch.seconds < 5
    plug.close()
    trader.server.stop()


def test_forty_silent_strangers_do_not_keep_a_desk_out(trader):
    plugs = [raw(trader) for _ in range(40)]
    with Stopwatch() as watch:
        desk = trader.desk()
        assert desk.ask(1).ok
    assert watch.seconds < 2
    assert len(trader.server._endpoint._strangers) <= endpoint.STRANGERS
    desk.close()
    for plug in plugs:
        plug.close()


def test_two_hundred_who_come_and_go_leave_nothing_behind(trader):
    trader.desk().close()
    wait(lambda: not trader.server._endpoint._lines)
    threads, before = threading.active_count(), handles()
    for _ in range(200):
        raw(trader).close()
    assert trader.desk().ask(1).ok
    wait(lambda: not trader.server._endpoint._lines)
    assert threading.active_count() <= threads
    assert handles() <= before + 1
