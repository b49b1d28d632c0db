"""A gateway whose worker hangs: noticed by real time, told, nothing leaves, everything else goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why
from qmtdesk.engine.books import Ready, State
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.gateway import PaperGateway
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.store.settings import TraderSettings
from qmtdesk.trader import loop as module
from qmtdesk.trader.answer_watch import AnswerWatch
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.pictures import Desk
from tests.stopwatch import Stopwatch

MS = 1_000_000


def test_a_question_is_too_long_without_an_answer_once() -> None:
    watch = AnswerWatch(15_000)
    assert watch.hung_ms(3, 0, asked=True) == 0
    assert watch.hung_ms(3, 14_999 * MS, asked=True) == 0
    assert watch.hung_ms(3, 15_000 * MS, asked=True) == 15_000
    assert watch.hung_ms(3, 60_000 * MS, asked=True) == 0
    assert watch.hung_ms(4, 61_000 * MS, asked=True) == 0
    assert watch.hung_ms(4, 76_000 * MS, asked=True) == 15_000


def test_with_no_question_out_nobody_hangs() -> None:
    watch = AnswerWatch(15_000)
    for second in range(60):
        assert watch.hung_ms(3, second * 1_000 * MS, asked=bool(second % 10)) == 0


class HangingFeed(GeneratedFeed):
    """The generated market, whose thread stands still while `free` is not set."""

    def __init__(self) -> None:
        super().__init__(1)
        self.free, self.hangs = threading.Event(), threading.Event()
        self.free.set()

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        if not self.free.is_set():
            self.hangs.set()
            assert self.free.wait(60)
        return super().between(day, after, until, codes)


class NoDesk:
    desks = 0

    def publish(self, changes: object, quotes: object) -> None:
        """Nobody looks."""

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        """Nobody listens."""


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        pause.wait(0.01)


@pytest.fixture
def feed() -> Iterator[HangingFeed]:
    feed = HangingFeed()
    yield feed
    feed.free.set()


@pytest.mark.fault("G18")
def test_a_hung_worker_is_noticed_holds_orders_back_and_blocks_nobody(
    tmp_path: Path, feed: HangingFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AnswerWatch", lambda: AnswerWatch(800))
    gateway = PaperGateway(tmp_path, speed=10, feed=feed)
    # nobody is asked so rarely that the test would have to wait for the next question
    state = State(RiskLimits(query_ms=2_000), FeeSchedule())
    desk = Desk("paper", "paper", 10, str(tmp_path))
    diary = Diary(tmp_path / "journal.db")
    loop = Loop(gateway, diary, state, desk, TraderSettings().screen, tmp_path, resume=False, past=gateway.seal_history)
    gateway.start(loop.post)
    thread = threading.Thread(target=loop.run, args=(NoDesk(),))
    thread.start()
    try:
        wait_for(lambda: loop.state.ready is Ready.READY)
        feed.free.clear()
        assert feed.hangs.wait(10)
        # what the loop calls never waits for the worker
        with Stopwatch() as watch:
            gateway.query(m.Query(10**6))
            gateway.submit(m.Place("q", "113050.SH", Side.BUY, 1, 10, Owner(OwnerKind.CLEAR)))
            gateway.cancel(m.Cancel("q", "1"))
        assert watch.seconds < 0.1
        loop.post(0, m.AskNow())
        wait_for(lambda: loop.state.unanswered > 0)
        assert any(line.reason.why is Why.GATEWAY_SILENT for line in loop.state.lines)
        asked = threading.Event()
        with Stopwatch() as watch:
            loop.ask(lambda _each: asked.set())
            assert asked.wait(20)
        assert watch.seconds < 1.0
        loop.post(0, m.SetMaster(on=False))
        wait_for(lambda: not loop.state.master)
        assert gateway.history("113050.SH") == []
        feed.free.set()
        wait_for(lambda: loop.state.ready is Ready.READY and loop.state.unanswered == 0)
    finally:
        feed.free.set()
        loop.end()
        thread.join(10)
        gateway.stop()
    assert not thread.is_alive()
