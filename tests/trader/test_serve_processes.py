"""Real traders in real processes: killed, stopped, doubled, and reached again."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qmtdesk.wire.address import card_path, read_card
from qmtdesk.wire.attach import RefusedError, raise_first_desk, stop_trader
from qmtdesk.wire.client import Pace, TraderLink
from qmtdesk.wire.link_events import Attached, Failed, Lost, Silent
from qmtdesk.wire.locks import is_free
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.rows import EventRow
from qmtdesk.wire.spawn import TraderProcess, spawn_trader
from qmtdesk.wire.talk import Ack, AskSeries, Batch, Demo, PaperClock, Raise, Refuse, Series, WatchCode
from tests.stopwatch import Stopwatch

STUB = [sys.executable, str(Path(__file__).with_name("stub_trader.py"))]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="stops processes by POSIX signals")


def ends(pid: int) -> bool:
    """Whether no process of that number runs any more, a zombie counting as none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class Desk:
    """A window without a window: drains when woken, keeps all it heard."""

    def __init__(self, folder: Path, *words: str, pace: Pace | None = None) -> None:
        self.folder, self.words = folder, words
        self.heard: list[object] = []
        self.events: list[int] = []
        self.gaps = 0
        self.spawned: list[TraderProcess] = []
        self.woken = threading.Event()
        self.link = TraderLink(folder, self.spawn, self.woken.set, pace)

    def spawn(self) -> TraderProcess | None:
        if not is_free(self.folder / "trader.lock"):
            return None
        self.spawned.append(spawn_trader(self.folder, [str(self.folder), *self.words], STUB))
        return self.spawned[-1]

    def drain(self) -> None:
        for item in self.link.drain():
            self.heard.append(item)
            if isinstance(item, Snapshot):
                self.events = sorted(row.no for row in item.rows if isinstance(row, EventRow))
            elif isinstance(item, Batch):
                for row in item.changes:
                    self.gaps += bool(self.events and row.no != self.events[-1] + 1)
                    self.events.append(row.no)

    def until(self, told: Callable[[], object], seconds: float = 20) -> None:
        deadline = time.perf_counter() + seconds
        while not told():
            left = deadline - time.perf_counter()
            assert left > 0, f"waited in vain; heard {[type(x).__name__ for x in self.heard][-20:]}"
            self.woken.wait(min(left, 0.05))
            self.woken.clear()
            self.drain()

    def of(self, kind: type) -> list:
        return [item for item in self.heard if isinstance(item, kind)]

    def attached(self, times: int = 1) -> Attached:
        self.until(lambda: len(self.of(Attached)) >= times and len(self.of(Snapshot)) >= times)
        return self.of(Attached)[-1]

    def ask(self, body: object) -> object:
        box: list[object] = []
        self.link.request(body, box.append)
        self.until(lambda: box)
        return box[0]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(*words: str, pace: Pace | None = None, folder: Path = tmp_path) -> Desk:
        made.append(Desk(folder, *words, pace=pace))
        made[-1].link.start()
        return made[-1]

    yield make
    for desk in made:
        desk.link.close()
        for child in desk.spawned:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGCONT)
                os.kill(child.pid, signal.SIGKILL)
            while child.poll() is None:
                threading.Event().wait(0.01)


def test_a_desk_starts_its_trader_and_gets_what_it_says(desks):
    desk = desks()
    told = desk.attached()
    assert told.pid == desk.spawned[0].pid
    assert not told.restarted
    answer = desk.ask(WatchCode("3000", True))
    assert answer.ok
    assert desk.events == list(range(1, 3001))
    assert desk.gaps == 0
    assert [oct(path.stat().st_mode)[-3:] for path in (card_path(desk.folder), desk.folder / "trader.sock")] == [
        "600",
        "600",
    ]


def test_a_folder_with_a_long_chinese_name_works(desks, tmp_path):
    folder = tmp_path / ("交易数据" * 14)
    folder.mkdir()
    desk = desks(folder=folder)
    desk.attached()
    address = Path(read_card(folder).address)
    assert len(os.fsencode(address)) <= 100
    desk.link.close(stop_trader=True)
    while address.parent.exists():
        assert desk.spawned[0].poll() in (None, 0)
        threading.Event().wait(0.01)


