"""The rolling pair: one sale above and one buy below the level that was filled last."""

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.grid_before import NOTHING_BEFORE, Before
from qmtdesk.strategies.grid_start import base_of, check_plan, first_buy_of
from qmtdesk.strategies.grid_state import NO_EARLIER, GridContext, Wanted, Wish
from qmtdesk.strategies.grid_wish import (
    FIRST_BUY,
    FIRST_BUY_PENDING,
    NOTHING_HELD,
    SELL_ONLY,
    SLEEPING,
    first_buy_wait,
    standing,
)
from qmtdesk.strategies.lattice import BP
from qmtdesk.strategies.plan_error import PlanError
from qmtdesk.strategies.rolling_state import Rolling, on_tick, summary

__all__ = [
    "Rolling",
    "mark_inexact",
    "on_cleared",
    "on_day",
    "on_fill",
    "on_others",
    "on_price",
    "put_back",
    "set_sell_only",
    "start_rolling",
    "summary",
    "wanted",
]


_NO_MORE_BUYS = frozenset({Why.BUYS_ENDED, Why.SELL_ONLY, Why.POSITION_CAP, Why.CASH_CAP})
"""What forbids a pair to buy and leaves it to sell what it holds."""


def start_rolling(
    plan: GridPlan,
    instrument: Instrument,
    last: int,
    cost: int,
    position: int,
    at: int,
    day: str,
    opening_auction: bool,  # noqa: FBT001
    before: Before = NOTHING_BEFORE,
) -> Rolling:
    """The pair of a plan before its first order; PlanError names the setting and the numbers that forbid it.

    The centre is the first buy's price, or the base where nothing is bought first. Adoption takes `plan.adopt` of the
    position, lots of the grid `before` at what they cost it and others at the account's average; the rest is 底仓.
    """
    check_plan(plan, instrument, last, position)
    base = base_of(plan, instrument, last, cost)
    first = first_buy_of(plan, instrument, last, opening_auction=opening_auction)
    low, high = _range(base, plan.range_bp, first.price)
    return Rolling(
        plan=plan,
        tick=instrument.tick,
        lot=instrument.lot,
        step=instrument.step,
        unit=first.unit,
        centre=on_tick((first.price if first.missing else base) * BP, instrument.tick),
        low=low,
        high=high,
        started_at=at,
        day=day,
        held=plan.adopt,
        cost=before.cost_of(plan.adopt, cost or last or first.price),
        base_holding=position - plan.adopt,
        first_left=first.missing,
        first_price=first.price if first.missing else 0,
        unpriced=True,
        starting=first.missing == 0,
        sell_only=plan.sell_only,
        exact=before.exact_with(plan.adopt, known=cost > 0),
        earlier=before.earlier,
    )


def wanted(pair: Rolling, ctx: GridContext) -> Wish:
    """The sale above and the buy below the centre; `reasons` are the buy's and the sale's, in this order.

    As long as an order of an earlier pair may still fill, nothing new is wanted: it is cancelled first. The buy waits
    for the first buy. Outside continuous trading, and without a price since the pair or day began, what is live stays.
    """
    given_up = pair.first_left == 0 and (FIRST_BUY, Side.BUY) in ctx.live
    if given_up or any(owner.kind is OwnerKind.ROLLING and owner != pair.owner for owner, _ in ctx.live):
        wait = because(Why.WAITING_CANCEL)
        return Wish((), (wait, wait), wait if pair.first_left else None)
    sell_why, sale = _sale(pair, ctx)
    orders = [Wanted(pair.owner, Side.SELL, pair.sell_price, sale)] if sell_why is None else []
    first_why = _first_block(pair, ctx) if pair.first_left else None
    if pair.first_left and first_why is None:
        live = (FIRST_BUY, Side.BUY) in ctx.live
        volume = pair.first_left if live else pair.whole(pair.first_left)
        orders.append(Wanted(FIRST_BUY, Side.BUY, pair.first_price, volume))
    buy_why = _buy_block(pair, ctx)
    if buy_why is None:
        live = (pair.owner, Side.BUY) in ctx.live
        volume = pair.unit - pair.bought_leg
        orders.append(Wanted(pair.owner, Side.BUY, pair.buy_price, volume if live else pair.whole(volume)))
    return Wish(tuple(orders), (buy_why, sell_why), first_why)


