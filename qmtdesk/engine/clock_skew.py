"""This computer's clock against the exchange's, as the newest snapshots tell it."""

from qmtdesk.domain.codes import classify
from qmtdesk.domain.messages import ClockJumped, Event
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import supervise
from qmtdesk.engine.books import Skew, State
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, Work

FINE_MS = 2_000
WRONG_MS = 30_000
AGREEING = 4
KEPT = 12
# any SH stock: whether the exchange trades at a time is the same for all
EXCHANGE = classify("600000.SH")


def moment(state: State, at: int, event: Event) -> State:
    """The state at the time of an event. Time runs backwards only where this computer's clock was set back.

    What was stamped by the clock that was ahead is then of now: it would look too young, and everything that waits for
    time to pass would wait until the old time is reached again.
    """
    if not isinstance(event, ClockJumped) or at >= state.at:
        return replace(state, at=max(at, state.at))
    money = state.money
    return replace(
        state,
        at=at,
        skews=(),
        money=replace(money, reported_at=min(money.reported_at, at)) if money is not None else None,
        quotes={code: replace(seen, at=min(seen.at, at), ahead=(0, 0)) for code, seen in state.quotes.items()},
        boards={code: replace(one, arrived_at=min(one.arrived_at, at)) for code, one in state.boards.items()},
        sent_at=tuple([min(sent, at) for sent in state.sent_at]),
        request_at=min(state.request_at, at),
        unsure_since=min(state.unsure_since, at),
    )


def look(work: Work, quote: Quote) -> None:
    """Judge the clock by one more snapshot.

    A snapshot may be late, never early, and one that is in time proves the clock right. So only when more than three
    codes in a row, none of them in time, are off by the same, the clock is. The first snapshot of a code may be from
    before and counts for nothing.

    On a paper clock that runs faster the same lateness of this computer is as many times longer in market time.
    """
    state = work.state
    off = state.at - quote.at
    if abs(off) <= FINE_MS * state.pace:
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
    _judge(work, agreed(skews, state.pace))


def agreed(skews: tuple[Skew, ...], pace: int = 1) -> int:
    """What more than three codes agree the clock is off by, ms of market time; 0 when they do not agree."""
    offs = sorted((skew.ms for skew in skews if skew.again), key=abs)
    for first, last in zip(offs, offs[AGREEING - 1 :], strict=False):
        if abs(last - first) <= FINE_MS * pace:
            return first
    return 0


def set_pace(work: Work, pace: int) -> None:
    """From now on market time runs `pace` times as fast: what was measured before was measured on another clock."""
    if pace != work.state.pace:
        work.state = replace(work.state, skews=())


def _judge(work: Work, off: int) -> None:
    if abs(off) > WRONG_MS * work.state.pace:
        supervise.suspend(work, "", because(Why.CLOCK_WRONG, skew_ms=abs(off)))
    elif off:
        reason = because(Why.CLOCK_SKEWED, skew_ms=abs(off))
        if told_key("", reason) not in work.state.told:
            work.log(ALARM, "", reason)
