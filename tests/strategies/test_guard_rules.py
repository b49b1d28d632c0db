"""The guard's rules R2 to R11: exactly when each is met, and what it says."""

import pytest
from guard_kit import CODE, LIMIT, TEN, WAN, Walk, at_limit, clock, opened, quote
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.plans import GuardAction, GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.quote import Level
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard import Near, StateShown
from qmtdesk.strategies.guard_rules import MOST_CONFIRM, RULES, Look, eta_to, rule_problem

LOT_VALUE = LIMIT * 100
OFF_R1 = RuleSetting(rule=RuleId.R1, on=False)


def bare(board: Board) -> Board:
    """A board of a journal that kept no history."""
    return replace(board, history=(), volumes=())


def guarded(rule: RuleId, **numbers) -> Walk:
    setting = RuleSetting(rule=rule, **numbers)
    return Walk(GuardPlan(code=CODE, rules=(OFF_R1, setting))).arm()


def at_the_close(rule: RuleId, **numbers) -> Walk:
    """A guard with the closing auction ticked."""
    plan = GuardPlan(code=CODE, rules=(OFF_R1, RuleSetting(rule=rule, **numbers)), closing_auction=True)
    return Walk(plan).arm()


def matched(at: int, price: int, *left: Level, volume: int = 10_000_000):
    """A snapshot of the closing auction: the virtual match on both sides, what is left of the buyers on level two."""
    return quote(at, LIMIT, (price, 1_000), (price, 1_000), volume=volume, more_bids=left)


def queue(at: int, lots: int, *, volume: int = 10_000_000):
    """A sealed snapshot with exactly that many lots."""
    return quote(at, LIMIT, (LIMIT, lots * 100), volume=volume)


def run(walk: Walk, *quotes) -> list[Why]:
    for one in quotes:
        walk.tick(one)
    return [move.reason.why for move in walk.fired]


# --- R2 drop


def test_a_drop_of_the_asked_share_and_size_fires():
    walk = guarded(RuleId.R2, threshold=3000, floor=100 * LOT_VALUE, window_ms=60_000)
    assert run(walk, queue(TEN, 1000), queue(TEN + 3000, 701)) == []
    assert run(walk, queue(TEN + 6000, 700)) == [Why.RULE_DROP]
    assert walk.fired[0].reason.get("drop_bp") == 3000


def test_a_small_drop_of_a_small_seal_does_not_fire():
    walk = guarded(RuleId.R2, threshold=3000, floor=300 * LOT_VALUE, window_ms=60_000)
    assert run(walk, queue(TEN, 1000), queue(TEN + 3000, 700)) == []
    assert any(isinstance(move, Near) for move in walk.moves)
    assert run(walk, queue(TEN + 6000, 699)) == [Why.RULE_DROP]


def test_a_board_kept_without_its_history_is_not_judged_before_its_next_snapshot():
    walk = guarded(RuleId.R2, threshold=3000, window_ms=60_000)
    walk.guard, kept = None, walk.guard
    run(walk, queue(TEN, 1000))
    walk.guard, walk.board = kept, bare(walk.board)
    assert walk.look(TEN + 1000) == [StateShown("sealed")]
    assert run(walk, queue(TEN + 3000, 700)) == []
    assert run(walk, queue(TEN + 6000, 490)) == [Why.RULE_DROP]


def test_a_maximum_older_than_the_window_or_of_an_older_seal_does_not_count():
    walk = guarded(RuleId.R2, threshold=3000, window_ms=60_000)
    assert run(walk, queue(TEN, 1000), queue(TEN + 61_000, 500)) == []
    assert run(walk, opened(TEN + 62_000), queue(TEN + 63_000, 100)) == []


# --- R3 decay


