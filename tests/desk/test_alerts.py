"""What calls the user: questions, alarms, 全部停止 and a lost trader, seldom enough, and also with the window away."""

from collections.abc import Callable
from typing import Any

import fake_trader as fake
import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell import alerts
from qmtdesk.desk.shell.frame import Frame
from qmtdesk.desk.shell.tray import Tray
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.desk.shell.wired import Desk
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import EventRow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen has no real windows


class Stage:
    """The window in its frame; `heard` is every sound and every flash of the taskbar."""

    def __init__(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mirror, look = Mirror(), Look()
        self.mirror.clock = lambda: self.mirror.status.clock if self.mirror.status else 0  # type: ignore[method-assign]
        look.set(motion=False)
        self.window = MainWindow(self.mirror, fake.FakeCommands(), look)
        self.frame = Frame(look.theme)
        qtbot.addWidget(self.frame, before_close_func=lambda _: setattr(self.window, "_may_close", True))
        self.frame.furnish(self.window)
        self.frame.show()
        self.heard: list[str] = []
        self.said: list[str] = []
        monkeypatch.setattr(QApplication, "beep", lambda: self.heard.append("beep"))
        monkeypatch.setattr(QApplication, "alert", lambda *_: self.heard.append("taskbar"))
        self.window.alerts.called.connect(lambda words, _asks: self.said.append(words))
        fake.fill_mirror(self.mirror)

    def tell(self, *rows: Any) -> None:
        self.mirror.apply(rows)
        self.mirror.flush()

    def alarm(self, no: int = 99_999, level: str = "alarm") -> None:
        reason = because(Why.RULE_AMOUNT, seal_milli=1, threshold_milli=2)
        self.tell(EventRow(no=no, at=self.mirror.clock(), level=level, code=fake.STOCK, name="", reason=reason))


@pytest.fixture
def stage(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(qtbot, monkeypatch)


ONCE = ["taskbar", "beep"]


def killed(stage: Stage) -> None:
    stage.tell(fake.killed_status(), fake.kill_row())


def lost(stage: Stage) -> None:
    stage.mirror.set_link("lost", "gone")


def hung(stage: Stage) -> None:
    stage.mirror.set_link("silent", "12000")


@pytest.mark.parametrize("happens", [Stage.alarm, killed, lost, hung])
def test_what_goes_wrong_calls_the_user_once(stage: Stage, happens: Callable[[Stage], None]) -> None:
    happens(stage)
    happens(stage)
    assert stage.heard == ONCE
    assert stage.said[0]


def pressed(stage: Stage, by: str) -> None:
    """What the trader tells of a press: its state, and an alarm among the events."""
    row = msgspec.structs.replace(fake.kill_row(), by=by)
    reason = because(Why.KILL_PRESSED, by=by, orders=3)
    event = EventRow(no=99_998, at=stage.mirror.clock(), level="alarm", code="", name="", reason=reason)
    stage.tell(fake.killed_status(), row, event)


@pytest.mark.parametrize(("key", "by"), [("key", "key"), ("button", "button"), ("key", "file")])
def test_the_users_own_press_of_the_kill_switch_calls_nobody(stage: Stage, key: str, by: str) -> None:
    stage.window.kill(key)
    pressed(stage, by)
    assert (stage.heard, stage.said) == ([], [])
    stage.alarm()
    assert stage.heard == ONCE


@pytest.mark.parametrize("by", ["button", "key", "file"])
def test_a_press_by_the_program_or_another_desk_calls(stage: Stage, by: str) -> None:
    pressed(stage, by)
    assert stage.heard == ONCE
    assert "全部停止" in stage.said[0]


def test_an_own_press_calls_nobody_where_the_status_tells_of_it_first(stage: Stage) -> None:
    stage.window.kill("key")
    stage.tell(fake.killed_status())
    stage.tell(fake.kill_row())
    assert stage.heard == []


def test_an_own_press_of_another_kind_does_not_hide_whose_it_was(stage: Stage) -> None:
    stage.window.kill("button")
    pressed(stage, "key")
    assert stage.heard == ONCE


@pytest.mark.parametrize("again", [False, True])
def test_after_it_was_lifted_somebody_elses_press_calls_again(stage: Stage, again: bool) -> None:
    stage.window.kill("button")
    pressed(stage, "button")
    if again:
        # what is asked for again while it is on is no press of the next time
        stage.window.kill("button")
    stage.tell(fake.status(), msgspec.structs.replace(fake.kill_row(), active=False))
    assert stage.heard == []
    pressed(stage, "button")
    assert stage.heard == ONCE


def test_without_sound_the_taskbar_still_calls(stage: Stage) -> None:
    stage.window.set_sound(False)
    stage.alarm()
    assert stage.heard == ["taskbar"]


def test_what_a_picture_holds_from_before_is_no_news(stage: Stage) -> None:
    assert stage.heard == []
    stage.mirror.set_link("lost", "gone")
    stage.heard.clear()
    stage.mirror.set_link("starting")
    stage.mirror.apply([fake.killed_status(), fake.kill_row()])
    stage.mirror.set_link("attached")
    stage.mirror.flush()
    assert stage.heard == []


def test_a_notice_and_a_short_silence_call_nobody(stage: Stage) -> None:
    stage.alarm(level="notice")
    stage.mirror.set_link("silent", "2000")
    stage.mirror.set_link("attached")
    assert stage.heard == []


def test_calls_that_come_in_a_heap_are_one_and_the_last_of_them_follows_later(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "CALL_MS", 50)
    stage = Stage(qtbot, monkeypatch)
    for no in range(5):
        stage.alarm(99_990 + no)
    assert stage.heard == ONCE
    qtbot.waitUntil(lambda: stage.heard == ONCE * 2)
    qtbot.wait(120)
    assert stage.heard == ONCE * 2


def test_a_question_does_not_wait_behind_an_alarm(stage: Stage) -> None:
    stage.alarm()
    stage.tell(fake.ask())
    stage.tell(msgspec.structs.replace(fake.ask(), ask=77))
    assert stage.heard == ONCE * 2
    assert "要卖出吗" in stage.said[1]


def test_a_window_that_goes_for_good_calls_nobody(stage: Stage) -> None:
    stage.window.leave(stop_trader=True)
    lost(stage)
    assert stage.heard == []


# with the window away


class Icon:
    """The place in the notification area."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def showMessage(self, _title: str, words: str, *_: object) -> None:
        self.said.append(words)

    def setToolTip(self, words: str) -> None:
        """Not looked at."""


class Away:
    """A furnished desk whose window was put away."""

    _called = Desk._called

    def __init__(self, stage: Stage) -> None:
        self._frame, self.icon = stage.frame, Icon()
        self.tray = Tray(stage.mirror, stage.window.look, stage.frame.show, stage.frame.close)
        self.tray._icon = self.icon  # type: ignore[assignment]
        stage.window.alerts.called.connect(self._called)


def test_a_question_brings_a_window_back_that_was_put_away_and_is_said_in_a_balloon(stage: Stage) -> None:
    desk = Away(stage)
    stage.window.keep_running()
    stage.tell(fake.ask())
    assert stage.frame.isVisible()
    assert "要卖出吗" in desk.icon.said[0]


def test_an_alarm_is_said_in_a_balloon_and_leaves_the_window_away(stage: Stage) -> None:
    desk = Away(stage)
    stage.window.keep_running()
    stage.alarm()
    assert not stage.frame.isVisible()
    assert len(desk.icon.said) == 1


def test_a_window_on_the_screen_needs_no_balloon(stage: Stage) -> None:
    desk = Away(stage)
    stage.alarm()
    assert desk.icon.said == []
