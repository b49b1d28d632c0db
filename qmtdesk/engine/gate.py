"""The risk gate: the one place every order passes before it may leave. Cancels never come here."""

from collections.abc import Callable

from qmtdesk.domain.account import TRUSTED, AccountStatus
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.rules import lot_problem, price_cage, rules_of
from qmtdesk.domain.sessions import phase_at, shanghai_day
from qmtdesk.engine import beside, stopping, worth
from qmtdesk.engine.books import (
    BUYS,
    Ready,
    Seen,
    State,
    cash_kept,
    cash_room,
    filed_fills,
    filed_orders,
    frozen_by,
    live_orders,
    sell_room,
)
from qmtdesk.engine.collar import collar
from qmtdesk.engine.filed import Orders
from qmtdesk.engine.planned import planned_volume
from qmtdesk.engine.reasons import shrunk_reason, side_frozen, status_reason
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.turned_down import turned_down
from qmtdesk.strategies.guard_state import GuardState

Check = Callable[[State, Place], Reason | None]

UNANSWERED = 3
"""So many questions in a row without any answer, and whoever should answer is taken for dead."""
CLOCKS_APART_MS = 30_000
"""So far this computer's clock may be off from the exchange's before everything is suspended."""
AWAKE = frozenset({GuardState.WATCHING, GuardState.ASKING, GuardState.TRIGGERED})
NOBODY = Owner(OwnerKind.FOREIGN)
LOSS_TOLD = told_key("", because(Why.LOSS_REDUCE))
"""Under this it is remembered that buys were taken off today for the loss; refusals are told of their code."""


def refusal(state: State, place: Place) -> Reason | None:
    """Why this order may not leave now, or None. A check that raises refuses, with what it raised."""
    for check in CHECKS:
        try:
            reason = check(state, place)
        except Exception as error:  # noqa: BLE001 - fail closed: a broken check must never let an order through
            return because(Why.CHECK_FAILED, check=check.__name__.strip("_"), error=repr(error))
        if reason is not None:
            return reason
    return None


def standstill(state: State, code: str) -> Reason | None:
    """Why nothing at all may be ordered in this code now, or None: switches, link, books, data, phase."""
    # below its stop a grid only sells, and that passes where a buy does not
    side, owner = (Side.SELL, Owner(OwnerKind.GRID)) if stopping.stops(state, code) else (Side.BUY, NOBODY)
    place = Place("", code, side, 0, 0, owner)
    for check in (_switches, _suspended, _connection, _phase, _status, _fresh):
        reason = check(state, place)
        if reason is not None:
            return reason
    return None


def _switches(state: State, _place: Place) -> Reason | None:
    if state.kill is not None:
        return because(Why.KILLED, by=state.kill.by, at_ms=state.kill.at)
    if state.live and not state.confirmed:
        return because(Why.LIVE_UNSAID)
    return None if state.master else because(Why.MASTER_OFF)


def _suspended(state: State, place: Place) -> Reason | None:
    """What waits for the user's word. A guard still sells a code that is suspended alone, and so does a stop.

    Rejections of other orders hold up no guard: it asks for one sale, and after a no it waits longer each time.
    """
    guards, everything = place.owner.kind is OwnerKind.GUARD, state.suspended.get("")
    if everything is not None and not (guards and everything.why is Why.REJECT_STORM):
        return everything
    passes = guards or stopping.goes_on(state, place)
    return None if passes else state.suspended.get(place.code)


def _connection(state: State, _place: Place) -> Reason | None:
    if not state.linked:
        return because(Why.LINK_DOWN)
    if state.unanswered >= UNANSWERED or (state.shrunk is not None and not state.shrunk.believed):
        return distrust(state)
    if state.ready is Ready.SUSPENDED:
        return because(Why.SUSPENDED)
    if state.ready is not Ready.READY or state.money is None:
        return because(Why.RECONCILING)
    age = state.at - state.money.reported_at
    if state.limits.account_age_ms and age > state.limits.account_age_ms:
        return because(Why.ACCOUNT_STALE, age_ms=age, limit_ms=state.limits.account_age_ms)
    return None


