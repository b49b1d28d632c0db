"""The head over chart and ladder: what the bond costs now, how its grid stands, and the buttons for it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.link.health_words import code_trouble
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.grid_form import pending_lines
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.order import FINAL
from qmtdesk.wire.rows import GridRow, OrderRow, QuoteRow

HEIGHT = 44
RUNNING = frozenset({"running", "sell_only", "asleep", "frozen", "suspended", "waiting", "fired"})
SILENT = frozenset({"asleep", "frozen", "suspended", "waiting"})
"""What a grid is told to do is not in these: it may sell only all the same."""
OVER = frozenset(state.value for state in FINAL)
STATE_TONES = {
    "running": "acc",
    "sell_only": "acc",
    "waiting": "acc",
    "asleep": "t2",
    "fired": "t2",
    "frozen": "warn",
    "suspended": "warn",
    "stopped": "t3",
}


def on_sale(mirror: Mirror, code: str) -> list[OrderRow]:
    """What a stop that sells has on the book."""
    rows = (row for row in mirror.orders.values() if row.code == code and row.side == "sell" and row.kind == "clear")
    return [row for row in rows if row.state not in OVER]


def no_start(mirror: Mirror, code: str) -> str:
    """Why this grid cannot be started now, and when it can; '' where it can."""
    grid = mirror.grids.get(code)
    return t("head.no_start") if grid is not None and grid.selling else ""


class LadderHead(QWidget):
    """Painted, with real buttons at the right. What is pressed goes out as a signal."""

    settings = Signal()
    start = Signal()
    sell_only = Signal(bool)
    stop = Signal()
    stop_ways = Signal()
    release = Signal()

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._look = look
        self._state = ""
        self._sells_only = False
        self._busy = False
        self._no_start = ""
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.settings_button = self._button("head.settings", self.settings.emit)
        self.sell_only_button = self._button("head.sell_only", self._toggle_sell_only)
        self.stop_button = self._button("head.stop", self.stop.emit)
        self.ways_button = self._button("head.stop_ways", self.stop_ways.emit)
        self.start_button = self._button("head.start", self.start.emit, "primary")
        self.release_button = self._button("release.open", self.release.emit, "primary")
        look.changed.connect(self.relabel)
        self.relabel()

    def relabel(self) -> None:
        """Texts of the language in force, buttons of the grid's state."""
        grid = self._grid()
        self._state = grid.state if grid is not None else ""
        self._sells_only = _sells_only(grid)
        running = self._state in RUNNING
        held = self._held()
        kept = self._mirror.pending.get(self._mirror.selected_bond)
        lines = pending_lines(grid.plan, kept) if grid is not None and kept is not None else ()
        self.settings_button.say(t("head.settings_pending", n=len(lines)) if lines else t("head.settings"))
        self.settings_button.setToolTip(plain_tip("\n".join((*lines, t("pending.tip")))) if lines else "")
        self.sell_only_button.say(t("head.both" if self._sells_only else "head.sell_only"))
        self.stop_button.say(t("head.stop"))
        self.start_button.say(t("head.start"))
        self._no_start = waits = no_start(self._mirror, self._mirror.selected_bond)
        self.start_button.setEnabled(not waits)
        self.start_button.setToolTip(plain_tip(waits) if waits else "")
        bond = bool(self._mirror.selected_bond)
        self.release_button.say(t("release.open"))
        self.release_button.setVisible(bond and held)
        self.settings_button.setVisible(bond and running and not held)
        self.sell_only_button.setVisible(running and not held)
        self.stop_button.setVisible(running)
        self.ways_button.setVisible(running)
        self.ways_button.setToolTip(t("head.stop_ways_tip"))
        self.ways_button.setAccessibleName(t("head.stop_ways_tip"))
        self.start_button.setVisible(bond and not running and not held)
        self._arrange()
        self.update()

    def refresh(self) -> None:
        """Figures changed; the buttons too when the state did."""
        grid = self._grid()
        shown = (self._state, self._sells_only, not self.release_button.isHidden(), self._no_start)
        waits = no_start(self._mirror, self._mirror.selected_bond)
        if (grid.state if grid is not None else "", _sells_only(grid), self._held(), waits) != shown:
            self.relabel()
        self.update()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001
        """A wish is under way: no second one until it is answered. Stopping stays possible.

        The button is not disabled: that would hand the keyboard to its neighbour, which stops the grid.
        """
        self._busy = busy
        self.sell_only_button.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)

    # inside

    def _button(self, key: str, pressed: object, kind: str = "plain") -> ActButton:
        button = ActButton(self._look, t(key), kind=kind, parent=self, height=26)
        button.clicked.connect(pressed)
        return button

    def _grid(self) -> GridRow | None:
        return self._mirror.grids.get(self._mirror.selected_bond)

    def _held(self) -> bool:
        """Whether this code waits for the user's word: then going on and stopping are all there is to choose."""
        code = self._mirror.selected_bond
        return bool(code) and self._mirror.suspension(code) is not None

    def _toggle_sell_only(self) -> None:
        if not self._busy:
            self.sell_only.emit(not self._sells_only)

    def _arrange(self) -> None:
        x = self.width() - 10
        for button in (
            self.ways_button,
            self.stop_button,
            self.sell_only_button,
            self.settings_button,
            self.start_button,
            self.release_button,
        ):
            if not button.isHidden():
                size = button.sizeHint()
                x -= size.width()
                button.setGeometry(x, (HEIGHT - size.height()) // 2, size.width(), size.height())
                x -= 2 if button is self.ways_button else 6

    def _buttons_left(self) -> float:
        shown = [b.x() for b in self.findChildren(ActButton) if not b.isHidden()]
        return float(min(shown, default=self.width() - 12))

    def state_words(self, *, short: bool = False) -> tuple[str, str]:
        """The state pill: words and tone; `short` leaves out the time, and beside another state 只卖."""
        grid = self._grid()
        if grid is None:
            return "", "t3"
        if self._mirror.blind and grid.state in RUNNING:
            return t("head.blind"), "t2"
        if grid.winding:
            sales = on_sale(self._mirror, grid.code)
            left = f.fixed(sum(row.volume - row.filled for row in sales), 1, 0)
            return (t("head.selling", n=left) if sales and not short else t("head.winding")), "acc"
        words = t(f"grid.{grid.state}")
        ran = self._mirror.clock() - grid.started_at
        if grid.state == "running" and grid.started_at and ran >= 100_000 and not short:
            words = t("head.state", state=words, time=f.duration(ran))
        if grid.state in SILENT and grid.plan.sell_only and not short:
            words = t("head.and_sells", state=words)
        return words, STATE_TONES.get(grid.state, "t2")

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        th = self._look.theme
        p = QPainter(self)
        p.fillRect(self.rect(), paint.color(th.bg1))
        code = self._mirror.selected_bond
        if not code:
            paint.text(p, QRectF(12, 0, self.width() - 24, HEIGHT), t("empty.no_bond"), th.t2, fonts.VALUE, bold=True)
            p.end()
            return
        least = fonts.width_of(f.price(self._mirror.last(code), code), fonts.CLOCK, True)
        least += fonts.width_of(self._mirror.name(code), fonts.VALUE, True) + 24
        right = self._state_pill(p, self._buttons_left() - 10, least)
        x = self._name_and_price(p, code, right)
        quote = self._mirror.quotes.get(code)
        x += self._trouble(p, x + 12, right)
        if quote is not None:
            self._book(p, quote, x + 12, right)
        p.end()

    def _trouble(self, p: QPainter, left: float, right: float) -> float:
        """What the terminal tells of this code that cannot be relied on: a triangle, and words where there is room."""
        short, whole = code_trouble(self._mirror, self._mirror.selected_bond)
        self.setToolTip(plain_tip(whole) if whole else "")
        if not short or left + 20 > right:
            return 0.0
        wide = paint.alert(p, left, HEIGHT / 2, self._look.theme.warn)
        if left + wide + fonts.width_of(short, fonts.SMALL) + 8 <= right:
            cell = QRectF(left + wide + 2, 0, right - left - wide, HEIGHT)
            wide += 2 + paint.text(p, cell, short, self._look.theme.warn, fonts.SMALL)
        return wide + 12

    def _state_pill(self, p: QPainter, right: float, least: float) -> float:
        """Painted from the right, as short as the name and the price need; where the room for the rest ends."""
        words, tone = self.state_words()
        if not words:
            return right
        value = getattr(self._look.theme, tone)
        if right - fonts.width_of(words, fonts.BODY, True) - 22 < least:
            words = self.state_words(short=True)[0]
        if right - fonts.width_of(words, fonts.BODY, True) - 22 < least:
            words = ""
        wide = fonts.width_of(words, fonts.BODY, True)
        x = right - wide
        paint.text(p, QRectF(x, 0, wide + 1, HEIGHT), words, value, bold=True)
        if tone == "warn" or self.state_words()[0] == t("head.blind"):
            paint.bars(p, x - 14, HEIGHT / 2, value)
        else:
            paint.dot(p, x - 15, HEIGHT / 2, value, 8, hollow=tone in ("t2", "t3"))
        return x - 22

    def _name_and_price(self, p: QPainter, code: str, right: float) -> float:
        """Name, code, last price, change; the code gives way first, then the change. Where they end."""
        th, mirror = self._look.theme, self._mirror
        quote = mirror.quotes.get(code)
        stale = mirror.stale(code)
        moved = quote.last - quote.prev_close if quote is not None and quote.last else 0
        value = paint.direction(th, moved, stale=stale) if moved or stale else th.t1
        name, price = mirror.name(code), f.price(mirror.last(code), code)
        change = f.change(quote.last, quote.prev_close) if quote is not None else f.MISSING
        name_wide = fonts.width_of(name, fonts.VALUE, True)
        price_wide = fonts.width_of(price, fonts.CLOCK, True)
        code_wide = fonts.width_of(f.bare(code), fonts.SMALL) + 8
        change_wide = fonts.width_of(change, fonts.BODY, True) + 11 + 10
        room = right - 12 - name_wide - 12 - price_wide
        x = 12 + paint.text(
            p, QRectF(12, 0, max(right - 12, 0), HEIGHT), name, th.t1, fonts.VALUE, bold=True, elide=True
        )
        if room >= code_wide + change_wide:
            x += 8 + paint.text(p, QRectF(x + 8, 0, code_wide, HEIGHT), f.bare(code), th.t2, fonts.SMALL)
        if x + 12 + price_wide <= right:
            x += 12 + paint.text(p, QRectF(x + 12, 0, price_wide + 2, HEIGHT), price, value, fonts.CLOCK, bold=True)
        if room >= change_wide:
            cell = QRectF(x + 10, 0, change_wide, HEIGHT)
            sign = 0 if stale else (moved > 0) - (moved < 0)
            x += 10 + paint.arrowed(p, cell, change, sign, value, fonts.BODY, bold=True, align=paint.LEFT)
        return x

    def _book(self, p: QPainter, quote: QuoteRow, left: float, right: float) -> None:
        """Best offer over best bid, where there is room."""
        th, code = self._look.theme, quote.code
        stale = self._mirror.stale(code)
        lines = []
        for key, levels in (("head.ask1", quote.asks), ("head.bid1", quote.bids)):
            price, volume = levels[0] if levels else (0, 0)
            lines.append((t(key), f.price(price, code), _short(volume) if volume else f.MISSING))
        wide = [max(fonts.width_of(line[at], fonts.SMALL) for line in lines) for at in range(3)]
        if left + 12 + sum(wide) + 16 > right:
            return
        paint.upright(p, left, 9, HEIGHT - 9, th.line2)
        for (label, price_words, volume_words), top in zip(lines, (5, 22), strict=True):
            x = left + 12
            paint.text(p, QRectF(x, top, wide[0], 17), label, th.t3, fonts.SMALL)
            x += wide[0] + 8
            value = th.t3 if stale else th.t1
            paint.text(p, QRectF(x, top, wide[1], 17), price_words, value, fonts.SMALL, align=paint.RIGHT)
            x += wide[1] + 8
            paint.text(p, QRectF(x, top, wide[2], 17), volume_words, th.t3, fonts.SMALL, align=paint.RIGHT)


def _sells_only(grid: GridRow | None) -> bool:
    # a grid whose day's prices forbid it buys nothing either, though nobody told it so
    return grid is not None and (grid.plan.sell_only or grid.state == "sell_only")


def _short(volume: int) -> str:
    """A book volume in at most five characters."""
    return f.volume(volume) if volume < 100_000 else f"{volume // 1000}k"
