"""The columns of the five tabs: what a cell says, what it sorts by, how it is painted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.said import say_at
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.domain.order import LISTED
from qmtdesk.wire.rows import EventRow, FillRow, GridRow, OrderRow, PositionRow

Say = Callable[[Any, Mirror], str]
Sort = Callable[[Any, Mirror], Any]
Draw = Callable[[QPainter, QRectF, Any, Mirror, Theme], None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `draw` paints it otherwise than as a plain word; `stretch` takes what room is left."""

    title: str
    samples: tuple[str, ...]
    say: Say
    sort: Sort
    right: bool = False
    draw: Draw | None = None
    stretch: bool = False
    tone: str = "t1"
    bold: bool = False


OPEN = frozenset({"intended", "sent", "working", "partial", "cancelling", "part_cancelling", "unknown"})
DIM = frozenset({"cancelled", "part_cancelled", "filled", "rejected", "refused"})


def order_note(row: OrderRow, mirror: Mirror) -> str:
    """What there is to say about an order."""
    if row.kind == "foreign":
        return t("note.foreign")
    if row.state == "unknown":
        return row.text or t("note.unread" if row.looks == LISTED else "note.unknown")
    if row.state in ("cancelling", "part_cancelling"):
        return t("note.cancelling", age=fmt.duration(max(mirror.clock() - row.updated_at, 0)))
    if row.state == "partial":
        return t("note.left", left=fmt.volume(row.volume - row.filled))
    if row.state == "working" and row.ahead > 0:
        return t("note.ahead", ahead=fmt.volume(row.ahead, row.code))
    own = f"refused.{row.text}"
    return t(own) if row.state == "refused" and own in TEXTS else row.text


def source_words(row: OrderRow | FillRow) -> str:
    """Which part of the program it belongs to."""
    level = "" if row.slot is None else fmt.fixed(row.slot, 1, 0, signed=True)
    return t(f"owner.{row.kind}", slot=level)


def _source_order(row: OrderRow | FillRow, _mirror: Mirror) -> tuple[str, bool, int]:
    return row.kind, row.slot is None, row.slot or 0


def _side(p: QPainter, rect: QRectF, row: Any, mirror: Mirror, theme: Theme) -> None:
    buy = row.side == "buy"
    dim = getattr(row, "kind", "") == "foreign" or getattr(row, "state", "") in DIM
    value = paint.mix(theme.up if buy else theme.dn, theme.bg1, 0.75) if dim else theme.up if buy else theme.dn
    paint.triangle(p, rect.left(), rect.center().y(), buy, value)
    paint.text(p, rect.adjusted(11, 0, 0, 0), t(f"side.{row.side}"), value, bold=True)


def _state(p: QPainter, rect: QRectF, row: OrderRow, _mirror: Mirror, theme: Theme) -> None:
    words = t(f"order.{row.state}")
    if row.state == "unknown":
        used = paint.alert(p, rect.left() - 1, rect.center().y(), theme.warn)
        paint.text(p, rect.adjusted(used, 0, 0, 0), words, theme.warn, bold=True)
        return
    if row.state == "rejected":
        used = paint.alert(p, rect.left() - 1, rect.center().y(), theme.warn)
        paint.text(p, rect.adjusted(used, 0, 0, 0), words, theme.warn)
        return
    value = theme.acc if row.state == "partial" else theme.t3 if row.state in DIM or row.kind == "foreign" else theme.t1
    used = paint.text(p, rect, words, value)
    if row.state in ("partial", "part_cancelling") and row.volume:
        bar = QRectF(rect.left() + used + 8, rect.center().y() - 2, 40, 4)
        paint.meter(p, bar, row.filled / row.volume, theme.acc, theme.bg3)


def _note(p: QPainter, rect: QRectF, row: OrderRow, mirror: Mirror, theme: Theme) -> None:
    value = theme.t1 if row.state == "unknown" else theme.t3 if row.kind == "foreign" else theme.t2
    paint.text(p, rect, order_note(row, mirror), value, fonts.SMALL, elide=True)


def _action(p: QPainter, rect: QRectF, row: OrderRow, _mirror: Mirror, theme: Theme) -> None:
    if row.kind == "foreign":
        return
    if row.cancellable:
        paint.text(p, rect, t("act.cancel"), theme.t1, fonts.SMALL, align=paint.RIGHT)
    elif row.state == "unknown":
        paint.text(p, rect, t("act.not_there"), theme.warn, fonts.SMALL, align=paint.RIGHT)


def _signed(get: Callable[[Any], int], places: int = 1) -> Draw:
    def draw(p: QPainter, rect: QRectF, row: Any, mirror: Mirror, theme: Theme) -> None:
        value = get(row)
        words = fmt.money(value, places, signed=True)
        tone = paint.direction(theme, value, stale=mirror.stale(row.code))
        paint.text(p, rect, words, tone, align=paint.RIGHT)

    return draw


