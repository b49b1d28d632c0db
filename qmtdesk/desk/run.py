"""The desk as a process: Qt, its event loop, the link to the trader, and the way out."""

import asyncio
import logging
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

import qasync
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from qmtdesk.desk.commands import LinkCommands
from qmtdesk.desk.listen import Listener
from qmtdesk.desk.look import Look
from qmtdesk.desk.mirror import Mirror
from qmtdesk.desk.remember import Memory, dress
from qmtdesk.desk.settings import DeskSettings, desk_settings
from qmtdesk.desk.spawn import spawn
from qmtdesk.desk.tray import Tray
from qmtdesk.desk.window import MainWindow
from qmtdesk.wire.attach import raise_first_desk
from qmtdesk.wire.client import TraderLink
from qmtdesk.wire.locks import FolderLock, is_free
from qmtdesk.wire.spawn import TraderProcess, spawn_trader
from qmtdesk.wire.talk import Series

log = logging.getLogger("qmtdesk.desk")
_DRAIN_MS = 8  # several wake-ups within half a frame are one drain


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """`folder` is the trader's data folder, `trader_words` what starts a trader for it."""

    folder: Path
    trader_words: tuple[str, ...]


def run_desk(options: DeskOptions) -> int:
    """Show the window until it is left; returns the exit code. A second start raises the first one's window."""
    lock = FolderLock(options.folder / "desk.lock")
    if not lock.acquire():
        raise_first_desk(options.folder)
        return 0
    try:
        return _run(options)
    finally:
        lock.release()


def _run(options: DeskOptions) -> int:
    file = desk_settings(options.folder)
    loaded = file.load()
    if loaded.value.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(loaded.value.scale / 100))
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["qmtdesk"])
    app.setApplicationName("qmtdesk")
    app.setStyle("Fusion")
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app, already_running=False)
    asyncio.set_event_loop(loop)
    with loop:
        desk = Desk(app, loop, options, loaded.value)
        if loaded.problem:
            log.warning("the desk's settings were not usable: %s", loaded.problem)
        desk.start()
        loop.run_forever()
    return 0


class Desk:
    """Everything of one run of the window, wired."""

    def __init__(
        self, app: QApplication, loop: asyncio.AbstractEventLoop, options: DeskOptions, kept: DeskSettings
    ) -> None:
        self._app, self._loop, self._options = app, loop, options
        self._spawned = False
        self.look = Look()
        dark = QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light
        dress(self.look, kept, system_dark=dark)
        self.mirror = Mirror()
        self.link = TraderLink(options.folder, self._spawn_trader, self._wake)
        self.commands = LinkCommands(self.link, options.folder / "KILL", self._series)
        self.window = MainWindow(self.mirror, self.commands, self.look, scale=kept.scale)
        self.listener = Listener(self.mirror, self.commands, self._raise, self._refused)
        self.memory = Memory(desk_settings(options.folder), kept, self.window)
        self.memory.restore()
        self.tray = Tray(self.mirror, self.look, self._raise, self.window.close)
        self._drain = QTimer(self.window)
        self._drain.setSingleShot(True)
        self._drain.setInterval(_DRAIN_MS)
        self._drain.setTimerType(Qt.TimerType.PreciseTimer)
        self._drain.timeout.connect(self._drained)
        self.window.leaving.connect(self._leave)
        self.window.hidden_away.connect(self._hidden)

    def start(self) -> None:
        """Show the window, then look for the trader."""
        sys.excepthook = self._excepthook
        self._loop.set_exception_handler(self._loop_error)
        self.window.resize(_first_size())
        self.window.show()
        self.link.start()

    # the link

    def _spawn_trader(self) -> TraderProcess | None:
        """On the link's thread. A trader started again takes up what was armed in this run."""
        if not is_free(self._options.folder / "trader.lock"):
            return None
        again = ("--resume",) if self._spawned else ()
        self._spawned = True
        return spawn_trader(self._options.folder, (*self._options.trader_words, *again))

    def _wake(self) -> None:
        """On the link's threads, at most once between two drains."""
        try:
            self._loop.call_soon_threadsafe(self._drain.start)
        except RuntimeError:
            log.debug("woken after the loop was closed")

    def _drained(self) -> None:
        self.listener.take(self.link.drain())

    def _series(self, series: Series) -> None:
        self.mirror.set_series(series.code, series.what, series.points)

    def _raise(self) -> None:
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def _refused(self, why: str) -> None:
        log.warning("the trader refused: %s", why)

    # the way out

    def _hidden(self) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.tray.kept()
        else:
            self._leave(False)

    def _leave(self, stop_trader: bool) -> None:  # noqa: FBT001
        self.memory.save()
        self.tray.hide()
        self.window.hide()
        spawn(self._farewell(stop_trader=stop_trader), self._failed)

    async def _farewell(self, *, stop_trader: bool) -> None:
        try:
            await self._loop.run_in_executor(None, partial(self.link.close, stop_trader=stop_trader))
        finally:
            self._loop.stop()

    # what must not die silently

    def _excepthook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unhandled in the window", exc_info=(kind, error, trace))
        self._failed(error)

    def _loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        log.error(
            "unhandled on the loop: %s",
            context.get("message"),
            exc_info=error if isinstance(error, BaseException) else None,
        )
        if isinstance(error, BaseException):
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self.window.strip.show_error(f"{type(error).__name__}: {error}")


def _first_size() -> QSize:
    """1600×900 where it fits, else what the screen leaves."""
    room = QGuiApplication.primaryScreen().availableSize()
    return QSize(min(1600, room.width()), min(900, room.height() - 32))
