"""R9: which of a guard's thresholds is in force at a time of day."""

from qmtdesk.domain.plans import GuardPlan, TimedThreshold
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import in_hours, shanghai_ms_of_day

_OPEN_MINUTE = 9 * 60 + 30


def threshold_at(plan: GuardPlan, at: int) -> int:
    """R1's threshold (厘) at a time: the latest timed one that has begun, else the plan's."""
    timed = in_force(plan, at)
    return timed.threshold if timed is not None else plan.threshold


def with_threshold(plan: GuardPlan, threshold: int, at: int) -> GuardPlan:
    """The plan with another R1 threshold (厘) in place of the one in force at a time."""
    now = in_force(plan, at)
    if now is None:
        return replace(plan, threshold=threshold)
    timed = tuple(replace(each, threshold=threshold) if each is now else each for each in plan.timed)
    return replace(plan, timed=timed)


def in_force(plan: GuardPlan, at: int) -> TimedThreshold | None:
    """The timed threshold that counts, None: the plan's own. Outside trading hours that of the next open."""
    minute = shanghai_ms_of_day(at) // 60_000 if in_hours(at) else _OPEN_MINUTE
    begun = [timed for timed in plan.timed if timed.from_minute <= minute]
    return max(begun, key=lambda timed: timed.from_minute, default=None)
