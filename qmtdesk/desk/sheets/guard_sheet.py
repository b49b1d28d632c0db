"""布防: the numbers of a guard before it is armed, and the ways out when it would sell at once."""

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.controls import Fold, Option, Segments
from qmtdesk.desk.brush.field_words import SHARES, THRESHOLD, echo_wan, say_bad
from qmtdesk.desk.brush.inputs import Choice, UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.commands import Commands
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.guard_form import lower_than, rules_on
from qmtdesk.desk.sheets.guard_paint import AmountBar, Band, Facts, Label, Named, Shadow
from qmtdesk.desk.sheets.guard_rules_page import RulesPage
from qmtdesk.desk.sheets.preview_sheet import PreviewSheet
from qmtdesk.desk.watch.watch_paint import chip_colours
from qmtdesk.desk.watch.watch_state import words as row_words
from qmtdesk.desk.words.texts import say, t
from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.timed import threshold_at, with_threshold
from qmtdesk.wire.talk import Ack, GuardPreview

_HALF = -1
AWAIT_MS = 15_000
"""So long the first snapshot of a code nobody followed may take: what is asked for comes within a few seconds."""
_SAID_ELSEWHERE = {
    Why.T_PLUS_ONE,
    Why.LIMIT_DISAGREES,
    Why.RULE_AMOUNT,
    Why.RULE_DROP,
    Why.RULE_DECAY,
    Why.RULE_CONSUMED,
    Why.RULE_NET_CANCEL,
    Why.RULE_SHARE,
    Why.RULE_BIG_PRINT,
    Why.RULE_BREAKS,
    Why.RULE_BROKEN,
}


