"""What stands between a guard's trigger and its sale: what is held, whether an order left, and what none may carry."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.rules import floor_lot, lot_problem, rules_of
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine import aside, gate
from qmtdesk.engine.books import Ready, State, filed_fills, filed_orders, live_orders
from qmtdesk.strategies.grid import Wanted
from qmtdesk.strategies.guard import Guard, GuardState
from qmtdesk.strategies.guard_again import waited_long
from qmtdesk.strategies.guard_state import LATCH_MS, Sale


def told(state: State, code: str) -> bool:
    """Whether the account said what is held of a code and it could be read, so that no holding means there is none."""
    doubt = state.suspended.get(code)
    return state.ready is Ready.READY and (doubt is None or doubt.why is not Why.HOLDING_UNCLEAR)


def overdue(state: State, guard: Guard) -> Sale | None:
    """A guard's sale of which nothing left for so long that the board has to be looked at again; None: there is none.

    An order that the link surely did not place has not left.
    """
    sale = guard.sale
    if sale is None or not waited_long(guard, state.at):
        return None
    left = any(
        order.owner.kind is OwnerKind.GUARD
        and order.created_at >= sale.fired_at
        and order.state is not OrderState.REFUSED
        for order in filed_orders(state).of(guard.plan.code)
    )
    return None if left else sale


def may_leave(state: State, code: str, wanted: Wanted) -> bool:
    """Whether the gate would let this sale leave now."""
    place = Place("", code, wanted.side, wanted.price, wanted.volume, wanted.owner)
    return gate.refusal(state, place) is None


def whole(state: State, code: str, volume: int) -> int:
    """As much of a volume as an order may carry by itself; all of it where that is nothing, for the gate to refuse."""
    rules, held = rules_of(state.listings[code], shanghai_day(state.at)), state.holdings.get(code)
    if lot_problem(rules, Side.SELL, volume, held.sellable if held else 0) is None:
        return volume
    return floor_lot(rules, volume) or volume


def odd_rest(state: State, guard: Guard) -> Reason | None:
    """Why what is left of a sale will never be sold: by rule it goes only together with more than was to be sold."""
    code, sale = guard.plan.code, guard.sale
    held = state.holdings.get(code)
    if guard.state is not GuardState.TRIGGERED or sale is None or held is None or state.ready is not Ready.READY:
        return None
    left, rules = sale.target - sale.sold, rules_of(state.listings[code], shanghai_day(state.at))
    if _moving(state, code, sale):
        return None
    if not 0 < left <= held.sellable or lot_problem(rules, Side.SELL, left, held.sellable) is None:
        return None
    return because(Why.ODD_REST, volume=left, lot=rules.lot) if floor_lot(rules, left) == 0 else None


def sold_out(state: State, guard: Guard) -> bool:
    """Whether others sold all that a fired guard was to sell: none of it can be sold, and trades say where it went.

    An answer that lacks the holding says nothing of that: the shares may be back with the next one.
    """
    code, sale, held = guard.plan.code, guard.sale, state.holdings.get(guard.plan.code)
    if guard.state is not GuardState.TRIGGERED or sale is None or (held is not None and held.sellable > 0):
        return False
    if not told(state, code) or gate.distrust(state) is not None or _moving(state, code, sale):
        return False
    if any(order.side is Side.SELL for order in filed_orders(state).not_listed(code)):
        return False
    unseen = _sold_by_others(state, code) - sale.others - sale.beside
    there = _not_bought(state, code)
    gone = there <= 0 and sale.held - there >= sale.beside + sale.target
    return gone and unseen >= sale.target - sale.sold


def marked(state: State, guard: Guard, before: Guard) -> Guard:
    """A guard that has just fired, with what was known of its code then: what others sell is told by the difference.

    By the volumes and not by the times of trades: one of before may be told long after.
    """
    sale, code = guard.sale, guard.plan.code
    if sale is None or (before.sale is not None and before.sale.fired_at == sale.fired_at):
        return guard
    held, others = _not_bought(state, code), _sold_by_others(state, code)
    return replace(guard, sale=replace(sale, held=held, others=others, free=aside.free_for_guard(state, code)))


def _sold_by_others(state: State, code: str) -> int:
    """Shares sold today by whom the guard is not, as far as trades were told."""
    volume = 0
    for fill in filed_fills(state).of(code):
        order = state.orders.get(fill.ref)
        if fill.side is Side.SELL and (order is None or order.owner.kind is not OwnerKind.GUARD):
            volume += fill.volume
    return volume


def _not_bought(state: State, code: str) -> int:
    """What is held less what was bought today, negative where some of that was sold again."""
    held, told_bought = state.holdings.get(code), 0
    for fill in filed_fills(state).of(code):
        told_bought += fill.volume if fill.side is Side.BUY else 0
    return held.volume - max(told_bought, held.bought_today) if held else -told_bought


def sold_elsewhere(guard: Guard) -> Reason:
    """What is said where the guard ends because others sold the rest."""
    return because(Why.SOLD_ELSEWHERE, volume=guard.sold) if guard.sold else because(Why.SOLD_ELSEWHERE)


def _moving(state: State, code: str, sale: Sale) -> bool:
    """A trade may be told of before the order's end, and what others sell may leave just this much."""
    if state.at - max(sale.fired_at, sale.done_at) <= LATCH_MS:
        return True
    return any(order.side is Side.SELL for order in live_orders(state, code, own=False))
