"""What others trade of a grid's code: the user by hand, a guard, an order that turns out to be the grid's own."""

from qmtdesk.domain.order import Fill, Side
from qmtdesk.domain.replacing import replace_struct as replace
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import GridBook
from qmtdesk.engine.work import Work
from qmtdesk.strategies import grid as lattice_grid
from qmtdesk.strategies import rolling as rolling_pair
from qmtdesk.strategies.grid import Grid
from qmtdesk.strategies.rolling import Rolling

KEPT = 20
"""So many sales of others are remembered; the next word of the counter tells whose one is."""


def traded(work: Work, fill: Fill) -> None:
    """Somebody else, or a guard, traded a grid's code: what was sold it does not hold any more."""
    book = work.state.grids.get(fill.code)
    part = _part(book)
    if book is None or part is None:
        return
    after = _on_others(part, fill.side, fill.volume)
    if fill.side is Side.SELL:
        taken = (fill_key(fill), part.base_holding - after.base_holding, part.held_total - after.held_total)
        book = replace(book, others=(*book.others, taken)[-KEPT:])
    work.set_grid(fill.code, _with(book, after), keep=True)


def less(book: GridBook, volume: int) -> GridBook:
    """The book without so much that was sold unseen, nobody knows when or at what price."""
    part = _part(book)
    return book if part is None else _with(book, _on_others(part, Side.SELL, volume))


def own_after_all(work: Work, fill: Fill) -> None:
    """What was taken for somebody else's trade is the grid's own: as if it had not been told, for it is booked next."""
    book = work.state.grids.get(fill.code)
    part = _part(book)
    if book is None or part is None:
        return
    if fill.side is Side.BUY:
        part = _on_others(part, Side.SELL, fill.volume)
    else:
        key = fill_key(fill)
        base, held = next(((base, held) for told, base, held in book.others if told == key), (fill.volume, 0))
        part = _put_back(_on_others(part, Side.BUY, base), held, fill.price)
    work.set_grid(fill.code, _with(book, part), keep=True)


def only_estimated(work: Work, code: str) -> None:
    """Something about this code's trades had to be guessed: the grid's profit is an estimate from here on."""
    book = work.state.grids.get(code)
    part = _part(book)
    if book is None or part is None:
        return
    guessed = lattice_grid.mark_inexact(part) if isinstance(part, Grid) else rolling_pair.mark_inexact(part)
    work.set_grid(code, _with(book, guessed), keep=True)


def _part(book: GridBook | None) -> Grid | Rolling | None:
    return None if book is None else book.grid or book.rolling


def _with(book: GridBook, part: Grid | Rolling) -> GridBook:
    return replace(book, grid=part) if isinstance(part, Grid) else replace(book, rolling=part)


def _on_others(part: Grid | Rolling, side: Side, volume: int) -> Grid | Rolling:
    if isinstance(part, Grid):
        return lattice_grid.on_others(part, side, volume)
    return rolling_pair.on_others(part, side, volume)


def _put_back(part: Grid | Rolling, volume: int, price: int) -> Grid | Rolling:
    if isinstance(part, Grid):
        return lattice_grid.put_back(part, volume, price)
    return rolling_pair.put_back(part, volume, price)
