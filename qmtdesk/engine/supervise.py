"""What is watched beside the gate: too much of anything suspends a code or everything until the user says go on."""

from collections import Counter
from collections.abc import Iterable

from qmtdesk.domain.messages import ClockJumped, JournalSetAside, SettingsRead
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine import gate, reconcile, stopping, turned_down
from qmtdesk.engine import records as r
from qmtdesk.engine.books import BUYS, Ready, State, filed_fills, filed_orders, live_orders
from qmtdesk.engine.filed import Orders
from qmtdesk.engine.moved import CASH_MS, spent
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies.plan_error import PlanError

STRATEGIES = frozenset({OwnerKind.GRID, OwnerKind.FIRST_BUY, OwnerKind.ROLLING})


def suspend(work: Work, code: str, reason: Reason) -> None:
    """No new order of a code ('' = of anything) until the user releases it; doing it twice is doing it once.

    What a storm of rejections leaves a guard, any other reason takes from it.
    """
    held = work.state.suspended.get(code)
    if held is not None and (held.why is not Why.REJECT_STORM or reason.why is Why.REJECT_STORM):
        return
    work.note(r.Suspended(code, work.state.at, reason))
    work.log(ALARM, "" if code == BUYS else code, reason)


def release(work: Work, code: str) -> bool:
    """The user says go on; what was counted until now does not count any more. False when nothing was held back.

    '' takes back what was not one code's: the halt of everything, and only then one of all buying, which has its own
    reason for the user to read.
    """
    if code == "" and "" not in work.state.suspended:
        code = BUYS
    if code not in work.state.suspended:
        return False
    work.note(r.Suspended(code, work.state.at, None))
    work.log(NOTICE, "" if code == BUYS else code, because(Why.RELEASED))
    return True


def refuse_suspended(work: Work) -> None:
    """PlanError while everything is suspended: that is taken back first."""
    if "" in work.state.suspended:
        raise PlanError(work.state.suspended[""])


def after_fills(work: Work, codes: Iterable[str]) -> None:
    """A code whose own orders fill again and again is suspended, and what it has on the book is taken off."""
    for code in codes:
        reason = _too_often(work.state, code)
        if reason is not None:
            suspend(work, code, reason)
            _clear_book(work, code)


def _too_often(state: State, code: str) -> Reason | None:
    caps = state.limits
    if stopping.stops(state, code):
        # it only sells now, an order for each gap, and no more than it holds
        return None
    since_a_day = state.released.get(code, 0)
    for side in Side:
        done = len(_filled_orders(state, code, side, max(state.at - 60_000, since_a_day)))
        if caps.fills_per_minute and done > caps.fills_per_minute:
            return because(Why.REPEATED_EXECUTION, fills=done, cap=caps.fills_per_minute)
    trips = min(len(_filled_orders(state, code, side, since_a_day)) for side in Side)
    if caps.round_trips_per_day and trips > caps.round_trips_per_day:
        return because(Why.ROUND_TRIPS, count=trips, cap=caps.round_trips_per_day)
    return None


def _filled_orders(state: State, code: str, side: Side, since: int) -> set[str]:
    """Refs of a code's own grid orders with a trade after a time."""
    return {
        fill.ref
        for fill in filed_fills(state).of(code)
        if fill.side is side
        and fill.at > since
        and (order := state.orders.get(fill.ref)) is not None
        and order.owner.kind in STRATEGIES
    }


def _clear_book(work: Work, code: str) -> None:
    for order in live_orders(work.state, code):
        if order.owner.kind in STRATEGIES and not stopping.goes_on(work.state, order):
            work.cancel(order)


def after_reject(work: Work) -> None:
    """A counter that turns down order after order is not to be asked any more until somebody has looked."""
    state = work.state
    cap = state.limits.rejects_storm
    since = max(state.at - state.limits.rejects_storm_ms, state.released.get("", 0))
    refused = [o for o in _own(state) if o.state is OrderState.REJECTED and o.updated_at > since]
    # a stop or a guard goes on trying, each time after a longer wait, and holds up nobody else by it
    ordinary = [o for o in refused if o.owner.kind is not OwnerKind.GUARD and not stopping.was_leaving(state, o)]
    count = sum(not turned_down.same_try(state, o) for o in ordinary)
    if cap and count >= cap:
        suspend(work, "", because(Why.REJECT_STORM, count=count, wait_ms=state.limits.rejects_storm_ms))


def trouble(work: Work, event: ClockJumped | JournalSetAside | SettingsRead) -> None:
    """Something went wrong with this computer."""
    match event:
        case ClockJumped(gap_ms):
            clock_jumped(work, gap_ms)
        case JournalSetAside(text, missing):
            work.log(ALARM, "", because(Why.JOURNAL_MISSING if missing else Why.JOURNAL_SET_ASIDE, text=text))
        case SettingsRead():
            _settings_read(work, event)


