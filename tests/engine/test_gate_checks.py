"""Every check of the risk gate, each with the order it stops and the nearest one it lets through."""

import pytest
from words import PLAN, answer, by_hand, deaf_grid, row_of, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate, worth
from qmtdesk.engine.books import KillBook, Ready, Seen, State, put
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.engine.work import Work
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay, quote_of
from qmtdesk.strategies.guard import GuardState

S = OrderState
GRID = Owner(OwnerKind.GRID, 3)
GUARD = Owner(OwnerKind.GUARD)
CLEAR = Owner(OwnerKind.CLEAR)


def ready(**kit: object) -> State:
    """A reconciled engine with 1,000 shares and 100 bonds."""
    kit.setdefault("held", {STOCK: (1_000, 9_000), BOND: (100, 110_000)})
    return MarketDay(**kit).open().state  # type: ignore[arg-type]


def buy(price: int = 119_000, volume: int = 10, owner: Owner = GRID, code: str = BOND) -> m.Place:
    return m.Place("q261120-000099", code, Side.BUY, price, volume, owner)


def sell(price: int = 121_000, volume: int = 10, owner: Owner = GRID, code: str = BOND) -> m.Place:
    return m.Place("q261120-000099", code, Side.SELL, price, volume, owner)


def with_order(state: State, place: m.Place, now: OrderState, **rest: object) -> State:
    ref = f"q261120-{len(state.orders):06d}"
    order = Order(ref, place.code, place.side, place.price, place.volume, place.owner, now, state.at, state.at)
    return replace(state, orders=put(state.orders, ref, replace(order, **rest)))  # type: ignore[arg-type]


def limited(state: State, **rest: int) -> State:
    return replace(state, limits=replace(state.limits, **rest))


def why(state: State, place: m.Place) -> Why | None:
    reason = gate.refusal(state, place)
    return reason and reason.why


def test_an_order_that_breaks_no_rule_may_leave() -> None:
    state = ready()
    for place in (buy(), sell(), sell(10_500, 100, code=STOCK), sell(9_990, 1_000, GUARD, STOCK)):
        assert gate.refusal(state, place) is None


def test_the_switches_stop_everything() -> None:
    state = ready()
    assert why(replace(state, kill=KillBook(1, "key", ())), sell(owner=GUARD)) is Why.KILLED
    assert why(replace(state, master=False), sell(owner=GUARD)) is Why.MASTER_OFF


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"linked": False}, Why.LINK_DOWN),
        ({"ready": Ready.SUSPENDED}, Why.SUSPENDED),
        ({"ready": Ready.RECONCILING}, Why.RECONCILING),
        ({"money": None}, Why.RECONCILING),
    ],
)
def test_without_a_reconciled_account_nothing_leaves(change: dict[str, object], reason: Why) -> None:
    assert why(replace(ready(), **change), buy()) is reason  # type: ignore[arg-type]


def test_an_old_account_or_price_stops_orders_after_its_time() -> None:
    state = ready()
    assert state.money is not None
    last = replace(state, at=state.money.reported_at + 30_000)
    seen = last.quotes[BOND].quote
    fresh = replace(last, quotes=put(last.quotes, BOND, Seen(seen, last.at - 8_000)))
    assert why(fresh, buy()) is None
    assert why(replace(fresh, at=fresh.at + 1), buy()) is Why.ACCOUNT_STALE
    old = replace(last, quotes=put(last.quotes, BOND, Seen(seen, last.at - 8_001)))
    assert why(old, buy()) is Why.QUOTE_STALE
    assert why(limited(replace(fresh, at=fresh.at + 1), account_age_ms=0, quote_age_ms=9_000), buy()) is None
    assert why(replace(state, quotes={}), buy()) is Why.NO_QUOTE


def test_a_closed_phase_takes_no_order() -> None:
    day = MarketDay(hour=11, minute=29).open()
    day.jump(11, 31)
    day.wait(2_000)
    day.quote_all()
    assert why(day.state, buy()) is Why.PHASE_CLOSED


