"""The original script's rules against qmtdesk's, on the same quiet half hours: what the promises are worth."""

from collections import Counter

import pytest
from original_script import BONDS, bond_walk, broken_by_the_script

from qmtdesk.domain.messages import ArmGrid
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan
from qmtdesk.simulate.checked_day import CheckedDay
from qmtdesk.simulate.market_day import BOND, BOND2

HALF_HOURS, SHORT = 60, 120


def test_the_original_script_breaks_a_promise_in_most_half_hours_without_any_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = [broken_by_the_script(seed) for seed in range(HALF_HOURS)]
    fails = sum(1 for each in broken if each)
    kinds = Counter(kind for each in broken for kind in each)
    with capsys.disabled():
        print(f"\nthe original script: {fails} of {HALF_HOURS} half hours break a promise: {dict(kinds)}")  # noqa: T201
    assert fails * 4 >= HALF_HOURS * 3
    assert kinds["I4 two live orders at one level"] * 2 > HALF_HOURS


@pytest.mark.parametrize("mode", GridMode)
def test_qmtdesk_breaks_none_on_the_same_half_hours(mode: GridMode) -> None:
    fills = 0
    for seed in range(3):
        day = CheckedDay(held={BOND2: (70, 100_000)}, prices={BOND: 120_000, BOND2: 105_000}, seed=seed)
        day.open()
        for code in BONDS:
            assert day.feed(ArmGrid(GridPlan(code=code, mode=mode, base=BaseKind.LAST))).refusal is None
        for prices in bond_walk(seed, SHORT):
            day.wait(3_000)
            for code, (last, depth) in prices.items():
                day.price(code, last, depth=depth)
        day.live_market(30_000)
        day.check_calm()
        fills += len(day.truth.fills)
    assert fills > 10
