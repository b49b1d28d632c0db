"""启动网格: what a grid would do with the money, before it may; for a running one, what new settings would change."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedLayout, QVBoxLayout, QWidget

from qmtdesk.desk import format as fmt
from qmtdesk.desk.commands import Commands
from qmtdesk.desk.controls import Fold, Tick
from qmtdesk.desk.field_words import (
    AMOUNT,
    BONDS,
    CASH_CAP,
    LOWER_STOP,
    PRICE,
    RANGE,
    ROLLS,
    STEP,
    TRAIL,
    say_bad,
)
from qmtdesk.desk.fields import Field
from qmtdesk.desk.grid_form import differences
from qmtdesk.desk.grid_paint import Fall, Outcome, Summary
from qmtdesk.desk.guard_paint import Label, Named
from qmtdesk.desk.inputs import Choice, UnitField
from qmtdesk.desk.look import Look
from qmtdesk.desk.mirror import Mirror
from qmtdesk.desk.preview_sheet import PreviewSheet
from qmtdesk.desk.texts import t
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, Spacing, StopHow
from qmtdesk.wire.talk import Ack, GridPreview

_LOT = 10
_LABEL = 76


class GridSheet(PreviewSheet[GridPlan, GridPreview]):
    """Opened for one bond. A running grid is stopped (own orders cancelled) and started again with what changed."""

    wide = 1120
    high = 700

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str) -> None:
        row = mirror.grids.get(code)
        self.running = row if row is not None and row.armed else None
        held = mirror.positions.get(code)
        bond = mirror.bonds.get(code)
        position = held.can_use if held is not None else bond.position if bond is not None else 0
        self._adoptable = position // _LOT * _LOT
        plan = row.plan if row is not None else GridPlan(code=code)
        if self.running is not None:
            plan = replace(plan, adopt=self.running.held)
        super().__init__(window, mirror, commands, look, code, plan)
        self._build()
        self._connect()
        self.say_foot(t("grid.foot_running") if self.running is not None else t("grid.foot"))
        self.arm_button(t("grid.restart") if self.running is not None else t("grid.start"), "primary")
        self.request()

    def _build(self) -> None:
        look, plan, body = self.look, self.plan, self.body
        self.base = Choice(look, self._bases(), plan.base.value, body)
        self.base_price = self._field(PRICE, plan.base_price or self.mirror.last(self.code) or 100_000, "unit.yuan")
        self.step = self._field(STEP, plan.step_bp, "unit.percent")
        self.range = UnitField(look, RANGE, plan.range_bp, t("unit.percent"), sign="±", parent=body)
        self.amount = self._field(AMOUNT, plan.amount, "unit.yuan")
        self.cash_cap = self._field(CASH_CAP, plan.cash_cap, "unit.yuan")
        self.max_position = self._field(BONDS, plan.max_position, "unit.bonds")
        self.live = Choice(
            look, tuple((str(n), t("grid.per_side", n=n)) for n in range(1, 7)), str(plan.live_per_side), body
        )
        self.below = Choice(
            look,
            (("sleep", t("grid.sleep")), ("stop", t("grid.sell_below"))),
            "stop" if plan.lower_stop else "sleep",
            body,
        )
        self.lower_stop = self._field(LOWER_STOP, plan.lower_stop, "unit.yuan")
        self.after_close = Choice(
            look,
            (("stop", t("grid.close_stop")), ("keep", t("grid.close_keep"))),
            "keep" if plan.keep_armed else "stop",
            body,
        )
        self.first = Tick(look, t("grid.first"), on=plan.first_buy, parent=body)
        self.adopt = Tick(look, t("grid.adopt_none"), on=plan.adopt > 0, parent=body)
        self.adopt.setEnabled(self._adoptable > 0)
        if self._adoptable:
            self.adopt.say(t("grid.adopt", volume=fmt.volume(self._adoptable, self.code)))
        self.spacing = Choice(look, tuple((s.value, t(f"plan.{s.value}")) for s in Spacing), plan.spacing.value, body)
        self.mode = Choice(look, tuple((m.value, t(f"plan.{m.value}")) for m in GridMode), plan.mode.value, body)
        self.unit = self._field(BONDS, plan.unit, "unit.bonds", none=t("grid.unit_auto"))
        self.min_position = self._field(BONDS, plan.min_position, "unit.bonds")
        self.trail = self._field(TRAIL, plan.trail_bp, "unit.percent", none=t("grid.off"))
        self.rolls = self._field(ROLLS, plan.rolls_per_day, "unit.times", none=t("grid.off"))
        self.sell_only = Tick(look, t("grid.sell_only"), on=plan.sell_only, parent=body)
        self.auction = Tick(look, t("grid.auction"), on=plan.auction_start, note=t("grid.auction_note"), parent=body)
        self.more = Fold(look, t("grid.more"), self._turn, body)
        self.summary = Summary(look, body)
        self.fall = Fall(look, self.code, body)
        self.outcome = Outcome(look, self.code, body)
        self._lay_out()

    def _field(self, field: Field, value: int, unit: str, none: str = "") -> UnitField:
        return UnitField(
            self.look,
            field,
            value,
            t(unit),
            none=none or t("plan.none"),
            parent=self.body,
        )

    def _bases(self) -> tuple[tuple[str, str], ...]:
        quote = self.mirror.quotes.get(self.code)
        held = self.mirror.positions.get(self.code)
        prices = {
            BaseKind.PREV_CLOSE: quote.prev_close if quote is not None else 0,
            BaseKind.LAST: quote.last if quote is not None else 0,
            BaseKind.COST: held.cost if held is not None else 0,
        }
        return tuple(
            (
                kind.value,
                f"{t(f'plan.{kind.value}')} {fmt.price(prices[kind], self.code)}"
                if kind in prices
                else t("plan.typed"),
            )
            for kind in BaseKind
        )

    def _lay_out(self) -> None:
        front, back = QWidget(self.body), QWidget(self.body)
        self._rows(
            front,
            (
                ("plan.base", self._pair(self.base, self.base_price)),
                ("plan.step_bp", self.step),
                ("plan.range_bp", self.range),
                ("plan.amount", self.amount),
                ("plan.cash_cap", self.cash_cap),
                ("plan.max_position", self.max_position),
                ("plan.live_per_side", self.live),
                ("plan.lower_stop", self._pair(self.below, self.lower_stop)),
                ("plan.keep_armed", self.after_close),
            ),
            (self.first, self.adopt),
        )
        self._rows(
            back,
            (
                ("plan.mode", self.mode),
                ("plan.spacing", self.spacing),
                ("plan.unit", self.unit),
                ("plan.min_position", self.min_position),
                ("plan.trail_bp", self.trail),
                ("plan.rolls_per_day", self.rolls),
            ),
            (self.sell_only, self.auction),
        )
        self._pages = QStackedLayout()
        self._pages.addWidget(front)
        self._pages.addWidget(back)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(Label(self.look, t("grid.settings"), self.body))
        left.addLayout(self._pages, 1)
        left.addWidget(self.more)
        left.addWidget(self.summary)
        line = QHBoxLayout(self.body)
        line.setContentsMargins(0, 14, 0, 12)
        line.setSpacing(44)
        line.addLayout(left, 274)
        line.addWidget(self.fall, 332)
        line.addWidget(self.outcome, 370)

    def _rows(self, page: QWidget, rows: tuple[tuple[str, QWidget], ...], ticks: tuple[Tick, ...]) -> None:
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for key, control in rows:
            column.addWidget(Named(self.look, t(key), control, page, _LABEL))
        for tick in ticks:
            column.addWidget(tick)
        column.addStretch(1)

    def _pair(self, choice: Choice, field: UnitField) -> QWidget:
        """A choice and, for one of its answers, a number beside it."""
        both = QWidget(self.body)
        line: QLayout = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(choice)
        line.addWidget(field)
        line.setAlignment(field, Qt.AlignmentFlag.AlignTop)
        return both

    def _connect(self) -> None:
        for field in self._fields():
            field.changed.connect(self._edited)
        for choice in (self.base, self.live, self.below, self.after_close, self.spacing, self.mode):
            choice.chosen.connect(lambda _: self._edited())
        for tick in (self.first, self.adopt, self.sell_only, self.auction):
            tick.toggled.connect(lambda _: self._edited())
        self._show_extra()

    def _fields(self) -> list[UnitField]:
        return [
            self.base_price, self.step, self.range, self.amount, self.cash_cap, self.max_position, self.lower_stop,
            self.unit, self.min_position, self.trail, self.rolls,
        ]  # fmt: skip

    # words

    def title(self) -> str:
        return t("grid.title_running") if self.running is not None else t("grid.title")

    def bad_field(self) -> str:
        for field in self._fields():
            if field.bad is not None and not field.isHidden():
                return say_bad(field.bad, field.field, field.unit)
        if not self.cash_cap.bad and 0 < self.cash_cap.value < self.amount.value and self.first.isChecked():
            return t("grid.cap_below_first")
        return ""

    def blocked(self) -> str:
        first = super().blocked()
        if not first and self.running is not None and not differences(self.running.plan, self.plan):
            return t("grid.no_changes")
        return first

    def quiet(self) -> tuple[str, ...]:
        return (*super().quiet(), t("grid.no_changes"))

    # what the user does

    def _turn(self, opened: bool) -> None:  # noqa: FBT001
        self._pages.setCurrentIndex(1 if opened else 0)

    def _show_extra(self) -> None:
        self.base_price.setVisible(self.base.value == BaseKind.TYPED.value)
        self.lower_stop.setVisible(self.below.value == "stop")

    def _edited(self) -> None:
        self._show_extra()
        typed = self.base.value == BaseKind.TYPED.value
        plan = replace(
            self.plan,
            mode=GridMode(self.mode.value),
            base=BaseKind(self.base.value),
            base_price=self.base_price.value if typed else self.plan.base_price,
            spacing=Spacing(self.spacing.value),
            step_bp=self.step.value,
            range_bp=self.range.value,
            amount=self.amount.value,
            unit=self.unit.value,
            live_per_side=int(self.live.value),
            max_position=self.max_position.value,
            min_position=self.min_position.value,
            cash_cap=self.cash_cap.value,
            lower_stop=self.lower_stop.value if self.below.value == "stop" else 0,
            sell_only=self.sell_only.isChecked(),
            first_buy=self.first.isChecked(),
            adopt=self._adopted(),
            keep_armed=self.after_close.value == "keep",
            auction_start=self.auction.isChecked(),
            rolls_per_day=self.rolls.value,
            trail_bp=self.trail.value,
        )
        self.change(plan)

    def _adopted(self) -> int:
        if not self.adopt.isChecked():
            return 0
        return self.running.held if self.running is not None else self._adoptable

    # what is shown

    def shown(self, preview: GridPreview) -> None:
        plan = self.answer.plan if self.answer is not None else self.plan
        self.fall.show_preview(plan, preview)
        self.outcome.show_preview(plan, preview)
        if self.running is not None:
            self.outcome.show_differences(differences(self.running.plan, plan))
        self.base.set_options(self._bases())
        if preview.first_volume:
            self.first.say(t("grid.first_volume", volume=fmt.volume(preview.first_volume, self.code)))
        else:
            self.first.say(t("grid.first"))
        self.summary.say(
            t(
                "grid.summary",
                spacing=t(f"plan.{plan.spacing.value}"),
                up=preview.levels_up,
                down=preview.levels_down,
                unit=fmt.volume(preview.unit, self.code),
            )
        )

    # the trader

    def ask(self, plan: GridPlan, number: int) -> None:
        self.commands.preview_grid(plan, lambda preview: self.took(plan, number, preview))

    def send(self, plan: GridPlan) -> None:
        if self.running is None:
            self.commands.arm_grid(plan, self.sent)
            return

        def stopped(ack: Ack) -> None:
            if ack.ok:
                self.commands.arm_grid(plan, self.sent)
            else:
                self.sent(ack)

        self.commands.disarm_grid(self.code, StopHow.CANCEL, stopped)
