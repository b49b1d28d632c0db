"""The guard's sheet of a code nobody followed waits for its first snapshot before it calls the board blind."""

from typing import Any

import fake_trader as ft
import msgspec
import pytest
from arming_host import Host, ready, shown_host
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.sheets import guard_sheet, sheets
from qmtdesk.desk.sheets.guard_sheet import GuardSheet
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.talk import Check

BLIND = Check("warn", because(Why.BLIND))


@pytest.fixture
def host(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = shown_host(qtbot)

    def unsure(plan: Any, callback: Any) -> None:
        row = made.mirror.watches[plan.code]
        checks = (BLIND,) if row.state == "blind" else ()
        callback(msgspec.structs.replace(ft.guard_preview(plan), fires="", board=row.state, checks=checks))

    monkeypatch.setattr(made.commands, "preview_guard", unsure)
    return made


def tell(host: Host, *, unseen: bool, state: str = "blind", stale: bool = True) -> None:
    row = next(row for row in ft.watches() if row.code == ft.STOCK)
    quote = next(row for row in ft.quotes() if row.code == ft.STOCK)
    host.mirror.apply([msgspec.structs.replace(row, armed=False, state=state, board=state, unseen=unseen)])
    host.mirror.apply([msgspec.structs.replace(quote, stale=stale)])
    host.mirror.flush()


def words(sheet: GuardSheet) -> list[str]:
    """All that stands on the sheet."""
    with paint.recording() as seen:
        sheet.card.grab()
    return [drawn.text for drawn in seen.texts]


def test_a_code_nobody_followed_waits_for_data_and_is_not_called_blind(host: Host, qtbot: QtBot) -> None:
    tell(host, unseen=True)
    sheet = sheets.open_guard_sheet(host, ft.STOCK)
    said = words(sheet)
    assert t("sheet.awaits") in said
    assert not [each for each in said if "失明" in each or "过期" in each]
    assert (sheet.foot_words, sheet.foot_warns, sheet.go.isEnabled()) == (t("sheet.awaits"), False, False)
    tell(host, unseen=False, state="open", stale=False)
    ready(qtbot, sheet)
    qtbot.waitUntil(lambda: t("sheet.awaits") not in words(sheet))


def test_a_price_that_is_known_from_elsewhere_says_nothing_of_the_board_yet(host: Host, qtbot: QtBot) -> None:
    tell(host, unseen=True, stale=False)
    sheet = sheets.open_guard_sheet(host, ft.STOCK)
    ready(qtbot, sheet)
    said = words(sheet)
    assert said.count(t("sheet.awaits")) == 2
    assert not [each for each in said if "失明" in each]


def test_where_none_comes_within_a_sensible_time_it_is_blind(
    host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard_sheet, "AWAIT_MS", 50)
    tell(host, unseen=True)
    sheet = sheets.open_guard_sheet(host, ft.STOCK)
    qtbot.waitUntil(lambda: sheet.foot_words == t("sheet.stale"))
    said = words(sheet)
    assert t("sheet.awaits") not in said
    assert "失明" in said
    assert any("不判断" in each for each in said)


def test_a_board_that_was_followed_and_went_silent_is_blind_at_once(host: Host, qtbot: QtBot) -> None:
    tell(host, unseen=False)
    sheet = sheets.open_guard_sheet(host, ft.STOCK)
    said = words(sheet)
    assert t("sheet.awaits") not in said
    assert "失明" in said
    assert sheet.foot_words == t("sheet.stale")


def test_everything_blind_is_said_as_such_for_a_code_nobody_followed_too(host: Host, qtbot: QtBot) -> None:
    tell(host, unseen=True)
    sheet = sheets.open_guard_sheet(host, ft.STOCK)
    host.mirror.apply([ft.blind_status()])
    host.mirror.flush()
    assert sheet.foot_words == t("sheet.blind")
