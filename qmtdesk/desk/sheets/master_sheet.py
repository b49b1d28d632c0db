"""打开总开关: riskier, so it says first what may trade again."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.guard_paint import Facts
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import say, t
from qmtdesk.wire.talk import Ack


class MasterSheet(Sheet):
    """Only ever turns it on; turning it off needs no sheet."""

    wide = 560
    high = 270

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, look)
        self.commands = commands
        self._sending = False
        self._refusal = ""
        self.facts = Facts(look, self.body, 110)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 16, 0, 12)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.say_foot(t("master.foot"))
        self.arm_button(t("master.go"), "primary")
        mirror.status_changed.connect(self._show)
        self._show()

    def title(self) -> str:
        return t("master.title")

    def blocked(self) -> str:
        first = super().blocked()
        if first:
            return first
        return t("sheet.sending") if self._sending else self._refusal

    def confirm(self) -> None:
        self._sending = True
        self.recheck()
        self.commands.set_master(True, self._sent)

    def _sent(self, ack: Ack) -> None:
        self._sending = False
        if ack.ok:
            self.leave()
            return
        self._refusal = say(ack.reason) if ack.reason is not None else t("sheet.refused")
        self.recheck()

    def _show(self) -> None:
        status = self.mirror.status
        if status is None:
            return
        grids = status.grids_running + status.grids_asleep + status.grids_sell_only
        self.facts.say(
            (
                (t("master.grids"), fmt.fixed(grids, 1, 0), False),
                (t("master.guards"), fmt.fixed(status.guards_armed, 1, 0), False),
                (t("master.orders"), t("stop.orders", n=status.live_orders), False),
                (t("master.then"), t("master.then_note"), False),
            )
        )
        self.recheck()
