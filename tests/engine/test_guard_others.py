"""A fired guard beside what others did: doubts, sales by hand told late, cancels by hand, and a new day."""

import pytest
from words import answer, by_hand, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder, Position
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardAction, GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

S = OrderState
LIMIT, BOND_LIMIT = 11_000, 144_000
ON_BREAK = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R11, threshold=1))
SELLER = GridPlan(
    code=STOCK, base=BaseKind.LAST, first_buy=False, adopt=2_000, unit=1_000, amount=0, step_bp=50, sell_only=True
)
BUYER = GridPlan(code=STOCK, base=BaseKind.LAST, first_buy=False, unit=100, amount=0, step_bp=30, live_per_side=1)


def seals(day: MarketDay, *lots: int, code: str = STOCK, limit: int = LIMIT, prev: int = 10_000) -> None:
    for amount in lots:
        day.wait(3_000)
        day.feed(m.Quoted(sealed_quote(code, day.at, limit, amount, prev=prev, volume=day.at % 1_000_000)))


def opens(day: MarketDay, *lasts: int, code: str = STOCK, prev: int = 10_000) -> None:
    for last in lasts:
        day.wait(3_000)
        day.quote(quote_of(code, day.at, last, prev=prev, depth=100_000, volume=20_000 + day.at % 1_000_000))


def guarding(plan: GuardPlan | None = None, held: int = 1_000, **kit: object) -> MarketDay:
    """A guard armed below the limit; then the board seals with enough to count."""
    day = MarketDay(held={STOCK: (held, 9_000), BOND: (200, 100_000)}, **kit).open()  # type: ignore[arg-type]
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    assert day.feed(m.ArmGuard(plan or GuardPlan(code=STOCK))).refusal is None
    seals(day, 30_000, 30_000)
    return day


def sales(day: MarketDay, code: str = STOCK) -> list[m.Place]:
    return [place for place in day.places(code) if place.owner.kind is OwnerKind.GUARD]


def rows(day: MarketDay, *more: BrokerOrder) -> list[BrokerOrder]:
    """Every order of ours as the counter lists it by now."""
    ours = [o for o in day.state.orders.values() if o.broker_id and o.owner.kind is not OwnerKind.FOREIGN]
    listed = [
        BrokerOrder(o.broker_id, o.ref, o.code, o.side, o.price, o.volume, o.filled, o.state, "", o.created_at)
        for o in ours
    ]
    return [*listed, *more]


def state_of(day: MarketDay, code: str = STOCK) -> GuardState:
    return day.state.guards[code].state


@pytest.mark.parametrize("lost", ["in doubt", "not listed"])
def test_a_buy_that_may_not_exist_holds_up_no_fired_guard(lost: str) -> None:
    day = MarketDay(held={STOCK: (5_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, rules=ON_BREAK))).refusal is None
    day.price(STOCK, 10_800)
    day.deaf = True
    assert day.feed(m.ArmGrid(BUYER)).refusal is None
    (buy,) = day.places(STOCK)
    held = [Position(STOCK, 5_000, 5_000)]
    other = row_of(day, by_hand(STOCK, Side.BUY, 10_000, 100), S.CANCELLED, remark="", number="444")
    listed = [other]
    if lost == "in doubt":
        day.feed(m.SubmitUnknown(buy.ref, "timeout"))
        listed.append(row_of(day, buy, S.WORKING, remark="", number="555"))
    else:
        told(day, buy, S.WORKING, number="555")
    for _ in range(12):
        opens(day, 10_830)
        answer(day, orders=listed, positions=held)
    for _ in range(2):
        seals(day, 30_000)
        answer(day, orders=listed, positions=held)
    opens(day, 10_700)
    assert state_of(day) is GuardState.TRIGGERED
    assert [place.volume for place in sales(day)] == [5_000]
    assert sales(day)[0].price < buy.price


def test_a_live_buy_of_the_grid_is_taken_off_before_the_guard_sells_below_it() -> None:
    day = MarketDay(held={STOCK: (5_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, rules=ON_BREAK))).refusal is None
    day.price(STOCK, 10_800)
    day.deaf = True
    assert day.feed(m.ArmGrid(BUYER)).refusal is None
    (buy,) = day.places(STOCK)
    told(day, buy, S.WORKING)
    seals(day, 30_000, 30_000)
    opens(day, 10_700)
    assert state_of(day) is GuardState.TRIGGERED
    assert not sales(day)
    told(day, buy, S.CANCELLED)
    opens(day, 10_690)
    assert [place.volume for place in sales(day)] == [5_000]


