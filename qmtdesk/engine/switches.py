"""The kill switch: no new order, own orders cancelled, proved by its own confirmations, on until lifted by hand."""

from dataclasses import replace

from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine import records as r
from qmtdesk.engine.books import KillBook, live_orders
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies import guard as rules
from qmtdesk.strategies.guard import GuardState
from qmtdesk.strategies.plan_error import PlanError


def press(work: Work, by: str) -> None:
    """Stop everything. Pressing again while it is on only asks for the open cancels again."""
    if work.state.kill is None:
        refs = tuple(order.ref for order in live_orders(work.state))
        work.note(r.KillSet(KillBook(work.state.at, by, refs)))
        work.log(ALARM, "", because(Why.KILL_PRESSED, by=by, orders=len(refs)))
        _stop_strategies(work)
    progress(work)


def _stop_strategies(work: Work) -> None:
    why = because(Why.KILLED, by=work.state.kill.by if work.state.kill else "", at_ms=work.state.at)
    for code, book in work.state.grids.items():
        if book.armed or book.winding:
            work.set_grid(code, replace(book, armed=False, winding=StopHow.CANCEL, why=why), keep=True)
    for code, guard in work.state.guards.items():
        if guard.state not in (GuardState.OFF, GuardState.SOLD):
            work.set_guard(code, rules.disarm(guard), keep=True)


def progress(work: Work) -> None:
    """Cancel what is still open, whatever its age; done when nothing of ours is left."""
    kill = work.state.kill
    if kill is None or kill.done_at:
        return
    left = list(live_orders(work.state))
    for order in left:
        work.cancel(order, young=True)
    if not left:
        work.note(r.KillSet(replace(kill, done_at=work.state.at)))
        work.log(NOTICE, "", because(Why.KILL_DONE, orders=len(kill.refs), took_ms=work.state.at - kill.at))


def lift(work: Work) -> None:
    """Take the switch back; refused while an own order may still be alive."""
    kill = work.state.kill
    if kill is None:
        return
    if not kill.done_at:
        left = sum(1 for _ in live_orders(work.state))
        raise PlanError(because(Why.KILLED, by=kill.by, at_ms=kill.at, left=left))
    work.note(r.KillSet(None))
    work.log(NOTICE, "", because(Why.KILL_LIFTED))
