"""The strokes of the bond table: one row, one heading, the header, the two lines of the foot."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from qmtdesk.desk.bonds.bonds_columns import Bond, Cell, Column, change_bp, conversion_value, half_up
from qmtdesk.desk.bonds.bonds_model import AFTER_CHANGE, Group
from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as f
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.tokens import Theme
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import ScreenRow

WARNING = frozenset({Why.REDEEM_UNKNOWN, Why.REDEEM_ANNOUNCED, Why.DATA_OLD, Why.PRICE_UNKNOWN, Why.SIZE_UNKNOWN})
LIVE_STATES = frozenset({"running", "sell_only", "waiting"})
SIGN_ROOM = 14
INSET = 7


@dataclass(frozen=True, slots=True)
class Place:
    """A column, or as much of it as is in view, where it stands now in viewport pixels."""

    column: Column
    left: int
    width: int
    whole: bool = True

    def within(self, left: int, right: int) -> "Place":
        """The part of it between two edges."""
        start, end = max(self.left, left), min(self.left + self.width, right)
        return Place(self.column, start, end - start, whole=end - start == self.width)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the rows of one paint share. `scrolled`: the user went sideways, so excluded rows show their figures."""

    theme: Theme
    frozen: tuple[Place, ...]
    moving: tuple[Place, ...]
    frozen_width: int
    width: int
    scrolled: bool
    blind: bool


def row(p: QPainter, sheet: Sheet, bond: Bond, rect: QRectF, *, selected: bool, tint: float) -> None:
    """One bond. `tint`: −1…+1, how fresh a price move still is."""
    th = sheet.theme
    p.fillRect(rect, paint.color(th.sel if selected else th.bg1))
    p.save()
    p.setClipRect(rect.adjusted(sheet.frozen_width, 0, 0, 0))
    _moving_cells(p, sheet, bond, rect, tint)
    p.restore()
    for place in sheet.frozen:
        cell = QRectF(place.left, rect.top(), place.width, rect.height())
        if place.column.key == "grid":
            _state(p, sheet, bond, place.column.show(bond), cell)
        else:
            _cell(p, th, place.column, place.column.show(bond), cell.adjusted(5, 0, 2, 0), stale=False)
    if sheet.scrolled:
        paint.upright(p, sheet.frozen_width, rect.top(), rect.bottom(), th.line)
    if selected:
        p.fillRect(QRectF(0, rect.top(), 3, rect.height()), paint.color(th.acc))


def _moving_cells(p: QPainter, sheet: Sheet, bond: Bond, rect: QRectF, tint: float) -> None:
    """The columns that scroll; of an excluded bond only price and change, then its reason."""
    th = sheet.theme
    stale = sheet.blind or bond.quote is None or bond.quote.stale
    excluded = not bond.row.included and not sheet.scrolled
    reason_left = 0.0
    for place in sheet.moving:
        if excluded and place.column.key in AFTER_CHANGE:
            continue
        cell = QRectF(place.left, rect.top(), place.width, rect.height())
        if place.column.key == "last" and tint:
            p.fillRect(cell.adjusted(2, 2, -2, -2), paint.color(th.up if tint > 0 else th.dn, abs(tint) * 0.18))
        shown = place.column.show(bond)
        _cell(p, th, place.column, shown if place.whole else _uncut(place, shown), cell, stale=stale)
        reason_left = cell.right()
    if excluded:
        left = reason_left + 10
        _reason(p, th, bond, QRectF(left, rect.top(), sheet.width - left - 4, rect.height()), stale=stale)


def _uncut(place: Place, cell: Cell) -> Cell:
    """Dots in place of a figure the edge would cut: half a number is a wrong number."""
    wide = fonts.width_of(cell.text, fonts.BODY, cell.bold) + (11 if cell.way else 0)
    if place.column.left or wide <= place.width - 2 * INSET:
        return cell
    fits = fonts.width_of("…", fonts.BODY) <= place.width - 2 * INSET
    return Cell("…" if fits else "", "t3")


def _value(th: Theme, tone: str, *, stale: bool) -> str:
    if stale and tone in ("up", "dn"):
        return th.t3
    value: str = getattr(th, tone)
    return value


