"""The guard: when R1 fires, how it becomes ready, and that it sells once at most."""

from dataclasses import replace
from decimal import Decimal

import pytest
from guard_kit import (
    DAY,
    LIMIT,
    TEN,
    VIDEO,
    WAN,
    Walk,
    at_limit,
    clock,
    instrument,
    opened,
    quote,
    read_ticks,
    sealed,
)
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, RuleId, RuleSetting, TimedThreshold
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import Phase, at_of, shanghai_ms_of_day
from qmtdesk.strategies.guard import (
    Asked,
    AskExpired,
    Fired,
    GuardState,
    Near,
    NotSold,
    StateShown,
    WantedSale,
    answer_ask,
    arm_guard,
    disarm,
    on_day,
    on_sold,
    pass_time,
    set_threshold,
    shown_state,
    threshold_at,
    wanted_sale,
)
from qmtdesk.strategies.plan_error import PlanError

CODE = "600103.SH"
NEXT = at_of(DAY.replace(day=23), 10, 0)


def plan(wan: int = 2000, **changes) -> GuardPlan:
    return GuardPlan(code=CODE, threshold=wan * WAN, **changes)


def watched(wan: int = 2000, **changes) -> Walk:
    return Walk(plan(wan, **changes)).arm()


def said(moves, kind):
    return [move for move in moves if isinstance(move, kind)]


# --- the video


@pytest.mark.parametrize("readiness", [Readiness.AUTO, Readiness.ONCE])
@pytest.mark.parametrize("wan", [2000, 3000])
def test_the_video_sells_below_20_and_30_million(readiness, wan):
    walk = watched(wan, readiness=readiness)
    walk.tick(VIDEO)
    assert walk.board.seal == 12_692_440 * 1000
    assert walk.fired == [
        Fired(RuleId.R1, walk.fired[0].reason, GuardAction.SELL, volume=18_000, price=2650),
    ]
    assert walk.fired[0].reason.why is Why.RULE_AMOUNT
    assert walk.fired[0].reason.get("amount_milli") == 12_692_440_000
    assert wanted_sale(walk.guard) == WantedSale(2650, 18_000)
    assert walk.guard.state is GuardState.TRIGGERED


@pytest.mark.parametrize("readiness", list(Readiness))
def test_the_video_holds_at_10_million(readiness):
    walk = watched(1000, readiness=readiness)
    walk.tick(VIDEO)
    assert not walk.fired
    assert wanted_sale(walk.guard) is None


def test_the_video_waits_for_recovery_when_asked_to():
    walk = watched(2000, readiness=Readiness.ABOVE)
    walk.tick(VIDEO)
    assert not walk.fired
    assert not walk.guard.ready


# --- readiness


def test_a_board_that_builds_up_from_nothing_does_not_fire_before_it_was_above():
    walk = watched()
    walk.tick(opened(TEN))
    for no, wan in enumerate((100, 900, 1900, 1999)):
        walk.tick(sealed(TEN + 3000 * (no + 1), wan))
    assert not walk.fired
    walk.tick(sealed(TEN + 20_000, 2001))
    assert walk.guard.ready
    walk.tick(sealed(TEN + 23_000, 1999))
    assert len(walk.fired) == 1


def test_at_once_fires_on_the_first_weak_snapshot_of_a_new_seal():
    walk = watched(readiness=Readiness.ONCE)
    walk.tick(opened(TEN))
    assert not walk.fired
    walk.tick(sealed(TEN + 3000, 100))
    assert len(walk.fired) == 1


def test_sealed_for_n_snapshots_counts_from_the_seal():
    walk = watched(readiness=Readiness.SNAPSHOTS, snapshots=3)
    walk.tick(opened(TEN))
    for no in range(1, 3):
        walk.tick(sealed(TEN + 3000 * no, 100))
    assert not walk.fired
    walk.tick(sealed(TEN + 9000, 100))
    assert len(walk.fired) == 1


