"""The two controls in the bond panel's title row: the search box and the chooser of the screen."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import Button
from qmtdesk.desk.brush.look import Look


class ScreenChooser(Button):
    """Which screen is in force, as a button with a list under it."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "", parent)
        self.setFixedHeight(26)

    def sizeHint(self) -> QSize:
        return QSize(int(fonts.width_of(self.text(), fonts.SMALL)) + 36, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        th = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, paint.mix(th.t1, th.bg2, 0.07) if self.underMouse() else th.bg2, th.line2)
        paint.text(p, rect.adjusted(10, 0, -24, 0), self.text(), th.t1, fonts.SMALL, elide=True)
        paint.triangle(p, rect.right() - 17, rect.center().y(), False, th.t2)
        if self.hasFocus():
            paint.box(p, rect, "", th.acc, width=1.5)
        p.end()


class SearchBox(QLineEdit):
    """Code, name or initials; Esc empties it, Down goes on to the table."""

    down_pressed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setFrame(False)
        self.setFixedHeight(26)
        self.setTextMargins(24, 0, 6, 0)
        self.setFont(fonts.font(fonts.SMALL))
        look.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """The colours of the theme in force."""
        th = self._look.theme
        self.setStyleSheet(
            f"QLineEdit {{ background: {th.bg2}; color: {th.t1}; border: 1px solid {th.line2}; border-radius: 4px;"
            f" placeholder-text-color: {th.t3}; selection-background-color: {th.accfill}; }}"
            f" QLineEdit:focus {{ border: 1px solid {th.acc}; }}"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(paint.pen(self._look.theme.t3, 1.4))
        p.drawEllipse(QRectF(9, 7.5, 8, 8))
        p.drawLine(QPoint(16, 15), QPoint(19, 18))
        p.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)
