"""The first and the newest rows of a journal, read beside whoever writes it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from qmtdesk.store.journal import StoredRow
from qmtdesk.store.journal_schema import JournalError

HEAD = 20
COLUMNS = "no, at, kind, body"


def excerpt(path: Path, newest: int) -> tuple[StoredRow, ...]:
    """The first few rows and so many of the newest, in their order, unchecked. JournalError when it cannot be read."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, timeout=0.5, isolation_level=None, uri=True)) as connection:
            first = connection.execute(f"SELECT {COLUMNS} FROM journal ORDER BY no LIMIT ?", (HEAD,)).fetchall()  # noqa: S608
            last = connection.execute(f"SELECT {COLUMNS} FROM journal ORDER BY no DESC LIMIT ?", (newest,)).fetchall()  # noqa: S608
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"{path}: {error}") from error
    rows = {int(row[0]): StoredRow(int(row[0]), int(row[1]), str(row[2]), _bytes(row[3])) for row in (*first, *last)}
    return tuple(rows[number] for number in sorted(rows))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
