"""A trader process for tests: lock, server, mirror and a loop that does what commands ask, but no trading.

Run as `python stub_trader.py FOLDER [armed] [crash]`. Demo adds one to a counter; WatchCode("n") publishes n events;
PaperClock(speed) sets quotes per millisecond; AskSeries answers with (passes, applied) and the longest publish in us.
"""

import contextlib
import queue
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qmtdesk.domain.reason import Reason, Why
from qmtdesk.trader.mirror import Mirror
from qmtdesk.trader.serve import DeskServer
from qmtdesk.wire.address import new_boot
from qmtdesk.wire.locks import FolderLock
from qmtdesk.wire.rows import EventRow, QuoteRow
from qmtdesk.wire.talk import Ack, AskSeries, Command, Demo, PaperClock, Series, WatchCode
from tests.stopwatch import Stopwatch

BOOK = tuple((100_000 + n, 10) for n in range(5))


def quote(n: int) -> QuoteRow:
    return QuoteRow(
        code=f"{110000 + n % 600}.SH", at=n, last=100_000 + n, prev_close=100_000, high=0, low=0, volume=n, amount=n,
        bids=BOOK, asks=BOOK,
    )  # fmt: skip


def event(n: int) -> EventRow:
    return EventRow(no=n, at=n, level="info", code="", name="", reason=Reason(Why.ARMED))


class Stub:
    def __init__(self, folder: Path, *, armed: bool) -> None:
        self.mirror, self.inbox, self.watch = Mirror(), queue.SimpleQueue(), Stopwatch()
        self.armed, self.running = armed, True
        self.seq = self.applied = self.rate = self.quotes = self.passes = self.longest = 0
        self.server = DeskServer(
            folder, new_boot(), on_command=lambda desk, command: self.inbox.put((desk, command)),
            snapshot=self.mirror.snapshot, on_stop=self.on_stop,
        )  # fmt: skip

    def on_stop(self, force: bool) -> bool:
        if self.armed and not force:
            return False
        self.running = False
        return True

    def publish(self, events: int, quotes: int) -> None:
        changes = [(self.seq + n + 1, event(self.seq + n + 1)) for n in range(events)]
        rows = [quote(self.quotes + n) for n in range(quotes)]
        self.seq, self.quotes = self.seq + events, self.quotes + quotes
        begun = self.watch.seconds
        self.mirror.apply(changes, rows)
        self.server.publish(changes, rows)
        self.longest = max(self.longest, int((self.watch.seconds - begun) * 1e6))

    def obey(self, desk: int, command: Command) -> None:
        match command.body:
            case Demo():
                self.applied += 1
                self.server.reply(desk, Ack(command.id, True, self.seq))
            case WatchCode(code=code):
                self.publish(int(code), 0)
                self.server.reply(desk, Ack(command.id, True, self.seq))
            case PaperClock(speed=speed, jump_minute=events):
                self.rate, self.events, self.longest = speed, events, 0
                self.server.reply(desk, Ack(command.id, True, self.seq))
            case AskSeries(code=code, what=what):
                points = ((self.passes, self.applied), (self.longest, self.seq))
                self.server.reply(desk, Series(command.id, code, what, points))

    def run(self) -> None:
        self.server.start()
        self.events, beat = 0, 0.0
        while self.running:
            self.passes += 1
            with contextlib.suppress(queue.Empty):
                self.obey(*self.inbox.get(timeout=0.001 if self.rate or self.events else 0.05))
            if self.rate or self.events:
                self.publish(self.events, self.rate)
            if time.monotonic() > beat:
                beat = time.monotonic() + 0.5
                self.server.beat(self.seq, self.passes, 0)
        self.server.stop()


def main() -> int:
    folder, *words = sys.argv[1:]
    lock = FolderLock(Path(folder) / "trader.lock")
    if "crash" in words:
        return 7
    if not lock.acquire(500):
        return 3
    stub = Stub(Path(folder), armed="armed" in words)
    with stub.watch:
        stub.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
