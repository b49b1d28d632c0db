"""A grid carried over to a day whose reference price is not the last close: its levels and its stop are of the old one.

After a dividend or a split the exchange lowers the reference: nothing fell, and the stop of before would sell all.
"""

from datetime import date

from qmtdesk.domain.calendar import previous_trading_day
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.names import marks_of
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.domain.sessions import shanghai_day, shanghai_ms_of_day
from qmtdesk.engine.books import GridBook, State
from qmtdesk.engine.work import Work

FIRST_QUOTES_MS, CLOSE_MS = 33_300_000, 54_000_000
"""9:15, when snapshots are of the new day, and 15:00, ms of the day."""
NEAR_BP = 30
"""A close without an auction's trade is an average, ticks beside the last print; what is less moves no grid a step."""


def remember(work: Work, code: str) -> None:
    """Keep what a running grid's day closed at; only a snapshot of after the close tells it.

    The terminal shows that one until the next morning, so it is known also where the program was off at the close.
    """
    book, seen = work.state.grids.get(code), work.state.quotes.get(code)
    if book is None or not book.armed or seen is None or shanghai_ms_of_day(seen.quote.at) < CLOSE_MS:
        return
    day, close = shanghai_day(seen.quote.at).isoformat(), seen.quote.last
    if close > 0 and book.closed[0] <= day <= shanghai_day(work.state.at).isoformat():
        work.set_grid(code, replace(book, closed=(day, close)), keep=True)


def look(work: Work, code: str) -> Reason | None:
    """Why a grid of an earlier day may not go on: EX_RIGHTS, or what is waited for before that can be told.

    Once a day. Bonds are left alone: no payment on one changes its reference, and a bond's close is an average of its
    last minute, which may be far from the last print.
    """
    state, book, one = work.state, work.state.grids.get(code), work.state.instruments.get(code)
    if book is None or not book.armed or one is None or one.kind is Kind.BOND or book.closed[0] >= state.day:
        return None
    told = _told_today(state, code)
    reason = _changed(state, book, one, told or 0)
    # until the day's first snapshot the terminal may still tell what the last day closed at
    if reason is None and told is not None:
        work.set_grid(code, replace(book, closed=(state.day, 0)), keep=True)
    # a list may be of the day before: the day's own snapshots have to say the same
    return reason if reason is None or told is not None else because(Why.NO_QUOTE)


def may_have_split(state: State, book: GridBook) -> bool:
    """Whether a grid that is off may hold more shares, each paid with less, than its book says.

    It ran today, or on the last day and nothing says that the night lowered the price: then it holds what it held.
    """
    one = state.instruments[book.plan.code]
    if one.kind is Kind.BOND or book.closed[0] >= state.day:
        return False
    lowered = marks_of(one.name).ex_right or (book.why is not None and book.why.why is Why.EX_RIGHTS)
    return lowered or book.closed[0] < previous_trading_day(date.fromisoformat(state.day)).isoformat()


def _told_today(state: State, code: str) -> int | None:
    """The reference in a snapshot of today, 0 where it tells none; None without such a snapshot."""
    seen = state.quotes.get(code)
    if seen is None or shanghai_day(seen.quote.at).isoformat() != state.day:
        return None
    return seen.quote.prev_close if shanghai_ms_of_day(seen.quote.at) >= FIRST_QUOTES_MS else None


def _changed(state: State, book: GridBook, one: Instrument, told: int) -> Reason | None:
    """The reference beside the last close; where nobody saw that, what the name and the grid's own stop say.

    A price already below the stop before the day began fell while nobody looked, or was lowered: the user knows which.
    """
    day, close = book.closed
    reference = told or one.prev_close
    if close and day == previous_trading_day(date.fromisoformat(state.day)).isoformat():
        near = max(one.tick, close * NEAR_BP // 10_000)
        off = [abs(price - close) > near for price in (reference, one.prev_close)]
        if all(off):
            return because(Why.EX_RIGHTS, close_milli=close, reference_price_milli=reference)
        if not off[0]:
            # the day's own snapshot goes on from the close, so nothing was lowered, whatever an old list says
            return None
        # garbage, or a list of the day before: the next snapshot, or the list set right, tells which
        words = {"own_close_milli": one.prev_close, "told_close_milli": told}
        return because(Why.CLOSE_DISAGREES, **words) if any(off) else None
    if marks_of(one.name).ex_right:
        return because(Why.EX_RIGHTS, name=one.name, reference_price_milli=reference)
    stop = book.plan.lower_stop if book.grid is not None and not book.grid.stopped_low else 0
    # a book of a version that did not keep the close says nothing of a day nobody saw
    if day and stop >= max(reference, one.prev_close):
        return because(Why.EX_RIGHTS, reference_price_milli=reference, stop_milli=stop)
    return None
