"""底仓, the user's own part of a holding, put beside the account: what he sold unseen is not there any more."""

from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine import records as r
from qmtdesk.engine.books import GridBook
from qmtdesk.engine.work import NOTICE, Work


def compare(work: Work) -> None:
    """With a day's first answer no more is 底仓 than the account holds beside the grid; call when all told is booked.

    Later ones are not looked at: an answer may know a sale that is told, and taken out of 底仓, only after it. Nor is
    a holding that was known and is lacking, and believed to be gone because it was told again: that may come back.
    """
    if not any(isinstance(record, r.DayBase) for record in work.records):
        return
    lacking = work.state.shrunk.gaps.codes if work.state.shrunk is not None else frozenset()
    for code, book in work.state.grids.items():
        if code not in lacking:
            _compare(work, code, book)


def _compare(work: Work, code: str, book: GridBook) -> None:
    part = book.grid or book.rolling
    if part is None or not (book.armed or part.held_total):
        return
    held = work.state.holdings.get(code)
    position = held.volume if held else 0
    was, base = part.base_holding, min(part.base_holding, max(0, position - part.held_total))
    if base == was:
        return
    grid = replace(book.grid, base_holding=base) if book.grid else None
    pair = replace(book.rolling, base_holding=base) if book.rolling else None
    work.set_grid(code, replace(book, grid=grid, rolling=pair), keep=True)
    work.log(NOTICE, code, because(Why.BASE_LESS, position=position, held=part.held_total, was=was, base=base))
