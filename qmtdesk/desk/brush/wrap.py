"""Words over several lines."""

import re
from unicodedata import category

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look


def wrapped(words: str, width: float, px: int = fonts.BODY, *, bold: bool = False) -> list[str]:
    """Lines no wider than `width`: Chinese breaks anywhere but before a punctuation mark, Latin words stay whole."""
    lines, line = [], ""
    for piece in re.findall(r"[!-~]+ ?|.", words):
        if not line or fonts.width_of((line + piece).rstrip(), px, bold) <= width:
            line += piece
            continue
        keep = 1 if category(piece[0])[0] == "P" else 0
        lines.append(line[: len(line) - keep].rstrip())
        line = line[len(line) - keep :] + piece
    return [*lines, line] if line else lines


class Cause(QWidget):
    """What happened, behind the amber triangle, on as many lines as it needs; as wide as its parent gives it."""

    LINE = 22

    def __init__(self, look: Look, parent: QWidget, wide: int) -> None:
        super().__init__(parent)
        self._look, self._wide = look, wide
        self._lines: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def say(self, words: str) -> None:
        """The sentence."""
        self._lines = wrapped(words, self._wide - 56, fonts.VALUE, bold=True)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._wide, self.LINE * max(len(self._lines), 1) + 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), theme.warnbg, theme.warn, 5)
        paint.alert(p, 14, 10 + self.LINE / 2, theme.warn, 16)
        for at, line in enumerate(self._lines):
            cell = QRectF(42, 10 + at * self.LINE, self.width() - 56, self.LINE)
            paint.text(p, cell, line, theme.t1, fonts.VALUE, bold=True)
        p.end()
