"""Closing with strategies running: stay in the background, stop them and leave, or do not close."""

from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.controls import ActButton, Tick
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror, grids_armed
from qmtdesk.desk.link.settings import CloseHow
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.strip_words import cancels_owed, grids_winding, own_live
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import StopHow


class Ways(Protocol):
    """What the window can do instead of closing."""

    def keep(self) -> None:
        """Put the window away; everything goes on."""

    def stop(self, how: StopHow) -> None:
        """Stop every grid and every guard in that way."""

    def leave(self, *, stop_trader: bool, force: bool = False) -> None:
        """Go; by `force` whatever the trader still has to do."""

    def remember(self, how: CloseHow) -> None:
        """Do it like this from now on."""


class _Words(QWidget):
    """What would go on."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.words = ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        for number, line in enumerate(self.words.split("\n")):
            rect = QRectF(0, 14 + number * 22, self.width(), 22)
            paint.text(p, rect, line, self._look.theme.t1 if number == 0 else self._look.theme.t2, elide=True)
        p.end()


class CloseSheet(Sheet):
    """The default is to keep running; stopping waits until nothing is left and goes then. The choice may be kept."""

    wide = 780
    high = 226

    def __init__(self, window: QWidget, mirror: Mirror, look: Look, ways: Ways) -> None:
        super().__init__(window, mirror, look)
        self._ways = ways
        self._stopping: StopHow | None = None
        self._told = _Words(look)
        self.remember = Tick(look, t("close.remember"), note=t("close.remember_note"), parent=self.body)
        box = QVBoxLayout(self.body)
        box.setContentsMargins(0, 0, 0, 8)
        box.addWidget(self._told, 1)
        box.addWidget(self.remember)
        self.cancel.say(t("close.cancel"))
        self.leave_orders = ActButton(look, t("close.leave"), parent=self.card)
        self.disarm = ActButton(look, t("close.disarm"), parent=self.card)
        self.leave_orders.clicked.connect(lambda: self.stop(StopHow.LEAVE))
        self.disarm.clicked.connect(lambda: self.stop(StopHow.CANCEL))
        self.add_button(self.disarm)
        self.add_button(self.leave_orders)
        self.arm_button(t("close.keep"), "primary")
        for signal in (mirror.status_changed, mirror.grid_changed, mirror.watch_changed, mirror.orders_changed):
            signal.connect(self._look_again)
        mirror.kill_changed.connect(self._look_again)
        self._look_again()

    def title(self) -> str:
        return t("close.title_kill" if cancels_owed(self.mirror) else "close.title")

    def blocked(self) -> str:
        return ""

    def confirm(self) -> None:
        self._keep_choice("keep")
        self.leave()
        self._ways.keep()

    def stop(self, how: StopHow) -> None:
        """Stop everything in that way, and go once it is confirmed."""
        self._keep_choice("cancel" if how is StopHow.CANCEL else "leave")
        self._stopping = how
        self.disarm.setEnabled(False)
        # a cancel may never be proved: who waits for it may still go without
        self.leave_orders.setEnabled(how is StopHow.CANCEL)
        self._ways.stop(how)
        self._look_again()

    def _keep_choice(self, how: CloseHow) -> None:
        if self.remember.isChecked():
            self._ways.remember(how)

    def left_over(self) -> int:
        """What is still to be confirmed: armed strategies, stops, and live orders where those are to go too."""
        grids = sum(row.armed for row in self.mirror.grids.values()) + grids_winding(self.mirror)
        guards = sum(row.armed for row in self.mirror.watches.values())
        clearing = self.mirror.status.clearing if self.mirror.status is not None else 0
        if self._stopping is StopHow.LEAVE:
            return grids + guards + clearing
        orders = len(own_live(self.mirror)) + len(self.mirror.doubts())
        return grids + guards + clearing + max(orders, int(cancels_owed(self.mirror)))

    def _look_again(self, *_: object) -> None:
        status = self.mirror.status
        if self.leaving or status is None:
            return
        owed = cancels_owed(self.mirror)
        text = "close.text_kill" if owed else "close.text"
        grids = grids_armed(status) + grids_winding(self.mirror)
        words = t(text, grids=grids, guards=status.guards_armed, orders=status.live_orders)
        self._told.words = words.replace("。", "。\n", 1).replace("orders. ", "orders.\n", 1)
        self._told.update()
        if self._stopping is None:
            return
        left = self.left_over()
        self.say_foot(t("close.disarming", left=left))
        if not left:
            self.leave()
            self._ways.leave(stop_trader=True, force=owed)
