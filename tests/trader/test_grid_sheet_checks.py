"""What the sheet of a grid is told by the trader: the price arming goes by, and what the bond's terms say."""

from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import BUYS, put
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, quote_of
from qmtdesk.trader.obey import Obey
from qmtdesk.wire.outbox import Answer
from qmtdesk.wire.talk import Check, Command, GridPreview, PreviewGrid


def sheet(day: LoopDay, plan: GridPlan) -> GridPreview:
    answers: list[Answer] = []
    obey = Obey(None, lambda _, answer: answers.append(answer), keep_exit=lambda _: None)
    obey.carry_out(day.loop, 1, Command(7, 0, PreviewGrid(plan)))
    (answer,) = answers
    assert isinstance(answer, GridPreview)
    return answer


def checks(day: LoopDay, **terms: object) -> list[Check]:
    """What the bond's terms add to the sheet."""
    told = {"code": BOND, "name": "bond", "remaining_yuan": 900_000_000, "as_of": day.state.day, **terms}
    day.loop.terms = {BOND: BondTerms(**told)}  # type: ignore[arg-type]
    return [check for check in sheet(day, GridPlan(code=BOND)).checks if check.level == "warn"]


@pytest.mark.parametrize(
    ("prev", "shown", "stop", "at", "ok"),
    [
        (119_500, 114_500, 115_000, (9, 20), True),
        (119_500, 114_500, 115_000, (9, 27), False),
        (114_000, 119_000, 116_000, (9, 20), False),
        (114_000, 119_000, 116_000, (9, 27), True),
    ],
)
def test_before_the_open_sheet_and_arming_agree(
    prev: int, shown: int, stop: int, at: tuple[int, int], ok: bool, tmp_path: Path
) -> None:
    day = LoopDay(held={BOND: (200, 110_000)}, folder=tmp_path).open()
    day.last[BOND] = prev
    day.next_day(hour=at[0], minute=at[1])
    day.feed(m.Quoted(quote_of(BOND, day.at, shown, prev=prev)))
    plan = GridPlan(code=BOND, lower_stop=stop, adopt=200)
    assert sheet(day, plan).ok is ok
    assert (day.feed(m.ArmGrid(plan)).refusal is None) is ok
    assert day.at >= at_of(NEXT_DAY, *at)


@pytest.mark.fault("M9")
@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"redeem": RedeemState.ANNOUNCED}, Why.REDEEM_ANNOUNCED),
        ({"redeem_day": "2026-12-10"}, Why.REDEEM_ANNOUNCED),
        ({"last_day": "2026-11-25"}, Why.LAST_DAY_NEAR),
        ({"name": "Z bond"}, Why.NAME_DYING),
    ],
)
def test_a_bond_too_large_for_the_screen_is_told_to_be_leaving_as_well(
    terms: dict[str, object], why: Why, tmp_path: Path
) -> None:
    day = LoopDay(folder=tmp_path).open()
    told = checks(day, **{"redeem": RedeemState.NONE, **terms})
    assert [check.reason.why for check in told] == [why]