def distrust(state: State) -> Reason | None:
    """Why nothing that is told of the account can be relied on now, or None."""
    if state.unanswered >= UNANSWERED:
        return because(Why.GATEWAY_SILENT)
    if state.status not in TRUSTED:
        return status_reason(state.status)
    if state.shrunk is not None and not state.shrunk.believed:
        return shrunk_reason(Why.REPORT_SHRUNK, state.shrunk.gaps)
    return None


def _status(state: State, _place: Place) -> Reason | None:
    """Only an account that is in order takes orders, whatever the link says."""
    return None if state.status == AccountStatus.OK else status_reason(state.status)


def _buying(state: State, place: Place) -> Reason | None:
    """While another program may trade this account nothing is bought; what is held may be sold."""
    return state.suspended.get(BUYS) if place.side is Side.BUY else None


def buys_stand(state: State) -> Reason | None:
    """Why no buy of whatever code leaves now: the account's day, or another program."""
    return state.suspended.get(BUYS) or past_loss(state)


def _fresh(state: State, place: Place) -> Reason | None:
    seen = state.quotes.get(place.code)
    if seen is None:
        return because(Why.NO_QUOTE)
    if too_old(state, seen):
        age = state.at - min(seen.at, seen.quote.at)
        return because(Why.QUOTE_STALE, age_ms=age, limit_ms=state.limits.quote_age_ms)
    return None


def too_old(state: State, seen: Seen) -> bool:
    """Whether a snapshot is none of now, one of long ago that has only just arrived included."""
    limit = state.limits.quote_age_ms
    return state.at - seen.at > limit or state.at - seen.quote.at > limit + CLOCKS_APART_MS


def _phase(state: State, place: Place) -> Reason | None:
    listing = state.listings.get(place.code)
    if listing is None:
        return because(Why.UNKNOWN_CODE, code=place.code)
    phase = phase_at(listing, state.at)
    return None if phase.takes_orders else because(Why.PHASE_CLOSED, phase=phase.value)


def _frozen_side(state: State, place: Place) -> Reason | None:
    for order in live_orders(state, place.code):
        if order.in_doubt and order.side is place.side:
            return side_frozen(order)
    return None


def _one_per_key(state: State, place: Place) -> Reason | None:
    """Two live orders of one owner and side are the duplicate this program exists to prevent."""
    for order in live_orders(state, place.code):
        if order.owner == place.owner and order.side is place.side:
            return because(Why.DUPLICATE_ORDER, ref=order.ref, price_milli=place.price, volume=place.volume)
    return None


def _repeated(state: State, place: Place) -> Reason | None:
    """The same order again within seconds although the first one never filled; a guard's, only if it never left."""
    since, guards = state.at - state.limits.duplicate_ms, place.owner.kind is OwnerKind.GUARD
    for order in filed_orders(state).of(place.code):
        # the time first: nearly every order of the day is older
        if order.created_at <= since or order.filled or order.side is not place.side or order.owner != place.owner:
            continue
        same = not guards and (order.price, order.volume) == (place.price, place.volume)
        if same or order.state is OrderState.REFUSED:
            return because(Why.DUPLICATE_ORDER, ref=order.ref, price_milli=place.price, volume=place.volume)
    return None


def _self_trade(state: State, place: Place) -> Reason | None:
    order = beside.crossed(state, place)
    return because(Why.SELF_TRADE, ref=order.ref, price_milli=order.price) if order is not None else None


def _whole(state: State, place: Place) -> Reason | None:
    instrument = state.instruments[place.code]
    if place.price <= 0 or place.price % instrument.tick:
        return because(Why.BAD_TICK, price_milli=place.price, tick_milli=instrument.tick)
    rules = rules_of(state.listings[place.code], shanghai_day(state.at))
    holding = state.holdings.get(place.code)
    return lot_problem(rules, place.side, place.volume, holding.sellable if holding else 0)