def test_the_peak_before_arming_is_not_a_recovery():
    walk = Walk(plan(readiness=Readiness.ABOVE))
    walk.tick(sealed(TEN, 6000))
    walk.tick(sealed(TEN + 3000, 1200))
    walk.arm(TEN + 4000)
    walk.tick(sealed(TEN + 6000, 1200))
    assert not walk.fired


def test_a_break_takes_readiness_and_confirmations_away():
    walk = watched(confirm=2)
    walk.tick(sealed(TEN, 3000))
    walk.tick(sealed(TEN + 3000, 1000))
    assert dict(walk.guard.confirm_have) == {RuleId.R1: 1}
    walk.tick(opened(TEN + 6000))
    assert not walk.guard.ready
    assert dict(walk.guard.confirm_have) == {RuleId.R1: 0}
    walk.tick(sealed(TEN + 9000, 1000))
    walk.tick(sealed(TEN + 12_000, 1000))
    assert not walk.fired


def test_a_seal_that_broke_and_closed_again_unseen_starts_anew():
    walk = watched()
    walk.tick(sealed(TEN, 3000))
    guard = walk.guard
    walk.guard = None
    walk.tick(opened(TEN + 3000))
    walk.guard = guard
    walk.tick(sealed(TEN + 6000, 1000))
    assert not walk.fired


def test_confirmations_must_be_consecutive():
    walk = watched(confirm=2)
    for no, wan in enumerate((3000, 1000, 3000, 1000)):
        walk.tick(sealed(TEN + 3000 * no, wan))
    assert not walk.fired
    walk.tick(sealed(TEN + 15_000, 1000))
    assert len(walk.fired) == 1


def test_one_snapshot_looked_at_twice_confirms_once():
    walk = watched(confirm=2)
    walk.tick(VIDEO)
    walk.look(TEN + 100)
    walk.look(TEN + 200)
    assert not walk.fired


# --- no decision


def test_stale_data_decides_nothing_and_loses_confirmations():
    walk = watched(confirm=2)
    walk.tick(VIDEO)
    moves = walk.look(TEN + 20_000, fresh=False)
    assert said(moves, StateShown) == [StateShown("blind")]
    assert dict(walk.guard.confirm_have) == {RuleId.R1: 0}
    walk.tick(replace(VIDEO, at=TEN + 21_000), fresh=False)
    assert not walk.fired


def test_passing_time_says_a_quiet_stock_is_blind():
    walk = watched(confirm=2)
    walk.tick(VIDEO)
    guard, moves = pass_time(walk.guard, TEN + 20_000, fresh=False)
    assert moves == (StateShown("blind"),)
    assert dict(guard.confirm_have) == {RuleId.R1: 0}
    assert pass_time(guard, TEN + 21_000, fresh=False) == (guard, ())
    assert pass_time(walk.guard, TEN + 1000, fresh=True) == (walk.guard, ())


def test_a_sale_under_way_is_not_shown_as_blind():
    walk = watched()
    walk.tick(VIDEO)
    assert pass_time(walk.guard, TEN + 60_000, fresh=False)[1] == ()


@pytest.mark.parametrize(
    "phase", [Phase.OPEN_AUCTION, Phase.OPEN_AUCTION_LOCKED, Phase.OPEN_WAIT, Phase.LUNCH, Phase.CLOSE_AUCTION]
)
def test_a_limit_faked_in_an_auction_triggers_nothing(phase):
    walk = watched(readiness=Readiness.ONCE)
    walk.tick(VIDEO, phase=phase)
    assert not walk.fired


def test_a_snapshot_of_the_morning_is_not_decided_on_at_lunch():
    walk = watched(confirm=1)
    last = replace(VIDEO, at=clock(11, 29, 59))
    walk.guard, kept = None, walk.guard
    walk.tick(last)
    walk.guard = kept
    walk.look(clock(11, 30, 1))
    assert not walk.fired


def test_the_closing_auction_decides_only_when_ticked():
    for ticked in (False, True):
        walk = watched(closing_auction=ticked)
        walk.tick(sealed(clock(14, 56, 57), 3000))
        walk.tick(sealed(clock(14, 57, 9), 1000))
        assert bool(walk.fired) is ticked


