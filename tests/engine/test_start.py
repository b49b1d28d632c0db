"""Starting, restarting, connecting and the turn of the day."""

from datetime import timedelta

import pytest
from words import ID, PLAN, answer, beat, by_hand, deaf_grid, row_of, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, BOND2, NEXT_DAY, STOCK, MarketDay
from qmtdesk.strategies.guard import GuardState

S = OrderState
KEPT = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100, keep_armed=True)


def test_nothing_may_be_armed_before_the_account_is_known() -> None:
    day = MarketDay()
    assert day.feed(m.ArmGrid(PLAN)).refusal.why is Why.UNKNOWN_CODE
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal.why is Why.UNKNOWN_CODE
    assert day.feed(m.WatchStock(STOCK, on=True)).refusal.why is Why.UNKNOWN_CODE
    day.connect()
    day.quote_all()
    assert day.feed(m.ArmGrid(PLAN)).refusal.why is Why.RECONCILING
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal.why is Why.RECONCILING
    day.wait(2_000)
    assert day.state.ready is Ready.READY
    assert day.feed(m.ArmGrid(PLAN)).refusal is None


def test_a_report_of_another_day_reconciles_nothing() -> None:
    day = MarketDay(deaf=True)
    day.connect()
    answer_day, day.day = day.day, NEXT_DAY
    answer(day)
    assert day.state.ready is Ready.RECONCILING
    day.day = answer_day
    answer(day)
    assert day.state.ready is Ready.READY


def test_a_question_without_answer_is_asked_again_and_the_answer_to_either_reconciles() -> None:
    """A counter that is slower than our patience would otherwise never be heard."""
    day = MarketDay(deaf=True)
    day.connect()
    first = day.state.request
    beat(day, 4)
    assert day.state.request == first + 1
    newest = day.state
    day.feed(m.AccountReported(first + 9, day.exchange.report(day.at)))
    assert day.state.ready is Ready.RECONCILING
    day.feed(m.AccountReported(first, day.exchange.report(day.at)))
    assert day.state.ready is Ready.READY
    day.feed(m.ReportFailed(first, "old"))
    assert day.state.request_at == newest.request_at
    day.feed(m.ReportFailed(newest.request, "no answer"))
    assert day.state.request_at == 0
    beat(day, 12)
    assert day.state.request == newest.request + 1


def test_no_link_means_no_question_and_no_order() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    day.feed(m.LinkChanged(up=False, text="gone"))
    assert day.state.ready is Ready.SUSPENDED
    sent = len(day.sent)
    beat(day, 40)
    assert len(day.sent) == sent
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal.why is Why.LINK_DOWN
    day.feed(m.LinkChanged(up=True))
    day.feed(m.LinkChanged(up=True))
    assert [type(intent) for _, intent in day.sent[sent:]] == [m.Query]


def test_a_link_that_comes_back_lets_go_on_only_after_reconciliation() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    day.price(BOND, 119_000)
    stays = day.places(BOND)[-1]
    told(day, stays, S.WORKING, number="78")
    day.feed(m.LinkChanged(up=False))
    beat(day, 2)
    day.feed(m.LinkChanged(up=True))
    told(day, place, S.CANCELLED)
    day.feed(m.PauseGap(BOND, place.owner.slot, on=False))
    beat(day, 2)
    assert day.places(BOND) == [place, stays]
    answer(day, [row_of(day, place, S.CANCELLED), row_of(day, stays, S.WORKING, number="78")])
    day.price(BOND, 120_000)
    beat(day, 2)
    assert len(day.places(BOND)) == 3


def test_with_a_doubt_left_a_reconnected_engine_is_not_ready() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    answer(day)
    assert day.state.ready is Ready.RECONCILING
    for _ in range(3):
        beat(day, 3)
        answer(day)
    assert day.state.ready is Ready.READY


def test_a_start_by_the_user_begins_disarmed_but_for_what_was_to_be_kept() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(KEPT))
    day.feed(m.ArmGrid(GridPlan(code=STOCK, first_buy=False, unit=100)))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.wait(2_000)
    day.restart(resume=False)
    assert day.state.grids[BOND].armed
    assert not day.state.grids[STOCK].armed
    assert day.state.guards[STOCK].state is GuardState.OFF
    day.live_market(9_000)
    assert day.live(STOCK) == []
    assert len(day.live(BOND)) == 1


def test_a_start_by_the_program_goes_on_with_everything_and_says_so() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True)))
    day.wait(2_000)
    orders = day.live()
    day.restart(resume=True)
    sent = len(day.places())
    day.live_market(9_000)
    assert day.state.grids[BOND].armed
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert [order.ref for order in day.live()] == [order.ref for order in orders]
    assert len(day.places()) == sent
    (said,) = [line.reason for line in day.state.lines if line.reason.why is Why.RESUMED]
    assert dict(said.args) == {"grids": 1, "guards": 1}
    assert not day.state.resume