def on_fill(
    pair: Rolling, owner: Owner, side: Side, price: int, volume: int, order_price: int, fee: int, at: int
) -> Rolling:
    """Book one trade of an own order; the pair moves to an order's price when that order is completely filled.

    A trade of an earlier pair, filled while it was being cancelled, changes what is held and nothing else. A sale that
    completes while the first buy is still out gives the rest of the first buy up. `at` is not used by these rules.
    """
    if volume <= 0:
        return pair
    better = (order_price - price) * volume if side is Side.BUY else (price - order_price) * volume
    pair = replace(pair, fees=pair.fees + fee, fees_today=pair.fees_today + fee, improvement=pair.improvement + better)
    pair = _bought(pair, price, volume) if side is Side.BUY else _sold(pair, price, volume)
    if owner.kind is OwnerKind.FIRST_BUY:
        left = max(0, pair.first_left - volume)
        if left or not pair.first_left:
            return replace(pair, first_left=left)
        # the market may have gone on below it: the first pair is priced by a snapshot of after it, as each one is
        return replace(pair, first_left=0, unpriced=True, passes=Side.BUY)
    if owner != pair.owner:
        return pair
    if side is Side.BUY:
        pair = replace(pair, bought_leg=pair.bought_leg + volume)
        return _flipped(pair, Side.BUY) if pair.bought_leg >= pair.unit else pair
    pair = replace(pair, sold_leg=pair.sold_leg + volume)
    return _flipped(pair, Side.SELL) if pair.to_sell <= 0 else pair


def on_cleared(pair: Rolling, volume: int, price: int, fee: int) -> Rolling:
    """Book a trade of an order that sells whatever the pair holds."""
    pair = replace(pair, fees=pair.fees + fee, fees_today=pair.fees_today + fee)
    return _sold(pair, price, volume)


def on_price(pair: Rolling, ctx: GridContext) -> tuple[Rolling, tuple[Reason, ...]]:
    """Follow one price of continuous trading: sleep outside the range, wake one step inside it.

    The first price of a new pair or day moves the centre on by whole steps as far as the market has passed an order
    that would go out now; nothing is traded for the steps left out. After a trade only levels of that trade's side are
    left out, after a sleep only buys: what the market passed the other way is one order. Where buys are left out the
    centre moves down, and what was just bought may be for sale below what it cost. The very first price of a plan
    without a first buy moves it down also where 只卖不买 or a cap forbids to buy; from then on no fall draws it along.
    """
    if ctx.last <= 0:
        return pair, ()
    pair, reasons = _slept(pair, ctx.last)
    if not pair.unpriced:
        return pair, reasons
    starting = pair.starting
    pair = replace(pair, unpriced=False, starting=False)
    if pair.first_left or any(owner == pair.owner for owner, _ in ctx.live):
        return pair, reasons
    caught_up, steps = _caught_up(pair, ctx, starting=starting)
    moved = because(Why.ROLLED, steps=steps, base_milli=caught_up.centre)
    return caught_up, (*reasons, moved) if steps else reasons


def on_day(pair: Rolling, day: str) -> Rolling:
    """Begin a trading day; the same day changes nothing.

    Yesterday's orders are dead. One that lacked less than a lot can never be completed: it counts as filled.
    """
    if day == pair.day:
        return pair
    pair = replace(pair, day=day, unpriced=True, starting=False, passes=None)
    pair = replace(pair, sold_today=0, realised_today=0, fees_today=0, earlier=NO_EARLIER)
    if pair.bought_leg and pair.whole(pair.unit - pair.bought_leg) == 0:
        return replace(_flipped(pair, Side.BUY), passes=None)
    if pair.sold_leg and pair.whole(pair.to_sell) == 0:
        return replace(_flipped(pair, Side.SELL), passes=None)
    return pair


def set_sell_only(pair: Rolling, *, on: bool) -> Rolling:
    """Wind the pair down (只卖不买), or take that back; its plan says so too, what is shown and started again by it."""
    return replace(pair, sell_only=on, plan=replace(pair.plan, sell_only=on))


