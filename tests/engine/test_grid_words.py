"""What a user may say to a running grid, and what rejections and prices do to it."""

from random import Random

import pytest
from words import PLAN, answer, beat, deaf_grid, row_of, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import turned_down
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import LogLine, State
from qmtdesk.engine.records import Logged
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay
from qmtdesk.trader.picture_grid import grid_row

S = OrderState
ROLLING = GridPlan(code=BOND, mode=GridMode.ROLLING, first_buy=False, unit=100)


@pytest.mark.parametrize("word", [m.SetSellOnly(BOND, on=True), m.PauseGap(BOND, 3, on=True)])
def test_a_grid_that_does_not_run_takes_no_words(word: m.UserEvent) -> None:
    assert MarketDay().open().feed(word).refusal.why is Why.NOT_ARMED


@pytest.mark.parametrize("plan", [PLAN, ROLLING])
def test_sell_only_takes_the_buys_away_and_back(plan: GridPlan) -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(plan))
    day.live_market(3_000)
    assert len(day.live(BOND)) == 1
    day.feed(m.SetSellOnly(BOND, on=True))
    day.live_market(3_000)
    assert day.live(BOND) == []
    day.feed(m.SetSellOnly(BOND, on=False))
    day.live_market(6_000)
    assert len(day.live(BOND)) == 1


@pytest.mark.parametrize("plan", [PLAN, ROLLING])
def test_sell_only_stands_in_the_plan_that_is_shown_and_started_again(plan: GridPlan) -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(plan))
    day.live_market(3_000)
    for on in (True, False):
        day.feed(m.SetSellOnly(BOND, on=on))
        book = day.state.grids[BOND]
        part = book.grid or book.rolling
        assert (part.sell_only, part.plan, book.plan) == (on, replace(plan, sell_only=on), replace(plan, sell_only=on))


def test_a_grid_that_only_sells_goes_on_so_when_it_is_started_again_with_its_own_plan() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(PLAN))
    day.feed(m.SetSellOnly(BOND, on=True))
    shown = grid_row(day.state, BOND).plan
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    day.feed(m.ArmGrid(shown))
    day.live_market(3_000)
    assert day.state.grids[BOND].armed
    assert day.live(BOND) == []


@pytest.mark.parametrize("mode", list(GridMode))
def test_what_of_the_first_buy_is_still_to_come_is_shown(mode: GridMode) -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(replace(PLAN, mode=mode, unit=80, first_buy=True)))
    assert grid_row(day.state, BOND).first_left == 160
    traded(day, next(place for place in day.places(BOND) if place.owner.kind is OwnerKind.FIRST_BUY), 60)
    assert grid_row(day.state, BOND).first_left == 100


def test_a_paused_gap_has_no_order_until_it_is_taken_back() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    (order,) = day.live(BOND)
    day.feed(m.PauseGap(BOND, order.owner.slot, on=True))
    day.live_market(6_000)
    assert order.owner not in {o.owner for o in day.live(BOND)}
    day.feed(m.PauseGap(BOND, order.owner.slot, on=False))
    day.live_market(6_000)
    assert order.owner in {o.owner for o in day.live(BOND)}


@pytest.mark.parametrize(("plan", "gap"), [(PLAN, -1), (PLAN, 10_000), (ROLLING, 0)])
def test_a_gap_that_is_none_is_refused(plan: GridPlan, gap: int) -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(plan))
    assert day.feed(m.PauseGap(BOND, gap, on=True)).refusal.why is Why.BAD_SETTING


def test_three_rejections_in_a_row_stop_the_grid_with_the_counters_words() -> None:
    day, _ = deaf_grid()
    for number in "123":
        told(day, day.places(BOND)[-1], S.REJECTED, text="no", number=number)
        beat(day, 8)
    assert not day.state.grids[BOND].armed
    assert day.state.grids[BOND].why.why is Why.REJECTED_TOO_OFTEN
    assert len(day.places(BOND)) == 3
    beat(day, 30)
    assert len(day.places(BOND)) == 3


def test_orders_that_left_together_and_are_all_turned_down_are_one_rejection() -> None:
    day = MarketDay().open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(PLAN, live_per_side=4))).refusal is None
    places = day.places(BOND)
    assert len(places) > 3
    for number, place in enumerate(places):
        told(day, place, S.REJECTED, text="流控", number=str(number + 1))
    assert day.state.grids[BOND].armed
    assert day.state.grids[BOND].rejects == 1
    beat(day, 8)
    assert len(day.places(BOND)) > len(places)


