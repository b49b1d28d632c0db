"""What the wizard's pages are made of: the steps at the left, the two cards of the first page, words over lines."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import Button, focus_ring
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.wrap import wrapped
from qmtdesk.desk.setup.setup_state import STEPS, Step
from qmtdesk.desk.words.texts import t

RAIL = 176
GAP = 8
_STEP = 46
_DISC = 24


class StepRail(QWidget):
    """Which step this is, which are behind, and where all of it can be changed later."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.step: Step = "mode"
        self.short = False
        self.setFixedWidth(RAIL)
        look.changed.connect(self.update)

    def show_step(self, step: Step, *, short: bool) -> None:
        """Stand here; `short` when only the first step counts."""
        self.step, self.short = step, short
        at = STEPS.index(step) + 1
        self.setAccessibleName(t("setup.step_of", at=at, of=len(STEPS), name=t(f"setup.step.{step}")))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, now = self._look.theme, STEPS.index(self.step)
        p = QPainter(self)
        for at, step in enumerate(STEPS):
            middle = 34 + at * _STEP
            disc = QRectF(0, middle - _DISC / 2, _DISC, _DISC)
            if at:
                paint.upright(p, _DISC / 2 - 0.5, middle - _STEP + _DISC / 2 + 3, middle - _DISC / 2 - 3, theme.line2)
            done, here = at < now, at == now
            muted = not here and (self.short or not done)
            ground = theme.accfill if here else theme.accbg if done else ""
            paint.box(p, disc, ground, "" if ground else theme.line2, _DISC / 2)
            if done:
                paint.tick(p, 7, middle, theme.acc)
            else:
                value = theme.on_fill if here else theme.t3
                paint.text(p, disc, str(at + 1), value, fonts.SMALL, bold=here, align=paint.CENTRE)
            cell = QRectF(_DISC + 12, middle - 12, self.width() - _DISC - 16, 24)
            value = theme.t1 if here else theme.t3 if muted else theme.t2
            paint.text(p, cell, t(f"setup.step.{step}"), value, bold=here, elide=True)
        paint.upright(p, self.width() - 1, 0, self.height(), theme.line)
        lines = wrapped(t("setup.later_note"), self.width() - 24, fonts.SMALL)
        top = self.height() - 14 - len(lines) * 18
        if top > 34 + len(STEPS) * _STEP:
            for number, line in enumerate(lines):
                paint.text(p, QRectF(0, top + number * 18, self.width() - 16, 18), line, theme.t3, fonts.SMALL)
        p.end()


class Words(QWidget):
    """A sentence on as many lines as it needs."""

    def __init__(
        self,
        look: Look,
        words: str = "",
        tone: str = "t2",
        px: int = fonts.BODY,
        *,
        bold: bool = False,
        keeps_room: bool = False,
    ) -> None:
        super().__init__()
        self._keeps = keeps_room
        self._look, self._tone, self._px, self._bold = look, tone, px, bold
        self.words = ""
        self._lines: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)
        self.say(words)

    def say(self, words: str, tone: str = "") -> None:
        """Say this instead; nothing takes no room."""
        self.words, self._tone = words, tone or self._tone
        self.setAccessibleName(words)
        self._fit()
        if self.parentWidget() is not None:
            self.setVisible(bool(words) or self._keeps)
        self.update()

    def _fit(self) -> None:
        indent = 18 if self._tone == "warn" else 0
        self._lines = wrapped(self.words, max(self.width() - indent, 100), self._px, bold=self._bold)
        shown = bool(self.words) or self._keeps
        self.setFixedHeight(max(len(self._lines), 1) * fonts.line_height(self._px) if shown else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        value = getattr(theme, self._tone)
        p = QPainter(self)
        high, left = fonts.line_height(self._px), 0.0
        if self._tone == "warn" and self.words:
            left += paint.alert(p, 0, high / 2, value) + 1
        for number, line in enumerate(self._lines):
            cell = QRectF(left, number * high, self.width() - left, high)
            paint.text(p, cell, line, value, self._px, bold=self._bold)
        p.end()


class ModeCard(Button):
    """One of the two ways to begin, with its tag and three lines of what it means."""

    def __init__(self, look: Look, mode: str) -> None:
        super().__init__(look)
        self.mode = mode
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retell()
        look.changed.connect(self.retell)

    def retell(self) -> None:
        """The words in the language in force."""
        self.setText(t(f"setup.mode.{self.mode}"))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(" ".join((t(f"setup.mode.{self.mode}_need"), t(f"setup.mode.{self.mode}_text"))))

    def _lines(self, wide: float) -> list[str]:
        return wrapped(t(f"setup.mode.{self.mode}_text"), wide - 62)

    def sizeHint(self) -> QSize:
        return QSize(260, 168)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(84 + max(3, len(self._lines(self.width()))) * 21)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, on = self.look.theme, self.isChecked()
        p = QPainter(self)
        rect = QRectF(self.rect())
        ground = theme.sel if on else paint.mix(theme.t1, theme.bg2, 0.05) if self.underMouse() else theme.bg2
        paint.box(p, rect, ground, theme.acc if on else theme.line2, 6, 1.5 if on else 1)
        paint.dot(p, 18, 29, theme.acc if on else theme.t2, 15, hollow=True)
        if on:
            paint.dot(p, 22, 29, theme.acc, 7)
        left = 44.0
        wide = paint.text(p, QRectF(left, 16, rect.width() - left, 26), self.text(), theme.t1, fonts.TITLE, bold=True)
        live = self.mode == "live"
        value, fill = (theme.live, theme.livebg) if live else (theme.paper, theme.paperbg)
        if left + wide + 16 + paint.chip_width(t(f"setup.mode.{self.mode}_tag")) < rect.width():
            paint.chip(p, left + wide + 12, 29, t(f"setup.mode.{self.mode}_tag"), value, fill, value)
        room = rect.width() - left - 18
        need = QRectF(left, 48, room, 22)
        paint.text(p, need, t(f"setup.mode.{self.mode}_need"), theme.t1, bold=True, elide=True)
        for number, line in enumerate(self._lines(rect.width())):
            paint.text(p, QRectF(left, 73 + number * 21, room, 21), line, theme.t2)
        if self.hasFocus():
            focus_ring(p, rect, theme, 6)
        p.end()


class Grip(QWidget):
    """The corner a sheet is sized by: `sized` is what a drag asks for, width and height."""

    sized = Signal(int, int)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._from = QPointF()
        self._begun = QSize()
        self.setFixedSize(16, 16)
        self.setCursor(Qt.CursorShape.SizeFDiagCursor)
        look.changed.connect(self.update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        card = self.parentWidget()
        self._from, self._begun = event.globalPosition(), card.size() if card is not None else self.size()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = event.globalPosition() - self._from
        # the card stays centred, so each side takes half of what the corner moves
        self.sized.emit(self._begun.width() + int(2 * moved.x()), self._begun.height() + int(2 * moved.y()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(paint.pen(self._look.theme.t3, 1))
        for far in (4, 8):
            p.drawLine(QPointF(14 - far, 13), QPointF(13, 14 - far))
        p.end()


def side_by_side(*parts: QWidget | int, gap: int = GAP) -> QWidget:
    """Widgets in a row; a number is what the one before it stretches by."""
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(gap)
    for part in parts:
        if isinstance(part, int):
            box.setStretch(box.count() - 1, part)
        else:
            box.addWidget(part)
    return row
