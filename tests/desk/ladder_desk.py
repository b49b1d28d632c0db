"""A ladder panel and what it hangs on, for tests that drive it by rows and keys."""

from typing import Any

import fake_trader as ft

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder.ladder_panel import LadderPanel
from qmtdesk.desk.link.mirror import Mirror


class Desk:
    """A panel and what it hangs on."""

    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.mirror, self.commands, self.look = Mirror(), ft.FakeCommands(), Look()
        self.panels: list[LadderPanel] = []

    def open(self, picture: str = "main", size: tuple[int, int] = (662, 568)) -> LadderPanel:
        ft.fill_mirror(self.mirror, picture)
        panel = LadderPanel(self.mirror, self.commands, self.look)
        self.qtbot.addWidget(panel)
        self.panels.append(panel)
        panel.resize(*size)
        with self.qtbot.waitExposed(panel):
            panel.show()
        return panel

    def feed(self, *rows: Any) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()

    def tick(self, last: int, **more: Any) -> None:
        self.feed(ft.quote(ft.BOND, last, 75, **more))

    def wished(self, kind: type) -> list[Any]:
        return [wish for wish in self.commands.wished if isinstance(wish, kind)]
