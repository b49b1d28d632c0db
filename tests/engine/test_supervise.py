"""What is watched beside the gate: warnings come once, suspensions stay until the user says go on."""

import pytest
from words import PLAN, answer, beat, deaf_grid, row_of, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridMode, GridPlan, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import gate
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import Ready, State, put
from qmtdesk.engine.planned import planned_volume
from qmtdesk.engine.risk_limits import RiskLimits, paced
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

S = OrderState
GRID = Owner(OwnerKind.GRID, 3)


def why(state: State, place: m.Place) -> Why | None:
    reason = gate.refusal(state, place)
    return reason and reason.why


def buy(volume: int = 10, owner: Owner = GRID, price: int = 119_000) -> m.Place:
    return m.Place("q261120-000099", BOND, Side.BUY, price, volume, owner)


def with_orders(state: State, count: int, now: OrderState = S.FILLED, *, cancels: int = 0) -> State:
    """That many own orders were sent today."""
    for _ in range(count):
        n = state.next_ref
        order = Order(f"q261120-{n:06d}", STOCK, Side.SELL, 10_500, 100, GRID, S.SENT, state.at, state.at)
        state = apply(state, r.OrderPlaced(order))
        for _ in range(cancels):
            state = apply(state, r.CancelAsked(order.ref, state.at))
        state = apply(state, r.OrderMoved(order.ref, now, state.at))
    return state


def said(day: MarketDay, why: Why) -> int:
    return sum(1 for line in day.state.lines if line.reason.why is why)


# --- order volume


def test_an_order_is_at_most_half_as_much_again_as_its_plan_says() -> None:
    day, _ = deaf_grid()
    state = replace(day.state, orders={})
    assert why(state, buy(150)) is None
    reason = gate.refusal(state, buy(160))
    assert reason is not None
    assert (reason.why, reason.get("volume"), reason.get("cap")) == (Why.ORDER_VOLUME, 160, 150)
    first = Owner(OwnerKind.FIRST_BUY)
    assert planned_volume(state, buy(owner=first)) == 200
    assert planned_volume(state, buy(owner=Owner(OwnerKind.CLEAR))) == 0
    off = replace(state, limits=replace(state.limits, volume_bp=0, order_value=0, symbol_exposure=0))
    assert why(off, buy(160)) is None


def test_a_pairs_leg_and_a_guards_sale_have_a_planned_volume_too() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000), BOND: (100, 110_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, mode=GridMode.ROLLING, unit=50, first_buy=False)))
    assert planned_volume(day.state, buy(owner=Owner(OwnerKind.ROLLING))) == 50
    sale = m.Place("q261120-000099", STOCK, Side.SELL, 9_990, 1_000, Owner(OwnerKind.GUARD))
    assert planned_volume(day.state, sale) == 0
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    assert planned_volume(day.state, sale) == 0


# --- messages


def test_a_code_has_its_own_message_cap_and_its_neighbour_does_not_share_it() -> None:
    day = MarketDay(held={STOCK: (100_000, 9_000)}, limits=RiskLimits(per_symbol_day=4, duplicate_ms=0)).open()
    sell = m.Place("q261120-000099", STOCK, Side.SELL, 10_500, 100, GRID)
    assert why(with_orders(day.state, 3), sell) is None
    full = with_orders(day.state, 2, cancels=1)
    assert full.messages_of == {STOCK: 4}
    assert why(full, sell) is Why.SYMBOL_MESSAGES
    assert why(full, replace(sell, owner=Owner(OwnerKind.GUARD), price=9_990)) is None
    assert why(full, buy()) is None
    assert why(replace(full, limits=replace(full.limits, per_symbol_day=0)), sell) is None


def test_coming_near_the_days_messages_is_said_once() -> None:
    day = MarketDay(limits=RiskLimits(per_day_warn=5)).open()
    day.state = with_orders(day.state, 4)
    day.wait(2_000)
    assert said(day, Why.DAY_MESSAGES_NEAR) == 0
    day.state = with_orders(day.state, 1)
    day.wait(5_000)
    assert said(day, Why.DAY_MESSAGES_NEAR) == 1


def test_many_cancels_are_said_once_and_only_when_there_are_many_orders() -> None:
    day = MarketDay().open()
    day.state = with_orders(day.state, 50, S.CANCELLED, cancels=1)
    day.wait(2_000)
    assert said(day, Why.CANCEL_RATIO) == 0
    day.state = with_orders(day.state, 1)
    day.wait(5_000)
    (line,) = [line for line in day.state.lines if line.reason.why is Why.CANCEL_RATIO]
    assert (line.reason.get("cancels"), line.reason.get("orders")) == (50, 51)


def test_a_few_cancels_among_many_orders_are_nobodys_concern() -> None:
    day = MarketDay().open()
    day.state = with_orders(with_orders(day.state, 26, S.CANCELLED, cancels=2), 27)
    day.wait(2_000)
    assert said(day, Why.CANCEL_RATIO) == 0


