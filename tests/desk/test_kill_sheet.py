"""The kill sheet counts confirmations, lets nobody lift too early, and nothing ever covers the kill button."""

import re

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sheet_host import Host

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.kill_sheet import KillSheet, LiftSheet, confirmed, item_note, record, sorted_items
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.sheets.stop_choice import StopChoice, StopSheet
from qmtdesk.desk.shell.strip_words import alarm_of
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGrid, LiftKill
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import KillRow

SIZES = [(1600, 900), (1366, 768), (1280, 720), (1000, 560)]


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def lift_sheet(host: Host) -> LiftSheet | None:
    return next((s for s in host.findChildren(LiftSheet) if not s.leaving), None)


def test_unknown_orders_stand_on_top_and_what_is_open_next(host: Host) -> None:
    states = [(item.state, item.done) for item in sorted_items(ft.kill_row())]
    assert states[0][0] == "unknown"
    assert [done for _, done in states] == sorted(done for _, done in states)


def test_an_order_the_counter_never_answered_for_counts_as_not_confirmed() -> None:
    row = ft.kill_row(complete=True)
    vanished = msgspec.structs.replace(row.items[-1], state="unlisted")
    row = msgspec.structs.replace(row, items=(*row.items[:-1], vanished))
    assert sorted_items(row)[0] == vanished
    assert confirmed(row) == len(row.items) - 1
    assert "QMT" in item_note(vanished)


def test_neither_sheet_nor_strip_calls_done_what_nobody_answered_for(host: Host) -> None:
    row = ft.kill_row(complete=True)
    vanished = msgspec.structs.replace(row.items[-1], state="unlisted")
    for items, said in ((row.items, False), ((*row.items[:-1], vanished), True)):
        host.tell(msgspec.structs.replace(row, items=items))
        alarm = alarm_of(host.mirror)
        assert alarm is not None
        assert ("没有答复" in alarm.note) is said
        sheet = sheets.open_kill_sheet(host)
        with paint.recording() as seen:
            sheet.grab()
        words = [drawn.text for drawn in seen.texts]
        assert any("1 笔没有答复" in word for word in words) is said
        assert ("交易所里没有本程序委托" in words) is not said
        sheet.leave()


def test_lifting_is_dead_until_everything_is_confirmed(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_kill_sheet(host)
    assert "还有 2 笔未确认" in sheet.foot_words
    host.tell(msgspec.structs.replace(ft.kill_row(complete=True), done=False))
    assert not sheet.go.isEnabled()
    assert "核对" in sheet.foot_words
    host.tell(ft.kill_row(complete=True))
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)


def test_without_a_trade_link_it_says_that_no_cancel_left(host: Host) -> None:
    items = [
        msgspec.structs.replace(ft.kill_row().items[0], ref=ref, state=state, done=False)
        for ref, state in (("a", "working"), ("b", "cancelling"), ("c", "partial"), ("d", "part_cancelling"))
    ]
    host.tell(msgspec.structs.replace(ft.kill_row(), items=tuple(items)))
    sheet = sheets.open_kill_sheet(host)
    words = painted(sheet)
    assert (words.count("撤单已报，等柜台"), words.count("撤单还没有发出")) == (2, 2)
    assert "还有 4 笔未确认" in sheet.foot_words
    host.tell(msgspec.structs.replace(ft.killed_status(), lamp_trade="blind"))
    assert t("kill.cut_off", n=4) in painted(sheet).split("\n")
    assert not sheet.go.isEnabled()
    alarm = alarm_of(host.mirror)
    assert alarm is not None
    assert alarm.note == t("strip.killed_cut_off", n=4)


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_at_its_foot_is_said_in_full(host: Host, language: Language) -> None:
    host.look.set(language=language)
    sheet = sheets.open_kill_sheet(host)
    cut_off = msgspec.structs.replace(ft.killed_status(), lamp_trade="blind")
    checking = msgspec.structs.replace(ft.kill_row(complete=True), done=False)
    seen = []
    for rows, link in (
        ((ft.kill_row(),), "attached"),
        ((cut_off,), "attached"),
        ((checking,), "attached"),
        ((), "lost"),
    ):
        host.tell(*rows)
        host.mirror.set_link(link)
        assert sheet.foot_words in painted(sheet).split("\n")
        seen.append(sheet.foot_words)
    assert len(set(seen)) == 4
    speak(Language.ZH)


