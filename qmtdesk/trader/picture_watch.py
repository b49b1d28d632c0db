"""A watched stock as the desk draws it, and the open confirm-sell questions."""

from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.plans import GuardPlan, RuleId
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.timed import threshold_at
from qmtdesk.engine import latched
from qmtdesk.engine.books import Holding, State, live_orders
from qmtdesk.engine.guard_sight import context, fresh
from qmtdesk.strategies.board import watch
from qmtdesk.strategies.guard import Guard, GuardState, shown_state, why_no_guard
from qmtdesk.strategies.guard_rules import eta_to
from qmtdesk.strategies.guard_sale import sale_volume
from qmtdesk.wire.rows import AskRow, WatchRow

ARMED = frozenset({GuardState.WATCHING, GuardState.ASKING, GuardState.TRIGGERED})


def watch_row(state: State, code: str, spark: tuple[int, ...]) -> WatchRow:
    """One line of the watchlist; `spark` is its seal of the last ten minutes."""
    instrument = state.instruments[code]
    board = state.boards.get(code) or watch(code, instrument.limit_up)
    guard = state.guards.get(code)
    plan = guard.plan if guard else GuardPlan(code=code)
    held = state.holdings.get(code, Holding(code, 0, 0, 0, 0))
    clear = fresh(state, code)
    order = next((o for o in live_orders(state, code) if o.owner.kind is OwnerKind.GUARD), None)
    threshold = threshold_at(plan, state.at)
    confirm = dict(guard.confirm_have).get(RuleId.R1, 0) if guard else 0
    return WatchRow(
        code=code,
        name=instrument.name,
        limit_up=instrument.limit_up,
        limit_source="feed" if instrument.told_up else "rule",
        board=board.state.value if clear else "blind",
        state=shown_state(guard, board, fresh=clear),
        armed=guard is not None and guard.state in ARMED and guard.why_off is None,
        action=plan.action.value,
        seal=board.seal,
        threshold=threshold,
        ready=guard.ready if guard else False,
        confirm_have=confirm,
        confirm_need=plan.confirm,
        first_seal_at=board.first_seal_at,
        broke_at=board.broke_at,
        breaks=board.breaks,
        position=held.volume,
        sellable=held.sellable,
        bought_today=held.bought_today,
        cost=held.cost,
        spark=spark,
        plan=plan,
        why=_why(state, code, guard, held),
        eta_ms=eta_to(board, threshold),
        peak=board.peak,
        sold=guard.sold if guard else 0,
        order_ref=order.ref if order else "",
        would_sell=_would_sell(state, guard) if guard else 0,
        unseen=code not in state.boards,
    )


def _would_sell(state: State, guard: Guard) -> int:
    """Shares a trigger would sell now, by the engine's rule; 0 as long as there is no snapshot it could come of."""
    code = guard.plan.code
    if code not in state.quotes or code not in state.listings:
        return 0
    return sale_volume(guard.plan, guard.instrument, context(state, code))


def held_up(state: State, code: str) -> Reason | None:
    """What keeps a sale that has to leave from doing so; nothing where it is out. A grid's word is not its."""
    reason = state.blocked.get(code)
    out = any(order.owner.kind is OwnerKind.GUARD for order in live_orders(state, code))
    return None if out or reason is None or reason.why is Why.ALREADY_TRIGGERED else reason


def _why(state: State, code: str, guard: Guard | None, held: Holding) -> Reason | None:
    """Why this stock would not be sold, the worst first; None when nothing stands in the way."""
    if guard is not None and guard.why_off is not None:
        return guard.why_off
    everything = state.suspended.get("")
    # rejections of other orders hold up no guard
    if guard is not None and everything is not None and everything.why is not Why.REJECT_STORM:
        return everything
    fired = guard is not None and guard.state is GuardState.TRIGGERED
    if fired and (reason := held_up(state, code)) is not None:
        # its sale is to leave now: what the last try met is the cause, whatever would keep a guard from firing
        return reason
    if code in state.instruments and (reason := why_no_guard(state.instruments[code])) is not None:
        return reason
    if code in state.quotes and state.quotes[code].quote.rough:
        return because(Why.UNIT_UNKNOWN)
    if held.volume and not held.sellable:
        return because(Why.T_PLUS_ONE, volume=held.bought_today)
    if not held.volume:
        # before the account's first answer nobody knows what is held
        return because(Why.NOTHING_SELLABLE if latched.told(state, code) else Why.RECONCILING)
    return state.blocked.get(code) if guard is not None and not fired else None


def ask_row(state: State, code: str) -> AskRow | None:
    """The open question of a code's guard, if there is one."""
    guard = state.guards.get(code)
    if guard is None or guard.question is None:
        return None
    board = state.boards.get(code) or watch(code, guard.limit_up)
    return AskRow(
        code=code,
        ask=guard.question.ask,
        asked_at=guard.question.deadline - guard.plan.ask_timeout_ms * guard.question.pace,
        deadline=guard.question.deadline,
        reason=guard.question.reason,
        seal=board.seal,
        threshold=threshold_at(guard.plan, state.at),
        volume=guard.question.volume,
        price=guard.question.price,
        breaks=board.breaks,
        sealed=board.sealed,
    )
