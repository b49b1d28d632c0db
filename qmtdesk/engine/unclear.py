"""Holdings that were told and could not be read: their codes are left alone, and the rest of the answer counts."""

from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Holding, State
from qmtdesk.engine.work import ALARM, Work
from qmtdesk.strategies.guard import GuardState


def suspend(work: Work, report: AccountReport) -> None:
    """No new order of such a code until the user has looked; said once as long as it stays suspended."""
    for code in report.unclear:
        if code not in work.state.suspended:
            reason = because(Why.HOLDING_UNCLEAR, code=code)
            work.note(r.Suspended(code, work.state.at, reason))
            work.log(ALARM, code, reason)


def bearable(state: State, report: AccountReport) -> bool:
    """Whether the answer counts without them: each was told before and stays as it was, or nothing here needs it."""
    return all(code in state.holdings or not _needed(state, code) for code in report.unclear)


def kept(state: State, report: AccountReport) -> dict[str, Holding]:
    """What is held of them for all we know."""
    return {code: state.holdings[code] for code in report.unclear if code in state.holdings}


def _needed(state: State, code: str) -> bool:
    book, guard = state.grids.get(code), state.guards.get(code)
    part = (book.grid or book.rolling) if book is not None else None
    return (
        code in state.clears
        or (book is not None and (book.armed or book.winding is not None))
        or (part is not None and part.held_total > 0)
        or (guard is not None and guard.state not in (GuardState.OFF, GuardState.SOLD))
        or (state.overnight is not None and code in state.overnight.held)
        or any(order.code == code for order in state.orders.values())
    )
