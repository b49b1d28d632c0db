"""Which snapshots tell something new of a code."""

from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine.books import Seen, put
from qmtdesk.engine.gate import CLOCKS_APART_MS
from qmtdesk.engine.work import Work

SILENT_MS = 15_000
"""After so long with none in time, two of a code from the future that agree are believed: it may be our clock."""
AGREE_MS = 5_000


def is_news(quote: Quote, seen: Seen, at: int) -> bool:
    """Whether a snapshot counts beside the one known: neither out of time nor that one told again."""
    return not _out_of_time(quote, seen, at) and not _again(quote, seen.quote)


def remember(work: Work, quote: Quote) -> None:
    """Keep by how much a snapshot was ahead of this computer's clock, whether it counted or not."""
    state, ahead = work.state, quote.at - work.state.at
    if ahead <= CLOCKS_APART_MS:
        return
    seen = state.quotes.get(quote.code)
    if seen is not None and quote.at != seen.ahead[0]:
        seen = replace(seen, ahead=(quote.at, ahead))
        work.state = replace(state, quotes=put(state.quotes, quote.code, seen))


def _out_of_time(quote: Quote, seen: Seen, at: int) -> bool:
    """Whether it is older than the one known, or one of a time that has not come beside others in time.

    Where the one known has not come either, it is this computer's clock, which `clock_skew` judges, or that one is
    the slip: it keeps nothing out. A single one from the future is a slip however long the code was silent before.
    """
    latest, old = at + CLOCKS_APART_MS, seen.quote.at
    if quote.at > latest:
        then, by = seen.ahead
        agrees = quote.at > then and abs(quote.at - at - by) <= AGREE_MS
        return old <= latest and not (agrees and at - seen.at > SILENT_MS)
    return quote.at < old <= latest


def _again(quote: Quote, old: Quote) -> bool:
    """Whether it is the same snapshot; what stands beside it of cancelled buys comes from elsewhere and later."""
    return quote.at == old.at and quote == replace(old, withdrawn=quote.withdrawn)
