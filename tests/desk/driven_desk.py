"""The real desk process for tests, run as a program: it tells what it sees in one file and obeys another.

python tests/desk/driven_desk.py FOLDER --speed 20 writes FOLDER/seen.json several times a second, and closes its
window when FOLDER/close-the-window appears, its session when FOLDER/end-the-session does. Everything else is the desk
as it is started by a user.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import SIGNAL, QTimer
from PySide6.QtGui import QSessionManager

from qmtdesk.app import main
from qmtdesk.desk.shell.wired import Desk
from tests.stopwatch import Stopwatch

LOOK_MS = 50


class Manager:
    """The system's side of the end of a session."""

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:
        assert hint is QSessionManager.RestartHint.RestartNever


class Eyes:
    """Looks at a desk from inside its process."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk, self._folder = desk, folder
        self._raised = 0
        self._timer = QTimer(desk.window)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)
        come_up = desk.listener._raised

        def raised() -> None:
            self._raised += 1
            come_up()

        desk.listener._raised = raised

    def _look(self) -> None:
        mirror = self._desk.mirror
        status = mirror.status
        told = {
            "link": mirror.link,
            "ready": status.ready if status is not None else "",
            "armed": self._desk.window.goodbye.armed(),
            "grids": sorted(code for code, row in mirror.grids.items() if row.armed),
            "fills": len(mirror.fills),
            "raised": self._raised,
            "blind": mirror.blind,
            "alarm": alarm.kind if (alarm := self._desk.window.strip.alarm) is not None else "",
            "kill_done": mirror.kill is not None and mirror.kill.done,
            "orders": {ref: [row.state, row.filled, row.price, row.volume] for ref, row in mirror.orders.items()},
            "trades": sorted(mirror.fills),
            "held": {code: row.held for code, row in mirror.grids.items()},
        }
        fresh = self._folder / "seen.json.new"
        fresh.write_text(json.dumps(told), "utf-8")
        fresh.replace(self._folder / "seen.json")
        order = self._folder / "close-the-window"
        if order.exists():
            order.unlink()
            self._desk._frame.close()
        order = self._folder / "end-the-session"
        if order.exists():
            order.unlink()
            self._end_session()

    def _end_session(self) -> None:
        """As Qt does it: the signal, whose manager nobody can make, and then every window is closed."""
        assert self._desk._app.receivers(SIGNAL("commitDataRequest(QSessionManager&)")) == 1
        with Stopwatch() as watch:
            self._desk.session.commit(Manager())  # type: ignore[arg-type]
        (self._folder / "session-ended").write_text(str(watch.seconds), "utf-8")
        self._desk._frame.close()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    plain_start = Desk.start
    kept: list[Eyes] = []

    def start(self: Desk) -> None:
        plain_start(self)
        kept.append(Eyes(self, place))

    Desk.start = start  # type: ignore[method-assign]
    sys.exit(main(["--data", *sys.argv[1:]]))
