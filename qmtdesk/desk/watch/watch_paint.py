"""One row of the watchlist in one painted pass."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.watch import spark
from qmtdesk.desk.watch.watch_state import Tone, Words
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.rows import QuoteRow, WatchRow

ROW = 56
HEADER = 24
SPARK_HIGH = 36
_SMOOTH = QPainter.RenderHint.Antialiasing


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the five columns of a row stand, in widget pixels."""

    name: float
    chip: float
    amount_right: float
    spark: float
    spark_wide: float
    arm: float
    arm_wide: float


def columns(width: int) -> Columns:
    """The columns for a panel of that width; the sparkline gives way first, down to 44 px."""
    loose = width >= 372
    inset = 12 if loose else 10
    name_wide = fonts.width_of("88.88", fonts.SMALL, True) + fonts.width_of("20.0%", fonts.SMALL) + 18
    notes = (t("watch.sealed_broke", at="09:52", n=1), t("watch.first_seal", at="09:31"))
    note_wide = max(fonts.width_of(words, fonts.SMALL) for words in notes)
    small_wide = fonts.width_of(t("watch.threshold", amount=fmt.money_short(3_000 * fmt.WAN)), fonts.SMALL)
    amount_wide = max(fonts.width_of(fmt.money_short(8_412 * fmt.WAN), fonts.SEAL, True), small_wide)
    gap = 10 if loose else 6
    chip = inset + name_wide + 10
    right = chip + note_wide + amount_wide + gap
    arm_wide = fonts.width_of(t("action.sell"), fonts.SMALL) + (18 if loose else 12)
    arm = width - arm_wide - (4 if loose else 2)
    start = right + gap
    return Columns(inset, chip, right, start, max(arm - start - gap / 2, 24), arm, arm_wide)


def row(
    p: QPainter,
    rect: QRectF,
    theme: Theme,
    at: Columns,
    watch: WatchRow,
    quote: QuoteRow | None,
    words: Words,
    *,
    blind: bool,
    selected: bool,
) -> None:
    """Paint the whole row; `blind` greys what market data would colour."""
    if selected:
        paint.selected_row(p, rect, theme)
    top = QRectF(rect.left(), rect.top() + 7, rect.width(), 22)
    foot = QRectF(rect.left(), rect.top() + 29, rect.width(), 20)
    _name(p, top, foot, theme, at, watch, quote, blind=blind)
    _state(p, top, foot, theme, at, words)
    _amount(p, top, foot, theme, at, words)
    area = QRectF(at.spark, rect.center().y() - SPARK_HIGH / 2, at.spark_wide, SPARK_HIGH)
    sparkline(p, area, theme, watch, near=words.near, grey=blind or watch.state == "sold")
    lever = QRectF(at.arm, top.top(), at.arm_wide, 20)
    paint.switch(p, lever, theme, on=words.switch_on, enabled=not words.switch_dead)
    value = theme.t2 if words.switch_on else theme.t3
    paint.text(
        p, QRectF(at.arm - 6, foot.top(), at.arm_wide + 10, foot.height()), words.action, value, fonts.SMALL,
        align=paint.CENTRE,
    )  # fmt: skip


def _name(
    p: QPainter,
    top: QRectF,
    foot: QRectF,
    theme: Theme,
    at: Columns,
    watch: WatchRow,
    quote: QuoteRow | None,
    *,
    blind: bool,
) -> None:
    quiet = watch.state == "sold"
    room = at.chip - at.name - 6
    paint.text(
        p, QRectF(at.name, top.top(), room, top.height()), watch.name, theme.t2 if quiet else theme.t1, bold=True,
        elide=True,
    )  # fmt: skip
    last = 0 if quote is None else quote.last or quote.prev_close
    base = 0 if quote is None else quote.prev_close
    move = last - base if last and base else 0
    value = paint.direction(theme, move, stale=blind)
    cell = QRectF(at.name, foot.top(), room, foot.height())
    wide = paint.text(p, cell, fmt.price(last, watch.code), value, fonts.SMALL, bold=True)
    words = fmt.change(last, base, 1)
    right = QRectF(at.name + wide + 4, foot.top(), at.chip - 10 - at.name - wide - 4, foot.height())
    paint.arrowed(p, right, words, (move > 0) - (move < 0), value, fonts.SMALL)


