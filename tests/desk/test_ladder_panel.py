"""The ladder with its head and chart, driven by rows and keys."""

from collections.abc import Callable, Iterator
from time import monotonic, thread_time
from typing import Any

import fake_trader as ft
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.ladder import ladder_sheet
from qmtdesk.desk.ladder.ladder_history import HistoryPopup
from qmtdesk.desk.ladder.ladder_panel import LadderPanel
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.domain.messages import CancelOne, DisarmGrid, PauseGap, SetSellOnly
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import FillRow
from qmtdesk.wire.talk import AskSeries, Demo

POPS_UP = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real windows


class Desk:
    """A panel and what it hangs on."""

    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.mirror, self.commands, self.look = Mirror(), ft.FakeCommands(), Look()
        self.panels: list[LadderPanel] = []

    def open(self, picture: str = "main", size: tuple[int, int] = (662, 568)) -> LadderPanel:
        ft.fill_mirror(self.mirror, picture)
        panel = LadderPanel(self.mirror, self.commands, self.look)
        self.qtbot.addWidget(panel)
        self.panels.append(panel)
        panel.resize(*size)
        with self.qtbot.waitExposed(panel):
            panel.show()
        return panel

    def feed(self, *rows: Any) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()

    def tick(self, last: int, **more: Any) -> None:
        self.feed(ft.quote(ft.BOND, last, 75, **more))

    def wished(self, kind: type) -> list[Any]:
        return [wish for wish in self.commands.wished if isinstance(wish, kind)]


@pytest.fixture
def desk(qtbot: Any) -> Iterator[Desk]:
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


def test_a_reason_is_said_in_words_or_left_to_the_tip(desk: Desk) -> None:
    panel = desk.open(size=(516, 568))
    said = set()
    for no in range(-3, 4):
        for volume in (0, 7, 27, 270, 1_270):
            paused = {"bought": volume, "sold": volume, "why": because(Why.GAP_PAUSED), "paused": True}
            desk.feed(replace(desk.mirror.grids[ft.BOND], levels=level(no, **paused)))
            with paint.recording() as seen:
                desk.look.changed.emit()
                panel.ladder.grab()
            said |= {drawn.text for drawn in seen.texts if drawn.text.startswith("该")}
    assert "该格已暂停" in said
    assert min(map(len, said)) > 2


def level(no: int, **more: Any) -> Any:
    levels = list(ft.ladder_levels())
    at = next(n for n, row in enumerate(levels) if row.no == no)
    levels[at] = replace(levels[at], **more)
    return tuple(levels)


def index(no: int) -> int:
    return next(n for n, row in enumerate(ft.ladder_levels()) if row.no == no)


def test_a_tick_moves_the_price_line_and_nothing_else_is_painted_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = desk.open()
    before = panel.ladder.last_y
    painted: list[int] = []
    monkeypatch.setattr(ladder_sheet.ladder_paint, "row", lambda *_: painted.append(1))
    desk.tick(119_500)
    assert before is not None
    assert panel.ladder.last_y is not None
    assert panel.ladder.last_y < before
    assert painted == []


def test_a_changed_level_is_the_only_row_painted_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = desk.open()
    painted: list[int] = []
    monkeypatch.setattr(ladder_sheet.ladder_paint, "row", lambda _p, _ink, here, *_: painted.append(here.no))
    desk.feed(ft.grid(levels=level(3, sell=20), floating=1_000))
    assert painted == [3]
    row = next(row for row in panel.ladder.rows if row.no == 3)
    assert row.sell is not None
    assert row.sell.left == 20


def test_the_price_line_meets_the_chart_at_the_same_pixel(desk: Desk) -> None:
    panel = desk.open()
    panel.attach_chart()
    desk.tick(119_388)
    panel.chart._redraw()
    plot = panel.chart._plot
    assert plot is not None
    assert panel.ladder.last_y is not None
    assert abs(plot.y() + plot._py(plot.place(119_388)) - panel.ladder.last_y) < 1.0
    panel.ladder.scroll_rows(4)
    panel.chart._redraw()
    assert abs(plot.y() + plot._py(plot.place(119_388)) - panel.ladder.last_y) < 1.0


def test_without_fresh_data_colours_go_and_promises_become_the_reason(desk: Desk) -> None:
    panel = desk.open("blind")
    whys = {row.bracket.reason.why for row in panel.ladder.rows if row.bracket is not None}
    assert Why.QUOTE_STALE in whys
    assert Why.ARMED_BUY not in whys
    assert panel.head.state_words()[0] == "冻结"
    image = panel.ladder.grab().toImage()
    for token in ("up", "dn", "upfill", "dnfill", "acc"):
        assert not _has(image, getattr(desk.look.theme, token)), token


def _has(image: Any, value: str) -> bool:
    wanted = paint.color(value).rgb()
    return any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width()))


def test_a_fresh_ladder_does_show_these_colours(desk: Desk) -> None:
    image = desk.open().ladder.grab().toImage()
    for token in ("up", "dn", "upfill", "dnfill", "acc"):
        assert _has(image, getattr(desk.look.theme, token)), token


