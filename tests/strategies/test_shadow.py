"""Shadow statistics: what each rule would have done, and what the board did next."""

from guard_kit import CODE, LIMIT, TEN, WAN, clock, opened, read_ticks, sealed
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.plans import RuleId
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.board import step_board, watch
from qmtdesk.strategies.shadow import (
    VARIANTS,
    Score,
    Shadow,
    Variant,
    close_shadow,
    figures,
    start_shadow,
    step_shadow,
    summary,
    total,
)

AT_10 = Variant(RuleId.R1, 1000 * WAN)
AT_20 = Variant(RuleId.R1, 2000 * WAN)


def day(shadow: Shadow, *quotes, phase: Phase = Phase.MORNING) -> Shadow:
    board = watch(CODE, LIMIT)
    for one in quotes:
        board, moves = step_board(board, one, phase, one.at)
        shadow = step_shadow(shadow, board, moves, one)
    return shadow


def score(shadow: Shadow, variant: Variant) -> Score:
    return next(one for one in summary(shadow) if one.variant == variant)


def wans(*amounts: int, start: int = TEN):
    """Sealed snapshots of these amounts, 3 s apart; 0 is an open board."""
    return [sealed(start + 3000 * n, wan) if wan else opened(start + 3000 * n) for n, wan in enumerate(amounts)]


def test_a_break_after_a_firing_is_a_hit_and_one_without_a_miss():
    shadow = day(start_shadow((AT_10, AT_20)), *wans(3000, 1500, 0))
    assert score(shadow, AT_20) == Score(AT_20, fired=1, broke=1)
    assert score(shadow, AT_10) == Score(AT_10, missed=1)


def test_a_board_that_held_to_the_close_counts_against_the_rule():
    shadow = close_shadow(day(start_shadow((AT_10, AT_20)), *wans(3000, 1500, 4000)), LIMIT, LIMIT)
    assert score(shadow, AT_20) == Score(AT_20, fired=1, held=1, days=1)
    assert score(shadow, AT_10) == Score(AT_10, quiet=1)
    assert shadow.seals == 1


def test_a_seal_never_above_the_threshold_does_not_fire():
    shadow = day(start_shadow((AT_20,)), *wans(100, 1900, 300, 0))
    assert score(shadow, AT_20) == Score(AT_20, missed=1)


def test_each_seal_is_counted_on_its_own():
    shadow = day(start_shadow((AT_20,)), *wans(3000, 1500, 0, 3000, 1500, 0, 3000))
    assert score(shadow, AT_20) == Score(AT_20, fired=2, broke=2)
    assert shadow.seals == 3


def test_the_edge_is_the_limit_against_the_days_last_price():
    shadow = day(start_shadow((AT_10, AT_20)), *wans(3000, 1500, 0))
    shadow = close_shadow(shadow, 2385, LIMIT)
    assert score(shadow, AT_20).edge_bp == 1000
    assert score(shadow, AT_20).days == 1
    assert score(shadow, AT_10).days == 0
    assert close_shadow(shadow, 0, 0).scores == shadow.scores


def test_days_add_up():
    shadow = start_shadow((AT_20,))
    for _ in range(3):
        shadow = close_shadow(day(shadow, *wans(3000, 1500, 0)), 2385, LIMIT)
    assert score(shadow, AT_20) == Score(AT_20, fired=3, broke=3, edge_bp=3000, days=3)


def test_a_rule_that_fired_is_not_asked_again_on_that_seal():
    shadow = day(start_shadow((AT_20,)), *wans(3000, 1500, 3000, 1500, 3000))
    assert shadow.met == (True,)
    assert close_shadow(shadow, LIMIT, LIMIT).scores[0].fired == 1


def test_auctions_and_dropped_snapshots_add_nothing():
    # 15,000 shares traded against the seal: nothing beside 3000 万 of queue, much beside the one lot of what follows
    steps = [sealed(clock(11, 29, 54), 3000), sealed(clock(11, 29, 57), 3000, volume=10_015_000)]
    board, shadow = watch(CODE, LIMIT), start_shadow((Variant(RuleId.R4, 5000),))
    for one in steps:
        board, moves = step_board(board, one, Phase.MORNING, one.at)
        shadow = step_shadow(shadow, board, moves, one)
    assert shadow.met == (False,)
    stale = sealed(clock(11, 29, 50), 0)
    same, moves = step_board(board, stale, Phase.MORNING, stale.at)
    assert step_shadow(shadow, same, moves, stale) is shadow
    for late, phase in ((sealed(clock(11, 30), 0), Phase.LUNCH), (sealed(clock(14, 58), 0), Phase.CLOSE_AUCTION)):
        after, moves = step_board(board, late, phase, late.at)
        assert step_shadow(shadow, after, moves, late) is shadow
    weak = sealed(clock(11, 29, 59), 0, volume=10_015_000)
    counted, moves = step_board(board, weak, Phase.MORNING, weak.at)
    assert step_shadow(shadow, counted, moves, weak).met == (True,)


def test_several_stocks_add_up():
    one = day(start_shadow((AT_10, AT_20)), *wans(3000, 1500, 0))
    two = day(start_shadow((AT_20,)), *wans(3000, 2500, 0))
    seals, scores = total([one, two])
    assert seals == 2
    assert scores == (Score(AT_10, missed=2 - 1), Score(AT_20, fired=1, broke=1, missed=1))


def test_the_arm_sheet_shows_the_nearest_threshold():
    shadow = close_shadow(day(start_shadow((AT_10, AT_20)), *wans(3000, 1500, 0)), 2385, LIMIT)
    shown = dict(figures(shadow, 1800 * WAN))
    assert shown["threshold_milli"] == 2000 * WAN
    assert (shown["fired"], shown["broke"], shown["held"], shown["missed"]) == (1, 1, 0, 0)
    assert (shown["edge_bp"], shown["days"], shown["seals"]) == (1000, 1, 1)
    assert dict(figures(shadow, 100 * WAN))["edge_bp"] == 0
    assert figures(start_shadow((Variant(RuleId.R7, 1000),)), 2000 * WAN) == ()


def test_a_real_clipped_board_is_scored(shared_data):
    ticks = read_ticks(shared_data / "ticks_clipped_000400_L20.60.csv.gz", "000400.SZ")
    variants = tuple(Variant(RuleId.R1, wan * WAN) for wan in (100, 200, 300))
    shadow, board = start_shadow(variants), watch("000400.SZ", 20_600)
    for tick in ticks:
        board, moves = step_board(board, tick.quote, tick.phase, tick.quote.at)
        shadow = step_shadow(shadow, board, moves, tick.quote)
    shadow = close_shadow(shadow, ticks[-1].quote.last, 20_600)
    # first seal 115 .. 153 down to 1 ten-thousands, then a break; second up to 307 and held
    assert shadow.seals == 2
    assert [(one.fired, one.broke, one.held, one.missed) for one in shadow.scores] == [
        (2, 1, 1, 0),
        (1, 0, 1, 1),
        (1, 0, 1, 1),
    ]


amounts = st.lists(st.sampled_from([0, 100, 900, 1500, 2500, 6000]), max_size=60)


@given(amounts)
def test_every_seal_that_ended_is_counted_once_for_every_rule(course):
    shadow = close_shadow(day(start_shadow(), *wans(*course)), LIMIT - 100, LIMIT)
    for one in shadow.scores:
        assert one.fired == one.broke + one.held
        assert one.fired + one.missed + one.quiet == shadow.seals
        assert one.days <= 1
    assert len(shadow.scores) == len(VARIANTS)
