"""The middle of the desk: head, price chart and ladder of the chosen bond on one y axis."""

from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.note_bar import NoteBar
from qmtdesk.desk.ladder.chart_axis import newest_day
from qmtdesk.desk.ladder.chart_panel import ChartPanel
from qmtdesk.desk.ladder.ladder_acts import LadderActs
from qmtdesk.desk.ladder.ladder_empty import LadderEmpty
from qmtdesk.desk.ladder.ladder_head import HEIGHT as HEAD
from qmtdesk.desk.ladder.ladder_head import LadderHead, on_sale
from qmtdesk.desk.ladder.ladder_layout import LADDER, widths
from qmtdesk.desk.ladder.ladder_picture import FOOT
from qmtdesk.desk.ladder.ladder_picture import HEAD as TITLES
from qmtdesk.desk.ladder.ladder_view import LadderView
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.said import told_grid
from qmtdesk.desk.sheets.grid_form import pending_lines
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.wire.rows import GridRow

BAND = 26
CALM = frozenset(
    {
        Why.SLEEPING,
        Why.SELL_ONLY,
        Why.STOP_FIRED,
        Why.PHASE_CLOSED,
        Why.AUCTION_WAIT,
        Why.FIRST_BUY_PENDING,
        Why.NOT_ARMED,
        Why.DISARMED,
        Why.TAKEN_OFF,
        Why.PULLED_LATE,
        Why.EXPIRED_AT_CLOSE,
    }
)
"""Reasons for a grid to do nothing that nobody needs to look at."""
SAID_ABOVE = frozenset({Why.MASTER_OFF, Why.KILLED})
"""Reasons that are the strip's alarm already."""


