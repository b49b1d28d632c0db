"""全部停止: each confirmation until nothing is left, what was not touched, and the way back."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.said import unsure
from qmtdesk.desk.sheets.sheet_base import HEAD, Sheet
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.rows import KillItem, KillRow

ROW = 26
_CANCELLING = ("cancelling", "part_cancelling")


def sorted_items(row: KillRow) -> tuple[KillItem, ...]:
    """Unknown orders on top, then what is not confirmed, then the rest."""
    return tuple(sorted(row.items, key=lambda item: (not unsure(item), item.done)))


def confirmed(row: KillRow) -> int:
    """How many the counter has spoken the last word of."""
    return sum(item.done and not unsure(item) for item in row.items)


def record(row: KillRow) -> str:
    """The whole progress as text, one order a line."""
    head = t("kill.record", at=fmt.clock_ms(row.at), done=confirmed(row), n=len(row.items))
    lines = [
        "\t".join(
            (
                item.code,
                item.name,
                t(f"side.{item.side}"),
                fmt.price(item.price, item.code),
                str(item.left),
                t(f"order.{item.state}"),
                fmt.duration(item.took_ms) if item.took_ms else fmt.MISSING,
                item.ref,
            )
        )
        for item in sorted_items(row)
    ]
    return "\n".join((head, *lines))


class Progress(QWidget):
    """Three steps, one segment an order, one row an order."""

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.mirror = mirror
        self.look = look

    def paintEvent(self, _event: QPaintEvent) -> None:
        row = self.mirror.kill
        p = QPainter(self)
        if row is None:
            self._waiting(p)
            p.end()
            return
        self._steps(p, row)
        self._segments(p, row)
        foot = self.height() - 34
        self._table(p, row, 84, foot - 8)
        self._untouched(p, row, QRectF(0, foot, self.width(), 34))
        p.end()

    def _waiting(self, p: QPainter) -> None:
        """Pressed, and nothing heard of it yet: no step is ticked and nothing is counted."""
        theme = self.look.theme
        steps = (
            ("now", t("kill.step1_plain"), t("kill.step1_wait")),
            ("later", t("kill.step2"), t("kill.step2_wait")),
            ("later", t("kill.step3"), t("kill.step3_wait")),
        )
        self._row_of(p, steps)
        paint.box(p, QRectF(0, 56, self.width(), 8), theme.bg3, radius=3)
        words = t("kill.waiting" if self.mirror.link == "attached" else "kill.no_trader")
        paint.text(p, QRectF(0, 118, self.width(), 24), words, theme.t1, fonts.BODY, align=paint.CENTRE)

    def _steps(self, p: QPainter, row: KillRow) -> None:
        done = sum(item.done for item in row.items)
        all_done = done == len(row.items)
        note = t("kill.step2_note", done=confirmed(row), n=len(row.items)) if row.items else t("kill.step2_none")
        left = sum(unsure(item) for item in row.items)
        over = t("kill.step3_unsure", n=left) if left else t("kill.step3_done")
        steps = (
            ("done", t("kill.step1"), t("kill.step1_note", n=row.blocked)),
            ("done" if all_done else "now", t("kill.step2"), note),
            (
                "done" if row.done else "now" if all_done else "later",
                t("kill.step3"),
                over if row.done else t("kill.step3_now") if all_done else t("kill.step3_wait"),
            ),
        )
        self._row_of(p, steps)

    def _row_of(self, p: QPainter, steps: tuple[tuple[str, str, str], ...]) -> None:
        wide = self.width() / len(steps)
        for at, (state, words, note) in enumerate(steps):
            self._step(p, QRectF(at * wide, 0, wide, 44), state, words, note, last=at == 2)

    def _step(self, p: QPainter, cell: QRectF, state: str, words: str, note: str, *, last: bool) -> None:
        theme = self.look.theme
        if state == "done":
            paint.dot(p, cell.left(), 13, theme.accbg, 18)
            paint.tick(p, cell.left() + 4, 13, theme.acc)
        elif state == "now":
            spinner(p, QRectF(cell.left() + 1, 5, 16, 16), theme.acc)
        else:
            paint.dot(p, cell.left(), 13, theme.line2, 18, hollow=True)
        value = theme.t2 if state == "later" else theme.t1
        left = cell.left() + 28
        wide = paint.text(p, QRectF(left, 2, cell.width() - 28, 22), words, value, bold=state != "later")
        paint.text(p, QRectF(left, 24, cell.width() - 28, 18), note, theme.t2, fonts.SMALL, elide=True)
        if not last:
            paint.hairline(p, left + wide + 16, cell.right() - 16, 13, theme.line2)

    def _segments(self, p: QPainter, row: KillRow) -> None:
        theme = self.look.theme
        count = max(len(row.items), 1)
        gap = 4.0 if count <= 40 else 1.0
        wide = (self.width() - gap * (count - 1)) / count
        order = sorted(row.items, key=lambda item: (not item.done, unsure(item)))
        for at, item in enumerate(order):
            value = theme.warn if unsure(item) else theme.acc if item.done else theme.bg3
            paint.box(p, QRectF(at * (wide + gap), 56, wide, 8), value, radius=3)
        if not row.items:
            paint.box(p, QRectF(0, 56, self.width(), 8), theme.acc, radius=3)

    def _table(self, p: QPainter, row: KillRow, top: float, foot: float) -> None:
        theme = self.look.theme
        at = self._columns()
        head = QRectF(0, top, self.width(), 24)
        paint.box(p, head, theme.bg2, radius=3)
        for key, (left, right) in at.items():
            cell = QRectF(left, top, right - left, 24)
            align = paint.RIGHT if key in ("price", "left", "took") else paint.LEFT
            paint.text(p, cell, t(f"kill.{key}"), theme.t3, fonts.SMALL, align=align)
        items = sorted_items(row)
        if not items:
            words = QRectF(0, top + 34, self.width(), 24)
            paint.text(p, words, t("kill.nothing"), theme.t2, fonts.BODY, align=paint.CENTRE)
            return
        room = int((foot - top - 24) // ROW)
        shown = items if len(items) <= room else items[: room - 1]
        y = top + 24
        for item in shown:
            self._item(p, item, y, at)
            y += ROW
        if len(shown) < len(items):
            rest = items[len(shown) :]
            key = "kill.rest_done" if all(item.done for item in rest) else "kill.rest"
            paint.text(p, QRectF(8, y, self.width(), ROW), t(key, n=len(rest)), theme.t2, fonts.SMALL)

    def _columns(self) -> dict[str, tuple[float, float]]:
        wide = self.width()
        shares = {"code": (0.01, 0.10), "name": (0.105, 0.215), "side": (0.225, 0.29), "price": (0.29, 0.39),
                  "left": (0.40, 0.48), "state": (0.515, 0.68), "took": (0.66, 0.755),
                  "note": (0.78, 0.995)}  # fmt: skip
        return {key: (left * wide, right * wide) for key, (left, right) in shares.items()}

    def _item(self, p: QPainter, item: KillItem, y: float, at: dict[str, tuple[float, float]]) -> None:
        theme = self.look.theme
        unknown = unsure(item)
        quiet = item.done and not unknown
        if unknown:
            p.fillRect(QRectF(0, y, self.width(), ROW), paint.color(theme.warnbg))
        value = theme.t2 if quiet else theme.t1

        def put(key: str, words: str, colour: str, *, bold: bool = False, shift: float = 0.0) -> None:
            left, right = at[key]
            align = paint.RIGHT if key in ("price", "left", "took") else paint.LEFT
            cell = QRectF(left + shift, y, right - left - shift, ROW)
            paint.text(p, cell, words, colour, fonts.BODY, bold=bold, align=align, elide=True)

        buy = item.side == "buy"
        side = theme.up if buy else theme.dn
        put("code", fmt.bare(item.code), theme.t2)
        put("name", item.name, theme.t1, bold=not quiet)
        put("side", t(f"side.{item.side}"), side, bold=True, shift=11)
        paint.triangle(p, at["side"][0], y + ROW / 2, buy, side, 6)
        put("price", fmt.price(item.price, item.code), value, bold=not quiet)
        put("left", fmt.fixed(item.left, 1, 0), value)
        left = at["state"][0]
        if unknown:
            paint.alert(p, left, y + ROW / 2, theme.warn, 14)
        elif item.done:
            paint.tick(p, left + 1, y + ROW / 2, theme.acc, 11)
        else:
            spinner(p, QRectF(left, y + ROW / 2 - 6, 12, 12), theme.acc)
        put("state", t(f"order.{item.state}"), theme.warn if unknown else value, bold=not quiet, shift=20)
        put("took", fmt.duration(item.took_ms) if item.took_ms else fmt.MISSING, theme.t2)
        put("note", item_note(item), theme.t1 if not quiet else theme.t2)
        paint.hairline(p, 0, self.width(), y + ROW - 1, theme.line)

    def _untouched(self, p: QPainter, row: KillRow, rect: QRectF) -> None:
        theme = self.look.theme
        paint.box(p, rect, theme.bg2, radius=4)
        foreign = [o for o in self.mirror.orders.values() if o.kind == "foreign" and o.state in ("working", "partial")]
        if len(foreign) == 1:
            one = foreign[0]
            which = t("kill.which", code=fmt.bare(one.code), side=t(f"side.{one.side}"), volume=one.volume,
                      price=fmt.price(one.price, one.code))  # fmt: skip
        else:
            which = ""
        words = t("kill.untouched", n=row.untouched, which=which) if row.untouched else t("kill.untouched_none")
        paint.text(p, rect.adjusted(14, 0, -8, 0), words, theme.t1, fonts.SMALL, elide=True)


def item_note(item: KillItem) -> str:
    """What a person would want to know about that order."""
    if unsure(item):
        return t(f"kill.note_{item.state}")
    if not item.done:
        return t("kill.note_waiting" if item.state in _CANCELLING else "kill.note_not_sent")
    if item.state == "filled":
        return t("kill.note_filled")
    if item.filled:
        return t("kill.note_part", filled=item.filled, left=item.left)
    return ""


def spinner(p: QPainter, rect: QRectF, value: str) -> None:
    """The open ring of something in flight; it does not turn, its row's age does."""
    path = QPainterPath()
    path.arcMoveTo(rect, 60)
    path.arcTo(rect, 60, 270)
    p.save()
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(paint.color(value), 2.0)
    line.setCapStyle(Qt.PenCapStyle.RoundCap)
    p.setPen(line)
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawPath(path)
    p.restore()


