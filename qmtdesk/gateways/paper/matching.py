"""How a snapshot fills a resting order: a price-time queue guessed from what the snapshot shows."""

from msgspec import Struct

from qmtdesk.domain.order import Side
from qmtdesk.domain.quote import Level, Quote


class Printed(Struct, frozen=True):
    """What was traded between two snapshots: its volume and the least and greatest price it may have had.

    `new_low` and `new_high` are prices of the day that surely printed in between, 0 where there is none.
    """

    volume: int
    low: int
    high: int
    last: int
    new_low: int = 0
    new_high: int = 0


def printed(before: Quote | None, now: Quote) -> Printed:
    """What `now` printed since `before`; without a `before` nothing is known to have traded."""
    if before is None or now.volume <= before.volume:
        return Printed(0, now.last, now.last, now.last)
    new_low = now.low if now.low < before.low or not before.low else 0
    new_high = now.high if now.high > before.high else 0
    prices = [now.last, before.last or now.last, new_low or now.last, new_high or now.last]
    return Printed(now.volume - before.volume, min(prices), max(prices), now.last, new_low, new_high)


def has_book(quote: Quote) -> bool:
    """Whether the snapshot shows any level."""
    return quote.bid1.price > 0 or quote.ask1.price > 0


def opposite(quote: Quote, side: Side) -> tuple[Level, ...]:
    """The levels an order of `side` trades against, best first, without the empty ones."""
    levels = quote.asks if side is Side.BUY else quote.bids
    return tuple(level for level in levels if level.price > 0 and level.volume > 0)


def reaches(side: Side, price: int, other: int) -> bool:
    """Whether an order at `price` may trade at `other`."""
    return other <= price if side is Side.BUY else other >= price


def beyond(side: Side, price: int, other: int) -> bool:
    """Whether `other` lies strictly on the far side: a trade there proves that everything at `price` was met."""
    return other < price if side is Side.BUY else other > price


def ahead_at(quote: Quote, side: Side, price: int) -> int:
    """How much stands before a new order: what is displayed at its price.

    Deeper than the fifth level nothing is displayed; the fifth level's volume is the guess.
    """
    own = quote.bids if side is Side.BUY else quote.asks
    shown = [level for level in own if level.price > 0]
    for level in shown:
        if level.price == price:
            return level.volume
    if len(shown) == len(own) and shown and beyond(side, shown[-1].price, price):
        return shown[-1].volume
    return 0


def ahead_now(quote: Quote, side: Side, price: int, ahead: int) -> int:
    """The queue before an order cannot be longer than what is displayed at its price, where that can be seen."""
    own = quote.bids if side is Side.BUY else quote.asks
    shown = [level for level in own if level.price > 0]
    if not has_book(quote) or (shown and len(shown) == len(own) and beyond(side, shown[-1].price, price)):
        return ahead
    displayed = next((level.volume for level in shown if level.price == price), 0)
    return min(ahead, displayed)


def went_through(trade: Printed, quote: Quote, side: Side, price: int, *, book: bool) -> bool:
    """Whether the market traded, or offers itself, strictly beyond the price."""
    extreme = trade.new_low if side is Side.BUY else trade.new_high
    if trade.volume and (beyond(side, price, trade.last) or (extreme and beyond(side, price, extreme))):
        return True
    facing = opposite(quote, side) if book else ()
    return bool(facing) and beyond(side, price, facing[0].price)


def volume_at(trade: Printed, price: int) -> int:
    """The part of the printed volume that is taken to have traded at `price`.

    All of it when everything printed there; half when the print ended there after moving; nothing elsewhere, which is
    the careful guess.
    """
    if not trade.volume or trade.last != price:
        return 0
    return trade.volume if trade.low == trade.high else trade.volume // 2


def whole(volume: int, left: int, grain: int) -> int:
    """What of `volume` an order takes: whole lots, or all that is left of it."""
    return left if volume >= left else volume // grain * grain
