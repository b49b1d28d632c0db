"""How long until the installed program's window, beside a bare PySide6 window packed the same way, in turn."""

import os
import shutil
import statistics
import time
from pathlib import Path

from tests.windows.program import EXE, TITLE, Program
from tests.windows.wine import ProofError, until

HERE = Path(__file__).resolve().parent
BARE_PLACE = "C:\\程序测试\\bare"
BARE_EXE, BARE_TITLE = BARE_PLACE + "\\qmtdesk.exe", "bare-window"
LIMIT = 1.5
BLACK = 0xFF000000


def lay_bare(program: Program) -> None:
    """The same launcher and the same runtime, with a program of ten lines."""
    target = program.wine.path(BARE_PLACE)
    shutil.copytree(program.folder / "runtime", target / "runtime", copy_function=os.link)
    shutil.copyfile(program.folder / "qmtdesk.exe", target / "qmtdesk.exe")
    (target / "app" / "qmtdesk").mkdir(parents=True)
    (target / "app" / "qmtdesk" / "__init__.py").touch()
    shutil.copyfile(HERE / "bare_window.py", target / "app" / "qmtdesk" / "__main__.py")


def compare_starts(program: Program, rounds: int, pictures: Path) -> str:
    """One round that is not counted, then so many of both in turn; ProofError when the desk takes too long."""
    lay_bare(program)
    try:
        times = [_both(program, None if number else pictures) for number in range(rounds + 1)]
    finally:
        shutil.rmtree(program.wine.path(BARE_PLACE))
    bare, desk = (sorted(column) for column in zip(*times[1:], strict=True))
    low, high = statistics.median(bare), statistics.median(desk)
    told = (
        f"bare {low:.2f} s ({bare[0]:.2f}–{bare[-1]:.2f}), qmtdesk {high:.2f} s ({desk[0]:.2f}–{desk[-1]:.2f}), "
        f"ratio {high / low:.2f}, limit {LIMIT}, {rounds} rounds"
    )
    if high > LIMIT * low:
        raise ProofError(told)
    return told


def _both(program: Program, pictures: Path | None) -> tuple[float, float]:
    return _seconds(program, BARE_EXE, BARE_TITLE, pictures), _seconds(program, EXE, TITLE, pictures)


def _seconds(program: Program, exe: str, title: str, pictures: Path | None) -> float:
    """From the start to the first point of the window that is not the empty screen's."""
    screen = program.screen
    begun = time.monotonic()
    program.wine.start(exe)
    until(lambda: screen.pixel(800, 500) != BLACK, f"{title} on the screen", step_s=0.005)
    taken = time.monotonic() - begun
    if pictures is not None:
        screen.save(pictures / f"first-paint-{title}.png")
    window = screen.window(title)
    if title == TITLE:
        # a window that is closed while its trader starts leaves that one behind for a while
        until(lambda: "·" in screen.title(window), "the market in the window")
    screen.key(window, "alt+F4")
    until(lambda: not program.wine.processes(), f"the end of {title}")
    until(lambda: screen.pixel(800, 500) == BLACK, "the empty screen")
    return taken
