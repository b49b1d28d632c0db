"""The clearing sheet: what is off the list is seen whole, ticked by hand, and sold only as it is shown."""

from collections.abc import Callable
from typing import Any

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.clear_sheet import ClearSheet
from qmtdesk.desk.sheets.clear_table import ROW
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.words.texts import TEXTS, say
from qmtdesk.domain.messages import ClearRow, StopClearing
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.clear_talk import ClearLine, ClearList, ClearRows, KeepWhole
from qmtdesk.wire.talk import Ack

LEFT = Qt.MouseButton.LeftButton
OUT = because(Why.RANKED_OUT, rank=9, value=412_000_000, keep=6)
A = ClearLine(code="113050.SH", name="南银转债", position=210, volume=160, stays=50, why=OUT, bid1=120_010,
              floor=119_410, proceeds=19_201_600, fee=960, notes=(because(Why.SAME_DAY, volume=80),))  # fmt: skip
B = ClearLine(code="127089.SZ", name="晶澳转债", position=80, volume=80, stays=0,
              why=because(Why.SIZE_TOO_LARGE, size_yuan=900_000_000, max_yuan=300_000_000), bid1=98_250, floor=97_759,
              proceeds=7_860_000, fee=393)  # fmt: skip
OLD = ClearLine(code="123111.SZ", name="东财转<b>3", position=100, volume=100, stays=0, why=OUT, bid1=101_000,
                floor=100_495, proceeds=10_100_000, fee=505,
                refusal=because(Why.DATA_OLD, as_of="2026-11-17"))  # fmt: skip
RUNS = ClearLine(code="110059.SH", name="浦发转债", position=90, volume=60, stays=40, running=True, bid1=104_900,
                 floor=105_000, why=because(Why.CLEAR_STARTED, volume=100, stop_milli=105_000),
                 refusal=because(Why.BID_BELOW, bid_milli=104_900, stop_milli=105_000))  # fmt: skip
LIST = ClearList(id=1, lines=(A, B, OLD), whole=False, screen="original", listed=6, keep=6, as_of="2026-11-20",
                 data_old=False, others=2, busy=1, slippage_bp=50)  # fmt: skip


class Clears(fake.FakeCommands):
    """Keeps who waits for the list."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[ClearList], None]] = []
        self.hold = False
        self.held: list[Any] = []

    def list_clear(self, callback: Callable[[ClearList], None]) -> None:
        self.waiting.append(callback)

    def clear(self, rows: tuple[ClearRow, ...], done: Any = None) -> None:
        if self.hold:
            self.wished.append(ClearRows(rows=rows))
            self.held.append(done)
        else:
            super().clear(rows, done)


class Desk:
    """The real window over an invented trader, and the sheet in it."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (1600, 900)) -> None:
        self.qtbot = qtbot
        self.mirror, self.look, self.commands = Mirror(), Look(), Clears()
        self.look.set(motion=False)
        self.window = MainWindow(self.mirror, self.commands, self.look)
        qtbot.addWidget(self.window, before_close_func=lambda _: setattr(self.window, "_may_close", True))
        self.window.resize(*size)
        self.window.show()
        fake.fill_mirror(self.mirror)

    def open(self, answer: ClearList | None = LIST) -> ClearSheet:
        self.window.menu_does("clear")
        sheet = next(each for each in self.window.findChildren(ClearSheet) if not each.leaving)
        if answer is not None:
            self.answer(answer)
        return sheet

    def answer(self, answer: ClearList = LIST, **said: Any) -> None:
        self.commands.waiting.pop()(msgspec.structs.replace(answer, **said))

    def press(self, sheet: ClearSheet) -> None:
        self.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
        self.qtbot.mouseClick(sheet.go, LEFT)

    def click_row(self, sheet: ClearSheet, at: int, x: int = 12) -> None:
        self.qtbot.mouseClick(sheet.table.viewport(), LEFT, pos=QPoint(x, at * ROW + ROW // 2))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def painted(sheet: ClearSheet) -> str:
    with paint.recording() as drawn:
        sheet.grab()
    assert drawn.overlaps() == []
    assert drawn.too_wide() == []
    return "\n".join(each.text for each in drawn.texts)


def test_nothing_is_ticked_when_it_opens_and_each_row_says_why_it_is_there(desk: Desk) -> None:
    sheet = desk.open()
    words = painted(sheet)
    assert "小盘低价（原版）" in words
    assert "第 9" in words or "9" in words
    assert say(OLD.refusal) in words  # type: ignore[arg-type]
    assert "东财转<b>3" in words
    assert "T+0" in words
    assert sheet.ticked() == []
    assert sheet.foot_words == TEXTS["clear.nothing_ticked"][0]
    assert not sheet.go.isEnabled()


def test_ticked_rows_are_totalled_and_sold_as_they_are_shown(desk: Desk) -> None:
    sheet = desk.open()
    desk.click_row(sheet, 0)
    desk.click_row(sheet, 1)
    assert sheet.total.words == TEXTS["clear.total"][0].format(n=2, volume=240, money="27,061.60", fee="1.35")
    assert sheet.go.text() == TEXTS["clear.go"][0].format(n=2, volume=240)
    assert sheet.go.kind == "sell"
    desk.press(sheet)
    sent = ClearRows(rows=(ClearRow(A.code, 160, 119_410), ClearRow(B.code, 80, 97_759)))
    assert desk.commands.wished == [sent]
    assert sheet.leaving
    assert desk.window.note.words == TEXTS["clear.done"][0].format(n=2)


def test_a_row_whose_data_are_old_cannot_be_ticked_not_even_with_all(desk: Desk) -> None:
    sheet = desk.open()
    desk.click_row(sheet, 2)
    assert sheet.ticked() == []
    desk.qtbot.mouseClick(sheet.all, LEFT)
    assert [line.code for line in sheet.ticked()] == [A.code, B.code]
    desk.qtbot.mouseClick(sheet.all, LEFT)
    assert sheet.ticked() == []


def test_a_row_that_moved_under_its_tick_is_unticked_and_said(desk: Desk) -> None:
    sheet = desk.open()
    desk.click_row(sheet, 0)
    desk.mirror.second_passed.emit()
    desk.answer(lines=(msgspec.structs.replace(A, volume=210, stays=0), B))
    assert sheet.ticked() == []
    assert sheet.foot_words == TEXTS["clear.changed"][0]
    desk.click_row(sheet, 0)
    assert [line.volume for line in sheet.ticked()] == [210]
    assert sheet.missing() == ""


def test_under_the_pointer_no_row_comes_to_stand_where_another_was(desk: Desk) -> None:
    sheet = desk.open()
    viewport = sheet.table.viewport()
    QApplication.sendEvent(viewport, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    desk.mirror.second_passed.emit()
    desk.answer(lines=(RUNS, B))
    assert A.name not in painted(sheet)
    desk.click_row(sheet, 0)
    assert sheet.ticked() == []
    desk.click_row(sheet, 1)
    assert [line.code for line in sheet.ticked()] == [B.code]
    sheet.table.setFocus()
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Up)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Space)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Delete)
    assert ([line.code for line in sheet.ticked()], desk.commands.wished) == ([B.code], [])
    # with the pointer gone the rows stand as the trader lists them
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    desk.click_row(sheet, 1)
    assert sheet.ticked() == []


