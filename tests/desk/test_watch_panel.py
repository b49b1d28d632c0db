"""The watchlist: what a row says, what a click or key wishes, and that nothing armed can be hit by accident."""

from typing import Any

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from watch_desk import WAN, Desk, entries, shown_desk

from qmtdesk.desk.brush import paint
from qmtdesk.desk.watch.seal_words import foot
from qmtdesk.desk.watch.watch_panel import full_code
from qmtdesk.desk.watch.watch_state import Tone, ordered, words
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGuard, SetThreshold
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.wire.rows import WatchRow
from qmtdesk.wire.talk import Ack, WatchCode

NEXT = "603121.SH"
T1 = "301209.SZ"


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return shown_desk(qtbot)


def row(code: str = ft.STOCK) -> WatchRow:
    return next(r for r in ft.watches() if r.code == code)


def test_the_most_urgent_row_is_first_and_what_is_sold_last(desk: Desk) -> None:
    assert desk.panel.rows.codes[:2] == (ft.STOCK, NEXT)
    assert desk.panel.rows.codes[-1] == "002733.SZ"


def test_rows_do_not_move_while_the_keyboard_is_in_them(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.rows.setFocus()
    qtbot.waitUntil(desk.panel.rows.hasFocus)
    before = desk.panel.rows.codes
    desk.put(seal=90_000 * WAN)
    assert desk.panel.rows.codes == before
    desk.panel.rows.arrange()
    assert desk.panel.rows.codes[0] == NEXT


def test_the_user_order_is_kept_and_given_back(desk: Desk, qtbot: QtBot) -> None:
    desk.mirror.select_stock(NEXT)
    qtbot.keyClick(desk.panel.rows, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.panel.rows.codes[:2] == (NEXT, ft.STOCK)
    kept = desk.panel.order()
    desk.panel.rows.set_order(by_urgency=True)
    assert desk.panel.rows.codes[0] == ft.STOCK
    desk.panel.restore_order(kept)
    assert desk.panel.rows.codes[:2] == (NEXT, ft.STOCK)


def test_new_codes_come_after_the_kept_ones() -> None:
    rows = {r.code: r for r in ft.watches()}
    assert ordered(rows, ("603121.SH", "000001.SZ"), by_urgency=False)[0] == "603121.SH"
    assert set(ordered(rows, ("603121.SH",), by_urgency=False)) == set(rows)


def test_switching_off_acts_at_once_and_offers_the_way_back(desk: Desk, qtbot: QtBot) -> None:
    desk.click(qtbot, desk.panel.rows.switch_rect(ft.STOCK))
    assert desk.commands.wished == [DisarmGuard(ft.STOCK)]
    assert desk.panel.note.isVisible()
    assert desk.sheet() is None
    qtbot.mouseClick(desk.panel.note.button, Qt.MouseButton.LeftButton)
    assert desk.sheet() is not None
    assert not any(type(w).__name__ == "ArmGuard" for w in desk.commands.wished)


def test_switching_on_shows_the_numbers_first(desk: Desk, qtbot: QtBot) -> None:
    desk.put(armed=False)
    desk.click(qtbot, desk.panel.rows.switch_rect(ft.STOCK))
    assert desk.sheet() is not None
    assert not any(type(w).__name__ == "ArmGuard" for w in desk.commands.wished)


def test_a_press_that_slides_to_another_switch_does_nothing(desk: Desk, qtbot: QtBot) -> None:
    view = desk.panel.rows.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=desk.panel.rows.switch_rect(ft.STOCK).center())
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=desk.panel.rows.switch_rect(NEXT).center())
    assert desk.commands.wished == []


def test_what_was_bought_today_cannot_be_armed_and_says_so(desk: Desk, qtbot: QtBot) -> None:
    desk.click(qtbot, desk.panel.rows.switch_rect(T1))
    assert desk.sheet() is None
    assert "T+1" in desk.panel.note.words
    assert words(row(T1), blind=False, killed=False).action == "T+1"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"limit_up": 0, "why": None}, "无涨停价"),
        ({"why": because(Why.LIMIT_DISAGREES, told_milli=11_010, own_milli=11_000)}, "涨停价不一致"),
        ({"sellable": 0, "bought_today": 0, "why": None}, "无可卖"),
        ({"sellable": 0, "bought_today": 100, "why": None}, "T+1"),
    ],
)
def test_each_no_is_said_under_the_switch(change: dict[str, object], said: str) -> None:
    made = msgspec.structs.replace(row(), armed=False, **change)
    got = words(made, blind=False, killed=False)
    assert got.action == said
    assert got.switch_dead
    assert not got.switch_on


