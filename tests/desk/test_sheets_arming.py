"""Arming through the sheets: numbers first, dead time, Ctrl+Enter, and every no with its reason."""

from typing import Any

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.inputs import UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.grid_form import differences, fall_rows, most_bound
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.sheets.guard_form import LEAST, bar_share, lower_than
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.check_words import check_words
from qmtdesk.domain.messages import ArmGrid, ArmGuard, DisarmGrid
from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan, Readiness, RuleId, StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.talk import Ack, Check, GuardPreview, PreviewGuard

WAN = 10_000_000
IDLE = "123144.SZ"


class Host(QWidget):
    """A bare window as sheets need one."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror, self.look, self.commands = Mirror(), Look(), ft.FakeCommands()
        self.look.set(motion=False)
        self.field = QWidget(self)
        self.field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.resize(1280, 720)
        ft.fill_mirror(self.mirror)

    def armed(self) -> list[Any]:
        return [w for w in self.commands.wished if isinstance(w, ArmGuard | ArmGrid)]


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def guard(host: Host) -> GuardSheet:
    return sheets.open_guard_sheet(host, ft.STOCK)


def ready(qtbot: QtBot, sheet: Sheet) -> None:
    qtbot.waitUntil(sheet.go.isEnabled, timeout=3000)


def answer_with(host: Host, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    def preview(plan: GuardPlan) -> GuardPreview:
        return msgspec.structs.replace(original(plan), **changes)

    original = ft.guard_preview
    monkeypatch.setattr(ft, "guard_preview", preview)


def test_a_guard_is_armed_with_what_the_sheet_shows(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    assert sheet.go.text() == "布防并卖出 18,000 股"
    assert sheet.go.kind == "sell"
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.armed() == [ArmGuard(host.mirror.watches[ft.STOCK].plan)]
    qtbot.waitUntil(lambda: sheet.leaving)


def test_enter_alone_does_nothing(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    for target in (sheet, sheet.go, sheet.cancel, sheet.threshold.line, sheet.way_wait):
        target.setFocus()
        qtbot.keyClick(target, Qt.Key.Key_Return)
        qtbot.keyClick(target, Qt.Key.Key_Enter)
    assert host.armed() == []
    assert not sheet.leaving


def test_the_button_is_dead_at_first(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    assert sheet.answer is not None
    assert not sheet.go.isEnabled()
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert host.armed() == []
    ready(qtbot, sheet)


def test_the_button_is_dead_again_when_it_comes_to_mean_something_else(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    sheet.threshold.set_value(1_000 * WAN)
    ready(qtbot, sheet)
    assert (sheet.go.text(), sheet.go.kind) == ("布防", "primary")
    sheet.threshold.set_value(2_000 * WAN)
    qtbot.waitUntil(lambda: sheet.go.kind == "sell", timeout=3000)
    assert not sheet.go.isEnabled()
    ready(qtbot, sheet)


def test_escape_leaves_and_gives_the_keyboard_back(host: Host, qtbot: QtBot) -> None:
    host.field.setFocus()
    qtbot.waitUntil(host.field.hasFocus)
    sheet = guard(host)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.leaving
    assert host.armed() == []
    qtbot.waitUntil(host.field.hasFocus)


def test_the_amber_band_follows_the_option_and_offers_the_way_out(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    assert sheet.band.alarm
    assert "立即卖出" in sheet.band.words
    assert "1,000" in sheet.way_lower.text()
    qtbot.mouseClick(sheet.way_lower, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not sheet.band.alarm, timeout=3000)
    assert sheet.plan.threshold == 1_000 * WAN
    assert sheet.go.kind == "primary"


def test_waiting_for_recovery_is_a_readiness(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    qtbot.mouseClick(sheet.way_wait, Qt.MouseButton.LeftButton)
    assert sheet.plan.readiness is Readiness.ABOVE
    qtbot.waitUntil(lambda: sheet.answer is not None and sheet.answer.plan.readiness is Readiness.ABOVE, timeout=3000)


def test_only_an_automatic_sale_is_green(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    sheet.action.set_value("ask")
    qtbot.waitUntil(lambda: sheet.go.kind == "primary", timeout=3000)
    assert "会问" in sheet.go.text()
    sheet.action.set_value("alert")
    assert sheet.plan.action is GuardAction.ALERT
    qtbot.waitUntil(lambda: sheet.go.text() == "布防", timeout=3000)


def test_a_wrong_field_disables_the_button_and_says_why(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    sheet.threshold.line.selectAll()
    qtbot.keyClicks(sheet.threshold.line, "-3000")
    assert not sheet.go.isEnabled()
    assert "负数" in sheet.foot_words
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.armed() == []


def test_a_threshold_is_echoed_in_full(host: Host) -> None:
    sheet = guard(host)
    assert sheet.threshold.note.replace("\u2009", " ") == "2,000 万 = 20,000,000 元"


def test_a_refused_preview_names_its_reason(host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Check("refuse", because(Why.LIMIT_DISAGREES, told_milli=2_660, own_milli=2_650))
    answer_with(host, monkeypatch, ok=False, checks=(refused,))
    sheet = guard(host)
    assert not sheet.go.isEnabled()
    assert "涨停价" in sheet.foot_words
    assert sheet.foot_warns


def test_a_preview_that_was_refused_outright_names_its_reason(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(plan: GuardPlan, callback: Any) -> None:
        callback(Ack(1, False, 1, because(Why.NO_QUOTE)))

    monkeypatch.setattr(host.commands, "preview_guard", refuse)
    sheet = guard(host)
    assert "还没有行情" in sheet.foot_words


def test_a_refused_arming_keeps_the_sheet_and_says_why(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    host.commands.ok, host.commands.reason = False, because(Why.RECONCILING)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert not sheet.leaving
    assert "核对" in sheet.foot_words
    assert not sheet.go.isEnabled()


def test_why_an_arming_was_refused_stays_at_the_foot_when_fresh_figures_bring_the_button_back(
    host: Host, qtbot: QtBot
) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    host.commands.ok, host.commands.reason = False, because(Why.MASTER_OFF)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    sheet.request()
    assert sheet.go.isEnabled()
    assert ("总开关" in sheet.foot_words, sheet.foot_warns) == (True, True)
    sheet.threshold.set_value(sheet.threshold.value + 100 * WAN)
    ready(qtbot, sheet)
    assert "总开关" not in sheet.foot_words
    assert not sheet.foot_warns


def test_cash_that_does_not_suffice_is_told_by_what_is_short(host: Host, qtbot: QtBot) -> None:
    preview = msgspec.structs.replace(ft.grid_preview(ft.grid().plan), cash_full=683_907_000, cash=676_202_000)
    sheet = sheets.open_grid_sheet(host, IDLE)
    assert sheet.fall._notes(preview)[1] == "可用 68\u2009万元，还差 7,705元"


def test_the_button_is_dead_while_data_are_stale(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    host.mirror.apply([ft.blind_status()])
    host.mirror.flush()
    assert not sheet.go.isEnabled()
    assert "失明" in sheet.foot_words


def test_nothing_is_armed_under_the_kill_switch(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    host.mirror.apply([ft.killed_status(), ft.kill_row()])
    host.mirror.flush()
    assert not sheet.go.isEnabled()
    assert "已全部停止" in sheet.foot_words


def test_edits_are_gathered_into_one_question(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    before = len(host.commands.wished)
    sheet.threshold.line.selectAll()
    qtbot.keyClicks(sheet.threshold.line, "1250")
    assert len(host.commands.wished) == before
    qtbot.waitUntil(lambda: len(host.commands.wished) == before + 1, timeout=3000)
    asked = host.commands.wished[-1]
    assert isinstance(asked, PreviewGuard)
    assert asked.plan.threshold == 1_250 * WAN


def test_ticks_ask_again_at_most_once_a_second(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    before = len(host.commands.wished)
    for n in range(5):
        host.mirror.apply([msgspec.structs.replace(host.mirror.quotes[ft.STOCK], at=ft.CLOCK + n)])
        host.mirror.flush()
    assert len(host.commands.wished) == before
    qtbot.waitUntil(lambda: len(host.commands.wished) > before, timeout=3000)
    assert len(host.commands.wished) == before + 1
    assert sheet.isVisible()


def test_an_old_answer_does_not_replace_a_newer_question(host: Host) -> None:
    sheet = guard(host)
    assert sheet.answer is not None
    stale = msgspec.structs.replace(sheet.answer.preview, volume=1)
    sheet.took(sheet.plan, sheet._asked - 1, stale)
    assert sheet.answer.preview.volume == 18_000


def test_other_rules_go_into_the_plan(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    sheet.more.setChecked(True)
    tick, value, _ = next(forms for form, forms in sheet.rules._forms.items() if form.rule is RuleId.R8)
    tick.setChecked(True)
    value.set_value(2)
    rule = next(setting for setting in sheet.plan.rules if setting.rule is RuleId.R8)
    assert (rule.on, rule.threshold) == (True, 2)
    tick.setChecked(False)
    assert not next(setting for setting in sheet.plan.rules if setting.rule is RuleId.R8).on


@pytest.mark.parametrize(("exact", "word"), [(True, "精确"), (False, "估算")])
def test_the_cancels_rule_says_whether_its_figure_is_exact_or_estimated(host: Host, exact: bool, word: str) -> None:
    sheet = guard(host)
    assert sheet.answer is not None
    sheet.took(sheet.plan, sheet._asked, msgspec.structs.replace(sheet.answer.preview, exact_cancels=exact))
    sheet.more.setChecked(True)
    with paint.recording() as seen:
        sheet.rules.grab()
    assert [text for text in (drawn.text for drawn in seen.texts) if word in text]
    assert [drawn.text for drawn in seen.too_wide()] == []


def test_half_or_a_number_can_be_sold(host: Host) -> None:
    sheet = guard(host)
    sheet.how_much.set_value("half")
    assert sheet.plan.sell_volume == -1
    sheet.how_much.set_value("some")
    sheet.shares.set_value(500)
    assert sheet.plan.sell_volume == 500
    assert sheet.shares.isVisible()


def wheel(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    event = QWheelEvent(at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_the_wheel_never_changes_a_field(host: Host) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    before = sheet.plan
    for target in (
        sheet.settings.base,
        sheet.settings.live,
        sheet.settings.step.line,
        sheet.settings.first,
        sheet.go,
        sheet,
    ):
        target.setFocus()
        wheel(target)
    assert sheet.plan == before


def test_the_keyboard_stays_in_the_sheet(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    ready(qtbot, sheet)
    seen = set()
    for _ in range(40):
        qtbot.keyClick(host.focusWidget() or sheet, Qt.Key.Key_Tab)
        now = host.focusWidget()
        assert now is not None
        assert sheet.isAncestorOf(now)
        seen.add(now)
    assert {sheet.threshold.line, sheet.go, sheet.cancel, sheet.action} <= seen
    assert host.field not in seen


def test_a_second_sheet_replaces_the_first(host: Host) -> None:
    first = guard(host)
    second = sheets.open_grid_sheet(host, IDLE)
    assert first.leaving
    assert not second.leaving


def test_a_grid_is_started_with_what_the_sheet_shows(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    sheet.settings.cash_cap.set_value(120_000_000)
    sheet.settings.step.set_value(40)
    ready(qtbot, sheet)
    assert sheet.go.text() == "启动网格"
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (armed,) = host.armed()
    assert armed.plan == GridPlan(code=IDLE, cash_cap=120_000_000, step_bp=40)


def test_a_cash_cap_below_the_first_buy_is_refused(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    sheet.settings.cash_cap.set_value(10_000_000)
    assert not sheet.go.isEnabled()
    assert "资金上限" in sheet.foot_words


def test_a_running_grid_shows_what_changes_and_is_stopped_before_it_starts_again(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert sheet.title() == "网格参数"
    assert "没有改动" in sheet.foot_words
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    assert differences(host.mirror.grids[ft.BOND].plan, sheet.plan) == (("步长", "0.30%", "0.50%"),)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [w for w in host.commands.wished if isinstance(w, DisarmGrid)] == [DisarmGrid(ft.BOND, StopHow.CANCEL)]
    assert host.armed() == []
    stopped = ft.grid(state="stopped", armed=False, held=130)
    host.mirror.apply([stopped])
    host.mirror.flush()
    assert host.armed() == [], "its cancels are not confirmed yet"
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    (armed,) = host.armed()
    assert (armed.plan.step_bp, armed.plan.adopt) == (50, 130)
    qtbot.waitUntil(lambda: sheet.leaving)


def test_a_restart_that_comes_too_early_is_tried_again(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    sheet.confirm()
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.commands.ok, host.commands.reason = False, because(Why.ALREADY_ARMED)
    host.mirror.apply([ft.grid(state="stopped", armed=False)])
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    tries = len(host.armed())
    assert tries >= 1
    assert not sheet.leaving
    host.commands.ok = True
    host.mirror.second_passed.emit()
    assert len(host.armed()) == tries + 1
    assert sheet.leaving


def test_a_kill_in_between_ends_the_restart(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    sheet.confirm()
    host.mirror.apply([ft.killed_status(), ft.kill_row(), ft.grid(state="stopped", armed=False)])
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    assert host.armed() == []
    assert "已全部停止" in sheet.foot_words


def test_a_list_opens_inside_the_sheet_and_takes_no_window(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    qtbot.mouseClick(sheet.settings.live, Qt.MouseButton.LeftButton)
    shown = sheet.settings.live._list
    assert shown is not None
    assert sheet.card.isAncestorOf(shown)
    assert QApplication.activePopupWidget() is None
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(20, 4 + 28 * 3 + 10))
    assert sheet.plan.live_per_side == 4
    assert sheet.settings.live._list is None


def test_full_width_digits_become_plain_ones(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    field: UnitField = sheet.settings.amount
    field.line.setText("３００００")
    field.line.textEdited.emit("３００００")
    field.line.editingFinished.emit()
    assert field.value == 30_000_000
    assert field.line.text() == "30,000"


def test_the_fall_ends_at_the_cap() -> None:
    preview = ft.grid_preview(GridPlan(code=IDLE))
    rows = fall_rows(preview)
    assert [row.kind for row in rows[:3]] == ["sell", "sell", "first"]
    assert all(row.no >= preview.cap_level for row in rows if row.kind == "armed")
    assert any(row.kind == "over" for row in rows)
    assert most_bound(preview) == next(cash for no, _, _, cash in preview.levels if no == preview.cap_level)


def test_a_suggested_threshold_is_round_and_clearly_lower() -> None:
    assert lower_than(12_692_440_000) == 1_000 * WAN
    assert lower_than(LEAST) == 0
    assert lower_than(0) == 0
    for seal in range(2 * LEAST, 400 * LEAST, 7 * WAN):
        assert LEAST <= lower_than(seal) <= seal * 4 // 5


def test_the_bar_puts_the_smaller_amount_left() -> None:
    assert 0 < bar_share(1_269, 1_269, 2_000) < bar_share(2_000, 1_269, 2_000) < 1
    assert bar_share(5, 0, 5) < 1


@pytest.mark.parametrize("size", [(1600, 900), (1366, 768), (1280, 720)])
@pytest.mark.parametrize("kind", ["guard", "rules", "grid", "more", "running"])
def test_no_text_of_a_sheet_is_cut(host: Host, qtbot: QtBot, size: tuple[int, int], kind: str) -> None:
    host.resize(*size)
    sheet: GuardSheet | GridSheet
    if kind in ("guard", "rules"):
        sheet = guard(host)
    else:
        sheet = sheets.open_grid_sheet(host, ft.BOND if kind == "running" else IDLE)
    sheet.more.setChecked(kind in ("rules", "more"))
    qtbot.waitUntil(lambda: sheet.answer is not None, timeout=3000)
    with paint.recording() as seen:
        sheet.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    for field in sheet.findChildren(UnitField):
        if field.isVisible():
            assert field.height() >= field.line.height()
            assert field.width() >= 60


@pytest.mark.parametrize(
    ("level", "reason", "said"),
    [
        (
            "ok",
            because(Why.CASH_SHORT, need_milli=41_382_000, have_milli=486_120_000),
            "资金够活动档|需 4.1 万，可用 49 万",
        ),
        ("ok", because(Why.UNIT_NOT_LOT, unit=90, lot=10), "整手|90 张 = 9 手"),
        ("ok", because(Why.QUOTE_STALE, age_ms=800, limit_ms=8000), "行情新鲜|0.8 s"),
        (
            "ok",
            because(Why.STEP_TOO_SMALL, step_bp=30, step_milli=345, need_bp=2, need_milli=23),
            "步长够宽|0.30%，成本线的 15×",
        ),
        (
            "warn",
            because(Why.CASH_CAP, cap_milli=120_000_000, level=-9, lowest=-74),
            "买不满 74 档|资金上限 12 万，到 −9 档",
        ),
        ("warn", because(Why.POSITION_CAP, cap=1200, level=-9, lowest=-74), "买不满 74 档|持仓上限 1,200，到 −9 档"),
    ],
)
def test_a_check_that_is_met_does_not_read_like_a_refusal(level: str, reason: Reason, said: str) -> None:
    assert "|".join(check_words(Check(level, reason), IDLE)).replace("\u2009", " ") == said


def test_a_refused_check_is_said_in_full() -> None:
    short = because(Why.CASH_SHORT, need_milli=41_382_000, have_milli=1_000_000)
    words, note = check_words(Check("refuse", short), IDLE)
    assert "不足" in words
    assert note == ""


def test_what_else_a_person_should_know_stands_among_the_facts(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(host, monkeypatch, checks=(Check("warn", because(Why.AUCTION)),))
    sheet = guard(host)
    assert any(amber and "竞价" in value for _, value, amber in sheet.facts._lines)
