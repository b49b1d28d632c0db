"""Orders, fills, holdings, round trips and events in their tables."""

import csv
import io
from pathlib import Path

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.csv_text import as_csv, as_line, safe
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell import exporting
from qmtdesk.desk.shell.tabs import TabPanel
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import AskNow, CancelOne, DecideUnknown
from qmtdesk.domain.reason import Why, because


@pytest.fixture
def mirror(qapp: object) -> Mirror:
    made = Mirror()
    fake.fill_mirror(made)
    return made


@pytest.fixture
def commands() -> fake.FakeCommands:
    return fake.FakeCommands()


@pytest.fixture
def panel(qtbot: QtBot, mirror: Mirror, commands: fake.FakeCommands) -> TabPanel:
    made = TabPanel(mirror, commands, Look())
    qtbot.addWidget(made)
    made.resize(1180, 260)
    made.show()
    return made


def refs(panel: TabPanel) -> list[str]:
    return [row.ref for row in panel.tables[0].rows.rows]


def column(panel: TabPanel, title: str) -> int:
    return next(n for n, found in enumerate(panel.table().rows.columns) if found.title == title)


def test_open_orders_stand_first_and_the_newest_of_them_on_top(panel: TabPanel) -> None:
    assert refs(panel)[0] == "s3"
    assert set(refs(panel)[-2:]) == {"g1", "r1"}


def test_foreign_orders_show_only_when_asked_for_and_have_no_button(
    panel: TabPanel, commands: fake.FakeCommands
) -> None:
    assert "f1" not in refs(panel)
    panel._switch("own")
    assert refs(panel)[-1] == "f1"
    panel._act(panel.tables[0].rows.rows[-1])
    assert commands.wished == []


def test_a_column_sorts_by_value_and_not_by_text(panel: TabPanel) -> None:
    panel.show_tab(2)
    at = column(panel, "value")
    panel.table()._sort_clicked(at)
    values = [row.value for row in panel.table().rows.rows]
    assert values == sorted(values, reverse=True)
    panel.table()._sort_clicked(at)
    assert [row.value for row in panel.table().rows.rows] == sorted(values)
    panel.table()._sort_clicked(at)
    assert panel.table().rows.sorting == (-1, False)


def test_del_cancels_the_selected_order_and_asks_nothing(
    qtbot: QtBot, panel: TabPanel, commands: fake.FakeCommands
) -> None:
    table = panel.table()
    table.selectRow(refs(panel).index("b1"))
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert commands.wished == [CancelOne("b1")]


def test_del_on_an_unknown_or_finished_order_does_nothing(
    qtbot: QtBot, panel: TabPanel, commands: fake.FakeCommands
) -> None:
    for ref in ("u1", "g1"):
        panel.table().selectRow(refs(panel).index(ref))
        qtbot.keyClick(panel.table(), Qt.Key.Key_Delete)
    assert commands.wished == []


def test_a_click_on_the_action_cell_cancels_and_elsewhere_only_selects(
    qtbot: QtBot, panel: TabPanel, commands: fake.FakeCommands
) -> None:
    table = panel.table()
    row = refs(panel).index("b1")
    y = table.rowViewportPosition(row) + 8
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, y))
    assert commands.wished == []
    x = table.columnViewportPosition(column(panel, "act")) + 20
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert commands.wished == [CancelOne("b1")]


@pytest.mark.parametrize(
    ("kind", "armed", "word"),
    [
        ("grid", True, "这一格暂停"),
        ("grid", False, ""),
        ("first_buy", True, "网格随之停止"),
        ("rolling", True, "网格随之停止"),
        ("clear", False, "卖出到此为止"),
        ("guard", False, "已撤防"),
        ("trial", True, ""),
    ],
)
def test_what_a_cancel_ends_is_said_when_it_is_done(
    panel: TabPanel, mirror: Mirror, commands: fake.FakeCommands, kind: str, armed: bool, word: str
) -> None:
    row = msgspec.structs.replace(mirror.orders["b1"], kind=kind)
    mirror.apply([msgspec.structs.replace(mirror.grids[row.code], armed=armed)])
    mirror.flush()
    told: list[str] = []
    panel.told.connect(told.append)
    panel._act(row)
    assert commands.wished == [CancelOne("b1")]
    assert [word in text for text in told] == ([True] if word else [])