def test_one_that_stays_is_told_nothing_of_and_one_not_listed_is(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    assert checks(day, redeem=RedeemState.NONE) == []
    assert [check.reason.why for check in checks(day, listed=False)] == [Why.NOT_LISTED]
    unknown = checks(day, redeem=RedeemState.UNKNOWN, remaining_yuan=100_000_000)
    assert [check.reason.why for check in unknown] == [Why.REDEEM_UNKNOWN]


def too_large(day: LoopDay, **plan: object) -> tuple[bool, list[tuple[str, object, object]]]:
    told = sheet(day, GridPlan(code=BOND, **plan))  # type: ignore[arg-type]
    found = [check for check in told.checks if check.reason.why is Why.ORDER_VALUE]
    return told.ok, [(each.level, each.reason.get("value_milli"), each.reason.get("cap_milli")) for each in found]


def test_a_first_buy_that_can_never_leave_is_refused_with_its_value_and_the_cap(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    assert too_large(day, amount=20_000_000) == (True, [])
    assert too_large(day, amount=40_000_000) == (False, [("refuse", 340 * 120_000, 30_000_000)])
    assert too_large(day, amount=40_000_000, mode=GridMode.ROLLING)[0] is False
    day.loop.state = replace(day.loop.state, limits=replace(day.loop.state.limits, order_value=0))
    assert too_large(day, amount=40_000_000) == (True, [])


def test_a_levels_buy_that_can_never_leave_is_refused_without_a_first_buy_too(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    ok, found = too_large(day, unit=260, first_buy=False)
    assert (ok, [level for level, _, _ in found]) == (False, ["refuse"])
    assert all(isinstance(value, int) and 30_000_000 < value <= 260 * 120_000 for _, value, _ in found)


def test_a_buy_that_only_a_rise_makes_too_large_is_told_and_arming_is_left_to_the_user(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    ok, found = too_large(day, unit=220, first_buy=False)
    assert (ok, [level for level, _, _ in found]) == (True, ["warn"])
    assert all(isinstance(value, int) and value > 30_000_000 for _, value, _ in found)
    assert too_large(day, unit=220, first_buy=False, sell_only=True) == (True, [])


def test_the_cash_that_a_running_grids_own_buys_hold_is_free_for_its_new_settings(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path, cash=60_000_000).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    for price in (119_990, 120_010):
        day.wait(500)
        day.price(BOND, price)
    day.live_market(6_000)
    row = day.state.grids[BOND]
    assert row.grid is not None
    assert row.grid.held_total
    new = replace(row.plan, step_bp=40, adopt=row.grid.held_total)
    running = sheet(day, new)
    assert any(order.side is Side.BUY for order in day.live(BOND))
    assert running.ok
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(9_000)
    stopped = sheet(day, new)
    assert day.live(BOND) == []
    assert (stopped.ok, stopped.cash) == (True, running.cash)


def test_a_pair_outside_its_own_range_is_refused_by_the_sheet_as_in_earnest(tmp_path: Path) -> None:
    day = LoopDay(held={BOND: (200, 150_000)}, prices={BOND: 110_000}, folder=tmp_path).open()
    plan = GridPlan(code=BOND, mode=GridMode.ROLLING, base=BaseKind.COST)
    told = sheet(day, plan)
    refusal = day.feed(m.ArmGrid(plan)).refusal
    assert refusal is not None
    assert (told.ok, [(check.level, check.reason) for check in told.checks]) == (False, [("refuse", refusal)])


@pytest.mark.parametrize("mode", GridMode)
def test_the_sheet_of_a_grid_that_runs_counts_its_own_lots_at_what_they_cost(mode: GridMode, tmp_path: Path) -> None:
    day = LoopDay(held={BOND: (500, 100_000)}, folder=tmp_path).open()
    plan = GridPlan(code=BOND, mode=mode, base=BaseKind.LAST, unit=80, adopt=100)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    day.wait(500)
    day.price(BOND, 119_990)
    day.live_market(6_000)
    book = day.state.grids[BOND]
    part = book.grid or book.rolling
    assert part is not None
    held = part.held_total
    assert held > 100
    found = sheet(day, replace(plan, adopt=held, first_buy=False, sell_only=True))
    assert found.worst_loss == part.cash_used - held * found.worst_price


def test_where_no_cancel_is_taken_a_start_beside_own_orders_is_refused_before_anything_is_stopped(
    tmp_path: Path,
) -> None:
    day = LoopDay(folder=tmp_path, hour=11, minute=25).open()
    assert sheet(day, GridPlan(code=BOND)).ok
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False))).refusal is None
    day.live_market(3_000)
    assert day.live(BOND)
    assert sheet(day, GridPlan(code=BOND, step_bp=50)).ok
    day.jump(11, 40)
    told = sheet(day, GridPlan(code=BOND, step_bp=50))
    assert not told.ok
    assert Check("refuse", because(Why.NO_CANCEL_PHASE)) in told.checks
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert not sheet(day, GridPlan(code=BOND)).ok
    refusal = day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal
    assert refusal == because(Why.WAITING_CANCEL)
    day.jump(15, 5)
    day.feed(m.AskNow())
    day.wait(1_000)
    assert sheet(day, GridPlan(code=BOND)).ok


def test_beside_orders_that_were_left_on_the_book_a_start_at_lunch_is_one(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path, hour=11, minute=25).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False)))
    day.live_market(3_000)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.jump(11, 40)
    assert day.live(BOND)
    day.feed(m.AskNow())
    day.wait(1_000)
    assert sheet(day, GridPlan(code=BOND)).ok
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None


def test_what_lets_no_buy_leave_is_on_the_sheet(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    assert sheet(day, GridPlan(code=BOND)).ok
    other = because(Why.OTHER_PROGRAM)
    day.loop.state = replace(day.loop.state, suspended=put(day.loop.state.suspended, BUYS, other))
    told = sheet(day, GridPlan(code=BOND))
    assert told.ok
    assert Check("warn", other) in told.checks
    assert Check("warn", other) not in sheet(day, GridPlan(code=BOND, sell_only=True)).checks
