"""The original script's rules against qmtdesk's, on the same quiet half hours: what the promises are worth."""

import pytest
from baseline import by_qmtdesk, by_the_script

from qmtdesk.domain.plans import GridMode

HALF_HOURS = 60


def test_the_original_script_breaks_a_promise_in_most_half_hours_without_any_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fails, kinds = by_the_script(HALF_HOURS)
    with capsys.disabled():
        print(f"\nthe original script: {fails} of {HALF_HOURS} half hours break a promise: {dict(kinds)}")  # noqa: T201
    assert fails * 4 >= HALF_HOURS * 3
    assert kinds["I4 two live orders at one level"] * 2 > HALF_HOURS


@pytest.mark.parametrize("mode", GridMode)
def test_qmtdesk_breaks_none_on_the_same_half_hours(mode: GridMode) -> None:
    assert sum(by_qmtdesk(seed, mode) for seed in range(3)) > 10
