"""Trades are booked once, to whom they belong, in whatever order the counter tells things."""

import pytest
from words import ID, PLAN, answer, beat, by_hand, deaf_grid, row_of, said, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import cash_room, frozen_by, sell_room
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay

S = OrderState


def held(day: MarketDay) -> int:
    grid = day.state.grids[BOND].grid
    assert grid is not None
    return grid.held_total


def test_an_order_told_filled_before_its_trades_blocks_its_key_until_they_come() -> None:
    day, place = deaf_grid()
    told(day, place, S.FILLED, 100)
    order = day.state.orders[place.ref]
    assert order.unsettled
    beat(day, 5)
    assert [p.ref for p in day.places(BOND) if p.owner == place.owner] == [place.ref]
    traded(day, place, 100)
    assert held(day) == 100
    assert not day.state.orders[place.ref].unsettled


def test_trades_on_their_way_too_long_are_asked_for() -> None:
    day, place = deaf_grid()
    beat(day, 1)
    answer(day)
    told(day, place, S.FILLED, 100)
    asked = day.state.request
    beat(day, 5)
    assert day.state.request > asked
    answer(day, [row_of(day, place, S.FILLED, 100)], [trade_of(day, place, 100)])
    assert held(day) == 100


def test_a_trade_before_the_answer_is_booked_and_the_answer_changes_nothing() -> None:
    day, place = deaf_grid()
    traded(day, place, 40)
    day.feed(m.SubmitAnswered(place.ref, ID))
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.broker_id) == (S.PARTIAL, 40, ID)
    assert held(day) == 40


def test_a_trade_under_a_number_nobody_knows_yet_is_claimed_by_the_answer() -> None:
    day, place = deaf_grid()
    stranger = by_hand(place.code, place.side, place.price, 100)
    traded(day, stranger, 40)
    assert held(day) == 0
    assert Why.FOREIGN_TRADE in day.said()
    volume = day.state.holdings[BOND].volume
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert held(day) == 40
    assert day.state.orders[place.ref].filled == 40
    assert day.state.holdings[BOND].volume == volume


def test_a_row_taken_for_a_foreign_order_disappears_when_the_order_is_claimed() -> None:
    day, place = deaf_grid()
    told(day, place, S.FILLED, 100, remark="")
    traded(day, by_hand(place.code, place.side, place.price, 60), 60)
    day.feed(m.SubmitAnswered(place.ref, ID))
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.told_filled) == (S.FILLED, 60, 100)
    assert "x" + ID not in day.state.orders
    traded(day, by_hand(place.code, place.side, place.price, 40), 40, "2")
    assert held(day) == 100


def test_a_trade_told_twice_or_again_by_the_report_counts_once() -> None:
    day, place = deaf_grid()
    for _ in range(3):
        traded(day, place, 40)
    answer(day, [row_of(day, place, S.PARTIAL, 40)], [trade_of(day, place, 40)])
    assert held(day) == 40
    assert day.state.orders[place.ref].filled == 40
    assert len(day.state.fills) == 1


def test_a_report_older_than_a_trade_does_not_undo_it() -> None:
    day, place = deaf_grid()
    traded(day, place, 40)
    cash = day.state.money.gross_cash
    answer(day, [row_of(day, place, S.WORKING)])
    assert day.state.orders[place.ref].filled == 40
    assert day.state.holdings[BOND].volume == 40
    assert day.state.money.gross_cash == cash


def test_trades_beyond_an_orders_volume_are_nobodys() -> None:
    day, place = deaf_grid()
    traded(day, place, 100)
    traded(day, place, 10, "2")
    assert day.state.orders[place.ref].filled == 100
    assert held(day) == 100
    assert day.state.holdings[BOND].volume == 110


def test_claimed_trades_beyond_an_orders_volume_stay_nobodys() -> None:
    day, place = deaf_grid()
    stranger = by_hand(place.code, place.side, place.price, 100)
    traded(day, stranger, 80)
    traded(day, stranger, 80, "2")
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].filled == 80


def test_a_trade_after_the_cancel_is_booked() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    told(day, place, S.CANCELLED)
    traded(day, place, 20)
    order = day.state.orders[place.ref]
    assert (order.state, order.filled) == (S.PART_CANCELLED, 20)
    assert held(day) == 20


def test_a_trade_while_cancelling_keeps_the_cancel_in_mind() -> None:
    day, place = deaf_grid()
    told(day, place, S.CANCELLING)
    traded(day, place, 20)
    assert day.state.orders[place.ref].state is S.PART_CANCELLING
    traded(day, place, 80, "2")
    assert day.state.orders[place.ref].state is S.FILLED


