"""The phases of a trading day by exchange and kind, in Shanghai time."""

from bisect import bisect_right
from datetime import date
from enum import Enum
from functools import lru_cache

from qmtdesk.domain.calendar import is_trading_day, next_trading_day
from qmtdesk.domain.codes import Listing
from qmtdesk.domain.instrument import Kind, Market


class Phase(str, Enum):
    """Where a trading day stands; `closed` is a day without trading."""

    CLOSED = "closed"
    BEFORE_OPEN = "before_open"
    OPEN_AUCTION = "open_auction"
    OPEN_AUCTION_LOCKED = "open_auction_locked"
    OPEN_WAIT = "open_wait"
    MORNING = "morning"
    LUNCH = "lunch"
    AFTERNOON = "afternoon"
    CLOSE_AUCTION = "close_auction"
    AFTER_CLOSE = "after_close"

    @property
    def continuous(self) -> bool:
        """Whether orders match as they come."""
        return self in _CONTINUOUS

    @property
    def auction(self) -> bool:
        """Whether orders are collected for one price."""
        return self in _AUCTIONS

    @property
    def takes_orders(self) -> bool:
        """Whether an order sent now is accepted; from 9:25 to 9:30 the broker keeps it."""
        return self in _TAKES_ORDERS

    @property
    def takes_cancels(self) -> bool:
        """Whether a cancel sent now is executed; nothing sent from 9:20 on can be taken back before 9:30."""
        return self in _TAKES_CANCELS


_CONTINUOUS = frozenset({Phase.MORNING, Phase.AFTERNOON})
_AUCTIONS = frozenset({Phase.OPEN_AUCTION, Phase.OPEN_AUCTION_LOCKED, Phase.CLOSE_AUCTION})
_TAKES_ORDERS = _CONTINUOUS | _AUCTIONS | {Phase.OPEN_WAIT}
_TAKES_CANCELS = _CONTINUOUS | {Phase.OPEN_AUCTION}

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE
_SHANGHAI = 8 * 60 * _MINUTE  # no daylight saving since 1991
_EPOCH = date(1970, 1, 1).toordinal()

# SSE trading rules as revised on 2018-08-06, in force 2018-08-20; SZ stocks and bonds long before
_SH_STOCK_AUCTION = date(2018, 8, 20)
# SSE trading rules of 2026-04-24, in force 2026-07-06
_SH_FUND_AUCTION = date(2026, 7, 6)

_Schedule = tuple[tuple[int, ...], tuple[Phase, ...]]


def _at(hour: int, minute: int) -> int:
    return (hour * 60 + minute) * _MINUTE


# market-rules 3, "Sessions"
_UNTIL_CLOSE: tuple[tuple[int, Phase], ...] = (
    (0, Phase.BEFORE_OPEN),
    (_at(9, 15), Phase.OPEN_AUCTION),
    (_at(9, 20), Phase.OPEN_AUCTION_LOCKED),
    (_at(9, 25), Phase.OPEN_WAIT),
    (_at(9, 30), Phase.MORNING),
    (_at(11, 30), Phase.LUNCH),
    (_at(13, 0), Phase.AFTERNOON),
)
_CLOSE_AUCTION = (_at(14, 57), Phase.CLOSE_AUCTION)
# 15:00 holds for SH convertible bonds by market practice; ordinary SH bonds go on to 15:30
_END = (_at(15, 0), Phase.AFTER_CLOSE)


def _schedule(*steps: tuple[int, Phase]) -> _Schedule:
    return tuple(start for start, _ in steps), tuple(phase for _, phase in steps)


_NO_TRADING = _schedule((0, Phase.CLOSED))
_AUCTION_DAY = _schedule(*_UNTIL_CLOSE, _CLOSE_AUCTION, _END)
_PLAIN_DAY = _schedule(*_UNTIL_CLOSE, _END)


def phase_at(listing: Listing, at: int) -> Phase:
    """The phase of a listing at a time (Unix ms); each phase holds its first millisecond and not its last."""
    return _phase_of(listing.market, listing.kind, at // _MINUTE)


# every phase begins with a minute, and the same minute is asked about at every event
@lru_cache(maxsize=1_024)
def _phase_of(market: Market, kind: Kind, minute: int) -> Phase:
    day_number, ms = divmod(minute * _MINUTE + _SHANGHAI, _DAY)
    starts, phases = _schedule_of(market, kind, day_number)
    return phases[bisect_right(starts, ms) - 1]


def in_hours(at: int) -> bool:
    """Whether a time is between 9:30 and 15:00 of a trading day, the lunch break included."""
    day = shanghai_day(at)
    return is_trading_day(day) and at_of(day, 9, 30) <= at < at_of(day, 15, 0)


def takes_orders(at: int) -> bool:
    """Whether a time is between 9:15 and 15:00 of a trading day, the lunch break included."""
    day = shanghai_day(at)
    return is_trading_day(day) and at_of(day, 9, 15) <= at < at_of(day, 15, 0)


def phase_ends(listing: Listing, at: int) -> int:
    """The time (Unix ms) at which the phase of `at` gives way to another one."""
    day_number, ms = divmod(at + _SHANGHAI, _DAY)
    starts, phases = _schedule_of(listing.market, listing.kind, day_number)
    index = bisect_right(starts, ms)
    if index < len(starts):
        return at - ms + starts[index]
    if phases[-1] is Phase.AFTER_CLOSE:
        return at - ms + _DAY
    return at_of(next_trading_day(shanghai_day(at)), 0, 0)


def shanghai_day(at: int) -> date:
    """The day in Shanghai at a time (Unix ms)."""
    return _date_of((at + _SHANGHAI) // _DAY)


@lru_cache(maxsize=64)
def _date_of(day_number: int) -> date:
    return date.fromordinal(_EPOCH + day_number)


def shanghai_ms_of_day(at: int) -> int:
    """Milliseconds since midnight in Shanghai at a time (Unix ms)."""
    return (at + _SHANGHAI) % _DAY


def at_of(day: date, hour: int, minute: int, second: int = 0, ms: int = 0) -> int:
    """The time (Unix ms) of a wall clock reading in Shanghai."""
    return (day.toordinal() - _EPOCH) * _DAY - _SHANGHAI + _at(hour, minute) + second * 1000 + ms


def clock_text(at: int) -> str:
    """The wall clock in Shanghai at a time (Unix ms), HH:MM:SS.mmm."""
    seconds, ms = divmod(shanghai_ms_of_day(at), 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}.{ms:03d}"


# a replay of years still meets few days at a time
@lru_cache(maxsize=64)
def _schedule_of(market: Market, kind: Kind, day_number: int) -> _Schedule:
    day = date.fromordinal(_EPOCH + day_number)
    if not is_trading_day(day):
        return _NO_TRADING
    return _AUCTION_DAY if _closes_by_auction(market, kind, day) else _PLAIN_DAY


def _closes_by_auction(market: Market, kind: Kind, day: date) -> bool:
    if market is not Market.SH:
        return True
    if kind is Kind.STOCK:
        return day >= _SH_STOCK_AUCTION
    # SH convertible bonds trade continuously to the end, cancels included
    return kind is Kind.FUND and day >= _SH_FUND_AUCTION
