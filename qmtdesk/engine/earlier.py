"""Rows of an earlier day: a terminal tells them again the next morning, and a counter may give its numbers anew."""

from datetime import date

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import FINAL, OwnerKind
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import State


def before_today(state: State, row: BrokerOrder) -> bool:
    """Whether a row was made on a day before this one; one without a time is one of now."""
    return 0 < row.at < at_of(date.fromisoformat(state.day), 0, 0)


def of_before(state: State, row: BrokerOrder, report: AccountReport | None = None) -> bool:
    """Whether a row says nothing of this day: it is over, and what it traded is in the holdings already.

    One of last evening for today is still open, or has trades of today. Under the number of an own order of today it
    is another order in any case.
    """
    if not before_today(state, row):
        return False
    known = state.orders.get(state.refs.get(row.broker_id, ""))
    if known is not None:
        return known.owner.kind is not OwnerKind.FOREIGN
    fills = (*state.fills.values(), *(report.fills if report is not None else ()))
    traded = any(fill.broker_id == row.broker_id and fill.day == state.day for fill in fills)
    return row.state in FINAL and not traded
