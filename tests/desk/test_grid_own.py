"""What a grid bought itself stays its own through its sheet, whenever it was bought and the sheet was opened."""

import fake_trader as ft
import msgspec
import pytest
from arming_host import IDLE, Host, ready, shown_host
from engine_host import CODE, PLAN, EngineHost
from pytestqt.qtbot import QtBot

from qmtdesk.desk.sheets import sheets
from qmtdesk.domain import messages as m
from qmtdesk.domain.messages import ArmGrid, DisarmGrid
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import quote_of
from qmtdesk.wire.talk import PreviewGrid


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return shown_host(qtbot)


def opened(there: EngineHost) -> sheets.GridSheet:
    return sheets.open_grid_sheet(there.window, CODE)


def changed(there: EngineHost, sheet: sheets.GridSheet, qtbot: QtBot) -> None:
    sheet.settings.step.set_value(40)
    ready(qtbot, sheet)
    sheet.confirm()
    there.seconds()
    assert sheet.leaving


def running(qtbot: QtBot) -> EngineHost:
    """One that holds its first position."""
    there = EngineHost(qtbot)
    there.prices(120_050, 119_990, 120_010)
    assert there.grid.held_total == 160
    return there


def empty(qtbot: QtBot, *, first: bool = True) -> EngineHost:
    """One that waits for its first buy, or for its first level."""
    there = EngineHost(qtbot, replace(PLAN, first_buy=first))
    there.day.wait(500)
    there.prices(120_050)
    assert there.grid.held_total == 0
    return there


# a running grid


@pytest.mark.parametrize("first", [True, False])
def test_what_is_bought_while_the_sheet_of_an_empty_grid_is_open_is_the_grids(qtbot: QtBot, *, first: bool) -> None:
    there = empty(qtbot, first=first)
    sheet = opened(there)
    assert not sheet.settings.adopt.isEnabled()
    there.prices(119_990, 120_000)
    held = there.grid.held_total
    assert held == (160 if first else 80)
    assert (sheet.plan.adopt, sheet.plan.first_buy) == (held, False)
    assert sheet.settings.adopt.isEnabled()
    assert sheet.settings.adopt.isChecked()
    assert str(held) in sheet.settings.adopt.text()
    bought = len(there.bought())
    changed(there, sheet, qtbot)
    assert (there.grid.held_total, there.grid.base_holding) == (held, 0)
    assert ("first_buy", 160) not in there.bought()[bought:]


def test_a_first_buy_that_fills_before_its_cancel_is_the_grids_and_is_not_repeated(qtbot: QtBot) -> None:
    there = empty(qtbot)
    sheet = opened(there)
    sheet.settings.step.set_value(40)
    ready(qtbot, sheet)
    sheet.confirm()
    there.day.exchange.market(quote_of(CODE, there.day.at, 119_980, prev=120_000))
    there.day.wait(1_500)
    there.prices(120_000)
    there.seconds()
    assert (there.grid.held_total, there.grid.base_holding) == (160, 0)
    assert there.bought().count(("first_buy", 160)) == 1


def test_what_was_sold_and_bought_again_while_the_sheet_is_open_is_taken_over(qtbot: QtBot) -> None:
    there = running(qtbot)
    sheet = opened(there)
    there.prices(120_400, 120_800)
    sheet.request()
    assert there.grid.held_total == sheet.plan.adopt == 0
    assert not sheet.settings.adopt.isEnabled()
    there.prices(120_700, 120_350, 120_340)
    held = there.grid.held_total
    assert held > 0
    assert sheet.plan.adopt == held
    changed(there, sheet, qtbot)
    assert (there.grid.held_total, there.grid.base_holding) == (held, 0)


def test_what_the_user_took_off_stays_off_however_the_holding_moves(qtbot: QtBot) -> None:
    there = running(qtbot)
    sheet = opened(there)
    sheet.settings.adopt.click()
    assert sheet.plan.adopt == 0
    there.prices(120_400, 120_800)
    assert there.grid.held_total == 0
    there.prices(120_700, 120_350, 120_340)
    assert there.grid.held_total > 0
    assert not sheet.settings.adopt.isChecked()
    held = there.grid.held_total
    changed(there, sheet, qtbot)
    assert there.grid.base_holding == held


