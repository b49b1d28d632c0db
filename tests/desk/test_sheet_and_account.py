"""A sheet that arms asks for its figures again when what holds for the whole account changes, tick or no tick."""

from typing import Any

import fake_trader as ft
import pytest
from arming_host import IDLE, Host, ready, shown_host
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.preview_sheet import EDIT_MS
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.talk import Check, PreviewGrid

OFF = because(Why.MASTER_OFF)


def asked(host: Host) -> int:
    return sum(isinstance(wish, PreviewGrid) for wish in host.commands.wished)


def tell(host: Host, *rows: Any) -> None:
    host.mirror.apply(rows)
    host.mirror.flush()


def test_a_switch_turned_while_the_sheet_is_open_is_on_it_before_the_press(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = shown_host(qtbot)
    sheet = sheets.open_grid_sheet(host, IDLE)
    ready(qtbot, sheet)

    def refused(plan: Any, callback: Any) -> None:
        preview = ft.grid_preview(plan)
        callback(replace(preview, ok=False, checks=(*preview.checks, Check("refuse", OFF))))

    monkeypatch.setattr(host.commands, "preview_grid", refused)
    tell(host, ft.status(master=False, blockers=(OFF,), blocker_codes=("",)))
    qtbot.waitUntil(lambda: not sheet.go.isEnabled())
    assert "总开关" in sheet.foot_words
    monkeypatch.undo()
    tell(host, ft.status())
    ready(qtbot, sheet)


def test_a_status_that_only_counts_on_asks_for_nothing(qtbot: QtBot) -> None:
    host = shown_host(qtbot)
    sheets.open_grid_sheet(host, IDLE)
    before = asked(host)
    tell(host, ft.status(messages=321, clock=ft.CLOCK + 1_000))
    qtbot.wait(2 * EDIT_MS)
    assert asked(host) == before


@pytest.mark.parametrize("held", [160, 0])
def test_an_account_that_is_being_compared_is_said_calmly_with_what_waits_for_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    host = shown_host(qtbot)
    tell(host, ft.status(ready="reconciling"), ft.grid(state="stopped", armed=False, held=held, base_holding=0))
    waits = Check("refuse", because(Why.RECONCILING))
    monkeypatch.setattr(
        host.commands,
        "preview_grid",
        lambda plan, callback: callback(replace(ft.grid_preview(plan), ok=False, checks=(waits,))),
    )
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    assert not sheet.go.isEnabled()
    assert ("160" in sheet.foot_words, "账户" in sheet.foot_words, sheet.foot_warns) == (held > 0, True, False)
