"""Closing with strategies running: stay in the background, stop them and leave, or do not close."""

from datetime import date
from typing import Protocol

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.controls import ActButton, Tick
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror, grids_armed
from qmtdesk.desk.link.settings import CloseHow
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.strip_words import cancels_owed, grids_winding
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.order import FINAL
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.sessions import at_of
from qmtdesk.wire.rows import OrderRow

PATIENCE_MS = 30_000
"""So long is a cancel waited for before the user is asked whether he wants to."""
LAST_WORDS_MS = 60_000
"""The trader takes the trades of the closing auction for told so long after the close."""
ON_A_LINE, LINES = 2, 2
_OVER = frozenset(state.value for state in FINAL)


def unconfirmed(mirror: Mirror) -> list[OrderRow]:
    """Own orders that may still trade, the oldest first; none once their day is over, whatever is still listed."""
    day = mirror.status.day if mirror.status is not None else ""
    if day and mirror.clock() >= at_of(date.fromisoformat(day), 15, 0) + LAST_WORDS_MS:
        return []
    rows = (row for row in mirror.orders.values() if row.kind != "foreign" and row.state not in _OVER)
    return sorted(rows, key=lambda row: (row.at, row.ref))


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
    high = 270

    def __init__(self, window: QWidget, mirror: Mirror, look: Look, ways: Ways) -> None:
        super().__init__(window, mirror, look)
        self._ways = ways
        self._stopping: StopHow | None = None
        self._overdue = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._waited)
        self._told = _Words(look)
        self.remember = Tick(look, t("close.remember"), note=t("close.remember_note"), parent=self.body)
        box = QVBoxLayout(self.body)
        box.setContentsMargins(0, 0, 0, 8)
        box.addWidget(self._told, 1)
        box.addWidget(self.remember)
        self.cancel.say(t("close.cancel"))
        self.leave_orders = ActButton(look, t("close.leave"), parent=self.card)
        self.disarm = ActButton(look, t("close.disarm"), parent=self.card)
        self.leave_orders.clicked.connect(self._leave_orders)
        self.disarm.clicked.connect(lambda: self.stop(StopHow.CANCEL))
        self.add_button(self.disarm)
        self.add_button(self.leave_orders)
        self.arm_button(t("close.keep"), "primary")
        for signal in (mirror.status_changed, mirror.grid_changed, mirror.watch_changed, mirror.orders_changed):
            signal.connect(self._look_again)
        mirror.kill_changed.connect(self._look_again)
        mirror.link_changed.connect(self._look_again)
        mirror.second_passed.connect(self._look_again)
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
        """Stop everything in that way, and go once it is confirmed; asked for again it is wished again."""
        if self._stopping is None:
            # going without what was waited for in vain is no habit
            self._keep_choice("cancel" if how is StopHow.CANCEL else "leave")
        self._stopping, self._overdue = how, False
        self._patience.start(PATIENCE_MS)
        self.disarm.say(t("close.disarm"))
        self.disarm.setEnabled(False)
        # a cancel may never be proved: who waits for it may still go without
        self.leave_orders.setEnabled(how is StopHow.CANCEL)
        self._ways.stop(how)
        self._look_again()

    def _leave_orders(self) -> None:
        if self._overdue and self.mirror.link != "attached":
            # nobody is there who could confirm anything
            self._depart(force=cancels_owed(self.mirror))
        else:
            self.stop(StopHow.LEAVE)

    def _waited(self) -> None:
        """Not confirmed for so long: say what, and leave it to the user."""
        self._overdue = True
        self.disarm.say(t("close.wait"))
        self.leave_orders.say(t("close.leave_now"))
        self.disarm.setEnabled(True)
        self.leave_orders.setEnabled(True)
        self._look_again()

    def _depart(self, *, force: bool) -> None:
        self._patience.stop()
        self.leave()
        self._ways.leave(stop_trader=True, force=force)

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
        orders = len(unconfirmed(self.mirror))
        return grids + guards + clearing + max(orders, int(cancels_owed(self.mirror)))

    def _named(self, left: int) -> str:
        """What has not been confirmed for long, by name."""
        rows = unconfirmed(self.mirror)
        names = [f"{row.name} {t(f'side.{row.side}')} {fmt.price(row.price, row.code)} × {row.volume}" for row in rows]
        lines = [t("close.overdue", n=left, s=PATIENCE_MS // 1000)]
        starts = range(0, min(len(names), ON_A_LINE * LINES), ON_A_LINE)
        lines.extend(t("close.between").join(names[first : first + ON_A_LINE]) for first in starts)
        if len(names) > ON_A_LINE * LINES:
            lines[-1] += t("close.and_more", n=len(names) - ON_A_LINE * LINES)
        return "\n".join(lines)

    def _look_again(self, *_: object) -> None:
        status = self.mirror.status
        if self.leaving or status is None:
            return
        owed = cancels_owed(self.mirror)
        text = "close.text_kill" if owed else "close.text"
        grids = grids_armed(status) + grids_winding(self.mirror)
        words = t(text, grids=grids, guards=status.guards_armed, orders=status.live_orders)
        words = words.replace("。", "。\n", 1).replace("orders. ", "orders.\n", 1)
        left = self.left_over()
        if self._overdue:
            words = self._named(left)
        if self.mirror.link != "attached":
            words += "\n" + t("close.unheard")
        self._told.words = words
        self._told.update()
        if self._stopping is None:
            return
        self.say_foot(t("close.disarming", left=left))
        if not left:
            self._depart(force=owed)