def test_a_seal_about_to_run_dry_fires():
    walk = guarded(RuleId.R3, threshold=30_000, window_ms=10_000)
    # 100 lots lost in 6 s: 500 lots last 30 s, 400 lots 24 s
    assert run(walk, queue(TEN, 600), queue(TEN + 6000, 500)) == []
    assert run(walk, queue(TEN + 7000, 400)) == [Why.RULE_DECAY]
    assert walk.fired[0].reason.get("eta_ms") == 14_000


def test_a_seal_younger_than_half_the_window_has_no_pace():
    walk = guarded(RuleId.R3, threshold=30_000, window_ms=20_000)
    assert run(walk, queue(TEN, 600), queue(TEN + 9_999, 10)) == []
    assert run(walk, queue(TEN + 10_000, 10)) == [Why.RULE_DECAY]


def test_a_growing_or_slowly_falling_seal_is_no_decay():
    walk = guarded(RuleId.R3, threshold=30_000, floor=50 * LOT_VALUE, window_ms=10_000)
    assert run(walk, queue(TEN, 600), queue(TEN + 9000, 700)) == []
    assert run(walk, queue(TEN + 18_000, 699), queue(TEN + 27_000, 640)) == []


# --- R4 consumption


def test_volume_traded_since_the_seal_is_held_against_the_queue():
    walk = guarded(RuleId.R4, threshold=10_000, floor=20_000)
    assert run(walk, queue(TEN, 1000, volume=10**6), queue(TEN + 3000, 1000, volume=10**6 + 99_999)) == []
    assert run(walk, queue(TEN + 6000, 1000, volume=10**6 + 100_000)) == [Why.RULE_CONSUMED]


def test_consumption_can_be_counted_over_a_window():
    walk = guarded(RuleId.R4, threshold=10_000, window_ms=6000)
    for no in range(10):
        walk.tick(queue(TEN + 3000 * no, 1000, volume=10**6 + 20_000 * no))
    assert not walk.fired
    assert run(walk, queue(TEN + 30_000, 1000, volume=10**6 + 180_000 + 60_000)) == []
    assert run(walk, queue(TEN + 33_000, 1000, volume=10**6 + 180_000 + 110_000)) == [Why.RULE_CONSUMED]


def test_little_traded_against_a_tiny_queue_is_not_consumption():
    walk = guarded(RuleId.R4, threshold=10_000, floor=20_000)
    assert run(walk, queue(TEN, 10, volume=10**6), queue(TEN + 3000, 10, volume=10**6 + 20_000)) == []


def test_in_the_closing_auction_the_queue_is_what_the_match_leaves():
    walk = at_the_close(RuleId.R4, threshold=10_000)
    run(walk, queue(clock(14, 55), 1000), queue(clock(14, 56, 57), 1000, volume=10_050_000))
    assert run(walk, matched(clock(14, 57, 6), LIMIT, Level(0, 100_000), volume=10_050_000)) == []
    assert run(walk, matched(clock(14, 57, 9), LIMIT, Level(0, 50_000), volume=10_050_000)) == [Why.RULE_CONSUMED]
    assert (walk.fired[0].reason.get("queue"), walk.fired[0].reason.get("traded")) == (50_000, 50_000)


# --- windows across noon


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (RuleSetting(rule=RuleId.R2, threshold=3000, window_ms=60_000), Why.RULE_DROP),
        (RuleSetting(rule=RuleId.R3, threshold=30_000, window_ms=60_000), Why.RULE_DECAY),
        (RuleSetting(rule=RuleId.R4, threshold=1000, window_ms=60_000), Why.RULE_CONSUMED),
        (RuleSetting(rule=RuleId.R5, threshold=3000, window_ms=60_000), Why.RULE_NET_CANCEL),
    ],
)
def test_the_lunch_break_takes_nothing_of_a_rules_window(rule: RuleSetting, why: Why):
    walk = Walk(GuardPlan(code=CODE, rules=(OFF_R1, rule))).arm()
    before = [queue(clock(11, 29, 3 * no), 1000) for no in range(20)]
    assert run(walk, *before) == []
    assert run(walk, queue(clock(13, 0, 3), 300, volume=10_010_000)) == [why]


