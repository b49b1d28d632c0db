"""What a grid's next order has to leave to the ones of its code that may still fill, an earlier arming's included."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Order, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import stopping
from qmtdesk.engine.books import GridBook, State, filed_orders
from qmtdesk.strategies.grid import Wanted

GRID_OWNERS = frozenset({OwnerKind.GRID, OwnerKind.FIRST_BUY, OwnerKind.ROLLING})
SELLERS = GRID_OWNERS | {OwnerKind.CLEAR}
GONE_MS = 10_000
"""So long nobody knows what became of an order, and it may as well be off the book."""


def waits(state: State, book: GridBook, want: Wanted, going: frozenset[str]) -> Reason | None:
    """Why an order a grid wants does not leave yet, or None; `going` are the orders being taken off."""
    return _sale(state, book, want) if want.side is Side.SELL else _buy(state, book, want, going)


def owner_in(book: GridBook, order: Order) -> Owner:
    """Whom an order works for in this arming: of one that an earlier arming left the price tells it, not the number.

    The gap of the same number may lie anywhere; in this one, what it bought is sold at least a step higher.
    """
    if book.grid is None or order.created_at >= book.armed_at or order.owner.kind is OwnerKind.FIRST_BUY:
        return order.owner
    lattice = book.grid.lattice
    gap = lattice.under(order.price - 1) + 1 if order.side is Side.BUY else lattice.under(order.price) - 1
    return book.grid.owner(min(max(gap, 0), lattice.gaps - 1))


def not_listed_left(state: State, code: str, kind: OwnerKind, room: int) -> int:
    """What of a room is left to sell where a sale of its code is not listed any more and may trade all the same.

    Of what the grid holds, or where the user clears all he has, of that.
    """
    orders, book, sell = filed_orders(state), state.grids.get(code), Side.SELL
    hidden = sum([order.left for order in orders.not_listed(code) if order.side is sell])
    part = (book.grid or book.rolling) if book is not None else None
    if not hidden or part is None or kind is OwnerKind.GUARD:
        return room
    clear = state.clears.get(code)
    whole = kind is OwnerKind.CLEAR and clear is not None and clear.whole
    has = _position(state, code) if whole else part.held_total
    return min(room, max(0, has - hidden - sum([o.left for o in orders.live(code) if o.side is sell])))


def _sale(state: State, book: GridBook, want: Wanted) -> Reason | None:
    """A sale or a clearing that is on its way off may fill: no more is for sale than was given and the floor leaves."""
    part, code = book.grid or book.rolling, book.plan.code
    has = part.held_total if part else 0
    if book.plan.min_position:
        has = min(has, _position(state, code) - book.plan.min_position)
    offered = sum([o.open_volume for o in _open(state, code, Side.SELL) if o.owner.kind in SELLERS])
    return because(Why.WAITING_CANCEL) if offered + want.volume > has else None


def _buy(state: State, book: GridBook, want: Wanted, going: frozenset[str]) -> Reason | None:
    """So may a buy: both caps hold whatever fills, and no gap is bought twice because it was armed twice."""
    plan, part = book.plan, book.grid or book.rolling
    bids = [o for o in _open(state, plan.code, Side.BUY) if o.owner.kind in GRID_OWNERS]
    if any(o.created_at < book.armed_at and (o.ref in going or not o.live) for o in bids):
        return because(Why.WAITING_CANCEL)
    gone = [o for o in filed_orders(state).not_listed(plan.code) if o.side is Side.BUY]
    if any(o.created_at < book.armed_at for o in gone):
        # nobody knows whether it is there; beside it a new first buy would be the second
        return because(Why.OLD_BUY_UNLISTED)
    volume = sum([o.open_volume for o in bids]) + sum([o.left for o in gone])
    # an account that told nothing of it may hold what the books know of all the same
    known = part.held_total + part.base_holding if part else 0
    most = max(_position(state, plan.code), known) + volume + want.volume
    if plan.max_position and most > plan.max_position:
        return because(Why.POSITION_CAP, cap=plan.max_position)
    value = sum([o.price * o.open_volume for o in bids]) + sum([o.price * o.left for o in gone])
    used = part.cash_used if part else 0
    if plan.cash_cap and used + value + want.price * want.volume > plan.cash_cap:
        return because(Why.CASH_CAP, cap_milli=plan.cash_cap)
    return None


def _open(state: State, code: str, side: Side) -> list[Order]:
    return [order for order in filed_orders(state).live(code) if order.side is side]


def _position(state: State, code: str) -> int:
    held = state.holdings.get(code)
    return held.volume if held else 0


def crossed(state: State, place: Place) -> Order | None:
    """An own sell at or below this buy, or the other way round, whichever strategies they belong to.

    A buy that may not be on the book at all stops no guard, and after a while nothing else that sells for good: what
    that would cost is the whole fall.
    """
    orders = filed_orders(state)
    here = [*orders.live(place.code), *orders.not_listed(place.code)]
    guards = place.owner.kind is OwnerKind.GUARD
    if guards or (place.side is Side.SELL and stopping.leaves(state, place)):
        here = [o for o in orders.live(place.code) if o.live and not _may_be_gone(state, o, at_once=guards)]
    for order in here:
        buy, sell = (place, order) if place.side is Side.BUY else (order, place)
        if order.side is not place.side and buy.price >= sell.price:
            return order
    return None


def absent_buy(state: State, order: Order) -> bool:
    """A buy of which nobody knows for a while whether it is there: what sells for good waits for none."""
    return order.side is Side.BUY and _may_be_gone(state, order, at_once=False)


def _may_be_gone(state: State, order: Order, *, at_once: bool) -> bool:
    """Whether an order may not be on the book: its number never came, or so long nobody knows what became of it."""
    unnumbered = at_once and not order.broker_id
    return order.in_doubt and (unnumbered or state.at - order.updated_at >= GONE_MS)
