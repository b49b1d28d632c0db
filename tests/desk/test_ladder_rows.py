"""The rows of the ladder: what a tick paints, what keys do to a level, and what a level tells."""

from collections.abc import Callable
from time import monotonic, thread_time
from typing import Any

import fake_trader as ft
import pytest
from ladder_desk import Desk
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from qmtdesk.desk.brush import paint
from qmtdesk.desk.ladder import ladder_sheet
from qmtdesk.desk.ladder.ladder_history import HistoryPopup
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import CancelOne, PauseGap
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import FillRow

POPS_UP = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real windows


@pytest.fixture
def desk(qtbot: Any) -> Desk:
    return Desk(qtbot)


def level(no: int, **more: Any) -> Any:
    levels = list(ft.ladder_levels())
    at = next(n for n, row in enumerate(levels) if row.no == no)
    levels[at] = replace(levels[at], **more)
    return tuple(levels)


def index(no: int) -> int:
    return next(n for n, row in enumerate(ft.ladder_levels()) if row.no == no)


def _has(image: Any, value: str) -> bool:
    wanted = paint.color(value).rgb()
    return any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width()))


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
    fill = FillRow(key="new", ref="b1", code=ft.BOND, name="", side="buy", price=price, volume=80, at=ft.CLOCK,
                   fee=1, kind="grid", slot=1, level=price)  # fmt: skip
    desk.feed(fill)
    assert list(panel.ladder._flashes) == [index(1)]
    desk.feed(fill)
    desk.qtbot.waitUntil(lambda: not panel.ladder._flashes, timeout=20_000)
    assert not panel.ladder._flash_timer.isActive()


def test_without_motion_nothing_flashes(desk: Desk) -> None:
    panel = desk.open()
    desk.look.set(motion=False)
    panel.ladder.flash(118_500, bought=True)
    assert not panel.ladder._flashes


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


def menu_at(desk: Desk, no: int) -> tuple[Any, list[Any]]:
    panel = desk.open()
    panel.acts.menu(index(no), QPoint(0, 0))
    menu = panel.findChild(QMenu)
    assert menu is not None
    return panel, menu.actions()


def moved_up(desk: Desk) -> None:
    """The ladder drops its lowest level: each of the others has another index."""
    grid = desk.mirror.grids[ft.BOND]
    desk.feed(replace(grid, levels=grid.levels[1:]))


@POPS_UP
def test_the_menu_of_a_level_acts_on_that_level_wherever_it_has_moved(desk: Desk) -> None:
    _, (pause, cancel, *_) = menu_at(desk, 3)
    refs = [ref for ref in (ft.ladder_levels()[index(3)].buy_ref, ft.ladder_levels()[index(3)].sell_ref) if ref]
    moved_up(desk)
    pause.trigger()
    cancel.trigger()
    assert desk.commands.wished == [PauseGap(ft.BOND, index(3) - 1, True), *map(CancelOne, refs)]


@POPS_UP
def test_the_menu_of_a_level_that_is_gone_does_nothing_and_says_so(desk: Desk) -> None:
    panel, (pause, cancel, history, *_) = menu_at(desk, 3)
    price = ft.ladder_levels()[index(3)].price
    desk.feed(replace(desk.mirror.grids[ft.BOND], levels=level(3, price=price + 1, buy_ref="", sell_ref="")))
    for action in (pause, cancel, history):
        action.trigger()
        assert panel.note.words == t("ladder.level_gone", price="119.570")
    assert desk.commands.wished == []
    assert panel.findChild(HistoryPopup) is None


@POPS_UP
def test_a_gap_that_has_another_end_is_not_paused(desk: Desk) -> None:
    panel, (pause, *_) = menu_at(desk, 3)
    above = ft.ladder_levels()[index(3) + 1].price
    desk.feed(replace(desk.mirror.grids[ft.BOND], levels=level(4, price=above + 1)))
    pause.trigger()
    assert desk.commands.wished == []
    assert panel.note.words == t("ladder.level_gone", price="119.570")


@POPS_UP
def test_an_order_that_took_the_place_of_the_one_in_the_menu_is_not_cancelled(desk: Desk) -> None:
    panel, (_, cancel, *_) = menu_at(desk, 3)
    desk.feed(replace(desk.mirror.grids[ft.BOND], levels=level(3, buy_ref="", sell_ref="q99", sell=80)))
    cancel.trigger()
    assert desk.commands.wished == []
    assert panel.note.words == t("ladder.level_gone", price="119.570")


@POPS_UP
def test_a_gap_that_was_paused_meanwhile_stays_as_the_menu_said(desk: Desk) -> None:
    _, (pause, *_) = menu_at(desk, 3)
    desk.feed(replace(desk.mirror.grids[ft.BOND], levels=level(3, paused=True)))
    pause.trigger()
    assert desk.commands.wished == [PauseGap(ft.BOND, index(3), True)]
