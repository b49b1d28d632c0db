"""Grids in the engine: armed, fed with prices and fills, compared with what is working, stopped."""

from collections.abc import Iterable
from datetime import date

from qmtdesk.domain.order import Fill, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import at_of, phase_at
from qmtdesk.engine import anew, aside, beside, ex_rights, gate, last_minute, leaving, selling_off, stopping
from qmtdesk.engine import records as r
from qmtdesk.engine.books import GridBook, State, cash_kept, cash_room, filed_orders, live_orders
from qmtdesk.engine.diff import difference
from qmtdesk.engine.prices import limits_of, price_of
from qmtdesk.engine.reasons import side_frozen
from qmtdesk.engine.standing import for_sale, on_book
from qmtdesk.engine.work import ALARM, INFO, NOTICE, Work
from qmtdesk.strategies import grid as lattice_grid
from qmtdesk.strategies import rolling as rolling_pair
from qmtdesk.strategies.grid import GridContext, Wanted
from qmtdesk.strategies.plan_error import PlanError

CLEAR_AGAIN_MS = 5_000
GRID_OWNERS = beside.GRID_OWNERS
FIRED = because(Why.ALREADY_TRIGGERED)
SOLD = because(Why.GUARD_SOLD)


def arm(work: Work, plan: GridPlan) -> None:
    """Start a grid. PlanError says why not; arming what runs already with the same plan changes nothing."""
    state, code = work.state, plan.code
    old = state.grids.get(code)
    if old is not None and old.armed and old.plan == plan:
        return
    _may_arm(state, code, old)
    held = state.holdings.get(code)
    part = anew.start(state, plan, held.cost if held else 0, held.volume if held else 0)
    if old is not None and old.winding is StopHow.SELL:
        selling_off.say_unsold(work, code, old)
    book = GridBook(
        plan,
        part if isinstance(part, lattice_grid.Grid) else None,
        replace(part, leg=_next_leg(state, code)) if isinstance(part, rolling_pair.Rolling) else None,
        armed=True,
        armed_at=state.at,
        fresh=True,
        closed=(state.day, 0),
        made_of=anew.made_of(state, code),
    )
    work.set_grid(code, book, keep=True)
    ex_rights.remember(work, code)
    work.log(INFO, code, because(Why.ARMED, step_bp=plan.step_bp, unit=part.unit))
    if book.rolling is not None:
        priced(work, code)
    plan_orders(work, code)


def _next_leg(state: State, code: str) -> int:
    """A number no pair of this code had today: what an earlier arming left on the book is no order of this one's."""
    orders = filed_orders(state).of(code)
    return max([order.owner.slot + 1 for order in orders if order.owner.kind is OwnerKind.ROLLING], default=0)


def _may_arm(state: State, code: str, old: GridBook | None) -> None:
    if code not in state.instruments:
        raise PlanError(because(Why.UNKNOWN_CODE, code=code))
    if old is not None and old.armed:
        raise PlanError(because(Why.ALREADY_ARMED, code=code))
    if old is not None and old.winding and not _over(state, code):
        raise PlanError(because(Why.WAITING_CANCEL))
    reason = gate.standstill(state, code)
    # outside trading hours the orders wait; everything else must be in order before a grid may start
    if reason is not None and reason.why not in (Why.PHASE_CLOSED, Why.QUOTE_STALE):
        raise PlanError(reason)
    if reason is not None and reason.why is Why.QUOTE_STALE and phase_at(state.listings[code], state.at).continuous:
        raise PlanError(reason)


def _over(state: State, code: str) -> bool:
    """Whether the day of the orders in the books has closed: whatever a counter goes on listing, they are dead.

    The next day takes them off the books before anything of a new arming can leave.
    """
    closed = state.at >= at_of(date.fromisoformat(state.day), 15, 0)
    return closed and not phase_at(state.listings[code], state.at).takes_orders


def disarm(work: Work, code: str, how: StopHow, why: Reason | None = None, level: str = NOTICE) -> None:
    """Stop a grid; doing it twice is doing it once."""
    book = work.state.grids.get(code)
    if book is None:
        return
    if how is StopHow.SELL:
        selling_off.refuse(work.state)
    book = anew.of_today(book, work.state.day)
    winding = None if how is StopHow.LEAVE else how
    stopped = not book.armed and book.winding is None
    left = any(o.owner.kind in beside.SELLERS for o in live_orders(work.state, code))
    if (not book.armed and winding is book.winding) or (stopped and how is StopHow.CANCEL and not left):
        return
    work.set_grid(code, replace(book, armed=False, winding=winding, why=why), keep=True)
    work.log(INFO if why is None else level, code, why or because(Why.DISARMED, how=how.value))
    plan_orders(work, code)