def _limits(state: State, place: Place) -> Reason | None:
    instrument = state.instruments[place.code]
    up = instrument.limit_up or instrument.told_up
    down = instrument.limit_down or instrument.told_down
    if (up and place.price > up) or (down and place.price < down):
        return because(Why.OUTSIDE_LIMITS, price_milli=place.price, up_milli=up, down_milli=down)
    return None


def _cage(state: State, place: Place) -> Reason | None:
    phase = phase_at(state.listings[place.code], state.at)
    if not phase.continuous:
        return None
    quote = state.quotes[place.code].quote
    edge = price_cage(
        state.listings[place.code],
        shanghai_day(state.at),
        place.side,
        quote.bid1.price,
        quote.ask1.price,
        quote.last,
        quote.prev_close,
    )
    if edge is None:
        return None
    outside = place.price > edge if place.side is Side.BUY else place.price < edge
    return because(Why.PRICE_CAGE, price_milli=place.price, edge_milli=edge) if outside else None


def too_large(state: State, place: Place) -> Reason | None:
    """What a single buy of a bond may be worth."""
    value = place.price * place.volume
    bound = state.limits.order_value
    if place.side is Side.BUY and bound and state.instruments[place.code].kind is Kind.BOND and value > bound:
        return because(Why.ORDER_VALUE, value_milli=value, cap_milli=bound)
    return None


def _volume(state: State, place: Place) -> Reason | None:
    """No more than half as much again as the plan says an order of its kind is: a slip of a finger or of a formula."""
    planned = planned_volume(state, place)
    bound = planned * state.limits.volume_bp // 10_000
    if planned and state.limits.volume_bp and place.volume > bound:
        return because(Why.ORDER_VOLUME, volume=place.volume, cap=bound)
    return None


def _exposure(state: State, place: Place) -> Reason | None:
    if place.side is Side.SELL:
        return None
    orders, value = filed_orders(state), place.price * place.volume
    code_sum = value + orders.once(_buying_for, place.code)
    # a buy that is not listed any more may be of a code that has nothing else
    codes = dict.fromkeys([*orders.codes(), *state.messages_of, *state.grids])
    all_sum = value + sum([orders.once(_buying_for, code) for code in codes])
    for code, book in state.grids.items():
        part = book.grid or book.rolling
        used = part.cash_used if part else 0
        all_sum += used
        code_sum += used if code == place.code else 0
    caps = state.limits
    if caps.symbol_exposure and code_sum > caps.symbol_exposure:
        return because(Why.SYMBOL_EXPOSURE, value_milli=code_sum, cap_milli=caps.symbol_exposure)
    if caps.account_exposure and all_sum > caps.account_exposure:
        return because(Why.ACCOUNT_EXPOSURE, value_milli=all_sum, cap_milli=caps.account_exposure)
    return None


def _buying_for(orders: Orders, code: str) -> int:
    """厘 of own open buys, those in doubt and those that are not listed any more included."""
    buy = Side.BUY
    mine = sum([order.price * order.open_volume for order in orders.live(code) if order.side is buy])
    return mine + sum([order.price * order.left for order in orders.not_listed(code) if order.side is buy])


def _room(state: State, place: Place) -> Reason | None:
    if place.side is Side.SELL:
        room = sell_room(state, place.code)
        room = beside.not_listed_left(state, place.code, place.owner.kind, room)
        return because(Why.SELL_ROOM, want=place.volume, room=room) if place.volume > room else None
    need, have = frozen_by(place.price, place.volume), cash_room(state)
    if need > have:
        return because(Why.CASH_SHORT, need_milli=need, have_milli=have)
    kept = cash_kept(state)
    words = {"need_milli": need, "have_milli": max(0, have - kept), "kept_milli": kept}
    return because(Why.CASH_KEPT, **words) if need + kept > have else None


def _count(state: State, place: Place) -> Reason | None:
    """Caps on what rests; they bound grids, and a guard has one sale at a time however many orders there are."""
    if place.owner.kind is OwnerKind.GUARD:
        return None
    caps = state.limits
    live, here = live_orders(state), len(live_orders(state, place.code))
    if caps.live_per_symbol and here >= caps.live_per_symbol:
        return because(Why.TOO_MANY_LIVE, live=here, cap=caps.live_per_symbol)
    if caps.live_total and len(live) >= caps.live_total:
        return because(Why.TOO_MANY_LIVE, live=len(live), cap=caps.live_total)
    return None


