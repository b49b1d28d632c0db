"""A stop that sells and a fired guard end with the kill switch: what stays unsold is named, once."""

import pytest
from words import beat, buy_in, sell_out, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState


def unsold(day: MarketDay) -> list[tuple[str, str, object]]:
    """What was said of volumes that nothing sells, in order."""
    lines = (line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD)
    return [(line.level, line.code, line.reason.get("volume")) for line in lines]


def killed(day: MarketDay, by: str = "button") -> None:
    """The switch, pressed twice, and lifted when nothing is left."""
    day.feed(m.Kill(by))
    day.feed(m.Kill(by))
    day.live_market(6_000)
    assert day.feed(m.LiftKill()).refusal is None
    day.live_market(6_000)


def selling_guard(sold: int = 0) -> MarketDay:
    """A guard whose sale of 1,000 stands on the book and is met for so much."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    for lots in (40_000, 30_000, 10_000):
        day.wait(1_000)
        day.feed(m.Quoted(sealed_quote(STOCK, day.at, 11_000, lots, prev=10_000)))
    (sale,) = day.places(STOCK)
    if sold:
        traded(day, sale, sold)
    return day


@pytest.mark.parametrize("by", ["button", "loss"])
def test_the_kill_switch_says_what_a_stop_that_sells_leaves(by: str) -> None:
    day = MarketDay().open()
    buy_in(day)
    sell_out(day)
    killed(day, by)
    assert unsold(day) == [("alarm", BOND, 160)]


def test_what_a_guard_sold_and_nobody_booked_yet_is_not_left_unsold() -> None:
    day = selling_guard()
    (sale,) = day.places(STOCK)
    told(day, sale, OrderState.PARTIAL, 700)
    day.feed(m.Kill("button"))
    assert unsold(day) == [("alarm", STOCK, 300)]


def test_it_is_said_after_the_switch_itself() -> None:
    day = MarketDay().open()
    buy_in(day)
    sell_out(day)
    day.feed(m.Kill("button"))
    told = [line.reason.why for line in day.state.lines]
    assert told.index(Why.KILL_PRESSED) < told.index(Why.LEFT_UNSOLD)


def test_what_a_grid_below_its_stop_sold_by_its_rows_alone_is_not_left() -> None:
    day = MarketDay(held={BOND: (1_000, 110_000)}).open()
    day.deaf = True
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100, adopt=200)
    assert day.feed(m.ArmGrid(replace(plan, lower_stop=119_000))).refusal is None
    numbers: dict[str, str] = {}
    for _ in range(4):
        for place in day.places(BOND):
            if place.ref not in numbers:
                numbers[place.ref] = f"7{len(numbers)}"
                told(day, place, OrderState.WORKING, number=numbers[place.ref])
            elif place.side is Side.BUY and day.state.orders[place.ref].live:
                told(day, place, OrderState.CANCELLED, number=numbers[place.ref])
        beat(day)
        day.feed(m.Quoted(quote_of(BOND, day.at, 118_900, prev=120_000)))
    sales = [place for place in day.places(BOND) if place.side is Side.SELL and day.state.orders[place.ref].live]
    assert sum(place.volume for place in sales) == 200
    for place in sales:
        told(day, place, OrderState.FILLED, place.volume, number=numbers.get(place.ref, "799"))
    day.feed(m.Kill("button"))
    assert unsold(day) == []


def test_the_kill_switch_says_what_a_grid_below_its_stop_leaves() -> None:
    day = MarketDay().open()
    buy_in(day, GridPlan(code=BOND, lower_stop=119_000))
    for _ in range(2):
        day.at += 1_000
        day.feed(m.Quoted(replace(quote_of(BOND, day.at, 118_900, prev=120_000), bids=())))
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert grid.stopped_low
    killed(day)
    assert unsold(day) == [("alarm", BOND, grid.held_total)]


def test_a_running_grid_and_one_that_is_merely_stopped_leave_nothing_unsold() -> None:
    for how in (None, StopHow.CANCEL):
        day = MarketDay().open()
        buy_in(day)
        if how is not None:
            day.feed(m.DisarmGrid(BOND, how))
        killed(day)
        assert unsold(day) == []


@pytest.mark.parametrize(("sold", "left"), [(0, 1_000), (300, 700)])
def test_the_kill_switch_says_what_a_fired_guard_leaves(sold: int, left: int) -> None:
    day = selling_guard(sold)
    day.feed(m.Kill("loss"))
    day.feed(m.Kill("button"))
    assert unsold(day) == [("alarm", STOCK, left)]


def test_a_guard_that_sold_all_and_one_that_only_watched_leave_nothing_unsold() -> None:
    day = selling_guard(1_000)
    assert day.state.guards[STOCK].state is GuardState.SOLD
    day.feed(m.Kill("button"))
    assert unsold(day) == []
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    day.feed(m.Kill("button"))
    assert unsold(day) == []