def test_a_code_that_is_not_traded_today_is_refused() -> None:
    state = ready()
    assert why(replace(state, listings={}), buy()) is Why.UNKNOWN_CODE
    reason = gate.standstill(replace(state, listings={}), BOND)
    assert reason is not None
    assert reason.why is Why.UNKNOWN_CODE
    assert gate.standstill(state, BOND) is None


def test_a_doubt_freezes_its_side_of_its_code_and_nothing_else() -> None:
    state = with_order(ready(), buy(118_000, owner=Owner(OwnerKind.GRID, 9)), S.UNKNOWN)
    assert why(state, buy()) is Why.SIDE_FROZEN
    assert why(state, sell()) is None
    assert why(state, sell(10_500, 100, code=STOCK)) is None


def test_one_owner_has_one_live_order_a_side() -> None:
    for now in (S.SENT, S.WORKING, S.PARTIAL, S.CANCELLING):
        assert why(with_order(ready(), buy(118_000), now), buy()) is Why.DUPLICATE_ORDER
    assert why(with_order(ready(), buy(118_000), S.FILLED, told_filled=10), buy()) is Why.DUPLICATE_ORDER
    assert why(with_order(ready(), buy(118_000), S.CANCELLED), buy()) is None
    assert why(with_order(ready(), buy(118_000), S.WORKING), sell()) is None
    assert why(with_order(ready(), buy(118_000, owner=Owner(OwnerKind.GRID, 4)), S.WORKING), buy()) is None


def test_the_same_order_again_waits_three_seconds_unless_the_first_was_filled() -> None:
    state = with_order(ready(), buy(), S.CANCELLED)
    assert why(state, buy()) is Why.DUPLICATE_ORDER
    assert why(state, buy(118_999)) is None
    assert why(state, buy(volume=20)) is None
    assert why(with_order(ready(), buy(), S.FILLED, filled=10, told_filled=10), buy()) is None
    assert why(limited(state, duplicate_ms=0), buy()) is None
    sold = with_order(ready(), sell(9_990, 100, GUARD, STOCK), S.CANCELLED)
    assert why(sold, sell(9_990, 100, GUARD, STOCK)) is None


def test_after_rejections_the_next_try_waits_longer_each_time() -> None:
    place = sell(9_990, 100, GUARD, STOCK)
    state = ready()
    for count, wait in ((1, 1_000), (2, 2_000), (3, 4_000)):
        state = with_order(state, place, S.REJECTED)
        early = replace(state, at=state.at + wait - 1)
        reason = gate.refusal(early, place)
        assert reason is not None
        assert (reason.why, reason.get("count")) == (Why.REJECTED_TOO_OFTEN, count)
        assert why(replace(state, at=state.at + wait), place) is None
    for _ in range(20):
        state = with_order(state, place, S.REJECTED)
    reason = gate.refusal(replace(state, at=state.at + 5_000), place)
    assert reason is not None
    assert reason.get("wait_ms") == 60_000
    assert why(with_order(state, place, S.FILLED, filled=100, told_filled=100), place) is None
    assert why(state, sell(10_500, 100, code=STOCK)) is None


def test_no_buy_at_or_above_an_own_sell_whoever_owns_it() -> None:
    state = with_order(ready(), sell(119_500, owner=CLEAR), S.WORKING)
    assert why(state, buy(119_500)) is Why.SELF_TRADE
    assert why(state, buy(119_499)) is None
    state = with_order(ready(), buy(119_500), S.WORKING)
    assert why(state, sell(119_500, owner=CLEAR)) is Why.SELF_TRADE
    assert why(state, sell(119_501, owner=CLEAR)) is None


def test_prices_are_whole_ticks_and_volumes_whole_lots() -> None:
    state = ready(held={STOCK: (1_050, 9_000)})
    assert why(state, buy(0)) is Why.BAD_TICK
    assert why(state, sell(10_505, 100, code=STOCK)) is Why.BAD_TICK
    assert why(state, buy(volume=15)) is Why.BAD_LOT
    assert why(state, sell(10_500, 50, code=STOCK)) is None
    assert why(state, sell(10_500, 40, code=STOCK)) is Why.BAD_LOT


