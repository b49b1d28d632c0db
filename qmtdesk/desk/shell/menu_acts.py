"""What the entries of the menu and of the jump box do."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from qmtdesk.desk.link.settings import CloseHow
from qmtdesk.desk.sheets.health_sheet import HealthSheet
from qmtdesk.desk.sheets.help_sheet import HelpSheet
from qmtdesk.desk.sheets.info_sheet import AboutSheet
from qmtdesk.desk.sheets.list_parts import fault_words
from qmtdesk.desk.sheets.live_sheet import LiveSheet
from qmtdesk.desk.sheets.master_sheet import MasterSheet
from qmtdesk.desk.sheets.sheets import show_clear, show_list
from qmtdesk.desk.sheets.trial_sheet import TrialSheet
from qmtdesk.desk.shell.float_window import FloatWindow
from qmtdesk.desk.shell.help_here import here
from qmtdesk.desk.shell.menu import build
from qmtdesk.desk.shell.strip_words import unsaid
from qmtdesk.desk.words.texts import say, t
from qmtdesk.wire.bond_talk import BondListAnswer, BondListWish
from qmtdesk.wire.talk import Ack

if TYPE_CHECKING:
    from qmtdesk.desk.shell.window import MainWindow


class MenuActs(QObject):
    """Holds what only the menu sets: the scale of the next start, and the tabs' own window."""

    def __init__(self, window: "MainWindow", scale: int) -> None:
        super().__init__(window)
        self._window = window
        self.scale = scale
        self._float: FloatWindow | None = None

    def show(self) -> None:
        """Open the menu under its button."""
        window = self._window
        menu = build(window, self.scale, self.does)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        button = window.top.menu
        corner = button.mapToGlobal(button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), -4))

    def does(self, name: str) -> None:
        """One entry, by name; KeyError for a name the menu does not have."""
        kind, _, value = name.partition(":")
        window = self._window
        plain: dict[str, Callable[[], object]] = {
            "restore": window.panes.share_out,
            "full": window.full_screen,
            "float": self.float_tabs,
            "keys": lambda: HelpSheet(window, window.mirror, window.look, here(window)).open(),
            "about": lambda: AboutSheet(window, window.mirror, window.look).open(),
            "theme": lambda: window.look.set(dark=not window.look.dark),
            "sound": lambda: window.set_sound(not window.alerts.sound),
            "master": self.master,
            "quit": window.window().close,
            "doubts": window.show_doubts,
            "release": self.release,
            "bond_list": self.bond_list,
            "clear": self.clear,
            "health": lambda: HealthSheet(window, window.mirror, window.look).open(),
            "bundle": self.bundle,
            "trial": lambda: TrialSheet(window, window.mirror, window.commands, window.look).open(),
            "setup": window.setup_wanted.emit,
        }
        if kind == "tab":
            window.tabs.show_tab(int(value))
        elif kind == "close":
            window.goodbye.remember(msgspec.convert(value, CloseHow))
        elif kind == "scale":
            self.scale = int(value)
            window.scale_chosen.emit(self.scale)
        else:
            plain[kind]()

    def master(self) -> None:
        """Off at once; on only from a sheet that says what then trades again, with real money after its word."""
        window, status = self._window, self._window.mirror.status
        if status is not None and unsaid(status):
            LiveSheet(window, window.mirror, window.commands, window.look).open()
        elif status is not None and status.master:
            window.commands.set_master(False, window.answered)
        else:
            MasterSheet(window, window.mirror, window.commands, window.look).open()

    def release(self) -> None:
        """Everything where that is suspended, else the first code that is; a note where nothing is."""
        window = self._window
        waiting = window.mirror.status.suspended if window.mirror.status is not None else ()
        if waiting:
            window.release(min(each.code for each in waiting))
        else:
            window.note.say(t("release.nothing"))

    def bundle(self) -> None:
        """What whoever helps needs to see, in one file; where it lies is said at the foot."""
        window = self._window
        window.note.say(t("bundle.making"))
        window.commands.make_bundle(self._bundled)

    def _bundled(self, ack: Ack) -> None:
        note, reason = self._window.note, ack.reason
        if not ack.ok or reason is None:
            self._window.answered(ack)
            return
        folder = QUrl.fromLocalFile(str(Path(str(reason.get("path"))).parent))
        note.say(say(reason), t("bundle.show"), lambda: QDesktopServices.openUrl(folder))

    def bond_list(self, place: str = "") -> None:
        """The sheet that imports a bond list; what came of it is said at the foot, with the way back."""
        window = self._window
        sheet = show_list(window, window.mirror, window.commands, window.look, place)
        sheet.told.connect(self._list_told)

    def clear(self) -> None:
        """The sheet of holdings that are not on the list."""
        window = self._window
        show_clear(window, window.mirror, window.commands, window.look).told.connect(window.note.say)

    def _list_told(self, words: str, undo: bool) -> None:  # noqa: FBT001 - a signal's argument
        window = self._window
        if undo:
            window.note.say(words, t("list.undo"), self._list_back)
        else:
            window.note.say(words)

    def _list_back(self) -> None:
        def told(answer: BondListAnswer) -> None:
            if answer.refused is not None:
                self._window.note.warn(fault_words(answer.refused))
                return
            name = answer.name or t("list.before_empty")
            self._list_told(t("list.restored", name=name, n=answer.good), undo=False)

        self._window.commands.bond_list(BondListWish(what="restore"), told)

    def float_tabs(self) -> None:
        """The tabs in a window of their own, for a second monitor; closing it brings them back."""
        if self._float is not None:
            self._float.close()
            return
        self._float = FloatWindow(self._window.tabs, self._window.look, self._tabs_back)
        self._float.show()

    def _tabs_back(self) -> None:
        self._float = None
        self._window.panes.take_back(self._window.tabs)
