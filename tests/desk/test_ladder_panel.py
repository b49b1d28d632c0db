"""The ladder's panel around its rows: head, foot, band, chart and what stands there without a grid."""

from collections.abc import Iterator
from typing import Any

import fake_trader as ft
import pytest
from ladder_desk import Desk
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.domain.messages import DisarmGrid, SetSellOnly
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace as replace_plan
from qmtdesk.wire.talk import AskSeries, Demo


@pytest.fixture
def desk(qtbot: Any) -> Desk:
    return Desk(qtbot)


@pytest.mark.parametrize(("included", "label"), [(True, "为何入选"), (False, "为何未入选")])
def test_the_foot_of_a_bond_without_a_grid_does_not_contradict_the_table(
    desk: Desk, included: bool, label: str
) -> None:
    panel = desk.open()
    unknown = because(Why.REDEEM_UNKNOWN, rank=2)
    bond = replace(desk.mirror.bonds["123144.SZ"], included=included, why=unknown)
    desk.feed(bond)
    desk.mirror.select_bond(bond.code)
    with paint.recording() as seen:
        panel.grab()
    assert [drawn.text for drawn in seen.texts if "为何" in drawn.text and bond.name in drawn.text] == [
        f"{bond.name} {label}"
    ]


def test_a_bond_without_a_grid_names_the_next_step_and_keeps_quote_and_chart(desk: Desk) -> None:
    panel = desk.open()
    desk.mirror.select_bond("123144.SZ")
    assert panel.ladder.isHidden()
    assert panel.empty.isVisible()
    assert panel.empty.words()[0] == "还没有网格"
    assert panel.empty.start_button.isVisible()
    assert panel.chart.isVisible()
    assert panel.chart.scene.levels == ()
    assert panel.chart.scene.last == 115_268
    with desk.qtbot.waitSignal(panel.sheet_requested) as asked:
        desk.qtbot.mouseClick(panel.empty.start_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["123144.SZ"]
    assert AskSeries("123144.SZ", "price") in desk.commands.wished


def test_the_demo_is_offered_in_the_paper_market_only_while_nothing_runs(desk: Desk) -> None:
    panel = desk.open("empty")
    assert panel.empty.demo_button.isVisible()
    desk.qtbot.mouseClick(panel.empty.demo_button, Qt.MouseButton.LeftButton)
    assert desk.wished(Demo)
    desk.feed(ft.status(mode="live"))
    assert panel.empty.demo_button.isHidden()
    desk.feed(ft.status(), ft.grid())
    assert panel.empty.demo_button.isHidden()


def test_the_demo_waits_until_the_account_has_been_compared(desk: Desk) -> None:
    panel = desk.open("empty")
    desk.feed(ft.status(ready="reconciling"))
    assert panel.empty.demo_button.isVisible()
    desk.qtbot.mouseClick(panel.empty.demo_button, Qt.MouseButton.LeftButton)
    assert not desk.wished(Demo)
    desk.feed(ft.status())
    desk.qtbot.mouseClick(panel.empty.demo_button, Qt.MouseButton.LeftButton)
    assert desk.wished(Demo)


def test_a_started_grid_without_levels_says_what_it_waits_for(desk: Desk) -> None:
    panel = desk.open()
    desk.feed(ft.grid(levels=(), state="waiting", why=because(Why.NO_QUOTE)))
    assert panel.empty.words() == ("网格已启动，还没有档位", "还没有可用的行情")
    assert panel.empty.start_button.isHidden()


def test_after_an_interruption_the_history_is_asked_for_again(desk: Desk) -> None:
    desk.open()
    before = desk.wished(AskSeries)
    desk.mirror.set_link("lost")
    desk.mirror.set_link("attached")
    assert desk.wished(AskSeries) == [*before, AskSeries(ft.BOND, "price")]


def test_before_the_trader_answers_it_says_that_it_connects(desk: Desk) -> None:
    panel = desk.open("loading")
    assert panel.empty.words()[0] == "正在连接交易进程…"
    assert panel.empty.start_button.isHidden()
    assert panel.chart.isHidden()


def test_while_it_loads_no_button_stands_where_another_will(desk: Desk) -> None:
    panel = desk.open("loading")
    # the bond of last time, chosen before the trader has answered
    desk.mirror.select_bond(ft.BOND)
    assert panel.empty.words()[0] == "正在连接交易进程…"
    assert panel.empty.start_button.isHidden()
    ft.fill_mirror(desk.mirror, "empty")
    desk.mirror.flush()
    assert panel.empty.words()[0] == "还没有网格"
    assert panel.empty.start_button.isVisible()


def test_stop_asks_nothing_and_offers_the_way_back(desk: Desk) -> None:
    panel = desk.open()
    desk.qtbot.mouseClick(panel.head.stop_button, Qt.MouseButton.LeftButton)
    assert [wish.code for wish in desk.wished(DisarmGrid)] == [ft.BOND]
    assert panel.note.isVisible()
    with desk.qtbot.waitSignal(panel.sheet_requested):
        desk.qtbot.mouseClick(panel.note.button, Qt.MouseButton.LeftButton)


def test_a_refused_wish_says_why(desk: Desk) -> None:
    desk.commands.ok, desk.commands.reason = False, because(Why.RECONCILING)
    panel = desk.open()
    desk.qtbot.mouseClick(panel.head.sell_only_button, Qt.MouseButton.LeftButton)
    assert desk.wished(SetSellOnly) == [SetSellOnly(ft.BOND, True)]
    assert "正在核对账户" in panel.note.words
    assert panel.head.sell_only_button.isEnabled()


def test_the_head_offers_what_the_state_allows(desk: Desk) -> None:
    panel = desk.open()
    desk.feed(ft.grid(state="sell_only"))
    assert panel.head.sell_only_button.text() == "恢复买入"
    desk.qtbot.mouseClick(panel.head.sell_only_button, Qt.MouseButton.LeftButton)
    assert desk.wished(SetSellOnly)[-1] == SetSellOnly(ft.BOND, False)
    desk.feed(ft.grid(state="stopped"))
    assert panel.head.stop_button.isHidden()
    assert panel.head.start_button.isVisible()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("asleep", "休眠 · 只卖"),
        ("waiting", "等待 · 只卖"),
        ("frozen", "冻结 · 只卖"),
        ("running", "运行"),
        ("sell_only", "只卖不买"),
    ],
)
def test_selling_only_is_shown_and_taken_back_whatever_else_the_grid_does(desk: Desk, state: str, words: str) -> None:
    panel = desk.open()
    row = ft.grid(state=state, started_at=0)
    sells = state != "running"
    desk.feed(replace(row, plan=replace_plan(row.plan, sell_only=sells)))
    assert panel.head.sell_only_button.text() == ("恢复买入" if sells else "只卖")
    assert panel.head.state_words()[0] == words
    desk.qtbot.mouseClick(panel.head.sell_only_button, Qt.MouseButton.LeftButton)
    assert desk.wished(SetSellOnly)[-1] == SetSellOnly(ft.BOND, not sells)