def test_an_older_state_told_again_moves_nothing_back() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    told(day, place, S.PARTIAL, 40)
    traded(day, place, 40)
    told(day, place, S.WORKING)
    assert day.state.orders[place.ref].state is S.PARTIAL
    told(day, place, S.PART_CANCELLING, 40)
    told(day, place, S.PARTIAL, 40)
    assert day.state.orders[place.ref].state is S.PART_CANCELLING
    told(day, place, S.PART_CANCELLED, 40)
    told(day, place, S.FILLED, 100)
    assert day.state.orders[place.ref].state is S.PART_CANCELLED


def test_a_counter_that_says_cancelled_of_a_partly_filled_order_is_understood() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    traded(day, place, 40)
    told(day, place, S.CANCELLING, 40)
    assert day.state.orders[place.ref].state is S.PART_CANCELLING
    told(day, place, S.CANCELLED, 40)
    assert day.state.orders[place.ref].state is S.PART_CANCELLED


@pytest.mark.parametrize(("state", "back"), [(S.CANCELLING, S.WORKING), (S.PART_CANCELLING, S.PARTIAL)])
def test_a_refused_cancel_leaves_the_order_as_it_stood_and_asks(state: OrderState, back: OrderState) -> None:
    day, place = deaf_grid()
    told(day, place, state, 20 if state is S.PART_CANCELLING else 0)
    asked = day.state.request
    day.feed(m.CancelRefused(ID, "no"))
    assert day.state.orders[place.ref].state is back
    assert day.state.request == asked + 1


def test_a_cancel_refused_because_the_order_is_done_leaves_it_done() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    told(day, place, S.FILLED, 100)
    day.feed(m.CancelRefused(ID, "done"))
    assert day.state.orders[place.ref].state is S.FILLED


def test_a_trade_of_another_day_is_not_booked_today() -> None:
    day, place = deaf_grid()
    before = day.state
    traded(day, place, 40, on=NEXT_DAY.isoformat())
    assert day.state.fills == before.fills
    assert day.state.holdings == before.holdings


def test_a_row_of_another_day_pushed_late_is_no_order_of_today() -> None:
    day, _ = deaf_grid()
    hand = by_hand(STOCK, Side.SELL, 10_000, 100)
    told(day, hand, S.WORKING, number="9", at=day.at - 86_400_000)
    assert "x9" not in day.state.orders
    told(day, hand, S.WORKING, number="9")
    assert "x9" in day.state.orders


def test_a_foreign_sale_filled_before_we_looked_takes_no_room_any_more() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    hand = by_hand(STOCK, Side.SELL, 10_000, 200)
    row, fill = row_of(day, hand, S.FILLED, 200), trade_of(day, hand, 200)
    answer(day, [row], [fill], [Position(STOCK, 800, 800)])
    assert sell_room(day.state, STOCK) == 800
    assert not day.state.orders["x" + ID].unsettled


def test_a_foreign_buy_pushed_trade_first_takes_no_cash_twice() -> None:
    day = MarketDay().open()
    cash = cash_room(day.state)
    hand = by_hand(BOND, Side.BUY, 120_000, 10)
    traded(day, hand, 10)
    told(day, hand, S.FILLED, 10)
    assert cash_room(day.state) == cash - 1_200_000


def test_open_foreign_orders_take_room_and_cash() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    cash = cash_room(day.state)
    told(day, by_hand(STOCK, Side.SELL, 10_500, 300), S.WORKING, number="1")
    told(day, by_hand(BOND, Side.BUY, 110_000, 10), S.WORKING, number="2")
    assert sell_room(day.state, STOCK) == 700
    assert cash_room(day.state) == cash - frozen_by(110_000, 10)
    told(day, by_hand(STOCK, Side.SELL, 10_500, 300), S.CANCELLED, number="1")
    told(day, by_hand(BOND, Side.BUY, 110_000, 10), S.CANCELLED, number="2")
    assert sell_room(day.state, STOCK) == 1_000
    assert cash_room(day.state) == cash


def test_a_foreign_order_that_is_done_stays_done() -> None:
    day = MarketDay().open()
    hand = by_hand(BOND, Side.BUY, 110_000, 10)
    told(day, hand, S.CANCELLED)
    told(day, hand, S.WORKING)
    assert day.state.orders["x" + ID].state is S.CANCELLED


