"""清理: holdings the user confirmed for sale because they are not on his list, sold so far and no further."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.rules import floor_lot, lot_problem, rules_of, sellable_whole
from qmtdesk.domain.sessions import at_of, phase_at, shanghai_day
from qmtdesk.engine import beside, gate, grids
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import number_of
from qmtdesk.engine.books import ClearBook, State, filed_orders, live_orders, own_volume
from qmtdesk.engine.filed import is_open
from qmtdesk.engine.prices import limits_of
from qmtdesk.engine.standing import slow_to_free
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies.grid import Wanted
from qmtdesk.strategies.guard import GuardState
from qmtdesk.strategies.plan_error import PlanError

AGAIN_MS = 5_000
DEEPEST_BP = 1_000
"""A lowest price further under the bid than this is a slip of the finger."""
MINE = grids.GRID_OWNERS | {OwnerKind.CLEAR}
OFF_THE_BOOK = frozenset({OrderState.CANCELLED, OrderState.PART_CANCELLED})


def heard(work: Work, event: m.Event) -> bool:
    """Whether the user's word was about a clearing alone; PlanError for one that a running clearing forbids."""
    clears = work.state.clears
    match event:
        case m.ClearHoldings(rows, whole):
            _start(work, rows, whole=whole)
            return True
        case m.StopClearing(code):
            for name in (code,) if code else tuple(clears):
                _end(work, name, "user")
            return True
        case m.ArmGrid(plan) if plan.code in clears:
            raise PlanError(because(Why.CLEARING, code=plan.code))
        case m.DisarmGrid(code, how) if code in clears:
            if how is StopHow.SELL:
                raise PlanError(because(Why.CLEARING, code=code))
            if how is StopHow.CANCEL:
                _end(work, code, "user")
        case m.CancelOne(ref) if (order := work.state.orders.get(ref)) is not None:
            # the user took it off the book: it is not put there again
            if order.owner.kind is OwnerKind.CLEAR:
                _end(work, order.code, "user")
        case _:
            pass
    return False


def most(state: State, code: str, want: int, *, whole: bool) -> int:
    """How much of a code one order may sell now: what nobody else offers, whole lots or all that is odd.

    Unless `whole`, no more than qmtdesk bought.
    """
    held, listing = state.holdings.get(code), state.listings.get(code)
    if held is None or listing is None:
        return 0
    others = sum(o.open_volume for o in live_orders(state, code, own=False) if _anothers(o))
    # a report may hold back more for open orders than is left of the holding
    room = max(0, min(held.sellable, held.volume) - others)
    volume = min(want, room if whole else min(room, own_volume(state, code)))
    rules = rules_of(listing, shanghai_day(state.at))
    odd = sellable_whole(rules, volume)
    return odd if lot_problem(rules, Side.SELL, odd, held.sellable) is None else floor_lot(rules, odd)


def _anothers(order: Order) -> bool:
    return order.side is Side.SELL and order.owner.kind not in MINE


def sold(state: State, book: ClearBook) -> int:
    """What its orders sold: read off the orders, so that it can never differ from them."""
    return sum(order.filled for order in _orders(state, book))


def _orders(state: State, book: ClearBook) -> list[Order]:
    of_code = filed_orders(state).of(book.code)
    return [o for o in of_code if o.owner.kind is OwnerKind.CLEAR and number_of(o.ref) >= book.first_ref]


# --- begin and end


def _start(work: Work, rows: tuple[m.ClearRow, ...], *, whole: bool) -> None:
    codes = [row.code for row in rows]
    if not rows or len(set(codes)) != len(codes):
        raise PlanError(because(Why.BAD_SETTING, name="rows", value=len(rows)))
    for row in rows:
        reason = _refusal(work.state, row, whole=whole)
        if reason is not None:
            raise PlanError(reason)
    for row in rows:
        state = work.state
        # what an earlier grid left on the book would buy again what is sold here
        grids.disarm(work, row.code, StopHow.CANCEL)
        book = ClearBook(row.code, row.volume, row.floor, whole, state.at, state.day, state.next_ref)
        work.note(r.ClearChanged(row.code, book))
        work.log(NOTICE, row.code, because(Why.CLEAR_STARTED, volume=row.volume, stop_milli=row.floor))


