"""The columns of the bond table: what each one sorts by, says, and why it may have nothing to say."""

from collections.abc import Callable
from dataclasses import dataclass

from qmtdesk.desk.brush import format as f
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.rows import BondRow, QuoteRow

Value = int | str | None


@dataclass(frozen=True, slots=True)
class Bond:
    """One bond with the newest quotes of itself and of its stock."""

    row: BondRow
    quote: QuoteRow | None = None
    stock: QuoteRow | None = None

    @property
    def last(self) -> int:
        """The last price in 厘, before the first trade yesterday's close, 0 where neither is known."""
        return (self.quote.last or self.quote.prev_close) if self.quote else 0

    @property
    def stock_last(self) -> int:
        """The same of the stock."""
        return (self.stock.last or self.stock.prev_close) if self.stock else 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. `tone`: t1 | t2 | t3 | up | dn | warn. `way`: -1, 0, +1, the triangle before it."""

    text: str
    tone: str = "t1"
    way: int = 0
    bold: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `sort` is its value in plain integers or text; `lacks` is the text key of why it may be missing.

    `rank`: columns of the first screen, the higher the sooner given up when the panel narrows; None = further right.
    """

    key: str
    samples: tuple[str, ...]
    sort: Callable[[Bond], Value]
    show: Callable[[Bond], Cell]
    lacks: str = "bond.lacks_source"
    left: bool = False
    rank: int | None = None
    live: bool = False
    arrow: bool = False
    bold: bool = False

    @property
    def title(self) -> str:
        """The header."""
        return t(f"bond.col.{self.key}")


def half_up(part: int, whole: int) -> int:
    """Part ÷ whole, half away from zero; whole > 0."""
    size = (2 * abs(part) + whole) // (2 * whole)
    return size if part >= 0 else -size


def change_bp(quote: QuoteRow | None) -> int | None:
    """The day's change in bp."""
    if quote is None or not quote.last or not quote.prev_close:
        return None
    return half_up((quote.last - quote.prev_close) * 10_000, quote.prev_close)


def conversion_value(bond: Bond) -> int | None:
    """What 100 CNY of face are worth as stock, in 厘."""
    if not bond.stock_last or not bond.row.conv_price:
        return None
    return half_up(100_000 * bond.stock_last, bond.row.conv_price)


def premium_bp(bond: Bond) -> int | None:
    """By how much the bond costs more than its stock, in bp; rounded once, from the raw prices."""
    if not bond.last or not bond.stock_last or not bond.row.conv_price:
        return None
    worth = 100_000 * bond.stock_last
    return half_up((bond.last * bond.row.conv_price - worth) * 10_000, worth)


def double_low(bond: Bond) -> int | None:
    """双低 in thousandths: price in CNY plus premium in per cent."""
    premium = premium_bp(bond)
    return None if premium is None else bond.last + premium * 10


def size_yuan(bond: Bond) -> int | None:
    """What remains outstanding in CNY; the trader says −1 where no source knows it."""
    return bond.row.remaining_yuan if bond.row.remaining_yuan >= 0 else None


def market_size_yuan(bond: Bond) -> int | None:
    """What remains outstanding at the last price, in CNY."""
    size = size_yuan(bond)
    if not bond.last or size is None:
        return None
    return half_up(size * bond.last, 100_000)


def turnover_bp(bond: Bond) -> int | None:
    """Today's volume as a share of what is outstanding, in bp (face 100 CNY a piece)."""
    if bond.quote is None or bond.row.remaining_yuan <= 0:
        return None
    return half_up(bond.quote.volume * 100 * 10_000, bond.row.remaining_yuan)


def _text(text: str, tone: str = "t1") -> Cell:
    return Cell(text or f.MISSING, tone if text else "t3")


def _way(value: int) -> int:
    return (value > 0) - (value < 0)


def _toned(value: int) -> str:
    return ("dn", "t3", "up")[_way(value) + 1]


def _price(bond: Bond) -> Cell:
    if not bond.last:
        return _text("")
    moved = change_bp(bond.quote) or 0
    if not bond.row.included:
        return Cell(f.price(bond.last, bond.row.code), "t2")
    return Cell(f.price(bond.last, bond.row.code), _toned(moved) if moved else "t1", bold=True)


def _change(quote: QuoteRow | None) -> Cell:
    moved = change_bp(quote)
    return _text("") if moved is None else Cell(f.percent(abs(moved)), _toned(moved), _way(moved))