def test_a_guard_that_was_taken_off_is_not_counted_among_those_that_go_on() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True)))
    day.feed(m.DisarmGuard(STOCK))
    day.restart(resume=True)
    day.live_market(9_000)
    (said,) = [line.reason for line in day.state.lines if line.reason.why is Why.RESUMED]
    assert dict(said.args)["guards"] == 0


def test_a_kept_guard_survives_a_start_by_the_user() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True)))
    day.restart(resume=False)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_an_order_written_down_and_never_sent_is_found_out_after_a_restart() -> None:
    day, place = deaf_grid()
    day.deaf = False
    day.restart(resume=True)
    day.live_market(20_000)
    assert day.state.orders[place.ref].state is S.REFUSED
    (again,) = day.live(BOND)
    assert (again.price, again.volume) == (place.price, place.volume)


def test_an_order_sent_and_never_answered_is_found_again_after_a_restart() -> None:
    day, place = deaf_grid()
    day.carry(place)
    day.mute = True
    day.wait(1_000)
    day.mute, day.deaf = False, False
    day.restart(resume=True)
    day.live_market(20_000)
    assert [order.ref for order in day.live(BOND)] == [place.ref]
    assert day.state.orders[place.ref].state is S.WORKING


def test_a_link_that_is_up_before_the_day_is_known_asks_nothing() -> None:
    day = MarketDay()
    day.feed(m.LinkChanged(up=True))
    day.feed(m.TimePassed())
    assert day.sent == []
    day.state = day.folded()
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    assert len(day.intents(m.Query)) == 1


def test_a_day_known_before_the_link_asks_when_the_link_is_up() -> None:
    day = MarketDay()
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    assert day.sent == []
    day.feed(m.LinkChanged(up=True))
    assert len(day.intents(m.Query)) == 1


def test_a_grid_that_holds_more_than_the_account_stops_and_says_why() -> None:
    day, place = deaf_grid()
    # of a while ago: a position may know of a trade a moment after the list of trades does
    rows, trades = [row_of(day, place, S.FILLED, 100)], [replace(trade_of(day, place, 100), at=day.at - 6_000)]
    answer(day, rows, trades, [Position(BOND, 100, 100)])
    assert day.state.grids[BOND].grid.held_total == 100
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    answer(day, rows, trades, [Position(BOND, 40, 40)])
    book = day.state.grids[BOND]
    assert not book.armed
    assert book.why.why is Why.POSITION_FLOOR


def test_arms_expire_at_the_close_unless_kept() -> None:
    day = MarketDay(prices={BOND: 120_000, BOND2: 105_000, STOCK: 10_000}, held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(KEPT))
    day.feed(m.ArmGrid(GridPlan(code=BOND2, first_buy=False)))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.jump(15, 0)
    assert day.state.grids[BOND].armed
    assert day.state.grids[BOND2].why.why is Why.EXPIRED_AT_CLOSE
    assert day.state.guards[STOCK].state is GuardState.OFF


def test_what_is_armed_in_the_evening_is_armed_for_the_next_day() -> None:
    day = MarketDay().open()
    day.jump(20, 0)
    day.wait(2_000)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
    day.wait(2_000)
    assert day.places() == []
    day.next_day()
    assert day.state.grids[BOND].armed


