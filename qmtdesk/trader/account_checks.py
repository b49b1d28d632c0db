"""What of the whole account keeps a grid from ordering, as its sheet tells it before the grid is started."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct
from qmtdesk.engine import gate
from qmtdesk.engine.books import BUYS, State, live_orders
from qmtdesk.strategies.grid_preview import Preview
from qmtdesk.trader.pictures import all_stands
from qmtdesk.wire.talk import Check

OF_THE_CODE = frozenset({Why.PHASE_CLOSED, Why.NO_QUOTE, Why.QUOTE_STALE})
"""What the plan's own preview has said, each as far as a start has to wait for it."""


def account_checks(state: State, plan: GridPlan, found: Preview) -> tuple[Check, ...]:
    """All that holds at once: what arming itself is refused for, and what lets it start and no order leave."""
    refused = [Check("refuse", reason) for reason in _refusing(state, plan.code)]
    return (*refused, *[Check("warn", reason) for reason in _holding(state, plan, found)])


def _refusing(state: State, code: str) -> list[Reason]:
    """The engine's own no first, then what else stands; whoever clears one away should not find the next."""
    # a start is the user's word on this code: what suspended it alone is taken back by that
    others = {held: reason for held, reason in state.suspended.items() if held != code}
    first = gate.standstill(replace_struct(state, suspended=others), code)
    named = {} if first is None or first.why in OF_THE_CODE else {first.why: first}
    for reason in all_stands(state):
        # an account that waits for a word is told as one that is compared as well
        if not (reason.why is Why.RECONCILING and Why.SUSPENDED in named):
            named.setdefault(reason.why, reason)
    return list(named.values())


def _holding(state: State, plan: GridPlan, found: Preview) -> list[Reason]:
    """What lets no order of it leave although it may start, its buys or all of them."""
    buys = [order for order in found.orders if order.side is Side.BUY]
    guard = state.guards.get(plan.code)
    reasons: list[Reason | None] = []
    if buys and guard is not None and guard.parted:
        reasons.append(because(Why.GUARD_SOLD))
    if buys:
        reasons += [state.suspended.get(BUYS), gate.past_loss(state)]
    if found.orders:
        reasons += [_spent(state), *_full(state, plan.code)]
    if buys:
        largest = max(buys, key=lambda order: order.price * order.volume)
        reasons.append(_over_cap(state, plan.code, largest.price, largest.volume))
    return [reason for reason in reasons if reason is not None]


def _spent(state: State) -> Reason | None:
    cap = state.limits.per_day
    return because(Why.DAY_MESSAGES, sent=state.messages, cap=cap) if 0 < cap <= state.messages else None


def _full(state: State, code: str) -> list[Reason]:
    """What rests already; of a grid that runs its own orders leave before it starts again."""
    live, cap = len(live_orders(state)), state.limits.live_total
    return [because(Why.TOO_MANY_LIVE, live=live, cap=cap)] if 0 < cap <= live and not _runs(state, code) else []


def _over_cap(state: State, code: str, price: int, volume: int) -> Reason | None:
    if _runs(state, code):
        return None
    reason = gate.refusal(state, Place("", code, Side.BUY, price, volume, gate.NOBODY))
    return reason if reason is not None and reason.why is Why.ACCOUNT_EXPOSURE else None


def _runs(state: State, code: str) -> bool:
    book = state.grids.get(code)
    return book is not None and book.armed
