"""The rows of the watchlist: one painted viewport with selection, keyboard and in-place threshold."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.plain import plain_tip
from qmtdesk.desk.brush.standing import places_kept, standing
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.watch import watch_paint
from qmtdesk.desk.watch.watch_paint import HEADER, ROW, Columns
from qmtdesk.desk.watch.watch_state import block, ordered, words
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import because


class WatchList(QAbstractScrollArea):
    """Shows `mirror.watches`. It decides nothing: it says what the user asked for, by code.

    The order stands still while the pointer is over the rows or keys are being used, so nobody hits the wrong switch.
    While something stands over a row (`hold`) nothing moves at all.
    """

    toggled = Signal(str)
    opened = Signal(str)
    threshold_wanted = Signal(str)
    removed = Signal(str)
    menu_wanted = Signal(str, QPoint)
    sort_changed = Signal()

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mirror = mirror
        self.look = look
        self.by_urgency = True
        self.kept: tuple[str, ...] = ()
        self._codes: tuple[str, ...] = ()
        self._pressed = ""
        self._held = False
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(t("watch.title"))
        self.verticalScrollBar().setSingleStep(ROW)
        mirror.watch_changed.connect(self._rows_changed)
        mirror.quotes_changed.connect(self._quotes_changed)
        mirror.selected_stock_changed.connect(self._selection_moved)
        for signal in (mirror.blind_changed, mirror.kill_changed, mirror.status_changed):
            signal.connect(self.viewport().update)
        look.changed.connect(self.viewport().update)
        self.arrange()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order shown."""
        return self._codes

    def arrange(self) -> None:
        """Put the rows in their order now."""
        self._show(ordered(self.mirror.watches, self.kept, by_urgency=self.by_urgency))

    def _show(self, codes: tuple[str, ...]) -> None:
        self._codes = codes
        self._span()
        self.viewport().update()

    def hold(self, held: bool) -> None:  # noqa: FBT001
        """Something stands over a row, or does no longer: until then each row stays where it is."""
        self._held = held
        self._settle()

    def set_order(self, *, by_urgency: bool, kept: tuple[str, ...] = ()) -> None:
        """By urgency, or as the user put them."""
        self.by_urgency = by_urgency
        self.kept = kept or self._codes
        self.arrange()
        self.sort_changed.emit()

    def amount_rect(self, code: str) -> QRect:
        """Where the amount and threshold of a row stand, in viewport pixels."""
        at = self._columns()
        row = self.row_rect(code)
        return QRect(int(at.chip), row.top() + 4, int(at.spark - at.chip), ROW - 8)

    def row_rect(self, code: str) -> QRect:
        """Where the row of a code stands, in viewport pixels; empty when it has none."""
        if code not in self._codes:
            return QRect()
        top = self._codes.index(code) * ROW - self.verticalScrollBar().value()
        return QRect(0, HEADER + top, self.viewport().width(), ROW)

    def switch_rect(self, code: str) -> QRect:
        """Where the switch of a row takes clicks."""
        at = self._columns()
        row = self.row_rect(code)
        return QRect(int(at.arm) - 4, row.top(), int(at.arm_wide) + 8, ROW) if row.isValid() else QRect()

    def _columns(self) -> Columns:
        gutter = 6 if self.verticalScrollBar().maximum() > 0 else 0
        return watch_paint.columns(self.viewport().width() - gutter)

    def _span(self) -> None:
        bar = self.verticalScrollBar()
        bar.setPageStep(max(self.viewport().height() - HEADER, ROW))
        bar.setRange(0, max(len(self._codes) * ROW - (self.viewport().height() - HEADER), 0))

    def _rows_changed(self, keys: frozenset[str]) -> None:
        self._settle()
        for code in keys:
            self.viewport().update(self.row_rect(code))

    def _settle(self) -> None:
        """Put the rows in their order, as far as they may move now."""
        if self._held:
            return
        wanted = ordered(self.mirror.watches, self.kept, by_urgency=self.by_urgency)
        if self.underMouse():
            wanted = tuple(places_kept(self._codes, wanted, str)[0])
        elif self.hasFocus():
            wanted = tuple(standing(self._codes, wanted, str))
        if wanted != self._codes:
            self._show(wanted)

    def _quotes_changed(self, keys: frozenset[str]) -> None:
        for code in keys & self.mirror.watches.keys():
            self.viewport().update(self.row_rect(code))

    def _selection_moved(self, code: str) -> None:
        row = self.mirror.watches.get(code)
        if row is not None:
            mirror = self.mirror
            paused = mirror.all_paused
            said = words(row, blind=mirror.stale(code), killed=mirror.killed, paused=paused)
            self.setAccessibleDescription(f"{row.name} {said.chip} {said.big} {said.small} {said.action}")
        self.viewport().update()

    def _at(self, where: QPoint) -> str:
        at = (where.y() - HEADER + self.verticalScrollBar().value()) // ROW
        code = self._codes[at] if where.y() >= HEADER and 0 <= at < len(self._codes) else ""
        return code if self._there(code) else ""

    def _there(self, code: str) -> bool:
        """Whether a place is not empty: one whose row is gone stays until the pointer leaves."""
        return code in self.mirror.watches

    def _move(self, step: int) -> None:
        codes = [code for code in self._codes if self._there(code)]
        if not codes:
            return
        now = self.mirror.selected_stock
        at = codes.index(now) + step if now in codes else 0
        code = codes[min(max(at, 0), len(codes) - 1)]
        self.mirror.select_stock(code)
        self.reveal(code)

    def reveal(self, code: str) -> None:
        """Scroll so that the row of a code is seen whole."""
        row, bar = self.row_rect(code), self.verticalScrollBar()
        if row.top() < HEADER:
            bar.setValue(bar.value() + row.top() - HEADER)
        elif row.bottom() > self.viewport().height():
            bar.setValue(bar.value() + row.bottom() - self.viewport().height() + 1)

    def _carry(self, step: int) -> None:
        """Move the selected row within the user's own order."""
        code = self.mirror.selected_stock
        if code not in self._codes:
            return
        rest = [other for other in self._codes if other != code]
        rest.insert(min(max(self._codes.index(code) + step, 0), len(rest)), code)
        self.set_order(by_urgency=False, kept=tuple(rest))

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, at = self.look.theme, self._columns()
        p = QPainter(self.viewport())
        p.fillRect(event.rect(), paint.color(theme.bg1))
        p.setClipRect(QRectF(0, HEADER, self.viewport().width(), self.viewport().height() - HEADER))
        killed, paused = self.mirror.killed, self.mirror.all_paused
        for code in self._codes:
            place = self.row_rect(code)
            watch = self.mirror.watches.get(code)
            if watch is None or not event.region().intersects(place):
                continue
            blind = self.mirror.stale(code)
            watch_paint.row(
                p, QRectF(place), theme, at, watch, self.mirror.quotes.get(code),
                words(watch, blind=blind, killed=killed, paused=paused),
                blind=blind or (killed and watch.state == "blind"), selected=code == self.mirror.selected_stock,
            )  # fmt: skip
            paint.hairline(p, place.left(), place.right() + 1, place.bottom(), theme.line)
        self._thumb(p)
        if not self._codes:
            self._empty(p)
        p.setClipping(False)
        if event.rect().top() < HEADER:
            self._header(p, at)
        p.end()

    def _header(self, p: QPainter, at: Columns) -> None:
        past = t("watch.spark") if at.spark_wide > 66 else t("watch.spark_short")
        titles = (t("watch.stock"), t("watch.state"), t("watch.seal"), past, t("watch.arm"))
        rect = QRectF(0, 0, self.viewport().width(), HEADER)
        watch_paint.header(p, rect, self.look.theme, at, titles)
        if self.by_urgency:
            wide = fonts.width_of(t("watch.seal"), fonts.SMALL)
            paint.triangle(p, at.amount_right - wide - 11, HEADER / 2, True, self.look.theme.acc, 6)

    def _empty(self, p: QPainter) -> None:
        """Names the next step; before the trader's first picture there is nothing to say yet."""
        status = self.mirror.status
        if status is None:
            return
        theme, wide, middle = self.look.theme, self.viewport().width(), self.viewport().height() / 2
        place = QRectF(0, middle - 22, wide, 22)
        if status.ready in ("starting", "reconciling"):
            paint.text(p, place, t("watch.loading"), theme.t3, align=paint.CENTRE)
            return
        paint.text(p, place, t("watch.empty"), theme.t2, align=paint.CENTRE)
        next_step = QRectF(0, middle + 2, wide, 20)
        paint.text(p, next_step, t("watch.empty_next"), theme.t3, fonts.SMALL, align=paint.CENTRE)

    def _thumb(self, p: QPainter) -> None:
        bar = self.verticalScrollBar()
        if bar.maximum() <= 0:
            return
        room = self.viewport().height() - HEADER - 4
        high = max(room * bar.pageStep() / (bar.maximum() + bar.pageStep()), 24)
        top = HEADER + 2 + (room - high) * bar.value() / bar.maximum()
        paint.box(p, QRectF(self.viewport().width() - 5, top, 4, high), self.look.theme.line2, radius=2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = event.position().toPoint()
        code = self._at(where)
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = code if left and self.switch_rect(code).contains(where) else ""
        if where.y() < HEADER and left:
            self.set_order(by_urgency=not self.by_urgency)
        elif code:
            self.mirror.select_stock(code)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        code = self.mirror.selected_stock if by_key else self._at(event.pos())
        if code in self._codes:
            place = self.row_rect(code).center() if by_key else event.pos()
            self.menu_wanted.emit(code, self.viewport().mapToGlobal(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        code, self._pressed = self._pressed, ""
        same = self.switch_rect(code).contains(event.position().toPoint())
        if code and same and event.button() == Qt.MouseButton.LeftButton:
            self.toggled.emit(code)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        where = event.position().toPoint()
        code = self._at(where)
        if not code or self.switch_rect(code).contains(where):
            return
        if self.amount_rect(code).contains(where):
            self.threshold_wanted.emit(code)
        else:
            self.opened.emit(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, code = event.key(), self.mirror.selected_stock
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5}
        if key in steps:
            (self._carry if alt else self._move)(steps[Qt.Key(key)])
            return
        wishes = {
            Qt.Key.Key_Return: self.opened,
            Qt.Key.Key_Enter: self.opened,
            Qt.Key.Key_Space: self.toggled,
            Qt.Key.Key_F2: self.threshold_wanted,
            Qt.Key.Key_Delete: self.removed,
        }
        wish = wishes.get(Qt.Key(key))
        if wish is None or code not in self._codes or not self._there(code) or event.isAutoRepeat():
            super().keyPressEvent(event)
            return
        wish.emit(code)

    def leaveEvent(self, event: QEvent) -> None:
        if not self._held:
            self.arrange()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.verticalScrollBar()
        if not self._held:
            bar.setValue(bar.value() - event.angleDelta().y() * ROW // 120)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._span()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tip = self.tip(self._at(event.pos())) if event.pos().y() >= HEADER else t("watch.sort")
            QToolTip.showText(event.globalPos(), plain_tip(tip), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip(self, code: str) -> str:
        """What a row's numbers are made of, and its full reasons."""
        row = self.mirror.watches.get(code)
        if row is None:
            return ""
        quote = self.mirror.quotes.get(code)
        at = fmt.clock(quote.at) if quote is not None else fmt.MISSING
        lines = [f"{row.name} {row.code}"]
        if row.seal:
            lines.append(t("watch.tip_seal", amount=fmt.fixed(row.seal, 1000, 0), at=at))
        if row.peak:
            lines.append(t("watch.tip_peak", amount=fmt.money_short(row.peak)))
        if row.first_seal_at:
            first = fmt.clock(row.first_seal_at, seconds=False)
            lines.append(t("watch.tip_first_seal", at=first, n=row.breaks))
        if row.limit_up:
            source = t(f"watch.source_{row.limit_source}") if row.limit_source in ("feed", "rule") else row.limit_source
            lines.append(t("watch.tip_limit", price=fmt.price(row.limit_up, code), source=source))
        lines.append(
            t("watch.tip_hold", volume=fmt.volume(row.position, code), sellable=fmt.volume(row.sellable, code))
        )
        if row.why is not None:
            lines.append(say(row.why, code))
        else:
            why = block(row)
            if why is not None and not row.armed:
                lines.append(say(because(why), code))
        return "\n".join(lines)
