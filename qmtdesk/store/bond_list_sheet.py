"""Reads the cells of an xlsx file: checked as an archive first, then read row by row as values, formulas named."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Protocol
from xml.parsers import expat

from qmtdesk.domain.bond_cells import Fault
from qmtdesk.domain.bond_list import HEADER_WITHIN, ListError, Row
from qmtdesk.store.bond_list_limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Going, text_of

MAX_ENTRIES = 1_000
MAX_UNPACKED = 100 << 20
MAX_RATIO = 100
RATIO_FROM = 1 << 20  # small parts of nothing but blanks shrink a thousandfold and do no harm
CHUNK = 64 << 10
EVERY = 500


def read_sheet(data: bytes, going: Going) -> tuple[str, list[Row]]:
    """The first sheet with a table in it: its name and rows. ListError for anything else."""
    _check_archive(data)
    try:
        with warnings.catch_warnings():
            # what the reader does not support (charts, validation) is not what we came for
            warnings.simplefilter("ignore")
            return _first_table(data, going)
    except ListError:
        raise
    except Exception as error:  # a damaged workbook makes the reader raise whatever it stumbles over
        raise ListError(Fault.BAD_ARCHIVE, type(error).__name__) from error


def _check_archive(data: bytes) -> None:
    """Nothing large in it, nothing encrypted, no names that climb, no declarations that make XML explode."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            for entry in entries:
                # whatever it is called: the workbook's relations may name any part a sheet
                with archive.open(entry) as part:
                    _refuse_declarations(part, entry.filename)
    except ListError:
        raise
    except Exception as error:
        # a damaged archive makes its reader raise a dozen kinds of errors
        raise ListError(Fault.BAD_ARCHIVE, type(error).__name__) from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise ListError(Fault.BOMB, str(len(entries)))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise ListError(Fault.BOMB, str(unpacked))
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise ListError(Fault.BOMB, entry.filename[-60:])
        if entry.flag_bits & 1:
            raise ListError(Fault.LOCKED)
        name = entry.filename.replace("\\", "/")
        if ".." in name.split("/") or name.startswith("/") or ":" in name:
            raise ListError(Fault.BAD_ARCHIVE, name[-60:])
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise ListError(Fault.BAD_ARCHIVE, "xl/workbook.xml")


def _refuse_declarations(part: IO[bytes], name: str) -> None:
    """The parser itself looks, so no encoding and no long comment hides one; after the first element there is none.

    What is no XML is left to the reader, which cannot read it either.
    """
    parser = expat.ParserCreate()
    begun: list[str] = []

    def refuse(*_: object) -> None:
        raise ListError(Fault.BOMB, f"DOCTYPE {name}"[-60:])

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda element, _attributes: begun.append(element)
    try:
        while not begun and (data := part.read(CHUNK)):
            parser.Parse(data, False)
    except expat.ExpatError:
        return


def _first_table(data: bytes, going: Going) -> tuple[str, list[Row]]:
    import openpyxl  # noqa: PLC0415 - only for who has such a file

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            # what a file says of its own size is not believed: some writers say one cell
            sheet.reset_dimensions()
            rows = list(_rows(sheet.iter_rows(), going))
            if any(sum(1 for text in cells if text) > 1 for _, cells in rows[:HEADER_WITHIN]):
                return str(sheet.title)[:60], rows
    finally:
        book.close()
    raise ListError(Fault.EMPTY)


class _Cell(Protocol):
    """What of the reader's cells is used."""

    value: object
    data_type: str


def _rows(found: Iterable[tuple[_Cell, ...]], going: Going) -> Iterator[Row]:
    for number, cells in enumerate(found, 1):
        if number > MAX_ROWS:
            raise ListError(Fault.TOO_MANY_ROWS, str(MAX_ROWS))
        if len(cells) > MAX_COLUMNS:
            raise ListError(Fault.TOO_WIDE, str(len(cells)))
        yield number, [_text(cell, number) for cell in cells]
        if number % EVERY == 0:
            going(number, 0)


def _text(cell: _Cell, row: int) -> str:
    """A cell as a text file would have it; a formula as such, whatever it last came to."""
    text = text_of(cell.value)
    if cell.data_type == "f" and not text.startswith("="):
        text = f"={text}"
    if len(text) > MAX_CELL:
        raise ListError(Fault.LONG_CELL, str(row))
    return text
