"""Opens a journal only to look at it: nothing in it is changed, and nothing new is left beside it."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from qmtdesk.store.journal_schema import JournalError
from qmtdesk.wire.inside import inside

# where SQLite locks a file's readers out, and how many bytes of it
LOCK_AT, LOCK_BYTES = 0x40000002, 510

if sys.platform == "win32":

    def _refuse_locked(path: Path) -> None:
        """The system refuses by itself."""

else:
    import fcntl

    def _refuse_locked(path: Path) -> None:
        """Reading past a lock would read half of what is being written."""
        with path.open("rb") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, LOCK_BYTES, LOCK_AT)
            except OSError as error:
                raise JournalError(f"{path}: the file is locked by another process") from error


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to read the file with. JournalError when another process keeps everybody out; OSError.

    In use, it is read beside its writer. At rest it is read as it lies. With a log whose writer is gone SQLite would
    leave an index beside it, so a copy is read.
    """
    log, index, undo = (path.with_name(path.name + tail) for tail in ("-wal", "-shm", "-journal"))
    if (log.exists() and index.exists()) or undo.exists():
        with closing(_connect(path)) as connection:
            if not log.exists() or _opens(connection):
                yield connection
                return
    else:
        _refuse_locked(path)
    if not log.exists():
        with closing(_connect(path, "&immutable=1")) as connection:
            yield connection
        return
    # a leftover, or a folder in which nothing may be made
    with TemporaryDirectory(prefix="qmtdesk-verify-") as folder:
        copy, of_log = (inside(Path(folder), name) for name in ("journal.db", "journal.db-wal"))
        shutil.copyfile(path, copy)
        shutil.copyfile(log, of_log)
        with closing(_connect(copy)) as connection:
            yield connection


def _connect(path: Path, more: str = "") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{more}", timeout=0.5, isolation_level=None, uri=True)


def _opens(connection: sqlite3.Connection) -> bool:
    """Whether its log can be read where it lies; on a medium that takes nothing it cannot."""
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if "unable to open" in str(error) or "readonly" in str(error):
            return False
        raise
    return True