def test_the_row_at_hand_stays_at_hand_where_the_list_changes(desk: Desk) -> None:
    sheet = desk.open()
    sheet.table.setFocus()
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Down)
    desk.mirror.second_passed.emit()
    desk.answer(lines=(RUNS, A, B))
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Space)
    assert [line.code for line in sheet.ticked()] == [B.code]


def test_new_prices_keep_the_tick_and_are_what_is_confirmed(desk: Desk) -> None:
    sheet = desk.open()
    desk.click_row(sheet, 0)
    desk.mirror.second_passed.emit()
    desk.answer(lines=(msgspec.structs.replace(A, bid1=121_000, floor=120_395),))
    desk.press(sheet)
    assert desk.commands.wished == [ClearRows(rows=(ClearRow(A.code, 160, 120_395),))]


def test_what_the_trader_refuses_is_said_and_nothing_closes(desk: Desk) -> None:
    desk.commands.ok, desk.commands.reason = False, because(Why.NOT_PROPOSED, code=A.code, want=160, volume=80)
    sheet = desk.open()
    desk.click_row(sheet, 0)
    desk.press(sheet)
    assert not sheet.leaving
    assert sheet.foot_words == say(desk.commands.reason)


def test_while_it_is_on_its_way_it_cannot_be_sent_twice(desk: Desk) -> None:
    desk.commands.hold = True
    sheet = desk.open()
    desk.click_row(sheet, 0)
    desk.press(sheet)
    assert not sheet.go.isEnabled()
    desk.qtbot.mouseClick(sheet.go, LEFT)
    assert len(desk.commands.wished) == 1
    desk.commands.held[0](Ack(1, ok=True, seq=1))
    assert sheet.leaving


def test_nothing_to_clear_says_so_and_what_was_left_out(desk: Desk) -> None:
    sheet = desk.open(msgspec.structs.replace(LIST, lines=()))
    words = painted(sheet)
    for key, n in (("clear.empty", 0), ("clear.empty_others", 2), ("clear.empty_busy", 1)):
        assert TEXTS[key][0].format(n=n) in words
    assert sheet.foot_words == TEXTS["clear.empty"][0]
    assert not sheet.all.isVisible()
    desk.mirror.second_passed.emit()
    desk.answer(lines=(), whole=True, others=0, busy=0)
    assert TEXTS["clear.empty_others"][0].format(n=2) not in painted(sheet)


def test_before_the_answer_it_says_that_it_is_looking(desk: Desk) -> None:
    sheet = desk.open(None)
    assert sheet.blocked() == TEXTS["clear.loading"][0]
    desk.mirror.second_passed.emit()
    assert len(desk.commands.waiting) == 1