def set_sell_only(work: Work, code: str, *, on: bool) -> None:
    """Wind a grid down, or take that back, in its plan too: the next start and its sheet begin with that."""
    book = _running(work, code)
    if book.grid is not None:
        part = lattice_grid.set_sell_only(book.grid, on=on)
        work.set_grid(code, replace(book, grid=part, plan=part.plan), keep=True)
    elif book.rolling is not None:
        pair = rolling_pair.set_sell_only(book.rolling, on=on)
        work.set_grid(code, replace(book, rolling=pair, plan=pair.plan), keep=True)
    plan_orders(work, code)


def pause_gap(work: Work, code: str, gap: int, *, on: bool) -> None:
    """Leave one gap alone, or take that back; plan the code's orders after it, its guard's first."""
    book = _running(work, code)
    if book.grid is None or not 0 <= gap < len(book.grid.held):
        raise PlanError(because(Why.BAD_SETTING, name="gap", value=gap))
    work.set_grid(code, replace(book, grid=lattice_grid.pause_gap(book.grid, gap, on=on)), keep=True)


def _running(work: Work, code: str) -> GridBook:
    book = work.state.grids.get(code)
    if book is None or not book.armed:
        raise PlanError(because(Why.NOT_ARMED, code=code))
    return book


def priced(work: Work, code: str) -> None:
    """Feed the newest price."""
    ex_rights.remember(work, code)
    book = work.state.grids.get(code)
    seen = work.state.quotes.get(code)
    if book is None or not book.armed or seen is None or anew.awaits(book, work.state.day):
        return
    phase = phase_at(work.state.listings[code], work.state.at)
    if not phase.continuous or gate.too_old(work.state, seen) or ex_rights.look(work, code) is not None:
        return
    book = work.state.grids[code]
    instrument = work.state.instruments[code]
    if book.grid is not None:
        up, down = limits_of(instrument)
        price = price_of(seen.quote, instrument, phase)
        part, reasons = lattice_grid.on_price(book.grid, price, work.state.at, up, down)
        if reasons or part.trails == book.grid.trails:
            work.set_grid(code, replace(book, grid=part), keep=bool(reasons))
        else:
            pairs = zip(book.grid.trails, part.trails, strict=True)
            gaps = tuple(i for i, (was, now) in enumerate(pairs) if now != was)
            work.note(r.TrailsMoved(code, gaps, tuple(part.trails[i] for i in gaps)))
    elif book.rolling is not None:
        if book.rolling.unpriced and gate.standstill(work.state, code) is not None:
            # what may be bought and sold is not known yet: its first price is one it can answer with orders
            return
        pair, reasons = rolling_pair.on_price(book.rolling, context(work.state, code))
        work.set_grid(code, replace(book, rolling=pair), keep=True)
    else:
        return
    for reason in reasons:
        work.log(NOTICE, code, reason)


def filled(work: Work, fill: Fill, order: Order) -> None:
    """Feed an own fill of a grid's order."""
    book = work.state.grids.get(fill.code)
    if book is None:
        return
    if order.owner.kind is OwnerKind.CLEAR:
        if book.grid is not None:
            book = replace(book, grid=lattice_grid.on_cleared(book.grid, fill.volume, fill.price, fill.fee, fill.at))
        elif book.rolling is not None:
            book = replace(book, rolling=rolling_pair.on_cleared(book.rolling, fill.volume, fill.price, fill.fee))
    elif book.grid is not None:
        owner, late = beside.owner_in(book, order), order.created_at < book.armed_at
        part = lattice_grid.on_fill(
            book.grid, owner, fill.side, fill.price, fill.volume, order.price, fill.fee, fill.at, earlier=late
        )
        book = replace(book, grid=part, rejects=0)
    elif book.rolling is not None:
        pair = rolling_pair.on_fill(
            book.rolling, order.owner, fill.side, fill.price, fill.volume, order.price, fill.fee, fill.at
        )
        book = replace(book, rolling=pair, rejects=0)
    work.set_grid(fill.code, book, keep=True)


