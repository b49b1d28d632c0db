"""One market snapshot of one instrument, and what can be read off it."""

from enum import Enum

from msgspec import Struct


class Level(Struct, frozen=True):
    """One price level of the book: price in 厘, volume in 股 / 张. An absent level is (0, 0)."""

    price: int
    volume: int


EMPTY = Level(0, 0)


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
    def offered(self) -> bool:
        """Whether anything at all is for sale."""
        return self.ask1.price > 0 and self.ask1.volume > 0


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
