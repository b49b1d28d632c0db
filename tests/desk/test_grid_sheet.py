"""The grid's sheet: what it starts, how a running grid is changed, and what its checks say."""

import fake_trader as ft
import msgspec
import pytest
from arming_host import IDLE, Host, ready, shown_host
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.format import moment
from qmtdesk.desk.brush.inputs import UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.sheets import grid_sheet, sheets
from qmtdesk.desk.sheets.grid_form import fall_rows
from qmtdesk.desk.sheets.grid_own import live_own
from qmtdesk.desk.sheets.grid_paint import Fall, Outcome
from qmtdesk.desk.sheets.grid_sheet import RESTART_MS
from qmtdesk.desk.words.check_words import check_words
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.messages import DisarmGrid
from qmtdesk.domain.plans import GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.wire.talk import Check, GridPreview


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return shown_host(qtbot)


def wheel(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    event = QWheelEvent(at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_cash_that_does_not_suffice_is_told_by_what_is_short(host: Host, qtbot: QtBot) -> None:
    preview = msgspec.structs.replace(ft.grid_preview(ft.grid().plan), cash_full=683_907_000, cash=676_202_000)
    sheet = sheets.open_grid_sheet(host, IDLE)
    assert sheet.fall._notes(preview)[1] == "可动用 68\u2009万元，还差 7,705元"


def test_where_the_risk_limit_of_one_code_ends_the_buying_is_said_beforehand(host: Host, qtbot: QtBot) -> None:
    whole = ft.grid_preview(ft.grid().plan)
    sheet = sheets.open_grid_sheet(host, IDLE)
    capped = msgspec.structs.replace(whole, cash=whole.cash_full * 2, symbol_cap=100_000_000)
    lowest = min(price for _, price, _, cash in whole.levels if 0 < cash <= 100_000_000)
    assert sheet.fall._notes(capped)[1].endswith(f"买到 {lowest / 1000:.3f} 为止")
    assert "首买就超过" in sheet.fall._notes(msgspec.structs.replace(capped, symbol_cap=1))[1]
    assert lowest > whole.levels[-1][1]
    for none in (0, whole.cash_full):
        assert "风控" not in sheet.fall._notes(msgspec.structs.replace(capped, symbol_cap=none))[1]


def test_the_wheel_never_changes_a_field(host: Host) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    before = sheet.plan
    for target in (
        sheet.settings.base,
        sheet.settings.live,
        sheet.settings.step.line,
        sheet.settings.first,
        sheet.go,
        sheet,
    ):
        target.setFocus()
        wheel(target)
    assert sheet.plan == before


def test_a_grid_is_started_with_what_the_sheet_shows(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    sheet.settings.cash_cap.set_value(120_000_000)
    sheet.settings.step.set_value(40)
    ready(qtbot, sheet)
    assert sheet.go.text() == "启动网格"
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (armed,) = host.armed()
    assert armed.plan == GridPlan(code=IDLE, cash_cap=120_000_000, step_bp=40)


def test_a_cash_cap_below_the_first_buy_is_refused(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    sheet.settings.cash_cap.set_value(10_000_000)
    assert not sheet.go.isEnabled()
    assert "资金上限" in sheet.foot_words


def test_a_running_grid_shows_what_changes_and_is_stopped_before_it_starts_again(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert sheet.title() == "网格参数"
    assert "没有改动" in sheet.foot_words
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    assert sheet.changes() == (("步长", "0.30%", "0.50%"),)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [w for w in host.commands.wished if isinstance(w, DisarmGrid)] == [DisarmGrid(ft.BOND, StopHow.CANCEL)]
    assert host.armed() == []
    stopped = ft.grid(state="stopped", armed=False, held=130)
    host.mirror.apply([stopped])
    host.mirror.flush()
    assert host.armed() == [], "its cancels are not confirmed yet"
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    (armed,) = host.armed()
    assert (armed.plan.step_bp, armed.plan.adopt, armed.plan.first_buy) == (50, 130, False)
    qtbot.waitUntil(lambda: sheet.leaving)


def test_a_grid_that_only_sells_does_so_with_other_settings_too(host: Host, qtbot: QtBot) -> None:
    row = ft.grid(state="sell_only")
    host.mirror.apply([msgspec.structs.replace(row, plan=replace(row.plan, sell_only=True))])
    host.mirror.flush()
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    assert sheet.settings.sell_only.isChecked()
    assert sheet.plan.sell_only


def test_a_running_grid_buys_its_first_position_again_only_where_the_user_ticks_it(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert not sheet.settings.first.isChecked()
    assert "没有改动" in sheet.foot_words
    sheet.settings.first.click()
    ready(qtbot, sheet)
    assert sheet.changes() == (("首仓", "否", "是"),)
    assert sheet.answer.plan.first_buy


def test_a_first_buy_still_under_way_goes_on_with_other_settings(host: Host) -> None:
    host.mirror.apply([ft.grid(held=80, first_left=80)])
    host.mirror.flush()
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert sheet.settings.first.isChecked()
    assert sheet.changes() == ()
    sheet.settings.first.click()
    assert sheet.changes() == (("首仓", "是", "否"),)


@pytest.mark.parametrize("only", [False, True])
def test_that_a_grid_will_buy_nothing_is_seen_without_opening_more(host: Host, *, only: bool) -> None:
    plan = replace(ft.grid().plan, sell_only=only)
    host.mirror.apply([ft.grid(state="stopped", armed=False, plan=plan)])
    host.mirror.flush()
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert sheet.settings.sell_only.isChecked() is only
    assert sheet.settings.sell_only.isVisible() is only


def stopped_with(host: Host, held: int, base: int, can_use: int, position: int = -1) -> sheets.GridSheet:
    there = held + base if position < 0 else position
    row = ft.grid(state="stopped", armed=False, held=held, base_holding=base, position=there, can_use=can_use)
    holding = msgspec.structs.replace(host.mirror.positions[ft.BOND], volume=there, can_use=can_use)
    host.mirror.apply([row, holding])
    host.mirror.flush()
    return sheets.open_grid_sheet(host, ft.BOND)


@pytest.mark.parametrize(
    ("held", "base", "can_use", "offered"),
    [(160, 500, 660, 160), (165, 500, 665, 160), (160, 500, 90, 160), (160, 0, 0, 160)],
)
def test_a_stopped_grid_is_offered_what_it_still_holds(
    host: Host, held: int, base: int, can_use: int, offered: int
) -> None:
    sheet = stopped_with(host, held, base, can_use)
    assert sheet.settings.adopt.isChecked()
    assert (sheet.plan.adopt, sheet.settings.adopt_volume.value) == (offered, offered)


def test_a_stopped_grid_of_which_something_is_missing_leaves_what_is_there_alone(host: Host) -> None:
    """Its lots were sold while nobody looked, and the user bought as much for himself."""
    sheet = stopped_with(host, 160, 160, 160, position=160)
    assert not sheet.settings.adopt.isChecked()
    assert sheet.plan.adopt == 0


def test_a_stopped_grid_that_holds_nothing_leaves_the_users_own_alone(host: Host) -> None:
    sheet = stopped_with(host, 0, 500, 500)
    assert not sheet.settings.adopt.isChecked()
    assert sheet.settings.adopt_volume.isHidden()
    assert sheet.plan.adopt == 0
    sheet.settings.adopt.click()
    assert not sheet.settings.adopt_volume.isHidden()
    assert sheet.plan.adopt == 500


@pytest.mark.parametrize(("held", "most"), [(0, 90), (80, 90), (160, 160)])
def test_of_the_users_own_only_what_may_be_sold_can_be_taken_over(host: Host, held: int, most: int) -> None:
    sheet = stopped_with(host, held, 500, 90)
    assert sheet.settings.adopt_volume.field.high == most


def test_how_much_is_taken_over_is_typed_in_whole_lots_up_to_what_may_be_sold(host: Host, qtbot: QtBot) -> None:
    sheet = stopped_with(host, 160, 500, 660)
    field = sheet.settings.adopt_volume
    for wrong in (670, 155):
        field.set_value(wrong)
        assert not sheet.go.isEnabled()
        assert sheet.foot_words.startswith("认领：")
    field.set_value(300)
    ready(qtbot, sheet)
    sheet.confirm()
    (armed,) = host.armed()
    assert armed.plan.adopt == 300
    sheet.settings.adopt.click()
    assert sheet.plan.adopt == 0


def test_a_running_grid_takes_over_all_it_holds_and_no_part_of_it(host: Host) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert sheet.settings.adopt_volume.isHidden()
    assert sheet.plan.adopt == ft.grid().held


@pytest.mark.parametrize(
    ("adopted", "base", "said"),
    [
        (160, 500, "认领 160 张，其余 500 张是底仓，不动"),
        (160, 0, "认领 160 张"),
        (0, 500, "已有的 500 张是底仓，不动"),
        (0, 0, ""),
    ],
)
@pytest.mark.parametrize("wide", [270, 370])
def test_the_preview_says_what_is_taken_over_and_what_stays_the_users(
    adopted: int, base: int, said: str, wide: int, qtbot: QtBot
) -> None:
    plan, room = GridPlan(code=IDLE), QWidget()
    qtbot.addWidget(room)
    preview = msgspec.structs.replace(ft.grid_preview(plan), adopted=adopted, base_holding=base)
    shown = texts_of(Outcome(Look(), IDLE, room), plan, preview, wide)
    assert [words.replace("\u2009", " ") for words in shown if "认领" in words or "底仓" in words] == [said] * bool(
        said
    )


@pytest.mark.parametrize("why", [Why.ALREADY_ARMED, Why.WAITING_CANCEL, Why.QUOTE_STALE, Why.RECONCILING])
def test_a_restart_that_comes_too_early_is_tried_again(host: Host, qtbot: QtBot, why: Why) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    sheet.confirm()
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.commands.ok, host.commands.reason = False, because(why)
    host.mirror.apply([ft.grid(state="stopped", armed=False)])
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    tries = len(host.armed())
    assert tries >= 1
    assert not sheet.leaving
    host.commands.ok = True
    host.mirror.second_passed.emit()
    assert len(host.armed()) == tries + 1
    assert sheet.leaving


@pytest.mark.parametrize(("waited_ms", "arms"), [(RESTART_MS, True), (RESTART_MS + 1, False)])
def test_new_settings_start_nothing_where_the_stop_took_long(
    host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, waited_ms: int, arms: bool
) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    now = [0]
    monkeypatch.setattr(grid_sheet, "monotonic_ns", lambda: now[0])
    sheet.confirm()
    assert not sheet.leaving
    now[0] = waited_ms * 1_000_000
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([ft.grid(state="stopped", armed=False)])
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    assert (len(host.armed()) == 1, sheet.leaving) == (arms, arms)
    if not arms:
        assert sheet.foot_words.startswith("网格已停，没有启动，新参数已存为下次启动：停止和撤单用了")
        assert host.mirror.pending[ft.BOND].step_bp == 50
        # pressed again it starts: there is nothing to stop any more
        stops = host.commands.wished.count(DisarmGrid(ft.BOND, StopHow.CANCEL))
        sheet.request()
        ready(qtbot, sheet)
        sheet.confirm()
        assert len(host.armed()) == 1
        assert sheet.leaving
        assert host.commands.wished.count(DisarmGrid(ft.BOND, StopHow.CANCEL)) == stops


@pytest.mark.parametrize(("hour", "minute", "refused"), [(11, 40, True), (15, 5, False)], ids=["lunch", "evening"])
def test_new_settings_stop_nothing_where_no_cancel_is_taken_and_after_the_close_nothing_is_left_to_cancel(
    host: Host, qtbot: QtBot, hour: int, minute: int, refused: bool
) -> None:
    day = moment(ft.CLOCK).date()
    host.mirror.clock = lambda: at_of(day, hour, minute)  # type: ignore[method-assign]
    assert any(row.state == "working" and row.code == ft.BOND for row in host.mirror.orders.values())
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    qtbot.waitUntil(lambda: sheet.answer is not None and sheet.answer.plan == sheet.plan)
    assert (sheet.blocked() == t("grid.no_cancels")) is refused
    assert bool(live_own(host.mirror, ft.BOND)) is refused


@pytest.mark.parametrize("left", [True, False], ids=["left", "refused"])
def test_settings_whose_start_does_not_come_are_kept_and_the_grid_is_said_to_be_off(
    host: Host, qtbot: QtBot, left: bool
) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    sheet.confirm()
    if left:
        sheet.leave()
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.commands.ok, host.commands.reason = False, because(Why.LINK_DOWN)
    host.mirror.apply([ft.grid(state="stopped", armed=False)])
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    assert len(host.armed()) == (0 if left else 1)
    assert host.mirror.pending[ft.BOND].step_bp == 50
    if not left:
        assert sheet.foot_words.startswith("网格已停，没有启动")
        assert "交易连接中断" in sheet.foot_words


def test_a_kill_in_between_ends_the_restart(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    sheet.confirm()
    host.mirror.apply([ft.killed_status(), ft.kill_row(), ft.grid(state="stopped", armed=False)])
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()
    assert host.armed() == []
    assert "已全部停止" in sheet.foot_words


def test_a_list_opens_inside_the_sheet_and_takes_no_window(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    qtbot.mouseClick(sheet.settings.live, Qt.MouseButton.LeftButton)
    shown = sheet.settings.live._list
    assert shown is not None
    assert sheet.card.isAncestorOf(shown)
    assert QApplication.activePopupWidget() is None
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(20, 4 + 28 * 3 + 10))
    assert sheet.plan.live_per_side == 4
    assert sheet.settings.live._list is None


def test_full_width_digits_become_plain_ones(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    field: UnitField = sheet.settings.amount
    field.line.setText("３００００")
    field.line.textEdited.emit("３００００")
    field.line.editingFinished.emit()
    assert field.value == 30_000_000
    assert field.line.text() == "30,000"


def test_the_fall_ends_at_the_cap() -> None:
    preview = ft.grid_preview(GridPlan(code=IDLE))
    rows = fall_rows(preview)
    assert [row.kind for row in rows[:3]] == ["sell", "sell", "first"]
    assert all(row.no >= preview.cap_level for row in rows if row.kind == "armed")
    assert any(row.kind == "over" for row in rows)
    assert all(row.no < preview.cap_level for row in rows if row.kind == "over")


@pytest.mark.parametrize(
    ("level", "reason", "said"),
    [
        (
            "ok",
            because(Why.CASH_SHORT, need_milli=41_382_000, have_milli=486_120_000),
            "资金够活动档|需 4.1 万，可动用 49 万",
        ),
        ("ok", because(Why.UNIT_NOT_LOT, unit=90, lot=10), "整手|90 张 = 9 手"),
        ("ok", because(Why.QUOTE_STALE, age_ms=800, limit_ms=8000), "行情新鲜|0.8 s"),
        (
            "ok",
            because(Why.STEP_TOO_SMALL, step_bp=30, step_milli=345, need_bp=2, need_milli=23),
            "步长够宽|0.30%，成本线的 15×",
        ),
        (
            "warn",
            because(Why.CASH_CAP, cap_milli=120_000_000, level=-9, lowest=-74),
            "买不满 74 档|资金上限 12 万，到 −9 档",
        ),
        ("warn", because(Why.POSITION_CAP, cap=1200, level=-9, lowest=-74), "买不满 74 档|持仓上限 1,200，到 −9 档"),
        ("warn", because(Why.POSITION_CAP, cap=600, lowest=-74), "一档也不会买|一开始就超过持仓上限 600"),
        ("warn", because(Why.CASH_CAP, cap_milli=50_000_000, lowest=-74), "一档也不会买|一开始就超过资金上限 5.0 万"),
        ("warn", because(Why.NOTHING_HELD), "无持有可卖|"),
        (
            "warn",
            because(
                Why.ORDER_VALUE, value_milli=31_200_000, cap_milli=30_000_000, over_milli=1_200_000, where="order_value"
            ),
            "涨上去买单会发不出|3.1 万，上限 3.0 万，超 1,200",
        ),
    ],
)
def test_a_check_that_is_met_does_not_read_like_a_refusal(level: str, reason: Reason, said: str) -> None:
    assert "|".join(check_words(Check(level, reason), IDLE)).replace("\u2009", " ") == said


@pytest.mark.parametrize(
    ("mode", "stop", "at_limit", "label", "note"),
    [
        (GridMode.LATTICE, 0, False, "跌到区间下限 −20.5%", "最坏浮亏 @94.940"),
        (GridMode.LATTICE, 90_000, False, "跌到区间下限 −20.5%", "最坏浮亏 @94.940"),
        (GridMode.LATTICE, 94_940, False, "跌到只卖价", "最坏浮亏 @94.940"),
        (GridMode.LATTICE, 0, True, "跌到跌停价 −20.5%", "最坏浮亏 @94.940"),
        (GridMode.ROLLING, 0, False, "跌到区间下限 −20.5%", "最坏浮亏 @94.940"),
        (GridMode.ROLLING, 0, True, "跌到跌停价 −20.5%", "最坏浮亏 @94.940"),
        (GridMode.ROLLING, 117_000, False, "跌到区间下限 −20.5%", "最坏浮亏 @94.940，到价只停买"),
    ],
)
@pytest.mark.parametrize("wide", [270, 370])
def test_the_worst_loss_stands_beside_the_price_it_is_counted_at(
    mode: GridMode, stop: int, at_limit: bool, label: str, note: str, wide: int, qtbot: QtBot
) -> None:
    plan = GridPlan(code=IDLE, mode=mode, lower_stop=stop)
    room = QWidget()
    qtbot.addWidget(room)
    outcome = Outcome(Look(), IDLE, room)
    outcome.resize(wide, 560)
    outcome.show_preview(plan, msgspec.structs.replace(ft.grid_preview(plan), at_limit=at_limit))
    with paint.recording() as seen:
        outcome.grab()
    assert {label, note} <= {drawn.text for drawn in seen.texts}
    assert seen.too_wide() == []
    assert seen.overlaps() == []


def test_a_level_left_out_above_the_last_one_bought_is_over_the_cap() -> None:
    preview = msgspec.structs.replace(ft.grid_preview(GridPlan(code=IDLE)), skipped=(-3, -4), most=50_000_000)
    kinds = {row.no: row.kind for row in fall_rows(preview) if row.volume and row.kind != "sell"}
    assert [kinds[no] for no in (-2, -3, -4, -5, -6, -7)] == ["armed", "over", "over", "armed", "armed", "over"]


def texts_of(part: Fall | Outcome, plan: GridPlan, preview: GridPreview, wide: int = 370) -> set[str]:
    part.resize(wide, 560)
    part.show_preview(plan, preview)
    with paint.recording() as seen:
        part.grab()
    assert seen.too_wide() == []
    return {drawn.text for drawn in seen.texts}


def test_the_most_bound_is_what_the_trader_says(qtbot: QtBot) -> None:
    plan, room = GridPlan(code=IDLE), QWidget()
    qtbot.addWidget(room)
    shown = texts_of(Outcome(Look(), IDLE, room), plan, msgspec.structs.replace(ft.grid_preview(plan), most=38_400_000))
    assert "38,400 元" in {words.replace("\u2009", " ") for words in shown}


def test_where_nothing_is_bought_the_fall_does_not_say_what_buying_would_need(qtbot: QtBot) -> None:
    plan, room = GridPlan(code=IDLE, sell_only=True), QWidget()
    qtbot.addWidget(room)
    preview = ft.grid_preview(plan)
    idle = msgspec.structs.replace(
        preview, first_volume=0, levels=tuple((no, price, 0, 0) for no, price, _, _ in preview.levels)
    )
    shown = texts_of(Fall(Look(), IDLE, room), plan, idle)
    assert "不买入，占用不会增加" in shown
    assert not any(words.startswith("若不设上限") for words in shown)


def test_an_order_over_the_cap_says_both_numbers_and_what_to_change() -> None:
    large = because(
        Why.ORDER_VALUE, value_milli=30_240_000, cap_milli=30_000_000, over_milli=240_000, where="order_value"
    )
    words, _ = check_words(Check("refuse", large), IDLE)
    assert words.replace("\u2009", " ") == (
        "单笔金额 3.0 万超过上限 3.0 万，多 240，发不出：改小金额或每档数量，或改 trader-settings.json 的 order_value"
    )


def test_a_refused_check_is_said_in_full() -> None:
    short = because(Why.CASH_SHORT, need_milli=41_382_000, have_milli=1_000_000)
    words, note = check_words(Check("refuse", short), IDLE)
    assert "不足" in words
    assert note == ""
