"""A row that tells no number or no volume ends only the order it names in full, and one without a price may be ours."""

import pytest
from words import ID, PLAN, answer, beat, deaf_grid, look, row_of, said, told, trade_of, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState


def numberless(day: MarketDay, place: m.Place, state: OrderState = S.REJECTED, cut: int = 99) -> BrokerOrder:
    return replace(row_of(day, place, state, remark=place.ref[:cut], number="", text="废单"), at=day.at)


def tried_again() -> tuple[MarketDay, m.Place, m.Place]:
    """A buy that was rejected, and the grid's second one at the same price, of which nothing is told yet."""
    day, first = deaf_grid()
    day.feed(m.SubmitUnknown(first.ref, "-1"))
    day.feed(m.OrderReported(numberless(day, first)))
    assert day.state.orders[first.ref].state is S.REJECTED
    while len(day.places(BOND)) == 1:
        beat(day, 1)
    return day, first, day.places(BOND)[-1]


@pytest.mark.parametrize("cut", [10, 99])
def test_a_rejection_listed_again_does_not_end_the_next_order_of_the_same_price(cut: int) -> None:
    day, first, second = tried_again()
    answer(day, [numberless(day, first, cut=cut)])
    assert day.state.orders[second.ref].live
    day.feed(m.SubmitAnswered(second.ref, "901"))
    beat(day, 4)
    assert (day.state.orders[second.ref].state, day.state.orders[second.ref].broker_id) == (S.WORKING, "901")
    assert len(day.places(BOND)) == 2


@pytest.mark.parametrize("state", [S.CANCELLED, S.REJECTED])
def test_an_order_with_a_number_is_not_ended_by_a_row_without_one(state: OrderState) -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    day.feed(m.OrderReported(numberless(day, place, state)))
    assert day.state.orders[place.ref].state is S.WORKING


def test_a_cancel_told_as_a_row_of_its_own_gives_its_number_to_no_order() -> None:
    day, place = deaf_grid()
    row = replace(row_of(day, place, S.CANCELLED, number="950"), volume=0)
    day.feed(m.OrderReported(row))
    order = day.state.orders[place.ref]
    assert (order.live, order.broker_id) == (True, "")
    day.feed(m.SubmitAnswered(place.ref, "901"))
    assert day.state.orders[place.ref].broker_id == "901"


def test_a_row_without_a_price_that_may_be_the_order_in_doubt_is_asked_about_and_may_be_claimed() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    row = replace(row_of(day, place, S.WORKING, remark=""), price=0)
    look(day, 8, orders=[row])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert said(day, Why.ORDER_LOOKALIKE) == 1
    assert day.feed(m.DecideUnknown(place.ref, ID)).refusal is None
    assert (day.state.orders[place.ref].broker_id, day.state.orders[place.ref].price) == (ID, place.price)
    assert len(day.places(BOND)) == 1


@pytest.mark.parametrize("skew", [7_000, 12_000, -40_000, -90_000])
@pytest.mark.parametrize("cut", [0, 9])
def test_a_row_stamped_by_a_clock_that_is_apart_is_not_taken_for_no_order_at_all(skew: int, cut: int) -> None:
    """Our clock is ahead of the counter's by so much, or behind, and the answer to the order was lost."""
    day, place = deaf_grid()
    row = replace(row_of(day, place, S.WORKING, remark=place.ref[:cut]), at=day.at - skew)
    look(day, 8, orders=[row])
    order = day.state.orders[place.ref]
    if cut:
        assert (order.state, order.broker_id) == (S.WORKING, ID)
    else:
        assert order.state is S.UNKNOWN
        assert said(day, Why.ORDER_LOOKALIKE) == 1
        assert why(day, replace(place, price=place.price - 1_000)) is Why.SIDE_FROZEN
    assert [each for each in day.places(BOND) if each.side is Side.BUY] == [place]


def test_what_a_counter_with_a_slow_clock_told_before_the_answer_is_the_orders() -> None:
    day, place = deaf_grid()
    late = day.at - 90_000
    mute = replace(place, ref="")
    day.feed(m.OrderReported(replace(row_of(day, mute, S.FILLED, 100), at=late)))
    day.feed(m.FillReported(replace(trade_of(day, mute, 100), at=late)))
    day.feed(m.SubmitAnswered(place.ref, ID))
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.unsettled) == (S.FILLED, 100, False)
    grid = day.state.grids[BOND].grid
    assert (grid.held_total, grid.base_holding) == (100, 0)


def test_answers_that_failed_are_no_answers_that_settle_nothing() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    for _ in range(6):
        beat(day, 3)
        day.feed(m.ReportFailed(day.state.request, "no"))
    row = replace(row_of(day, place, S.WORKING, remark=""), at=day.at)
    beat(day, 3)
    answer(day, [row])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert why(day, replace(place, price=place.price - 1_000)) is Why.RECONCILING


def test_a_grid_whose_own_sale_in_doubt_may_have_filled_is_not_stopped_for_it() -> None:
    day = MarketDay(held={BOND: (100, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(PLAN, adopt=100))).refusal is None
    (sale,) = [each for each in day.places(BOND) if each.side is Side.SELL]
    day.feed(m.SubmitUnknown(sale.ref, "timeout"))
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    row = replace(row_of(day, sale, S.FILLED, 100, remark=""), at=day.at + 5_000)
    look(day, 8, orders=[row])
    assert day.state.orders[sale.ref].state is S.UNKNOWN
    assert day.state.grids[BOND].armed


@pytest.mark.parametrize("state", [S.REJECTED, S.CANCELLED])
def test_a_late_row_of_an_order_given_up_ends_no_later_one_of_the_same_price(state: OrderState) -> None:
    """The counter's clock is ten seconds behind, its remarks are cut, and it tells the first order after the looks."""
    day, first = deaf_grid()
    left = day.at
    day.feed(m.SubmitUnknown(first.ref, "timeout"))
    while day.state.orders[first.ref].live:
        look(day, 1)
    while len(day.places(BOND)) == 1:
        beat(day, 1)
    second = day.places(BOND)[-1]
    day.feed(m.OrderReported(row_of(day, first, state, number="900", remark=first.ref[:9], at=left - 10_000)))
    assert day.state.orders[second.ref].live
    day.feed(m.SubmitAnswered(second.ref, "901"))
    beat(day, 20)
    assert day.state.orders[second.ref].broker_id == "901"
    assert len(day.places(BOND)) == 2
