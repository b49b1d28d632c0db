"""A grid whose stop still sells takes no start: nothing offers one, and where it was asked for, why is said."""

from typing import Any

import fake_trader as ft
import pytest
from ladder_desk import Desk
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGrid
from qmtdesk.wire.rows import GridRow


def selling(desk: Desk, **more: Any) -> GridRow:
    row = replace(ft.grid(), state="stopped", armed=False, winding=True, selling=True, why=None)
    return replace(row, **more)


@pytest.fixture
def desk(qtbot: Any) -> Desk:
    return Desk(qtbot)


@pytest.fixture
def window(desk: Desk) -> MainWindow:
    ft.fill_mirror(desk.mirror, "main")
    look = Look()
    look.set(motion=False)
    window = MainWindow(desk.mirror, desk.commands, look)
    desk.qtbot.addWidget(window, before_close_func=lambda window: setattr(window, "_may_close", True))
    window.resize(1600, 900)
    window.show()
    desk.qtbot.waitExposed(window)
    desk.feed(selling(desk))
    return window


def test_the_start_button_waits_for_the_sale_and_its_tip_says_until_when(desk: Desk) -> None:
    panel = desk.open()
    asked: list[str] = []
    panel.sheet_requested.connect(asked.append)
    start = panel.head.start_button
    desk.feed(selling(desk))
    assert start.isVisible()
    assert (start.isEnabled(), start.toolTip()) == (False, t("head.no_start"))
    desk.qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    assert asked == []
    desk.feed(selling(desk, winding=False, selling=False))
    assert (start.isEnabled(), start.toolTip()) == (True, "")
    desk.qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    assert asked == [ft.BOND]


def test_a_stop_that_only_cancels_leaves_the_start_to_its_sheet(desk: Desk) -> None:
    panel = desk.open()
    desk.feed(selling(desk, selling=False))
    assert panel.head.start_button.isEnabled()


def test_a_pair_without_orders_waits_for_its_sale_as_well(desk: Desk) -> None:
    panel = desk.open()
    desk.feed(selling(desk, levels=()))
    start = panel.empty.start_button
    assert start.isVisible()
    assert (start.isEnabled(), start.toolTip()) == (False, t("head.no_start"))
    desk.feed(selling(desk, levels=(), winding=False, selling=False))
    assert (start.isEnabled(), start.toolTip()) == (True, "")


def test_s_while_it_sells_says_why_nothing_is_done(desk: Desk) -> None:
    panel = desk.open()
    desk.feed(selling(desk))
    desk.qtbot.keyClick(panel.ladder, Qt.Key.Key_S)
    assert panel.note.isVisible()
    assert panel.note.words == t("head.no_start")
    assert desk.wished(DisarmGrid) == []


def test_enter_while_it_sells_opens_no_sheet_and_says_why_at_the_foot(desk: Desk, window: MainWindow) -> None:
    window.ladder.setFocus()
    desk.qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Return)
    assert window.findChildren(GridSheet) == []
    assert window.note.words == t("head.no_start")
    desk.feed(selling(desk, winding=False, selling=False))
    desk.qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Return)
    assert len(window.findChildren(GridSheet)) == 1


def test_the_menu_of_the_table_offers_no_start_while_it_sells(desk: Desk, window: MainWindow) -> None:
    view, model = window.bonds.view, window.bonds.model

    def sheet_action() -> Any:
        menu = window.bonds.menu_at(QPoint(30, view.rowViewportPosition(model.row_of(ft.BOND)) + 10))
        assert menu is not None
        return menu, next(action for action in menu.actions() if action.text() == t("bond.open_sheet"))

    menu, action = sheet_action()
    assert (action.isEnabled(), action.toolTip(), menu.toolTipsVisible()) == (False, t("head.no_start"), True)
    desk.feed(selling(desk, winding=False, selling=False))
    menu, action = sheet_action()
    assert (action.isEnabled(), menu.toolTipsVisible()) == (True, False)
