"""What the price and the calendar do to a grid: sleep and wake, roll, stop, and start a new day."""

from collections.abc import Iterator

from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.strategies.grid_state import EMPTY_GAP, NO_EARLIER, NO_TRAIL, Gap, Grid, Trail
from qmtdesk.strategies.lattice import BP, Lattice


def on_price(grid: Grid, last: int, at: int, limit_up: int, limit_down: int) -> tuple[Grid, tuple[Reason, ...]]:
    """Follow one price of continuous trading; the reasons are what the user should hear of.

    A price outside the day's limits is no price. Out of range the grid rolls while it may, else it sleeps; it wakes
    one level inside the range. A lower stop stays until the grid is armed anew. `at` is not used by these rules.
    """
    impossible = last <= 0 or last < limit_down or (limit_up > 0 and last > limit_up)
    if impossible or grid.stopped_low:
        return grid, ()
    if last <= grid.plan.lower_stop:
        stop = because(Why.LOWER_STOP, price_milli=grid.plan.lower_stop, last_milli=last)
        # everything goes, also what was left alone when nobody thought of a stop
        return replace(grid, stopped_low=True, paused=frozenset()), (stop,)
    if grid.trails:
        grid = replace(grid, trails=tuple(_trailed(grid, last)))
    levels = grid.lattice.levels
    if levels[0] <= last <= levels[-1]:
        if grid.asleep and levels[1] <= last <= levels[-2]:
            return replace(grid, asleep=False), (because(Why.WAKE, price_milli=last),)
        return grid, ()
    if grid.rolls_today < grid.plan.rolls_per_day:
        return _rolled(grid, last)
    if grid.asleep:
        return grid, ()
    sleep = because(Why.SLEEP, price_milli=last, low_milli=levels[0], high_milli=levels[-1])
    return replace(grid, asleep=True), (sleep,)


def on_day(grid: Grid, day: str) -> Grid:
    """Begin a trading day: what is held stays, what counts per day starts again. The same day changes nothing."""
    if day == grid.day:
        return grid
    gaps = tuple(replace(gap, bought=0, sold=0, realised=0) for gap in grid.gaps)
    return replace(grid, day=day, gaps=gaps, rolls_today=0, fees_today=0, earlier=NO_EARLIER)


def _rolled(grid: Grid, last: int) -> tuple[Grid, tuple[Reason, ...]]:
    """Move the middle by whole steps to the level under the price; a gap that holds something or traded today stays."""
    stair, centre = grid.stair, _step_under(grid, last)
    down, up = stair.reach(grid.plan.range_bp)
    old = grid.lattice.levels
    every = sorted({*old, *stair.levels(min(centre, grid.centre) - down, max(centre, grid.centre) + up)})
    kept = {*stair.levels(centre - down, centre + up), *_busy_levels(grid)}
    levels = tuple(price for price in every if min(kept) <= price <= max(kept))
    shift = every.index(levels[0]) - every.index(old[0])
    middle = levels.index(stair.level(centre))
    indexes = range(shift, shift + len(levels) - 1)
    gone = (gap for i, gap in enumerate(grid.gaps) if i not in indexes)
    moved = because(Why.ROLLED, steps=centre - grid.centre, base_milli=stair.level(centre))
    rolled = replace(
        grid,
        lattice=Lattice(levels, middle),
        centre=centre,
        slot0=grid.slot0 + shift,
        gaps=tuple(grid.gaps[i] if 0 <= i < len(grid.gaps) else EMPTY_GAP for i in indexes),
        trails=tuple(grid.trails[i] if 0 <= i < len(grid.trails) else NO_TRAIL for i in indexes) if grid.trails else (),
        trips_gone=grid.trips_gone + sum(gap.sold_ever // grid.unit for gap in gone),
        rolls_today=grid.rolls_today + 1,
        asleep=False,
    )
    return rolled, (moved,)


def _step_under(grid: Grid, last: int) -> int:
    """The number of the step, from the anchor, that the price stands on."""
    stair, k = grid.stair, grid.centre
    while stair.level(k + 1) <= last:
        k += 1
    while stair.level(k) > last and stair.level(k - 1) > 0:
        k -= 1
    return k


def _busy_levels(grid: Grid) -> Iterator[int]:
    levels = grid.lattice.levels
    for i, gap in enumerate(grid.gaps):
        if gap.held or gap.bought or gap.sold:
            yield from (levels[i], levels[i + 1])


def _trailed(grid: Grid, last: int) -> Iterator[Trail]:
    levels = grid.lattice.levels
    for i, (gap, trail) in enumerate(zip(grid.gaps, grid.trails, strict=True)):
        after_sell = _trail_sell(trail, gap, levels[i + 1], last, grid.plan.trail_bp)
        yield _trail_buy(after_sell, grid.unit - gap.held, levels[i], last, grid.plan.trail_bp)


def _trail_sell(trail: Trail, gap: Gap, level: int, last: int, trail_bp: int) -> Trail:
    """回落: once at the level, sell when the price has come back from its highest since."""
    if gap.held == 0 or trail.sell_fired or (last < level and trail.peak == 0):
        return trail
    peak = max(trail.peak, last)
    return replace(trail, peak=peak, sell_fired=last * BP <= peak * (BP - trail_bp))


def _trail_buy(trail: Trail, room: int, level: int, last: int, trail_bp: int) -> Trail:
    """反弹: once down through the level, buy when the price has come back from its lowest since."""
    if room == 0 or trail.buy_fired:
        return trail
    if trail.trough == 0 and (last > level or not trail.was_above):
        return replace(trail, was_above=trail.was_above or last > level)
    trough = min(trail.trough or last, last)
    return replace(trail, trough=trough, buy_fired=last * BP >= trough * (BP + trail_bp))
