"""The two lists of the wizard: checks that open in place when they fail, and rows of which one is chosen."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import focus_ring
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.scroll_thumb import ScrollThumb
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.brush.wrap import wrapped
from qmtdesk.desk.setup.setup_state import Check, Level
from qmtdesk.desk.words.texts import t

LINE = 19
ROW = 34
NAME = 128
CHOICE = 50
_PAD = 14


def paint_level(p: QPainter, x: float, middle: float, theme: Theme, level: Level) -> None:
    """The mark of one level, 16 px: a tick, a triangle, a cross, a filled or a hollow ring."""
    if level == "ok":
        paint.dot(p, x, middle, theme.accbg, 16)
        paint.tick(p, x + 3, middle, theme.acc)
    elif level == "warn":
        paint.alert(p, x + 1, middle, theme.warn, 14)
    elif level == "bad":
        _cross(p, x + 8, middle, theme.warn)
    elif level == "busy":
        paint.dot(p, x + 1, middle, theme.acc, 14, hollow=True)
        paint.dot(p, x + 5, middle, theme.acc, 6)
    else:
        paint.dot(p, x + 1, middle, theme.t3, 14, hollow=True)


def _cross(p: QPainter, x: float, middle: float, value: str) -> None:
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(paint.pen(value, 1.8))
    for way in (-1, 1):
        p.drawLine(QPointF(x - 4, middle - 4 * way), QPointF(x + 4, middle + 4 * way))
    p.restore()


class _Scrolled(QAbstractScrollArea):
    """A painted column that scrolls, with the thin thumb; no higher than what it holds, and than `most`."""

    most = 16_777_215

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._thumb = ScrollThumb(self, look)
        look.changed.connect(self.refit)

    def total(self) -> int:
        """How high everything is."""
        return 0

    def refit(self) -> None:
        """After the content or the size changed."""
        bar = self.verticalScrollBar()
        self.setMaximumHeight(min(max(self.total() + 1, self.minimumHeight()), self.most))
        bar.setRange(0, max(self.total() - self.viewport().height(), 0))
        bar.setSingleStep(ROW)
        bar.setPageStep(max(self.viewport().height(), ROW))
        self._thumb.place()
        self.viewport().update()

    def ground(self, p: QPainter) -> None:
        """The box everything stands in."""
        theme, rect = self.look.theme, QRectF(self.viewport().rect())
        p.fillRect(rect, paint.color(theme.bg1))
        paint.box(p, rect, theme.bg1, theme.line2, 6)

    def ring(self, p: QPainter) -> None:
        """The focus ring."""
        if self.hasFocus():
            focus_ring(p, QRectF(self.viewport().rect()), self.look.theme, 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refit()


@dataclass(frozen=True, slots=True)
class _Laid:
    check: Check
    top: int
    high: int
    found: list[str]
    more: list[str]


class CheckList(_Scrolled):
    """Each check on its own line; one that failed says in place what was looked for and what to do. Ctrl+C copies."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.checks: tuple[Check, ...] = ()
        self._laid: list[_Laid] = []
        self.setMinimumHeight(2 * ROW)

    def show_checks(self, checks: tuple[Check, ...], *, follow: bool = False) -> None:
        """These; with `follow` the first that failed or is at work is scrolled to."""
        self.checks = checks
        self.setAccessibleDescription(self.as_text())
        self.refit()
        if follow:
            self._follow()

    def as_text(self) -> str:
        """All of it, for the clipboard."""
        return "\n".join(check.as_text() for check in self.checks)

    def total(self) -> int:
        self._lay()
        return sum(laid.high for laid in self._laid) + 2

    def _lay(self) -> None:
        room = max(self.viewport().width() - NAME - 3 * _PAD - 24, 120)
        self._laid, top = [], 1
        for check in self.checks:
            open_ = check.level in ("bad", "warn")
            found = wrapped(check.found, room, bold=open_) if open_ else [check.found]
            more = wrapped(t("setup.looked_for", text=check.looked_for), room) if open_ and check.looked_for else []
            for at, words in enumerate(check.advice if open_ else (), 1):
                numbered = f"{at}  {words}" if len(check.advice) > 1 else words
                more += wrapped(numbered, room)
            high = ROW if not more and len(found) == 1 else (len(found) + len(more)) * LINE + 16
            self._laid.append(_Laid(check, top, high, found, more))
            top += high

    def _follow(self) -> None:
        goal = next((laid for laid in self._laid if laid.check.level in ("bad", "busy")), None)
        if goal is not None:
            bar, high = self.verticalScrollBar(), self.viewport().height()
            if goal.top + goal.high > bar.value() + high or goal.top < bar.value():
                bar.setValue(max(min(goal.top, goal.top + goal.high - high), 0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self.viewport())
        self.ground(p)
        down = self.verticalScrollBar().value()
        p.setClipRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        for number, laid in enumerate(self._laid):
            if laid.top + laid.high > down and laid.top < down + self.viewport().height():
                self._paint(p, laid, laid.top - down, last=number == len(self._laid) - 1)
        p.setClipping(False)
        self.ring(p)
        p.end()

    def _paint(self, p: QPainter, laid: _Laid, top: float, *, last: bool) -> None:
        theme, check, wide = self.look.theme, laid.check, self.viewport().width()
        opened = check.level in ("bad", "warn")
        if check.level == "bad":
            p.fillRect(QRectF(1, top, wide - 2, laid.high), paint.color(theme.warnbg))
            p.fillRect(QRectF(1, top, 3, laid.high), paint.color(theme.warn))
        first = top + (ROW / 2 if laid.high == ROW else 8 + LINE / 2)
        paint_level(p, _PAD, first, theme, check.level)
        quiet = check.level == "wait"
        name = QRectF(_PAD + 26, first - LINE / 2, NAME - 12, LINE)
        paint.text(p, name, check.name, theme.t3 if quiet else theme.t1, bold=opened, elide=True)
        x = _PAD + 26 + NAME
        cell = QRectF(x, first - LINE / 2, wide - x - _PAD, LINE)
        for line in laid.found:
            value = theme.t3 if quiet else theme.t1 if opened else theme.t2
            paint.text(p, cell, line, value, bold=opened, elide=True)
            cell.translate(0, LINE)
        for line in laid.more:
            paint.text(p, cell, line, theme.t2)
            cell.translate(0, LINE)
        if not last:
            paint.hairline(p, _PAD, wide - _PAD, top + laid.high - 1, theme.line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        steps = {Qt.Key.Key_Up: -ROW, Qt.Key.Key_Down: ROW, Qt.Key.Key_PageUp: -bar.pageStep(),
                 Qt.Key.Key_PageDown: bar.pageStep()}  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        elif step is not None:
            bar.setValue(bar.value() + step)
        else:
            event.ignore()


@dataclass(frozen=True, slots=True)
class Choice:
    """One row to choose: two lines at the left, two at the right."""

    key: str
    title: str
    note: str
    level: Level
    right: str = ""
    right_note: str = ""


class ChoiceList(_Scrolled):
    """One of several; ↑↓, Home, End and a click choose. `chosen` when another one is."""

    chosen = Signal(str)
    most = 4 * CHOICE + 4

    def __init__(self, look: Look, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.rows: tuple[Choice, ...] = ()
        self.key = ""
        self._empty = empty
        self.setMinimumHeight(CHOICE + 4)

    def say_empty(self, words: str) -> None:
        """What stands there while there is nothing to choose."""
        self._empty = words
        self.viewport().update()

    def show_rows(self, rows: tuple[Choice, ...], key: str) -> None:
        """These, with that one chosen."""
        self.rows, self.key = rows, key
        # two rows are always whole: the rest gives way in a low window
        self.setMinimumHeight(min(max(len(rows), 1), 2) * CHOICE + 4)
        self._describe()
        self.refit()

    def choose(self, key: str) -> None:
        """Choose that one, as a click does."""
        if key != self.key and any(row.key == key for row in self.rows):
            self.key = key
            self._describe()
            self._reveal()
            self.viewport().update()
            self.chosen.emit(key)

    def total(self) -> int:
        return len(self.rows) * CHOICE + 2

    def _describe(self) -> None:
        row = next((row for row in self.rows if row.key == self.key), None)
        self.setAccessibleDescription("" if row is None else f"{row.title} {row.note} {row.right} {row.right_note}")

    def _reveal(self) -> None:
        at = self._at() * CHOICE
        bar, high = self.verticalScrollBar(), self.viewport().height()
        bar.setValue(min(max(bar.value(), at + CHOICE + 2 - high), at))

    def _at(self) -> int:
        return next((n for n, row in enumerate(self.rows) if row.key == self.key), -1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self.viewport())
        self.ground(p)
        rect = QRectF(self.viewport().rect())
        if not self.rows:
            paint.text(p, rect.adjusted(16, 0, -16, 0), self._empty, theme.t3, elide=True)
        p.setClipRect(rect.adjusted(1, 1, -1, -1))
        top = 1 - self.verticalScrollBar().value()
        for row in self.rows:
            if -CHOICE < top < rect.height():
                self._paint(p, row, QRectF(1, top, rect.width() - 2, CHOICE))
            top += CHOICE
        p.setClipping(False)
        self.ring(p)
        p.end()

    def _paint(self, p: QPainter, row: Choice, rect: QRectF) -> None:
        theme, on = self.look.theme, row.key == self.key
        if on:
            paint.selected_row(p, rect, theme)
        middle = rect.center().y()
        paint_level(p, rect.left() + _PAD, middle, theme, row.level)
        right = max(fonts.width_of(row.right, fonts.BODY, True), fonts.width_of(row.right_note, fonts.SMALL))
        left = rect.left() + _PAD + 28
        room = rect.width() - (left - rect.left()) - (right + 2 * _PAD if right else _PAD) - 6
        title = fonts.metrics(fonts.BODY, True).elidedText(row.title, Qt.TextElideMode.ElideMiddle, room)
        paint.text(p, QRectF(left, rect.top() + 6, room, 19), title, theme.t1, bold=True)
        value = theme.warn if row.level == "bad" else theme.t2
        paint.text(p, QRectF(left, rect.top() + 26, room, 17), row.note, value, fonts.SMALL, elide=True)
        cell = QRectF(rect.right() - _PAD - right - 6, rect.top() + 6, right, 19)
        paint.text(p, cell, row.right, theme.t1, bold=True, align=paint.RIGHT)
        note = QRectF(cell.left(), rect.top() + 26, right, 17)
        paint.text(p, note, row.right_note, theme.t2, fonts.SMALL, align=paint.RIGHT)
        paint.hairline(p, rect.left() + _PAD, rect.right() - _PAD, rect.bottom(), theme.line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = int((event.position().y() + self.verticalScrollBar().value() - 1) // CHOICE)
        if event.button() == Qt.MouseButton.LeftButton and 0 <= at < len(self.rows):
            self.choose(self.rows[at].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.rows) - 1
        goals = {Qt.Key.Key_Up: max(self._at() - 1, 0), Qt.Key.Key_Down: min(self._at() + 1, last),
                 Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}  # fmt: skip
        goal = goals.get(Qt.Key(event.key()))
        if goal is None or last < 0:
            event.ignore()
        else:
            self.choose(self.rows[goal].key)
