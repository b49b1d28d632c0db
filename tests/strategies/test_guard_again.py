"""What a guard that fired long ago makes of the board of now, and what it says when nothing can be sold."""

import pytest
from guard_kit import LIMIT, TEN, VIDEO, Walk, at_limit, context, guard_plan, opened, said, sealed, watched

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


def test_a_rule_about_breaks_is_held_against_its_own_count():
    rules = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R11, threshold=3))
    walk = watched(rules=rules)
    walk.tick(sealed(TEN, 5000))
    walk.tick(opened(TEN + 3000))
    assert walk.guard.state is GuardState.TRIGGERED
    walk.tick(at_limit(LATER))
    guard, moves = again(walk)
    assert guard.state is GuardState.WATCHING
    (why,) = [move.reason for move in said(moves, NotSold)]
    assert dict(why.args) == {"rule": "r11", "waited_ms": LATER - TEN - 3000}


def test_what_the_seal_earned_is_kept_and_confirmations_begin_anew():
    walk = fired(confirm=1, readiness=Readiness.AUTO)
    walk.tick(sealed(LATER, 3000))
    walk.guard, _ = again(walk)
    assert walk.guard.ready
    assert walk.guard.confirm_have == ((RuleId.R1, 0),)
    walk.tick(sealed(LATER + 3000, 1500))
    assert walk.guard.state is GuardState.TRIGGERED
    assert walk.guard.sale.fired_at == LATER + 3000


def test_readiness_stays_with_a_rule_that_let_go_of_a_seal_under_the_threshold():
    rules = (RuleSetting(rule=RuleId.R1, on=False), RuleSetting(rule=RuleId.R7, threshold=1))
    walk = watched(rules=rules)
    walk.tick(sealed(TEN, 1500))
    walk.tick(replace(sealed(TEN + 3000, 1500), volume=12_000_000))
    assert walk.guard.state is GuardState.TRIGGERED
    walk.tick(opened(TEN + 6000))
    walk.tick(replace(sealed(TEN + 9000, 1500), volume=12_000_000))
    walk.tick(replace(sealed(LATER, 1500), volume=12_000_000))
    guard, _ = again(walk)
    assert (guard.state, guard.ready) == (GuardState.WATCHING, True)


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
