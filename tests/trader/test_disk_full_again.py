"""A disk that was full and has room again: the cause is told, the trader goes on, and what was stopped stays so."""

import itertools
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from desk_stand_in import DeskStandIn
from loop_day import LoopDay
from test_full_disk import Disk, disk, session
from test_lost_journal import Outlet

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, STOCK, MarketDay
from qmtdesk.trader.diary import Diary, Stopped
from qmtdesk.trader.last_run import LastRun
from qmtdesk.trader.pictures import status_row
from qmtdesk.trader.unwritten import Unwritten

__all__ = ["disk"]


class Usage(NamedTuple):
    """As the system tells it, bytes."""

    total: int
    used: int
    free: int


def filled_up(folder: Path, disk: Disk, *, keep_armed: bool = False) -> LoopDay:
    """A morning of one grid, kept or not, and then no write succeeds."""
    day = LoopDay(folder=folder)
    session(day)
    if keep_armed:
        day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
        day.live_market(6_000)
        assert day.feed(m.ArmGrid(GridPlan(code=BOND, keep_armed=True))).refusal is None
        day.live_market(6_000)
    assert day.live(BOND)
    disk.left = 1
    day.feed(m.WatchStock(STOCK, on=True))
    return day


def room_again(day: LoopDay, disk: Disk, desks: int = 1) -> bool:
    """There is room and time to try; whether the trader makes way for the next one."""
    disk.left = -1
    assert day.loop._unwritten is not None
    day.loop._unwritten._next_try = 0
    day.loop._write_again(Outlet(desks))
    return not day.loop._running


def sent_after(day: LoopDay, ms: int = 12_000) -> int:
    before = len(day.places())
    day.live_market(ms)
    return len(day.places()) - before


def test_the_account_is_asked_on_and_the_first_thing_told_is_the_disk(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk)
    day.live_market(120_000)
    row = status_row(day.state, day.loop.desk)
    assert row.lamp_trade == "ok"
    assert row.blockers[0].why is Why.JOURNAL_FAILED
    assert day.state.unanswered == 0


def test_too_little_room_is_told_with_the_place_and_what_is_needed(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 1_250_000))
    day = filled_up(tmp_path, disk)
    told = dict(day.state.suspended[""].args)
    assert (told["path"], told["free"], told["need"]) == (str(tmp_path), "1.2 MB", "50.0 MB")


def test_a_disk_with_room_that_refuses_is_not_called_full(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk)
    assert set(dict(day.state.suspended[""].args)) == {"error"}


def test_it_is_tried_again_only_now_and_then_and_a_full_disk_changes_nothing(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk)
    tried = disk.writes
    for _ in range(20):
        day.loop._write_again(Outlet(1))
    assert disk.writes == tried
    assert day.loop._unwritten is not None
    day.loop._unwritten._next_try = 0
    for _ in range(20):
        day.loop._write_again(Outlet(1))
    assert disk.writes == tried + 1
    assert day.loop._running
    assert day.state.ready is Ready.SUSPENDED


def test_with_room_again_the_next_start_is_disarmed_says_so_and_knows_the_account(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk)
    day.live_market(8_000)
    assert room_again(day, disk)
    day.again(resume=True)
    assert Why.JOURNAL_AGAIN in day.said()
    assert day.state.ready is Ready.READY
    assert "" not in day.state.suspended
    assert not any(book.armed for book in day.state.grids.values())
    assert sent_after(day) == 0
    day.again(resume=True)
    assert day.said().count(Why.JOURNAL_AGAIN) == 1


def test_without_a_desk_to_start_the_next_one_it_waits_for_a_desk(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk)
    assert not room_again(day, disk, desks=0)
    writes = disk.writes
    day.loop._write_again(Outlet(0))
    assert disk.writes == writes
    day.loop._write_again(Outlet(1))
    assert not day.loop._running


