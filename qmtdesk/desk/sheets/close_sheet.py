"""Closing with strategies running: stay in the background, stop them and leave, or do not close."""

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.strip_words import own_live
from qmtdesk.desk.words.texts import t


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
    """The default is to keep running; disarming waits until nothing is left and goes then."""

    wide = 620
    high = 220

    def __init__(
        self,
        window: QWidget,
        mirror: Mirror,
        look: Look,
        keep: Callable[[], None],
        disarm: Callable[[], None],
        leave: Callable[..., None],
    ) -> None:
        super().__init__(window, mirror, look)
        self._keep, self._disarm, self._leave = keep, disarm, leave
        self._waiting = False
        self._told = _Words(look)
        box = QVBoxLayout(self.body)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._told)
        self.cancel.say(t("close.cancel"))
        self.disarm = ActButton(look, t("close.disarm"), parent=self.card)
        self.disarm.clicked.connect(self._disarm_all)
        self.add_button(self.disarm)
        self.arm_button(t("close.keep"), "primary")
        for signal in (mirror.status_changed, mirror.grid_changed, mirror.watch_changed, mirror.orders_changed):
            signal.connect(self._look_again)
        self._look_again()

    def title(self) -> str:
        return t("close.title")

    def blocked(self) -> str:
        return ""

    def confirm(self) -> None:
        self.leave()
        self._keep()

    def _disarm_all(self) -> None:
        self._waiting = True
        self.disarm.setEnabled(False)
        self._disarm()
        self._look_again()

    def left_over(self) -> int:
        """Armed strategies and live orders that are still there."""
        grids = sum(row.armed for row in self.mirror.grids.values())
        guards = sum(row.armed for row in self.mirror.watches.values())
        return grids + guards + len(own_live(self.mirror))

    def _look_again(self, *_: object) -> None:
        status = self.mirror.status
        if self.leaving or status is None:
            return
        grids = status.grids_running + status.grids_asleep + status.grids_sell_only
        words = t("close.text", grids=grids, guards=status.guards_armed, orders=status.live_orders)
        self._told.words = words.replace("。", "。\n", 1).replace("orders. ", "orders.\n", 1)
        self._told.update()
        if not self._waiting:
            return
        left = self.left_over()
        self.say_foot(t("close.disarming", left=left))
        if not left:
            self.leave()
            self._leave(stop_trader=True)