def test_what_was_taken_off_and_put_back_is_taken_over(host: Host) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.adopt.click()
    sheet.settings.adopt.click()
    for held in (0, 240):
        host.mirror.apply([ft.grid(held=held)])
        host.mirror.flush()
        assert sheet.plan.adopt == held


def test_the_first_buy_that_was_done_while_the_sheet_is_open_is_not_bought_again(qtbot: QtBot) -> None:
    """60 of 160 when it was opened; then the rest, and one unit was sold."""
    there = EngineHost(qtbot, replace(PLAN, cash_cap=0))
    there.day.wait(500)
    there.day.price(CODE, 120_005, depth=40)
    there.day.exchange.market(quote_of(CODE, there.day.at, 119_999, prev=120_000, depth=60))
    there.day.wait(1_500)
    there.day.price(CODE, 120_050)
    there.day.wait(1_000)
    there.show()
    sheet = opened(there)
    assert (sheet.plan.adopt, sheet.plan.first_buy, there.grid.first_left) == (60, True, 100)
    there.prices(119_990, 120_005, 120_400)
    assert (there.grid.held_total, there.grid.first_left) == (80, 0)
    assert not sheet.settings.first.isChecked()
    assert sheet.changes() == ()
    bought = len(there.bought())
    changed(there, sheet, qtbot)
    assert there.grid.held_total == 80
    assert "first_buy" not in [who for who, _ in there.bought()[bought:]]


