"""A terminal that tells yesterday's orders again this morning, and a counter that gives its numbers anew."""

from datetime import date

import pytest
from words import ID, KEPT, answer, beat, by_hand, look, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder, Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import Ready, cash_room, sell_room
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, STOCK, MarketDay

S = OrderState
LAST_NIGHT = at_of(DAY, 0, 0) - 4 * 3_600_000


def morning(**held: int) -> MarketDay:
    """Nine o'clock, the counter's words are up to the test."""
    day = MarketDay(hour=9, minute=5, held={STOCK: (5_000, 9_000)})
    day.deaf = True
    day.connect()
    day.quote_all()
    return day


def yesterdays(state: OrderState, side: Side = Side.SELL, filled: int = 3_000, at: int = LAST_NIGHT) -> BrokerOrder:
    return BrokerOrder("5001", "", STOCK, side, 10_000, 3_000, filled, state, "", at)


def rolled(day: MarketDay, to: date = NEXT_DAY) -> None:
    """The next trading day, a minute after it opened."""
    day.at, day.day = at_of(to, 9, 31), to
    day.instruments = day.make_instruments(to, day.last)
    day.feed(m.DayOpened(to.isoformat(), day.instruments))
    day.quote_all()


HELD = [Position(STOCK, 5_000, 5_000)]


@pytest.mark.parametrize("state", [S.FILLED, S.PART_CANCELLED, S.CANCELLED, S.REJECTED])
def test_a_finished_order_of_yesterday_holds_nothing_back_today(state: OrderState) -> None:
    day = morning()
    answer(day, [yesterdays(state)], [], HELD)
    assert day.state.orders == {}
    beat(day, 3)
    answer(day, [], [], HELD)
    assert sell_room(day.state, STOCK) == 5_000


def test_a_buy_of_yesterday_freezes_no_cash() -> None:
    day = morning()
    answer(day, [yesterdays(S.FILLED, Side.BUY)], [], HELD)
    assert cash_room(day.state) == 1_000_000_000


def test_an_order_of_last_evening_for_today_counts() -> None:
    day = morning()
    answer(day, [yesterdays(S.WORKING, filled=0)], [], [Position(STOCK, 5_000, 2_000)])
    assert sell_room(day.state, STOCK) == 2_000


@pytest.mark.parametrize("state", [S.WORKING, S.UNKNOWN])
def test_an_open_one_of_yesterday_that_is_not_listed_any_more_holds_nothing_back(state: OrderState) -> None:
    day = morning()
    answer(day, [yesterdays(state, filled=0)], [], [Position(STOCK, 5_000, 2_000)])
    other = row_of(day, by_hand(BOND, Side.BUY, 110_000, 10), S.WORKING, number="6")
    beat(day, 3)
    answer(day, [], [], HELD)
    assert day.state.orders["x5001"].state is state
    look(day, 4, orders=[other], positions=HELD)
    assert day.state.orders["x5001"].state is S.CANCELLED
    assert day.state.orders["x6"].state is S.WORKING
    assert sell_room(day.state, STOCK) == 5_000


def test_an_open_one_of_yesterday_is_over_too_where_todays_only_order_never_arrived() -> None:
    day = morning()
    rolled(day, DAY)
    answer(day, [yesterdays(S.WORKING, Side.BUY, filled=0)], [], HELD)
    assert cash_room(day.state) < 1_000_000_000
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=0))).refusal is None
    beat(day, 1)
    (place, *_) = day.places(BOND)
    for each in day.places(BOND):
        day.feed(m.SubmitRefused(each.ref, "no"))
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert not day.state.orders[place.ref].broker_id
    look(day, 8, orders=[], positions=HELD)
    assert day.state.orders["x5001"].state is S.CANCELLED
    assert cash_room(day.state) == 1_000_000_000