def test_prices_lie_within_the_days_limits_ours_or_the_feeds() -> None:
    state = ready()
    assert why(state, buy(96_000)) is None
    assert why(state, buy(95_999)) is Why.OUTSIDE_LIMITS
    assert why(state, sell(144_001)) is Why.OUTSIDE_LIMITS
    told_only = replace(state.instruments[BOND], limit_up=0, limit_down=0, told_up=121_000, told_down=119_000)
    state = replace(state, instruments={**state.instruments, BOND: told_only})
    assert why(state, sell(121_001)) is Why.OUTSIDE_LIMITS
    assert why(state, buy(118_999)) is Why.OUTSIDE_LIMITS
    free = replace(told_only, told_up=0, told_down=0)
    assert why(replace(state, instruments={**state.instruments, BOND: free}), sell(160_000)) is None


def test_a_stock_order_stays_within_the_price_cage_in_continuous_trading() -> None:
    state = ready()
    assert why(state, sell(9_700, 100, code=STOCK)) is Why.PRICE_CAGE
    assert why(state, buy(10_300, 100, code=STOCK)) is Why.PRICE_CAGE
    assert why(state, buy(9_000, 100, code=STOCK)) is None


def test_in_an_auction_there_is_no_price_cage() -> None:
    day = MarketDay(hour=9, minute=16, held={STOCK: (1_000, 9_000)}).open()
    assert why(day.state, sell(9_700, 100, code=STOCK)) is None


def test_an_immediate_order_is_near_the_last_price_and_a_level_may_be_far() -> None:
    state = ready()
    assert why(state, sell(117_600, owner=CLEAR)) is None
    assert why(state, sell(117_599, owner=CLEAR)) is Why.PRICE_COLLAR
    assert why(state, buy(122_401, owner=Owner(OwnerKind.FIRST_BUY))) is Why.PRICE_COLLAR
    assert why(state, sell(117_599)) is None
    assert why(limited(state, collar_bp=0), sell(117_599, owner=CLEAR)) is None
    silent = quote_of(BOND, state.at, 0, prev=120_000)
    state = replace(state, quotes=put(state.quotes, BOND, Seen(silent, state.at)))
    assert why(state, sell(117_599, owner=CLEAR)) is Why.PRICE_COLLAR


def test_one_bond_buy_is_bounded_and_a_stock_sale_is_not() -> None:
    state = limited(ready(), order_value=1_200_000)
    assert why(state, buy(120_000, 10)) is None
    assert why(state, buy(120_000, 20)) is Why.ORDER_VALUE
    assert why(state, sell(121_000, 100)) is None
    assert why(limited(state, order_value=0), buy(120_000, 20)) is None


def test_exposure_counts_what_is_held_and_every_open_buy() -> None:
    day, place = deaf_grid()
    answer(day, [row_of(day, place, S.PARTIAL, 50)], [], [Position(BOND, 50, 50)])
    traded(day, place, 50)
    order = day.state.orders[place.ref]
    used = 50 * 120_000 + 50 * 120_000
    assert order.open_volume == 50
    bound = limited(day.state, symbol_exposure=used + 1_190_000)
    assert why(bound, buy(119_000, 10, Owner(OwnerKind.GRID, 1))) is None
    assert why(limited(bound, symbol_exposure=used + 1_189_999), buy(119_000, 10)) is Why.SYMBOL_EXPOSURE
    assert why(limited(bound, account_exposure=used + 1_189_999), buy(119_000, 10)) is Why.ACCOUNT_EXPOSURE
    assert why(limited(day.state, symbol_exposure=0, account_exposure=0), buy(119_000, 10)) is None
    other = buy(9_990, 100, code=STOCK)
    assert why(limited(bound, symbol_exposure=1_000_000), other) is None
    assert why(limited(bound, account_exposure=used), other) is Why.ACCOUNT_EXPOSURE


def test_no_more_is_offered_than_may_be_sold() -> None:
    state = with_order(ready(), sell(122_000, 60, Owner(OwnerKind.GRID, 8)), S.UNKNOWN)
    state = replace(state, orders={k: replace(o, state=S.SENT) for k, o in state.orders.items()})
    assert why(state, sell(volume=40)) is None
    assert why(state, sell(volume=50)) is Why.SELL_ROOM
    assert why(state, sell(105_000, 10, code=BOND2)) is Why.UNKNOWN_CODE
    assert why(replace(state, holdings={}), sell()) is Why.SELL_ROOM