def on_others(pair: Rolling, side: Side, volume: int) -> Rolling:
    """A trade of this code that is not the pair's: bought is 底仓, sold came out of 底仓 first, then out of it."""
    if side is Side.BUY:
        return replace(pair, base_holding=pair.base_holding + volume, exact=False)
    from_base = min(volume, pair.base_holding)
    take = min(volume - from_base, pair.held)
    cost = pair.cost - (round_half_up(pair.cost * take, pair.held) if take else 0)
    return replace(pair, base_holding=pair.base_holding - from_base, held=pair.held - take, cost=cost, exact=False)


def put_back(pair: Rolling, volume: int, price: int) -> Rolling:
    """What `on_others` took out of the pair is its own again, at what it went for."""
    return replace(pair, held=pair.held + volume, cost=pair.cost + volume * price, exact=False)


def mark_inexact(pair: Rolling) -> Rolling:
    """A trade that is not the pair's own touched the position: its figures are estimates from now on."""
    return replace(pair, exact=False)


def _range(base: int, range_bp: int, price: int) -> tuple[int, int]:
    """Both ends; PlanError where the price is outside: the pair would sleep until its first buy is far from it."""
    low, high = base * (BP - range_bp) // BP, base * (BP + range_bp) // BP
    if not low <= price <= high:
        numbers = {"base_milli": base, "last_milli": price, "low_milli": low, "high_milli": high}
        raise PlanError(because(Why.BAD_SETTING, name="base", **numbers))
    return low, high


def _flipped(pair: Rolling, side: Side) -> Rolling:
    level = pair.buy_price if side is Side.BUY else pair.sell_price
    pair = replace(pair, centre=level, leg=pair.leg + 1, sold_leg=0, bought_leg=0, first_left=0)
    return replace(pair, unpriced=True, starting=False, passes=side)


def _slept(pair: Rolling, last: int) -> tuple[Rolling, tuple[Reason, ...]]:
    if not pair.low <= last <= pair.high:
        if pair.asleep:
            return pair, ()
        sleep = because(Why.SLEEP, price_milli=last, low_milli=pair.low, high_milli=pair.high)
        return replace(pair, asleep=True), (sleep,)
    margin = pair.centre * pair.plan.step_bp // BP
    if pair.asleep and pair.low + margin <= last <= pair.high - margin:
        return replace(pair, asleep=False, unpriced=True, passes=Side.BUY), (because(Why.WAKE, price_milli=last),)
    return pair, ()


def _caught_up(pair: Rolling, ctx: GridContext, *, starting: bool) -> tuple[Rolling, int]:
    """The pair as many whole steps on as the market has passed, and how many those are, down ones negative."""
    block = _buy_block(pair, ctx)
    buys = pair.passes is not Side.SELL and (_may(block) or (starting and _goes_down(pair, ctx, block)))
    sells = pair.passes is not Side.BUY and _may(_sale(pair, ctx)[0])
    steps = 0
    while buys and ctx.last <= pair.buy_price < pair.centre:
        pair, steps = replace(pair, centre=pair.buy_price), steps - 1
    while sells and ctx.last >= pair.sell_price:
        pair, steps = replace(pair, centre=pair.sell_price), steps + 1
    return pair, steps


def _goes_down(pair: Rolling, ctx: GridContext, block: Reason | None) -> bool:
    """Whether one that may not buy starts beside the market: at its base, far above it, its sale would sell nothing.

    只卖不买 is told before a sleep and a lower stop: those keep it where it is all the same.
    """
    forbidden = block is not None and block.why in _NO_MORE_BUYS
    return forbidden and not pair.asleep and ctx.last > pair.plan.lower_stop


def _may(block: Reason | None) -> bool:
    """Whether an order would go out, were its level within the day's limits: a passed level may lie outside them."""
    return block is None or block.why is Why.OUTSIDE_LIMITS


def _bought(pair: Rolling, price: int, volume: int) -> Rolling:
    return replace(pair, held=pair.held + volume, cost=pair.cost + price * volume)


