"""What a hand on the watchlist may rely on: a dead switch switches nothing, and rows stay under pointer and editor."""

import fake_trader as ft
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from watch_desk import Desk, entries, shown_desk

from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGuard


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
