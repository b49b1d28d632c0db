"""What a counter says is believed only as far as it can be: states nobody knows, answers with holes, other accounts."""

import pytest
from words import ID, PLAN, answer, beat, by_hand, deaf_grid, look, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, AccountStatus, Asset, BrokerOrder, Position
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.engine.books import BUYS, Gaps, Ready
from qmtdesk.engine.reasons import status_reason
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay

S = OrderState


def why(day: MarketDay, place: m.Place) -> Why | None:
    reason = gate.refusal(day.state, replace(place, ref="q-new"))
    return reason and reason.why


def odd(day: MarketDay, place: m.Place, number: str = "255", filled: int = 0) -> BrokerOrder:
    return replace(row_of(day, place, S.UNKNOWN, filled), odd=number)


def said(day: MarketDay, why: Why) -> int:
    return sum(1 for line in day.state.lines if line.reason.why is why)


# --- G7: a state nobody knows


@pytest.mark.fault("G7")
@pytest.mark.parametrize("number", ["255", "58", "-1", ""])
def test_a_state_nobody_knows_leaves_the_order_in_doubt_and_freezes_its_side(number: str) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place, number)))
    order = day.state.orders[place.ref]
    assert (order.state, order.broker_id, order.odd, order.in_doubt) == (S.WORKING, ID, number or "?", True)
    (line,) = [each for each in day.state.lines if each.reason.why is Why.ORDER_NOT_UNDERSTOOD]
    assert line.reason.get("status") == (number or "?")
    other = replace(place, price=place.price - 1_000, owner=replace(place.owner, slot=place.owner.slot - 9))
    assert why(day, other) is Why.SIDE_FROZEN
    assert why(day, replace(other, side=Side.SELL, price=place.price + 1_000)) is not Why.SIDE_FROZEN
    day.feed(m.OrderReported(odd(day, place, number)))
    assert said(day, Why.ORDER_NOT_UNDERSTOOD) == 1
    assert day.state.orders == day.folded().orders


def test_an_order_in_a_state_nobody_knows_is_asked_about_and_never_given_up() -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    asked = day.state.request
    look(day, 20, orders=[odd(day, place)])
    assert day.state.request - asked >= 20
    order = day.state.orders[place.ref]
    assert order.live
    assert order.in_doubt
    assert day.places(BOND) == [place]


def test_trades_of_an_order_in_a_state_nobody_knows_are_booked() -> None:
    day, place = deaf_grid()
    traded(day, place, 40)
    day.feed(m.OrderReported(odd(day, place, filled=40)))
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.told_filled, order.in_doubt) == (S.PARTIAL, 40, 40, True)


@pytest.mark.parametrize("then", [S.WORKING, S.CANCELLED])
def test_a_word_that_is_understood_ends_the_doubt(then: S) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    told(day, place, then)
    order = day.state.orders[place.ref]
    assert (order.state, order.odd, order.in_doubt) == (then, "", False)


def test_a_final_order_stays_final_whatever_is_said_afterwards() -> None:
    day, place = deaf_grid()
    told(day, place, S.CANCELLED)
    before = day.state.orders[place.ref]
    day.feed(m.OrderReported(odd(day, place)))
    assert day.state.orders[place.ref] == before


def test_somebody_elses_order_in_a_state_nobody_knows_is_kept_and_alarms_nobody() -> None:
    day = MarketDay().open()
    hand = by_hand(BOND, Side.BUY, 119_000, 100)
    day.feed(m.OrderReported(odd(day, hand)))
    assert day.state.orders["x" + ID].odd == "255"
    assert said(day, Why.ORDER_NOT_UNDERSTOOD) == 0
    told(day, hand, S.WORKING)
    assert (day.state.orders["x" + ID].state, day.state.orders["x" + ID].odd) == (S.WORKING, "")


def test_a_doubt_goes_with_the_number_to_the_order_it_turns_out_to_be() -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(replace(odd(day, place), remark="")))
    assert day.state.orders["x" + ID].owner.kind is OwnerKind.FOREIGN
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].in_doubt


def test_the_user_may_decide_about_an_order_nobody_understands() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    assert day.feed(m.DecideUnknown(place.ref)).refusal is not None
    day.feed(m.OrderReported(odd(day, place)))
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    assert day.state.orders[place.ref].state is S.REFUSED
    day.feed(m.OrderReported(odd(day, place)))
    assert day.state.orders[place.ref].in_doubt


# --- G16: the account's own status


