"""The ladder's picture without its last price: kept as a pixmap of which only changed rows are painted anew."""

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from qmtdesk.desk.brush.paint import color
from qmtdesk.desk.ladder import ladder_paint
from qmtdesk.desk.ladder.ladder_layout import LadderRow, Pinned, Window, changed_rows
from qmtdesk.desk.ladder.ladder_paint import Ink


class Sheet:
    """Transparent but for the pinned rows, so that tints and the price line go under it. GUI thread only."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._ink: Ink | None = None
        self._window: Window | None = None
        self._rows: tuple[LadderRow, ...] = ()
        self._pins: tuple[Pinned, Pinned] | None = None

    @property
    def rows(self) -> tuple[LadderRow, ...]:
        """The rows on it, highest first."""
        return self._rows

    def forget(self) -> None:
        """Paint everything at the next `show`."""
        self._ink = None

    def show(
        self,
        ink: Ink,
        window: Window,
        rows: tuple[LadderRow, ...],
        pins: tuple[Pinned, Pinned],
        size: QSize,
        dpr: float,
    ) -> list[QRect]:
        """Bring the picture up to date; the strips that changed, in logical pixels from its top."""
        fresh = self._pixmap.size() != size * dpr or self._pixmap.devicePixelRatio() != dpr
        if fresh:
            self._pixmap = QPixmap(size * dpr)
            self._pixmap.setDevicePixelRatio(dpr)
        if fresh or ink != self._ink or window != self._window:
            self._pixmap.fill(color("#000000", 0.0))
            dirty, pinned = list(range(len(rows))), [True, True]
        else:
            dirty = changed_rows(self._rows, rows)
            pinned = [self._pins is None or old != new for old, new in zip(self._pins or pins, pins, strict=True)]
        self._ink, self._window, self._rows, self._pins = ink, window, rows, pins
        if not dirty and not any(pinned):
            return []
        p = QPainter(self._pixmap)
        strips = self._paint_rows(p, ink, window, dirty, size.width())
        foot = window.top_pin + window.count * window.row
        places = (QRect(0, 0, size.width(), window.top_pin), QRect(0, foot, size.width(), size.height() - foot))
        for at, place in enumerate(places):
            if pinned[at]:
                ladder_paint.pinned(p, ink, QRectF(place), pins[at], upper=at == 0)
                strips.append(place)
        p.end()
        return strips

    def _paint_rows(self, p: QPainter, ink: Ink, window: Window, dirty: list[int], width: int) -> list[QRect]:
        strips = []
        for at in dirty:
            top = window.top_pin + at * window.row
            strip = QRect(0, top, width, window.row)
            p.setClipRect(strip)
            p.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            p.fillRect(strip, color("#000000", 0.0))
            p.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            ladder_paint.row(p, ink, self._rows[at], top, window.row)
            strips.append(strip)
        p.setClipping(False)
        return strips

    def blit(self, p: QPainter, part: QRect, top: int) -> None:
        """Lay a part of it down; `part` in widget pixels, the picture beginning at `top`."""
        dpr = self._pixmap.devicePixelRatio()
        source = QRectF(part.left() * dpr, (part.top() - top) * dpr, part.width() * dpr, part.height() * dpr)
        p.drawPixmap(QRectF(part), self._pixmap, source)
