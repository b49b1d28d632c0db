"""Arming a guard, changing its threshold, and carrying it into another day."""

import pytest
from guard_kit import (
    DAY,
    TEN,
    VIDEO,
    WAN,
    Walk,
    clock,
    guard_plan,
    instrument,
    opened,
    quote,
    sealed,
    watched,
)

from qmtdesk.domain.plans import GuardAction, Readiness, RuleId, RuleSetting, TimedThreshold
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.domain.timed import threshold_at
from qmtdesk.strategies.guard import (
    GuardState,
    arm_guard,
    disarm,
    on_day,
    pass_time,
    set_threshold,
    wanted_sale,
)
from qmtdesk.strategies.plan_error import PlanError

NEXT = at_of(DAY.replace(day=23), 10, 0)


def test_no_limit_means_no_guard():
    guard = arm_guard(guard_plan(), replace(instrument(), limit_up=0), TEN)
    assert guard.state is GuardState.OFF
    assert guard.why_off.why is Why.NO_LIMIT


def test_limits_that_disagree_mean_no_guard_and_both_are_named():
    guard = arm_guard(guard_plan(), instrument(told_up=2530), TEN)
    assert guard.state is GuardState.OFF
    assert guard.why_off.why is Why.LIMIT_DISAGREES
    assert (guard.why_off.get("limit_up_milli"), guard.why_off.get("told_up_milli")) == (2650, 2530)


@pytest.mark.parametrize(
    ("told", "why", "named"),
    [
        ({"told_tick": 1}, Why.TICK_DISAGREES, {"tick_milli": 10, "told_tick_milli": 1}),
        ({"told_close": 2400}, Why.CLOSE_DISAGREES, {"own_close_milli": 2410, "told_close_milli": 2400}),
    ],
)
def test_a_tick_or_a_close_that_disagrees_means_no_guard_and_both_are_named(told, why, named):
    one = replace(instrument(), **told)
    guard = arm_guard(guard_plan(), one, TEN)
    assert (guard.state, guard.why_off.why) == (GuardState.OFF, why)
    assert {name: guard.why_off.get(name) for name in named} == named
    assert arm_guard(guard_plan(), replace(instrument(), told_tick=10, told_close=2410), TEN).why_off is None


@pytest.mark.parametrize("told", [{"told_tick": 1}, {"told_close": 2400}])
def test_a_kept_guard_that_a_difference_switched_off_is_armed_again_on_a_day_without_one(told):
    watching = watched(keep_armed=True).guard
    off = on_day(watching, replace(watching.instrument, **told), TEN + 1)
    assert off.state is GuardState.OFF
    assert on_day(off, instrument(), NEXT).state is GuardState.WATCHING


def test_a_code_without_rules_means_no_guard():
    guard = arm_guard(guard_plan(), replace(instrument(), code="999999.SH"), TEN)
    assert guard.why_off.why is Why.UNKNOWN_CODE


def test_a_guard_that_is_off_does_nothing():
    walk = watched()
    walk.guard = disarm(walk.guard)
    assert walk.guard.why_off.why is Why.DISARMED
    assert disarm(walk.guard) is walk.guard
    assert walk.tick(VIDEO) == []
    assert pass_time(walk.guard, TEN, fresh=False) == (walk.guard, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 999_999_999},
        {"snapshots": 0},
        {"confirm": 0},
        {"sell_volume": -2},
        {"ask_timeout_ms": 0},
        {"follow_up_ms": 0},
        {"slippage_bp": -1},
        {"slippage_bp": 1001},
        {"timed": (TimedThreshold(from_minute=600, threshold=1),)},
        {"timed": (TimedThreshold(from_minute=1440, threshold=10**10),)},
        {"rules": (RuleSetting(rule=RuleId.R7, threshold=1), RuleSetting(rule=RuleId.R7, threshold=2))},
        {"rules": (RuleSetting(rule=RuleId.R7, threshold=0),)},
    ],
)
def test_plans_that_make_no_sense_are_refused_with_the_number(changes):
    with pytest.raises(PlanError) as caught:
        arm_guard(replace(guard_plan(), **changes), instrument(), TEN)
    assert caught.value.reason.why is Why.BAD_SETTING


def test_r1_may_be_turned_off():
    off = RuleSetting(rule=RuleId.R1, on=False)
    walk = watched(rules=(off,))
    walk.tick(VIDEO)
    assert walk.guard.confirm_have == ()
    assert not walk.moves or not walk.fired


def test_r1_takes_its_numbers_from_the_plan():
    walk = watched(rules=(RuleSetting(rule=RuleId.R1, threshold=1, confirm=9, action=GuardAction.ALERT),))
    walk.tick(VIDEO)
    assert [move.action for move in walk.fired] == [GuardAction.SELL]


def test_a_new_threshold_takes_the_place_of_the_one_in_force():
    timed = (
        TimedThreshold(from_minute=10 * 60, threshold=500 * WAN),
        TimedThreshold(from_minute=840, threshold=10**10),
    )
    guard = watched(2000, timed=timed).guard
    early = set_threshold(guard, 1500 * WAN, clock(9, 59)).plan
    assert (early.threshold, early.timed) == (1500 * WAN, timed)
    later = set_threshold(guard, 1500 * WAN, clock(10, 0)).plan
    assert (later.threshold, later.timed) == (2000 * WAN, (replace(timed[0], threshold=1500 * WAN), timed[1]))
    assert [threshold_at(later, clock(hour, 30)) for hour in (9, 10, 14)] == [2000 * WAN, 1500 * WAN, 10**10]


