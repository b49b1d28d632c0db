"""The arm sheet: what a guard would do, before it is armed."""

import pytest
from guard_kit import CODE, LIMIT, TEN, VIDEO, WAN, Walk, clock, context, instrument, opened

from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, RuleId, RuleSetting
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.guard_preview import Preview, preview_guard

PLAN = GuardPlan(code=CODE, threshold=2000 * WAN)
TOLD = instrument(told_up=2650, told_down=2170)


def shown(plan: GuardPlan = PLAN, quote=VIDEO, stock=TOLD, **changes) -> Preview:
    walk = Walk(plan, stock)
    walk.tick(quote)
    return preview_guard(plan, stock, walk.board, quote, context(quote.at, **changes))


def whys(preview: Preview) -> list[tuple[str, Why]]:
    return [(line.level, line.reason.why) for line in preview.checks]


def test_the_video_would_fire_now():
    preview = shown()
    assert preview.ok
    assert preview.fires is GuardAction.SELL
    assert (preview.board, preview.seal) == ("sealed", 12_692_440_000)
    assert (preview.bid1, preview.bid1_lots) == (2650, 47_896)
    assert (preview.volume, preview.t1_volume, preview.price) == (18_000, 2000, LIMIT)
    assert (preview.limit_up, preview.told_up) == (2650, 2650)
    assert whys(preview) == [("warn", Why.RULE_AMOUNT), ("warn", Why.T_PLUS_ONE)]


def test_waiting_for_recovery_or_a_lower_threshold_would_not():
    assert shown(replace(PLAN, readiness=Readiness.ABOVE)).fires is None
    assert shown(replace(PLAN, threshold=1000 * WAN)).fires is None


def test_confirmations_are_taken_as_coming():
    assert shown(replace(PLAN, confirm=3)).fires is GuardAction.SELL
    assert shown(replace(PLAN, readiness=Readiness.SNAPSHOTS, snapshots=1, confirm=2)).fires is GuardAction.SELL
    assert shown(replace(PLAN, readiness=Readiness.SNAPSHOTS, snapshots=9, confirm=2)).fires is None


@pytest.mark.parametrize("action", GuardAction)
def test_what_firing_does_is_said(action: GuardAction):
    assert shown(replace(PLAN, action=action)).fires is action


@pytest.mark.parametrize(
    ("first", "other", "does"),
    [
        (GuardAction.ALERT, GuardAction.SELL, GuardAction.SELL),
        (GuardAction.ASK, GuardAction.SELL, GuardAction.SELL),
        (GuardAction.ALERT, GuardAction.ASK, GuardAction.ASK),
        (GuardAction.SELL, GuardAction.ALERT, GuardAction.SELL),
    ],
)
def test_of_two_rules_that_fire_the_one_that_does_most_is_said(
    first: GuardAction, other: GuardAction, does: GuardAction
):
    share = RuleSetting(rule=RuleId.R6, threshold=10_000_000, confirm=2, action=other)
    assert shown(replace(PLAN, action=first, rules=(share,))).fires is does
    assert shown(replace(PLAN, action=first, confirm=3, rules=(replace(share, confirm=1),))).fires is does


def test_a_plan_that_makes_no_sense_is_refused_with_its_reason():
    preview = shown(replace(PLAN, threshold=1))
    assert not preview.ok
    assert whys(preview) == [("refuse", Why.BAD_SETTING)]
    assert preview.volume == preview.price == 0
    assert preview.seal == 12_692_440_000


def test_a_volume_no_order_may_carry_is_refused_with_the_lot():
    preview = shown(replace(PLAN, sell_volume=50))
    assert not preview.ok
    (check,) = [line for line in preview.checks if line.level == "refuse"]
    assert (check.reason.why, check.reason.get("volume"), check.reason.get("lot")) == (Why.SELL_NOT_LOT, 50, 100)


def test_limits_that_disagree_are_refused():
    preview = shown(stock=instrument(told_up=2530))
    assert not preview.ok
    assert whys(preview) == [("refuse", Why.LIMIT_DISAGREES)]


def test_nothing_to_sell_is_said():
    assert whys(shown(can_use=0)) == [("warn", Why.T_PLUS_ONE)]
    assert whys(shown(can_use=0, bought_today=0)) == [("warn", Why.NOTHING_SELLABLE)]
    assert shown(can_use=0).fires is None


def test_stale_data_and_closed_phases_are_said():
    assert whys(shown(fresh=False, bought_today=0)) == [("warn", Why.BLIND)]
    assert shown(fresh=False).board == "blind"
    assert whys(shown(phase=Phase.LUNCH, bought_today=0)) == [("warn", Why.PHASE_CLOSED)]
    late = replace(VIDEO, at=clock(14, 58))
    assert whys(shown(quote=late, bought_today=0)) == [("warn", Why.AUCTION)]


def test_an_open_board_shows_the_price_a_sale_would_have():
    preview = shown(quote=opened(TEN, last=2600))
    assert (preview.board, preview.seal, preview.price) == ("open", 0, 2590)
    assert preview.fires is None


def test_a_board_nobody_followed_is_shown_the_snapshot_first():
    unseen = Walk(PLAN, TOLD).board
    preview = preview_guard(PLAN, TOLD, unseen, VIDEO, context(TEN))
    assert preview.board == "sealed"
    assert preview.fires is GuardAction.SELL


def test_with_every_rule_off_nothing_fires():
    off = RuleSetting(rule=RuleId.R1, on=False)
    assert shown(replace(PLAN, rules=(off,))).fires is None


def test_it_says_whether_cancels_are_told_or_estimated():
    assert not shown().exact_cancels
    assert shown(quote=replace(VIDEO, withdrawn=0)).exact_cancels


def test_it_says_how_much_of_the_queue_level_two_saw_cancelled():
    walk = Walk(PLAN, TOLD)
    seen = [
        replace(VIDEO, at=VIDEO.at + ms, withdrawn=told) for ms, told in ((0, 0), (30_000, 500_000), (60_000, 979_920))
    ]
    for one in seen:
        walk.tick(one)
    ctx = context(seen[-1].at)
    half = RuleSetting(rule=RuleId.R5, on=False, window_ms=30_000)
    queue = VIDEO.bid1.volume
    assert preview_guard(PLAN, TOLD, walk.board, seen[-1], ctx).gross_bp == 979_920 * 10_000 // queue
    assert (
        preview_guard(replace(PLAN, rules=(half,)), TOLD, walk.board, seen[-1], ctx).gross_bp
        == 479_920 * 10_000 // queue
    )
    refused = preview_guard(replace(PLAN, threshold=1), TOLD, walk.board, seen[-1], ctx)
    assert (refused.ok, refused.gross_bp) == (False, 979_920 * 10_000 // queue)


def test_without_level_two_a_seal_or_a_history_no_share_of_the_queue_is_said():
    assert shown().gross_bp == -1
    assert shown(quote=replace(opened(TEN), withdrawn=500)).gross_bp == -1
    walk = Walk(PLAN, TOLD)
    walk.tick(replace(VIDEO, withdrawn=500))
    broken = replace(opened(TEN + 3000), withdrawn=900)
    assert preview_guard(PLAN, TOLD, walk.board, broken, context(broken.at)).gross_bp == -1
    bare = replace(walk.board, history=(), volumes=())
    assert preview_guard(PLAN, TOLD, bare, walk.last, context(VIDEO.at)).gross_bp == -1