def test_a_foreign_trade_makes_the_grids_figures_an_estimate() -> None:
    day, _ = deaf_grid()
    traded(day, by_hand(BOND, Side.BUY, 120_000, 10), 10, number="9")
    assert not day.state.grids[BOND].grid.exact
    assert held(day) == 0


def test_an_answer_to_an_unknown_ref_or_without_a_number_changes_nothing() -> None:
    day, place = deaf_grid()
    before = day.state
    for event in (
        m.SubmitAnswered("q1", ID),
        m.SubmitAnswered(place.ref, ""),
        m.SubmitRefused("q1", ""),
        m.SubmitUnknown("q1", ""),
        m.CancelRefused("9", ""),
    ):
        day.feed(event)
    assert day.state.orders == before.orders
    assert day.state.messages == before.messages


def test_messages_are_orders_and_cancels_and_nothing_else() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    beat(day, 3)
    day.feed(m.CancelOne(place.ref))
    told(day, place, S.CANCELLED)
    assert day.state.messages == len(day.places()) + len(day.cancels())
    assert len(day.cancels()) == 1


def test_a_trade_without_a_number_is_booked_by_its_remark_and_the_number_comes_later() -> None:
    day, place = deaf_grid()
    traded(day, place, 40, number="")
    assert day.state.orders[place.ref].state is S.PARTIAL
    day.feed(m.SubmitAnswered(place.ref, ID))
    order = day.state.orders[place.ref]
    assert (order.state, order.broker_id, order.filled) == (S.PARTIAL, ID, 40)


def test_trades_of_two_orders_may_bear_the_same_number() -> None:
    day = MarketDay().open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(PLAN, live_per_side=2))).refusal is None
    first, second = day.places(BOND)
    for number, place in (("1", first), ("2", second)):
        told(day, place, S.WORKING, number=number)
        traded(day, place, 100, "1", number=number)
        traded(day, place, 100, "1", number=number)
    assert held(day) == 200
    assert day.state.holdings[BOND].volume == 200


def test_a_row_that_says_more_traded_than_its_volume_is_not_waited_for() -> None:
    day = MarketDay(held={BOND: (500, 110_000)}).open()
    day.deaf = True
    place = by_hand(BOND, Side.SELL, 120_000, 10)
    row = row_of(day, place, S.FILLED, 100, number="55")
    fill = trade_of(day, place, 10, number="55")
    for _ in range(3):
        beat(day, 3)
        answer(day, [row], [fill], [Position(BOND, 490, 490)])
    assert sell_room(day.state, BOND) == 490
    (order,) = day.state.orders.values()
    assert (order.filled, order.told_filled, order.unsettled) == (10, 10, False)


@pytest.mark.parametrize(("code", "side"), [(STOCK, Side.BUY), (BOND, Side.SELL)])
def test_a_trade_of_another_code_or_side_under_the_number_of_our_order_is_not_ours(code: str, side: Side) -> None:
    day, place = deaf_grid(held={BOND: (500, 110_000)})
    traded(day, replace(by_hand(code, side, 110_000, 10), ref=""), 10)
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].broker_id == ID
    assert (day.state.orders[place.ref].filled, held(day)) == (0, 0)
    traded(day, place, 10, "2")
    assert (day.state.orders[place.ref].filled, held(day)) == (10, 10)


@pytest.mark.parametrize(("code", "side"), [(STOCK, Side.BUY), (BOND, Side.SELL)])
def test_a_trade_of_another_code_or_side_under_the_known_number_of_our_order_is_not_ours(code: str, side: Side) -> None:
    day, place = deaf_grid(held={BOND: (500, 110_000)})
    told(day, place, S.WORKING)
    traded(day, replace(by_hand(code, side, 110_000, 10), ref=""), 10)
    assert (day.state.orders[place.ref].filled, held(day)) == (0, 0)
    assert {fill.ref for fill in day.state.fills.values()} == {""}
    assert said(day, Why.STEP_FAILED) == 0


def test_a_trade_of_another_code_under_a_number_is_its_own_rows_when_that_comes() -> None:
    day, place = deaf_grid(held={BOND: (500, 110_000), STOCK: (500, 9_000)})
    other = by_hand(STOCK, Side.SELL, 9_000, 100)
    traded(day, other, 100)
    told(day, replace(place, ref=""), S.WORKING, remark="")
    foreign = day.state.orders[f"x{ID}"]
    assert (foreign.code, foreign.filled) == (BOND, 0)
    assert {fill.ref for fill in day.state.fills.values()} == {""}
