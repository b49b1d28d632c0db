"""A table of cells read as a list of convertible bonds: what was understood, and whether it may be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qmtdesk.domain import bond_cells as cells
from qmtdesk.domain.bond_cells import CellError, Fault
from qmtdesk.domain.bond_facts import BondFacts, Source
from qmtdesk.domain.bond_headers import LIVE_WORDS, YUAN, Column, Unit, column_of, plain
from qmtdesk.domain.bond_terms import RedeemState
from qmtdesk.domain.replacing import replace

Row = tuple[int, Sequence[str]]
"""A row's number as a spreadsheet shows it, and its cells."""

HEADER_WITHIN = 10
MAX_BONDS = 2_000
MAX_BAD_PERCENT = 5
SHOWN_PROBLEMS = 200
SHOWN_ROWS = 8
UNIT_SAMPLE = 5
LIKELY_YUAN = (1_000_000, 20_000_000_000)
"""Between what half of all remaining sizes of a list lie: 100 thousand bonds below, the largest issues above."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: row 0 is the list as a whole."""

    fault: Fault
    row: int = 0
    column: str = ""
    value: str = ""


class ListError(Exception):
    """The list cannot be read at all."""

    def __init__(self, fault: Fault, value: str = "", column: str = "") -> None:
        super().__init__(fault.value)
        self.problem = Problem(fault, 0, column, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user said about a list. `as_of` for rows without a day of their own; `leave` are headers left out.

    `today` is the latest day any source can be of.
    """

    today: str
    unit: Unit | None = None
    as_of: str = ""
    leave: frozenset[str] = frozenset()
    source: Source = Source.FILE


@dataclass(frozen=True, slots=True)
class Seen:
    """One column of the table. `column` None: not understood, or left aside."""

    header: str
    column: Column | None
    unit: Unit | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class UnitGuess:
    """What the sizes would be in a unit, for the user to choose by; `likely`: bonds are that large."""

    unit: Unit
    middle_yuan: int
    likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BondList:
    """A list as it was read. `refused` says why it may not be used as it is; `guesses` when the unit is not written."""

    columns: tuple[Seen, ...] = ()
    bonds: tuple[BondFacts, ...] = ()
    problems: tuple[Problem, ...] = ()
    good: int = 0
    bad: int = 0
    guesses: tuple[UnitGuess, ...] = ()
    unit: Unit | None = None
    own_dates: bool = False
    sample: tuple[tuple[str, ...], ...] = ()
    refused: Problem | None = None


def read_list(rows: Sequence[Row], asked: Asked) -> BondList:
    """Read all rows. ListError where there is nothing to show for it."""
    at, columns = _header(rows, asked.leave)
    body = [row for row in rows[at + 1 :] if _is_data(row[1])]
    if not body:
        raise ListError(Fault.NO_BONDS)
    reading = _Reading(columns, asked, _size_unit(columns, asked))
    for row in body:
        reading.take(row)
    sample = tuple(tuple(cell[:40] for cell in row[1]) for row in body[:SHOWN_ROWS])
    return _judged(reading, body, sample)


def _header(rows: Sequence[Row], leave: frozenset[str]) -> tuple[int, tuple[Seen, ...]]:
    """The first row that names a code and something else; titles may stand above it."""
    for at, (_, texts) in enumerate(rows[:HEADER_WITHIN]):
        columns = tuple(_seen(text, leave) for text in texts)
        named = [each.column for each in columns if each.column is not None]
        if Column.CODE in named and len({plain(text) for text in texts if plain(text)}) > 1:
            _refuse_doubles(columns)
            if set(named) <= {Column.CODE, Column.NAME, Column.STOCK_CODE, Column.STOCK_NAME, Column.AS_OF}:
                raise ListError(Fault.NO_TERMS)
            return at, columns
    first = next((texts for _, texts in rows if _is_data(texts)), ())
    raise ListError(Fault.NO_HEADER, " | ".join(text[:20] for text in first[:6]))


def _seen(text: str, leave: frozenset[str]) -> Seen:
    column, unit = column_of(text)
    header = text.strip()[:40]
    if column is None or (header in leave and column is not Column.CODE):
        return Seen(header, None, live=plain(text) in LIVE_WORDS)
    return Seen(header, column, unit)


def _refuse_doubles(columns: tuple[Seen, ...]) -> None:
    by: dict[Column, str] = {}
    for each in columns:
        if each.column is not None and each.column in by:
            raise ListError(Fault.TWO_COLUMNS, value=f"{by[each.column]} | {each.header}", column=each.column.value)
        if each.column is not None:
            by[each.column] = each.header


def _is_data(texts: Sequence[str]) -> bool:
    """Blank rows and lone remarks, such as where the list is from, are no bonds."""
    return sum(1 for text in texts if text.strip()) > 1


def _size_unit(columns: tuple[Seen, ...], asked: Asked) -> Unit | None:
    """The unit the header says, else the one the user said; never one that we think."""
    told = next((each.unit for each in columns if each.column is Column.SIZE), None)
    return told or asked.unit


@dataclass
class _Reading:
    """What has been read so far."""

    columns: tuple[Seen, ...]
    asked: Asked
    unit: Unit | None
    bonds: dict[str, BondFacts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    bare_sizes: list[Decimal] = field(default_factory=list)
    good: int = 0
    bad: int = 0

    def take(self, row: Row) -> None:
        """One row: a bond, or its problems."""
        found: list[Problem] = []
        values = self._values(row, found)
        code = values.pop("code", "")
        if not found and code in self.bonds:
            found.append(Problem(Fault.CODE_TWICE, row[0], self._title(Column.CODE), code))
        if found:
            self.bad += 1
            self.problems.extend(found[: max(0, SHOWN_PROBLEMS - len(self.problems))])
            return
        self.good += 1
        if self.good > MAX_BONDS:
            raise ListError(Fault.TOO_MANY_BONDS, str(MAX_BONDS))
        values.setdefault("as_of", self.asked.as_of)
        self.bonds[code] = BondFacts(code=code, source=self.asked.source.value, **values)

    def _values(self, row: Row, found: list[Problem]) -> dict[str, Any]:
        number, texts = row
        values: dict[str, Any] = {}
        for at, seen in enumerate(self.columns):
            if seen.column is None:
                continue
            raw = texts[at] if at < len(texts) else ""
            try:
                values.update(self._value(seen, cells.cleaned(raw)))
            except CellError as error:
                found.append(Problem(error.fault, number, seen.header, raw.strip()[:60]))
        return values

    def _value(self, seen: Seen, text: str) -> dict[str, Any]:
        if cells.is_blank(text):
            if seen.column is Column.CODE:
                raise CellError(Fault.CODE_EMPTY)
            return {}
        match seen.column:
            case Column.SIZE:
                return self._size(text)
            case Column.REDEEM:
                state, have, need = cells.redeem_state(text)
                return {"redeem": state, "redeem_count": have, "redeem_need": need}
            case Column.REDEEM_DAY:
                return {"redeem_day": cells.iso_day(text)}
            case Column.AS_OF:
                return {"as_of": self._not_ahead(cells.iso_day(text))}
            case column:
                return {column.value: _PLAIN[column](text)} if column is not None else {}

    def _size(self, text: str) -> dict[str, Any]:
        value, written = cells.size_parts(text)
        unit = written or self.unit
        if written is None:
            self.bare_sizes.append(value)
        if unit is None:
            return {}
        return {"remaining_yuan": cells.size_yuan(value, unit)}

    def _not_ahead(self, day: str) -> str:
        if day > self.asked.today:
            raise CellError(Fault.DATE_FUTURE)
        return day

    def _title(self, column: Column) -> str:
        return next((each.header for each in self.columns if each.column is column), "")


_PLAIN: dict[Column, Callable[[str], object]] = {
    Column.CODE: cells.bond_code,
    Column.NAME: cells.short_text,
    Column.LISTED: cells.is_listed,
    Column.STOCK_CODE: cells.stock_code,
    Column.STOCK_NAME: cells.short_text,
    Column.CONV_PRICE: cells.price_milli,
    Column.LIST_DAY: cells.iso_day,
    Column.MATURITY: cells.iso_day,
    Column.RATING: cells.short_text,
    Column.LAST_DAY: cells.iso_day,
}


def _judged(reading: _Reading, body: Sequence[Row], sample: tuple[tuple[str, ...], ...]) -> BondList:
    told = any(each.column is Column.SIZE and each.unit for each in reading.columns)
    bonds = tuple(_with_state(bond) for bond in reading.bonds.values())
    asks = bool(reading.bare_sizes) and not told
    found = BondList(
        columns=reading.columns,
        bonds=bonds,
        problems=tuple(reading.problems),
        good=reading.good,
        bad=reading.bad,
        guesses=_guesses(reading.bare_sizes) if asks else (),
        unit=reading.unit,
        own_dates=any(each.column is Column.AS_OF for each in reading.columns),
        sample=sample,
    )
    return replace(found, refused=_refusal(found, reading, len(body)))


def _refusal(found: BondList, reading: _Reading, total: int) -> Problem | None:
    if found.guesses and reading.unit is None:
        return Problem(Fault.UNIT_ASKED)
    if found.bad * 100 > MAX_BAD_PERCENT * total:
        return Problem(Fault.TOO_MANY_BAD, value=f"{found.bad}/{total}")
    if not found.bonds:
        return Problem(Fault.NO_BONDS)
    sizes = [bond.remaining_yuan for bond in found.bonds if bond.remaining_yuan]
    if len(sizes) >= UNIT_SAMPLE and not _likely(_middle(sizes)):
        return Problem(Fault.UNIT_UNLIKELY, value=str(_middle(sizes)))
    if any(not bond.as_of for bond in found.bonds):
        return Problem(Fault.NO_DATE)
    if reading.asked.as_of > reading.asked.today:
        return Problem(Fault.DATE_FUTURE, value=reading.asked.as_of)
    return None


def _with_state(bond: BondFacts) -> BondFacts:
    """A known redemption day is an announcement, whatever else the source left out."""
    if bond.redeem_day and bond.redeem is None:
        return replace(bond, redeem=RedeemState.ANNOUNCED)
    return bond


def _guesses(sizes: list[Decimal]) -> tuple[UnitGuess, ...]:
    positive = sorted(size for size in sizes if size > 0)
    middle = positive[len(positive) // 2] if positive else Decimal(0)
    yuan = [(unit, int(min(middle * YUAN[unit], Decimal(10**18)))) for unit in (Unit.YI, Unit.WAN, Unit.YUAN)]
    return tuple(UnitGuess(unit, each, _likely(each)) for unit, each in yuan)


def _middle(sizes: list[int]) -> int:
    return sorted(sizes)[len(sizes) // 2]


def _likely(yuan: int) -> bool:
    return LIKELY_YUAN[0] <= yuan <= LIKELY_YUAN[1]
