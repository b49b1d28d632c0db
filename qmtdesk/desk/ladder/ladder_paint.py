"""The strokes of the ladder: where its columns stand, and how one row, a pinned row and the foot are painted."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.ladder.ladder_layout import Bracket, Capsule, LadderRow, Pill, Pinned
from qmtdesk.desk.words.texts import say_short, t
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import GridRow

ALIVE = frozenset(
    {Why.ARMED_BUY, Why.ARMED_SELL, Why.TRAIL_WAIT, Why.FIRST_BUY_PENDING, Why.AUCTION_WAIT, Why.TOO_YOUNG}
)
ALARMING = frozenset(
    {Why.ORDER_UNKNOWN, Why.SIDE_FROZEN, Why.REJECTED_TOO_OFTEN, Why.CASH_SHORT, Why.CASH_KEPT, Why.SELL_ROOM}
)
TRIPS_FROM = 376
LEAST_SAID = 44
CAPSULE = 8.0
BASES = {"prev_close": "base.prev_close", "last": "base.last", "cost": "base.cost", "typed": "base.typed"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Left and right pixel of each column; `trips` is (right, right) where there is no room for it."""

    no: tuple[int, int]
    rail: float
    buy: tuple[int, int]
    price: tuple[int, int]
    sell: tuple[int, int]
    trades: tuple[int, int]
    trips: tuple[int, int]


def columns(width: int, largest: int, sample_price: str = "128.888") -> Columns:
    """The columns for a ladder this wide whose orders are at most `largest`; every width is measured, in bold."""
    number = fonts.column_width(("+88", f.MINUS + "88"), fonts.DIGIT, 12)
    wide = fonts.width_of(f.volume(largest), fonts.BODY, True) + fonts.width_of(t("pill.buy"), fonts.BODY, True)
    apart = fonts.column_width(("+88.88%",), fonts.SMALL, 6)
    pill = max(56 if width < TRIPS_FROM else 64, int(wide) + 22, apart)
    price = fonts.column_width((sample_price,), fonts.BODY, 14)
    buy = number + 22
    at = buy + pill
    sell = at + price
    trades = sell + pill + 8
    trips = fonts.column_width(("+888.8",), fonts.SMALL, 10) if width >= TRIPS_FROM else 0
    return Columns(
        no=(0, number),
        rail=number + 10.0,
        buy=(buy, at),
        price=(at, sell),
        sell=(sell, sell + pill),
        trades=(trades, width - trips - 6),
        trips=(width - trips - 6, width - 8),
    )


@dataclass(frozen=True, slots=True)
class Ink:
    """What every stroke of one ladder shares."""

    theme: Theme
    columns: Columns
    code: str
    base_kind: str
    stale: bool

    @property
    def buying(self) -> tuple[str, str, str]:
        """Text, ground and fill of the buying side; grey when figures are out of date."""
        th = self.theme
        return (th.t2, th.bg3, th.bg3) if self.stale else (th.up, th.upbg, th.upfill)

    @property
    def selling(self) -> tuple[str, str, str]:
        """Text, ground and fill of the selling side."""
        th = self.theme
        return (th.t2, th.bg3, th.bg3) if self.stale else (th.dn, th.dnbg, th.dnfill)


def row(p: QPainter, ink: Ink, here: LadderRow, top: float, height: int) -> None:
    """One level: the whole strip from `top`, over a cleared ground."""
    middle = top + height / 2
    strip = QRectF(0, top, ink.columns.trips[1] + 8, height)
    _guide(p, ink, here, middle)
    if here.above is not None:
        _capsule(p, ink, here.above, top, height)
    if here.below is not None:
        _capsule(p, ink, here.below, top + height, height)
    _number_and_price(p, ink, here, strip)
    if here.buy is not None:
        _pill(p, ink, here.buy, _pill_rect(ink.columns.buy, middle, height), buying=True)
    if here.sell is not None:
        _pill(p, ink, here.sell, _pill_rect(ink.columns.sell, middle, height), buying=False)
    _trades(p, ink, here, strip)
    if here.pnl:
        left, right = ink.columns.trips
        if right - left > 10:
            value = paint.direction(ink.theme, here.pnl, stale=ink.stale)
            words = f.money(here.pnl, 1, signed=True)
            paint.text(p, _cell(ink.columns.trips, strip), words, value, fonts.SMALL, bold=True, align=paint.RIGHT)


def _cell(span: tuple[int, int], strip: QRectF) -> QRectF:
    return QRectF(span[0], strip.top(), span[1] - span[0], strip.height())


def _pill_rect(span: tuple[int, int], middle: float, height: int) -> QRectF:
    high = min(height - 4, 22)
    return QRectF(span[0] + 1, middle - high / 2, span[1] - span[0] - 2, high)


