"""Which snapshots tell something new of a code."""

from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine.gate import CLOCKS_APART_MS


def is_news(quote: Quote, old: Quote, at: int) -> bool:
    """Whether a snapshot counts beside the one known: neither out of time nor that one told again."""
    return not _out_of_time(quote, old, at) and not _again(quote, old)


def _out_of_time(quote: Quote, old: Quote, at: int) -> bool:
    """Whether it is older than the one known, or of a time that has not come.

    Where the one known has not come either, it is this computer's clock, which `clock_skew` judges, or that one is
    the slip: it keeps nothing out.
    """
    latest = at + CLOCKS_APART_MS
    return old.at <= latest and not old.at <= quote.at <= latest


def _again(quote: Quote, old: Quote) -> bool:
    """Whether it is the same snapshot; what stands beside it of cancelled buys comes from elsewhere and later."""
    return quote.at == old.at and quote == replace(old, withdrawn=quote.withdrawn)
