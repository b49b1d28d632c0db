"""Rows that are neither a buy nor a sale: the user's own business, but for one that may be an order of ours."""

from qmtdesk.domain.account import AccountReport, OddRow
from qmtdesk.domain.order import Order, OwnerKind, Side
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.ledger import CLOCKS_APART_MS


def maybe_ours(state: State, report: AccountReport) -> OddRow | None:
    """The first such row that one of our orders may be hidden in; an answer with one settles nothing.

    A counter that dropped the remark and told an odd kind has the order all the same: were the row passed over, the
    order would be settled as one that never arrived, and sent again.
    """
    if report.day != state.day:
        return None
    return next((row for row in report.odd if _ours(state, row)), None)


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
