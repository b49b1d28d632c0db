"""The window at its least size, in the longer of its two languages."""

import fake_trader as fake
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.controls import Option, Segments
from qmtdesk.desk.brush.inputs import Choice, UnitField
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.sheets.preview_sheet import PreviewSheet
from qmtdesk.desk.sheets.sheet_base import FOOT, HEAD
from qmtdesk.desk.shell.window import MainWindow

KINDS = (Choice, Option, Segments, UnitField)


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    mirror, look = Mirror(), Look()
    look.set(motion=False, language=Language.EN)
    made = MainWindow(mirror, fake.FakeCommands(), look)
    qtbot.addWidget(made, before_close_func=lambda window: setattr(window, "_may_close", True))
    made.resize(960, 560)
    made.show()
    qtbot.waitExposed(made)
    fake.fill_mirror(mirror)
    assert made.size().toTuple() == (960, 560)
    return made


def test_nothing_of_the_top_bar_lies_under_its_buttons(window: MainWindow) -> None:
    placed = window.top._placed
    assert {"mode", "lamp", "phase", "clock"} <= {group.name for group, _ in placed}
    assert max(x + group.width for group, x in placed) <= window.top.menu.x()


def test_the_column_that_cancels_is_not_cut(window: MainWindow) -> None:
    table = window.tabs.table()
    shown = [number for number in range(len(table.rows.columns)) if not table.isColumnHidden(number)]
    assert table.rows.columns[shown[-1]].title == "act"
    assert sum(table.columnWidth(number) for number in shown) <= table.viewport().width()


@pytest.mark.parametrize("size", [(960, 560), (1067, 600), (1280, 720), (1600, 900)])
def test_no_figure_of_the_grids_sheet_is_cut_or_stands_on_its_label(
    window: MainWindow, size: tuple[int, int], qtbot: QtBot
) -> None:
    window.resize(*size)
    window.open_grid("123144.SZ")
    sheet = window.findChildren(GridSheet)[-1]
    room = sheet.body.parentWidget()
    assert room is not None
    qtbot.waitUntil(
        lambda: sheet.answer is not None and sheet.outcome.geometry().right() < room.width(), timeout=20_000
    )
    with paint.recording() as seen:
        sheet.outcome.grab()
    assert seen.too_wide() == []
    assert seen.overlaps() == []
    assert "−4,120 CNY" in [drawn.text for drawn in seen.texts]
    assert "worst loss @94.940" in [drawn.text for drawn in seen.texts]


@pytest.mark.parametrize("kind", ["grid", "guard"])
def test_no_field_of_a_sheet_is_squeezed_in_the_smallest_window(window: MainWindow, kind: str, qtbot: QtBot) -> None:
    if kind == "grid":
        window.open_grid("123144.SZ")
    else:
        sheets.show_guard(window, window.mirror, window.commands, window.look, fake.STOCK)
    sheet = window.findChildren(PreviewSheet)[-1]
    qtbot.waitUntil(lambda: sheet.answer is not None)
    fields = [field for field in sheet.body.findChildren(QWidget) if field.isVisible() and isinstance(field, KINDS)]
    assert len(fields) > 4
    assert [(type(field).__name__, field.height()) for field in fields if field.height() < 24] == []
    sheet.setFocus()
    sheet.focusNextPrevChild(True)
    for _ in range(40):
        now = window.focusWidget()
        assert now is not None
        if sheet.body.isAncestorOf(now):
            top = now.mapTo(sheet.card, now.rect().topLeft()).y()
            assert HEAD <= top <= sheet.card.height() - FOOT - now.height() + 1
        sheet.focusNextPrevChild(True)
