"""实盘验收: walks the first live day step by step and shows what was found of each assumption."""

from PySide6.QtWidgets import QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.brush.wrap import Cause
from qmtdesk.desk.link.commands import Commands, Done
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.wish_sheet import WishSheet
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.wire.live_talk import TrialRow
from qmtdesk.wire.texts_trial import ASSUMPTIONS

WISHES = {
    "none": "begin",
    "asset": "same",
    "order": "order",
    "cancel": "cancel",
    "relogin": "closing",
    "report": "report",
    "done": "end",
}
OTHERS = {"asset": "other", "working": "end", "relogin": "skip", "lost": "skip", "back": "skip"}


class TrialSheet(WishSheet):
    """One button goes on, another one says no or skips; what the trader does meanwhile is shown as it comes."""

    wide = 720
    high = 560
    needs_quotes = False
    label_wide = 300

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look) -> None:
        super().__init__(window, mirror, commands, look)
        self.what = Cause(look, self.body, self.wide - 48)
        self.column.insertWidget(0, self.what)
        self.word = self.ask_word("trial", "yanshou")
        self._typed = self.typed
        self.other = ActButton(look, "", parent=self.card)
        self.other.clicked.connect(self._other)
        self.add_button(self.other)
        self.say_foot(t("trial.foot"))
        for signal in (mirror.trial_changed, mirror.status_changed, mirror.second_passed):
            signal.connect(self._show)
        self._show()

    def title(self) -> str:
        return t("trial.title")

    def open(self) -> None:
        super().open()
        if self.step == "order":
            self.word.setFocus()

    def subject(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """Of the trial, or of the bond that is chosen for one."""
        return self.mirror.trial.code or self.mirror.selected_bond

    @property
    def step(self) -> str:
        """What the trial waits for, 'none' before it began."""
        return self.mirror.trial.step or "none"

    @property
    def elsewhere(self) -> bool:
        """Whether this window trades no real account, so that nothing of QMT can be found out here."""
        return self.mirror.status is not None and not self.is_live()

    def missing(self) -> str:
        if self.elsewhere:
            return t("trial.not_live")
        return "" if self.code else t("trial.no_code")

    def wish(self, done: Done) -> None:
        self.commands.trial(WISHES[self.step], self.code, done)

    def granted(self) -> None:
        self.word.clear()
        self.forget_refusal()
        if self.step == "done":
            self.leave()
        else:
            self._show()

    def _other(self) -> None:
        self.commands.trial(OTHERS[self.step], self.code)

    def _show(self) -> None:
        if self.leaving:
            return
        row, step = self.mirror.trial, self.step
        self.typed = self._typed if step == "order" else None
        if self._typed is not None:
            begins = step == "order" and self._typed.isHidden()
            self._typed.setVisible(step == "order")
            if begins:
                self.word.setFocus()
        self.what.say(t("trial.do_elsewhere") if self.elsewhere else self._words(row, step))
        self.facts.say(_lines(row))
        self.arm_button(t(f"trial.go_{step}") if step in WISHES else "", "primary")
        self.go.setVisible(step in WISHES)
        self.other.setVisible(step in OTHERS and not self.elsewhere)
        if step in OTHERS:
            key = f"trial.other_{step}"
            self.other.say(t(key if key in TEXTS else "trial.other_relogin"))
        self.recheck()

    def _words(self, row: TrialRow, step: str) -> str:
        status, code = self.mirror.status, self.code
        money = (status.total, status.cash) if status is not None else (0, 0)
        return t(
            f"trial.do_{step}",
            name=self.mirror.name(code) if code else fmt.MISSING,
            total=fmt.money(money[0]),
            cash=fmt.money(money[1]),
            volume=fmt.volume(row.volume, code) if code else "",
            price=fmt.price(row.price, code),
            last=fmt.price(row.last, code),
            cost=fmt.money(row.price * row.volume),
            age=fmt.duration(max(self.mirror.clock() - row.since, 0)),
            path=row.report,
        )


def _lines(row: TrialRow) -> tuple[tuple[str, str, bool], ...]:
    """Each assumption with what was found of it; before the trial began, only what will be looked at."""
    if not row.findings:
        return tuple((t(f"trial.found_{name}"), fmt.MISSING, False) for name in ASSUMPTIONS)
    return tuple(
        (t(f"trial.found_{name}"), _found(verdict, detail), verdict == "other")
        for name, verdict, detail in row.findings
    )


def _found(verdict: str, detail: str) -> str:
    if verdict == "none":
        return fmt.MISSING
    words = t(f"trial.verdict_{verdict}")
    return f"{words} · {detail}" if detail else words
