"""What the trader says to itself before it ends, when the user chose that nothing of his stays on the book."""

from collections.abc import Iterator

from qmtdesk.domain.messages import CancelOne, DisarmGrid, DisarmGuard, StopClearing, UserEvent
from qmtdesk.domain.order import CANCELLABLE
from qmtdesk.domain.plans import StopHow
from qmtdesk.engine.books import State, live_orders


def farewell(state: State) -> Iterator[UserEvent]:
    """Stop every grid and guard, then cancel each order whatever its age: there is no time to wait for it to grow."""
    for code, book in state.grids.items():
        if book.armed or book.winding:
            yield DisarmGrid(code, StopHow.CANCEL)
    if state.clears:
        yield StopClearing()
    for code in state.guards:
        yield DisarmGuard(code)
    for order in live_orders(state):
        if order.state in CANCELLABLE:
            yield CancelOne(order.ref)
