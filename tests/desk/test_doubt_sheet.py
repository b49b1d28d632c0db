"""Orders in doubt: seen at once, asked about on demand, given up only with a typed word about that one order."""

from typing import Any

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sheet_host import Host

from qmtdesk.desk.brush import paint
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.doubt_sheet import SHOWN, DoubtSheet, next_words
from qmtdesk.desk.shell.strip_words import actions_of
from qmtdesk.desk.shell.table_columns import order_note
from qmtdesk.domain.messages import AskNow, DecideUnknown
from qmtdesk.domain.order import LISTED
from qmtdesk.domain.reason import Why, because

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host("main")
    made.mirror.clock = lambda: ft.CLOCK  # type: ignore[method-assign]
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def doubtful(host: Host) -> Any:
    return next(row for row in ft.orders() if row.state == "unknown")


def opened(host: Host, ref: str = "") -> DoubtSheet:
    return sheets.show_doubts(host, host.mirror, host.commands, host.look, ref)


def painted(sheet: DoubtSheet) -> list[str]:
    with paint.recording() as seen:
        sheet.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    return [drawn.text for drawn in seen.texts]


def test_each_order_in_doubt_is_named_with_its_numbers_and_what_was_asked(host: Host) -> None:
    words = painted(opened(host))
    for wanted in ("海岳转债", "113678", "120.690", "80\u2009张", "网格 −2 档", "2 次没有", "20\u2009分"):
        assert wanted in words, wanted
    assert "下次查询 1.2\u2009s 后" in words


def test_an_order_the_counter_has_in_a_state_nobody_knows_is_told_as_there(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    host.tell(msgspec.structs.replace(sheet.list.row, looks=LISTED, text=""))
    words = painted(sheet)
    assert "柜台有，看不懂" in words
    assert not [each for each in words if "自动记为未发出" in each or "会有两笔" in each]
    assert any("柜台有这一笔" in each for each in words)
    assert "认定已不在柜台" in words
    sheet.word.setText("没有")
    ref = sheet.list.ref
    qtbot.waitUntil(sheet.go.isEnabled)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert host.commands.wished == [DecideUnknown(ref)]
    assert order_note(sheet.list.row, host.mirror) == "柜台有这一笔，状态看不懂"


def test_the_next_question_is_told_or_why_there_is_none(host: Host) -> None:
    host.tell(ft.status(asked_at=ft.CLOCK - 3_000, next_ask=ft.CLOCK + 2_000))
    assert next_words(host.mirror) == "正在查询，已等 3\u2009s"
    host.tell(ft.status(next_ask=0))
    assert "连接中断" in next_words(host.mirror)


def test_asking_now_is_one_press_and_its_refusal_is_said(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    qtbot.mouseClick(sheet.ask, Qt.MouseButton.LeftButton)
    assert host.commands.wished == [AskNow()]
    host.commands.ok, host.commands.reason = False, because(Why.LINK_DOWN)
    sheet.word.setText("没有")
    qtbot.mouseClick(sheet.ask, Qt.MouseButton.LeftButton)
    assert "交易连接中断" in sheet.foot_words


def test_deciding_wants_the_word_typed_and_names_the_order(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    sheet.word.setText("没")
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert host.commands.wished == []
    sheet.word.setText("没有")
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert host.commands.wished == [DecideUnknown(doubtful(host).ref)]


def test_a_word_typed_for_one_order_does_not_count_for_another(host: Host, qtbot: QtBot) -> None:
    other = msgspec.structs.replace(doubtful(host), ref="u2", updated_at=ft.CLOCK)
    host.tell(other)
    sheet = opened(host)
    sheet.word.setText("没有")
    qtbot.keyClick(sheet.list, Qt.Key.Key_Down)
    assert sheet.list.ref == "u2"
    assert sheet.word.text() == ""
    assert not sheet.go.isEnabled()


def test_an_order_that_turns_up_while_the_word_is_typed_cannot_be_given_up(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    sheet.word.setText("没有")
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    host.tell(msgspec.structs.replace(doubtful(host), state="working"))
    assert not sheet.go.isEnabled()
    assert "没有结果不明的委托了" in painted(sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert host.commands.wished == []


def test_many_doubts_scroll_with_the_chosen_one_in_sight(host: Host, qtbot: QtBot) -> None:
    first = doubtful(host)
    host.tell(*(msgspec.structs.replace(first, ref=f"v{n}", volume=100 + n, updated_at=ft.CLOCK + n) for n in range(9)))
    sheet = opened(host)
    assert f"另有 {10 - SHOWN} 笔，用 ↑↓ 翻到" in painted(sheet)
    for _ in range(9):
        qtbot.keyClick(sheet.list, Qt.Key.Key_Down)
    assert sheet.list.ref == "v8"
    assert "108\u2009张" in painted(sheet)


def test_the_list_has_the_keyboard_first_and_tab_reaches_every_button(host: Host, qtbot: QtBot) -> None:
    sheet = opened(host)
    qtbot.waitUntil(sheet.list.hasFocus)
    reached = set()
    for _ in range(6):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert {sheet.ask, sheet.cancel, sheet.word} <= reached


def test_the_strip_counts_the_doubts_and_says_nothing_without_any(host: Host) -> None:
    assert ("doubts", "1 笔结果不明…") in actions_of(host.mirror)
    host.tell(msgspec.structs.replace(doubtful(host), state="working"))
    assert actions_of(host.mirror) == ()


def test_an_order_just_like_it_at_the_counter_can_be_named_as_this_one(host: Host) -> None:
    sheet = opened(host)
    assert sheet.claim.isHidden()
    host.tell(msgspec.structs.replace(doubtful(host), ref="x88001", kind="foreign", state="working"))
    assert not sheet.claim.isHidden()
    (one,) = sheet.claims().actions()
    assert "88001" in one.text()
    one.trigger()
    assert host.commands.wished == [DecideUnknown(doubtful(host).ref, "88001")]


def test_an_order_of_another_price_is_not_offered(host: Host) -> None:
    sheet = opened(host)
    host.tell(msgspec.structs.replace(doubtful(host), ref="x88002", kind="foreign", state="working", price=120_000))
    assert sheet.claim.isHidden()
