"""连接状态: both connections to the terminal with every figure, what to do about them, and all of it to be copied."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.wrap import wrapped
from qmtdesk.desk.link import health_words as words
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import t

ROW = 22
HEAD = 28
LABEL = 112.0
SHOWN = 5
"""Lines of what was found that are painted; the copy has all of them."""


class _Told(QWidget):
    """Advice on top, the two connections side by side below it, and under them what was found."""

    def __init__(self, look: Look, mirror: Mirror) -> None:
        super().__init__()
        self._look, self._mirror = look, mirror

    def sizeHint(self) -> QSize:
        return QSize(700, 480)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        top = self._advice(p, 14.0)
        found = words.sections(self._mirror)
        if found:
            trade, quotes, differences, units = found
            column = (self.width() - 32) / 2
            right = column + 32
            left_end = self._section(p, trade, 0, top, column)
            right_end = self._section(p, quotes, right, top, column)
            right_end = self._section(p, units, right, right_end + 12, column, SHOWN)
            top = max(left_end, right_end) + 10
            paint.hairline(p, 0, self.width(), top - 6, self._look.theme.line)
            self._section(p, differences, 0, top, self.width(), SHOWN)
        p.end()

    def _advice(self, p: QPainter, top: float) -> float:
        theme = self._look.theme
        for told in words.advice(self._mirror):
            calm = told in (t("health.do_nothing"), t("health.paper"))
            lines = wrapped(told, self.width() - 40, fonts.BODY)
            high = 12 + len(lines) * 20
            paint.box(p, QRectF(0, top, self.width(), high), theme.bg2 if calm else theme.warnbg, "", 5)
            left = 12.0
            if not calm:
                left += paint.alert(p, left, top + 16, theme.warn) + 4
            for at, line in enumerate(lines):
                paint.text(p, QRectF(left, top + 6 + at * 20, self.width() - left - 8, 20), line, theme.t1)
            top += high + 6
        return top + 6

    def _section(
        self, p: QPainter, section: words.Section, left: float, top: float, wide: float, most: int = 99
    ) -> float:
        """Title and lines; where they end."""
        theme = self._look.theme
        paint.text(p, QRectF(left, top, wide, HEAD), section.title, theme.t1, bold=True)
        top += HEAD
        shown = section.lines[:most]
        widest = max((fonts.width_of(line.label, fonts.SMALL) for line in shown), default=0.0) + 16
        label_wide = min(max(LABEL, widest), wide * 0.6)
        for line in shown:
            paint.text(p, QRectF(left, top, label_wide, ROW), line.label, theme.t3, fonts.SMALL, elide=True)
            cell = QRectF(left + label_wide, top, wide - label_wide, ROW)
            if line.amber:
                cell.setLeft(cell.left() + paint.alert(p, cell.left(), cell.center().y(), theme.warn, 12))
            paint.text(p, cell, line.value, theme.t1, fonts.SMALL, elide=True)
            top += ROW
        if len(section.lines) > len(shown):
            more = t("health.more", n=len(section.lines) - len(shown))
            paint.text(p, QRectF(left, top, wide, ROW), more, theme.t3, fonts.SMALL)
            top += ROW
        return top


class HealthSheet(Sheet):
    """Nothing to confirm; the other button copies."""

    wide = 780
    high = 620

    def __init__(self, window: QWidget, mirror: Mirror, look: Look) -> None:
        if mirror.health is None:
            self.high = 220
        super().__init__(window, mirror, look)
        self.go.hide()
        self.cancel.say(t("sheet.close"))
        self.copy = ActButton(look, t("health.copy"), parent=self.card)
        self.copy.clicked.connect(self._copied)
        self.copy.setVisible(mirror.health is not None)
        self.add_button(self.copy)
        self.told = _Told(look, mirror)
        box = QVBoxLayout(self.body)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.told)
        for signal in (mirror.health_changed, mirror.second_passed, mirror.status_changed):
            signal.connect(self._again)
        self._again()

    def title(self) -> str:
        return t("health.title")

    def blocked(self) -> str:
        return ""

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(words.as_text(self.mirror))
        self.say_foot(t("health.copied"))

    def _again(self) -> None:
        self.told.setAccessibleName(words.as_text(self.mirror))
        self.told.update()