class LadderPanel(QWidget):
    """Shows `mirror.selected_bond`. Sends wishes through `commands`; sheets are asked for by signal."""

    sheet_requested = Signal(str)
    release_requested = Signal(str)

    def __init__(self, mirror: Mirror, commands: Commands, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._commands = commands
        self._look = look
        self._fills_seen: set[str] = set()
        self._asked: set[str] = set()
        self.head = LadderHead(mirror, look, self)
        self.chart = ChartPanel(look, self)
        self.ladder = LadderView(look, self)
        self.empty = LadderEmpty(mirror, look, self)
        self.note = NoteBar(look, self)
        self.acts = LadderActs(mirror, commands, look, self.head, self.ladder, self.note)
        self.acts.sheet_requested.connect(self.sheet_requested)
        self.setMinimumSize(LADDER[0], 240)
        self.setFocusProxy(self.ladder)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._connect_own()
        self._connect_mirror()
        self.ladder.setAccessibleName(t("ladder.name"))
        self._show_bond()

    # for the window

    def attach_chart(self) -> None:
        """Put the plot in; call it once after the first paint."""
        self.chart.attach()

    def state(self) -> dict[str, object]:
        """What is worth remembering."""
        return {"row_height": self.ladder.row_height, "period": self.chart.scene.period}

    def restore(self, state: dict[str, object]) -> None:
        """Take back what `state` gave; anything unusable is left aside."""
        height, period = state.get("row_height"), state.get("period")
        if isinstance(height, int):
            self.ladder.set_row_height(height)
        if isinstance(period, str):
            self.chart.set_period(period)

    def stop_selected(self) -> None:
        """The S key: stop the chosen bond's grid, if it has one running."""
        self.acts.stop_selected()

    # wiring

    def _connect_own(self) -> None:
        self.head.settings.connect(self.acts.ask_sheet)
        self.head.start.connect(self.acts.ask_sheet)
        self.head.sell_only.connect(self.acts.set_sell_only)
        self.head.stop.connect(self.acts.stop)
        self.head.stop_ways.connect(self.acts.stop_ways)
        self.head.release.connect(lambda: self.release_requested.emit(self._mirror.selected_bond))
        self.empty.start.connect(self.acts.ask_sheet)
        self.empty.demo.connect(self.acts.demo)
        self.ladder.sheet_wanted.connect(self.acts.ask_sheet)
        self.ladder.framed.connect(self._share_axis)
        self.ladder.level_chosen.connect(lambda at: self.ladder.setAccessibleDescription(self.acts.level_words(at)))
        self.ladder.pause_wanted.connect(self.acts.pause)
        self.ladder.cancel_wanted.connect(self.acts.cancel)
        self.ladder.history_wanted.connect(self.acts.history)
        self.ladder.menu_wanted.connect(self.acts.menu)
        self.ladder.help_wanted.connect(self.acts.help)
        self.chart.rows_scrolled.connect(self.ladder.scroll_rows)
        self._look.changed.connect(self._restyled)

    def _connect_mirror(self) -> None:
        mirror = self._mirror
        mirror.selected_bond_changed.connect(self._show_bond)
        mirror.quotes_changed.connect(self._quotes)
        mirror.grid_changed.connect(self._grids)
        mirror.fills_changed.connect(self._fills)
        mirror.orders_changed.connect(self._orders)
        mirror.series_changed.connect(self._series)
        mirror.bonds_changed.connect(self._bonds)
        mirror.status_changed.connect(self._status)
        mirror.pending_changed.connect(self._pending)
        mirror.blind_changed.connect(self._blind)
        mirror.link_changed.connect(self._relinked)
        mirror.second_passed.connect(self._second)

    # what came in

    def _grid(self) -> GridRow | None:
        return self._mirror.grids.get(self._mirror.selected_bond)

    def _show_bond(self) -> None:
        code = self._mirror.selected_bond
        self._fills_seen = {key for key, fill in self._mirror.fills.items() if fill.code == code}
        if code not in self._asked and not self._mirror.has_history(code, "price"):
            self._ask_history()
        self._show_grid()
        self._place()
        self.head.relabel()
        self.empty.relabel()

    def _ask_history(self) -> None:
        """The price series from the trader; once a bond, and again after every interruption."""
        code = self._mirror.selected_bond
        if code:
            self._asked.add(code)
            self._commands.ask_series(code, "price")

    def _show_grid(self) -> None:
        """Ladder or empty state, then everything that hangs on which it is."""
        grid, code = self._grid(), self._mirror.selected_bond
        had = self.ladder.grid is not None
        stale, last = self._mirror.stale(code), self._mirror.last(code)
        same = self.ladder.grid is not None and grid is not None and self.ladder.grid.code == grid.code
        if not same:
            self.ladder.set_grid(None)
        self.ladder.set_price(last, stale=stale)
        self.ladder.set_grid(told_grid(self._mirror, grid) if grid is not None else None)
        shown = self.ladder.grid is not None
        self._show_either(shown)
        if had != shown or self._band_shown != bool(self._band_words()):
            self._place()
        self.head.refresh()
        self.empty.relabel()
        self._share_axis()
        self.update(0, HEAD, self.width(), BAND)

    def _show_either(self, shown: bool) -> None:  # noqa: FBT001
        """Ladder or empty state; whichever is there takes the keys."""
        had_keys = self.ladder.hasFocus() or self.empty.hasFocus()
        front = self.ladder if shown else self.empty
        self.setFocusProxy(front)
        self.ladder.setVisible(shown)
        self.empty.setVisible(not shown)
        if had_keys and not front.hasFocus():
            front.setFocus()

    def _quotes(self, codes: frozenset[str]) -> None:
        code = self._mirror.selected_bond
        if code not in codes:
            return
        stale = self._mirror.stale(code)
        self.ladder.set_price(self._mirror.last(code), stale=stale)
        self.head.update()
        self._share_prices()
        if self.empty.isVisible():
            self.empty.update()

    def _grids(self, codes: frozenset[str]) -> None:
        if self._mirror.selected_bond in codes:
            self._show_grid()
        else:
            self.empty.relabel()

    def _orders(self, _refs: frozenset[str]) -> None:
        """What a stop has for sale is told by its orders."""
        grid = self._grid()
        if grid is not None and grid.winding:
            self._show_grid()

    def _fills(self, keys: frozenset[str]) -> None:
        code = self._mirror.selected_bond
        for key in keys - self._fills_seen:
            fill = self._mirror.fills.get(key)
            if fill is not None and fill.code == code:
                self._fills_seen.add(key)
                self.ladder.flash(fill.level, bought=fill.side == "buy")
        self._share_axis()

    def _series(self, keys: frozenset[tuple[str, str]]) -> None:
        if (self._mirror.selected_bond, "price") in keys:
            self._share_prices()

    def _bonds(self, codes: frozenset[str]) -> None:
        if self._mirror.selected_bond in codes:
            self.head.update()
            self.empty.relabel()

    def _pending(self, code: str) -> None:
        """Say once what waits for the next start; the head says so for as long as it waits."""
        mirror = self._mirror
        grid, kept = mirror.grids.get(code), mirror.pending.get(code)
        self.head.relabel()
        if grid is not None and kept is not None:
            words = t("pending.saved", name=mirror.name(code), lines=", ".join(pending_lines(grid.plan, kept)))
            self.note.say(words, t("pending.undo"), partial(mirror.keep_plan, code, None))

    def _status(self) -> None:
        self.empty.relabel()
        self.head.refresh()

    def _blind(self) -> None:
        self._show_grid()
        self.update()

    def _second(self) -> None:
        if self.isVisible() and self._grid() is not None:
            self.head.update()

    def _restyled(self) -> None:
        self.ladder.setAccessibleName(t("ladder.name"))
        self._place()
        self._share_axis()
        self.update()

    # one axis for chart and ladder

    def _share_axis(self) -> None:
        grid, window, scene = self._grid(), self.ladder.window_shown, self.chart.scene
        scene.levels = self.ladder.prices if window is not None else ()
        if window is not None:
            height = self.ladder.body().height()
            scene.top, scene.foot = window.index_at(0), window.index_at(height)
        levels = grid.levels if grid is not None else ()
        scene.orders = tuple(
            (level.price, buying)
            for level in levels
            for state, buying in ((level.buy_state, True), (level.sell_state, False))
            if state
        )
        scene.cost = grid.cost if grid is not None and grid.position else 0
        code = self._mirror.selected_bond
        scene.fills = tuple(
            (fill.at, fill.price, fill.side == "buy") for fill in self._mirror.fills.values() if fill.code == code
        )
        self._share_prices()

    def _share_prices(self) -> None:
        mirror, scene = self._mirror, self.chart.scene
        code = mirror.selected_bond
        quote = mirror.quotes.get(code)
        scene.code = code
        scene.points = newest_day(mirror.series(code, "price"))
        scene.last = mirror.last(code)
        scene.prev_close = quote.prev_close if quote is not None else 0
        scene.stale = mirror.stale(code)
        scene.now = quote.at if quote is not None else 0
        scene.blind_from = 0
        if scene.stale and quote is not None:
            scene.blind_from, scene.now = quote.at, max(mirror.clock(), quote.at)
        self.chart.refresh()

    def _relinked(self) -> None:
        """Who waits for an answer of a lost trader waits for nothing; a new one has the history of the gap."""
        if self._mirror.link != "attached":
            self.head.set_busy(False)
            self._asked.clear()
        elif self._mirror.selected_bond not in self._asked:
            self._ask_history()

    # where things stand

    _band_shown = False

    def _band_reason(self) -> Reason | None:
        """Why the whole grid does nothing; what holds for everything the strip says, once."""
        grid, held = self._grid(), self._mirror.suspension(self._mirror.selected_bond)
        if held is not None:
            return held.reason
        if grid is None or grid.why is None or self._mirror.blind or grid.why.why in SAID_ABOVE:
            return None
        return None if self._mirror.all_paused else grid.why

    def _band_words(self) -> str:
        reason = self._band_reason()
        return say(reason, self._mirror.selected_bond) if reason is not None else self._winding_words()

    def _winding_words(self) -> str:
        """What a stop still has to do, and what of that is for sale."""
        grid = self._grid()
        if grid is None or not grid.winding or self._mirror.blind:
            return ""
        sales = on_sale(self._mirror, grid.code)
        if not sales:
            return t("head.band_winding")
        left = f.fixed(sum(row.volume - row.filled for row in sales), 1, 0)
        return t("head.band_selling", n=left, unit=f.unit_of(grid.code), price=f.price(sales[0].price, grid.code))

    def _place(self) -> None:
        self._band_shown = bool(self._band_words())
        top = HEAD + (BAND if self._band_shown else 0)
        self.head.setGeometry(0, 0, self.width(), HEAD)
        chart, ladder = widths(self.width()) if self._mirror.selected_bond else (0, self.width())
        height = max(self.height() - top, TITLES + FOOT)
        self.chart.setGeometry(0, top, chart, height)
        self.chart.setVisible(chart > 0)
        self.ladder.setGeometry(chart, top, ladder, height)
        self.empty.setGeometry(chart, top, ladder, height)
        self.ladder.show_tag(chart == 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self.note.place()
        self._share_axis()

    def paintEvent(self, event: QPaintEvent) -> None:
        th = self._look.theme
        p = QPainter(self)
        p.fillRect(event.rect(), paint.color(th.bg1))
        words = self._band_words()
        if words and self._band_shown:
            self._paint_band(p, QRectF(0, HEAD, self.width(), BAND), words)
        p.end()

    def _paint_band(self, p: QPainter, band: QRectF, words: str) -> None:
        th, reason = self._look.theme, self._band_reason()
        if reason is None or reason.why in CALM:
            p.fillRect(band, paint.color(th.bg2))
            paint.text(p, band.adjusted(12, 0, -12, 0), words, th.t1, fonts.SMALL, elide=True)
            return
        p.fillRect(band, paint.color(th.warnbg))
        room = paint.alert(p, 12, band.center().y(), th.warn) + 3
        paint.text(p, band.adjusted(12 + room, 0, -12, 0), words, th.warn, fonts.SMALL, elide=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat() or event.modifiers():
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.acts.ask_sheet()
        elif event.key() == Qt.Key.Key_S:
            self.stop_selected()
        else:
            event.ignore()
