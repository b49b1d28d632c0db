"""The window at once: its frame is painted before the modules of the panels are even imported."""

from PySide6.QtCore import QByteArray, QEventLoop, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.shell.layout_sizes import EDGE, GAP, sizes

TOP, STRIP, HEAD = 54, 34, 34
_LONGEST_MS = 1_500
_DESIGNED = QSize(1600, 900)
_BORDERS = QSize(16, 40)
"""What the system may draw around the window, its title bar with it."""


class Frame(QMainWindow):
    """The top-level window. Empty panels until `furnish` gives it what it holds; then only a shell around that."""

    painted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._content: QMainWindow | None = None
        self._painted = False
        self._shown = False
        self.setWindowTitle("qmtdesk")

    def place(self, geometry: bytes) -> None:
        """Where it was left; else 1600×900, or as much of that as the screen holds, in its middle."""
        if geometry and self.restoreGeometry(QByteArray(geometry)):
            return
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(_DESIGNED.boundedTo(room.size() - _BORDERS))
        spare = room.size() - _BORDERS - self.size()
        self.move(room.x() + spare.width() // 2, room.y() + spare.height() // 2)

    def wait_painted(self, app: QApplication) -> None:
        """Let Qt paint the frame once; a system that never shows it does not hold up the rest."""
        guard = QTimer(self)
        guard.setSingleShot(True)
        guard.start(_LONGEST_MS)
        while not self._shown and guard.isActive():
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def furnish(self, content: QMainWindow) -> None:
        """Put the real window's content in; its title and icon become this window's."""
        self._content = content
        self.setWindowIcon(content.windowIcon())
        self.setWindowTitle(content.windowTitle() or "qmtdesk")
        content.windowTitleChanged.connect(self.setWindowTitle)
        self.setCentralWidget(content)

    def come_back(self) -> None:
        """Show it again without the keyboard: what is typed elsewhere just now must not stop or sell anything."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.show()
        self.raise_()
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, on=False)

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._content is None:
            self._paint_empty()
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._after_paint)

    def _after_paint(self) -> None:
        self._shown = True
        self.painted.emit()

    def _paint_empty(self) -> None:
        """Bars and panels where they will stand."""
        theme, wide, high = self._theme, self.width(), self.height()
        share = sizes(wide, high)
        left, top = EDGE, TOP + STRIP
        middle = left + share.bond + GAP
        right = wide - EDGE - share.right
        lower = top + share.upper + GAP
        seal = top + share.watch + GAP
        p = QPainter(self)
        p.fillRect(self.rect(), QColor(theme.bg0))
        p.fillRect(0, 0, wide, TOP, QColor(theme.bg1))
        p.fillRect(0, 0, wide, 2, QColor(theme.paper))
        panels = (
            QRect(left, top, share.bond, share.upper),
            QRect(middle, top, right - GAP - middle, share.upper),
            QRect(left, lower, right - GAP - left, high - EDGE - lower),
            QRect(right, top, share.right, share.watch),
            QRect(right, seal, share.right, high - EDGE - seal),
        )
        for panel in panels:
            p.fillRect(panel, QColor(theme.bg1))
            p.fillRect(panel.adjusted(0, HEAD, 0, HEAD + 24 - panel.height()), QColor(theme.bg2))
        p.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._content is not None and not self._content.close():
            event.ignore()
        else:
            event.accept()