def test_a_quote_that_the_board_dropped_decides_nothing():
    walk = watched()
    walk.tick(sealed(TEN, 3000))
    moves = walk.tick(sealed(TEN - 3000, 100))
    assert not said(moves, Fired)


def test_a_board_of_another_limit_decides_nothing():
    walk = watched()
    walk.board = replace(walk.board, limit_up=LIMIT + 10)
    walk.tick(quote(TEN, LIMIT + 10, (LIMIT + 10, 100)))
    assert walk.board.sealed
    assert not walk.fired


def test_at_limit_with_stock_on_offer_triggers_nothing():
    walk = watched(readiness=Readiness.ONCE)
    for no in range(8):
        walk.tick(at_limit(TEN + 5000 * no))
    assert not walk.fired


# --- what may be sold


def test_shares_bought_today_are_not_sold():
    walk = Walk(plan(), can_use=0, position=2000, bought_today=2000).arm()
    moves = walk.tick(VIDEO)
    assert [move.reason.why for move in said(moves, NotSold)] == [Why.T_PLUS_ONE]
    assert walk.guard.state is GuardState.WATCHING
    assert not said(walk.tick(replace(VIDEO, at=TEN + 3000)), NotSold)


def test_nothing_held_is_said_and_shares_that_come_free_are_sold():
    walk = Walk(plan(), can_use=0, position=18_000, bought_today=0).arm()
    assert [move.reason.why for move in said(walk.tick(VIDEO), NotSold)] == [Why.NOTHING_SELLABLE]
    walk.can_use = 18_000
    walk.tick(replace(VIDEO, at=TEN + 3000))
    assert [move.volume for move in walk.fired] == [18_000]


@pytest.mark.parametrize(
    ("sell_volume", "can_use", "position", "volume"),
    [
        (0, 18_000, 20_000, 18_000),
        (0, 299, 299, 299),
        (0, 299, 400, 200),
        (-1, 18_100, 20_000, 9000),
        (-1, 100, 100, 100),
        (-1, 60, 60, 60),
        (-1, 299, 299, 100),
        (500, 18_000, 20_000, 500),
        (550, 18_000, 20_000, 500),
        (99_999, 18_050, 18_050, 18_050),
        (0, 900, 500, 500),
        (50, 900, 900, 0),
    ],
)
def test_volumes_are_whole_lots_or_the_whole_odd_remainder(sell_volume, can_use, position, volume):
    walk = Walk(plan(sell_volume=sell_volume), can_use=can_use, position=position, bought_today=0).arm()
    walk.tick(VIDEO)
    assert sum(move.volume for move in walk.fired) == volume


def test_the_latch_holds_whatever_the_board_does():
    walk = watched()
    walk.tick(VIDEO)
    for no in range(1, 20):
        walk.tick(opened(TEN + 3000 * no) if no % 3 else sealed(TEN + 3000 * no, 100))
    assert len(walk.fired) == 1


def test_a_sold_guard_says_so_and_stays_sold():
    walk = watched()
    walk.tick(VIDEO)
    part = on_sold(walk.guard, 10_000, TEN + 10)
    assert part.state is GuardState.TRIGGERED
    assert wanted_sale(part) == WantedSale(LIMIT, 8000)
    walk.guard = on_sold(part, 8000, TEN + 20)
    assert walk.guard.state is GuardState.SOLD
    assert walk.guard.sold == walk.guard.target == 18_000
    assert wanted_sale(walk.guard) is None
    assert said(walk.tick(replace(VIDEO, at=TEN + 3000)), StateShown) == [StateShown("sold")]
    assert disarm(walk.guard) is walk.guard


def test_a_fill_of_a_guard_that_never_sold_changes_nothing():
    walk = watched()
    assert on_sold(walk.guard, 100, TEN) is walk.guard


