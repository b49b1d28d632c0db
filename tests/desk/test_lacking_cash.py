"""Levels that wait for cash: the strip names them, and tells what the limits keep from an empty account."""

from typing import Any

import fake_trader as ft
import pytest
from arming_host import IDLE, shown_host
from ladder_desk import Desk
from msgspec.structs import replace
from pytestqt.qtbot import QtBot
from test_desk_window import Stage

from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.ladder.ladder_paint import ALARMING
from qmtdesk.desk.link.said import LACKS_CASH, cash_cause
from qmtdesk.desk.sheets import sheets
from qmtdesk.desk.words.texts import say, say_short
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.rows import GridRow
from qmtdesk.wire.talk import Check

CASH = 20_000_000
"""厘 the account may spend in these tests."""


def lacking(need: int, have: int, *, bids: bool = False) -> GridRow:
    """The running grid, two of its levels without cash, and nothing bid unless said."""
    why = because(Why.CASH_SHORT, need_milli=need, have_milli=have)
    grid = ft.grid()
    low = [at for at, level in enumerate(grid.levels) if level.price < 118_000][-2:]
    levels = [replace(level, why=why) if at in low else level for at, level in enumerate(grid.levels)]
    return replace(grid, levels=tuple(level if bids else replace(level, buy=0, buy_state="") for level in levels))


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot).fill()


def why_not(stage: Stage) -> tuple[str, list[str]]:
    clause = stage.window.strip.clauses[2]
    return " ".join(phrase.words for phrase in clause.phrases), [phrase.tone for phrase in clause.phrases]


def test_the_strip_names_a_grid_whose_levels_wait_for_cash(stage: Stage) -> None:
    stage.tell(ft.status(blockers=(), blocker_codes=(), cash=CASH), lacking(30_000_000, 10_000_000))
    words, tones = why_not(stage)
    assert "没有阻碍" not in words
    assert "星澜 可用资金不足" in words
    assert tones == ["alert"]


def test_a_grid_that_is_named_already_is_not_named_twice(stage: Stage) -> None:
    held = because(Why.NO_QUOTE)
    stage.tell(ft.status(blockers=(held,), blocker_codes=(ft.BOND,)), lacking(30_000_000, 10_000_000))
    assert "资金" not in why_not(stage)[0]


def test_a_stopped_grid_waits_for_no_cash(stage: Stage) -> None:
    stopped = replace(lacking(30_000_000, 10_000_000), armed=False)
    stage.tell(ft.status(blockers=(), blocker_codes=()), stopped)
    assert "没有阻碍" in why_not(stage)[0]


def test_what_the_limits_keep_is_named_with_its_numbers(stage: Stage) -> None:
    stage.tell(ft.status(blockers=(), blocker_codes=(), cash=CASH), lacking(15_000_000, 10_000_000))
    words = why_not(stage)[0].replace("\u2009", " ")
    assert "要留一部分不动：要 1.5 万，还能用 1.0 万，账户可用 2.0 万" in words


@pytest.mark.parametrize(("need", "kept"), [(CASH, True), (CASH + 1, False)])
def test_the_limits_are_the_cause_where_the_whole_account_would_do(stage: Stage, need: int, kept: bool) -> None:
    stage.tell(ft.status(cash=CASH), lacking(need, 1))
    short = because(Why.CASH_SHORT, need_milli=need, have_milli=1)
    assert (cash_cause(stage.mirror, short, ft.BOND).why is Why.CASH_KEPT) is kept


def test_the_grids_own_bids_count_as_its_cash(stage: Stage) -> None:
    grid = lacking(CASH + 1, 1, bids=True)
    assert any(level.buy for level in grid.levels)
    stage.tell(ft.status(cash=CASH), grid)
    short = because(Why.CASH_SHORT, need_milli=CASH + 1, have_milli=1)
    assert cash_cause(stage.mirror, short, ft.BOND).why is Why.CASH_KEPT


def test_the_ladder_says_which(qtbot: Any) -> None:
    desk = Desk(qtbot)
    panel = desk.open()
    for need, words in ((15_000_000, "资金留底"), (30_000_000, "资金不足")):
        desk.feed(ft.status(cash=CASH), lacking(need, 10_000_000))
        shown = {row.bracket.reason for row in panel.ladder.rows if row.bracket is not None and row.bracket.says}
        lacks = [reason for reason in shown if reason.why in LACKS_CASH]
        assert [say_short(reason) for reason in lacks] == [words]
        assert all(reason.why in ALARMING for reason in lacks)


def test_the_sheet_says_which(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    host = shown_host(qtbot)
    host.mirror.apply([ft.status(cash=CASH)])
    short = because(Why.CASH_SHORT, need_milli=15_000_000, have_milli=10_000_000)
    preview = replace(ft.grid_preview(ft.grid().plan), ok=False, checks=(Check("refuse", short),))
    monkeypatch.setattr(ft, "grid_preview", lambda _plan: preview)
    sheet = sheets.open_grid_sheet(host, IDLE)
    qtbot.waitUntil(lambda: "留一部分不动" in sheet.foot_words, timeout=20_000)
    assert not sheet.go.isEnabled()


@pytest.mark.parametrize("language", list(Language))
def test_the_reason_reads_whole_in_both_languages(language: Language, qapp: object) -> None:
    speak(language)
    reason: Reason = because(Why.CASH_KEPT, need_milli=15_000_000, have_milli=10_000_000, cash_milli=CASH)
    words = say(reason)
    assert "{" not in words
    assert "[" not in words
