"""How far from the market an order may be that would trade at once."""

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine.books import State
from qmtdesk.engine.prices import price_of
from qmtdesk.strategies.grid_wish import STOP_BP

PRICED_BY_LEVEL = frozenset({OwnerKind.GRID, OwnerKind.ROLLING})


def collar(state: State, place: Place) -> Reason | None:
    """An order must be near the last fresh price; one at a grid's level is priced by the user and may be far away."""
    bp, last = state.limits.collar_bp, _reference(state, place.code)
    if place.owner.kind in PRICED_BY_LEVEL:
        if not _stopping(state, place):
            return None
        # a stop that may not reach the bid stops nothing: a narrow collar does not bind it, nor a print that is over
        bp, last = max(bp, STOP_BP) if bp else 0, _supported(state, place.code) or last
    if not bp:
        return None
    room = max(last * bp // 10_000, state.instruments[place.code].tick)
    bad = place.price > last + room if place.side is Side.BUY else place.price < last - room
    return because(Why.PRICE_COLLAR, price_milli=place.price, last_milli=last) if bad else None


def _stopping(state: State, place: Place) -> bool:
    """Whether this is the sale of a grid below its lower stop, whose price is no level."""
    book = state.grids.get(place.code)
    return place.side is Side.SELL and book is not None and book.grid is not None and book.grid.stopped_low


def _reference(state: State, code: str) -> int:
    quote = state.quotes[code].quote
    return quote.last or quote.prev_close or state.instruments[code].prev_close


def _supported(state: State, code: str) -> int:
    return price_of(state.quotes[code].quote, state.instruments[code], phase_at(state.listings[code], state.at))