# --- cancels that go unheeded


def test_a_cancel_nobody_answers_is_asked_three_times_then_told_and_asked_slowly() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    beat(day, 2)
    day.feed(m.DisarmGrid(BOND, m.StopHow.CANCEL))
    for _ in range(200):
        beat(day)
        if not _ % 5:
            answer(day, [row_of(day, place, S.WORKING)])
    times = [at for at, intent in day.sent if isinstance(intent, m.Cancel)]
    gaps = [(times[n + 1] - at) // 1_000 for n, at in enumerate(times[:-1])]
    assert gaps[:2] == [5, 5]
    assert set(gaps[2:]) == {30}
    assert len(gaps) > 4
    assert said(day, Why.CANCEL_STUCK) == 1


# --- fills


def tapped(limits: RiskLimits, times: int) -> MarketDay:
    """A grid whose first gap's buy and sell fill in turn."""
    day, place = deaf_grid(limits=limits)
    for n in range(times):
        number = str(n)
        traded(day, place, place.volume, number, number=number)
        told(day, place, S.FILLED, place.volume, number=number)
        beat(day)
        fresh = [p for p in day.places(BOND) if p.side is not place.side and day.state.orders[p.ref].live]
        if not fresh:
            break
        place = fresh[-1]
    return day


def test_a_code_that_fills_too_often_waits_for_the_user_and_its_orders_come_off() -> None:
    day = tapped(RiskLimits(fills_per_minute=1), 6)
    reason = day.state.suspended[BOND]
    assert reason.why is Why.REPEATED_EXECUTION
    assert said(day, Why.REPEATED_EXECUTION) == 1
    assert day.state.grids[BOND].armed
    sent = len(day.places())
    for order in day.live(BOND):
        told(day, m.Place(order.ref, BOND, order.side, order.price, order.volume, order.owner), S.WORKING, number="88")
    answer(day)
    beat(day, 70)
    assert len(day.places()) == sent
    assert {c.ref for c in day.cancels()} == {order.ref for order in day.live(BOND)}
    assert day.state.suspended == day.folded().suspended == {BOND: reason}
    assert gate.refusal(day.state, m.Place("q", STOCK, Side.SELL, 10_000, 100, Owner(OwnerKind.GUARD))) != reason


@pytest.mark.parametrize("word", [m.Release(BOND), m.ArmGrid(PLAN)])
def test_a_suspended_code_goes_on_when_the_user_says_so(word: m.Event) -> None:
    day = tapped(RiskLimits(fills_per_minute=1), 6)
    answer(day)
    result = day.feed(word)
    assert result.refusal is None
    assert day.state.suspended == {}
    assert said(day, Why.RELEASED) == 1
    assert gate.executions(day.state, BOND, Side.BUY) == 0
    assert day.folded().released == day.state.released
    assert len(day.live(BOND)) == 2
    assert day.feed(m.Release(BOND)).records == ()


def test_many_round_trips_in_a_day_ask_too() -> None:
    day = tapped(RiskLimits(fills_per_minute=0, round_trips_per_day=1), 8)
    assert day.state.suspended[BOND].why is Why.ROUND_TRIPS


# --- rejections


def test_ten_rejections_in_five_minutes_suspend_everything() -> None:
    day, place = deaf_grid(limits=RiskLimits(rejects_storm=2, rejects_in_row=99))
    day.state = with_orders(day.state, 1, S.REJECTED)
    told(day, place, S.REJECTED, text="no")
    assert day.state.suspended[""].why is Why.REJECT_STORM
    assert why(day.state, buy()) is Why.REJECT_STORM
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is not None
    assert day.feed(m.ArmGrid(GridPlan(code=STOCK))).refusal is not None
    assert day.folded().suspended == day.state.suspended
    beat(day)
    day.feed(m.SetMaster(on=True))
    assert day.state.suspended == {}


def test_rejections_spread_over_a_day_suspend_nothing() -> None:
    day, place = deaf_grid(limits=RiskLimits(rejects_storm=2, rejects_in_row=99))
    day.state = with_orders(day.state, 1, S.REJECTED)
    beat(day, 301)
    told(day, place, S.REJECTED, text="no")
    assert day.state.suspended == {}


# --- the computer


def test_a_short_gap_in_time_says_nothing() -> None:
    day = MarketDay().open()
    assert day.feed(m.ClockJumped(9_999)).records == ()
    assert day.state.ready is Ready.READY


def test_after_a_gap_nothing_leaves_until_the_account_is_asked_anew() -> None:
    day = MarketDay().open()
    day.deaf = True
    day.feed(m.TimePassed())
    old = day.state.request
    day.feed(m.ClockJumped(15_000))
    assert day.state.ready is Ready.RECONCILING
    assert why(day.state, buy()) is Why.RECONCILING
    assert day.state.request == old + 1
    assert said(day, Why.CLOCK_JUMPED) == 1
    answer(day)
    assert day.state.ready is Ready.READY
    assert day.state.suspended == {}


def test_after_five_minutes_the_user_has_to_say_so_too() -> None:
    day = MarketDay().open()
    day.feed(m.ClockJumped(300_000))
    day.wait(5_000)
    assert day.state.ready is Ready.READY
    assert why(day.state, buy()) is Why.CLOCK_JUMPED
    assert day.folded().suspended == day.state.suspended
    day.feed(m.Release(""))
    assert day.state.suspended == {}


def test_a_gap_without_a_link_waits_for_the_link() -> None:
    day = MarketDay().open()
    day.feed(m.LinkChanged(up=False))
    asked = len(day.intents(m.Query))
    day.feed(m.ClockJumped(15_000))
    assert len(day.intents(m.Query)) == asked
    assert day.state.ready is Ready.SUSPENDED


def test_a_lost_journal_is_said_in_the_log() -> None:
    day = MarketDay().open()
    day.feed(m.JournalSetAside("journal.db.damaged-1"))
    line = day.state.lines[-1]
    assert (line.level, line.reason.why, line.reason.get("text")) == (
        "alarm",
        Why.JOURNAL_SET_ASIDE,
        "journal.db.damaged-1",
    )


# --- refusals are written down


def test_a_refusal_is_written_down_once_and_again_after_five_minutes() -> None:
    day = MarketDay(cash=1_000_000).open()
    day.feed(m.ArmGrid(replace(PLAN, cash_cap=0)))
    day.live_market(60_000)
    blocked = day.state.blocked.get(BOND)
    assert day.places() == []
    if blocked is not None:
        assert said(day, blocked.why) == 1


def test_a_guard_that_may_not_sell_says_why_once_in_a_while() -> None:
    day, _ = deaf_grid()
    work_refused = [line.reason.why for line in day.state.lines]
    assert Why.KILLED not in work_refused
    state = replace(day.state, limits=replace(day.state.limits, order_value=1), orders={}, quotes=day.state.quotes)
    day.state = replace(state, grids=put(state.grids, BOND, state.grids[BOND]))
    beat(day, 20)
    assert said(day, Why.ORDER_VALUE) == 1
    for _ in range(30):
        beat(day, 10)
        answer(day)
    assert said(day, Why.ORDER_VALUE) == 2


def test_a_frozen_sides_price_is_told() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, ""))
    reason = gate.refusal(day.state, buy(owner=Owner(OwnerKind.GRID, 99)))
    assert reason is not None
    assert (reason.why, reason.get("price_milli")) == (Why.SIDE_FROZEN, place.price)


