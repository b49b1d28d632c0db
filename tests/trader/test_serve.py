"""The counter for desks inside one process: what strangers, liars and slow readers can and cannot do."""

import contextlib
import hashlib
import hmac
import os
import pickle
import socket
import struct
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Client, Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import msgspec
import pytest

from qmtdesk.domain.reason import Reason, Why
from qmtdesk.trader import serve
from qmtdesk.trader.mirror import Mirror
from qmtdesk.trader.serve import DESKS, DeskServer
from qmtdesk.wire import endpoint
from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import RefusedError, attach, raise_first_desk, stop_trader
from qmtdesk.wire.line import Line, LineLostError
from qmtdesk.wire.rows import EventRow, QuoteRow
from qmtdesk.wire.talk import (
    PROTOCOL,
    Ack,
    Batch,
    Beat,
    Command,
    Demo,
    FromTrader,
    Hello,
    Page,
    Raise,
    Refuse,
    Resync,
    Stop,
    Welcome,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a socket")
encode = msgspec.msgpack.encode
decode = msgspec.msgpack.Decoder(FromTrader).decode


def event(n: int) -> EventRow:
    return EventRow(no=n, at=n, level="info", code="", name="", reason=Reason(Why.ARMED))


def quote(code: str, at: int) -> QuoteRow:
    return QuoteRow(code=code, at=at, last=1, prev_close=1, high=1, low=1, volume=1, amount=1, bids=(), asks=())


class Trader:
    def __init__(self, folder: Path) -> None:
        self.folder, self.mirror, self.seq = folder, Mirror(), 0
        self.commands: list[tuple[int, Command]] = []
        self.stops: list[bool] = []
        self.armed = False
        self.server = DeskServer(
            folder, "boot", on_command=self.on_command, snapshot=self.mirror.snapshot, on_stop=self.on_stop, done=[77]
        )
        self.server.start()

    def on_command(self, desk: int, command: Command) -> None:
        self.commands.append((desk, command))
        if command.id != 13:
            self.server.reply(desk, Ack(command.id, True, self.seq))

    def on_stop(self, force: bool) -> bool:
        self.stops.append(force)
        return force or not self.armed

    def publish(self, count: int, *quotes: QuoteRow) -> None:
        changes = [(self.seq + n + 1, event(self.seq + n + 1)) for n in range(count)]
        self.seq += count
        self.mirror.apply(changes, quotes)
        self.server.publish(changes, quotes)

    def desk(self) -> "Desk":
        return Desk(self.folder)


class Desk:
    """An honest desk that reads when told to."""

    def __init__(self, folder: Path) -> None:
        self.line, self.welcome = attach(read_card(folder), "desk")

    def hear(self, kind: type = object) -> object:
        while True:
            message = decode(self.line.receive(1 << 24))
            if isinstance(message, kind):
                return message

    def ask(self, number: int) -> Ack:
        self.line.send(encode(Command(number, 0, Demo())))
        return self.hear(Ack)

    def close(self) -> None:
        self.line.close()


@pytest.fixture
def trader(tmp_path: Path) -> Iterator[Trader]:
    one = Trader(tmp_path)
    yield one
    one.server.stop()
    assert read_card(tmp_path) is None
    assert not [t for t in threading.enumerate() if t.name.startswith("pipe")]


def wait(condition) -> None:
    deadline = time.perf_counter() + 20
    while not condition():
        assert time.perf_counter() < deadline
        threading.Event().wait(0.005)


def raw(trader: Trader) -> socket.socket:
    plug = socket.socket(socket.AF_UNIX)
    plug.connect(read_card(trader.folder).address)
    plug.settimeout(20)
    return plug


def told_before_end(plug: socket.socket) -> bytes:
    """What the trader says until it ends this connection."""
    told = b""
    with contextlib.suppress(ConnectionResetError):
        while data := plug.recv(4096):
            told += data
    return told


def exhaust(connection: Connection) -> None:
    while True:
        connection.recv_bytes()


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def framed(data: bytes) -> bytes:
    return struct.pack("!i", len(data)) + data


def logged_in(trader: Trader, hello: bytes | None = None) -> Connection:
    """A desk made of bare bytes that knows the key."""
    card = read_card(trader.folder)
    connection = Client(card.address, "AF_UNIX")
    a = connection.recv_bytes()[5:]
    b = os.urandom(32)
    connection.send_bytes(b + hmac.new(bytes.fromhex(card.key), b"desk" + a + b, hashlib.sha256).digest())
    answer = connection.recv_bytes()
    assert answer == hmac.new(bytes.fromhex(card.key), b"trader" + a + b, hashlib.sha256).digest()
    connection.send_bytes(encode(Hello(PROTOCOL, "desk", 1, "x")) if hello is None else hello)
    return connection


def test_a_desk_gets_the_snapshot_and_then_every_change(trader):
    trader.publish(5, quote("a", 1))
    desk = trader.desk()
    page = desk.hear()
    assert isinstance(page, Page)
    assert (page.boot, page.seq, page.first, page.last) == ("boot", 5, True, True)
    assert set(page.rows) == {event(n) for n in range(1, 6)} | {quote("a", 1)}
    trader.publish(3, quote("a", 2))
    batch = desk.hear()
    assert (batch.first, batch.changes) == (6, (event(6), event(7), event(8)))
    assert desk.hear(Batch).quotes == (quote("a", 2),)
    assert trader.server.desks == 1
    desk.close()
    wait(lambda: trader.server.desks == 0)


def test_a_snapshot_asked_for_comes_and_numbers_go_on_from_it(trader):
    desk = trader.desk()
    desk.hear(Page)
    trader.publish(2)
    desk.line.send(encode(Resync(0)))
    page = desk.hear(Page)
    assert page.seq == 2
    trader.publish(1)
    assert desk.hear(Batch).first == 3
    desk.close()


def test_what_a_snapshot_holds_already_is_not_told_again(tmp_path):
    """Changes that are published while the snapshot is being taken are in it and in the outbox as well."""
    taken = threading.Event()

    def snapshot() -> tuple[int, list[EventRow]]:
        server.publish([(1, event(1)), (2, event(2))], [])
        taken.set()
        return 2, [event(1), event(2)]

    server = DeskServer(tmp_path, "b", on_command=print, snapshot=snapshot, on_stop=bool)
    server.start()
    desk = Desk(tmp_path)
    assert desk.hear(Page).seq == 2
    taken.wait(5)
    server.publish([(3, event(3))], [])
    assert desk.hear(Batch).first == 3
    desk.close()
    server.stop()


def test_each_command_is_done_once_and_each_repetition_answered(trader):
    desk = trader.desk()
    assert desk.ask(1).ok
    assert desk.ask(1).ok
    assert desk.ask(77).ok
    assert [command.id for _, command in trader.commands] == [1]
    desk.close()


def test_an_answer_finds_the_desk_that_attached_anew(trader):
    desk = trader.desk()
    desk.line.send(encode(Command(13, 0, Demo())))
    wait(lambda: trader.commands)
    desk.close()
    second = trader.desk()
    second.line.send(encode(Command(13, 0, Demo())))
    second.line.send(encode(Command(14, 0, Demo())))
    assert second.hear(Ack).id == 14  # the repetition of 13 was read before it
    trader.server.reply(trader.commands[0][0], Ack(13, True, 0))
    assert second.hear(Ack).id == 13
    assert [command.id for _, command in trader.commands] == [13, 14]
    second.close()


def test_an_answer_to_nobody_is_dropped(trader):
    desk = trader.desk()
    wait(lambda: trader.server.desks == 1)
    trader.server.reply(99, Ack(1, True, 0))
    trader.server.reply(99, Raise())
    trader.server.beat(9, 8, 7)
    # what was meant for nobody reached nobody: the first thing this desk hears is the beat
    assert desk.hear(Beat) == Beat("boot", 9, 8, 7)
    desk.close()


def test_beats_reach_every_desk(trader):
    desks = [trader.desk(), trader.desk()]
    wait(lambda: trader.server.desks == 2)
    trader.server.beat(9, 8, 7)
    for desk in desks:
        assert desk.hear(Beat) == Beat("boot", 9, 8, 7)
        desk.close()


def test_one_desk_too_many_is_refused(trader):
    desks = [trader.desk() for _ in range(DESKS)]
    wait(lambda: trader.server.desks == DESKS)
    with pytest.raises(RefusedError, match="busy"):
        trader.desk()
    for desk in desks:
        desk.close()


def test_raise_reaches_the_desk(trader):
    desk = trader.desk()
    wait(lambda: trader.server.desks)
    assert raise_first_desk(trader.folder)
    desk.hear(Raise)
    desk.close()


def test_stop_is_refused_while_armed_unless_forced(trader):
    trader.armed = True
    with pytest.raises(RefusedError, match="armed"):
        stop_trader(trader.folder, force=False)
    assert stop_trader(trader.folder, force=True)
    desk = trader.desk()
    desk.line.send(encode(Stop(False)))
    assert desk.hear(Refuse).why == "armed"
    desk.line.send(encode(Stop(True)))
    wait(lambda: trader.stops == [False, True, False, True])
    desk.close()


def test_nobody_answers_in_a_folder_without_a_trader(tmp_path, trader):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not raise_first_desk(empty)
    assert not stop_trader(empty, force=True)


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
            plug.sendall(framed(b"\0" * 32))

    for say in (framed(b"QMTD1" + bytes(32)), framed(b"HELLO" + bytes(32)), framed(b"QMTD1")):
        thread = threading.Thread(target=lie, args=(say,))
        thread.start()
        with pytest.raises(LineLostError):
            attach(msgspec.structs.replace(card, address=path), "desk")
        thread.join()
    false.close()


@pytest.mark.parametrize("said", [b"", b"\x00\x00", struct.pack("!i", 64) + b"x" * 10], ids=["no", "half", "part"])
def test_a_silent_stranger_is_shown_out_in_time(tmp_path, monkeypatch, said):
    monkeypatch.setattr(endpoint, "GREETING_S", 0.2)
    trader = Trader(tmp_path)
    plug = raw(trader)
    plug.sendall(said)
    begun = time.perf_counter()
    told_before_end(plug)
    assert time.perf_counter() - begun < 5
    plug.close()
    trader.server.stop()


def test_forty_silent_strangers_do_not_keep_a_desk_out(trader):
    plugs = [raw(trader) for _ in range(40)]
    begun = time.perf_counter()
    desk = trader.desk()
    assert desk.ask(1).ok
    assert time.perf_counter() - begun < 2
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


def test_a_desk_that_never_reads_costs_neither_time_nor_changes(trader):
    lazy = trader.desk()
    wait(lambda: trader.server.desks)
    longest = 0.0
    for n in range(300):
        begun = time.perf_counter()
        trader.publish(100, *(quote(f"{k}", n) for k in range(100)))
        longest = max(longest, time.perf_counter() - begun)
    assert longest < 0.2
    outbox = trader.server._outboxes[0]
    assert len(outbox._changes) <= 20_000
    assert len(outbox._quotes) <= 100
    seen: dict[int, EventRow] = {}
    expected = 1
    while expected <= trader.seq:
        match lazy.hear():
            case Page() as page:
                seen |= {row.no: row for row in page.rows if isinstance(row, EventRow)}
                expected = page.seq + 1 if page.last else expected
            case Batch() as batch if batch.changes:
                assert batch.first == expected
                seen |= {row.no: row for row in batch.changes}
                expected += len(batch.changes)
    assert sorted(seen) == list(range(1, trader.seq + 1))
    lazy.close()


def test_a_failing_snapshot_or_command_ends_that_desk_and_is_logged(tmp_path, caplog):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("our bug")

    for number, (snapshot, on_command) in enumerate(((broken, print), (lambda: (0, []), broken))):
        server = DeskServer(tmp_path, str(number), on_command=on_command, snapshot=snapshot, on_stop=lambda _: True)
        server.start()
        desk = Desk(tmp_path)
        with pytest.raises(LineLostError):
            desk.ask(1)
        desk.close()
        server.stop()
        server.stop()
    assert caplog.text.count("ZeroDivisionError: our bug") == 2


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
