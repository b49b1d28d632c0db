"""What a lattice grid is at one moment, and what it can be asked."""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Reason
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.lattice import Lattice, Stair


class Gap(Struct, frozen=True):
    """What one gap holds and did. `cost` is the 厘 paid for what is held; bought, sold and realised are today's."""

    held: int = 0
    cost: int = 0
    bought: int = 0
    sold: int = 0
    realised: int = 0
    sold_ever: int = 0


EMPTY_GAP = Gap()


class Trail(Struct, frozen=True):
    """How far one gap's 回落 / 反弹 has come. A price of 0 means the level was not touched yet.

    A gap buys only after the price came down through its level, so `was_above` must be seen first.
    """

    peak: int = 0
    sell_fired: bool = False
    was_above: bool = False
    trough: int = 0
    buy_fired: bool = False


NO_TRAIL = Trail()


class Earlier(Struct, frozen=True):
    """What the earlier armings of this day came to: round trips, 厘 gained before fees, and the fees."""

    trips: int = 0
    realised: int = 0
    fees: int = 0


NO_EARLIER = Earlier()


class Grid(Struct, frozen=True, kw_only=True, dict=True):
    """One lattice grid. Prices and money 厘, volumes 股 / 张.

    Gap i lies between levels i and i+1. Owners name a gap by its slot = i + `slot0`; `slot0` is 0 until a roll takes
    levels off or puts levels on below, so that an order keeps its gap. `paused` holds slots, `first_slot` is one.
    `anchor` is the base all levels are computed from; `lattice.base_index` is the index of the step numbered `centre`
    from it, 0 until a roll. `base_holding` is 底仓 and never traded; `surplus` is what own orders bought
    of it for `surplus_cost`, as no gap had room: one that comes free takes it. `realised` is before fees. Only the
    summary adds what was `earlier` today; everything here is of this arming.
    """

    plan: GridPlan
    lattice: Lattice
    anchor: int
    tick: int
    lot: int
    step: int
    unit: int
    gaps: tuple[Gap, ...]
    started_at: int
    day: str
    centre: int = 0
    slot0: int = 0
    paused: frozenset[int] = frozenset()
    base_holding: int = 0
    first_left: int = 0
    first_price: int = 0
    first_slot: int = 0
    asleep: bool = False
    sell_only: bool = False
    stopped_low: bool = False
    rolls_today: int = 0
    realised: int = 0
    fees: int = 0
    fees_today: int = 0
    improvement: int = 0
    trips_gone: int = 0
    exact: bool = True
    earlier: Earlier = NO_EARLIER
    trails: tuple[Trail, ...] = ()
    surplus: int = 0
    surplus_cost: int = 0

    @cached_property
    def last_asked(self) -> "list[tuple[GridContext, Wish]]":
        """The newest question to this very grid and its answer, at most one; what it remembers changes no answer."""
        return []

    @property
    def stair(self) -> Stair:
        """Where the levels come from."""
        return Stair(self.anchor, self.plan.step_bp, self.plan.spacing, self.tick)

    @property
    def held(self) -> tuple[int, ...]:
        """What each gap holds."""
        return tuple(gap.held for gap in self.gaps)

    @cached_property
    def held_total(self) -> int:
        """All that the grid holds, 底仓 not included."""
        return sum([gap.held for gap in self.gaps])

    @cached_property
    def cash_used(self) -> int:
        """厘 paid for what is held now."""
        return sum([gap.cost for gap in self.gaps])

    @property
    def stash(self) -> int:
        """积存: held volume that is no whole lot in its gap and so cannot be offered."""
        return sum(gap.held - self.whole(gap.held) for gap in self.gaps)

    @property
    def trips(self) -> int:
        """Completed round trips since the start: each `unit` a gap has sold."""
        return self.trips_gone + sum(gap.sold_ever // self.unit for gap in self.gaps)

    @property
    def trips_today(self) -> int:
        """Completed round trips of today, since the start."""
        return sum(gap.sold // self.unit for gap in self.gaps)

    @property
    def realised_today(self) -> int:
        """厘 gained today, since the start, on what was sold, before fees."""
        return sum(gap.realised for gap in self.gaps)

    def whole(self, volume: int) -> int:
        """The part of a volume that may be ordered."""
        return whole_lots(volume, self.lot, self.step)

    def owner(self, gap: int) -> Owner:
        """Whom the orders of the gap at that index belong to."""
        return Owner(OwnerKind.GRID, gap + self.slot0)

    def reserved(self) -> dict[int, int]:
        """What the first buy still has to bring, by gap index: its own gap first, then those above it, then below."""
        left, kept = self.first_left, dict[int, int]()
        if left == 0:
            return kept
        for gap in self.from_first():
            take = min(left, self.unit - self.gaps[gap].held)
            if take > 0:
                kept[gap] = take
                left -= take
        return kept

    def from_first(self) -> Iterator[int]:
        """Gap indexes in the order in which the first buy fills them."""
        start = min(max(self.first_slot - self.slot0, 0), len(self.gaps))
        yield from range(start, len(self.gaps))
        yield from range(start - 1, -1, -1)


class Wanted(Struct, frozen=True):
    """One order the grid wants on the book. Price 厘, volume 股 / 张."""

    owner: Owner
    side: Side
    price: int
    volume: int


class Wish(Struct, frozen=True):
    """All orders wanted now, sells first, and for each level why none rests there (None where one is wanted).

    `first` says why the first buy is not among them, None when it is, or when there is none.
    """

    orders: tuple[Wanted, ...]
    reasons: tuple[Reason | None, ...]
    first: Reason | None = None


class GridContext(Struct, frozen=True, kw_only=True):
    """What the world allows at this moment. Prices and cash 厘, 0 where there is none; `at` Unix ms.

    `last` is in continuous trading what the book bears out of the last price, see `supported_price`.
    `can_use` and `cash` are gross: what could be sold or spent if no order of this grid were on the book.
    `live` are the keys that have an order which may still fill, in doubt included: such an order may be a partly
    filled one, so its wanted volume is exact and not cut to whole lots. `dying` is the day's name of an instrument
    whose name says that it leaves: nothing is bought.
    """

    at: int
    last: int
    bid1: int
    ask1: int
    limit_up: int
    limit_down: int
    phase: Phase
    position: int
    can_use: int
    cash: int
    lot: int
    step: int
    tick: int
    t_plus_one: bool
    live: frozenset[tuple[Owner, Side]] = frozenset()
    dying: str = ""

    def allows(self, price: int) -> bool:
        """Whether a price lies within the day's limits."""
        return price >= self.limit_down and (self.limit_up == 0 or price <= self.limit_up)


class GridSummary(Struct, frozen=True):
    """A grid in figures. Money 厘; `realised` and `floating` are before fees, which stand apart.

    Those of today are the whole day's, earlier armings included; the others are since the start.
    """

    held: int
    realised: int
    floating: int
    fees: int
    improvement: int
    trips: int
    cash_used: int
    trips_today: int = 0
    realised_today: int = 0
    fees_today: int = 0


def whole_lots(volume: int, lot: int, step: int) -> int:
    """The largest volume not above this one that an order may have, 0 when it is less than a lot."""
    return 0 if volume < lot else volume - (volume - lot) % step


def summary(grid: Grid, last: int) -> GridSummary:
    """The figures at a last price; with none (0) nothing floats."""
    held, used = grid.held_total, grid.cash_used
    return GridSummary(
        held=held,
        realised=grid.realised,
        floating=held * last - used if last else 0,
        fees=grid.fees,
        improvement=grid.improvement,
        trips=grid.trips,
        cash_used=used,
        trips_today=grid.trips_today + grid.earlier.trips,
        realised_today=grid.realised_today + grid.earlier.realised,
        fees_today=grid.fees_today + grid.earlier.fees,
    )


def set_sell_only(grid: Grid, *, on: bool) -> Grid:
    """Wind the grid down (只卖不买), or take that back; its plan says so too, what is shown and started again by it."""
    return replace(grid, sell_only=on, plan=replace(grid.plan, sell_only=on))


def pause_gap(grid: Grid, gap: int, *, on: bool) -> Grid:
    """Leave the gap at that index alone, or take that back; an index that is none changes nothing."""
    if not 0 <= gap < len(grid.gaps):
        return grid
    slot = frozenset({gap + grid.slot0})
    return replace(grid, paused=grid.paused | slot if on else grid.paused - slot)


def mark_inexact(grid: Grid) -> Grid:
    """A trade that is not the grid's own touched the position: its figures are estimates from now on."""
    return replace(grid, exact=False)
