"""The real desk and the real trader as two processes, driven from outside through the data folder."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "trader"))

from desk_stand_in import DeskStandIn  # noqa: E402 - the helpers live in the trader's tests
from journal_truth import state_of  # noqa: E402

from qmtdesk.desk.link.settings import desk_settings  # noqa: E402
from qmtdesk.domain.messages import Kill  # noqa: E402
from qmtdesk.wire.address import read_card  # noqa: E402
from qmtdesk.wire.talk import act  # noqa: E402

LIMIT_S = 60.0
SOON_S, MORE_LOG_OFFS = 10.0, 2
PAUSE = threading.Event()
NO_SIGKILL = pytest.mark.skipif(os.name == "nt", reason="the test ends a process as kill -9 does")


class RealDesk:
    """One desk process and what it says it sees."""

    def __init__(self, base: Path) -> None:
        self.base = base
        (base / "seen.json").unlink(missing_ok=True)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        words = [sys.executable, str(REPO / "tests" / "desk" / "driven_desk.py"), str(base), "--speed", "20"]
        self.process = subprocess.Popen(words, cwd=REPO, env=environment)

    def seen(self) -> dict[str, Any]:
        """What it sees now; empty before its window is up."""
        file = self.base / "seen.json"
        return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}

    def until(self, condition: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """Wait for something to be seen, and give what was."""
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            seen = self.seen()
            if seen and condition(seen):
                return seen
            assert self.process.poll() is None, f"the desk ended while waiting for: {what}"
            PAUSE.wait(0.02)
        raise AssertionError(f"never came: {what}; seen {self.seen()}")

    def ready(self) -> dict[str, Any]:
        """Wait until it is attached to a reconciled trader."""
        return self.until(lambda seen: seen["link"] == "attached" and seen["ready"] == "ready", "ready")

    def close_window(self) -> int:
        """Close it as the user does; the exit code."""
        (self.base / "close-the-window").touch()
        return self.process.wait(LIMIT_S)

    def end_session(self) -> float:
        """Log the user off; how long the desk held that up, s."""
        (self.base / "end-the-session").touch()
        assert self.process.wait(LIMIT_S) == 0
        return float((self.base / "session-ended").read_text("utf-8"))

    def end(self) -> None:
        """End it as the system does, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Callable[[], RealDesk]]:
    """Starts desks on one folder; afterwards desks and trader are gone."""
    started: list[RealDesk] = []

    def start() -> RealDesk:
        started.append(RealDesk(tmp_path))
        return started[-1]

    yield start
    for desk in started:
        desk.end()
    pid = trader_pid(tmp_path)
    if alive(pid):
        os.kill(pid, signal.SIGTERM)


def trader_pid(base: Path) -> int:
    """The process that answers for the data folder, 0 without one."""
    card = read_card(base / "paper")
    return card.pid if card is not None else 0


def alive(pid: int) -> bool:
    """Whether that process runs."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text("utf-8").rpartition(") ")[2][:1] != "Z"


def gone(pid: int, seconds: float = LIMIT_S) -> bool:
    """Wait until that process has ended."""
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        PAUSE.wait(0.02)
    return not alive(pid)


def arm(base: Path) -> None:
    """Start grids and guards over the link, wait for trading, and go without a word."""
    stand_in = DeskStandIn(base)
    stand_in.link.start()
    stand_in.until(lambda: stand_in.ready, "ready")
    stand_in.demo()
    stand_in.until(lambda: len(stand_in.fills()) >= 2, "two fills")
    stand_in.link.close()


@NO_SIGKILL
def test_a_desk_killed_with_strategies_armed_leaves_the_trader_trading_and_the_next_desk_finds_it(
    tmp_path: Path, desks: Callable[[], RealDesk]
) -> None:
    arm(tmp_path)
    pid = trader_pid(tmp_path)
    first = desks()
    before = first.until(lambda seen: seen["link"] == "attached" and len(seen["grids"]) >= 3, "three grids")
    first.process.kill()
    first.process.wait(LIMIT_S)
    assert alive(pid)
    second = desks()
    after = second.until(
        lambda seen: seen["link"] == "attached" and seen["fills"] > before["fills"], "it went on trading"
    )
    assert trader_pid(tmp_path) == pid
    assert after["grids"] == before["grids"]


def test_a_second_start_raises_the_first_window_and_ends_well(tmp_path: Path, desks: Callable[[], RealDesk]) -> None:
    first = desks()
    assert first.ready()["raised"] == 0
    words = [sys.executable, "-m", "qmtdesk", "--data", str(tmp_path), "--speed", "20"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    assert subprocess.run(words, cwd=REPO, env=environment, timeout=LIMIT_S, check=False).returncode == 0
    first.until(lambda seen: seen["raised"] == 1, "the window was raised")


def test_closing_the_window_with_nothing_armed_ends_desk_and_trader(
    tmp_path: Path, desks: Callable[[], RealDesk]
) -> None:
    desk = desks()
    assert desk.ready()["armed"] is False
    pid = trader_pid(tmp_path)
    assert alive(pid)
    assert desk.close_window() == 0
    assert gone(pid)


def freeze(pid: int) -> None:
    """As a debugger, a swap storm or a modal dialogue of the system does it."""
    os.kill(pid, signal.SIGSTOP)


def thaw(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def stop_all(stand_in: DeskStandIn) -> None:
    """The kill switch, pressed elsewhere: after it nothing changes any more."""
    assert stand_in.do(act(Kill("button"))).ok
    stand_in.until(lambda: "kill_done" in stand_in.events, "every order confirmed")


def truth(seen: dict[str, Any]) -> tuple[object, ...]:
    """What a desk shows of orders, trades and grids."""
    return seen["orders"], seen["trades"], seen["held"]


def told_to(stand_in: DeskStandIn) -> tuple[object, ...]:
    """The same, as another desk was told it; their agreement with the journal is tested in the trader's tests."""
    orders = {ref: [row.state, row.filled, row.price, row.volume] for ref, row in stand_in.orders().items()}
    return orders, sorted(stand_in.fills()), {code: row.held for code, row in stand_in.grids().items()}