def test_what_is_older_than_a_window_of_trading_does_not_count_after_the_break():
    walk = guarded(RuleId.R2, threshold=3000, window_ms=60_000)
    assert run(walk, queue(clock(11, 29, 2), 1000), queue(clock(13, 0, 3), 300)) == []


def test_the_pace_across_the_break_is_that_of_trading():
    walk = guarded(RuleId.R3, threshold=30_000, window_ms=20_000)
    assert run(walk, queue(clock(11, 29, 50), 600), queue(clock(13, 0), 400)) == [Why.RULE_DECAY]
    assert walk.fired[0].reason.get("passed_ms") == 10_000
    assert walk.fired[0].reason.get("eta_ms") == 20_000


# --- R6 shares


def look(lots: int, **changes) -> Look:
    walk = Walk(GuardPlan(code=CODE)).arm()
    seen = queue(TEN, lots)
    walk.tick(seen)
    return replace(Look(walk.board, seen, 10, 0, day_amount=0), **changes)


def test_a_seal_small_against_the_days_amount_fires():
    setting = RuleSetting(rule=RuleId.R6, threshold=500)
    check = RULES[RuleId.R6].check
    day = 1000 * LOT_VALUE
    assert check(look(100, day_amount=day), setting) is None
    assert check(look(50, day_amount=day), setting).fires is False
    assert check(look(49, day_amount=day), setting).fires is True


def test_a_seal_small_against_the_float_fires_only_where_the_float_is_known():
    setting = RuleSetting(rule=RuleId.R6, floor=50)
    check = RULES[RuleId.R6].check
    assert check(look(49, day_amount=10**15, float_value=10_000 * LOT_VALUE), setting).fires is True
    assert check(look(50, day_amount=10**15, float_value=10_000 * LOT_VALUE), setting).fires is False
    assert check(look(1, day_amount=10**15), setting) is None


# --- R7 one big print


def test_one_print_against_the_queue_before_it_fires():
    walk = guarded(RuleId.R7, threshold=2000, floor=5000)
    assert run(walk, queue(TEN, 1000, volume=10**6), queue(TEN + 3000, 900, volume=10**6 + 19_999)) == []
    assert run(walk, queue(TEN + 6000, 900, volume=10**6 + 19_999 + 18_000)) == [Why.RULE_BIG_PRINT]


def test_the_print_that_sealed_the_board_is_not_held_against_it():
    walk = guarded(RuleId.R7, threshold=2000)
    assert run(walk, opened(TEN), queue(TEN + 3000, 10, volume=20_000_000)) == []


def test_what_was_traded_while_nobody_looked_is_no_print():
    walk = guarded(RuleId.R7, threshold=2000)
    seen = [queue(TEN + 3000 * no, 1000, volume=10_000_000 + 1000 * no) for no in range(5)]
    late = queue(TEN + 252_000, 1000, volume=10_090_000)
    assert run(walk, *seen, late) == []
    assert run(walk, queue(TEN + 255_000, 1000, volume=10_110_000)) == [Why.RULE_BIG_PRINT]


def test_a_board_taken_over_from_a_journal_has_no_print_before_its_second_snapshot():
    walk = guarded(RuleId.R7, threshold=2000)
    run(walk, queue(TEN, 1000))
    walk.board = replace(walk.board, phase=None)
    assert run(walk, queue(TEN + 3000, 1000, volume=10_030_000)) == []
    assert run(walk, queue(TEN + 6000, 1000, volume=10_060_000)) == [Why.RULE_BIG_PRINT]


def test_the_lunch_break_is_no_gap_between_two_snapshots():
    walk = guarded(RuleId.R7, threshold=2000)
    run(walk, queue(clock(11, 29, 58), 1000))
    assert run(walk, queue(clock(13, 0, 2), 1000, volume=10_030_000)) == [Why.RULE_BIG_PRINT]


# --- R8 breaks


