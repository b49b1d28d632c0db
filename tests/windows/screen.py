"""The screen's eyes and hands: pictures through Qt, mouse and keys through xdotool."""

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.windows.wine import ProofError, until

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

CLICK_MS = "60"
BLACK = 0xFF000000
"""Of the empty screen."""


class Screen:
    """One screen without a window manager. The display has to be named in the environment before it is made."""

    def __init__(self) -> None:
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        from PySide6.QtGui import QGuiApplication

        app = QGuiApplication.instance() or QGuiApplication(["proof"])
        if not isinstance(app, QGuiApplication):
            raise ProofError("there is no screen")
        self._app = app

    def picture(self) -> "QImage":
        """What is to be seen now."""
        return self._app.primaryScreen().grabWindow(0).toImage()

    def size(self) -> tuple[int, int]:
        """How many points it has, across and down."""
        size = self._app.primaryScreen().size()
        return size.width(), size.height()

    def pixel(self, x: int, y: int) -> int:
        """The colour of one point, as 0xAARRGGBB."""
        return int(self._app.primaryScreen().grabWindow(0, x, y, 1, 1).toImage().pixel(0, 0))

    def save(self, path: Path) -> None:
        """Keep a picture."""
        if not self.picture().save(str(path)):
            raise ProofError(f"{path} could not be written")

    def windows(self, title: str) -> list[int]:
        """The visible windows whose title fits a regular expression."""
        return [int(line) for line in xdotool("search", "--onlyvisible", "--name", title, must=False).split()]

    def window(self, title: str, limit_s: float = 60.0) -> int:
        """The first visible window of that title, once it is there."""
        return until(lambda: self.windows(title), f"a window titled {title!r}", limit_s)[0]

    def window_of(self, program: str) -> int:
        """The visible window of a Windows program, by the name of its exe, once it is there."""
        asked = ("search", "--onlyvisible", "--class", program)
        return int(until(lambda: xdotool(*asked, must=False).split(), f"a window of {program}")[0])

    def title(self, window: int) -> str:
        """What stands in its title bar."""
        return xdotool("getwindowname", str(window)).strip()

    def frame(self, window: int) -> tuple[int, int, int, int]:
        """Left, top, width, height."""
        lines = xdotool("getwindowgeometry", "--shell", str(window)).splitlines()
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])

    def key(self, window: int, *keys: str) -> None:
        """Press keys one after the other in a window."""
        xdotool("windowfocus", "--sync", str(window))
        for key in keys:
            xdotool("key", "--delay", CLICK_MS, key)

    def type(self, window: int, text: str) -> None:
        """Type a word in a window."""
        xdotool("windowfocus", "--sync", str(window))
        xdotool("type", "--delay", CLICK_MS, text)

    def click(self, window: int, x: int, y: int) -> None:
        """Press and let go of the left button, as a hand does: moved there first."""
        xdotool("windowfocus", "--sync", str(window))
        xdotool("mousemove", str(x), str(y))
        xdotool("mousedown", "1")
        xdotool("mouseup", "1")


def xdotool(*words: str, must: bool = True) -> str:
    """What it said; ProofError when it has to succeed and does not."""
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False, timeout=30)
    if must and done.returncode:
        raise ProofError(f"xdotool {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout
