"""How a grid may be stopped: at once and safely, or with what it holds sold, which shows its numbers first."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.controls import Option
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.grid_own import live_own
from qmtdesk.desk.sheets.sheet_base import top_of
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.codes import classify
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.rules import floor_lot, rules_of
from qmtdesk.domain.sessions import shanghai_day


class StopSheet(WishSheet):
    """停止并卖出: the one stop that asks, because it sells."""

    wide = 560
    high = 300

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str) -> None:
        super().__init__(window, mirror, commands, look)
        self.code = code
        self.say_foot(t("stop.foot"))
        mirror.grid_changed.connect(self._rows_changed)
        mirror.quotes_changed.connect(self._rows_changed)
        self._show()

    def title(self) -> str:
        return t("stop.sell_title")

    def subject(self) -> str:
        return self.code

    def _rows_changed(self, keys: frozenset[str]) -> None:
        if self.code in keys:
            self._show()

    def _volume(self) -> int:
        grid, day = self.mirror.grids.get(self.code), shanghai_day(self.mirror.clock())
        most = min(grid.held + grid.surplus, grid.can_use) if grid is not None else 0
        # what is no whole lot stays, as it does in the trader
        return floor_lot(rules_of(classify(self.code), day), most)

    def _show(self) -> None:
        grid = self.mirror.grids.get(self.code)
        if grid is None:
            return
        volume, last = self._volume(), self.mirror.last(self.code)
        # a first buy may rest between two levels
        live = live_own(self.mirror, self.code)
        lines = [
            (t("stop.cancels"), t("stop.orders", n=live), False),
            (t("stop.sells"), fmt.volume(volume, self.code), False),
            (t("stop.worth"), t("grid.yuan", money=fmt.money(volume * last, 0)), False),
            (t("stop.result"), fmt.money(grid.floating, 2, signed=True), grid.floating < 0),
            (t("stop.keeps"), fmt.volume(grid.base_holding - grid.surplus, self.code), False),
        ]
        rest = grid.held + grid.surplus - grid.can_use
        if rest > 0:
            lines.append((t("stop.rest"), t("stop.rest_note", volume=fmt.volume(rest, self.code)), True))
        self.facts.say(tuple(lines))
        self.arm_button(t("stop.sell_go", volume=fmt.volume(volume, self.code)), "sell")
        self.recheck()

    def missing(self) -> str:
        # a quote that is old bars nothing: the trader stops at once and sells when the next one comes
        return "" if self._volume() > 0 else t("stop.nothing")

    def aside(self) -> tuple[str, bool]:
        return (t("stop.foot_stale"), True) if self.mirror.stale(self.code) else super().aside()

    def wish(self, done: Done) -> None:
        self.commands.disarm_grid(self.code, StopHow.SELL, done)


class StopChoice(QWidget):
    """A small list under a button, inside the window. The first line is what 停止 does anyway.

    It goes away with a choice, with Esc, with a click anywhere else and when the window changes its size.
    """

    def __init__(self, window: QWidget, look: Look, anchor: QWidget, pick: Callable[[StopHow], None]) -> None:
        super().__init__(window)
        self.look = look
        self._pick = pick
        self._before: QWidget | None = window.focusWidget()
        self._gone = False
        self.options: list[Option] = []
        for at, how in enumerate((StopHow.CANCEL, StopHow.LEAVE, StopHow.SELL)):
            option = Option(look, t(f"stop.{how.value}"), t(f"stop.{how.value}_note"), self)
            option.setCheckable(False)
            option.setGeometry(6, 6 + at * 52, 308, 46)
            option.clicked.connect(lambda _=False, how=how: self._take(how))
            self.options.append(option)
        self.setFixedSize(320, 6 + 52 * len(self.options))
        corner = anchor.mapTo(window, QPoint(anchor.width() - self.width(), anchor.height() + 4))
        x = min(max(corner.x(), 8), window.width() - self.width() - 8)
        self.move(x, min(max(corner.y(), top_of(window) + 4), window.height() - self.height() - 8))
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        self.show()
        self.raise_()
        self.options[0].setFocus()

    def _take(self, how: StopHow) -> None:
        self.leave()
        self._pick(how)

    def leave(self) -> None:
        """Put it away."""
        if self._gone:
            return
        self._gone = True
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        now = next((at for at, option in enumerate(self.options) if option.hasFocus()), 0)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif step:
            self.options[(now + step) % len(self.options)].setFocus()
        elif Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12:
            event.ignore()
            return
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            if watched is not self and not self.isAncestorOf(watched):
                self.leave()
        elif event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self.leave()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), self.look.theme.bg1, self.look.theme.line2, 8)
        p.end()
