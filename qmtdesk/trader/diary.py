"""The journal as the decision loop uses it: records in, records out."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from qmtdesk import __version__
from qmtdesk.engine.records import Record, UnknownRecordError, decode, encode
from qmtdesk.store.journal import (
    Journal,
    JournalDamagedError,
    JournalError,
    JournalRow,
    JournalTooNewError,
    StoredRow,
    open_or_set_aside,
    set_aside,
)

COMMAND = "CommandDone"
PROGRAM = "Program"
"""Which version wrote what follows: an older program must not take a newer one's words for damage."""
MODE = "Mode"
"""What money this journal is about; real money's says so in its first row, every other one says nothing."""
LIVE = "live"

T = TypeVar("T")


class JournalModeError(JournalError):
    """Real money met the books of play money, or the other way round. The journal stays as it is."""


class Diary:
    """One data folder's journal of records. Used by the decision thread only.

    `live`: real money's. `set_aside` is where a journal that cannot be used is kept, `problem` what was wrong with it.
    """

    problem = ""
    _signed = ""
    _marked = False

    def __init__(self, path: Path, *, live: bool = False) -> None:
        self._path, self._live = path, live
        self._journal, self.set_aside = open_or_set_aside(path)
        self.commands: list[int] = []

    def begun(self, fold: Callable[[Iterator[Record]], T]) -> T:
        """What `fold` makes of every record ever written; of none, when they cannot be read, which is then kept aside.

        A record that stops one start would stop each: whatever it is that fails, the next start must not meet it.
        JournalTooNewError when a newer program wrote it, JournalModeError when it is of other money, JournalError when
        the disk is in the way.
        """
        try:
            return fold(self.past())
        except JournalDamagedError as error:
            self._start_over(str(error))
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug met at each start is a crash loop; the broker knows the account
            self._start_over(f"record {self._read}: {type(error).__name__}: {error}")
        return fold(self.past())

    def past(self) -> Iterator[Record]:
        """Every record ever written, oldest first; ids of commands carried out are kept in `commands`."""
        for row in self._journal.read():
            self._read = row.no
            if row.no == 1:
                self._agree(row)
            if row.kind == MODE:
                continue
            if row.kind == PROGRAM:
                self._signed = _signature(row)
            elif row.kind == COMMAND:
                self.commands.append(_number(row))
            else:
                yield _record(row)

    def write(self, at: int, records: Sequence[Record], *, command: int = 0, durable: bool) -> None:
        """Write what one event led to, all or nothing. JournalError: nothing of it may be acted on."""
        rows = [JournalRow(at, *encode(record)) for record in records]
        if command:
            rows.append(JournalRow(at, COMMAND, str(command).encode()))
        if not rows:
            return
        if self._signed != __version__:
            rows.insert(0, JournalRow(at, PROGRAM, __version__.encode()))
        if self._live and not self._marked:
            rows.insert(0, JournalRow(at, MODE, LIVE.encode()))
        self._journal.append(rows, durable=durable)
        self._signed, self._marked = __version__, True

    def _agree(self, first: StoredRow) -> None:
        """The journal's money is this trader's."""
        self._marked = first.kind == MODE and first.body == LIVE.encode()
        if self._marked is not self._live:
            theirs, ours = ("real", "play") if self._marked else ("play", "real")
            raise JournalModeError(f"{self._path.name} is about {theirs} money, this trader about {ours} money")

    @property
    def loss(self) -> str:
        """Which journal could not be used and why, '' while none was lost."""
        if self.set_aside is None:
            return ""
        return f"{self.set_aside.name}, {self.problem}" if self.problem else self.set_aside.name

    def close(self) -> None:
        """Close the file."""
        self._journal.close()

    def _start_over(self, problem: str) -> None:
        self._journal.close()
        self.set_aside, self.problem = set_aside(self._path), problem
        self._journal = Journal.open(self._path)
        self._signed, self._marked, self.commands = "", False, []


def _record(row: StoredRow) -> Record:
    try:
        return decode(row.kind, row.body)
    except (UnknownRecordError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise JournalDamagedError(f"record {row.no} cannot be read: {error}") from error


def _number(row: StoredRow) -> int:
    try:
        return int(row.body)
    except ValueError as error:
        raise JournalDamagedError(f"record {row.no} is no command's number") from error


def _signature(row: StoredRow) -> str:
    """The version that wrote from here on; JournalTooNewError when it is newer than this one."""
    theirs = row.body.decode("ascii", "replace")
    if not _release(theirs):
        raise JournalDamagedError(f"record {row.no} names no version")
    if _release(theirs) > _release(__version__):
        raise JournalTooNewError(
            f"record {row.no} of the journal was written by version {theirs}, this is version {__version__}: "
            "start the newer program again, or move journal.db away to begin anew"
        )
    return theirs


def _release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version; () when it has none."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found.group().split("."))) if found else ()