def armed_in_the_evening() -> MarketDay:
    """A grid and a guard armed after the close, for the next trading day."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.jump(20, 0)
    day.wait(2_000)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    return day


def test_what_is_armed_on_friday_evening_is_armed_on_monday_though_saturday_had_a_three_o_clock() -> None:
    day = armed_in_the_evening()
    day.at += 20 * 3_600_000
    day.feed(m.TimePassed())
    assert (day.state.grids[BOND].armed, day.state.guards[STOCK].state) == (True, GuardState.WATCHING)
    day.next_day()
    assert (day.state.grids[BOND].armed, day.state.guards[STOCK].state) == (True, GuardState.WATCHING)
    day.jump(15, 0)
    assert (day.state.grids[BOND].armed, day.state.guards[STOCK].state) == (False, GuardState.OFF)


def test_what_was_armed_in_the_evening_for_a_day_that_was_slept_through_has_ended() -> None:
    day = armed_in_the_evening()
    day.next_day(NEXT_DAY + timedelta(days=1))
    assert day.state.grids[BOND].why.why is Why.EXPIRED_AT_CLOSE
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert day.said().count(Why.EXPIRED_AT_CLOSE) == 2


def test_a_trader_asleep_at_the_close_expires_arms_when_the_next_day_opens() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.mute = True
    day.exchange.close_day(day.at + 18_000_000)
    day.mute = False
    day.state = day.folded(resume=True)
    day.day, day.at = NEXT_DAY, day.at + 3 * 86_400_000
    day.exchange.open_day(NEXT_DAY, day.instruments)
    day.connect()
    assert not day.state.grids[BOND].armed
    assert day.state.guards[STOCK].state is GuardState.OFF


def test_a_new_day_starts_counters_and_orders_anew_and_keeps_what_is_held() -> None:
    day, place = deaf_grid(KEPT)
    answer(day, [row_of(day, place, S.PARTIAL, 50)], [trade_of(day, place, 50)], [Position(BOND, 50, 50)])
    assert day.state.messages
    ref = day.state.next_ref
    day.deaf = True
    day.next_day()
    state = day.state
    assert (state.orders, state.fills, state.messages, state.sent_at) == ({}, {}, 0, ())
    assert state.next_ref == ref
    assert state.grids[BOND].grid.held_total == 50
    assert state.grids[BOND].grid.day == NEXT_DAY.isoformat()
    assert Why.DAY_ROLLED in day.said()


def test_the_same_day_opened_again_changes_no_book() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    before = day.state
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    assert (day.state.orders, day.state.grids, day.state.messages) == (before.orders, before.grids, before.messages)
    assert day.state.ready is Ready.RECONCILING


def test_the_same_day_told_again_with_more_codes_puts_nothing_in_doubt() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    before = day.state
    more = make_instrument("128901.SZ", "新债", 100_000, day.day)
    day.feed(m.DayOpened(day.day.isoformat(), (*day.instruments, more)))
    assert more.code in day.state.instruments
    assert (day.state.ready, day.state.orders) == (before.ready, before.orders)


def test_what_a_new_process_knows_is_what_the_old_one_wrote_down() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.feed(m.ArmGrid(GridPlan(code=STOCK, mode=GridMode.ROLLING, amount=5_000_000)))
    day.feed(m.WatchStock(STOCK, on=True))
    day.feed(m.SetMaster(on=False))
    day.live_market(9_000)
    day.feed(m.SetMaster(on=True))
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(9_000)
    other = day.folded()
    for name in ("orders", "refs", "fills", "grids", "guards", "watch", "master", "kill", "lines", "next_line", "day"):
        assert getattr(other, name) == getattr(day.state, name), name


def test_a_grid_whose_code_is_gone_from_the_exchange_waits_and_breaks_nothing() -> None:
    day, place = deaf_grid(KEPT)
    answer(day, [row_of(day, place, S.FILLED, 100)], [trade_of(day, place, 100)], [Position(BOND, 100, 100)])
    day.instruments = tuple(one for one in day.instruments if one.code != BOND)
    day.day, day.at = NEXT_DAY, day.at + 3 * 86_400_000
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    answer(day, positions=[Position(BOND, 100, 100)])
    beat(day, 3)
    assert day.state.grids[BOND].armed
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal is None
    beat(day, 2)
    assert day.state.grids[BOND].winding is None


def test_an_event_from_the_past_does_not_turn_the_clock_back() -> None:
    day = MarketDay().open()
    at = day.at
    day.at -= 60_000
    day.feed(m.TimePassed())
    assert day.state.at == at


def test_a_snapshot_told_again_does_not_make_an_old_price_fresh() -> None:
    day = MarketDay().open()
    old = day.state.quotes[BOND].quote
    day.at += 20_000
    day.feed(m.Quoted(old))
    assert day.state.quotes[BOND].at < day.at
    assert day.feed(m.ArmGrid(PLAN)).refusal.why is Why.QUOTE_STALE
    day.price(BOND, 120_100)
    day.feed(m.Quoted(old))
    assert day.state.quotes[BOND].quote.last == 120_100


def test_quotes_of_unknown_codes_are_passed_over() -> None:
    day = MarketDay().open()
    old = day.state.quotes[BOND].quote
    day.feed(m.Quoted(old.__class__(**{name: getattr(old, name) for name in old.__slots__} | {"code": "999999.XX"})))
    assert "999999.XX" not in day.state.quotes


@pytest.mark.parametrize("opened_first", [True, False])
def test_a_foreign_order_seen_at_the_start_is_shown_and_left_alone(opened_first: bool) -> None:
    day = MarketDay(deaf=True)
    if opened_first:
        day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
        day.feed(m.LinkChanged(up=True))
    else:
        day.connect()
    answer(day, [row_of(day, by_hand(BOND, Side.BUY, 110_000, 10), S.WORKING)])
    assert day.state.orders["x" + ID].price == 110_000
    day.feed(m.Kill("button"))
    assert day.cancels() == []
    assert day.state.kill.done_at