def test_keys_choose_pause_and_cancel_a_level(desk: Desk) -> None:
    panel = desk.open()
    ladder = panel.ladder
    ladder.setFocus()
    desk.qtbot.keyClick(ladder, Qt.Key.Key_Down)
    assert ladder.chosen >= 0
    ladder.choose(index(1))
    desk.qtbot.keyClick(ladder, Qt.Key.Key_Space)
    desk.qtbot.keyClick(ladder, Qt.Key.Key_Delete)
    assert desk.wished(PauseGap) == [PauseGap(ft.BOND, index(1), True)]
    assert desk.wished(CancelOne) == [CancelOne("b1")]
    desk.feed(ft.grid(levels=level(1, paused=True)))
    desk.qtbot.keyClick(ladder, Qt.Key.Key_Space)
    assert desk.wished(PauseGap)[-1] == PauseGap(ft.BOND, index(1), False)


def test_choosing_beyond_the_view_scrolls_to_it(desk: Desk) -> None:
    panel = desk.open()
    panel.ladder.choose(0)
    window = panel.ladder.window_shown
    assert window is not None
    assert window.low == 0
    desk.qtbot.keyClick(panel.ladder, Qt.Key.Key_C)
    window = panel.ladder.window_shown
    assert window is not None
    assert window.low < index(2) < window.high


def test_the_view_follows_the_price_only_when_nobody_touched_it(desk: Desk) -> None:
    panel = desk.open()
    panel.ladder.scroll_rows(-20)
    held = panel.ladder.window_shown
    desk.tick(125_000)
    assert panel.ladder.window_shown == held
    panel.ladder._touched = monotonic() - 6
    desk.tick(125_400)
    window = panel.ladder.window_shown
    assert window is not None
    assert window != held
    assert panel.ladder.last_y is not None
    assert panel.ladder.body().contains(5, int(panel.ladder.last_y))


def test_row_height_has_three_steps_and_is_remembered(desk: Desk) -> None:
    panel = desk.open()
    few = panel.ladder.window_shown
    panel.ladder.set_row_height(22)
    more = panel.ladder.window_shown
    assert few is not None
    assert more is not None
    assert more.count > few.count
    panel.ladder.set_row_height(23)
    assert panel.ladder.row_height == 22
    panel.chart.set_period("five")
    other = desk.open()
    other.restore(panel.state())
    assert other.state() == {"row_height": 22, "period": "five"}
    other.restore({"row_height": "x", "period": 7})
    assert other.state() == {"row_height": 22, "period": "five"}


def test_an_own_fill_flashes_its_level_and_then_stops(desk: Desk) -> None:
    panel = desk.open()
    assert not panel.ladder._flashes
    price = next(row.price for row in ft.ladder_levels() if row.no == 1)
    fill = FillRow(trade_id="new", ref="b1", code=ft.BOND, name="", side="buy", price=price, volume=80, at=ft.CLOCK,
                   fee=1, kind="grid", slot=1, level=price)  # fmt: skip
    desk.feed(fill)
    assert list(panel.ladder._flashes) == [index(1)]
    desk.feed(fill)
    desk.qtbot.waitUntil(lambda: not panel.ladder._flashes, timeout=3000)
    assert not panel.ladder._flash_timer.isActive()


def test_without_motion_nothing_flashes(desk: Desk) -> None:
    panel = desk.open()
    desk.look.set(motion=False)
    panel.ladder.flash(118_500, bought=True)
    assert not panel.ladder._flashes


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


def test_a_started_grid_without_levels_says_what_it_waits_for(desk: Desk) -> None:
    panel = desk.open()
    desk.feed(ft.grid(levels=(), state="waiting", why=because(Why.NO_QUOTE)))
    assert panel.empty.words() == ("网格已启动，还没有档位", "还没有行情")
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


def test_a_grid_that_does_nothing_says_why_over_the_ladder(desk: Desk) -> None:
    panel = desk.open()
    top = panel.ladder.y()
    desk.feed(ft.grid(state="asleep", why=because(Why.SLEEPING)))
    assert panel._band_words() == "超出区间，休眠"
    assert panel.ladder.y() > top
    desk.feed(ft.grid())
    assert panel.ladder.y() == top


@POPS_UP
def test_double_click_lists_what_was_traded_in_the_gap(desk: Desk) -> None:
    panel = desk.open()
    panel.acts.history(index(1), QPoint(10, 10))
    popup = panel.findChild(HistoryPopup)
    assert popup is not None
    assert [line[:8] for line in popup.lines] == ["10:20:12", "10:08:02"]
    assert "卖 80" in popup.lines[0]
    popup.close()


@POPS_UP
def test_a_level_tells_everything_and_can_be_copied(desk: Desk) -> None:
    panel = desk.open()
    words = panel.acts.level_words(index(3))
    assert "119.570" in words
    assert "部成" in words
    assert "+0.15%" in words
    assert "无持有可卖" in panel.acts.level_words(index(9))
    panel.acts.menu(index(3), QPoint(0, 0))
    menu = panel.findChild(QMenu)
    assert menu is not None
    menu.actions()[-1].trigger()
    assert QGuiApplication.clipboard().text() == words
    menu.close()


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


def test_a_tick_costs_far_less_than_painting_the_whole_ladder(desk: Desk) -> None:
    panel = desk.open()

    def cost(step: Callable[[int], None]) -> float:
        best = 1e9
        for _ in range(5):
            start = thread_time()
            for n in range(20):
                step(n)
                QGuiApplication.processEvents()
            best = min(best, (thread_time() - start) / 20)
        return best

    def tick(n: int) -> None:
        panel.ladder.set_price(119_300 + n, stale=False)

    def everything(_n: int) -> None:
        panel.ladder._restyle()

    assert cost(tick) * 4 < cost(everything)
