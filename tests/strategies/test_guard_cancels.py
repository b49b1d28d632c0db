"""Rule R5: the net estimate of cancelled buys on its own, and Level-2's gross figure where the user chose it."""

import msgspec
import pytest
from guard_kit import CODE, LIMIT, TEN, Walk, opened, quote
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.plans import GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.guard import Fired
from qmtdesk.strategies.guard_rules import RULES, Finding, Look

OFF_R1 = RuleSetting(rule=RuleId.R1, on=False)
BUSY = 10**6


def guarded(**numbers) -> Walk:
    setting = RuleSetting(rule=RuleId.R5, **{"threshold": 3000, "window_ms": 60_000, **numbers})
    return Walk(GuardPlan(code=CODE, rules=(OFF_R1, setting))).arm()


def queue(at: int, lots: int, *, volume: int = BUSY) -> Quote:
    """A sealed snapshot with exactly that many lots."""
    return quote(at, LIMIT, (LIMIT, lots * 100), volume=volume)


def told(at: int, lots: int, withdrawn: int, *, volume: int = BUSY) -> Quote:
    """The same with what Level-2 tells of the day's cancelled buys."""
    return replace(queue(at, lots, volume=volume), withdrawn=withdrawn)


def run(walk: Walk, *quotes: Quote) -> list[Why]:
    for one in quotes:
        walk.tick(one)
    return [move.reason.why for move in walk.fired]


def said(found: Fired | Finding) -> dict[str, int | str]:
    return dict(found.reason.args)


# --- the estimate


def test_a_queue_shrinking_by_more_than_was_traded_was_cancelled():
    walk = guarded(floor=10_000)
    # 400 lots gone, 101 of them traded: 299 of 1000 cancelled
    assert run(walk, queue(TEN, 1000), queue(TEN + 3000, 600, volume=BUSY + 10_100)) == []
    assert run(walk, queue(TEN + 6000, 599, volume=BUSY + 10_100)) == [Why.RULE_NET_CANCEL]
    fired = said(walk.fired[0])
    assert (fired.get("cancelled"), fired.get("figure"), fired.get("gross")) == (30_000, "estimated", None)


def test_a_queue_eaten_by_sellers_was_not_cancelled():
    walk = guarded(floor=10_000)
    assert run(walk, queue(TEN, 1000), queue(TEN + 3000, 100, volume=BUSY + 90_000)) == []


def test_ordinary_churn_that_level_two_tells_does_not_sell_a_board_nobody_chose_it_for():
    walk = guarded()
    churn = [told(TEN + 3000 * no, 1000 + no, 50_000 * no) for no in range(20)]
    assert run(walk, *churn) == []
    assert run(guarded(gross=True), *churn) != []


def test_the_gross_figure_is_told_beside_the_estimate_that_decided():
    walk = guarded()
    assert run(walk, told(TEN, 1000, 70_000), told(TEN + 3000, 700, 120_000)) == [Why.RULE_NET_CANCEL]
    fired = said(walk.fired[0])
    assert (fired.get("cancelled"), fired.get("figure"), fired.get("gross")) == (30_000, "estimated", 50_000)


def test_an_estimate_that_happens_to_be_the_gross_figure_is_still_called_one():
    walk = guarded()
    assert run(walk, told(TEN, 1000, 0), told(TEN + 3000, 700, 30_000)) == [Why.RULE_NET_CANCEL]
    fired = said(walk.fired[0])
    assert (fired.get("cancelled"), fired.get("figure"), fired.get("gross")) == (30_000, "estimated", 30_000)


# --- the gross figure, where it was chosen


def test_cancels_that_new_buyers_hide_are_seen_where_the_feed_tells_them():
    walk = guarded(floor=10_000, gross=True)
    assert run(walk, told(TEN, 1000, 70_000), told(TEN + 3000, 1100, 99_999)) == []
    assert run(walk, told(TEN + 6000, 1200, 100_000)) == [Why.RULE_NET_CANCEL]
    fired = said(walk.fired[0])
    assert (fired.get("cancelled"), fired.get("figure"), fired.get("gross")) == (30_000, "exact", None)


def test_without_level_two_the_choice_falls_back_to_the_estimate_and_says_so():
    walk = guarded(gross=True)
    assert run(walk, queue(TEN, 1000), queue(TEN + 3000, 701)) == []
    assert run(walk, queue(TEN + 6000, 700)) == [Why.RULE_NET_CANCEL]
    assert said(walk.fired[0]).get("figure") == "estimated"


