"""A market that leaps: gaps of some per cent, limits touched, wide books and books with one side."""

from random import Random

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import quote_of

TOUCHES, LEAPS, EMPTIES = 0.04, 0.08, 0.03
LEAP_PERCENT = 6


def wild_price(random: Random, instrument: Instrument, last: int) -> int:
    """The next price: a limit, a leap, or a step."""
    tick, chance = instrument.tick, random.random()
    if chance < TOUCHES:
        return random.choice((instrument.limit_up, instrument.limit_down))
    if chance < TOUCHES + LEAPS:
        last = last * (100 + random.randint(-LEAP_PERCENT, LEAP_PERCENT)) // 100 // tick * tick
    else:
        width = max(tick, last // random.choice((2_000, 400, 100)))
        last += random.randrange(-width, width + 1) // tick * tick
    return min(max(last, instrument.limit_down), instrument.limit_up)


def wild_quote(random: Random, instrument: Instrument, at: int, last: int, *, prev: int, volume: int) -> Quote:
    """A book around that price, within the limits: narrow or wide, deep or thin, now and then with one side only."""
    up, down = instrument.limit_up, instrument.limit_down
    spread, depth = random.choice((1, 1, 1, 5, 30)), random.choice((10, 30, 1_000))
    quote = quote_of(instrument.code, at, last, prev=prev, spread=spread, depth=depth, volume=volume)
    bids, asks = (tuple(one if down <= one.price <= up else EMPTY for one in side) for side in (quote.bids, quote.asks))
    if last == up:
        bids, asks = (Level(last, depth), *bids[:4]), (EMPTY,) * 5
    elif last == down:
        bids, asks = (EMPTY,) * 5, (Level(last, depth), *asks[:4])
    elif random.random() < EMPTIES:
        bids = (EMPTY,) * 5
    elif random.random() < EMPTIES:
        asks = (EMPTY,) * 5
    return replace(quote, bids=bids, asks=asks)