def test_no_more_is_bid_than_there_is_cash_commission_included() -> None:
    state = limited(ready(cash=2_395_000), cash_share_bp=0)
    assert why(state, buy(119_500, 20)) is None
    assert why(ready(cash=2_394_999), buy(119_500, 20)) is Why.CASH_SHORT
    open_buy = with_order(
        limited(ready(cash=3_579_999), cash_share_bp=0), buy(118_000, 10, Owner(OwnerKind.GRID, 8)), S.SENT
    )
    assert why(open_buy, buy(119_500, 20)) is Why.CASH_SHORT


def test_a_fifth_of_the_days_first_cash_is_left_alone() -> None:
    need = 119_500 * 20 + 5_000
    assert why(ready(cash=need * 10 // 8), buy(119_500, 20)) is None
    short = ready(cash=need * 10 // 8 - 5)
    reason = gate.refusal(short, buy(119_500, 20))
    assert reason is not None
    assert (reason.why, reason.get("have_milli"), reason.get("need_milli")) == (Why.CASH_KEPT, need - 4, need)
    # it is the day's first cash that counts: what trades brought in or took out changes nothing
    later = replace(short, money=replace(short.money, gross_cash=short.money.gross_cash + 1_000_000))  # type: ignore[type-var]
    assert why(later, buy(119_500, 20)) is None
    assert why(short, sell(121_000, 10)) is None


def test_live_orders_are_counted_by_code_and_in_all() -> None:
    state = with_order(ready(), buy(118_000, owner=Owner(OwnerKind.GRID, 8)), S.WORKING)
    assert why(limited(state, live_per_symbol=1), buy()) is Why.TOO_MANY_LIVE
    assert why(limited(state, live_per_symbol=1), sell(10_500, 100, code=STOCK)) is None
    assert why(limited(state, live_total=1), sell(10_500, 100, code=STOCK)) is Why.TOO_MANY_LIVE
    assert why(limited(state, live_total=2, live_per_symbol=2), buy()) is None


def test_however_many_orders_are_live_a_guard_sells() -> None:
    state = with_order(ready(), buy(9_000, 100, Owner(OwnerKind.GRID, 8), STOCK), S.WORKING)
    full = limited(state, live_total=1, live_per_symbol=1)
    assert why(full, sell(9_990, 100, code=STOCK)) is Why.TOO_MANY_LIVE
    assert why(full, sell(9_990, 100, GUARD, STOCK)) is None


def test_messages_are_bounded_by_the_second_the_minute_and_the_day() -> None:
    state = limited(ready(), per_second=2, per_minute=3, per_day=5)
    sale = sell(9_990, 100, GUARD, STOCK)
    at = state.at
    assert why(replace(state, sent_at=(at, at)), buy()) is Why.RATE_SECOND
    assert why(replace(state, sent_at=(at, at)), sale) is Why.RATE_SECOND
    slow = replace(state, sent_at=(at - 3_000, at - 2_000, at - 1_000))
    assert why(slow, buy()) is Why.RATE_MINUTE
    assert why(slow, sale) is None
    assert why(replace(state, messages=5), buy()) is Why.DAY_MESSAGES
    assert (
        why(limited(replace(state, messages=5, sent_at=(at,) * 9), per_second=0, per_minute=0, per_day=0), buy())
        is None
    )


def test_while_a_guard_is_awake_one_message_of_each_second_is_kept_for_its_sale() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}, limits=RiskLimits(per_second=2)).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    state, at, sale = day.state, day.at, sell(9_990, 100, GUARD, STOCK)
    one = replace(state, sent_at=(at,))
    assert (why(one, buy()), why(one, sale)) == (Why.RATE_SECOND, None)
    assert why(replace(state, sent_at=(at, at)), sale) is Why.RATE_SECOND
    # where a second takes but one, keeping it would let nobody else say anything
    assert why(limited(state, per_second=1), buy()) is None
    off = replace(state, guards={STOCK: replace(state.guards[STOCK], state=GuardState.OFF)})
    assert why(replace(off, sent_at=(at,)), buy()) is None


def test_many_filled_orders_in_a_minute_stop_that_side() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}, limits=RiskLimits(fills_per_minute=1)).open()
    for number in ("1", "2"):
        hand = by_hand(STOCK, Side.SELL, 10_000, 100)
        told(day, hand, S.FILLED, 100, number=number)
        traded(day, hand, 100, number, number=number)
    assert why(day.state, sell(10_500, 100, code=STOCK)) is Why.REPEATED_EXECUTION
    assert why(day.state, sell(9_990, 100, GUARD, STOCK)) is None
    assert why(day.state, buy()) is None
    assert why(limited(day.state, fills_per_minute=0), sell(10_500, 100, code=STOCK)) is None