def test_one_of_yesterday_that_one_answer_left_out_is_there_again_when_it_is_listed() -> None:
    day = morning()
    rolled(day, DAY)
    resting = yesterdays(S.WORKING, Side.BUY, filled=0)
    answer(day, [resting], [], HELD)
    room = cash_room(day.state)
    look(day, 8, orders=[], positions=HELD)
    assert day.state.orders["x5001"].state is S.CANCELLED
    look(day, 2, orders=[resting], positions=HELD)
    assert day.state.orders["x5001"].state is S.WORKING
    assert cash_room(day.state) == room
    look(day, 2, orders=[yesterdays(S.CANCELLED, Side.BUY, filled=0)], positions=HELD)
    assert day.state.orders["x5001"].state is S.CANCELLED


def test_an_empty_answer_while_our_first_orders_are_on_their_way_ends_nothing_of_yesterday() -> None:
    day = morning()
    rolled(day, DAY)
    answer(day, [yesterdays(S.WORKING, Side.BUY, filled=0)], [], HELD)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=0))).refusal is None
    look(day, 2, orders=[], positions=HELD)
    assert day.places(BOND)
    assert day.state.orders["x5001"].state is S.WORKING


def test_an_empty_answer_just_after_an_order_of_today_ends_nothing_of_yesterday() -> None:
    day = morning()
    rolled(day, DAY)
    answer(day, [yesterdays(S.WORKING, Side.BUY, filled=0)], [], HELD)
    today = row_of(day, by_hand(BOND, Side.BUY, 110_000, 10), S.CANCELLED, number="6")
    day.feed(m.OrderReported(replace(today, at=day.at)))
    day.feed(m.AskNow())
    answer(day, [], [], HELD)
    assert day.state.orders["x6"].state is S.CANCELLED
    assert day.state.orders["x5001"].state is S.WORKING


def test_a_list_that_is_empty_but_for_an_order_of_yesterday_lacks_nothing() -> None:
    day = morning()
    answer(day, [yesterdays(S.WORKING, filled=0)], [], HELD)
    assert "x5001" in day.state.orders
    beat(day, 12)
    answer(day, [], [], HELD)
    assert (day.state.shrunk, day.state.ready) == (None, Ready.READY)


def test_one_of_yesterday_told_unreadably_at_first_is_over_when_it_is_told_as_it_ended() -> None:
    day = morning()
    answer(day, [yesterdays(S.UNKNOWN)], [], HELD)
    look(day, 8, orders=[yesterdays(S.FILLED)], positions=HELD)
    order = day.state.orders["x5001"]
    assert (order.state, order.unsettled) == (S.CANCELLED, False)
    assert sell_room(day.state, STOCK) == 5_000


def test_a_finished_order_of_last_evening_counts_when_it_traded_today() -> None:
    day = morning()
    row = yesterdays(S.FILLED)
    fill = trade_of(day, by_hand(STOCK, Side.SELL, 10_000, 3_000), 3_000, number="5001")
    answer(day, [row], [fill], [Position(STOCK, 2_000, 2_000)])
    (order,) = day.state.orders.values()
    assert (order.filled, order.owner.kind) == (3_000, OwnerKind.FOREIGN)
    assert sell_room(day.state, STOCK) == 2_000


@pytest.mark.parametrize("rows_first", [True, False])
def test_a_number_given_anew_to_somebody_else_is_his_new_orders_alone(rows_first: bool) -> None:
    day = morning()
    new = row_of(day, by_hand(STOCK, Side.SELL, 9_900, 100), S.FILLED, 100, number="5001")
    fill = trade_of(day, by_hand(STOCK, Side.SELL, 9_900, 100), 100, number="5001")
    if not rows_first:
        day.feed(m.OrderReported(new))
        day.feed(m.FillReported(fill))
    for _ in range(2):
        answer(day, [yesterdays(S.FILLED), new], [fill], [Position(STOCK, 4_900, 4_900)])
        beat(day, 12)
    (order,) = day.state.orders.values()
    assert (order.price, order.volume, order.filled, order.unsettled) == (9_900, 100, 100, False)