# --- a slow counter


def test_a_counter_that_answers_later_than_it_is_asked_again_is_heard_all_the_same() -> None:
    day = MarketDay()
    day.deaf = True
    day.connect()
    for _ in range(4):
        beat(day, 4)
        assert day.state.ready is Ready.RECONCILING
    late = day.state.request - 1
    day.feed(m.AccountReported(late, report(day)))
    assert day.state.ready is Ready.READY
    assert day.state.request_at > 0


def test_an_answer_to_a_question_of_before_a_doubt_proves_nothing() -> None:
    day = MarketDay()
    day.deaf = True
    day.connect()
    beat(day, 4)
    early = day.state.request
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    day.feed(m.AccountReported(early, report(day)))
    assert day.state.ready is Ready.RECONCILING
    day.feed(m.AccountReported(day.state.request, report(day)))
    assert day.state.ready is Ready.READY


def report(day: MarketDay) -> AccountReport:
    return AccountReport(day.at, day.day.isoformat(), Asset(1_000_000_000, 0, 1_000_000_000), (), (), ())


def test_on_a_fast_clock_everybody_has_the_same_real_time_to_answer() -> None:
    limits = RiskLimits()
    assert paced(limits, 1) == limits
    strict = replace(limits, quote_age_ms=1_000, answer_ms=300)
    assert paced(strict, 1) == strict
    fast = paced(limits, 60)
    assert (fast.answer_ms, fast.query_answer_ms, fast.cancel_again_ms) == (24_000, 24_000, 24_000)
    assert (fast.quote_age_ms, fast.account_age_ms) == (120_000, 120_000)
    assert paced(replace(limits, account_age_ms=0), 60).account_age_ms == 0
    assert (
        replace(
            fast,
            answer_ms=limits.answer_ms,
            query_answer_ms=limits.query_answer_ms,
            cancel_again_ms=limits.cancel_again_ms,
            quote_age_ms=limits.quote_age_ms,
            account_age_ms=limits.account_age_ms,
        )
        == limits
    )
