"""The second page of the guard sheet: the other rules, what each does, and how a sale is followed up."""

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import Tick
from qmtdesk.desk.brush.field_words import CONFIRM, SECONDS, SLIPPAGE, SNAPSHOTS, say_bad
from qmtdesk.desk.brush.fields import Field
from qmtdesk.desk.brush.inputs import Choice, UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.sheets.guard_form import RULES, RuleForm, rule_of, with_rule
from qmtdesk.desk.sheets.guard_paint import Named
from qmtdesk.desk.sheets.guard_timed import ROWS, TimedRow, timed_of
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, RuleId, RuleSetting
from qmtdesk.domain.replacing import replace

_KINDS: dict[str, tuple[Field, str]] = {
    "percent": (Field(scale=100, low=1, high=100_000, suffixes=(("%", 100),)), "unit.percent"),
    "seconds": (Field(scale=1000, low=1000, high=600_000), "unit.seconds"),
    "times": (Field(scale=1, low=1, high=50), "unit.times"),
    "ticks": (Field(scale=1, low=1, high=1000), "unit.ticks"),
}
_CANCELS_AT = next(at for at, form in enumerate(RULES) if form.rule is RuleId.R5)
_SAME = "same"
VALUE = 104


@dataclass(frozen=True, slots=True)
class _Line:
    """The controls of one rule, and what it was set to before."""

    tick: Tick
    value: UnitField
    action: Choice
    before: RuleSetting


