"""What a fill does to a grid: quantities change, orders follow from them."""

from collections.abc import Iterable

from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.strategies.grid_state import Gap, Grid


def on_fill(
    grid: Grid,
    owner: Owner,
    side: Side,
    price: int,
    volume: int,
    order_price: int,
    fee: int,
    at: int,
    *,
    earlier: bool = False,
) -> Grid:
    """Book one trade of an own order, whoever in the grid it was for; `earlier`: the order is of an earlier arming.

    First-buy fills go into the first buy's gap, then the one above it. A sale of the whole grid (CLEAR) empties the
    lowest gaps first. What its gap cannot take goes to the nearest that can; what no gap can take changes 底仓 and
    makes the figures an estimate. Bought by this arming it is the surplus: the sale that had made room for it may be
    told later. `at` is not used by this version's figures.
    """
    if volume <= 0:
        return grid
    better = (order_price - price) * volume if side is Side.BUY else (price - order_price) * volume
    grid = replace(grid, fees=grid.fees + fee, fees_today=grid.fees_today + fee, improvement=grid.improvement + better)
    if side is Side.SELL:
        return _taken_in(_sold(grid, _gaps_of(grid, owner), price, volume), _gaps_of(grid, owner))
    # rather the gap above than the one below, whose sale would bring no more than was paid
    before, grid = grid, _bought(grid, _gaps_of(grid, owner, rather_above=True), price, volume)
    if earlier:
        grid = replace(grid, surplus=before.surplus, surplus_cost=before.surplus_cost)
    left = grid.first_left - volume if owner.kind is OwnerKind.FIRST_BUY else grid.first_left
    # what an order of an earlier arming brought fills gaps that the first buy was to fill
    room = sum(max(0, grid.unit - gap.held) for gap in grid.gaps)
    return replace(grid, first_left=max(0, min(left, room)))


def on_cleared(grid: Grid, volume: int, price: int, fee: int, at: int) -> Grid:
    """Book a trade of an order that sells whatever the grid holds; the lowest gaps are emptied first."""
    return on_fill(grid, Owner(OwnerKind.CLEAR), Side.SELL, price, volume, price, fee, at)


def on_others(grid: Grid, side: Side, volume: int) -> Grid:
    """A trade of this code that is not the grid's: by hand, by a guard, by another program.

    What was bought is 底仓. What was sold came out of 底仓 first, then out of the highest gaps: the grid must not sell
    it again out of what the user buys later.
    """
    if side is Side.BUY:
        return replace(grid, base_holding=grid.base_holding + volume, exact=False)
    from_base = min(volume, grid.base_holding)
    gaps, left = list(grid.gaps), volume - from_base
    # a paused gap's shares are offered nowhere: who sells by hand what he took off the book sells those
    for i in sorted(range(len(gaps)), key=lambda i: (i + grid.slot0 not in grid.paused, -i)):
        take = min(left, gaps[i].held)
        if take:
            gaps[i] = _less(gaps[i], take)
            left -= take
    return with_base(replace(grid, gaps=tuple(gaps), exact=False), grid.base_holding - from_base)


def with_base(grid: Grid, base: int) -> Grid:
    """The grid beside another 底仓. What is gone from it is the surplus first: never is the user's own taken for it."""
    gone = max(0, grid.base_holding - base)
    return _surplus(replace(grid, base_holding=base), max(0, grid.surplus - gone))


def put_back(grid: Grid, volume: int, price: int) -> Grid:
    """What `on_others` took out of the gaps is the grid's again, at what it went for; what no gap takes is 底仓."""
    gaps, left = list(grid.gaps), volume
    top = max((i for i, gap in enumerate(gaps) if gap.held), default=0)
    # it was taken from the top down, so the gaps from the highest that still holds something have the room
    for i in (*range(top, len(gaps)), *range(top - 1, -1, -1)):
        take = min(left, grid.unit - gaps[i].held)
        gaps[i] = replace(gaps[i], held=gaps[i].held + take, cost=gaps[i].cost + take * price)
        left -= take
    return replace(grid, gaps=tuple(gaps), base_holding=grid.base_holding + left, exact=False)