def test_after_the_kill_every_switch_is_off() -> None:
    for made in ft.watches():
        assert not words(made, blind=False, killed=True).switch_on


def test_blind_rows_lose_their_amount_and_their_colour_but_keep_their_switch() -> None:
    got = words(row(), blind=True, killed=False)
    assert (got.chip, got.tone, got.big, got.near) == ("失明", Tone.GREY, "—", False)
    assert got.switch_on


def test_a_seal_under_one_and_a_half_thresholds_is_near() -> None:
    assert words(row(), blind=False, killed=False).near
    wide = msgspec.structs.replace(row(), seal=3_000 * WAN)
    assert not words(wide, blind=False, killed=False).near


def test_an_armed_guard_that_does_not_count_yet_says_so() -> None:
    got = words(msgspec.structs.replace(row(), ready=False), blind=False, killed=False)
    assert got.action == "待回升"
    confirming = msgspec.structs.replace(row(), confirm_have=1, confirm_need=3)
    assert words(confirming, blind=False, killed=False).action == "确认 1/3"


def test_arrows_move_enter_opens_and_space_switches(desk: Desk, qtbot: QtBot) -> None:
    desk.key(qtbot, Qt.Key.Key_Down)
    assert desk.mirror.selected_stock == NEXT
    desk.key(qtbot, Qt.Key.Key_Space)
    assert desk.commands.wished == [DisarmGuard(NEXT)]
    desk.key(qtbot, Qt.Key.Key_Return)
    sheet = desk.sheet()
    assert sheet is not None
    assert sheet.code == NEXT


def test_a_lower_threshold_is_set_in_place(desk: Desk, qtbot: QtBot) -> None:
    desk.key(qtbot, Qt.Key.Key_F2)
    editor = desk.panel._editor
    assert editor is not None
    assert "20,000,000" in editor.note
    editor.line.selectAll()
    qtbot.keyClicks(editor.line, "1500")
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    assert desk.commands.wished == [SetThreshold(ft.STOCK, 1_500 * WAN)]
    assert desk.panel._editor is None


def test_a_threshold_above_the_seal_opens_the_sheet_instead(desk: Desk, qtbot: QtBot) -> None:
    desk.click(qtbot, desk.panel.rows.amount_rect(ft.STOCK), double=True)
    editor = desk.panel._editor
    assert editor is not None
    editor.line.selectAll()
    qtbot.keyClicks(editor.line, "2700")
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    assert not any(isinstance(w, SetThreshold) for w in desk.commands.wished)
    sheet = desk.sheet()
    assert sheet is not None
    assert sheet.plan.threshold == 2_700 * WAN


@pytest.mark.parametrize("typed", ["-5", "1e308", "20000000", "50", "３", "abc"])
def test_a_threshold_that_makes_no_sense_is_not_sent(desk: Desk, qtbot: QtBot, typed: str) -> None:
    desk.panel.edit_threshold(ft.STOCK)
    editor = desk.panel._editor
    assert editor is not None
    editor.line.setText(typed)
    editor.line.textEdited.emit(typed)
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)
    assert desk.commands.wished == []
    assert editor.bad is not None
    assert editor.note
    qtbot.keyClick(editor.line, Qt.Key.Key_Escape)
    assert desk.panel._editor is None


def test_any_code_can_be_put_on_the_list(desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(desk.panel.add, Qt.MouseButton.LeftButton)
    entry = desk.panel._entry
    assert entry is not None
    qtbot.keyClicks(entry, "600719")
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert desk.commands.wished == [WatchCode("600719.SH", True)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("600719", "600719.SH"), ("002455", "002455.SZ"), ("300567.sz", "300567.SZ"), ("127089", "127089.SZ"),
     ("113678", "113678.SH"), ("830799", "830799.BJ"), ("12345", ""), ("６００７１９", ""), ("600719.XX", "")],
)  # fmt: skip
def test_a_typed_code_finds_its_exchange(typed: str, code: str) -> None:
    assert full_code(typed) == code


