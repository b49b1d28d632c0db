"""Arming through the sheets: numbers first, dead time, Ctrl+Enter, and every no with its reason."""

from typing import Any

import fake_trader as ft
import msgspec
import pytest
from arming_host import IDLE, WAN, Host, ready, shown_host
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.inputs import UnitField
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.sheets.guard_form import LEAST, bar_share, lower_than
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.domain.messages import ArmGuard
from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, RuleId, RuleSetting, TimedThreshold
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.talk import Ack, Check, GuardPreview, PreviewGuard


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return shown_host(qtbot)


def guard(host: Host) -> GuardSheet:
    return sheets.open_guard_sheet(host, ft.STOCK)


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
    qtbot.waitUntil(lambda: sheet.go.kind == "sell", timeout=20_000)
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
    qtbot.waitUntil(lambda: not sheet.band.alarm, timeout=20_000)
    assert sheet.plan.threshold == 1_000 * WAN
    assert sheet.go.kind == "primary"


def test_waiting_for_recovery_is_a_readiness(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    qtbot.mouseClick(sheet.way_wait, Qt.MouseButton.LeftButton)
    assert sheet.plan.readiness is Readiness.ABOVE
    qtbot.waitUntil(lambda: sheet.answer is not None and sheet.answer.plan.readiness is Readiness.ABOVE, timeout=20_000)


def test_only_an_automatic_sale_is_green(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    sheet.action.set_value("ask")
    qtbot.waitUntil(lambda: sheet.go.kind == "primary", timeout=20_000)
    assert "会问" in sheet.go.text()
    sheet.action.set_value("alert")
    assert sheet.plan.action is GuardAction.ALERT
    qtbot.waitUntil(lambda: sheet.go.text() == "布防", timeout=20_000)


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
    assert "还没有可用的行情" in sheet.foot_words


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
    qtbot.waitUntil(lambda: len(host.commands.wished) == before + 1, timeout=20_000)
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
    qtbot.waitUntil(lambda: len(host.commands.wished) > before, timeout=20_000)
    assert len(host.commands.wished) == before + 1
    assert sheet.isVisible()


def test_an_old_answer_does_not_replace_a_newer_question(host: Host) -> None:
    sheet = guard(host)
    assert sheet.answer is not None
    stale = msgspec.structs.replace(sheet.answer.preview, volume=1)
    sheet.took(sheet.plan, sheet._asked - 1, stale)
    assert sheet.answer.preview.volume == 18_000


def line_of(sheet: GuardSheet, rule: RuleId) -> Any:
    return next(line for form, line in sheet.rules._forms.items() if form.rule is rule)


def test_other_rules_go_into_the_plan(host: Host, qtbot: QtBot) -> None:
    sheet = guard(host)
    sheet.more.setChecked(True)
    line = line_of(sheet, RuleId.R8)
    line.tick.setChecked(True)
    line.value.set_value(2)
    rule = next(setting for setting in sheet.plan.rules if setting.rule is RuleId.R8)
    assert (rule.on, rule.threshold) == (True, 2)
    line.tick.setChecked(False)
    assert not next(setting for setting in sheet.plan.rules if setting.rule is RuleId.R8).on


def actions_of(sheet: GuardSheet) -> list[GuardAction]:
    return [setting.action for setting in sheet.plan.rules]


def test_a_rule_does_what_r1_does_until_it_has_an_action_of_its_own(host: Host) -> None:
    sheet = guard(host)
    sheet.action.chosen.emit("alert")
    line = line_of(sheet, RuleId.R2)
    line.tick.setChecked(True)
    assert actions_of(sheet) == [GuardAction.ALERT]
    sheet.action.chosen.emit("ask")
    assert actions_of(sheet) == [GuardAction.ASK]
    line.action.set_value("sell")
    assert actions_of(sheet) == [GuardAction.SELL]
    sheet.action.chosen.emit("alert")
    assert (sheet.plan.action, actions_of(sheet)) == (GuardAction.ALERT, [GuardAction.SELL])
    line.action.set_value("same")
    assert actions_of(sheet) == [GuardAction.ALERT]


def armed_with(host: Host, **plan: object) -> GuardSheet:
    row = host.mirror.watches[ft.STOCK]
    host.mirror.apply([msgspec.structs.replace(row, plan=GuardPlan(code=ft.STOCK, **plan))])
    host.mirror.flush()
    return guard(host)


def test_a_guard_opened_again_shows_what_each_of_its_rules_does(host: Host) -> None:
    rule = RuleSetting(rule=RuleId.R2, threshold=3000)
    sheet = armed_with(host, action=GuardAction.ALERT, rules=(rule,))
    line = line_of(sheet, RuleId.R2)
    assert (line.action.value, line.action.isEnabled(), actions_of(sheet)) == ("sell", True, [GuardAction.SELL])
    assert (line_of(sheet, RuleId.R8).action.value, line_of(sheet, RuleId.R8).action.isEnabled()) == ("same", False)


def test_thresholds_by_time_of_day_go_into_the_plan_and_come_back(host: Host) -> None:
    sheet = guard(host)
    first, second = sheet.rules._timed
    assert not first.threshold.isEnabled()
    second.time.set_value("570")
    second.threshold.set_value(30_000_000_000)
    first.time.set_value("870")
    first.threshold.set_value(8_000_000_000)
    both = (
        TimedThreshold(from_minute=570, threshold=30_000_000_000),
        TimedThreshold(from_minute=870, threshold=8_000_000_000),
    )
    assert sheet.plan.timed == both
    first.time.set_value("")
    assert sheet.plan.timed == both[:1]
    assert [row.value for row in armed_with(host, timed=both).rules._timed] == list(both)


def test_times_that_no_row_shows_are_kept(host: Host) -> None:
    minutes = (575, 600, 840)
    timed = tuple(TimedThreshold(from_minute=minute, threshold=9_000_000_000) for minute in minutes)
    sheet = armed_with(host, timed=timed)
    sheet.rules.confirm.set_value(2)
    assert sheet.plan.timed == timed


def test_a_threshold_by_time_that_is_too_low_blocks_the_button(host: Host) -> None:
    sheet = guard(host)
    row = sheet.rules._timed[0]
    row.time.set_value("780")
    row.threshold.set_value(10_000)
    assert sheet.blocked()
    row.time.set_value("")
    assert not sheet.blocked()


def test_half_or_a_number_can_be_sold(host: Host) -> None:
    sheet = guard(host)
    sheet.how_much.set_value("half")
    assert sheet.plan.sell_volume == -1
    sheet.how_much.set_value("some")
    sheet.shares.set_value(500)
    assert sheet.plan.sell_volume == 500
    assert sheet.shares.isVisible()


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
    qtbot.waitUntil(lambda: sheet.answer is not None, timeout=20_000)
    with paint.recording() as seen:
        sheet.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    for field in sheet.findChildren(UnitField):
        if field.isVisible():
            assert field.height() >= field.line.height()
            assert field.width() >= 60


def test_what_else_a_person_should_know_stands_among_the_facts(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(host, monkeypatch, checks=(Check("warn", because(Why.AUCTION)),))
    sheet = guard(host)
    assert any(amber and "竞价" in value for _, value, amber in sheet.facts._lines)