def _gaps_of(grid: Grid, owner: Owner, *, rather_above: bool = False) -> Iterable[int]:
    if owner.kind is OwnerKind.FIRST_BUY:
        return grid.from_first()
    if owner.kind is not OwnerKind.GRID:
        return range(len(grid.gaps))
    home = owner.slot - grid.slot0
    return sorted(range(len(grid.gaps)), key=lambda i: (abs(i - home), (i < home) is rather_above))


def _bought(grid: Grid, order: Iterable[int], price: int, volume: int) -> Grid:
    gaps, left, whole = list(grid.gaps), volume, list[int]()
    for i in order:
        gap = gaps[i]
        take = min(left, grid.unit - gap.held)
        if take <= 0:
            continue
        gaps[i] = replace(gap, held=gap.held + take, cost=gap.cost + take * price, bought=gap.bought + take)
        left -= take
        if gaps[i].held == grid.unit:
            whole.append(i)
    grid = _buys_anew(replace(grid, gaps=tuple(gaps)), *whole)
    if left == 0:
        return grid
    base, surplus = grid.base_holding + left, grid.surplus + left
    return replace(grid, base_holding=base, surplus=surplus, surplus_cost=grid.surplus_cost + left * price, exact=False)


def _buys_anew(grid: Grid, *gaps: int) -> Grid:
    """These gaps are full; their next buy waits for the price to come down and turn once more."""
    if not grid.trails or not gaps:
        return grid
    trails = list(grid.trails)
    for i in gaps:
        trails[i] = replace(trails[i], was_above=False, trough=0, buy_fired=False)
    return replace(grid, trails=tuple(trails))


def _surplus(grid: Grid, volume: int) -> Grid:
    """The grid with less surplus, its cost reduced in proportion."""
    cost = grid.surplus_cost * volume // max(grid.surplus, 1)
    return replace(grid, surplus=volume, surplus_cost=cost)


def _taken_in(grid: Grid, order: Iterable[int]) -> Grid:
    """The surplus fills what came free."""
    if not grid.surplus:
        return grid
    for i in order:
        gap = grid.gaps[i]
        take = min(grid.surplus, grid.unit - gap.held)
        if take > 0:
            rest = _surplus(replace(grid, base_holding=grid.base_holding - take), grid.surplus - take)
            fuller = replace(gap, held=gap.held + take, cost=gap.cost + grid.surplus_cost - rest.surplus_cost)
            grid = replace(rest, gaps=(*grid.gaps[:i], fuller, *grid.gaps[i + 1 :]))
            if fuller.held == grid.unit:
                grid = _buys_anew(grid, i)
    return grid


def _sold(grid: Grid, order: Iterable[int], price: int, volume: int) -> Grid:
    gaps, trails, left, gained = list(grid.gaps), list(grid.trails), volume, 0
    for i in order:
        gap = gaps[i]
        take = min(left, gap.held)
        if take <= 0:
            continue
        rest = _less(gap, take)
        gain = take * price - (gap.cost - rest.cost)
        gaps[i] = replace(rest, sold=gap.sold + take, sold_ever=gap.sold_ever + take, realised=gap.realised + gain)
        left -= take
        gained += gain
        if trails and gaps[i].held == 0:
            trails[i] = replace(trails[i], peak=0, sell_fired=False)
    grid = replace(grid, gaps=tuple(gaps), trails=tuple(trails), realised=grid.realised + gained)
    if left == 0:
        return grid
    return with_base(replace(grid, exact=False), max(0, grid.base_holding - left))


def _less(gap: Gap, take: int) -> Gap:
    """The gap without some of what it holds, its cost reduced in proportion."""
    return replace(gap, held=gap.held - take, cost=gap.cost - round_half_up(gap.cost * take, gap.held))