@pytest.mark.fault("G16")
@pytest.mark.parametrize("number", [*(status.value for status in AccountStatus if status), 42])
def test_an_account_that_is_not_in_order_takes_no_orders_until_it_is_and_is_reconciled(number: int) -> None:
    day = MarketDay().open()
    day.feed(m.AccountStatusTold(number))
    assert day.feed(m.ArmGrid(PLAN)).refusal is not None
    place = m.Place("q-new", BOND, Side.BUY, 119_000, 10, by_hand(BOND, Side.BUY, 1, 1).owner)
    trusted = number == AccountStatus.AFTER_CLOSE
    assert why(day, place) is (Why.ACCOUNT_STATUS if trusted else Why.RECONCILING)
    assert said(day, Why.ACCOUNT_STATUS) == 1
    day.live_market(6_000)
    assert why(day, place) is (Why.ACCOUNT_STATUS if trusted else Why.RECONCILING)
    assert day.places() == []
    asked = day.state.request
    day.feed(m.AccountStatusTold(0))
    assert day.state.ready is Ready.RECONCILING
    assert day.state.request == asked + 1
    day.live_market(3_000)
    assert day.state.ready is Ready.READY
    assert day.feed(m.ArmGrid(PLAN)).refusal is None


def test_a_status_is_said_by_its_name_where_it_has_one() -> None:
    assert status_reason(5).get("status") == "correcting"
    assert dict(status_reason(42).args) == {"number": 42}


def test_what_is_reported_while_the_account_is_corrected_is_not_taken_for_its_holdings() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    day.feed(m.AccountStatusTold(5))
    before = (day.state.holdings, day.state.money)
    for _ in range(3):
        beat(day, 2)
        answer(day, positions=[Position(BOND, 10, 10)], cash=1)
    assert (day.state.holdings, day.state.money) == before
    assert day.state.ready is Ready.RECONCILING


def test_nobody_is_given_up_for_lost_while_the_account_is_not_in_order() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    day.feed(m.AccountStatusTold(5))
    look(day, 6)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    day.feed(m.AccountStatusTold(0))
    look(day, 4)
    assert day.state.orders[place.ref].state is S.REFUSED


def test_trades_are_booked_whatever_the_status_says() -> None:
    day, place = deaf_grid()
    day.feed(m.AccountStatusTold(5))
    traded(day, place, 100)
    assert day.state.grids[BOND].grid.held_total == 100


def test_in_the_evening_a_grid_is_armed_for_tomorrow_although_the_account_has_closed() -> None:
    day = MarketDay().open()
    day.jump(15, 30)
    day.feed(m.AccountStatusTold(AccountStatus.AFTER_CLOSE))
    day.wait(3_000)
    assert day.feed(m.ArmGrid(replace(PLAN, keep_armed=True))).refusal is None


# --- G20: an answer with holes


def report_of(day: MarketDay, **parts: object) -> AccountReport:
    return replace(day.exchange.report(day.at), **parts)  # type: ignore[arg-type]


HOLES = {
    "positions": ({"positions": ()}, Gaps(codes=frozenset({BOND, STOCK}))),
    "cash": ({"asset": Asset(0, 0, 0)}, Gaps(cash=True)),
    "everything": (
        {"positions": (), "orders": (), "fills": (), "asset": Asset(0, 0, 0)},
        Gaps(codes=frozenset({BOND, STOCK}), cash=True),
    ),
}


def holding_day() -> MarketDay:
    day = MarketDay(held={BOND: (200, 110_000), STOCK: (500, 9_000)}).open()
    day.deaf = True
    return day


@pytest.mark.fault("G20")
@pytest.mark.parametrize("name", HOLES)
def test_one_answer_with_holes_changes_nothing_and_holds_everything_back(name: str) -> None:
    parts, gaps = HOLES[name]
    day = holding_day()
    before = (day.state.holdings, day.state.money)
    beat(day, 10)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    assert (day.state.holdings, day.state.money) == before
    assert day.state.shrunk is not None
    assert (day.state.shrunk.gaps, day.state.shrunk.believed) == (gaps, False)
    assert said(day, Why.REPORT_SHRUNK) == 1
    sell = m.Place("q-new", BOND, Side.SELL, 120_000, 10, by_hand(BOND, Side.BUY, 1, 1).owner)
    assert why(day, sell) is Why.REPORT_SHRUNK
    assert why(day, replace(sell, side=Side.BUY)) is Why.REPORT_SHRUNK
    beat(day, 2)
    day.feed(m.AccountReported(day.state.request, report_of(day)))
    assert day.state.shrunk is None
    assert day.state.ready is Ready.READY
    assert why(day, sell) is None


