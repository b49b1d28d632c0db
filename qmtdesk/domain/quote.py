"""One market snapshot of one instrument, and what can be read off it."""

from enum import Enum

from msgspec import Struct


class Level(Struct, frozen=True):
    """One price level of the book: price in 厘, volume in 股 / 张. An absent level is (0, 0)."""

    price: int
    volume: int


EMPTY = Level(0, 0)
WIDE_BP = 400
"""A book whose best bid and offer are further apart says nothing of what the price between them is."""
WIDE_TICKS = 4
"""So many ticks apart are never wide: a tick of a cheap share is more than a percent of its price."""


class Quote(Struct, frozen=True):
    """A snapshot as the exchange published it.

    `at` is exchange time in Unix milliseconds (UTC). Prices are 厘, volumes 股 / 张 since the open, `amount` 厘 since
    the open. `last` is 0 before the first trade. `bids` and `asks` hold five levels, best first.
    `limit_up` / `limit_down` are what the feed says of the day's limits, 0 where it says nothing. `rough`: what one
    volume stands for is not known yet, so prices may be used and volumes may not. `withdrawn` is how many shares of
    buy orders were cancelled since the open, at whatever price, -1 where the feed does not say (Level-1).
    """

    code: str
    at: int
    last: int
    prev_close: int
    open: int
    high: int
    low: int
    volume: int
    amount: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    limit_up: int = 0
    limit_down: int = 0
    rough: bool = False
    withdrawn: int = -1

    @property
    def bid1(self) -> Level:
        """The best bid, EMPTY when nobody bids."""
        return self.bids[0] if self.bids else EMPTY

    @property
    def ask1(self) -> Level:
        """The best offer, EMPTY when nothing is offered."""
        return self.asks[0] if self.asks else EMPTY

    @property
    def empty(self) -> bool:
        """Whether it has no last price or no book: in continuous trading that is a halt, or a fault of the feed."""
        return self.last <= 0 or not (self.bid1.price or self.ask1.price)

    @property
    def offered(self) -> bool:
        """Whether anything at all is for sale."""
        return self.ask1.price > 0 and self.ask1.volume > 0


def supported_price(quote: Quote, limit_up: int, limit_down: int, tick: int) -> int:
    """The last price as far as the book bears it out, 0 where it does not; meaningful in continuous trading only.

    A last outside the book is a print that is over: the best bid or offer it left behind counts. A last outside the
    day's limits, a crossed book, and a book wider than a price can be told from are none. Where a side is empty (a
    locked board, everything bought up) the last trade stands in for it; without any book the last is all there is.
    """
    last, bid, ask = quote.last, quote.bid1.price, quote.ask1.price
    if last <= 0 or last < limit_down or (limit_up > 0 and last > limit_up):
        return 0
    price = min(max(last, bid), ask or max(last, bid))
    spread = (ask or price) - (bid or price)
    return price if 0 <= spread <= max(price * WIDE_BP // 10_000, WIDE_TICKS * tick) else 0


class BoardState(str, Enum):
    """How an instrument stands against its limit-up price in one snapshot."""

    OPEN = "open"
    AT_LIMIT = "at_limit"
    SEALED = "sealed"


def board_state(quote: Quote, limit_up: int) -> BoardState:
    """Sealed needs last = limit, bid1 = limit and nothing offered; the last price alone proves nothing.

    Meaningful in continuous trading only: a call auction prints limits nobody traded at.
    """
    if quote.last != limit_up:
        return BoardState.OPEN
    if quote.bid1.price == limit_up and not quote.offered:
        return BoardState.SEALED
    return BoardState.AT_LIMIT


def seal_amount(quote: Quote, lot: int = 100) -> int:
    """封单金额 in 厘: bid1 price × whole lots on bid1 × shares in a lot, as QMT reports lots."""
    return quote.bid1.price * (quote.bid1.volume // lot) * lot
