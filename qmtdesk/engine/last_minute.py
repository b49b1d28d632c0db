"""What is taken off the book in the last minute: the exchange may have done it, and our clock may be late."""

from collections.abc import Iterable, Iterator

from qmtdesk.domain.order import Order, OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.engine.books import State, filed_orders
from qmtdesk.engine.ledger import PULLED
from qmtdesk.engine.stopping import PRICED_BY_LEVEL, stops
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies.grid import Wanted

LAST_MINUTE_MS = 60_000
RESTING = PRICED_BY_LEVEL | {OwnerKind.FIRST_BUY}


def maybe_the_close(state: State, order: Order) -> bool:
    """Whether a grid's order was taken off now, unasked, and nobody can say whether by a hand or by the close."""
    return order.owner.kind in RESTING and in_it(state, order)


def in_it(state: State, order: Order) -> bool:
    """Whether an order was taken off now, unasked, within the last minute."""
    begun = _begun(state)
    return state.at >= begun and _pulled(state.orders[order.ref], begun)


def over_today(work: Work, code: str) -> Reason | None:
    """Why nothing of a code's grid is placed any more today, said once; of one below its stop why not all is.

    A hand does not want it back at once, and an exchange that has closed would turn it down until the grid is stopped.
    What was not placed is in the next session. Who arms anew wants it now.
    """
    state = work.state
    if state.at < _begun(state) or not any(_gone(state, code)):
        return None
    reason = _reason(state, code)
    if told_key(code, reason) not in state.told:
        work.log(ALARM if stops(state, code) else NOTICE, code, reason)
    return reason


def _reason(state: State, code: str) -> Reason:
    """What was taken off, where the user has to know what becomes of it: the sale of a stop, a first buy to come."""
    kept = state.grids[code].plan.keep_armed
    if stops(state, code):
        return because(Why.PULLED_LATE, then="stop_kept" if kept else "stop")
    if kept and any(order.owner.kind is OwnerKind.FIRST_BUY for order in _gone(state, code)):
        return because(Why.PULLED_LATE, then="first_kept")
    return because(Why.PULLED_LATE)


def others(state: State, code: str, wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """What is placed all the same: below its lower stop a grid sells all but what was taken off of that very sale."""
    if not stops(state, code):
        return ()
    gone = {order.owner for order in _gone(state, code)}
    return tuple(each for each in wanted if each.owner not in gone)


def _gone(state: State, code: str) -> Iterator[Order]:
    """What was taken off since the grid's newest start; below its stop, of its sale."""
    since, stopped = max(_begun(state), state.grids[code].armed_at), stops(state, code)
    for order in filed_orders(state).of(code):
        if order.owner.kind in RESTING and _pulled(order, since) and (not stopped or _sold_the_stop(state, order)):
            yield order


def _sold_the_stop(state: State, order: Order) -> bool:
    """Whether it was the sale of a grid below its stop: offered below its gap's level, as nothing else is."""
    grid = state.grids[order.code].grid
    if grid is None or order.side is not Side.SELL:
        return False
    above = order.owner.slot - grid.slot0 + 1
    return not 0 < above < len(grid.lattice.levels) or order.price < grid.lattice.levels[above]


def _begun(state: State) -> int:
    return at_of(shanghai_day(state.at), 15, 0) - LAST_MINUTE_MS


def _pulled(order: Order, since: int) -> bool:
    return order.state in PULLED and not order.cancel_asked_at and order.updated_at >= since