def test_a_kept_guard_judges_nothing_before_the_new_days_list() -> None:
    day = guarding(GuardPlan(code=STOCK, keep_armed=True, rules=ON_BREAK[1:]))
    day.jump(14, 59, 50)
    seals(day, 30_000)
    day.at = at_of(day.day, 15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(2_000)
    day.day, day.at = NEXT_DAY, at_of(NEXT_DAY, 9, 30, 3)
    day.last[STOCK] = LIMIT
    day.instruments, day.prices = day.make_instruments(NEXT_DAY, day.last), dict(day.last)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=LIMIT, volume=500))
    assert state_of(day) is GuardState.WATCHING
    assert day.state.guards[STOCK].shown == "blind"
    assert Why.RULE_BROKEN not in day.said()
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.wait(3_000)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.limit_up, guard.why_off) == (GuardState.WATCHING, 12_100, None)
    assert Why.LEFT_UNSOLD not in day.said()


def sold_beside_by_the_grid(sell_volume: int = 0, *, freed_late: bool = False) -> MarketDay:
    """A fired guard, whose grid sold one of its two thousand in the race and had the other order taken off."""
    day = MarketDay(held={STOCK: (2_000, 9_000)}).open()
    day.price(STOCK, 10_800)
    assert day.feed(m.ArmGrid(SELLER)).refusal is None
    plan = GuardPlan(code=STOCK, rules=ON_BREAK, sell_volume=sell_volume)
    assert day.feed(m.ArmGuard(plan)).refusal is None
    day.live_market(3_000)
    seals(day, 30_000, 30_000)
    first, second = (o for o in day.live(STOCK) if o.side is Side.SELL)
    day.wait(2_000)
    day.deaf = day.mute = True
    opens(day, 10_780)
    places = {place.ref: place for place in day.places(STOCK)}
    if freed_late:
        told(day, places[second.ref], S.CANCELLED, number=second.broker_id)
        day.feed(m.AskNow())
        answer(day, rows(day), (), [Position(STOCK, 2_000, 0)])
    traded(day, places[first.ref], 1_000, "g1", number=first.broker_id)
    told(day, places[first.ref], S.FILLED, 1_000, number=first.broker_id)
    told(day, places[second.ref], S.CANCELLED, number=second.broker_id)
    return day


def is_slow_to_free_the_rest(day: MarketDay) -> None:
    """The counter turns the guard's sales down, for it still holds back what the second order had."""
    told(day, sales(day)[-1], S.REJECTED, text="可用数量不足", number="900")
    for number in range(8):
        opens(day, 10_780)
        if day.state.orders[sales(day)[-1].ref].live:
            told(day, sales(day)[-1], S.REJECTED, text="可用数量不足", number=f"91{number}")
        answer(day, rows(day), day.state.fills.values(), [Position(STOCK, 1_000, 0)])


def test_a_grids_sale_counted_once_leaves_the_guard_what_is_left() -> None:
    day = sold_beside_by_the_grid()
    assert day.state.guards[STOCK].target == 1_000
    is_slow_to_free_the_rest(day)
    assert state_of(day) is GuardState.TRIGGERED
    assert Why.SOLD_ELSEWHERE not in day.said()
    before = len(sales(day))
    for _ in range(30):
        opens(day, 10_700)
        answer(day, orders=rows(day), fills=day.state.fills.values(), positions=[Position(STOCK, 1_000, 1_000)])
    assert [place.volume for place in sales(day)[before : before + 1]] == [1_000]


def test_a_sale_by_hand_long_before_the_trigger_and_told_late_ends_the_guard() -> None:
    day = MarketDay(held={BOND: (200, 100_000)}).open()
    day.price(BOND, 143_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=BOND, rules=ON_BREAK))).refusal is None
    seals(day, 400_000, 400_000, code=BOND, limit=BOND_LIMIT, prev=120_000)
    day.deaf = True
    hand = by_hand(BOND, Side.SELL, BOND_LIMIT, 200)
    trade, row = trade_of(day, hand, 200, "h1", number="333"), row_of(day, hand, S.FILLED, 200, number="333")
    day.wait(7_000)
    opens(day, 142_900, code=BOND, prev=120_000)
    assert state_of(day, BOND) is GuardState.TRIGGERED
    told(day, sales(day, BOND)[-1], S.REJECTED, text="可用不足", number="334")
    for number in range(5):
        opens(day, 142_000 - 100 * number, code=BOND, prev=120_000)
        last = day.state.orders[sales(day, BOND)[-1].ref]
        if last.live:
            told(day, sales(day, BOND)[-1], S.REJECTED, text="可用不足", number=f"34{number}")
        answer(day, orders=rows(day, row), fills=[trade], positions=[])
    assert state_of(day, BOND) is GuardState.SOLD
    assert Why.SOLD_ELSEWHERE in day.said()


