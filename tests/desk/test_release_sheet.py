"""A suspended code says why and with which numbers wherever the user looks, and goes on only when he says so."""

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sheet_host import Host

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.master_sheet import MasterSheet
from qmtdesk.desk.sheets.release_sheet import ReleaseSheet, look_first
from qmtdesk.desk.shell.strip_words import actions_of, alarm_of
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.messages import Release, SetMaster
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import Suspension

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host("suspended")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def said(sheet: ReleaseSheet | MasterSheet) -> list[str]:
    """All the sheet paints; nothing of it wider than its place."""
    with paint.recording() as seen:
        sheet.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    return [drawn.text for drawn in seen.texts]


def open_release(host: Host, code: str) -> ReleaseSheet:
    return sheets.show_release(host, host.mirror, host.commands, host.look, code)


def test_the_sheet_says_what_happened_what_was_counted_and_what_follows(host: Host) -> None:
    words = said(open_release(host, ft.BOND))
    assert "短时间内重复成交 7 次，上限 6，已暂停" in words
    assert any("10:22:32" in each for each in words)
    assert "买 3 笔 240\u2009张，卖 2 笔 110\u2009张" in words
    assert any("119.388" in each and "补挂" in each for each in words)
    assert look_first(because(Why.REPEATED_EXECUTION)) in words


def test_going_on_takes_control_enter_and_is_said_to_the_trader_once(host: Host, qtbot: QtBot) -> None:
    sheet = open_release(host, ft.BOND)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert host.commands.wished == []
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert host.commands.wished == [Release(ft.BOND)]
    assert sheet.leaving


def test_everything_that_was_suspended_goes_on_from_its_own_sheet(host: Host, qtbot: QtBot) -> None:
    host.tell(ft.paused_status())
    sheet = open_release(host, "")
    words = said(sheet)
    assert any("被柜台拒绝 10 次" in each for each in words)
    assert any("可用资金不足 [251005]" in each for each in words)
    assert any("5 只卫士恢复卖出" in each for each in words)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert host.commands.wished == [Release("")]


def test_a_refused_release_says_why_and_stays(host: Host, qtbot: QtBot) -> None:
    host.commands.ok, host.commands.reason = False, because(Why.JOURNAL_FAILED, error="ENOSPC")
    sheet = open_release(host, ft.BOND)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    sheet.confirm()
    assert not sheet.leaving
    assert "ENOSPC" in sheet.foot_words


def test_a_journal_that_cannot_be_written_is_not_released_but_restarted(host: Host) -> None:
    why = because(Why.JOURNAL_FAILED, error="ENOSPC")
    host.tell(ft.status(suspended=(Suspension(code="", at=0, reason=why),)))
    sheet = open_release(host, "")
    assert not sheet.go.isEnabled()
    assert "重启交易进程" in sheet.foot_words
    alarm = alarm_of(host.mirror)
    assert alarm is not None
    assert "reconnect" in [name for name, _ in alarm.actions]


def test_a_trader_gone_over_an_unwritten_journal_promises_no_strategies(host: Host) -> None:
    why = because(Why.JOURNAL_FAILED, error="ENOSPC")
    host.mirror.link = "lost"
    told = {}
    for name, held in (("lost", ()), ("unwritten", (Suspension(code="", at=0, reason=why),))):
        host.tell(ft.status(suspended=held))
        alarm = alarm_of(host.mirror)
        assert alarm is not None
        assert alarm.kind == "lost"
        told[name] = alarm.note
    assert "会恢复" in told["lost"]
    assert "会恢复" not in told["unwritten"]
    assert "手动启动" in told["unwritten"]


def test_the_sheet_leaves_when_somebody_else_released_it(host: Host) -> None:
    sheet = open_release(host, ft.BOND)
    host.tell(ft.status())
    assert sheet.leaving


def test_the_master_switch_names_what_it_releases_with_it(host: Host, qtbot: QtBot) -> None:
    host.tell(msgspec.structs.replace(ft.paused_status(), master=False))
    sheet = MasterSheet(host, host.mirror, host.commands, host.look)
    sheet.open()
    assert "多次被拒，全部暂停" in said(sheet)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    sheet.confirm()
    assert host.commands.wished == [SetMaster(on=True)]


