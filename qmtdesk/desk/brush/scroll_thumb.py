"""A thin scroll thumb laid over the right edge of a view."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look

_WIDE = 12


class ScrollThumb(QWidget):
    """4 px in a 12 px gutter; drags; shows only when there is something to scroll."""

    def __init__(self, view: QAbstractScrollArea, look: Look) -> None:
        super().__init__(view)
        self._view, self._look = view, look
        self._grab: float | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        view.verticalScrollBar().valueChanged.connect(self.update)
        view.verticalScrollBar().rangeChanged.connect(self.place)
        view.viewport().installEventFilter(self)
        look.changed.connect(self.update)
        self.place()

    def place(self, *_: int) -> None:
        """Stand at the right edge of the viewport."""
        port = self._view.viewport().geometry()
        self.setGeometry(port.right() - _WIDE + 1, port.top(), _WIDE, port.height())
        self.setVisible(self._view.verticalScrollBar().maximum() > 0)
        self.raise_()
        self.update()

    def _thumb(self) -> QRectF:
        bar = self._view.verticalScrollBar()
        span = bar.maximum() - bar.minimum() + bar.pageStep()
        if span <= 0:
            return QRectF()
        high = max(self.height() * bar.pageStep() / span, 28)
        top = (self.height() - high) * (bar.value() - bar.minimum()) / max(bar.maximum() - bar.minimum(), 1)
        return QRectF(4, top + 2, 4, high - 4)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grab = event.position().y() - self._thumb().top()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is None:
            return
        bar = self._view.verticalScrollBar()
        room = max(self.height() - self._thumb().height(), 1)
        part = (event.position().y() - self._grab) / room
        bar.setValue(round(bar.minimum() + part * (bar.maximum() - bar.minimum())))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grab = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        theme = self._look.theme
        strong = self.underMouse() or self._grab is not None
        paint.box(p, self._thumb(), theme.t3 if strong else theme.line2, radius=2)
        p.end()
