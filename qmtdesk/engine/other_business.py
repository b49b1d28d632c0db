"""Rows that are neither a buy nor a sale: the user's own business, but for one that may be an order of ours."""

from qmtdesk.domain.account import AccountReport, OddRow
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.engine import records as r
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.ledger import CLOCKS_APART_MS
from qmtdesk.engine.work import Work

OTHER = "other_business"


def maybe_ours(state: State, report: AccountReport) -> OddRow | None:
    """The first such row that one of our orders may be hidden in; an answer with one settles nothing.

    A counter that dropped the remark and told an odd kind has the order all the same: were the row passed over, the
    order would be settled as one that never arrived, and sent again.
    """
    if report.day != state.day:
        return None
    return next((row for row in report.odd if _ours(state, row)), None)


def end_foreign(work: Work, report: AccountReport) -> None:
    """Somebody else's order that turns out to be a subscription, told before its issue was known.

    It holds no cash of the account's; as a buy it would bind its price until the close. Any other odd row may be an
    ordinary order that could not be read this once, and a final one is not heard of again.
    """
    listed = {row.broker_id for row in report.orders}
    for row in report.odd:
        order = work.state.orders.get(work.state.refs.get(row.broker_id, ""))
        if order is None or not row.issue or row.traded or row.broker_id in listed:
            continue
        if order.live and order.owner.kind is OwnerKind.FOREIGN:
            work.note(r.OrderMoved(order.ref, OrderState.CANCELLED, work.state.at, text=OTHER))


def _ours(state: State, row: OddRow) -> bool:
    known = state.orders.get(state.refs.get(row.broker_id, ""))
    if known is not None:
        return known.owner.kind is not OwnerKind.FOREIGN
    return any(_may_be(order, row) for order in live_orders(state, row.code) if not order.broker_id)


def _may_be(order: Order, row: OddRow) -> bool:
    if row.at < order.created_at - CLOCKS_APART_MS:
        return False
    if not row.traded:
        return row.volume in (0, order.volume) and row.price in (0, order.price)
    # a trade may be a part of its order, at a better price
    better = row.price <= order.price if order.side is Side.BUY else row.price >= order.price
    return row.volume <= order.volume and (row.price == 0 or better)
