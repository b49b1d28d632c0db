"""The buttons of sheets and panels, painted from the tokens: actions, segments, options, ticks, folds."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.tokens import Theme

FOCUS = 1.5


def focus_ring(p: QPainter, rect: QRectF, theme: Theme, radius: float = 5.0) -> None:
    """The 1.5 px accent ring of whatever has the keyboard."""
    paint.box(p, rect, outline=theme.acc, radius=radius, width=FOCUS)


class Button(QAbstractButton):
    """Base: hover repaints, Space presses without repeating, Enter never does."""

    def __init__(self, look: Look, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setText(words)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        look.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
            event.ignore()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
            event.ignore()
            return
        super().keyReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ActButton(Button):
    """One action and its key. `kind`: plain | primary | sell. Only a button that sells is green."""

    def __init__(
        self,
        look: Look,
        words: str,
        hint: str = "",
        kind: str = "plain",
        parent: QWidget | None = None,
        height: int = 36,
    ) -> None:
        super().__init__(look, words, parent)
        self._hint = hint
        self._hint_dim = False
        self._kind = kind
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, words: str, kind: str | None = None) -> None:
        """Change what it says, and what it is."""
        if words == self.text() and kind in (None, self._kind):
            return
        self._kind = kind or self._kind
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def dim_hint(self, *, dim: bool) -> None:
        """Say that its key does nothing just now; a click may."""
        if dim != self._hint_dim:
            self._hint_dim = dim
            self.update()

    def drop_hint(self) -> None:
        """Name no key any more."""
        self._hint = ""
        self.updateGeometry()
        self.update()

    def least_width(self) -> int:
        """How narrow it may get before its words are cut; its key is left out first."""
        return int(fonts.width_of(self.text(), fonts.BODY, True)) + 21

    @property
    def kind(self) -> str:
        """One of plain | primary | sell."""
        return self._kind

    def sizeHint(self) -> QSize:
        wide = fonts.width_of(self.text(), fonts.BODY, True) + 2 * (22 if self._height > 30 else 10)
        if self._hint:
            wide += fonts.width_of(self._hint, fonts.SMALL) + 10
        return QSize(int(wide) + 1, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        ground, value, edge = self._colours(theme)
        paint.box(p, rect, ground, edge, 5)
        wide = fonts.width_of(self.text(), fonts.BODY, True)
        hint_wide = fonts.width_of(self._hint, fonts.SMALL) + 10 if self._hint else 0.0
        if wide + hint_wide > rect.width() - 12:
            hint_wide = 0.0
        left = (rect.width() - wide - hint_wide) / 2
        paint.text(p, QRectF(left, 0, rect.width() - left, rect.height()), self.text(), value, bold=True)
        if hint_wide:
            muted = paint.mix(value, ground, 0.3 if self._hint_dim else 0.75) if self.isEnabled() else value
            place = QRectF(left + wide + 10, 0, hint_wide, rect.height())
            paint.text(p, place, self._hint, muted, fonts.SMALL)
        if self.hasFocus():
            focus_ring(p, rect, theme)
        p.end()

    def _colours(self, theme: Theme) -> tuple[str, str, str]:
        """Ground, text, edge."""
        if not self.isEnabled():
            return theme.bg2, theme.t3, theme.line
        fill = {"primary": theme.accfill, "sell": theme.dnfill}.get(self._kind, theme.bg2)
        text = theme.t1 if self._kind == "plain" else theme.on_fill
        if self.isDown():
            fill = paint.mix("#000000", fill, 0.15)
        elif self.underMouse():
            fill = paint.mix(theme.t1, fill, 0.08)
        return fill, text, theme.line2 if self._kind == "plain" else ""


class Segments(QWidget):
    """A few exclusive words side by side; ←→ and clicks move, the wheel does not."""

    chosen = Signal(str)

    def __init__(
        self, look: Look, options: tuple[tuple[str, str], ...], value: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look = look
        self._options = options
        self._value = value
        self.setFixedHeight(32)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.changed.connect(self.update)

    @property
    def value(self) -> str:
        """The chosen option's key."""
        return self._value

    def set_value(self, value: str) -> None:
        """Choose, and say so when it is another one."""
        if value != self._value:
            self._value = value
            self.setAccessibleDescription(dict(self._options)[value])
            self.update()
            self.chosen.emit(value)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg2, theme.line2, 5)
        wide = rect.width() / len(self._options)
        for at, (key, words) in enumerate(self._options):
            cell = QRectF(at * wide, 0, wide, rect.height())
            on = key == self._value
            if on:
                paint.box(p, cell.adjusted(1.5, 1.5, -1.5, -1.5), theme.accfill, radius=4)
            value = theme.on_fill if on else theme.t1
            paint.text(p, cell, words, value, bold=on, align=paint.CENTRE)
        if self.hasFocus():
            focus_ring(p, rect, theme)
        p.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            at = int(event.position().x() / (self.width() / len(self._options)))
            self.set_value(self._options[min(max(at, 0), len(self._options) - 1)][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            event.ignore()
            return
        keys = [key for key, _ in self._options]
        self.set_value(keys[min(max(keys.index(self._value) + step, 0), len(keys) - 1)])


class Option(Button):
    """One of several ways, in two lines: what, and what it means."""

    def __init__(self, look: Look, words: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(look, words, parent)
        self._note = note
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFixedHeight(46)

    def say(self, words: str, note: str) -> None:
        """Change both lines."""
        if (words, note) != (self.text(), self._note):
            self.setText(words)
            self._note = note
            self.setAccessibleName(f"{words} {note}")
            self.update()

    def sizeHint(self) -> QSize:
        wide = max(fonts.width_of(self.text(), fonts.BODY, True), fonts.width_of(self._note, fonts.SMALL))
        return QSize(int(wide) + 52, 46)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        on = self.isChecked()
        ground = theme.sel if on else paint.mix(theme.t1, theme.bg2, 0.05) if self.underMouse() else theme.bg2
        paint.box(p, rect, ground, theme.acc if on else theme.line2, 5)
        if not self.isCheckable():
            paint.text(p, QRectF(14, 5, rect.width() - 24, 19), self.text(), theme.t1, bold=True, elide=True)
            paint.text(p, QRectF(14, 24, rect.width() - 24, 17), self._note, theme.t2, fonts.SMALL, elide=True)
            if self.hasFocus():
                focus_ring(p, rect, theme)
            p.end()
            return
        middle = rect.center().y()
        paint.dot(p, 12, middle, theme.acc if on else theme.t2, 15, hollow=True)
        if on:
            paint.dot(p, 16, middle, theme.acc, 7)
        wide = rect.width() - 46
        paint.text(p, QRectF(38, 5, wide, 19), self.text(), theme.t1, bold=True, elide=True)
        paint.text(p, QRectF(38, 24, wide, 17), self._note, theme.t2, fonts.SMALL, elide=True)
        if self.hasFocus():
            focus_ring(p, rect, theme)
        p.end()


class Tick(Button):
    """A check box with its words and a quieter note behind them."""

    def __init__(
        self, look: Look, words: str, *, on: bool = False, note: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(look, words, parent)
        self._note = note
        self.setCheckable(True)
        self.setChecked(on)
        self.setFixedHeight(26)

    def say(self, words: str, note: str = "") -> None:
        """Change the words."""
        if (words, note) != (self.text(), self._note):
            self.setText(words)
            self._note = note
            self.setAccessibleName(words)
            self.update()

    def sizeHint(self) -> QSize:
        wide = fonts.width_of(self.text()) + fonts.width_of(self._note, fonts.SMALL)
        return QSize(int(wide) + 36, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        on, alive = self.isChecked(), self.isEnabled()
        frame = QRectF(0.5, self.height() / 2 - 8, 16, 16)
        if on:
            paint.box(p, frame, theme.accfill if alive else theme.line2, radius=3)
            paint.tick(p, frame.left() + 3, frame.center().y(), theme.on_fill)
        else:
            edge = theme.t2 if self.underMouse() and alive else theme.line2
            paint.box(p, frame, theme.bg2, edge, 3)
        value = (theme.t1 if on else theme.t2) if alive else theme.t3
        wide = paint.text(p, QRectF(26, 0, self.width() - 26, self.height()), self.text(), value)
        if self._note:
            place = QRectF(34 + wide, 0, self.width() - 34 - wide, self.height())
            paint.text(p, place, self._note, theme.t3, fonts.SMALL, elide=True)
        if self.hasFocus():
            focus_ring(p, frame.adjusted(-2, -2, 2, 2), theme, 4)
        p.end()


class Fold(Button):
    """A line that turns to another page and back (`back` is what it says there), or opens what stands below it."""

    def __init__(
        self, look: Look, words: str, opened: Callable[[bool], None], parent: QWidget | None = None, back: str = ""
    ) -> None:
        super().__init__(look, words, parent)
        self._note = ""
        self._words = words, back or words
        self._turns = bool(back)
        self.toggled.connect(self._turned)
        self.setCheckable(True)
        self.toggled.connect(opened)
        self.setFixedHeight(26)

    def _turned(self, opened: bool) -> None:  # noqa: FBT001
        words = self._words[1 if opened else 0]
        self.setText(words)
        self.setAccessibleName(words)

    def say(self, note: str) -> None:
        """What is in there, while it is closed."""
        if note != self._note:
            self._note = note
            self.setAccessibleDescription(note)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        value = theme.t1 if self.underMouse() else theme.t2
        p.setPen(QPen(paint.color(value), 1.5))
        x, y = 3.0, self.height() / 2
        if self.isChecked() and self._turns:
            p.drawPolyline([QPointF(x + 6, y - 4), QPointF(x + 2, y), QPointF(x + 6, y + 4)])
        elif self.isChecked():
            p.drawPolyline([QPointF(x, y - 2), QPointF(x + 4, y + 2), QPointF(x + 8, y - 2)])
        else:
            p.drawPolyline([QPointF(x + 2, y - 4), QPointF(x + 6, y), QPointF(x + 2, y + 4)])
        wide = paint.text(p, QRectF(18, 0, self.width() - 18, self.height()), self.text(), value, fonts.SMALL)
        if not self.isChecked():
            place = QRectF(30 + wide, 0, self.width() - 30 - wide, self.height())
            paint.text(p, place, self._note, theme.t1, fonts.SMALL, elide=True)
        if self.hasFocus():
            focus_ring(p, QRectF(self.rect()), theme)
        p.end()
