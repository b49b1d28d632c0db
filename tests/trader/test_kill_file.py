"""The kill switch's second memory: the KILL file outlives a lost journal and any desk."""

from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, OwnerKind
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.simulate.market_day import BOND
from qmtdesk.trader.kill_file import KillFile


def traded(folder: Path) -> LoopDay:
    day = LoopDay(folder=folder)
    day.open()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
    day.wait(3_000)
    return day


def lose_journal(day: LoopDay) -> None:
    day.loop._diary.close()
    for file in day.folder.glob("journal.db*"):
        file.unlink()
    (day.folder / "journal.db").write_bytes(b"no journal at all" * 500)


def test_pressing_the_switch_makes_the_file_and_lifting_it_takes_the_file_away(tmp_path: Path) -> None:
    day = traded(tmp_path)
    assert not (tmp_path / "KILL").exists()
    day.feed(m.Kill("button"))
    assert b"button" in (tmp_path / "KILL").read_bytes()
    day.wait(5_000)
    assert day.feed(m.LiftKill()).refusal is None
    assert not (tmp_path / "KILL").exists()


def test_a_refused_lift_keeps_the_file(tmp_path: Path) -> None:
    day = traded(tmp_path)
    day.deaf = True
    day.feed(m.Kill("button"))
    assert day.feed(m.LiftKill()).refusal is not None
    assert (tmp_path / "KILL").exists()


def test_a_switch_that_was_on_is_on_again_after_the_journal_was_lost(tmp_path: Path) -> None:
    day = traded(tmp_path)
    day.feed(m.Kill("button"))
    lose_journal(day)
    day.again(resume=True)
    assert day.state.kill is not None
    assert day.state.kill.by == "file"
    assert Why.JOURNAL_SET_ASIDE in day.said()
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is not None
    day.wait(10_000)
    assert not [intent for _, intent in day.sent if isinstance(intent, Place)]
    assert day.state.kill.done_at


def test_a_switch_pressed_by_a_journal_alone_makes_the_file_at_the_next_start(tmp_path: Path) -> None:
    day = traded(tmp_path)
    day.feed(m.Kill("button"))
    (tmp_path / "KILL").unlink()
    day.again(resume=False)
    assert (tmp_path / "KILL").exists()


def test_a_folder_that_takes_no_file_stops_everything_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = traded(tmp_path)

    def refuse(path: Path, data: bytes) -> None:
        raise OSError("read-only")

    monkeypatch.setattr("qmtdesk.trader.kill_file.write_atomic", refuse)
    day.feed(m.Kill("button"))
    assert day.state.kill is not None
    assert not (tmp_path / "KILL").exists()


def test_orders_of_before_the_loss_are_ours_shown_as_such_and_can_be_cancelled(tmp_path: Path) -> None:
    day = traded(tmp_path)
    before = {o.ref: o for o in day.state.orders.values() if o.live}
    assert before
    lose_journal(day)
    day.again(resume=True)
    assert {ref: day.state.orders[ref].owner.kind for ref in before} == dict.fromkeys(before, OwnerKind.LOST)
    assert not any(book.armed for book in day.state.grids.values())
    assert Why.ORDER_BEFORE_LOSS in day.said()
    assert day.state.next_ref > max(int(ref.rpartition("-")[2]) for ref in before)
    ref = next(iter(before))
    assert day.feed(m.CancelOne(ref)).refusal is None
    day.wait(3_000)
    assert day.state.orders[ref].state is OrderState.CANCELLED
    day.feed(m.Kill("button"))
    day.wait(5_000)
    assert not [o for o in day.state.orders.values() if o.live]


def test_a_trade_of_an_order_of_before_the_loss_is_no_trade_of_a_grid_armed_since(tmp_path: Path) -> None:
    day = traded(tmp_path)
    lose_journal(day)
    day.again(resume=False)
    (order,) = [o for o in day.state.orders.values() if o.live][:1]
    plan = GridPlan(code=BOND, first_buy=False, unit=100)
    day.feed(m.ArmGrid(plan))
    held = day.state.grids[BOND].grid.held_total
    day.exchange.market(day.state.quotes[BOND].quote)
    fill = m.Fill("t-1", day.state.day, order.broker_id, "", order.code, order.side, order.price, 10, day.at)
    day.feed(m.FillReported(fill))
    assert day.state.orders[order.ref].filled == 10
    assert day.state.grids[BOND].grid.held_total == held
    assert not day.state.grids[BOND].grid.exact


