"""A bare window over an invented picture, for tests of the two sheets that arm."""

from typing import Any

import fake_trader as ft
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.domain.messages import ArmGrid, ArmGuard

WAN = 10_000_000
IDLE = "123144.SZ"


class Host(QWidget):
    """A bare window as sheets need one."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror, self.look, self.commands = Mirror(), Look(), ft.FakeCommands()
        self.look.set(motion=False)
        self.field = QWidget(self)
        self.field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.resize(1280, 720)
        ft.fill_mirror(self.mirror)

    def armed(self) -> list[Any]:
        return [w for w in self.commands.wished if isinstance(w, ArmGuard | ArmGrid)]


def shown_host(qtbot: QtBot) -> Host:
    """One that is on the screen and has the keyboard."""
    made = Host()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def ready(qtbot: QtBot, sheet: Sheet) -> None:
    """Until the sheet's button lives."""
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
