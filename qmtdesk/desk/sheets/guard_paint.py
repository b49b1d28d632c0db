"""The painted parts of the guard sheet: its band, its amount bar, its facts and its shadow statistics."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.sheets.guard_form import bar_marks, bar_share
from qmtdesk.desk.words.texts import t


class Band(QWidget):
    """The one alarm of the sheet: solid amber when arming acts at once, a quiet box when it does not."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.alarm = False
        self.words = ""
        self.note = ""
        self.setFixedHeight(62)

    def say(self, words: str, note: str, *, alarm: bool) -> None:
        """What arming does now."""
        if (words, note, alarm) != (self.words, self.note, self.alarm):
            self.words, self.note, self.alarm = words, note, alarm
            self.setAccessibleName(f"{words} {note}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        value = theme.on_solid if self.alarm else theme.t1
        if self.alarm:
            paint.box(p, rect, theme.solid, radius=5)
            paint.alert(p, 16, rect.center().y(), value, 24)
        else:
            paint.box(p, rect, theme.bg2, theme.line, 5)
            paint.dot(p, 22, rect.center().y(), theme.acc, 11)
        room = rect.width() - 72
        px = fonts.TITLE if self.alarm else fonts.SEAL
        paint.text(p, QRectF(56, 8, room, 26), self.words, value, px, bold=True, elide=True)
        quiet = value if self.alarm else theme.t2
        paint.text(p, QRectF(56, 34, room, 20), self.note, quiet, fonts.BODY, elide=True)
        p.end()


class AmountBar(QWidget):
    """Seal and threshold on one log scale, so that the way between them can be seen."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.seal = 0
        self.threshold = 1
        self.formula = ""
        self.setFixedHeight(88)

    def show_amounts(self, seal: int, threshold: int, formula: str) -> None:
        """Amounts in 厘; seal 0 or less = not sealed."""
        if (seal, threshold, formula) != (self.seal, self.threshold, self.formula):
            self.seal, self.threshold, self.formula = seal, threshold, formula
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        wide = float(self.width())
        paint.text(p, QRectF(0, 0, wide, 18), t("guard.amount"), theme.t3, fonts.SMALL)
        paint.text(p, QRectF(0, 0, wide, 18), self.formula, theme.t2, fonts.SMALL, align=paint.RIGHT)
        track = QRectF(0, 46, wide, 10)
        paint.box(p, track, theme.bg3, radius=5)
        at = wide * bar_share(self.threshold, self.seal, self.threshold)
        under = theme.on_solid if self.look.dark else theme.bg1
        paint.box(p, QRectF(0, 46, at, 10), paint.mix(theme.solid, under, 0.5), radius=5)
        self._marks(p, track, at)
        p.setPen(QPen(paint.color(theme.warn), 2))
        p.drawLine(QPointF(at, 38), QPointF(at, 60))
        words = t("seal.threshold", amount=fmt.money_short(self.threshold))
        self._label(p, at, 64, words, theme.warn, bold=True)
        if self.seal > 0:
            now = wide * bar_share(self.seal, self.seal, self.threshold)
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(QPen(paint.color(theme.bg1), 2))
            p.setBrush(paint.color(theme.t1))
            p.drawEllipse(QPointF(now, 51), 7, 7)
            self._label(p, now, 22, t("guard.now", amount=fmt.money_short(self.seal)), theme.t1, bold=True)
        p.end()

    def _marks(self, p: QPainter, track: QRectF, threshold_at: float) -> None:
        theme = self.look.theme
        last = -100.0
        words = t("seal.threshold", amount=fmt.money_short(self.threshold))
        half = fonts.width_of(words, fonts.SMALL, True) / 2 + 12
        for mark in bar_marks(self.seal, self.threshold):
            x = track.width() * bar_share(mark, self.seal, self.threshold)
            label = fmt.money_short(mark)
            wide = fonts.width_of(label, fonts.SMALL)
            if x - last < wide + 24 or abs(x - threshold_at) < half + wide / 2 or not wide < x < track.width() - wide:
                continue
            last = x
            paint.upright(p, round(x), track.bottom() + 1, track.bottom() + 5, theme.line2)
            self._label(p, x, 64, label, theme.t2)

    def _label(self, p: QPainter, x: float, top: float, words: str, value: str, *, bold: bool = False) -> None:
        wide = fonts.width_of(words, fonts.SMALL, bold)
        left = min(max(x - wide / 2, 0), self.width() - wide)
        paint.text(p, QRectF(left, top, wide + 1, 18), words, value, fonts.SMALL, bold=bold)


class Facts(QWidget):
    """Lines of label and value; a value may be amber."""

    ROW = 22

    def __init__(self, look: Look, parent: QWidget, label_wide: int = 66) -> None:
        super().__init__(parent)
        self.look = look
        self._label_wide = label_wide
        self._lines: tuple[tuple[str, str, bool], ...] = ()

    def say(self, lines: tuple[tuple[str, str, bool], ...]) -> None:
        """(label, value, amber) from top to bottom."""
        if lines != self._lines:
            self._lines = lines
            self.setFixedHeight(self.ROW * len(lines))
            self.setAccessibleName("; ".join(f"{label} {value}" for label, value, _ in lines))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        for at, (label, value, amber) in enumerate(self._lines):
            row = QRectF(0, at * self.ROW, self.width(), self.ROW)
            paint.text(p, row, label, theme.t3, fonts.SMALL)
            cell = row.adjusted(self._label_wide, 0, 0, 0)
            if amber:
                cell.setLeft(cell.left() + paint.alert(p, cell.left(), row.center().y(), theme.warn, 12))
            paint.text(p, cell, value, theme.t1, fonts.SMALL, elide=True)
        p.end()


def shadow_words(figures: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """What R1 would have done on this stock's seals so far, most telling first; nothing before the first seal."""
    told = dict(figures)
    if not told.get("seals"):
        return ()
    threshold = fmt.money_short(told.get("threshold_milli", 0))
    numbers = {name: told.get(name, 0) for name in ("seals", "fired", "broke", "held", "missed")}
    phrases = [t("guard.shadow_r1", threshold=threshold, **numbers)]
    if numbers["fired"]:
        phrases.append(t("guard.shadow_after", **numbers))
    if numbers["missed"]:
        phrases.append(t("guard.shadow_missed", **numbers))
    if told.get("days"):
        phrases.append(t("guard.shadow_edge", edge=fmt.percent(told.get("edge_bp", 0), signed=True)))
    return tuple(phrases)


class Shadow(QWidget):
    """What R1 would have done so far; says so when nothing is known. What has no room stands in the tooltip."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self._figures: tuple[tuple[str, int], ...] = ()
        self.setFixedHeight(40)

    def say(self, figures: tuple[tuple[str, int], ...]) -> None:
        """Named counts, as the trader's preview has them."""
        if figures != self._figures:
            self._figures = figures
            words = shadow_words(figures)
            self.setToolTip(plain_tip("\n".join(words)))
            self.setAccessibleName("; ".join(words))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg2, radius=5)
        x = 14 + paint.text(p, rect.adjusted(14, 0, 0, 0), t("guard.shadow"), theme.t3, fonts.SMALL) + 20
        phrases = shadow_words(self._figures)
        if not phrases:
            paint.text(p, rect.adjusted(x, 0, -8, 0), t("guard.shadow_none"), theme.t2, fonts.SMALL, elide=True)
        for at, words in enumerate(phrases):
            if at and x + fonts.width_of(words, fonts.SMALL) > rect.right() - 12:
                break
            value = theme.t2 if at else theme.t1
            x += paint.text(p, rect.adjusted(x, 0, -12, 0), words, value, fonts.SMALL, bold=not at, elide=True) + 24
        p.end()


class Label(QWidget):
    """A quiet heading."""

    def __init__(self, look: Look, words: str, parent: QWidget, high: int = 22) -> None:
        super().__init__(parent)
        self.look = look
        self.words = words
        self.setFixedHeight(high)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        paint.text(p, QRectF(self.rect()), self.words, self.look.theme.t3, fonts.SMALL)
        p.end()


class Named(QWidget):
    """A label with a control right of it, the label level with the control's first line."""

    def __init__(self, look: Look, words: str, control: QWidget, parent: QWidget, label_wide: int = 66) -> None:
        super().__init__(parent)
        self.look = look
        self.words = words
        self._label_wide = label_wide
        line = QHBoxLayout(self)
        line.setContentsMargins(label_wide, 0, 0, 0)
        line.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
        control.setAccessibleName(words)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        paint.text(p, QRectF(0, 0, self._label_wide, 30), self.words, self.look.theme.t2, fonts.SMALL)
        p.end()
