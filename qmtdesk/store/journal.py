"""The journal: rows that are added, never changed, each sealed to the one before it by a hash."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from qmtdesk.store.journal_reading import reading
from qmtdesk.store.journal_schema import (
    JournalDamagedError,
    JournalError,
    JournalTooNewError,
    migrate,
    refuse_newer,
)
from qmtdesk.wire.files import replace_patiently

SHANGHAI = timezone(timedelta(hours=8))
GENESIS = bytes(32)
PAGE = 1000
DAMAGE = ("malformed", "no such", "corrupt", "decode", "unsupported")
"""Words in an OperationalError that blame the file."""
# of SQLite's file header, up to and with the byte that says how the file may be written (2: with a WAL)
HEADER_BYTES = 19
WAL_VERSION = 2
CUT_OFF = "readonly database"
"""What SQLite says when a file opened to read wants a half write undone first."""

Connect = Callable[[Path], sqlite3.Connection]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row to write. `at` is Unix ms of market time."""

    at: int
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row as written; `no` counts from 1 without holes."""

    no: int
    at: int
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a whole journal found. `first_bad` is the first row that is not as written, 0 when none.

    `last_at` and `last_hash` are the newest row's: whoever noted them before can see that rows were cut off since.
    """

    rows: int
    ok: bool
    first_bad: int
    text: str
    last_at: int = 0
    last_hash: str = ""


def seal(before: bytes, row: JournalRow | StoredRow) -> bytes:
    """The hash of a row that follows the row with hash `before`."""
    kind = row.kind.encode()
    head = row.at.to_bytes(8, "big", signed=True) + len(kind).to_bytes(4, "big")
    return hashlib.sha256(before + head + kind + row.body).digest()


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions; waits half a second for another process's lock."""
    return sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)


class Journal:
    """One open journal. One thread at a time, any thread; one process at a time, which the folder's lock sees to."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._tail: tuple[int, bytes] | None = None
        self._full = True

    @classmethod
    def open(cls, path: Path, connect: Connect = connect) -> "Journal":
        """Open or create, bring to the newest version, check every row.

        Raises JournalDamagedError, JournalTooNewError, or JournalError when the disk or another process is in the way.
        """
        with _Translated(path):
            _check_header(path)
            connection = connect(path)
            try:
                _prepare(connection)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def append(self, rows: Sequence[JournalRow], *, durable: bool) -> None:
        """Write the rows in one transaction: all or none. JournalError means none may be relied on.

        Durable rows, and all rows before them, are on the disk when this returns (one flush, about 0.4 ms); the
        others survive the death of this process at once but a power failure only after the next durable one.
        """
        if not rows:
            return
        with _Translated(self.path):
            try:
                self._write(rows, durable=durable)
            except BaseException:
                self._tail = None
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _write(self, rows: Sequence[JournalRow], *, durable: bool) -> None:
        connection = self._connection
        if durable != self._full:
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._full = durable
        connection.execute("BEGIN IMMEDIATE")
        # after a failed commit nobody knows whether it took, so the tail is then read from the file
        number, sealed = self._tail or _tail(connection)
        values = []
        for row in rows:
            number, sealed = number + 1, seal(sealed, row)
            values.append((number, row.at, row.kind, row.body, sealed))
        connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?)", values)
        connection.execute("COMMIT")
        self._tail = (number, sealed)

    def read(self) -> Iterator[StoredRow]:
        """All rows from the first to the newest at the time it is reached; rows may be appended meanwhile."""
        with _Translated(self.path):
            for row, _ in _rows(self._connection):
                yield row

    def close(self) -> None:
        """Close the file; the journal cannot be used after it. Harmless when repeated."""
        with _Translated(self.path):
            self._connection.close()


def verify(path: Path) -> Verdict:
    """Check a journal file without changing it, also while a trader uses it. JournalError when it cannot be read.

    JournalTooNewError when a newer program wrote it. Rows cut off at the end, all of them, leave a shorter journal that
    is sound in itself: nothing here sees that.
    """
    if not path.exists():
        raise JournalError(f"{path} is not there")
    try:
        with _Translated(path):
            _check_header(path)
            with reading(path) as connection:
                refuse_newer(connection)
                _check_pages(connection)
                return _check_rows(connection)
    except JournalTooNewError:
        raise
    except JournalDamagedError as error:
        return Verdict(0, ok=False, first_bad=0, text=str(error))
    except JournalError as error:
        if CUT_OFF not in str(error):
            raise
        text = f"{path}: a write was cut off in the middle; the next start of the program undoes it"
        raise JournalError(text) from error


def open_or_set_aside(path: Path) -> tuple[Journal, Path | None]:
    """The journal; if it was damaged a fresh one, and where the damaged one is kept. Raises as `Journal.open` else."""
    try:
        return Journal.open(path), None
    except JournalDamagedError:
        kept = set_aside(path)
    return Journal.open(path), kept


def set_aside(path: Path) -> Path:
    """Move a closed journal that cannot be used out of the way; returns where it is kept. JournalError if it stays."""
    stamp = datetime.now(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    target, n = path.with_name(f"{path.name}.damaged-{stamp}"), 1
    while target.exists():
        n += 1
        target = path.with_name(f"{path.name}.damaged-{stamp}-{n}")
    try:
        # its WAL first: a fresh journal must never meet an old one's
        for tail in ("-wal", "-shm", ""):
            part = path.with_name(path.name + tail)
            if part.exists():
                replace_patiently(part, target.with_name(target.name + tail))
    except OSError as error:
        raise JournalError(f"{path} is damaged and cannot be moved aside: {error}") from error
    return target


class _Translated:
    """Turns SQLite's errors into ours: what the file is to blame for, and what the world around it is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        # UnicodeError: SQLite names what it found in a garbled schema, and the name is no text
        if not isinstance(error, sqlite3.Error | OSError | UnicodeError):
            return
        text = f"{self._path}: {error}"
        outside = isinstance(error, OSError | sqlite3.OperationalError | sqlite3.ProgrammingError)
        if outside and not any(word in str(error) for word in DAMAGE):
            raise JournalError(text) from error
        raise JournalDamagedError(text) from error