def _number(value: int | None, scale: int, places: int, tail: str = "") -> Cell:
    return _text("") if value is None else Cell(f.fixed(value, scale, places) + tail)


def _amount(bond: Bond) -> Cell:
    return _text("") if bond.quote is None or not bond.quote.amount else Cell(f.money_short(bond.quote.amount))


def _stock_price(bond: Bond) -> Cell:
    moved = change_bp(bond.stock) or 0
    return _text(
        f.price(bond.stock_last, bond.row.stock_code) if bond.stock_last else "", _toned(moved) if moved else "t1"
    )


REDEEM_TONES = {"none": "t2", "unknown": "warn", "counting": "warn", "met": "warn", "announced": "warn"}


def _redeem(bond: Bond) -> Cell:
    row = bond.row
    tone = REDEEM_TONES.get(row.redeem, "warn")
    if row.redeem == "counting":
        return Cell(t("redeem.counting", have=row.redeem_count, need=row.redeem_need), tone)
    known = row.redeem if row.redeem in REDEEM_TONES else "unknown"
    return Cell(t(f"redeem.{known}"), tone, sign="warn" if known in ("unknown", "met", "announced") else "")


GRID_SIGNS = {
    "running": "run",
    "sell_only": "down",
    "asleep": "ring",
    "frozen": "bars",
    "suspended": "held",
    "stopped": "square",
    "fired": "square",
}


def state_word(state: str) -> str:
    """A grid's state as the table says it: shorter than elsewhere."""
    return t("bond.sell_only") if state == "sell_only" else t(f"grid.{state}")


def _named(bond: Bond) -> Cell:
    return Cell(bond.row.name, "t1" if bond.row.included or bond.row.grid else "t2", bold=bool(bond.row.grid))


def _grid(bond: Bond) -> Cell:
    row = bond.row
    if not row.grid:
        return Cell(t("grid."), "t2", sign="dash") if row.included else Cell(f.MISSING, "t3")
    tone = {"stopped": "t2", "fired": "t2", "asleep": "t2", "suspended": "warn"}.get(row.grid, "t1")
    return Cell(state_word(row.grid), tone, sign=GRID_SIGNS.get(row.grid, "wait"))


GRID_ORDER = ("", "stopped", "fired", "waiting", "asleep", "frozen", "suspended", "sell_only", "running")


def _pnl(bond: Bond) -> Cell:
    if not bond.row.grid and not bond.row.pnl:
        return Cell(f.MISSING, "t3")
    places = 1 if abs(bond.row.pnl) < 999_950 else 0
    return Cell(f.money(bond.row.pnl, places, signed=True), _toned(bond.row.pnl))


def _count(value: int) -> Cell:
    return Cell(f"{value:,}") if value else Cell(f.MISSING, "t3")


def _grid_rank(bond: Bond) -> Value:
    return GRID_ORDER.index(bond.row.grid) if bond.row.grid in GRID_ORDER else 0