class RulesPage(QWidget):
    """Edits a copy; `apply` puts it into a plan. A rule does what R1 does, or has an action of its own."""

    changed = Signal()

    def __init__(self, look: Look, plan: GuardPlan, parent: QWidget) -> None:
        super().__init__(parent)
        self._forms: dict[RuleForm, _Line] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        for at, form in enumerate(RULES):
            # the line after R5's is its choice of figure
            self._rule(look, plan, form, grid, at + (at > _CANCELS_AT))
            if at == _CANCELS_AT:
                self._gross = self._gross_choice(look, plan, grid)
        self.confirm = UnitField(look, CONFIRM, plan.confirm, t("unit.snapshots"), parent=self)
        self.readiness = Choice(
            look, tuple((r.value, t(f"ready.{r.value}")) for r in Readiness), plan.readiness.value, self
        )
        self.snapshots = UnitField(look, SNAPSHOTS, plan.snapshots, t("unit.snapshots"), parent=self)
        self.ask_for = UnitField(look, SECONDS, plan.ask_timeout_ms, t("unit.seconds"), parent=self)
        self.follow = UnitField(look, SECONDS, plan.follow_up_ms, t("unit.seconds"), parent=self)
        self.slip = UnitField(look, SLIPPAGE, plan.slippage_bp, t("unit.percent"), parent=self)
        self.closing = Tick(look, t("guard.closing"), on=plan.closing_auction, parent=self)
        self.keep = Tick(look, t("guard.keep"), on=plan.keep_armed, parent=self)
        names = {
            "guard.readiness": self.readiness,
            "guard.snapshots": self.snapshots,
            "guard.confirm": self.confirm,
            "guard.ask_for": self.ask_for,
            "guard.follow": self.follow,
            "guard.slip": self.slip,
        }
        for at, (key, control) in enumerate(names.items()):
            grid.addWidget(Named(look, t(key), control, self, 74), at, 4)
        self._timed_rows(look, plan, grid, len(names))
        grid.addWidget(self.closing, len(names) + ROWS, 4)
        grid.addWidget(self.keep, len(names) + ROWS + 1, 4)
        for column, wide in ((0, 292), (1, VALUE), (2, 100), (3, 4)):
            grid.setColumnMinimumWidth(column, wide)
        grid.setColumnStretch(4, 1)
        for field in self._fields():
            field.changed.connect(self.changed)
        self.readiness.chosen.connect(lambda _: self.changed.emit())
        self._gross.toggled.connect(lambda _: self.changed.emit())
        self.closing.toggled.connect(lambda _: self.changed.emit())
        self.keep.toggled.connect(lambda _: self.changed.emit())

    def _rule(self, look: Look, plan: GuardPlan, form: RuleForm, grid: QGridLayout, at: int) -> None:
        setting = rule_of(plan, form)
        name = form.rule.value
        tick = Tick(look, t(f"rule.{name}"), on=setting.on, note=t(f"rule.{name}_note"), parent=self)
        field, unit = _KINDS[form.kind]
        value = UnitField(look, field, setting.threshold or form.usual.threshold, t(unit), parent=self)
        value.setFixedWidth(VALUE)
        value.setEnabled(setting.on)
        tick.toggled.connect(value.setEnabled)
        tick.toggled.connect(lambda _: self.changed.emit())
        actions = ((_SAME, t("rule.same")), *((a.value, t(f"action.{a.value}")) for a in GuardAction))
        own = setting.on and setting.action is not plan.action
        action = Choice(look, actions, setting.action.value if own else _SAME, self)
        action.setAccessibleName(t("rule.action", rule=t(f"rule.{name}")))
        action.setEnabled(setting.on)
        tick.toggled.connect(action.setEnabled)
        action.chosen.connect(lambda _: self.changed.emit())
        self._forms[form] = _Line(tick, value, action, setting)
        grid.addWidget(tick, at, 0)
        grid.addWidget(value, at, 1)
        grid.addWidget(action, at, 2)

    def _gross_choice(self, look: Look, plan: GuardPlan, grid: QGridLayout) -> Tick:
        form = RULES[_CANCELS_AT]
        setting, tick = rule_of(plan, form), self._forms[form].tick
        gross = Tick(look, t("rule.r5_gross"), on=setting.gross, note=t("rule.r5_gross_note"), parent=self)
        gross.setEnabled(setting.on)
        tick.toggled.connect(gross.setEnabled)
        inner = QHBoxLayout()
        inner.setContentsMargins(26, 0, 0, 0)
        inner.addWidget(gross)
        grid.addLayout(inner, _CANCELS_AT + 1, 0, 1, 3)
        return gross

    def _timed_rows(self, look: Look, plan: GuardPlan, grid: QGridLayout, at: int) -> None:
        shown = (*plan.timed[:ROWS], *(None,) * ROWS)[:ROWS]
        self._timed = tuple(TimedRow(look, timed, plan.threshold, self) for timed in shown)
        self._timed_rest = plan.timed[ROWS:]
        for number, row in enumerate(self._timed):
            grid.addWidget(Named(look, "" if number else t("guard.timed"), row, self, 74), at + number, 4)
            row.changed.connect(self.changed)

    def agree(self, plan: GuardPlan) -> None:
        """What was chosen on the front stands here too, or the next `apply` would take it back."""
        with QSignalBlocker(self.readiness), QSignalBlocker(self.snapshots):
            self.readiness.set_value(plan.readiness.value)
            if self.snapshots.bad is None and self.snapshots.value != plan.snapshots:
                self.snapshots.set_value(plan.snapshots)
        if timed_of(self._timed, self._timed_rest) != plan.timed:
            by_minute = {timed.from_minute: timed for timed in plan.timed}
            self._timed_rest = tuple(by_minute.get(timed.from_minute, timed) for timed in self._timed_rest)
            for row in self._timed:
                row.agree(by_minute)

    def say_cancels(self, *, told: bool, gross_bp: int) -> None:
        """Which figure R5 judges by. `told`: there is Level-2; its gross share of the queue is −1 where not known."""
        figure = t("figure.exact" if told and self._gross.isChecked() else "figure.estimated")
        self._forms[RULES[_CANCELS_AT]].tick.say(
            t("rule.r5"), t("rule.r5_note_figure", note=t("rule.r5_note"), figure=figure)
        )
        note = t("rule.r5_gross_note")
        if gross_bp >= 0:
            note = t("rule.r5_gross_now", share=fmt.percent(gross_bp, 0))
        elif self._gross.isChecked() and not told:
            note = t("rule.r5_gross_none")
        self._gross.say(t("rule.r5_gross"), note)

    def _fields(self) -> list[UnitField]:
        rules = [line.value for line in self._forms.values()]
        numbers = [self.confirm, self.snapshots, self.ask_for, self.follow, self.slip]
        return [*rules, *numbers, *(row.threshold for row in self._timed)]

    def bad_field(self) -> str:
        """The first field that is wrong, in words."""
        for field in self._fields():
            if field.bad is not None and field.isEnabled():
                return say_bad(field.bad, field.field, field.unit)
        return ""

    def apply(self, plan: GuardPlan) -> GuardPlan:
        """The plan with what stands here; a field that is wrong keeps its last good value."""
        for line in self._forms.values():
            action = plan.action if line.action.value == _SAME else GuardAction(line.action.value)
            setting = replace(line.before, on=line.tick.isChecked(), threshold=line.value.value, action=action)
            if setting.rule is RuleId.R5:
                setting = replace(setting, gross=self._gross.isChecked())
            if setting.on or any(other.rule is setting.rule for other in plan.rules):
                plan = with_rule(plan, setting)
        return replace(
            plan,
            confirm=self.confirm.value,
            readiness=Readiness(self.readiness.value),
            snapshots=self.snapshots.value,
            ask_timeout_ms=self.ask_for.value,
            follow_up_ms=self.follow.value,
            slippage_bp=self.slip.value,
            closing_auction=self.closing.isChecked(),
            keep_armed=self.keep.isChecked(),
            timed=timed_of(self._timed, self._timed_rest),
        )
