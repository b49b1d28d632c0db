"""The paper gateway as the engine meets it: a thread, a clock, and a file that forgets nothing it told."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from paper_bench import BUY, OWNER

from qmtdesk.domain.messages import (
    AccountReported,
    DayOpened,
    Event,
    FillReported,
    LinkChanged,
    Place,
    Query,
    Quoted,
    TimePassed,
)
from qmtdesk.domain.sessions import at_of, clock_text
from qmtdesk.engine.ports import Gateway
from qmtdesk.gateways.paper import gateway as gateway_module
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.gateway import PaperGateway
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.saving import NAME
from qmtdesk.gateways.paper.world import World

DAY = date(2026, 11, 20)
BOND = "113901.SH"
WAIT_S = 20.0


class Inbox:
    """Collects what is posted and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.events: list[tuple[int, Event]] = []
        self._changed = threading.Condition()

    def post(self, at: int, event: Event) -> None:
        with self._changed:
            self.events.append((at, event))
            self._changed.notify_all()

    def wait(self, wanted: Callable[[Event], bool]) -> Event:
        def found() -> Event | None:
            return next((event for _, event in self.events if wanted(event)), None)

        with self._changed:
            assert self._changed.wait_for(lambda: found() is not None, WAIT_S), "never came"
            event = found()
        assert event is not None
        return event

    def of(self, kind: type) -> list[Event]:
        return [event for _, event in self.events if isinstance(event, kind)]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., tuple[PaperGateway, Inbox]]]:
    running: list[PaperGateway] = []

    def start(**settings: object) -> tuple[PaperGateway, Inbox]:
        settings = {"speed": 60, "start": at_of(DAY, 10, 24), "seed": 7} | settings
        made = PaperGateway(tmp_path, **settings)  # type: ignore[arg-type]
        inbox = Inbox()
        made.start(inbox.post)
        running.append(made)
        return made, inbox

    yield start
    for made in running:
        made.stop()


def buy(ref: str, price: int = 130_000) -> Place:
    return Place(ref, BOND, BUY, price, 10, OWNER)


def filled(ref: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, FillReported) and event.fill.ref == ref


def answered(request: int) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, AccountReported) and event.request == request


Start = Callable[..., tuple[PaperGateway, Inbox]]


def test_it_is_a_gateway() -> None:
    port: Gateway = PaperGateway(None)
    assert port.now() >= 0


def test_it_begins_with_link_day_and_quotes_and_its_clock_runs_as_fast_as_told(started: Start) -> None:
    gateway, inbox = started()
    inbox.wait(lambda event: isinstance(event, TimePassed))
    assert [type(event) for _, event in inbox.events[:3]] == [LinkChanged, DayOpened, Quoted]
    inbox.wait(lambda event: isinstance(event, Quoted) and event.quote.at > at_of(DAY, 10, 25))
    times = [at for at, _ in inbox.events]
    assert times == sorted(times)
    assert gateway.now() >= times[-1]


def test_nothing_is_posted_after_stop(started: Start) -> None:
    gateway, inbox = started()
    inbox.wait(lambda event: isinstance(event, TimePassed))
    gateway.stop()
    seen = len(inbox.events)
    gateway.submit(buy("late"))
    assert not [thread for thread in threading.enumerate() if thread.name == "paper-gateway"]
    assert len(inbox.events) == seen


def test_an_order_is_filled_and_a_query_answered(started: Start) -> None:
    gateway, inbox = started()
    gateway.submit(buy("r1"))
    inbox.wait(filled("r1"))
    gateway.query(Query(4))
    report = inbox.wait(answered(4))
    assert isinstance(report, AccountReported)
    assert [fill.ref for fill in report.report.fills] == ["r1"]


def test_a_restart_continues_where_the_last_run_ended(started: Start) -> None:
    first, inbox = started()
    first.submit(buy("r1"))
    inbox.wait(filled("r1"))
    first.stop()
    ended = first.now()
    second, again = started(seed=99, start=at_of(DAY, 9, 30))
    second.query(Query(1))
    report = again.wait(answered(1))
    assert isinstance(report, AccountReported)
    assert [fill.ref for fill in report.report.fills] == ["r1"]
    assert ended - 60_000 <= again.events[0][0] <= ended + 60_000
    opened = again.of(DayOpened)[0]
    assert isinstance(opened, DayOpened)
    assert opened.instruments == GeneratedFeed(7).instruments(DAY)


def test_a_world_left_after_ten_to_three_first_answers_for_its_day_and_goes_on_next_morning(started: Start) -> None:
    """A trader killed in the last minutes may have written down nothing of what it was told."""
    first, inbox = started(start=at_of(DAY, 14, 52), speed=5)
    inbox.wait(lambda event: isinstance(event, TimePassed))
    first.submit(buy("late"))
    inbox.wait(filled("late"))
    first.stop()
    second, inbox = started(speed=1)
    inbox.wait(lambda event: isinstance(event, TimePassed))
    second.query(Query(1))
    report = inbox.wait(answered(1)).report  # type: ignore[attr-defined]
    assert report.day == DAY.isoformat()
    assert [fill.ref for fill in report.fills] == ["late"]
    heard = sum(isinstance(event, TimePassed) for _, event in inbox.events)
    inbox.wait(lambda _: sum(isinstance(event, TimePassed) for _, event in inbox.events) > heard + 1)
    assert len(inbox.of(DayOpened)) == 1
    second.query(Query(2))
    inbox.wait(lambda event: isinstance(event, DayOpened) and event.day > DAY.isoformat())
    assert clock_text(second.now())[:5] == "10:00"
    second.query(Query(3))
    assert inbox.wait(answered(3)).report.day > DAY.isoformat()  # type: ignore[attr-defined]


