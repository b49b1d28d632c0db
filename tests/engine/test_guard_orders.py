"""The guard's one sale in the engine: latched before it leaves, followed up, and never in a grid's way."""

import pytest
from words import answer, beat, by_hand, row_of, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import aside, guard_sight, guards
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Holding, Ready
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

S = OrderState
LIMIT = 11_000


def sealed(day: MarketDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))


def armed(volume: int = 1_000, plan: GuardPlan | None = None, **kit: object) -> MarketDay:
    """A guarded stock whose board is sealed and safe."""
    day = MarketDay(held={STOCK: (volume, 9_000)}, **kit).open()  # type: ignore[arg-type]
    assert day.feed(m.ArmGuard(plan or GuardPlan(code=STOCK))).refusal is None
    sealed(day, 9_000)
    sealed(day, 30_000)
    assert day.places() == []
    return day


def held_back() -> MarketDay:
    """A guard that fired while the master switch is off; the counter's words are up to the test."""
    day = armed()
    day.deaf = True
    day.feed(m.SetMaster(on=False))
    sealed(day, 15_000)
    return day


def test_the_guard_sells_when_the_seal_is_below_the_threshold() -> None:
    day = armed()
    sealed(day, 15_000)
    assert [(p.price, p.volume, p.owner.kind) for p in day.places()] == [(LIMIT, 1_000, OwnerKind.GUARD)]
    sealed(day, 14_000)
    day.wait(1_000)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.SOLD, 1_000)
    assert Why.SOLD in day.said()


def test_the_latch_is_written_down_before_the_order() -> None:
    day = armed()
    before = len(day.records)
    sealed(day, 15_000)
    kinds = [type(record) for record in day.records[before:]]
    assert kinds.index(r.GuardChanged) < kinds.index(r.OrderPlaced)
    assert day.folded().guards[STOCK].state is GuardState.TRIGGERED


def test_a_guard_sells_once_however_often_the_rule_is_met() -> None:
    day = armed()
    for lots in (15_000, 10_000, 30_000, 5_000):
        sealed(day, lots)
    assert len(day.places()) == 1


def test_a_follow_up_is_written_down() -> None:
    day = armed()
    day.deaf = True
    sealed(day, 15_000)
    (place,) = day.places()
    told(day, place, S.WORKING)
    day.wait(4_000)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    sale = day.state.guards[STOCK].sale
    assert sale.attempt == 2
    assert day.folded().guards[STOCK].sale == sale
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]
    told(day, place, S.CANCELLED)
    assert [p.price for p in day.places()] == [LIMIT, sale.price]


def test_a_rejected_sale_is_tried_again_and_not_in_a_storm() -> None:
    day = armed(faults=Faults(reject=1_000))
    sealed(day, 15_000)
    for _ in range(20):
        sealed(day, 14_000)
    assert 5 <= len(day.places()) <= 8
    assert day.state.blocked[STOCK].why is Why.REJECTED_TOO_OFTEN
    day.exchange.faults = Faults()
    for _ in range(25):
        sealed(day, 14_000)
    assert day.state.guards[STOCK].state is GuardState.SOLD


@pytest.mark.parametrize("by_link", [True, False])
def test_a_refusal_of_a_guards_sale_is_an_alarm_and_of_a_grids_order_a_notice(by_link: bool) -> None:
    day = armed()
    day.deaf = True
    day.price(BOND, 120_000)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
    sealed(day, 15_000)
    for place in day.places():
        day.feed(m.SubmitRefused(place.ref, "no", by_link))
    why = Why.ORDER_REFUSED if by_link else Why.ORDER_REJECTED
    told = {(line.code, line.level) for line in day.state.lines if line.reason.why is why}
    assert told == {(STOCK, "alarm"), (BOND, "notice")}


def test_what_a_human_sold_meanwhile_does_not_hold_the_rest_back() -> None:
    day = held_back()
    assert day.state.guards[STOCK].target == 1_000
    hand = by_hand(STOCK, Side.SELL, LIMIT, 300)
    answer(day, [row_of(day, hand, S.FILLED, 300)], [trade_of(day, hand, 300)], [Position(STOCK, 700, 700)])
    day.feed(m.SetMaster(on=True))
    sealed(day, 14_000)
    assert [p.volume for p in day.places()] == [700]


