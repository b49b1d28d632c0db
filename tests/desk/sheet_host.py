"""A window with a top bar and a kill button, on an invented picture, for tests of sheets."""

from typing import Any

import fake_trader as ft
from PySide6.QtWidgets import QPushButton, QWidget

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.sheet_base import TOP_NAME


class Host(QWidget):
    """Counts how often its kill button was pressed."""

    def __init__(self, picture: str = "killed") -> None:
        super().__init__()
        self.mirror, self.look, self.commands = Mirror(), Look(), ft.FakeCommands()
        self.look.set(motion=False)
        self.pressed = 0
        self.top = QWidget(self)
        self.top.setObjectName(TOP_NAME)
        self.top.setGeometry(0, 0, 1280, 56)
        self.kill = QPushButton("kill", self.top)
        self.kill.clicked.connect(self._press)
        self.stop = QPushButton("stop", self)
        self.resize(1280, 720)
        ft.fill_mirror(self.mirror, picture)

    def _press(self) -> None:
        self.pressed += 1

    def resizeEvent(self, event: Any) -> None:
        self.top.resize(self.width(), 56)
        self.kill.setGeometry(self.width() - 160, 8, 150, 40)
        self.stop.setGeometry(self.width() - 500, 100, 70, 26)
        super().resizeEvent(event)

    def tell(self, *rows: Any) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()
