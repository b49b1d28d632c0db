"""What arming a grid would do, in figures, before anybody arms it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from qmtdesk.domain.codes import classify
from qmtdesk.domain.fees import FeeSchedule, fee_of
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.plans import GridMode, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies.grid_before import NOTHING_BEFORE, Before
from qmtdesk.strategies.grid_checks import Check, Depth, check_buys, check_phase, check_quote, check_sizes
from qmtdesk.strategies.grid_fills import on_fill
from qmtdesk.strategies.grid_start import start_grid
from qmtdesk.strategies.grid_state import Grid, GridContext, Wanted, Wish
from qmtdesk.strategies.grid_wish import FIRST_BUY, OPENING, wanted
from qmtdesk.strategies.plan_error import PlanError
from qmtdesk.strategies.rolling import Rolling, start_rolling
from qmtdesk.strategies.rolling import on_fill as pair_fill
from qmtdesk.strategies.rolling import on_price as pair_price
from qmtdesk.strategies.rolling import wanted as pair_wanted

ENDLESS = 10**15
"""Cash that is never short, 厘."""

_UNPRICED = OPENING - {Phase.OPEN_WAIT}
"""Until the auction's result is known a start goes by the close before."""
_START: dict[GridMode, Callable[..., Grid | Rolling]] = {GridMode.LATTICE: start_grid, GridMode.ROLLING: start_rolling}