@pytest.mark.parametrize(("first_buy", "adopt"), [(False, 200), (True, 100)])
def test_one_no_to_orders_that_were_numbered_before_is_one_rejection(first_buy: bool, adopt: int) -> None:
    day = MarketDay(held={BOND: (400, 118_000)}).open()
    day.deaf = True
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=first_buy, live_per_side=2, unit=100, adopt=adopt)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    places = day.places(BOND)
    assert len(places) > 1
    for number, place in enumerate(places):
        day.feed(m.SubmitAnswered(place.ref, f"7700{number}"))
    for number, place in enumerate(places):
        day.at += 50
        told(day, place, S.REJECTED, text="流控", number=f"7700{number}")
    assert day.state.grids[BOND].armed
    assert day.state.grids[BOND].rejects == 1


@pytest.mark.parametrize("late_ms", [(300, 300), (3_000, 3_000), (6_000, 6_000), (0, 4_000), (2_000, 8_000)])
@pytest.mark.parametrize("per_side", [1, 2, 4])
def test_a_counter_that_numbers_everything_and_then_says_no_stops_the_grid(
    late_ms: tuple[int, int], per_side: int
) -> None:
    """Each no comes while others are on their way: they must not pass for one another for ever."""
    chance = Random(per_side)
    day = MarketDay(held={BOND: (400, 118_000)}).open()
    day.deaf = True
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=per_side, unit=100, adopt=200)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    numbered: dict[str, int] = {}
    said_no: set[str] = set()
    for _ in range(1_200):
        for place in day.places(BOND):
            if place.ref not in numbered:
                numbered[place.ref] = day.at + chance.randint(*late_ms)
                day.feed(m.SubmitAnswered(place.ref, f"7{len(numbered):05}"))
            elif place.ref not in said_no and day.at >= numbered[place.ref]:
                said_no.add(place.ref)
                number = day.state.orders[place.ref].broker_id
                told(day, place, S.REJECTED, text="no", number=number)
        day.at += 50
        if day.at % 1_000 == 0:
            day.quote_all()
            day.feed(m.TimePassed())
    assert not day.state.grids[BOND].armed
    assert day.state.grids[BOND].why.why is Why.REJECTED_TOO_OFTEN
    # three waves of what stands at once, and some of a fourth
    assert len(day.places(BOND)) <= 4 * 2 * per_side


def test_a_list_that_tells_a_no_to_several_in_whatever_order_counts_it_once() -> None:
    day = MarketDay().open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(PLAN, live_per_side=4))).refusal is None
    places = day.places(BOND)
    for number, place in enumerate(places):
        day.feed(m.SubmitAnswered(place.ref, f"7700{number}"))
    beat(day, 3)
    rows = [row_of(day, place, S.REJECTED, number=f"7700{n}", text="流控") for n, place in enumerate(places)]
    answer(day, orders=rows[::-1])
    assert day.state.grids[BOND].rejects == 1


def test_a_sale_that_clears_the_list_is_no_part_of_the_grids_own_try() -> None:
    day, place = deaf_grid()
    told(day, place, S.REJECTED, text="no")
    first = day.state.orders[place.ref]
    later = replace(first, ref=f"{first.ref}9", updated_at=first.updated_at + 5)
    clears = replace(later, owner=replace(later.owner, kind=OwnerKind.CLEAR))
    assert turned_down.same_try(day.state, later)
    assert not turned_down.same_try(day.state, clears)


def test_bursts_that_are_turned_down_are_no_storm_that_holds_up_everything_else() -> None:
    prices = {BOND: 120_000, BOND2: 110_000}
    day = MarketDay(prices=prices, limits=RiskLimits(rejects_storm=4, rejects_in_row=3)).open()
    day.deaf = True
    for code in (BOND, BOND2):
        assert day.feed(m.ArmGrid(replace(PLAN, code=code, live_per_side=4))).refusal is None
        for number, place in enumerate(reversed(day.places(code))):
            day.at += 20
            told(day, place, S.REJECTED, text="no", number=f"{code}{number}")
    assert day.state.suspended == {}
    assert [day.state.grids[code].rejects for code in (BOND, BOND2)] == [1, 1]


def test_a_grid_that_the_counter_stopped_is_an_alarm() -> None:
    day, _ = deaf_grid()
    for number in "123":
        told(day, day.places(BOND)[-1], S.REJECTED, text="no", number=number)
        beat(day, 8)
    book = day.state.grids[BOND]
    assert ("alarm", book.why) in [(line.level, line.reason) for line in day.state.lines]


