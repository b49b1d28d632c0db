"""How large an order is meant to be, as the plan of its owner says."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OwnerKind
from qmtdesk.engine.books import State


def planned_volume(state: State, place: Place) -> int:
    """What one order of this owner is meant to be; 0 when no plan says."""
    if place.owner.kind is OwnerKind.GUARD:
        guard = state.guards.get(place.code)
        return guard.sale.target if guard is not None and guard.sale is not None else 0
    clear, book = state.clears.get(place.code), state.grids.get(place.code)
    part = (book.grid or book.rolling) if book is not None else None
    if place.owner.kind is OwnerKind.CLEAR:
        return clear.target if clear is not None else part.held_total if part is not None else 0
    if part is None:
        return 0
    return 2 * part.unit if place.owner.kind is OwnerKind.FIRST_BUY else part.unit
