"""废单 of an order traded in part: the rest is dead and sold anew; a row that denies the trades is doubted first."""

import pytest
from words import answer, deaf_grid, look, row_of, said, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine.meant import REPEATED_MS
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, sealed_quote
from qmtdesk.strategies.guard import GuardState

S = OrderState
LIMIT = 11_000


def seal(day: MarketDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))


def sold_in_part(filled: int = 400) -> tuple[MarketDay, m.Place]:
    """A guard's sale of 1,000 shares of which some were sold."""
    day = MarketDay(held={STOCK: (1_000, 9_000), BOND: (100, 100_000)}).open()
    seal(day, 30_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    seal(day, 30_000)
    day.deaf = True
    seal(day, 9_000)
    (sale,) = day.places(STOCK)
    told(day, sale, S.WORKING)
    told(day, sale, S.PARTIAL, filled)
    traded(day, sale, filled)
    return day, sale


def heard(day: MarketDay, sale: m.Place, filled: int) -> None:
    rows, trades = [row_of(day, sale, S.REJECTED, filled)], [trade_of(day, sale, 400)]
    answer(day, rows, trades, [Position(STOCK, 600, 600), Position(BOND, 100, 100)])


@pytest.mark.parametrize("asked", [False, True])
def test_the_rest_of_a_sale_that_was_rejected_after_a_part_is_sold_anew(asked: bool) -> None:
    day, sale = sold_in_part()
    if asked:
        day.feed(m.CancelOne(sale.ref))
    told(day, sale, S.REJECTED, 400, text="no")
    order = day.state.orders[sale.ref]
    assert (order.state, order.filled, order.told_filled, order.odd) == (S.PART_CANCELLED, 400, 400, "")
    guard = day.state.guards[STOCK]
    assert guard.sold == 400
    assert said(day, Why.ORDER_REJECTED) == 1
    if not asked:
        assert said(day, Why.TAKEN_OFF) == 0
        assert guard.state is GuardState.TRIGGERED
        assert [place.volume for place in day.places(STOCK)] == [1_000, 600]


def test_the_trades_of_a_rejection_that_came_first_are_waited_for() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    told(day, place, S.REJECTED, 40)
    order = day.state.orders[place.ref]
    assert (order.state, order.unsettled, order.open_volume) == (S.PART_CANCELLED, True, 40)
    traded(day, place, 40)
    assert not day.state.orders[place.ref].unsettled


def test_the_kill_switch_ends_with_it() -> None:
    day, sale = sold_in_part()
    day.feed(m.Kill("desk"))
    told(day, sale, S.REJECTED, 400)
    day.feed(m.TimePassed())
    assert day.state.kill.done_at
    assert day.feed(m.LiftKill()).refusal is None


def test_a_rejection_that_denies_the_trades_is_doubted_before_it_is_believed() -> None:
    day, sale = sold_in_part()
    told(day, sale, S.REJECTED, 0, text="no")
    order = day.state.orders[sale.ref]
    assert (order.state, order.filled, order.odd, order.in_doubt) == (S.PARTIAL, 400, "57", True)
    assert day.places(STOCK) == [sale]
    assert said(day, Why.ORDER_NOT_UNDERSTOOD) == 1
    began = day.at
    while day.at - began < REPEATED_MS:
        assert day.state.orders[sale.ref].in_doubt
        day.wait(1_000)
        heard(day, sale, 0)
    assert day.state.orders[sale.ref].state is S.PART_CANCELLED
    assert said(day, Why.ORDER_NOT_UNDERSTOOD) == said(day, Why.ORDER_REJECTED) == 1
    seal(day, 9_000)
    assert [place.volume for place in day.places(STOCK)] == [1_000, 600]
    assert day.state.orders == day.folded().orders


def test_a_rejection_that_was_a_slip_leaves_the_order_as_it_stood() -> None:
    day, place = deaf_grid()
    told(day, place, S.PARTIAL, 40)
    traded(day, place, 40)
    told(day, place, S.REJECTED)
    assert day.state.orders[place.ref].in_doubt
    look(day, 4, orders=[row_of(day, place, S.PARTIAL, 40)], fills=[trade_of(day, place, 40)])
    order = day.state.orders[place.ref]
    assert (order.state, order.odd, order.in_doubt) == (S.PARTIAL, "", False)
    assert day.places(BOND)[0] == place