def test_with_nothing_left_to_sell_the_guard_sends_nothing_and_says_why() -> None:
    day = held_back()
    hand = by_hand(STOCK, Side.SELL, LIMIT, 1_000)
    answer(day, [row_of(day, hand, S.FILLED, 1_000)], [trade_of(day, hand, 1_000)])
    day.feed(m.SetMaster(on=True))
    sealed(day, 14_000)
    assert day.places() == []
    assert day.state.blocked[STOCK].why is Why.SELL_ROOM


def test_a_guard_whose_holding_was_sold_by_hand_ends_and_leaves_what_is_bought_later_alone() -> None:
    day = held_back()
    hand = by_hand(STOCK, Side.SELL, LIMIT, 1_000)
    answer(day, [row_of(day, hand, S.FILLED, 1_000)], [trade_of(day, hand, 1_000)])
    sealed(day, 14_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    sealed(day, 13_000)
    (line,) = [each for each in day.state.lines if each.reason.why is Why.SOLD_ELSEWHERE]
    assert (line.level, line.reason.args) == ("notice", ())
    assert day.state.guards[STOCK].state is GuardState.SOLD
    day.feed(m.SetMaster(on=True))
    day.state = replace(day.state, holdings={STOCK: Holding(STOCK, 200, 200, LIMIT, 0)})
    sealed(day, 12_000)
    assert day.places() == []


def test_a_guard_ends_beside_shares_of_today_where_the_sellable_ones_were_sold_by_hand() -> None:
    day = held_back()
    hand = by_hand(STOCK, Side.SELL, LIMIT, 1_000)
    today = Position(STOCK, 300, 0, LIMIT, 300)
    answer(day, [row_of(day, hand, S.FILLED, 1_000)], [trade_of(day, hand, 1_000)], [today])
    for lots in (14_000, 13_000):
        sealed(day, lots)
    assert day.state.guards[STOCK].state is GuardState.SOLD


def test_a_guard_does_not_end_over_an_answer_that_lacks_its_holding_without_a_trade_that_explains_it() -> None:
    day = held_back()
    for lots in range(14_000, 11_500, -150):
        beat(day, 2)
        answer(day)
        sealed(day, lots)
    assert STOCK not in day.state.holdings
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    beat(day, 12)
    answer(day, positions=[Position(STOCK, 1_000, 1_000)])
    day.feed(m.SetMaster(on=True))
    sealed(day, 11_000)
    assert [p.volume for p in day.places()] == [1_000]


def test_a_first_answer_after_a_start_that_lacks_what_a_fired_guard_sells_needs_a_second() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000), BOND: (100, 100_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    for lots in (9_000, 30_000):
        sealed(day, lots)
    day.feed(m.SetMaster(on=False))
    sealed(day, 15_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    day.deaf = True
    day.restart(resume=True)
    beat(day, 1)
    answer(day, positions=[Position(BOND, 100, 100)])
    assert day.state.ready is Ready.RECONCILING
    assert day.state.shrunk is not None


def test_a_guard_does_not_end_while_its_holding_is_unknown_or_only_waits() -> None:
    day = held_back()
    sealed(day, 14_000)
    sealed(day, 13_000)
    held = day.state.holdings
    for holdings, ready in ((held, Ready.READY), ({}, Ready.RECONCILING)):
        day.state = replace(day.state, holdings=holdings, ready=ready)
        sealed(day, 12_000)
        assert day.state.guards[STOCK].state is GuardState.TRIGGERED


def grid_and_guard() -> MarketDay:
    """A grid with a buy at the limit and one below, and a guard on the same stock."""
    day = armed(2_000)
    day.feed(m.ArmGrid(GridPlan(code=STOCK, first_buy=False, unit=100, amount=0, step_bp=100)))
    day.wait(1_500)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 30_000, prev=10_000, volume=10_100))
    day.wait(1_500)
    assert {order.side for order in day.live(STOCK)} == {Side.BUY}
    return day


