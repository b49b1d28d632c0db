"""What the window does for a person: help, the master switch, sound, ways to stop, and nothing done by accident."""

from pathlib import Path

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.format import THIN
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.listen import Listener
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.said import say_at
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.desk.sheets.guard_paint import shadow_words
from qmtdesk.desk.sheets.help_sheet import HelpSheet, manual
from qmtdesk.desk.sheets.kill_sheet import KillSheet, LiftSheet
from qmtdesk.desk.sheets.master_sheet import MasterSheet
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.sheets.stop_choice import StopChoice
from qmtdesk.desk.shell.frame import Frame
from qmtdesk.desk.shell.menu import as_goals, build
from qmtdesk.desk.shell.topbar_groups import groups
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.messages import DisarmGrid, DisarmGuard, LiftKill, SetMaster, SetSellOnly
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.link_events import Failed

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real windows
IDLE = "123144.SZ"
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Desk:
    """The window in its frame, over an invented trader."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (1600, 900)) -> None:
        self.qtbot = qtbot
        self.mirror, self.look, self.commands = Mirror(), Look(), fake.FakeCommands()
        self.look.set(motion=False)
        self.mirror.clock = lambda: self.mirror.status.clock if self.mirror.status else 0  # type: ignore[method-assign]
        self.window = MainWindow(self.mirror, self.commands, self.look)
        self.frame = Frame(self.look.theme)
        qtbot.addWidget(self.frame, before_close_func=lambda _: setattr(self.window, "_may_close", True))
        self.frame.resize(*size)
        self.frame.furnish(self.window)
        self.frame.show()
        qtbot.waitExposed(self.frame)
        fake.fill_mirror(self.mirror)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def wished(self, kind: type) -> list[object]:
        return [wish for wish in self.commands.wished if isinstance(wish, kind)]

    def tell(self, *rows: object) -> None:
        self.mirror.apply(rows)  # type: ignore[arg-type]
        self.mirror.flush()

    def status(self, **changes: object) -> None:
        assert self.mirror.status is not None
        self.tell(msgspec.structs.replace(self.mirror.status, **changes))

    def sheet(self) -> Sheet:
        """The one open sheet."""
        shown = [sheet for sheet in self.frame.findChildren(Sheet) if not sheet.leaving]
        assert len(shown) == 1
        return shown[0]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


# stopping


@pytest.mark.parametrize(("at", "how"), [(0, StopHow.CANCEL), (1, StopHow.LEAVE)])
def test_the_arrow_beside_stop_offers_the_ways_and_does_the_chosen_one(desk: Desk, at: int, how: StopHow) -> None:
    desk.qtbot.mouseClick(desk.window.ladder.head.ways_button, LEFT)
    choice = desk.window.findChild(StopChoice)
    assert choice is not None
    desk.qtbot.mouseClick(choice.options[at], LEFT)
    assert desk.wished(DisarmGrid) == [DisarmGrid(fake.BOND, how)]
    assert not desk.window.ladder.note.isHidden()


def test_selling_what_the_grid_holds_is_asked_about_first(desk: Desk) -> None:
    desk.window.bonds.stop_requested.emit(fake.BOND, StopHow.SELL)
    assert desk.wished(DisarmGrid) == []
    assert "210" in desk.sheet().go.text()


def test_the_ways_to_stop_go_with_a_click_anywhere_else(desk: Desk) -> None:
    desk.qtbot.mouseClick(desk.window.ladder.head.ways_button, LEFT)
    choice = desk.window.findChild(StopChoice)
    assert choice is not None
    desk.qtbot.mouseClick(desk.window.watch.rows.viewport(), LEFT, pos=QPoint(40, 60))
    assert choice.isHidden()
    assert desk.wished(DisarmGrid) == []


def test_the_key_that_winds_a_grid_down_cannot_stop_it_by_being_pressed_twice(desk: Desk) -> None:
    head = desk.window.ladder.head
    head.sell_only_button.setFocus()
    desk.key(Qt.Key.Key_Space)
    head.set_busy(True)
    assert QApplication.focusWidget() is head.sell_only_button
    desk.key(Qt.Key.Key_Space)
    assert len(desk.wished(SetSellOnly)) == 1
    assert desk.wished(DisarmGrid) == []


# the master switch


def test_the_master_switch_goes_off_at_once_and_the_strip_says_so(desk: Desk) -> None:
    desk.window.menu_does("master")
    assert desk.wished(SetMaster) == [SetMaster(False)]
    desk.status(master=False)
    alarm = desk.window.strip.alarm
    assert alarm is not None
    assert alarm.title == "总开关已关闭"
    assert [name for name, _ in alarm.actions] == ["cancel_live", "master"]


def test_the_master_switch_goes_on_only_from_a_sheet_that_says_what_then_trades(desk: Desk) -> None:
    desk.status(master=False)
    desk.window.act("master")
    sheet = desk.sheet()
    assert isinstance(sheet, MasterSheet)
    assert desk.wished(SetMaster) == []
    assert "网格" in sheet.facts.accessibleName()
    desk.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert desk.wished(SetMaster) == [SetMaster(True)]
    assert sheet.leaving


def test_a_refused_switch_says_why(desk: Desk) -> None:
    desk.commands.ok, desk.commands.reason = False, because(Why.RECONCILING)
    desk.window.menu_does("master")
    assert "核对" in desk.window.note.words
    desk.status(master=False)
    desk.window.act("master")
    sheet = desk.sheet()
    desk.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert not sheet.leaving
    assert "核对" in sheet.foot_words


def test_what_holds_for_everything_is_said_once(desk: Desk) -> None:
    grid = desk.mirror.grids[fake.BOND]
    desk.tell(msgspec.structs.replace(grid, why=because(Why.MASTER_OFF)))
    assert desk.window.ladder._band_words() == ""


# sound


@pytest.mark.parametrize("on", [True, False])
def test_a_question_makes_a_sound_only_if_the_user_wants_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, on: bool
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append("beep"))
    if not on:
        desk.window.menu_does("sound")
    desk.tell(fake.ask())
    desk.tell(msgspec.structs.replace(fake.ask(), seal=1))
    assert heard == (["beep"] if on else [])


def test_the_menu_shows_sound_and_master_as_they_are(desk: Desk) -> None:
    words = {"提示音": True, "总开关（关上就拦下所有新委托）": True}
    menu = build(desk.window, 100, desk.window.menu_does)
    assert {action.text(): action.isChecked() for action in menu.actions() if action.text() in words} == words
    desk.window.set_sound(False)
    desk.status(master=False)
    menu = build(desk.window, 100, desk.window.menu_does)
    assert not any(action.isChecked() for action in menu.actions() if action.text() in words)
    assert "总开关" in [goal.words for goal in as_goals()]


# help


def test_f1_explains_the_chosen_level_with_its_reason(desk: Desk) -> None:
    desk.window.ladder.setFocus()
    levels = desk.mirror.grids[fake.BOND].levels
    desk.window.ladder.ladder.choose(next(n for n, level in enumerate(levels) if level.why is not None))
    desk.key(Qt.Key.Key_F1)
    sheet = desk.sheet()
    assert isinstance(sheet, HelpSheet)
    chosen = levels[desk.window.ladder.ladder.chosen]
    text = sheet.page.toPlainText()
    assert f"{chosen.price // 1000}." in text.split("快捷键")[0]
    assert "星澜转债 的网格" in text


@pytest.mark.parametrize(
    ("panel", "said"),
    [("watch", "封单金额 = 买一价"), ("bonds", "入选的在上"), ("tabs", "未完结的在前"), ("top", "没有选中任何东西")],
)
def test_f1_explains_the_panel_with_the_keyboard(desk: Desk, panel: str, said: str) -> None:
    if panel == "tabs":
        desk.window.tabs.show_tab(0)
    elif panel == "top":
        desk.window.top.jump.show()
        desk.window.top.jump.setFocus()
    else:
        getattr(desk.window, panel).setFocus()
    desk.window.menu_does("keys")
    sheet = desk.sheet()
    assert isinstance(sheet, HelpSheet)
    assert said in sheet.page.toPlainText().split("快捷键")[0]


def test_the_manual_is_in_the_help_and_can_be_searched(desk: Desk) -> None:
    desk.window.menu_does("keys")
    sheet = desk.sheet()
    assert isinstance(sheet, HelpSheet)
    assert "用户手册" in sheet.page.toPlainText()
    desk.qtbot.keyClicks(sheet.search, "KILL")
    first = sheet.page.textCursor().selectionStart()
    assert sheet.foot_words.startswith("第 1 / ")
    desk.qtbot.keyClick(sheet.search, Qt.Key.Key_Return)
    assert not sheet.leaving
    sheet.search.setText("9:24:40")
    assert sheet.page.textCursor().selectionStart() != first
    sheet.search.setText("没有这句话")
    assert "没有" in sheet.foot_words
    desk.qtbot.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert sheet.search.text() == ""
    desk.qtbot.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert sheet.leaving


def test_keys_scroll_the_manual_while_the_search_has_them(desk: Desk) -> None:
    desk.window.menu_does("keys")
    sheet = desk.sheet()
    assert isinstance(sheet, HelpSheet)
    desk.qtbot.keyClick(sheet.search, Qt.Key.Key_PageDown)
    assert sheet.page.verticalScrollBar().value() > 0


def test_a_missing_manual_is_said_by_name(tmp_path: Path) -> None:
    assert "manual.zh.md" in manual(tmp_path / "manual.zh.md")


# words


def test_a_reason_names_its_level_and_the_price_of_the_order_it_speaks_of(desk: Desk) -> None:
    order = next(row for row in desk.mirror.orders.values() if row.code == fake.BOND and row.side == "buy")
    level = next(level for level in desk.mirror.grids[fake.BOND].levels if level.price == order.price)
    words = say_at(desk.mirror, because(Why.SIDE_FROZEN, ref=order.ref, side="buy"), fake.BOND)
    sign = "+" if level.no > 0 else "−" if level.no else ""
    assert words.startswith(f"{sign}{abs(level.no)} 档 {order.price / 1000:.3f} 买单")
    assert "档" not in say_at(desk.mirror, because(Why.FILLED, side="buy", price_milli=1, volume=10), fake.BOND)


@pytest.mark.parametrize("why", ["timeout", "crashes", "newer", "journal", "spawn", "protocol", "busy"])
def test_a_trader_that_cannot_start_is_explained_in_the_users_language(desk: Desk, why: str, tmp_path: Path) -> None:
    listener = Listener(desk.mirror, desk.commands, lambda: None, lambda _: None, tmp_path)
    listener.take([Failed(why, "some english words", 77)])
    alarm = desk.window.strip.alarm
    assert alarm is not None
    assert "交易进程" in alarm.title
    assert alarm.note != "some english words。"
    assert "QMT" not in alarm.note


def test_money_that_is_not_reconciled_yet_is_missing_and_not_wrong(desk: Desk) -> None:
    desk.status(ready="reconciling", total=27_941_000, cash=-112_134_000)
    tips = {group.name: group.tip for group in groups(desk.mirror, desk.look.theme)}
    assert {tips["total"], tips["cash"], tips["pnl"]} == {"账户还没有核对完"}


def test_the_shadow_says_what_r1_would_have_done(desk: Desk) -> None:
    assert shadow_words(fake.SHADOW)[0].replace(THIN, " ") == "R1 在 2,000 万：封过 21 次，会卖 14 次"
    assert shadow_words((("threshold_milli", 1), ("seals", 0))) == ()


# fields and tables


def test_a_wrong_field_is_named_and_takes_the_colour_from_the_figures(desk: Desk) -> None:
    sheet = sheets.open_grid_sheet(desk.window, IDLE)
    desk.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    assert sheet.outcome.theme == desk.look.theme
    sheet.settings.step.line.setText("0.01")
    sheet.settings.step.line.textEdited.emit("0.01")
    assert sheet.foot_words.startswith("步长")
    assert sheet.outcome.theme.up == desk.look.theme.t3
    assert sheet.fall.theme.dn == desk.look.theme.t3


def test_new_orders_do_not_push_the_table_away_from_the_top(qtbot: QtBot) -> None:
    desk = Desk(qtbot, (1280, 720))
    table = desk.window.tabs.tables[0]
    qtbot.waitUntil(lambda: len(table.rows.rows) > 3, timeout=20_000)
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(60, 36))
    assert table.chosen() is not None
    model = next(iter(desk.mirror.orders.values()))
    late = [msgspec.structs.replace(model, ref=f"new{n}", at=model.at + 90_000_000 + n) for n in range(30)]
    desk.tell(*late)
    qtbot.waitUntil(lambda: len(table.rows.rows) > 30, timeout=20_000)
    assert table.verticalScrollBar().value() == 0


def test_enter_opens_the_sheet_where_the_empty_ladder_says_so(desk: Desk) -> None:
    desk.mirror.select_bond(IDLE)
    desk.qtbot.mouseClick(desk.window.ladder.empty, LEFT, pos=QPoint(30, 300))
    desk.key(Qt.Key.Key_Return)
    assert isinstance(desk.sheet(), GridSheet)


def test_a_tick_after_a_pause_is_drawn_at_once(desk: Desk) -> None:
    chart = desk.window.ladder.chart
    desk.qtbot.waitUntil(lambda: not chart._timer.isActive() and chart._drawn > 0, timeout=20_000)
    chart._drawn -= 1
    before = chart._drawn
    chart.refresh()
    assert chart._timer.interval() == 0
    desk.qtbot.waitUntil(lambda: chart._drawn > before, timeout=20_000)


# one sheet, and the way out of the stop


def test_the_kill_replaces_a_sheet_opened_from_the_watchlist(desk: Desk) -> None:
    desk.window.watch._open(fake.STOCK)
    desk.tell(fake.killed_status(), fake.kill_row(), *fake.stopped_rows())
    desk.window.act("kill_details")
    assert isinstance(desk.sheet(), KillSheet)


@pytest.mark.parametrize("typed", ["解除", "jiechu", "LIFT"])
def test_the_stop_is_lifted_from_the_strip_with_any_keyboard(desk: Desk, typed: str) -> None:
    row = fake.kill_row()
    items = tuple(msgspec.structs.replace(item, done=True, state="cancelled") for item in row.items)
    desk.tell(fake.killed_status(), msgspec.structs.replace(row, items=items, done=True), *fake.stopped_rows())
    desk.window.act("lift")
    sheet = desk.sheet()
    assert isinstance(sheet, LiftSheet)
    sheet.word.setText(typed)
    desk.qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    desk.qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert desk.wished(LiftKill) == [LiftKill()]


def test_a_cancelled_grid_order_says_that_its_gap_is_paused(desk: Desk) -> None:
    order = next(row for row in desk.mirror.orders.values() if row.kind == "grid" and row.cancellable)
    desk.window.tabs._act(order)
    assert "暂停" in desk.window.note.words


@pytest.mark.parametrize(("age", "alarmed"), [(220, False), (12_000, True)])
def test_a_trader_that_has_just_started_is_no_broken_link_yet(desk: Desk, age: int, alarmed: bool) -> None:
    desk.status(ready="reconciling", lamp_trade="blind", trade_age_ms=age)
    assert (desk.window.strip.alarm is not None) is alarmed


@pytest.mark.parametrize("listed_again", [False, True])
def test_s_stops_the_bond_on_show_also_where_that_left_the_list(desk: Desk, listed_again: bool) -> None:
    code = next(grid.code for grid in desk.mirror.grids.values() if grid.armed and grid.code != fake.BOND)
    bond = desk.mirror.bonds[code]
    desk.window.show_code("bond", code)
    desk.tell(fake.gone(bond))
    if listed_again:
        desk.tell(bond)
    desk.tell(msgspec.structs.replace(desk.mirror.bonds[fake.BOND], pnl=1))
    assert desk.mirror.selected_bond == code
    desk.key(Qt.Key.Key_S)
    assert desk.wished(DisarmGrid) == [DisarmGrid(code, StopHow.CANCEL)]


def test_the_ladder_stays_on_a_bond_without_a_grid_that_left_the_list(desk: Desk) -> None:
    code = next(code for code in desk.mirror.bonds if code not in desk.mirror.grids)
    desk.window.show_code("bond", code)
    desk.tell(fake.gone(desk.mirror.bonds[code]))
    desk.tell(msgspec.structs.replace(desk.mirror.bonds[fake.BOND], pnl=1))
    assert desk.mirror.selected_bond == code


def test_a_bond_remembered_from_another_day_that_nothing_tells_of_gives_way_to_the_first(desk: Desk) -> None:
    desk.mirror.select_bond("110999.SH")
    desk.tell(msgspec.structs.replace(desk.mirror.bonds[fake.BOND], pnl=1))
    assert desk.mirror.selected_bond in desk.mirror.bonds


def test_s_disarms_no_other_guard_when_the_row_on_show_leaves_the_watchlist(desk: Desk) -> None:
    first, *others = desk.mirror.watches.values()
    assert others
    desk.window.show_code("stock", first.code)
    desk.window.watch.rows.setFocus()
    desk.tell(fake.gone(first))
    assert desk.mirror.selected_stock == ""
    desk.key(Qt.Key.Key_S)
    assert desk.wished(DisarmGuard) == []
    desk.tell(first)
    assert desk.mirror.selected_stock == ""
