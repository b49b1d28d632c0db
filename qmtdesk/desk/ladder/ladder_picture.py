"""The ladder as a picture: keeps the levels in view, moves the last price through them, paints what changed."""

from time import monotonic

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder import ladder_moving, ladder_paint
from qmtdesk.desk.ladder.ladder_layout import (
    LadderRow,
    Window,
    centre_on,
    fit,
    index_of,
    pinned,
    promise_nothing,
    rows_in,
)
from qmtdesk.desk.ladder.ladder_moving import FLASH_S, Moving
from qmtdesk.desk.ladder.ladder_sheet import Sheet
from qmtdesk.wire.rows import GridRow

HEAD = 24
FOOT = 28
ROW_HEIGHTS = (22, 28, 36)
IDLE_S = 5.0


class LadderPicture(QWidget):
    """One grid's ladder to look at; `LadderView` gives it keys and mouse. GUI thread only."""

    framed = Signal()  # other levels are in view, or they stand elsewhere: whoever shares the axis follows
    level_chosen = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._grid: GridRow | None = None
        self._prices: tuple[int, ...] = ()
        self._window: Window | None = None
        self._row_height = ROW_HEIGHTS[1]
        self._sheet = Sheet()
        self._last = 0
        self._stale = False
        self._tagged = False
        self._chosen = -1
        self._distances: dict[int, str] = {}
        self._flashes: dict[int, tuple[float, bool]] = {}
        self._touched = -IDLE_S
        self._flash_timer = QTimer(self)
        self._flash_timer.setInterval(50)
        self._flash_timer.timeout.connect(self._fade)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(HEAD + FOOT + 2 * 26 + ROW_HEIGHTS[1])
        look.changed.connect(self._restyle)

    # what is shown

    @property
    def grid(self) -> GridRow | None:
        """The grid on show."""
        return self._grid

    @property
    def window_shown(self) -> Window | None:
        """The levels in view, None without a grid."""
        return self._window

    @property
    def prices(self) -> tuple[int, ...]:
        """All levels' prices, ascending."""
        return self._prices

    @property
    def rows(self) -> tuple[LadderRow, ...]:
        """The rows in view, highest first."""
        return self._sheet.rows

    @property
    def chosen(self) -> int:
        """The chosen level's index, -1 for none."""
        return self._chosen

    @property
    def row_height(self) -> int:
        """Pixels of one level."""
        return self._row_height

    @property
    def last_y(self) -> float | None:
        """Where the last price's line is, in widget pixels."""
        moving = self._moving()
        return None if moving is None else moving.line_y

    def level_at(self, place: QPointF) -> int | None:
        """The level under a point, None outside the rows."""
        if self._window is None or not self.body().contains(place.toPoint()):
            return None
        return self._window.level_at(place.y() - HEAD)

    def body(self) -> QRect:
        """Where the levels are."""
        return QRect(0, HEAD, self.width(), max(0, self.height() - HEAD - FOOT))

    # changes

    def set_grid(self, grid: GridRow | None) -> None:
        """Show this grid; another code or other levels start centred."""
        old, self._grid = self._grid, grid
        if grid is None or not grid.levels:
            self._grid = self._window = None
            self._prices = ()
            self.update()
            return
        prices = tuple(level.price for level in grid.levels)
        if old is None or old.code != grid.code or prices != self._prices:
            self._prices = prices
            self._chosen, self._flashes = -1, {}
            self.centre()
            return
        self._refresh()
        if ladder_paint.foot_figures(old) != ladder_paint.foot_figures(grid):
            self.update(0, self.height() - FOOT, self.width(), FOOT)

    def set_price(self, last: int, *, stale: bool) -> None:
        """The last price moved, or went out of date."""
        if stale != self._stale:
            self._stale = stale
            self._last = last
            self._refresh()
            self.update()
            return
        if last == self._last or self._window is None:
            self._last = last
            return
        before = self._moving_parts()
        self._last = last
        if self._drifted():
            self.centre()
            return
        for part in before | self._moving_parts():
            self.update(QRect(*part))
        self._update_distances()

    def show_tag(self, tagged: bool) -> None:  # noqa: FBT001
        """Whether the last price's tag stands here, on the rail, because there is no chart."""
        if tagged != self._tagged:
            self._tagged = tagged
            self.update()

    def flash(self, price: int, *, bought: bool) -> None:
        """An own fill happened at this level."""
        if not self._look.motion or not self._prices:
            return
        nearest = min(max(round(index_of(self._prices, price)), 0), len(self._prices) - 1)
        self._flashes[nearest] = (monotonic(), bought)
        self._flash_timer.start()
        self._fade()

    def centre(self) -> None:
        """Bring the last price into the middle."""
        if self._grid is not None:
            self._frame(centre_on(self._grid, self._last))

    def scroll_rows(self, rows: int) -> None:
        """Move by so many levels, up when positive; counts as the user's hand."""
        if self._window is None:
            return
        self._touched = monotonic()
        self._frame((self._window.low + self._window.high) / 2 + rows)

    def set_row_height(self, height: int) -> None:
        """22, 28 or 36 pixels."""
        if height in ROW_HEIGHTS and height != self._row_height:
            self._row_height = height
            if self._window is not None:
                self._frame((self._window.low + self._window.high) / 2)

    def choose(self, index: int) -> None:
        """Mark a level, scrolling to it when it is out of view; counts as the user's hand."""
        if self._window is None or not 0 <= index < len(self._prices):
            return
        self._chosen, self._touched = index, monotonic()
        if not self._window.low <= index <= self._window.high:
            outside = index - self._window.high if index > self._window.high else index - self._window.low
            self.scroll_rows(outside)
        self.update(self.body())
        self.level_chosen.emit(index)

    # inside

    def _restyle(self) -> None:
        self._sheet.forget()
        self._refresh()
        self.update()

    def _ink(self, grid: GridRow) -> ladder_paint.Ink:
        largest = max((max(level.buy_total, level.sell_total) for level in grid.levels), default=0)
        columns = ladder_paint.columns(self.width(), max(largest, grid.unit))
        return ladder_paint.Ink(self._look.theme, columns, grid.code, grid.plan.base.value, self._stale)

    def _moving(self) -> Moving | None:
        if self._window is None:
            return None
        return Moving(self._window, self._prices, self._sheet.rows, self._last, HEAD, self.width())

    def _moving_parts(self) -> set[tuple[int, int, int, int]]:
        moving = self._moving()
        return set() if moving is None else moving.parts(tagged=self._tagged)

    def _frame(self, centre: float) -> None:
        self._window = fit(self.body().height(), self._row_height, len(self._prices), centre)
        self._refresh()
        self.update()
        self.framed.emit()

    def _refresh(self) -> None:
        if self._grid is None or self._window is None or self.body().height() <= 0:
            return
        grid = promise_nothing(self._grid) if self._stale else self._grid
        strips = self._sheet.show(
            self._ink(grid),
            self._window,
            rows_in(grid, self._window),
            pinned(grid, self._window),
            QSize(self.width(), self.body().height()),
            self.devicePixelRatioF(),
        )
        for strip in strips:
            self.update(strip.translated(0, HEAD))
        self._update_distances()

    def _drifted(self) -> bool:
        """Whether the price left the middle half while nobody touched the ladder for a while."""
        window = self._window
        if window is None or monotonic() - self._touched < IDLE_S:
            return False
        return abs(index_of(self._prices, self._last) - (window.low + window.high) / 2) > window.count / 4

    def _update_distances(self) -> None:
        moving = self._moving()
        if moving is None:
            return
        made = moving.distances()
        for at in made.keys() | self._distances.keys():
            if made.get(at) != self._distances.get(at):
                self.update(moving.strip(at))
        self._distances = made

    def _fade(self) -> None:
        now, moving = monotonic(), self._moving()
        for index in list(self._flashes):
            strip = None if moving is None else moving.strip_of(index)
            if strip is not None:
                self.update(strip)
            if now - self._flashes[index][0] > FLASH_S:
                del self._flashes[index]
        if not self._flashes:
            self._flash_timer.stop()

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        moving = self._moving()
        if self._grid is None or moving is None:
            p.fillRect(self.rect(), paint.color(self._look.theme.bg1))
            p.end()
            return
        ink = self._ink(self._grid)
        head, foot = QRect(0, 0, self.width(), HEAD), QRect(0, self.height() - FOOT, self.width(), FOOT)
        if event.rect().intersects(head):
            ladder_paint.head(p, ink, QRectF(head))
        if event.region().intersects(foot):
            ladder_paint.foot(p, ink, QRectF(foot), self._grid)
        for rect in event.region():  # type: ignore[attr-defined]  # the stubs know no iterator of a region
            part = rect.intersected(self.body())
            if not part.isEmpty():
                p.setClipRect(part)
                self._paint_part(p, ink, moving, part)
        p.end()

    def _paint_part(self, p: QPainter, ink: ladder_paint.Ink, moving: Moving, part: QRect) -> None:
        p.fillRect(part, paint.color(ink.theme.bg1))
        ladder_moving.ground(p, ink, moving)
        now = monotonic()
        for index, (since, bought) in self._flashes.items():
            strip = moving.strip_of(index)
            if strip is not None:
                ladder_moving.flash(p, ink, strip, now - since, bought=bought)
        marked = moving.strip_of(self._chosen)
        if marked is not None:
            ladder_moving.chosen(p, ink, marked, focused=self.hasFocus())
        ladder_moving.line(p, ink, moving)
        self._sheet.blit(p, part, HEAD)
        ladder_moving.distances(p, ink, moving, self._distances, part)
        if self._tagged:
            ladder_moving.tag(p, ink, moving)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._grid is None:
            return
        if event.size().height() == event.oldSize().height() and self._window is not None:
            self._refresh()
            self.framed.emit()
        elif monotonic() - self._touched < IDLE_S and self._window is not None:
            self._frame((self._window.low + self._window.high) / 2)
        else:
            self.centre()
