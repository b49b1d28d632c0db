"""Buys an earlier arming left on the book, and what a running grid is about to take off: both may still fill."""

import pytest
from words import ID, PLAN, beat, deaf_grid, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, MarketDay

NARROW = replace(PLAN, range_bp=300)
PAIR = GridPlan(code=BOND, mode=GridMode.ROLLING, first_buy=False, unit=100)


def armed_again(first: GridPlan, second: GridPlan) -> tuple[MarketDay, m.Place]:
    """A grid whose buy was left on the book, and another one armed after it."""
    day, left = deaf_grid(first)
    told(day, left, OrderState.WORKING)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    beat(day, 3)
    assert day.feed(m.ArmGrid(second)).refusal is None
    return day, left


@pytest.mark.parametrize("first", [NARROW, PAIR])
def test_what_an_order_left_behind_buys_is_for_sale_above_its_price(first: GridPlan) -> None:
    """The same number is another gap's in another lattice: there it would be sold at once, at whatever it brings."""
    day, left = armed_again(first, PLAN)
    traded(day, left, left.volume)
    told(day, left, OrderState.FILLED, left.volume)
    grid = day.state.grids[BOND].grid
    (gap,) = [i for i, held in enumerate(grid.held) if held]
    assert grid.lattice.levels[gap - 1] < left.price <= grid.lattice.levels[gap]
    beat(day, 2)
    assert [place.price for place in day.places(BOND) if place.side is Side.SELL] == [grid.lattice.levels[gap + 1]]


@pytest.mark.parametrize(("first", "second"), [(NARROW, PLAN), (PAIR, PLAN), (NARROW, PAIR)])
def test_no_gap_is_bought_twice_because_it_was_armed_twice(first: GridPlan, second: GridPlan) -> None:
    day, left = armed_again(first, second)
    beat(day, 1)
    assert day.places(BOND) == [left]
    assert [cancel.broker_id for cancel in day.cancels()] == [ID]
    assert day.state.blocked[BOND].why is Why.WAITING_CANCEL
    told(day, left, OrderState.CANCELLED)
    beat(day, 1)
    assert [place.side for place in day.places(BOND)] == [Side.BUY, Side.BUY]


def test_an_order_left_behind_that_fits_is_the_new_arming_s_own() -> None:
    day, left = armed_again(PLAN, replace(PLAN, live_per_side=2))
    assert day.cancels() == []
    assert [place.price for place in day.places(BOND)] == [left.price, 119_641]


@pytest.mark.parametrize("plan", [replace(PLAN, max_position=100), replace(PLAN, cash_cap=13_000_000)])
def test_a_buy_that_is_being_taken_off_counts_against_the_caps(plan: GridPlan) -> None:
    """The price went away and the counter has not yet confirmed the cancel: it may still buy."""
    day, buy = deaf_grid(plan)
    told(day, buy, OrderState.WORKING)
    day.last[BOND] = 121_500
    beat(day, 3)
    assert [cancel.broker_id for cancel in day.cancels()] == [ID]
    assert day.places(BOND) == [buy]
    told(day, buy, OrderState.CANCELLED)
    beat(day, 1)
    assert [place.price for place in day.places(BOND)] == [buy.price, 121_446]


def test_a_sale_that_is_being_taken_off_counts_against_the_least_position() -> None:
    day = MarketDay(held={BOND: (200, 120_000)}).open()
    day.deaf = True
    day.feed(m.ArmGrid(replace(PLAN, adopt=200, min_position=100)))
    (sale,) = [place for place in day.places(BOND) if place.side is Side.SELL]
    told(day, sale, OrderState.WORKING)
    day.feed(m.PauseGap(BOND, sale.owner.slot, on=True))
    beat(day, 3)
    assert [cancel.broker_id for cancel in day.cancels()] == [ID]
    assert [place for place in day.places(BOND) if place.side is Side.SELL] == [sale]
    told(day, sale, OrderState.CANCELLED)
    beat(day, 1)
    assert [place.price for place in day.places(BOND) if place.side is Side.SELL] == [120_360, 120_721]


def test_taking_an_order_left_behind_off_rests_the_gap_of_its_price() -> None:
    day, left = armed_again(NARROW, PLAN)
    assert day.feed(m.CancelOne(left.ref)).refusal is None
    grid = day.state.grids[BOND].grid
    assert {grid.lattice.levels[slot - grid.slot0] for slot in grid.paused} == {left.price}


def test_the_cap_counts_what_the_books_hold_when_the_account_tells_nothing_of_it() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(PLAN, max_position=350))).refusal is None
    day.state = replace(day.state, holdings={})
    beat(day, 3)
    assert [place for place in day.places(BOND) if place.side is Side.BUY] == []
