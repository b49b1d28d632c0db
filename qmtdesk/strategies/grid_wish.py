"""Which orders a grid wants on the book, as a pure function of what it is and what the world allows."""

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import Phase, shanghai_ms_of_day
from qmtdesk.strategies.grid_state import Grid, GridContext, Wanted, Wish
from qmtdesk.strategies.lattice import BP

FIRST_BUY = Owner(OwnerKind.FIRST_BUY)
AUCTION_ACT = ((9 * 60 + 24) * 60 + 40) * 1000
"""The original's moment in the opening auction, 9:24:40 in Shanghai, in ms since midnight."""
MORNING = (9 * 60 + 30) * 60 * 1000
"""When continuous trading begins, in ms since midnight."""
OPENING = frozenset({Phase.BEFORE_OPEN, Phase.OPEN_AUCTION, Phase.OPEN_AUCTION_LOCKED, Phase.OPEN_WAIT})

# inside the 2 % price cage of stocks and any pre-trade collar, so that an order through the market is taken
THROUGH_BP = 150
STOP_BP = 200
"""A stop's sale goes no further below the price than this, however hollow the bids are."""

NO_QUOTE = because(Why.NO_QUOTE)
NOTHING_HELD = because(Why.NOTHING_HELD)
GAP_FULL = because(Why.GAP_FULL)
PAUSED = because(Why.GAP_PAUSED)
SLEEPING = because(Why.SLEEPING)
SELL_ONLY = because(Why.SELL_ONLY)
SELF_TRADE = because(Why.SELF_TRADE)
FIRST_BUY_PENDING = because(Why.FIRST_BUY_PENDING)


def wanted(grid: Grid, ctx: GridContext, *, explain: bool = True) -> Wish:
    """The orders for this moment, sells first, nearest first, and the reason for every level without one.

    Sells: what each gap holds at its upper level, for the nearest gaps above the price and for every gap the price
    has jumped over. Buys: what each gap lacks at its lower level, for the nearest gaps at or below the price. An order
    already live stays wanted until it is `hysteresis` levels outside that window. A buy is all or nothing against the
    caps; a sale is cut to whole lots of what may be sold. Outside continuous trading, and without a price, nothing
    changes: what is live stays wanted, and only the opening auction's first buy may be new.

    Without `explain` the orders are the same and the reasons are left out, several times as fast; and while the market
    moves, what this grid was asked last in the same world, whatever the time, is not worked out again.
    """
    if explain or not ctx.phase.continuous or ctx.last <= 0:
        return _worked_out(grid, ctx, explain=explain)
    timeless, last = replace(ctx, at=0), grid.last_asked
    if not last or last[0][0] != timeless:
        last[:] = [(timeless, _worked_out(grid, ctx, explain=False))]
    return last[0][1]


def _worked_out(grid: Grid, ctx: GridContext, *, explain: bool) -> Wish:
    draft = _Draft(
        grid,
        ctx,
        under=grid.lattice.under(ctx.last or grid.anchor),
        moving=ctx.phase.continuous and ctx.last > 0,
        live_sells=_live_gaps(grid, ctx, Side.SELL),
        live_buys=_live_gaps(grid, ctx, Side.BUY),
        explain=explain,
    )
    _wish_sells(draft)
    first = _wish_first(draft)
    _wish_buys(draft)
    if not explain:
        return Wish(tuple(draft.orders), (), first)
    reasons = tuple(_level_reason(draft, i) for i in range(len(grid.lattice.levels)))
    return Wish(tuple(draft.orders), reasons, first)


@dataclass
class _Draft:
    """One call of `wanted` in progress. `sells` and `buys` say per gap why not; None is an order.

    `moving` is whether orders may come and go; `live_sells` and `live_buys` are the gaps with a live order. Of what is
    `spent`, `hoped` is for a first buy that is not on the book.
    """

    grid: Grid
    ctx: GridContext
    under: int
    moving: bool
    live_sells: frozenset[int]
    live_buys: frozenset[int]
    explain: bool = True
    orders: list[Wanted] = field(default_factory=list)
    sells: list[Reason | None] = field(default_factory=list)
    buys: dict[int, Reason | None] = field(default_factory=dict)
    spent: int = 0
    hoped: int = 0
    lowest_sell: int = 0

    @cached_property
    def stands(self) -> Reason:
        """Why nothing new comes while nothing moves."""
        return standing(self.ctx)


