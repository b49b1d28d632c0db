"""Which days the exchanges trade."""

from datetime import date, timedelta

from qmtdesk.domain.calendar_days import CLOSURES, closed_weekdays

KNOWN_FROM = date(min(CLOSURES), 1, 1)
KNOWN_UNTIL = date(max(CLOSURES), 12, 31)
"""Outside these days holidays are not known: every weekday counts as a trading day, and callers say so."""

_CLOSED = closed_weekdays()
_ONE = timedelta(days=1)


def is_trading_day(day: date) -> bool:
    """Whether the exchanges trade on a day; weekends never do, not even as make-up working days."""
    return day.weekday() < 5 and day not in _CLOSED


def calendar_known(day: date) -> bool:
    """Whether the holidays of a day are known."""
    return KNOWN_FROM <= day <= KNOWN_UNTIL


def next_trading_day(day: date) -> date:
    """The first trading day after `day`."""
    day += _ONE
    while not is_trading_day(day):
        day += _ONE
    return day


def previous_trading_day(day: date) -> date:
    """The last trading day before `day`."""
    day -= _ONE
    while not is_trading_day(day):
        day -= _ONE
    return day


def trading_days_between(start: date, end: date) -> int:
    """How many trading days come after `start` up to and including `end`; negative when `end` is earlier.

    From a trading day to the next one it is 1, from a day to itself 0.
    """
    if end < start:
        return -trading_days_between(end, start)
    return sum(is_trading_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