def test_old_data_are_said_at_the_top_and_nothing_can_be_ticked(desk: Desk) -> None:
    sheet = desk.open(msgspec.structs.replace(LIST, lines=(OLD,), data_old=True, as_of=""))
    assert "已过期" in sheet.head.words
    assert TEXTS["clear.day_unknown"][0] in sheet.head.words
    assert sheet.foot_words == TEXTS["clear.nothing_to_tick"][0]


def test_the_setting_is_off_and_on_it_warns(desk: Desk) -> None:
    sheet = desk.open()
    assert not sheet.whole.isChecked()
    desk.qtbot.mouseClick(sheet.whole, LEFT)
    assert desk.commands.wished == [KeepWhole(on=True)]
    desk.answer(whole=True)
    assert sheet.whole.isChecked()
    assert TEXTS["clear.whole_warn"][0] in painted(sheet)


def test_a_setting_that_cannot_be_kept_is_said_and_stays_off(desk: Desk) -> None:
    desk.commands.ok, desk.commands.reason = False, because(Why.BAD_SETTING, name="clear", value="disk")
    sheet = desk.open()
    desk.qtbot.mouseClick(sheet.whole, LEFT)
    desk.answer()
    assert not sheet.whole.isChecked()


def test_one_that_is_being_sold_is_shown_and_stopped_by_click_or_key(desk: Desk) -> None:
    sheet = desk.open(msgspec.structs.replace(LIST, lines=(RUNS, A)))
    words = painted(sheet)
    assert "已卖 40，还剩 60" in words
    assert say(RUNS.refusal, RUNS.code) in words  # type: ignore[arg-type]
    desk.click_row(sheet, 0)
    assert sheet.ticked() == []
    desk.click_row(sheet, 0, sheet.table.viewport().width() - 30)
    assert desk.commands.wished == [StopClearing(RUNS.code)]
    assert sheet.foot_words == TEXTS["clear.stopped"][0] or sheet.missing()
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Up)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Delete)
    assert desk.commands.wished == [StopClearing(RUNS.code)] * 2


def test_the_keyboard_moves_ticks_and_confirms(desk: Desk) -> None:
    sheet = desk.open()
    desk.qtbot.waitUntil(lambda: not sheet._dead.isActive(), timeout=20_000)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Down)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Space)
    assert [line.code for line in sheet.ticked()] == [B.code]
    assert "☑ 晶澳转债" in sheet.table.accessibleName()
    desk.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Return)
    assert not desk.commands.wished
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.commands.wished == [ClearRows(rows=(ClearRow(B.code, 80, 97_759),))]


def test_a_long_list_scrolls_to_the_row_at_hand(desk: Desk) -> None:
    lines = tuple(msgspec.structs.replace(A, code=f"1130{n:02}.SH", name=f"债{n}") for n in range(40))
    sheet = desk.open(msgspec.structs.replace(LIST, lines=lines))
    for _ in range(39):
        desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Down)
    assert "债39" in painted(sheet)
    desk.qtbot.keyClick(sheet.table, Qt.Key.Key_Space)
    assert [line.name for line in sheet.ticked()] == ["债39"]


def test_without_a_trader_it_is_dead_and_asks_again_with_the_next(desk: Desk) -> None:
    sheet = desk.open(None)
    desk.mirror.set_link("lost", "")
    assert sheet.blocked() == TEXTS["sheet.no_trader"][0]
    desk.mirror.set_link("attached")
    desk.mirror.second_passed.emit()
    assert len(desk.commands.waiting) == 2


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("size", [(1280, 720), (960, 560)])
def test_nothing_overlaps_in_a_small_window_in_either_language(
    qtbot: QtBot, language: Language, size: tuple[int, int]
) -> None:
    desk = Desk(qtbot, size)
    desk.look.set(language=language)
    sheet = desk.open(msgspec.structs.replace(LIST, lines=(RUNS, A, B, OLD), whole=True))
    desk.click_row(sheet, 1)
    assert painted(sheet)


def test_a_clearing_is_counted_in_the_strip_and_asked_about_before_the_window_goes(desk: Desk) -> None:
    desk.mirror.apply([fake.status(clearing=2, grids_running=0, grids_asleep=0, grids_sell_only=0, guards_armed=0)])
    desk.mirror.flush()
    assert desk.window.goodbye.armed()
    with paint.recording() as drawn:
        desk.window.strip.grab()
    assert any("清理 2 只" in each.text for each in drawn.texts)
    from qmtdesk.domain.plans import StopHow

    desk.window.goodbye.stop(StopHow.CANCEL)
    assert StopClearing("") in desk.commands.wished


def test_every_reason_a_row_may_carry_has_words() -> None:
    for why in (Why.TERMS_UNKNOWN, Why.NO_BID, Why.NO_BOOK, Why.NOT_PROPOSED):
        assert say(Reason(why))
