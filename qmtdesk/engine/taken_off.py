"""What becomes of a strategy whose order somebody took off the book: he does not want it back at once."""

from qmtdesk.domain.order import Order, OwnerKind
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import beside, grids, guards, last_minute, selling_off
from qmtdesk.engine.books import filed_orders, live_orders
from qmtdesk.engine.ledger import PULLED
from qmtdesk.engine.work import ALARM, INFO, NOTICE, Work

NOBODYS = frozenset({OwnerKind.FOREIGN, OwnerKind.LOST, OwnerKind.TRIAL})
"""Orders that are no strategy's."""
TOGETHER_MS = 5_000
"""What leaves the book within so long of each other was taken off by one word: 全撤, not a level that bothers."""
UNHEARD_MS = 120_000
"""So long where nobody knows when: what happened while the link or the program was away is told when it is back."""


def by_somebody(work: Work, order: Order, by: str = "terminal") -> None:
    """An own order left the book by somebody's own hand: whoever took it off does not want it back at once."""
    kind = order.owner.kind
    if kind in NOBODYS:
        return
    if by == "terminal" and last_minute.maybe_the_close(work.state, order):
        return
    book = work.state.grids.get(order.code)
    if kind is OwnerKind.GUARD:
        guards.disarm(work, order.code, _off(order, by, "guard"))
    elif kind is OwnerKind.GRID and by == "terminal" and _all_pulled(work, order):
        grids.disarm(work, order.code, StopHow.CANCEL, _off(order, by, "lattice"), ALARM)
    elif kind is OwnerKind.GRID and _rest_gap(work, order):
        work.log(INFO if by == "desk" else NOTICE, order.code, because(Why.GAP_PAUSED, ref=order.ref))
    elif book is not None and kind is OwnerKind.CLEAR and book.winding is StopHow.SELL:
        grids.disarm(work, order.code, StopHow.CANCEL, _off(order, by, "selling"))
        if by == "terminal" and last_minute.in_it(work.state, order):
            # by a clock that is late it was the close, and nobody's wish that the rest stays
            selling_off.say_unsold(work, order.code, book)
    elif book is not None and kind is not OwnerKind.CLEAR and book.armed:
        grids.disarm(work, order.code, StopHow.CANCEL, _off(order, by, "grid"))


def _off(order: Order, by: str, then: str) -> Reason:
    return because(Why.TAKEN_OFF, by=by, side=order.side.value, price_milli=order.price, then=then, ref=order.ref)


def _all_pulled(work: Work, order: Order) -> bool:
    """Whether somebody pulls a running lattice whole, and not one level of it: another one just now, or its last.

    Resting each gap would let the window send the next ones in their place, and go on with all that is held paused.
    """
    state = work.state
    book = state.grids.get(order.code)
    if book is None or not book.armed or book.grid is None or state.orders[order.ref].state not in PULLED:
        return False
    if not any(o.owner.kind in grids.GRID_OWNERS for o in live_orders(state, order.code)):
        return True
    since = state.at - (UNHEARD_MS if work.unheard else TOGETHER_MS)
    # a rested gap tells what a hand took off from what the counter turned down in part
    return any(
        each.ref != order.ref
        and each.state in PULLED
        and not each.cancel_asked_at
        and each.updated_at >= since
        and each.owner.kind is OwnerKind.GRID
        and beside.owner_in(book, each).slot in book.grid.paused
        for each in filed_orders(state).of(order.code)
    )


def _rest_gap(work: Work, order: Order) -> bool:
    """Leave the gap of a lattice's order alone; False when it has none any more."""
    book = work.state.grids.get(order.code)
    if book is None or not book.armed or book.grid is None or order.owner.kind is not OwnerKind.GRID:
        return False
    gap = beside.owner_in(book, order).slot - book.grid.slot0
    if not 0 <= gap < len(book.grid.gaps):
        return False
    grids.pause_gap(work, order.code, gap, on=True)
    return True