def test_an_unknown_order_is_settled_only_on_its_sheet_and_asked_about_at_once(
    panel: TabPanel, commands: fake.FakeCommands
) -> None:
    row = panel.tables[0].rows.rows[refs(panel).index("u1")]
    opened: list[str] = []
    panel.doubt_opened.connect(opened.append)
    panel._act(row)
    assert (commands.wished, opened) == ([], [])
    panel._act_clicked(row)
    panel.menu_of(row, 0).actions()[-1].trigger()
    assert (commands.wished, opened) == ([], ["u1", "u1"])
    panel.menu_of(row, 0).actions()[-2].trigger()
    assert commands.wished == [AskNow()]


def test_an_order_no_longer_listed_is_given_up_only_by_a_second_choice(
    panel: TabPanel, mirror: Mirror, commands: fake.FakeCommands
) -> None:
    other = panel.menu_of(mirror.orders["b1"], 0)
    assert t("row.gone") not in [action.text() for action in other.actions()]
    row = msgspec.structs.replace(mirror.orders["b1"], state="refused", text="not_listed", cancellable=False)
    last = panel.menu_of(row, 0).actions()[-1]
    last.trigger()
    assert commands.wished == []
    told: list[str] = []
    panel.told.connect(told.append)
    commands.ok, commands.reason = False, because(Why.LINK_DOWN)
    last.menu().actions()[0].trigger()
    assert commands.wished == [DecideUnknown("b1")]
    assert "交易连接中断" in told[0]


def test_the_tab_of_orders_counts_the_doubts(panel: TabPanel, mirror: Mirror) -> None:
    assert panel.head.alerts["orders"] == 1
    mirror.apply([msgspec.structs.replace(mirror.orders["u1"], state="working")])
    mirror.flush()
    panel._fill_late()
    assert panel.head.alerts["orders"] == 0


def test_the_selection_follows_its_row_when_the_order_changes(panel: TabPanel, mirror: Mirror) -> None:
    table = panel.table()
    at = refs(panel).index("b0")
    table._chosen = "b0"
    table.selectRow(at)
    newer = msgspec.structs.replace(mirror.orders["b0"], at=fake.CLOCK + 1000)
    mirror.apply([newer])
    mirror.flush()
    panel._fill_late()
    assert refs(panel)[0] == "b0"
    chosen = table.chosen()
    assert chosen is not None
    assert chosen.ref == "b0"


def test_hidden_tabs_wait_until_they_are_shown(panel: TabPanel, mirror: Mirror) -> None:
    panel._fill_late()
    assert panel.tables[1].rows.rows == []
    assert panel.head.counts[1] == len(mirror.fills)
    panel.show_tab(1)
    assert len(panel.tables[1].rows.rows) == len(mirror.fills)


def test_alarms_are_counted_until_the_events_were_seen(panel: TabPanel) -> None:
    assert panel.head.alerts["events"] == 2
    panel.show_tab(4)
    assert panel.head.alerts["events"] == 0


def test_a_double_click_on_an_event_goes_to_its_code(qtbot: QtBot, panel: TabPanel) -> None:
    panel.show_tab(4)
    table = panel.table()
    first = table.rows.rows[0]
    with qtbot.waitSignal(panel.show_code) as told:
        spot = QPoint(200, table.rowViewportPosition(0) + 8)
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert told.args == ["bond", first.code]


