"""What trades of an earlier day, found out only now, leave as it was: the figures of today."""

from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.strategies.grid_state import Gap, Grid
from qmtdesk.strategies.rolling_state import Rolling


def as_of_before(grid: Grid, before: Grid) -> Grid:
    """The grid after such trades, today's figures as `before` them; what is held and the arming's totals stand."""
    gaps = tuple(_as_of_before(gap, was) for gap, was in zip(grid.gaps, before.gaps, strict=True))
    return replace(grid, gaps=gaps, fees_today=before.fees_today)


def pair_as_of_before(pair: Rolling, before: Rolling) -> Rolling:
    """The same for a rolling pair."""
    return replace(
        pair, sold_today=before.sold_today, realised_today=before.realised_today, fees_today=before.fees_today
    )


def _as_of_before(gap: Gap, before: Gap) -> Gap:
    return replace(gap, bought=before.bought, sold=before.sold, realised=before.realised)
