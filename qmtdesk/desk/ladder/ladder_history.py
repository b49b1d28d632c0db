"""One level looked at closely: its facts line by line, and a popup with what was traded in its gap."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.words.texts import say, t
from qmtdesk.wire.rows import FillRow, GridRow, LevelRow

ROW = 22
SHOWN = 14
OWN = frozenset({"grid", "first_buy", "rolling"})


def gap_fills(fills: Iterable[FillRow], code: str, low: int, high: int) -> list[FillRow]:
    """A grid's own fills in one gap: bought at its lower, sold at its upper level.

    By price, not by slot: slots shift when a grid rolls, prices of levels stay.
    """
    return [
        fill
        for fill in fills
        if fill.code == code and fill.kind in OWN and fill.level == (low if fill.side == "buy" else high)
    ]


def level_words(grid: GridRow, level: LevelRow, last: int) -> str:
    """All there is to say about a level, one fact a line."""
    code = grid.code
    lines = [f"{f.fixed(level.no, 1, 0, signed=True)}  {f.price(level.price, code)}"]
    if last:
        lines.append(t("ladder.tip_distance", distance=f.share(level.price - last, last, signed=True)))
    for side, left, total, state in (
        ("buy", level.buy, level.buy_total, level.buy_state),
        ("sell", level.sell, level.sell_total, level.sell_state),
    ):
        if state:
            words = {"side": t(f"side.{side}"), "left": left, "total": total, "state": t(f"order.{state}")}
            lines.append(t("ladder.tip_order", **words))
    lines.append(t("ladder.tip_gap", held=f.volume(level.held), unit=f.volume(grid.unit, code)))
    if level.paused:
        lines.append(t("ladder.tip_paused"))
    if level.why is not None:
        lines.append(say(level.why, code))
    return "\n".join(lines)


class HistoryPopup(QWidget):
    """Goes away with the next click; deletes itself then."""

    def __init__(self, look: Look, title: str, fills: list[FillRow], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._look = look
        self._title = title
        self._fills = sorted(fills, key=lambda fill: fill.at, reverse=True)
        self.resize(self.sizeHint())

    @property
    def lines(self) -> list[str]:
        """Each fill as one line, newest first."""
        return [
            t(
                "ladder.history_line",
                at=f.clock(fill.at),
                side=t(f"side.{fill.side}"),
                volume=f.volume(fill.volume, fill.code),
                price=f.price(fill.price, fill.code),
                fee=f.money(fill.fee),
            )
            for fill in self._fills[:SHOWN]
        ]

    def show_at(self, place: QPoint) -> None:
        """Open with its corner there, inside the screen."""
        area = self.screen().availableGeometry()
        x = min(place.x(), area.right() - self.width())
        y = min(place.y() + 6, area.bottom() - self.height())
        self.move(max(x, area.left()), max(y, area.top()))
        self.show()

    def sizeHint(self) -> QSize:
        wide = max(
            fonts.width_of(words, fonts.BODY, True) for words in (self._title, *self.lines, t("ladder.history_none"))
        )
        return QSize(int(wide) + 48, 40 + ROW * max(len(self.lines), 1) + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        th = self._look.theme
        p = QPainter(self)
        p.fillRect(self.rect(), paint.color(th.bg2))
        paint.box(p, QRectF(self.rect()), th.bg2, th.line2, 0)
        inner = QRectF(14, 6, self.width() - 28, 28)
        paint.text(p, inner, self._title, th.t1, bold=True, elide=True)
        if not self._fills:
            paint.text(p, QRectF(14, 38, self.width() - 28, ROW), t("ladder.history_none"), th.t2)
        for at, (fill, words) in enumerate(zip(self._fills, self.lines, strict=False)):
            row = QRectF(14, 38 + at * ROW, self.width() - 28, ROW)
            bought = fill.side == "buy"
            paint.triangle(p, row.left(), row.center().y(), bought, th.up if bought else th.dn)
            paint.text(p, row.adjusted(15, 0, 0, 0), words, th.t1)
        p.end()