def _settings_read(work: Work, event: SettingsRead) -> None:
    """Limits nobody can read hold everything back until they are right or the user says so; told at every start."""
    held = work.state.suspended.get("")
    ours = held is not None and held.why is Why.SETTINGS_REFUSED
    if event.fault:
        reason = because(Why.SETTINGS_REFUSED, fault=event.fault, file=event.file, key=event.key, value=event.value)
        if held is None or ours:
            work.note(r.Suspended("", work.state.at, reason))
        work.log(ALARM, "", reason)
    elif ours:
        work.note(r.Suspended("", work.state.at, None))
        work.log(NOTICE, "", because(Why.SETTINGS_TAKEN))


def clock_jumped(work: Work, gap_ms: int) -> None:
    """Time passed of which nothing is known: ask for everything before anything else; after long, ask the user too."""
    caps = work.state.limits
    if gap_ms < caps.jump_ms:
        return
    reason = because(Why.CLOCK_JUMPED, gap_ms=gap_ms)
    if gap_ms >= caps.jump_arm_ms:
        suspend(work, "", reason)
    else:
        work.log(ALARM, "", reason)
    if work.state.linked and work.state.instruments:
        reconcile.doubt(work)
        work.query()


def in_time(work: Work) -> None:
    """Each second: warn before a cap is reached, say which cancel goes unheeded, keep suspended codes off the book."""
    _watch_changes(work)
    for code in work.state.suspended:
        if code == BUYS:
            _clear_buys(work)
        elif code:
            _clear_book(work, code)
    _watch_loss(work)
    _warn_stuck(work)
    for reason in (_near_day_cap(work.state), _cancel_ratio(work.state)):
        if reason is not None and told_key("", reason) not in work.state.told:
            work.log(NOTICE, "", reason)


def _clear_buys(work: Work) -> bool:
    """Whether a cancel left just now."""
    return len([order for order in _buys(work.state) if work.cancel(order)]) > 0


def _buys(state: State) -> list[Order]:
    return [o for o in live_orders(state) if o.owner.kind in STRATEGIES and o.side is Side.BUY]


def _watch_loss(work: Work) -> None:
    """Past the day's loss limit nothing is bought by what rests on the book either; said once for those that go."""
    state, resting = work.state, _buys(work.state)
    if not resting or state.kill is not None or state.ready is not Ready.READY:
        return
    reason = gate.past_loss(state, resting=True, coming=_cash_on_its_way(state))
    if reason is None or not _clear_buys(work):
        return
    told = state.told.get(told_key("", reason), 0)
    going = sum(1 for order in resting if order.created_at > told)
    # a price that cannot be is said once a day, by whoever sees it first
    if going and (reason.why is Why.LOSS_REDUCE or not told):
        work.log(ALARM, "", because(reason.why, **dict(reason.args), orders=going))


def _cash_on_its_way(state: State) -> int:
    """厘 that lack in the cash and that sales of just now may bring: their shares may be gone, and that is no loss."""
    if state.money is None or state.money.base_cash is None:
        return 0
    lacking = state.money.base_cash - state.money.gross_cash - spent(state.fills.values())
    sold = sum(f.price * f.volume for f in state.fills.values() if f.side is Side.SELL and state.at - f.at < CASH_MS)
    return max(0, min(sold, lacking))


def _watch_changes(work: Work) -> None:
    """A counter that takes other orders than were sent, again and again, is not sent any more of that code."""
    state = work.state
    changed = filed_orders(state).once(_changed)
    if not changed:
        return
    counts = Counter(order.code for order in changed if order.created_at > state.released.get(order.code, 0))
    for code, count in counts.items():
        if state.limits.changes and count >= state.limits.changes:
            suspend(work, code, because(Why.ORDERS_CHANGED, count=count))


def _changed(orders: Orders, _code: str) -> list[Order]:
    return [order for order in orders.values() if order.changed and order.owner.kind is not OwnerKind.FOREIGN]


def _warn_stuck(work: Work) -> None:
    state = work.state
    tries, patience = state.limits.cancel_tries, state.limits.cancel_again_ms
    for order in live_orders(state):
        if not tries or order.cancels < tries or state.at - order.cancel_asked_at < patience or not order.live:
            continue
        reason = because(Why.CANCEL_STUCK, ref=order.ref, price_milli=order.price, count=order.cancels)
        if told_key(order.code, reason) not in state.told:
            work.log(ALARM, order.code, reason)


def _near_day_cap(state: State) -> Reason | None:
    caps = state.limits
    if not caps.per_day_warn or state.messages < caps.per_day_warn:
        return None
    return because(Why.DAY_MESSAGES_NEAR, sent=state.messages, cap=caps.per_day)


def _cancel_ratio(state: State) -> Reason | None:
    caps = state.limits
    if not caps.cancel_warn_bp or state.messages <= caps.cancel_warn_from:
        return None
    own = _own(state)
    asked = sum(1 for order in own if order.cancels)
    if len(own) <= caps.cancel_warn_from or asked * 10_000 < len(own) * caps.cancel_warn_bp:
        return None
    return because(Why.CANCEL_RATIO, cancels=asked, orders=len(own), ratio_bp=asked * 10_000 // len(own))


def _own(state: State) -> list[Order]:
    return [order for order in state.orders.values() if order.owner.kind is not OwnerKind.FOREIGN]
