"""Own orders the counter gave a number to and does not list any more."""

from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.order import Order, OrderState
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import earlier
from qmtdesk.engine import records as r
from qmtdesk.engine.books import drop, live_orders, put
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.ledger import tail
from qmtdesk.engine.work import ALARM, NOTICE, Work

AGREE_MS = 2_000
LOOKS = 3
LOOKING_MS = 6_000


def look(work: Work, report: AccountReport, request: int) -> None:
    """Compare our numbered live orders with a complete answer to question `request` (0: the answer proves nothing).

    Two answers that agree put a missing order in doubt, which freezes its side; three more settle it. It is never
    sent again by itself: what became of it is for the user to see, so the place it worked for is left alone, and its
    money stays spoken for.
    """
    for ref in [ref for ref in work.state.missed if not _is_live(work, ref)]:
        # it ended before anybody asked again
        work.state = replace(work.state, missed=drop(work.state.missed, ref))
    listed = {row.broker_id for row in report.orders}
    for order in [o for o in live_orders(work.state) if o.broker_id and o.live]:
        if order.broker_id in listed:
            _found(work, order)
        # a list without a single order is no list: nothing is concluded from it
        elif request and listed and report.at > order.updated_at:
            _missed(work, order, report.at, request)


def _is_live(work: Work, ref: str) -> bool:
    order = work.state.orders.get(ref)
    return order is not None and order.live


def _found(work: Work, order: Order) -> None:
    if order.ref in work.state.missed:
        work.state = replace(work.state, missed=drop(work.state.missed, order.ref))


def _missed(work: Work, order: Order, reported_at: int, request: int) -> None:
    if order.state is OrderState.UNKNOWN:
        if not earlier.turned(work.state, reported_at) and request > work.state.doubts.get(order.ref, 0):
            _settle(work, order, reported_at)
        return
    first = work.state.missed.get(order.ref, 0)
    if not first or reported_at - first < AGREE_MS or earlier.turned(work.state, reported_at):
        work.state = replace(work.state, missed=put(work.state.missed, order.ref, first or reported_at))
        return
    _found(work, order)
    work.note(r.OrderMoved(order.ref, OrderState.UNKNOWN, work.state.at, asked=0))
    work.doubt(order.ref)
    work.log(ALARM, order.code, because(Why.ORDER_MISSING, **words(order)))


def _settle(work: Work, order: Order, reported_at: int) -> None:
    asked = order.asked + 1
    if asked < LOOKS or reported_at - order.updated_at < LOOKING_MS:
        work.note(r.OrderMoved(order.ref, OrderState.UNKNOWN, order.updated_at, asked=asked))
        return
    work.note(r.OrderMoved(order.ref, OrderState.REFUSED, work.state.at, text=NOT_LISTED, asked=asked))
    work.log(NOTICE, order.code, because(Why.ORDER_GONE, **words(order), looks=asked))
    work.gone.append(order)


def words(order: Order) -> dict[str, int | str]:
    """What names an order in a sentence about it."""
    return {
        "ref": order.ref,
        "side": order.side.value,
        "volume": order.left,
        "price_milli": order.price,
        "number": tail(order.broker_id),
    }
