"""Where a trader of the fast bench dies by itself, and the mistakes that may be built into it."""

import os
import resource
import signal
from pathlib import Path
from typing import Any

from kill_pipe import LineGateway

from qmtdesk.domain.messages import Cancel, Place, Query
from qmtdesk.store.journal import Journal
from qmtdesk.trader import loop as loops
from qmtdesk.trader.diary import Diary

RECORDS = ("OrderPlaced", "OrderMoved", "FillBooked", "CancelAsked", "GridChanged", "GuardChanged", "Logged", "DayBase")
SENDS = {"submit": Place, "cancel": Cancel, "query": Query}
SQL = ("BEGIN IMMEDIATE", "INSERT", "COMMIT")
POINTS = (
    *(f"{when}:{kind}" for kind in RECORDS for when in ("before", "after")),
    *(f"{when}:{send}" for send in SENDS for when in ("before", "half", "after")),
    *(f"sql:{word}" for word in SQL),
    "read:past",
    "handled:event",
    *(["disk:full"] * 4),
)
MISTAKES = ("forget:OrderPlaced", "forget:FillBooked", "forget:GridChanged", "twice:submit", "late:OrderPlaced")


def die() -> None:
    """As the task manager does it."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Says yes once, at the n-th time."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def hit(self) -> bool:
        self._left -= 1
        return self._left == 0


def arm_point(point: str, nth: int, gateway: LineGateway, folder: Path) -> None:
    """Put a point or a mistake into this process; '' is none."""
    if not point:
        return
    when, what = point.split(":")
    count = Countdown(nth)
    if point in MISTAKES:
        _mistake(when, what, gateway)
    elif when == "disk":
        _full_disk(folder, nth)
    elif when == "sql":
        _in_transaction(what, count)
    elif when == "read":
        _while_reading(count)
    elif when == "handled":
        _after_events(count)
    elif what in SENDS:
        _sending(when, SENDS[what], count, gateway)
    else:
        _writing(when, what, count)


def _full_disk(folder: Path, nth: int) -> None:
    """The system itself refuses to let any file grow further; the trader lives on and has to bear it."""
    grown = max((path.stat().st_size for path in folder.glob("journal.db*")), default=0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown + nth * 1_500, resource.RLIM_INFINITY))


def _in_transaction(word: str, count: Countdown) -> None:
    opened = Journal.__init__

    def traced(journal: Journal, path: Any, connection: Any) -> None:
        opened(journal, path, connection)
        connection.set_trace_callback(lambda sql: die() if sql.startswith(word) and count.hit() else None)

    Journal.__init__ = traced  # type: ignore[method-assign]


def _while_reading(count: Countdown) -> None:
    past = Diary.past

    def dying(diary: Diary) -> Any:
        for record in past(diary):
            if count.hit():
                die()
            yield record

    Diary.past = dying  # type: ignore[method-assign]


def _after_events(count: Countdown) -> None:
    handle = loops.Loop.handle

    def dying(loop: loops.Loop, *args: Any, **rest: Any) -> Any:
        result = handle(loop, *args, **rest)
        if count.hit():
            die()
        return result

    loops.Loop.handle = dying  # type: ignore[method-assign]


def _sending(when: str, kind: type, count: Countdown, gateway: LineGateway) -> None:
    send = gateway._send

    def dying(intent: Any) -> None:
        hit = isinstance(intent, kind) and count.hit()
        if hit and when == "half":
            frame = gateway.frame(intent)
            gateway._line.sendall(frame[: len(frame) // 2])
        if hit and when != "after":
            die()
        send(intent)
        if hit:
            die()

    gateway._send = dying  # type: ignore[method-assign]


def _writing(when: str, kind: str, count: Countdown) -> None:
    write = Diary.write

    def dying(diary: Diary, at: int, records: Any, **rest: Any) -> None:
        hit = any(type(record).__name__ == kind for record in records) and count.hit()
        if hit and when == "before":
            die()
        write(diary, at, records, **rest)
        if hit:
            die()

    Diary.write = dying  # type: ignore[method-assign]


def _mistake(when: str, what: str, gateway: LineGateway) -> None:
    if when == "forget":
        _forget(what)
    elif when == "twice":
        _repeat(gateway)
    else:
        _write_later(what)


def _forget(kind: str) -> None:
    write = Diary.write

    def forgetful(diary: Diary, at: int, records: Any, **rest: Any) -> None:
        write(diary, at, [record for record in records if type(record).__name__ != kind], **rest)

    Diary.write = forgetful  # type: ignore[method-assign]


def _repeat(gateway: LineGateway) -> None:
    send = gateway._send

    def repeated(intent: Any) -> None:
        send(intent)
        if isinstance(intent, Place):
            send(intent)

    gateway._send = repeated  # type: ignore[method-assign]


def _write_later(kind: str) -> None:
    """An intent is written down with the next event, when it has left already."""
    write = Diary.write
    held: list[Any] = []

    def late(diary: Diary, at: int, records: Any, **rest: Any) -> None:
        before, held[:] = held[:], [record for record in records if type(record).__name__ == kind]
        write(diary, at, [*before, *(record for record in records if record not in held)], **rest)

    Diary.write = late  # type: ignore[method-assign]