def test_a_fill_after_a_disarm_is_counted_and_the_guard_stays_off():
    walk = watched()
    walk.tick(VIDEO)
    guard = on_sold(disarm(walk.guard), 18_000, TEN + 10)
    assert guard.state is GuardState.OFF
    assert guard.sold == 18_000


# --- alerts and questions


def test_an_alert_is_told_once_a_seal_and_sells_nothing():
    walk = watched(action=GuardAction.ALERT)
    for no in range(3):
        walk.tick(sealed(TEN + 3000 * no, 1000))
    assert [move.action for move in walk.fired] == [GuardAction.ALERT]
    assert walk.guard.state is GuardState.WATCHING
    for second in (7, 8, 9):
        walk.tick(sealed(TEN + 1000 * second, 9000))
    walk.tick(sealed(TEN + 10_000, 1000))
    assert len(walk.fired) == 1
    walk.tick(opened(TEN + 12_000))
    walk.tick(sealed(TEN + 15_000, 3000))
    walk.tick(sealed(TEN + 18_000, 1000))
    assert len(walk.fired) == 2
    assert wanted_sale(walk.guard) is None


def test_an_alert_needs_nothing_to_sell():
    walk = Walk(plan(action=GuardAction.ALERT), can_use=0, position=0, bought_today=0).arm()
    walk.tick(VIDEO)
    assert len(walk.fired) == 1


def asking(**changes) -> Walk:
    walk = watched(action=GuardAction.ASK, **changes)
    walk.tick(VIDEO)
    return walk


def test_a_question_is_asked_once_and_runs_out_into_nothing():
    walk = asking()
    asked = said(walk.moves, Asked)
    assert [(one.ask, one.deadline, one.volume, one.price) for one in asked] == [(1, TEN + 15_000, 18_000, LIMIT)]
    assert (walk.guard.ask, walk.guard.ask_deadline) == (1, TEN + 15_000)
    walk.tick(replace(VIDEO, at=TEN + 3000))
    guard, moves = pass_time(walk.guard, TEN + 15_000, fresh=True)
    assert [move.reason.why for move in moves] == [Why.ASK_EXPIRED]
    assert guard.state is GuardState.WATCHING
    walk.guard = guard
    walk.tick(replace(VIDEO, at=TEN + 18_000))
    assert len(said(walk.moves, Asked)) == 1
    assert not walk.fired


def test_it_asks_again_after_the_amount_recovered_or_the_board_sealed_anew():
    walk = asking()
    walk.tick(replace(VIDEO, at=TEN + 15_000))
    walk.tick(sealed(TEN + 18_000, 2500))
    walk.tick(sealed(TEN + 21_000, 1500))
    assert [one.ask for one in said(walk.moves, Asked)] == [1, 2]
    walk.tick(opened(TEN + 40_000))
    walk.tick(sealed(TEN + 43_000, 2500))
    walk.tick(sealed(TEN + 46_000, 1500))
    assert [one.ask for one in said(walk.moves, Asked)] == [1, 2, 3]


def test_two_questions_are_never_open_together():
    broken = RuleSetting(rule=RuleId.R11, threshold=1, action=GuardAction.ASK)
    walk = asking(rules=(broken,), ask_timeout_ms=60_000)
    walk.tick(opened(TEN + 3000))
    assert len(said(walk.moves, Asked)) == 1


def test_a_yes_sells_what_the_question_shows_now():
    walk = asking()
    walk.can_use = 17_000
    walk.tick(opened(TEN + 3000, last=2600))
    guard, moves = answer_ask(walk.guard, 1, TEN + 4000, sell=True)
    fired = said(moves, Fired)[0]
    assert (fired.action, fired.volume, fired.price) == (GuardAction.SELL, 17_000, 2590)
    assert StateShown("triggered") in moves
    assert guard.state is GuardState.TRIGGERED
    assert guard.ask == guard.ask_deadline == 0
    assert wanted_sale(guard) == WantedSale(2590, 17_000)


