"""The bond table, driven by rows, keys and the search box."""

import re
from collections.abc import Iterator
from typing import Any

import fake_trader as ft
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QMenu

from qmtdesk.desk.bonds import bonds_paint
from qmtdesk.desk.bonds.bonds_columns import BY_KEY
from qmtdesk.desk.bonds.bonds_model import Group, help_of, row_text
from qmtdesk.desk.bonds.bonds_panel import BondPanel
from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import StopHow

SECOND = "123207.SZ"
POPS_UP = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real windows


class Desk:
    """A panel and what it hangs on."""

    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.mirror, self.commands, self.look = Mirror(), ft.FakeCommands(), Look()
        self.panels: list[BondPanel] = []

    def open(self, picture: str = "main", size: tuple[int, int] = (518, 568)) -> BondPanel:
        ft.fill_mirror(self.mirror, picture)
        panel = BondPanel(self.mirror, self.look)
        self.qtbot.addWidget(panel)
        self.panels.append(panel)
        panel.resize(*size)
        with self.qtbot.waitExposed(panel):
            panel.show()
        return panel

    def feed(self, *rows: Any) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()


@pytest.fixture
def desk(qtbot: Any) -> Iterator[Desk]:
    return Desk(qtbot)


def codes(panel: BondPanel) -> list[str]:
    return [entry.row.code for entry in panel.model.entries if not isinstance(entry, Group)]


def groups(panel: BondPanel) -> list[tuple[str, int]]:
    return [(entry.kind, entry.count) for entry in panel.model.entries if isinstance(entry, Group)]


def texts_of(panel: BondPanel) -> list[str]:
    with paint.recording() as seen:
        panel.look_again()
        panel.grab()
    return [drawn.text.replace("\u2009", " ") for drawn in seen.texts]


@pytest.fixture(autouse=True)
def _look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BondPanel, "look_again", lambda self: self.view.viewport().update(), raising=False)


def test_two_groups_with_the_screens_order_first(desk: Desk) -> None:
    panel = desk.open()
    assert groups(panel) == [("in", 6), ("out", 23)]
    assert codes(panel)[:2] == [ft.BOND, SECOND]


def test_an_excluded_bond_says_its_first_reason_with_the_number(desk: Desk) -> None:
    panel = desk.open()
    words = texts_of(panel)
    assert "规模 4.20 亿 > 3.00 亿" in words
    assert "已公告强赎，2026-12-18 执行" in words
    code = ft.out_code(0)
    desk.mirror.select_bond(code)
    head, facts, _ = bonds_paint.foot_lines(panel.model.bond_at(panel.model.row_of(code)), desk.mirror.screen)  # type: ignore[arg-type]
    assert head == "恒沛转债 为何未入选"
    assert facts == ["规模 4.20\u2009亿 > 3.00\u2009亿"]


def test_an_included_bond_says_why_it_is_in(desk: Desk) -> None:
    panel = desk.open()
    bond = panel.model.bond_at(panel.model.row_of(ft.BOND))
    assert bond is not None
    head, facts, stock = bonds_paint.foot_lines(bond, desk.mirror.screen)
    assert head == "星澜转债 为何入选"
    assert facts == ["规模 1.24\u2009亿 ≤ 3\u2009亿", "强赎 无", "规模×价 1.48，第 1 名"]
    assert stock[1] == "转股价值 86.41"


