"""Orders in doubt: which, since when, what was asked; ask now, or decide with a typed word."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.shell.table_columns import source_words
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.order import LISTED
from qmtdesk.wire.rows import OrderRow
from qmtdesk.wire.talk import Ack

ROW = 26
FOREIGN_REF = "x"
"""What stands before the counter's number in the ref of an order of somebody else."""
HEAD = 24
SHOWN = 4
_SHARES = {
    "order": (0.0, 0.22),
    "side": (0.22, 0.31),
    "price": (0.31, 0.43),
    "volume": (0.44, 0.56),
    "source": (0.60, 0.76),
    "since": (0.75, 0.85),
    "looks": (0.86, 1.0),
}
_RIGHT = frozenset({"price", "volume", "since", "looks"})


def next_words(mirror: Mirror) -> str:
    """When the broker is asked next, or how long it has not answered."""
    status = mirror.status
    if status is None or not status.next_ask:
        return t("doubt.cannot")
    now = mirror.clock()
    if status.asked_at:
        return t("doubt.now", age=fmt.duration(max(now - status.asked_at, 0)))
    return t("doubt.next", age=fmt.duration(max(status.next_ask - now, 0)))


def looks_words(row: OrderRow) -> str:
    """What the broker said of it so far."""
    if row.looks == LISTED:
        return t("doubt.listed")
    return t("doubt.looks", n=row.looks) if row.looks else t("doubt.looks_none")


def lookalikes(mirror: Mirror, row: OrderRow) -> list[OrderRow]:
    """Orders at the counter that nobody claims and that may be this one, in the order they came.

    One that is told without a price may be any.
    """
    like = (row.code, row.side, row.price, row.volume)
    strangers = (each for each in mirror.orders.values() if each.kind == "foreign")
    alike = (s for s in strangers if (s.code, s.side, s.price or row.price, s.volume) == like)
    return sorted(alike, key=lambda each: each.at)


