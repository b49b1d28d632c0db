"""A way out stays open: what leaves for good where a code waits for the user because of its own trades."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Order, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.engine.books import State

OWN_TRADES = frozenset({Why.REPEATED_EXECUTION, Why.ROUND_TRIPS})
"""A code that waits for one of these has traded too often, and what only sells what is held ends that."""
PRICED_BY_LEVEL = frozenset({OwnerKind.GRID, OwnerKind.ROLLING})


def stops(state: State, code: str) -> bool:
    """Whether the grid of a code is below its lower stop: it buys nothing and sells what it holds, once."""
    book = state.grids.get(code)
    return book is not None and book.armed and book.grid is not None and book.grid.stopped_low


def stop_sale(state: State, order: Place | Order) -> bool:
    """Whether this is the sale of a grid below its lower stop, whose price is no level."""
    return order.side is Side.SELL and order.owner.kind in PRICED_BY_LEVEL and stops(state, order.code)


def leaves(state: State, order: Place | Order) -> bool:
    """Whether this sells for good, by the grid's stop or by the user's own word: no trade of it leads to another."""
    return order.owner.kind is OwnerKind.CLEAR or stop_sale(state, order)


def was_leaving(state: State, order: Order) -> bool:
    """Whether it sold for good when it left, also where its grid was taken off since.

    What an earlier arming sold may have: the user looked at that code when he armed it again.
    """
    book = state.grids.get(order.code)
    if book is None or order.side is not Side.SELL:
        return False
    if order.created_at < book.armed_at and order.owner.kind in PRICED_BY_LEVEL | {OwnerKind.CLEAR}:
        return True
    below = book.grid is not None and book.grid.stopped_low and order.owner.kind in PRICED_BY_LEVEL
    return below or (order.owner.kind is OwnerKind.CLEAR and book.winding is StopHow.SELL)


def goes_on(state: State, order: Place | Order) -> bool:
    """Whether it leaves although its code waits: what waits for its own trades still lets out what ends them."""
    reason = state.suspended.get(order.code)
    return reason is not None and reason.why in OWN_TRADES and leaves(state, order)
