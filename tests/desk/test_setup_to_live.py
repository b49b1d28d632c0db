"""From a first start to a live desk: real processes on the real xtquant layer, over a terminal that is not there."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from setup_terminal import ACCOUNT, Computer, kept_path

from qmtdesk.wire.address import read_card
from qmtdesk.wire.locks import is_free

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("xtquant") is None, reason="the xtquant wheel is not installed"),
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds the desk among the system's processes"),
]
DRIVEN = Path(__file__).with_name("driven_setup.py")
LIMIT_S = 60.0
PAUSE = threading.Event()


def until(done: Callable[[], object], what: str) -> None:
    end = time.monotonic() + LIMIT_S
    while not done():
        assert time.monotonic() < end, f"never came: {what}"
        PAUSE.wait(0.05)


def desks_of(base: Path) -> list[int]:
    """The processes of this program on that data folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if str(base) in words and "qmtdesk" in words:
            found.append(int(place.parent.name))
    return found


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path, shift=True)
    # nothing was ever started here: only the package is named
    (made.base / "paper").rmdir()
    yield made
    for pid in desks_of(made.base):
        os.kill(pid, signal.SIGKILL)


def test_a_first_start_ends_in_a_live_desk_that_sends_nothing(computer: Computer) -> None:
    environment = {**computer.environment(), "QT_QPA_PLATFORM": "offscreen"}
    first = subprocess.Popen([sys.executable, str(DRIVEN), str(computer.base)], env=environment)
    assert first.wait(LIMIT_S) == 0, "the paper desk closes by itself"
    assert is_free(computer.base / "paper" / "trader.lock"), "nothing was started there, so its trader ended"
    live = computer.base / "live"
    until(lambda: read_card(live) is not None, "a live trader")
    until(lambda: '"RawStatus"' in raw_log(live), "its connection")
    assert not kept_path(computer.control.path).exists(), "the terminal keeps its market once an order comes"
    assert not is_free(live / "desk.lock")
    assert json.loads((computer.base / "last-mode.json").read_text("utf-8"))["mode"] == "live"
    assert computer.settings.load().value.account == ACCOUNT
    assert all(ACCOUNT not in file.read_text("utf-8", "replace") for file in live.glob("*.log"))
    assert ACCOUNT not in raw_log(live)


def raw_log(folder: Path) -> str:
    """What came from the terminal, as it was kept."""
    return "".join(file.read_text("utf-8") for file in folder.glob("qmt-*.jsonl"))