def second_full(state: State, *, guards: bool = False) -> bool:
    """Whether the last second took as many orders and cancels as it may; one is kept for the `guards` there are."""
    cap = state.limits.per_second
    if cap > 1 and not guards and any(guard.state in AWAKE for guard in state.guards.values()):
        cap -= 1
    return cap > 0 and sent_within(state, 1_000) >= cap


def sent_within(state: State, ms: int) -> int:
    """How many orders and cancels left within so many ms."""
    since = state.at - ms
    return len([at for at in state.sent_at if at > since])


def _rate(state: State, place: Place) -> Reason | None:
    """Message limits; minute and day caps bound no guard's sale, day caps nothing that leaves for good either."""
    caps = state.limits
    guards = place.owner.kind is OwnerKind.GUARD
    if second_full(state, guards=guards):
        return because(Why.RATE_SECOND, sent=sent_within(state, 1_000), cap=caps.per_second)
    if guards:
        return None
    minute = sent_within(state, 60_000)
    if caps.per_minute and minute >= caps.per_minute:
        return because(Why.RATE_MINUTE, sent=minute, cap=caps.per_minute)
    for_good = stopping.leaves(state, place)
    if caps.per_day and state.messages >= caps.per_day and not for_good:
        return because(Why.DAY_MESSAGES, sent=state.messages, cap=caps.per_day)
    here = state.messages_of.get(place.code, 0)
    if caps.per_symbol_day and here >= caps.per_symbol_day and not for_good:
        return because(Why.SYMBOL_MESSAGES, sent=here, cap=caps.per_symbol_day)
    return None


def _executions(state: State, place: Place) -> Reason | None:
    cap = state.limits.fills_per_minute
    if not cap or place.owner.kind is OwnerKind.GUARD or stopping.leaves(state, place):
        return None
    done = executions(state, place.code, place.side)
    return because(Why.REPEATED_EXECUTION, fills=done, cap=cap) if done > cap else None


def executions(state: State, code: str, side: Side) -> int:
    """Orders of one side of a code filled in the last minute, since the user last let it trade again."""
    since = max(state.at - 60_000, state.released.get(code, 0))
    return len({f.ref for f in filed_fills(state).of(code) if f.at > since and f.side is side})


def _loss(state: State, place: Place) -> Reason | None:
    """Past the day's loss limit only sells leave. What cannot be computed counts as past it."""
    return past_loss(state) if place.side is Side.BUY else None


def past_loss(state: State, *, resting: bool = False, coming: int = 0) -> Reason | None:
    """Why only sells leave, or None. Once buys had to go for it, from a tenth below the limit: they do not flutter.

    `resting`: whether buys on the book go too, which one wild price alone does not bring about. `coming`: 厘 that
    may be on their way into the cash, no loss.
    """
    cap = state.limits.loss_reduce_bp
    if not cap or state.money is None:
        return None
    if (odd := worth.odd_price(state, agreed=resting)) is not None:
        return odd
    if not resting and LOSS_TOLD in state.told:
        cap -= cap // 10
    base = worth.day_base(state)
    loss = base - worth.total_value(state, agreed=resting) - coming
    if base <= 0 or loss * 10_000 > worth.scale_of(state, base) * cap:
        return because(Why.LOSS_REDUCE, loss_milli=loss, cap_bp=cap)
    return None


CHECKS: tuple[Check, ...] = (
    _switches,
    _suspended,
    _connection,
    _phase,
    _status,
    _fresh,
    _buying,
    _frozen_side,
    _one_per_key,
    turned_down,
    _self_trade,
    _whole,
    _limits,
    _cage,
    collar,
    too_large,
    _volume,
    _exposure,
    _room,
    _count,
    _rate,
    _repeated,
    _executions,
    _loss,
)
