"""Which trading day QMT's lists are of: its terminal goes on showing the last one until the next morning."""

from datetime import date

from qmtdesk.domain.calendar import is_trading_day, previous_trading_day
from qmtdesk.domain.sessions import at_of, shanghai_day

MORNING = (9, 0)
"""From this minute on details, orders and trades are the new day's."""


def trading_day(now: int) -> date:
    """The day whose list is wanted: today's from nine in the morning of a trading day on, else the one before."""
    day = shanghai_day(now)
    if is_trading_day(day) and now >= at_of(day, *MORNING):
        return day
    return previous_trading_day(day)