def test_a_trade_in_between_starts_the_count_anew() -> None:
    day, place = deaf_grid()
    told(day, place, S.REJECTED, number="1")
    assert day.state.grids[BOND].rejects == 1
    beat(day, 8)
    traded(day, day.places(BOND)[-1], 10, number="2")
    assert day.state.grids[BOND].rejects == 0


def test_rejections_of_a_grid_that_is_off_are_not_counted() -> None:
    day, place = deaf_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    told(day, place, S.REJECTED)
    assert day.state.grids[BOND].rejects == 0


def test_the_master_switch_blocks_new_orders_and_leaves_the_old() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    day.feed(m.SetMaster(on=False))
    day.feed(m.PauseGap(BOND, 1, on=True))
    day.live_market(6_000)
    assert len(day.live(BOND)) == 1
    assert day.state.blocked[BOND].why is Why.MASTER_OFF
    assert day.feed(m.ArmGrid(GridPlan(code=STOCK))).refusal.why is Why.MASTER_OFF


def test_a_grid_may_be_armed_while_the_market_sleeps_and_begins_when_it_wakes() -> None:
    day = MarketDay(hour=12).open()
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    day.live_market(6_000)
    assert day.places() == []
    day.jump(13, 0)
    day.wait(3_000)
    day.quote_all()
    assert len(day.places()) == 1


def test_a_plan_that_makes_no_sense_is_refused_and_changes_nothing() -> None:
    day = MarketDay().open()
    before = day.state
    result = day.feed(m.ArmGrid(GridPlan(code=BOND, step_bp=0)))
    assert result.refusal.why is Why.BAD_SETTING
    assert replace(day.state, lines=before.lines, next_line=before.next_line) == before


def test_what_the_user_is_refused_is_written_down_with_its_code_and_numbers() -> None:
    day = MarketDay().open()
    refusal = day.feed(m.ArmGrid(GridPlan(code=BOND, step_bp=0))).refusal
    line = day.state.lines[-1]
    assert (line.level, line.code, line.reason) == ("info", BOND, refusal)
    assert day.folded().lines == day.state.lines
    wish = m.DecideUnknown("q0")
    refusal = day.feed(wish).refusal
    assert (day.state.lines[-1].code, day.state.lines[-1].reason) == ("", refusal)


@pytest.mark.parametrize(("level", "remembered"), [("info", 0), ("notice", 1)])
def test_an_answer_to_the_user_silences_no_later_word_of_the_engine(level: str, remembered: int) -> None:
    line = LogLine(1, 0, level, BOND, because(Why.LINK_DOWN))
    assert len(apply(State(RiskLimits(), FeeSchedule()), Logged(line)).told) == remembered


def test_a_rolling_pair_sells_and_buys_and_moves_when_one_is_filled() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, mode=GridMode.ROLLING)))
    day.wait(500)
    day.price(BOND, 119_990)
    day.live_market(6_000)
    assert sorted(o.side.value for o in day.live(BOND)) == ["buy", "sell"]
    centre = day.state.grids[BOND].rolling.centre
    day.price(BOND, day.state.grids[BOND].rolling.buy_price - 10)
    day.live_market(6_000)
    assert day.state.grids[BOND].rolling.centre < centre
    assert {o.owner.slot for o in day.live(BOND)} == {1}
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(9_000)
    assert day.state.grids[BOND].rolling.held == 0
    assert day.state.grids[BOND].winding is None


def test_a_stop_price_is_told_and_sells_what_is_held() -> None:
    day = MarketDay(held={BOND: (200, 120_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=200, first_buy=False, unit=100, lower_stop=118_000)))
    day.wait(2_000)
    day.price(BOND, 117_900)
    day.live_market(12_000)
    assert Why.LOWER_STOP in day.said()
    assert day.state.grids[BOND].grid.held_total == 0
    assert not [o for o in day.live(BOND) if o.side is Side.BUY]


def test_an_own_order_of_a_grid_never_crosses_an_own_order_on_the_book() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    assert place.side is Side.BUY
    assert place.owner.kind is OwnerKind.GRID
    day.price(BOND, place.price - 50)
    beat(day, 3)
    sells = [p for p in day.places(BOND) if p.side is Side.SELL]
    assert all(p.price > place.price for p in sells)
