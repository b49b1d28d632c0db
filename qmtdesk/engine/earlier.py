"""Rows of an earlier day: a terminal tells them again the next morning, and a counter may give its numbers anew."""

from datetime import date

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import FINAL, Fill, Order, OrderState, OwnerKind, alike
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import records as r
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.work import Work

TURNS = (15, 30)
"""From this time of the day on a counter may have closed its books."""


def before_today(state: State, row: BrokerOrder) -> bool:
    """Whether a row was made on a day before this one; one without a time is one of now."""
    return 0 < row.at < at_of(date.fromisoformat(state.day), 0, 0)


def turned(state: State, at: int) -> bool:
    """Whether an answer of that time may be of a terminal done with the books' day: what it lacks tells nothing.

    The lists turn some time in the evening or the next morning, before the new day begins here.
    """
    return at >= at_of(date.fromisoformat(state.day), *TURNS)


def todays(state: State, report: AccountReport) -> AccountReport:
    """The report less what it tells of earlier days."""
    if not any(before_today(state, row) for row in report.orders):
        return report
    given_anew = {row.broker_id for row in report.orders if not before_today(state, row)}
    kept = (row for row in report.orders if row.broker_id not in given_anew or not before_today(state, row))
    rows = (told_today(state, row, report.fills) for row in kept)
    return replace(report, orders=tuple(row for row in rows if row is not None))


def told_today(state: State, row: BrokerOrder, fills: tuple[Fill, ...] = ()) -> BrokerOrder | None:
    """What a row says of this day, None for nothing: then it is over, and what it traded is in the holdings already.

    One of last evening for today is still open, or has trades of today. Under the number of an order of today it is
    another order in any case.
    """
    if not before_today(state, row):
        return row
    known = state.orders.get(state.refs.get(row.broker_id, ""))
    if known is not None and is_todays(state, known):
        return None
    told = [fill for fill in (*state.fills.values(), *fills) if fill.broker_id == row.broker_id]
    if any(fill.day == state.day and alike(fill, row) for fill in told):
        return row
    return None if row.state in FINAL else replace(row, filled=0)


def is_todays(state: State, order: Order) -> bool:
    """Whether an order is of this day."""
    return order.created_at >= at_of(date.fromisoformat(state.day), 0, 0)


def given_anew(state: State, order: Order, row: BrokerOrder) -> bool:
    """Whether a row of today bears the number of an order of an earlier day: it is another order."""
    return not is_todays(state, order) and not before_today(state, row)


def leave(work: Work, report: AccountReport, *, whole: bool) -> None:
    """Somebody else's open order of an earlier day that no row of this day tells of is over, whatever it was.

    `whole`: the answer lists orders at all; one without any is no list, while the counter has orders of today, or may.
    """
    todays = (order for order in work.state.orders.values() if is_todays(work.state, order))
    if not whole and any(order.broker_id or order.live for order in todays):
        return
    listed = {row.broker_id for row in report.orders}
    for order in live_orders(work.state, own=False):
        foreign = order.owner.kind is OwnerKind.FOREIGN and order.live
        if foreign and order.broker_id not in listed and not is_todays(work.state, order):
            work.note(r.OrderMoved(order.ref, OrderState.CANCELLED, work.state.at, text=NOT_LISTED))
