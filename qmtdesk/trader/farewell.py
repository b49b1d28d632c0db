"""What keeps the trader from ending, and what it says to itself when the user chose that nothing of his stays."""

from collections.abc import Iterator
from datetime import date

from qmtdesk.domain.messages import CancelOne, DisarmGrid, DisarmGuard, StopClearing, UserEvent
from qmtdesk.domain.order import CANCELLABLE
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.gate import AWAKE
from qmtdesk.engine.overnight import LAST_WORDS_MS


def has_work(state: State) -> bool:
    """Whether anything is armed or still being wound up; a stop of everything is until its cancels are proved.

    Not after the close: what a counter goes on listing then can neither trade nor be cancelled.
    """
    if state.clears or (state.kill is not None and not state.kill.done_at and not day_over(state)):
        return True
    guards, told = any(each.state in AWAKE for each in state.guards.values()), all_told(state)
    return guards or any(book.armed or (book.winding and not told) for book in state.grids.values())


def all_told(state: State) -> bool:
    """Whether the trades of the closing auction have been told: what is being wound up then is not any more."""
    return bool(state.day) and state.at >= _close(state) + LAST_WORDS_MS


def day_over(state: State) -> bool:
    """Whether the day of the orders in the books has closed, so that no cancel of them can be proved any more."""
    return bool(state.day) and state.at >= _close(state)


def _close(state: State) -> int:
    return at_of(date.fromisoformat(state.day), 15, 0)


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