def test_a_yes_with_nothing_left_to_sell_says_so():
    walk = asking()
    walk.can_use = 0
    walk.tick(replace(VIDEO, at=TEN + 3000))
    guard, moves = answer_ask(walk.guard, 1, TEN + 4000, sell=True)
    assert [move.reason.why for move in moves] == [Why.NOTHING_SELLABLE]
    assert guard.state is GuardState.ASKING


def test_a_no_closes_the_question():
    walk = asking()
    guard, moves = answer_ask(walk.guard, 1, TEN + 1000, sell=False)
    assert [move.reason.why for move in moves] == [Why.ASK_DECLINED]
    assert guard.state is GuardState.WATCHING
    walk.guard = guard
    walk.tick(replace(VIDEO, at=TEN + 3000))
    assert len(said(walk.moves, Asked)) == 1


@pytest.mark.parametrize("sell", [True, False])
def test_an_answer_too_late_or_to_another_question_does_nothing(sell):
    walk = asking()
    same, moves = answer_ask(walk.guard, 2, TEN + 1000, sell=sell)
    assert (same, moves) == (walk.guard, ())
    late, moves = answer_ask(walk.guard, 1, TEN + 15_000, sell=sell)
    assert [move.reason.why for move in moves] == [Why.ASK_EXPIRED]
    assert late.state is GuardState.WATCHING
    assert answer_ask(late, 1, TEN + 16_000, sell=sell) == (late, ())


def test_a_rule_that_sells_by_itself_overtakes_the_question():
    broken = RuleSetting(rule=RuleId.R11, threshold=1, action=GuardAction.SELL)
    walk = asking(rules=(broken,))
    moves = walk.tick(opened(TEN + 3000))
    assert [move.reason.why for move in said(moves, AskExpired)] == [Why.ALREADY_TRIGGERED]
    assert [move.rule for move in said(moves, Fired)] == [RuleId.R11]
    assert walk.guard.question is None


# --- evidence and what is shown


def test_evidence_is_told_on_entering_and_leaving_and_now_and_then():
    walk = watched()
    walk.tick(sealed(TEN, 9000))
    assert not said(walk.moves, Near)
    for no in range(1, 43):
        walk.tick(sealed(TEN + 3000 * no, 3000))
    assert [move.inside for move in said(walk.moves, Near)] == [True, True, True]
    walk.tick(sealed(TEN + 150_000, 9000))
    last = said(walk.moves, Near)[-1]
    assert not last.inside
    assert last.evidence.rule is RuleId.R1
    assert last.evidence.inputs.get("snapshots") == 42


def test_what_is_shown_changes_once_each():
    walk = watched()
    steps = [opened(TEN), at_limit(TEN + 3000), sealed(TEN + 6000, 3000), sealed(TEN + 9000, 3000)]
    steps += [at_limit(TEN + 12_000), opened(TEN + 15_000), sealed(TEN + 18_000, 3000), sealed(TEN + 21_000, 100)]
    for one in steps:
        walk.tick(one)
    shown = [move.state for move in said(walk.moves, StateShown)]
    assert shown == ["open", "at_limit", "sealed", "broken", "sealed", "triggered"]


def test_shown_without_a_guard_is_the_board():
    walk = watched()
    walk.guard = None
    walk.tick(VIDEO)
    assert shown_state(None, walk.board, fresh=True) == "sealed"
    assert shown_state(None, walk.board, fresh=False) == "blind"


# --- arming, thresholds, days


def test_no_limit_means_no_guard():
    guard = arm_guard(plan(), replace(instrument(), limit_up=0), TEN)
    assert guard.state is GuardState.OFF
    assert guard.why_off.why is Why.NO_LIMIT


def test_limits_that_disagree_mean_no_guard_and_both_are_named():
    guard = arm_guard(plan(), instrument(told_up=2530), TEN)
    assert guard.state is GuardState.OFF
    assert guard.why_off.why is Why.LIMIT_DISAGREES
    assert (guard.why_off.get("limit_up_milli"), guard.why_off.get("told_up_milli")) == (2650, 2530)


def test_a_code_without_rules_means_no_guard():
    guard = arm_guard(plan(), replace(instrument(), code="999999.SH"), TEN)
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
        arm_guard(replace(plan(), **changes), instrument(), TEN)
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


