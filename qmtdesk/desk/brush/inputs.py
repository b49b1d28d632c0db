"""Where a sheet's numbers are typed and its choices made: unit-bound, range-checked, deaf to the wheel."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import Button, focus_ring
from qmtdesk.desk.brush.field_words import say_bad
from qmtdesk.desk.brush.fields import Bad, Field, parse, plain_number
from qmtdesk.desk.brush.look import Look

HEIGHT = 30


class _Line(QLineEdit):
    """The edit itself: right-aligned figures, the unit painted behind them."""

    def __init__(self, look: Look, unit: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.unit = unit
        self.bad = False
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(fonts.font(fonts.BODY, True))
        self.setFixedHeight(HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, on=False)
        self.setTextMargins(8, 0, int(fonts.width_of(unit, fonts.SMALL)) + (16 if unit else 10), 0)
        look.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """The colours of the theme in force."""
        theme = self.look.theme
        self.setStyleSheet(
            f"QLineEdit{{background:transparent;border:none;color:{theme.t1};"
            f"selection-background-color:{theme.accfill};selection-color:{theme.on_fill};}}"
            f"QLineEdit:disabled{{color:{theme.t3};}}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg2, theme.warn if self.bad else theme.line2, 5)
        if self.hasFocus() and not self.bad:
            focus_ring(p, rect, theme)
        if self.unit:
            paint.text(p, rect.adjusted(0, 0, -8, 0), self.unit, theme.t3, fonts.SMALL, align=paint.RIGHT)
        p.end()
        super().paintEvent(event)


class UnitField(QWidget):
    """One number with its unit; under it, when there is something to say, the echo or the reason it is refused."""

    changed = Signal()

    def __init__(
        self,
        look: Look,
        field: Field,
        value: int,
        unit: str,
        *,
        echo: Callable[[int], str] | None = None,
        sign: str = "",
        none: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.field = field
        self._echo = echo
        self._sign = sign
        self.unit = unit
        self._note = ""
        self.ground = ""
        """A token colour under the field where it floats over something else."""
        self.line = _Line(look, unit, self)
        self.line.setPlaceholderText(none)
        self.value = value
        self.bad: Bad | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.line)
        self._layout.addStretch(1)
        self.setFocusProxy(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._show(value)
        self._say()
        self.line.textEdited.connect(self._edited)
        self.line.editingFinished.connect(self._settled)
        look.changed.connect(self.update)

    def set_value(self, value: int) -> None:
        """Put a value in, as if it had been typed."""
        self._show(value)
        self._edited(self.line.text())

    def bound(self, field: Field) -> None:
        """Another range: what stands here, half typed too, is judged by it."""
        self.field = field
        self._edited(self.line.text())

    def sizeHint(self) -> QSize:
        return QSize(140, HEIGHT + (18 if self._note else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.sizeHint().height())

    @property
    def note(self) -> str:
        """What stands under the field."""
        return self._note

    def _show(self, value: int) -> None:
        empty = value == 0 and self.field.zero
        self.line.setText("" if empty else self._sign + plain_number(value, self.field))

    def _edited(self, text: str) -> None:
        got = parse(text, self.field)
        if isinstance(got, Bad):
            self.bad = got
        else:
            self.bad, self.value = None, got
        self.line.bad = self.bad is not None
        self.line.update()
        self._say()
        self.changed.emit()

    def _settled(self) -> None:
        if self.bad is None:
            self._show(self.value)

    def _say(self) -> None:
        note = self._echo(self.value) if self._echo is not None else ""
        if self.bad is not None:
            note = say_bad(self.bad, self.field, self.unit)
        if note != self._note:
            self._note = note
            self.setAccessibleDescription(note)
            self.updateGeometry()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._note and not self.ground:
            return
        theme = self.look.theme
        p = QPainter(self)
        if self.ground:
            p.fillRect(self.rect(), paint.color(self.ground))
        rect = QRectF(0, HEIGHT, self.width(), 18)
        if self.bad is not None:
            paint.text(p, rect, self._note, theme.warn, fonts.SMALL, elide=True)
        else:
            paint.text(p, rect, self._note, theme.t2, fonts.SMALL, align=paint.RIGHT, elide=True)
        p.end()


class Choice(Button):
    """One of a list, opened inside the sheet: no popup window, so nothing can take the kill key or cover its button."""

    chosen = Signal(str)

    def __init__(
        self, look: Look, options: tuple[tuple[str, str], ...], value: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, "", parent)
        self._options = options
        self._value = value
        self._list: _Options | None = None
        self.setFixedHeight(HEIGHT)
        self.clicked.connect(self.open)
        self._name()

    @property
    def value(self) -> str:
        """The chosen option's key."""
        return self._value

    def set_options(self, options: tuple[tuple[str, str], ...]) -> None:
        """New words for the same keys."""
        self._options = options
        self._name()
        self.update()

    def set_value(self, value: str) -> None:
        """Choose, and say so when it is another one."""
        if value != self._value:
            self._value = value
            self._name()
            self.update()
            self.chosen.emit(value)

    def open(self) -> None:
        """Show the list under (or over) the field; a second time closes it."""
        if self._list is not None:
            self.shut()
            return
        card = self.parentWidget()
        while card is not None and not card.property("sheet_card"):
            card = card.parentWidget()
        self._list = _Options(self, self._options, card or self.window())
        self.update()

    def shut(self) -> None:
        """Put the list away."""
        if self._list is not None:
            self._list.hide()
            self._list.deleteLater()
            self._list = None
            self.update()

    def _name(self) -> None:
        self.setAccessibleDescription(dict(self._options).get(self._value, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = [key for key, _ in self._options]
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.set_value(keys[min(max(keys.index(self._value) + step, 0), len(keys) - 1)])
            if self._list is not None:
                self._list.update()
        elif event.key() == Qt.Key.Key_Escape and self._list is not None:
            self.shut()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        self.shut()
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        ground = paint.mix(theme.t1, theme.bg2, 0.05) if self.underMouse() else theme.bg2
        paint.box(p, rect, ground, theme.line2, 5)
        value = theme.t1 if self.isEnabled() else theme.t3
        words = dict(self._options).get(self._value, "")
        paint.text(p, rect.adjusted(10, 0, -26, 0), words, value, elide=True)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(paint.color(theme.t2), 1.4))
        x, y = rect.right() - 18, rect.center().y()
        p.drawPolyline([QPointF(x, y - 2), QPointF(x + 4, y + 2), QPointF(x + 8, y - 2)])
        if self.hasFocus():
            focus_ring(p, rect, theme)
        p.end()


class _Options(QWidget):
    """The open list of a Choice, a child of the card it stands on."""

    ROW = 28

    def __init__(self, owner: Choice, options: tuple[tuple[str, str], ...], card: QWidget) -> None:
        super().__init__(card)
        self._owner = owner
        self._options = options
        self._over = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        high = self.ROW * len(options) + 8
        at = owner.mapTo(card, owner.rect().bottomLeft())
        top = at.y() + 3 if at.y() + 3 + high <= card.height() else at.y() - owner.height() - high - 2
        self.setGeometry(at.x(), top, owner.width(), high)
        card.installEventFilter(self)
        self.raise_()
        self.show()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self._owner.shut()
        return False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over = int((event.position().y() - 4) // self.ROW)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = int((event.position().y() - 4) // self.ROW)
        if 0 <= at < len(self._options):
            self._owner.set_value(self._options[at][0])
        self._owner.shut()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._owner.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg2, theme.line2, 6)
        for at, (key, words) in enumerate(self._options):
            row = QRectF(4, 4 + at * self.ROW, rect.width() - 8, self.ROW)
            if at == self._over:
                paint.box(p, row, theme.bg3, radius=4)
            on = key == self._owner.value
            if on:
                paint.tick(p, row.left() + 6, row.center().y(), theme.acc)
            paint.text(p, row.adjusted(24, 0, -4, 0), words, theme.t1, bold=on, elide=True)
        p.end()
