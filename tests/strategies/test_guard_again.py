"""What a guard that fired long ago makes of the board of now, and what it says when nothing can be sold."""

import pytest
from guard_kit import LIMIT, TEN, VIDEO, WAN, Walk, at_limit, context, guard_plan, opened, said, sealed, watched

from qmtdesk.domain.plans import GuardAction, Readiness, RuleId, RuleSetting
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.guard import Asked, GuardState, NotSold, answer_ask, step_guard
from qmtdesk.strategies.guard_again import LATCH_MS, judge_again, may_judge, waited_long
from qmtdesk.strategies.guard_sale import on_sold, why_nothing

LATER = TEN + 60_000


def fired(wan: int = 2000, **plan: object) -> Walk:
    """A guard that saw the video's board and has not sold."""
    walk = watched(wan, **plan)
    walk.tick(VIDEO)
    assert walk.guard is not None
    assert walk.guard.state is GuardState.TRIGGERED
    return walk


def again(walk: Walk):
    """The walk's guard judged on its newest snapshot."""
    return judge_again(walk.guard, walk.guard.sale, walk.board, walk.last, context(walk.last.at))


def test_only_a_trigger_older_than_the_latch_that_sold_nothing_waited_long():
    guard = fired().guard
    assert not waited_long(guard, TEN + LATCH_MS)
    assert waited_long(guard, TEN + LATCH_MS + 1)
    assert not waited_long(on_sold(guard, 100, TEN), LATER)
    assert not waited_long(watched().guard, LATER)


@pytest.mark.parametrize(("wan", "state"), [(1999, GuardState.TRIGGERED), (2000, GuardState.WATCHING)])
def test_r1_is_held_against_its_threshold_of_now(wan, state):
    walk = fired()
    walk.tick(sealed(LATER, wan))
    guard, moves = again(walk)
    assert guard.state is state
    assert bool(moves) is (state is GuardState.WATCHING)


@pytest.mark.parametrize("seen", [opened(LATER), at_limit(LATER)])
def test_a_seal_that_is_gone_is_sold_at_the_price_of_now(seen):
    walk = fired()
    walk.tick(seen)
    guard, moves = again(walk)
    assert (guard.state, guard.sale.queue, moves) == (GuardState.TRIGGERED, False, ())
    assert guard.sale.price < LIMIT
    assert guard.sale.fired_at == TEN


@pytest.mark.parametrize(("wan", "state"), [(1999, GuardState.TRIGGERED), (2000, GuardState.WATCHING)])
def test_a_rule_about_breaks_lets_go_of_a_board_sealed_again_over_the_threshold_only(wan, state):
    rules = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R11, threshold=3))
    walk = watched(rules=rules)
    walk.tick(sealed(TEN, 5000))
    walk.tick(opened(TEN + 3000))
    assert walk.guard.state is GuardState.TRIGGERED
    walk.tick(at_limit(LATER - 3000))
    assert again(walk)[0].state is GuardState.TRIGGERED
    walk.tick(sealed(LATER, wan))
    guard, moves = again(walk)
    assert guard.state is state
    told = {"rule": "r11", "waited_ms": LATER - TEN - 3000, "amount_milli": walk.board.seal}
    told["threshold_milli"] = 2000 * WAN
    assert [dict(move.reason.args) for move in said(moves, NotSold)] == [told] * (state is GuardState.WATCHING)


def test_what_the_seal_earned_is_kept_and_confirmations_begin_anew():
    walk = fired(confirm=1, readiness=Readiness.AUTO)
    walk.tick(sealed(LATER, 3000))
    walk.guard, _ = again(walk)
    assert walk.guard.ready
    assert walk.guard.confirm_have == ((RuleId.R1, 0),)
    walk.tick(sealed(LATER + 3000, 1500))
    assert walk.guard.state is GuardState.TRIGGERED
    assert walk.guard.sale.fired_at == LATER + 3000


