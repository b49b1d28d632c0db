"""What becomes of a strategy whose order somebody took off the book: he does not want it back at once."""

from qmtdesk.domain.order import Order, OwnerKind
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import beside, grids, guards
from qmtdesk.engine.work import INFO, NOTICE, Work

NOBODYS = frozenset({OwnerKind.FOREIGN, OwnerKind.LOST, OwnerKind.TRIAL})
"""Orders that are no strategy's."""


def by_somebody(work: Work, order: Order, by: str = "terminal") -> None:
    """An own order left the book by somebody's own hand: whoever took it off does not want it back at once."""
    kind = order.owner.kind
    if kind in NOBODYS:
        return
    book = work.state.grids.get(order.code)
    if kind is OwnerKind.GUARD:
        guards.disarm(work, order.code, _off(order, by, "guard"))
    elif kind is OwnerKind.GRID and _rest_gap(work, order):
        work.log(INFO if by == "desk" else NOTICE, order.code, because(Why.GAP_PAUSED, ref=order.ref))
    elif book is not None and kind is OwnerKind.CLEAR and book.winding is StopHow.SELL:
        grids.disarm(work, order.code, StopHow.CANCEL, _off(order, by, "selling"))
    elif book is not None and kind is not OwnerKind.CLEAR and book.armed:
        grids.disarm(work, order.code, StopHow.CANCEL, _off(order, by, "grid"))


def _off(order: Order, by: str, then: str) -> Reason:
    return because(Why.TAKEN_OFF, by=by, side=order.side.value, price_milli=order.price, then=then, ref=order.ref)


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
