"""How often the original script's rules break a promise on quiet half hours: python -m tests.simulate.baseline."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from original_script import BONDS, bond_walk, broken_by_the_script  # noqa: E402

from qmtdesk.domain.messages import ArmGrid  # noqa: E402
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan  # noqa: E402
from qmtdesk.simulate.checked_day import BrokenError, CheckedDay  # noqa: E402
from qmtdesk.simulate.market_day import BOND, BOND2  # noqa: E402

SHORT = 120


def by_the_script(half_hours: int) -> tuple[int, Counter[str]]:
    """In how many half hours the script breaks a promise, and how often each."""
    broken = [broken_by_the_script(seed) for seed in range(half_hours)]
    return sum(1 for each in broken if each), Counter(kind for each in broken for kind in each)


def by_qmtdesk(seed: int, mode: GridMode, snapshots: int = SHORT) -> int:
    """The same half hour with qmtdesk's grids, every promise checked: how many trades. BrokenError when one breaks."""
    day = CheckedDay(held={BOND2: (70, 100_000)}, prices={BOND: 120_000, BOND2: 105_000}, seed=seed)
    day.open()
    for code in BONDS:
        refusal = day.feed(ArmGrid(GridPlan(code=code, mode=mode, base=BaseKind.LAST))).refusal
        if refusal is not None:
            day.fail("live", f"not armed: {refusal}")
    for prices in bond_walk(seed, snapshots):
        day.wait(3_000)
        for code, (last, depth) in prices.items():
            day.price(code, last, depth=depth)
    day.live_market(30_000)
    day.check_calm()
    return len(day.truth.fills)


def breaks(seed: int, mode: GridMode) -> bool:
    """Whether qmtdesk breaks a promise in that half hour."""
    try:
        by_qmtdesk(seed, mode)
    except BrokenError:
        return True
    return False


def main() -> int:
    """One JSON object, or a line; 1 when qmtdesk breaks a promise."""
    parser = argparse.ArgumentParser(prog="tests.simulate.baseline", description=__doc__)
    parser.add_argument("--half-hours", type=int, default=60, metavar="N")
    parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON object")
    given = parser.parse_args()
    fails, kinds = by_the_script(given.half_hours)
    ours = [breaks(seed, mode) for seed in range(given.half_hours // 10 or 1) for mode in GridMode]
    told = {"half_hours": given.half_hours, "script_breaks": fails, "kinds": kinds}
    told |= {"ours": len(ours), "ours_break": sum(ours)}
    print(json.dumps(told) if given.as_json else told)
    return 1 if any(ours) else 0


if __name__ == "__main__":
    sys.exit(main())