@dataclass(frozen=True, slots=True)
class PreviewOrder:
    """An order that would go out now or, `after_first`, after the first buy. `level` is a level's number."""

    side: Side
    price: int
    volume: int
    level: int
    first: bool
    after_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What arming would do. Money 厘, volumes 股 / 张.

    `cash_full` is what all levels together use with no cap, `most` what they do within the caps; `levels`, `cap_level`
    and `skipped` are those of `Depth`. `worst_loss` is the loss (positive) at `worst_price` of all that the caps let
    buy on the way down from `last`: a lattice's lowest level or lower stop, the lower end of a pair's range or, where
    `at_limit`, the day's lower limit above that. `trip_net` is one unit's round trip over the gap at the price after
    `trip_fee`. `first_volume` is what is bought first, 0 where the plan itself keeps that from ever being bought.
    """

    ok: bool
    base: int = 0
    unit: int = 0
    first_volume: int = 0
    first_price: int = 0
    adopted: int = 0
    base_holding: int = 0
    levels_up: int = 0
    levels_down: int = 0
    levels: tuple[tuple[int, int, int, int], ...] = ()
    cap_level: int = 0
    skipped: tuple[int, ...] = ()
    last: int = 0
    most: int = 0
    cash_full: int = 0
    cash_live: int = 0
    cash: int = 0
    worst_loss: int = 0
    worst_price: int = 0
    at_limit: bool = False
    trip_net: int = 0
    trip_fee: int = 0
    orders: tuple[PreviewOrder, ...] = ()
    checks: tuple[Check, ...] = ()


def preview_grid(
    plan: GridPlan,
    instrument: Instrument,
    last: int,
    cost: int,
    position: int,
    can_use: int,
    cash: int,
    at: int,
    day: str,
    phase: Phase,
    quote_age_ms: int,
    fees: FeeSchedule,
    before: Before = NOTHING_BEFORE,
) -> Preview:
    """Everything the sheet shows; a plan that cannot start gives the one reason why.

    `cash` and `can_use` as in GridContext, `quote_age_ms` how old the last price is, negative for none. The orders are
    those of continuous trading, whatever the phase is now.
    """
    try:
        part = _START[plan.mode](plan, instrument, last, cost, position, at, day, phase in _UNPRICED, before)
    except PlanError as error:
        return Preview(ok=False, cash=cash, checks=(Check("refuse", error.reason),))
    price = last or instrument.prev_close
    ctx = _moment(instrument, price, position, can_use, at)
    if isinstance(part, Rolling):
        part = pair_price(part, ctx)[0]
    depth = _depth_of_grid(part, ctx) if isinstance(part, Grid) else _depth_of_pair(part, ctx)
    orders = _orders(part, ctx)
    low, high = _trip(part, price)
    fee = _trip_fee(fees, instrument, day, part.unit, low, high)
    live = sum(order.price * order.volume for order in orders if order.side is Side.BUY)
    worst_price, at_limit = _worst_price(part, ctx)
    checks = (
        *check_sizes(part, low, high, fee, live, cash),
        check_quote(phase, quote_age_ms),
        *check_buys(part, ctx, depth),
        *check_phase(plan, part, ctx, phase),
    )
    return Preview(
        ok=all(check.level != "refuse" for check in checks),
        base=part.anchor if isinstance(part, Grid) else part.centre,
        unit=part.unit,
        first_volume=part.first_left if any(order.first for order in orders) else 0,
        first_price=part.first_price,
        adopted=plan.adopt,
        base_holding=part.base_holding,
        levels_up=sum(1 for level in depth.levels if level[0] > 0),
        levels_down=sum(1 for level in depth.levels if level[0] < 0),
        levels=depth.levels,
        cap_level=depth.cap_level,
        skipped=depth.skipped,
        last=price,
        most=depth.used,
        cash_full=depth.full if depth.levels else 0,
        cash_live=live,
        cash=cash,
        worst_loss=max(0, depth.used - depth.held * worst_price),
        worst_price=worst_price,
        at_limit=at_limit,
        trip_net=(high - low) * part.unit - fee,
        trip_fee=fee,
        orders=orders,
        checks=checks,
    )


_Row = tuple[int, int, int, int]
"""Number, price, volume bought there, what that costs."""


def _moment(instrument: Instrument, price: int, position: int, can_use: int, at: int) -> GridContext:
    """Continuous trading at a price, with no end of cash: what the account lacks is said by the checks."""
    return GridContext(
        at=at,
        last=price,
        bid1=0,
        ask1=0,
        limit_up=instrument.limit_up or instrument.told_up,
        limit_down=instrument.limit_down or instrument.told_down,
        phase=Phase.MORNING,
        position=position,
        can_use=can_use,
        cash=ENDLESS,
        lot=instrument.lot,
        step=instrument.step,
        tick=instrument.tick,
        t_plus_one=instrument.t_plus_one,
        dying=instrument.name if instrument.dying else "",
    )


def _depth_of_grid(grid: Grid, ctx: GridContext) -> Depth:
    return _depth(grid, ctx, tuple(_grid_rows(grid, ctx)))


def _grid_rows(grid: Grid, ctx: GridContext) -> Iterator[_Row]:
    """The levels within the day's limits from the highest down; the first buy stands at its own gap's level."""
    levels, reserved = grid.lattice.levels, grid.reserved()
    highest_buy = min(grid.lattice.under(ctx.last), len(grid.gaps) - 1)
    for i in range(len(levels) - 1, -1, -1):
        if not ctx.allows(levels[i]):
            continue
        first = grid.first_left if i == grid.first_slot else 0
        room = grid.whole(grid.unit - grid.gaps[i].held - reserved.get(i, 0)) if i <= highest_buy else 0
        yield grid.lattice.number(i), levels[i], first + room, first * grid.first_price + room * levels[i]


def _depth_of_pair(pair: Rolling, ctx: GridContext) -> Depth:
    return _depth(pair, ctx, tuple(_pair_rows(pair, ctx)))


def _pair_rows(pair: Rolling, ctx: GridContext) -> Iterator[_Row]:
    """The sale, the centre, and the buys that would follow each other down to the range's or the day's lower end."""
    yield 1, pair.sell_price, 0, 0
    yield 0, pair.centre, pair.first_left, pair.first_left * pair.first_price
    number, pair = -1, replace(pair, first_left=0)
    while pair.buy_price < pair.centre and pair.buy_price >= max(pair.low, ctx.limit_down, pair.tick):
        yield number, pair.buy_price, pair.unit, pair.unit * pair.buy_price
        number, pair = number - 1, replace(pair, centre=pair.buy_price)


def _depth(part: Grid | Rolling, ctx: GridContext, rows: tuple[_Row, ...]) -> Depth:
    """Fold the rows: one that does not fit is left out, and with a pair all below it: the next follows a fill.

    Where the first buy does not fit nothing else is bought either.
    """
    plan, sells_only = part.plan, ctx.dying or part.plan.sell_only
    held, used, full, beside = part.held_total, part.cash_used, part.cash_used, ctx.position - part.held_total
    broken = _broken(plan, used + part.first_left * part.first_price, ctx.position + part.first_left)
    ended = bool(part.first_left and broken)
    broken = broken if ended and not sells_only else frozenset()
    cap_level, left_out, levels = (rows[0][0] + 1 if rows else 0), list[int](), list[tuple[int, int, int, int]]()
    for number, price, *bought in rows:
        volume, value = (0, 0) if sells_only else bought
        full += value
        stopped = price <= plan.lower_stop
        over = frozenset[Why]() if stopped else _broken(plan, used + value, beside + held + volume)
        if volume and (ended or over or stopped):
            left_out.append(number)
            levels.append((number, price, volume, full))
            broken, ended = broken | over, ended or isinstance(part, Rolling)
            continue
        used, held, cap_level = used + value, held + volume, number
        levels.append((number, price, volume, used))
    skipped = tuple(number for number in left_out if number > cap_level)
    return Depth(tuple(levels), cap_level, skipped, broken, held, used, full)


def _broken(plan: GridPlan, used: int, position: int) -> frozenset[Why]:
    """Which of the plan's own caps a total would break."""
    cash = {Why.CASH_CAP} if 0 < plan.cash_cap < used else set[Why]()
    return frozenset(cash | ({Why.POSITION_CAP} if 0 < plan.max_position < position else set()))


