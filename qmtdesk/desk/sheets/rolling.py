"""The body of a tall sheet in a low window: it keeps its height and rolls, so nothing in it is squeezed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.scroll_thumb import ScrollThumb

REACH = 30
"""Kept in sight above and below what has the keyboard, in pixels."""


class _Edge(ScrollThumb):
    """Beside the body instead of over its right edge."""

    def place(self, *_: int) -> None:
        super().place()
        view = self.parentWidget()
        if view is not None:
            self.move(view.width() - self.width(), self.y())


class Rolling(QScrollArea):
    """Holds `body`, never lower than `least`; where there is room for it, it is as if it were not here."""

    def __init__(self, look: Look, body: QWidget, least: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        body.setMinimumHeight(least)
        self.setWidget(body)
        # the card paints the ground
        body.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.thumb = _Edge(self, look)
        self.verticalScrollBar().rangeChanged.connect(self._make_room)

    def _make_room(self, _least: int, most: int) -> None:
        self.setViewportMargins(0, 0, self.thumb.width() if most else 0, 0)

    def show_focus(self) -> None:
        """Bring what has the keyboard into sight."""
        now: QWidget | None = self.window().focusWidget()
        if now is not None and self.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, REACH)