class KillSheet(Sheet):
    """Shows `mirror.kill` or, until the trader told it, that it is waited for; putting it away changes nothing."""

    wide = 820
    high = 560

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, look)
        self.commands = commands
        self.progress = Progress(mirror, look, self.body)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 18, 0, 14)
        column.addWidget(self.progress)
        self.copy = ActButton(look, t("kill.copy"), parent=self.card)
        self.copy.clicked.connect(self._copy)
        self.cancel.say(t("kill.put_away"))
        self.add_button(self.cancel)
        self.add_button(self.copy)
        self.add_button(self.cancel)
        self.go.drop_hint()
        self.arm_button(t("kill.lift"), "plain")
        self._told = mirror.kill is not None
        self.copy.setEnabled(self._told)
        mirror.kill_changed.connect(self._changed)
        mirror.link_changed.connect(self.progress.update)
        mirror.orders_changed.connect(self._orders_changed)

    def title(self) -> str:
        return t("kill.title" if self.mirror.kill is not None else "kill.button")

    def blocked(self) -> str:
        row = self.mirror.kill
        if row is None:
            return t("kill.reading")
        if self.mirror.link != "attached":
            return t("kill.frozen")
        left = sum(not item.done for item in row.items)
        if left:
            return t("kill.cut_off" if self._cut_off() else "kill.not_yet", n=left)
        return "" if row.done else t("kill.checking")

    def _cut_off(self) -> bool:
        """Whether no cancel can reach the counter just now."""
        return self.mirror.status is not None and self.mirror.status.lamp_trade == "blind"

    def paint_head(self, p: QPainter, line: QRectF) -> None:
        theme = self.look.theme
        path = QPainterPath()
        path.addRoundedRect(QRectF(0.5, 0.5, self.card.width() - 1, HEAD + 10), 8, 8)
        p.save()
        p.setClipRect(QRectF(0, 0, self.card.width(), HEAD))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillPath(path, paint.color(theme.solid))
        p.restore()
        paint.octagon(p, 24, HEAD / 2, theme.on_solid, 28)
        row = self.mirror.kill
        right = 0.0
        if row is not None and row.took_ms:
            age = fmt.duration(row.took_ms)
            right = paint.text(p, line, age, theme.on_solid, fonts.TITLE, bold=True, align=paint.RIGHT) + 16
        room = line.width() - 44 - right
        paint.text(p, QRectF(68, 6, room, 26), self.title(), theme.on_solid, fonts.TITLE, bold=True)
        paint.text(p, QRectF(68, 31, room, 18), self._since(row), theme.on_solid, fonts.SMALL, elide=True)

    def _since(self, row: KillRow | None) -> str:
        if row is None:
            return t("kill.step1_wait")
        by = t(f"word.{row.by}") if row.by in ("button", "key", "file", "loss") else row.by
        return t("kill.since", at=fmt.clock_ms(row.at), by=by)

    def confirm(self) -> None:
        LiftSheet(self.host, self.mirror, self.commands, self.look).open()

    def _changed(self) -> None:
        if self.mirror.kill is None and self._told:
            self.leave()
            return
        self._told = self.mirror.kill is not None
        self.copy.setEnabled(self._told)
        self.setAccessibleName(self.title())
        self.progress.update()
        self.recheck()

    def _orders_changed(self, _keys: frozenset[str]) -> None:
        self.progress.update()

    def _copy(self) -> None:
        if self.mirror.kill is not None:
            QGuiApplication.clipboard().setText(record(self.mirror.kill))
            self.say_foot(t("kill.copied"))


