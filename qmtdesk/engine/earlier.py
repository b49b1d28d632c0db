"""Rows of an earlier day: a terminal tells them again the next morning, and a counter may give its numbers anew."""

from datetime import date

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import FINAL, Fill, OrderState, OwnerKind
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import records as r
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.work import Work


def before_today(state: State, row: BrokerOrder) -> bool:
    """Whether a row was made on a day before this one; one without a time is one of now."""
    return 0 < row.at < at_of(date.fromisoformat(state.day), 0, 0)


def todays(state: State, report: AccountReport) -> AccountReport:
    """The report less what it tells of earlier days."""
    if not any(before_today(state, row) for row in report.orders):
        return report
    rows = (told_today(state, row, report.fills) for row in report.orders)
    return replace(report, orders=tuple(row for row in rows if row is not None))


def told_today(state: State, row: BrokerOrder, fills: tuple[Fill, ...] = ()) -> BrokerOrder | None:
    """What a row says of this day, None for nothing: then it is over, and what it traded is in the holdings already.

    One of last evening for today is still open, or has trades of today. Under the number of an own order of today it
    is another order in any case.
    """
    if not before_today(state, row):
        return row
    known = state.orders.get(state.refs.get(row.broker_id, ""))
    if known is not None and known.owner.kind is not OwnerKind.FOREIGN:
        return None
    if any(fill.broker_id == row.broker_id and fill.day == state.day for fill in (*state.fills.values(), *fills)):
        return row
    return None if row.state in FINAL else replace(row, filled=0)


def leave(work: Work, report: AccountReport, *, whole: bool) -> None:
    """Somebody else's open order of an earlier day that no row of this day tells of is over, whatever it was.

    `whole`: the answer lists orders at all; one without any is no list.
    """
    listed = {row.broker_id for row in report.orders}
    begun = at_of(date.fromisoformat(work.state.day), 0, 0)
    for order in live_orders(work.state, own=False):
        foreign = order.owner.kind is OwnerKind.FOREIGN and order.live
        if whole and foreign and order.created_at < begun and order.broker_id not in listed:
            work.note(r.OrderMoved(order.ref, OrderState.CANCELLED, work.state.at, text=NOT_LISTED))