def _sold(pair: Rolling, price: int, volume: int) -> Rolling:
    """A sale beyond what is held came out of 底仓 and makes the figures an estimate."""
    own = min(volume, pair.held)
    share = round_half_up(pair.cost * own, pair.held) if own else 0
    gain = own * price - share
    return replace(
        pair,
        held=pair.held - own,
        cost=pair.cost - share,
        realised=pair.realised + gain,
        realised_today=pair.realised_today + gain,
        sold_ever=pair.sold_ever + own,
        sold_today=pair.sold_today + own,
        base_holding=max(0, pair.base_holding - (volume - own)),
        exact=pair.exact and own == volume,
    )


def _moving(pair: Rolling, ctx: GridContext) -> bool:
    return ctx.phase.continuous and ctx.last > 0 and not pair.unpriced


def _sale(pair: Rolling, ctx: GridContext) -> tuple[Reason | None, int]:
    """Why there is no sale, or its volume."""
    live = (pair.owner, Side.SELL) in ctx.live
    want = min(pair.to_sell, ctx.can_use, max(0, ctx.position - pair.plan.min_position))
    volume = want if live else pair.whole(want)
    if pair.held == 0:
        return NOTHING_HELD, 0
    if not _moving(pair, ctx):
        return (None, volume) if live and volume > 0 else (standing(ctx), 0)
    if pair.asleep and ctx.last < pair.low:
        return SLEEPING, 0
    if volume <= 0:
        return _no_room(pair, ctx), 0
    return (None, volume) if ctx.allows(pair.sell_price) else (_outside(ctx), 0)


def _no_room(pair: Rolling, ctx: GridContext) -> Reason:
    if pair.whole(pair.to_sell) == 0:
        return because(Why.STASH, volume=pair.held, lot=pair.lot)
    if ctx.can_use >= pair.lot:
        return because(Why.POSITION_FLOOR, floor=pair.plan.min_position)
    if ctx.t_plus_one:
        return because(Why.T_PLUS_ONE, volume=max(0, ctx.position - ctx.can_use))
    return because(Why.SELL_ROOM, want=pair.to_sell, room=ctx.can_use)


def _first_block(pair: Rolling, ctx: GridContext) -> Reason | None:
    if not ctx.phase.continuous:
        if (FIRST_BUY, Side.BUY) in ctx.live:
            return None
        wait = first_buy_wait(ctx, auction_start=pair.plan.auction_start)
        if wait is not None:
            return wait
    elif pair.whole(pair.first_left) == 0 and (FIRST_BUY, Side.BUY) not in ctx.live:
        return because(Why.STASH, volume=pair.first_left, lot=pair.lot)
    return _buy_stop(pair, ctx, pair.first_price, pair.first_left)


def _buy_block(pair: Rolling, ctx: GridContext) -> Reason | None:
    if pair.first_left:
        return FIRST_BUY_PENDING
    live = (pair.owner, Side.BUY) in ctx.live
    if not _moving(pair, ctx):
        return None if live else standing(ctx)
    missing = pair.unit - pair.bought_leg
    if not live and pair.whole(missing) == 0:
        return because(Why.STASH, volume=missing, lot=pair.lot)
    return _buy_stop(pair, ctx, pair.buy_price, missing)


def _buy_stop(pair: Rolling, ctx: GridContext, price: int, volume: int) -> Reason | None:
    """Why nothing may be bought at this price: the name, switches, floor, caps and money, then the day's limits."""
    plan = pair.plan
    if ctx.dying:
        return because(Why.BUYS_ENDED, name=ctx.dying)
    if pair.sell_only:
        return SELL_ONLY
    if pair.asleep:
        return SLEEPING
    if min(price, ctx.last or price) <= plan.lower_stop:
        return because(Why.LOWER_STOP, price_milli=plan.lower_stop)
    if plan.max_position and ctx.position + volume > plan.max_position:
        return because(Why.POSITION_CAP, cap=plan.max_position)
    if plan.cash_cap and pair.cost + volume * price > plan.cash_cap:
        return because(Why.CASH_CAP, cap_milli=plan.cash_cap)
    if volume * price > ctx.cash:
        return because(Why.CASH_SHORT, need_milli=volume * price, have_milli=ctx.cash)
    return None if ctx.allows(price) else _outside(ctx)


def _outside(ctx: GridContext) -> Reason:
    return because(Why.OUTSIDE_LIMITS, down_milli=ctx.limit_down, up_milli=ctx.limit_up)
