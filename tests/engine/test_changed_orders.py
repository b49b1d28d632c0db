"""The counter may take another order than was sent: its price and volume count."""

import pytest
from words import ID, PLAN, answer, beat, deaf_grid, look, row_of, said, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay

S = OrderState


@pytest.mark.fault("G24")
def test_the_counters_price_and_volume_count_and_are_told() -> None:
    day, place = deaf_grid()
    room = gate.cash_room(day.state)
    day.feed(m.OrderReported(replace(row_of(day, place, S.WORKING), price=place.price + 500, volume=60)))
    order = day.state.orders[place.ref]
    assert (order.price, order.volume, order.changed) == (place.price + 500, 60, True)
    (line,) = [each for each in day.state.lines if each.reason.why is Why.ORDER_CHANGED]
    assert (line.reason.get("sent"), line.reason.get("volume")) == (100, 60)
    assert gate.cash_room(day.state) > room
    assert day.state.orders == day.folded().orders


def test_an_order_the_counter_made_smaller_is_filled_when_that_is_filled_and_the_rest_follows() -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(replace(row_of(day, place, S.WORKING), volume=60)))
    traded(day, place, 60)
    order = day.state.orders[place.ref]
    assert (order.state, order.left) == (S.FILLED, 0)
    assert day.state.grids[BOND].grid.held_total == 60
    beat(day, 4)
    rest = [p for p in day.places(BOND) if p.side is Side.BUY and p.owner == place.owner]
    assert [p.volume for p in rest] == [100, 40]


def test_trades_beyond_what_was_sent_are_the_orders_once_the_counter_says_that_it_is_larger() -> None:
    day, place = deaf_grid()
    traded(day, place, 150)
    assert day.state.orders[place.ref].filled == 0
    day.feed(m.OrderReported(replace(row_of(day, place, S.FILLED, 150), volume=150)))
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.volume) == (S.FILLED, 150, 150)
    part = day.state.grids[BOND].grid
    assert part.held_total + part.base_holding == 150
    assert day.state.holdings[BOND].volume == 150


def test_numbers_that_cannot_be_are_not_taken_over() -> None:
    day, place = deaf_grid()
    traded(day, place, 50)
    for price, volume in ((0, 100), (place.price, 0), (place.price, 40)):
        day.feed(m.OrderReported(replace(row_of(day, place, S.PARTIAL, 50), price=price, volume=volume)))
    assert said(day, Why.ORDER_CHANGED) == 0
    assert day.state.orders[place.ref].volume == 100


def test_a_code_whose_orders_are_changed_again_and_again_waits_for_the_user() -> None:
    day, place = deaf_grid()
    for n in range(3):
        assert BOND not in day.state.suspended
        row = row_of(day, place, S.WORKING, number=str(n))
        day.feed(m.OrderReported(replace(row, price=place.price - 10)))
        beat(day, 2)
        told(day, place, S.CANCELLED, number=str(n))
        beat(day, 4)
        place = day.places(BOND)[-1]
    assert day.state.suspended[BOND].why is Why.ORDERS_CHANGED
    day.feed(m.Release(BOND))
    beat(day, 2)
    assert BOND not in day.state.suspended


def test_a_changed_order_whose_answer_was_lost_is_known_by_what_is_left_of_its_remark() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    beat(day, 1)
    row = replace(row_of(day, place, S.WORKING, remark=place.ref[:9]), price=place.price - 10)
    answer(day, [row])
    order = day.state.orders[place.ref]
    assert (order.broker_id, order.price) == (ID, place.price - 10)


def test_of_several_changed_rows_none_is_guessed_and_the_order_stays_in_doubt() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    rows = [
        replace(row_of(day, place, S.WORKING, remark=place.ref[:9], number=n), price=place.price - 10) for n in "12"
    ]
    look(day, 6, orders=rows)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.places(BOND) == [place]


def test_the_papers_counter_changes_orders_and_the_books_agree() -> None:
    day = MarketDay(faults=Faults(change=1_000), prices={BOND: 120_000, BOND2: 105_000}).open()
    day.feed(m.ArmGrid(replace(PLAN, live_per_side=3)))
    day.live_market(4_000)
    entries = {entry.broker_id: (entry.price, entry.volume) for entry in day.exchange.orders}
    ours = {order.broker_id: (order.price, order.volume) for order in day.state.orders.values()}
    assert ours == entries
    assert any(order.changed for order in day.state.orders.values())
