"""The kill switch: no new order, own orders cancelled, proved by its own confirmations, on until lifted by hand."""

from qmtdesk.domain.order import Order, OrderState, OwnerKind
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import anew, guard_days, selling_off, stopping, worth
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import LOSS
from qmtdesk.engine.books import KillBook, Ready, State, live_orders
from qmtdesk.engine.filed import DECIDED_LISTED, NOT_LISTED
from qmtdesk.engine.ledger import PULLED
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, NOTICE, Work, phase_takes_cancels
from qmtdesk.strategies import guard as rules
from qmtdesk.strategies.plan_error import PlanError


def press(work: Work, by: str, found: str = "") -> None:
    """Stop everything. Pressing again while it is on only asks for the open cancels again."""
    if work.state.kill is None:
        # one the counter stopped listing may still stand there: a cancel by its number costs nothing
        lost = [order for order in work.state.orders.values() if _unlisted(order)]
        refs = tuple(order.ref for order in (*live_orders(work.state), *lost))
        work.note(r.KillSet(KillBook(work.state.at, by, refs)))
        where = {"file": found} if found else {}
        work.log(ALARM, "", because(Why.KILL_PRESSED, by=by, **where, orders=len(refs)))
        _stop_strategies(work)
    progress(work)


def _stop_strategies(work: Work) -> None:
    why = because(Why.KILLED, by=work.state.kill.by if work.state.kill else "", at_ms=work.state.at)
    for code, book in work.state.grids.items():
        if book.armed or book.winding:
            # nothing sells the rest, also where nobody is there to press anything
            if book.winding is StopHow.SELL or stopping.stops(work.state, code):
                selling_off.say_unsold(work, code, book)
            ended = anew.of_today(book, work.state.day)
            work.set_grid(code, replace(ended, armed=False, winding=StopHow.CANCEL, why=why), keep=True)
    for code, guard in work.state.guards.items():
        # one that only the day's list keeps off would watch again by itself
        if rules.disarm(guard) != guard:
            guard_days.say_unsold(work, guard)
            work.set_guard(code, rules.disarm(guard), keep=True)


def progress(work: Work) -> None:
    """Cancel what is still open, whatever its age; done when nothing of ours is left."""
    kill = work.state.kill
    if kill is None:
        return
    left = live_orders(work.state)
    work.cancel_all(left)
    work.cancel_unlisted(_owed(work.state, kill))
    if left and kill.done_at:
        # one that had been given up for lost was not
        work.note(r.KillSet(replace(kill, done_at=0)))
    elif not left and not kill.done_at:
        work.note(r.KillSet(replace(kill, done_at=work.state.at)))
        became = _became(work, kill)
        why = because(Why.KILL_DONE, took_ms=work.state.at - kill.at, **{word: n for word, n in became.items() if n})
        work.log(ALARM if became["unsure"] else NOTICE, "", why)


def _owed(state: State, kill: KillBook) -> list[Order]:
    """Orders the counter stopped listing that had no cancel since the press."""
    orders = (state.orders[ref] for ref in kill.refs if ref in state.orders)
    return [order for order in orders if _unlisted(order) and order.cancel_asked_at < kill.at]


def _became(work: Work, kill: KillBook) -> dict[str, int]:
    """How many of the orders of then were cancelled, filled whole, never stood there, or nobody can say of."""
    became = {"cancelled": 0, "filled": 0, "refused": 0, "unsure": 0}
    for order in (work.state.orders[ref] for ref in kill.refs if ref in work.state.orders):
        if _unlisted(order):
            became["unsure"] += 1
        elif order.state in PULLED:
            became["cancelled"] += 1
        else:
            became["filled" if order.filled else "refused"] += 1
    return became


def _unlisted(order: Order) -> bool:
    """Whether it may still stand at the counter though it counts as over here: one not listed, one the user gave up."""
    if order.state is not OrderState.REFUSED or order.owner.kind is OwnerKind.FOREIGN:
        return False
    return order.text in (NOT_LISTED, DECIDED_LISTED)


def watch_loss(work: Work) -> None:
    """Press the switch when the day's loss passes its limit; once a day, so that it can be lifted after a look."""
    state = work.state
    cap = state.limits.loss_kill_bp
    if not cap or state.kill is not None or state.loss_day == state.day or state.ready is not Ready.READY:
        return
    base = worth.least_base(state)
    # one wild price stops buying at once and no more; two that agree stop everything
    odd = worth.odd_price(state)
    if odd is not None:
        if told_key("", odd) not in state.told:
            work.log(ALARM, "", odd)
        return
    loss = base - worth.total_value(state, agreed=True)
    most = worth.scale_of(state, base)
    if most > 0 and loss * 10_000 > most * cap:
        work.log(ALARM, "", because(Why.LOSS_KILL, loss_milli=loss, cap_bp=cap))
        press(work, LOSS)


def lift(work: Work) -> None:
    """Take the switch back; refused while an own order may still be alive and while a cancel waits for the link."""
    kill = work.state.kill
    if kill is None:
        return
    left = sum(1 for _ in live_orders(work.state))
    if not work.state.linked:
        left += sum(1 for order in _owed(work.state, kill) if phase_takes_cancels(work.state, order.code))
    if left or not kill.done_at:
        raise PlanError(because(Why.KILLED, by=kill.by, at_ms=kill.at, left=left))
    work.note(r.KillSet(None))
    work.log(NOTICE, "", because(Why.KILL_LIFTED))
