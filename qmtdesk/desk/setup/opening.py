"""Opens the wizard over a desk, and does what its end asks for: go on here, or in another desk."""

from typing import TYPE_CHECKING

from qmtdesk.desk.setup.desk_setup import DeskSetup
from qmtdesk.desk.setup.setup_sheet import SetupSheet
from qmtdesk.desk.setup.setup_state import Step
from qmtdesk.desk.words.texts import t

if TYPE_CHECKING:
    from qmtdesk.desk.link.remember import Memory
    from qmtdesk.desk.shell.options import DeskOptions
    from qmtdesk.desk.shell.window import MainWindow
    from qmtdesk.wire.client import TraderLink

SIZE = "setup"


class SetupOpener:
    """One per desk."""

    def __init__(self, window: "MainWindow", memory: "Memory", link: "TraderLink", options: "DeskOptions") -> None:
        self._window, self._memory, self._link = window, memory, link
        self._options = options
        self._restarting = False
        self.setup = DeskSetup(options, window.look, self._here, self._elsewhere)
        window.mirror.link_changed.connect(self._link_changed)
        window.leaving.connect(self._close)

    def open(self, step: Step = "mode") -> SetupSheet:
        """Show it; the one that is open already is only raised."""
        for sheet in self._window.findChildren(SetupSheet):
            if not sheet.leaving:
                sheet.raise_()
                sheet.setFocus()
                return sheet
        window = self._window
        sheet = SetupSheet(window, window.mirror, window.look, self.setup, step)
        sheet.wide, sheet.high = self._memory.size_of(SIZE) or (sheet.wide, sheet.high)
        sheet.sized.connect(lambda wide, high: self._memory.keep_size(SIZE, wide, high))
        sheet.open()
        return sheet

    def _close(self, *_: object) -> None:
        for sheet in self._window.findChildren(SetupSheet):
            sheet.leave()

    # what the end asks for

    def _here(self) -> None:
        """The market this desk shows. A live trader takes up another choice only at its start."""
        if self._options.mode != "live":
            return
        if self._window.mirror.link != "attached":
            self._link.retry()
        elif self._window.goodbye.armed():
            self._window.note.say(t("setup.changed_live"))
        else:
            self._restarting = True
            self._link.stop_trader(force=False)

    def _link_changed(self, *_: object) -> None:
        if self._restarting and self._window.mirror.link != "attached":
            self._restarting = False
            self._link.retry()

    def _elsewhere(self) -> None:
        """The other desk is on its way; this one goes as its closing says."""
        self._window.window().close()
