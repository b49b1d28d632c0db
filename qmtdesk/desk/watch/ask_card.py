"""要卖出吗: the confirm-sell card over the seal chart. It takes no focus and counts down to doing nothing."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.asks import left_ms, queue, speed
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.watch import ask_words, spark
from qmtdesk.desk.watch.ask_keys import AnswerKeys
from qmtdesk.desk.watch.watch_list import WatchList
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.rows import AskRow, key_of
from qmtdesk.wire.talk import Ack

HEAD = 40
LEAST = 330
BUTTONS = 52
FACTS = 22
TICK_MS = 200
DEAD_MS = 800
PAST_MS = 3 * 60_000


class AskCard(QWidget):
    """Stands over `seal` and follows it, below its own row in the watchlist of that window.

    The question shown stays until it is answered, timed out or gone: another, more urgent one never slips under the
    pointer. Each new one is dead for 800 ms to clicks and longer to keys, and again when it sells another volume.
    """

    answered = Signal(str)

    def __init__(
        self, mirror: Mirror, commands: Commands, look: Look, seal: QWidget, parent: QWidget | None = None
    ) -> None:
        window = seal.window() if parent is None else parent
        super().__init__(window)
        self.mirror = mirror
        self.commands = commands
        self.look = look
        self._seal = seal
        self._shown = ""
        self._answered: set[str] = set()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sell = ActButton(look, "", "Ctrl+\u21b5", "sell", self)
        self.skip = ActButton(look, t("ask.skip"), "Esc", parent=self)
        self.off = ActButton(look, t("ask.disarm"), parent=self)
        for button in (self.sell, self.skip, self.off):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sell.clicked.connect(lambda: self.answer(sell=True))
        self.skip.clicked.connect(lambda: self.answer(sell=False))
        self.off.clicked.connect(self._disarm)
        self._dead = QTimer(self)
        self._dead.setSingleShot(True)
        self._dead.timeout.connect(self._wake)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._wake)
        self.keys = AnswerKeys(window)
        self.keys.yes.connect(lambda: self.answer(sell=True))
        self.keys.no.connect(lambda: self.answer(sell=False))
        self.keys.changed.connect(self._wake)
        seal.installEventFilter(self)
        mirror.asks_changed.connect(lambda _: self._choose())
        for signal in (mirror.blind_changed, mirror.link_changed, mirror.status_changed):
            signal.connect(self._wake)
        look.changed.connect(self.update)
        self.hide()
        self._choose()

    @property
    def asking(self) -> AskRow | None:
        """The question shown."""
        return self.mirror.asks.get(self._shown)

    def left_ms(self) -> int:
        """Time on the wall until the question shown does nothing."""
        ask = self.asking
        return left_ms(self.mirror, ask) if ask is not None else 0

    def answer(self, *, sell: bool) -> None:
        """Answer the question shown, once; nothing while the button is dead."""
        ask = self.asking
        if ask is None or (sell and not self.sell.isEnabled()):
            return
        if not self.left_ms():
            self._choose()
            return
        key = key_of(ask)
        self._answered.add(key)
        self.commands.answer_ask(ask.code, ask.ask, sell, partial(self._taken, key))
        self.answered.emit(key)
        self._choose()

    def _taken(self, key: str, ack: Ack) -> None:
        """An answer that was refused is none: a question that is still open is asked again."""
        if not ack.ok:
            self._answered.discard(key)
            self._choose()

    def _disarm(self) -> None:
        ask = self.asking
        if ask is not None:
            self._answered.add(key_of(ask))
            self.commands.answer_ask(ask.code, ask.ask, False)
            self.commands.disarm_guard(ask.code)
            self._choose()

    def _waiting(self) -> list[AskRow]:
        open_still = (ask for ask in queue(self.mirror.asks) if key_of(ask) not in self._answered)
        return [ask for ask in open_still if left_ms(self.mirror, ask)]

    def _choose(self) -> None:
        """Keep the question shown while it is open; else take the most urgent one."""
        self._answered &= self.mirror.asks.keys()
        waiting = self._waiting()
        keys = [key_of(ask) for ask in waiting]
        if self._shown not in keys:
            self._shown = keys[0] if keys else ""
            if self._shown:
                self._begin()
        if not self._shown:
            self._clock.stop()
            self.keys.listen(on=False)
            self.hide()
            return
        self._wake()

    def _begin(self) -> None:
        ask = self.asking
        if ask is None:
            return
        self._rest()
        self._clock.start()
        self.keys.listen(on=True)
        self.sell.say(ask_words.sale(ask))
        self.setAccessibleName(t("ask.title") + self.mirror.name(ask.code))
        self.show()
        self.raise_()
        for sheet in self.window().findChildren(Sheet):
            sheet.raise_()
        self.mirror.select_stock(ask.code)
        rows: WatchList | None = self.window().findChild(WatchList)
        if rows is not None:
            rows.reveal(ask.code)
        self.place()

    def _rest(self) -> None:
        """What stands there is new: neither the pointer nor the fingers on the keys meant it."""
        self._dead.start(DEAD_MS)
        self.keys.pause()

    def _wake(self) -> None:
        ask = self.asking
        if ask is None:
            return
        if not self.left_ms():
            self._choose()
            return
        words = ask_words.sale(ask)
        if words != self.sell.text():
            self._rest()
            self.sell.say(words)
            self.place()
        self.keys.look()
        aimed = not self._dead.isActive()
        for button in (self.skip, self.off):
            button.setEnabled(aimed)
        # one silent stock bars nothing: the guard waits for its next snapshot by itself
        barred = self.mirror.blind or self.mirror.killed or not ask.volume
        self.sell.setEnabled(aimed and not barred)
        for button in (self.sell, self.skip):
            button.dim_hint(dim=not self.keys.alive)
        self.update()

    def place(self) -> None:
        """Over the seal chart, a little taller where the chart is low."""
        parent = self.parentWidget()
        if parent is None:
            return
        corner = self._seal.mapTo(parent, self._seal.rect().topLeft())
        foot = corner.y() + self._seal.height()
        high = max(self._seal.height(), min(LEAST, foot - self._own_row(parent)))
        rect = QRect(corner.x(), foot - high, self._seal.width(), high)
        self.setGeometry(rect.adjusted(-2, -2, 2, 2))
        gap, y = 8, self.height() - 46
        room = self.width() - 28 - 2 * gap
        off, skip = self.off.sizeHint().width(), self.skip.sizeHint().width()
        if off + skip + self.sell.sizeHint().width() > room:
            off, skip = self.off.least_width(), self.skip.least_width()
        x = self.width() - 14 - off
        self.off.setGeometry(x, y, off, 34)
        x -= gap + skip
        self.skip.setGeometry(x, y, skip, 34)
        self.sell.setGeometry(14, y, max(x - gap - 14, 10), 34)

    def _own_row(self, parent: QWidget) -> int:
        """Where the row of the question ends; the card may not grow over it."""
        ask = self.asking
        rows: WatchList | None = self.window().findChild(WatchList)
        if rows is None or ask is None:
            return 0
        row = rows.row_rect(ask.code)
        return rows.viewport().mapTo(parent, row.bottomLeft()).y() + 3 if row.isValid() else 0

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moved = event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show)
        if watched is self._seal and moved and not self.isHidden():
            self.place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        ask = self.asking
        if ask is None:
            return
        theme = self.look.theme
        p = QPainter(self)
        rect = QRectF(self.rect())
        paint.box(p, rect, theme.bg1, theme.solid, 8, 1.5)
        self._title(p, ask, rect)
        self._numbers(p, ask, rect)
        facts = ask_words.facts(self.mirror, ask, self.left_ms())
        foot = rect.bottom() - BUTTONS - FACTS * len(facts)
        for at, (label, words) in enumerate(facts):
            row = QRectF(18, foot + at * FACTS, rect.width() - 32, FACTS)
            paint.text(p, row, label, theme.t3, fonts.SMALL)
            paint.text(p, row.adjusted(52, 0, 0, 0), words, theme.t1, fonts.SMALL, elide=True)
        area = QRectF(16, HEAD + 76, rect.width() - 32, foot - HEAD - 76 - 8)
        if area.height() >= 40:
            self._past(p, ask, area)
        p.end()

    def _title(self, p: QPainter, ask: AskRow, rect: QRectF) -> None:
        theme = self.look.theme
        path = QPainterPath()
        path.addRoundedRect(QRectF(1, 1, rect.width() - 2, HEAD + 12), 7, 7)
        p.save()
        p.setClipRect(QRectF(0, 0, rect.width(), HEAD))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillPath(path, paint.color(theme.solid))
        p.restore()
        left = 16 + paint.alert(p, 16, HEAD / 2, theme.on_solid, 17) + 4
        waiting = self._waiting()
        count = f"1 / {max(len(waiting), 1)}"
        line = QRectF(left, 0, rect.width() - left - 16, HEAD)
        right = paint.text(p, line, count, theme.on_solid, fonts.SMALL, align=paint.RIGHT)
        words = f"{t('ask.title')}  {self.mirror.name(ask.code)} {fmt.bare(ask.code)}"
        line.setWidth(line.width() - right - 10)
        paint.text(p, line, words, theme.on_solid, fonts.SEAL, bold=True, elide=True)

    def _numbers(self, p: QPainter, ask: AskRow, rect: QRectF) -> None:
        theme = self.look.theme
        line = QRectF(18, HEAD + 8, rect.width() - 96, 34)
        if ask.sealed:
            value = theme.warn if ask_words.below(ask) else theme.t1
            wide = paint.text(p, line, fmt.money_short(ask.seal), value, fonts.ALERT, bold=True) + 12
            against = ask_words.against(ask)
            paint.text(p, line.adjusted(wide, 3, 0, 0), against, theme.t1, fonts.VALUE, bold=True, elide=True)
        else:
            paint.text(p, line, t("board.broken"), theme.warn, fonts.ALERT, bold=True)
        why = QRectF(18, HEAD + 44, rect.width() - 96, 20)
        paint.text(p, why, ask_words.why(ask), theme.t2, fonts.SMALL, elide=True)
        self._ring(p, ask, QRectF(rect.right() - 68, HEAD + 12, 48, 48))

    def _ring(self, p: QPainter, ask: AskRow, rect: QRectF) -> None:
        theme = self.look.theme
        left = self.left_ms()
        whole = max((ask.deadline - ask.asked_at) // speed(self.mirror), 1)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(paint.color(theme.bg3), 4))
        p.drawEllipse(rect)
        line = QPen(paint.color(theme.t1), 4)
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        p.setPen(line)
        p.drawArc(rect, 90 * 16, -int(360 * 16 * min(left / whole, 1.0)))
        p.restore()
        words = str(-(-left // 1000)) if self.mirror.link == "attached" else fmt.MISSING
        paint.text(p, rect, words, theme.t1, fonts.SEAL, bold=True, align=paint.CENTRE)

    def _past(self, p: QPainter, ask: AskRow, area: QRectF) -> None:
        """The last minutes of the seal, the threshold dashed."""
        theme = self.look.theme
        paint.box(p, area, theme.bg2, radius=4)
        now = self.mirror.clock()
        points = tuple(point for point in self.mirror.series(ask.code, "seal") if point[0] >= now - PAST_MS)
        top = max(max((amount for _, amount in points), default=0), ask.threshold * 3 // 2)
        inner = area.adjusted(8, 20, -12, -4)
        y = inner.bottom() - inner.height() * ask.threshold / top
        p.fillRect(QRectF(area.left(), y, area.width(), area.bottom() - y), paint.color(theme.solid, 0.13))
        line = QPen(paint.color(theme.warn), 1)
        line.setDashPattern([4, 3])
        p.setPen(line)
        p.drawLine(QPointF(area.left(), round(y) + 0.5), QPointF(area.right(), round(y) + 0.5))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        tip: spark.Point | None = None
        for run in spark.sealed_runs(points):
            line_points = [
                QPointF(
                    inner.left() + (at - now + PAST_MS) / PAST_MS * inner.width(),
                    inner.bottom() - inner.height() * a / top,
                )
                for at, a in run
            ]
            p.setPen(QPen(paint.color(theme.price), 1.0))
            p.drawPolyline(QPolygonF(line_points))
            tip = (line_points[-1].x(), line_points[-1].y())
        p.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        words = t("ask.past", minutes=PAST_MS // 60_000)
        if points and points[0][1] > 0 and points[-1][1] >= 0:
            words += "  " + fmt.share(points[-1][1] - points[0][1], points[0][1], 0, signed=True)
        paint.text(p, QRectF(area.left() + 8, area.top() + 2, area.width() - 16, 18), words, theme.t2, fonts.SMALL)
        label = t("seal.threshold", amount=fmt.money_short(ask.threshold))
        below = y + 20 < area.bottom()
        low, wide = y + 1 if below else y - 18, fonts.width_of(label, fonts.SMALL)
        left = spark.label_left(area.left() + 8, area.right() - 8, wide, low, low + 18, tip)
        paint.text(p, QRectF(left, low, wide, 18), label, theme.warn, fonts.SMALL)
