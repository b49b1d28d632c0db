"""The desk furnished: its event loop, the link to the trader, and the way out."""

import asyncio
import logging
import sys
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import LinkCommands
from qmtdesk.desk.link.listen import Listener
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.remember import Memory, dress
from qmtdesk.desk.link.settings import DeskSettings, desk_settings
from qmtdesk.desk.link.spawn import spawn
from qmtdesk.desk.shell.frame import Frame
from qmtdesk.desk.shell.leaving import SessionEnd
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.desk.shell.qt_words import log_qt
from qmtdesk.desk.shell.tidy import Tidy
from qmtdesk.desk.shell.tray import Tray
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import Reason
from qmtdesk.wire.client import TraderLink
from qmtdesk.wire.inside import inside
from qmtdesk.wire.live_settings import live_settings
from qmtdesk.wire.locks import is_free
from qmtdesk.wire.logs import begin_log
from qmtdesk.wire.place import opening
from qmtdesk.wire.redact import redact
from qmtdesk.wire.spawn import TraderProcess, spawn_trader
from qmtdesk.wire.talk import Series
from qmtdesk.wire.typed_file import Loaded

if TYPE_CHECKING:
    from qmtdesk.desk.setup.opening import SetupOpener
    from qmtdesk.desk.setup.setup_state import Step

log = logging.getLogger("qmtdesk.desk")
_SETUP_MS = 300
_DRAIN_MS = 8  # several wake-ups within half a frame are one drain


def run_wired(app: QApplication, frame: Frame, options: DeskOptions, loaded: Loaded[DeskSettings]) -> int:
    """Furnish the frame and run until the window is left; returns the exit code."""
    with opening(options.folder, "desk.log"):
        begin_log(options.folder, "desk")
    log_qt()
    app.setStyle("Fusion")
    loop = qasync.QEventLoop(app, already_running=False)
    asyncio.set_event_loop(loop)
    with loop:
        desk = Desk(app, loop, frame, options, loaded.value)
        if loaded.problem:
            log.warning("the desk's settings were not usable: %s", loaded.problem)
        if loaded.unreadable:
            log.warning("they are left as they are; what changes in this run is not kept")
            desk.memory.may_write = False
        desk.start()
        loop.run_forever()
    return 0


class Desk:
    """Everything of one run of the window, wired."""

    def __init__(
        self,
        app: QApplication,
        loop: asyncio.AbstractEventLoop,
        frame: Frame,
        options: DeskOptions,
        kept: DeskSettings,
    ) -> None:
        self._app, self._loop, self._frame, self._options = app, loop, frame, options
        self._spawned = False
        self._setup: SetupOpener | None = None
        self._first_ever = options.mode == "paper" and not desk_settings(options.folder).path.exists()
        self.look = Look()
        dark = QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light
        dress(self.look, kept, system_dark=dark)
        self.mirror = Mirror()
        self.link = TraderLink(options.folder, self._spawn_trader, self._wake)
        self.commands = LinkCommands(self.link, options.folder / "KILL", self._series, self._came_late)
        self.window = MainWindow(self.mirror, self.commands, self.look, scale=kept.scale, sound=kept.sound)
        self.listener = Listener(self.mirror, self.commands, self._raise, self._refused, options.folder, self._disarmed)
        self.tidy = Tidy(app)
        self.memory = Memory(desk_settings(options.folder), kept, self.window, frame)
        self.memory.restore()
        self.tray = Tray(self.mirror, self.look, self._raise, frame.close)
        self._drain = QTimer(self.window)
        self._drain.setSingleShot(True)
        self._drain.setInterval(_DRAIN_MS)
        self._drain.setTimerType(Qt.TimerType.PreciseTimer)
        self._drain.timeout.connect(self._drained)
        self.session = SessionEnd(self.window, self.link, self.memory.save, self._drained)
        app.commitDataRequest.connect(self.session.commit, Qt.ConnectionType.DirectConnection)
        self.window.leaving.connect(self._leave)
        self.window.hidden_away.connect(self._hidden)
        self.window.alerts.called.connect(self._called)
        self.window.setup_wanted.connect(self._open_setup)

    def start(self) -> None:
        """Fill the frame, then look for the trader."""
        sys.excepthook = self._excepthook
        self._loop.set_exception_handler(self._loop_error)
        self._frame.furnish(self.window)
        self.window.show()
        self.window.bonds.setFocus()
        self.link.start()
        if self._first_ever:
            # over a desk that is painted already, and is one key away
            QTimer.singleShot(_SETUP_MS, self.window, self._open_setup)
        elif not self._chosen():
            QTimer.singleShot(_SETUP_MS, self.window, lambda: self._open_setup("folder"))

    # the wizard

    def _open_setup(self, step: "Step" = "mode") -> None:
        if self._setup is None:
            # its modules are imported when somebody wants it: a start does not wait for them
            from qmtdesk.desk.setup.opening import SetupOpener  # noqa: PLC0415

            self._setup = SetupOpener(self.window, self.memory, self.link, self._options)
        self._setup.open(step)

    def _chosen(self) -> bool:
        """Whether a terminal and an account are chosen, as live trading wants; in a file that is held they may be."""
        if self._options.mode != "live":
            return True
        loaded = live_settings(self._options.folder).load()
        return loaded.unreadable or loaded.value.chosen

    # the link

    def _spawn_trader(self) -> TraderProcess | None:
        """On the link's thread. A trader started again takes up what was armed in this run; one that crashes, not."""
        if not self._chosen():
            raise OSError(t("setup.no_live"))
        if not is_free(inside(self._options.folder, "trader.lock")):
            return None
        again = ("--resume",) if (self._spawned or self.listener.attached_once) and not self.link.safe else ()
        self._spawned = True
        words = self._options.trader_words
        speed = () if "--speed" in words else ("--speed", str(self.memory.paper_speed))
        return spawn_trader(self._options.folder, (*words, *speed, *again))

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
        window = self._frame
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def _called(self, words: str, asks: bool) -> None:  # noqa: FBT001
        """Somebody put the window away: say it where he sees it; for a question, which runs out, be there."""
        if self._frame.isVisible():
            return
        self.tray.call(words)
        if asks:
            self._frame.come_back()

    def _came_late(self, reason: Reason) -> None:
        self.window.strip.add_error(say(reason), t("strip.late"))

    def _disarmed(self) -> None:
        self.window.strip.show_error(t("strip.safe_note"), t("strip.safe"))

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
        self._frame.hide()
        spawn(self._farewell(stop_trader=stop_trader), self._failed)

    async def _farewell(self, *, stop_trader: bool) -> None:
        end = partial(self.link.close, stop_trader=stop_trader, force=self.window.goodbye.force)
        try:
            await self._loop.run_in_executor(None, end)
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
        self.window.strip.show_error(redact(f"{type(error).__name__}: {error}"))
