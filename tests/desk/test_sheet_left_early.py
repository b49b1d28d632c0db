"""New settings whose sheet is left before the trader has answered are kept for the next start, and that is said."""

from collections.abc import Callable
from typing import Any

import fake_trader as ft
import msgspec
import pytest
from arming_host import Host, ready, shown_host
from pytestqt.qtbot import QtBot

from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.sheets.grid_sheet import GridSheet
from qmtdesk.domain.messages import ArmGrid, DisarmGrid
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.talk import Ack, Act, Body, event_of

YES = Ack(1, True, 1)
NO = Ack(1, False, 1, because(Why.LINK_DOWN))


class Slow:
    """Holds back the answers to stops and starts until they are called for."""

    def __init__(self, host: Host, monkeypatch: pytest.MonkeyPatch, *kinds: type) -> None:
        self.held: list[Callable[..., None]] = []
        self._kinds, self._at_once = kinds, host.commands.send
        monkeypatch.setattr(host.commands, "send", self._send)

    def _send(self, body: Body, done: Callable[..., None] | None = None) -> None:
        event = event_of(body) if isinstance(body, Act) else body
        if isinstance(event, self._kinds) and done is not None:
            self._at_once(body, None)
            self.held.append(done)
        else:
            self._at_once(body, done)

    def answer(self, ack: Ack) -> None:
        self.held.pop(0)(ack)


@pytest.fixture
def host(qtbot: QtBot) -> Host:
    return shown_host(qtbot)


def pressed(host: Host, qtbot: QtBot) -> GridSheet:
    sheet = sheets.open_grid_sheet(host, ft.BOND)
    sheet.settings.step.set_value(50)
    ready(qtbot, sheet)
    sheet.confirm()
    return sheet


def stopped(host: Host) -> None:
    own = [row for row in ft.orders() if row.code == ft.BOND]
    host.mirror.apply([ft.grid(state="stopped", armed=False)])
    host.mirror.apply([msgspec.structs.replace(row, state="cancelled") for row in own])
    host.mirror.flush()


def gone(qtbot: QtBot, sheet: GridSheet) -> None:
    """Wait until Qt has put the sheet away for good: late answers still come."""
    with qtbot.waitSignal(sheet.destroyed):
        sheet.leave()


@pytest.mark.parametrize("ack", [YES, NO], ids=["stopped", "refused"])
def test_what_was_typed_is_kept_where_the_stop_was_not_answered_yet(
    host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ack: Ack
) -> None:
    slow = Slow(host, monkeypatch, DisarmGrid)
    sheet = pressed(host, qtbot)
    with qtbot.waitSignal(host.mirror.pending_changed):
        gone(qtbot, sheet)
    assert host.mirror.pending[ft.BOND].step_bp == 50
    slow.answer(ack)
    stopped(host)
    assert host.armed() == []
    assert host.mirror.pending[ft.BOND].step_bp == 50


def test_it_is_kept_too_where_the_trader_was_lost_before_it_answered(
    host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    Slow(host, monkeypatch, DisarmGrid)
    sheet = pressed(host, qtbot)
    host.mirror.set_link("lost")
    sheet.leave()
    assert host.mirror.pending[ft.BOND].step_bp == 50


@pytest.mark.parametrize(("ack", "kept"), [(YES, False), (NO, True)], ids=["started", "refused"])
def test_a_start_that_is_answered_after_the_sheet_was_left_decides_what_stays(
    host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ack: Ack, kept: bool
) -> None:
    slow = Slow(host, monkeypatch, ArmGrid)
    sheet = pressed(host, qtbot)
    stopped(host)
    assert len(host.armed()) == 1
    gone(qtbot, sheet)
    assert host.mirror.pending[ft.BOND].step_bp == 50
    slow.answer(ack)
    assert (ft.BOND in host.mirror.pending) is kept


@pytest.mark.parametrize("typed", [True, False])
def test_a_sheet_that_is_left_without_a_press_keeps_nothing(host: Host, qtbot: QtBot, typed: bool) -> None:
    sheet: Any = sheets.open_grid_sheet(host, ft.BOND)
    if typed:
        sheet.settings.step.set_value(50)
    ready(qtbot, sheet) if typed else None
    sheet.leave()
    assert host.mirror.pending == {}


def test_after_a_refused_stop_leaving_keeps_nothing_that_was_not_asked_for(
    host: Host, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(host, monkeypatch, DisarmGrid)
    sheet = pressed(host, qtbot)
    slow.answer(NO)
    assert "交易连接中断" in sheet.foot_words
    sheet.leave()
    assert host.mirror.pending == {}
