"""导入转债名单: read by the trader, shown whole before it counts, and brought back with one press."""

import re
from datetime import date

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.list_pages import FoundPage, StartPage, WaitPage
from qmtdesk.desk.sheets.list_parts import fault_words
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.bond_talk import BondListAnswer, BondListWish, ReadBondList, TypeBond

WAIT_SHOWN_MS = 150
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ListSheet(Sheet):
    """`told` says what came of it: words, and whether the list before can be brought back."""

    told = Signal(str, bool)
    wide = 960
    high = 660

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, place: str = "") -> None:
        super().__init__(window, mirror, look)
        self._commands = commands
        self._wish: ReadBondList | None = None
        self._found: BondListAnswer | None = None
        self._waiting = self._again = False
        self.start, self.found, self.wait = StartPage(look, mirror.bond_list), FoundPage(look), WaitPage(look)
        self.pages = QStackedLayout(self.body)
        for page in (self.start, self.found, self.wait):
            self.pages.addWidget(page)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(WAIT_SHOWN_MS)
        self._slow.timeout.connect(self._show_wait)
        self._connect()
        self._show_start("")
        if place:
            self.read(place)

    def _connect(self) -> None:
        self.start.restore_wanted.connect(self.restore)
        self.start.sql_wanted.connect(lambda url, table: self.read(url, "sql", table))
        self.start.hand_wanted.connect(self.type_by_hand)
        self.found.unit_chosen.connect(lambda unit: self._ask_again(unit=unit))
        self.found.day_typed.connect(self._day_typed)
        self.found.columns.toggled.connect(self._toggle)
        self.mirror.bond_list_changed.connect(self._kept_changed)

    # what a sheet is asked

    def title(self) -> str:
        return t("list.title")

    def blocked(self) -> str:
        if self.mirror.link != "attached":
            return t("sheet.blind")
        page = self.pages.currentWidget()
        if page is not self.found:
            return ""
        if self._waiting:
            return t("sheet.computing")
        return self._wrong()

    def confirm(self) -> None:
        page = self.pages.currentWidget()
        if page is self.wait:
            self._commands.bond_list(BondListWish(what="stop"), lambda _answer: None)
        elif page is self.found and self._wish is not None and self._found is not None:
            self._wish = msgspec.structs.replace(self._wish, use=True, digest=self._found.digest)
            self._send()
        else:
            self.choose()

    def leave(self) -> None:
        if self._waiting:
            self._commands.bond_list(BondListWish(what="stop"), lambda _answer: None)
        super().leave()

    # what the user does

    def choose(self) -> None:
        """Ask for a file, without stopping anything else."""
        dialog = QFileDialog(self.host, t("list.dialog"), "", t("list.filter"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def read(self, place: str, source: str = "file", table: str = "") -> None:
        """Have the trader read it."""
        if not self._waiting:
            self._found = None
            self._wish = ReadBondList(source=source, place=place, table=table)
            self.found.day.clear()
            self._send()

    def restore(self) -> None:
        """The list before in force again."""
        self._commands.bond_list(BondListWish(what="restore"), self._restored)

    def type_by_hand(self, code: str, column: str, text: str) -> None:
        """One cell of one bond; without a text what was typed of that bond is taken away."""
        if not code:
            self.start.hand_note.say(t("list.hand_empty"), "warn")
            return
        wish = TypeBond(code=code, cells=((column, text),) if text else ())
        self._commands.bond_list(wish, lambda answer: self._typed(answer, code, gone=not text))

    def _toggle(self, header: str) -> None:
        left = set(self._wish.leave if self._wish is not None else ()) ^ {header}
        self._ask_again(leave=tuple(sorted(left)))

    def _day_typed(self, text: str) -> None:
        if self._wish is not None and text != self._wish.as_of and (not text or _is_day(text)):
            self._ask_again(as_of=text)
        self.recheck()

    def _ask_again(self, **said: object) -> None:
        if self._wish is None:
            return
        self._wish = msgspec.structs.replace(self._wish, **said)
        if self._waiting:
            self._again = True
        else:
            self._send()

    # the trader's answers

    def _send(self) -> None:
        wish = self._wish
        if wish is None:
            return
        self._waiting, self._again = True, False
        self._slow.start()
        self._commands.bond_list(wish, self._answered)
        self.recheck()

    def _answered(self, answer: BondListAnswer) -> None:
        self._slow.stop()
        self._waiting = False
        if self.leaving:
            return
        if self._wish is not None and self._wish.use:
            self._wish = msgspec.structs.replace(self._wish, use=False)
        if self._again:
            self._send()
        elif answer.used:
            self.told.emit(t("list.done", name=answer.name, n=answer.good), True)
            self.leave()
        elif answer.columns:
            self._show_found(answer)
        else:
            self._show_start(fault_words(answer.refused) if answer.refused is not None else "")

    def _restored(self, answer: BondListAnswer) -> None:
        if answer.refused is not None:
            self._show_start(fault_words(answer.refused))
            return
        name = answer.name or t("list.before_empty")
        self.told.emit(t("list.restored", name=name, n=answer.good), False)
        self.leave()

    def _typed(self, answer: BondListAnswer, code: str, *, gone: bool) -> None:
        if answer.refused is not None:
            unit = answer.refused.fault == "unit_asked"
            self.start.hand_note.say(t("list.hand_unit") if unit else fault_words(answer.refused), "warn")
            return
        self.start.value.clear()
        self.start.hand_note.say(t("list.hand_gone" if gone else "list.hand_done", code=code), "t1")

    # what is shown

    def _show_start(self, failed: str) -> None:
        self.pages.setCurrentWidget(self.start)
        self.start.failed.say(failed)
        self.start.show_kept(self.mirror.bond_list)
        self.arm_button(t("list.choose"), "primary")
        self.say_foot("")

    def _show_wait(self) -> None:
        if self._found is None:
            self.wait.row = self.mirror.bond_list
            self.pages.setCurrentWidget(self.wait)
            self.arm_button(t("list.stop"), "plain")

    def _show_found(self, answer: BondListAnswer) -> None:
        self._found = answer
        left = frozenset(self._wish.leave if self._wish is not None else ())
        self.pages.setCurrentWidget(self.found)
        # what the user must still say stands at the foot, what is wrong with the list on its page
        refused = answer.refused
        asked = refused is not None and refused.fault in ("unit_asked", "no_date")
        self.found.show_list(answer, left, "" if refused is None or asked else fault_words(refused))
        self.arm_button(t("list.use", n=answer.good), "primary")
        self.say_foot(t("list.day_old") if self._is_old(answer.as_of) else "")

    def _is_old(self, day: str) -> bool:
        screen = self.mirror.screen
        return bool(day and screen is not None and screen.data_as_of and day < screen.data_as_of)

    def _wrong(self) -> str:
        if self._found is None:
            return t("sheet.computing")
        typed = self.found.day.text().strip()
        if self.found.day.isVisibleTo(self) and typed and not _is_day(typed):
            return t("list.day_bad")
        return fault_words(self._found.refused) if self._found.refused is not None else ""

    def _kept_changed(self) -> None:
        row = self.mirror.bond_list
        self.wait.row = row
        self.wait.update()
        self.start.show_kept(row)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
