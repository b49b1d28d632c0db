"""启动网格: what a grid would do with the money, before it may; for a running one, what new settings would change."""

from dataclasses import dataclass
from time import monotonic_ns

from PySide6.QtWidgets import QHBoxLayout, QWidget

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import ActButton
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.said import told_preview
from qmtdesk.desk.sheets.grid_fields import GridFields, base_options
from qmtdesk.desk.sheets.grid_form import differences
from qmtdesk.desk.sheets.grid_own import LOT, live_own, may_stop, own_of
from qmtdesk.desk.sheets.grid_paint import Fall, Outcome
from qmtdesk.desk.sheets.preview_sheet import EDIT_MS, PreviewSheet
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.plans import BaseKind, GridPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.talk import Ack, GridPreview

PASSING = frozenset({Why.ALREADY_ARMED, Why.WAITING_CANCEL, Why.QUOTE_STALE, Why.RECONCILING})
"""What keeps a grid from starting again only for a moment: its own stop, a comparison, the snapshot after a break."""
COMPARING = because(Why.RECONCILING)
RESTART_MS = 30_000
"""So long cancels may take before new settings start by themselves on what was confirmed."""


@dataclass(frozen=True, slots=True)
class _Again:
    """A start that waits for the cancels, asked for at `asked` (monotonic ns).

    `takes`: over what the grid holds by then; `first`: by the user's word.
    """

    plan: GridPlan
    asked: int
    takes: bool
    first: bool


