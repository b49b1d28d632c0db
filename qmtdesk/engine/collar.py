"""How far from the market an order may be that would trade at once."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.money import round_up
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.prices import limits_of, price_of
from qmtdesk.engine.stopping import PRICED_BY_LEVEL, stop_sale
from qmtdesk.strategies.grid_wish import STOP_BP
from qmtdesk.strategies.guard import Guard
from qmtdesk.strategies.guard_sale import lowest_price


def collar(state: State, place: Place) -> Reason | None:
    """An order must be near the last fresh price; one at a grid's level is priced by the user and may be far away."""
    bp, last = state.limits.collar_bp, _reference(state, place.code)
    if place.owner.kind is OwnerKind.GUARD and place.side is Side.SELL:
        low = place.price < least_for_guard(state, place.code)
        return because(Why.PRICE_COLLAR, price_milli=place.price, last_milli=last) if low else None
    if _priced_by_user(state, place):
        return None
    if place.owner.kind in PRICED_BY_LEVEL or place.owner.kind is OwnerKind.CLEAR:
        # a stop that may not reach the bid stops nothing: a narrow collar does not bind it, nor a print that is over
        bp, last = max(bp, STOP_BP) if bp else 0, _supported(state, place.code) or last
    if not bp:
        return None
    room = max(last * bp // 10_000, state.instruments[place.code].tick)
    bad = place.price > last + room if place.side is Side.BUY else place.price < last - room
    return because(Why.PRICE_COLLAR, price_milli=place.price, last_milli=last) if bad else None


def least_for_guard(state: State, code: str) -> int:
    """The least a guard's sale may ask, 0 for no bound: so far below the last price, or below a bid further down.

    A sale that may not reach the bid sells nothing while the price falls, and nobody else sells in its place.
    """
    bp, tick = state.limits.collar_bp, state.instruments[code].tick
    if not bp:
        return 0
    last, bid = _reference(state, code), state.quotes[code].quote.bid1.price
    least = last - max(last * bp // 10_000, tick)
    return bid - max(bid * bp // 10_000, tick) if 0 < bid < least else least


def guard_price(state: State, guard: Guard, price: int) -> int:
    """An attempt's price, raised to what may leave now; an order of this attempt that meets the bid keeps its own."""
    code, instrument = guard.plan.code, state.instruments[guard.plan.code]
    quote, phase = state.quotes[code].quote, phase_at(state.listings[code], state.at)
    for order in live_orders(state, code):
        this = order.owner.kind is OwnerKind.GUARD and guard.sale and order.created_at >= guard.sale.attempt_at
        young = state.at - order.created_at < guard.plan.follow_up_ms
        if this and order.price >= price and (young or order.price <= quote.bid1.price):
            return order.price
    up, down = limits_of(instrument)
    least = max(price, down, least_for_guard(state, code))
    if phase.continuous:
        least = max(least, lowest_price(instrument, quote, state.at))
    price = round_up(least, instrument.tick) * instrument.tick
    return min(price, up) if up else price


def _priced_by_user(state: State, place: Place) -> bool:
    """Whether it is at a level of his, or a clearing's above the lowest price he confirmed for it."""
    if place.owner.kind is OwnerKind.CLEAR:
        clearing = state.clears.get(place.code)
        return clearing is not None and place.price >= clearing.floor
    return place.owner.kind in PRICED_BY_LEVEL and not stop_sale(state, place)


def _reference(state: State, code: str) -> int:
    quote = state.quotes[code].quote
    return quote.last or quote.prev_close or state.instruments[code].prev_close


def _supported(state: State, code: str) -> int:
    return price_of(state.quotes[code].quote, state.instruments[code], phase_at(state.listings[code], state.at))