def test_thresholds_follow_the_time_of_day():
    timed = (
        TimedThreshold(from_minute=14 * 60 + 30, threshold=3000 * WAN),
        TimedThreshold(from_minute=10 * 60, threshold=500 * WAN),
    )
    guarded = plan(timed=timed)
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
        set_threshold(watched().guard, 999_999_999)


def test_raising_the_threshold_over_an_amount_never_reached_sells_nothing():
    walk = watched(1000)
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 1500))
    assert walk.guard.ready
    walk.guard = set_threshold(walk.guard, 2000 * WAN)
    assert not walk.guard.ready
    walk.tick(sealed(TEN + 6000, 1500))
    assert not walk.fired
    walk.tick(sealed(TEN + 9000, 2500))
    walk.tick(sealed(TEN + 12_000, 1500))
    assert len(walk.fired) == 1


def test_raising_the_threshold_keeps_what_the_user_armed_on():
    walk = watched(1000)
    walk.tick(VIDEO)
    walk.guard = set_threshold(walk.guard, 2000 * WAN)
    walk.tick(replace(VIDEO, at=TEN + 3000))
    assert len(walk.fired) == 1


@pytest.mark.parametrize("readiness", [Readiness.ONCE, Readiness.SNAPSHOTS])
def test_readiness_that_no_amount_earned_survives_a_new_threshold(readiness):
    walk = watched(1000, readiness=readiness)
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 1500))
    assert set_threshold(walk.guard, 2000 * WAN).ready


def test_lowering_the_threshold_of_a_board_building_up_sells_nothing():
    walk = watched(2000)
    walk.tick(opened(TEN))
    walk.tick(sealed(TEN + 3000, 300))
    walk.guard = set_threshold(walk.guard, 1500 * WAN)
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
    guard = arm_guard(plan(keep_armed=True), replace(instrument(), limit_up=0), TEN)
    assert on_day(guard, instrument(), NEXT).state is GuardState.WATCHING
    assert on_day(disarm(watched(keep_armed=True).guard), instrument(), NEXT).state is GuardState.OFF


def test_the_same_day_told_again_changes_nothing_but_a_limit_does():
    walk = watched()
    walk.tick(sealed(TEN, 3000))
    assert on_day(walk.guard, instrument(), TEN + 1) is walk.guard
    corrected = on_day(walk.guard, instrument(prev=2400), TEN + 1)
    assert corrected.limit_up == 2640
    walk.tick(sealed(TEN + 3000, 100))
    assert on_day(walk.guard, instrument(prev=2400), TEN + 4000) is walk.guard


# --- the clipped board of a real day


