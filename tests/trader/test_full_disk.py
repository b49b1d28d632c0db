"""A disk that refuses at any write of a session: nothing leaves without its intent, it is said, a restart recovers."""

import sqlite3
from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, STOCK
from qmtdesk.store.journal import Journal
from qmtdesk.trader.diary import Diary

ERRORS: tuple[Exception, ...] = (
    sqlite3.OperationalError("database or disk is full"),
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.OperationalError("attempt to write a readonly database"),
    sqlite3.OperationalError("database is locked"),
    sqlite3.DatabaseError("database disk image is malformed"),
    PermissionError(13, "Permission denied"),
    OSError(5, "Input/output error"),
)
"""ENOSPC, EIO and EACCES, as SQLite and as the system say them, and what a virus scanner or a bad sector adds."""


class Disk:
    """Lets the n-th write and all after it fail; `done` lets that one happen and only says that it failed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.done, self.writes, self.error = 0, False, 0, ERRORS[0]
        write = Journal._write

        def failing(journal: Journal, rows: object, *, durable: bool) -> None:
            self.writes += 1
            self.left -= 1
            if self.left < 0:
                write(journal, rows, durable=durable)  # type: ignore[arg-type]
                return
            if self.left == 0:
                self.left = 1
                if self.done:
                    self.done = False
                    write(journal, rows, durable=durable)  # type: ignore[arg-type]
                raise self.error
            write(journal, rows, durable=durable)  # type: ignore[arg-type]

        monkeypatch.setattr(Journal, "_write", failing)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def session(day: LoopDay) -> None:
    """A morning of a grid that buys and sells, with one order by hand beside it."""
    day.open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.wait(500)
    for price in (119_990, 120_010, 119_600, 120_400, 119_200, 120_000):
        day.price(BOND, price)
        day.live_market(4_000)
    day.exchange.submit_foreign(day.at, STOCK, m.Side.BUY, 9_990, 100)
    day.live_market(3_000)


def refs_written(folder: Path) -> list[str]:
    diary = Diary(folder / "journal.db")
    refs = [
        record.order.ref
        for record in diary.past()
        if isinstance(record, r.OrderPlaced) and record.order.owner.kind is not OwnerKind.FOREIGN
    ]
    diary.close()
    return refs


def total_writes(tmp_path: Path, disk: Disk) -> int:
    folder = tmp_path / "sound"
    folder.mkdir()
    day = LoopDay(folder=folder)
    session(day)
    day.loop._diary.close()
    assert len(day.state.fills) >= 4
    return disk.writes


@pytest.mark.parametrize("done", [False, True], ids=["not written", "written, and said to have failed"])
def test_whichever_write_fails_nothing_leaves_without_its_intent_and_a_restart_recovers(
    tmp_path: Path, disk: Disk, done: bool
) -> None:
    writes = total_writes(tmp_path, disk)
    assert writes > 40
    for n in range(1, writes + 1):
        folder = tmp_path / f"n{n}"
        folder.mkdir()
        day = LoopDay(folder=folder)
        disk.left, disk.done, disk.error = n, done, ERRORS[n % len(ERRORS)]
        session(day)
        assert day.state.ready is Ready.SUSPENDED
        assert Why.JOURNAL_FAILED in day.said()
        assert day.state.suspended[""].why is Why.JOURNAL_FAILED
        sent = [place.ref for place in day.places()]
        disk.left = -1
        day.loop._diary.close()
        written = refs_written(folder)
        assert set(sent) <= set(written), n
        assert len(written) - len(sent) <= (4 if done else 0), n
        day.again(resume=True)
        day.live_market(12_000)
        assert day.state.ready is Ready.READY, n
        check_same(day, n)
        day.loop._diary.close()


def check_same(day: LoopDay, n: int) -> None:
    """The broker and the engine know the same trades, orders and holdings."""
    truth = day.exchange._truth
    assert {fill_key(f) for f in truth.fills} == set(day.state.fills), n
    live = {o.broker_id for o in day.live()}
    own = {e.broker_id for e in truth.entries.values() if e.remark and e.broker_id in day.exchange._truth.entries}
    assert live == {key for key in own if truth.entries[key].on_book}, n
    remarks = [e.remark for e in truth.entries.values() if e.remark]
    assert len(remarks) == len(set(remarks)), n
    for order in day.state.orders.values():
        booked = sum(f.volume for f in day.state.fills.values() if f.ref == order.ref)
        assert order.filled == booked, (n, order)
    for code, held in day.state.holdings.items():
        assert held.volume == truth.account.holdings[code].volume, n


def broken(tmp_path: Path, disk: Disk) -> LoopDay:
    day = LoopDay(folder=tmp_path)
    session(day)
    assert day.live(BOND)
    disk.left = 1
    day.feed(m.WatchStock(STOCK, on=True))
    return day


def test_the_kill_switch_still_takes_orders_off_the_book(tmp_path: Path, disk: Disk) -> None:
    day = broken(tmp_path, disk)
    assert day.feed(m.Kill("button")).refusal is None
    day.live_market(6_000)
    assert not [e for e in day.exchange._truth.entries.values() if e.remark and e.on_book]
    assert day.state.kill is not None
    assert day.state.kill.done_at


def test_a_stop_of_one_grid_still_takes_its_orders_off_the_book(tmp_path: Path, disk: Disk) -> None:
    day = broken(tmp_path, disk)
    assert day.feed(m.DisarmGrid(BOND, m.StopHow.CANCEL)).refusal is None
    day.live_market(6_000)
    assert not [e for e in day.exchange._truth.entries.values() if e.remark and e.on_book]


@pytest.mark.parametrize(
    "word", [m.SetMaster(on=True), m.Release(""), m.ArmGrid(GridPlan(code=STOCK)), m.LiftKill(), m.SetMaster(on=False)]
)
def test_any_other_word_is_refused_with_the_reason(tmp_path: Path, disk: Disk, word: m.Event) -> None:
    day = broken(tmp_path, disk)
    sent = len(day.places())
    refusal = day.feed(word).refusal
    assert refusal is not None
    assert refusal.why is Why.JOURNAL_FAILED
    day.live_market(6_000)
    assert len(day.places()) == sent
    assert day.said().count(Why.JOURNAL_FAILED) == 1
