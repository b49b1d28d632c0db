"""From a user's plan to a grid at its start, or to the reason why not."""

from dataclasses import dataclass

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why, because
from qmtdesk.strategies.grid_before import NOTHING_BEFORE, Before
from qmtdesk.strategies.grid_state import EMPTY_GAP, NO_TRAIL, Gap, Grid, whole_lots
from qmtdesk.strategies.lattice import Lattice, build_lattice
from qmtdesk.strategies.plan_error import PlanError

__all__ = ["FirstBuy", "PlanError", "base_of", "check_plan", "first_buy_of", "start_grid"]

_BOUNDS = {
    "step_bp": (1, 2_000),
    "range_bp": (1, 9_000),
    "live_per_side": (1, 10),
    "hysteresis": (0, 20),
    "rolls_per_day": (0, 20),
    "trail_bp": (0, 1_000),
}
"""What may be set, least and most; anything else in a plan is only kept from being negative."""

_NOT_NEGATIVE = ("base_price", "amount", "unit", "max_position", "min_position", "cash_cap", "lower_stop", "adopt")


@dataclass(frozen=True, slots=True)
class FirstBuy:
    """What a start comes to: the volume of a gap, what is still to buy and at which price (厘)."""

    unit: int
    missing: int
    price: int


def start_grid(
    plan: GridPlan,
    instrument: Instrument,
    last: int,
    cost: int,
    position: int,
    at: int,
    day: str,
    opening_auction: bool,  # noqa: FBT001
    before: Before = NOTHING_BEFORE,
) -> Grid:
    """The grid of a plan before its first order; PlanError names the setting and the numbers that forbid it.

    `last` and `cost` 厘, 0 for none; `position` is what the account holds. The lattice spans the plan's whole range:
    the day's limits bind its orders, not its levels, since a grid may live longer than the day.
    Adoption: `plan.adopt` of the position goes into the gap of the first buy and on upwards, a unit each, as far as it
    goes; the rest of the position is 底仓. Lots of the grid `before` cost what they cost it, others the account's
    average, and all gaps share that. Only what then misses of two units is bought.
    """
    check_plan(plan, instrument, last, position)
    base = base_of(plan, instrument, last, cost)
    first = first_buy_of(plan, instrument, last, opening_auction=opening_auction)
    lattice = build_lattice(base, plan.step_bp, plan.range_bp, plan.spacing, instrument.tick)
    start = _start_gap(lattice, first.price, base, instrument.tick)
    paid = before.cost_of(plan.adopt, cost or last or first.price)
    return Grid(
        plan=plan,
        lattice=lattice,
        anchor=lattice.levels[lattice.base_index],
        tick=instrument.tick,
        lot=instrument.lot,
        step=instrument.step,
        unit=first.unit,
        gaps=_adopted(plan.adopt, first.unit, paid, start, lattice.gaps),
        started_at=at,
        day=day,
        base_holding=position - plan.adopt,
        first_left=first.missing,
        first_price=first.price if first.missing else 0,
        first_slot=start,
        sell_only=plan.sell_only,
        exact=before.exact_with(plan.adopt, known=cost > 0),
        earlier=before.earlier,
        trails=(NO_TRAIL,) * lattice.gaps if plan.trail_bp else (),
    )


def check_plan(plan: GridPlan, instrument: Instrument, last: int, position: int) -> None:
    """Raise PlanError for the first setting that makes no sense by itself or for this instrument and position."""
    for name, (least, most) in _BOUNDS.items():
        value = getattr(plan, name)
        if not least <= value <= most:
            raise PlanError(because(Why.BAD_SETTING, name=name, value=value, least=least, most=most))
    for name in _NOT_NEGATIVE:
        if getattr(plan, name) < 0:
            raise PlanError(because(Why.BAD_SETTING, name=name, value=getattr(plan, name), least=0))
    if plan.range_bp < 2 * plan.step_bp:
        raise PlanError(because(Why.BAD_SETTING, name="range_bp", value=plan.range_bp, least=2 * plan.step_bp))
    if plan.max_position and plan.min_position > plan.max_position:
        raise PlanError(because(Why.BAD_SETTING, name="min_position", value=plan.min_position, most=plan.max_position))
    if instrument.dying and plan.adopt == 0:
        raise PlanError(because(Why.BUYS_ENDED, name=instrument.name))
    _check_stop(plan, last, instrument.prev_close)
    if plan.adopt > position:
        raise PlanError(because(Why.BAD_SETTING, name="adopt", value=plan.adopt, most=position))
    if plan.adopt != whole_lots(plan.adopt, instrument.lot, instrument.step):
        raise PlanError(because(Why.UNIT_NOT_LOT, unit=plan.adopt, lot=instrument.lot))


