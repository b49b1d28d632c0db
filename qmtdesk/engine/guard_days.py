"""A guard's days: what it may still sell at a close, what of it is carried over, and what is said where it ends."""

from collections.abc import Iterable
from datetime import date

from qmtdesk.domain.calendar import previous_trading_day
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine.books import Ready, State, filed_orders
from qmtdesk.engine.guard_sight import JUDGING
from qmtdesk.engine.guards import disarm
from qmtdesk.engine.overnight import LAST_WORDS_MS
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, NOTICE, Work
from qmtdesk.strategies import guard as rules
from qmtdesk.strategies import shadow as shadows
from qmtdesk.strategies.guard import Guard, GuardState


def close_day(work: Work) -> None:
    """Measure what the rules would have sold against the day's last prices; called while they are still known."""
    for code, shadow in work.state.shadows.items():
        seen, instrument = work.state.quotes.get(code), work.state.instruments.get(code)
        if seen is not None and instrument is not None:
            work.set_shadow(code, shadows.close_shadow(shadow, seen.quote.last, instrument.limit_up), keep=True)


def expire(work: Work, code: str, closed_at: int) -> None:
    """End an arming of before the close, unless the user chose to keep it.

    What the closing auction sold is told after it: a sale whose order stands is waited for, one minute and no longer.
    """
    guard = work.state.guards.get(code)
    if guard is None or guard.plan.keep_armed or not guard.armed_at < closed_at <= work.state.at:
        return
    if work.state.at < closed_at + LAST_WORDS_MS and _may_yet_sell(work.state, guard):
        return
    say_unsold(work, guard)
    disarm(work, code, because(Why.EXPIRED_AT_CLOSE))


def _may_yet_sell(state: State, guard: Guard) -> bool:
    """Whether a trade of its sale may still be told."""
    orders = filed_orders(state).of(guard.plan.code)
    mine = any(order.owner.kind is OwnerKind.GUARD and order.open_volume for order in orders)
    return mine and guard.state is GuardState.TRIGGERED


def say_unsold(work: Work, guard: Guard) -> None:
    """Its order died, or is taken back, and nothing sells the rest: whoever relied on it has to know."""
    own = (one for one in filed_orders(work.state).of(guard.plan.code) if one.owner.kind is OwnerKind.GUARD)
    # what is sold and not booked yet is none of it
    owed = sum([max(0, order.told_filled - order.filled) for order in own])
    left = guard.sale.target - guard.sale.sold - owed if guard.sale is not None else 0
    if guard.state is GuardState.TRIGGERED and left > 0:
        work.log(ALARM, guard.plan.code, because(Why.LEFT_UNSOLD, volume=left))


def _say_off(work: Work, guard: Guard, today: Guard) -> None:
    """One that watched and that the day or its list switched off: the user took himself for guarded."""
    if guard.state in JUDGING and today.why_off is not None:
        expired = today.why_off.why is Why.EXPIRED_AT_CLOSE
        work.log(NOTICE if expired else ALARM, guard.plan.code, today.why_off)


def say_unguarded(work: Work) -> None:
    """A guard that was to be kept has sold, so its arming is over; what T+1 held back then nobody guards today.

    Said once, as soon as the account of the day after is known.
    """
    state = work.state
    if state.ready is not Ready.READY:
        return
    before = previous_trading_day(date.fromisoformat(state.day))
    for code, guard in state.guards.items():
        held = state.holdings.get(code)
        over = guard.state is GuardState.OFF and guard.why_off == because(Why.EXPIRED_AT_CLOSE) and guard.day >= before
        # what was bought since is a new decision of the user's, not what he took for guarded
        kept = held.volume - held.bought_today if held is not None else 0
        if over and guard.plan.keep_armed and guard.sold and kept > 0:
            reason = because(Why.NOT_GUARDED, sold=guard.sold, volume=kept)
            if told_key(code, reason) not in state.told:
                work.log(ALARM, code, reason)


def new_day(work: Work, codes: Iterable[str]) -> None:
    """Carry the guards of codes that are newly listed over to the trading day and its limit price."""
    for code in codes:
        guard, instrument = work.state.guards.get(code), work.state.instruments.get(code)
        if guard is not None and instrument is not None:
            today = rules.on_day(guard, instrument, work.state.at)
            if today.state is GuardState.OFF:
                say_unsold(work, guard)
                _say_off(work, guard, today)
            elif guard.state is GuardState.OFF:
                work.log(NOTICE, code, because(Why.ARMED, threshold_milli=guard.plan.threshold))
            work.set_guard(code, today, keep=True)
