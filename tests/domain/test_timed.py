"""Thresholds by time of day: which one counts, and which one a new number replaces."""

import pytest

from qmtdesk.domain.plans import GuardPlan, TimedThreshold
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.domain.timed import in_force, with_threshold

DAY = shanghai_day(1_753_234_200_000)
EARLY, LATE = TimedThreshold(from_minute=600, threshold=5), TimedThreshold(from_minute=840, threshold=7)
PLAN = GuardPlan(code="600103.SH", threshold=3, timed=(LATE, EARLY))


@pytest.mark.parametrize(
    ("hour", "minute", "counts"),
    [(9, 59, None), (10, 0, EARLY), (13, 59, EARLY), (14, 0, LATE), (15, 0, None), (8, 0, None)],
)
def test_the_latest_that_has_begun_counts_and_outside_the_hours_that_of_the_open(
    hour: int, minute: int, counts: TimedThreshold | None
) -> None:
    assert in_force(PLAN, at_of(DAY, hour, minute)) == counts


def test_a_new_number_replaces_the_one_in_force_and_no_other() -> None:
    early = with_threshold(PLAN, 9, at_of(DAY, 10, 30))
    assert (early.threshold, early.timed) == (3, (LATE, TimedThreshold(from_minute=600, threshold=9)))
    own = with_threshold(PLAN, 9, at_of(DAY, 9, 45))
    assert (own.threshold, own.timed) == (9, PLAN.timed)