def _guide(p: QPainter, ink: Ink, here: LadderRow, middle: float) -> None:
    """The level line coming in from the chart, up to the price, beside pill and distance."""
    left, right = ink.columns.buy
    y = round(middle) - 0.5
    if here.buy is not None:
        return
    if here.sell is not None:
        paint.hairline(p, left - 4, left, y, ink.theme.line)
        return
    paint.hairline(p, left - 4, right, y, ink.theme.line)


def _number_and_price(p: QPainter, ink: Ink, here: LadderRow, strip: QRectF) -> None:
    th = ink.theme
    words = f.fixed(here.no, 1, 0, signed=True)
    paint.text(p, _cell((0, ink.columns.no[1] - 2), strip), words, th.t3, fonts.DIGIT, align=paint.RIGHT)
    if here.rests:
        value = th.t1
    elif here.bracket is None or here.bracket.reason.why in ALIVE:
        value = th.t2
    else:
        value = th.t3
    words = f.price(here.price, ink.code)
    paint.text(p, _cell(ink.columns.price, strip), words, value, bold=here.rests, align=paint.CENTRE)


def _capsule(p: QPainter, ink: Ink, gap: Capsule, boundary: float, height: int) -> None:
    """One gap on the rail, between two rows; filled from below by what is held of the unit."""
    if not gap.in_cap and not gap.held and not gap.paused:
        return
    th = ink.theme
    high = height - 6
    where = QRectF(ink.columns.rail - CAPSULE / 2, boundary - high / 2, CAPSULE, high)
    full = gap.unit > 0 and gap.held >= gap.unit
    value = th.t3 if ink.stale or gap.paused else th.acc
    if full:
        paint.box(p, where, value, radius=3)
    elif gap.held > 0:
        part = high * gap.held / max(gap.unit, 1)
        paint.box(p, where, paint.mix(value, th.bg1, 0.32), radius=3)
        paint.box(p, QRectF(where.left(), where.bottom() - part, CAPSULE, part), value, radius=min(3.0, part / 2))
    else:
        paint.box(p, where, "", th.line2, radius=3)
    if gap.paused:
        mark = th.bg1 if full else th.t1
        for x in (where.left() + 2, where.right() - 3.5):
            p.fillRect(QRectF(x, boundary - 4, 1.5, 8), paint.color(mark))


def _pill(p: QPainter, ink: Ink, order: Pill, where: QRectF, *, buying: bool) -> None:
    th = ink.theme
    value, ground, fill = ink.buying if buying else ink.selling
    solid = order.next and order.look == "live" and not ink.stale
    word, figure, word_value = t("pill.buy" if buying else "pill.sell"), th.t1, value
    if order.look == "unknown":
        paint.box(p, where, th.warnbg, th.warn)
        word, figure, word_value = "", th.warn, th.warn
    elif order.look in ("leaving", "sending"):
        _dashed(p, where, value)
        word, figure, word_value = t(f"pill.{order.look}"), th.t2, th.t2
    elif solid:
        paint.box(p, where, fill)
        figure = word_value = th.on_fill
    else:
        paint.box(p, where, ground)
        x = where.right() - 3 if buying else where.left()
        p.fillRect(QRectF(x, where.top(), 3, where.height()), paint.color(value))
    raised = where.adjusted(0, 0, 0, -3 if order.total > order.left else 0)
    _pill_words(p, raised, word, f.volume(order.left), (word_value, figure), buying=buying)
    if order.total > order.left:
        _part(p, where, order, th.on_fill if solid else figure)


def _pill_words(p: QPainter, where: QRectF, word: str, digits: str, values: tuple[str, str], *, buying: bool) -> None:
    """The word on the outer side, the number next to the price; for an unknown order the warning sign is the word."""
    inner = where.adjusted(7, 0, -7 if word else -6, 0) if buying else where.adjusted(8, 0, -7, 0)
    near, far = (paint.RIGHT, paint.LEFT) if buying else (paint.LEFT, paint.RIGHT)
    if word:
        paint.text(p, inner, word, values[0], fonts.BODY, bold=True, align=far)
    else:
        paint.alert(p, inner.left() - 2 if buying else inner.right() - 12, inner.center().y(), values[0], 12)
    paint.text(p, inner, digits, values[1], fonts.BODY, bold=True, align=near)


def _part(p: QPainter, where: QRectF, order: Pill, value: str) -> None:
    """How much of a part-filled order is done: 2 px along the pill's foot."""
    bar = QRectF(where.left() + 6, where.bottom() - 3.5, where.width() - 12, 2)
    p.fillRect(bar, paint.color(value, 0.3))
    bar.setWidth(bar.width() * (order.total - order.left) / order.total)
    p.fillRect(bar, paint.color(value))