def test_a_refused_code_says_why(desk: Desk) -> None:
    desk.commands.ok, desk.commands.reason = False, because(Why.UNKNOWN_CODE, code="600719.SH")
    desk.panel.add_code("600719")
    assert "不认识" in desk.panel.note.words


def test_an_armed_row_is_not_removed(desk: Desk, qtbot: QtBot) -> None:
    desk.key(qtbot, Qt.Key.Key_Delete)
    assert desk.commands.wished == []
    assert "撤防" in desk.panel.note.words
    desk.put(armed=False)
    desk.key(qtbot, Qt.Key.Key_Delete)
    assert desk.commands.wished == [WatchCode(ft.STOCK, False)]


def test_the_wheel_changes_nothing_but_the_scroll(desk: Desk, qtbot: QtBot) -> None:
    before = dict(desk.mirror.watches)
    desk.panel.rows.verticalScrollBar().setValue(10_000)
    assert desk.mirror.watches == before
    assert desk.commands.wished == []


@pytest.mark.parametrize("width", [396, 340])
@pytest.mark.parametrize("picture", ["main", "blind", "killed"])
def test_no_text_is_cut_or_stands_on_another(qtbot: QtBot, width: int, picture: str) -> None:
    made = Desk(picture)
    qtbot.addWidget(made)
    made.panel.resize(width, 460)
    made.seal.resize(width, 270)
    made.show()
    with paint.recording() as seen:
        made.grab()
    assert seen.texts
    assert [drawn.text for drawn in seen.too_wide()] == []
    assert [(a.text, b.text) for a, b in seen.overlaps() if "阈值" not in a.text + b.text] == []


def test_an_empty_list_names_the_next_step(qtbot: QtBot) -> None:
    made = Desk("empty")
    qtbot.addWidget(made)
    made.show()
    with paint.recording() as seen:
        made.grab()
    assert any("没有持股涨停" in drawn.text for drawn in seen.texts)


def test_the_foot_says_how_far_the_guard_is_from_acting() -> None:
    said = foot(row(), blind=False, killed=False)
    assert said.words.replace("\u2009", " ") == "再减 640 万触发 R1 → 自动卖 4,200 股 @11.00"
    assert "52" in said.right
    assert said.warn


def test_the_foot_says_the_volume_the_trader_would_sell_and_works_out_none_itself() -> None:
    plan = replace(row().plan, sell_volume=-1)
    made = msgspec.structs.replace(row(), plan=plan, sellable=500, would_sell=250)
    assert "250 股" in foot(made, blind=False, killed=False).words.replace("\u2009", " ")


@pytest.mark.parametrize(
    ("change", "blind", "killed", "part"),
    [
        ({}, True, False, "失明"),
        ({}, False, True, "已全部停止"),
        ({"armed": False, "why": None}, False, False, "未布防"),
        ({"ready": False}, False, False, "先回到"),
        ({"state": "sold", "sold": 4200}, False, False, "已卖出 4,200"),
        ({"state": "triggered"}, False, False, "已触发"),
        ({"state": "broken", "board": "open", "breaks": 2}, False, False, "板已打开"),
        ({"state": "open", "board": "open"}, False, False, "未封板"),
        ({"action": "alert"}, False, False, "只提醒"),
        ({"seal": 1_900 * WAN, "confirm_have": 1, "confirm_need": 2}, False, False, "确认 1/2"),
    ],
)
def test_the_foot_says_why_nothing_happens(change: dict[str, object], blind: bool, killed: bool, part: str) -> None:
    made = msgspec.structs.replace(row(), **change)
    assert part in foot(made, blind=blind, killed=killed).words


def test_history_is_asked_for_once_and_only_after_the_first_paint(qtbot: QtBot) -> None:
    made = Desk()
    qtbot.addWidget(made)
    made.mirror.select_stock(NEXT)
    assert made.commands.wished == []
    made.seal.attach_chart()
    made.mirror.select_stock(ft.STOCK)
    made.mirror.select_stock(NEXT)
    asked = [w for w in made.commands.wished if type(w).__name__ == "AskSeries"]
    assert [(w.code, w.what) for w in asked] == [(NEXT, "seal")]