@pytest.mark.fault("G20")
@pytest.mark.parametrize("name", HOLES)
def test_two_answers_that_agree_seconds_apart_are_believed(name: str) -> None:
    parts, _ = HOLES[name]
    day = holding_day()
    beat(day, 10)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    beat(day, 3)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    assert day.state.ready is Ready.RECONCILING
    beat(day, 3)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    assert day.state.ready is Ready.READY
    assert said(day, Why.REPORT_BELIEVED) == 1
    if "positions" in parts:
        assert day.state.holdings == {}
    if "asset" in parts:
        assert day.state.money is not None
        assert day.state.money.gross_cash == 0


def test_two_answers_that_lack_different_things_do_not_agree() -> None:
    day = holding_day()
    beat(day, 10)
    for parts in ({"positions": ()}, {"asset": Asset(0, 0, 0)}, {"positions": ()}):
        day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
        beat(day, 5)
    assert day.state.shrunk is not None
    assert not day.state.shrunk.believed
    assert day.state.ready is Ready.RECONCILING


def test_a_day_that_begins_with_an_answer_without_yesterdays_holdings_is_not_believed_at_once() -> None:
    day = holding_day()
    day.next_day()
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=())))
    assert day.state.shrunk is not None
    assert day.state.shrunk.gaps.codes == {BOND, STOCK}
    assert day.state.ready is not Ready.READY


def test_a_process_that_begins_with_an_answer_without_what_a_running_grid_holds_does_not_stop_that_grid() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(replace(PLAN, first_buy=True)))
    day.price(BOND, 119_900)
    day.live_market(5_000)
    assert day.state.grids[BOND].grid.held_total
    day.mute = True
    day.restart(resume=True)
    beat(day, 6)
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=())))
    assert day.state.grids[BOND].armed
    assert day.state.ready is not Ready.READY
    beat(day, 2)
    day.feed(m.AccountReported(day.state.request, report_of(day)))
    assert day.state.grids[BOND].armed
    assert day.state.ready is Ready.READY


def test_trades_that_an_answer_lacks_are_not_counted_a_second_time() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(replace(PLAN, first_buy=True)))
    day.price(BOND, 119_900)
    day.live_market(5_000)
    held = day.state.holdings[BOND].volume
    assert held
    day.deaf = True
    beat(day, 10)
    for _ in range(3):
        day.feed(m.AccountReported(day.state.request, report_of(day, fills=())))
        assert day.state.holdings[BOND].volume == held
        beat(day, 4)
    assert day.state.shrunk is not None
    assert day.state.shrunk.believed


def test_an_empty_list_of_orders_gives_nobody_up_and_what_was_there_stays_in_doubt() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    twin = replace(place, ref="q261120-000900")
    beat(day, 8)
    look(day, 8)
    order = day.state.orders[place.ref]
    assert order.live
    assert order.odd == "missing"
    assert said(day, Why.REPORT_BELIEVED) == 1
    assert why(day, replace(twin, price=place.price - 1_000)) is Why.SIDE_FROZEN
    look(day, 1, orders=[row_of(day, place, S.WORKING)])
    assert not day.state.orders[place.ref].in_doubt
    assert day.state.shrunk is None


def test_what_was_sold_or_spent_by_trades_that_are_told_is_not_missing() -> None:
    day = MarketDay(held={BOND: (10, 110_000)}).open()
    day.exchange.submit_foreign(day.at, BOND, Side.SELL, 119_000, 10)
    day.live_market(12_000)
    assert BOND not in {h.code for h in day.state.holdings.values() if h.volume}
    assert said(day, Why.REPORT_SHRUNK) == 0
    assert day.state.ready is Ready.READY


def test_the_papers_counter_answers_with_holes_at_most_twice_in_a_row() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}, faults=Faults(empty_query=1_000)).open()
    day.live_market(60_000)
    assert said(day, Why.REPORT_SHRUNK) > 0
    numbers = sorted(day.exchange.holed)
    assert all(third - first > 2 for first, third in zip(numbers, numbers[2:], strict=False))


# --- G21: other accounts


@pytest.mark.fault("G21")
def test_nothing_of_another_account_is_booked_and_it_is_said_once_and_counted() -> None:
    day = MarketDay(deaf=True)
    day.feed(m.LinkChanged(up=True, account="a1"))
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    day.quote_all()
    day.feed(m.AccountReported(day.state.request, report_of(day), "a1"))
    assert day.state.ready is Ready.READY
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    (place,) = day.places(BOND)
    before = (day.state.orders, day.state.fills, day.state.holdings, day.state.money)
    day.feed(m.OrderReported(row_of(day, place, S.CANCELLED), "b2"))
    day.feed(m.FillReported(trade_of(day, place, 100), "b2"))
    day.feed(m.FillReported(trade_of(day, place, 100)))
    day.feed(m.AccountStatusTold(5, "b2"))
    beat(day, 11)
    day.feed(m.AccountReported(day.state.request, report_of(day, asset=Asset(1, 0, 1)), "b2"))
    order = day.state.orders[place.ref]
    assert (order.filled, order.broker_id) == (0, "")
    assert (day.state.fills, day.state.holdings, day.state.money, day.state.status) == (*before[1:], 0)
    assert day.state.strays == day.folded().strays == 5
    assert said(day, Why.OTHER_ACCOUNT) == 1
    day.feed(m.FillReported(trade_of(day, place, 100), "a1"))
    assert day.state.orders[place.ref].filled == 100