@dataclass(slots=True)
class _Window:
    """The nearest gaps of one side, and how far outside them a live order may still stand."""

    size: int
    slack: int
    edge: int = 0
    seen: int = 0

    @property
    def full(self) -> bool:
        """Whether only live orders may still be inside."""
        return self.seen >= self.size

    def takes(self, gap: int, *, live: bool) -> bool:
        """Whether the next candidate, nearest first, is inside."""
        if self.seen < self.size:
            self.seen, self.edge = self.seen + 1, gap
            return True
        return live and abs(gap - self.edge) < self.slack


def _live_gaps(grid: Grid, ctx: GridContext, side: Side) -> frozenset[int]:
    return frozenset(owner.slot - grid.slot0 for owner, way in ctx.live if way is side and owner.kind is OwnerKind.GRID)


def standing(ctx: GridContext, acts_at: int = MORNING) -> Reason:
    """Why nothing new comes while nothing moves; `acts_at` is the moment of the morning the wait ends."""
    if ctx.phase.continuous:
        return because(Why.AWAIT_PRICE, bid_milli=ctx.bid1, ask_milli=ctx.ask1) if ctx.bid1 or ctx.ask1 else NO_QUOTE
    if ctx.phase in OPENING:
        return because(Why.AUCTION_WAIT, until_ms=ctx.at - shanghai_ms_of_day(ctx.at) + acts_at)
    return because(Why.PHASE_CLOSED, phase=ctx.phase.value)


def _wish_sells(draft: _Draft) -> None:
    grid, ctx = draft.grid, draft.ctx
    window = _Window(grid.plan.live_per_side, grid.plan.hysteresis)
    room, floor = ctx.can_use, max(0, ctx.position - grid.plan.min_position)
    for i, gap in enumerate(grid.gaps):
        if gap.held == 0:
            draft.sells.append(NOTHING_HELD)
            continue
        live = i in draft.live_sells
        price = _sell_price(draft, i)
        reason = _sell_block(draft, i, price, live=live)
        if reason is None and not _due(draft, i) and draft.moving and not window.takes(i, live=live):
            reason = because(Why.ARMED_SELL, volume=grid.whole(gap.held))
            if min(room, floor) <= 0:
                reason = _no_sell_room(draft, gap.held, room, floor)
        if reason is None:
            volume = min(gap.held, room, floor) if live else grid.whole(min(gap.held, room, floor))
            if volume > 0:
                draft.orders.append(Wanted(grid.owner(i), Side.SELL, price, volume))
                draft.lowest_sell = min(draft.lowest_sell or price, price)
                room, floor = room - volume, floor - volume
            else:
                reason = _no_sell_room(draft, gap.held, room, floor)
        draft.sells.append(reason)


def _due(draft: _Draft, gap: int) -> bool:
    """Whether the gap's sale does not have to wait for the window: its price was passed, or everything goes."""
    return gap < draft.under or draft.grid.stopped_low


def _sell_block(draft: _Draft, gap: int, price: int, *, live: bool) -> Reason | None:
    """Why what this gap holds is not for sale at all."""
    grid = draft.grid
    held = grid.gaps[gap].held
    if not draft.moving:
        return None if live else draft.stands
    if gap + grid.slot0 in grid.paused:
        return PAUSED
    if not live and grid.whole(held) == 0:
        return because(Why.STASH, volume=held, lot=grid.lot)
    if grid.asleep and not _due(draft, gap):
        return SLEEPING
    if grid.trails and not grid.trails[gap].sell_fired and not grid.stopped_low:
        return _trail_wait(grid.plan.trail_bp)
    return None if draft.ctx.allows(price) else _outside(draft.ctx)