@pytest.mark.parametrize("how", [StopHow.CANCEL, StopHow.LEAVE])
def test_a_kept_grid_goes_on_but_not_one_that_was_stopped_meanwhile(tmp_path: Path, disk: Disk, how: StopHow) -> None:
    for stopped in (False, True):
        folder = tmp_path / str(stopped)
        folder.mkdir()
        disk.left = -1
        day = filled_up(folder, disk, keep_armed=True)
        if stopped:
            assert day.feed(m.DisarmGrid(BOND, how)).refusal is None
        assert room_again(day, disk)
        day.again(resume=True)
        assert day.state.grids[BOND].armed is not stopped
        day.loop._diary.close()


@pytest.mark.parametrize(("hours", "sells"), [(0, True), (24, False)])
def test_a_stop_and_sell_of_meanwhile_stops_on_another_day_and_sells_only_on_its_own(hours: int, sells: bool) -> None:
    day = MarketDay(held={BOND: (200, 110_000)}, hour=14, minute=30).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=200, unit=100, keep_armed=True))).refusal is None
    day.live_market(6_000)
    noted = SimpleNamespace(stopped=Stopped(grids={BOND: StopHow.SELL}), loss=None)
    day.at += hours * 3_600_000
    for word in LastRun(noted, None).words():  # type: ignore[arg-type]
        day.feed(word)
    book = day.state.grids[BOND]
    assert not book.armed
    assert (book.winding is StopHow.SELL) is sells


@pytest.mark.parametrize(
    ("later", "listed"),
    [((DAY + timedelta(days=1), 10, 0), False), ((NEXT_DAY, 8, 30), False), ((NEXT_DAY, 9, 31), True)],
    ids=["saturday", "before-the-list", "monday"],
)
def test_a_stop_and_sell_of_friday_sells_nothing_later_and_says_what_stays(
    tmp_path: Path, disk: Disk, later: tuple[date, int, int], *, listed: bool
) -> None:
    day = LoopDay(folder=tmp_path, held={BOND: (200, 110_000)}, hour=14, minute=30).open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=200, unit=100, keep_armed=True))).refusal is None
    day.live_market(6_000)
    disk.left = 1
    day.feed(m.WatchStock(BOND, on=True))
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    day.live_market(3_000)
    assert room_again(day, disk)
    day.exchange.close_day(at_of(DAY, 15, 0, 1))
    day.at = at_of(*later)
    if listed:
        day.day = NEXT_DAY
        day.instruments, day.prices = day.make_instruments(NEXT_DAY, day.last), dict(day.last)
        day.exchange.open_day(NEXT_DAY, day.instruments)
    day.again(resume=True)
    day.live_market(9_000)
    left = [(line.level, line.reason.get("volume")) for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD]
    assert left == [("alarm", 200)]
    assert [place for place in day.places(BOND) if place.owner.kind is OwnerKind.CLEAR] == []
    assert not day.state.grids[BOND].armed
    assert day.state.grids[BOND].winding is not StopHow.SELL


def test_one_order_cancelled_meanwhile_ends_its_kept_grid(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk, keep_armed=True)
    (order, *_) = [o for o in day.live(BOND) if o.owner.kind is OwnerKind.GRID]
    day.wait(3_000)
    sent = [i for _, i in day.sent if isinstance(i, m.Cancel)]
    assert day.feed(m.CancelOne(order.ref)).refusal is None
    assert [i.ref for _, i in day.sent if isinstance(i, m.Cancel)][len(sent) :] == [order.ref]
    day.wait(3_000)
    assert not [e for e in day.exchange._truth.entries.values() if e.broker_id == order.broker_id and e.on_book]
    assert room_again(day, disk)
    day.again(resume=True)
    assert not day.state.grids[BOND].armed
    assert sent_after(day) == 0


def test_a_guard_is_disarmed_while_nothing_can_be_written_and_its_order_leaves_the_book(
    tmp_path: Path, disk: Disk
) -> None:
    day = LoopDay(folder=tmp_path)
    session(day)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    disk.left = 1
    day.feed(m.SetMaster(on=True))
    assert day.state.ready is Ready.SUSPENDED
    assert day.feed(m.DisarmGuard(STOCK)).refusal is None
    assert day.state.guards[STOCK].state.value == "off"
    assert room_again(day, disk)
    day.again(resume=True)
    assert day.state.guards.get(STOCK) is None or day.state.guards[STOCK].state.value == "off"


