"""The import sheet: a list is seen whole, asked about where it is unclear, taken over by hand, and brought back."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import fake_trader as fake
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.list_sheet import ListSheet
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.words.texts import TEXTS
from qmtdesk.domain.bond_cells import Fault
from qmtdesk.domain.bond_facts import Source
from qmtdesk.domain.bond_headers import Column, Unit
from qmtdesk.wire.bond_talk import (
    BondListAnswer,
    BondListRow,
    BondListWish,
    ListColumn,
    ListProblem,
    ReadBondList,
    TypeBond,
    UnitChoice,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
ASKS = BondListAnswer(
    id=1, name="list.csv", kind="csv", encoding="gb18030", digest="d1",
    columns=(ListColumn(header="代码", column="code"), ListColumn(header="剩余规模", column="size"),
             ListColumn(header="现价", live=True), ListColumn(header="双低")),
    sample=(("113050", "2.35", "120", "130"), ("113051", "3.1", "121", "131")),
    choices=(UnitChoice(unit="yi", middle_yuan=235_000_000, likely=True),
             UnitChoice(unit="wan", middle_yuan=23_500, likely=False),
             UnitChoice(unit="yuan", middle_yuan=2, likely=False)),
    hint="2026-11-20", hint_from="file", good=512, bad=2, here=30, fresh=500, changed=12, gone=1,
    problems=(ListProblem(fault="code_damaged", row=13, column="代码", value="1.13E5"),
              ListProblem(fault="formula", row=34, column="剩余规模", value="=<b>1</b>")),
    refused=ListProblem(fault="unit_asked"),
)  # fmt: skip


class Lists(fake.FakeCommands):
    """Keeps what is asked and how to answer it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []
        self.callbacks: list[Callable[[BondListAnswer], None]] = []

    def bond_list(self, wish: Any, callback: Callable[[BondListAnswer], None]) -> None:
        self.asked.append(wish)
        self.callbacks.append(callback)

    def answer(self, **said: Any) -> None:
        import msgspec

        self.callbacks[-1](msgspec.structs.replace(ASKS, **said))


