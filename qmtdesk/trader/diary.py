"""The journal as the decision loop uses it: records in, records out."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from qmtdesk import __version__
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.engine.records import Logged, Record, UnknownRecordError, decode, encode
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
LOST = "JournalLost"
"""A journal before this one was lost; written first of all, so that each start knows it until a desk was shown it."""
SHOWN = "LossShown"
FAILED = "JournalFailed"
"""Writing had failed for a while: what a person stopped in that time, for the next start."""
SETTLED = "FailureSettled"
EVIDENCE = "installation"
"""What a trader leaves in its folder only after its first words are in the journal."""

T = TypeVar("T")
N = TypeVar("N", bound=msgspec.Struct)


class Loss(msgspec.Struct, frozen=True):
    """A journal that was lost: what is said of it, and the names of all lost ones that are kept in the folder."""

    text: str
    missing: bool = False
    names: tuple[str, ...] = ()


class JournalModeError(JournalError):
    """Real money met the books of play money, or the other way round. The journal stays as it is."""


class Stopped(msgspec.Struct, frozen=True):
    """What a person stopped while nothing could be written: who pressed the switch ('': nobody), grids, guards.

    `days`: of each grid that was to be sold off, the day it was asked for.
    """

    kill: str = ""
    grids: dict[str, StopHow] = {}
    guards: tuple[str, ...] = ()
    days: dict[str, str] = {}


class Diary:
    """One data folder's journal of records. Used by the decision thread only.

    `live`: real money's. `set_aside` is where a journal that cannot be used is kept, `problem` what was wrong with it.
    """

    problem = ""
    loss: Loss | None = None
    """What has not been shown to anybody yet; known once `begun` has returned."""
    stopped: Stopped | None = None
    """What this start still has to stop, because writing failed in the run before; known once `begun` has returned."""
    _path: Path | None = None
    _signed = ""
    _marked = False
    _read = 0

    def __init__(self, path: Path, *, live: bool = False) -> None:
        self._path, self._live = path, live
        # a log alone proves only that a journal was begun
        self._had_rows = (path.parent / EVIDENCE).exists()
        self._known: set[str] = set()
        had_one = (self._had_rows and path.exists()) or _size(_log_of(path)) > 0
        emptied = had_one and _size(path) <= 0
        kept = set_aside(path) if emptied else None
        self._journal, self.set_aside = open_or_set_aside(path)
        if kept is not None:
            self.set_aside, self.problem = kept, "it was empty"
        self.commands: list[int] = []

    def begun(self, fold: Callable[[Iterator[Record]], T], *, at: int = 0) -> T:
        """What `fold` makes of every record ever written; of none, when they cannot be read, which is then kept aside.

        A record that stops one start would stop each: whatever it is that fails, the next start must not meet it.
        JournalTooNewError when a newer program wrote it, JournalModeError when it is of other money, JournalError when
        the disk is in the way. A loss is written down before anything else can be, at `at`.
        """
        folded = self._folded(fold)
        if self._path is not None:
            self._write_loss(self._path, at)
        return folded

    def _folded(self, fold: Callable[[Iterator[Record]], T]) -> T:
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
            elif not self._own(row):
                record = _record(row)
                self._hear(record)
                yield record

    def _own(self, row: StoredRow) -> bool:
        """Whether it is a word of one start to the next."""
        match row.kind:
            case k if k == LOST:
                self.loss = _note(row, Loss)
                self._known.update(self.loss.names)
            case k if k == SHOWN:
                self.loss = None
            case k if k == FAILED:
                self.stopped = _note(row, Stopped)
            case k if k == SETTLED:
                self.stopped = None
            case _:
                return False
        return True

    def _hear(self, record: Record) -> None:
        """An older version told of a loss without writing it down first."""
        if isinstance(record, Logged) and record.line.reason.why is Why.JOURNAL_SET_ASIDE:
            self._known.add(str(dict(record.line.reason.args).get("text", "")).partition(",")[0])

    def _write_loss(self, path: Path, at: int) -> None:
        """Also one that an earlier start met and did not live to write down."""
        names = tuple(sorted(each.name for each in path.parent.glob(f"{path.name}.damaged-*")))
        names = tuple(name for name in names if not name.endswith(("-wal", "-shm")))
        fresh = [name for name in names if name not in self._known]
        if self.set_aside is not None:
            text = self.set_aside.name
            loss = Loss(f"{text}, {self.problem}" if self.problem else text, names=names)
        elif fresh:
            loss = Loss(fresh[-1], names=names)
        elif self._had_rows and not self._read:
            loss = Loss(path.name, missing=True)
        else:
            return
        self._append(at, [JournalRow(at, LOST, msgspec.json.encode(loss))], durable=True)
        self.loss = loss

    def failed(self, at: int, stopped: Stopped, said: Logged) -> None:
        """Try whether it can be written again; if so the next start knows what was stopped meanwhile. JournalError."""
        self._append(
            at, [JournalRow(at, FAILED, msgspec.json.encode(stopped)), JournalRow(at, *encode(said))], durable=True
        )

    def settled(self, at: int) -> None:
        """This start has stopped what was to be stopped. JournalError: the next one does it again."""
        self._append(at, [JournalRow(at, SETTLED, b"")], durable=True)
        self.stopped = None

    def loss_shown(self, at: int) -> None:
        """A desk has been told of the loss: no later start says it again. JournalError: the next one does."""
        self._append(at, [JournalRow(at, SHOWN, b"")], durable=True)
        self.loss = None

    def write(self, at: int, records: Sequence[Record], *, command: int = 0, durable: bool) -> None:
        """Write what one event led to, all or nothing. JournalError: nothing of it may be acted on."""
        rows = [JournalRow(at, *encode(record)) for record in records]
        if command:
            rows.append(JournalRow(at, COMMAND, str(command).encode()))
        if rows:
            self._append(at, rows, durable=durable)

    def _append(self, at: int, rows: list[JournalRow], *, durable: bool) -> None:
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
            raise JournalModeError(f"{self._journal.path.name} is about {theirs} money, this trader about {ours} money")

    def close(self) -> None:
        """Close the file."""
        self._journal.close()

    def _start_over(self, problem: str) -> None:
        if self._path is None:
            raise JournalError(problem)
        self._journal.close()
        self.set_aside, self.problem = set_aside(self._path), problem
        self._journal = Journal.open(self._path)
        self._signed, self._marked, self.commands, self._read = "", False, [], 0
        self.loss = self.stopped = None


def _record(row: StoredRow) -> Record:
    try:
        return decode(row.kind, row.body)
    except (UnknownRecordError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise JournalDamagedError(f"record {row.no} cannot be read: {error}") from error


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    """Bytes of a file, -1 when it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _note(row: StoredRow, kind: type[N]) -> N:
    try:
        return msgspec.json.decode(row.body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
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