def test_a_right_click_selects_the_row_and_offers_all_that_can_be_done_with_it(desk: Desk, qtbot: QtBot) -> None:
    asked: list[str] = []
    desk.panel.rows.menu_wanted.disconnect()
    desk.panel.rows.menu_wanted.connect(lambda code, _place: asked.append(code))
    view = desk.panel.rows.viewport()
    place = desk.panel.rows.row_rect(NEXT).topLeft() + QPoint(20, 20)
    qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=place)
    mouse, key = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(view, QContextMenuEvent(mouse, place, view.mapToGlobal(place)))
    assert asked == [NEXT]
    assert desk.mirror.selected_stock == NEXT
    desk.mirror.select_stock(ft.STOCK)
    QApplication.sendEvent(view, QContextMenuEvent(key, place, view.mapToGlobal(place)))
    assert asked == [NEXT, ft.STOCK]
    QApplication.sendEvent(view, QContextMenuEvent(mouse, QPoint(5, 5), view.mapToGlobal(QPoint(5, 5))))
    assert len(asked) == 2


def test_a_right_click_on_the_switch_switches_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.rows.menu_wanted.disconnect()
    place = desk.panel.rows.switch_rect(ft.STOCK).center()
    view = desk.panel.rows.viewport()
    qtbot.mousePress(view, Qt.MouseButton.RightButton, pos=place)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place)
    assert desk.commands.wished == []
    assert desk.sheet() is None


def test_the_menu_of_an_armed_row_disarms_changes_copies_and_does_not_remove(desk: Desk) -> None:
    assert desk.mirror.watches[ft.STOCK].armed
    found = entries(desk, ft.STOCK)
    assert not found[t("watch.menu_remove")].isEnabled()
    found[t("row.copy")].trigger()
    assert "华澜股份" in QApplication.clipboard().text()
    found[t("watch.menu_threshold")].trigger()
    assert desk.panel._editor is not None
    found[t("watch.menu_open")].trigger()
    sheet = desk.sheet()
    assert sheet is not None
    sheet.leave()
    found[t("watch.menu_disarm")].trigger()
    assert desk.commands.wished[-1] == DisarmGuard(ft.STOCK)


def test_the_menu_of_an_unarmed_row_arms_by_its_sheet_and_removes(desk: Desk) -> None:
    desk.put(armed=False)
    found = entries(desk, ft.STOCK)
    assert t("watch.menu_disarm") not in found
    found[t("watch.menu_remove")].trigger()
    assert desk.commands.wished == [WatchCode(ft.STOCK, False)]
    found[t("watch.menu_arm")].trigger()
    assert desk.sheet() is not None


def test_the_words_on_the_seal_chart_stand_over_its_curve(desk: Desk) -> None:
    order: list[str] = []
    panel = desk.seal
    curve, label = panel._curve, panel._label
    panel._curve = lambda *args, **words: (order.append("curve"), curve(*args, **words))  # type: ignore[method-assign,assignment,func-returns-value]
    panel._label = lambda *args: (order.append("label"), label(*args))  # type: ignore[method-assign,assignment,func-returns-value]
    panel.grab()
    assert order[0] == "curve"
    assert order.count("label") >= 2


def test_since_when_the_first_seal_and_the_breaks_are_counted_is_said(desk: Desk) -> None:
    first = ft.at(9, 47)
    desk.put(first_seal_at=first, breaks=2)
    assert t("watch.tip_first_seal", at="09:47", n=2) in desk.panel.rows.tip(ft.STOCK).splitlines()
    desk.put(first_seal_at=0, breaks=0)
    assert t("watch.tip_first_seal", at="09:47", n=2)[:3] not in desk.panel.rows.tip(ft.STOCK)


def test_a_guard_is_said_to_be_off_only_when_the_trader_says_so(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Any] = []
    monkeypatch.setattr(desk.commands, "disarm_guard", lambda _code, done=None: held.append(done))
    desk.click(qtbot, desk.panel.rows.switch_rect(ft.STOCK))
    assert not desk.panel.note.words
    held[0](Ack(1, ok=False, seq=1, reason=because(Why.RECONCILING)))
    assert desk.panel.note.words
    assert "已撤防" not in desk.panel.note.words
    held[0](Ack(1, ok=True, seq=1))
    assert "已撤防" in desk.panel.note.words