def test_a_killed_trader_is_noticed_at_once_and_started_again(desks):
    desk = desks()
    first = desk.attached()
    desk.ask(WatchCode("5", True))
    with Stopwatch() as noticed:
        os.kill(first.pid, signal.SIGKILL)
        desk.until(lambda: desk.of(Lost))
    second = desk.attached(2)
    assert noticed.seconds < 1
    assert second.restarted
    assert second.pid != first.pid
    assert desk.events == []
    assert desk.ask(Demo()).ok


def test_a_killed_desk_leaves_the_trader_and_the_next_desk_finds_everything(desks, tmp_path):
    code = (
        "import sys; sys.path[:0] = [sys.argv[2], sys.argv[3]]; from pathlib import Path\n"
        "from test_serve_processes import Desk; from qmtdesk.wire.talk import WatchCode\n"
        "desk = Desk(Path(sys.argv[1])); desk.link.start(); pid = desk.attached().pid\n"
        "desk.ask(WatchCode('70', True)); print(pid, flush=True); sys.stdin.read()"
    )
    here = Path(__file__).parent
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path, here, here.parents[1]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        pid = int(other.stdout.readline())
        other.kill()
    desk = desks()
    assert desk.attached().pid == pid
    assert desk.spawned == []
    assert desk.events == list(range(1, 71))
    stop_trader(tmp_path, force=True)
    desk.until(lambda: ends(pid))


def test_what_was_asked_while_there_was_no_trader_is_done_when_there_is_one(desks):
    desk = desks()
    number = desk.link.send(Demo())
    desk.until(lambda: [ack for ack in desk.of(Ack) if ack.id == number])
    assert [ack.ok for ack in desk.of(Ack) if ack.id == number] == [True]


def test_an_unanswered_command_is_asked_again_and_done_once(desks):
    desk = desks()
    trader = desk.attached()
    os.kill(trader.pid, signal.SIGSTOP)
    box = []
    desk.link.request(Demo(), box.append)
    desk.until(lambda: not desk.link._requests.waiting)
    desk.link._now._line.cut()  # the connection breaks, both processes live
    os.kill(trader.pid, signal.SIGCONT)
    desk.attached(2)
    desk.until(lambda: box)
    assert box[0].ok
    series = desk.ask(AskSeries("", "price"))
    assert isinstance(series, Series)
    assert series.points[0][1] == 1
    assert desk.of(Attached)[-1].restarted is False


@pytest.mark.fault("X13")
def test_a_hung_trader_is_called_silent_and_speaks_again(desks):
    desk = desks()
    trader = desk.attached()
    os.kill(trader.pid, signal.SIGSTOP)
    with Stopwatch() as noticed:
        desk.until(lambda: desk.of(Silent))
    assert desk.of(Silent)[0].ms >= 1600
    assert noticed.seconds < 4
    os.kill(trader.pid, signal.SIGCONT)
    assert desk.ask(Demo()).ok
    assert desk.of(Lost) == []


def test_a_hung_trader_can_be_ended_and_is_replaced(desks):
    desk = desks()
    trader = desk.attached()
    os.kill(trader.pid, signal.SIGSTOP)
    desk.link.kill_trader()
    assert desk.attached(2).pid != trader.pid


@pytest.mark.fault("X15")
def test_a_trader_that_keeps_crashing_is_given_up_after_four_starts(desks):
    desk = desks("crash")
    desk.until(lambda: desk.of(Failed))
    assert desk.of(Failed)[0].why == "crashes"
    assert len(desk.spawned) == 4
    desk.words = ()
    desk.link.retry()
    desk.attached()


def test_a_lock_without_an_answering_trader_times_out_with_words(desks, tmp_path):
    code = (
        "import sys; from qmtdesk.wire.locks import FolderLock; from pathlib import Path\n"
        "print(FolderLock(Path(sys.argv[1])).acquire(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "trader.lock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    ) as other:  # fmt: skip
        assert other.stdout.readline() == b"True\n"
        desk = desks(pace=Pace(give_up=0.4))
        desk.until(lambda: desk.of(Failed))
        other.kill()
    assert desk.of(Failed)[0].why == "timeout"
    assert desk.spawned == []