def _check_header(path: Path) -> None:
    """A write version nobody has written: SQLite opens such a file to read, and only the first order would find out.

    Looked at before SQLite has the file: closing a second handle would take its locks away.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if len(head) == HEADER_BYTES and head[-1] > WAL_VERSION:
        raise JournalDamagedError(f"{path}: the file is damaged: write version {head[-1]}")


def _prepare(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise JournalError("this drive cannot hold a journal (no WAL): use a local one")
    connection.execute("PRAGMA synchronous = FULL")
    _check_pages(connection)
    migrate(connection)
    verdict = _check_rows(connection)
    if not verdict.ok:
        raise JournalDamagedError(verdict.text)


def _check_pages(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise JournalDamagedError(f"the file is damaged: {found}")


def _check_rows(connection: sqlite3.Connection) -> Verdict:
    sealed, number, at = GENESIS, 0, 0
    for row, told in _rows(connection):
        number, at = number + 1, row.at
        sealed = seal(sealed, row)
        if row.no != number or told != sealed:
            return Verdict(number - 1, ok=False, first_bad=number, text=f"row {number} is not as it was written")
    text = f"{number} rows, all as written"
    return Verdict(number, ok=True, first_bad=0, text=text, last_at=at, last_hash=sealed.hex() if number else "")


def _tail(connection: sqlite3.Connection) -> tuple[int, bytes]:
    row = connection.execute("SELECT no, hash FROM journal ORDER BY no DESC LIMIT 1").fetchone()
    return (int(row[0]), bytes(row[1])) if row else (0, GENESIS)


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[StoredRow, bytes]]:
    """Rows with their stored hashes, in pages, so that no reading transaction stays open between them."""
    last = -(1 << 63)
    while page := connection.execute(
        "SELECT no, at, kind, body, hash FROM journal WHERE no > ? ORDER BY no LIMIT ?", (last, PAGE)
    ).fetchall():
        yield from map(_typed, page)
        last = page[-1][0]


def _typed(values: tuple[object, ...]) -> tuple[StoredRow, bytes]:
    match values:
        case (int(no), int(at), str(kind), bytes(body), bytes(sealed)):
            return StoredRow(no, at, kind, body), sealed
        case _:
            raise JournalDamagedError(f"row {values[0]} holds a value of a wrong kind")


__all__ = [
    "Journal",
    "JournalDamagedError",
    "JournalError",
    "JournalRow",
    "JournalTooNewError",
    "StoredRow",
    "Verdict",
    "open_or_set_aside",
    "set_aside",
    "verify",
]