def started_again(host: Host, sheet: sheets.GridSheet, qtbot: QtBot) -> ArmGrid:
    """The button is pressed and the stop confirmed, with 80 held and the first buy done by then."""
    ready(qtbot, sheet)
    sheet.confirm()
    own = [msgspec.structs.replace(row, state="cancelled") for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([ft.grid(state="stopped", armed=False, held=80, first_left=0), *own])
    host.mirror.flush()
    (armed,) = host.armed()
    assert isinstance(armed, ArmGrid)
    return armed


def test_a_first_buy_done_between_the_press_and_the_stop_is_left_out(host: Host, qtbot: QtBot) -> None:
    host.mirror.apply([ft.grid(held=60, first_left=100)])
    host.mirror.flush()
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    armed = started_again(host, sheet, qtbot)
    assert (armed.plan.adopt, armed.plan.first_buy) == (80, False)


def test_a_first_buy_the_user_ticked_or_took_off_stays_as_he_left_it(host: Host, qtbot: QtBot) -> None:
    for left, ticked in ((0, True), (100, False)):
        host.mirror.apply([ft.grid(held=60, first_left=left)])
        host.mirror.flush()
        sheet = sheets.open_grid_sheet(host, ft.BOND)
        sheet.settings.first.click()
        for now in (0, left):
            host.mirror.apply([ft.grid(held=80, first_left=now)])
            host.mirror.flush()
            sheet.request()
            assert sheet.settings.first.isChecked() is ticked
            assert sheet.plan.first_buy is ticked
        kept = sheet.plan_kept()
        assert ticked or (kept is not None and not kept.first_buy)
        sheet.settings.step.set_value(50)
        for _ in range(2):
            sheet.settings.first.click()
        host.mirror.apply([ft.grid(held=80, first_left=0)])
        host.mirror.flush()
        sheet.request()
        assert sheet.settings.first.isChecked() is ticked
        sheet.leave()


def test_a_first_buy_taken_off_and_put_back_once_it_is_done_is_bought_again(host: Host, qtbot: QtBot) -> None:
    host.mirror.apply([ft.grid(held=60, first_left=100)])
    host.mirror.flush()
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.first.click()
    host.mirror.apply([ft.grid(held=160, first_left=0)])
    host.mirror.flush()
    sheet.settings.first.click()
    armed = started_again(host, sheet, qtbot)
    assert (armed.plan.adopt, armed.plan.first_buy) == (80, True)


def test_the_preview_is_asked_for_once_where_what_is_held_changed(host: Host, qtbot: QtBot) -> None:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    host.commands.wished.clear()
    for held in (240, 240):
        host.mirror.apply([ft.grid(held=held)])
        host.mirror.flush()
    assert not sheet.go.isEnabled()
    ready(qtbot, sheet)
    qtbot.wait(400)
    asked = [wish.plan.adopt for wish in host.commands.wished if isinstance(wish, PreviewGrid)]
    assert asked == [240]


# a stopped one


def test_the_morning_sheet_waits_for_the_account_and_takes_over_what_is_there(qtbot: QtBot) -> None:
    there = running(qtbot)
    day = there.day
    day.next_day(hour=9, minute=20)
    day.wait(2_000)
    day.state = day.folded(resume=False)
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    day.quote_all()
    there.forget()
    there.show()
    sheet = opened(there)
    qtbot.waitUntil(lambda: sheet.answer is not None)
    assert not sheet.go.isEnabled()
    assert "账户" in sheet.foot_words
    assert "160" in sheet.foot_words
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    there.seconds(15)
    ready(qtbot, sheet)
    assert (sheet.plan.adopt, sheet.settings.adopt_volume.value) == (160, 160)
    assert sheet.settings.adopt.isChecked()
    sheet.confirm()
    day.jump(9, 30, 5)
    there.prices(120_010, 119_990)
    assert (there.grid.held_total, there.grid.base_holding) == (160, 0)
    assert there.bought() == [("first_buy", 160)]


@pytest.mark.parametrize("state", ["starting", "reconciling", "suspended"])
def test_a_stopped_grid_starts_once_the_account_was_compared(host: Host, qtbot: QtBot, state: str) -> None:
    host.mirror.apply([ft.status(ready=state), ft.grid(state="stopped", armed=False, held=160, base_holding=0)])
    host.mirror.flush()
    for code in (ft.BOND, IDLE):
        sheet = sheets.open_grid_sheet(host, code)
        qtbot.waitUntil(lambda sheet=sheet: sheet.answer is not None)
        assert (sheet.blocked() == "") is (code == IDLE)
        assert ("账户" in sheet.foot_words) is (code == ft.BOND)
        assert not sheet.foot_warns
        sheet.leave()


def test_a_grid_whose_lots_are_gone_from_a_compared_account_can_be_started(host: Host, qtbot: QtBot) -> None:
    host.mirror.apply([ft.grid(state="stopped", armed=False, held=160, base_holding=0, position=0, can_use=0)])
    del host.mirror.positions[ft.BOND]
    host.mirror.flush()
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    ready(qtbot, sheet)
    assert sheet.plan.adopt == 0


@pytest.mark.parametrize("ms", [100, 400, 2_000])
@pytest.mark.parametrize("how", [StopHow.CANCEL, StopHow.LEAVE])
def test_a_grid_started_right_after_its_stop_goes_on_with_what_it_holds(qtbot: QtBot, how: StopHow, ms: int) -> None:
    there = running(qtbot)
    there.day.feed(DisarmGrid(CODE, how))
    there.day.wait(ms)
    there.day.quote_all()
    there.show()
    sheet = opened(there)
    assert (sheet.plan.adopt, sheet.settings.adopt_volume.value) == (160, 160)
    there.seconds(5)
    ready(qtbot, sheet)
    sheet.confirm()
    there.prices(119_990, 120_010)
    assert (there.grid.held_total, there.grid.base_holding) == (160, 0)
    assert there.bought().count(("first_buy", 160)) == 1


def test_what_the_counter_is_slow_to_free_is_still_the_grids(qtbot: QtBot) -> None:
    there = running(qtbot)
    day = there.day
    day.feed(DisarmGrid(CODE, StopHow.CANCEL))
    day.live_market(3_000, every=1_000)
    report = day.exchange.report(day.at)
    frozen = tuple(replace(row, can_use=0) if row.code == CODE else row for row in report.positions)
    day.feed(m.AskNow())
    day.feed(m.AccountReported(day.state.request, replace(report, positions=frozen)))
    assert day.state.holdings[CODE].sellable == 0
    day.quote_all()
    there.show()
    sheet = opened(there)
    ready(qtbot, sheet)
    sheet.confirm()
    there.prices(119_990, 120_010)
    assert (there.grid.held_total, there.grid.base_holding) == (160, 0)
    assert there.bought() == [("first_buy", 160)]


def stopped(host: Host, held: int, base: int, can_use: int) -> None:
    row = ft.grid(state="stopped", armed=False, held=held, base_holding=base, position=held + base, can_use=can_use)
    holding = msgspec.structs.replace(host.mirror.positions[ft.BOND], volume=held + base, can_use=can_use)
    host.mirror.apply([row, holding])
    host.mirror.flush()


def test_what_is_offered_of_a_stopped_grid_follows_its_sales(host: Host, qtbot: QtBot) -> None:
    stopped(host, 160, 500, 660)
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert "660" in sheet.settings.adopt.text()
    stopped(host, 80, 500, 580)
    assert "580" in sheet.settings.adopt.text()
    assert (sheet.plan.adopt, sheet.settings.adopt_volume.value) == (80, 80)
    ready(qtbot, sheet)
    assert sheet.answer is not None
    assert sheet.answer.plan.adopt == 80
    stopped(host, 0, 500, 500)
    assert not sheet.settings.adopt.isChecked()
    assert sheet.settings.adopt_volume.isHidden()
    stopped(host, 0, 0, 0)
    assert not sheet.settings.adopt.isEnabled()


def test_what_the_user_typed_stays_and_is_refused_where_there_is_less(host: Host, qtbot: QtBot) -> None:
    stopped(host, 160, 500, 660)
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.adopt_volume.set_value(300)
    stopped(host, 80, 500, 580)
    assert sheet.plan.adopt == 300
    ready(qtbot, sheet)
    stopped(host, 0, 200, 200)
    assert not sheet.go.isEnabled()
    assert sheet.foot_words.startswith("认领：")
    assert sheet.plan.adopt == 300
    stopped(host, 0, 0, 0)
    assert sheet.settings.adopt.isEnabled()
    sheet.settings.adopt.click()
    assert sheet.plan.adopt == 0
    stopped(host, 160, 0, 160)
    assert not sheet.settings.adopt.isChecked()
    assert sheet.plan.adopt == 0


def test_a_number_typed_too_soon_is_started_as_it_stands_once_there_is_as_much(host: Host, qtbot: QtBot) -> None:
    stopped(host, 160, 500, 160)
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    line = sheet.settings.adopt_volume.line
    line.selectAll()
    qtbot.keyClicks(line, "600")
    assert sheet.blocked()
    stopped(host, 160, 500, 660)
    ready(qtbot, sheet)
    sheet.confirm()
    assert (line.text(), [armed.plan.adopt for armed in host.armed()]) == ("600", [600])


def test_only_what_was_shown_is_started(host: Host, qtbot: QtBot) -> None:
    """Rows are told thirty times a second: one may have come between the last picture and the press."""
    stopped(host, 160, 500, 660)
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    ready(qtbot, sheet)
    row = host.mirror.grids[ft.BOND]
    host.mirror.grids[ft.BOND] = msgspec.structs.replace(row, held=80, base_holding=500)
    sheet.confirm()
    assert host.armed() == []
    ready(qtbot, sheet)
    sheet.confirm()
    assert [armed.plan.adopt for armed in host.armed()] == [80]


def test_what_the_user_holds_where_no_grid_ever_was_is_offered_as_it_is_told(host: Host) -> None:
    sheet = sheets.open_grid_sheet(host, IDLE)
    holding = msgspec.structs.replace(host.mirror.positions[ft.BOND], code=IDLE, volume=125, can_use=105)
    host.mirror.apply([holding])
    host.mirror.flush()
    assert "100" in sheet.settings.adopt.text()
    assert sheet.settings.adopt.isEnabled()
    assert not sheet.settings.adopt.isChecked()
    assert sheet.plan.adopt == 0
