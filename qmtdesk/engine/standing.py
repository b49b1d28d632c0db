"""What stands on a code's book beside and for its grid, and what of its holding that leaves to sell."""

from msgspec import Struct

from qmtdesk.domain.order import Owner, Side
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import State, filed_orders, frozen_by
from qmtdesk.engine.filed import Orders


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
    """What the account has beyond what the counter lets sell: it may be slow to set free what was on the book.

    Bought today is not, where that cannot be sold before tomorrow. Locked shares are among it and never set free.
    """
    held, instrument = state.holdings.get(code), state.instruments.get(code)
    if held is None:
        return 0
    tomorrows = held.bought_today if instrument is None or instrument.t_plus_one else 0
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