class Desk:
    """The real window over an invented trader, and the sheet in it."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (1600, 900)) -> None:
        self.qtbot = qtbot
        self.mirror, self.look, self.lists = Mirror(), Look(), Lists()
        self.look.set(motion=False)
        self.window = MainWindow(self.mirror, self.lists, self.look)
        qtbot.addWidget(self.window, before_close_func=lambda _: setattr(self.window, "_may_close", True))
        self.window.resize(*size)
        self.window.show()
        fake.fill_mirror(self.mirror)

    def open(self, place: str = "") -> ListSheet:
        self.window.menus.bond_list(place)
        return next(sheet for sheet in self.window.findChildren(ListSheet) if not sheet.leaving)

    def press(self, sheet: ListSheet) -> None:
        self.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
        self.qtbot.mouseClick(sheet.go, LEFT)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def painted(sheet: ListSheet) -> str:
    with paint.recording() as drawn:
        sheet.grab()
    return "\n".join(each.text for each in drawn.texts)


def test_the_menu_opens_the_sheet_and_it_says_what_it_takes(desk: Desk) -> None:
    desk.window.menu_does("bond_list")
    sheet = next(iter(desk.window.findChildren(ListSheet)))
    assert "剩余规模" in sheet.start.about.words
    assert sheet.start.now.words == TEXTS["list.now_none"][0]
    assert not sheet.start.restore.isVisible()
    assert not desk.lists.asked


def test_a_unit_must_be_said_and_a_day_before_anything_is_imported(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/list.csv")
    assert desk.lists.asked == [ReadBondList(source="file", place="/srv/lists/list.csv")]
    desk.lists.answer()
    assert sheet.blocked() == TEXTS["list.fault.unit_asked"][0]
    assert not any(option.isChecked() for option in sheet.found.units.values())
    desk.qtbot.mouseClick(sheet.found.units["yi"], LEFT)
    assert desk.lists.asked[-1].unit == "yi"
    assert sheet.blocked() == TEXTS["sheet.computing"][0]
    desk.lists.answer(unit="yi", refused=ListProblem(fault="no_date"))
    assert sheet.blocked() == TEXTS["list.fault.no_date"][0]
    desk.qtbot.mouseClick(sheet.found.day_hint, LEFT)
    assert desk.lists.asked[-1].as_of == "2026-11-20"
    desk.lists.answer(unit="yi", as_of="2026-11-20", refused=None)
    assert sheet.blocked() == ""
    desk.press(sheet)
    assert desk.lists.asked[-1] == ReadBondList(
        source="file", place="/srv/lists/list.csv", unit="yi", as_of="2026-11-20", use=True, digest="d1"
    )
    desk.lists.answer(used=True, refused=None)
    assert sheet.leaving


def test_an_import_can_be_taken_back_from_the_note_it_leaves(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/list.csv")
    desk.lists.answer(refused=None, choices=(), as_of="2026-11-20")
    desk.press(sheet)
    desk.lists.answer(used=True, refused=None)
    assert "已导入 list.csv：512 只" in painted_note(desk)
    desk.window.menus._list_back()
    assert desk.lists.asked[-1] == BondListWish(what="restore")
    desk.lists.answer(used=True, refused=None, name="", good=0)
    assert "空名单" in painted_note(desk)
    desk.window.menus._list_back()
    desk.lists.callbacks[-1](BondListAnswer(id=1, refused=ListProblem(fault="no_previous")))
    assert TEXTS["list.fault.no_previous"][0] in painted_note(desk)


def painted_note(desk: Desk) -> str:
    with paint.recording() as drawn:
        desk.window.grab()
    return "\n".join(each.text for each in drawn.texts)


def test_every_part_of_a_list_is_told(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/list.csv")
    desk.lists.answer()
    told = painted(sheet)
    for words in ("list.csv", "GBK", "可用 512 行，有问题 2 行", "其中 30 只", "新增 500，变化 12，不再有 1",
                  "居中的一只 2.35", "居中的一只 23,500 元，不像",
                  "113051", "现价（用行情）、双低", "第 13 行", "1.13E5"):  # fmt: skip
        assert words in told, words
    assert "=<b>1</b>" in told, "words from a file are shown as they are"


def test_a_header_that_is_clicked_is_left_out_and_comes_back(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/list.csv")
    desk.lists.answer()
    table = sheet.found.columns
    table.grab()
    desk.qtbot.mouseClick(table, LEFT, pos=QPoint(int(table._edges[1]) + 5, 10))
    assert desk.lists.asked[-1].leave == ("剩余规模",)
    left = (ASKS.columns[0], ListColumn(header="剩余规模"), *ASKS.columns[2:])
    desk.lists.answer(columns=left, choices=(), refused=ListProblem(fault="no_date"))
    assert "不导入" in painted(sheet)
    desk.qtbot.mouseClick(table, LEFT, pos=QPoint(int(table._edges[1]) + 5, 10))
    assert desk.lists.asked[-1].leave == ()


def test_a_file_that_cannot_be_read_says_why_and_another_can_be_chosen(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/old.xls")
    desk.lists.callbacks[-1](BondListAnswer(id=1, refused=ListProblem(fault="old_excel")))
    assert sheet.start.failed.words == TEXTS["list.fault.old_excel"][0]
    assert sheet.go.text() == TEXTS["list.choose"][0]


def test_a_long_reading_shows_how_far_it_is_and_can_be_stopped(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/large.xlsx")
    desk.mirror.apply([BondListRow(reading="large.xlsx", done=5 << 20, total=10 << 20)])
    desk.mirror.flush()
    desk.qtbot.waitUntil(lambda: sheet.pages.currentWidget() is sheet.wait, timeout=20_000)
    assert "已读 5.0 / 10.0 MB" in painted(sheet)
    desk.press(sheet)
    assert desk.lists.asked[-1] == BondListWish(what="stop")
    desk.lists.callbacks[0](BondListAnswer(id=1, refused=ListProblem(fault="stopped")))
    assert sheet.start.failed.words == TEXTS["list.fault.stopped"][0]


def test_leaving_stops_the_reading_and_a_late_answer_opens_nothing(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/large.xlsx")
    sheet.leave()
    assert desk.lists.asked[-1] == BondListWish(what="stop")
    desk.lists.callbacks[0](ASKS)
    assert sheet.leaving


def test_without_a_trader_nothing_is_confirmed(desk: Desk) -> None:
    sheet = desk.open("/srv/lists/list.csv")
    desk.lists.answer(refused=None, choices=())
    desk.mirror.set_link("lost", "")
    assert sheet.blocked() == TEXTS["sheet.blind"][0]


def test_the_list_before_is_offered_by_name(desk: Desk) -> None:
    desk.mirror.apply([BondListRow(name="b.csv", as_of="2026-11-19", count=512, before="a.csv", before_count=498)])
    desk.mirror.flush()
    sheet = desk.open()
    assert sheet.start.now.words == "b.csv · 512 只 · 数据日期 2026-11-19"
    assert sheet.start.before.words == "a.csv · 498 只"
    desk.qtbot.mouseClick(sheet.start.restore, LEFT)
    assert desk.lists.asked == [BondListWish(what="restore")]
    desk.lists.answer(used=True, refused=None, name="a.csv", good=498)
    assert sheet.leaving


def test_a_cell_can_be_typed_by_hand(desk: Desk) -> None:
    sheet = desk.open()
    start = sheet.start
    desk.qtbot.mouseClick(start.put, LEFT)
    assert start.hand_note.words == TEXTS["list.hand_empty"][0]
    start.code.setText("113050")
    start.value.setText("2.35")
    desk.qtbot.mouseClick(start.put, LEFT)
    assert desk.lists.asked == [TypeBond(code="113050", cells=(("size", "2.35"),))]
    desk.lists.callbacks[-1](BondListAnswer(id=1, refused=ListProblem(fault="unit_asked")))
    assert start.hand_note.words == TEXTS["list.hand_unit"][0]
    desk.lists.callbacks[-1](BondListAnswer(id=1, used=True))
    assert start.hand_note.words == "已写入 113050"


def test_a_database_is_read_like_a_file(desk: Desk) -> None:
    sheet = desk.open()
    sheet.start.url.setText("mysql://me@host/cgs")
    desk.qtbot.mouseClick(sheet.start.read, LEFT)
    assert desk.lists.asked == [ReadBondList(source="sql", place="mysql://me@host/cgs", table="cgs_convertible_bond")]
    desk.lists.callbacks[-1](BondListAnswer(id=1, refused=ListProblem(fault="no_driver", value="PyMySQL")))
    assert "pip install PyMySQL" in sheet.start.failed.words


def test_choosing_a_file_never_blocks_the_window(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: opened.append(dialog))  # noqa: PLW0108 - a bound self
    sheet = desk.open()
    desk.press(sheet)
    assert len(opened) == 1
    opened[0].fileSelected.emit("/srv/lists/list.csv")
    assert desk.lists.asked == [ReadBondList(source="file", place="/srv/lists/list.csv")]


@pytest.mark.parametrize(
    ("urls", "read"),
    [
        (["file:///srv/lists/list.csv"], True),
        (["https://host/list.csv"], False),
        (["file:///a.csv", "file:///b.csv"], False),
    ],
)
def test_a_file_dropped_on_the_table_is_read(desk: Desk, urls: list[str], read: bool) -> None:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    copy = Qt.DropAction.CopyAction
    event = QDropEvent(QPointF(50, 200), copy, data, LEFT, Qt.KeyboardModifier.NoModifier)
    desk.window.bonds.dropEvent(event)
    places = [str(Path("/srv/lists/list.csv"))] if read else []
    assert [wish.place for wish in desk.lists.asked] == places


@pytest.mark.parametrize("size", [(1600, 900), (1366, 768), (1000, 560)])
@pytest.mark.parametrize("language", list(Language))
def test_nothing_is_painted_over_anything_else(qtbot: QtBot, size: tuple[int, int], language: Language) -> None:
    desk = Desk(qtbot, size)
    desk.look.set(language=language)
    sheet = desk.open("/srv/lists/list.csv")
    desk.lists.answer(refused=ListProblem(fault="too_many_bad", value="40/500"))
    with paint.recording() as drawn:
        sheet.grab()
    parts = [part for part in sheet.found.children() if isinstance(part, QWidget) and part.isVisible()]
    places = sorted((part.geometry() for part in parts), key=lambda place: place.top())
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(places))
    assert places[-1].bottom() <= sheet.found.height()
    assert drawn.overlaps() == []
    assert drawn.too_wide() == []


def test_every_fault_column_unit_and_source_has_its_words() -> None:
    keys = [f"list.fault.{fault.value}" for fault in Fault]
    keys += [f"list.col.{column.value}" for column in Column]
    keys += [f"list.unit_{unit.value}" for unit in Unit] + [f"source.{source.value}" for source in Source]
    assert [key for key in keys if key not in TEXTS] == []


def test_a_cells_tip_names_its_own_source_and_day(desk: Desk) -> None:
    import msgspec

    from qmtdesk.desk.bonds.bonds_columns import BY_KEY, Bond
    from qmtdesk.desk.bonds.bonds_model import help_of

    row = msgspec.structs.replace(
        fake.bonds()[0], source="file", as_of="2026-11-19", origins=(("conv_price", "paper", "2026-11-20"),)
    )
    assert "来源 导入的名单 · 截至 2026-11-19" in help_of(Bond(row), BY_KEY["size"])
    assert "来源 模拟数据 · 截至 2026-11-20" in help_of(Bond(row), BY_KEY["conv_price"])
