"""What a counter's row says of an order where its word alone does not: beside trades, and against them."""

from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import FINAL, Order, OrderState
from qmtdesk.engine.filed import DECIDED_LISTED, DECIDED_OVER, NOT_LISTED

UNTRADED = "57"
"""废单 without a trade, of an order that had some."""
REPEATED_MS = 5_000
"""The same word again so long after it came first is no slip: an order in doubt is asked about every two seconds."""


def unread(row: BrokerOrder) -> str:
    """What the counter said of an order and nobody understands, '' when it was understood."""
    return (row.odd or "?") if row.state is OrderState.UNKNOWN else ""


def odd(order: Order, row: BrokerOrder, at: int) -> str:
    """What the counter said of an order and nobody can go by, '' when it can be gone by.

    A rejection without a trade of an order that had trades is none to go by, unless it is said again after a while.
    """
    denied = row.state is OrderState.REJECTED and not row.filled and max(order.filled, order.told_filled) > 0
    if not denied or (order.odd == UNTRADED and at - order.updated_at >= REPEATED_MS):
        return unread(row)
    return UNTRADED


def state_of(order: Order, row: BrokerOrder) -> OrderState:
    """Some counters say 已撤, or 废单, of an order that was partly filled."""
    part = {
        OrderState.CANCELLED: OrderState.PART_CANCELLED,
        OrderState.CANCELLING: OrderState.PART_CANCELLING,
        OrderState.REJECTED: OrderState.PART_CANCELLED,
    }
    traded = order.filled or row.filled or order.told_filled
    return part.get(row.state, row.state) if traded else row.state


def steps_back(order: Order, row: BrokerOrder) -> bool:
    """An old push again: only a refused cancel takes CANCELLING back, and that is said by CancelRefused."""
    cancelling = order.state in (OrderState.CANCELLING, OrderState.PART_CANCELLING)
    return cancelling and row.state in (OrderState.WORKING, OrderState.PARTIAL)


def still_given_up(order: Order, row: BrokerOrder) -> str:
    """The text of an order the user gave up where a row says no more than he knew, '' where it does.

    That it is listed unread, or that it is over and nothing of it traded: then nothing of it can stand there any more.
    """
    given_up = order.state is OrderState.REFUSED and order.text in (DECIDED_LISTED, DECIDED_OVER)
    if not given_up or row.filled > max(order.filled, order.told_filled):
        return ""
    return order.text if row.state is OrderState.UNKNOWN else DECIDED_OVER if row.state in FINAL else ""


def listed_again(order: Order, row: BrokerOrder) -> bool:
    """Whether somebody's order that was taken for over, because an answer left it out, stands open after all."""
    return order.text == NOT_LISTED and row.state not in FINAL and row.state is not OrderState.UNKNOWN
