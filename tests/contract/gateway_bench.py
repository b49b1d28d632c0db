"""One vocabulary for two gateways: orders, questions, faults of the line, what came back, and the broker's truth."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from standins.install import installed
from standins.terminal import ACCOUNT, OTHER, Terminal
from still_feed import BOND, CODES, TEN, StillFeed

from qmtdesk.domain.messages import (
    AccountReported,
    AccountStatusTold,
    Cancel,
    DayOpened,
    Event,
    FillReported,
    LinkChanged,
    OrderReported,
    Place,
    Query,
    Quoted,
    TimePassed,
)
from qmtdesk.domain.order import FINAL, OrderState, Owner, OwnerKind, Side
from qmtdesk.engine.ports import Gateway
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.gateways.paper.gateway import PaperGateway
from qmtdesk.gateways.paper.world import World
from qmtdesk.gateways.qmt.gateway import QmtGateway
from qmtdesk.gateways.qmt.native import load
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.trade_side import TradeOptions
from tests.stopwatch import Stopwatch

BUY, SELL = Side.BUY, Side.SELL
WAIT_S = 20.0
SPEED = 30
STEP_MS, STEP_S = 100, 0.004

PAPER_FAULTS = {
    "lose_order": {"lose_order": 1000},
    "lose_answer": {"lose_answer": 1000},
    "unknown": {"ambiguous": 1000},
    "twice": {"twice": 1000},
    "late": {"late": 500},
    "short_remark": {"short_remark": 8},
    "odd_status": {"odd_status": 1000},
    "fail_query": {"fail_query": 1000},
    "silent_query": {"lose_query": 1000},
    "other_account": {"stray": 1000},
    "lose_cancel": {"lose_cancel": 1000},
    "drop_trade": {"drop_trade": 1000},
}
QMT_FAULTS: dict[str, tuple[str, Any, Any]] = {
    "lose_order": ("lose_orders", 1_000, 0),
    "lose_answer": ("lose_answers", 1_000, 0),
    "unknown": ("minus_one", 1_000, 0),
    "twice": ("trades_twice", True, False),
    "late": ("late_answers", 1_000, 0),
    "short_remark": ("remark_length", 8, -1),
    "odd_status": ("odd_status", 255, 0),
    "fail_query": ("none", {"orders"}, set()),
    "silent_query": ("silent", {"asset"}, set()),
    "other_account": ("other_account", OTHER, ""),
    "lose_cancel": ("silent", {"cancel"}, set()),
}
"""Name in the vocabulary: the terminal's switch, its value on and off."""

E = TypeVar("E")


class GatewayBench:
    """What both have in common. Times in ms of the market; nothing here sleeps for long, everything waits."""

    kind = ""
    gateway: Gateway
    feed: StillFeed

    def __init__(self) -> None:
        self.events: list[tuple[int, Event]] = []
        self.stopped = False
        self.news = threading.Condition()
        self._refs = itertools.count(1)
        self._requests = itertools.count(1)

    # --- hearing

    def post(self, at: int, event: Event) -> None:
        with self.news:
            self.events.append((at, event))
            self.news.notify_all()

    def of(self, kind: type[E], wanted: Callable[[E], bool] = lambda _each: True) -> list[E]:
        with self.news:
            return [event for _, event in self.events if isinstance(event, kind) and wanted(event)]

    def wait(self, kind: type[E], wanted: Callable[[E], bool] = lambda _each: True, count: int = 1) -> E:
        """The newest of at least `count` such events."""
        self.until(lambda: len(self.of(kind, wanted)) >= count, f"{count} {kind.__name__}")
        return self.of(kind, wanted)[-1]

    def until(self, condition: Callable[[], bool], what: str = "condition") -> None:
        end = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < end, f"{what} never came; heard {self.heard()}"
            self.move()
            with self.news:
                self.news.wait(STEP_S)

    def heard(self) -> list[Event]:
        return [event for _, event in self.events if not isinstance(event, Quoted | TimePassed | DayOpened)][-30:]

    def move(self) -> None:
        """A little market time, where it does not pass by itself."""

    def pass_time(self, ms: int) -> None:
        """Let so much market time pass."""
        target = self.gateway.now() + ms
        self.until(lambda: self.gateway.now() >= target)

    # --- doing

    def ready(self) -> "GatewayBench":
        """Started, linked, the day opened."""
        self.gateway.start(self.post)
        self.watch()
        self.wait(LinkChanged, lambda e: e.up)
        self.wait(DayOpened)
        self.wait(Quoted)
        return self

    def watch(self) -> None:
        """Say which quotes are wanted, where that must be said."""

    def order(self, side: Side = BUY, price: int = 0, volume: int = 10, code: str = BOND, ref: str = "") -> str:
        ref = ref or f"qtest{next(self._refs):06d}"
        own = self.feed.books[code]
        best = own[1 if side is BUY else 0][0][0]
        self.gateway.submit(Place(ref, code, side, price or best, volume, Owner(OwnerKind.GRID, 1)))
        return ref

    def resting(self, volume: int = 10, code: str = BOND) -> tuple[str, str]:
        """A buy far from the market that stands on the book: (ref, number)."""
        ref = self.order(BUY, self.feed.books[code][0][0][0] - 100, volume, code)
        return ref, self.state(ref, OrderState.WORKING).broker_id

    def state(self, ref: str, state: OrderState) -> Any:
        """The row in which the order was told to stand so."""
        return self.wait(OrderReported, lambda e: e.order.remark == ref and e.order.state is state).order

    def final(self, ref: str) -> Any:
        return self.wait(OrderReported, lambda e: e.order.remark == ref and e.order.state in FINAL).order

    def fills(self, ref: str) -> list[Any]:
        return [e.fill for e in self.of(FillReported, lambda e: e.fill.ref == ref and e.account == self.key)]

    def cancel(self, ref: str, broker_id: str) -> None:
        self.gateway.cancel(Cancel(ref, broker_id))

    def ask(self) -> int:
        request = next(self._requests)
        self.gateway.query(Query(request))
        return request

    def report(self) -> Any:
        """A question and its answer."""
        request = self.ask()
        return self.wait(AccountReported, lambda e: e.request == request).report

    def stop(self) -> float:
        """Seconds it took."""
        self.stopped = True
        with Stopwatch() as watch:
            self.gateway.stop()
        return watch.seconds

    @property
    def key(self) -> str:
        """The account's key as it was told."""
        ups = self.of(LinkChanged, lambda e: e.up)
        return ups[-1].account if ups else ""

    # --- the other side; each bench has its own

    @contextmanager
    def truth(self) -> Iterator[World]:
        """The world, standing still meanwhile."""
        raise NotImplementedError

    def taken(self) -> list[tuple[str, str]]:
        """(remark, broker id) of every order the counter ever had."""
        with self.truth() as world:
            return [(self.remark(entry.remark), entry.broker_id) for entry in world.exchange.orders]

    def remark(self, kept: str) -> str:
        """What the counter shows as a remark, of what the world keeps."""
        return kept

    def fault(self, name: str, *, on: bool = True) -> None:
        raise NotImplementedError

    def cut(self) -> None:
        """The link breaks, and the gateway hears so."""
        raise NotImplementedError

    def mend(self, *, replay: bool = False) -> None:
        raise NotImplementedError

    def set_status(self, number: int) -> None:
        raise NotImplementedError

    def by_hand(self, side: Side, price: int, volume: int, remark: str = "") -> None:
        raise NotImplementedError

    def freeze(self, *codes: str) -> None:
        """These codes have no snapshots any more."""
        raise NotImplementedError

    def close(self) -> None:
        if not self.stopped:
            self.stop()


