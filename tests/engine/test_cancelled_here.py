"""One own order cancelled by the user in this window: it is not put back, and he is told what that ended."""

import pytest
from words import ID, beat, buy_in, deaf_grid, sell_out, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridMode, GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, sealed_quote
from qmtdesk.strategies.guard import GuardState

S = OrderState
LIMIT = 11_000


def reason_of(day: MarketDay) -> tuple[object, object]:
    """Who took the order off and what that ended, as the log says it."""
    (line,) = [line for line in day.state.lines if line.reason.why is Why.TAKEN_OFF]
    return line.reason.get("by"), line.reason.get("then")


def first_buy(mode: GridMode) -> tuple[MarketDay, m.Place]:
    day = MarketDay().open()
    day.deaf = True
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, mode=mode, live_per_side=1))).refusal is None
    place = next(place for place in day.places() if place.owner.kind is OwnerKind.FIRST_BUY)
    told(day, place, S.WORKING)
    return day, place


@pytest.mark.parametrize("mode", [GridMode.LATTICE, GridMode.ROLLING])
def test_a_first_buy_cancelled_here_stops_its_grid_and_is_not_bought_after_all(mode: GridMode) -> None:
    day, place = first_buy(mode)
    assert day.feed(m.CancelOne(place.ref)).refusal is None
    assert not day.state.grids[BOND].armed
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]
    assert reason_of(day) == ("desk", "grid")
    sent = day.places()
    told(day, place, S.CANCELLED)
    beat(day, 5)
    assert day.places() == sent
    assert day.folded().grids[BOND].why.why is Why.TAKEN_OFF


def test_a_rolling_pairs_order_cancelled_here_takes_the_pair_off() -> None:
    day = MarketDay().open()
    buy_in(day, GridPlan(code=BOND, mode=GridMode.ROLLING))
    order = next(order for order in day.live(BOND) if order.side is Side.SELL)
    assert order.owner.kind is OwnerKind.ROLLING
    assert day.feed(m.CancelOne(order.ref)).refusal is None
    sent = len(day.places())
    day.live_market(9_000)
    assert (day.live(), len(day.places())) == ([], sent)
    assert not day.state.grids[BOND].armed
    assert reason_of(day) == ("desk", "grid")


def winding_sale() -> tuple[MarketDay, Order]:
    """A stop with selling whose sale stands on the book."""
    day = MarketDay().open()
    buy_in(day)
    return day, sell_out(day)


def test_a_closing_sale_cancelled_here_ends_the_selling_and_the_rest_is_kept() -> None:
    day, order = winding_sale()
    assert day.feed(m.CancelOne(order.ref)).refusal is None
    assert reason_of(day) == ("desk", "selling")
    day.live_market(9_000)
    assert day.live() == []
    book = day.state.grids[BOND]
    assert (book.winding, book.grid.held_total) == (None, 160)


def test_a_grids_order_cancelled_here_while_it_is_wound_up_does_not_stop_the_selling() -> None:
    day, place = deaf_grid(GridPlan(code=BOND, first_buy=False, live_per_side=1, unit=100))
    told(day, place, S.WORKING)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    assert day.state.grids[BOND].winding is StopHow.SELL
    assert day.feed(m.CancelOne(place.ref)).refusal is None
    assert day.state.grids[BOND].winding is StopHow.SELL
    assert Why.TAKEN_OFF not in day.said()


def test_a_guards_sale_cancelled_here_disarms_the_guard() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    for lots in (9_000, 30_000, 15_000):
        day.deaf = lots == 15_000
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))
    (place,) = day.places()
    told(day, place, S.WORKING)
    assert day.feed(m.CancelOne(place.ref)).refusal is None
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert reason_of(day) == ("desk", "guard")
    told(day, place, S.CANCELLED)
    for lots in (14_000, 9_000):
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))
    assert day.places() == [place]
    assert day.folded().guards[STOCK].state is GuardState.OFF


def test_a_level_cancelled_here_is_said_to_be_paused() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    day.feed(m.CancelOne(place.ref))
    assert day.state.grids[BOND].armed
    assert [line.level for line in day.state.lines if line.reason.why is Why.GAP_PAUSED] == ["info"]


def test_an_order_that_was_left_behind_stops_nothing_when_it_is_cancelled_here() -> None:
    day, order = winding_sale()
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.price(BOND, 118_000)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False))).refusal is None
    assert day.feed(m.CancelOne(order.ref)).refusal is None
    assert day.state.grids[BOND].armed
    assert Why.TAKEN_OFF not in day.said()


def test_the_same_at_the_terminal_says_so() -> None:
    day, place = first_buy(GridMode.ROLLING)
    told(day, place, S.CANCELLED, number=ID)
    assert reason_of(day) == ("terminal", "grid")