@pytest.mark.parametrize(("wan", "state"), [(2499, GuardState.TRIGGERED), (2500, GuardState.WATCHING)])
def test_a_rule_about_one_snapshot_is_held_against_the_seal_of_that_snapshot(wan, state):
    rules = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R7, threshold=1))
    walk = watched(rules=rules)
    walk.tick(sealed(TEN, 3500))
    walk.tick(replace(sealed(TEN + 3000, 2500), volume=12_000_000))
    assert (walk.guard.state, walk.guard.sale.seal) == (GuardState.TRIGGERED, walk.board.seal)
    walk.tick(opened(TEN + 6000))
    walk.tick(replace(sealed(TEN + 9000, wan), volume=12_000_000))
    walk.tick(replace(sealed(LATER, wan), volume=12_000_000))
    assert again(walk)[0].state is state


@pytest.mark.parametrize("readiness", Readiness)
def test_r1_counts_on_every_board_that_was_let_go(readiness):
    walk = watched(1000, readiness=readiness, snapshots=100, rules=(RuleSetting(rule=RuleId.R11, threshold=1),))
    walk.tick(sealed(TEN, 5000))
    walk.tick(opened(TEN + 3000))
    assert walk.guard.state is GuardState.TRIGGERED
    walk.tick(sealed(LATER, 1000))
    walk.guard, _ = again(walk)
    assert (walk.guard.state, walk.guard.ready) == (GuardState.WATCHING, True)
    walk.tick(sealed(LATER + 3000, 999))
    assert walk.guard.state is GuardState.TRIGGERED


def test_a_sale_the_user_said_yes_to_is_held_against_the_largest_seal_since_the_question():
    walk = watched(action=GuardAction.ASK)
    walk.tick(sealed(TEN, 1800))
    walk.tick(sealed(TEN + 3000, 1900))
    walk.tick(sealed(TEN + 6000, 1500))
    walk.guard, _ = answer_ask(walk.guard, walk.guard.ask, TEN + 7000, sell=True)
    assert 1900 * WAN <= walk.guard.sale.seal < 1901 * WAN


def test_a_yes_that_waited_too_long_ends_its_question_and_the_rule_may_ask_anew():
    walk = watched(action=GuardAction.ASK)
    (asked,) = said(walk.tick(VIDEO), Asked)
    walk.guard, _ = answer_ask(walk.guard, asked.ask, TEN + 1000, sell=True)
    walk.tick(sealed(LATER, 3000))
    walk.guard, _ = again(walk)
    assert (walk.guard.state, walk.guard.question) == (GuardState.WATCHING, None)
    assert len(said(walk.tick(sealed(LATER + 3000, 1500)), Asked)) == 1


def test_stale_data_and_other_phases_judge_nothing():
    walk = fired()
    walk.tick(sealed(LATER, 3000))
    assert may_judge(walk.guard, walk.board, walk.last, context(LATER))
    assert not may_judge(walk.guard, walk.board, walk.last, context(LATER, fresh=False))
    assert not may_judge(walk.guard, walk.board, walk.last, context(TEN + 2 * 3_600_000))


@pytest.mark.parametrize(
    ("sell", "ctx", "why"),
    [
        (0, {"known": False, "can_use": 0, "bought_today": 0}, Why.RECONCILING),
        (50, {"can_use": 1000, "bought_today": 0}, Why.SELL_NOT_LOT),
        (0, {"can_use": 50, "position": 200, "bought_today": 0}, Why.BAD_LOT),
        (0, {"can_use": 50, "position": 200, "bought_today": 150}, Why.T_PLUS_ONE),
        (0, {"can_use": 0, "bought_today": 0}, Why.NOTHING_SELLABLE),
    ],
)
def test_why_nothing_can_be_sold_is_said_truly(sell, ctx, why):
    walk = watched()
    assert why_nothing(guard_plan(sell_volume=sell), walk.instrument, context(TEN, **ctx)).why is why


def test_a_question_keeps_its_volume_while_nobody_knows_what_is_held():
    walk = watched(action=GuardAction.ASK)
    (asked,) = said(walk.tick(VIDEO), Asked)
    walk.last = replace(VIDEO, at=TEN + 3000)
    walk.board = replace(walk.board, ticks=walk.board.ticks + 1, last_at=TEN + 3000)
    unknown = context(TEN + 3000, known=False, can_use=0, position=0, bought_today=0)
    guard, _ = step_guard(walk.guard, walk.board, walk.last, unknown)
    assert guard.question.volume == asked.volume