def test_a_click_on_a_header_sorts_by_value_then_back_then_not_at_all(desk: Desk) -> None:
    panel = desk.open()
    view = panel.view
    place = next(place for place in view.sheet().moving if place.column.key == "last")
    spot = QPoint(place.left + place.width // 2, 10)

    def click() -> list[int]:
        desk.qtbot.mouseClick(view.horizontalHeader().viewport(), Qt.MouseButton.LeftButton, pos=spot)
        return [desk.mirror.last(code) for code in codes(panel)[:6]]

    natural = [desk.mirror.last(code) for code in codes(panel)[:6]]
    falling, rising = click(), click()
    assert falling == sorted(natural, reverse=True)
    assert rising == sorted(natural)
    assert click() == natural


def test_sorting_follows_moving_prices_within_a_second_and_keeps_the_selection(desk: Desk) -> None:
    panel = desk.open()
    panel.sort_by("last")
    assert codes(panel)[0] == "127012.SZ"
    desk.feed(ft.quote(ft.BOND, 140_000, 75))
    desk.qtbot.waitUntil(lambda: codes(panel)[0] == ft.BOND, timeout=20_000)
    assert panel.view.chosen_code() == ft.BOND
    assert desk.mirror.selected_bond == ft.BOND


def test_one_tick_repaints_one_row_and_flashes_its_price(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = desk.open()
    desk.qtbot.waitUntil(lambda: not panel.view._flashes, timeout=20_000)
    panel.grab()
    painted: list[tuple[str, float]] = []
    monkeypatch.setattr(
        bonds_paint, "row", lambda _p, _s, bond, _r, *, selected, tint: painted.append((bond.row.code, tint))
    )
    desk.feed(ft.quote(SECOND, 126_500, 132))
    desk.qtbot.waitUntil(lambda: bool(painted), timeout=20_000)
    assert {code for code, _ in painted} == {SECOND}
    assert painted[0][1] > 0
    desk.qtbot.waitUntil(lambda: painted[-1][1] == 0, timeout=20_000)


def test_search_narrows_both_groups_and_says_when_nothing_is_found(desk: Desk) -> None:
    panel = desk.open()
    desk.qtbot.keyClicks(panel.search, "hp")
    assert codes(panel) == [ft.out_code(0)]
    desk.qtbot.keyClicks(panel.search, "zzz")
    assert groups(panel) == [("none", 0)]
    assert any("没有找到" in words for words in texts_of(panel))
    desk.qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert len(codes(panel)) == 29


def test_down_in_the_search_box_goes_on_in_the_table(desk: Desk) -> None:
    panel = desk.open()
    desk.qtbot.keyClicks(panel.search, "ghzz")
    desk.qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    assert desk.mirror.selected_bond == SECOND


def test_arrow_keys_step_over_headings_and_tell_the_mirror(desk: Desk) -> None:
    panel = desk.open()
    view = panel.view
    view.setFocus()
    desk.qtbot.keyClick(view, Qt.Key.Key_Down)
    assert desk.mirror.selected_bond == SECOND
    for _ in range(5):
        desk.qtbot.keyClick(view, Qt.Key.Key_Down)
    assert desk.mirror.selected_bond == codes(panel)[6]
    desk.qtbot.keyClick(view, Qt.Key.Key_Up)
    assert desk.mirror.selected_bond == codes(panel)[5]
    for _ in range(9):
        desk.qtbot.keyClick(view, Qt.Key.Key_Up)
    assert desk.mirror.selected_bond == ft.BOND


def test_enter_and_double_click_ask_for_the_sheet(desk: Desk) -> None:
    panel = desk.open()
    panel.view.setFocus()
    with desk.qtbot.waitSignal(panel.sheet_requested) as asked:
        desk.qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert asked.args == [ft.BOND]
    top = panel.view.rowViewportPosition(panel.model.row_of(SECOND)) + 10
    with desk.qtbot.waitSignal(panel.ladder_requested) as shown:
        desk.qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, top))
        desk.qtbot.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, top))
    assert shown.args == [SECOND]
    assert desk.mirror.selected_bond == SECOND


def test_s_stops_a_running_grid_only(desk: Desk) -> None:
    panel = desk.open()
    asked: list[tuple[str, object]] = []
    panel.stop_requested.connect(lambda code, how: asked.append((code, how)))
    panel.view.setFocus()
    desk.qtbot.keyClick(panel.view, Qt.Key.Key_S)
    desk.mirror.select_bond("123144.SZ")
    desk.qtbot.keyClick(panel.view, Qt.Key.Key_S)
    assert asked == [(ft.BOND, StopHow.CANCEL)]


def test_the_menu_of_a_running_grid_has_the_three_ways_to_stop(desk: Desk) -> None:
    panel = desk.open()
    asked: list[object] = []
    panel.stop_requested.connect(lambda code, how: asked.append((code, how)))
    top = panel.view.rowViewportPosition(panel.model.row_of(ft.BOND)) + 10
    menu = panel.menu_at(QPoint(30, top))
    assert menu is not None
    for action in menu.actions()[1:4]:
        action.trigger()
    assert asked == [(ft.BOND, StopHow.CANCEL), (ft.BOND, StopHow.LEAVE), (ft.BOND, StopHow.SELL)]
    idle = panel.menu_at(QPoint(30, panel.view.rowViewportPosition(panel.model.row_of("123144.SZ")) + 10))
    assert idle is not None
    assert t("stop.sell") not in [action.text() for action in idle.actions()]