class GridSheet(PreviewSheet[GridPlan, GridPreview]):
    """Opened for one bond. A running grid is stopped (own orders cancelled) and started again with what changed."""

    wide = 1120
    high = 700

    def __init__(self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str) -> None:
        row = mirror.grids.get(code)
        self.running = row if row is not None and row.armed else None
        self._restart: _Again | None = None
        # from the press until what was typed is in force or its refusal stands at the foot
        self._changing = False
        # what a grid holds is its own again; what the user has beside a stopped one is offered, not taken
        own = own_of(mirror, code, running=self.running is not None)
        kept = mirror.pending.get(code) or (row.plan if row is not None else GridPlan(code=code))
        plan = replace(kept, adopt=own.grids)
        self._first_kept = kept.first_buy
        if self.running is not None and not self.running.first_left:
            # it has bought already: with other settings it goes on with what it holds, unless the user ticks it
            plan = replace(plan, first_buy=False)
        self._first_shown = plan.first_buy
        super().__init__(window, mirror, commands, look, code, plan)
        lot = 0 if self.running is not None else LOT
        self.settings = GridFields(look, plan, self._prices(), own, self.body, lot=lot)
        self.more = self.settings.more
        self.fall = Fall(look, code, self.body)
        self.outcome = Outcome(look, code, self.body)
        self._columns = line = QHBoxLayout(self.body)
        line.setContentsMargins(0, 14, 0, 12)
        line.addWidget(self.settings, 274)
        line.addWidget(self.fall, 332)
        line.addWidget(self.outcome, 370)
        self.settings.changed.connect(self._edited)
        for signal in (mirror.orders_changed, mirror.grid_changed, mirror.positions_changed):
            signal.connect(self._rows_changed)
        mirror.second_passed.connect(self._try_restart)
        self.later = ActButton(look, t("pending.save"), parent=self.card)
        self.later.setVisible(self.running is not None)
        self.later.clicked.connect(self._keep_for_later)
        self.add_button(self.later)
        self.say_foot(t("pending.foot") if self.running is not None else t("grid.foot"))
        self.arm_button(t("grid.restart") if self.running is not None else t("grid.start"), "primary")
        self.request()

    def _place(self) -> None:
        super()._place()
        # in a narrow window the air goes first, then the words beside the figures
        self._columns.setSpacing(44 if self.card.width() == self.wide else 24)

    def _prices(self) -> dict[BaseKind, int]:
        quote = self.mirror.quotes.get(self.code)
        held = self.mirror.positions.get(self.code)
        return {
            BaseKind.PREV_CLOSE: quote.prev_close if quote is not None else 0,
            BaseKind.LAST: quote.last if quote is not None else 0,
            BaseKind.COST: held.cost if held is not None else 0,
        }

    def title(self) -> str:
        return t("grid.title_running") if self.running is not None else t("grid.title")

    def bad_field(self) -> str:
        return self.settings.bad_field()

    def blocked(self) -> str:
        first = super().blocked()
        if first == say(COMPARING, self.code):
            return self._not_compared() or first
        if not first and self.running is not None and not self.changes():
            return t("grid.no_changes")
        if not first and self.running is not None and not may_stop(self.mirror, self.code):
            # it would be off for as long as that lasts, and start on figures of before
            return t("grid.no_cancels")
        return first or self._not_compared()

    def _not_compared(self) -> str:
        """Until the account has been compared nobody can tell what of a stopped grid's holding is still there."""
        row, status = self.mirror.grids.get(self.code), self.mirror.status
        if self.running is not None or row is None or not row.held or status is None or status.ready == "ready":
            return ""
        return t("grid.not_compared", volume=fmt.volume(row.held, self.code))

    def changes(self, plan: GridPlan | None = None) -> tuple[tuple[str, str, str], ...]:
        """What a start again with the plan (the sheet's own) would change; a first buy that is done is none."""
        running = self.running
        if running is None:
            return ()
        left = self.mirror.grids.get(self.code, running).first_left
        now = replace(running.plan, first_buy=running.plan.first_buy and left > 0)
        return differences(now, plan or self.plan)

    def recheck(self) -> None:
        super().recheck()
        running = self.running
        if running is not None:
            changed = self.plan_kept() != self.mirror.pending.get(self.code)
            self.later.setEnabled(changed and not self.bad_field() and not self._sending)

    def plan_kept(self) -> GridPlan | None:
        """What is to be kept for the next start: nothing when nothing differs from what runs."""
        if self.running is None:
            return None
        # that start is a new one: it buys first as it did, unless the tick was touched here
        first = self._first_kept if self.plan.first_buy is self._first_shown else self.plan.first_buy
        kept = replace(self.plan, adopt=0, first_buy=first)
        return kept if differences(self.running.plan, kept) else None

    def _keep_for_later(self) -> None:
        self.mirror.keep_plan(self.code, self.plan_kept())
        self.leave()

    def sent(self, ack: Ack) -> None:
        if ack.ok:
            self._changing = False
            self.mirror.keep_plan(self.code, None)
        super().sent(ack)

    def fade(self, old: bool) -> None:  # noqa: FBT001
        self.fall.fade(old)
        self.outcome.fade(old)

    def quiet(self) -> tuple[str, ...]:
        passing = say(COMPARING, self.code), t("grid.no_changes"), t("grid.no_cancels")
        return (*super().quiet(), *passing, self._not_compared())

    def _edited(self) -> None:
        self.change(self.settings.apply(self.plan))

    def shown(self, preview: GridPreview) -> None:
        plan = self.answer.plan if self.answer is not None else self.plan
        self.fall.show_preview(plan, preview)
        self.outcome.show_preview(plan, preview)
        if self.running is not None:
            self.outcome.show_differences(self.changes(plan))
        settings = self.settings
        settings.base.set_options(base_options(self._prices(), self.code))
        volume = fmt.volume(preview.first_volume, self.code)
        settings.first.say(t("grid.first_volume", volume=volume) if preview.first_volume else t("grid.first"))
        settings.summary.say(
            t(
                "grid.summary",
                spacing=t(f"plan.{plan.spacing.value}"),
                up=preview.levels_up,
                down=preview.levels_down,
                unit=fmt.volume(preview.unit, self.code),
            )
        )

    def ask(self, plan: GridPlan, number: int) -> None:
        self.commands.preview_grid(
            plan, lambda preview: self.took(plan, number, told_preview(self.mirror, preview, plan.code))
        )

    def confirm(self) -> None:
        if self.running is None:
            # rows may have come since the last picture: what starts is what was shown, or it is shown first
            self._follow()
            if self.blocked():
                return
        super().confirm()

    def send(self, plan: GridPlan) -> None:
        if self.running is None:
            self.commands.arm_grid(plan, self.sent)
            return

        self._changing = True
        again = _Again(plan, monotonic_ns(), takes=not self.settings.by_hand, first=self.settings.first_by_hand)

        def stopped(ack: Ack) -> None:
            if self.leaving:
                return
            if ack.ok:
                self._restart = again
                self._try_restart()
            else:
                self.sent(ack)

        row = self.mirror.grids.get(self.code)
        if row is not None and not row.armed:
            # it was stopped meanwhile, by this sheet or by somebody else
            self._restart = again
            self._try_restart()
            return
        self.commands.disarm_grid(self.code, StopHow.CANCEL, stopped)

    def _rows_changed(self, keys: frozenset[str]) -> None:
        if self.code in keys:
            self._follow()
        self._try_restart()

    def _follow(self) -> None:
        """Take for the grid's own what is so by now; the figures are asked for anew where that changes anything."""
        if self._took_own():
            self._edit.start(EDIT_MS)
            self.recheck()

    def _took_own(self) -> bool:
        """Whether what the grid holds or has still to buy first changed what is shown; the user's own word stays."""
        if self.leaving:
            return False
        own = own_of(self.mirror, self.code, running=self.running is not None)
        moved = self.settings.offer(own)
        if moved:
            # by another range a number typed before may be right, which was not
            self.plan = self.settings.apply(self.plan)
        return self._first_done() or moved

    def _first_done(self) -> bool:
        """Leave out a first buy that ended since the sheet was opened, unless the user touched its tick."""
        row = self.mirror.grids.get(self.code)
        if self.running is None or row is None or row.first_left:
            return False
        if not self._first_shown or self.settings.first_by_hand:
            return False
        self._first_shown = False
        self.settings.leave_first_out()
        self.plan = replace(self.plan, first_buy=False)
        return True

    def _try_restart(self) -> None:
        """Start again once every cancel is confirmed, adopting what the grid holds by then."""
        if self.mirror.killed:
            self._restart = None
        again, row = self._restart, self.mirror.grids.get(self.code)
        waited_ms = (monotonic_ns() - again.asked) // 1_000_000 if again is not None else 0
        if waited_ms > RESTART_MS:
            # nobody answered, or the exchange takes no cancels: the figures that were confirmed are of that time
            self._denied_start(t("grid.waited", age=fmt.duration(waited_ms)))
            return
        if again is None or self.leaving or (row is not None and row.armed) or live_own(self.mirror, self.code):
            return
        self._restart = None
        # the number of the last preview is old: what filled before its cancel arrived is the grid's as well
        held = row.held // LOT * LOT if row is not None and again.takes else 0
        first = again.plan.first_buy and (again.first or row is None or row.first_left > 0)

        def started(ack: Ack) -> None:
            if ack.ok:
                self.sent(ack)
            elif self.leaving:
                # kept when it was left
                return
            elif ack.reason is not None and ack.reason.why in PASSING:
                self._restart = again
            else:
                self._denied_start(say(ack.reason, self.code) if ack.reason is not None else t("sheet.refused"))

        self.commands.arm_grid(replace(again.plan, adopt=held, first_buy=first), started)

    def _denied_start(self, why: str) -> None:
        """The grid is off and stays so; what was typed is not lost."""
        self._restart = None
        self._keep_typed()
        self.deny(t("grid.not_restarted", why=why))

    def _keep_typed(self) -> None:
        kept = self.plan_kept()
        if kept is not None:
            self.mirror.keep_plan(self.code, kept)

    def deny(self, words: str) -> None:
        self._changing = False
        super().deny(words)

    def leave(self) -> None:
        if self._changing:
            # left before stop and start were answered: it starts no more, unless its start is on its way
            self._changing, self._restart = False, None
            self._keep_typed()
        super().leave()

    def request(self) -> None:
        self._took_own()
        super().request()
