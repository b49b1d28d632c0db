"""How long the next try waits after a counter said no."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Order, OrderState, OwnerKind
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import stopping
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import State, filed_orders

UNANSWERED_YET = frozenset({OrderState.INTENDED, OrderState.SENT, OrderState.UNKNOWN})


def turned_down(state: State, place: Place) -> Reason | None:
    """After a rejection the next try waits, twice as long each time: a counter that says no is not asked in a storm.

    One that is on its way is this try, and the others wait for its answer. What a guard's earlier sale met with says
    nothing of this one; of a stop's, one that never arrived was turned down.
    """
    row, last, since, asked, began = 0, 0, 0, False, 0
    stop = stopping.stop_sale(state, place)
    guard = state.guards.get(place.code)
    if place.owner.kind is OwnerKind.GUARD and guard is not None and guard.sale is not None:
        since = guard.sale.fired_at
    for order in reversed(filed_orders(state).of(place.code)):
        if order.side is not place.side or order.owner.kind is not place.owner.kind:
            continue
        if (order.state in UNANSWERED_YET and not order.broker_id) or (stop and _young(state, order)):
            asked = True
            continue
        if _young(state, order):
            # a number is no yes yet
            continue
        lost = stop and order.state is OrderState.REFUSED and order.text == "not_found"
        if not (order.state is OrderState.REJECTED or lost) or order.created_at < since:
            break
        # what left before an older one was answered is one try with it
        row, last = row + (not began or order.updated_at <= began), max(last, order.updated_at)
        began = order.created_at
    wait = min(500 * 2**row, 60_000)
    if row and (asked or state.at - last < wait):
        return because(Why.REJECTED_TOO_OFTEN, count=row, wait_ms=wait)
    return None


def _young(state: State, order: Order) -> bool:
    """Whether a counter that gives a number first and says no then may still say no."""
    return order.live and not order.filled and 0 <= state.at - order.created_at < state.limits.answer_ms


def same_try(state: State, order: Order) -> bool:
    """Whether a rejected one left together with one that was counted before: one no of the counter, not two.

    It left before that one was turned down. What was not counted itself hides no later one, or a counter that says no
    to everything while something else is on its way would be asked for ever.
    """
    kinds = GRID_OWNERS if order.owner.kind in GRID_OWNERS else {order.owner.kind}
    filed = filed_orders(state).of(order.code)
    turned = [each for each in filed if each.state is OrderState.REJECTED and each.owner.kind in kinds]
    counted = 0
    for each in sorted(turned, key=_when):
        if _when(each) >= _when(order):
            break
        counted = counted if each.created_at <= counted else each.updated_at
    return order.created_at <= counted


def _when(order: Order) -> tuple[int, str]:
    return order.updated_at, order.ref