@pytest.mark.parametrize(("hour", "minute"), [(15, 0), (20, 0), (8, 30), (9, 29)])
def test_a_threshold_set_while_there_is_no_trading_is_that_of_the_next_open(hour, minute):
    timed = (TimedThreshold(from_minute=14 * 60, threshold=500 * WAN),)
    guard = watched(2000, timed=timed).guard
    assert threshold_at(guard.plan, clock(hour, minute)) == 2000 * WAN
    plan = set_threshold(guard, 1500 * WAN, clock(hour, minute)).plan
    assert (plan.threshold, plan.timed) == (1500 * WAN, timed)
    from_the_open = guard_plan(timed=(TimedThreshold(from_minute=570, threshold=500 * WAN),))
    assert threshold_at(from_the_open, clock(hour, minute)) == 500 * WAN


def test_thresholds_follow_the_time_of_day():
    timed = (
        TimedThreshold(from_minute=14 * 60 + 30, threshold=3000 * WAN),
        TimedThreshold(from_minute=10 * 60, threshold=500 * WAN),
    )
    guarded = guard_plan(timed=timed)
    assert threshold_at(guarded, clock(9, 59, 59)) == 2000 * WAN
    assert threshold_at(guarded, clock(10, 0)) == 500 * WAN
    assert threshold_at(guarded, clock(14, 30)) == 3000 * WAN
    walk = Walk(guarded).arm()
    walk.tick(VIDEO)
    assert not walk.fired
    walk.tick(replace(VIDEO, at=clock(14, 30)))
    assert len(walk.fired) == 1


def test_a_threshold_below_a_million_is_refused_later_too():
    with pytest.raises(PlanError):
        set_threshold(watched().guard, 999_999_999, TEN)


def test_raising_the_threshold_over_an_amount_never_reached_sells_nothing():
    walk = watched(1000)
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 1500))
    assert walk.guard.ready
    walk.guard = set_threshold(walk.guard, 2000 * WAN, TEN)
    assert not walk.guard.ready
    walk.tick(sealed(TEN + 6000, 1500))
    assert not walk.fired
    walk.tick(sealed(TEN + 9000, 2500))
    walk.tick(sealed(TEN + 12_000, 1500))
    assert len(walk.fired) == 1


def test_raising_the_threshold_keeps_what_the_user_armed_on():
    walk = watched(1000)
    walk.tick(VIDEO)
    walk.guard = set_threshold(walk.guard, 2000 * WAN, TEN)
    walk.tick(replace(VIDEO, at=TEN + 3000))
    assert len(walk.fired) == 1


@pytest.mark.parametrize("readiness", [Readiness.ONCE, Readiness.SNAPSHOTS])
def test_readiness_that_no_amount_earned_survives_a_new_threshold(readiness):
    walk = watched(1000, readiness=readiness)
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 1500))
    assert set_threshold(walk.guard, 2000 * WAN, TEN).ready


def test_lowering_the_threshold_of_a_board_building_up_sells_nothing():
    walk = watched(2000)
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 300))
    walk.guard = set_threshold(walk.guard, 1500 * WAN, TEN)
    walk.tick(sealed(TEN + 6000, 300))
    assert not walk.fired


def test_a_kept_guard_is_armed_anew_on_the_next_days_limit():
    walk = watched(keep_armed=True)
    walk.tick(sealed(TEN, 3000))
    tomorrow = instrument(prev=2650, day=DAY.replace(day=23))
    guard = on_day(walk.guard, tomorrow, NEXT)
    assert guard.state is GuardState.WATCHING
    assert guard.limit_up == 2920
    assert guard.armed_at == NEXT
    assert not guard.ready


def test_an_ordinary_guard_ends_with_its_day():
    guard = on_day(watched().guard, instrument(), NEXT)
    assert guard.state is GuardState.OFF
    assert guard.why_off.why is Why.EXPIRED_AT_CLOSE


def test_a_kept_guard_that_fired_does_not_sell_on_another_day():
    walk = watched(keep_armed=True)
    walk.tick(VIDEO)
    guard = on_day(walk.guard, instrument(), NEXT)
    assert guard.state is GuardState.OFF
    assert wanted_sale(guard) is None


def test_a_kept_guard_without_a_limit_tries_again_the_next_day():
    guard = arm_guard(guard_plan(keep_armed=True), replace(instrument(), limit_up=0), TEN)
    assert on_day(guard, instrument(), NEXT).state is GuardState.WATCHING
    assert on_day(disarm(watched(keep_armed=True).guard), instrument(), NEXT).state is GuardState.OFF


def test_the_same_day_told_again_leaves_what_was_seen_alone():
    walk = watched()
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 300))
    walk.guard = on_day(walk.guard, instrument(told_up=2650), TEN + 4000)
    assert walk.guard.instrument.told_up == 2650
    walk.tick(sealed(TEN + 6000, 300))
    assert not walk.fired
    walk.tick(sealed(TEN + 9000, 3000))
    walk.tick(sealed(TEN + 12_000, 300))
    assert len(walk.fired) == 1
    assert on_day(walk.guard, instrument(prev=2400), TEN + 13_000) is walk.guard


def test_a_corrected_limit_arms_anew_and_must_be_earned():
    walk = watched()
    walk.tick(sealed(TEN, 3000))
    guard = on_day(walk.guard, instrument(prev=2400), TEN + 1)
    assert guard.limit_up == 2640
    fresh = Walk(guard_plan(), instrument(prev=2400))
    fresh.guard = guard
    fresh.tick(quote(TEN + 3000, 2640, (2640, 100)))
    assert fresh.board.sealed
    assert not fresh.fired


def test_a_limit_the_feed_now_contradicts_stops_the_guard():
    guard = on_day(watched().guard, instrument(told_up=2530), TEN + 1)
    assert guard.why_off.why is Why.LIMIT_DISAGREES