def test_buying_alone_is_released_by_its_own_words_and_the_strip_goes_on_telling(host: Host, qtbot: QtBot) -> None:
    why = because(Why.OTHER_PROGRAM, install="ab12")
    host.tell(ft.status(suspended=(Suspension(code="", at=ft.CLOCK, reason=why, buys_only=True),)))
    assert alarm_of(host.mirror) is None
    assert ("release:", "恢复买入…") in actions_of(host.mirror)
    assert not host.mirror.all_paused
    sheet = open_release(host, "")
    words = said(sheet)
    assert any("卖出、撤单与卫士照常" in each for each in words)
    assert sheet.go.text() == "恢复买入"
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    sheet.confirm()
    assert host.commands.wished == [Release("")]


# where the user looks


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    mirror, look = Mirror(), Look()
    look.set(motion=False)
    mirror.clock = lambda: mirror.status.clock if mirror.status else 0  # type: ignore[method-assign]
    made = MainWindow(mirror, ft.FakeCommands(), look)
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.resize(1600, 900)
    made.show()
    qtbot.waitExposed(made)
    ft.fill_mirror(mirror, "suspended")
    return made


def painted(window: MainWindow) -> list[str]:
    with paint.recording() as seen:
        window.grab()
    return [drawn.text for drawn in seen.texts]


def open_sheet(window: MainWindow) -> ReleaseSheet | None:
    return next((s for s in window.findChildren(ReleaseSheet) if not s.leaving), None)


@pytest.mark.parametrize("size", [(1600, 900), (1366, 768), (1280, 720)])
def test_table_ladder_and_strip_all_say_that_the_bond_is_suspended(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    words = painted(window)
    assert words.count("暂停") >= (2 if size[0] == 1600 else 1)
    assert "短时间内重复成交 7 次，上限 6，已暂停" in words
    assert ("release:" + ft.BOND, "继续交易 星澜…") in actions_of(window.mirror)


def test_the_ladder_offers_going_on_and_stopping_and_nothing_else(window: MainWindow, qtbot: QtBot) -> None:
    head = window.ladder.head
    shown = [b for b in (head.settings_button, head.sell_only_button, head.start_button) if not b.isHidden()]
    assert shown == []
    assert not head.stop_button.isHidden()
    qtbot.mouseClick(head.release_button, Qt.MouseButton.LeftButton)
    assert open_sheet(window) is not None


def test_the_strip_button_opens_the_sheet_with_the_space_bar(window: MainWindow, qtbot: QtBot) -> None:
    button = next(b for b in window.strip._buttons if b.text() == "继续交易 星澜…")
    button.setFocus()
    assert QApplication.focusWidget() is button
    qtbot.keyClick(button, Qt.Key.Key_Space)
    sheet = open_sheet(window)
    assert sheet is not None
    assert sheet.code == ft.BOND


def test_the_bonds_menu_offers_going_on_only_where_something_is_suspended(window: MainWindow) -> None:
    view = window.bonds.view

    def entries(code: str) -> list[str]:
        index = window.bonds.model.index(window.bonds.model.row_of(code), 0)
        menu = window.bonds.menu_at(view.visualRect(index).center())
        assert menu is not None
        return [action.text() for action in menu.actions()]

    assert entries(ft.BOND)[0] == "继续交易…"
    assert "继续交易…" not in entries("123207.SZ")


def test_a_suspended_account_takes_the_strip_and_every_guard_says_it(window: MainWindow) -> None:
    window.mirror.apply([ft.status(), ft.paused_status()])
    window.mirror.flush()
    alarm = window.strip.alarm
    assert alarm is not None
    assert alarm.kind == "paused"
    assert "10 次" in alarm.note
    assert ("release:", "继续交易…") in alarm.actions
    armed = sum(row.armed for row in window.mirror.watches.values())
    assert painted(window).count("暂停") >= armed
    window.act("release:")
    sheet = open_sheet(window)
    assert sheet is not None
    assert sheet.code == ""


def test_the_jump_box_knows_the_word_and_says_when_there_is_nothing(window: MainWindow) -> None:
    window.menu_does("release")
    assert open_sheet(window) is not None
    window.mirror.apply([ft.status()])
    window.mirror.flush()
    window.menu_does("release")
    assert window.note.words == "没有被暂停的代码"
