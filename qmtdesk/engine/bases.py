"""What is counted as whose, put beside the account: what the user traded unseen changes his 底仓, never what is own."""

from collections.abc import Iterable

from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine import others
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Gaps, filed_orders
from qmtdesk.engine.work import NOTICE, Work
from qmtdesk.strategies.grid import with_base


def compare(work: Work, unclear: Iterable[str] = ()) -> None:
    """With a day's first answer 底仓 is what the account has beside the own; call when all told is booked.

    No more is own than it holds. What he bought while nobody looked he may sell again, and no grid loses it.
    Later ones are not looked at: an answer may know a sale that is told, and taken out of 底仓, only after it. Nor are
    holdings that could not be read, and an answer without any beside money that is neither cash nor frozen. One that
    was known and is lacking takes nothing, for it may come back; but where it was not there the day before either, it
    is not own any more.
    """
    state = work.state
    gaps = state.shrunk.gaps if state.shrunk is not None else Gaps()
    if gaps.holdings or not any(isinstance(record, r.DayBase) for record in work.records):
        return
    stopped = {record.line.code for record in work.records if isinstance(record, r.Logged) and _lacks(record)}
    for code in dict.fromkeys((*state.grids, *state.bought)):
        lacking = code in gaps.codes
        if code not in unclear and not lacking:
            _base(work, code)
        if code not in unclear and not (lacking and code in state.held_last):
            _own(work, code, keeps=code in stopped)


def _lacks(record: r.Logged) -> bool:
    return record.line.reason.why is Why.POSITION_FLOOR


def _base(work: Work, code: str) -> None:
    book = work.state.grids.get(code)
    part = (book.grid or book.rolling) if book is not None else None
    if book is None or part is None or not (book.armed or part.held_total):
        return
    position = _position(work, code)
    was, base = part.base_holding, max(0, position - part.held_total)
    if base == was or (base > was and _waits(work, code)):
        return
    grid = with_base(book.grid, base) if book.grid else None
    pair = replace(book.rolling, base_holding=base) if book.rolling else None
    work.set_grid(code, replace(book, grid=grid, rolling=pair), keep=True)
    why = Why.BASE_LESS if base < was else Why.BASE_MORE
    work.log(NOTICE, code, because(why, position=position, held=part.held_total, was=was, base=base))


def _own(work: Work, code: str, *, keeps: bool) -> None:
    """Cut what a grid that is off holds, and what counts as bought here: the user may buy as much again himself.

    Not where trades are still to be told, those of last evening included: they will take it out themselves. `keeps`: a
    grid stopped this moment for what it lacks has the figures its sentence names.
    """
    state, position = work.state, _position(work, code)
    if _waits(work, code):
        return
    found: dict[str, int] = {}
    book, bought = state.grids.get(code), state.bought.get(code, 0)
    part = (book.grid or book.rolling) if book is not None and not book.armed else None
    if book is not None and part is not None and part.held_total > position and not keeps:
        work.set_grid(code, others.less(book, part.held_total - position), keep=True)
        found |= {"was": part.held_total, "held": position}
    if bought > position:
        work.note(r.OwnCut(code, position))
        found |= {"bought_was": bought, "bought": position}
    if found:
        work.log(NOTICE, code, because(Why.OWN_LESS, position=position, **found))


def _waits(work: Work, code: str) -> bool:
    """Whether trades of own orders may be in the account that nobody has told, those of last evening included."""
    left, orders = work.state.overnight, filed_orders(work.state)
    owed = any(order.in_doubt or order.unsettled for order in orders.of(code)) or orders.not_listed(code)
    return bool(owed) or (left is not None and code in left.held)


def _position(work: Work, code: str) -> int:
    held = work.state.holdings.get(code)
    return held.volume if held else 0
