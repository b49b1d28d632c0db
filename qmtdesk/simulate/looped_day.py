"""A market day through the real decision loop and a journal, with the places where either may break."""

import shutil
from collections.abc import Iterator, Sequence
from enum import Enum
from hashlib import blake2b
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.engine.books import State
from qmtdesk.engine.core import Step, begin
from qmtdesk.engine.ports import Post
from qmtdesk.engine.records import Record, decode, encode
from qmtdesk.simulate.market_day import MarketDay
from qmtdesk.store.journal import JournalError
from qmtdesk.strategies.screen import ORIGINAL
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.pictures import Desk

ENCODER = msgspec.msgpack.Encoder()
DESK = Desk("paper", "simulated", 1, "")
NOWHERE = Path("simulated")
IN_MEMORY = Path("/dev") / "shm"


class Point(str, Enum):
    """Where the program dies: between two events, or inside the handling of one."""

    BETWEEN = "between two events"
    BEFORE_WRITE = "before the journal is written"
    AFTER_WRITE = "after the journal was written, before anything is sent"
    AFTER_SEND = "after the first message was sent"


class Disk(str, Enum):
    """What the disk under the journal does."""

    SOUND = "sound"
    FULL = "full"
    LIES = "lies"


class CrashError(Exception):
    """The program died here."""


class MemoryDiary(Diary):
    """A diary that keeps its rows in memory, as the bytes a file would hold."""

    def __init__(self) -> None:
        self.set_aside = None
        self.commands = []
        self._rows: list[tuple[str, bytes]] = []
        self._decoded: list[Record] = []

    def past(self) -> Iterator[Record]:
        # what the same bytes say is the same each time, so each row is read once
        self._decoded += [decode(*row) for row in self._rows[len(self._decoded) :]]
        return iter(tuple(self._decoded))

    def write(self, at: int, records: Sequence[Record], *, command: int = 0, durable: bool) -> None:
        self._rows += map(encode, records)

    def close(self) -> None:
        """Nothing to close."""


class StoryDiary(Diary):
    """The diary a loop is given: it writes through to another one, or breaks as the story says."""

    def __init__(self, day: "LoopedDay", inner: Diary) -> None:
        self._day, self._inner = day, inner
        self.set_aside = inner.set_aside
        self.commands = inner.commands

    def past(self) -> Iterator[Record]:
        return self._inner.past()

    def write(self, at: int, records: Sequence[Record], *, command: int = 0, durable: bool) -> None:
        if not records:
            self._inner.write(at, records, command=command, durable=durable)
            return
        day = self._day
        if day.crash_at is Point.BEFORE_WRITE:
            raise CrashError
        if day.disk is Disk.FULL:
            raise JournalError("no space left")
        self._inner.write(at, records, command=command, durable=durable)
        day.written(records)
        if day.disk is Disk.LIES:
            raise JournalError("the write may or may not have taken")
        if day.crash_at is Point.AFTER_WRITE:
            raise CrashError

    def close(self) -> None:
        self._inner.close()


class Line:
    """The gateway a loop is given: it hands everything to the day it belongs to."""

    def __init__(self, day: "LoopedDay") -> None:
        self._day = day

    def start(self, post: Post) -> None:
        """Nothing starts by itself here."""

    def stop(self) -> None:
        """Nothing runs by itself here."""

    def submit(self, order: m.Place) -> None:
        self._day.leaves(order)

    def cancel(self, cancel: m.Cancel) -> None:
        self._day.leaves(cancel)

    def query(self, query: m.Query) -> None:
        self._day.leaves(query)

    def now(self) -> int:
        return self._day.at


class StoryLoop(Loop):
    """The loop without this computer's clock: how long a simulation took says nothing about the market."""

    def _look_at_clock(self) -> None:
        """Clocks jump where the story says so."""

    @property
    def waiting(self) -> int:
        """Events nobody has looked at yet."""
        return self._inbox.qsize()


class LoopedDay(MarketDay):
    """A market day whose engine runs in the trader's own loop. `on_file`: its journal is a real file."""

    on_file: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.crash_at: Point | None = None
        self.disk = Disk.SOUND
        self.unwritten: set[tuple[int, m.Intent]] = set()
        self.events = 0
        self.trace = bytearray()
        self.folder = _folder() if self.on_file else NOWHERE
        self.diary: Diary = Diary(self.folder / "journal.db") if self.on_file else MemoryDiary()
        self.loop = self.new_loop(resume=False)

    def new_loop(self, *, resume: bool) -> StoryLoop:
        """A new process: everything it knows comes from the journal."""
        fresh = State(self.limits, FeeSchedule())
        loop = StoryLoop(Line(self), StoryDiary(self, self.diary), fresh, DESK, ORIGINAL, self.folder, resume=resume)
        self.state = loop.state
        return loop

    def feed(self, event: m.Event) -> Step:
        self.events += 1
        self.trace += f"{self.at}{type(event).__name__}".encode() + ENCODER.encode(event)
        result = self.loop.handle(self.at, event)
        self.state = self.loop.state
        return result

    def leaves(self, intent: m.Intent) -> None:
        """The loop sends; the state is already the one after the event."""
        self.state = self.loop.state
        self.trace += repr(intent).encode()
        if self.disk is not Disk.SOUND:
            # a cancel leaves all the same, and a new process knows nothing of it
            self.unwritten.add((self.at, intent))
        self.let_go(intent)
        if self.crash_at is Point.AFTER_SEND:
            raise CrashError

    def written(self, records: Sequence[Record]) -> None:
        """These records are in the journal."""
        for record in records:
            self.trace += encode(record)[1]

    def restart(self, *, resume: bool) -> "LoopedDay":
        """Another process on the same journal, which then connects."""
        if self.on_file:
            old, self.diary = self.diary, Diary(self.folder / "journal.db")
            old.close()
        self.loop = self.new_loop(resume=resume)
        self.connect()
        self.quote_all()
        return self

    def folded(self, *, resume: bool = True) -> State:
        return begin(State(self.limits, FeeSchedule()), self.diary.past(), resume=resume)

    def close(self) -> None:
        """Give the journal's file back."""
        if self.on_file:
            self.diary.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def digest(self) -> str:
        """What happened so far, as one short number: the same for the same story."""
        return blake2b(self.trace, digest_size=16).hexdigest()


def _folder() -> Path:
    """A new folder, in memory where the system has such a place: a simulation must not wear out a disk."""
    return Path(mkdtemp(prefix="qmtdesk-simulate-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
