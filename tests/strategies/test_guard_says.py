"""What the guard sells once, asks, alerts and shows."""

import pytest
from guard_kit import (
    LIMIT,
    TEN,
    VIDEO,
    Walk,
    at_limit,
    guard_plan,
    opened,
    said,
    sealed,
    watched,
)

from qmtdesk.domain.plans import GuardAction, RuleId, RuleSetting
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
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
    disarm,
    on_sold,
    pass_time,
    shown_state,
    wanted_sale,
)


def test_shares_bought_today_are_not_sold():
    walk = Walk(guard_plan(), can_use=0, position=2000, bought_today=2000).arm()
    moves = walk.tick(VIDEO)
    assert [move.reason.why for move in said(moves, NotSold)] == [Why.T_PLUS_ONE]
    assert walk.guard.state is GuardState.WATCHING
    assert not said(walk.tick(replace(VIDEO, at=TEN + 3000)), NotSold)


def test_nothing_held_is_said_and_shares_that_come_free_are_sold():
    walk = Walk(guard_plan(), can_use=0, position=18_000, bought_today=0).arm()
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
        (600, 650, 20_000, 600),
        (99_900, 18_050, 18_050, 18_050),
        (0, 900, 500, 500),
    ],
)
def test_volumes_are_whole_lots_or_the_whole_odd_remainder(sell_volume, can_use, position, volume):
    walk = Walk(guard_plan(sell_volume=sell_volume), can_use=can_use, position=position, bought_today=0).arm()
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
    walk = Walk(guard_plan(action=GuardAction.ALERT), can_use=0, position=0, bought_today=0).arm()
    walk.tick(VIDEO)
    assert len(walk.fired) == 1


def asking(**changes) -> Walk:
    walk = watched(action=GuardAction.ASK, **changes)
    walk.tick(VIDEO)
    return walk


def test_a_question_is_asked_once_and_runs_out_into_nothing():
    walk = asking()
    asked = said(walk.moves, Asked)
    assert [(one.ask, one.deadline, one.volume, one.price) for one in asked] == [(TEN, TEN + 15_000, 18_000, LIMIT)]
    assert (walk.guard.ask, walk.guard.ask_deadline) == (TEN, TEN + 15_000)
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
    assert [one.ask for one in said(walk.moves, Asked)] == [TEN, TEN + 21_000]
    walk.tick(opened(TEN + 40_000))
    walk.tick(sealed(TEN + 43_000, 2500))
    walk.tick(sealed(TEN + 46_000, 1500))
    assert [one.ask for one in said(walk.moves, Asked)] == [TEN, TEN + 21_000, TEN + 46_000]


def test_two_questions_are_never_open_together():
    broken = RuleSetting(rule=RuleId.R11, threshold=1, action=GuardAction.ASK)
    walk = asking(rules=(broken,), ask_timeout_ms=60_000)
    walk.tick(opened(TEN + 3000))
    assert len(said(walk.moves, Asked)) == 1


def test_a_yes_sells_what_the_question_shows_now():
    walk = asking()
    walk.can_use = 17_000
    walk.tick(opened(TEN + 3000, last=2600))
    guard, moves = answer_ask(walk.guard, TEN, TEN + 4000, sell=True)
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
    guard, moves = answer_ask(walk.guard, TEN, TEN + 4000, sell=True)
    assert [move.reason.why for move in moves] == [Why.NOTHING_SELLABLE]
    assert guard.state is GuardState.ASKING


def test_a_no_closes_the_question():
    walk = asking()
    guard, moves = answer_ask(walk.guard, TEN, TEN + 1000, sell=False)
    assert [move.reason.why for move in moves] == [Why.ASK_DECLINED]
    assert guard.state is GuardState.WATCHING
    walk.guard = guard
    walk.tick(replace(VIDEO, at=TEN + 3000))
    assert len(said(walk.moves, Asked)) == 1


@pytest.mark.parametrize("sell", [True, False])
def test_an_answer_too_late_or_to_another_question_does_nothing(sell):
    walk = asking()
    same, moves = answer_ask(walk.guard, TEN + 1, TEN + 1000, sell=sell)
    assert (same, moves) == (walk.guard, ())
    late, moves = answer_ask(walk.guard, TEN, TEN + 15_000, sell=sell)
    assert [move.reason.why for move in moves] == [Why.ASK_EXPIRED]
    assert late.state is GuardState.WATCHING
    assert answer_ask(late, TEN, TEN + 16_000, sell=sell) == (late, ())


def test_a_rule_that_sells_by_itself_overtakes_the_question():
    broken = RuleSetting(rule=RuleId.R11, threshold=1, action=GuardAction.SELL)
    walk = asking(rules=(broken,))
    moves = walk.tick(opened(TEN + 3000))
    assert [move.reason.why for move in said(moves, AskExpired)] == [Why.ALREADY_TRIGGERED]
    assert [move.rule for move in said(moves, Fired)] == [RuleId.R11]
    assert walk.guard.question is None


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