def rejected(work: Work, code: str) -> None:
    """Count rejections in a row; too many stop the grid, unless it is on its way out: then it goes on trying.

    The gate makes each try wait twice as long as the one before.
    """
    book = work.state.grids.get(code)
    if book is None or not book.armed:
        return
    rejects = book.rejects + 1
    work.set_grid(code, replace(book, rejects=rejects), keep=True)
    most, stop = work.state.limits.rejects_in_row, book.grid is not None and book.grid.stopped_low
    if stop and rejects == most:
        work.log(ALARM, code, because(Why.REJECTED_TOO_OFTEN, count=rejects))
    elif not stop and 0 < most <= rejects:
        disarm(work, code, StopHow.CANCEL, because(Why.REJECTED_TOO_OFTEN, count=rejects), ALARM)


def came_back(work: Work, order: Order) -> None:
    """An order given up for lost lives: a grid that is off has it cancelled, one that runs decides as always."""
    book = work.state.grids.get(order.code)
    if book is not None and not book.armed and book.winding is None:
        work.set_grid(order.code, replace(book, winding=StopHow.CANCEL), keep=True)


def context(state: State, code: str) -> GridContext:
    """What a grid may look at. `can_use` and `cash` count its own working orders as free: it decides anew."""
    instrument = state.instruments[code]
    quote = state.quotes[code].quote
    held = state.holdings.get(code)
    standing = filed_orders(state).once(on_book, code)
    up, down = limits_of(instrument)
    phase = phase_at(state.listings[code], state.at)
    return GridContext(
        at=state.at,
        last=price_of(quote, instrument, phase),
        bid1=quote.bid1.price,
        ask1=quote.ask1.price,
        limit_up=up,
        limit_down=down,
        phase=phase,
        position=held.volume if held else 0,
        can_use=for_sale(state, code),
        cash=max(0, cash_room(state) - cash_kept(state)) + standing.bids,
        lot=instrument.lot,
        step=instrument.step,
        tick=instrument.tick,
        t_plus_one=instrument.t_plus_one,
        live=standing.live,
        dying=instrument.name if instrument.dying else "",
    )


def wish_of(state: State, code: str, *, explain: bool = True) -> lattice_grid.Wish | None:
    """What the grid of a code wants now and, if `explain`, why not elsewhere; None without a grid or a quote."""
    book = state.grids.get(code)
    if book is None or code not in state.quotes or code not in state.instruments:
        return None
    ctx = context(state, code)
    if book.grid is not None:
        return lattice_grid.wanted(book.grid, ctx, explain=explain)
    return rolling_pair.wanted(book.rolling, ctx) if book.rolling is not None else None


def plan_orders(work: Work, code: str) -> None:
    """Bring the working orders of a code's grid to what is wanted."""
    book = work.state.grids.get(code)
    if book is None:
        return
    if not book.armed:
        _wind(work, code, book)
        return
    reason = ex_rights.look(work, code)
    if reason is not None and reason.why is Why.EX_RIGHTS:
        disarm(work, code, StopHow.CANCEL, reason, ALARM)
        return
    if reason is not None:
        work.blocked(code, reason)
        return
    book = work.state.grids[code]
    if anew.awaits(book, work.state.day):
        book = anew.begin(work, code, book)
    leaving.tell(work, code)
    reason = gate.standstill(work.state, code)
    if reason is not None or book is None:
        work.blocked(code, reason)
        return
    wish = wish_of(work.state, code, explain=False)
    if wish is not None:
        orders = aside.left_to_grid(work.state, code, wish.orders)
        late = last_minute.over_today(work, code)
        if late is not None:
            others = last_minute.others(work.state, code, orders)
            reason = enact(work, code, others, GRID_OWNERS, book=book) if others else None
            # what does not fit any more goes all the same
            working = [order for order in live_orders(work.state, code) if order.owner.kind in GRID_OWNERS]
            for order in () if others else difference(orders, working).cancels:
                work.cancel(order)
            work.blocked(code, reason or late)
            return
        # a guard that sells says itself what it waits for
        fired = (work.state.blocked.get(code) or FIRED) if aside.guard_sells(work.state, code) else SOLD
        reason = enact(work, code, orders, GRID_OWNERS, book=book)
        work.blocked(code, reason or (fired if len(orders) < len(wish.orders) else None))


def enact(
    work: Work, code: str, wanted: Iterable[Wanted], owners: frozenset[OwnerKind], *, book: GridBook | None = None
) -> Reason | None:
    """Cancel what does not fit, place what is missing; the first reason why something did not leave.

    What a grid's `book` allows holds for the new orders together with those that may still fill; see `beside`.
    """
    working = [order for order in live_orders(work.state, code) if order.owner.kind in owners]
    wished = tuple(wanted)
    steps = difference(wished, working)
    for order in steps.cancels:
        work.cancel(order)
    going = frozenset([order.ref for order in steps.cancels])
    places = steps.places
    if stopping.stops(work.state, code):
        places = difference(wished, [o for o in working if not beside.absent_buy(work.state, o)]).places
    first: Reason | None = None
    for want in _least_refused_first(work.state, code, places):
        reason = beside.waits(work.state, book, want, going) if book is not None else None
        reason = reason or work.place(code, want.owner, want.side, want.price, want.volume)
        first = first or reason
    return first


