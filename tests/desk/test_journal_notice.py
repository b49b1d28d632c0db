"""A journal that was lost is said in the strip until it is read, with the orders nothing looks after any more."""

from pathlib import Path

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from test_desk_window import Stage

from qmtdesk.desk.brush.plain_button import PlainButton
from qmtdesk.desk.link.remember import Memory
from qmtdesk.desk.link.settings import desk_settings
from qmtdesk.domain.messages import CancelOne
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import EventRow

LOST_AT = fake.CLOCK - 60_000


def word(at: int = LOST_AT) -> EventRow:
    why = because(Why.JOURNAL_SET_ASIDE, text="journal.db.damaged-1")
    return EventRow(no=700, at=at, level="alarm", code="", name="", reason=why)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = Stage(qtbot).fill()
    ownerless = [msgspec.structs.replace(row, kind="lost") for row in fake.orders() if row.ref in ("s4", "b0")]
    made.tell(word(), *ownerless)
    return made


def press(stage: Stage, words: str) -> None:
    button = next(each for each in stage.window.strip.findChildren(PlainButton) if each.text() == words)
    stage.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_strip_names_the_loss_and_counts_the_orders_left(stage: Stage) -> None:
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert alarm.kind == "journal"
    assert "2 笔" in alarm.note
    assert "journal.db.damaged-1" in alarm.note


def test_the_orders_left_are_cancelled_one_by_one_and_no_others(stage: Stage) -> None:
    press(stage, "撤掉这 2 笔")
    assert [wish.ref for wish in stage.commands.wished if isinstance(wish, CancelOne)] == ["s4", "b0"]


def test_the_orders_are_a_click_away_even_from_a_panel_shown_alone(stage: Stage) -> None:
    stage.window.tabs.show_tab(4)
    stage.window.panes.show_only(2)
    press(stage, "查看委托")
    assert stage.window.tabs.name == "orders"
    assert stage.window.tabs.isVisible()


def test_it_stays_until_it_is_read_and_comes_again_with_the_next_loss(stage: Stage) -> None:
    stage.tell(fake.status(blockers=(), blocker_codes=()))
    assert stage.window.strip.alarm is not None
    press(stage, "知道了")
    assert stage.window.strip.alarm is None
    stage.tell(word())
    assert stage.window.strip.alarm is None
    # the paper market's clock may begin anew, earlier
    stage.tell(word(LOST_AT - 1))
    assert stage.window.strip.alarm is not None


def test_without_orders_left_there_is_nothing_to_cancel(qtbot: QtBot) -> None:
    stage = Stage(qtbot).fill()
    stage.tell(word())
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert [name for name, _ in alarm.actions] == ["orders", "journal_read"]


def test_real_money_that_waits_for_its_word_does_not_hide_it(stage: Stage) -> None:
    stage.tell(fake.status(mode="live", live_said=False))
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert alarm.kind == "journal"


def test_what_was_read_is_kept(stage: Stage, qtbot: QtBot, tmp_path: Path) -> None:
    file = desk_settings(tmp_path)
    memory = Memory(file, file.load().value, stage.window)
    press(stage, "知道了")
    memory.save()
    later = Stage(qtbot)
    Memory(file, file.load().value, later.window).restore()
    later.fill().tell(word())
    assert later.window.strip.alarm is None
