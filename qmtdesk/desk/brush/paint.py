"""The strokes every panel paints with: colours, texts, triangles, chips, pills, lamps, switches."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from qmtdesk.desk.brush import fonts
from qmtdesk.desk.brush.tokens import Theme

LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter
TRIANGLE = 7.0
TRIANGLE_GAP = 4.0
CHIP_HEIGHT = 18.0
SWITCH = (26.0, 14.0)
NO_PEN = QPen(Qt.PenStyle.NoPen)


class Drawn(NamedTuple):
    """One text as it was painted: on which widget, where (device-independent widget pixels), how wide its cell was."""

    device: int
    text: str
    rect: QRectF
    cell: float


@dataclass(slots=True)
class Recorder:
    """What tests learn about texts: those wider than their cell, and where each one stood."""

    texts: list[Drawn] = field(default_factory=list)

    def too_wide(self) -> list[Drawn]:
        """Texts that did not fit and were not cut on purpose."""
        return [drawn for drawn in self.texts if drawn.rect.width() > drawn.cell + 0.5]

    def overlaps(self) -> list[tuple[Drawn, Drawn]]:
        """Pairs of texts of one widget that stand on each other."""
        return [
            (a, b)
            for at, a in enumerate(self.texts)
            for b in self.texts[at + 1 :]
            if a.device == b.device and a.text != b.text and _covers(a.rect, b.rect)
        ]


def _covers(a: QRectF, b: QRectF) -> bool:
    common = a.intersected(b)
    return common.width() > 1.5 and common.height() > 4


class _Listening:
    recorder: Recorder | None = None


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record every text painted meanwhile; for tests."""
    _Listening.recorder = Recorder()
    try:
        yield _Listening.recorder
    finally:
        _Listening.recorder = None


@lru_cache(maxsize=512)
def color(value: str, alpha: float = 1.0) -> QColor:
    """A token as a QColor; shared, so never change what comes back."""
    made = QColor(value)
    made.setAlphaF(alpha)
    return made


@lru_cache(maxsize=512)
def mix(top: str, under: str, amount: float) -> str:
    """`amount` of top over the rest of under, as '#rrggbb'."""
    a, b = QColor(top), QColor(under)
    parts = (
        round(x * amount + y * (1 - amount))
        for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    )
    return "#{:02x}{:02x}{:02x}".format(*parts)