def test_once_the_guard_fires_the_grid_of_that_stock_buys_no_more() -> None:
    day = grid_and_guard()
    sealed(day, 15_000)
    day.wait(2_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 15_000, prev=10_000, volume=10_200))
    day.wait(3_000)
    assert [order for order in day.live(STOCK) if order.side is Side.BUY] == []
    assert day.state.guards[STOCK].state is GuardState.SOLD
    day.quote(quote_of(STOCK, day.at, 10_500, prev=10_000))
    day.wait(1_000)
    assert day.live(STOCK) == []
    assert day.state.blocked[STOCK].why is Why.GUARD_SOLD


def test_a_buy_left_behind_that_the_sale_would_meet_is_cancelled_first() -> None:
    day = grid_and_guard()
    day.feed(m.DisarmGrid(STOCK, StopHow.LEAVE))
    day.quote(quote_of(STOCK, day.at, 10_990, prev=10_000, spread=30))
    buys = day.live(STOCK)
    assert len(buys) == 2
    sealed(day, 30_000)
    day.wait(3_000)
    day.deaf = False
    sealed(day, 15_000)
    for order in buys:
        if order.price >= LIMIT:
            assert order.ref in {cancel.ref for cancel in day.cancels()}
    sealed(day, 14_000)
    sealed(day, 13_000)
    assert day.state.guards[STOCK].sold == 2_000


def test_what_the_grids_sales_hold_is_the_guards_to_sell_and_never_offered_twice() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=STOCK, first_buy=False, unit=300, amount=0, adopt=300, step_bp=900)))
    day.wait(2_000)
    offered = sum(order.volume for order in day.live(STOCK) if order.side is Side.SELL)
    assert offered == 300
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    ctx = guard_sight.context(day.state, STOCK)
    # they go when it fires; until that is confirmed their shares are not offered a second time
    assert (ctx.can_use, ctx.position) == (1_000, 1_000)
    assert aside.room(day.state, STOCK) == 700


def test_disarming_a_guard_cancels_its_order_and_keeps_what_was_sold() -> None:
    day = armed()
    day.deaf = True
    sealed(day, 15_000)
    (place,) = day.places()
    told(day, place, S.PARTIAL, 400)
    day.feed(m.FillReported(trade_of(day, place, 400)))
    day.wait(1_000)
    day.feed(m.DisarmGuard(STOCK))
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]
    day.feed(m.FillReported(trade_of(day, place, 600, "2")))
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.sold) == (GuardState.OFF, 1_000)


def test_a_sale_cancelled_at_the_terminal_switches_its_guard_off() -> None:
    day = armed()
    day.deaf = True
    sealed(day, 15_000)
    (place,) = day.places()
    told(day, place, S.WORKING)
    told(day, place, S.CANCELLED)
    sealed(day, 14_000)
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert day.places() == [place]


def test_arming_a_guard_twice_is_arming_it_once_and_a_fired_one_is_not_armed_anew() -> None:
    day = armed()
    plan = day.state.guards[STOCK].plan
    again = day.feed(m.ArmGuard(plan))
    assert (again.refusal, again.records) == (None, ())
    day.deaf = True
    sealed(day, 15_000)
    assert day.feed(m.ArmGuard(plan)).refusal.why is Why.ALREADY_ARMED


def test_a_question_is_answered_once() -> None:
    day = armed(plan=GuardPlan(code=STOCK, action=GuardAction.ASK))
    assert day.feed(m.AnswerAsk(STOCK, 1, sell=True)).refusal.why is Why.ASK_EXPIRED
    sealed(day, 15_000)
    ask = day.state.guards[STOCK].ask
    assert day.places() == []
    assert day.feed(m.AnswerAsk(STOCK, ask + 1, sell=True)).refusal.why is Why.ASK_EXPIRED
    assert day.feed(m.AnswerAsk(STOCK, ask, sell=True)).refusal is None
    assert [p.volume for p in day.places()] == [1_000]
    assert day.feed(m.AnswerAsk(STOCK, ask, sell=True)).refusal.why is Why.ASK_EXPIRED