def _state(p: QPainter, top: QRectF, foot: QRectF, theme: Theme, at: Columns, words: Words) -> None:
    value, fill, edge = chip_colours(theme, words.tone)
    paint.chip(p, at.chip, top.center().y(), words.chip, value, fill, edge)
    if words.note:
        note = theme.warn if words.warn_note else theme.t2
        cell = QRectF(at.chip, foot.top(), at.amount_right - at.chip, foot.height())
        paint.text(p, cell, words.note, note, fonts.SMALL, bold=words.warn_note)


def chip_colours(theme: Theme, tone: Tone) -> tuple[str, str, str]:
    """Text, fill and outline of a state chip."""
    return {
        Tone.UP: (theme.up, theme.upbg, ""),
        Tone.UP_OUTLINE: (theme.up, "", theme.up),
        Tone.WARN: (theme.warn, theme.warnbg, theme.warn),
        Tone.SOLID: (theme.on_solid, theme.solid, ""),
        Tone.DOWN: (theme.dn, theme.dnbg, ""),
        Tone.GREY: (theme.t2, "", theme.line2),
    }[tone]


def _amount(p: QPainter, top: QRectF, foot: QRectF, theme: Theme, at: Columns, words: Words) -> None:
    missing = words.big == fmt.MISSING
    value = theme.t3 if missing else theme.warn if words.near else theme.t1
    cell = QRectF(at.chip, top.top(), at.amount_right - at.chip, top.height())
    px = fonts.BODY if missing else fonts.SEAL
    wide = paint.text(p, cell, words.big, value, px, bold=not missing, align=paint.RIGHT)
    if words.near:
        paint.alert(p, at.amount_right - wide - 19, top.center().y(), theme.warn)
    low = QRectF(at.chip, foot.top(), at.amount_right - at.chip, foot.height())
    paint.text(p, low, words.small, theme.t2, fonts.SMALL, align=paint.RIGHT)


def sparkline(p: QPainter, rect: QRectF, theme: Theme, watch: WatchRow, *, near: bool, grey: bool) -> None:
    """The seal ÷ threshold of the last ten minutes; under the dashed line amber, a break is a gap."""
    p.fillRect(rect, paint.color(theme.bg2, 0.7))
    y = rect.top() + rect.height() * (1 - spark.THRESHOLD_SHARE)
    p.fillRect(QRectF(rect.left(), y, rect.width(), rect.bottom() - y), paint.color(theme.solid, 0.16))
    p.setRenderHint(_SMOOTH, on=False)
    line = QPen(paint.color(theme.warn), 1.0)
    line.setDashPattern([4, 2])
    p.setPen(line)
    p.drawLine(QPointF(rect.left(), round(y) + 0.5), QPointF(rect.right(), round(y) + 0.5))
    p.setRenderHint(_SMOOTH)
    value = theme.t3 if grey else theme.warn if near else theme.t1
    p.setPen(QPen(paint.color(value), 1.4))
    inner = rect.adjusted(0, 0, -3, 0)
    drawn = spark.runs(watch.spark, watch.threshold // fmt.WAN, inner.width(), inner.height())
    for run in drawn:
        points = [QPointF(inner.left() + x, inner.top() + yy) for x, yy in run]
        if len(points) == 1:
            p.drawLine(points[0], points[0] + QPointF(1.5, 0))
        else:
            p.drawPolyline(QPolygonF(points))
    if watch.spark and watch.spark[-1] >= 0 and drawn:
        x, yy = drawn[-1][-1]
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(paint.color(value))
        p.drawEllipse(QPointF(inner.left() + x, inner.top() + yy), 2.5, 2.5)
    p.setRenderHint(_SMOOTH, on=False)


def header(p: QPainter, rect: QRectF, theme: Theme, at: Columns, titles: tuple[str, str, str, str, str]) -> None:
    """The quiet line over the rows."""
    p.fillRect(rect, paint.color(theme.bg2))
    name, state, seal, past, arm = titles
    high = rect.height()
    paint.text(p, QRectF(at.name, rect.top(), at.chip - at.name, high), name, theme.t3, fonts.SMALL)
    paint.text(p, QRectF(at.chip, rect.top(), 60, high), state, theme.t3, fonts.SMALL)
    left = QRectF(at.chip, rect.top(), at.amount_right - at.chip, high)
    paint.text(p, left, seal, theme.t3, fonts.SMALL, align=paint.RIGHT)
    paint.text(p, QRectF(at.spark, rect.top(), at.spark_wide, high), past, theme.t3, fonts.SMALL)
    paint.text(p, QRectF(at.arm, rect.top(), at.arm_wide, high), arm, theme.t3, fonts.SMALL, align=paint.CENTRE)