def test_a_yes_sells_what_is_left_of_what_was_shown() -> None:
    day = guarding(GuardPlan(code=STOCK, action=GuardAction.ASK))
    seals(day, 15_000)
    assert (state_of(day), day.state.guards[STOCK].question.volume) == (GuardState.ASKING, 1_000)  # type: ignore[union-attr]
    day.deaf = True
    hand = by_hand(STOCK, Side.SELL, LIMIT, 500)
    told(day, hand, S.FILLED, 500, number="h", remark="")
    traded(day, hand, 500, "t1", number="h")
    assert day.feed(m.AnswerAsk(STOCK, day.state.guards[STOCK].ask, sell=True)).refusal is None
    assert day.state.guards[STOCK].target == 500
    assert [place.volume for place in sales(day)] == [500]


@pytest.mark.parametrize("remark", ["", None])
def test_a_row_in_doubt_that_was_cancelled_by_hand_and_is_tied_then_disarms_the_guard(remark: str | None) -> None:
    day = guarding()
    day.deaf = True
    seals(day, 15_000)
    (sale,) = sales(day)
    day.feed(m.SubmitUnknown(sale.ref, "timeout"))
    held = [Position(STOCK, 1_000, 1_000), Position(BOND, 200, 200)]
    other = row_of(day, by_hand(STOCK, Side.BUY, 10_000, 100), S.CANCELLED, remark="", number="444")
    row = row_of(day, sale, S.WORKING, remark=sale.ref if remark is None else remark, number="555")
    day.wait(3_000)
    answer(day, orders=[other, row], positions=held)
    day.wait(1_000)
    cancelled = replace(row, state=S.CANCELLED)
    day.feed(m.OrderReported(cancelled))
    answer(day, orders=[other, cancelled], positions=held)
    if remark == "":
        assert day.feed(m.DecideUnknown(sale.ref, "555")).refusal is None
    seals(day, 15_000, 14_000)
    assert state_of(day) is GuardState.OFF
    assert Why.TAKEN_OFF in day.said()
    assert sales(day) == [sale]


@pytest.mark.parametrize("late_ms", [0, 3_500])
def test_a_cancel_by_hand_told_at_noon_disarms_the_guard_too(late_ms: int) -> None:
    day = guarding()
    held = [Position(STOCK, 1_000, 1_000), Position(BOND, 200, 200)]
    day.deaf = True
    day.jump(11, 29, 30)
    answer(day, positions=held)
    seals(day, 30_000, 15_000)
    (sale,) = sales(day)
    told(day, sale, S.WORKING)
    day.wait(21_000 + late_ms)
    told(day, sale, S.CANCELLED)
    assert state_of(day) is GuardState.OFF
    day.jump(13, 0, 0)
    seals(day, 400_000, 400_000)
    assert sales(day) == [sale]


def test_something_that_puts_all_in_doubt_again_and_again_holds_up_no_guard_for_ever() -> None:
    day = MarketDay(held={STOCK: (5_000, 9_000)}).open()
    day.deaf = True
    assert (
        day.feed(m.ArmGrid(GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, unit=100, live_per_side=1))).refusal
        is None
    )
    lost = day.places(BOND)[0]
    held = [Position(STOCK, 5_000, 5_000)]
    answer(day, positions=held)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, rules=ON_BREAK))).refusal is None
    for _ in range(3):
        seals(day, 30_000)
        answer(day, positions=held)
    day.feed(m.SubmitUnknown(lost.ref, "timeout"))
    for second in range(60):
        day.at += 1_000
        day.price(BOND, 120_000)
        if second < 10:
            day.feed(m.Quoted(sealed_quote(STOCK, day.at, LIMIT, 30_000, prev=10_000, volume=40_000 + second)))
        else:
            last = max(9_900, 10_900 - 5 * second) // 10 * 10
            day.feed(m.Quoted(quote_of(STOCK, day.at, last, prev=10_000, depth=100_000, volume=50_000 * second)))
        day.feed(m.TimePassed())
        if second % 5 == 0:
            # words nobody understands, pushed every few seconds
            day.feed(m.LinkChanged(up=False, text="x", lost=False))
            day.feed(m.LinkChanged(up=True))
        if day.state.request_at:
            answer(day, positions=held)
    assert state_of(day) is GuardState.TRIGGERED
    assert [place.volume for place in sales(day)][:1] == [5_000]
    # its own side stays frozen
    assert day.state.orders[lost.ref].state is S.UNKNOWN
    assert [place for place in day.places(BOND) if place.side is lost.side and place.ref > lost.ref] == []


