"""Settings changed while a grid runs wait for its next start, shown old and new; a threshold is in force at once."""

from pathlib import Path

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.remember import Memory, pack, plan_of
from qmtdesk.desk.link.settings import desk_settings
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.messages import ArmGrid, DisarmGrid, SetThreshold
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.replacing import replace

pytestmark = pytest.mark.fault("O7")


def shown(qtbot: QtBot) -> MainWindow:
    mirror, look = Mirror(), Look()
    look.set(motion=False)
    window = MainWindow(mirror, ft.FakeCommands(), look)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.resize(1600, 900)
    window.show()
    qtbot.waitExposed(window)
    ft.fill_mirror(mirror)
    return window


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return shown(qtbot)


def sheet_of(window: MainWindow) -> GridSheet:
    window.open_grid(ft.BOND)
    return next(s for s in window.findChildren(GridSheet) if not s.leaving)


def running(window: MainWindow) -> GridPlan:
    return window.mirror.grids[ft.BOND].plan


def wider(window: MainWindow) -> GridPlan:
    return replace(running(window), step_bp=running(window).step_bp + 20)


def test_a_change_kept_for_later_sends_nothing_and_is_shown_with_both_values(window: MainWindow, qtbot: QtBot) -> None:
    sheet = sheet_of(window)
    assert not sheet.later.isEnabled()
    sheet.change(wider(window))
    assert sheet.later.isEnabled()
    window.commands.wished.clear()
    qtbot.mouseClick(sheet.later, Qt.MouseButton.LeftButton)
    assert sheet.leaving
    assert not any(isinstance(wish, ArmGrid | DisarmGrid) for wish in window.commands.wished)
    button = window.ladder.head.settings_button
    assert button.text() == "参数 · 1 项待启动"
    assert "0.30% → 0.50%" in button.toolTip()
    assert "0.30% → 0.50%" in window.ladder.note.words


def test_the_sheet_begins_with_what_was_kept_and_lists_it_against_what_runs(window: MainWindow) -> None:
    window.mirror.keep_plan(ft.BOND, wider(window))
    sheet = sheet_of(window)
    assert sheet.plan.step_bp == running(window).step_bp + 20
    assert sheet.blocked() != "没有改动"
    sheet.change(running(window))
    assert sheet.plan_kept() is None
    sheet.later.click()
    assert window.mirror.pending == {}
    assert window.ladder.head.settings_button.text() == "参数"


def test_what_is_kept_from_a_running_grid_still_begins_with_the_first_buy(window: MainWindow) -> None:
    sheet = sheet_of(window)
    sheet.settings.step.set_value(50)
    assert sheet.plan_kept() == replace(running(window), step_bp=50)
    sheet.settings.first.click()
    assert sheet.plan_kept() == replace(running(window), step_bp=50)


@pytest.mark.parametrize("kept", [True, False])
def test_whether_the_next_start_buys_first_stays_as_kept_until_it_is_ticked(window: MainWindow, kept: bool) -> None:
    window.mirror.apply([ft.grid(plan=replace(running(window), first_buy=not kept), first_left=0 if kept else 80)])
    window.mirror.flush()
    window.mirror.keep_plan(ft.BOND, replace(wider(window), first_buy=kept))
    sheet = sheet_of(window)
    assert not sheet.settings.first.isChecked()
    assert sheet.plan_kept() == window.mirror.pending[ft.BOND]
    assert not sheet.later.isEnabled()


def test_starting_again_uses_the_new_values_and_nothing_waits_any_more(window: MainWindow, qtbot: QtBot) -> None:
    kept = wider(window)
    window.mirror.keep_plan(ft.BOND, kept)
    stopped = [msgspec.structs.replace(row, armed=False, state="stopped") for row in ft.all_grids()]
    window.mirror.apply(stopped)
    window.mirror.flush()
    sheet = sheet_of(window)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    sheet.confirm()
    (arm,) = [wish for wish in window.commands.wished if isinstance(wish, ArmGrid)]
    assert arm.plan == replace(kept, adopt=ft.grid().held)
    assert window.mirror.pending == {}