def _cell(p: QPainter, th: Theme, column: Column, cell: Cell, rect: QRectF, *, stale: bool) -> None:
    inner = rect.adjusted(INSET, 0, -INSET, 0)
    grey = stale and column.live
    value = th.t3 if grey else _value(th, cell.tone, stale=stale)
    if cell.way:
        paint.arrowed(p, inner, cell.text, cell.way, value, bold=cell.bold)
        return
    align = paint.LEFT if column.left else paint.RIGHT
    paint.text(p, inner, cell.text, value, bold=cell.bold, align=align, elide=column.left)


def _state(p: QPainter, sheet: Sheet, bond: Bond, cell: Cell, rect: QRectF) -> None:
    """Glyph and word of the grid's state."""
    th = sheet.theme
    sign, words, value = cell.sign, cell.text, getattr(th, cell.tone)
    if sheet.blind and bond.row.grid in LIVE_STATES:
        sign, words, value = "bars", t("bond.frozen"), th.t2
    elif sheet.blind and sign == "held":
        sign, value = "bars", th.t2
    x, middle = rect.left() + INSET, rect.center().y()
    if not sign:
        paint.text(p, rect.adjusted(INSET, 0, -4, 0), words, value)
        return
    _sign(p, th, sign, x, middle)
    paint.text(p, rect.adjusted(INSET + SIGN_ROOM, 0, 0, 0), words, value)


def _sign(p: QPainter, th: Theme, sign: str, x: float, middle: float) -> None:
    if sign == "run":
        paint.dot(p, x, middle, th.acc, 7)
    elif sign == "down":
        paint.triangle(p, x, middle, False, th.t1, 7)
    elif sign == "ring":
        paint.dot(p, x, middle, th.t2, 7, hollow=True)
    elif sign == "bars":
        paint.bars(p, x, middle, th.t2)
    elif sign == "held":
        paint.bars(p, x, middle, th.warn)
    elif sign == "square":
        p.fillRect(QRectF(x + 0.5, middle - 3, 6, 6), paint.color(th.t3))
    elif sign == "wait":
        paint.dot(p, x, middle, th.acc, 7, hollow=True)
    else:
        paint.dash(p, x, middle, th.t2)


def _reason(p: QPainter, th: Theme, bond: Bond, rect: QRectF, *, stale: bool) -> None:
    """Why the screen keeps it out, with its number; a doubtful one with the warning sign."""
    cell = QRectF(rect)
    if bond.row.why.why in WARNING:
        cell.setLeft(cell.left() + paint.alert(p, cell.left(), cell.center().y(), th.t3 if stale else th.warn, 12))
    paint.text(p, cell, say(bond.row.why, bond.row.code), th.t1, fonts.SMALL, elide=True)


def heading(p: QPainter, th: Theme, group: Group, rect: QRectF, screen: ScreenRow | None) -> None:
    """A group's line, with what decides who is in it."""
    p.fillRect(rect, paint.color(th.bg1))
    paint.hairline(p, rect.left(), rect.right(), rect.bottom() - 1, th.line)
    cell = rect.adjusted(12, 0, -12, 0)
    wide = paint.text(p, cell, t(f"bond.{group.kind}", n=group.count), th.t1, fonts.SMALL, bold=True)
    note = t("bond.out_note")
    if group.kind == "in":
        note = "" if screen is None else t("bond.in_note", size=f.yuan_short(screen.max_size_yuan, 0), keep=screen.keep)
    paint.text(p, cell.adjusted(wide + 9, 0, 0, 0), note, th.t3, fonts.SMALL, elide=True)


def title(p: QPainter, th: Theme, place: Place, height: int, sort: str) -> None:
    """A column's title; a small triangle shows what is sorted by. `sort`: '' | up | down."""
    cell = QRectF(place.left + INSET, 0, place.width - 2 * INSET, height)
    if place.left == 0:
        cell.adjust(5, 0, 0, 0)
    words = place.column.title
    align = paint.LEFT if place.column.left else paint.RIGHT
    value = th.t1 if sort else th.t3
    paint.text(p, cell, words, value, fonts.SMALL, align=align, elide=True)
    if sort:
        wide = min(fonts.width_of(words, fonts.SMALL), cell.width())
        x = cell.left() + wide + 3 if place.column.left else cell.right() + 1
        paint.triangle(p, min(x, place.left + place.width - 6.0), height / 2, sort == "up", th.acc, 6)