def _least_refused_first(state: State, code: str, wanted: Iterable[Wanted]) -> Iterable[Wanted]:
    """A stop's sales, those first that were turned down longest ago: one that always is keeps no other from leaving."""
    if not stopping.stops(state, code):
        return wanted
    turned = {o.owner: o.created_at for o in filed_orders(state).of(code) if o.state is OrderState.REJECTED}
    return sorted(wanted, key=lambda want: turned.get(want.owner, 0))


def _wind(work: Work, code: str, book: GridBook) -> None:
    """Finish a stop: cancel own orders; after that, if asked for, sell what the grid holds."""
    if book.winding is None:
        return
    clears = book.winding is StopHow.SELL
    # a clearing takes its own order off the book
    owners = GRID_OWNERS if clears or code in work.state.clears else beside.SELLERS
    open_orders = [o for o in live_orders(work.state, code) if o.owner.kind in owners]
    for order in open_orders:
        work.cancel(order)
    absent = [o for o in open_orders if clears and beside.absent_buy(work.state, o)]
    if len(open_orders) > len(absent):
        if clears:
            work.blocked(code, because(Why.WAITING_CANCEL))
        return
    clearing = [o for o in live_orders(work.state, code) if o.owner.kind is OwnerKind.CLEAR]
    wanted = selling_off.to_clear(work.state, code, book) if clears else 0
    if not wanted and not clearing:
        # what it buys after all is to be sold too
        reason = side_frozen(absent[0]) if absent else selling_off.waits(work.state, code) if clears else None
        work.blocked(code, reason)
        if reason is not None:
            return
        selling_off.say_left(work, code, book)
        work.set_grid(code, replace(book, winding=None), keep=True)
        return
    seen = work.state.quotes.get(code)
    bid = seen.quote.bid1.price if seen else 0
    for order in clearing:
        # the market went away from under it
        if bid and bid < order.price and work.state.at - order.created_at >= CLEAR_AGAIN_MS:
            work.cancel(order)
    if wanted and not clearing:
        work.blocked(code, _sell(work, code, wanted, bid))


def _sell(work: Work, code: str, wanted: int, bid: int) -> Reason | None:
    """Sell what of it nobody else offers; the rest when it is free, and until then the reason why not."""
    if aside.guard_sells(work.state, code):
        # a guard that sells says itself what it waits for
        return work.state.blocked.get(code) or FIRED
    if not bid:
        return because(Why.NO_BID, code=code)
    room = beside.not_listed_left(work.state, code, OwnerKind.CLEAR, for_sale(work.state, code))
    volume = selling_off.whole(work.state, code, min(wanted, room))
    if not volume:
        return because(Why.SELL_ROOM, want=wanted, room=room)
    return enact(work, code, (Wanted(Owner(OwnerKind.CLEAR), Side.SELL, bid, volume),), frozenset({OwnerKind.CLEAR}))


def expire(work: Work, code: str, closed_at: int) -> None:
    """End an arming of before the close, unless the user chose to keep it."""
    book = work.state.grids.get(code)
    if book is not None and book.armed and not book.plan.keep_armed and book.armed_at < closed_at <= work.state.at:
        if stopping.stops(work.state, code):
            selling_off.say_unsold(work, code, book)
        disarm(work, code, StopHow.CANCEL, because(Why.EXPIRED_AT_CLOSE))


def new_day(work: Work) -> None:
    """Carry every grid over to the new trading day."""
    day = work.state.day
    for code, book in work.state.grids.items():
        if book.winding is StopHow.SELL:
            selling_off.say_unsold(work, code, book)
        if anew.awaits(book, day):
            # it stays of the day it was armed on until it is worked out from this one's prices
            work.set_grid(code, anew.waiting_on(book), keep=True)
            continue
        grid = lattice_grid.on_day(book.grid, day) if book.grid else None
        pair = rolling_pair.on_day(book.rolling, day) if book.rolling else None
        work.set_grid(code, replace(book, grid=grid, rolling=pair, rejects=0, winding=None), keep=True)