def test_the_number_of_an_order_of_yesterday_that_is_over_may_be_an_own_orders_today() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    old = replace(row_of(day, by_hand(BOND, Side.BUY, 110_000, 10), S.WORKING), at=LAST_NIGHT)
    beat(day, 12)
    answer(day, [old], [], [Position(BOND, 300, 300)])
    look(
        day,
        8,
        orders=[row_of(day, by_hand(BOND, Side.BUY, 110_000, 20), S.WORKING, number="6")],
        positions=[Position(BOND, 300, 300)],
    )
    assert day.state.orders[f"x{ID}"].state is S.CANCELLED
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (buy,) = day.places(BOND)
    day.feed(m.SubmitUnknown(buy.ref, "timeout"))
    told(day, buy, S.WORKING, remark="")
    assert day.feed(m.DecideUnknown(buy.ref, ID)).refusal is None
    assert (day.state.orders[buy.ref].broker_id, day.state.orders[buy.ref].state) == (ID, S.WORKING)


@pytest.mark.parametrize("price", [110_000, 9_000], ids=["same code", "another code"])
def test_a_trade_told_before_the_answer_is_the_own_orders_under_a_number_of_yesterday(price: int) -> None:
    code = BOND if price == 110_000 else STOCK
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    old = replace(row_of(day, by_hand(code, Side.BUY, price, 500), S.WORKING), at=LAST_NIGHT)
    beat(day, 12)
    answer(day, [old], [], [Position(BOND, 300, 300)])
    assert day.state.orders[f"x{ID}"].live
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (buy,) = day.places(BOND)
    traded(day, replace(buy, ref=buy.ref[:-2]), 40)
    day.feed(m.SubmitAnswered(buy.ref, ID))
    traded(day, replace(buy, ref=buy.ref[:-2]), 60, "2")
    told(day, buy, S.FILLED, 100)
    assert (day.state.orders[buy.ref].filled, day.state.orders[buy.ref].unsettled) == (100, False)
    book = day.state.grids[BOND].grid
    assert (book.held_total, book.base_holding) == (100, 300)


def test_a_trade_told_before_the_row_of_a_number_given_anew_is_the_new_orders() -> None:
    day = MarketDay(held={BOND: (500, 110_000)}).open()
    day.deaf = True
    sale = by_hand(BOND, Side.SELL, 120_000, 100)
    beat(day, 12)
    answer(day, [replace(row_of(day, sale, S.WORKING), at=LAST_NIGHT)], [], [Position(BOND, 500, 400)])
    assert day.feed(m.ArmGrid(replace(KEPT, adopt=300))).refusal is None
    traded(day, sale, 100)
    told(day, sale, S.FILLED, 100)
    order = day.state.orders[f"x{ID}"]
    assert (order.created_at, order.filled, order.unsettled) == (day.at, 100, False)
    book = day.state.grids[BOND].grid
    assert (book.held_total, book.base_holding) == (300, 100)


def test_a_trade_of_another_code_under_its_number_does_not_bring_an_order_of_yesterday_back() -> None:
    day = morning()
    fill = trade_of(day, by_hand(BOND, Side.SELL, 110_000, 10), 10, number="5001")
    answer(day, [yesterdays(S.FILLED)], [fill], HELD)
    assert day.state.orders == {}


@pytest.mark.parametrize("state", [S.PART_CANCELLED, S.REJECTED])
def test_a_number_given_twice_in_a_day_is_not_the_old_order_that_was_over(state: OrderState) -> None:
    """The counter began its numbers again; somebody's order of the morning bore the one that ours gets now."""
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    hand, filled = by_hand(BOND, Side.BUY, 110_000, 100), 40 if state is S.PART_CANCELLED else 0
    row, fills = row_of(day, hand, state, filled), [trade_of(day, hand, filled)] if filled else []
    look(day, 220, orders=[row], fills=fills, positions=[Position(BOND, 300 + filled, 300 + filled)])
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (buy,) = day.places(BOND)
    day.feed(m.SubmitAnswered(buy.ref, ID))
    order = day.state.orders[buy.ref]
    assert (order.state, order.filled, order.broker_id) == (S.WORKING, 0, ID)
    beat(day, 3)
    assert len(day.places(BOND)) == 1
    day.feed(m.Kill("key"))
    assert [cancel.broker_id for cancel in day.cancels()] == [ID]


