"""Looks at the window from inside its process, for a self-test that has to prove that there is one."""

import json
import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from qmtdesk.desk.shell.frame import Frame
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.wire.files import write_atomic
from qmtdesk.wire.inside import inside
from qmtdesk.wire.witness_files import LEAVE, SEEN

log = logging.getLogger("qmtdesk.desk")
LOOK_MS = 100


class Witness(QObject):
    """Writes what is to be seen into the data folder, and leaves as a user does when a file there asks for it."""

    def __init__(self, folder: Path) -> None:
        app = QApplication.instance()
        super().__init__(app if app is not None else QApplication(["qmtdesk"]))
        self._folder = folder
        self._told = b""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        frames = [each for each in QApplication.topLevelWidgets() if isinstance(each, Frame) and each.isVisible()]
        window = frames[0].findChild(MainWindow) if frames else None
        if window is None:
            return
        told = json.dumps(_seen(frames[0], window), ensure_ascii=False).encode()
        if told != self._told:
            self._told = told
            self._write(told)
        if inside(self._folder, LEAVE).exists():
            self._timer.stop()
            window.leaving.emit(False)

    def _write(self, told: bytes) -> None:
        try:
            write_atomic(inside(self._folder, SEEN), told)
        except OSError as error:
            # the reader has it open; the next look writes it
            self._told = b""
            log.debug("what is seen could not be written: %s", error)


def _seen(frame: Frame, window: MainWindow) -> dict[str, object]:
    mirror, screen = window.mirror, frame.screen()
    return {
        "platform": QGuiApplication.platformName(),
        "title": frame.windowTitle(),
        "size": [frame.width(), frame.height()],
        "pixel_ratio": frame.devicePixelRatio(),
        "screen": [screen.size().width(), screen.size().height()],
        "font": frame.font().family(),
        "link": mirror.link,
        "ready": mirror.status is not None and mirror.status.ready == "ready",
        "bonds": len(mirror.bonds),
        "grids": sum(row.armed for row in mirror.grids.values()),
        "guards": sum(row.armed for row in mirror.watches.values()),
        "fills": len(mirror.fills),
        "alarm": window.strip.alarm.kind if window.strip.alarm is not None else "",
    }
