"""What the entries of the menu and of the jump box do."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt

from qmtdesk.desk.sheets.help_sheet import HelpSheet
from qmtdesk.desk.sheets.info_sheet import AboutSheet
from qmtdesk.desk.sheets.master_sheet import MasterSheet
from qmtdesk.desk.shell.float_window import FloatWindow
from qmtdesk.desk.shell.help_here import here
from qmtdesk.desk.shell.menu import build

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
        }
        if kind == "tab":
            window.tabs.show_tab(int(value))
        elif kind == "scale":
            self.scale = int(value)
            window.scale_chosen.emit(self.scale)
        else:
            plain[kind]()

    def master(self) -> None:
        """Off at once; on only from a sheet that says what then trades again."""
        window = self._window
        if window.mirror.status is not None and window.mirror.status.master:
            window.commands.set_master(False, window.answered)
        else:
            MasterSheet(window, window.mirror, window.commands, window.look).open()

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