def test_the_switch_pressed_meanwhile_is_on_again_although_no_file_could_be_made(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    day = filled_up(tmp_path, disk, keep_armed=True)
    with monkeypatch.context() as full:
        full.setattr("qmtdesk.trader.kill_file.write_atomic", refuse)
        day.feed(m.Kill("key"))
    assert not (tmp_path / "KILL").exists()
    assert room_again(day, disk)
    # a start that dies before the day is known must not use it up
    day.loop._diary.close()
    day.begin()
    day.again(resume=True)
    assert day.state.kill is not None
    assert day.state.kill.by == "key"
    assert not day.state.grids[BOND].armed
    assert sent_after(day) == 0
    assert day.feed(m.LiftKill()).refusal is None
    day.again(resume=True)
    assert day.state.kill is None


def test_what_is_stopped_after_the_note_was_written_is_noted_too(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk, keep_armed=True)
    assert not room_again(day, disk, desks=0)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.loop._write_again(Outlet(1))
    assert day.loop._running
    assert room_again(day, disk)
    day.again(resume=True)
    assert not day.state.grids[BOND].armed


def test_unheeded_cancels_of_the_switch_leave_the_days_messages_alone(tmp_path: Path, disk: Disk) -> None:
    day = filled_up(tmp_path, disk)
    live = len(day.live(BOND))
    day.deaf = True
    before = day.state.messages
    day.feed(m.Kill("key"))
    day.wait(4 * 3_600_000)
    sent: dict[str, list[int]] = {}
    for at, intent in day.sent:
        if isinstance(intent, m.Cancel):
            sent.setdefault(intent.ref, []).append(at)
    times = max(sent.values(), key=len)
    assert 6 <= len(times) <= 14
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[:6] == sorted(gaps[:6])
    assert day.state.messages - before <= 14 * live


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files")
def test_a_real_trader_says_that_it_cannot_write_and_goes_on_when_it_can(tmp_path: Path) -> None:
    import resource

    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready, "ready")
        desk.demo()
        desk.until(lambda: len(desk.fills()) >= 2, "two fills")
        old, soft = desk.pid, resource.prlimit(desk.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(old, resource.RLIMIT_FSIZE, (1, soft[1]))
        desk.until(lambda: "journal_failed" in desk.events, "it says so")
        desk.until(lambda: desk.status and desk.status.blockers[0].why is Why.JOURNAL_FAILED, "the first thing told")
        resource.prlimit(old, resource.RLIMIT_FSIZE, soft)
        desk.until(lambda: desk.pid != old and desk.ready, "another trader, reconciled")
        assert "journal_again" in desk.events
        assert not any(row.armed for row in desk.grids().values())


def test_what_was_stopped_is_not_forgotten_when_the_disk_fills_again_before_the_day_opens(tmp_path: Path) -> None:
    """Three processes one after another: stopped in the first, full again in the second, known in the third."""
    day = LoopDay(folder=tmp_path).open()
    diary = Diary(tmp_path / "stops.db")
    diary.begun(list)
    first = Unwritten("disk full", tmp_path, day.at)
    first.follow(day.state, day.at, m.DisarmGuard(STOCK))
    first.follow(day.state, day.at, m.Kill("key"))
    diary.failed(day.at, *first.note(day.state))
    diary.close()
    for _ in range(2):
        diary = Diary(tmp_path / "stops.db")
        diary.begun(list)
        assert diary.stopped is not None
        assert (diary.stopped.kill, diary.stopped.guards) == ("key", (STOCK,))
        again = Unwritten("disk full", tmp_path, day.at, diary.stopped)
        again.follow(day.state, day.at, m.TimePassed())
        diary.failed(day.at, *again.note(day.state))
        diary.close()
