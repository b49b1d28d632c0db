"""What a hand on the watchlist may rely on: a dead switch switches nothing, and rows stay under pointer and editor."""

import fake_trader as ft
import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from watch_desk import WAN, Desk, entries, shown_desk

from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGuard
from qmtdesk.domain.plans import GuardPlan, TimedThreshold


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return shown_desk(qtbot)


@pytest.mark.parametrize("by_key", [False, True])
def test_the_dead_switch_of_a_guard_that_fired_takes_nothing_off_and_says_how(
    desk: Desk, qtbot: QtBot, *, by_key: bool
) -> None:
    desk.put(state="triggered", armed=True, order_ref="g9")
    if by_key:
        desk.mirror.select_stock(ft.STOCK)
        desk.key(qtbot, Qt.Key.Key_Space)
    else:
        desk.click(qtbot, desk.panel.rows.switch_rect(ft.STOCK))
    assert desk.commands.wished == []
    assert desk.panel.note.words == t("watch.fired", name="华澜股份")
    entries(desk, ft.STOCK)[t("watch.menu_disarm")].trigger()
    assert desk.commands.wished == [DisarmGuard(ft.STOCK)]


def test_the_dead_switch_of_a_guard_that_has_sold_opens_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.put(state="sold", armed=False, sellable=500)
    desk.click(qtbot, desk.panel.rows.switch_rect(ft.STOCK))
    assert desk.sheet() is None
    assert desk.panel.note.words == t("watch.over", name="华澜股份")


def type_threshold(desk: Desk, qtbot: QtBot, typed: str) -> None:
    desk.panel.edit_threshold(ft.STOCK)
    editor = desk.panel._editor
    assert editor is not None
    editor.line.selectAll()
    qtbot.keyClicks(editor.line, typed)
    qtbot.keyClick(editor.line, Qt.Key.Key_Return)


def test_a_threshold_typed_over_a_row_goes_into_the_timed_one_that_the_row_shows(desk: Desk, qtbot: QtBot) -> None:
    early, late = (TimedThreshold(from_minute=minute, threshold=500 * WAN) for minute in (570, 885))
    plan = GuardPlan(code=ft.STOCK, threshold=2_000 * WAN, timed=(early, late))
    desk.put(armed=False, threshold=500 * WAN, plan=plan)
    type_threshold(desk, qtbot, "3000")
    sheet = desk.sheet()
    assert sheet is not None
    assert sheet.plan.timed == (TimedThreshold(from_minute=570, threshold=3_000 * WAN), late)
    assert sheet.plan.threshold == 2_000 * WAN
    # nor does the next click put it back
    sheet.action.set_value("ask")
    assert sheet.plan.timed[0].threshold == 3_000 * WAN


def urgent(desk: Desk, code: str) -> None:
    """The guard of a stock fires: its row is the first to look at."""
    row = msgspec.structs.replace(desk.mirror.watches[code], board="sealed", state="triggered", armed=True)
    desk.mirror.apply([row])
    desk.mirror.flush()


def test_rows_hold_still_while_a_threshold_is_typed_over_one(desk: Desk, qtbot: QtBot) -> None:
    rows = desk.panel.rows
    desk.panel.resize(396, 200)
    code, before = rows.codes[1], rows.codes
    desk.panel.edit_threshold(code)
    editor = desk.panel._editor
    assert editor is not None
    urgent(desk, before[-1])
    urgent(desk, before[-2])
    QApplication.sendEvent(rows, QEvent(QEvent.Type.Leave))
    desk.mirror.apply([ft.gone(desk.mirror.watches[before[0]])])
    desk.mirror.flush()
    turn = QPoint(0, -120)
    QApplication.sendEvent(
        rows.viewport(),
        QWheelEvent(
            QPointF(9, 90), QPointF(9, 90), turn, turn, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip
    assert rows.codes == before
    assert rows.row_rect(code).contains(editor.geometry().center())
    rows.grab()
    qtbot.keyClick(editor.line, Qt.Key.Key_Escape)
    assert before[0] not in rows.codes


def test_rows_take_their_places_when_the_threshold_is_typed_and_the_hand_is_gone(desk: Desk, qtbot: QtBot) -> None:
    last = desk.panel.rows.codes[-1]
    desk.panel.edit_threshold(ft.STOCK)
    editor = desk.panel._editor
    assert editor is not None
    qtbot.keyClick(editor.line, Qt.Key.Key_Escape)
    desk.panel.rows.clearFocus()
    urgent(desk, last)
    assert desk.panel.rows.codes[0] == last