def test_the_lunch_break_does_not_count_as_time_open():
    walk = guarded(RuleId.R8, window_ms=300_000)
    walk.tick(queue(clock(11, 29, 51), 1000))
    walk.tick(opened(clock(11, 29, 54)))
    assert run(walk, opened(clock(13, 0, 3)), opened(clock(13, 4, 53))) == []
    assert run(walk, opened(clock(13, 4, 54))) == [Why.RULE_BREAKS]


def test_the_number_of_breaks_fires_sealed_or_not():
    walk = guarded(RuleId.R8, threshold=2)
    assert run(walk, queue(TEN, 100), opened(TEN + 3000), queue(TEN + 6000, 100)) == []
    assert run(walk, opened(TEN + 9000)) == [Why.RULE_BREAKS]


def test_a_board_open_too_long_fires():
    walk = guarded(RuleId.R8, window_ms=30_000)
    assert run(walk, queue(TEN, 100), opened(TEN + 3000), opened(TEN + 32_999)) == []
    assert run(walk, opened(TEN + 33_000)) == [Why.RULE_BREAKS]


def test_a_weak_second_seal_fires():
    walk = guarded(RuleId.R8, floor=5000)
    assert run(walk, queue(TEN, 100), queue(TEN + 1000, 1000), opened(TEN + 3000), queue(TEN + 6000, 500)) == []
    assert run(walk, queue(TEN + 9000, 499)) == [Why.RULE_BREAKS]


def test_a_board_that_never_broke_has_no_breaks():
    walk = guarded(RuleId.R8, threshold=1, floor=5000, window_ms=1)
    assert run(walk, opened(TEN), queue(TEN + 3000, 1000), queue(TEN + 6000, 1)) == []
    assert not any(isinstance(move, Near) for move in walk.moves)


# --- R11 already broken


def test_a_last_price_below_the_limit_after_a_seal_fires():
    walk = guarded(RuleId.R11, threshold=3)
    assert run(walk, opened(TEN, LIMIT - 100), queue(TEN + 3000, 100)) == []
    assert run(walk, at_limit(TEN + 6000), opened(TEN + 9000, LIMIT - 20)) == []
    assert run(walk, opened(TEN + 12_000, LIMIT - 30)) == [Why.RULE_BROKEN]
    assert walk.fired[0].reason.get("ticks") == 3
    assert walk.guard.attempt == 1


def test_a_board_that_opens_in_the_closing_auction_is_as_far_below_the_limit_as_its_match():
    # the last print stays at the limit until 15:00
    walk = at_the_close(RuleId.R11, threshold=3)
    assert run(walk, queue(clock(14, 56, 57), 100), matched(clock(14, 57, 6), LIMIT, Level(0, 90_000))) == []
    assert run(walk, matched(clock(14, 57, 9), LIMIT), matched(clock(14, 57, 12), LIMIT - 20)) == []
    assert run(walk, matched(clock(14, 57, 15), LIMIT - 30)) == [Why.RULE_BROKEN]
    assert (walk.fired[0].reason.get("last_milli"), walk.fired[0].reason.get("ticks")) == (LIMIT - 30, 3)


@pytest.mark.parametrize(
    ("bid", "ask", "fires"),
    [
        ((LIMIT - 50, 100), (LIMIT, 100), False),
        ((0, 0), (LIMIT, 100), False),
        ((LIMIT - 50, 100), (0, 0), False),
        ((LIMIT - 50, 100), (LIMIT - 30, 100), True),
    ],
)
def test_a_closing_auction_without_a_match_is_below_the_limit_where_its_best_offer_is(bid, ask, fires):
    walk = at_the_close(RuleId.R11, threshold=3)
    run(walk, queue(clock(14, 56, 57), 100), quote(clock(14, 57, 6), LIMIT, bid, ask))
    assert bool(walk.fired) is fires


# --- each rule's own switch


