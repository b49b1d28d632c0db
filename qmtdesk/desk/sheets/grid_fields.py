"""The settings of a grid as fields: each with its unit and range, together a plan."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import Fold, Tick
from qmtdesk.desk.brush.field_words import (
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
from qmtdesk.desk.brush.fields import Field
from qmtdesk.desk.brush.inputs import HEIGHT, Choice, UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.sheets.grid_own import Own
from qmtdesk.desk.sheets.grid_paint import Summary
from qmtdesk.desk.sheets.guard_paint import Label, Named
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, Spacing
from qmtdesk.domain.replacing import replace

_LABEL = 76
_NAMES = (
    "base", "step_bp", "range_bp", "amount", "cash_cap", "max_position", "lower_stop",
    "unit", "min_position", "trail_bp", "rolls_per_day", "adopt",
)  # fmt: skip
Options = tuple[tuple[str, str], ...]


class GridFields(QWidget):
    """Two pages: what everybody sets, and the rest. `prices` are what the bases stand at just now (厘).

    With a `lot` any part of what `own` offers may be taken over, in whole lots; without one all of it or nothing.
    `by_hand`: the user said what is taken over, or with no lot that nothing is; until then the fields follow `offer`.
    `first_by_hand`: he touched the tick of the first buy.
    """

    changed = Signal()

    def __init__(
        self,
        look: Look,
        plan: GridPlan,
        prices: dict[BaseKind, int],
        own: Own,
        parent: QWidget,
        *,
        lot: int = 0,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self._code = plan.code
        self._lot = lot
        self.own = own
        self.by_hand = self.first_by_hand = False
        self._front(plan, prices)
        self._back(plan)
        self.more = Fold(look, t("grid.more"), self._turn, self, back=t("sheet.back"))
        self.summary = Summary(look, self)
        self._lay_out()
        self.first.toggled.connect(self._took_first_in_hand)
        self.adopt.toggled.connect(self._took_in_hand)
        self.adopt_volume.changed.connect(self._took_in_hand)
        for field in self._fields():
            field.changed.connect(self._edited)
        for choice in (self.base, self.live, self.below, self.after_close, self.spacing, self.mode):
            choice.chosen.connect(self._edited)
        for tick in (self.first, self.adopt, self.sell_only, self.auction):
            tick.toggled.connect(self._edited)
        self._show_extra()

    def _front(self, plan: GridPlan, prices: dict[BaseKind, int]) -> None:
        self.base = self._choice(base_options(prices, self._code), plan.base.value)
        self.base_price = self._number(PRICE, plan.base_price or prices[BaseKind.LAST] or 100_000, "unit.yuan")
        self.step = self._number(STEP, plan.step_bp, "unit.percent")
        self.range = self._number(RANGE, plan.range_bp, "unit.percent", sign="±")
        self.amount = self._number(AMOUNT, plan.amount, "unit.yuan")
        self.cash_cap = self._number(CASH_CAP, plan.cash_cap, "unit.yuan")
        self.max_position = self._number(BONDS, plan.max_position, "unit.bonds")
        sides = {*range(1, 7), plan.live_per_side}
        self.live = self._choice(
            tuple((str(n), t("grid.per_side", n=n)) for n in sorted(sides)), str(plan.live_per_side)
        )
        below: Options = (("sleep", t("grid.sleep")), ("stop", t("grid.sell_below")))
        self.below = self._choice(below, "stop" if plan.lower_stop else "sleep")
        self.lower_stop = self._number(LOWER_STOP, plan.lower_stop, "unit.yuan")
        after: Options = (("stop", t("grid.close_stop")), ("keep", t("grid.close_keep")))
        self.after_close = self._choice(after, "keep" if plan.keep_armed else "stop")
        self.first = Tick(self.look, t("grid.first"), on=plan.first_buy, parent=self)
        most = self.own.most
        self.adopt = Tick(self.look, self._adopt_words(), on=plan.adopt > 0, parent=self)
        self.adopt.setEnabled(most > 0)
        self.adopt_volume = self._number(self._part(), plan.adopt or most, "unit.bonds")
        self.adopt_volume.setAccessibleName(t("plan.adopt"))

    def _adopt_words(self) -> str:
        key = "grid.adopt_part" if self._lot else "grid.adopt"
        most = self.own.most
        return t(key, volume=fmt.volume(most, self._code)) if most else t("grid.adopt_none")

    def _part(self) -> Field:
        return Field(scale=1, low=self._lot, high=self.own.most, step=self._lot or 1)

    def _back(self, plan: GridPlan) -> None:
        off = t("grid.off")
        self.spacing = self._choice(tuple((s.value, t(f"plan.{s.value}")) for s in Spacing), plan.spacing.value)
        self.mode = self._choice(tuple((m.value, t(f"plan.{m.value}")) for m in GridMode), plan.mode.value)
        self.unit = self._number(BONDS, plan.unit, "unit.bonds", none=t("grid.unit_auto"))
        self.min_position = self._number(BONDS, plan.min_position, "unit.bonds")
        self.trail = self._number(TRAIL, plan.trail_bp, "unit.percent", none=off)
        self.rolls = self._number(ROLLS, plan.rolls_per_day, "unit.times", none=off)
        self.sell_only = Tick(self.look, t("grid.sell_only"), on=plan.sell_only, parent=self)
        note = t("grid.auction_note")
        self.auction = Tick(self.look, t("grid.auction"), on=plan.auction_start, note=note, parent=self)

    def _choice(self, options: Options, value: str) -> Choice:
        return Choice(self.look, options, value, self)

    def _number(self, field: Field, value: int, unit: str, *, sign: str = "", none: str = "") -> UnitField:
        return UnitField(self.look, field, value, t(unit), sign=sign, none=none or t("plan.none"), parent=self)

    def _lay_out(self) -> None:
        # one that buys nothing says so where it is started, not behind a page that has to be opened
        only = (self.sell_only,) if self.sell_only.isChecked() else ()
        front = self._page(
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
            (self.first, self._beside(self.adopt, self.adopt_volume), *only),
        )
        back = self._page(
            (
                ("plan.mode", self.mode),
                ("plan.spacing", self.spacing),
                ("plan.unit", self.unit),
                ("plan.min_position", self.min_position),
                ("plan.trail_bp", self.trail),
                ("plan.rolls_per_day", self.rolls),
            ),
            (self.auction,) if only else (self.sell_only, self.auction),
        )
        self._pages = QStackedLayout()
        self._pages.addWidget(front)
        self._pages.addWidget(back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(Label(self.look, t("grid.settings"), self))
        column.addLayout(self._pages, 1)
        column.addWidget(self.more)
        column.addWidget(self.summary)

    def _page(self, rows: tuple[tuple[str, QWidget], ...], ticks: tuple[QWidget, ...]) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for key, control in rows:
            column.addWidget(Named(self.look, t(key), control, page, _LABEL))
        for tick in ticks:
            column.addWidget(tick)
        column.addStretch(1)
        return page

    def _pair(self, choice: Choice, field: UnitField) -> QWidget:
        """A choice and, for one of its answers, a number beside it."""
        both = QWidget(self)
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(choice, 1, Qt.AlignmentFlag.AlignTop)
        line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        return both

    def _beside(self, tick: Tick, field: UnitField) -> QWidget:
        """A tick and, while it is set, a number beside it."""
        both = QWidget(self)
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        tick.setFixedHeight(HEIGHT if self._lot else tick.height())
        line.addWidget(tick, 1, Qt.AlignmentFlag.AlignTop)
        line.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
        return both

    def _fields(self) -> list[UnitField]:
        return [
            self.base_price, self.step, self.range, self.amount, self.cash_cap, self.max_position, self.lower_stop,
            self.unit, self.min_position, self.trail, self.rolls, self.adopt_volume,
        ]  # fmt: skip

    def _turn(self, opened: bool) -> None:  # noqa: FBT001
        self._pages.setCurrentIndex(1 if opened else 0)

    def _show_extra(self) -> None:
        self.base_price.setVisible(self.base.value == BaseKind.TYPED.value)
        self.lower_stop.setVisible(self.below.value == "stop")
        self.adopt_volume.setVisible(self._lot > 0 and self.adopt.isChecked())

    def _took_in_hand(self, *_: object) -> None:
        self.by_hand = self._lot > 0 or not self.adopt.isChecked()

    def _took_first_in_hand(self) -> None:
        self.first_by_hand = True

    def offer(self, own: Own) -> bool:
        """Say what may be taken over by now, tick the grid's own unless the user had his say; whether it changed."""
        if own == self.own:
            return False
        self.own = own
        self.adopt.say(self._adopt_words())
        with QSignalBlocker(self.adopt), QSignalBlocker(self.adopt_volume):
            self.adopt_volume.bound(self._part())
            if not self.by_hand:
                self.adopt.setChecked(own.grids > 0)
                self.adopt_volume.set_value(own.grids or own.most)
        # what is ticked can be taken off again, whatever is left of it
        self.adopt.setEnabled(own.most > 0 or self.adopt.isChecked())
        self._show_extra()
        return True

    def leave_first_out(self) -> None:
        """The first buy is done: its tick goes without being an edit of the user's."""
        with QSignalBlocker(self.first):
            self.first.setChecked(False)

    def _edited(self, *_: object) -> None:
        self._show_extra()
        self.changed.emit()

    def bad_field(self) -> str:
        """What is wrong with the first field that is wrong, '' when none is."""
        for field, name in zip(self._fields(), _NAMES, strict=True):
            if field.bad is not None and not field.isHidden():
                return t("field.named", name=t(f"plan.{name}"), why=say_bad(field.bad, field.field, field.unit))
        if self.below.value == "stop" and not self.lower_stop.value:
            return t("grid.stop_empty")
        if 0 < self.cash_cap.value < self.amount.value and self.first.isChecked():
            return t("grid.cap_below_first")
        return ""

    def apply(self, plan: GridPlan) -> GridPlan:
        """The plan with what stands here; a field that is wrong keeps its last good value."""
        typed = self.base.value == BaseKind.TYPED.value
        return replace(
            plan,
            mode=GridMode(self.mode.value),
            base=BaseKind(self.base.value),
            base_price=self.base_price.value if typed else plan.base_price,
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
            adopt=self._adopted() if self.adopt.isChecked() else 0,
            keep_armed=self.after_close.value == "keep",
            auction_start=self.auction.isChecked(),
            rolls_per_day=self.rolls.value,
            trail_bp=self.trail.value,
        )

    def _adopted(self) -> int:
        return self.adopt_volume.value if self._lot else self.own.grids


def base_options(prices: dict[BaseKind, int], code: str) -> Options:
    """The bases with what they stand at."""
    words = {kind: f"{t(f'plan.{kind.value}')} {fmt.price(prices[kind], code)}" for kind in prices}
    return tuple((kind.value, words.get(kind, t(f"plan.{kind.value}"))) for kind in BaseKind)