def test_a_yes_in_the_instant_the_question_runs_out_is_refused_and_not_taken_for_done() -> None:
    day = armed(plan=GuardPlan(code=STOCK, action=GuardAction.ASK))
    sealed(day, 15_000)
    guard = day.state.guards[STOCK]
    assert guard.question is not None
    day.at = guard.question.deadline
    assert day.feed(m.AnswerAsk(STOCK, guard.ask, sell=True)).refusal.why is Why.ASK_EXPIRED
    assert day.places() == []


def test_a_question_nobody_answers_sells_nothing() -> None:
    day = armed(plan=GuardPlan(code=STOCK, action=GuardAction.ASK))
    sealed(day, 15_000)
    for _ in range(6):
        sealed(day, 15_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert day.places() == []
    assert Why.ASK_EXPIRED in day.said()


def test_a_silent_stock_is_said_to_be_blind() -> None:
    day = armed()
    day.wait(90_000)
    assert Why.BLIND in day.said()


def test_the_watchlist_keeps_what_is_guarded() -> None:
    day = armed()
    assert day.feed(m.WatchStock(STOCK, on=False)).refusal.why is Why.ALREADY_ARMED
    day.feed(m.DisarmGuard(STOCK))
    day.feed(m.WatchStock(STOCK, on=False))
    assert day.state.watch == ()
    day.feed(m.WatchStock(STOCK, on=True))
    day.feed(m.WatchStock(STOCK, on=True))
    assert day.state.watch == (STOCK,)
    assert guards.watched(day.state) == (STOCK,)


def test_a_threshold_changes_on_a_guard_that_watches_only() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    assert day.feed(m.SetThreshold(STOCK, 10_000_000_000)).refusal.why is Why.NOT_ARMED
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    assert day.feed(m.SetThreshold(STOCK, 10_000_000_000)).refusal is None
    assert day.state.guards[STOCK].plan.threshold == 10_000_000_000
    assert day.feed(m.SetThreshold(STOCK, 1)).refusal is not None


def test_a_guard_whose_limits_disagree_is_off_and_says_so() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)})
    day.instruments = tuple(replace(one, told_up=9_999_990) for one in day.instruments)
    day.open()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert Why.LIMIT_DISAGREES in day.said()


def test_a_kept_guard_is_armed_anew_on_the_next_days_limit() -> None:
    day = armed(plan=GuardPlan(code=STOCK, keep_armed=True))
    day.last[STOCK] = 11_000
    day.next_day(NEXT_DAY)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.limit_up) == (GuardState.WATCHING, 12_100)


@pytest.mark.fault("G19")
@pytest.mark.parametrize("broken", ["step_guard", "wanted_sale"])
def test_a_bug_in_a_guard_switches_it_off_and_its_order_is_not_forgotten(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = armed()
    day.deaf = True
    sealed(day, 15_000)
    (place,) = day.places()
    told(day, place, S.WORKING)

    def fails(*_args: object, **_rest: object) -> None:
        raise ZeroDivisionError("a bug")

    day.wait(1_000)
    with monkeypatch.context() as patch:
        patch.setattr(f"qmtdesk.engine.guards.rules.{broken}", fails)
        day.quote(sealed_quote(STOCK, day.at, LIMIT, 14_000, prev=10_000, volume=10_500))
    assert day.state.guards[STOCK].state is GuardState.OFF
    assert Why.STEP_FAILED in day.said()
    beat(day, 2)
    assert place.ref in {cancel.ref for cancel in day.cancels()}


@pytest.mark.fault("G19")
def test_a_bug_in_a_grid_stops_that_grid_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False)))
    day.wait(2_000)

    def fails(*_args: object, **_rest: object) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("qmtdesk.engine.grids.wish_of", fails)
        day.price(BOND, 120_001)
    book = day.state.grids[BOND]
    assert not book.armed
    assert book.why.why is Why.STEP_FAILED
    day.live_market(6_000)
    assert day.live(BOND) == []


def test_an_unknown_word_is_a_bug_of_the_caller() -> None:
    with pytest.raises(TypeError, match="no such user event"):
        MarketDay().open().feed(object())  # type: ignore[arg-type]