class DoubtList(QWidget):
    """One row an order; a click or ↑↓ chooses. `chosen` when the choice moved to another order."""

    chosen = Signal()

    def __init__(self, mirror: Mirror, look: Look, parent: QWidget, ref: str) -> None:
        super().__init__(parent)
        self._mirror, self._look = mirror, look
        self.rows: list[OrderRow] = []
        self.ref = ref
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def refresh(self) -> None:
        """Read the orders again; a choice that is gone goes to the oldest."""
        self.rows = self._mirror.doubts()
        if self.row is None:
            self._choose(self.rows[0].ref if self.rows else "")
        more = 20 if len(self.rows) > SHOWN else 1
        self.setFixedHeight(HEAD + min(max(len(self.rows), 2), SHOWN) * ROW + more)
        self.setAccessibleName("; ".join(self._plain(row) for row in self.rows) or t("doubt.none"))
        self.update()

    @property
    def row(self) -> OrderRow | None:
        """The chosen order."""
        return next((row for row in self.rows if row.ref == self.ref), None)

    def _choose(self, ref: str) -> None:
        if ref != self.ref:
            self.ref = ref
            self.update()
            self.chosen.emit()

    def _first(self) -> int:
        """The row shown on top, so that the chosen one is in sight."""
        at = next((n for n, row in enumerate(self.rows) if row.ref == self.ref), 0)
        return max(min(at - SHOWN + 1, len(self.rows) - SHOWN), 0)

    def _plain(self, row: OrderRow) -> str:
        return " ".join((row.name, t(f"side.{row.side}"), fmt.price(row.price, row.code), str(row.volume)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not step or not self.rows:
            event.ignore()
            return
        at = next((n for n, row in enumerate(self.rows) if row.ref == self.ref), 0)
        self._choose(self.rows[min(max(at + step, 0), len(self.rows) - 1)].ref)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._first() + int((event.position().y() - HEAD) // ROW)
        if event.position().y() >= HEAD and at < min(len(self.rows), self._first() + SHOWN):
            self._choose(self.rows[at].ref)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        paint.box(p, QRectF(0, 0, self.width(), HEAD), theme.bg2, radius=3)
        for key in _SHARES:
            align = paint.RIGHT if key in _RIGHT else paint.LEFT
            paint.text(p, self._cell(key, 0, HEAD), t(f"doubt.col_{key}"), theme.t3, fonts.SMALL, align=align)
        if not self.rows:
            paint.text(p, QRectF(0, HEAD, self.width(), ROW * 2), t("doubt.none"), theme.t2, align=paint.CENTRE)
        first = self._first()
        for at, row in enumerate(self.rows[first : first + SHOWN]):
            self._paint_row(p, row, HEAD + at * ROW)
        if len(self.rows) > SHOWN:
            words = t("doubt.more", n=len(self.rows) - SHOWN)
            paint.text(p, QRectF(8, HEAD + SHOWN * ROW, self.width() - 16, 20), words, theme.t2, fonts.SMALL)
        if self.hasFocus():
            paint.box(p, QRectF(self.rect()), outline=theme.acc, radius=3, width=1.5)
        p.end()

    def _cell(self, key: str, y: float, high: float) -> QRectF:
        left, right = _SHARES[key]
        room = self.width() - 16
        return QRectF(8 + left * room, y, (right - left) * room, high)

    def _paint_row(self, p: QPainter, row: OrderRow, y: float) -> None:
        theme = self._look.theme
        if row.ref == self.ref:
            paint.selected_row(p, QRectF(0, y, self.width(), ROW), theme)
        cell = self._cell("order", y, ROW)
        wide = paint.text(p, cell, row.name or self._mirror.name(row.code), theme.t1, bold=True, elide=True)
        paint.text(p, cell.adjusted(wide + 8, 0, 0, 0), fmt.bare(row.code), theme.t2, fonts.SMALL, elide=True)
        buy = row.side == "buy"
        value = theme.up if buy else theme.dn
        side = self._cell("side", y, ROW)
        paint.triangle(p, side.left(), side.center().y(), buy, value, 6)
        paint.text(p, side.adjusted(11, 0, 0, 0), t(f"side.{row.side}"), value, bold=True)
        age = fmt.duration(max(self._mirror.clock() - row.updated_at, 0))
        for key, words, colour in (
            ("price", fmt.price(row.price, row.code), theme.t1),
            ("volume", fmt.volume(row.volume, row.code), theme.t1),
            ("source", source_words(row), theme.t2),
            ("since", age, theme.t1),
            ("looks", looks_words(row), theme.t1 if row.looks else theme.t2),
        ):
            align = paint.RIGHT if key in _RIGHT else paint.LEFT
            paint.text(p, self._cell(key, y, ROW), words, colour, align=align, elide=True)
        paint.hairline(p, 0, self.width(), y + ROW - 1, theme.line)


class DoubtSheet(WishSheet):
    """A word typed counts for the order chosen while it was typed: another choice wants it typed again."""

    wide = 820
    high = 470
    needs_quotes = False
    label_wide = 84

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, ref: str = "") -> None:
        super().__init__(window, mirror, commands, look)
        self.list = DoubtList(mirror, look, self.body, ref)
        self.column.insertWidget(0, self.list)
        self.word = self.ask_word("decide", "meiyou")
        self.ask = ActButton(look, t("doubt.ask"), parent=self.card)
        self.ask.clicked.connect(self._ask_now)
        self.claim = ActButton(look, t("doubt.claim"), parent=self.card)
        self.claim.clicked.connect(self._choose_number)
        self.add_button(self.claim)
        self.add_button(self.ask)
        self.cancel.say(t("sheet.close"))
        self.arm_button(t("doubt.go"), "primary")
        self.list.chosen.connect(self._other)
        for signal in (mirror.orders_changed, mirror.status_changed, mirror.second_passed):
            signal.connect(self._show)
        self._show()

    def open(self) -> None:
        super().open()
        self.list.setFocus()

    def title(self) -> str:
        return t("doubt.title")

    def missing(self) -> str:
        return "" if self.list.row is not None else t("doubt.none")

    def quiet(self) -> tuple[str, ...]:
        return (*super().quiet(), t("doubt.none"))

    def wish(self, done: Done) -> None:
        self.commands.decide_unknown(self.list.ref, done)

    def granted(self) -> None:
        """The list says what is left; with the next order the word is to be typed again."""
        self.word.clear()
        self._show()

    def head_more(self, p: QPainter, rest: QRectF) -> None:
        """No subject, so nothing behind it."""

    def paint_head(self, p: QPainter, line: QRectF) -> None:
        super().paint_head(p, line)
        left = fonts.width_of(self.title(), fonts.TITLE, True) + 20
        room = line.adjusted(left, 0, -110, 0)
        paint.text(p, room, next_words(self.mirror), self.look.theme.t2, fonts.SMALL, elide=True)

    def _ask_now(self) -> None:
        def asked(ack: Ack) -> None:
            if ack.ok:
                self.say_foot(t("decide.asked"))
            elif ack.reason is not None:
                self.say_foot(say(ack.reason))

        self.commands.ask_now(asked)

    def claims(self) -> QMenu:
        """The counter's orders this one may be, by their numbers; it deletes itself when closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self.list.row
        for other in lookalikes(self.mirror, row) if row is not None else ():
            number = other.ref.removeprefix(FOREIGN_REF)
            words = t("doubt.claim_one", number=number, at=fmt.clock(other.at), state=t(f"order.{other.state}"))
            menu.addAction(words, lambda number=number: self._claimed(number))
        return menu

    def _choose_number(self) -> None:
        self.claims().popup(self.claim.mapToGlobal(QPoint(0, self.claim.height() + 2)))

    def _claimed(self, number: str) -> None:
        """Nothing is given up by it, so no word is typed for it."""

        def done(ack: Ack) -> None:
            if not ack.ok:
                self.say_foot(say(ack.reason, self.list.row.code if self.list.row else "") if ack.reason else "")

        self.commands.decide_unknown(self.list.ref, done, number)

    def _other(self) -> None:
        self.word.clear()
        self.forget_refusal()
        self._show()

    def _show(self, *_: object) -> None:
        if self.leaving:
            return
        self.list.refresh()
        row = self.list.row
        self.claim.setVisible(row is not None and bool(lookalikes(self.mirror, row)))
        self.ask.setEnabled(self.mirror.link == "attached" and row is not None)
        if row is None:
            self.facts.say(())
        else:
            price, side = fmt.price(row.price, row.code), t(f"side.{row.side}")
            of = "doubt.listed" if row.looks == LISTED else "doubt"
            self.facts.say(
                (
                    (t("doubt.wait"), t(f"{of}.wait_note"), False),
                    (t("release.look"), t(f"{of}.check"), False),
                    (t("doubt.then"), t(f"{of}.then_note", price=price, side=side), False),
                    (t("doubt.late"), t(f"{of}.late_note"), True),
                )
            )
            self.arm_button(t(f"{of}.go"), "primary")
        self.recheck()