def test_a_push_without_a_time_is_one_of_now() -> None:
    day = morning()
    answer(day, [], [], HELD)
    day.feed(m.OrderReported(yesterdays(S.WORKING, filled=0, at=0)))
    assert sell_room(day.state, STOCK) == 2_000


def buys_of_today(day: MarketDay) -> list[Place]:
    today = f"q{NEXT_DAY:%y%m%d}"
    return [place for place in day.places(BOND) if place.side is Side.BUY and place.ref.startswith(today)]


def numbered_anew(end: OrderState) -> tuple[MarketDay, Place, BrokerOrder]:
    """A kept grid on its second day; its buy bears the number of yesterday's, which the morning's list still shows."""
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (first,) = day.places(BOND)
    told(day, first, S.WORKING)
    bought = 100 if end is S.FILLED else 0
    if bought:
        traded(day, first, bought)
    else:
        day.feed(m.CancelOne(first.ref))
    told(day, first, end, bought)
    old = row_of(day, first, end, bought)
    rolled(day)
    answer(day, [old], [], [Position(BOND, 300 + bought, 300)])
    beat(day)
    (buy,) = buys_of_today(day)
    day.feed(m.SubmitAnswered(buy.ref, ID))
    return day, buy, old


@pytest.mark.parametrize("end", [S.CANCELLED, S.FILLED])
def test_a_number_given_anew_is_the_new_orders_alone(end: OrderState) -> None:
    day, buy, old = numbered_anew(end)
    held = [Position(BOND, 400 if end is S.FILLED else 300, 300)]
    for _ in range(3):
        beat(day, 3)
        answer(day, [old, row_of(day, buy, S.WORKING)], [], held)
        day.feed(m.OrderReported(old))
    order = day.state.orders[buy.ref]
    assert (order.state, order.filled, order.told_filled) == (S.WORKING, 0, 0)
    buys = buys_of_today(day)
    assert len({(place.price, place.owner) for place in buys}) == len(buys)
    day.feed(m.Kill("user"))
    assert ID in {cancel.broker_id for cancel in day.cancels()}


def test_a_number_given_anew_within_the_day_takes_nothing_over_from_an_order_of_the_other_side() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    theirs = by_hand(BOND, Side.SELL, 119_000, 50)
    told(day, theirs, S.FILLED, 50)
    traded(day, theirs, 50)
    look(
        day,
        4,
        orders=[row_of(day, theirs, S.FILLED, 50)],
        fills=[trade_of(day, theirs, 50)],
        positions=[Position(BOND, 250, 250)],
    )
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (buy,) = day.places(BOND)
    day.feed(m.SubmitAnswered(buy.ref, ID))
    order = day.state.orders[buy.ref]
    assert (order.state, order.filled, order.told_filled) == (S.WORKING, 0, 0)
    assert [fill.ref for fill in day.state.fills.values()] == [f"x{ID}"]


@pytest.mark.parametrize("behind_ms", [4_000, 20_000])
def test_a_row_that_came_before_the_answer_is_taken_over_although_its_clock_is_behind(behind_ms: int) -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (buy,) = day.places(BOND)
    row = replace(row_of(day, buy, S.CANCELLED, remark=""), at=day.at - behind_ms)
    day.feed(m.OrderReported(row))
    day.feed(m.SubmitAnswered(buy.ref, ID))
    assert day.state.orders[buy.ref].state is S.CANCELLED


def test_a_trade_pushed_before_the_answer_is_the_orders_though_this_computers_clock_is_fast() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    (buy,) = day.places(BOND)
    day.feed(m.FillReported(replace(trade_of(day, buy, 100), ref="", at=day.at - 8_000)))
    day.feed(m.SubmitAnswered(buy.ref, ID))
    assert day.state.orders[buy.ref].filled == 100
    assert day.state.grids[BOND].grid.held_total == 100