def _refusal(state: State, row: m.ClearRow, *, whole: bool) -> Reason | None:
    code, book, guard = row.code, state.grids.get(row.code), state.guards.get(row.code)
    instrument = state.instruments.get(code)
    if instrument is None:
        return because(Why.UNKNOWN_CODE, code=code)
    if instrument.kind is not Kind.BOND:
        return because(Why.NOT_A_BOND, code=code)
    if code in state.clears or any(o.owner.kind is OwnerKind.CLEAR for o in live_orders(state, code)):
        return because(Why.CLEARING, code=code)
    if book is not None and (book.armed or _winds(state, code)):
        return because(Why.ALREADY_ARMED, code=code)
    if guard is not None and guard.state is GuardState.TRIGGERED:
        return because(Why.ALREADY_TRIGGERED, code=code)
    return _standing(state, code) or _volume_problem(state, row, whole=whole) or _price_problem(state, row)


def _standing(state: State, code: str) -> Reason | None:
    """Why nothing may be sold now: bids of an auction are nobody's, so continuous trading only."""
    phase = phase_at(state.listings[code], state.at)
    return gate.standstill(state, code) or (None if phase.continuous else because(Why.PHASE_CLOSED, phase=phase.value))


def _volume_problem(state: State, row: m.ClearRow, *, whole: bool) -> Reason | None:
    held = state.holdings.get(row.code)
    sellable, own = held.sellable if held is not None else 0, own_volume(state, row.code)
    if not whole and row.volume > own:
        return because(Why.NOT_BOUGHT_HERE, code=row.code, want=row.volume, volume=own)
    if row.volume <= 0 or row.volume > sellable:
        return because(Why.SELL_ROOM, want=row.volume, room=sellable)
    return None


def _price_problem(state: State, row: m.ClearRow) -> Reason | None:
    instrument, bid = state.instruments[row.code], state.quotes[row.code].quote.bid1.price
    if not bid:
        return because(Why.NO_BID, code=row.code)
    if row.floor <= 0 or row.floor % instrument.tick:
        return because(Why.BAD_TICK, price_milli=row.floor, tick_milli=instrument.tick)
    up, down = limits_of(instrument)
    if (up and row.floor > up) or row.floor < down:
        return because(Why.OUTSIDE_LIMITS, price_milli=row.floor, up_milli=up, down_milli=down)
    if row.floor * 10_000 < bid * (10_000 - DEEPEST_BP):
        return because(Why.PRICE_COLLAR, price_milli=row.floor, last_milli=bid)
    return None


def _end(work: Work, code: str, ended: str, error: str = "") -> None:
    """Nothing more is sold; what is on the book is cancelled by `follow`. Doing it twice is doing it once."""
    book = work.state.clears.get(code)
    if book is None or book.why is not None:
        return
    done = sold(work.state, book)
    args: dict[str, int | str] = {"ended": ended, "volume": done, "left": book.target - done}
    why = because(Why.CLEAR_ENDED, **args, **({"error": error} if error else {}))
    work.note(r.ClearChanged(code, replace(book, why=why)))
    work.log(ALARM if ended == "bug" else NOTICE, code, why)


# --- at each event


def follow(work: Work, event: m.Event, before: State) -> None:
    """Bring each clearing's one order to what it should be. A bug ends that clearing, is shown, and stops nothing."""
    if not work.state.clears:
        return
    fresh = isinstance(event, m.DayOpened) and not before.instruments and not work.state.resume
    for book in tuple(work.state.clears.values()):
        _guarded(work, book, fresh=fresh)


def _guarded(work: Work, book: ClearBook, *, fresh: bool) -> None:
    try:
        _follow(work, book, fresh=fresh)
    except Exception as error:  # noqa: BLE001 - house rule: a failing step ends its own affair, the engine goes on
        _end(work, book.code, "bug", f"{type(error).__name__}: {error}")


