"""What keeps the trader from ending, and what it says to itself when the user chose that nothing of his stays."""

from collections.abc import Iterator

from qmtdesk.domain.messages import CancelOne, DisarmGrid, DisarmGuard, StopClearing, UserEvent
from qmtdesk.domain.order import CANCELLABLE
from qmtdesk.domain.plans import StopHow
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.gate import AWAKE


def has_work(state: State) -> bool:
    """Whether anything is armed or still being wound up; a stop of everything is until its cancels are proved."""
    if state.clears or (state.kill is not None and not state.kill.done_at):
        return True
    guards = any(each.state in AWAKE for each in state.guards.values())
    return guards or any(book.armed or book.winding for book in state.grids.values())


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