@lru_cache(maxsize=512)
def pen(value: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen of a token; shared, so never change what comes back."""
    made = QPen(color(value), width, style)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made


def direction(theme: Theme, value: int, *, stale: bool = False) -> str:
    """The colour of a signed figure: rise, fall, or grey when it is zero or out of date."""
    if stale or not value:
        return theme.t3
    return theme.up if value > 0 else theme.dn


def text(
    p: QPainter,
    rect: QRectF,
    words: str,
    value: str,
    px: int = fonts.BODY,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = LEFT,
    elide: bool = False,
) -> float:
    """Write one line, vertically centred in rect; how wide it is. Too wide and `elide`: cut with an ellipsis."""
    width = fonts.width_of(words, px, bold)
    if elide and width > rect.width():
        words = fonts.metrics(px, bold).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        width = fonts.width_of(words, px, bold)
    x = rect.left()
    if align == RIGHT:
        x = rect.right() - width
    elif align == CENTRE:
        x = rect.left() + (rect.width() - width) / 2
    measure = fonts.metrics(px, bold)
    top = rect.top() + (rect.height() - measure.height()) / 2
    p.setFont(fonts.font(px, bold))
    p.setPen(color(value))
    p.drawText(QPointF(x, top + measure.ascent()), words)
    if _Listening.recorder is not None and words:
        where = QRectF(x, rect.center().y() - px * 0.5, width, px)
        _note(_Listening.recorder, p, words, where, rect.width())
    return width


def _note(recorder: Recorder, p: QPainter, words: str, where: QRectF, cell: float) -> None:
    placed = p.worldTransform().mapRect(where)
    if p.hasClipping() and not p.clipBoundingRect().intersects(where):
        return
    recorder.texts.append(Drawn(id(p.device()), words, placed, cell))


def triangle(p: QPainter, x: float, middle: float, up: bool, value: str, size: float = TRIANGLE) -> float:  # noqa: FBT001
    """Our own ▲▼ (the fonts' take a whole em), left edge at x; the room it takes with its gap."""
    half, high = size / 2, size * 0.78
    tip, foot = (middle - high / 2, middle + high / 2) if up else (middle + high / 2, middle - high / 2)
    _polygon(p, ((x, foot), (x + size, foot), (x + half, tip)), value)
    return size + TRIANGLE_GAP


def _polygon(p: QPainter, points: tuple[tuple[float, float], ...], value: str) -> None:
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(NO_PEN)
    p.setBrush(color(value))
    p.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    p.restore()


def arrowed(
    p: QPainter,
    rect: QRectF,
    words: str,
    sign: int,
    value: str,
    px: int = fonts.BODY,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = RIGHT,
) -> float:
    """A figure with its triangle before it; without one for zero. How wide both are."""
    width = fonts.width_of(words, px, bold)
    head = TRIANGLE + TRIANGLE_GAP if sign else 0.0
    left = rect.right() - width - head if align == RIGHT else rect.left()
    if sign:
        triangle(p, left, rect.center().y(), sign > 0, value)
    text(p, QRectF(left + head, rect.top(), max(rect.width() - head, 0), rect.height()), words, value, px, bold=bold)
    return width + head


def alert(p: QPainter, x: float, middle: float, value: str, size: float = 13.0) -> float:
    """The outlined warning triangle with its mark; the room it takes with its gap."""
    top, foot = middle - size * 0.5, middle + size * 0.42
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(color(value), 1.4)
    line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    p.setPen(line)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPolygon(QPolygonF([QPointF(x + 0.7, foot), QPointF(x + size - 0.7, foot), QPointF(x + size / 2, top + 0.7)]))
    p.drawLine(QPointF(x + size / 2, top + size * 0.36), QPointF(x + size / 2, top + size * 0.62))
    p.drawPoint(QPointF(x + size / 2, top + size * 0.76))
    p.restore()
    return size + TRIANGLE_GAP


def box(p: QPainter, rect: QRectF, fill: str = "", outline: str = "", radius: float = 4.0, width: float = 1.0) -> None:
    """A rounded box, filled, outlined or both; the outline stays inside rect."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(pen(outline, width) if outline else NO_PEN)
    p.setBrush(color(fill) if fill else Qt.BrushStyle.NoBrush)
    inset = width / 2 if outline else 0.0
    p.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)
    p.restore()


def chip_width(words: str) -> float:
    """Room a chip with these words takes."""
    return fonts.width_of(words, fonts.SMALL, True) + 12


def chip(p: QPainter, x: float, middle: float, words: str, value: str, fill: str = "", outline: str = "") -> float:
    """A small state word, 18 px high, left edge at x; its width."""
    rect = QRectF(x, middle - CHIP_HEIGHT / 2, chip_width(words), CHIP_HEIGHT)
    box(p, rect, fill, outline)
    text(p, rect, words, value, fonts.SMALL, bold=True, align=CENTRE)
    return rect.width()


def dot(p: QPainter, x: float, middle: float, value: str, size: float = 9.0, *, hollow: bool = False) -> float:
    """A lamp's or a state's dot, left edge at x; the room it takes with its gap."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(pen(value, 1.5) if hollow else NO_PEN)
    p.setBrush(Qt.BrushStyle.NoBrush if hollow else color(value))
    inset = 0.75 if hollow else 0.0
    p.drawEllipse(QRectF(x, middle - size / 2, size, size).adjusted(inset, inset, -inset, -inset))
    p.restore()
    return size + 6


def dash(p: QPainter, x: float, middle: float, value: str) -> None:
    """The – of something not started, 7 px."""
    p.fillRect(QRectF(x, middle - 0.75, 7, 1.5), color(value))


def bars(p: QPainter, x: float, middle: float, value: str) -> None:
    """The ‖ of something frozen, 7 px."""
    p.fillRect(QRectF(x + 0.5, middle - 3.5, 2, 7), color(value))
    p.fillRect(QRectF(x + 4.5, middle - 3.5, 2, 7), color(value))


def switch(p: QPainter, rect: QRectF, theme: Theme, *, on: bool, enabled: bool = True, value: str = "") -> None:
    """A switch centred in rect: filled in the accent (or `value`) when on; dimmed when it cannot be moved."""
    wide, high = SWITCH
    at = QRectF(rect.center().x() - wide / 2, rect.center().y() - high / 2, wide, high)
    p.save()
    if not enabled:
        p.setOpacity(0.5)
    box(p, at, (value or theme.accfill) if on else theme.bg3, "" if on else theme.line2, high / 2)
    knob = QRectF(at.right() - high + 2 if on else at.left() + 2, at.top() + 2, high - 4, high - 4)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(NO_PEN)
    p.setBrush(color(theme.on_fill if on else theme.t3))
    p.drawEllipse(knob)
    p.restore()


def octagon(p: QPainter, x: float, middle: float, value: str, size: float = 16.0, hole: str = "") -> None:
    """The stop sign of the kill switch, left edge at x; with a square hole where a colour is given."""
    corner = size * (1 - 1 / math.sqrt(2)) * 0.98
    top = middle - size / 2
    points = (
        (x + corner, top),
        (x + size - corner, top),
        (x + size, top + corner),
        (x + size, top + size - corner),
        (x + size - corner, top + size),
        (x + corner, top + size),
        (x, top + size - corner),
        (x, top + corner),
    )
    _polygon(p, points, value)
    if hole:
        side = size * 0.36
        p.fillRect(QRectF(x + (size - side) / 2, middle - side / 2, side, side), color(hole))


def tick(p: QPainter, x: float, middle: float, value: str, size: float = 10.0) -> None:
    """A check mark, left edge at x."""
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(color(value), 1.6)
    line.setCapStyle(Qt.PenCapStyle.RoundCap)
    line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    p.setPen(line)
    p.drawPolyline(
        QPolygonF(
            [
                QPointF(x + size * 0.1, middle),
                QPointF(x + size * 0.4, middle + size * 0.3),
                QPointF(x + size * 0.95, middle - size * 0.32),
            ]
        )
    )
    p.restore()


def hairline(p: QPainter, x1: float, x2: float, y: float, value: str) -> None:
    """One crisp horizontal line whose top is at y."""
    p.fillRect(QRectF(x1, y, x2 - x1, 1), color(value))


def upright(p: QPainter, x: float, y1: float, y2: float, value: str, width: float = 1.0) -> None:
    """One crisp vertical line whose left is at x."""
    p.fillRect(QRectF(x, y1, width, y2 - y1), color(value))


def meter(p: QPainter, rect: QRectF, fraction: float, value: str, track: str) -> None:
    """A small filled track."""
    box(p, rect, track, radius=rect.height() / 2)
    if fraction > 0:
        wide = max(rect.height(), rect.width() * min(fraction, 1.0))
        box(p, QRectF(rect.left(), rect.top(), wide, rect.height()), value, radius=rect.height() / 2)


def selected_row(p: QPainter, rect: QRectF, theme: Theme, *, bar: bool = True) -> None:
    """The ground of a selected row, with the 3 px bar at its left."""
    p.fillRect(rect, color(theme.sel))
    if bar:
        p.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), color(theme.acc))
