"""Reads the cells of a bond list out of a text or spreadsheet file that anybody may have made, within limits."""

import csv
import errno
import hashlib
import io
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path, PureWindowsPath

from qmtdesk.domain.bond_cells import Fault, day_in_name
from qmtdesk.domain.bond_list import HEADER_WITHIN, ListError, Row
from qmtdesk.store.bond_list_limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Going

MAX_BYTES = 20 << 20
CHUNK = 1 << 20
EVERY = 1_000
SHANGHAI = timezone(timedelta(hours=8))
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = (",", "\t", ";", "|")
DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The cells of a list, where they are from, and of which day they seem to be (`day_from`: name | file | '')."""

    rows: list[Row]
    name: str
    kind: str
    digest: str
    encoding: str = ""
    sheet: str = ""
    day: str = ""
    day_from: str = ""


def read_file(path: Path, going: Going) -> Table:
    """All cells of a file. ListError says what is wrong with it; nothing in it is ever carried out."""
    _check_path(path)
    data, changed_at = _bytes_of(path, going)
    day = day_in_name(path.stem)
    found = _table(data, going)
    return Table(
        rows=found.rows,
        name=path.name,
        kind=found.kind,
        digest=hashlib.sha256(data).hexdigest(),
        encoding=found.encoding,
        sheet=found.sheet,
        day=day or changed_at,
        day_from="name" if day else "file",
    )


def _check_path(path: Path) -> None:
    """A plain file of this computer: no device, no network share (which would sign us in there), no hidden stream."""
    text = str(path)
    windows = PureWindowsPath(text)
    if text.startswith(("\\\\", "//")) or "\0" in text or not path.is_absolute():
        raise ListError(Fault.BAD_PATH, text[-80:])
    if windows.stem.casefold().partition(".")[0].strip() in DEVICES or ":" in windows.name:
        raise ListError(Fault.BAD_PATH, text[-80:])


def _bytes_of(path: Path, going: Going) -> tuple[bytes, str]:
    """The file's content and the day it was written."""
    try:
        # looked at before it is opened: opening a pipe would wait for its other end
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise ListError(Fault.NOT_A_FILE, path.name)
        if kind.st_size > MAX_BYTES:
            raise ListError(Fault.TOO_LARGE, str(kind.st_size))
        data = _read(path, kind.st_size, going)
    except FileNotFoundError:
        raise ListError(Fault.NOT_THERE, path.name) from None
    except OSError as error:
        text = errno.errorcode.get(error.errno or 0, str(error))
        raise ListError(Fault.NO_RIGHT, f"{path.name} ({text})") from error
    if not data.strip():
        raise ListError(Fault.EMPTY, path.name)
    return data, datetime.fromtimestamp(kind.st_mtime, SHANGHAI).date().isoformat()


def _read(path: Path, size: int, going: Going) -> bytes:
    data = bytearray()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            data += chunk
            if len(data) > MAX_BYTES:
                raise ListError(Fault.TOO_LARGE, str(len(data)))
            going(len(data), max(size, len(data)))
    return bytes(data)


def _table(data: bytes, going: Going) -> Table:
    """Told by the content, never by the name."""
    if data.startswith(ZIP):
        # the spreadsheet reader is large and rarely needed
        from qmtdesk.store.bond_list_sheet import read_sheet  # noqa: PLC0415

        sheet, rows = read_sheet(data, going)
        return Table(rows=rows, name="", kind="xlsx", digest="", sheet=sheet)
    if data.startswith(OLE):
        raise ListError(Fault.OLD_EXCEL)
    text, encoding = decoded(data)
    if text.lstrip()[:200].casefold().startswith(("<!doctype", "<html", "<table", "<?xml")):
        raise ListError(Fault.IS_HTML)
    return Table(rows=_split(text, going), name="", kind="csv", digest="", encoding=encoding)


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding: what a mark says, else UTF-8, else the Chinese code page; never with losses."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _strict(data, name) or _refused(), name
    if b"\0" in data[:4096]:
        # UTF-16 without its mark: the zero bytes of plain letters tell which half comes first
        name = "utf-16-le" if data[1:4096:2].count(0) >= data[0:4096:2].count(0) else "utf-16-be"
        return _strict(data, name) or _refused(), name
    for name in ("utf-8", "gb18030"):
        text = _strict(data, name)
        if text:
            return text, name
    return _refused(), ""


def _strict(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else text


def _refused() -> str:
    raise ListError(Fault.NOT_TEXT)


def _split(text: str, going: Going) -> list[Row]:
    """Rows by the delimiter that parts the head of the file most; limits are counted, not estimated."""
    head = text[: 64 << 10].splitlines()[:HEADER_WITHIN]
    delimiter = max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in head), default=0))
    limit = csv.field_size_limit(MAX_CELL)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise ListError(Fault.TOO_WIDE, str(len(cells)))
            if len(rows) >= MAX_ROWS:
                raise ListError(Fault.TOO_MANY_ROWS, str(MAX_ROWS))
            rows.append((reader.line_num, cells))
            if len(rows) % EVERY == 0:
                going(len(rows), 0)
    except csv.Error as error:
        raise ListError(Fault.LONG_CELL, str(reader.line_num)) from error
    finally:
        csv.field_size_limit(limit)
    return rows