def foot_lines(bond: Bond, screen: ScreenRow | None) -> tuple[str, list[str], list[str]]:
    """The explanation of one bond: its title, the facts of the screen, the facts of the stock."""
    row, code = bond.row, bond.row.code
    if row.included:
        head = t("bond.why_in", name=row.name)
        facts = _in_facts(bond, screen)
    else:
        head = t("bond.why_out", name=row.name)
        facts = [say(row.why, code)]
    second = []
    if row.stock_name or bond.stock_last:
        price = f.price(bond.stock_last, row.stock_code)
        second.append(t("bond.fact_stock", name=row.stock_name, price=price))
    value = conversion_value(bond)
    if value is not None:
        second.append(t("bond.fact_value", value=f.fixed(value, 1000, 2)))
    if row.years_left_bp:
        second.append(t("bond.fact_years", years=f.fixed(row.years_left_bp, 10_000, 2)))
    if row.rating:
        second.append(t("bond.fact_rating", rating=row.rating.replace("-", f.MINUS)))
    return head, facts, second


def _in_facts(bond: Bond, screen: ScreenRow | None) -> list[str]:
    row, facts = bond.row, []
    if screen is not None and row.remaining_yuan >= 0:
        size, most = f.yuan_short(row.remaining_yuan), f.yuan_short(screen.max_size_yuan, 0)
        facts.append(t("bond.fact_size", size=size, max=most))
    redeem = t("redeem.counting", have=row.redeem_count, need=row.redeem_need)
    if row.redeem != "counting":
        redeem = t(f"redeem.{row.redeem}")
    facts.append(t("bond.fact_redeem", state=redeem))
    if bond.last and row.remaining_yuan >= 0:
        size_price = f.fixed(half_up(row.remaining_yuan * bond.last, 100_000), 100_000_000, 2)
        facts.append(t("bond.fact_rank", value=size_price, rank=row.rank))
    return facts


def foot(p: QPainter, look: Look, mirror: Mirror, bond: Bond | None, rect: QRectF) -> None:
    """Two lines: why in or why out; the stock behind it."""
    th = look.theme
    p.fillRect(rect, paint.color(th.bg2))
    paint.hairline(p, rect.left(), rect.right(), rect.top(), th.line)
    first = QRectF(12, rect.top() + 6, rect.width() - 24, 20)
    second = QRectF(12, rect.top() + 27, rect.width() - 24, 18)
    if bond is None:
        paint.text(p, first, t("bond.pick"), th.t3, fonts.SMALL, elide=True)
        return
    head, facts, stock = foot_lines(bond, mirror.screen)
    wide = paint.text(p, first, head, th.t2, fonts.SMALL, bold=True, elide=True)
    paint.text(p, first.adjusted(wide + 12, 0, 0, 0), "  ·  ".join(facts), th.t1, fonts.SMALL, elide=True)
    if not stock:
        paint.text(p, second, t("bond.lacks_source"), th.t3, fonts.SMALL, elide=True)
        return
    x = paint.text(p, second, stock[0], th.t2, fonts.SMALL, elide=True)
    moved = change_bp(bond.stock)
    if moved is not None:
        stale = mirror.stale(bond.row.stock_code)
        value, cell = paint.direction(th, moved, stale=stale), second.adjusted(x + 7, 0, 0, 0)
        x += 7 + paint.arrowed(
            p, cell, f.percent(abs(moved)), (moved > 0) - (moved < 0), value, fonts.SMALL, align=paint.LEFT
        )
    rest = "".join(f"  ·  {fact}" for fact in stock[1:])
    paint.text(p, second.adjusted(x, 0, 0, 0), rest, th.t2, fonts.SMALL, elide=True)
