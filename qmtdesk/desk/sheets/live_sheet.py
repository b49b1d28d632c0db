"""开始实盘: once per run, before anything can be started with real money."""

from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import Segments
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.wrap import Cause
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror, grids_armed
from qmtdesk.desk.sheets.guard_paint import Label
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.texts_live import LIVE_WORD
from qmtdesk.wire.rows import StatusRow

YES, NO, OPEN = "yes", "no", ""


class LiveSheet(WishSheet):
    """Wants the link, the account, the answer about the report (kept for ever) and the word; switches nothing on."""

    wide = 600
    needs_quotes = False
    label_wide = 150

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        self.high = 430 if mirror.status is None or not mirror.status.reported_day else 320
        super().__init__(window, mirror, commands, look)
        self.report: Segments | None = None
        if mirror.status is None or not mirror.status.reported_day:
            self._ask_report()
        self.word = self.ask_word("live", "shipan")
        self.say_foot(t("live.foot"))
        self.arm_button(t("live.go"), "primary")
        for signal in (mirror.status_changed, mirror.health_changed):
            signal.connect(self._show)
        self._show()

    def title(self) -> str:
        return t("live.title")

    def open(self) -> None:
        super().open()
        (self.word if self.report is None else self.report).setFocus()

    def missing(self) -> str:
        status = self.mirror.status
        if status is None or status.lamp_trade == "blind":
            return t("live.wait_link")
        if status.ready in ("starting", "reconciling"):
            return t("live.wait_account")
        unanswered = self.report is not None and self.report.value != YES
        return t("live.first_answer") if unanswered else ""

    def quiet(self) -> tuple[str, ...]:
        return (*super().quiet(), t("live.first_answer"), t("live.wait_account"))

    def wish(self, done: Done) -> None:
        self.commands.go_live(LIVE_WORD, self.report is not None and self.report.value == YES, done)

    def _ask_report(self) -> None:
        self.report = Segments(self.look, ((NO, t("live.question_no")), (YES, t("live.question_yes"))), OPEN, self.body)
        self.report.setAccessibleName(t("live.question"))
        self.report.chosen.connect(lambda _: self._answered_report())
        self.column.addWidget(Label(self.look, t("live.question"), self.body))
        self.column.addWidget(self.report)
        self.help = Cause(self.look, self.body, self.wide - 48)
        self.help.hide()
        self.column.addWidget(self.help)

    def _answered_report(self) -> None:
        self.forget_refusal()
        said_no = self.report is not None and self.report.value == NO
        self.help.setVisible(said_no)
        if said_no:
            self.help.say(t("live.question_help"))
        else:
            self.word.setFocus()
        self.recheck()

    def _show(self) -> None:
        status = self.mirror.status
        if status is not None and not self.leaving:
            self.facts.say(self._facts(status))
            self.recheck()

    def _facts(self, status: StatusRow) -> tuple[tuple[str, str, bool], ...]:
        linked = status.lamp_trade != "blind"
        known = status.ready not in ("starting", "reconciling")
        grids, guards = grids_armed(status), status.guards_armed
        armed = t("live.armed_some", grids=grids, guards=guards) if grids or guards else t("live.armed_none")
        account = t("live.account_yes", cash=fmt.money(status.cash)) if known else t("live.account_no")
        lines = [
            (t("live.connected"), t("live.connected_yes" if linked else "live.connected_no"), not linked),
            (t("live.account"), f"{status.account} · {account}", not known),
            (t("live.armed"), armed, bool(grids or guards)),
        ]
        if status.reported_day:
            lines.append((t("live.question"), t("live.question_done", day=status.reported_day), False))
        return tuple(lines)
