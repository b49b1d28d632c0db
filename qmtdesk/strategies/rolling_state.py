"""What a rolling pair is at one moment, and what it can be asked."""

from msgspec import Struct

from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan
from qmtdesk.strategies.grid_state import NO_EARLIER, Earlier, GridSummary, whole_lots
from qmtdesk.strategies.lattice import BP


class Rolling(Struct, frozen=True, kw_only=True):
    """One rolling grid. Prices and money 厘, volumes 股 / 张.

    `centre` is the level of the order filled last, `leg` the number of the pair around it: the orders of a pair belong
    to Owner(ROLLING, leg). `sold_leg` and `bought_leg` are what this pair's orders filled so far. `cost` is the 厘
    paid for `held`. Outside [low, high] the pair sleeps. `unpriced`: no price has come since this pair or this day
    began; until then no order is new, and that price may move the centre: over levels of the side `passes`, or of
    both where it is None. `starting`: it is the very first price of this plan, and the centre is nothing but its base.
    Only the summary adds what was `earlier` today.
    """

    plan: GridPlan
    tick: int
    lot: int
    step: int
    unit: int
    centre: int
    low: int
    high: int
    started_at: int
    day: str
    leg: int = 0
    held: int = 0
    cost: int = 0
    sold_leg: int = 0
    bought_leg: int = 0
    base_holding: int = 0
    first_left: int = 0
    first_price: int = 0
    asleep: bool = False
    unpriced: bool = False
    starting: bool = False
    passes: Side | None = None
    sell_only: bool = False
    realised: int = 0
    realised_today: int = 0
    fees: int = 0
    fees_today: int = 0
    improvement: int = 0
    sold_ever: int = 0
    sold_today: int = 0
    exact: bool = True
    earlier: Earlier = NO_EARLIER

    @property
    def held_total(self) -> int:
        """All that the pair holds, 底仓 not included."""
        return self.held

    @property
    def cash_used(self) -> int:
        """厘 paid for what is held now."""
        return self.cost

    @property
    def owner(self) -> Owner:
        """Whom the orders of the pair in force belong to."""
        return Owner(OwnerKind.ROLLING, self.leg)

    @property
    def sell_price(self) -> int:
        """Centre × (1 + step), half-up to the tick, and at least a tick above it."""
        return max(on_tick(self.centre * (BP + self.plan.step_bp), self.tick), self.centre + self.tick)

    @property
    def buy_price(self) -> int:
        """Centre × (1 − step), half-up to the tick, at least a tick below it, and never under one tick."""
        price = min(on_tick(self.centre * (BP - self.plan.step_bp), self.tick), self.centre - self.tick)
        return max(price, self.tick)

    @property
    def to_sell(self) -> int:
        """What the pair's sale still lacks: a unit, or what is held if that is less."""
        return min(self.unit - self.sold_leg, self.held)

    def whole(self, volume: int) -> int:
        """The part of a volume that may be ordered."""
        return whole_lots(volume, self.lot, self.step)


def summary(pair: Rolling, last: int) -> GridSummary:
    """The figures at a last price; with none (0) nothing floats. A round trip is each unit sold."""
    return GridSummary(
        held=pair.held,
        realised=pair.realised,
        floating=pair.held * last - pair.cost if last else 0,
        fees=pair.fees,
        improvement=pair.improvement,
        trips=pair.sold_ever // pair.unit,
        cash_used=pair.cost,
        trips_today=pair.sold_today // pair.unit + pair.earlier.trips,
        realised_today=pair.realised_today + pair.earlier.realised,
        fees_today=pair.fees_today + pair.earlier.fees,
    )


def on_tick(price_times_bp: int, tick: int) -> int:
    """A price times 10,000, half-up to the tick."""
    return round_half_up(price_times_bp, BP * tick) * tick
