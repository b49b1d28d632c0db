"""This computer's clock against the exchange's, as the newest snapshots tell it."""

from qmtdesk.domain.codes import classify
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import supervise
from qmtdesk.engine.books import Skew
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, Work

FINE_MS = 2_000
WRONG_MS = 30_000
AGREEING = 4
KEPT = 12
# any SH stock: whether the exchange trades at a time is the same for all
EXCHANGE = classify("600000.SH")


def look(work: Work, quote: Quote) -> None:
    """Judge the clock by one more snapshot.

    A snapshot may be late, never early, and one that is in time proves the clock right. So only when more than three
    codes in a row, none of them in time, are off by the same, the clock is. The first snapshot of a code may be from
    before and counts for nothing.
    """
    state = work.state
    off = state.at - quote.at
    if -FINE_MS <= off <= FINE_MS:
        if state.skews:
            work.state = replace(state, skews=())
        return
    if not phase_at(EXCHANGE, quote.at).continuous:
        return
    known = next((skew for skew in state.skews if skew.code == quote.code), None)
    seen = state.quotes.get(quote.code)
    newest = max(known.at if known else 0, seen.quote.at if seen else 0)
    if quote.at <= newest:
        return
    rest = tuple(skew for skew in state.skews if skew.code != quote.code)[-KEPT + 1 :]
    skews = (*rest, Skew(quote.code, quote.at, off, again=newest > 0))
    work.state = replace(state, skews=skews)
    _judge(work, agreed(skews))


def agreed(skews: tuple[Skew, ...]) -> int:
    """What more than three codes agree the clock is off by, ms; 0 when they do not agree."""
    offs = sorted((skew.ms for skew in skews if skew.again), key=abs)
    for first, last in zip(offs, offs[AGREEING - 1 :], strict=False):
        if abs(last - first) <= FINE_MS:
            return first
    return 0


def _judge(work: Work, off: int) -> None:
    if abs(off) > WRONG_MS:
        supervise.suspend(work, "", because(Why.CLOCK_WRONG, skew_ms=abs(off)))
    elif off:
        reason = because(Why.CLOCK_SKEWED, skew_ms=abs(off))
        if told_key("", reason) not in work.state.told:
            work.log(ALARM, "", reason)
