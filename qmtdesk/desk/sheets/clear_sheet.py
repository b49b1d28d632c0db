"""清理: what is held and not on the list, ticked by the user and sold at no less than the price he saw."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton, Tick
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.clear_table import HEAD, SHARES, ClearTable, tickable
from qmtdesk.desk.sheets.list_pages import Line
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.messages import ClearRow
from qmtdesk.wire.clear_talk import ClearLine, ClearList
from qmtdesk.wire.talk import Ack


class Columns(QWidget):
    """The names of the table's columns."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(HEAD)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        paint.box(p, QRectF(self.rect()), theme.bg2, radius=3)
        room = self.width() - 14
        for key, (left, right) in SHARES.items():
            cell = QRectF(left * room, 0, (right - left) * room, HEAD)
            align = paint.LEFT if key == "name" else paint.RIGHT
            paint.text(p, cell, t(f"clear.col_{key}"), theme.t3, fonts.SMALL, align=align, elide=True)
        p.end()


class ClearSheet(WishSheet):
    """Asks for the list again each second, so that what is confirmed is what is shown. `told` says what was begun."""

    told = Signal(str)
    wide = 1000
    high = 620

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, commands, look)
        self.list: ClearList | None = None
        self._asking = False
        self._outdated = False
        self.head, self.total = Line(look, tone="t1"), Line(look, tone="t1")
        self.columns, self.table = Columns(look), ClearTable(look)
        self.whole = Tick(look, t("clear.whole"), note=t("clear.whole_note"), parent=self.body)
        self.all = ActButton(look, t("clear.all"), parent=self.card)
        self.add_button(self.all)
        self.column.takeAt(self.column.count() - 1)
        self.facts.hide()
        self.warning = Line(look, tone="warn")
        for widget in (self.head, self.columns, self.table, self.whole, self.warning, self.total):
            self.column.addWidget(widget)
        self.warning.hide()
        self.column.setSpacing(6)
        self.column.setStretchFactor(self.table, 1)
        self.cancel.say(t("sheet.close"))
        self.say_foot(t("clear.note"))
        self.table.ticked.connect(self._ticked)
        self.table.stop_wanted.connect(self._stop)
        self.whole.clicked.connect(lambda: self.commands.keep_whole(self.whole.isChecked(), self._kept))
        self.all.clicked.connect(lambda: self.table.tick_all(on=not self._all_ticked()))
        for signal in (mirror.second_passed, mirror.link_changed):
            signal.connect(self._ask)
        self._show()
        self._ask()

    def open(self) -> None:
        super().open()
        self.table.setFocus()

    # what a sheet is asked

    def title(self) -> str:
        return t("clear.title")

    def missing(self) -> str:
        if self.list is None:
            return t("clear.loading")
        if self._outdated:
            return t("clear.changed")
        if not any(map(tickable, self.list.lines)):
            return t("clear.nothing_to_tick") if self.list.lines else t("clear.empty")
        return "" if self.ticked() else t("clear.nothing_ticked")

    def quiet(self) -> tuple[str, ...]:
        passing = ("clear.loading", "clear.nothing_ticked", "clear.empty")
        return (*super().quiet(), *map(t, passing))

    def wish(self, done: Done) -> None:
        rows = tuple(ClearRow(line.code, line.volume, line.floor) for line in self.ticked())
        self.commands.clear(rows, done)

    def granted(self) -> None:
        self.told.emit(t("clear.done", n=len(self.ticked())))
        self.leave()

    def ticked(self) -> list[ClearLine]:
        """The rows to be sold."""
        return [line for line in self.table.lines if line.code in self.table.chosen]

    # the trader's answers

    def _ask(self, *_: object) -> None:
        if self._asking or self.leaving or self.mirror.link != "attached":
            # an answer that went with its trader never comes
            self._asking = self._asking and self.mirror.link == "attached"
            return
        self._asking = True
        self.commands.list_clear(self._listed)

    def _listed(self, answer: ClearList | Ack) -> None:
        self._asking = False
        if self.leaving or self._sending:
            return
        if isinstance(answer, Ack):
            # no list, and why; what was shown stays until there is one
            if answer.reason is not None:
                self.say_foot(say(answer.reason))
            return
        self.list = answer
        self._outdated = self.table.show_lines(answer.lines, self._empty(answer)) or (
            self._outdated and not self.ticked()
        )
        self._show()

    def _kept(self, ack: Ack) -> None:
        if not ack.ok and ack.reason is not None:
            self.say_foot(say(ack.reason))
        self._ask()

    def _stop(self, code: str) -> None:
        def stopped(ack: Ack) -> None:
            self.say_foot(t("clear.stopped") if ack.ok or ack.reason is None else say(ack.reason, code))
            self._ask()

        self.commands.stop_clearing(code, stopped)

    # what is shown

    def _ticked(self) -> None:
        self._outdated = False
        self.forget_refusal()
        self._show()

    def _all_ticked(self) -> bool:
        return all(line.code in self.table.chosen for line in self.table.lines if tickable(line))

    def _empty(self, answer: ClearList) -> tuple[str, ...]:
        words = [t("clear.empty")]
        if answer.others and not answer.whole:
            words.append(t("clear.empty_others", n=answer.others))
        if answer.busy:
            words.append(t("clear.empty_busy", n=answer.busy))
        return tuple(words)

    def _show(self) -> None:
        answer, rows = self.list, self.ticked()
        some = any(map(tickable, self.table.lines))
        self.all.setVisible(some)
        self.all.say(t("clear.none" if some and self._all_ticked() else "clear.all"))
        volume, count = fmt.fixed(sum(line.volume for line in rows), 1, 0), len(rows)
        self.arm_button(t("clear.go", n=count, volume=volume) if rows else t("clear.go_none"), "sell")
        money, fee = fmt.money(sum(line.proceeds for line in rows)), fmt.money(sum(line.fee for line in rows))
        self.total.say(t("clear.total", n=count, volume=volume, money=money, fee=fee) if rows else self._apart())
        self.columns.setVisible(bool(self.table.lines))
        if answer is None:
            self.head.say(t("clear.loading"), "t2")
        else:
            self._show_head(answer)
        self.recheck()

    def _show_head(self, answer: ClearList) -> None:
        name = t("clear.original") if answer.screen == "original" else answer.screen
        key = "clear.head_old" if answer.data_old else "clear.head"
        words = t(key, name=name, n=answer.listed, day=answer.as_of or t("clear.day_unknown"))
        self.head.say(words, "warn" if answer.data_old else "t1")
        self.whole.setChecked(answer.whole)
        self.whole.say(t("clear.whole"), "" if answer.whole else t("clear.whole_note"))
        self.warning.say(t("clear.whole_warn") if answer.whole else "")

    def _apart(self) -> str:
        """With nothing ticked: what is not listed, and why."""
        return " · ".join(self._empty(self.list)[1:]) if self.list is not None and self.table.lines else " "
