"""A bare window with the watchlist and the seal chart over an invented picture."""

import fake_trader as ft
import msgspec
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.desk.watch.seal_panel import SealPanel
from qmtdesk.desk.watch.watch_panel import WatchPanel
from qmtdesk.wire.rows import WatchRow

WAN = 10_000_000


class Desk(QWidget):
    """A window with nothing but the watchlist and the seal chart."""

    def __init__(self, picture: str = "main") -> None:
        super().__init__()
        self.mirror, self.look, self.commands = Mirror(), Look(), ft.FakeCommands()
        self.look.set(motion=False)
        self.panel = WatchPanel(self.mirror, self.commands, self.look, self)
        self.seal = SealPanel(self.mirror, self.commands, self.look, self)
        self.resize(1000, 800)
        self.panel.setGeometry(590, 60, 396, 460)
        self.seal.setGeometry(590, 526, 396, 270)
        ft.fill_mirror(self.mirror, picture)

    def click(self, qtbot: QtBot, rect: QRect, *, double: bool = False) -> None:
        act = qtbot.mouseDClick if double else qtbot.mouseClick
        act(self.panel.rows.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())

    def key(self, qtbot: QtBot, key: Qt.Key) -> None:
        qtbot.keyClick(self.panel.rows, key)

    def sheet(self) -> GuardSheet | None:
        return next((s for s in self.findChildren(GuardSheet) if not s.leaving), None)

    def put(self, **changes: object) -> WatchRow:
        row = msgspec.structs.replace(self.mirror.watches[ft.STOCK], **changes)
        self.mirror.apply([row])
        self.mirror.flush()
        return row


def shown_desk(qtbot: QtBot) -> Desk:
    """One that is on the screen."""
    made = Desk()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def entries(desk: Desk, code: str) -> dict[str, QAction]:
    """What the menu of a stock offers, by its words."""
    return {action.text(): action for action in desk.panel.menu_of(code).actions() if action.text()}
