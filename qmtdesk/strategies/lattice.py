"""The price levels of a grid, exact to the tick."""

from bisect import bisect_right

from msgspec import Struct

from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.plans import Spacing

BP = 10_000


class Lattice(Struct, frozen=True):
    """Levels in 厘, lowest first, strictly rising.

    `base_index` is where the base stands; it lies outside the tuple when the base itself was cut off.
    """

    levels: tuple[int, ...]
    base_index: int

    @property
    def gaps(self) -> int:
        """How many gaps lie between the levels."""
        return max(0, len(self.levels) - 1)

    def under(self, price: int) -> int:
        """The highest level not above the price: -1 below all levels, the last index at or above the highest."""
        return bisect_right(self.levels, price) - 1

    def cell(self, price: int) -> int | None:
        """The gap with L_i <= price < L_{i+1}, None out of range."""
        i = self.under(price)
        return i if 0 <= i < self.gaps else None

    def number(self, i: int) -> int:
        """A level's number as people count: 0 is the base, -1 the level below it."""
        return i - self.base_index


class Stair(Struct, frozen=True):
    """All levels there could be: a base and a way to step up and down from it. `base` and `tick` 厘, both positive."""

    base: int
    step_bp: int
    spacing: Spacing
    tick: int

    def level(self, k: int) -> int:
        """The k-th level, half-up to the tick; 0 where an arithmetic stair has left the positive prices."""
        if self.spacing is Spacing.ARITHMETIC:
            return max(0, round_half_up(self.base * (BP + k * self.step_bp), BP * self.tick) * self.tick)
        grown, flat = (BP + self.step_bp) ** abs(k), BP ** abs(k)
        num, den = (grown, flat) if k >= 0 else (flat, grown)
        return round_half_up(self.base * num, den * self.tick) * self.tick

    def levels(self, first: int, last: int) -> tuple[int, ...]:
        """The levels numbered first to last, rising, each price once and none below one tick."""
        return tuple(sorted({self.level(k) for k in range(first, last + 1)} - {0}))

    def reach(self, range_bp: int) -> tuple[int, int]:
        """How many exact, unrounded steps fit below and above the base within a range of less than 10,000 bp."""
        if self.spacing is Spacing.ARITHMETIC:
            return range_bp // self.step_bp, range_bp // self.step_bp
        grown = BP + self.step_bp
        up, num, den = 0, grown, BP
        while num * BP <= (BP + range_bp) * den:
            up, num, den = up + 1, num * grown, den * BP
        down, num, den = 0, BP, grown
        while num * BP >= (BP - range_bp) * den:
            down, num, den = down + 1, num * BP, den * grown
        return down, up


def build_lattice(
    base: int, step_bp: int, range_bp: int, spacing: Spacing, tick: int, low: int = 0, high: int = 0
) -> Lattice:
    """All levels within the range of the base and, where given, within [low, high].

    Takes base >= tick > 0, step_bp > 0 and 0 <= range_bp < 10,000.
    """
    stair = Stair(base, step_bp, spacing, tick)
    down, up = stair.reach(range_bp)
    levels = stair.levels(-down, up)
    kept = tuple(price for price in levels if price >= low and (high == 0 or price <= high))
    cut_below = sum(1 for price in levels if price < low)
    return Lattice(kept, levels.index(stair.level(0)) - cut_below)
