"""How long until the installed program's window, beside a bare PySide6 window packed the same way, in turn."""

import os
import shutil
import statistics
import time
from pathlib import Path

from tests.windows.program import EXE, TITLE, Program
from tests.windows.screen import BLACK
from tests.windows.wine import ProofError, until

HERE = Path(__file__).resolve().parent
BARE_PLACE = "C:\\程序测试\\bare"
BARE_EXE, BARE_TITLE = BARE_PLACE + "\\qmtdesk.exe", "bare-window"
LIMIT = 1.5
BROKEN = 2.0
"""Between the two the figure is told as over the limit; a shared computer alone comes that far, so only this fails."""
MOST = 3
"""So many times the rounds asked for, when other work on the computer disturbs them."""


def lay_bare(program: Program) -> None:
    """The same launcher and the same runtime, with a program of ten lines."""
    target = program.wine.path(BARE_PLACE)
    shutil.copytree(program.folder / "runtime", target / "runtime", copy_function=os.link)
    shutil.copyfile(program.folder / "qmtdesk.exe", target / "qmtdesk.exe")
    (target / "app" / "qmtdesk").mkdir(parents=True)
    (target / "app" / "qmtdesk" / "__init__.py").touch()
    shutil.copyfile(HERE / "bare_window.py", target / "app" / "qmtdesk" / "__main__.py")


def compare_starts(program: Program, rounds: int, pictures: Path) -> str:
    """One round that is not counted, then so many of both in turn; ProofError when the desk takes twice as long."""
    lay_bare(program)
    times: list[tuple[float, float]] = []
    try:
        _both(program, pictures)
        while len(times) < rounds or (ratio_of(times) > LIMIT and len(times) < MOST * rounds):
            times.append(_both(program, None))
    finally:
        shutil.rmtree(program.wine.path(BARE_PLACE))
    bare, desk = (sorted(column) for column in zip(*times, strict=True))
    return judged(
        times,
        f"bare {statistics.median(bare):.2f} s ({bare[0]:.2f}–{bare[-1]:.2f}), "
        f"qmtdesk {statistics.median(desk):.2f} s ({desk[0]:.2f}–{desk[-1]:.2f}), "
        f"ratio {ratio_of(times):.2f}, limit {LIMIT}, {len(times)} rounds",
    )


def judged(times: list[tuple[float, float]], told: str) -> str:
    """The figures, and whether they are over the limit; ProofError beyond what a busy computer explains."""
    ratio = ratio_of(times)
    if ratio > BROKEN:
        raise ProofError(told)
    return f"{told}; OVER THE LIMIT on this computer" if ratio > LIMIT else told


def ratio_of(times: list[tuple[float, float]]) -> float:
    """The middle of the rounds' ratios: what else the computer does falls on both starts of a round."""
    return statistics.median(desk / bare for bare, desk in times)


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