def test_lifting_asks_for_a_typed_word(host: Host, qtbot: QtBot) -> None:
    host.tell(ft.kill_row(complete=True))
    sheet = sheets.open_kill_sheet(host)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert host.commands.wished == []
    lift = lift_sheet(host)
    assert lift is not None
    assert not lift.go.isEnabled()
    lift.word.setText("解")
    qtbot.keyClick(lift, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.commands.wished == []
    lift.word.setText("解除")
    qtbot.waitUntil(lift.go.isEnabled, timeout=20_000)
    qtbot.keyClick(lift.word, Qt.Key.Key_Return)
    assert host.commands.wished == []
    qtbot.keyClick(lift, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.commands.wished == [LiftKill()]
    assert lift.leaving


@pytest.mark.parametrize(("untouched", "words"), [(0, "没有"), (2, "2 笔，仍在交易所")])
def test_lifting_says_what_of_others_rests(host: Host, untouched: int, words: str) -> None:
    host.tell(msgspec.structs.replace(ft.kill_row(complete=True), untouched=untouched))
    lift = LiftSheet(host, host.mirror, host.commands, host.look)
    lift.open()
    assert words in painted(lift).split("\n")


def test_a_refused_lift_says_why(host: Host, qtbot: QtBot) -> None:
    host.commands.ok, host.commands.reason = False, because(Why.RECONCILING)
    host.tell(ft.kill_row(complete=True))
    lift = LiftSheet(host, host.mirror, host.commands, host.look)
    lift.open()
    lift.word.setText("解除")
    qtbot.waitUntil(lift.go.isEnabled, timeout=20_000)
    qtbot.mouseClick(lift.go, Qt.MouseButton.LeftButton)
    assert not lift.leaving
    assert "核对" in lift.foot_words


def test_putting_the_sheet_away_changes_nothing(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_kill_sheet(host)
    qtbot.mouseClick(sheet.cancel, Qt.MouseButton.LeftButton)
    assert sheet.leaving
    assert host.commands.wished == []
    assert host.mirror.killed


def test_the_sheet_goes_when_the_stop_is_lifted(host: Host) -> None:
    sheet = sheets.open_kill_sheet(host)
    host.tell(msgspec.structs.replace(ft.kill_row(complete=True), active=False))
    assert sheet.leaving


def quiet_row() -> KillRow:
    """The picture of a trader whose kill switch is off."""
    return KillRow(active=False, at=0, by="", blocked=0, items=(), untouched=0, done=False)


def painted(sheet: Sheet) -> str:
    with paint.recording() as seen:
        sheet.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    return "\n".join(drawn.text for drawn in seen.texts)


CLAIMS = ("kill.title", "kill.step1", "kill.step3_done", "kill.nothing", "kill.untouched_none", "strip.killed_done")


def claimed(words: str) -> list[str]:
    """What these words say is over and done with."""
    return [key for key in CLAIMS if t(key) in words.split("\n")]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("link", ["attached", "lost", "silent", "failed", "starting"])
def test_nothing_is_claimed_before_the_trader_said_anything(qtbot: QtBot, link: str, language: Language) -> None:
    host = Host("main")
    qtbot.addWidget(host)
    host.look.set(language=language)
    host.tell(quiet_row())
    host.mirror.set_link(link)
    sheet = sheets.open_kill_sheet(host)
    words = painted(sheet)
    assert claimed(words) == []
    assert "0 / 0" not in words
    assert sheet.foot_words in words.split("\n")
    assert t("kill.waiting" if link == "attached" else "kill.no_trader") in words
    assert not sheet.go.isEnabled()
    assert not sheet.copy.isEnabled()
    speak(Language.ZH)


def test_the_first_picture_of_a_stop_fills_the_waiting_sheet(host: Host) -> None:
    host.tell(quiet_row())
    sheet = sheets.open_kill_sheet(host)
    assert t("kill.waiting") in painted(sheet)
    host.tell(ft.kill_row())
    words = painted(sheet)
    assert "5 / 7 已确认" in words
    assert t("kill.waiting") not in words
    assert claimed(words) == ["kill.title", "kill.step1"]
    assert sheet.copy.isEnabled()


def test_a_picture_from_before_the_press_does_not_take_the_waiting_sheet_away(host: Host) -> None:
    host.tell(quiet_row(), ft.status())
    sheet = sheets.open_kill_sheet(host)
    host.tell(quiet_row())
    assert not sheet.leaving
    host.tell(ft.kill_row(), ft.killed_status())
    host.tell(quiet_row(), ft.status())
    assert sheet.leaving


@pytest.mark.parametrize("row", [quiet_row(), None, msgspec.structs.replace(ft.kill_row(complete=True), done=False)])
def test_the_strip_says_all_is_cancelled_only_once_the_trader_checked(host: Host, row: KillRow | None) -> None:
    host.tell(ft.killed_status(), row or quiet_row())
    if row is None:
        host.mirror.kill = None
    alarm = alarm_of(host.mirror)
    assert alarm is not None
    assert alarm.note != t("strip.killed_done")
    assert [name for name, _ in alarm.actions] == ["kill_details"]
    host.tell(ft.kill_row(complete=True))
    alarm = alarm_of(host.mirror)
    assert alarm is not None
    assert alarm.note == t("strip.killed_done")
    assert [name for name, _ in alarm.actions] == ["kill_details", "lift"]


@pytest.mark.parametrize("language", list(Language))
def test_holdings_are_called_untouched_only_where_nothing_filled_and_all_is_answered(
    host: Host, language: Language
) -> None:
    speak(language)
    row = ft.kill_row(complete=True)
    empty = tuple(msgspec.structs.replace(item, filled=0, state="cancelled") for item in row.items)
    part = (msgspec.structs.replace(empty[0], filled=40), *empty[1:])
    vanished = (msgspec.structs.replace(empty[0], state="unlisted"), *empty[1:])
    notes = []
    for items in ((), empty, part, vanished):
        host.tell(msgspec.structs.replace(row, items=items))
        alarm = alarm_of(host.mirror)
        assert alarm is not None
        notes.append(alarm.note)
    kept = {Language.ZH: "持仓未动", Language.EN: "Holdings untouched"}[language]
    assert [kept in note for note in notes] == [True, True, False, False]
    assert notes[2] == t("strip.killed_done")


def test_the_record_names_every_order(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_kill_sheet(host)
    qtbot.mouseClick(sheet.copy, Qt.MouseButton.LeftButton)
    text = QApplication.clipboard().text()
    row = ft.kill_row()
    assert text == record(row)
    assert all(item.ref in text for item in row.items)


def test_progress_repaints_with_every_confirmation(host: Host) -> None:
    sheet = sheets.open_kill_sheet(host)

    def texts() -> list[str]:
        with paint.recording() as seen:
            sheet.grab()
        assert [drawn.text for drawn in seen.too_wide()] == []
        return [drawn.text for drawn in seen.texts]

    assert "5 / 7 已确认" in texts()
    host.tell(ft.kill_row(complete=True))
    assert "7 / 7 已确认" in texts()
    assert "交易所里没有本程序委托" in texts()


def everything(host: Host) -> list[tuple[str, QWidget]]:
    """Each thing that may stand over the window, one after the other."""
    args = (host, host.mirror, host.commands, host.look)
    return [
        ("kill", sheets.open_kill_sheet(host)),
        ("grid", sheets.open_grid_sheet(host, ft.BOND)),
        ("guard", sheets.open_guard_sheet(host, ft.STOCK)),
        ("stop", StopSheet(*args, ft.BOND)),
        ("choice", sheets.open_stop_choice(host, ft.BOND, host.kill)),
    ]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_ever_covers_the_kill_button(host: Host, qtbot: QtBot, size: tuple[int, int]) -> None:
    host.resize(*size)
    for name, over in everything(host):
        if isinstance(over, Sheet):
            over.open()
        middle = host.kill.mapTo(host, host.kill.rect().center())
        assert host.childAt(middle) is host.kill, name
        assert host.childAt(host.kill.mapTo(host, QPoint(2, host.kill.height() - 2))) is host.kill, name
        before = host.pressed
        qtbot.mouseClick(host.kill, Qt.MouseButton.LeftButton)
        assert host.pressed == before + 1, name
    for over in host.findChildren(Sheet):
        assert over.geometry().top() >= host.top.height()


def test_a_sheet_follows_its_window(host: Host) -> None:
    sheet = sheets.open_kill_sheet(host)
    host.resize(1100, 620)
    assert sheet.geometry().bottom() == host.height() - 1
    assert sheet.width() == 1100
    assert sheet.rect().contains(sheet.card.geometry())


def test_what_is_under_the_scrim_gets_no_click(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_kill_sheet(host)
    at = host.stop.geometry().center()
    assert host.childAt(at) is not host.stop
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet.mapFrom(host, at))
    assert not sheet.leaving


def test_a_bond_that_is_quiet_or_halted_may_be_stopped_and_sold_and_is_told_when(host: Host, qtbot: QtBot) -> None:
    sheet = StopSheet(host, host.mirror, host.commands, host.look, ft.BOND)
    sheet.open()
    qtbot.waitUntil(sheet.go.isEnabled)
    assert sheet.foot_words == t("stop.foot")
    host.tell(msgspec.structs.replace(host.mirror.quotes[ft.BOND], stale=True))
    assert sheet.go.isEnabled()
    assert (sheet.foot_words, sheet.foot_warns) == (t("stop.foot_stale"), True)
    host.tell(ft.blind_status())
    assert not sheet.go.isEnabled()


def test_the_stop_promises_to_sell_whole_lots(host: Host) -> None:
    host.tell(msgspec.structs.replace(host.mirror.grids[ft.BOND], held=97, surplus=0, can_use=97))
    sheet = StopSheet(host, host.mirror, host.commands, host.look, ft.BOND)
    sheet.open()
    assert "卖出 90" in sheet.go.text()
    host.tell(msgspec.structs.replace(host.mirror.grids[ft.BOND], held=7, can_use=7))
    assert not sheet.go.isEnabled()


def test_the_stop_counts_every_order_it_cancels_one_between_two_levels_too(host: Host) -> None:
    def counted() -> int:
        sheet = StopSheet(host, host.mirror, host.commands, host.look, ft.BOND)
        sheet.open()
        found = re.search(r"(\d+)\s*笔挂单", painted(sheet))
        assert found is not None
        return int(found[1])

    before = counted()
    own = next(row for row in host.mirror.orders.values() if row.code == ft.BOND and row.state == "working")
    host.tell(msgspec.structs.replace(own, ref="between", price=own.price + 1, kind="first_buy"))
    assert counted() == before + 1


def test_stopping_acts_at_once_and_only_selling_asks(host: Host, qtbot: QtBot) -> None:
    choice = sheets.open_stop_choice(host, ft.BOND, host.stop)
    qtbot.mouseClick(choice.options[0], Qt.MouseButton.LeftButton)
    assert host.commands.wished == [DisarmGrid(ft.BOND, StopHow.CANCEL)]
    choice = sheets.open_stop_choice(host, ft.BOND, host.stop)
    qtbot.mouseClick(choice.options[1], Qt.MouseButton.LeftButton)
    assert host.commands.wished[-1] == DisarmGrid(ft.BOND, StopHow.LEAVE)
    choice = sheets.open_stop_choice(host, ft.BOND, host.stop)
    qtbot.mouseClick(choice.options[2], Qt.MouseButton.LeftButton)
    assert len(host.commands.wished) == 2
    sheet = next(s for s in host.findChildren(StopSheet) if not s.leaving)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    assert sheet.go.kind == "sell"
    assert "210" in sheet.go.text()
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert host.commands.wished[-1] == DisarmGrid(ft.BOND, StopHow.SELL)


def test_what_a_grid_bought_and_had_no_room_for_counts_as_sold_and_not_as_kept(host: Host) -> None:
    more = {"held": 210, "base_holding": 150, "surplus": 50}
    host.tell(msgspec.structs.replace(host.mirror.grids[ft.BOND], can_use=360, **more))
    sheet = StopSheet(host, host.mirror, host.commands, host.look, ft.BOND)
    said = sheet.facts.accessibleName()
    assert f"{t('stop.sells')} 260" in said
    assert f"{t('stop.keeps')} 100" in said
    assert t("stop.rest") not in said
    host.tell(msgspec.structs.replace(host.mirror.grids[ft.BOND], can_use=230))
    assert f"{t('stop.sells')} 230" in sheet.facts.accessibleName()
    assert "30" in sheet.facts.accessibleName().partition(t("stop.rest"))[2]


def test_the_choice_goes_with_escape(host: Host, qtbot: QtBot) -> None:
    choice = sheets.open_stop_choice(host, ft.BOND, host.stop)
    qtbot.keyClick(choice, Qt.Key.Key_Escape)
    assert choice.isHidden()
    assert host.commands.wished == []


def test_the_sheet_is_a_kill_sheet(host: Host) -> None:
    assert isinstance(sheets.open_kill_sheet(host), KillSheet)


def test_a_sheet_that_has_left_hears_nothing_more(host: Host, qtbot: QtBot) -> None:
    for _, over in everything(host):
        if isinstance(over, Sheet):
            over.open()
            over.leave()
        elif isinstance(over, StopChoice):
            over.leave()
    qtbot.waitUntil(lambda: not host.findChildren(Sheet), timeout=20_000)
    ft.fill_mirror(host.mirror, "main")
    host.mirror.set_link("lost")
    host.mirror.set_link("attached")
    host.mirror.second_passed.emit()
    host.look.set(dark=False)
    host.resize(1300, 730)
    assert host.findChildren(Sheet) == []


def test_the_keyboard_goes_back_to_what_had_it_before_all_sheets(host: Host, qtbot: QtBot) -> None:
    host.activateWindow()
    host.stop.setFocus()
    qtbot.waitUntil(host.stop.hasFocus)
    host.tell(ft.kill_row(complete=True))
    sheet = sheets.open_kill_sheet(host)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    sheet.confirm()
    lift = lift_sheet(host)
    assert lift is not None
    lift.leave()
    qtbot.waitUntil(host.stop.hasFocus)


@pytest.mark.parametrize("size", [(1600, 900), (1366, 768), (1280, 720)])
def test_in_the_real_window_the_kill_button_is_never_covered(qtbot: QtBot, size: tuple[int, int]) -> None:
    from qmtdesk.desk.shell.window import MainWindow

    mirror, look, commands = Mirror(), Look(), ft.FakeCommands()
    look.set(motion=False)
    window = MainWindow(mirror, commands, look)
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    qtbot.waitExposed(window)
    ft.fill_mirror(mirror, "killed")
    mirror.apply([ft.ask()])
    mirror.flush()
    top = window.top
    button = top.mapTo(window, QPoint(top.width() - 60, top.height() // 2))
    before = window.childAt(button)
    assert before is not None
    assert top is before or top.isAncestorOf(before)
    for open_it in (
        lambda: sheets.open_kill_sheet(window),
        lambda: sheets.open_grid_sheet(window, ft.BOND),
        lambda: sheets.open_guard_sheet(window, ft.STOCK),
        lambda: sheets.open_stop_choice(window, ft.BOND, top),
    ):
        open_it()
        for x in range(20, top.width(), 40):
            under = window.childAt(QPoint(x, button.y()))
            assert under is not None
            assert under is top or top.isAncestorOf(under)
        assert window.childAt(button) is before


def test_a_sheet_fades_in_and_out_and_is_gone(host: Host, qtbot: QtBot) -> None:
    host.look.set(motion=True)
    sheet = sheets.open_kill_sheet(host)
    assert sheet.card.graphicsEffect() is not None
    qtbot.waitUntil(lambda: sheet.card.graphicsEffect() is None, timeout=20_000)
    sheet.leave()
    assert not sheet.go.isEnabled()
    qtbot.waitUntil(lambda: not host.findChildren(Sheet), timeout=20_000)