def _dashed(p: QPainter, where: QRectF, value: str) -> None:
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(paint.pen(value, 1.0, Qt.PenStyle.DashLine))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(where.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    p.restore()


def _trades(p: QPainter, ink: Ink, here: LadderRow, strip: QRectF) -> None:
    """Today's fills, the base's name, and this row's part of a bracket."""
    left, right = ink.columns.trades[0], (ink.columns.trades if here.pnl else ink.columns.trips)[1]
    if here.bracket is not None:
        _bracket(p, ink, here.bracket, left, strip)
        left += 9
    cell = QRectF(left, strip.top(), max(right - left, 0), strip.height())
    for volume, up in ((here.bought, True), (here.sold, False)):
        if not volume:
            continue
        value = ink.theme.t3 if ink.stale else (ink.theme.up if up else ink.theme.dn)
        used = paint.triangle(p, cell.left(), cell.center().y(), up, value)
        cell.setLeft(cell.left() + used)
        cell.setLeft(cell.left() + paint.text(p, cell, f.volume(volume), ink.theme.t1, fonts.SMALL) + 8)
    if here.base and cell.width() > 24:
        words = t(BASES.get(ink.base_kind, "base.typed"))
        cell.setLeft(cell.left() + paint.text(p, cell, words, ink.theme.t2, fonts.SMALL, elide=True) + 8)
    if here.bracket is not None and here.bracket.says:
        alarming = here.bracket.reason.why in ALARMING and not ink.stale
        words = say_short(here.bracket.reason, ink.code)
        if cell.width() < min(fonts.width_of(words, fonts.SMALL), LEAST_SAID):
            return  # a character and an ellipsis say nothing; the bracket stays and its tip tells
        paint.text(p, cell, words, ink.theme.warn if alarming else ink.theme.t2, fonts.SMALL, elide=True)


def _bracket(p: QPainter, ink: Ink, part: Bracket, left: int, strip: QRectF) -> None:
    top = strip.top() + (5 if part.first else 0)
    foot = strip.bottom() - (5 if part.last else 0)
    alarming = part.reason.why in ALARMING and not ink.stale
    paint.upright(p, left, top, foot, ink.theme.warn if alarming else ink.theme.line2, 2)


def pinned(p: QPainter, ink: Ink, where: QRectF, sums: Pinned, *, upper: bool) -> None:
    """The row that sums up what lies beyond the view."""
    th = ink.theme
    p.fillRect(where, paint.color(th.bg2))
    paint.hairline(p, where.left(), where.right(), where.bottom() - 1 if upper else where.top(), th.line)
    x = where.left() + 12
    paint.triangle(p, x, where.center().y(), upper, th.t3, 6)
    cell = QRectF(x + 16, where.top(), where.width() - 36, where.height())
    if not sums.levels:
        paint.text(p, cell, t("pin.end_up" if upper else "pin.end_down"), th.t3, fonts.SMALL, elide=True)
        return
    words = t("pin.above" if upper else "pin.below", n=sums.levels)
    cell.setLeft(cell.left() + paint.text(p, cell, words, th.t2, fonts.SMALL) + 9)
    if sums.orders:
        live = t("pin.orders", n=sums.orders)
        cell.setLeft(cell.left() + paint.text(p, cell, live, th.acc, fonts.SMALL, bold=True) + 9)
    reasons, edge = pinned_words(sums, ink.code), t("pin.edge", price=f.price(sums.edge, ink.code))
    room = cell.width() - fonts.width_of(edge, fonts.SMALL) - (9 if reasons else 0)
    used = paint.text(
        p, QRectF(cell.left(), cell.top(), max(room, 0), cell.height()), reasons, th.t3, fonts.SMALL, elide=True
    )
    cell.setLeft(cell.left() + used + (9 if reasons else 0))
    paint.text(p, cell, edge, th.t3, fonts.SMALL)


def pinned_words(sums: Pinned, code: str) -> str:
    """The reasons beyond the view, nearest first; the rest by its commonest."""
    if not sums.reasons:
        return ""
    first, count = sums.reasons[0]
    if len(sums.reasons) == 1:
        return say_short(first, code)
    last = max(sums.reasons[1:], key=lambda reason: reason[1])[0]
    return t("pin.mixed", first=say_short(first, code), n=count, rest=say_short(last, code))


def head(p: QPainter, ink: Ink, where: QRectF) -> None:
    """The column titles."""
    th, c = ink.theme, ink.columns
    p.fillRect(where, paint.color(th.bg2))

    def title(span: tuple[float, float], key: str, align: Qt.AlignmentFlag) -> None:
        cell = QRectF(span[0], where.top(), span[1] - span[0], where.height())
        paint.text(p, cell, t(key), th.t3, fonts.SMALL, align=align, elide=True)

    title((0, c.no[1] - 2), "ladder.no", paint.RIGHT)
    title((c.rail - 9, c.rail + 9), "ladder.held", paint.CENTRE)
    title((c.buy[0], c.buy[1] - 8), "ladder.buy", paint.RIGHT)
    title(c.price, "ladder.price", paint.CENTRE)
    title((c.sell[0] + 8, c.sell[1]), "ladder.sell", paint.LEFT)
    title(c.trades, "ladder.trades", paint.LEFT)
    if c.trips[1] - c.trips[0] > 10:
        title(c.trips, "ladder.trips", paint.RIGHT)


def foot_figures(grid: GridRow) -> tuple[object, ...]:
    """All that the foot shows; as long as it is the same, the foot needs no painting."""
    return (grid.held, grid.floating, grid.realised, grid.fees, grid.range_low, grid.range_high, grid.exact)


def foot(p: QPainter, ink: Ink, where: QRectF, grid: GridRow) -> None:
    """What the grid holds and earned, and its range; the range gives way first, then the fees."""
    th = ink.theme
    p.fillRect(where, paint.color(th.bg2))
    paint.hairline(p, where.left(), where.right(), where.top(), th.line)
    parts = [
        (t("foot.held"), f.volume(grid.held, grid.code), 0, True),
        (t("foot.floating"), f.money(grid.floating, 1, signed=True), grid.floating, False),
        (t("foot.realised"), f.money(grid.realised, 1, signed=True), grid.realised, False),
        (t("foot.fees"), f.money(grid.fees, 1), 0, False),
    ]
    mark = "" if grid.exact else t("foot.estimate")
    x, end = where.left() + 10, where.right() - 8
    for label, figure, way, plain in parts:
        words = fonts.width_of(label, fonts.SMALL) + fonts.width_of(figure, fonts.SMALL, True) + 6
        if x + words + (11 if way else 0) > end:
            break
        x += paint.text(p, QRectF(x, where.top(), end - x, where.height()), label, th.t3, fonts.SMALL) + 4
        value = th.t1 if plain or label == t("foot.fees") else paint.direction(th, way, stale=ink.stale)
        cell = QRectF(x, where.top(), end - x, where.height())
        sign = 0 if plain else (way > 0) - (way < 0)
        x += paint.arrowed(p, cell, figure, sign, value, fonts.SMALL, bold=True, align=paint.LEFT) + 9
    reach = t("foot.range", low=f.price(grid.range_low, grid.code), high=f.price(grid.range_high, grid.code))
    for choice in (f"{mark}  {reach}".strip(), reach, reach.partition(" ")[2], mark):
        if choice and fonts.width_of(choice, fonts.SMALL) <= end - x:
            value = th.warn if choice == mark else th.t3
            paint.text(
                p, QRectF(x, where.top(), end - x, where.height()), choice, value, fonts.SMALL, align=paint.RIGHT
            )
            break


def price_line(p: QPainter, y: float, spans: list[tuple[int, int]], theme: Theme, *, stale: bool) -> None:
    """The last price across the ladder, beside the texts."""
    p.setPen(paint.pen(theme.t3, 1.0, Qt.PenStyle.DashLine) if stale else paint.pen(theme.acc, 1.5))
    for left, right in spans:
        p.drawLine(QPointF(left, y), QPointF(right, y))


def tag_width(words: str, px: int = fonts.BODY) -> float:
    """Room of a price tag with its point."""
    return fonts.width_of(words, px, True) + 21


def price_tag(
    p: QPainter, right: float, y: float, words: str, theme: Theme, *, stale: bool, px: int = fonts.BODY
) -> float:
    """The tag of the last price, pointing right at `right`; where its left edge is."""
    wide, half = fonts.width_of(words, px, True) + 14, 10 if px == fonts.BODY else 8
    left = right - wide - 7
    fill = theme.bg3 if stale else theme.accfill
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(paint.NO_PEN)
    p.setBrush(paint.color(fill))
    p.drawRoundedRect(QRectF(left, y - half, wide + 2, 2 * half), 4, 4)
    p.drawPolygon([QPointF(right - 8, y - half + 2), QPointF(right, y), QPointF(right - 8, y + half - 2)])
    p.restore()
    value = theme.t1 if stale else theme.on_fill
    paint.text(p, QRectF(left, y - half, wide, 2 * half), words, value, px, bold=True, align=paint.CENTRE)
    return left