PLACES = ["paper/KILL", "paper/KILL.txt", "KILL", "KILL.txt"]


@pytest.mark.parametrize("place", PLACES)
def test_the_file_counts_under_both_names_and_in_both_folders_and_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "paper").mkdir()
    day = traded(tmp_path / "paper")
    assert [o for o in day.state.orders.values() if o.live]
    (tmp_path / place).write_text("")
    day.loop._next_look = 0
    day.loop._look_for_kill_file()
    day.state = day.loop.state
    assert day.state.kill is not None
    (line,) = [line for line in day.state.lines if line.reason.why is Why.KILL_PRESSED]
    assert dict(line.reason.args)["file"] == str(tmp_path / place)
    day.wait(5_000)
    assert not [o for o in day.state.orders.values() if o.live]
    assert day.feed(m.LiftKill()).refusal is None
    assert [path for path in PLACES if (tmp_path / path).exists()] == []
    day.loop._next_look = 0
    day.loop._look_for_kill_file()
    assert day.loop.state.kill is None


def test_a_recordings_folder_hears_of_the_file_two_folders_up(tmp_path: Path) -> None:
    folder = tmp_path / "replay" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (tmp_path / "KILL").write_text("")
    assert KillFile(folder).found() == tmp_path / "KILL"


def test_a_folder_that_is_no_modes_own_listens_to_nobody_above(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (tmp_path / "KILL").write_text("")
    assert KillFile(folder).found() is None


def test_a_file_that_cannot_be_taken_away_leaves_the_others_no_reason_to_stay(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "KILL").mkdir()
    (tmp_path / "KILL.txt").write_text("")
    KillFile(folder).take_away()
    assert (folder / "KILL").exists()
    assert not (tmp_path / "KILL.txt").exists()


@pytest.mark.parametrize("first", ["the wish", "the file"])
def test_a_press_that_comes_as_wish_and_file_and_twice_is_one_press_and_lifted_once(tmp_path: Path, first: str) -> None:
    day = traded(tmp_path)
    presses = [lambda: day.feed(m.Kill("button")), (tmp_path / "KILL").touch]
    for press in presses if first == "the wish" else presses[::-1]:
        press()
        day.loop._agree_with_kill_file()
    day.feed(m.Kill("button"))
    (tmp_path / "KILL").touch()
    day.wait(5_000)
    assert day.said().count(Why.KILL_PRESSED) == 1
    assert day.feed(m.LiftKill()).refusal is None
    day.loop._agree_with_kill_file()
    assert not (tmp_path / "KILL").exists()
    day.again(resume=True)
    day.loop._agree_with_kill_file()
    assert day.state.kill is None
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None


def test_a_folder_that_cannot_be_looked_into_is_said_once_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    day = traded(tmp_path)
    real, gone = Path.exists, True

    def exists(path: Path, **how: bool) -> bool:
        if gone and path.name.startswith("KILL"):
            raise PermissionError(13, "denied", str(path))
        return real(path, **how)

    monkeypatch.setattr(Path, "exists", exists)
    for _ in range(4):
        day.loop._agree_with_kill_file()
    assert day.loop.state.kill is None
    said = [record for record in caplog.records if "nobody can see" in record.message]
    assert {record.args for record in said} == {(tmp_path / "KILL",), (tmp_path / "KILL.txt",)}
    assert len(said) == 2
    day.feed(m.Kill("button"))
    assert day.state.kill is not None
    day.wait(5_000)
    assert day.feed(m.LiftKill()).refusal is None
    gone = False
    (tmp_path / "KILL").write_bytes(b"")
    day.loop._agree_with_kill_file()
    assert day.loop.state.kill is not None