def test_a_bond_chosen_elsewhere_is_marked_even_if_the_search_hid_it(desk: Desk) -> None:
    panel = desk.open()
    panel.search.setText("ghzz")
    desk.mirror.select_bond("127012.SZ")
    assert panel.view.chosen_code() == "127012.SZ"
    assert panel.search.text() == ""


def test_name_and_state_stay_while_the_rest_scrolls_and_excluded_bonds_show_their_figures(desk: Desk) -> None:
    panel = desk.open()
    bar = panel.view.horizontalScrollBar()
    assert not panel.view.sheet().scrolled
    assert "正股价" not in texts_of(panel)[:12]
    bar.setValue(bar.maximum())
    sheet = panel.view.sheet()
    assert [place.left for place in sheet.frozen] == [0, sheet.frozen[0].width]
    assert "last" not in {place.column.key for place in sheet.moving}
    assert sheet.moving[-1].column.key == "turnover"
    words = texts_of(panel)
    assert "星澜转债" in words
    assert not any("规模 4.20 亿 >" in word for word in words)
    assert panel.view.column_under(5) is BY_KEY["name"]
    assert panel.view.indexAt(QPoint(5, 40)).column() == 0


def test_no_figure_is_cut_by_an_edge_of_the_view(desk: Desk) -> None:
    panel = desk.open(size=(320, 568))
    view = panel.view
    bar = view.horizontalScrollBar()
    assert bar.maximum() > 60
    met = 0
    for offset in range(0, bar.maximum(), 7):
        bar.setValue(offset)
        with paint.recording() as seen:
            view.grab()
        left, right = view.sheet().frozen_width, view.viewport().width()
        numbers = [drawn for drawn in seen.texts if re.fullmatch(r"[+−\d.,%]+", drawn.text)]
        met += len(numbers)
        assert [d for d in numbers if d.rect.right() > right + 0.5] == []
        assert [d for d in numbers if d.rect.left() < left - 0.5 < d.rect.right() - 0.5] == []
    assert met > 500


def test_columns_can_be_hidden_and_sorting_and_columns_are_remembered(desk: Desk) -> None:
    panel = desk.open()
    panel.view.toggle_column("premium")
    panel.view.toggle_column("last")
    panel.sort_by("size")
    state = panel.state()
    assert state == {"sort": "size", "descending": True, "hidden": ["premium"]}
    other = desk.open()
    other.restore(state)
    assert other.state() == state
    assert BY_KEY["premium"] not in other.model.columns
    assert BY_KEY["last"] in other.model.columns
    other.restore({"sort": "nonsense", "hidden": ["nonsense", 7], "descending": 3})
    assert other.state()["hidden"] == []


@POPS_UP
def test_the_column_menu_offers_all_but_those_that_always_stay(desk: Desk) -> None:
    panel = desk.open()
    panel._column_menu(QPoint(0, 0))
    menu = panel.findChild(QMenu)
    assert menu is not None
    words = [action.text() for action in menu.actions()]
    assert "双低" in words
    assert "现价" not in words
    next(action for action in menu.actions() if action.text() == "双低").trigger()
    assert BY_KEY["double_low"] not in panel.model.columns
    panel._default_columns()
    assert BY_KEY["double_low"] in panel.model.columns
    menu.close()


@POPS_UP
def test_a_row_can_be_copied_as_text(desk: Desk) -> None:
    panel = desk.open()
    bond = panel.model.bond_at(panel.model.row_of(ft.out_code(1)))
    assert bond is not None
    head, line = row_text(bond, panel.model.columns).split("\n")
    assert head.split("\t")[:4] == ["名称", "网格", "现价", "涨跌幅"]
    assert line.split("\t")[:4] == ["临海转债", "—", "139.220", "-1.15%"]
    assert line.endswith("已公告强赎，2026-12-18 执行")
    top = panel.view.rowViewportPosition(panel.model.row_of(ft.BOND)) + 10
    panel._menu(QPoint(30, top))
    menu = panel.findChild(QMenu)
    assert menu is not None
    next(action for action in menu.actions() if action.text() == t("bond.copy_cell")).trigger()
    assert QGuiApplication.clipboard().text() == "星澜转债"
    menu.close()


