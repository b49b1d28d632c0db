"""The seal amount of the selected stock against its threshold, with breaks, and what the guard does next."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.watch import spark
from qmtdesk.desk.watch.seal_words import foot
from qmtdesk.desk.watch.watch_state import near, sealed_now
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.rows import WatchRow

HEAD = 38
FOOT = 30
AXIS = 20
WINDOW_MS = 40 * 60_000
LEAST_MS = 6 * 60_000
ROOM = 14


@dataclass(frozen=True, slots=True)
class Frame:
    """The chart's area and ranges: fixed for one paint. Times are session ms."""

    area: QRectF
    start: int
    end: int
    top: int

    def x(self, at: int) -> float:
        """Where a Unix time stands."""
        span = max(self.end - self.start, 1)
        return self.area.left() + (spark.session_ms(at) - self.start) / span * self.area.width()

    def y(self, amount: int) -> float:
        """Where an amount stands."""
        return self.area.bottom() - min(amount, self.top) / self.top * self.area.height()


class SealPanel(QWidget):
    """Painted, not plotted: one curve, one line, a few bands. Double-click shows the whole day."""

    def __init__(self, mirror: Mirror, commands: Commands, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mirror = mirror
        self.commands = commands
        self.look = look
        self.whole_day = False
        self._asked: set[str] = set()
        self._attached = False
        self._cursor: QPointF | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(t("seal.title"))
        mirror.selected_stock_changed.connect(self._chosen)
        mirror.series_changed.connect(self._series_changed)
        mirror.watch_changed.connect(self._watch_changed)
        for signal in (mirror.blind_changed, mirror.kill_changed, mirror.second_passed, look.changed):
            signal.connect(self.update)
        mirror.link_changed.connect(self._link_changed)

    def attach_chart(self) -> None:
        """Call after the first paint: from now on the history of what is selected is asked for."""
        self._attached = True
        self._chosen(self.mirror.selected_stock)

    def _chosen(self, code: str) -> None:
        if self._attached and code and code not in self._asked and not self.mirror.has_history(code, "seal"):
            self._asked.add(code)
            self.commands.ask_series(code, "seal")
        self.update()

    def _link_changed(self) -> None:
        if self.mirror.link == "attached":
            self._asked.clear()
            self._chosen(self.mirror.selected_stock)
        self.update()

    def _series_changed(self, keys: frozenset[tuple[str, str]]) -> None:
        if (self.mirror.selected_stock, "seal") in keys:
            self.update()

    def _watch_changed(self, keys: frozenset[str]) -> None:
        if self.mirror.selected_stock in keys:
            self.update()

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.look.theme
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), theme.bg1, radius=6)
        code = self.mirror.selected_stock
        row = self.mirror.watches.get(code)
        if row is None:
            words = t("seal.none") if self.mirror.watches else ""
            paint.text(p, QRectF(self.rect()), words, theme.t3, fonts.BODY, align=paint.CENTRE)
            p.end()
            return
        blind = self.mirror.stale(code)
        self._head(p, row, blind=blind)
        self._foot(p, row, blind=blind)
        frame, points = self._frame(row)
        if frame.area.height() > 24:
            self._chart(p, row, frame, points, blind=blind)
        p.end()

    def _head(self, p: QPainter, row: WatchRow, *, blind: bool) -> None:
        theme = self.look.theme
        line = QRectF(12, 0, self.width() - 24, HEAD)
        info = t("seal.head", price=fmt.price(row.limit_up, row.code), volume=fmt.fixed(row.sellable, 1, 0))
        info_wide = fonts.width_of(info, fonts.SMALL)
        wide = paint.text(p, line, f"{row.name} {t('seal.title')}", theme.t1, fonts.BODY, bold=True)
        place = line.adjusted(wide + 12, 0, 0, 0)
        if blind and row.seal:
            age = max(self.mirror.clock() - self._quote_at(row.code), 0)
            words = t("seal.old", amount=fmt.money_short(row.seal), age=fmt.age(age))
            wide += paint.text(p, place, words, theme.t3, fonts.BODY, elide=True)
        elif sealed_now(row, blind=blind):
            value = theme.warn if near(row) else theme.t1
            wide += paint.text(p, place, fmt.money_short(row.seal), value, fonts.SEAL, bold=True)
        else:
            wide += paint.text(p, place, fmt.MISSING, theme.t3)
        if line.width() - wide - 24 > info_wide:
            paint.text(p, line, info, theme.t2, fonts.SMALL, align=paint.RIGHT)

    def _quote_at(self, code: str) -> int:
        quote = self.mirror.quotes.get(code)
        return self.mirror.clock() if quote is None else quote.at

    def _foot(self, p: QPainter, row: WatchRow, *, blind: bool) -> None:
        theme = self.look.theme
        paused = self.mirror.all_paused
        said = foot(row, blind=blind, killed=self.mirror.killed, paused=paused)
        line = QRectF(12, self.height() - FOOT, self.width() - 24, FOOT)
        paint.hairline(p, 0, self.width(), line.top(), theme.line)
        left, right = 0.0, 0.0
        if said.warn:
            left = paint.alert(p, line.left(), line.center().y(), theme.warn) + 4
        if said.right:
            right = paint.text(p, line, said.right, theme.t2, fonts.SMALL, align=paint.RIGHT) + 8
        value = theme.t1 if said.right or said.warn else theme.t2
        cell, bold = line.adjusted(left, 0, -right, 0), bool(said.right)
        fits = fonts.width_of(said.words, fonts.SMALL, bold) <= cell.width()
        paint.text(p, cell, said.words if fits else said.short or said.words, value, fonts.SMALL, bold=bold, elide=True)

    def _frame(self, row: WatchRow) -> tuple[Frame, tuple[tuple[int, int], ...]]:
        """The ranges in force and the points inside them."""
        points = tuple(self.mirror.series(row.code, "seal"))
        now = spark.session_ms(max(self.mirror.clock(), points[-1][0] if points else 0))
        first = next((at for at, amount in points if amount >= 0), 0)
        start = spark.session_ms(first) if first else now - LEAST_MS
        if not self.whole_day:
            start = max(start, now - WINDOW_MS)
        start = min(start, now - LEAST_MS)
        shown = tuple(point for point in points if spark.session_ms(point[0]) >= start)
        top, marks = spark.axis(max(max((a for _, a in shown), default=0), row.threshold * 3 // 2))
        axis_wide = max(fonts.width_of(fmt.money_short(mark), fonts.DIGIT) for mark in (*marks, top)) + 14
        room = self.height() - HEAD - FOOT - AXIS
        area = QRectF(8, HEAD, self.width() - 8 - axis_wide, room)
        span = now - start
        return Frame(area, start, now + int(span * ROOM / max(area.width() - ROOM, 1)), top), shown

    def _chart(
        self, p: QPainter, row: WatchRow, frame: Frame, points: tuple[tuple[int, int], ...], *, blind: bool
    ) -> None:
        theme, area = self.look.theme, frame.area
        self._axes(p, frame)
        if not points or all(amount < 0 for _, amount in points):
            asked = row.code in self._asked and not self.mirror.has_history(row.code, "seal")
            words = t("seal.loading") if asked else t("seal.no_history")
            paint.text(p, area, words, theme.t3, fonts.SMALL, align=paint.CENTRE)
        p.save()
        p.setClipRect(area.adjusted(0, 0, 6, 1))
        labels = self._bands(p, frame, points)
        self._zone(p, frame, row.threshold)
        self._curve(p, frame, points, row, blind=blind)
        for words, place in labels:
            self._label(p, words, place, theme.t1)
        p.restore()
        self._threshold(p, frame, row, points)
        self._hover(p, frame, points)

    def _axes(self, p: QPainter, frame: Frame) -> None:
        theme, area = self.look.theme, frame.area
        _, marks = spark.axis(frame.top)
        for mark in marks:
            y = frame.y(mark)
            if y > area.top() + 6:
                paint.hairline(p, area.left(), area.right(), round(y), theme.line)
                cell = QRectF(area.right() + 2, y - 8, self.width() - area.right() - 10, 16)
                paint.text(p, cell, fmt.money_short(mark), theme.t3, fonts.DIGIT, align=paint.RIGHT)
        paint.hairline(p, area.left(), area.right(), area.bottom(), theme.line)
        for at in spark.time_marks(frame.start, frame.end, max(int(area.width() // 76), 2)):
            told = at if at <= _noon(at) else at + 90 * 60_000
            x = frame.area.left() + (at - frame.start) / max(frame.end - frame.start, 1) * area.width()
            paint.upright(p, round(x), area.bottom(), area.bottom() + 4, theme.line2)
            words = fmt.clock(told, seconds=False)
            wide = fonts.width_of(words, fonts.DIGIT)
            left = min(max(x - wide / 2, area.left()), self.width() - wide - 4)
            paint.text(p, QRectF(left, area.bottom() + 3, wide + 1, AXIS - 3), words, theme.t3, fonts.DIGIT)

    def _bands(self, p: QPainter, frame: Frame, points: tuple[tuple[int, int], ...]) -> list[tuple[str, QRectF]]:
        """Grey where it was open; gives the labels saying how long, of those that would touch the newest."""
        theme, area = self.look.theme, frame.area
        labels: list[tuple[str, QRectF]] = []
        free = area.right() - 2
        for band in reversed(spark.bands(points)):
            end = band.end or max(self.mirror.clock(), points[-1][0])
            left, right = frame.x(band.start), max(frame.x(end), frame.x(band.start) + 2)
            rect = QRectF(left, area.top(), right - left, area.height())
            p.fillRect(rect, paint.color(theme.line2, 0.45))
            words = t("seal.break", length=fmt.duration(end - band.start))
            wide = fonts.width_of(words, fonts.SMALL)
            start = min(max(rect.center().x() - wide / 2, area.left() + 2), area.right() - wide - 2)
            if start + wide > free:
                continue
            free = start - 10
            labels.append((words, QRectF(start, area.top() + 6, wide, 18)))
        return labels

    def _label(self, p: QPainter, words: str, place: QRectF, value: str) -> None:
        """Words over a curve, on a ground that keeps them readable."""
        p.fillRect(place.adjusted(-4, 0, 4, 0), paint.color(self.look.theme.bg1, 0.85))
        paint.text(p, place, words, value, fonts.SMALL)

    def _zone(self, p: QPainter, frame: Frame, threshold: int) -> None:
        y = frame.y(threshold)
        zone = QRectF(frame.area.left(), y, frame.area.width(), frame.area.bottom() - y)
        p.fillRect(zone, paint.color(self.look.theme.solid, 0.13))

    def _curve(
        self, p: QPainter, frame: Frame, points: tuple[tuple[int, int], ...], row: WatchRow, *, blind: bool
    ) -> None:
        theme = self.look.theme
        value = theme.t3 if blind else theme.price
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for run in spark.sealed_runs(points):
            line = [QPointF(frame.x(at), frame.y(amount)) for at, amount in spark.thin(run, 900)]
            ground = frame.area.bottom()
            shape = [QPointF(line[0].x(), ground), *line, QPointF(line[-1].x(), ground)]
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(paint.color(value, 0.10))
            p.drawPolygon(QPolygonF(shape))
            p.setPen(QPen(paint.color(value), 1.0))
            p.drawPolyline(QPolygonF(line))
        if points and points[-1][1] >= 0:
            where = QPointF(frame.x(points[-1][0]), frame.y(points[-1][1]))
            tip = theme.t3 if blind else theme.warn if near(row) else theme.acc
            p.setPen(QPen(paint.color(theme.bg1), 1.5))
            p.setBrush(paint.color(tip))
            p.drawEllipse(where, 4, 4)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _threshold(self, p: QPainter, frame: Frame, row: WatchRow, points: tuple[tuple[int, int], ...]) -> None:
        theme = self.look.theme
        y = round(frame.y(row.threshold)) + 0.5
        line = QPen(paint.color(theme.warn), 1.0)
        line.setDashPattern([5, 3])
        p.setPen(line)
        p.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y))
        words = t("seal.threshold", amount=fmt.money_short(row.threshold))
        below = y + 20 < frame.area.bottom()
        wide = fonts.width_of(words, fonts.SMALL)
        top = y + 2 if below else y - 19
        newest = points[-1] if points and points[-1][1] >= 0 else None
        tip = (frame.x(newest[0]), frame.y(newest[1])) if newest is not None else None
        left = spark.label_left(frame.area.left() + 6, frame.area.right() - 6, wide, top, top + 18, tip)
        self._label(p, words, QRectF(left, top, wide, 18), theme.warn)

    def _hover(self, p: QPainter, frame: Frame, points: tuple[tuple[int, int], ...]) -> None:
        where = self._cursor
        if where is None or not points or not frame.area.contains(where):
            return
        theme = self.look.theme
        at, amount = min(points, key=lambda point: abs(frame.x(point[0]) - where.x()))
        x = frame.x(at)
        paint.upright(p, round(x), frame.area.top(), frame.area.bottom(), theme.line2)
        told = fmt.money_short(amount) if amount >= 0 else t("board.broken")
        words = t("seal.cursor", at=fmt.clock(at), amount=told)
        wide = fonts.width_of(words, fonts.SMALL) + 12
        left = x + 6 if x + 6 + wide < frame.area.right() else x - 6 - wide
        tag = QRectF(left, min(max(where.y() - 26, frame.area.top() + 2), frame.area.bottom() - 22), wide, 20)
        paint.box(p, tag, theme.bg3, theme.line2, 4)
        paint.text(p, tag, words, theme.t1, fonts.SMALL, align=paint.CENTRE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.whole_day = not self.whole_day
        self.update()


def _noon(session: int) -> int:
    """The session time at which the morning of that day ends."""
    day = 86_400_000
    return (session + 8 * 3_600_000) // day * day - 8 * 3_600_000 + 41_400_000
