"""The plot of the price chart; the one module of the ladder that needs pyqtgraph, imported after the first paint."""

from bisect import bisect_right

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder import ladder_paint
from qmtdesk.desk.ladder.chart_axis import Candle, Trace, bucket_for, candles, nice_step, trading_ms
from qmtdesk.desk.ladder.chart_panel import Scene
from qmtdesk.desk.ladder.ladder_layout import index_of
from qmtdesk.desk.words.texts import t

DASHED = 104
FILL = 11.0
SMALL_FILL = 7.0
MANY = 24
MINUTES = {"one": 1, "five": 5}


class Plot(pg.PlotWidget):  # type: ignore[misc]  # the library is untyped
    """y is the level index (with a grid) or the price; x milliseconds of trading time."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._scene = Scene()
        self._trace = Trace(1000)
        self._traced: tuple[str, tuple[int, ...]] = ("", ())
        self._ys: list[float] = []
        self._x = (0.0, 1.0)
        self._y = (0.0, 1.0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)  # the background moves with every scene
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        item = self.getPlotItem()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, 0, 0, 0)
        box = item.getViewBox()
        box.setDefaultPadding(0)
        box.setMouseEnabled(x=False, y=False)
        box.disableAutoRange()
        self._curve = pg.PlotCurveItem(antialias=True)
        item.addItem(self._curve)
        self.restyle()

    def restyle(self) -> None:
        """The colours of the theme in force."""
        self.setBackground(paint.color(self._look.theme.bg1))
        self._ink()

    def draw(self, scene: Scene, x: tuple[float, float]) -> None:
        """Show the scene between two places of the time axis."""
        self._scene = scene
        self._x = x
        self._follow()
        xs, prices = self._trace.points()
        line = scene.period == "line"
        start = max(bisect_right(xs, int(x[0])) - 3, 0)
        self._y = (scene.foot, scene.top) if scene.levels else self._own_range(prices[start:])
        ys = [self.place(price) for price in prices[start:]] if line else []
        self._curve.setData(xs[start:] if line else [], ys)
        self._ink()
        box = self.getPlotItem().getViewBox()
        box.setRange(xRange=x, yRange=self._y, padding=0, disableAutoRange=True)
        self.viewport().update()

    def place(self, price: int) -> float:
        """Where a price stands on the y axis."""
        levels = self._scene.levels
        return index_of(levels, price) if levels else float(price)

    def _follow(self) -> None:
        """Keep the thinned series in step with the points and with the width of a pixel."""
        scene = self._scene
        bucket = bucket_for(int(self._x[1] - self._x[0]), self.width())
        first = scene.points[0] if scene.points else ()
        if bucket != self._trace.bucket or (scene.code, first) != self._traced or len(scene.points) < self._trace.seen:
            self._trace = Trace(bucket)
            self._traced = (scene.code, first)
        self._trace.extend(scene.points)

    def _own_range(self, prices: list[int]) -> tuple[float, float]:
        seen = [price for price in (*prices, self._scene.last, self._scene.prev_close) if price]
        if not seen:
            return 0.0, 1.0
        low, high = min(seen), max(seen)
        air = max((high - low) * 0.12, high * 0.002)
        return low - air, high + air

    def _ink(self) -> None:
        th = self._look.theme
        self._curve.setPen(pg.mkPen(th.t3 if self._scene.stale else th.price, width=1.5))

    # pixels

    def _px(self, x: float) -> float:
        return (x - self._x[0]) / max(self._x[1] - self._x[0], 1.0) * float(self.width())

    def _py(self, y: float) -> float:
        return (self._y[1] - y) / max(self._y[1] - self._y[0], 1e-9) * float(self.height())

    def drawBackground(self, p: QPainter, rect: QRectF) -> None:
        super().drawBackground(p, rect)
        p.save()
        p.resetTransform()
        th, scene = self._look.theme, self._scene
        if scene.levels:
            self._level_lines(p)
        else:
            self._price_lines(p)
        if scene.blind_from:
            left = min(self._px(trading_ms(scene.blind_from)), self.width() - 12)
            p.fillRect(QRectF(left, 0, self.width() - left, self.height()), paint.color(th.warn, 0.09))
            paint.upright(p, left, 0, self.height(), paint.mix(th.warn, th.bg1, 0.5))
        p.restore()

    def _level_lines(self, p: QPainter) -> None:
        th, scene = self._look.theme, self._scene
        wide = float(self.width())
        if scene.last and scene.levels[0] <= scene.last < scene.levels[-1]:
            cell = int(index_of(scene.levels, scene.last))
            top = self._py(cell + 1)
            p.fillRect(QRectF(0, top, wide, self._py(cell) - top), paint.color(th.bg2 if scene.stale else th.sel))
        for index in range(max(int(scene.foot), 0), min(int(scene.top) + 2, len(scene.levels))):
            paint.hairline(p, 0, wide, round(self._py(index)) - 0.5, th.line)

    def _price_lines(self, p: QPainter) -> None:
        low, high = self._y
        if not self._scene.points and not self._scene.last:
            return
        th = self._look.theme
        step = nice_step(high - low, max(self.height() // 46, 2))
        first = -(-int(low) // step) * step
        tag = self._py(self._scene.last)
        for price in range(first, int(high) + 1, step):
            y = self._py(price)
            paint.hairline(p, 0, self.width(), round(y), th.line)
            if not -14 < y - tag < 28 and 16 < y < self.height() - 4:
                cell = QRectF(self.width() - 70, y - 15, 64, 14)
                paint.text(p, cell, f.price(price, self._scene.code), th.t3, fonts.DIGIT, align=paint.RIGHT)

    def drawForeground(self, p: QPainter, _rect: QRectF) -> None:
        p.save()
        p.resetTransform()
        scene, th = self._scene, self._look.theme
        if not scene.points and not scene.last:
            words = t("chart.none")
            paint.text(p, QRectF(0, 0, self.width(), self.height()), words, th.t3, fonts.SMALL, align=paint.CENTRE)
        if scene.period in MINUTES:
            for candle in candles(tuple(scene.points), MINUTES[scene.period]):
                self._candle(p, candle, MINUTES[scene.period])
        self._reference(p)
        for price, buying in scene.orders:
            self._order(p, price, buying=buying)
        size = FILL if len(scene.fills) <= MANY else SMALL_FILL
        for at, price, bought in scene.fills:
            self._fill(p, at, price, size, bought=bought)
        self._tag(p)
        p.restore()

    def _candle(self, p: QPainter, candle: Candle, minutes: int) -> None:
        th = self._look.theme
        left, right = self._px(candle.x), self._px(candle.x + minutes * 60_000)
        if right < 0:
            return
        rising = candle.last >= candle.first
        value = th.t3 if self._scene.stale else th.up if rising else th.dn
        middle, half = (left + right) / 2, max((right - left) * 0.32, 1.0)
        paint.upright(p, round(middle), self._py(self.place(candle.high)), self._py(self.place(candle.low)), value)
        top = self._py(self.place(max(candle.first, candle.last)))
        foot = self._py(self.place(min(candle.first, candle.last)))
        body = QRectF(round(middle) - half + 0.5, top, 2 * half, max(foot - top, 1.0))
        p.fillRect(body, paint.color(value))
        if rising and body.height() > 3 and body.width() > 3:
            p.fillRect(body.adjusted(1, 1, -1, -1), paint.color(th.bg1))

    def _reference(self, p: QPainter) -> None:
        """The cost of what is held, dotted, with its label; without holdings yesterday's close."""
        scene, th = self._scene, self._look.theme
        price = scene.cost or (0 if scene.levels else scene.prev_close)
        if not price:
            return
        y = self._py(self.place(price))
        if not 0 <= y <= self.height():
            return
        p.setPen(paint.pen(th.t3, 1.0, Qt.PenStyle.DotLine))
        p.drawLine(QPointF(0, y), QPointF(self.width(), y))
        key = "chart.cost" if scene.cost else "chart.prev_close"
        words = t(key, price=f.price(price, scene.code))
        wide = fonts.width_of(words, fonts.SMALL)
        up = y - 19 if y > 22 else y + 3
        x = max(self.width() - ladder_room(wide), 6.0)
        if self.width() >= 200 or not scene.levels:
            paint.box(p, QRectF(x - 5, up, wide + 10, 16), paint.mix(th.bg2, th.bg1, 0.5), radius=3)
            paint.text(p, QRectF(x, up, wide + 2, 16), words, th.t2, fonts.SMALL)

    def _order(self, p: QPainter, price: int, *, buying: bool) -> None:
        th = self._look.theme
        y = self._py(self.place(price))
        value = th.t3 if self._scene.stale else th.up if buying else th.dn
        p.setPen(paint.pen(value, 1.0, Qt.PenStyle.DashLine))
        y = round(y) - 0.5
        p.drawLine(QPointF(max(self.width() - DASHED, 0), y), QPointF(self.width(), y))

    def _fill(self, p: QPainter, at: int, price: int, size: float, *, bought: bool) -> None:
        th = self._look.theme
        x = self._px(trading_ms(at))
        y = self._py(self.place(price))
        if -size < x < self.width() and -size < y < self.height() + size:
            value = th.up if bought else th.dn
            paint.triangle(p, x - size / 2 - 1, y, bought, th.bg1, size + 2)
            paint.triangle(p, x - size / 2, y, bought, value, size)

    def _tag(self, p: QPainter) -> None:
        scene, th = self._scene, self._look.theme
        if not scene.last:
            return
        true_y = self._py(self.place(scene.last))
        y = min(max(true_y, 11.0), self.height() - 11.0)
        left = ladder_paint.price_tag(p, self.width(), y, f.price(scene.last, scene.code), th, stale=scene.stale)
        if y == true_y and scene.points:
            ladder_paint.price_line(
                p, y, [(int(self._px(trading_ms(scene.points[-1][0]))), int(left))], th, stale=scene.stale
            )

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def ladder_room(wide: float) -> float:
    """How far left of the edge the reference label begins: beside the dashes of the live orders."""
    return wide + DASHED + 6
