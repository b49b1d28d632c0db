"""A desk without a window for the self-test: it attaches, starts the demonstration, and waits for what has to come."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TypeVar

from qmtdesk.wire.address import read_card
from qmtdesk.wire.client import TraderLink
from qmtdesk.wire.link_events import Attached, Failed
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.rows import AnyRow, EventRow, FillRow, GridRow, StatusRow, WatchRow, key_of
from qmtdesk.wire.talk import Ack, Batch, Demo, Gone

LIMIT_S = 45.0
STEP_S = 0.02
AGAIN_S = 0.5
FIRED = frozenset({"triggered", "sold"})

T = TypeVar("T")


class TestFailedError(Exception):
    """What had to be shown was not; the message says what was seen instead."""

    __test__ = False


class PaperDay:
    """One stretch of the paper market, over the pipe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # the window starts the trader, this never does
        self._link = TraderLink(folder, lambda: None, lambda: None)
        self._rows: dict[tuple[type[AnyRow], str], AnyRow] = {}
        self._acks: dict[int, Ack] = {}
        self._pid = 0
        self._started = False
        self._asked = 0
        self._asked_at = 0.0

    def attaches(self) -> dict[str, object]:
        """The window's trader answers over the pipe, and is ready."""
        card = self._until(lambda: read_card(self._folder), "the window started no trader")
        self._link.start()
        self._started = True
        status = self._until(lambda: next((row for row in self._all(StatusRow) if row.ready == "ready"), None), "ready")
        return {"pid": self._pid, "address": card.address, "mode": status.mode}

    def grid_fills(self) -> dict[str, object]:
        """The demonstration arms, and a grid trades."""
        if not self._started:
            raise TestFailedError("there is no trader")
        self._asked = self._link.send(Demo())
        fill = self._until(self._first_fill, "no grid was filled")
        return {"code": fill.code, "side": fill.side, "price": fill.price, "volume": fill.volume}

    def guard_fires(self) -> dict[str, object]:
        """A guard sees its seal break and sells."""
        row = self._until(
            lambda: next((row for row in self._all(WatchRow) if row.state in FIRED), None), "no guard fired"
        )
        return {"code": row.code, "state": row.state}

    def end(self) -> None:
        """Ask the trader to end, whatever is armed on paper."""
        if self._started:
            self._link.close(stop_trader=True, force=True)

    def _first_fill(self) -> FillRow | None:
        ack = self._acks.get(self._asked)
        if ack is not None and not ack.ok and time.monotonic() - self._asked_at > AGAIN_S:
            # on a busy machine a quote may be too old at that moment, and what is armed already stays so
            self._asked_at, self._asked = time.monotonic(), self._link.send(Demo())
        grids = {row.code for row in self._all(GridRow)}
        return next((row for row in self._all(FillRow) if row.code in grids), None)

    def _all(self, kind: type[T]) -> list[T]:
        return [row for row in self._rows.values() if isinstance(row, kind)]

    def _until(self, look: Callable[[], T | None], what: str) -> T:
        wait, end = Event(), time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            self._take_in()
            found = look()
            if found is not None:
                return found
            wait.wait(STEP_S)
        refused = [str(ack.reason) for ack in self._acks.values() if not ack.ok][-2:]
        events = [row.reason.why.value for row in self._all(EventRow)][-6:]
        raise TestFailedError(f"{what}, {LIMIT_S:g} s; last events {events}, refused {refused}")

    def _take_in(self) -> None:
        for item in self._link.drain() if self._started else ():
            match item:
                case Attached(pid=pid):
                    self._pid = pid
                case Failed():
                    self._link.retry()
                case Snapshot(rows=rows):
                    self._rows = {(type(row), key_of(row)): row for row in rows}
                case Batch(changes=changes, quotes=quotes):
                    self._rows.update(
                        {(type(row), key_of(row)): row for row in (*changes, *quotes) if not isinstance(row, Gone)}
                    )
                case Ack():
                    self._acks[item.id] = item
                case _:
                    pass
