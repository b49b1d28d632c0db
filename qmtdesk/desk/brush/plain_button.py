"""The shell's own buttons: a bordered word, the menu's three lines, the kill switch."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.words.texts import t


class ShellButton(QAbstractButton):
    """Takes Space but never Enter: Enter alone does nothing anywhere."""

    def __init__(self, look: Look, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(words)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def ring(self, p: QPainter, radius: float) -> None:
        """The focus ring, where there is focus."""
        if self.hasFocus():
            paint.box(p, QRectF(self.rect()), outline=self._look.theme.acc, radius=radius, width=1.5)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class PlainButton(ShellButton):
    """A bordered word, 26 px high; on the alarm strip with an amber border."""

    def __init__(self, look: Look, words: str, parent: QWidget | None = None, *, alarm: bool = False) -> None:
        super().__init__(look, words, parent)
        self._alarm = alarm

    def sizeHint(self) -> QSize:
        return QSize(int(fonts.width_of(self.text(), fonts.BODY, True)) + 26, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        fill = theme.bg2 if self.isEnabled() else theme.bg1
        if self.isDown() or self.underMouse():
            fill = theme.bg3
        paint.box(p, QRectF(self.rect()), fill, theme.warn if self._alarm else theme.line2, 5)
        paint.text(
            p,
            QRectF(self.rect()),
            self.text(),
            theme.t1 if self.isEnabled() else theme.t3,
            bold=True,
            align=paint.CENTRE,
        )
        self.ring(p, 5)
        p.end()


class MenuButton(ShellButton):
    """Three lines."""

    def sizeHint(self) -> QSize:
        return QSize(34, 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        if self.isDown() or self.underMouse():
            paint.box(p, QRectF(self.rect()), theme.bg2, radius=5)
        for y in (11, 16, 21):
            p.fillRect(QRectF(9, y, 16, 2), paint.color(theme.t2))
        self.ring(p, 5)
        p.end()


class KillButton(ShellButton):
    """全部停止: amber outline while things run, a solid amber block once they are stopped. Never disabled."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "", parent)
        self._on = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tell(on=False)

    def tell(self, *, on: bool) -> None:
        """Show whether the kill switch is on."""
        self._on = on
        words = t("kill.button_done" if on else "kill.button")
        self.setText(words)
        self.setAccessibleName(words)
        self.setToolTip(t("tip.kill"))
        self.updateGeometry()
        self.update()

    @property
    def on(self) -> bool:
        """Whether it shows the switch as on."""
        return self._on

    def sizeHint(self) -> QSize:
        longest = max(fonts.width_of(t(key), fonts.VALUE, True) for key in ("kill.button", "kill.button_done"))
        return QSize(max(int(longest) + 38 + 42, 150), 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        middle = rect.center().y()
        pressed = self.isDown() or self.underMouse()
        if self._on:
            paint.box(p, rect, theme.solid, radius=5)
            paint.octagon(p, 13, middle, theme.on_solid)
            text, hint = theme.on_solid, ""
        else:
            fill = paint.mix(theme.solid, theme.warnbg, 0.18) if pressed else theme.warnbg
            paint.box(p, rect, fill, theme.warn, 5, 1.5)
            paint.octagon(p, 13, middle, theme.warn, hole=theme.warnbg)
            text, hint = theme.t1, "F12"
        paint.text(p, QRectF(38, 0, rect.width() - 44, rect.height()), self.text(), text, fonts.VALUE, bold=True)
        paint.text(p, rect.adjusted(0, 0, -11, 0), hint, theme.t2, fonts.SMALL, align=paint.RIGHT)
        self.ring(p, 5)
        p.end()
