"""The confirm-sell card: no focus taken, nothing done at zero, one keystroke never confirms two things."""

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.asks import queue
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.sheet_base import HEAD
from qmtdesk.desk.watch.ask_card import AskCard
from qmtdesk.desk.watch.seal_panel import SealPanel
from qmtdesk.desk.watch.watch_panel import WatchPanel
from qmtdesk.domain.messages import AnswerAsk, ArmGuard, DisarmGuard
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import AskRow

OTHER = "603121.SH"
CTRL = Qt.KeyboardModifier.ControlModifier


class Host(QWidget):
    """A window with a watchlist, a seal chart and the card over it; its market clock is set by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror, self.look, self.commands = Mirror(), Look(), ft.FakeCommands()
        self.look.set(motion=False)
        self.now = ft.CLOCK
        self.mirror.clock = lambda: self.now  # type: ignore[method-assign]
        self.watch = WatchPanel(self.mirror, self.commands, self.look, self)
        self.seal = SealPanel(self.mirror, self.commands, self.look, self)
        self.resize(1280, 720)
        self.watch.setGeometry(934, 94, 340, 340)
        self.seal.setGeometry(934, 440, 340, 274)
        ft.fill_mirror(self.mirror)
        self.card = AskCard(self.mirror, self.commands, self.look, self.seal, self)

    def ask(self, *asks: AskRow) -> None:
        self.mirror.apply(asks)
        self.mirror.flush()

    def answers(self) -> list[AnswerAsk]:
        return [w for w in self.commands.wished if isinstance(w, AnswerAsk)]


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    made = Host()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.watch.rows.setFocus()
    qtbot.waitUntil(made.watch.rows.hasFocus)
    return made


def keys_wake(host: Host, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: host.card.keys.alive, timeout=20_000)


def said(host: Host) -> list[str]:
    """Every word of the card."""
    with paint.recording() as seen:
        host.card.grab()
    assert [drawn.text for drawn in seen.too_wide()] == []
    return [drawn.text for drawn in seen.texts]


def other(seal: int = 5_000_000_000) -> AskRow:
    return msgspec.structs.replace(ft.ask(), code=OTHER, ask=7, seal=seal)


def test_the_card_takes_no_focus(host: Host) -> None:
    host.ask(ft.ask())
    assert host.card.isVisible()
    assert host.watch.rows.hasFocus()
    for button in (host.card.sell, host.card.skip, host.card.off):
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_selling_is_dead_at_first(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    assert not host.card.sell.isEnabled()
    qtbot.mouseClick(host.card.sell, Qt.MouseButton.LeftButton)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == []
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    qtbot.mouseClick(host.card.sell, Qt.MouseButton.LeftButton)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, True)]
    assert not host.card.isVisible()


def test_at_zero_it_does_nothing(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    host.now = ft.CLOCK + 15_000
    assert host.card.left_ms() == 0
    qtbot.waitUntil(lambda: not host.card.isVisible(), timeout=20_000)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == []


def test_a_question_with_less_than_a_moment_on_the_wall_is_not_shown(host: Host, qtbot: QtBot) -> None:
    """At five times the pace the last four of its milliseconds are none."""
    host.mirror.apply([ft.status(speed=5)])
    host.ask(ft.ask())
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    host.now = ft.ask().deadline - 4
    assert host.card.left_ms() == 0
    host.card.answer(sell=True)
    assert not host.card.isVisible()
    assert host.answers() == []


def test_a_click_in_the_very_last_moment_sells_nothing_late(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    host.now = ft.CLOCK + 15_001
    host.card.answer(sell=True)
    assert host.answers() == []


def test_ctrl_enter_sells_when_no_sheet_is_open(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    keys_wake(host, qtbot)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, True)]


def test_escape_puts_the_question_away_when_no_sheet_is_open(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Escape)
    assert host.answers() == []
    keys_wake(host, qtbot)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Escape)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, False)]


def test_the_second_press_of_an_arming_ctrl_enter_never_sells(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_guard_sheet(host, OTHER)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CTRL)
    assert sheet.leaving
    host.ask(ft.ask())
    # later than the pause of the buttons, sooner than that of the keys
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == []
    assert not host.card.keys.alive


def test_a_press_that_came_too_early_makes_the_keys_wait_again(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    left = host.card.keys.rest_ms()
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == []
    assert host.card.keys.rest_ms() > left + 300


def test_a_sheet_that_closes_makes_the_keys_wait_again(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    keys_wake(host, qtbot)
    sheet = sheets.open_guard_sheet(host, OTHER)
    qtbot.waitUntil(lambda: not host.card.keys.alive, timeout=20_000)
    qtbot.mouseClick(sheet.cancel, Qt.MouseButton.LeftButton)
    assert sheet.leaving
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == []
    keys_wake(host, qtbot)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, True)]


def test_a_key_for_a_field_makes_the_keys_wait_again(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    keys_wake(host, qtbot)
    host.watch.edit_threshold(OTHER)
    editor = host.watch._editor
    assert editor is not None
    qtbot.keyClick(editor.line, Qt.Key.Key_Escape)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Escape)
    assert host.answers() == []
    assert host.card.isVisible()


def test_the_next_question_of_a_queue_waits_for_fresh_keys(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask(), other(19_000_000_000))
    keys_wake(host, qtbot)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, True)]
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    qtbot.keyClick(host.watch.rows, Qt.Key.Key_Return, CTRL)
    assert len(host.answers()) == 1


def test_the_button_says_what_it_sells_at_every_change(host: Host, qtbot: QtBot) -> None:
    host.ask(msgspec.structs.replace(ft.ask(), volume=0))
    qtbot.waitUntil(host.card.skip.isEnabled, timeout=20_000)
    assert not host.card.sell.isEnabled()
    assert host.card.sell.text() == "还没有可卖的"
    host.ask(msgspec.structs.replace(ft.ask(), volume=1800))
    assert host.card.sell.text() == "卖出 1,800 股"
    assert not host.card.sell.isEnabled()
    assert not host.card.keys.alive
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    host.ask(msgspec.structs.replace(ft.ask(), volume=1800, price=10_990))
    assert host.card.sell.isEnabled()


def test_nothing_to_sell_says_why(host: Host) -> None:
    host.mirror.apply([ft.status(ready="reconciling")])
    host.ask(msgspec.structs.replace(ft.ask(), volume=0))
    assert "正在核对账户，还不知道能卖多少" in said(host)
    host.mirror.apply([ft.status()])
    host.mirror.flush()
    assert "没有可卖的股" in said(host)


def test_a_seal_that_came_back_is_said_so(host: Host) -> None:
    host.ask(ft.ask())
    assert "＜ 阈值 2,000\u2009万" in said(host)
    host.ask(msgspec.structs.replace(ft.ask(), seal=91_100_000_000))
    assert "已回升到 9,110\u2009万，不低于阈值 2,000\u2009万" in said(host)
    assert not [words for words in said(host) if words.startswith("＜")]


def test_without_a_trader_no_seconds_are_promised(host: Host) -> None:
    host.ask(ft.ask())
    host.mirror.set_link("lost")
    assert not [words for words in said(host) if "秒后" in words]
    assert "交易进程没有回应：卖不了，它也不会自己卖" in said(host)


def test_ctrl_enter_in_a_sheet_never_reaches_the_card(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    sheet = sheets.open_guard_sheet(host, OTHER)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CTRL)
    assert host.answers() == []
    assert [w for w in host.commands.wished if isinstance(w, ArmGuard)] != []
    assert host.card.isVisible()


def test_escape_in_a_sheet_leaves_the_question_open(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    sheet = sheets.open_guard_sheet(host, OTHER)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.leaving
    assert host.answers() == []


def test_an_open_sheet_says_that_a_question_waits_behind_it_and_a_click_leads_there(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_guard_sheet(host, OTHER)
    assert not sheet.asks.isVisible()
    host.ask(ft.ask())
    assert sheet.asks.isVisible()
    assert host.mirror.name(ft.STOCK) in sheet.asks.text()
    assert "15 秒" in sheet.asks.text()
    assert sheet.asks.geometry().bottom() < sheet.card.y() + HEAD
    qtbot.mouseClick(sheet.asks, Qt.MouseButton.LeftButton)
    assert sheet.leaving
    assert host.answers() == []
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    qtbot.mouseClick(host.card.sell, Qt.MouseButton.LeftButton)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, True)]


def test_the_line_over_a_sheet_goes_with_the_question(host: Host) -> None:
    host.ask(ft.ask())
    sheet = sheets.open_guard_sheet(host, OTHER)
    assert sheet.asks.isVisible()
    host.now = ft.CLOCK + 15_000
    host.mirror.second_passed.emit()
    assert not sheet.asks.isVisible()


def test_escape_in_a_field_leaves_the_question_open(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    host.watch.edit_threshold(OTHER)
    editor = host.watch._editor
    assert editor is not None
    qtbot.keyClick(editor.line, Qt.Key.Key_Escape)
    assert host.answers() == []
    assert host.watch._editor is None


def test_not_now_is_an_answer_and_disarming_too(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.mouseClick(host.card.skip, Qt.MouseButton.LeftButton)
    assert host.answers() == []
    qtbot.waitUntil(host.card.skip.isEnabled, timeout=20_000)
    qtbot.mouseClick(host.card.skip, Qt.MouseButton.LeftButton)
    assert host.answers() == [AnswerAsk(ft.STOCK, 1, False)]
    host.ask(other())
    qtbot.waitUntil(host.card.off.isEnabled, timeout=20_000)
    qtbot.mouseClick(host.card.off, Qt.MouseButton.LeftButton)
    assert host.commands.wished[-2:] == [AnswerAsk(OTHER, 7, False), DisarmGuard(OTHER)]


def test_the_queue_is_sorted_by_how_near_the_end_is() -> None:
    asks = {"a": ft.ask(), "b": other()}
    assert [ask.code for ask in queue(asks)] == [OTHER, ft.STOCK]


def test_a_more_urgent_question_waits_its_turn(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    host.ask(other())
    assert host.card.asking is not None
    assert host.card.asking.code == ft.STOCK
    host.card.answer(sell=False)
    assert host.card.asking is not None
    assert host.card.asking.code == OTHER
    assert not host.card.sell.isEnabled()


def test_an_answered_question_is_not_asked_again(host: Host) -> None:
    host.ask(ft.ask())
    host.card.answer(sell=False)
    host.ask(ft.ask())
    assert not host.card.isVisible()
    assert len(host.answers()) == 1


def test_an_answer_that_was_refused_leaves_the_question_open(host: Host) -> None:
    host.commands.ok, host.commands.reason = False, because(Why.JOURNAL_FAILED)
    host.ask(ft.ask())
    host.card.answer(sell=False)
    assert len(host.answers()) == 1
    assert host.card.isVisible()
    host.commands.ok = True
    host.card.answer(sell=False)
    assert not host.card.isVisible()


def test_a_question_that_is_gone_takes_the_card_with_it(host: Host) -> None:
    host.ask(ft.ask())
    host.mirror.apply([ft.gone(ft.ask())])
    host.mirror.flush()
    assert not host.card.isVisible()


def test_blind_means_no_sale_from_the_card(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)
    host.mirror.apply([ft.blind_status()])
    host.mirror.flush()
    assert not host.card.sell.isEnabled()


def test_a_stock_that_is_silent_alone_may_still_be_sold_from_the_card(host: Host, qtbot: QtBot) -> None:
    host.ask(ft.ask())
    host.mirror.apply([msgspec.structs.replace(host.mirror.quotes[ft.ask().code], stale=True)])
    host.mirror.flush()
    qtbot.waitUntil(host.card.sell.isEnabled, timeout=20_000)


def test_the_card_hides_neither_its_row_nor_any_word(host: Host) -> None:
    host.ask(ft.ask())
    rows = host.watch.rows
    row = rows.row_rect(ft.STOCK)
    foot = rows.viewport().mapTo(host, row.bottomLeft()).y()
    assert host.card.geometry().top() > foot
    assert "不处理" in said(host)
