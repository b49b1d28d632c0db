"""The guard: when R1 fires, how it becomes ready, and when nothing is decided."""

import pytest
from guard_kit import (
    LIMIT,
    TEN,
    VIDEO,
    Walk,
    at_limit,
    clock,
    guard_plan,
    instrument,
    opened,
    quote,
    said,
    sealed,
    watched,
)

from qmtdesk.domain.plans import GuardAction, Readiness, RuleId
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.board import step_board
from qmtdesk.strategies.guard import (
    Fired,
    GuardState,
    StateShown,
    WantedSale,
    arm_guard,
    pass_time,
    wanted_sale,
)


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


def test_an_amount_equal_to_the_threshold_is_not_below_it():
    exact = watched()
    exact.guard = arm_guard(guard_plan(threshold=12_692_440_000), instrument(), TEN)
    exact.tick(VIDEO)
    assert not exact.fired
    above = watched()
    above.guard = arm_guard(guard_plan(threshold=12_692_440_001), instrument(), TEN)
    above.tick(VIDEO)
    assert len(above.fired) == 1


def test_the_video_waits_for_recovery_when_asked_to():
    walk = watched(2000, readiness=Readiness.ABOVE)
    walk.tick(VIDEO)
    assert not walk.fired
    assert not walk.guard.ready


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
    walk = Walk(guard_plan(readiness=Readiness.ABOVE))
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


def test_a_snapshot_of_before_lunch_that_comes_after_it_is_not_decided_on():
    walk = watched()
    walk.guard, kept = None, walk.guard
    walk.tick(sealed(clock(11, 29, 57), 1000))
    walk.guard = kept
    late = sealed(clock(11, 30), 1000)
    walk.board, _ = step_board(walk.board, late, Phase.AFTERNOON, clock(13, 0, 1))
    walk.last = late
    assert walk.board.sealed
    walk.look(clock(13, 0, 1))
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