class GuardSheet(PreviewSheet[GuardPlan, GuardPreview]):
    """Opened for one stock; a running guard shows its own settings and takes new ones when armed again."""

    wide = 900
    high = 650

    def __init__(
        self, window: QWidget, mirror: Mirror, commands: Commands, look: Look, code: str, threshold: int = 0
    ) -> None:
        row = mirror.watches.get(code)
        plan = row.plan if row is not None else GuardPlan(code=code)
        if threshold:
            # the row shows the one in force: what was typed over it replaces that one
            plan = with_threshold(plan, threshold, mirror.clock())
        super().__init__(window, mirror, commands, look, code, plan)
        self._await = QTimer(self)
        self._await.setSingleShot(True)
        self._await.timeout.connect(self._waited)
        self._await.start(AWAIT_MS)
        self._build()
        self.say_foot(t("guard.foot"))
        self.arm_button(t("guard.arm"), "primary")
        self.show_plan()
        self.request()

    def _build(self) -> None:
        look = self.look
        self.band = Band(look, self.body)
        self.bar = AmountBar(look, self.body)
        self.shadow = Shadow(look, self.body)
        self.way_now = Option(look, "", "", self.body)
        self.way_wait = Option(look, "", "", self.body)
        self.way_lower = Option(look, "", "", self.body)
        self._ways = QButtonGroup(self)
        for option in (self.way_now, self.way_wait, self.way_lower):
            self._ways.addButton(option)
        self.action = Segments(look, self._actions(), self.plan.action.value, self.body)
        self.threshold = UnitField(look, THRESHOLD, self.plan.threshold, t("unit.wan"), echo=echo_wan, parent=self.body)
        kind = {0: "all", _HALF: "half"}.get(self.plan.sell_volume, "some")
        self.how_much = Choice(look, self._volumes(), kind, self.body)
        self.shares = UnitField(look, SHARES, max(self.plan.sell_volume, 100), t("unit.shares"), parent=self.body)
        self.facts = Facts(look, self.body)
        self.rules = RulesPage(look, self.plan, self.body)
        self.more = Fold(look, t("guard.rules"), self._turn, self.body, back=t("sheet.back"))
        self._lay_out()
        self.way_now.clicked.connect(lambda: self.change(replace(self.plan, readiness=Readiness.AUTO)))
        self.way_wait.clicked.connect(lambda: self.change(replace(self.plan, readiness=Readiness.ABOVE)))
        self.way_lower.clicked.connect(self._lower)
        self.action.chosen.connect(self._act)
        self.threshold.changed.connect(self._typed)
        self.how_much.chosen.connect(lambda _: self._typed())
        self.shares.changed.connect(self._typed)
        self.rules.changed.connect(self._rules_changed)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(Label(self.look, t("guard.how"), self.body))
        for option in (self.way_now, self.way_wait, self.way_lower):
            left.addWidget(option)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(Label(self.look, t("guard.action"), self.body))
        right.addWidget(self.action)
        right.addWidget(Named(self.look, t("guard.threshold"), self.threshold, self.body))
        volume = QWidget(self.body)
        line = QHBoxLayout(volume)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.how_much, 3)
        line.addWidget(self.shares, 2, Qt.AlignmentFlag.AlignTop)
        right.addWidget(Named(self.look, t("guard.sell"), volume, self.body))
        right.addWidget(self.facts)
        right.addStretch(1)
        front = QWidget(self.body)
        columns = QGridLayout(front)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setHorizontalSpacing(28)
        columns.setColumnStretch(0, 11)
        columns.setColumnStretch(1, 9)
        columns.addLayout(left, 0, 0)
        columns.addLayout(right, 0, 1)
        self._pages = QStackedLayout()
        self._pages.addWidget(front)
        self._pages.addWidget(self.rules)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 14, 0, 12)
        column.setSpacing(10)
        column.addWidget(self.band)
        column.addWidget(self.bar)
        column.addLayout(self._pages, 1)
        column.addWidget(self.more)
        column.addWidget(self.shadow)

    # words

    def title(self) -> str:
        row = self.mirror.watches.get(self.code)
        return t("guard.title_armed") if row is not None and row.armed else t("guard.title")

    def head_more(self, p: QPainter, rest: QRectF) -> None:
        row = self.mirror.watches.get(self.code)
        if row is None:
            super().head_more(p, rest)
            return
        if self._awaits():
            paint.text(p, rest, t("sheet.awaits"), self.look.theme.t2, fonts.SMALL, elide=True)
            return
        # the sheet has waited: what it is about to confirm goes by nothing that was ever seen
        said = row_words(replace(row, unseen=False), blind=self.mirror.stale(self.code), killed=False)
        value, fill, edge = chip_colours(self.look.theme, said.tone)
        wide = paint.chip(p, rest.left(), rest.center().y(), said.chip, value, fill, edge)
        room = rest.adjusted(wide + 10, 0, 0, 0)
        paint.text(p, room, said.note, self.look.theme.t2, fonts.SMALL, elide=True)

    def blocked(self) -> str:
        first = super().blocked()
        return t("sheet.awaits") if self._awaits() and first == t("sheet.stale") else first

    def quiet(self) -> tuple[str, ...]:
        return (*super().quiet(), t("sheet.awaits"))

    def _awaits(self) -> bool:
        """Whether nothing of the code was ever seen, and it is too early to call that blind."""
        row = self.mirror.watches.get(self.code)
        if row is None or not row.unseen or self.mirror.blind or not self._await.isActive():
            return False
        return row.state == "blind" or self.mirror.stale(self.code)

    def _waited(self) -> None:
        self.show_plan()
        self.recheck()

    def _actions(self) -> tuple[tuple[str, str], ...]:
        return (("alert", t("action.alert")), ("ask", t("guard.ask")), ("sell", t("action.sell")))

    def _volumes(self) -> tuple[tuple[str, str], ...]:
        return (("all", t("guard.all")), ("half", t("guard.half")), ("some", t("guard.some")))

    def bad_field(self) -> str:
        if self.threshold.bad is not None:
            return t("guard.bad_threshold", why=say_bad(self.threshold.bad, THRESHOLD, t("unit.wan")))
        if self.how_much.value == "some" and self.shares.bad is not None:
            return t("guard.bad_volume", why=say_bad(self.shares.bad, SHARES, t("unit.shares")))
        return self.rules.bad_field()

    # what the user does

    def _typed(self) -> None:
        self.shares.setVisible(self.how_much.value == "some")
        volume = {"all": 0, "half": _HALF}.get(self.how_much.value, self.shares.value)
        threshold = self.plan.threshold if self.threshold.bad is not None else self.threshold.value
        self.change(replace(self.plan, threshold=threshold, sell_volume=volume))
        self.show_plan()

    def _lower(self) -> None:
        preview = self.answer.preview if self.answer is not None else None
        suggested = lower_than(preview.seal) if preview is not None else 0
        if self._offers_lower() and suggested:
            lower = with_threshold(self.plan, suggested, self.mirror.clock())
            self.change(replace(lower, readiness=Readiness.AUTO))
            if lower.threshold == suggested:
                self.threshold.set_value(suggested)
        else:
            self.change(replace(self.plan, readiness=Readiness.SNAPSHOTS, snapshots=max(self.plan.snapshots, 3)))

    def _act(self, key: str) -> None:
        # a rule that does what R1 does goes along
        self.change(self.rules.apply(replace(self.plan, action=GuardAction(key))))

    def _rules_changed(self) -> None:
        self.change(self.rules.apply(self.plan))
        self.show_plan()

    def _turn(self, opened: bool) -> None:  # noqa: FBT001
        self.bar.setVisible(not opened)
        self._pages.setCurrentIndex(1 if opened else 0)

    def change(self, plan: GuardPlan) -> None:
        super().change(plan)
        self.rules.agree(self.plan)
        self.show_plan()

    # what is shown

    def _offers_lower(self) -> bool:
        """Whether the third way is a lower threshold: when the seal stands below this one."""
        preview = self.answer.preview if self.answer is not None else None
        return preview is not None and 0 < preview.seal < self._in_force() and lower_than(preview.seal) > 0

    def _in_force(self) -> int:
        return threshold_at(self.plan, self.mirror.clock())

    def show_plan(self) -> None:
        """Everything that follows from the plan and the newest preview."""
        plan = self.plan
        preview = self.answer.preview if self.answer is not None else None
        amount = fmt.money_short(self._in_force())
        sealed = preview is not None and preview.board == "sealed"
        self.way_now.say(
            t("guard.now_sealed" if sealed else "guard.now_open"), t("guard.now_note" if sealed else "guard.auto_note")
        )
        self.way_wait.say(t("guard.wait", amount=amount), t("guard.wait_note"))
        if self._offers_lower() and preview is not None:
            low = fmt.money_short(lower_than(preview.seal))
            self.way_lower.say(t("guard.lower", amount=low), t("guard.lower_note", seal=fmt.money_short(preview.seal)))
        else:
            self.way_lower.say(t("guard.snaps", n=max(plan.snapshots, 3)), t("guard.snaps_note"))
        chosen = {Readiness.ABOVE: self.way_wait, Readiness.SNAPSHOTS: self.way_lower}.get(plan.readiness, self.way_now)
        if plan.readiness is Readiness.SNAPSHOTS and self._offers_lower():
            chosen = self.way_now
        chosen.setChecked(True)
        self.shares.setVisible(self.how_much.value == "some")
        on = rules_on(plan)
        names = " · ".join(t(f"rule.{rule.value}") for rule in on[:3])
        self.more.say(t("guard.rules_on", names=names, n=8 - len(on)) if on else t("guard.rules_off"))
        if preview is not None:
            self._show_preview(preview)

    def shown(self, preview: GuardPreview) -> None:
        self.show_plan()

    def _show_preview(self, preview: GuardPreview) -> None:
        formula = t(
            "guard.formula",
            bid=fmt.price(preview.bid1, self.code),
            lots=fmt.fixed(preview.bid1_lots, 1, 0),
            yuan=fmt.fixed(preview.seal, 1000, 0),
        )
        sealed = preview.seal > 0 and preview.board == "sealed"
        self.bar.show_amounts(preview.seal if sealed else 0, preview.threshold, formula if sealed else "")
        self._show_band(preview)
        self.rules.say_cancels(told=preview.exact_cancels, gross_bp=preview.gross_bp)
        self.facts.say(self._facts(preview))
        self.shadow.say(preview.shadow)
        if preview.fires == "sell" and preview.volume > 0:
            self.arm_button(t("guard.arm_sell", volume=fmt.fixed(preview.volume, 1, 0)), "sell")
        elif preview.fires == "ask":
            self.arm_button(t("guard.arm_ask"), "primary")
        else:
            self.arm_button(t("guard.arm"), "primary")

    def _show_band(self, preview: GuardPreview) -> None:
        numbers = {"seal": fmt.money_short(preview.seal), "threshold": fmt.money_short(preview.threshold)}
        volume, price = fmt.fixed(preview.volume, 1, 0), fmt.price(preview.price, self.code)
        if preview.fires:
            # what fires stands first
            fired = preview.checks[0].reason
            by_amount = fired.why is Why.RULE_AMOUNT
            why = t("guard.fires_r1", **numbers) if by_amount else say(fired, self.code)
            then = t(f"guard.then_{preview.fires}", volume=volume, price=price)
            self.band.say(t(f"guard.fires_{preview.fires}"), t("guard.fires_note", why=why, then=then), alarm=True)
        elif preview.board != "sealed":
            self.band.say(t("guard.calm"), t("guard.calm_open"), alarm=False)
        elif preview.seal < preview.threshold:
            self.band.say(t("guard.calm"), t("guard.calm_wait", **numbers), alarm=False)
        else:
            self.band.say(t("guard.calm"), t("guard.calm_above", **numbers), alarm=False)

    def _facts(self, preview: GuardPreview) -> tuple[tuple[str, str, bool], ...]:
        plan, code = self.plan, self.code
        lines = [(t("guard.sells"), t("guard.sells_now", volume=fmt.volume(preview.volume, code)), preview.volume == 0)]
        if preview.t1_volume:
            lines.append((t("guard.today"), t("guard.t1", volume=fmt.volume(preview.t1_volume, code)), False))
        lines.append(
            (
                t("guard.order"),
                t(
                    "guard.order_line",
                    price=fmt.price(preview.limit_up, code),
                    wait=fmt.duration(plan.follow_up_ms),
                    slip=fmt.percent(plan.slippage_bp),
                ),
                False,
            )
        )
        told, own = fmt.price(preview.told_up, code), fmt.price(preview.limit_up, code)
        if not preview.told_up:
            lines.append((t("guard.limit"), t("guard.limit_own", own=own), True))
        elif preview.told_up == preview.limit_up:
            lines.append((t("guard.limit"), t("guard.limit_same", told=told, own=own), False))
        else:
            lines.append((t("guard.limit"), t("guard.limit_differs", told=told, own=own), True))
        rest = (c.reason for c in preview.checks if c.level == "warn" and c.reason.why not in _SAID_ELSEWHERE)
        awaits = self._awaits()
        for reason in rest:
            early = awaits and reason.why is Why.BLIND
            lines.append((t("guard.note"), t("sheet.awaits") if early else say(reason, code), not early))
        return tuple(lines)

    # the trader

    def ask(self, plan: GuardPlan, number: int) -> None:
        self.commands.preview_guard(plan, lambda preview: self.took(plan, number, preview))

    def send(self, plan: GuardPlan) -> None:
        def done(ack: Ack) -> None:
            self.sent(ack)

        self.commands.arm_guard(plan, done)
