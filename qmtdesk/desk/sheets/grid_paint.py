"""The painted parts of the grid sheet: the fall with its cash, the key figures, the orders, the checklist."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.tokens import Theme, greyed
from qmtdesk.desk.sheets.grid_form import FallRow, fall_rows, last_within
from qmtdesk.desk.words.check_words import check_words
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import GridMode, GridPlan
from qmtdesk.wire.talk import Check, GridPreview, PreviewOrder

ROW = 17


class Figures(QWidget):
    """Base of what is painted from a preview; without colour while that is one of other settings."""

    def __init__(self, look: Look, code: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self._code = code
        self._old = False

    def fade(self, old: bool) -> None:  # noqa: FBT001
        """Take the colour away, or give it back."""
        if old != self._old:
            self._old = old
            self.update()

    @property
    def theme(self) -> Theme:
        """The colours to paint with."""
        return greyed(self.look.theme) if self._old else self.look.theme


Figure = tuple[str, str, str, str]
"""What it is, the figure, its colour, the note to it."""


class Fall(Figures):
    """If it only falls: each level with the cash bound once it is bought, and where a cap ends it."""

    def __init__(self, look: Look, code: str, parent: QWidget) -> None:
        super().__init__(look, code, parent)
        self._plan = GridPlan(code=code)
        self._preview: GridPreview | None = None
        self.setMinimumWidth(200)

    def show_preview(self, plan: GridPlan, preview: GridPreview) -> None:
        """The newest numbers."""
        if (plan, preview) != (self._plan, self._preview):
            self._plan, self._preview = plan, preview
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self.theme
        p = QPainter(self)
        head = QRectF(0, 0, self.width(), 22)
        paint.text(p, head, t("grid.fall"), theme.t2, fonts.SMALL)
        paint.text(p, head, t("grid.fall_cash"), theme.t2, fonts.SMALL, align=paint.RIGHT)
        if self._preview is not None:
            notes = self._notes(self._preview)
            room = self.height() - 28 - 20 * len(notes) - (10 if notes else 0)
            rows = fall_rows(self._preview)
            self._rows(p, rows[: max(int(room // ROW), 1)], self._preview, room)
            top = self.height() - 20 * len(notes)
            if notes:
                paint.hairline(p, 0, self.width(), top - 6, theme.line)
            for at, words in enumerate(notes):
                place = QRectF(0, top + at * 20, self.width(), 20)
                paint.text(p, place, words, theme.t2, fonts.SMALL, elide=True)
        p.end()

    def _notes(self, preview: GridPreview) -> tuple[str, ...]:
        if not any(volume for _, _, volume, _ in preview.levels):
            return (t("grid.no_buys"),) if preview.levels else ()
        needs = t("grid.full_needs", levels=preview.levels_down, cash=fmt.money_short(preview.cash_full))
        risk = preview.symbol_cap
        if 0 < risk < min(preview.cash_full, preview.cash, self._plan.cash_cap or preview.cash):
            within = [price for _, price, _, cash in preview.levels if 0 < cash <= risk]
            words = {"cash": fmt.money_short(risk), "price": fmt.price(min(within, default=0), self._plan.code)}
            return needs, t("grid.full_risk" if within else "grid.full_risk_at_once", **words)
        if preview.cash_full > preview.cash:
            short = fmt.money_short(preview.cash_full - preview.cash)
            return needs, t("grid.full_short", cash=fmt.money_short(preview.cash), short=short)
        return (needs, t("grid.full_enough", cash=fmt.money_short(preview.cash)))

    def _rows(self, p: QPainter, rows: tuple[FallRow, ...], preview: GridPreview, room: float) -> None:
        if not rows:
            return
        price_wide = fonts.width_of("888.888", fonts.BODY, True) + 10
        most = max(1, *(row.cash for row in rows))
        cap = self._plan.cash_cap
        bar_room = self.width() - price_wide - 76
        last = last_within(rows)
        if 0 < cap <= most:
            self._cap_line(p, price_wide + bar_room * cap / most, rows, room)
        for at, row in enumerate(rows):
            place = QRectF(0, 28 + at * ROW, self.width(), ROW)
            bar = QRectF(price_wide, place.top() + 2.5, bar_room * row.cash / most, ROW - 5)
            self._row(p, place, bar, row, is_last=row is last)
        if 0 < cap <= most:
            self._cap_words(p, price_wide + bar_room * cap / most, rows, last, room)

    def _row(self, p: QPainter, place: QRectF, bar: QRectF, row: FallRow, *, is_last: bool) -> None:
        theme = self.theme
        strong = row.kind in ("sell", "live", "first")
        price = QRectF(0, place.top(), bar.left() - 10, ROW)
        value = theme.t1 if strong else theme.t2 if row.kind == "armed" else theme.t3
        paint.text(p, price, fmt.price(row.price, self._code), value, fonts.SMALL, bold=strong, align=paint.RIGHT)
        if row.kind == "sell":
            cell = QRectF(bar.left(), bar.top(), 64, bar.height())
            paint.box(p, cell, theme.dnbg, radius=2)
            p.fillRect(QRectF(cell.left(), cell.top(), 3, cell.height()), paint.color(theme.dn))
            words = t("grid.sells", volume=fmt.volume(row.volume))
            paint.text(p, cell.adjusted(10, 0, 0, 0), words, theme.dn, fonts.SMALL, bold=True)
            return
        if row.kind == "over":
            paint.box(p, bar, outline=theme.line2, radius=2)
            return
        fill = paint.mix(theme.acc, theme.bg1, 0.6) if row.kind == "first" else paint.mix(theme.up, theme.bg1, 0.24)
        paint.box(p, bar, fill, radius=2)
        after = QRectF(bar.right() + 8, place.top(), place.right() - bar.right() - 8, ROW)
        if row.kind == "first":
            words = t("grid.first_bar", volume=fmt.volume(row.volume), cash=fmt.money_short(row.cash))
            self._after(p, after, words, theme.t1, bold=False)
        elif row.kind == "live":
            p.fillRect(QRectF(bar.right() - 3, bar.top(), 3, bar.height()), paint.color(theme.up))
            self._after(p, after, t("grid.buys", volume=fmt.volume(row.volume)), theme.up, bold=True)
        elif is_last:
            self._after(p, after, fmt.money_short(row.cash), theme.t1, bold=True)

    def _after(self, p: QPainter, place: QRectF, words: str, value: str, *, bold: bool) -> None:
        """Words behind a bar, on their own ground: the line of the cap may run there."""
        wide = fonts.width_of(words, fonts.SMALL, bold)
        ground = QRectF(place.left() - 3, place.top() + 1, wide + 6, place.height() - 2)
        p.fillRect(ground, paint.color(self.theme.bg1))
        paint.text(p, place, words, value, fonts.SMALL, bold=bold)

    def _cap_line(self, p: QPainter, x: float, rows: tuple[FallRow, ...], room: float) -> None:
        sells = sum(row.kind in ("sell", "first") for row in rows)
        top, foot = 28 + sells * ROW + 2, 28 + min(len(rows) * ROW, room)
        line = QPen(paint.color(self.theme.warn), 1.0)
        line.setDashPattern([4, 3])
        p.setPen(line)
        p.drawLine(QPointF(round(x) + 0.5, top), QPointF(round(x) + 0.5, foot))

    def _cap_words(self, p: QPainter, x: float, rows: tuple[FallRow, ...], last: FallRow | None, room: float) -> None:
        theme, foot = self.theme, 28 + min(len(rows) * ROW, room)
        below = rows.index(last) + 2 if last is not None else 0
        y = 28 + below * ROW
        if y + 36 > foot:
            return
        words = t("grid.cap_line", cash=fmt.money_short(self._plan.cash_cap))
        until = t("grid.cap_until", no=fmt.fixed(last.no, 1, 0, signed=True)) if last is not None else ""
        wide = max(fonts.width_of(words, fonts.SMALL, True), fonts.width_of(until, fonts.SMALL))
        left = min(x + 8, self.width() - wide - 4)
        box = QRectF(left - 4, y - 1, wide + 8, 38)
        p.fillRect(box, paint.color(theme.bg1, 0.92))
        paint.text(p, QRectF(left, y, wide + 2, 18), words, theme.warn, fonts.SMALL, bold=True)
        paint.text(p, QRectF(left, y + 18, wide + 2, 18), until, theme.t1, fonts.SMALL)


class Outcome(Figures):
    """What it comes to: three figures, the orders, the checklist; for a running grid also what changes."""

    def __init__(self, look: Look, code: str, parent: QWidget) -> None:
        super().__init__(look, code, parent)
        self._preview: GridPreview | None = None
        self._diffs: tuple[tuple[str, str, str], ...] | None = None
        self._plan: GridPlan | None = None
        self.setMinimumWidth(270)

    def show_preview(self, plan: GridPlan, preview: GridPreview) -> None:
        """The newest numbers."""
        if (preview, plan) != (self._preview, self._plan):
            self._preview, self._plan = preview, plan
            self.update()

    def show_differences(self, diffs: tuple[tuple[str, str, str], ...]) -> None:
        """What a running grid would change."""
        if diffs != self._diffs:
            self._diffs = diffs
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        theme = self.theme
        if self._preview is None:
            keys = ("grid.most", "grid.worst_plain", "grid.trip")
            self._figures(p, [(t(key), fmt.MISSING, theme.t3, "") for key in keys])
            p.end()
            return
        preview = self._preview
        self._figures(p, self._told(preview))
        y = self._orders(p, 3 * 44 + 10, t("grid.now"), [o for o in preview.orders if not o.after_first])
        y = self._orders(p, y, t("grid.then"), [o for o in preview.orders if o.after_first])
        y = self._adopts(p, y, preview)
        if self._diffs is not None:
            y = self._changes(p, y, self._diffs)
        paint.hairline(p, 0, self.width(), round(y), theme.line)
        self._checks(p, y + 6, preview.checks)
        p.end()

    def _told(self, preview: GridPreview) -> list[Figure]:
        theme, bound = self.theme, preview.most
        most = t("grid.yuan", money=fmt.money(bound, 0))
        loss = t("grid.yuan", money=fmt.money(-abs(preview.worst_loss), 0))
        worst, worst_note = self._worst(preview)
        net = t("grid.yuan", money=fmt.money(preview.trip_net, 2, signed=True))
        fee = t("grid.trip_note", fee=fmt.money(preview.trip_fee))
        return [
            (t("grid.most"), most, theme.t1, t("grid.of_cash", share=fmt.share(bound, preview.cash, 1))),
            (worst, loss, theme.dn, worst_note),
            (t("grid.trip"), net, paint.direction(theme, preview.trip_net), fee),
        ]

    def _worst(self, preview: GridPreview) -> tuple[str, str]:
        """How far the price falls there and what ends the fall; a pair's lower stop sells nothing and is passed."""
        plan, price = self._plan, fmt.price(preview.worst_price, self._code)
        pair = plan is not None and plan.mode is GridMode.ROLLING
        stop = plan.lower_stop if plan is not None else 0
        share = fmt.share(preview.worst_price - preview.last, preview.last, 1)
        ended_by = "grid.worst_limit" if preview.at_limit else "grid.worst" if preview.last else "grid.worst_plain"
        at_stop = not pair and 0 < stop == preview.worst_price
        label = t("grid.worst_stop") if at_stop else t(ended_by, share=share)
        return label, t("grid.worst_pair_note" if pair and stop else "grid.worst_note", price=price)

    def _figures(self, p: QPainter, told: list[Figure]) -> None:
        """Label, figure, note in one line; where they would meet the note goes under the label, in all three rows."""
        theme, note_left = self.theme, self.width() * 0.66
        beside = all(
            fonts.width_of(label, fonts.BODY) + fonts.width_of(words, fonts.TITLE, True) + 20 <= note_left
            and fonts.width_of(note, fonts.SMALL) <= self.width() - note_left
            for label, words, _, note in told
        )
        for at, (label, words, value, note) in enumerate(told):
            row = figure = QRectF(0, at * 44, self.width(), 43)
            if beside:
                figure = row.adjusted(0, 0, note_left - 10 - row.width(), 0)
                first, second = row, row.adjusted(note_left, 2, 0, 2)
            else:
                first, second = row.adjusted(0, 4, 0, -21), row.adjusted(0, 22, 0, -3)
            paint.text(p, first, label, theme.t2, fonts.BODY)
            paint.text(p, figure, words, value, fonts.TITLE, bold=True, align=paint.RIGHT)
            paint.text(p, second, note, theme.t2, fonts.SMALL, elide=True)
            paint.hairline(p, 0, self.width(), row.bottom(), theme.line)

    def _orders(self, p: QPainter, y: float, title: str, orders: list[PreviewOrder]) -> float:
        if not orders:
            return y
        theme = self.theme
        paint.text(p, QRectF(0, y, self.width(), 22), title, theme.t2, fonts.SMALL)
        y += 22
        for order in orders[:5]:
            buy = order.side == "buy"
            value = theme.up if buy else theme.dn
            middle = y + 11
            x = paint.triangle(p, 0, middle, buy, value)
            paint.text(p, QRectF(x, y, 30, 22), t(f"side.{order.side}"), value, bold=True)
            price = QRectF(40, y, 74, 22)
            paint.text(p, price, fmt.price(order.price, self._code), theme.t1, bold=True, align=paint.RIGHT)
            volume = QRectF(120, y, 66, 22)
            paint.text(p, volume, fmt.volume(order.volume, self._code), theme.t1, align=paint.RIGHT)
            note = (
                t("grid.first_note") if order.first else t("grid.level", no=fmt.fixed(order.level, 1, 0, signed=True))
            )
            paint.text(p, QRectF(200, y, self.width() - 200, 22), note, theme.t2, fonts.SMALL, elide=True)
            y += 22
        return y + 6

    def _adopts(self, p: QPainter, y: float, preview: GridPreview) -> float:
        """What of the position the grid takes over, and what stays the user's."""
        if not preview.adopted and not preview.base_holding:
            return y
        key = "grid.adopts_all" if not preview.base_holding else "grid.adopts" if preview.adopted else "grid.adopts_not"
        volumes = {"volume": preview.adopted, "rest": preview.base_holding}
        words = t(key, **{name: fmt.volume(volume, self._code) for name, volume in volumes.items()})
        paint.text(p, QRectF(0, y, self.width(), 22), words, self.theme.t1, fonts.SMALL, elide=True)
        return y + 28

    def _changes(self, p: QPainter, y: float, diffs: tuple[tuple[str, str, str], ...]) -> float:
        theme = self.theme
        title = t("grid.changes", n=len(diffs)) if diffs else t("grid.no_changes")
        paint.text(p, QRectF(0, y, self.width(), 22), title, theme.t2, fonts.SMALL)
        y += 22
        for name, before, after in diffs[:4]:
            x = paint.text(p, QRectF(0, y, self.width(), 20), name, theme.t1, fonts.SMALL) + 12
            x += paint.text(p, QRectF(x, y, self.width() - x, 20), before, theme.t3, fonts.SMALL) + 6
            x += paint.text(p, QRectF(x, y, self.width() - x, 20), "→", theme.t3, fonts.SMALL) + 6
            paint.text(p, QRectF(x, y, self.width() - x, 20), after, theme.acc, fonts.SMALL, bold=True, elide=True)
            y += 20
        return y + 6

    def _checks(self, p: QPainter, y: float, checks: tuple[Check, ...]) -> None:
        worst_first = sorted(checks, key=lambda check: ("refuse", "warn", "ok").index(check.level))
        for check in worst_first:
            if y + 22 > self.height():
                return
            check_mark(p, 0, y + 11, self.theme, check.level)
            value = self.theme.t1
            place = QRectF(24, y, self.width() - 24, 22)
            words, note = check_words(check, self._code)
            bold = check.level == "refuse"
            wide = paint.text(p, place, words, value, fonts.SMALL, bold=bold, elide=True) + 10
            rest = place.adjusted(wide, 0, 0, 0)
            if note and rest.width() > 30:
                paint.text(p, rest, note, self.theme.t2, fonts.SMALL, elide=True)
            y += 22


def check_mark(p: QPainter, x: float, middle: float, theme: Theme, level: str) -> None:
    """ok: a blue tick; warn: the amber triangle; refuse: the same, filled."""
    if level == "ok":
        paint.dot(p, x, middle, theme.accbg, 16)
        paint.tick(p, x + 3, middle, theme.acc)
    elif level == "warn":
        paint.alert(p, x + 1, middle, theme.warn, 14)
    else:
        paint.box(p, QRectF(x, middle - 8, 16, 16), theme.solid, radius=3)
        paint.text(p, QRectF(x, middle - 8, 16, 16), "×", theme.on_solid, fonts.VALUE, bold=True, align=paint.CENTRE)


class Summary(QWidget):
    """One quiet line: spacing, levels up and down, volume a level."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self._words = ""
        self.setFixedHeight(22)

    def say(self, words: str) -> None:
        """Change the line."""
        if words != self._words:
            self._words = words
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        paint.text(p, QRectF(self.rect()), self._words, self.look.theme.t2, fonts.SMALL, elide=True)
        p.end()