def _level(p: QPainter, rect: QRectF, row: EventRow, mirror: Mirror, theme: Theme) -> None:
    words = say_at(mirror, row.reason, row.code)
    if row.level == "info":
        paint.text(p, rect, words, theme.t1, elide=True)
        return
    used = paint.alert(p, rect.left() - 1, rect.center().y(), theme.warn)
    inner = rect.adjusted(used, 0, 0, 0)
    paint.text(p, inner, words, theme.warn if row.level == "alarm" else theme.t1, bold=row.level == "alarm", elide=True)


def _basis(p: QPainter, rect: QRectF, row: GridRow, _mirror: Mirror, theme: Theme) -> None:
    if row.exact:
        paint.text(p, rect, t("basis.exact"), theme.t2, fonts.SMALL)
        return
    used = paint.alert(p, rect.left() - 1, rect.center().y(), theme.warn)
    paint.text(p, rect.adjusted(used, 0, 0, 0), t("basis.estimate"), theme.warn, fonts.SMALL)


def _grid_state(p: QPainter, rect: QRectF, row: GridRow, mirror: Mirror, theme: Theme) -> None:
    state = "frozen" if mirror.blind and row.state in ("running", "sell_only") else row.state
    middle = rect.center().y()
    if state == "running":
        paint.dot(p, rect.left(), middle, theme.acc, 7)
    elif state == "sell_only":
        paint.triangle(p, rect.left(), middle, False, theme.t1)
    elif state == "asleep":
        paint.dot(p, rect.left(), middle, theme.t2, 7, hollow=True)
    elif state in ("frozen", "suspended"):
        paint.bars(p, rect.left(), middle, theme.warn if state == "suspended" and not mirror.blind else theme.t2)
    else:
        paint.dash(p, rect.left(), middle, theme.t2)
    paint.text(p, rect.adjusted(13, 0, 0, 0), t(f"grid.{state}"), theme.t1 if state == "running" else theme.t2)


def net(row: GridRow) -> int:
    """Today's profit of a grid: what it realised today and what floats, less today's fees."""
    return row.realised + row.floating - row.fees


def _volume(value: int) -> str:
    return fmt.volume(value) if value else fmt.MISSING


_TIME = ("10:24:31",)
_CODE = ("127089",)
_NAME = ("星澜转债", "北辰转2定")
_PRICE = ("128.888", "1,188.88")
_VOLUME = ("100,000",)
_MONEY = ("1,012,846.20",)
_SIGNED = ("−12,846.2",)


def _code_columns(bold: bool = False) -> tuple[Column, Column]:  # noqa: FBT001, FBT002
    return (
        Column("code", _CODE, lambda r, _m: fmt.bare(r.code), lambda r, _m: r.code, tone="t3"),
        Column("name", _NAME, lambda r, m: r.name or m.name(r.code), lambda r, _m: r.name, bold=bold),
    )


def _words(key: str) -> tuple[str, ...]:
    return tuple(TEXTS[key])


