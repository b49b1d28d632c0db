"""Five levels of book around a tape row, and the virtual match of the auctions."""

from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.quote import EMPTY, Level
from qmtdesk.gateways.paper.dice import mix
from qmtdesk.gateways.paper.tape import Tape

_DEPTH = 5
_NOTHING = (EMPTY,) * _DEPTH

Book = tuple[tuple[Level, ...], tuple[Level, ...]]


def book_of(instrument: Instrument, tape: Tape, row: int, chance: int) -> Book:
    """(bids, asks) of a tape row; pure chance, the same for the same row."""
    last, seal, limit = tape.last[row], tape.seal[row], instrument.limit_up
    draw = mix(chance + row * 7919)
    if seal:
        below = _levels(instrument, limit - instrument.tick, -1, tape.flow, draw)
        return (Level(limit, seal), *below[: _DEPTH - 1]), _NOTHING
    widest = _widest(instrument, last)
    gap = (draw >> 8) % widest + 1
    # the last trade hit the bid or lifted the offer
    bid, ask = (last, last + gap * instrument.tick) if draw & 1 else (last - gap * instrument.tick, last)
    if last == limit:
        bid, ask = last - instrument.tick, last
    elif limit and ask > limit:
        ask = limit
    bids = _levels(instrument, bid, -1, tape.flow, draw >> 3)
    asks = _levels(instrument, ask, 1, tape.flow, draw >> 7)
    if last == limit:
        # the wall of sellers that stands at the limit before a board seals
        asks = (Level(limit, asks[0].volume * 12), *asks[1:])
    return bids, asks


def auction_book(price: int, volume: int, surplus: int) -> Book:
    """The virtual match: its price and volume on both first levels, the unmatched rest on a second one.

    `surplus` is for sale when negative.
    """
    first = Level(price, volume)
    rest = Level(0, abs(surplus))
    bids = (first, rest if surplus > 0 else EMPTY, EMPTY, EMPTY, EMPTY)
    asks = (first, rest if surplus < 0 else EMPTY, EMPTY, EMPTY, EMPTY)
    return bids, asks


def _widest(instrument: Instrument, last: int) -> int:
    """The widest spread in ticks: 4 basis points of a bond, one or two ticks of a stock."""
    if instrument.kind is Kind.BOND:
        return max(last * 4 // 10_000 // instrument.tick, 1)
    return 1 + last // 40_000


def _levels(instrument: Instrument, start: int, way: int, flow: int, draw: int) -> tuple[Level, ...]:
    """Levels from `start` away from the market, thinner at the touch; nothing beyond the day's limits."""
    tick, lot = instrument.tick, instrument.lot
    low, high = instrument.limit_down or tick, instrument.limit_up or start * 10
    jump = max(_widest(instrument, start) // 3, 1)
    levels = []
    price = start
    for depth in range(_DEPTH):
        if not low <= price <= high:
            levels.append(EMPTY)
            continue
        part = (draw >> (depth * 9)) & 511
        levels.append(Level(price, flow * (part + 60 + 90 * depth) // 200 // lot * lot + lot))
        price += way * tick * (part % jump + 1)
    return tuple(levels)