@pytest.fixture
def beside(tmp_path: Path, desks: Callable[[], RealDesk]) -> Iterator[tuple[RealDesk, DeskStandIn]]:
    """A real desk and a second, windowless one on one trader that trades."""
    stand_in = DeskStandIn(tmp_path)
    stand_in.link.start()
    stand_in.until(lambda: stand_in.ready, "ready")
    stand_in.demo()
    stand_in.until(lambda: len(stand_in.fills()) >= 2, "two fills")
    desk = desks()
    desk.until(lambda seen: seen["link"] == "attached" and len(seen["grids"]) >= 3, "three grids")
    yield desk, stand_in
    for pid in (desk.process.pid, stand_in.pid):
        if alive(pid):
            thaw(pid)
    stand_in.link.close()


@NO_SIGKILL
def test_a_frozen_desk_costs_the_trader_nothing_and_shows_the_truth_when_it_goes_on(
    beside: tuple[RealDesk, DeskStandIn],
) -> None:
    desk, stand_in = beside
    pid = stand_in.pid
    freeze(desk.process.pid)
    before = len(stand_in.fills())
    stand_in.until(lambda: len(stand_in.fills()) >= before + 3, "trading goes on")
    stop_all(stand_in)
    thaw(desk.process.pid)
    desk.until(lambda seen: truth(seen) == told_to(stand_in) and seen["alarm"] == "killed", "the truth")
    assert (stand_in.pid, stand_in.lost) == (pid, 0)


@NO_SIGKILL
def test_a_trader_frozen_under_the_desks_eyes_takes_the_colours_and_gives_them_back(
    beside: tuple[RealDesk, DeskStandIn],
) -> None:
    desk, stand_in = beside
    freeze(stand_in.pid)
    seen = desk.until(lambda seen: seen["link"] == "silent", "it is called silent")
    assert (seen["blind"], seen["alarm"]) == (True, "lost")
    thaw(stand_in.pid)
    desk.until(lambda seen: seen["link"] == "attached" and not seen["blind"] and not seen["alarm"], "it speaks again")
    before = desk.seen()["fills"]
    desk.until(lambda seen: seen["fills"] > before, "it goes on trading")
    stop_all(stand_in)
    desk.until(lambda seen: seen["kill_done"] and truth(seen) == told_to(stand_in), "the truth")


@NO_SIGKILL
def test_a_trader_killed_under_the_desks_eyes_is_replaced_and_nothing_that_was_seen_is_lost(
    beside: tuple[RealDesk, DeskStandIn],
) -> None:
    desk, stand_in = beside
    before, old = desk.seen(), stand_in.pid
    stand_in.link.close()
    os.kill(old, signal.SIGKILL)
    desk.until(lambda seen: seen["link"] != "attached", "the loss is noticed")
    after = desk.until(
        lambda seen: seen["link"] == "attached" and seen["ready"] == "ready" and len(seen["grids"]) >= 3, "resumed"
    )
    assert set(before["trades"]) <= set(after["trades"])
    assert set(before["orders"]) <= set(after["orders"])
    other = DeskStandIn(desk.base)
    other.link.start()
    other.until(lambda: other.ready, "a second desk attaches")
    assert other.pid != old
    stop_all(other)
    desk.until(lambda seen: seen["kill_done"] and truth(seen) == told_to(other), "the truth")
    other.link.close()


@pytest.mark.fault("X16")
def test_a_log_off_with_strategies_started_is_not_held_up_and_stops_only_what_was_to_be_stopped(
    beside: tuple[RealDesk, DeskStandIn], desks: Callable[[], RealDesk]
) -> None:
    desk, stand_in = beside
    assert desk.end_session() < 2
    before = len(stand_in.fills())
    stand_in.until(lambda: len(stand_in.fills()) > before, "the trader trades on")
    assert all(row.armed for row in stand_in.grids().values())
    file = desk_settings(desk.base / "paper")
    file.save(msgspec.structs.replace(file.load().value, on_close="cancel"))
    second = desks()
    second.until(lambda seen: seen["link"] == "attached" and len(seen["grids"]) >= 3, "three grids")
    assert second.end_session() < 2
    for _ in range(MORE_LOG_OFFS):
        if gone(stand_in.pid, SOON_S):
            break
        # a stall used up the 1.5 s the desk may wait for the last cancels; then the system ends the trader itself
        last = desks()
        last.ready()
        assert last.end_session() < 2
    assert gone(stand_in.pid)
    assert not any(row.armed for row in state_of(desk.base / "paper").grids.values())
