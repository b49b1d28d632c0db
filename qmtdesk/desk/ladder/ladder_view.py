"""The ladder under keys, wheel and mouse: what the user wants of a level goes out as signals."""

from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder.ladder_layout import index_of
from qmtdesk.desk.ladder.ladder_picture import IDLE_S, ROW_HEIGHTS, LadderPicture


class LadderView(LadderPicture):
    """It sends nothing itself; every signal about a level carries its index."""

    pause_wanted = Signal(int)
    cancel_wanted = Signal(int)
    history_wanted = Signal(int, QPoint)
    menu_wanted = Signal(int, QPoint)
    help_wanted = Signal(int, QPoint)
    sheet_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._wheel = 0

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / 120)
        self._wheel -= notches * 120
        event.accept()
        if not notches:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = ROW_HEIGHTS.index(self._row_height) + (1 if notches > 0 else -1)
            self.set_row_height(ROW_HEIGHTS[min(max(at, 0), len(ROW_HEIGHTS) - 1)])
        else:
            self.scroll_rows(3 * notches)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        page = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}.get(Qt.Key(event.key()))
        if self._window is None:
            event.ignore()
        elif step is not None:
            start = self._chosen if self._chosen >= 0 else round(index_of(self._prices, self._last))
            self.choose(min(max(start + step, 0), len(self._prices) - 1))
        elif page is not None:
            self.scroll_rows(page * (self._window.count - 1))
        elif event.key() == Qt.Key.Key_C and not event.modifiers():
            self._touched = -IDLE_S
            self.centre()
        else:
            self._act(event)

    def _act(self, event: QKeyEvent) -> None:
        """Keys that ask for something to be done; not repeated by a key held down."""
        wanted = {Qt.Key.Key_Space: self.pause_wanted, Qt.Key.Key_Delete: self.cancel_wanted}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.sheet_wanted.emit()
        elif wanted is None or event.modifiers():
            event.ignore()
        elif self._chosen >= 0 and not event.isAutoRepeat():
            wanted.emit(self._chosen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._touched = monotonic()
        at = self.level_at(event.position())
        if at is not None:
            self.choose(at)
        elif self._window is not None and event.button() == Qt.MouseButton.LeftButton:
            up = event.position().y() < self.height() / 2
            self.scroll_rows((self._window.count - 1) * (1 if up else -1))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.level_at(event.position())
        if at is not None:
            self.history_wanted.emit(at, event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self.level_at(QPointF(event.pos()))
        if at is not None:
            self.choose(at)
            self.menu_wanted.emit(at, event.globalPos())

    def focusInEvent(self, event: object) -> None:
        self.update(self.body())

    def focusOutEvent(self, event: object) -> None:
        self.update(self.body())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.level_at(QPointF(event.pos()))
            if at is None:
                QToolTip.hideText()
            else:
                self.help_wanted.emit(at, event.globalPos())
            return True
        return super().event(event)