@pytest.mark.fault("X7")
def test_of_five_traders_started_at_once_one_stays(tmp_path):
    started = [spawn_trader(tmp_path, [str(tmp_path)], STUB) for _ in range(5)]
    deadline = time.perf_counter() + 20
    while sum(each.poll() is None for each in started) > 1 or read_card(tmp_path) is None:
        assert time.perf_counter() < deadline
        threading.Event().wait(0.02)
    alive = [each for each in started if each.poll() is None]
    assert [each.poll() for each in started if each not in alive] == [3] * 4
    assert read_card(tmp_path).pid == alive[0].pid
    assert stop_trader(tmp_path, force=False)
    while alive[0].poll() is None:
        threading.Event().wait(0.01)
    assert alive[0].poll() == 0
    assert read_card(tmp_path) is None
    assert is_free(tmp_path / "trader.lock")


def test_a_second_start_brings_the_first_desk_to_the_front(desks):
    desk = desks()
    desk.attached()
    assert raise_first_desk(desk.folder)
    desk.until(lambda: desk.of(Raise))


def test_an_armed_trader_refuses_to_stop_unless_forced(desks):
    desk = desks("armed")
    trader = desk.attached()
    desk.link.stop_trader(force=False)
    desk.until(lambda: desk.of(Refuse))
    with pytest.raises(RefusedError, match="armed"):
        stop_trader(desk.folder, force=False)
    assert desk.ask(Demo()).ok
    desk.link.stop_trader(force=True)
    desk.until(lambda: desk.of(Lost))
    assert desk.of(Lost)[0].stopped
    desk.until(lambda: ends(trader.pid))
    assert len(desk.spawned) == 1


def test_a_trader_that_someone_else_stops_is_not_started_again_by_its_desk(desks):
    """An installer asks it to make room for its new files."""
    desk = desks()
    desk.attached()
    assert stop_trader(desk.folder, force=False)
    desk.until(lambda: desk.of(Lost))
    assert desk.of(Lost)[0].stopped
    desk.until(lambda: is_free(desk.folder / "trader.lock"))
    assert len(desk.spawned) == 1
    desk.link.retry()
    desk.attached(2)
    assert len(desk.spawned) == 2


def test_closing_with_stop_ends_an_idle_trader_and_without_it_leaves_it(desks):
    desk = desks()
    pid = desk.attached().pid
    desk.link.close()
    second = desks()
    assert second.attached().pid == pid
    second.link.close(stop_trader=True)
    while not (ends(pid) or desk.spawned[0].poll() is not None):
        threading.Event().wait(0.01)


def test_a_deleted_card_comes_back(desks):
    desk = desks()
    desk.attached()
    card_path(desk.folder).unlink()
    desk.until(card_path(desk.folder).exists)
    assert raise_first_desk(desk.folder)


def test_a_stopped_reader_neither_slows_the_publisher_nor_misses_a_change(desks, tmp_path):
    desk = desks()
    trader = desk.attached()
    code = (
        "import sys; sys.path[:0] = [sys.argv[2], sys.argv[3]]; from pathlib import Path\n"
        "from test_serve_processes import Desk\n"
        "desk = Desk(Path(sys.argv[1])); desk.link.start(); desk.attached(); print('here', flush=True)\n"
        "want = int(sys.stdin.readline()); desk.until(lambda: desk.events and desk.events[-1] >= want)\n"
        "print(desk.gaps, desk.events[:want] == list(range(1, want + 1)), len(desk.of(type(None))), flush=True)\n"
        "desk.link.close()"
    )
    here = Path(__file__).parent
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path, here, here.parents[1]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout.readline() == b"here\n"
        desk.ask(PaperClock(20, 2))
        os.kill(other.pid, signal.SIGSTOP)
        before = desk.ask(AskSeries("", "price"))
        desk.until(lambda: desk.events[-1:] > [before.points[1][1] + 1000])
        after = desk.ask(AskSeries("", "price"))
        desk.ask(PaperClock(0, 0))
        os.kill(other.pid, signal.SIGCONT)
        seq = desk.ask(AskSeries("", "price")).points[1][1]
        other.stdin.write(f"{seq}\n".encode())
        other.stdin.flush()
        assert other.stdout.readline() == b"0 True 0\n"
    assert after.points[0][0] - before.points[0][0] > 400
    assert after.points[1][0] < 100_000  # us, the longest publish on a shared machine
    assert desk.gaps == 0
    assert desk.of(Attached)[-1].pid == trader.pid