def test_the_button_follows_the_word_while_the_state_stays(desk: Desk) -> None:
    panel = desk.open()
    row = ft.grid(state="asleep")
    for on in (True, False):
        desk.feed(replace(row, plan=replace_plan(row.plan, sell_only=on)))
        assert panel.head.sell_only_button.text() == ("恢复买入" if on else "只卖")


def test_a_grid_that_does_nothing_says_why_over_the_ladder(desk: Desk) -> None:
    panel = desk.open()
    top = panel.ladder.y()
    desk.feed(ft.grid(state="asleep", why=because(Why.SLEEPING)))
    assert panel._band_words() == "超出区间，休眠"
    assert panel.ladder.y() > top
    desk.feed(ft.grid())
    assert panel.ladder.y() == top


def test_narrow_drops_the_chart_and_moves_the_price_tag_to_the_rail(desk: Desk) -> None:
    panel = desk.open(size=(420, 520))
    assert panel.chart.isHidden()
    assert panel.ladder._tagged
    panel.resize(662, 520)
    assert panel.chart.isVisible()
    assert not panel.ladder._tagged


def test_the_plotting_library_is_not_loaded_before_it_is_asked_for(desk: Desk) -> None:
    import ast
    from pathlib import Path

    import qmtdesk.desk

    panel = desk.open()
    assert not panel.chart.attached
    for path in Path(qmtdesk.desk.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert path.name.startswith(("chart_plot", "seal")) or not any(
            node.module == "qmtdesk.desk.ladder.chart_plot" for node in top
        ), path.name


def _use_font(monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", (family,))
    for cached in (fonts.font, fonts.metrics, fonts.width_of):
        cached.cache_clear()


@pytest.fixture
def _fonts_again() -> Iterator[None]:
    yield
    for cached in (fonts.font, fonts.metrics, fonts.width_of):
        cached.cache_clear()


@pytest.mark.usefixtures("_fonts_again")
@pytest.mark.parametrize("family", ["Noto Sans CJK SC", "WenQuanYi Micro Hei"])
@pytest.mark.parametrize("size", [(662, 568), (516, 480), (400, 420)])
@pytest.mark.parametrize("picture", ["main", "blind", "empty"])
def test_no_text_is_wider_than_its_place_nor_on_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, family: str, size: tuple[int, int], picture: str
) -> None:
    if family not in QFontDatabase.families():
        pytest.skip(f"{family} is not installed, and what stands in for it depends on the tests before")
    _use_font(monkeypatch, family)
    panel = desk.open(picture, size)
    panel.attach_chart()
    with paint.recording() as seen:
        desk.look.changed.emit()
        panel.grab()
        desk.mirror.select_bond("123144.SZ")
        panel.grab()
    assert seen.texts
    assert [drawn.text for drawn in seen.too_wide()] == []
    desk.mirror.select_bond(ft.BOND)
    for part in (panel.head, panel.ladder):
        part.grab()
        with paint.recording() as seen:
            desk.look.changed.emit()
            part.grab()
        pixmaps = {drawn.device for drawn in seen.texts}
        for device in pixmaps:
            seen_here = paint.Recorder([drawn for drawn in seen.texts if drawn.device == device])
            assert [(a.text, b.text) for a, b in seen_here.overlaps()] == []


def test_a_stop_that_still_sells_says_so_in_head_and_band_with_what_is_for_sale(desk: Desk) -> None:
    panel = desk.open()
    stopped = replace(desk.mirror.grids[ft.BOND], state="stopped", armed=False, winding=True, why=None)
    order = replace(ft.orders()[0], ref="z1", kind="clear", volume=330, filled=20, price=119_100)
    desk.feed(stopped)
    assert panel.head.state_words()[0] == "停止中"
    assert panel._band_words() == "停止中：还有委托没有撤完或持有没有卖完"
    desk.feed(order)
    assert panel.head.state_words() == ("停止中 · 在卖 310", "acc")
    assert panel._band_words() == "停止并卖出：310 张挂在 119.100 等卖"
    with paint.recording() as seen:
        panel.grab()
    assert {"停止中 · 在卖 310", panel._band_words()} <= {drawn.text for drawn in seen.texts}
    desk.feed(replace(order, filled=330, state="filled", cancellable=False), replace(stopped, winding=False))
    assert panel.head.state_words()[0] == "已停"
    assert panel._band_words() == ""


def test_why_a_stop_cannot_sell_is_said_before_what_it_sells(desk: Desk) -> None:
    panel = desk.open()
    why = because(Why.NO_QUOTE)
    desk.feed(replace(desk.mirror.grids[ft.BOND], state="stopped", armed=False, winding=True, why=why))
    assert panel._band_reason() == why