class LiftSheet(WishSheet):
    """解除停止: riskier, so it shows what is there first and wants one word typed. It arms nothing again."""

    wide = 560
    high = 380
    needs_quotes = False

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, commands, look)
        self.word = self.ask_word("lift", "jiechu")
        self.arm_button(t("lift.go"), "primary")
        mirror.kill_changed.connect(self._changed)
        self._changed()

    def title(self) -> str:
        return t("lift.title")

    def open(self) -> None:
        super().open()
        self.word.setFocus()

    def missing(self) -> str:
        row = self.mirror.kill
        return "" if row is not None and row.done else t("kill.checking")

    def wish(self, done: Done) -> None:
        self.commands.lift_kill(done)

    def _changed(self) -> None:
        row = self.mirror.kill
        if row is None:
            return
        unknown = sum(unsure(item) for item in row.items)
        grids = sum(grid.state not in ("", "stopped") for grid in self.mirror.grids.values())
        lines = [
            (t("lift.confirmed"), t("lift.confirmed_n", n=confirmed(row), of=len(row.items)), False),
            (t("lift.unknown"), fmt.fixed(unknown, 1, 0), unknown > 0),
            (t("lift.foreign"), t("lift.foreign_n" if row.untouched else "lift.foreign_none", n=row.untouched), False),
            (t("lift.after"), t("lift.after_note"), False),
        ]
        if grids:
            lines.append((t("lift.grids"), fmt.fixed(grids, 1, 0), True))
        self.facts.say(tuple(lines))
        self.recheck()