def test_past_the_days_loss_only_sales_leave() -> None:
    state = ready(cash=100_000_000)
    assert state.money is not None
    base = state.money.base_total
    lost = replace(state, money=replace(state.money, gross_cash=state.money.gross_cash - base * 2 // 100 - 1))
    assert why(lost, buy()) is Why.LOSS_REDUCE
    assert why(lost, sell()) is None
    assert why(limited(lost, loss_reduce_bp=0), buy()) is None
    assert why(replace(state, money=replace(state.money, base_total=0)), buy()) is Why.LOSS_REDUCE


def test_a_holding_without_a_price_counts_at_its_last_close_or_its_cost() -> None:
    state = replace(ready(), quotes={})
    assert worth.total_value(state) == 1_000_000_000 + 1_000 * 10_000 + 100 * 120_000
    state = replace(state, instruments={})
    assert worth.total_value(state) == 1_000_000_000 + 1_000 * 10_000 + 100 * 120_000
    assert state.money is not None
    state = replace(state, money=replace(state.money, base_closes={}))
    assert worth.total_value(state) == 1_000_000_000 + 1_000 * 9_000 + 100 * 110_000
    assert worth.total_value(replace(state, money=None)) == 1_000 * 9_000 + 100 * 110_000


def test_a_check_that_breaks_refuses() -> None:
    reason = gate.refusal(replace(ready(), instruments={}), buy())
    assert reason is not None
    assert (reason.why, reason.get("check")) == (Why.CHECK_FAILED, "whole")


def test_a_check_that_breaks_is_an_alarm() -> None:
    work = Work(replace(ready(), instruments={}))
    assert work.place(BOND, GRID, Side.BUY, 119_000, 10) is not None
    (line,) = [line for line in work.state.lines if line.reason.why is Why.CHECK_FAILED]
    assert (line.level, work.intents) == ("alarm", [])


def test_a_price_of_another_day_is_none_of_todays() -> None:
    state = ready()
    was = state.quotes[BOND].quote
    before = replace(was, at=was.at - 86_400_000, last=10 * was.last)
    old = replace(state, quotes=put(state.quotes, BOND, Seen(before, before.at)))
    new = replace(state, quotes=put(state.quotes, BOND, Seen(replace(before, at=was.at), was.at)))
    assert worth.odd_price(old) is None
    assert worth.price_of(old, BOND, agreed=False) == state.instruments[BOND].prev_close
    assert worth.odd_price(new) is not None
    assert worth.price_of(new, BOND, agreed=False) == before.last


def test_cancels_keep_to_the_messages_of_a_second_unless_the_user_asks() -> None:
    day, place = deaf_grid(limits=RiskLimits(per_second=1))
    told(day, place, S.WORKING)
    day.wait(1_500)
    day.state = replace(day.state, sent_at=(day.at,))
    day.feed(m.SetSellOnly(BOND, on=True))
    assert day.cancels() == []
    day.feed(m.CancelOne(place.ref))
    assert len(day.cancels()) == 1


def test_an_order_under_a_second_old_is_not_cancelled() -> None:
    day, place = deaf_grid(PLAN)
    told(day, place, S.WORKING)
    day.feed(m.SetSellOnly(BOND, on=True))
    assert day.cancels() == []
    day.wait(1_000)
    assert len(day.cancels()) == 1
