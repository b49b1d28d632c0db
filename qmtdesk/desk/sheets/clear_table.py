"""The table of 清理: one holding a row with its tick, its numbers, and under them why it is there."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.scroll_thumb import ScrollThumb
from qmtdesk.desk.brush.standing import places_kept
from qmtdesk.desk.words.texts import say, say_short, t
from qmtdesk.wire.clear_talk import ClearLine

HEAD = 26
ROW = 46
BOX = 16
SHARES = {
    "name": (0.04, 0.28),
    "position": (0.28, 0.36),
    "volume": (0.36, 0.45),
    "stays": (0.45, 0.54),
    "bid1": (0.54, 0.65),
    "floor": (0.65, 0.76),
    "proceeds": (0.76, 0.90),
    "fee": (0.90, 1.0),
}


class ClearTable(QAbstractScrollArea):
    """A click or Space ticks, ↑↓ move, Del stops one that is being sold.

    While the pointer is over it no row comes to stand where another one was: what is gone leaves an empty place.
    """

    ticked = Signal()
    stop_wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.lines: tuple[ClearLine, ...] = ()
        self._places: Sequence[ClearLine] = ()
        self._pointed = False
        self.chosen: frozenset[str] = frozenset()
        self.empty: tuple[str, ...] = ()
        self._at = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._thumb = ScrollThumb(self, look)
        look.changed.connect(self._paint_all)

    def show_lines(self, lines: tuple[ClearLine, ...], empty: tuple[str, ...]) -> bool:
        """These, and with none of them what to say. Whether a tick went because its row is not what it was."""
        before = {line.code: line.volume for line in self.lines if line.code in self.chosen}
        now = {line.code: line.volume for line in lines if tickable(line)}
        kept = frozenset(code for code, volume in before.items() if now.get(code) == volume)
        lost = bool(self.chosen - kept)
        self.lines, self.empty, self.chosen = lines, empty, kept
        self._place()
        return lost

    def _place(self) -> None:
        """Each row its place; the one at hand stays at hand."""
        here = self._places[self._at].code if self._at < len(self._places) else ""
        self._places = places_kept(self._places, self.lines, _code)[0] if self._pointed else self.lines
        codes = [line.code for line in self._places]
        self._at = codes.index(here) if here in codes else max(min(self._at, len(codes) - 1), 0)
        self._fit()
        self._paint_all()

    def _there(self, at: int) -> bool:
        """Whether a place has its row."""
        return 0 <= at < len(self._places) and self._places[at] in self.lines

    def tick_all(self, *, on: bool) -> None:
        """Every row that can be confirmed, or none."""
        self.chosen = frozenset(line.code for line in self.lines if tickable(line)) if on else frozenset()
        self._changed()

    def _toggle(self, at: int) -> None:
        if self._there(at):
            self._at = at
            if tickable(self._places[at]):
                self.chosen ^= {self._places[at].code}
            self._changed()

    def _changed(self) -> None:
        self._paint_all()
        self.ticked.emit()

    def _paint_all(self) -> None:
        self.setAccessibleName("; ".join(map(self._plain, self.lines)) or " ".join(self.empty))
        self.update()
        self.viewport().update()

    def _plain(self, line: ClearLine) -> str:
        mark = "☑" if line.code in self.chosen else "☐"
        return f"{mark} {line.name} {line.volume} {under(line)}"

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(len(self._places) * ROW - self.viewport().height(), 0))
        bar.setSingleStep(ROW)
        bar.setPageStep(max(self.viewport().height(), ROW))
        self._thumb.place()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._pointed = event.type() is QEvent.Type.Enter
            self._place()
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        at = int((place.y() + self.verticalScrollBar().value()) // ROW)
        if self._there(at) and self._places[at].running and place.x() >= self._stop_cell(0).left():
            self.stop_wanted.emit(self._places[at].code)
        else:
            self._toggle(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._places:
            self._at = min(max(self._at + step, 0), len(self._places) - 1)
            bar, top = self.verticalScrollBar(), self._at * ROW
            bar.setValue(min(max(bar.value(), top + ROW - self.viewport().height()), top))
            self._paint_all()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._toggle(self._at)
        elif event.key() == Qt.Key.Key_Delete and self._there(self._at) and self._places[self._at].running:
            self.stop_wanted.emit(self._places[self._at].code)
        else:
            event.ignore()

    # painting

    def _cell(self, key: str, top: float, high: float) -> QRectF:
        left, right = SHARES[key]
        room = self.viewport().width() - 14
        return QRectF(left * room, top, (right - left) * room, high)

    def _stop_cell(self, top: float) -> QRectF:
        """Where a row that is being sold is stopped."""
        cell = self._cell("fee", top, ROW)
        return cell.adjusted(-10, 9, 0, -9)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, port = self._look.theme, self.viewport()
        p = QPainter(port)
        p.fillRect(port.rect(), paint.color(theme.bg1))
        for number, words in enumerate(self.empty if not self.lines else ()):
            value = theme.t1 if number == 0 else theme.t2
            cell = QRectF(0, port.height() / 2 - 40 + number * 24, port.width(), 24)
            paint.text(p, cell, words, value, align=paint.CENTRE, elide=True, bold=number == 0)
        down = self.verticalScrollBar().value()
        for at, line in enumerate(self._places):
            if self._there(at):
                self._paint_row(p, line, at * ROW - down, at == self._at)
        p.end()

    def _paint_row(self, p: QPainter, line: ClearLine, top: float, here: bool) -> None:  # noqa: FBT001
        theme = self._look.theme
        wide = self.viewport().width()
        if here and self.hasFocus():
            paint.selected_row(p, QRectF(0, top, wide, ROW), theme)
        alive, first = tickable(line), ROW * 0.52
        self._paint_box(p, line, top, alive=alive)
        cell = self._cell("name", top + 3, first - 3)
        x = paint.text(p, cell, line.name, theme.t1, bold=True, elide=True)
        paint.text(p, cell.adjusted(x + 8, 0, 0, 0), fmt.bare(line.code), theme.t2, fonts.SMALL, elide=True)
        for key, words, bold in numbers(line):
            value = theme.t1 if alive or line.running else theme.t3
            paint.text(p, self._cell(key, top + 3, first - 3), words, value, bold=bold, align=paint.RIGHT, elide=True)
        rest = QRectF(cell.left(), top + first, wide - cell.left() - 14, ROW - first - 3)
        if line.refusal is not None and not line.running:
            rest.setLeft(rest.left() + paint.alert(p, rest.left(), rest.center().y(), theme.warn, 12) + 2)
        if line.running:
            rest.setRight(self._stop_cell(top).left() - 8)
            self._paint_stop(p, top)
        value = theme.warn if line.refusal is not None and not line.running else theme.t2
        paint.text(p, rest, under(line), value, fonts.SMALL, elide=True)
        paint.hairline(p, 0, wide, top + ROW - 1, theme.line)

    def _paint_stop(self, p: QPainter, top: float) -> None:
        theme, cell = self._look.theme, self._stop_cell(top)
        paint.box(p, cell, theme.bg2, theme.line2, 4)
        paint.text(p, cell, t("clear.stop_one"), theme.t1, fonts.SMALL, align=paint.CENTRE)

    def _paint_box(self, p: QPainter, line: ClearLine, top: float, *, alive: bool) -> None:
        theme = self._look.theme
        frame = QRectF(6, top + ROW / 2 - BOX / 2, BOX, BOX)
        if line.running:
            paint.dot(p, frame.left() + 3, frame.center().y(), theme.acc, 8)
        elif line.code in self.chosen:
            paint.box(p, frame, theme.accfill, radius=3)
            paint.tick(p, frame.left() + 3, frame.center().y(), theme.on_fill)
        else:
            paint.box(p, frame, theme.bg2, theme.t2 if alive else theme.line, 3)


def _code(line: ClearLine) -> str:
    return line.code


def tickable(line: ClearLine) -> bool:
    """Whether the row can be confirmed now."""
    return line.refusal is None and not line.running


def numbers(line: ClearLine) -> tuple[tuple[str, str, bool], ...]:
    """The figures of a row, by column; what it sells stands out."""
    if line.running:
        return (("position", fmt.volume(line.position), False), ("bid1", fmt.price(line.bid1, line.code), False),
                ("floor", fmt.price(line.floor, line.code), False))  # fmt: skip
    return (
        ("position", fmt.volume(line.position), False),
        ("volume", fmt.volume(line.volume), True),
        ("stays", fmt.volume(line.stays), False),
        ("bid1", fmt.price(line.bid1, line.code), False),
        ("floor", fmt.price(line.floor, line.code), False),
        ("proceeds", fmt.money(line.proceeds) if line.proceeds else fmt.MISSING, True),
        ("fee", fmt.money(line.fee) if line.proceeds else fmt.MISSING, False),
    )


def under(line: ClearLine) -> str:
    """Why it is off the list, what else is to be known, and why it cannot be confirmed or what it waits for."""
    if line.running:
        words = [t("clear.running", sold=fmt.volume(line.stays), left=fmt.volume(line.volume))]
        return " · ".join([*words, *([say(line.refusal, line.code)] if line.refusal is not None else [])])
    words = [say_short(line.why, line.code), *(say(note, line.code) for note in line.notes)]
    if line.refusal is not None and line.refusal.why is not line.why.why:
        words.insert(0, say(line.refusal, line.code))
    return " · ".join(words)
