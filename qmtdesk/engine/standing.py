"""What stands on a code's book beside and for its grid, and what of its holding that leaves to sell."""

from msgspec import Struct

from qmtdesk.domain.order import Owner, Side
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import State, filed_fills, filed_orders, frozen_by
from qmtdesk.engine.filed import Orders

FREE_MS = 180_000


class Standing(Struct, frozen=True):
    """What stands on a code's book: others' volume for sale, the 厘 of the grid's buys, the grid's live keys."""

    others: int
    bids: int
    live: frozenset[tuple[Owner, Side]]


def for_sale(state: State, code: str) -> int:
    """What of a code may be sold now and nobody but its grid offers."""
    held = state.holdings.get(code)
    return max(0, min(held.sellable, held.volume) - filed_orders(state).once(on_book, code).others) if held else 0


def slow_to_free(state: State, code: str) -> int:
    """What the account has beyond what the counter lets sell, for minutes after a sale left the book.

    So long a counter may be slow to set it free; what is locked never is. Bought today is none of it, where that
    cannot be sold before tomorrow.
    """
    held, instrument = state.holdings.get(code), state.instruments.get(code)
    sales = (o for o in filed_orders(state).of(code) if o.side is Side.SELL and not o.live)
    if held is None or state.at - max((o.updated_at for o in sales), default=0) > FREE_MS:
        return 0
    tomorrows = 0
    if instrument is None or instrument.t_plus_one:
        bought = sum(fill.volume for fill in filed_fills(state).of(code) if fill.side is Side.BUY)
        tomorrows = max(held.bought_today, bought)
    return max(0, held.volume - tomorrows - held.sellable)


def on_book(orders: Orders, code: str) -> Standing:
    """Of one code, at once."""
    own = [o for o in orders.live(code) if o.owner.kind in GRID_OWNERS]
    others = (o for o in orders.live(code, own=False) if o.side is Side.SELL and o.owner.kind not in GRID_OWNERS)
    return Standing(
        sum(o.open_volume for o in others),
        sum(frozen_by(o.price, o.open_volume) for o in own if o.side is Side.BUY),
        frozenset((o.owner, o.side) for o in own if o.live),
    )
