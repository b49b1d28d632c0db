"""The price chart's frame: its period toggles and time axis; the plot itself comes after the first paint."""

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder.chart_axis import MINUTE, clock_text, labels, trading_ms
from qmtdesk.desk.words.texts import t

if TYPE_CHECKING:
    from qmtdesk.desk.ladder.chart_plot import Plot

HEAD = 24
FOOT = 28
PERIODS = ("line", "one", "five")
FRAME_MS = 200
TAG_ROOM = 78
NARROW = 200
NARROW_SPAN = 30 * MINUTE
LEAST_SPAN = 10 * MINUTE


@dataclass(slots=True)
class Scene:
    """What the chart shows. Prices 厘, times Unix ms. `levels` ascending; empty = an own price axis.

    `top` and `foot` are the level indices at the plot's upper and lower edge. `orders` are (price, buying),
    `fills` (time, price, bought). `blind_from` 0 = not blind.
    """

    code: str = ""
    levels: tuple[int, ...] = ()
    top: float = 1.0
    foot: float = 0.0
    points: list[tuple[int, int]] = field(default_factory=list)
    orders: tuple[tuple[int, bool], ...] = ()
    fills: tuple[tuple[int, int, bool], ...] = ()
    cost: int = 0
    prev_close: int = 0
    last: int = 0
    stale: bool = False
    now: int = 0
    blind_from: int = 0
    period: str = "line"


class ChartPanel(QWidget):
    """Repaints at most five times a second and not at all while hidden. GUI thread only."""

    rows_scrolled = Signal(int)
    history_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self._look = look
        self._plot: Plot | None = None
        self._wheel = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._drawn = 0.0
        self._timer.timeout.connect(self._redraw)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        look.changed.connect(self._restyle)

    @property
    def attached(self) -> bool:
        """Whether the plot exists."""
        return self._plot is not None

    def attach(self) -> None:
        """Import the plotting library and put the plot in; call it after the first paint."""
        if self._plot is not None:
            return
        from qmtdesk.desk.ladder.chart_plot import Plot  # noqa: PLC0415  # the import alone costs half the start-up

        self._plot = Plot(self._look, self)
        self._place()
        self._plot.show()
        self._redraw()

    def refresh(self) -> None:
        """The scene changed: paint it at once, or when a frame's time has passed since the last one."""
        if self.isVisible() and not self._timer.isActive():
            passed = int((monotonic() - self._drawn) * 1000)
            self._timer.start(min(max(FRAME_MS - passed, 0), FRAME_MS))

    def set_period(self, period: str) -> None:
        """Line | one | five."""
        if period in PERIODS and period != self.scene.period:
            self.scene.period = period
            self._redraw()

    def span(self) -> tuple[int, int]:
        """First and last place of the time axis, the room for the tag not counted."""
        scene = self.scene
        end = trading_ms(scene.now or (scene.points[-1][0] if scene.points else 0))
        start = trading_ms(scene.points[0][0]) if scene.points else end - LEAST_SPAN
        if self.width() < NARROW:
            start = max(start, end - NARROW_SPAN)
        elif scene.period == "one":
            start = max(start, end - 2 * NARROW_SPAN)
        return min(start, end - LEAST_SPAN), end

    def axis(self) -> tuple[float, float]:
        """Both ends of the time axis as painted, the tag's room included at the right."""
        start, end = self.span()
        free = max(self.width() - TAG_ROOM, 40)
        return float(start), start + (end - start) * self.width() / free

    # inside

    def _restyle(self) -> None:
        if self._plot is not None:
            self._plot.restyle()
        self.update()

    def _redraw(self) -> None:
        self._drawn = monotonic()
        if self._plot is not None and self.isVisible():
            self._plot.draw(self.scene, self.axis())
        self.update(0, 0, self.width(), HEAD)
        self.update(0, self.height() - FOOT, self.width(), FOOT)

    def _place(self) -> None:
        if self._plot is not None:
            self._plot.setGeometry(0, HEAD, self.width(), max(0, self.height() - HEAD - FOOT))

    def _toggles(self) -> list[tuple[str, QRectF]]:
        """Each period with where its word stands."""
        x, made = 10.0, []
        for period in PERIODS:
            wide = fonts.width_of(t(f"chart.{period}"), fonts.SMALL, True)
            made.append((period, QRectF(x, 0, wide, HEAD)))
            x += wide + (14 if self.width() >= NARROW else 10)
        return made

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self.refresh()

    def paintEvent(self, _event: QPaintEvent) -> None:
        th = self._look.theme
        p = QPainter(self)
        p.fillRect(self.rect(), paint.color(th.bg1))
        p.fillRect(0, 0, self.width(), HEAD, paint.color(th.bg2))
        toggles = self._toggles()
        for period, rect in toggles:
            on = period == self.scene.period
            words = t(f"chart.{period}")
            paint.text(p, rect, words, th.t1 if on else th.t2, fonts.SMALL, bold=on, align=paint.CENTRE)
            if on:
                p.fillRect(QRectF(rect.left() - 1, HEAD - 2, rect.width() + 2, 2), paint.color(th.acc))
        self._legend(p, toggles[-1][1].right() + 12)
        foot = QRectF(0, self.height() - FOOT, self.width(), FOOT)
        p.fillRect(foot, paint.color(th.bg2))
        paint.hairline(p, 0, self.width(), foot.top(), th.line)
        self._times(p, foot)
        p.end()

    def _legend(self, p: QPainter, left: float) -> None:
        """▲ 买入 ▼ 卖出, where there is room."""
        th = self._look.theme
        words = (t("chart.bought"), t("chart.sold"))
        wide = sum(fonts.width_of(word, fonts.SMALL) + 11 for word in words) + 12
        x = self.width() - wide - 10
        if x < left:
            return
        for word, up in zip(words, (True, False), strict=True):
            x += paint.triangle(p, x, HEAD / 2, up, th.up if up else th.dn)
            x += paint.text(p, QRectF(x, 0, 60, HEAD), word, th.t2, fonts.SMALL) + 12

    def _times(self, p: QPainter, foot: QRectF) -> None:
        if not self.scene.points:
            return
        start, end = self.span()
        left, right = self.axis()
        scale = self.width() / max(right - left, 1.0)
        newest = clock_text(end)
        wide = fonts.width_of("00:00", fonts.DIGIT)
        last_x = (end - left) * scale
        for x, words in labels(start, end, int((end - start) * scale)):
            at = max((x - left) * scale - wide / 2, 4.0)
            if at + wide + 10 < last_x - wide / 2:
                paint.text(p, QRectF(at, foot.top(), wide, FOOT), words, self._look.theme.t2, fonts.DIGIT)
        paint.text(p, QRectF(last_x - wide / 2, foot.top(), wide, FOOT), newest, self._look.theme.t2, fonts.DIGIT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for period, rect in self._toggles():
            if rect.adjusted(-5, 0, 5, 0).contains(event.position()):
                self.set_period(period)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / 120)
        self._wheel -= notches * 120
        event.accept()
        if notches and self.scene.levels:
            self.rows_scrolled.emit(3 * notches)