def test_a_day_that_ends_before_anybody_asked_is_not_skipped_a_second_time(started: Start) -> None:
    first, inbox = started(start=at_of(DAY, 15, 4), speed=1)
    inbox.wait(lambda event: isinstance(event, TimePassed))
    first.stop()
    second, inbox = started(speed=60)
    inbox.wait(lambda event: isinstance(event, DayOpened) and event.day > DAY.isoformat())
    second.query(Query(1))
    inbox.wait(answered(1))
    heard = len(inbox.events)
    inbox.wait(lambda _: len(inbox.events) > heard + 200)
    second.query(Query(2))
    inbox.wait(answered(2))
    assert len(inbox.of(DayOpened)) == 2


def test_a_damaged_file_is_set_aside_and_a_new_world_begun(started: Start, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"rubbish")
    _, inbox = started()
    link = inbox.wait(lambda event: isinstance(event, LinkChanged))
    assert isinstance(link, LinkChanged)
    assert link.up
    assert "cannot be read" in link.text
    assert (tmp_path / f"{NAME}.damaged-1").read_bytes() == b"rubbish"


def test_speed_and_minute_have_bounds(started: Start) -> None:
    gateway, inbox = started(speed=1)
    for speed in (0, 61):
        with pytest.raises(ValueError, match="1 to 60"):
            gateway.set_speed(speed)
    with pytest.raises(ValueError, match="0 to 1439"):
        gateway.jump(1440)
    gateway.set_speed(60)
    assert gateway.speed == 60
    inbox.wait(lambda event: isinstance(event, Quoted) and event.quote.at > at_of(DAY, 10, 25))


def test_a_jump_moves_the_clock_and_the_charts_have_a_past(started: Start) -> None:
    gateway, inbox = started(speed=1)
    gateway.jump(13 * 60 + 30)
    inbox.wait(lambda event: isinstance(event, Quoted) and event.quote.at > at_of(DAY, 13, 29))
    assert at_of(DAY, 13, 30) <= gateway.now() < at_of(DAY, 13, 31)
    assert len(gateway.history(BOND)) > 2900
    assert any(amount for _, amount in gateway.seal_history("605801.SH"))
    assert gateway.history("600000.SH") == gateway.seal_history("600000.SH") == []


def test_while_the_disk_refuses_nothing_is_told_and_then_everything(
    started: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = threading.Event()
    real = gateway_module.write_saved

    def write(folder: Path, data: bytes) -> None:
        if broken.is_set():
            raise OSError("disk full")
        real(folder, data)

    monkeypatch.setattr(gateway_module, "write_saved", write)
    gateway, inbox = started()
    inbox.wait(lambda event: isinstance(event, TimePassed))
    broken.set()
    gateway.submit(buy("r1"))
    down = inbox.wait(lambda event: isinstance(event, LinkChanged) and not event.up)
    assert isinstance(down, LinkChanged)
    assert down.text == "模拟盘存不了盘，先停下：disk full"
    assert not inbox.of(FillReported)
    broken.clear()
    inbox.wait(filled("r1"))
    links = [event.up for event in inbox.of(LinkChanged) if isinstance(event, LinkChanged)]
    assert links == [True, False, True]


def test_a_broken_feed_takes_the_link_down(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[object] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)

    class Broken(GeneratedFeed):
        def between(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            raise RuntimeError("no more prices")

    _, inbox = started(feed=Broken(7))
    link = inbox.wait(lambda event: isinstance(event, LinkChanged) and not event.up)
    assert isinstance(link, LinkChanged)
    assert link.text == "模拟盘出错，已停止：RuntimeError: no more prices"


CHILD = """
import sys, threading
from pathlib import Path
from qmtdesk.domain.messages import FillReported, Place
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.gateways.paper.gateway import PaperGateway

def post(at, event):
    if isinstance(event, FillReported):
        print(event.fill.trade_id, event.fill.ref, event.fill.volume, flush=True)

gateway = PaperGateway(Path(sys.argv[1]), seed=7, speed=30, start=int(sys.argv[2]))
gateway.start(post)
for number in range(200):
    gateway.submit(Place(f"r{number}", "113901.SH", Side.BUY, 125_000, 10, Owner(OwnerKind.GRID, 1)))
    threading.Event().wait(0.02)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_kill_forgets_nothing_that_was_told(tmp_path: Path) -> None:
    start = at_of(DAY, 10, 24)
    path = os.pathsep.join(part for part in sys.path if part)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path), str(start)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert child.stdout is not None
    told = [child.stdout.readline().split() for _ in range(12)]
    child.send_signal(signal.SIGKILL)
    told += [line.split() for line in child.stdout]
    child.stdout.close()
    child.wait()
    exchange = PaperExchange(PaperAccount(0))
    world = World.continued((tmp_path / NAME).read_bytes(), GeneratedFeed(7), exchange)
    kept = {(fill.trade_id, fill.ref, str(fill.volume)) for fill in exchange.report(world.at).fills}
    assert {tuple(words) for words in told if len(words) == 3} <= kept
    assert len(told) >= 12
