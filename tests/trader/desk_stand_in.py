"""A desk without a window for tests of the real trader process: the real link, rows kept by key."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qmtdesk.domain.reason import Why
from qmtdesk.wire.client import TraderLink
from qmtdesk.wire.link_events import Attached, Lost
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.rows import KEYS, AnyRow, EventRow, FillRow, GridRow, OrderRow, StatusRow, WatchRow, key_of
from qmtdesk.wire.spawn import spawn_trader
from qmtdesk.wire.talk import Ack, Batch, Body, Demo, Gone

LIMIT_S = 60.0
KINDS = {kind.__struct_config__.tag: kind for kind in KEYS}


class DeskStandIn:
    """Attach with `with`; `until` waits for a condition and fails with what was seen."""

    def __init__(self, base: Path, *, speed: int = 20, words: tuple[str, ...] = ()) -> None:
        self.folder = base / "paper"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._words = ("--data", str(base), "--speed", str(speed), "--trader", *words)
        self.rows: dict[tuple[type, str], AnyRow] = {}
        self.heard: list[Any] = []
        self.pid = 0
        self.lost = 0
        self._attached = False
        self.link = TraderLink(self.folder, self._spawn, lambda: None)

    def _spawn(self) -> Any:
        resume = ("--resume",) if self._attached else ()
        return spawn_trader(self.folder, (*self._words, *resume))

    def __enter__(self) -> "DeskStandIn":  # noqa: PYI034 - typing.Self is 3.11
        self.link.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close(stop_trader=True, force=True)

    def pump(self) -> None:
        """Take in what was heard."""
        for item in self.link.drain():
            match item:
                case Attached(pid=pid):
                    self.pid, self._attached = pid, True
                    self.heard.append(item)
                case Lost():
                    self.lost += 1
                    self.heard.append(item)
                case Snapshot(rows=rows):
                    self.rows = {(type(row), key_of(row)): row for row in rows}
                case Batch(changes=changes, quotes=quotes):
                    for row in (*changes, *quotes):
                        if isinstance(row, Gone):
                            self.rows.pop((KINDS[row.table], row.key), None)
                        else:
                            self.rows[type(row), key_of(row)] = row
                case Ack():
                    self.heard.append(item)
                case _:
                    pass

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Pump until the condition is true."""
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            self.pump()
            found = condition()
            if found:
                return found
            self.link_wait()
        raise AssertionError(f"never came: {what}; status {self.status}; events {self.events[-8:]}")

    @staticmethod
    def link_wait() -> None:
        """Give the other threads a moment; the condition is asked again right after."""
        import threading

        threading.Event().wait(0.01)

    def do(self, body: Body) -> Ack:
        """Send and wait for the answer."""
        number = self.link.send(body)
        return self.until(lambda: next((a for a in self.heard if isinstance(a, Ack) and a.id == number), None), "ack")

    def demo(self) -> None:
        """Start grids and guards; once more where this computer stalled just then.

        Market time goes on in a stall, at twenty times the speed by 8 s in 0.4: its quotes are too old to start with.
        """

        def started() -> bool:
            ack = self.do(Demo())
            assert ack.ok or (ack.reason is not None and ack.reason.why is Why.QUOTE_STALE), ack
            return ack.ok

        self.until(started, "the demonstration")

    def all(self, kind: type) -> list[Any]:
        """Rows of a kind."""
        return [row for (each, _), row in self.rows.items() if each is kind]

    @property
    def status(self) -> StatusRow | None:
        return self.rows.get((StatusRow, ""))  # type: ignore[return-value]

    @property
    def ready(self) -> bool:
        return self.status is not None and self.status.ready == "ready"

    @property
    def events(self) -> list[str]:
        return [row.reason.why.value for row in sorted(self.all(EventRow), key=lambda r: r.no)]

    def grids(self) -> dict[str, GridRow]:
        return {row.code: row for row in self.all(GridRow)}

    def watches(self) -> dict[str, WatchRow]:
        return {row.code: row for row in self.all(WatchRow)}

    def orders(self) -> dict[str, OrderRow]:
        return {row.ref: row for row in self.all(OrderRow)}

    def fills(self) -> dict[str, FillRow]:
        return {row.key: row for row in self.all(FillRow)}

    def gone(self, pid: int) -> bool:
        """Wait until that process has ended."""
        return bool(self.until(lambda: ended(pid), "the process ends"))

    def kill_trader(self) -> int:
        """SIGKILL, as the system does it."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        return pid


def ended(pid: int) -> bool:
    """Whether no process of that number runs any more, a zombie counting as none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
