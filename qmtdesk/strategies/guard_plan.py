"""Which guard plans make sense and for what, and which rules a plan turns on."""

from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.plans import GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.rules import floor_lot, rules_of
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.strategies.guard_rules import RULES, rule_problem
from qmtdesk.strategies.plan_error import PlanError

LEAST_THRESHOLD = 1_000_000_000
"""1,000,000 CNY in 厘: less than that on bid1 is a typing slip or no seal at all."""
MOST_SLIPPAGE_BP = 1_000
MINUTES = 24 * 60


def check_plan(plan: GuardPlan, least_threshold: int = LEAST_THRESHOLD) -> None:
    """PlanError(BAD_SETTING) naming the first field that makes no sense."""
    check_threshold(plan.threshold, least_threshold)
    for field, least, most in (
        ("snapshots", 1, 10_000),
        ("confirm", 1, 1_000),
        ("sell_volume", -1, 1_000_000_000),
        ("ask_timeout_ms", 1, 3_600_000),
        ("follow_up_ms", 1, 3_600_000),
        ("slippage_bp", 0, MOST_SLIPPAGE_BP),
    ):
        value: int = getattr(plan, field)
        if not least <= value <= most:
            raise PlanError(because(Why.BAD_SETTING, field=field, value=value, least=least, most=most))
    for timed in plan.timed:
        check_threshold(timed.threshold, least_threshold)
        if not 0 <= timed.from_minute < MINUTES:
            raise PlanError(because(Why.BAD_SETTING, field="from_minute", value=timed.from_minute))
    _check_rules(plan.rules)


def check_threshold(threshold: int, least: int = LEAST_THRESHOLD) -> None:
    """PlanError(BAD_SETTING) when R1's threshold (厘) is below the least one: 1,000,000 CNY for a person's guard."""
    if threshold < least:
        reason = because(Why.BAD_SETTING, field="threshold", value_milli=threshold, least_milli=least)
        raise PlanError(reason)


def check_lot(plan: GuardPlan, instrument: Instrument, at: int) -> None:
    """PlanError(SELL_NOT_LOT) when the number of shares to sell is none that an order may carry by itself."""
    if plan.sell_volume <= 0 or why_no_guard(instrument) is not None:
        return
    rules = rules_of(classify(instrument.code), shanghai_day(at))
    if floor_lot(rules, plan.sell_volume) != plan.sell_volume:
        raise PlanError(because(Why.SELL_NOT_LOT, volume=plan.sell_volume, lot=rules.lot, step=rules.step))


def rules_on(plan: GuardPlan) -> tuple[RuleSetting, ...]:
    """The rules that are on, in the order they are judged.

    R1's numbers, confirmations and action are the plan's own; an R1 among `plan.rules` only says whether it is on.
    """
    asked = {setting.rule: setting for setting in plan.rules}
    first = RuleSetting(
        rule=RuleId.R1,
        on=asked[RuleId.R1].on if RuleId.R1 in asked else True,
        threshold=plan.threshold,
        confirm=plan.confirm,
        action=plan.action,
    )
    asked[RuleId.R1] = first
    return tuple(asked[rule] for rule in RULES if rule in asked and asked[rule].on)


def why_no_guard(instrument: Instrument) -> Reason | None:
    """Why no guard can watch this instrument today: no limit, or a feed that says otherwise; None: it can."""
    try:
        classify(instrument.code)
    except UnknownCodeError:
        return because(Why.UNKNOWN_CODE, code=instrument.code)
    if instrument.limit_up <= 0:
        return because(Why.NO_LIMIT, told_milli=instrument.told_up)
    return _disagreement(instrument)


def _disagreement(one: Instrument) -> Reason | None:
    """The first thing the feed tells otherwise than it is reckoned here, with both numbers."""
    if not one.limits_agree:
        return because(
            Why.LIMIT_DISAGREES,
            limit_up_milli=one.limit_up,
            told_up_milli=one.told_up,
            limit_down_milli=one.limit_down,
            told_down_milli=one.told_down,
        )
    if not one.tick_agrees:
        return because(Why.TICK_DISAGREES, tick_milli=one.tick, told_tick_milli=one.told_tick)
    if not one.close_agrees:
        return because(Why.CLOSE_DISAGREES, own_close_milli=one.prev_close, told_close_milli=one.told_close)
    return None


def _check_rules(rules: tuple[RuleSetting, ...]) -> None:
    if len({setting.rule for setting in rules}) != len(rules):
        raise PlanError(because(Why.BAD_SETTING, field="rules", value=len(rules)))
    for setting in rules:
        problem = rule_problem(setting)
        if problem is not None:
            raise PlanError(problem)