def test_ctrl_c_copies_the_row_as_plain_text(qtbot: QtBot, panel: TabPanel) -> None:
    panel.table().selectRow(refs(panel).index("u1"))
    qtbot.keyClick(panel.table(), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    words = QGuiApplication.clipboard().text()
    assert "120.690" in words
    assert "网格 -2 档" in words
    assert "\u2009" not in words


def test_an_export_opens_in_a_spreadsheet_and_runs_nothing_there(
    panel: TabPanel, mirror: Mirror, tmp_path: Path
) -> None:
    evil = msgspec.structs.replace(mirror.orders["r1"], text='=HYPERLINK("http://x")', name="+cmd")
    mirror.apply([evil])
    mirror.flush()
    panel._fill_late()
    panel.export_to(tmp_path / "orders.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "orders.csv").read_bytes().decode("utf-8-sig"))))
    assert len(rows) == 1 + len(panel.table().rows.rows)
    cells = [cell for row in rows for cell in row]
    assert '\'=HYPERLINK("http://x")' in cells
    assert "'+cmd" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_an_export_begins_among_the_documents(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting.QStandardPaths, "writableLocation", lambda _place: str(tmp_path))
    parent, chosen = QWidget(), list[Path]()
    qtbot.addWidget(parent)
    dialog = exporting.place_dialog(parent, "orders.csv", chosen.append)
    assert dialog.selectedFiles() == [(tmp_path / "orders.csv").as_posix()]
    dialog.fileSelected.emit(str(tmp_path / "orders.csv"))
    assert chosen == [tmp_path / "orders.csv"]


def test_an_export_that_fails_says_so(panel: TabPanel, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(panel.told) as told:
        panel.export_to(tmp_path / "missing" / "orders.csv")
    assert "导出失败" in told.args[0]


def test_numbers_stay_numbers_in_a_csv() -> None:
    assert safe("−1,012,846.20") == "-1012846.20"
    assert safe("+0.35%") == "+0.35%"
    assert safe("-x") == "'-x"
    assert safe("—") == ""
    assert as_csv(["a"], [["1,500"], ["b,c"]]) == 'a\r\n1500\r\n"b,c"\r\n'
    assert as_line(["a\tb", "−1"]) == "a b\t-1"


class Paints(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_orders_that_came_before_their_names_say_them_once_they_are_known(qtbot: QtBot) -> None:
    known, mirror = Mirror(), Mirror()
    fake.fill_mirror(known)
    # what is being cancelled is painted each second anyway
    orders = [
        msgspec.structs.replace(order, name="") for order in known.orders.values() if "cancelling" not in order.state
    ]
    mirror.apply([known.status, *orders])  # type: ignore[list-item]
    mirror.flush()
    panel = TabPanel(mirror, fake.FakeCommands(), Look())
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    viewport, paints = panel.table().viewport(), Paints()
    viewport.installEventFilter(paints)
    qtbot.waitUntil(lambda: not panel._frame.isActive())
    viewport.update()
    qtbot.waitUntil(lambda: paints.count > 0)
    QApplication.processEvents()
    before = paints.count
    mirror.apply(known.bonds.values())
    mirror.flush()
    qtbot.waitUntil(lambda: paints.count > before)


def test_an_empty_table_says_what_to_do_next(qtbot: QtBot) -> None:
    from qmtdesk.desk.brush import paint

    mirror = Mirror()
    fake.fill_mirror(mirror, "empty")
    panel = TabPanel(mirror, fake.FakeCommands(), Look())
    qtbot.addWidget(panel)
    panel.resize(900, 260)
    panel.show()
    for number, words in enumerate(("启动网格后", "今天没有成交", "没有持仓", "按 Enter 启动", "还没有事件")):
        panel.show_tab(number)
        with paint.recording() as recorder:
            panel.table().viewport().grab()
        assert [drawn for drawn in recorder.texts if words in drawn.text]


def test_a_trade_at_no_level_of_the_grid_of_now_names_the_grid_alone_and_sorts_behind_its_levels(
    panel: TabPanel, mirror: Mirror
) -> None:
    first, *others = [row for row in mirror.fills.values() if row.kind == "grid"]
    mirror.apply([msgspec.structs.replace(first, slot=None)])
    mirror.flush()
    panel.show_tab(1)
    table, at = panel.table(), column(panel, "source")
    table._sort_clicked(at)
    table._sort_clicked(at)
    grids = [row for row in table.rows.rows if row.kind == "grid"]
    assert [row.slot for row in grids] == [*sorted(row.slot for row in others), None]
    assert table.rows.columns[at].say(grids[-1], mirror) == "网格"