def test_a_gateway_that_knows_one_account_only_is_not_told_of_others() -> None:
    day, place = deaf_grid()
    day.feed(m.FillReported(trade_of(day, place, 100), "b2"))
    assert day.state.orders[place.ref].filled == 0
    traded(day, place, 100)
    assert day.state.orders[place.ref].filled == 100


def test_the_books_of_one_account_are_never_used_for_another() -> None:
    day = MarketDay()
    day.feed(m.LinkChanged(up=True, account="a1"))
    day.state = day.folded()
    assert day.state.account == "a1"
    day.feed(m.LinkChanged(up=True, account="b2"))
    assert day.state.suspended[""].why is Why.ACCOUNT_CHANGED
    assert day.state.account == "a1"


# --- G24: the counter takes another order than was sent


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


# --- X8: another installation


def other_row(day: MarketDay, remark: str, number: str = "9") -> BrokerOrder:
    return row_of(day, by_hand(STOCK, Side.SELL, 10_500, 100), S.WORKING, remark=remark, number=number)


def installed() -> MarketDay:
    day = MarketDay()
    day.feed(m.Installed("mine"))
    day.open()
    day.deaf = True
    return day


def test_an_installations_letters_are_decided_once_written_down_and_in_every_ref() -> None:
    day = installed()
    day.feed(m.Installed("more"))
    assert day.state.install == day.folded().install == "mine"
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    assert place.ref == "qmine261120-000001"
    assert len(place.ref) <= 20
    told(day, place, S.WORKING, remark=place.ref[:17])
    assert day.state.orders[place.ref].broker_id == ID


@pytest.mark.parametrize("word", ["", "abc", "abcde", "ab1d", "äbcd"])
def test_other_words_are_no_letters_of_an_installation(word: str) -> None:
    day = MarketDay()
    day.feed(m.Installed(word))
    assert day.state.install == ""


@pytest.mark.fault("X8")
@pytest.mark.parametrize("by_report", [False, True])
def test_an_order_of_another_installation_stops_buying_until_the_user_says_go_on(by_report: bool) -> None:
    day = installed()
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    told(day, place, S.WORKING)
    row = other_row(day, "qtwoo261120-000004")
    beat(day, 2)
    if by_report:
        answer(day, [row, row_of(day, place, S.WORKING)])
    else:
        day.feed(m.OrderReported(row))
    assert day.state.suspended[BUYS].why is Why.OTHER_PROGRAM
    assert day.state.suspended == day.folded().suspended
    buy = m.Place("q-new", STOCK, Side.BUY, 9_990, 100, place.owner)
    assert why(day, buy) is Why.OTHER_PROGRAM
    assert why(day, replace(buy, side=Side.SELL, price=10_600)) is Why.SELL_ROOM
    beat(day, 2)
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]
    told(day, place, S.CANCELLED)
    beat(day, 5)
    assert day.places(BOND) == [place]
    day.feed(m.Release(BUYS))
    beat(day, 1)
    assert len(day.places(BOND)) == 2
    day.feed(m.OrderReported(other_row(day, "qtwoo261120-000005", "10")))
    assert BUYS not in day.state.suspended
    day.feed(m.OrderReported(other_row(day, "qthre261120-000005", "11")))
    assert BUYS in day.state.suspended


@pytest.mark.parametrize("word", [m.Release(""), m.SetMaster(on=True)])
def test_letting_everything_go_on_lets_buying_go_on(word: m.UserEvent) -> None:
    day = installed()
    day.feed(m.OrderReported(other_row(day, "qtwoo261120-000004")))
    assert BUYS in day.state.suspended
    day.feed(word)
    assert day.state.suspended == {}
    assert said(day, Why.RELEASED) == 1


@pytest.mark.parametrize(
    "remark", ["", "qmine261120-000099", "qmine261120", "qtwoo26", "manual", "qmtgrid 5", "q261120-000007"]
)
def test_other_remarks_are_no_other_installations(remark: str) -> None:
    day = installed()
    day.feed(m.OrderReported(other_row(day, remark)))
    assert day.state.suspended == {}
