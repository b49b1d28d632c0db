"""The numbers of the guard sheet: suggestions, the amount bar's scale, the rules and their fields."""

from dataclasses import dataclass
from math import log10

from qmtdesk.desk.brush.format import WAN
from qmtdesk.domain.plans import GuardPlan, RuleId, RuleSetting
from qmtdesk.domain.replacing import replace

LEAST = 100 * WAN
_STEPS = (1, 2, 3, 5, 8)


def lower_than(seal: int) -> int:
    """A round threshold clearly below a seal (厘), 0 when there is none allowed."""
    size, best = WAN, 0
    while size <= seal:
        for step in _STEPS:
            if step * size * 5 <= seal * 4:
                best = step * size
        size *= 10
    return best if best >= LEAST else 0


def bar_marks(seal: int, threshold: int) -> tuple[int, ...]:
    """Round amounts along the bar: a log scale from well below to well above both."""
    low = min(amount for amount in (seal, threshold) if amount > 0)
    high = max(seal, threshold)
    marks: list[int] = []
    size = WAN
    while size <= high * 10:
        marks.extend(mark for mark in (size, 2 * size, 5 * size) if low / 5 <= mark <= high * 5)
        size *= 10
    return tuple(marks)


def bar_share(amount: int, seal: int, threshold: int) -> float:
    """Where an amount stands on that bar, 0 to 1."""
    low = min(value for value in (seal, threshold) if value > 0) / 6
    high = max(seal, threshold) * 6
    return min(max((log10(max(amount, 1)) - log10(low)) / (log10(high) - log10(low)), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class RuleForm:
    """How one rule is edited: what its threshold is typed in, and what it has when it is switched on.

    `kind` of the threshold: percent | seconds | times | ticks.
    """

    rule: RuleId
    kind: str
    usual: RuleSetting


def _usual(rule: RuleId, threshold: int, floor: int = 0, window_ms: int = 0, confirm: int = 1) -> RuleSetting:
    return RuleSetting(rule=rule, threshold=threshold, floor=floor, window_ms=window_ms, confirm=confirm)


RULES: tuple[RuleForm, ...] = (
    RuleForm(RuleId.R2, "percent", _usual(RuleId.R2, 3000, 10_000_000_000, 60_000)),
    RuleForm(RuleId.R3, "seconds", _usual(RuleId.R3, 30_000, 5_000_000_000, 60_000, 2)),
    RuleForm(RuleId.R4, "percent", _usual(RuleId.R4, 10_000, 0, 60_000)),
    RuleForm(RuleId.R5, "percent", _usual(RuleId.R5, 3000, 0, 60_000)),
    RuleForm(RuleId.R6, "percent", _usual(RuleId.R6, 500)),
    RuleForm(RuleId.R7, "percent", _usual(RuleId.R7, 2000)),
    RuleForm(RuleId.R8, "times", _usual(RuleId.R8, 3)),
    RuleForm(RuleId.R11, "ticks", _usual(RuleId.R11, 1)),
)


def with_rule(plan: GuardPlan, setting: RuleSetting) -> GuardPlan:
    """The plan with that rule's setting in place of the one it had."""
    rest = tuple(other for other in plan.rules if other.rule is not setting.rule)
    return replace(plan, rules=(*rest, setting))


def rule_of(plan: GuardPlan, form: RuleForm) -> RuleSetting:
    """The plan's setting of a rule, or its usual one switched off."""
    for setting in plan.rules:
        if setting.rule is form.rule:
            return setting
    return replace(form.usual, on=False)


def rules_on(plan: GuardPlan) -> tuple[RuleId, ...]:
    """The other rules that are on, R1 apart."""
    return tuple(form.rule for form in RULES if rule_of(plan, form).on)
