"""A window that holds one panel for a second monitor."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import paint, skin
from qmtdesk.desk.brush.look import Look


class FloatWindow(QWidget):
    """Takes the panel in; `back` is called when it is closed, and takes it out again."""

    def __init__(self, panel: QWidget, look: Look, back: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._look, self._back = look, back
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 6, 6, 6)
        box.addWidget(panel)
        self.setWindowTitle("qmtdesk")
        self.setWindowIcon(skin.icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(960, 420)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), paint.color(self._look.theme.bg0))
        p.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._back()
        super().closeEvent(event)