def _sell_price(draft: _Draft, gap: int) -> int:
    """The gap's upper level; deep below the market the lowest level the exchange's cage takes; at a stop the bid."""
    grid, ctx = draft.grid, draft.ctx
    if grid.stopped_low:
        return _stop_price(grid, ctx)
    levels = grid.lattice.levels
    lowest = -(-ctx.bid1 * (BP - THROUGH_BP) // BP)
    if levels[gap + 1] >= lowest:
        return levels[gap + 1]
    i = bisect_left(levels, lowest)
    return levels[i] if i < len(levels) else -(-lowest // grid.tick) * grid.tick


def _stop_price(grid: Grid, ctx: GridContext) -> int:
    """Half to one percent through the best bid, in coarse steps so that a moving bid does not move every order.

    A stop's price is no level: below a price that the bid has left behind it goes no further than any other order.
    """
    bid = ctx.bid1 or ctx.last
    coarse = max(1, bid // 200 // grid.tick) * grid.tick
    nearest = -(-ctx.last * (BP - STOP_BP) // (BP * coarse)) * coarse
    return max(bid * 995 // 1000 // coarse * coarse, nearest, ctx.limit_down, grid.tick)


def _no_sell_room(draft: _Draft, want: int, room: int, floor: int) -> Reason:
    if floor < min(room, draft.grid.lot):
        return because(Why.POSITION_FLOOR, floor=draft.grid.plan.min_position)
    if draft.ctx.t_plus_one:
        return because(Why.T_PLUS_ONE, volume=max(0, draft.ctx.position - draft.ctx.can_use))
    return because(Why.SELL_ROOM, want=want, room=max(0, room))


def _wish_first(draft: _Draft) -> Reason | None:
    """The first buy, as long as some of it is missing."""
    grid = draft.grid
    if grid.first_left == 0:
        return None
    live = (FIRST_BUY, Side.BUY) in draft.ctx.live
    volume = grid.first_left if live else grid.whole(grid.first_left)
    reason = _first_block(draft, volume, live=live)
    if reason is None:
        draft.orders.append(Wanted(FIRST_BUY, Side.BUY, grid.first_price, volume))
        draft.spent += volume * grid.first_price
        draft.hoped = 0 if live else draft.spent
    return reason


def first_buy_wait(ctx: GridContext, *, auction_start: bool) -> Reason | None:
    """Why a first buy waits outside continuous trading: only 9:24:40 to 9:25 takes it, if the plan says so."""
    if not auction_start:
        return standing(ctx)
    acts = shanghai_ms_of_day(ctx.at) >= AUCTION_ACT
    if acts and ctx.phase is Phase.OPEN_AUCTION_LOCKED:
        return None
    return standing(ctx, MORNING if acts else AUCTION_ACT)


def _first_block(draft: _Draft, volume: int, *, live: bool) -> Reason | None:
    grid, ctx = draft.grid, draft.ctx
    price = grid.first_price
    if not ctx.phase.continuous:
        if live:
            return None
        wait = first_buy_wait(ctx, auction_start=grid.plan.auction_start)
        if wait is not None:
            return wait
    stop = _buy_stop(grid, ctx, price)
    if stop is not None:
        return stop
    if volume == 0:
        return because(Why.STASH, volume=grid.first_left, lot=grid.lot)
    if not ctx.allows(price):
        return _outside(ctx)
    if draft.lowest_sell and price >= draft.lowest_sell:
        return SELF_TRADE
    cap = _over_cap(draft, grid.cash_used + volume * price, ctx.position + volume)
    return cap or _over_cash(draft, volume * price)


def _buy_stop(grid: Grid, ctx: GridContext, price: int) -> Reason | None:
    """Why the whole grid buys nothing at this price."""
    if ctx.dying:
        return because(Why.BUYS_ENDED, name=ctx.dying)
    if grid.stopped_low or price <= grid.plan.lower_stop:
        return because(Why.LOWER_STOP, price_milli=grid.plan.lower_stop)
    if grid.sell_only:
        return SELL_ONLY
    return SLEEPING if grid.asleep else None


def _wish_buys(draft: _Draft) -> None:
    grid = draft.grid
    window = _Window(grid.plan.live_per_side, grid.plan.hysteresis)
    reserved = grid.reserved()
    used = grid.cash_used + grid.first_left * grid.first_price
    position = draft.ctx.position + grid.first_left
    over: Reason | None = None
    for i in _buy_order(draft):
        live = i in draft.live_buys
        room = grid.unit - grid.gaps[i].held - reserved.get(i, 0)
        volume = room if live else grid.whole(room)
        price = _buy_price(draft, i)
        reason = _buy_block(draft, i, price, room, live=live)
        if reason is None and draft.moving:
            used, position = used + volume * price, position + volume
            over = over or _over_cap(draft, used, position)
            reason = over or _buy_turn(draft, window, i, price, volume, live=live)
        if reason is None:
            draft.orders.append(Wanted(grid.owner(i), Side.BUY, price, volume))
            draft.spent += volume * price
        draft.buys[i] = reason
        if not draft.explain and draft.moving and (over or window.full) and draft.live_buys <= draft.buys.keys():
            # nothing further down can be wanted: what is left there only has reasons
            return


def _buy_order(draft: _Draft) -> list[int]:
    """Gaps that may buy, nearest to the price first.

    A live buy just above the price is about to fill: it stays as long as one equally far outside the window would.
    """
    grid = draft.grid
    top = len(grid.gaps) - 1
    if grid.trails or not draft.moving:
        # while nothing moves only what is live can be wanted; the others have nothing but reasons
        gaps = range(top + 1) if draft.moving or draft.explain else [i for i in draft.live_buys if 0 <= i <= top]
        return sorted(gaps, key=lambda i: (abs(i - draft.under), i))
    near = range(draft.under + 1, min(draft.under + grid.plan.hysteresis, top + 1))
    passed = [i for i in near if i in draft.live_buys]
    return passed + list(range(min(draft.under, top), -1, -1))


def _buy_block(draft: _Draft, gap: int, price: int, room: int, *, live: bool) -> Reason | None:
    """Why this gap buys nothing, whatever the money and the window."""
    grid = draft.grid
    if room <= 0:
        return FIRST_BUY_PENDING if grid.gaps[gap].held < grid.unit else GAP_FULL
    if not draft.moving and not live:
        return draft.stands
    if draft.lowest_sell and price >= draft.lowest_sell:
        return SELF_TRADE
    return _buy_stop(grid, draft.ctx, price) or _gap_stop(draft, gap, price, room, live=live) if draft.moving else None


def _gap_stop(draft: _Draft, gap: int, price: int, room: int, *, live: bool) -> Reason | None:
    """Why this one gap buys nothing while its grid does."""
    grid = draft.grid
    if gap + grid.slot0 in grid.paused:
        return PAUSED
    if not live and grid.whole(room) == 0:
        return because(Why.STASH, volume=room, lot=grid.lot)
    if grid.trails and not grid.trails[gap].buy_fired:
        return _trail_wait(grid.plan.trail_bp)
    return None if draft.ctx.allows(price) else _outside(draft.ctx)


def _buy_turn(draft: _Draft, window: _Window, gap: int, price: int, volume: int, *, live: bool) -> Reason | None:
    """Why a gap that may buy waits: it is too far away, or the account has no cash for it now."""
    passed = gap > draft.under and not draft.grid.trails
    if not passed and not window.takes(gap, live=live):
        return _armed_buy(volume)
    # what waits for a first buy that the gate may hold back for long takes nothing off the book
    return _over_cash(draft, volume * price - (draft.hoped if live else 0))


def _buy_price(draft: _Draft, gap: int) -> int:
    """The gap's lower level; far above the market the highest level the exchange's cage takes."""
    grid = draft.grid
    levels, ask = grid.lattice.levels, draft.ctx.ask1
    highest = ask * (BP + THROUGH_BP) // BP
    if ask == 0 or levels[gap] <= highest:
        return levels[gap]
    i = bisect_left(levels, highest + 1) - 1
    return levels[i] if i >= 0 else highest // grid.tick * grid.tick


def _over_cap(draft: _Draft, used: int, position: int) -> Reason | None:
    """Which of the grid's own caps a total would break."""
    plan = draft.grid.plan
    if plan.cash_cap and used > plan.cash_cap:
        return because(Why.CASH_CAP, cap_milli=plan.cash_cap)
    if plan.max_position and position > plan.max_position:
        return because(Why.POSITION_CAP, cap=plan.max_position)
    return None


@lru_cache(maxsize=64)
def _armed_buy(volume: int) -> Reason:
    """One reason for the many levels that say the same."""
    return because(Why.ARMED_BUY, volume=volume)


@lru_cache(maxsize=64)
def _trail_wait(trail_bp: int) -> Reason:
    return because(Why.TRAIL_WAIT, trail_bp=trail_bp)


def _over_cash(draft: _Draft, value: int) -> Reason | None:
    need = draft.spent + value
    return because(Why.CASH_SHORT, need_milli=need, have_milli=draft.ctx.cash) if need > draft.ctx.cash else None


def _outside(ctx: GridContext) -> Reason:
    return because(Why.OUTSIDE_LIMITS, down_milli=ctx.limit_down, up_milli=ctx.limit_up)


def _level_reason(draft: _Draft, level: int) -> Reason | None:
    """Why nothing rests at a level: below the price because of its gap's buy, above it of the lower gap's sale."""
    sell = draft.sells[level - 1] if level > 0 else NOTHING_HELD
    buy = draft.buys.get(level, NOTHING_HELD)
    if sell is None or buy is None:
        return None
    if level > draft.under or buy.why is Why.NOTHING_HELD:
        return sell
    return sell if buy.why is Why.GAP_FULL and sell.why is not Why.NOTHING_HELD else buy
