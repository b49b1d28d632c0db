"""打开总开关: riskier, so it says first what may trade again."""

from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror, grids_armed
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import say_short, t


class MasterSheet(WishSheet):
    """Only ever turns it on; turning it off needs no sheet. What was suspended as a whole goes on with it."""

    wide = 560
    high = 290

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, commands, look)
        self.say_foot(t("master.foot"))
        self.arm_button(t("master.go"), "primary")
        mirror.status_changed.connect(self._show)
        self._show()

    def title(self) -> str:
        return t("master.title")

    def wish(self, done: Done) -> None:
        self.commands.set_master(True, done)

    def _show(self) -> None:
        status = self.mirror.status
        if status is None:
            return
        lines = [
            (t("master.grids"), fmt.fixed(grids_armed(status), 1, 0), False),
            (t("master.guards"), fmt.fixed(status.guards_armed, 1, 0), False),
            (t("master.orders"), t("stop.orders", n=status.live_orders), False),
            (t("master.then"), t("master.then_note"), False),
        ]
        held = self.mirror.suspension("")
        if held is not None:
            lines.append((t("master.held"), say_short(held.reason), True))
        self.facts.say(tuple(lines))
        self.recheck()
