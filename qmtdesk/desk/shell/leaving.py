"""How the window goes: what it was told to do then, the question it asks, and the end of the session."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QSessionManager

from qmtdesk.desk.link.mirror import STOPPED, grids_armed
from qmtdesk.desk.link.settings import CloseHow
from qmtdesk.desk.sheets.close_sheet import CloseSheet, unconfirmed
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.strip_words import cancels_owed, grids_winding
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.plans import StopHow
from qmtdesk.wire.rows import OrderRow

if TYPE_CHECKING:
    from qmtdesk.desk.shell.window import MainWindow

STOPS: dict[CloseHow, StopHow] = {"cancel": StopHow.CANCEL, "leave": StopHow.LEAVE}
OF_GRIDS = frozenset(k.value for k in (OwnerKind.GRID, OwnerKind.FIRST_BUY, OwnerKind.ROLLING, OwnerKind.CLEAR))
"""Orders a grid's stop takes off; what it still has to sell is a clearing's kind."""
ASK_AGAIN_S = 0.25
SESSION_S = 1.5
"""Windows gives a program that does not answer the end of the session a few seconds; we promise two."""
ENDS_WITHIN_MS = 30_000
"""Whoever still runs so long after the end of the session was spared it: nothing says that one is called off."""


class Leaving(QObject):
    """`how` is what the user chose for the close button; `chosen` when that changed.

    `force`: he saw what the trader still owes and wants it to end all the same.
    """

    chosen = Signal()

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.how: CloseHow = "ask"
        self.force = False
        self._told = False
        window.mirror.status_changed.connect(self._tell)
        window.mirror.link_changed.connect(self._forget)

    def asked(self) -> None:
        """The close button with something started."""
        window = self._window
        if self.how == "keep":
            self.keep()
            return
        if any(isinstance(sheet, CloseSheet) and not sheet.leaving for sheet in window.findChildren(Sheet)):
            return
        sheet = CloseSheet(window, window.mirror, window.look, self)
        sheet.open()
        # what was chosen for strategies does not say that open cancels may be dropped
        if self.how in STOPS and not self.owes():
            sheet.stop(STOPS[self.how])

    def armed(self) -> bool:
        """Whether something would go on trading, or cancelling, without the window."""
        mirror = self._window.mirror
        status = mirror.status
        if status is None or mirror.link != "attached":
            return False
        grids = grids_armed(status) + grids_winding(mirror)
        return self.owes() or bool(grids + status.guards_armed + status.clearing)

    def doubtful(self) -> bool:
        """Whether a trader that is not heard had something to do when it last was: it may be doing it still."""
        mirror = self._window.mirror
        status = mirror.status
        if status is None or mirror.link == "attached" or mirror.link_text == STOPPED:
            return False
        grids = grids_armed(status) + grids_winding(mirror)
        return self.owes() or bool(grids + status.guards_armed + status.clearing + len(unconfirmed(mirror)))

    def owes(self) -> bool:
        """Whether 全部停止 is not proved yet."""
        return cancels_owed(self._window.mirror)

    # what the sheet may do

    def keep(self) -> None:
        """Put the window away; the trader goes on."""
        self._window.keep_running()

    def stop(self, how: StopHow) -> None:
        """Stop every grid in that way, a stop that is not done included, every guard, and whatever is being cleared.

        Where nothing is to stay, also what an earlier stop left on the books and what no strategy looks after.
        """
        window = self._window
        if window.mirror.status is not None and window.mirror.status.clearing:
            window.commands.stop_clearing("")
        live = unconfirmed(window.mirror) if how is StopHow.CANCEL else []
        standing = {row.code for row in live if row.kind in OF_GRIDS}
        for code, grid in window.mirror.grids.items():
            if grid.armed or grid.winding or code in standing:
                window.commands.disarm_grid(code, how)
        for code, row in window.mirror.watches.items():
            if row.armed:
                window.commands.disarm_guard(code)
        for order in live:
            if order.cancellable and not self._looked_after(order):
                window.commands.cancel_order(order.ref)

    def _looked_after(self, order: OrderRow) -> bool:
        """Whether a strategy takes the order off when it is stopped."""
        mirror = self._window.mirror
        if order.kind in OF_GRIDS and order.code in mirror.grids:
            return True
        if order.kind == OwnerKind.CLEAR.value:
            return mirror.status is not None and bool(mirror.status.clearing)
        watch = mirror.watches.get(order.code)
        return order.kind == OwnerKind.GUARD.value and watch is not None and watch.armed

    def leave(self, *, stop_trader: bool, force: bool = False) -> None:
        """Go, without asking again."""
        self.force = force
        self._window.leave(stop_trader=stop_trader)

    def remember(self, how: CloseHow) -> None:
        """Do it like this from now on."""
        if how != self.how:
            self.how = how
            self.chosen.emit()
            self._forget()
            self._tell()

    # a session may end without any desk: the trader has to know beforehand

    def _forget(self) -> None:
        self._told = False

    def _tell(self) -> None:
        """Once to each trader, and only what it does not know."""
        window, cancel = self._window, self.how == "cancel"
        status = window.mirror.status
        if status is None or window.mirror.link != "attached" or self._told or status.cancel_on_exit is cancel:
            return
        self._told = True
        window.commands.on_exit(cancel, window.answered)


class Pipe(Protocol):
    """What of the link the end of the session needs."""

    @property
    def attached(self) -> bool: ...
    def stop_trader(self, *, force: bool) -> None: ...


class SessionEnd:
    """The user logs off or the computer shuts down: nobody can be asked, so what was chosen beforehand is done.

    Connect `commit` to the application's commitDataRequest. It answers within two seconds whatever the trader does.
    """

    def __init__(
        self,
        window: "MainWindow",
        link: Pipe,
        save: Callable[[], None],
        hear: Callable[[], None],
        *,
        ends_within_ms: int = ENDS_WITHIN_MS,
    ) -> None:
        self._window, self._link, self._save, self._hear = window, link, save, hear
        self._pause = threading.Event()
        self._gone = False
        self._spared = QTimer(window)
        self._spared.setSingleShot(True)
        self._spared.setInterval(ends_within_ms)
        self._spared.timeout.connect(self._was_spared)
        window.mirror.link_changed.connect(self._goes_on)

    def _goes_on(self) -> None:
        """A trader that is back says what the system does not: the end of the session was called off."""
        link = self._window.mirror.link
        if link == "attached" and self._gone:
            self._window.session_ends = False
        # one that was only silent for a moment says nothing of the session
        self._gone = link == "lost" or (self._gone and link != "attached")

    def _was_spared(self) -> None:
        self._window.session_ends = False

    def commit(self, manager: QSessionManager) -> None:
        """Keep the settings; stop what was to be stopped; let a trader go that has nothing to do."""
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)
        window, deadline = self._window, time.monotonic() + SESSION_S
        self._save()
        window.session_ends = True
        leaving = window.goodbye
        if leaving.armed() and leaving.how in STOPS:
            leaving.stop(STOPS[leaving.how])
            self._until(lambda: not leaving.armed(), deadline)
        while self._link.attached and not leaving.armed() and time.monotonic() < deadline:
            # it refuses while cancels are still to be confirmed
            self._link.stop_trader(force=False)
            self._until(lambda: not self._link.attached, min(time.monotonic() + ASK_AGAIN_S, deadline))
        self._spared.start()

    def _until(self, done: Callable[[], bool], deadline: float) -> None:
        """Go on listening, for there is no event loop any more that would."""
        while not done() and time.monotonic() < deadline:
            self._pause.wait(0.01)
            self._hear()
