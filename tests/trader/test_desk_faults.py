"""The real trader with desks that die, never read, lie or come in pairs: it goes on, and a new desk shows the truth."""

import contextlib
import os
import pickle
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import pytest
from desk_stand_in import DeskStandIn
from journal_truth import commands_in, unlike
from serving import Desk, decode, encode, exhaust, framed, logged_in, raw, told_before_end

from qmtdesk.domain.messages import Kill
from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import attach
from qmtdesk.wire.line import LineLostError
from qmtdesk.wire.talk import PROTOCOL, Ack, Command, Hello, Refuse, act

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="speaks to a socket and sends POSIX signals"),
    pytest.mark.timeout(120),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskStandIn]:
    """An honest desk on a trader that trades."""
    with DeskStandIn(tmp_path) as one:
        start_trading(one)
        yield one


def start_trading(one: DeskStandIn) -> None:
    one.until(lambda: one.ready, "ready")
    one.demo()
    one.until(lambda: len(one.fills()) >= 2, "two fills")


def goes_on(one: DeskStandIn, pid: int) -> None:
    """The same trader trades on and answers."""
    before = len(one.fills())
    one.until(lambda: len(one.fills()) > before, "it goes on trading")
    assert (one.pid, one.lost) == (pid, 0)


def clock(one: DeskStandIn) -> int:
    """The market's time as this desk knows it."""
    return one.status.clock if one.status is not None else 0


def quiet(one: DeskStandIn) -> None:
    """Nothing changes any more."""
    assert one.do(act(Kill("button"))).ok
    one.until(lambda: "kill_done" in one.events, "every order confirmed")


def end_and_compare(one: DeskStandIn) -> list[str]:
    """Kill the trader as the system does and hold the desk's rows against its journal."""
    shown = one.orders(), one.fills(), one.grids()
    one.link.close()
    os.kill(one.pid, signal.SIGKILL)
    assert one.gone(one.pid)
    return unlike(one.folder, *shown)


def test_a_new_desk_shows_exactly_what_the_journal_holds(desk: DeskStandIn, tmp_path: Path) -> None:
    quiet(desk)
    seen = desk.orders(), desk.fills(), desk.grids()
    fresh = DeskStandIn(tmp_path)
    fresh.link.start()
    fresh.until(lambda: fresh.ready, "attached")
    assert (fresh.orders(), fresh.fills(), fresh.grids()) == seen
    assert len(seen[0]) > 5
    fresh.link.close()
    assert end_and_compare(desk) == []


def test_two_desks_see_the_same_and_one_that_leaves_does_not_hurt_the_other(desk: DeskStandIn, tmp_path: Path) -> None:
    pid = desk.pid
    second = DeskStandIn(tmp_path)
    second.link.start()
    second.until(lambda: second.ready, "the second is in")
    assert second.pid == pid
    assert second.do(act(Kill("button"))).ok
    for each in (desk, second):
        each.until(lambda each=each: "kill_done" in each.events, "both see it")
    assert desk.orders() == second.orders()
    assert desk.fills() == second.fills()
    second.link.close()
    assert desk.do(act(Kill("button"))).ok
    assert (desk.pid, desk.lost) == (pid, 0)


def test_a_command_sent_by_two_desks_under_one_number_is_done_once_and_answered_to_both(desk: DeskStandIn) -> None:
    others = [Desk(desk.folder) for _ in range(2)]
    for other in others:
        other.line.send(encode(Command(999_001, 0, act(Kill("key")))))
        assert other.hear(Ack).ok
    for other in others:
        other.close()
    desk.until(lambda: "kill_done" in desk.events, "every order confirmed")
    assert end_and_compare(desk) == []
    assert commands_in(desk.folder).count(999_001) == 1


def test_a_desk_that_never_reads_holds_up_neither_trading_nor_the_other_desk(desk: DeskStandIn) -> None:
    lazy, _ = attach(read_card(desk.folder), "desk")
    pid, at = desk.pid, clock(desk)
    goes_on(desk, pid)
    # at twenty times the speed a minute of the market fills any pipe many times over
    desk.until(lambda: clock(desk) - at > 60_000, "a minute of market time")
    goes_on(desk, pid)
    quiet(desk)
    assert end_and_compare(desk) == []
    with contextlib.suppress(LineLostError):
        lazy.close()


def ended(connection: Connection) -> bool:
    """Whether the trader shows this one out, whatever it says until then."""
    with contextlib.suppress(EOFError, ConnectionResetError):
        exhaust(connection)
    connection.close()
    return True


GARBAGE = {
    "random bytes": os.urandom(64),
    "a pickle": pickle.dumps({"a": 1}),
    "nothing": b"",
    "not a message": b"\xc1" * 40,
    "deep": b"\x91" * 60_000,
    "a command of no kind": msgspec.msgpack.encode([60, 1, 1, [99]]),
}


def test_whatever_is_said_on_the_pipe_the_same_trader_trades_on(desk: DeskStandIn) -> None:
    pid = desk.pid
    for data in GARBAGE.values():
        plug = raw(desk)
        with contextlib.suppress(BrokenPipeError):
            plug.sendall(framed(data))
        assert told_before_end(plug)[4:9] == b"QMTD1"
        plug.close()
        known = logged_in(desk)
        with contextlib.suppress(BrokenPipeError):
            known.send_bytes(data)
        assert ended(known)
    goes_on(desk, pid)
    quiet(desk)
    assert end_and_compare(desk) == []


def test_who_has_not_the_key_or_speaks_another_version_stays_outside(desk: DeskStandIn) -> None:
    pid, card = desk.pid, read_card(desk.folder)
    with pytest.raises(LineLostError):
        attach(msgspec.structs.replace(card, key="00" * 32), "desk")
    newer = logged_in(desk, encode(Hello(PROTOCOL + 1, "desk", 1, "9.9")))
    assert decode(newer.recv_bytes()) == Refuse(PROTOCOL, "protocol")
    assert ended(newer)
    goes_on(desk, pid)