def test_a_figure_tells_how_it_is_made_and_from_where_or_why_it_is_missing(desk: Desk) -> None:
    panel = desk.open()
    bond = panel.model.bond_at(panel.model.row_of(ft.BOND))
    assert bond is not None
    assert "转股价值 − 1" in help_of(bond, BY_KEY["premium"])
    assert "来源 csv · 截至 2026-11-19" in help_of(bond, BY_KEY["size"])
    assert "尚无最后交易日" in help_of(bond, BY_KEY["last_day"])
    index = panel.model.index(panel.model.row_of(ft.BOND), 4)
    assert "溢价率" in panel.model.data(index, Qt.ItemDataRole.ToolTipRole)


def test_old_terms_warn_beside_the_screen(desk: Desk) -> None:
    panel = desk.open()
    assert panel._as_of() == ("条款数据 11-19 收盘", False)
    desk.feed(replace(ft.screen(), data_old=True))
    assert panel._as_of() == ("条款数据 11-19 已过期", True)
    desk.feed(replace(ft.screen(), data_as_of="", data_old=True))
    assert panel._as_of() == ("无条款数据", True)


def test_blind_means_no_colour_in_the_table_and_grids_that_read_frozen(desk: Desk) -> None:
    panel = desk.open("blind")
    assert "冻结" in texts_of(panel)
    assert "运行" not in texts_of(panel)
    image = panel.grab().toImage()
    for token in ("up", "dn"):
        wanted = paint.color(getattr(desk.look.theme, token)).rgb()
        assert not any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width())), token


def test_loading_and_empty_say_so(desk: Desk) -> None:
    panel = desk.open("loading")
    assert "正在读取转债列表…" in texts_of(panel)
    desk.feed(ft.status(ready="reconciling"))
    assert "正在读取转债列表…" in texts_of(panel)
    desk.feed(ft.status())
    assert any("还没有转债。" in words for words in texts_of(panel))


def test_no_row_is_cut_at_the_foot_and_the_rest_is_counted(desk: Desk) -> None:
    panel = desk.open()
    viewport = panel.view.viewport()
    assert viewport.height() % desk.look.row_height == 0
    shown = viewport.height() // desk.look.row_height
    assert f"另有 {31 - shown} 只，滚动查看" in texts_of(panel)


def test_the_model_keeps_qts_promises(desk: Desk) -> None:
    panel = desk.open()
    tester = QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    panel.sort_by("premium")
    desk.feed(ft.quote(ft.BOND, 120_000, 75))
    panel.search.setText("转债")
    panel.search.setText("")
    desk.feed(replace(desk.mirror.bonds[ft.BOND], included=False))
    assert groups(panel) == [("in", 5), ("out", 24)]
    del tester


@pytest.fixture
def _fonts_again() -> Iterator[None]:
    yield
    for cached in (fonts.font, fonts.metrics, fonts.width_of):
        cached.cache_clear()


@pytest.mark.usefixtures("_fonts_again")
@pytest.mark.parametrize("family", ["Noto Sans CJK SC", "WenQuanYi Micro Hei"])
@pytest.mark.parametrize("size", [(518, 568), (486, 500), (400, 420)])
def test_no_text_is_wider_than_its_place_nor_on_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, family: str, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", (family,))
    for cached in (fonts.font, fonts.metrics, fonts.width_of):
        cached.cache_clear()
    panel = desk.open(size=size)
    for part in (panel.view.viewport(), panel.view.horizontalHeader().viewport(), panel):
        with paint.recording() as seen:
            part.grab()
        assert [(drawn.text, drawn.cell) for drawn in seen.too_wide()] == []
        if part is not panel:
            assert [(a.text, b.text) for a, b in seen.overlaps()] == []


def test_a_pinned_point_of_the_view_names_its_row(desk: Desk) -> None:
    panel = desk.open()
    top = panel.view.rowViewportPosition(panel.model.row_of(SECOND))
    assert panel.view.indexAt(QPointF(20, top + 5).toPoint()).row() == panel.model.row_of(SECOND)
    assert not panel.view.indexAt(QPoint(20, 5000)).isValid()
