"""Instruments, plans, moments and grids for the tests of both kinds of grid."""

from datetime import date

from qmtdesk.domain.instrument import Board, Instrument, Kind, Market
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, Spacing
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase, at_of
from qmtdesk.strategies.grid import FIRST_BUY, Gap, Grid, GridContext, Wish, on_fill
from qmtdesk.strategies.grid_start import start_grid

DAY = date(2026, 11, 20)
NOON = at_of(DAY, 10, 0)
BOND = Instrument("113050.SH", "bond", Market.SH, Kind.BOND, Board.BOND, 1, 10, 10, False, 100_000, 120_000, 80_000)
STOCK = Instrument("000001.SZ", "stock", Market.SZ, Kind.STOCK, Board.MAIN, 10, 100, 100, True, 13_300, 14_630, 11_970)
# arithmetic steps of 1 % make levels easy to read: 90,000 … 100,000 … 110,000
PLAN = GridPlan(code=BOND.code, spacing=Spacing.ARITHMETIC, step_bp=100, range_bp=1000, unit=80, first_buy=False)


def make(last: int = 100_500, position: int = 0, **plan: object) -> Grid:
    """A grid of the kit's plan with settings of one's own; levels are 90,000 to 110,000, gap 10 begins at 100,000."""
    return start_grid(replace(PLAN, **plan), BOND, last, 0, position, NOON, "2026-11-20", opening_auction=False)  # type: ignore[arg-type]


def holding(grid: Grid, **held: int) -> Grid:
    """The grid with gaps holding what is said, bought at their lower level: holding(grid, g10=80)."""
    gaps = list(grid.gaps)
    for name, volume in held.items():
        i = int(name[1:])
        gaps[i] = Gap(held=volume, cost=volume * grid.lattice.levels[i])
    return replace(grid, gaps=tuple(gaps))


def moment(grid: Grid, last: int = 100_500, **more: object) -> GridContext:
    """A moment of continuous trading in which everything the grid holds may be sold."""
    held = grid.held_total + grid.base_holding
    ctx = GridContext(
        at=NOON, last=last, bid1=last - 1, ask1=last + 1, limit_up=120_000, limit_down=80_000, phase=Phase.MORNING,
        position=held, can_use=grid.held_total, cash=10**12, lot=10, step=10, tick=1, t_plus_one=False,
    )  # fmt: skip
    return replace(ctx, **more)  # type: ignore[arg-type]


def gap(slot: int) -> Owner:
    """Whom the orders of a gap belong to."""
    return Owner(OwnerKind.GRID, slot)


def live(*keys: tuple[int, Side]) -> frozenset[tuple[Owner, Side]]:
    """Keys with a working order."""
    return frozenset((gap(slot), side) for slot, side in keys)


def flat(wish: Wish, side: Side) -> list[tuple[int, int, int]]:
    """(slot, price, volume) of one side's orders; the first buy has slot -1."""
    return [(-1 if o.owner == FIRST_BUY else o.owner.slot, o.price, o.volume) for o in wish.orders if o.side is side]


def buys(wish: Wish) -> list[tuple[int, int, int]]:
    return flat(wish, Side.BUY)


def sells(wish: Wish) -> list[tuple[int, int, int]]:
    return flat(wish, Side.SELL)


def whys(wish: Wish) -> list[Why | None]:
    return [reason.why if reason else None for reason in wish.reasons]


def fill(grid: Grid, slot: int, side: Side, price: int, volume: int, order_price: int = 0, fee: int = 0) -> Grid:
    """One trade of a gap's order; slot -1 is the first buy."""
    owner = FIRST_BUY if slot == -1 else gap(slot)
    return on_fill(grid, owner, side, price, volume, order_price or price, fee, NOON)