def _worst_price(part: Grid | Rolling, ctx: GridContext) -> tuple[int, bool]:
    """Where the loss is counted, and whether the day's limit is what ends the fall there.

    A lattice's lower stop sells, a pair's only ends its buying and the fall goes on.
    """
    low = part.low if isinstance(part, Rolling) else part.lattice.levels[0]
    end = max(min(low, ctx.last), ctx.limit_down, part.tick)
    if isinstance(part, Grid) and part.plan.lower_stop >= end:
        return part.plan.lower_stop, False
    return end, ctx.limit_down > low


def _orders(part: Grid | Rolling, ctx: GridContext) -> tuple[PreviewOrder, ...]:
    """What goes out now, then what more goes out once the first buy is filled at its price."""
    now = _wish(part, ctx).orders
    shown = [_shown(part, order, after_first=False) for order in now]
    if any(order.first for order in shown):
        volume = part.first_left
        known = {(order.owner, order.side) for order in now}
        after = _with_first_buy(part, ctx.at)
        bought = replace(ctx, position=ctx.position + volume, can_use=ctx.can_use + (0 if ctx.t_plus_one else volume))
        more = (order for order in _wish(after, bought).orders if (order.owner, order.side) not in known)
        shown += [_shown(after, order, after_first=True) for order in more]
    return tuple(shown)


def _wish(part: Grid | Rolling, ctx: GridContext) -> Wish:
    return wanted(part, ctx) if isinstance(part, Grid) else pair_wanted(part, ctx)


def _with_first_buy(part: Grid | Rolling, at: int) -> Grid | Rolling:
    price, volume = part.first_price, part.first_left
    if isinstance(part, Grid):
        return on_fill(part, FIRST_BUY, Side.BUY, price, volume, price, 0, at)
    return replace(pair_fill(part, FIRST_BUY, Side.BUY, price, volume, price, 0, at), unpriced=False)


def _shown(part: Grid | Rolling, order: Wanted, *, after_first: bool) -> PreviewOrder:
    first = order.owner.kind is OwnerKind.FIRST_BUY
    sells = order.side is Side.SELL
    if isinstance(part, Rolling):
        number = 0 if first else 1 if sells else -1
    else:
        slot = part.first_slot if first else order.owner.slot
        number = part.lattice.number(slot - part.slot0 + (1 if sells else 0))
    return PreviewOrder(order.side, order.price, order.volume, number, first, after_first)


def _trip(part: Grid | Rolling, price: int) -> tuple[int, int]:
    """The two prices of one round trip near the price."""
    if isinstance(part, Rolling):
        return part.centre, part.sell_price
    i = max(0, min(part.lattice.under(price), len(part.gaps) - 1))
    return part.lattice.levels[i], part.lattice.levels[i + 1]


def _trip_fee(fees: FeeSchedule, instrument: Instrument, day: str, unit: int, low: int, high: int) -> int:
    listing, on = classify(instrument.code), date.fromisoformat(day)
    return sum(fee_of(fees, listing, on, side, 0, price * unit) for side, price in ((Side.BUY, low), (Side.SELL, high)))
