"""The way a guard begins to count, chosen on the front of its sheet, and the same setting on the page of rules."""

import fake_trader as ft
import msgspec
import pytest
from arming_host import WAN, Host, ready, shown_host
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.domain.plans import GuardAction, GuardPlan, Readiness, TimedThreshold


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return shown_host(qtbot)


def sheet_of(host: Host, **plan: object) -> GuardSheet:
    """The sheet of a guard that was armed with this before."""
    row = host.mirror.watches[ft.STOCK]
    host.mirror.apply([msgspec.structs.replace(row, plan=GuardPlan(code=ft.STOCK, **plan))])
    host.mirror.flush()
    return sheets.open_guard_sheet(host, ft.STOCK)


@pytest.mark.parametrize(
    ("before", "way", "chosen"),
    [
        (Readiness.AUTO, "way_wait", Readiness.ABOVE),
        (Readiness.ABOVE, "way_now", Readiness.AUTO),
    ],
)
def test_the_way_chosen_stays_when_the_action_is_chosen_after_it(
    host: Host, qtbot: QtBot, before: Readiness, way: str, chosen: Readiness
) -> None:
    sheet = sheet_of(host, readiness=before, action=GuardAction.ASK)
    qtbot.mouseClick(getattr(sheet, way), Qt.MouseButton.LeftButton)
    sheet.action.set_value("sell")
    assert (sheet.plan.readiness, sheet.plan.action) == (chosen, GuardAction.SELL)
    assert getattr(sheet, way).isChecked()
    ready(qtbot, sheet)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert [wish.plan.readiness for wish in host.armed()] == [chosen]


def test_the_number_of_snapshots_chosen_stays_when_a_rule_is_edited(host: Host, qtbot: QtBot) -> None:
    # above the seal there would be a lower threshold to choose instead
    sheet = sheet_of(host, threshold=1_000_000_000)
    qtbot.waitUntil(lambda: sheet.answer is not None)
    qtbot.mouseClick(sheet.way_lower, Qt.MouseButton.LeftButton)
    sheet.rules.confirm.set_value(2)
    assert (sheet.plan.readiness, sheet.plan.snapshots, sheet.plan.confirm) == (Readiness.SNAPSHOTS, 3, 2)


def test_the_page_of_rules_shows_the_way_chosen_on_the_front(host: Host, qtbot: QtBot) -> None:
    sheet = sheet_of(host)
    qtbot.mouseClick(sheet.way_wait, Qt.MouseButton.LeftButton)
    assert sheet.rules.readiness.value == Readiness.ABOVE.value


def test_a_suggested_lower_threshold_counts_from_the_start_whatever_follows(host: Host, qtbot: QtBot) -> None:
    sheet = sheet_of(host, readiness=Readiness.ABOVE)
    qtbot.waitUntil(lambda: sheet.answer is not None)
    qtbot.mouseClick(sheet.way_lower, Qt.MouseButton.LeftButton)
    sheet.action.set_value("ask")
    assert sheet.plan.readiness is Readiness.AUTO


def test_the_front_shows_the_way_chosen_on_the_page_of_rules(host: Host) -> None:
    sheet = sheet_of(host)
    sheet.rules.readiness.set_value(Readiness.ABOVE.value)
    assert sheet.plan.readiness is Readiness.ABOVE
    assert sheet.way_wait.isChecked()


def test_a_number_of_snapshots_being_typed_is_not_written_over(host: Host) -> None:
    sheet = sheet_of(host, snapshots=5)
    sheet.rules.snapshots.line.setText("x")
    sheet.rules.snapshots.line.textEdited.emit("x")
    sheet.action.set_value("ask")
    assert sheet.rules.snapshots.line.text() == "x"
    assert sheet.blocked()


def timed_sheet(host: Host, *minutes: int) -> GuardSheet:
    """The guard of the video under a threshold of 3,000 万 from the open on, and others later; its own is 500 万."""
    timed = tuple(TimedThreshold(from_minute=minute, threshold=3_000 * WAN) for minute in minutes)
    return sheet_of(host, threshold=500 * WAN, readiness=Readiness.ABOVE, timed=timed)


def test_the_ways_name_the_threshold_in_force(host: Host) -> None:
    sheet = timed_sheet(host, 570)
    assert "3,000" in sheet.way_wait.text()


@pytest.mark.parametrize("minutes", [(570, 885), (540, 545, 570)])
def test_a_suggested_lower_threshold_replaces_the_one_in_force(
    host: Host, qtbot: QtBot, minutes: tuple[int, ...]
) -> None:
    sheet = timed_sheet(host, *minutes)
    qtbot.waitUntil(lambda: sheet.answer is not None)
    assert "1,000" in sheet.way_lower.text()
    qtbot.mouseClick(sheet.way_lower, Qt.MouseButton.LeftButton)
    wanted = [1_000 * WAN if minute == 570 else 3_000 * WAN for minute in minutes]
    assert [timed.threshold for timed in sheet.plan.timed] == wanted
    assert (sheet.plan.threshold, sheet.plan.readiness) == (500 * WAN, Readiness.AUTO)
    # nor does the next click put it back
    sheet.action.set_value("ask")
    assert [timed.threshold for timed in sheet.plan.timed] == wanted


def test_two_rows_at_one_time_keep_what_is_typed_into_each(host: Host) -> None:
    sheet = timed_sheet(host, 570)
    first, second = sheet.rules._timed
    second.time.set_value("570")
    second.threshold.set_value(700 * WAN)
    first.threshold.set_value(800 * WAN)
    assert [row.threshold.value for row in (first, second)] == [800 * WAN, 700 * WAN]
    assert [timed.threshold for timed in sheet.plan.timed] == [700 * WAN]
