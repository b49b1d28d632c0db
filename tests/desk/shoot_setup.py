"""Walks the wizard over the stand-ins of a terminal and saves what it looks like.

python tests/desk/shoot_setup.py FOLDER writes wizard-*.png; folders are painted as they would be called on Windows.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import numpy as np  # noqa: E402 - found only now
from PySide6.QtCore import QEventLoop, Qt  # noqa: E402 - found only now
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

LONGEST_S, SETTLED_S = 60.0, 0.5


class Hands:
    """What the walk needs of pytest-qt, without pytest."""

    def addWidget(self, _widget: Any, **_words: Any) -> None: ...

    def mouseClick(self, button: Any, _which: Any) -> None:
        button.click()

    def waitUntil(self, done: Callable[[], bool], timeout: int = 0) -> None:
        end = time.monotonic() + LONGEST_S
        while not done():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if time.monotonic() > end:
                raise TimeoutError


def as_on_windows() -> None:
    """Folders of this run, and where packages lie, are nobody's business."""
    from qmtdesk.desk.brush import paint
    from qmtdesk.desk.sheets.list_parts import TextLine

    plain, set_text = paint.text, TextLine.setText

    def called(words: str) -> str:
        words = re.sub(r"/\S*?/user/(\S+)", lambda found: "D:\\" + found[1].replace("/", "\\"), words)
        words = re.sub(r"/\S*?/qmtdesk/live", r"C:\\Users\\trader\\AppData\\Local\\qmtdesk\\live", words)
        return re.sub(r"/\S*?/site-packages/(xtquant)\S*", r"\1", words)

    def text(p: Any, rect: Any, words: str, *more: Any, **named: Any) -> float:
        return plain(p, rect, called(words), *more, **named)

    paint.text = text  # type: ignore[assignment]
    TextLine.setText = lambda self, words: set_text(self, called(words))  # type: ignore[method-assign,assignment]


def no_right(folder: str) -> list[Any]:
    """Windows does not let it be written, and what runs there is not the slim mode, which the broker grants."""
    from setup_world import folder_lines

    from qmtdesk.wire.probe_lines import Code, bad, said

    lines = folder_lines(folder, path=folder, source="installed")
    for at, looked, found, advice in (
        (4, Code.LOOK_WRITABLE, said(Code.CANNOT_WRITE, error="Permission denied"), Code.DO_RIGHTS),
        (6, Code.LOOK_CLIENT, said(Code.CLIENT_FULL, name="XtItClient.exe", pid=8420), Code.DO_MINI_MODE),
    ):
        lines[at] = bad("examine", said(looked), found, said(advice), path=folder, source="installed")
    return lines


def shoot(out: Path) -> None:
    from setup_terminal import ACCOUNT, OTHER, Computer
    from setup_world import Walk, World, steps

    as_on_windows()

    def over(setup: Any, *, dark: bool) -> Walk:
        walked = Walk(Hands(), setup, (1366, 768))  # type: ignore[arg-type]
        walked.look.set(dark=dark)
        return walked

    def walk(*, dark: bool, **plan: Any) -> tuple[Computer, Walk]:
        computer = Computer(Path(tempfile.mkdtemp()), shift=True, **plan)
        computer.wear()
        return computer, over(computer.setup, dark=dark)

    def save(walked: Walk, name: str) -> None:
        end = time.monotonic() + SETTLED_S
        while time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        # the 256 most frequent colours are enough for a flat window, and a third of the bytes
        picture = walked.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(picture.constBits(), dtype=np.uint32)
        colours, counts = np.unique(pixels, return_counts=True)
        table = [int(colour) for colour in colours[np.argsort(counts)[::-1][:256]]]
        flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
        picture = picture.convertToFormat(QImage.Format.Format_Indexed8, table, flat)
        picture.save(str(out / f"wizard-{name}.png"))

    computer, found = walk(dark=True, accounts=(ACCOUNT, OTHER))
    save(found, "mode")
    found.to_folder()
    for place, name in ((computer.home / "QMT" / "userdata_mini", "no-folder"), (computer.userdata.parent, "folder")):
        found.sheet.searching.type(str(place))
        found.qtbot.waitUntil(lambda: not found.sheet.searching.running)
        save(found, name)
    found.sheet.searching.choose(str(computer.userdata))
    found.press()
    found.qtbot.waitUntil(lambda: not found.sheet.connecting.running)
    found.press()
    save(found, "accounts")
    found.sheet.account_page.rows.choose(f"STOCK:{ACCOUNT}")
    _, closed = walk(dark=True, running=False)
    closed.to_connect()
    save(closed, "refused")
    # whoever may write everywhere cannot be refused by a folder of this system, so these words are invented
    guarded = World(Path(tempfile.mkdtemp()))
    guarded.script["find"] = steps(no_right(r"C:\Program Files\国金QMT交易端\userdata_mini"))
    barred = over(guarded, dark=True)
    barred.to_folder()
    save(barred, "no-right")
    _, light = walk(dark=False)
    light.to_finish()
    light.sheet.finish_page.yes.click()
    save(light, "finish")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(["qmtdesk"])
    app.setStyle("Fusion")
    shoot(Path(sys.argv[1]))
    os._exit(0)
