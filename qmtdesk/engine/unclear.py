"""Holdings that were told and could not be read: their codes are left alone, and the rest of the answer counts."""

from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.messages import ArmGrid, ArmGuard, Event
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Holding, State, filed_fills, live_orders
from qmtdesk.engine.work import ALARM, Work
from qmtdesk.strategies.guard import GuardState
from qmtdesk.strategies.plan_error import PlanError


def suspend(work: Work, report: AccountReport) -> None:
    """No new order of such a code until the user has looked; said once as long as it stays suspended.

    Said again when it begins to hold up everything, for then the whole answer does not count.
    """
    for code in report.unclear:
        stops, before = not _bearable(work.state, code), work.state.suspended.get(code)
        reason = because(Why.HOLDING_UNCLEAR, code=code, then="everything" if stops else "alone")
        if before is None or (before != reason and (stops or before.why is Why.HOLDING_UNCLEAR)):
            work.note(r.Suspended(code, work.state.at, reason))
            work.log(ALARM, code, reason)


def refuse_unread(state: State, event: Event) -> None:
    """PlanError for arming a code whose holding no answer ever told: it would hold up everything else."""
    if not isinstance(event, ArmGrid | ArmGuard):
        return
    reason = state.suspended.get(event.plan.code)
    if reason is not None and reason.why is Why.HOLDING_UNCLEAR and not _told(state, event.plan.code):
        raise PlanError(reason)


def bearable(state: State, report: AccountReport) -> bool:
    """Whether the answer counts without them: each was told before and stays as it was, or nothing here needs it."""
    return all(_bearable(state, code) for code in report.unclear)


def kept(state: State, report: AccountReport) -> dict[str, Holding]:
    """What is held of them for all we know."""
    told = {code: state.holdings[code] for code in report.unclear if _told(state, code)}
    rest = {code: _since_the_base(state, code) for code in report.unclear if code not in told}
    return told | {code: held for code, held in rest.items() if held is not None}


def _bearable(state: State, code: str) -> bool:
    return _told(state, code) or not _needed(state, code)


def _told(state: State, code: str) -> bool:
    """Whether an answer of this run told what is held; what a journal's trades add up to is no holding."""
    return state.money is not None and state.money.reported_at > 0 and code in state.holdings


def _since_the_base(state: State, code: str) -> Holding | None:
    """What the day's first answer told and the trades since, after a restart; nobody knows what of it may be sold."""
    volume = state.money.base_held.get(code, 0) if state.money is not None else 0
    for fill in filed_fills(state).of(code):
        volume += fill.volume if fill.side is Side.BUY else -fill.volume
    return Holding(code, volume, 0, 0, 0) if volume > 0 else None


def _needed(state: State, code: str) -> bool:
    book, guard = state.grids.get(code), state.guards.get(code)
    part = (book.grid or book.rolling) if book is not None else None
    return (
        code in state.clears
        or (book is not None and (book.armed or book.winding is not None))
        or (part is not None and part.held_total > 0)
        or (guard is not None and guard.state not in (GuardState.OFF, GuardState.SOLD))
        or (state.overnight is not None and code in state.overnight.held)
        # the user's own orders of it are no reason to stop everything
        or bool(live_orders(state, code))
    )