def raw_amount(row: dict[str, str]) -> Decimal:
    return Decimal(row["bid1"]) * (int(row["bid_vol1"]) // 100) * 100


def expected_trigger(ticks, yuan: int, *, above: bool) -> int:
    """From the raw rows alone: the time of the first sealed row under the threshold, 0 = none."""
    was_above = not above
    for tick in ticks:
        if not (9 * 60 + 30) * 60_000 <= shanghai_ms_of_day(tick.quote.at) < (14 * 60 + 57) * 60_000:
            continue
        if tick.raw["truth"] != "SEALED":
            was_above = not above
            continue
        amount = raw_amount(tick.raw)
        was_above = was_above or amount >= yuan
        if was_above and amount < yuan:
            return tick.quote.at
    return 0


@pytest.mark.parametrize("yuan", [1_000_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_100_000])
@pytest.mark.parametrize("readiness", [Readiness.ONCE, Readiness.ABOVE, Readiness.AUTO])
def test_the_clipped_board_triggers_exactly_where_the_raw_rows_say(shared_data, yuan, readiness):
    ticks = read_ticks(shared_data / "ticks_clipped_000400_L20.60.csv.gz", "000400.SZ")
    day = ticks[0].quote
    stock = instrument("000400.SZ", day.prev_close, at_day(day.at))
    assert stock.limit_up == 20_600
    walk = Walk(GuardPlan(code="000400.SZ", threshold=yuan * 1000, readiness=readiness), stock)
    walk.arm(ticks[0].quote.at)
    at = 0
    for tick in ticks:
        walk.tick(tick.quote)
        if walk.fired and not at:
            at = tick.quote.at
    assert at == expected_trigger(ticks, yuan, above=readiness is not Readiness.ONCE)
    assert len(walk.fired) == int(at > 0)


def at_day(at: int):
    from qmtdesk.domain.sessions import shanghai_day

    return shanghai_day(at)


def test_real_days_without_a_seal_trigger_nothing(shared_data):
    for name, code in (
        ("ticks_20211201_sh6.csv.gz", "600446.SH"),
        ("ticks_20211201_sh6.csv.gz", "688378.SH"),
        ("ticks_20220601_sz2.csv.gz", "300288.SZ"),
    ):
        ticks = read_ticks(shared_data / name, code)
        walk = Walk(
            GuardPlan(code=code, threshold=10**12, readiness=Readiness.ONCE),
            instrument(code, ticks[0].quote.prev_close, at_day(ticks[0].quote.at)),
        )
        walk.arm(ticks[0].quote.at)
        for tick in ticks:
            walk.tick(tick.quote)
        assert not walk.fired, code


# --- for any course of the market

KINDS = {
    "sealed": sealed,
    "at_limit": lambda at, wan: at_limit(at),
    "open": lambda at, wan: opened(at, LIMIT - 10 * (1 + wan % 40)),
    "empty": lambda at, wan: quote(at, LIMIT),
    "no_bid": lambda at, wan: quote(at, LIMIT - 100, (0, 0), (LIMIT - 100, 500)),
}
steps = st.tuples(
    st.sampled_from(sorted(KINDS)),
    st.integers(1, 6000),
    st.sampled_from([0, 3000, 3000, 30_000]),
    st.booleans(),
    st.sampled_from([None, None, None, Phase.LUNCH, Phase.CLOSE_AUCTION, Phase.OPEN_AUCTION]),
    st.integers(0, 20_000),
)
plans = st.builds(
    GuardPlan,
    code=st.just(CODE),
    threshold=st.sampled_from([500 * WAN, 2000 * WAN]),
    readiness=st.sampled_from(list(Readiness)),
    snapshots=st.integers(1, 3),
    confirm=st.integers(1, 3),
    sell_volume=st.sampled_from([0, -1, 700, 1_000_000]),
    rules=st.sampled_from(
        [
            (),
            (RuleSetting(rule=RuleId.R11, threshold=3),),
            (
                RuleSetting(rule=RuleId.R2, threshold=3000, floor=100 * WAN, window_ms=60_000),
                RuleSetting(rule=RuleId.R8, threshold=2, confirm=2),
            ),
        ]
    ),
)


@given(plans, st.lists(steps, max_size=40))
def test_a_guard_sells_once_at_most_never_blind_never_in_an_auction_never_too_much(drawn, course):
    walk, at, sold = Walk(drawn).arm(), TEN, 0
    for kind, wan, gap, fresh, phase, can_use in course:
        at += gap
        walk.can_use, walk.position = can_use, can_use + 1000
        fired = said(walk.tick(KINDS[kind](at, wan), fresh=fresh, phase=phase), Fired)
        for one in fired:
            assert fresh
            assert phase is None
            assert 0 < one.volume <= can_use
            assert walk.board.sealed or one.rule in (RuleId.R11, RuleId.R8)
            if one.rule is RuleId.R1:
                assert walk.board.seal < drawn.threshold
        sold += len(fired)
        wanted = wanted_sale(walk.guard)
        assert (wanted is not None) == (walk.guard.state is GuardState.TRIGGERED)
        if wanted is not None:
            stock = walk.instrument
            assert stock.limit_down <= wanted.price <= stock.limit_up
            assert wanted.price % stock.tick == 0
            assert wanted.volume == walk.guard.target
    assert sold <= 1