def test_a_refused_start_keeps_what_waits(window: MainWindow, qtbot: QtBot) -> None:
    window.mirror.keep_plan(ft.BOND, wider(window))
    window.mirror.apply([msgspec.structs.replace(row, armed=False, state="stopped") for row in ft.all_grids()])
    window.mirror.flush()
    sheet = sheet_of(window)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    window.commands.ok = False
    sheet.confirm()
    assert window.mirror.pending == {ft.BOND: wider(window)}


def test_what_was_kept_before_the_grid_was_told_to_sell_only_sells_only_too(window: MainWindow, qtbot: QtBot) -> None:
    before = running(window)
    window.mirror.keep_plan(ft.BOND, wider(window))
    for on in (True, False):
        qtbot.mouseClick(window.ladder.head.sell_only_button, Qt.MouseButton.LeftButton)
        window.mirror.apply([ft.grid(state="sell_only" if on else "running", plan=replace(before, sell_only=on))])
        window.mirror.flush()
        assert window.mirror.pending == {ft.BOND: replace(before, step_bp=before.step_bp + 20, sell_only=on)}
        assert "只卖不买" not in window.ladder.note.words


def test_nothing_waits_where_selling_only_was_all_that_was_kept(window: MainWindow, qtbot: QtBot) -> None:
    told = replace(running(window), sell_only=True)
    window.mirror.keep_plan(ft.BOND, told)
    qtbot.mouseClick(window.ladder.head.sell_only_button, Qt.MouseButton.LeftButton)
    window.mirror.apply([ft.grid(plan=told)])
    window.mirror.flush()
    assert window.mirror.pending == {}


def test_a_refused_word_leaves_what_was_kept(window: MainWindow, qtbot: QtBot) -> None:
    kept, window.commands.ok = wider(window), False
    window.mirror.keep_plan(ft.BOND, kept)
    qtbot.mouseClick(window.ladder.head.sell_only_button, Qt.MouseButton.LeftButton)
    window.mirror.apply([ft.grid(plan=replace(running(window), sell_only=True))])
    window.mirror.flush()
    assert window.mirror.pending == {ft.BOND: kept}


def test_the_note_takes_the_change_back(window: MainWindow, qtbot: QtBot) -> None:
    window.mirror.keep_plan(ft.BOND, wider(window))
    qtbot.mouseClick(window.ladder.note.button, Qt.MouseButton.LeftButton)
    assert window.mirror.pending == {}


def test_the_threshold_is_in_force_at_once_and_says_so(window: MainWindow) -> None:
    row = window.mirror.watches[ft.STOCK]
    window.watch.edit_threshold(ft.STOCK)
    editor = window.watch._editor
    assert editor is not None
    editor.line.setText("1500")
    editor.line.textEdited.emit("1500")
    window.watch._keep_threshold()
    assert SetThreshold(ft.STOCK, 15_000_000_000) in window.commands.wished
    assert row.armed
    assert "即时生效" in window.watch.note.words
    assert window.mirror.pending == {}


def test_what_waits_outlives_the_window_and_nonsense_does_not(qtbot: QtBot, tmp_path: Path) -> None:
    file = desk_settings(tmp_path)
    first = shown(qtbot)
    kept = wider(first)
    memory = Memory(file, file.load().value, first)
    first.mirror.keep_plan(ft.BOND, kept)
    memory.save()
    loaded = file.load().value
    second = shown(qtbot)
    Memory(file, loaded, second).restore()
    assert second.mirror.pending == {ft.BOND: kept}
    assert plan_of("110059.SH", pack(kept)) is None
    assert plan_of(ft.BOND, pack({"code": ft.BOND, "step_bp": "wide"})) is None
    assert plan_of(ft.BOND, "bm9uc2Vuc2U=") is None