class PaperBench(GatewayBench):
    """The paper gateway: its market runs by itself, thirty times as fast as ours."""

    kind = "paper"

    def __init__(self, _folder: Path) -> None:
        super().__init__()
        self.feed = StillFeed()
        self.gateway: PaperGateway = PaperGateway(None, speed=SPEED, start=TEN, feed=self.feed)

    @contextmanager
    def truth(self) -> Iterator[World]:
        with self.gateway._lock:
            assert self.gateway._world is not None
            yield self.gateway._world

    def fault(self, name: str, *, on: bool = True) -> None:
        self.gateway.set_faults(Faults(**PAPER_FAULTS[name]) if on else Faults())

    def cut(self) -> None:
        self.gateway.set_link(up=False)

    def mend(self, *, replay: bool = False) -> None:
        self.gateway.set_link(up=True, replay=replay)

    def set_status(self, number: int) -> None:
        self.gateway.set_status(number)

    def by_hand(self, side: Side, price: int, volume: int, remark: str = "") -> None:
        self.gateway.place_by_hand(BOND, side, price, volume, remark)

    def freeze(self, *codes: str) -> None:
        self.gateway.set_silent(frozenset(codes))


class QmtBench(GatewayBench):
    """The QMT gateway over the real Python layer; its terminal's clock stands still until it is moved."""

    kind = "qmt"

    def __init__(self, folder: Path, accounts: tuple[str, ...] = (ACCOUNT, OTHER), number: str = ACCOUNT) -> None:
        super().__init__()
        self.feed = StillFeed()
        self.folder = folder
        world = World(self.feed, PaperExchange(self.feed.account(TEN), seed=1), TEN)
        self.terminal = Terminal(world, accounts)
        self.faults = self.terminal.faults
        self._layer = installed(self.terminal)
        self._layer.__enter__()
        raw = RawLog(folder, number, "66****96")
        (folder / "userdata_mini").mkdir()
        options = TradeOptions(folder / "userdata_mini", number, base=4_711)
        self.gateway: QmtGateway = QmtGateway(options, load, self.terminal.now, raw)
        self.frozen = False

    def move(self) -> None:
        if not self.frozen:
            self.terminal.pump(STEP_MS)

    def watch(self) -> None:
        self.gateway.watch(CODES)

    @contextmanager
    def truth(self) -> Iterator[World]:
        with self.terminal.lock:
            yield self.terminal.world

    def fault(self, name: str, *, on: bool = True) -> None:
        if name == "drop_trade":
            with self.terminal.lock:
                self.terminal.world.set_faults(Faults(drop_trade=1000 if on else 0))
            return
        switch, there, gone = QMT_FAULTS[name]
        setattr(self.faults, switch, there if on else gone)

    def cut(self) -> None:
        self.terminal.running = False
        self.terminal.disconnect()

    def mend(self, *, replay: bool = False) -> None:
        self.faults.replay_at_connect = replay
        self.terminal.running = True

    def remark(self, kept: str) -> str:
        return self.terminal.remark_of(kept)

    def set_status(self, number: int) -> None:
        self.terminal.set_status(ACCOUNT, number)

    def by_hand(self, side: Side, price: int, volume: int, remark: str = "") -> None:
        self.terminal.by_hand(BOND, side, price, volume, remark)

    def freeze(self, *codes: str) -> None:
        self.faults.quiet_codes = set(codes)

    def ups(self) -> int:
        return len(self.of(LinkChanged, lambda e: e.up))

    def downs(self) -> int:
        return len(self.of(LinkChanged, lambda e: not e.up))

    def status_numbers(self) -> list[int]:
        return [e.number for e in self.of(AccountStatusTold, lambda e: e.account == self.key)]

    def close(self) -> None:
        super().close()
        self._layer.__exit__(None, None, None)
        self.terminal.close()
