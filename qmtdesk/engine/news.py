"""Which snapshots tell something new of a code."""

from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine.books import Seen
from qmtdesk.engine.gate import CLOCKS_APART_MS

SILENT_MS = 15_000
"""After so long without a snapshot of its code one from the future is believed: it may be this computer's clock."""


def is_news(quote: Quote, seen: Seen, at: int) -> bool:
    """Whether a snapshot counts beside the one known: neither out of time nor that one told again."""
    return not _out_of_time(quote, seen, at) and not _again(quote, seen.quote)


def _out_of_time(quote: Quote, seen: Seen, at: int) -> bool:
    """Whether it is older than the one known, or one of a time that has not come beside others in time.

    Where the one known has not come either, it is this computer's clock, which `clock_skew` judges, or that one is
    the slip: it keeps nothing out.
    """
    latest, old = at + CLOCKS_APART_MS, seen.quote.at
    if quote.at > latest:
        return old <= latest and at - seen.at <= SILENT_MS
    return quote.at < old <= latest


def _again(quote: Quote, old: Quote) -> bool:
    """Whether it is the same snapshot; what stands beside it of cancelled buys comes from elsewhere and later."""
    return quote.at == old.at and quote == replace(old, withdrawn=quote.withdrawn)
