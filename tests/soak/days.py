"""Trading days one after another in one process, and what the trader weighs after each: python -m tests.soak.days."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "kills"), str(HERE.parent / "trader"), str(HERE.parents[1])]

from fast_bench import FAULTS  # noqa: E402
from fast_trader import LIMITS, NoDesk  # noqa: E402
from lively_feed import BONDS, STOCKS, LivelyFeed  # noqa: E402
from torn import scratch  # noqa: E402

from qmtdesk.domain import messages as m  # noqa: E402
from qmtdesk.domain.fees import FeeSchedule  # noqa: E402
from qmtdesk.domain.plans import GridPlan, GuardPlan, Readiness  # noqa: E402
from qmtdesk.domain.sessions import at_of  # noqa: E402
from qmtdesk.engine.books import State  # noqa: E402
from qmtdesk.engine.ports import Post  # noqa: E402
from qmtdesk.gateways.paper.exchange import PaperExchange  # noqa: E402
from qmtdesk.gateways.paper.world import World  # noqa: E402
from qmtdesk.strategies.screen import ORIGINAL  # noqa: E402
from qmtdesk.trader.diary import Diary  # noqa: E402
from qmtdesk.trader.loop import Loop  # noqa: E402
from qmtdesk.trader.pictures import Desk  # noqa: E402

FIRST_DAY = date(2026, 11, 18)
"""A Wednesday: five trading days from here have a weekend in them."""
STEP_MS = 3_000
WHOLE = (((9, 15), (11, 31)), ((13, 0), (15, 4)))
SHORT = (((9, 28), (9, 38)), ((14, 55), (15, 4)))
MAPPINGS = ("orders", "refs", "fills", "holdings", "grids", "guards", "boards", "shadows", "blocked", "suspended",
            "released", "told", "messages_of", "doubts", "quotes", "sent_at", "lines")  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayWeight:
    """The trader at the end of one day."""

    day: str
    rss_kb: int
    handles: int
    journal_rows: int
    orders: int
    fills: int
    state: dict[str, int]
    other_days: int
    rows_shown: int
    points: int


class HandedOver:
    """The gateway: what leaves is handed to the world between two of its steps."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, post: Post) -> None:
        """Nothing runs by itself."""

    def stop(self) -> None:
        """Nothing runs by itself."""

    def submit(self, order: m.Place) -> None:
        self._world.submit(order)

    def cancel(self, cancel: m.Cancel) -> None:
        self._world.cancel(cancel)

    def query(self, query: m.Query) -> None:
        self._world.query(query)

    def now(self) -> int:
        return self._world.at


class SoakLoop(Loop):
    """The loop on the market's clock: how long a soak takes says nothing about it."""

    def _look_at_clock(self) -> None:
        """No clock but the world's."""


class Soak:
    """One trader on a market that goes on for days."""

    def __init__(self, folder: Path) -> None:
        feed, at = LivelyFeed(3), at_of(FIRST_DAY, 9, 10)
        self.world = World(feed, PaperExchange(feed.account(at), seed=3, faults=FAULTS), at)
        self._diary = Diary(folder / "journal.db")
        self.loop = SoakLoop(
            HandedOver(self.world),
            self._diary,
            State(LIMITS, FeeSchedule()),
            Desk("paper", "paper", 1, str(folder)),
            ORIGINAL,
            folder,
            resume=False,
        )
        self._take(self.world.opened())
        self._rows = 0

    def day(self, stretches: tuple[tuple[tuple[int, int], tuple[int, int]], ...]) -> DayWeight:
        """The world's current day, or the parts of it that were asked for, until the next one begins."""
        today = self.world.day
        for begin, end in stretches:
            if self.world.at < at_of(today, *begin):
                self._take(self.world.jump(begin[0] * 60 + begin[1]))
            while self.world.day == today and self.world.at < at_of(today, *end):
                self._take(self.world.advance(STEP_MS))
                self._wish()
        weight = self._weigh(today)
        while self.world.day == today:
            self._take(self.world.advance(60_000))
        return weight

    def _take(self, events: list[tuple[int, m.Event]]) -> None:
        for at, event in events:
            self.loop.handle(at, event)
        self.loop._publish(NoDesk(), self.world.at)

    def _wish(self) -> None:
        """The user arms what is not armed, as on each morning."""
        state = self.loop.state
        if state.ready.value != "ready" or self.world.at >= at_of(self.world.day, 14, 57):
            return
        for code in BONDS:
            book = state.grids.get(code)
            if book is None or not (book.armed or book.winding):
                self.loop.handle(0, m.ArmGrid(GridPlan(code=code, amount=5_000_000, range_bp=600)))
        for code in STOCKS:
            guard = state.guards.get(code)
            if guard is None or guard.state.value in ("off", "sold"):
                plan = GuardPlan(code=code, readiness=Readiness.ONCE, sell_volume=100)
                self.loop.handle(0, m.ArmGuard(plan))

    def _weigh(self, today: date) -> DayWeight:
        state = self.loop.state
        gc.collect()
        rows = sum(1 for _ in self._diary._journal.read())
        added, self._rows = rows - self._rows, rows
        sizes = {name: len(getattr(state, name)) for name in MAPPINGS}
        mine = today.isoformat()[2:].replace("-", "")
        return DayWeight(
            day=today.isoformat(),
            rss_kb=_rss_kb(),
            handles=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            journal_rows=added,
            orders=sizes["orders"],
            fills=sizes["fills"],
            state=sizes,
            other_days=sum(1 for ref in (*state.orders, *state.doubts) if mine not in ref),
            rows_shown=len(self.loop._publisher._rows) + len(self.loop.mirror._rows),
            points=sum(len(each) for each in self.loop.series._at.values()),
        )


def _rss_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def days(count: int, *, whole: bool, folder: Path) -> Iterator[DayWeight]:
    """So many trading days."""
    soak = Soak(folder)
    for _ in range(count):
        yield soak.day(WHOLE if whole else SHORT)


def main() -> None:
    """One JSON object for each day."""
    parser = argparse.ArgumentParser(prog="tests.soak.days", description=__doc__)
    parser.add_argument("--days", type=int, default=5, metavar="N")
    parser.add_argument("--whole", action="store_true", help="every second of each day, not its liveliest parts")
    given = parser.parse_args()
    with scratch() as folder:
        for weight in days(given.days, whole=given.whole, folder=Path(folder)):
            sys.stdout.write(json.dumps(asdict(weight)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