@pytest.mark.parametrize("ends", [(-1, 500_000), (500_000, -1), (500_000, 499_999)])
def test_one_end_alone_or_a_falling_total_leaves_it_with_the_estimate(ends):
    walk = guarded(floor=10_000, gross=True)
    assert run(walk, told(TEN, 1000, ends[0]), told(TEN + 3000, 701, ends[1])) == []
    assert run(walk, told(TEN + 6000, 700, ends[1])) == [Why.RULE_NET_CANCEL]
    fired = said(walk.fired[0])
    assert (fired.get("figure"), fired.get("gross")) == ("estimated", None)


def test_told_cancels_that_lag_behind_do_not_make_the_rule_blinder_than_without():
    walk = guarded(floor=10_000, gross=True)
    assert run(walk, told(TEN, 1000, 0), told(TEN + 3000, 600, 1_000)) == [Why.RULE_NET_CANCEL]
    fired = said(walk.fired[0])
    assert (fired.get("cancelled"), fired.get("figure"), fired.get("gross")) == (40_000, "estimated", 1_000)


def test_cancels_of_before_the_seal_or_the_window_do_not_count():
    walk = guarded(window_ms=6000, gross=True)
    before = replace(opened(TEN), withdrawn=1_000)
    assert run(walk, before, told(TEN + 3000, 1000, 900_000), told(TEN + 6000, 1000, 910_000)) == []
    assert run(walk, told(TEN + 12_000, 1000, 939_999), told(TEN + 18_000, 1000, 960_000)) == []
    assert run(walk, told(TEN + 21_000, 1000, 990_000)) == [Why.RULE_NET_CANCEL]


# --- both


SNAPSHOTS = st.lists(
    st.tuples(st.integers(1, 2000), st.integers(0, 30_000), st.integers(-1, 100_000)), min_size=2, max_size=12
)
NUMBERS = st.builds(
    RuleSetting,
    rule=st.just(RuleId.R5),
    threshold=st.integers(1, 9000),
    floor=st.integers(0, 50_000),
    window_ms=st.integers(1, 60_000),
)


def looked(walk: Walk, setting: RuleSetting, *, gross: bool) -> Finding | None:
    look = Look(walk.board, walk.last, 10, 0, day_amount=0)
    return RULES[RuleId.R5].check(look, replace(setting, gross=gross))


def without_gross(finding: Finding | None) -> Finding | None:
    """The finding less what it says for information."""
    if finding is None:
        return None
    args = tuple(pair for pair in finding.reason.args if pair[0] != "gross")
    return replace(finding, reason=replace(finding.reason, args=args))


@given(SNAPSHOTS, NUMBERS)
def test_without_the_choice_level_two_never_changes_a_decision_and_with_it_none_is_missed(snapshots, setting):
    plain, rich = Walk(GuardPlan(code=CODE)), Walk(GuardPlan(code=CODE))
    volume, moments = BUSY, list[tuple[int, int]]()
    for no, (lots, traded, withdrawn) in enumerate(snapshots):
        at, volume = TEN + 3000 * no, volume + traded
        moments.append((at, withdrawn))
        plain.tick(queue(at, lots, volume=volume))
        rich.tick(told(at, lots, withdrawn, volume=volume))
        one = looked(plain, setting, gross=False)
        assert looked(plain, setting, gross=True) == one
        net, gross = (looked(rich, setting, gross=chosen) for chosen in (False, True))
        assert without_gross(net) == one
        first = next(figure for moment, figure in moments if moment >= at - setting.window_ms)
        exact = withdrawn - first if 0 <= first <= withdrawn else None
        if net is not None:
            assert said(net).get("gross") == exact
            assert said(net).get("figure") == "estimated"
            assert gross is not None
            assert gross.fires >= net.fires
            assert int(said(gross)["cancelled"]) >= int(said(net)["cancelled"])
        if gross is not None and said(gross).get("figure") == "exact":
            assert said(gross).get("cancelled") == exact
            assert said(gross).get("gross") is None
        elif gross is not None:
            assert gross == net


def test_a_plan_of_before_the_choice_is_read_without_it():
    plan = GuardPlan(code=CODE, rules=(RuleSetting(rule=RuleId.R5, threshold=3000, window_ms=60_000, gross=True),))
    assert msgspec.json.decode(msgspec.json.encode(plan), type=GuardPlan) == plan
    older = msgspec.to_builtins(plan)
    del older["rules"][0]["gross"]
    read = msgspec.convert(older, GuardPlan)
    assert read.rules == (replace(plan.rules[0], gross=False),)
