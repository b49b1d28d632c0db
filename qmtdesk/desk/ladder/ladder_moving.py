"""What of the ladder moves with the last price: line, current cell, distances, tag, and the tint of fresh fills."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.fonts import SMALL
from qmtdesk.desk.ladder import ladder_paint
from qmtdesk.desk.ladder.ladder_layout import LadderRow, Window, clear_spans, distance_bp, index_of
from qmtdesk.desk.ladder.ladder_paint import Ink

TEXT_HALF = 9
FLASH_S = 1.2


@dataclass(frozen=True, slots=True)
class Moving:
    """The last price among the levels in view. `top` is where the levels begin in the widget, `width` is its width."""

    window: Window
    prices: tuple[int, ...]
    rows: tuple[LadderRow, ...]
    last: int
    top: int
    width: int

    @property
    def line_y(self) -> float | None:
        """The last price's pixel, None when there is no price."""
        return self.top + self.window.centre_of(index_of(self.prices, self.last)) if self.last else None

    @property
    def cell(self) -> tuple[float, float] | None:
        """Top and bottom of the current cell, cut to the rows; None out of range or out of view."""
        if not self.last or not self.prices[0] <= self.last < self.prices[-1]:
            return None
        window, at = self.window, int(index_of(self.prices, self.last))
        top, foot = self.top + window.centre_of(at + 1), self.top + window.centre_of(at)
        low, high = self.top + window.top_pin, self.top + window.top_pin + window.count * window.row
        return (max(top, low), min(foot, high)) if foot > low and top < high else None

    def parts(self, *, tagged: bool) -> set[tuple[int, int, int, int]]:
        """Where line, tag and cell are, as rectangles."""
        made, y, cell = set(), self.line_y, self.cell
        if y is not None:
            half = 12 if tagged else 2
            made.add((0, int(y) - half, self.width, 2 * half + 1))
        if cell is not None:
            made.add((0, int(cell[0]), self.width, int(cell[1]) - int(cell[0]) + 1))
        return made

    def distances(self) -> dict[int, str]:
        """By row: how far from the last price an order rests, where the opposite side is free."""
        if not self.last:
            return {}
        return {
            at: f.percent(distance_bp(here.price, self.last), signed=True)
            for at, here in enumerate(self.rows)
            if (here.buy is None) != (here.sell is None)
        }

    def strip(self, at: int) -> QRect:
        """The n-th row's rectangle."""
        return QRect(0, self.top + self.window.top_pin + at * self.window.row, self.width, self.window.row)

    def strip_of(self, index: int) -> QRect | None:
        """A level's rectangle, None when it is out of view."""
        inside = self.window.low <= index <= self.window.high
        return self.strip(self.window.high - index) if inside else None


def ground(p: QPainter, ink: Ink, moving: Moving) -> None:
    """The tint of the current cell."""
    cell = moving.cell
    if cell is not None:
        value = ink.theme.bg2 if ink.stale else ink.theme.sel
        p.fillRect(QRectF(0, cell[0], moving.width, cell[1] - cell[0]), paint.color(value))


def flash(p: QPainter, ink: Ink, strip: QRect, age_s: float, *, bought: bool) -> None:
    """The fading tint of a row that was just filled."""
    p.save()
    p.setOpacity(0.34 * max(0.0, 1 - age_s / FLASH_S))
    p.fillRect(strip, paint.color(ink.theme.up if bought else ink.theme.dn))
    p.restore()


def chosen(p: QPainter, ink: Ink, strip: QRect, *, focused: bool) -> None:
    """The mark of the chosen level; framed while the ladder has the keyboard."""
    rect = QRectF(strip)
    p.fillRect(QRectF(0, rect.top() + 1, 3, rect.height() - 2), paint.color(ink.theme.acc))
    if focused:
        paint.box(p, rect.adjusted(0, 1, -1, -1), "", ink.theme.acc, 3, 1.5)


def line(p: QPainter, ink: Ink, moving: Moving) -> None:
    """The last price's line through whatever is free at its height."""
    y, window, c = moving.line_y, moving.window, ink.columns
    if y is None or not window.top_pin <= y - moving.top <= window.top_pin + window.count * window.row:
        return
    spans = [c.price]
    at = window.level_at(y - moving.top)
    if at is not None and abs(y - moving.top - window.centre_of(at)) < TEXT_HALF:
        spans.append(c.no)
        if moving.rows[window.high - at].rests:
            spans += [c.buy, c.sell]
    ladder_paint.price_line(p, y, clear_spans(tuple(spans), 0, c.sell[1]), ink.theme, stale=ink.stale)


def distances(p: QPainter, ink: Ink, moving: Moving, words: dict[int, str], part: QRect) -> None:
    """The distances whose rows touch `part`."""
    for at, text in words.items():
        strip = moving.strip(at)
        if strip.intersects(part):
            span = ink.columns.sell if moving.rows[at].buy is not None else ink.columns.buy
            cell = QRectF(span[0], strip.top(), span[1] - span[0], strip.height())
            paint.text(p, cell, text, ink.theme.t3, SMALL, align=paint.CENTRE)


def tag(p: QPainter, ink: Ink, moving: Moving) -> None:
    """The last price on the rail, for a ladder without a chart."""
    y = moving.line_y
    if y is not None:
        words = f.price(moving.last, ink.code)
        ladder_paint.price_tag(p, ladder_paint.tag_width(words, SMALL), y, words, ink.theme, stale=ink.stale, px=SMALL)
