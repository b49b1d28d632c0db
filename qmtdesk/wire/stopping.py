"""Ends what runs without a window, for a setup that wants to replace the files: asked, never forced."""

from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from threading import Event

from qmtdesk.wire.attach import RefusedError, stop_trader
from qmtdesk.wire.inside import inside
from qmtdesk.wire.locks import is_free

DESK, TRADER = "desk.lock", "trader.lock"
WAIT_S, STEP_S = 15.0, 0.1


class Stopped(IntEnum):
    """How it ended; the setup knows these numbers."""

    NOTHING_RUNS = 0
    ARMED = 5
    WINDOW_OPEN = 6
    STILL_RUNS = 7


def folders_in(base: Path) -> list[Path]:
    """The data folders under a base folder that something may run in."""
    return sorted(
        {lock.parent for name in (DESK, TRADER) for depth in ("*", "*/*") for lock in base.glob(f"{depth}/{name}")}
    )


def stop_all(folders: Iterable[Path], wait_s: float = WAIT_S) -> Stopped:
    """Ask every trader to end and wait until it has. One with something armed goes on, and so do all under a window."""
    places = list(folders)
    if not all(_free(folder, DESK) for folder in places):
        return Stopped.WINDOW_OPEN
    worst = Stopped.NOTHING_RUNS
    for folder in places:
        if not _free(folder, TRADER):
            worst = max(worst, _stopped(folder, wait_s), key=lambda each: (each is Stopped.ARMED, each))
    return worst


def _stopped(folder: Path, wait_s: float) -> Stopped:
    try:
        stop_trader(folder, force=False)
    except RefusedError:
        return Stopped.ARMED
    wait = Event()
    for _ in range(int(wait_s / STEP_S)):
        if _free(folder, TRADER):
            return Stopped.NOTHING_RUNS
        wait.wait(STEP_S)
    return Stopped.STILL_RUNS


def _free(folder: Path, name: str) -> bool:
    path = inside(folder, name)
    return not path.exists() or is_free(path)
