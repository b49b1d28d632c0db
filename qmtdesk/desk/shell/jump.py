"""The jump box: a code, a name, its pinyin initials or a command, and Enter goes there."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from qmtdesk.desk.bonds.bonds_search import initials
from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import t

_ROW = 28
_MOST = 9


@dataclass(frozen=True, slots=True)
class Goal:
    """A place to go or a thing to do. `kind`: bond | stock | command."""

    kind: str
    value: str
    words: str
    hint: str = ""


def goals(mirror: Mirror, typed: str, commands: tuple[Goal, ...]) -> list[Goal]:
    """What the typed text may mean, best first."""
    needle = typed.strip().lower()
    if not needle:
        return list(commands[:_MOST])
    found: list[tuple[int, Goal]] = []
    for code, bond in mirror.bonds.items():
        rank = match_rank(needle, code, bond.name)
        if rank is not None:
            found.append((rank, Goal("bond", code, t("jump.bond", name=bond.name), fmt.bare(code))))
    for code, row in mirror.watches.items():
        rank = match_rank(needle, code, row.name)
        if rank is not None:
            found.append((rank, Goal("stock", code, t("jump.stock", name=row.name), fmt.bare(code))))
    found += [(3, goal) for goal in commands if needle in goal.words.lower() or needle in initials(goal.words)]
    return [goal for _, goal in sorted(found, key=lambda pair: pair[0])][:_MOST]


def match_rank(needle: str, code: str, name: str) -> int | None:
    """How well a text names an instrument: 0 its start, 1 its initials, 2 anywhere; None not at all."""
    if code.lower().startswith(needle) or name.lower().startswith(needle):
        return 0
    if initials(name).startswith(needle):
        return 1
    return 2 if needle in name.lower() or needle in code.lower() else None


class JumpBox(QLineEdit):
    """A line and, while typing, a list below it that takes no focus."""

    chosen = Signal(object)  # Goal
    keyboard_moved = Signal()

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror, self._look = mirror, look
        self.commands: Callable[[], tuple[Goal, ...]] = tuple
        self._list = _Goals(look, self)
        self._list.picked.connect(self._go)
        self.setFrame(False)
        self.setFont(fonts.font(fonts.BODY))
        self.setTextMargins(27, 0, 8, 0)
        self.textEdited.connect(self._suggest)
        look.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours and the language in force."""
        self.setAccessibleName(t("top.jump"))
        theme = self._look.theme
        self.setStyleSheet(f"QLineEdit {{ background: transparent; border: 0; color: {theme.t1}; }}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(176, 30)

    def _suggest(self) -> None:
        self._list.tell(goals(self._mirror, self.text(), self.commands()))
        self._list.drop()

    def _go(self, goal: object) -> None:
        self.clear()
        self._list.hide()
        self.clearFocus()
        self.chosen.emit(goal)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.keyboard_moved.emit()
        self._suggest()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._list.hide()
        self.keyboard_moved.emit()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.clear()
            self.clearFocus()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            goal = self._list.current()
            if goal is not None:
                self._go(goal)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        focus = self.hasFocus()
        paint.box(p, rect, theme.bg2, theme.acc if focus else theme.line2, 5, 1.5 if focus else 1)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(paint.color(theme.t2), 1.4))
        middle = rect.center().y()
        p.drawEllipse(QRectF(11, middle - 5.5, 8, 8))
        p.drawLine(QPointF(18, middle + 1.6), QPointF(22, middle + 5.6))
        if not self.text() and not focus:
            paint.text(p, rect.adjusted(28, 0, -52, 0), t("top.jump"), theme.t3, fonts.SMALL, elide=True)
            paint.text(p, rect.adjusted(0, 0, -10, 0), "Ctrl K", theme.t3, fonts.SMALL, align=paint.RIGHT)
        p.end()
        super().paintEvent(event)


class _Goals(QWidget):
    """The list under the box."""

    picked = Signal(object)

    def __init__(self, look: Look, box: JumpBox) -> None:
        super().__init__(box.window())
        self._look, self._box = look, box
        self._goals: list[Goal] = []
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.hide()

    def tell(self, found: list[Goal]) -> None:
        self._goals, self._at = found, 0
        self.update()

    def drop(self) -> None:
        self.resize(300, max(len(self._goals), 1) * _ROW + 10)
        window = self._box.window()
        if self.parentWidget() is not window:
            self.setParent(window)
            window.installEventFilter(self)
        self.move(self._box.mapTo(window, QPoint(self._box.width() - self.width(), self._box.height() + 4)))
        self.show()
        self.raise_()

    def current(self) -> Goal | None:
        return self._goals[self._at] if self._goals else None

    def step(self, by: int) -> None:
        if self._goals:
            self._at = (self._at + by) % len(self._goals)
            self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowDeactivate):
            self.hide()
        return False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = int((event.position().y() - 5) // _ROW)
        if 0 <= at < len(self._goals) and at != self._at:
            self._at = at
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)
        goal = self.current()
        if goal is not None:
            self.picked.emit(goal)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), theme.bg1, theme.line2, 6)
        if not self._goals:
            paint.text(p, QRectF(12, 5, 276, _ROW), t("jump.nothing"), theme.t3)
        for number, goal in enumerate(self._goals):
            row = QRectF(5, 5 + number * _ROW, self.width() - 10, _ROW)
            if number == self._at:
                paint.box(p, row, theme.sel, radius=4)
            hint = fonts.width_of(goal.hint, fonts.SMALL) + 18
            paint.text(p, row.adjusted(9, 0, -hint, 0), goal.words, theme.t1, elide=True)
            paint.text(p, row.adjusted(0, 0, -9, 0), goal.hint, theme.t3, fonts.SMALL, align=paint.RIGHT)
        p.end()
