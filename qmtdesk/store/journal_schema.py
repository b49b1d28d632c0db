"""The journal's tables, one numbered step after another; a file of any older step is brought up to the newest."""

import sqlite3
from collections.abc import Callable


class JournalError(Exception):
    """The journal could not do what was asked; nothing may be sent that was to be written first."""


class JournalDamagedError(JournalError):
    """The file is not a journal any more, or not the one that was written."""


class JournalTooNewError(JournalError):
    """A newer program wrote the file; it is left as it is."""


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE journal (no INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL, "
        "hash BLOB NOT NULL)"
    )


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create,)
"""STEPS[n] makes version n + 1 out of version n. A released step is never changed."""

NEWEST = len(STEPS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the open file, 0 for an empty one; JournalDamagedError when it is some other database."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "schema" not in tables:
        raise JournalDamagedError("the file is a database, but no journal")
    versions = connection.execute("SELECT version FROM schema").fetchall()
    if len(versions) != 1 or not isinstance(versions[0][0], int) or versions[0][0] < 1:
        raise JournalDamagedError("the journal does not say its version")
    version = int(versions[0][0])
    # a newer one may keep its rows elsewhere
    if "journal" not in tables and version <= NEWEST:
        raise JournalDamagedError("the file is a database, but no journal")
    return version


def migrate(connection: sqlite3.Connection, steps: tuple[Callable[[sqlite3.Connection], None], ...] = STEPS) -> None:
    """Bring the open file to the newest version, wholly or not at all; JournalTooNewError when it is beyond it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)
        _refuse_newer(version, len(steps))
        if version == 0:
            connection.execute("CREATE TABLE schema (version INTEGER NOT NULL)")
            connection.execute("INSERT INTO schema VALUES (0)")
        for step in steps[version:]:
            step(connection)
        if version < len(steps):
            connection.execute("UPDATE schema SET version = ?", (len(steps),))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def refuse_newer(connection: sqlite3.Connection) -> None:
    """JournalTooNewError when the open file is beyond this program, JournalDamagedError when it is no journal."""
    version = version_of(connection)
    if not version:
        raise JournalDamagedError("there is no journal in the file")
    _refuse_newer(version, NEWEST)


def _refuse_newer(version: int, known: int) -> None:
    if version > known:
        raise JournalTooNewError(
            f"the journal has version {version}, this program knows versions up to {known}: "
            "start the newer program again"
        )
