"""Recorded rows: how they are named when something is wrong with them, and how they wait in little memory."""

import csv
import gzip
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from qmtdesk.domain.calendar import is_trading_day
from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.money import BadMoneyError, parse_price
from qmtdesk.domain.quote import Level, Quote

_DEPTH = 5
_GZIP = b"\x1f\x8b"
_PACK = struct.Struct(f"<{7 + 4 * _DEPTH + 2}q")
_NO_LEVELS = (0,) * (2 * _DEPTH)


class ReplayError(ValueError):
    """A file that cannot be replayed; the message begins with the file's name and the line."""

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path.name}:{line}: {text}")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class Recorded:
    """One snapshot at rest: about 350 bytes instead of a Quote's 2,000."""

    at: int
    code: str
    line: int
    packed: bytes

    def quote(self) -> Quote:
        """The snapshot."""
        cells = _PACK.unpack(self.packed)
        bids, asks = _levels(cells[7:17]), _levels(cells[17:27])
        last, prev_close, opening, high, low, volume, amount = cells[:7]
        return Quote(
            self.code, self.at, last, prev_close, opening, high, low, volume, amount, bids, asks, cells[27], cells[28]
        )


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """What one file holds, in the file's own order, with what had to be assumed in plain words."""

    path: Path
    kind: str
    rows: tuple[Recorded, ...]
    notes: tuple[str, ...] = ()


def recorded(
    code: str,
    at: int,
    line: int,
    figures: tuple[int, ...],
    book: tuple[int, ...] = _NO_LEVELS * 2,
    limits: tuple[int, int] = (0, 0),
) -> Recorded:
    """A row from its figures: last, prev_close, open, high, low, volume, amount; the book as price, volume pairs."""
    return Recorded(at, code, line, _PACK.pack(*figures, *book, *limits))


def lines_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of a CSV or CSV.gz file, its header first; ReplayError when it is neither."""
    line = 0
    try:
        with _opened(path) as file:
            reader = csv.reader(file)
            for cells in reader:
                line = reader.line_num
                yield line, cells
    except FileNotFoundError:
        raise ReplayError(path, 0, "there is no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise ReplayError(path, line + 1, f"cannot be read: {error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReplayError(path, line + 1, f"is no CSV text in UTF-8: {error}") from error


def _opened(path: Path) -> TextIO:
    """A BOM is read over; which of the two forms it is, the first bytes say and not the name."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    opener: Callable[..., TextIO] = gzip.open if packed else open
    return opener(path, "rt", encoding="utf-8-sig", newline="")


def _levels(cells: tuple[int, ...]) -> tuple[Level, ...]:
    return tuple(Level(price, volume) for price, volume in zip(cells[0::2], cells[1::2], strict=True))


class Cells:
    """The cells of one line by column name, read strictly."""

    __slots__ = ("_cells", "_places", "line", "path")

    def __init__(self, path: Path, line: int, places: dict[str, int], cells: list[str]) -> None:
        self.path = path
        self.line = line
        self._places = places
        self._cells = cells

    def error(self, text: str) -> ReplayError:
        """What is wrong with this line."""
        return ReplayError(self.path, self.line, text)

    def has(self, column: str) -> bool:
        """Whether the file has the column."""
        return column in self._places

    def text(self, column: str) -> str:
        """The cell as it stands."""
        return self._cells[self._places[column]]

    def code(self) -> str:
        """The code, known to our rules."""
        code = self.text("code")
        try:
            classify(code)
        except UnknownCodeError as error:
            raise self.error(f"column code: {error}") from None
        return code

    def price(self, column: str) -> int:
        """Money in 厘, exactly as the text says; never negative."""
        try:
            return parse_price(self.text(column))
        except BadMoneyError as error:
            raise self.error(f"column {column}: {error}") from None

    def money(self, column: str) -> int:
        """An amount in 厘; digits beyond the third place are cut, because amounts are sums and no prices."""
        whole, _, places = self.text(column).partition(".")
        if places and not (places.isascii() and places.isdigit()):
            raise self.error(f"column {column}: {self.text(column)!r} is not a plain decimal number")
        try:
            return parse_price(f"{whole}.{places[:3]}" if places else whole)
        except BadMoneyError as error:
            raise self.error(f"column {column}: {error}") from None

    def count(self, column: str) -> int:
        """A whole number, not negative."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise self.error(f"column {column}: {text!r} is not a whole number of shares")
        return int(text)


def places_of(path: Path, header: list[str], needed: Iterable[str]) -> dict[str, int]:
    """Where each column is; ReplayError naming those that are missing or there twice."""
    missing = [column for column in needed if column not in header]
    if missing:
        raise ReplayError(path, 1, f"columns missing: {', '.join(missing)}")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise ReplayError(path, 1, f"columns there twice: {', '.join(twice)}")
    return {column: place for place, column in enumerate(header)}


def whole_lots(code: str, volume: int) -> int:
    """A volume as QMT can tell it: whole lots of 100 for stocks and funds, 张 for bonds."""
    return volume if classify(code).kind is Kind.BOND else volume // 100 * 100


def check_trading_day(cells: Cells, day: date) -> None:
    """Recordings are of trading days; anything else is a misread time."""
    if not is_trading_day(day):
        raise cells.error(f"{day} is no trading day")


def check_units(cells: Cells, low: int, high: int, volume: int, amount: int) -> None:
    """The mean price of all trades lies between the day's low and high; where it does not, a unit is wrong."""
    if not volume:
        return
    if not amount:
        raise cells.error(f"amount is 0 while volume is {volume}: their units cannot be checked")
    if low * volume * 9 <= amount * 10 and amount * 10 <= high * volume * 11:
        return
    raise cells.error(
        f"amount / volume is {amount / volume / 1000:.3f} CNY while the price was {low / 1000:.3f} to "
        f"{high / 1000:.3f}: {_unit_guess(amount / volume / max(high, 1))}"
    )


def _unit_guess(ratio: float) -> str:
    for least, most, text in (
        (50, 200, "volume seems to be in lots of 100 instead of shares"),
        (5, 20, "volume seems to be in lots of 10 instead of single bonds"),
        (0.00005, 0.0002, "amount seems to be in 万元 instead of CNY"),
        (0.0005, 0.002, "amount seems to be in thousands instead of CNY"),
        (0.005, 0.02, "volume seems to be 100 times too large"),
    ):
        if least <= ratio <= most:
            return text
    return "volume or amount is in a unit that is not known"