ORDERS: tuple[Column, ...] = (
    Column("time", _TIME, lambda r, _m: fmt.clock(r.at), lambda r, _m: r.at, tone="t2"),
    *_code_columns(),
    Column("side", ("▲ 买", "Sell  "), lambda r, _m: t(f"side.{r.side}"), lambda r, _m: r.side, draw=_side),
    Column("price", _PRICE, lambda r, _m: fmt.price(r.price, r.code), lambda r, _m: r.price, right=True),
    Column("volume", _VOLUME, lambda r, _m: fmt.volume(r.volume), lambda r, _m: r.volume, right=True),
    Column("filled", _VOLUME, lambda r, _m: _volume(r.filled), lambda r, _m: r.filled, right=True),
    Column(
        "state",
        ("部成 ▬▬▬▬", "Part cancelled"),
        lambda r, _m: t(f"order.{r.state}"),
        lambda r, _m: r.state,
        draw=_state,
    ),
    Column("source", ("网格 +12 档", "封单卫士"), lambda r, _m: source_words(r), _source_order, tone="t2"),
    Column("note", ("",), order_note, order_note, draw=_note, stretch=True),
    Column("act", ("撤单", "Not there"), lambda r, _m: "", lambda r, _m: r.cancellable, right=True, draw=_action),
)
FILLS: tuple[Column, ...] = (
    Column("time", _TIME, lambda r, _m: fmt.clock(r.at), lambda r, _m: r.at, tone="t2"),
    *_code_columns(),
    Column("side", ("▲ 买", "Sell  "), lambda r, _m: t(f"side.{r.side}"), lambda r, _m: r.side, draw=_side),
    Column(
        "fill_price", _PRICE, lambda r, _m: fmt.price(r.price, r.code), lambda r, _m: r.price, right=True, bold=True
    ),
    Column("fill_volume", _VOLUME, lambda r, _m: fmt.volume(r.volume), lambda r, _m: r.volume, right=True),
    Column("amount", _MONEY, lambda r, _m: fmt.money(r.price * r.volume), lambda r, _m: r.price * r.volume, right=True),
    Column(
        "fee",
        ("88.88",),
        lambda r, _m: fmt.money(r.fee) if r.fee else fmt.MISSING,
        lambda r, _m: r.fee,
        right=True,
        tone="t2",
    ),
    Column("level", _PRICE, lambda r, _m: fmt.price(r.level, r.code), lambda r, _m: r.level, right=True, tone="t2"),
    Column(
        "source",
        ("网格 +12 档", "封单卫士"),
        lambda r, _m: source_words(r),
        _source_order,
        tone="t2",
        stretch=True,
    ),
)
POSITIONS: tuple[Column, ...] = (
    *_code_columns(),
    Column("held", _VOLUME, lambda r, _m: fmt.volume(r.volume, r.code), lambda r, _m: r.volume, right=True, bold=True),
    Column("usable", _VOLUME, lambda r, _m: _volume(r.can_use), lambda r, _m: r.can_use, right=True),
    Column(
        "today", _VOLUME, lambda r, _m: _volume(r.bought_today), lambda r, _m: r.bought_today, right=True, tone="t2"
    ),
    Column("cost", _PRICE, lambda r, _m: fmt.price(r.cost, r.code, 3), lambda r, _m: r.cost, right=True),
    Column("last", _PRICE, lambda r, _m: fmt.price(r.last, r.code), lambda r, _m: r.last, right=True),
    Column("value", _MONEY, lambda r, _m: fmt.money(r.value), lambda r, _m: r.value, right=True),
    Column(
        "floating",
        _SIGNED,
        lambda r, _m: fmt.money(r.floating, 1, signed=True),
        lambda r, _m: r.floating,
        right=True,
        draw=_signed(lambda r: r.floating),
    ),
    Column(
        "floating_share",
        ("−12.88%",),
        lambda r, _m: fmt.change(r.last, r.cost, signed=True),
        lambda r, _m: (r.last - r.cost) / (r.cost or 1),
        right=True,
        tone="t2",
    ),
    Column(
        "grid_held",
        _VOLUME,
        lambda r, _m: _volume(r.grid_held),
        lambda r, _m: r.grid_held,
        right=True,
        tone="t2",
        stretch=True,
    ),
)
TRIPS: tuple[Column, ...] = (
    *_code_columns(),
    Column(
        "state",
        ("● 未启动", "● Not started"),
        lambda r, _m: t(f"grid.{r.state}"),
        lambda r, _m: r.state,
        draw=_grid_state,
    ),
    Column("trips", ("1,888",), lambda r, _m: _volume(r.trips), lambda r, _m: r.trips, right=True, bold=True),
    Column(
        "realised",
        _SIGNED,
        lambda r, _m: fmt.money(r.realised, 1, signed=True),
        lambda r, _m: r.realised,
        right=True,
        draw=_signed(lambda r: r.realised),
    ),
    Column(
        "floating",
        _SIGNED,
        lambda r, _m: fmt.money(r.floating, 1, signed=True),
        lambda r, _m: r.floating,
        right=True,
        draw=_signed(lambda r: r.floating),
    ),
    Column(
        "fee_today",
        _SIGNED,
        lambda r, _m: fmt.money(-r.fees, 1, signed=True),
        lambda r, _m: r.fees,
        right=True,
        tone="t2",
    ),
    Column(
        "improvement",
        _SIGNED,
        lambda r, _m: fmt.money(r.improvement, 1, signed=True),
        lambda r, _m: r.improvement,
        right=True,
        tone="t2",
    ),
    Column(
        "net",
        _SIGNED,
        lambda r, _m: fmt.money(net(r), 1, signed=True),
        lambda r, _m: net(r),
        right=True,
        draw=_signed(net),
    ),
    Column(
        "exact",
        ("逐笔匹配", "estimate  "),
        lambda r, _m: t("basis.exact" if r.exact else "basis.estimate"),
        lambda r, _m: r.exact,
        draw=_basis,
        stretch=True,
    ),
)
EVENTS: tuple[Column, ...] = (
    # the last evening's are here too
    Column("time", ("11-20 15:00",), lambda r, m: fmt.when(r.at, m.clock()), lambda r, _m: r.at, tone="t2"),
    Column("code", _CODE, lambda r, _m: fmt.bare(r.code), lambda r, _m: r.code, tone="t3"),
    Column("name", _NAME, lambda r, m: r.name or (m.name(r.code) if r.code else ""), lambda r, _m: r.name),
    Column(
        "event",
        ("",),
        lambda r, m: say_at(m, r.reason, r.code),
        lambda r, _m: r.reason.why.value,
        draw=_level,
        stretch=True,
    ),
)


def order_default(row: OrderRow) -> tuple[int, int]:
    """Open orders first, the newest on top; unknown ones stay among the open."""
    return (0 if row.state in OPEN and row.kind != "foreign" else 1 if row.kind != "foreign" else 2, -row.at)


def position_default(row: PositionRow) -> int:
    """Largest value first."""
    return -row.value
