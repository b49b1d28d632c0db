"""A line at the foot of a panel that says what was done and offers the way back, for ten seconds."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip

SHOWN_MS = 10_000
HIGH = 38


class NoteBar(QWidget):
    """Stands inside its panel, so it can never cover the kill button; the newest note replaces the one before."""

    def __init__(self, look: Look, panel: QWidget) -> None:
        super().__init__(panel)
        self.look = look
        self.words = ""
        self._warns = False
        self._then: Callable[[], object] | None = None
        self.button = ActButton(look, "", parent=self, height=26)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._act)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        look.changed.connect(self.update)
        self.hide()

    def say(self, words: str, action: str = "", then: Callable[[], object] | None = None) -> None:
        """Show what was done, and one action if there is one."""
        self._show(words, action, then, warns=False)

    def warn(self, words: str) -> None:
        """Show why something was not done."""
        self._show(words, "", None, warns=True)

    def _show(self, words: str, action: str, then: Callable[[], object] | None, *, warns: bool) -> None:
        self.words, self._then, self._warns = words, then, warns
        self.button.setVisible(bool(action))
        self.button.say(action)
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self.place()
        self.show()
        self.raise_()
        self.update()
        self._timer.start(SHOWN_MS)

    def _act(self) -> None:
        then, self._then = self._then, None
        self.hide()
        if then is not None:
            then()

    def place(self) -> None:
        """Keep to the foot of the panel."""
        panel = self.parentWidget()
        if panel is None:
            return
        self.setGeometry(6, panel.height() - HIGH - 6, panel.width() - 12, HIGH)
        size = self.button.sizeHint()
        self.button.setGeometry(self.width() - size.width() - 6, 6, size.width(), 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg3, theme.warn if self._warns else theme.line2, 6)
        left = 12.0
        if self._warns:
            left += paint.alert(p, left, rect.center().y(), theme.warn) + 2
        right = self.button.x() - 8 if not self.button.isHidden() else self.width() - 10
        paint.text(p, QRectF(left, 0, right - left, rect.height()), self.words, theme.t1, fonts.SMALL, elide=True)
        p.end()