def test_each_rule_has_its_own_confirmations_and_action():
    walk = guarded(RuleId.R11, threshold=1, confirm=2, action=GuardAction.ALERT)
    run(walk, queue(TEN, 100), opened(TEN + 3000))
    assert not walk.fired
    run(walk, opened(TEN + 6000), opened(TEN + 9000))
    assert [move.action for move in walk.fired] == [GuardAction.ALERT]


def test_a_rule_switched_off_says_nothing():
    walk = guarded(RuleId.R11, threshold=1, on=False)
    assert run(walk, queue(TEN, 100), opened(TEN + 3000)) == []


def test_all_but_the_first_rule_are_off_by_default_and_make_sense_when_on():
    assert [rule for rule, one in RULES.items() if one.usual.on] == [RuleId.R1]
    assert set(RULES) == set(RuleId)
    for one in RULES.values():
        assert rule_problem(replace(one.usual, on=True)) is None


@pytest.mark.parametrize(
    "setting",
    [
        RuleSetting(rule=RuleId.R2, threshold=3000),
        RuleSetting(rule=RuleId.R2, threshold=3000, window_ms=600_001),
        RuleSetting(rule=RuleId.R2, threshold=0, floor=1, window_ms=60_000),
        RuleSetting(rule=RuleId.R7, threshold=-1),
        RuleSetting(rule=RuleId.R7, threshold=100, confirm=0),
        RuleSetting(rule=RuleId.R7, threshold=100, confirm=MOST_CONFIRM + 1),
        RuleSetting(rule=RuleId.R8),
    ],
)
def test_numbers_that_make_no_sense_are_named(setting):
    assert rule_problem(setting).why is Why.BAD_SETTING
    assert rule_problem(replace(setting, on=False)) is None


@pytest.mark.parametrize("rule", [RuleId.R4, RuleId.R6, RuleId.R8])
def test_some_rules_need_no_window(rule):
    assert rule_problem(RuleSetting(rule=rule, threshold=100)) is None


# --- projection


def test_the_time_to_the_threshold_follows_the_pace():
    walk = Walk(GuardPlan(code=CODE)).arm()
    assert eta_to(walk.board, 2000 * WAN) == 0
    run(walk, queue(TEN, 20_000), queue(TEN + 30_000, 15_000))
    assert eta_to(walk.board, 10_000 * LOT_VALUE) == 30_000
    assert eta_to(walk.board, 16_000 * LOT_VALUE) == 0
    run(walk, queue(TEN + 60_000, 25_000))
    assert eta_to(walk.board, 10_000 * LOT_VALUE) == 0


def test_a_board_kept_without_its_history_has_no_pace_yet():
    walk = guarded(RuleId.R2, threshold=3000, window_ms=60_000)
    run(walk, queue(TEN, 20_000))
    assert eta_to(bare(walk.board), 10_000 * LOT_VALUE) == 0


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 50_000), st.integers(0, 30_000)), min_size=1, max_size=40)
)
def test_no_course_of_a_seal_makes_a_rule_fail(course):
    rules = tuple(
        replace(rule.usual, on=True, action=GuardAction.ALERT) for name, rule in RULES.items() if name is not RuleId.R1
    )
    walk, at, volume = Walk(GuardPlan(code=CODE, action=GuardAction.ALERT, rules=rules)).arm(), TEN, 10**6
    for lots, traded, gap in course:
        at, volume = at + gap, volume + traded
        walk.tick(queue(at, lots, volume=volume) if lots else opened(at))
    seen = [(move.rule, move.reason.why) for move in walk.fired]
    assert all(RULES[rule].why is why for rule, why in seen)
    assert all(walk.board.seals >= 1 for _ in seen)


def test_a_rule_says_the_same_of_the_same_snapshot():
    setting = RuleSetting(rule=RuleId.R1)
    seen = look(10, threshold=2000 * WAN)
    assert RULES[RuleId.R1].check(seen, setting) == RULES[RuleId.R1].check(seen, setting)
    assert RULES[RuleId.R1].check(replace(seen, threshold=WAN // 10), setting) is None