@pytest.mark.parametrize("next_day", [False, True])
def test_a_guard_that_a_list_switches_off_is_told_of(next_day: bool) -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True))).refusal is None
    day.live_market(4_000)
    if next_day:
        made = day.make_instruments
        day.make_instruments = lambda on, prices: tuple(  # type: ignore[method-assign]
            replace(one, told_up=one.limit_up + 500, told_down=one.limit_down) if one.code == STOCK else one
            for one in made(on, prices)
        )
        day.next_day()
    else:
        wrong = (replace(one, told_up=11_500, told_down=9_000) if one.code == STOCK else one for one in day.instruments)
        day.feed(m.DayOpened(day.day.isoformat(), tuple(wrong)))
    assert state_of(day) is GuardState.OFF
    (line,) = (each for each in day.state.lines if each.reason.why is Why.LIMIT_DISAGREES)
    assert (line.level, line.code) == ("alarm", STOCK)


def test_the_kill_switch_takes_off_also_what_only_the_list_keeps_off() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    wrong = tuple(
        replace(one, told_up=11_500, told_down=9_000) if one.code == STOCK else one for one in day.instruments
    )
    day.feed(m.DayOpened(day.day.isoformat(), wrong))
    day.live_market(4_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    day.feed(m.Kill("button"))
    day.live_market(4_000)
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    day.live_market(4_000)
    assert day.feed(m.LiftKill()).refusal is None
    seals(day, 30_000, 30_000, 15_000)
    assert state_of(day) is GuardState.OFF
    assert sales(day) == []


def test_a_buy_that_filled_and_whose_trade_nobody_tells_holds_up_no_guard() -> None:
    day = MarketDay(held={STOCK: (5_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, rules=ON_BREAK))).refusal is None
    day.price(STOCK, 10_800)
    day.deaf = True
    assert day.feed(m.ArmGrid(BUYER)).refusal is None
    (buy,) = day.places(STOCK)
    told(day, buy, S.WORKING, number="555")
    told(day, buy, S.FILLED, 100, number="555")
    row, held = row_of(day, buy, S.FILLED, 100, number="555"), [Position(STOCK, 5_100, 5_000)]
    for _ in range(3):
        seals(day, 30_000)
        answer(day, [row], positions=held)
    opens(day, 10_700)
    assert [place.volume for place in sales(day)] == [5_000]


def test_a_buy_with_a_number_in_a_state_nobody_knows_is_waited_for_ten_seconds() -> None:
    day = MarketDay(held={STOCK: (5_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, rules=ON_BREAK))).refusal is None
    day.price(STOCK, 10_800)
    day.deaf = True
    assert day.feed(m.ArmGrid(BUYER)).refusal is None
    (buy,) = day.places(STOCK)
    told(day, buy, S.WORKING, number="555")
    held = [Position(STOCK, 5_000, 5_000)]
    seals(day, 30_000, 30_000)
    odd = replace(row_of(day, buy, S.UNKNOWN, number="555"), odd="99")
    day.feed(m.OrderReported(odd))
    opens(day, 10_700)
    assert state_of(day) is GuardState.TRIGGERED
    assert sales(day) == []
    for last in (10_690, 10_680, 10_670):
        opens(day, last)
        answer(day, [odd], positions=held)
    assert [place.volume for place in sales(day)] == [5_000]


def test_half_a_holding_stays_to_be_sold_where_the_counter_is_slow_to_free_it() -> None:
    day = sold_beside_by_the_grid(sell_volume=1_000)
    is_slow_to_free_the_rest(day)
    assert state_of(day) is GuardState.TRIGGERED
    assert Why.SOLD_ELSEWHERE not in day.said()


def test_a_trade_told_after_an_answer_that_has_not_freed_the_rest_ends_no_guard() -> None:
    day = sold_beside_by_the_grid(sell_volume=1_000, freed_late=True)
    assert state_of(day) is GuardState.TRIGGERED
    for _ in range(5):
        opens(day, 10_700)
        day.feed(m.AskNow())
        answer(day, rows(day), day.state.fills.values(), [Position(STOCK, 1_000, 1_000)])
    assert sum(place.volume for place in sales(day)[:1]) == 1_000
    assert Why.SOLD_ELSEWHERE not in day.said()
