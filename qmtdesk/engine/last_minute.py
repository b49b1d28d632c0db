"""What is taken off the book in the last minute: the exchange may have done it, and our clock may be late."""

from qmtdesk.domain.order import Order
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.engine.books import State, filed_orders
from qmtdesk.engine.ledger import PULLED
from qmtdesk.engine.stopping import PRICED_BY_LEVEL, stop_sale, stops
from qmtdesk.engine.work import NOTICE, Work

LAST_MINUTE_MS = 60_000


def maybe_the_close(state: State, order: Order) -> bool:
    """Whether a grid's order was taken off now, unasked, and nobody can say whether by a hand or by the close."""
    if stop_sale(state, order):
        return False
    begun = _begun(state)
    return order.owner.kind in PRICED_BY_LEVEL and state.at >= begun and _pulled(state.orders[order.ref], begun)


def over_today(work: Work, code: str) -> Reason | None:
    """Why nothing of a code's grid is placed any more today, but for the sale of its lower stop; said once.

    A hand does not want it back at once, and an exchange that has closed would turn it down until the grid is stopped.
    """
    begun = _begun(work.state)
    if work.state.at < begun or stops(work.state, code):
        return None
    orders = filed_orders(work.state).of(code)
    if not any(order.owner.kind in PRICED_BY_LEVEL and _pulled(order, begun) for order in orders):
        return None
    reason = because(Why.PULLED_LATE)
    if work.state.blocked.get(code) != reason:
        work.log(NOTICE, code, reason)
    return reason


def _begun(state: State) -> int:
    return at_of(shanghai_day(state.at), 15, 0) - LAST_MINUTE_MS


def _pulled(order: Order, since: int) -> bool:
    return order.state in PULLED and not order.cancel_asked_at and order.updated_at >= since