FROZEN = (
    Column("name", ("888888",), lambda b: b.row.name, _named, left=True, bold=True),
    Column("grid", ("888888",), _grid_rank, _grid, "bond.lacks_grid", left=True),
)
SCROLLED = (
    Column("last", ("128.888",), lambda b: b.last or None, _price, "bond.lacks_quote", rank=0, live=True, bold=True),
    Column(
        "change",
        ("20.00%",),
        lambda b: change_bp(b.quote),
        lambda b: _change(b.quote),
        "bond.lacks_quote",
        rank=0,
        live=True,
        arrow=True,
    ),
    Column(
        "premium",
        ("138.88%",),
        premium_bp,
        lambda b: _number(premium_bp(b), 100, 2, "%"),
        "bond.lacks_stock",
        rank=2,
        live=True,
    ),
    Column(
        "size",
        ("88.88",),
        size_yuan,
        lambda b: _number(size_yuan(b), 100_000_000, 2),
        rank=3,
    ),
    Column("redeem", ("88 15/15",), lambda b: b.row.redeem, _redeem, rank=1),
    Column(
        "pnl",
        ("+88,888",),
        lambda b: b.row.pnl if b.row.grid or b.row.pnl else None,
        _pnl,
        "bond.lacks_grid",
        rank=0,
        live=True,
    ),
    Column("code", ("118888",), lambda b: b.row.code, lambda b: Cell(f.bare(b.row.code), "t2"), left=True),
    Column(
        "amount", ("88.888 W",), lambda b: b.quote.amount if b.quote else None, _amount, "bond.lacks_quote", live=True
    ),
    Column("stock", ("888888",), lambda b: b.row.stock_name or None, lambda b: _text(b.row.stock_name), left=True),
    Column("stock_last", ("888.88",), lambda b: b.stock_last or None, _stock_price, "bond.lacks_stock", live=True),
    Column(
        "stock_change",
        ("20.00%",),
        lambda b: change_bp(b.stock),
        lambda b: _change(b.stock),
        "bond.lacks_stock",
        live=True,
        arrow=True,
    ),
    Column(
        "conv_price",
        ("88.88",),
        lambda b: b.row.conv_price or None,
        lambda b: _number(b.row.conv_price or None, 1000, 2),
    ),
    Column(
        "conv_value",
        ("188.88",),
        conversion_value,
        lambda b: _number(conversion_value(b), 1000, 2),
        "bond.lacks_stock",
        live=True,
    ),
    Column(
        "double_low", ("288.8",), double_low, lambda b: _number(double_low(b), 1000, 1), "bond.lacks_stock", live=True
    ),
    Column(
        "market_size",
        ("88.88",),
        market_size_yuan,
        lambda b: _number(market_size_yuan(b), 100_000_000, 2),
        "bond.lacks_quote",
        live=True,
    ),
    Column(
        "years",
        ("5.88",),
        lambda b: b.row.years_left_bp or None,
        lambda b: _number(b.row.years_left_bp or None, 10_000, 2),
    ),
    Column("maturity", ("2028-12-28",), lambda b: b.row.maturity or None, lambda b: _text(b.row.maturity, "t2")),
    Column(
        "rating",
        ("AAA+",),
        lambda b: b.row.rating or None,
        lambda b: _text(b.row.rating.replace("-", f.MINUS)),
        left=True,
    ),
    Column(
        "last_day",
        ("2028-12-28",),
        lambda b: b.row.last_day or None,
        lambda b: _text(b.row.last_day, "t2"),
        "bond.lacks_last_day",
    ),
    Column(
        "position",
        ("88,888",),
        lambda b: b.row.position or None,
        lambda b: _count(b.row.position),
        "bond.lacks_position",
    ),
    Column(
        "cost",
        ("128.888",),
        lambda b: b.row.cost or None,
        lambda b: _text(f.price(b.row.cost, b.row.code) if b.row.cost else ""),
        "bond.lacks_position",
    ),
    Column("trips", ("888",), lambda b: b.row.trips or None, lambda b: _count(b.row.trips), "bond.lacks_trips"),
    Column(
        "turnover",
        ("888.88%",),
        turnover_bp,
        lambda b: _number(turnover_bp(b), 100, 2, "%"),
        "bond.lacks_quote",
        live=True,
    ),
)
COLUMNS = FROZEN + SCROLLED
BY_KEY = {column.key: column for column in COLUMNS}
ALWAYS = ("name", "grid", "last", "change")


def arranged(chosen: frozenset[str], widths: dict[str, int], room: int) -> tuple[Column, ...]:
    """The scrolled columns in their order: first what fits into `room` pixels, the dearest kept, then the rest.

    So the first screen is whole at every size and what had to give way is one scroll to the right.
    """
    shown = [column for column in SCROLLED if column.key in chosen or column.key in ALWAYS]
    first = [column for column in shown if column.rank is not None]
    while len(first) > 1 and sum(widths[column.key] for column in first) > room:
        dearest = max(first, key=lambda column: column.rank or 0)
        if not dearest.rank:
            break
        first.remove(dearest)
    return (*first, *(column for column in shown if column not in first))


def sort_key(column: Column, bond: Bond) -> tuple[int, int, str]:
    """A key that compares values, never texts of numbers."""
    value = column.sort(bond)
    if isinstance(value, int):
        return (0, value, "")
    return (0, 0, value or "")


def ordered(bonds: list[Bond], column: Column | None, *, descending: bool) -> list[Bond]:
    """Bonds in a column's order, those without a value always last; without a column as the screen ranks them."""
    if column is None:
        return sorted(bonds, key=lambda b: (not b.row.included, b.row.rank or 1_000_000, b.row.code))
    known = [bond for bond in bonds if column.sort(bond) is not None]
    unknown = [bond for bond in bonds if column.sort(bond) is None]
    known.sort(key=lambda bond: sort_key(column, bond), reverse=descending)
    return known + unknown