def _follow(work: Work, book: ClearBook, *, fresh: bool) -> None:
    over = _over(work.state, book, fresh=fresh)
    if over:
        _end(work, book.code, over)
    book = work.state.clears[book.code]
    orders = [order for order in _orders(work.state, book) if is_open(order)]
    left = book.target - sold(work.state, book)
    if book.why is not None or left <= 0:
        for order in orders:
            work.cancel(order)
        if not orders:
            _done(work, book)
    elif not work.state.instruments:
        return
    elif orders:
        _mind(work, book, orders, left)
    else:
        _sell(work, book, left)


def _over(state: State, book: ClearBook, *, fresh: bool) -> str:
    """What ends a clearing by itself, '' for nothing."""
    if state.kill is not None:
        return "kill"
    if fresh:
        return "restart"
    if state.day != book.day or state.at >= at_of(shanghai_day(book.at), 15, 0):
        return "close"
    orders = _orders(state, book)
    cap = state.limits.rejects_in_row
    if cap and sum(1 for order in orders if order.state is OrderState.REJECTED) >= cap:
        return "rejects"
    return "terminal" if any(_by_another(order) for order in orders) else ""


def _by_another(order: Order) -> bool:
    """Taken off the book by somebody at the terminal, or gone from it: he does not want it back at once."""
    pulled = order.state in OFF_THE_BOOK and not order.cancel_asked_at
    return pulled or (order.state is OrderState.REFUSED and order.broker_id != "")


def _done(work: Work, book: ClearBook) -> None:
    work.note(r.ClearChanged(book.code, None))
    work.blocked(book.code, None)
    if book.why is None:
        work.log(NOTICE, book.code, because(Why.CLEARED, volume=sold(work.state, book)))


def _mind(work: Work, book: ClearBook, orders: list[Order], left: int) -> None:
    """What stands on the book follows the bid down to the floor; what is more than may be sold comes off."""
    state = work.state
    if _standing(state, book.code) is not None:
        return
    bid = state.quotes[book.code].quote.bid1.price
    room = most(state, book.code, left, whole=book.whole)
    for order in orders:
        too_much = order.live and order.left > room
        behind = bid > 0 and max(bid, book.floor) < order.price and state.at - order.created_at >= AGAIN_MS
        if too_much or behind:
            work.cancel(order)


def _sell(work: Work, book: ClearBook, left: int) -> None:
    code, state = book.code, work.state
    reason = _standing(state, code)
    if reason is not None or _winds(state, code):
        work.blocked(code, reason or because(Why.WAITING_CANCEL))
        return
    volume = most(state, code, beside.not_listed_left(state, code, OwnerKind.CLEAR, left), whole=book.whole)
    bid = state.quotes[code].quote.bid1.price
    if not volume and slow_to_free(state, code):
        work.blocked(code, because(Why.SELL_ROOM, want=left, room=0))
    elif not volume:
        _end(work, code, "nothing")
    elif bid < book.floor:
        _wait(work, book, bid)
    else:
        want = Wanted(Owner(OwnerKind.CLEAR), Side.SELL, bid, volume)
        work.blocked(code, grids.enact(work, code, (want,), frozenset({OwnerKind.CLEAR})))


def _winds(state: State, code: str) -> bool:
    """Whether a stop of the code's grid is under way that sells itself, or takes off what may still trade."""
    book = state.grids.get(code)
    if book is None or book.winding is None:
        return False
    mine = [o for o in live_orders(state, code) if o.owner.kind in grids.GRID_OWNERS]
    return book.winding is StopHow.SELL or any(not beside.absent_buy(state, o) for o in mine)


def _wait(work: Work, book: ClearBook, bid: int) -> None:
    """Said once: the bid moves at every tick."""
    why = Why.BID_BELOW if bid else Why.NO_BID
    before = work.state.blocked.get(book.code)
    reason = because(why, bid_milli=bid, stop_milli=book.floor) if bid else because(why)
    if before is None or before.why is not why:
        work.log(NOTICE, book.code, reason)
    work.blocked(book.code, reason)