def _check_stop(plan: GridPlan, last: int, close: int) -> None:
    if plan.lower_stop and plan.lower_stop >= (last or close):
        price = {"close_milli": close} if last in (0, close) else {"last_milli": last}
        raise PlanError(because(Why.BAD_SETTING, name="lower_stop", stop_milli=plan.lower_stop, **price))


def base_of(plan: GridPlan, instrument: Instrument, last: int, cost: int) -> int:
    """The base in 厘 that the plan asks for, on the tick, so that levels told from it are the same ones ever after.

    PlanError when there is none.
    """
    base = {
        BaseKind.PREV_CLOSE: instrument.prev_close,
        BaseKind.LAST: last,
        BaseKind.COST: cost,
        BaseKind.TYPED: plan.base_price,
    }[plan.base]
    if base >= instrument.tick:
        return round_half_up(base, instrument.tick) * instrument.tick
    if plan.base is BaseKind.LAST:
        raise PlanError(because(Why.NO_QUOTE))
    raise PlanError(because(Why.BAD_SETTING, name="base", value=plan.base.value, base_milli=base))


def first_buy_of(plan: GridPlan, instrument: Instrument, last: int, *, opening_auction: bool) -> FirstBuy:
    """Unit, first buy and its price: the previous close until the market has opened, the last price afterwards.

    The amount buys whole lots, made an even number of them by one more; the unit is half. PlanError when the amount
    is less than a lot, the unit no whole lot, or there is no price yet.
    """
    price = instrument.prev_close if opening_auction else last
    if price <= 0:
        raise PlanError(because(Why.NO_QUOTE))
    lot = instrument.lot
    unit = plan.unit
    if unit == 0:
        lots = plan.amount // (price * lot)
        if lots == 0:
            least = price * lot
            raise PlanError(because(Why.BAD_SETTING, name="amount", value_milli=plan.amount, least_milli=least))
        unit = (lots + lots % 2) * lot // 2
    if unit != whole_lots(unit, lot, instrument.step):
        raise PlanError(because(Why.UNIT_NOT_LOT, unit=unit, lot=lot))
    buys = plan.first_buy and not instrument.dying
    return FirstBuy(unit, max(0, 2 * unit - plan.adopt) if buys else 0, price)


def _start_gap(lattice: Lattice, price: int, base: int, tick: int) -> int:
    """The gap the first buy belongs to; the price must have a gap above it for the second unit too.

    A step of two ticks loses whatever the commission is; what the commission adds to that is the preview's to say.
    """
    start = lattice.cell(price)
    if start is None or start + 1 >= lattice.gaps:
        levels = lattice.levels
        reason = because(
            Why.BAD_SETTING, name="base", base_milli=base, last_milli=price, low_milli=levels[0], high_milli=levels[-1]
        )
        raise PlanError(reason)
    step = lattice.levels[start + 1] - lattice.levels[start]
    if step <= 2 * tick:
        raise PlanError(because(Why.STEP_TOO_SMALL, step_milli=step, need_milli=2 * tick))
    return start


def _adopted(adopt: int, unit: int, paid: int, start: int, count: int) -> tuple[Gap, ...]:
    room = (count - start) * unit
    if adopt > room:
        raise PlanError(because(Why.BAD_SETTING, name="adopt", value=adopt, most=room))
    gaps = [EMPTY_GAP] * count
    for i in range(start, count):
        take = min(unit, adopt)
        if take:
            share = round_half_up(paid * take, adopt)
            gaps[i] = Gap(held=take, cost=share)
            adopt, paid = adopt - take, paid - share
    return tuple(gaps)
