"""A trader that hangs or ended: what the window says is what happens, and nothing of it moves the keyboard."""

import os
from pathlib import Path
from types import SimpleNamespace

import fake_trader as fake
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from test_desk_window import Stage

from qmtdesk.desk.brush.format import THIN
from qmtdesk.desk.brush.plain_button import PlainButton
from qmtdesk.desk.link.listen import Listener, last_words
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell import wired
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.desk.shell.strip_words import clauses
from qmtdesk.desk.shell.topbar_groups import _shown_clock
from qmtdesk.wire.link_events import Attached, Failed, Lost, Silent, Starting


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = Stage(qtbot).fill()
    made.window.activateWindow()
    made.window.watch.rows.setFocus()
    qtbot.waitUntil(made.window.watch.rows.hasFocus)
    return made


def listener(stage: Stage, folder: Path) -> Listener:
    return Listener(stage.mirror, stage.commands, lambda: None, lambda _: None, folder)


def restart(stage: Stage) -> PlainButton:
    buttons = stage.window.strip.findChildren(PlainButton)
    return next(button for button in buttons if button.isVisible() and button.text() == "立即重启")


def note(stage: Stage) -> str:
    alarm = stage.window.strip.alarm
    assert alarm is not None
    return f"{alarm.title} {alarm.note}"


def test_a_trader_that_hangs_is_not_said_to_be_restarted(stage: Stage, tmp_path: Path) -> None:
    listener(stage, tmp_path).take([Silent(12_400)])
    assert f"12{THIN}s" in note(stage)
    assert "没有自动重启" in note(stage)
    assert "正在重新启动" not in note(stage)
    stage.mirror.set_link("lost")
    assert "正在重新启动" in note(stage)


def test_restarting_leaves_the_keyboard_where_it_was(stage: Stage) -> None:
    stage.mirror.set_link("silent", "3000")
    button = restart(stage)
    stage.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.commands.reconnects == 1
    stage.mirror.set_link("lost")
    assert stage.window.watch.rows.hasFocus()
    assert stage.window.top.jump._list.isHidden()


def test_a_strip_button_that_goes_hands_its_keyboard_to_nobody(stage: Stage) -> None:
    stage.mirror.set_link("silent", "3000")
    button = restart(stage)
    button.setFocus()
    stage.qtbot.waitUntil(button.hasFocus)
    stage.mirror.set_link("lost")
    assert QApplication.focusWidget() is not stage.window.top.jump
    assert stage.window.top.jump._list.isHidden()


def test_the_clock_shown_is_the_pictures_while_ages_go_on(stage: Stage) -> None:
    status = fake.status()
    stage.mirror.clock = lambda: status.clock + 60_000  # type: ignore[method-assign]
    assert _shown_clock(stage.mirror, status) == status.clock + 60_000
    stage.mirror.set_link("silent", "3000")
    assert _shown_clock(stage.mirror, status) == status.clock


@pytest.mark.parametrize(("full", "empty"), [("trader.log", "trader-output.log"), ("trader-output.log", "trader.log")])
def test_the_file_named_is_whole_and_has_something_in_it(stage: Stage, tmp_path: Path, full: str, empty: str) -> None:
    (tmp_path / full).write_text("last words", "utf-8")
    (tmp_path / empty).touch()
    listener(stage, tmp_path).take([Failed("crashes", "the trader ended 4 times")])
    assert str(tmp_path / full) in note(stage)
    assert "没有在看" in note(stage)
    assert "再试" in note(stage)


def test_of_two_files_the_newer_one_is_named(tmp_path: Path) -> None:
    for age, name in enumerate(("trader-output.log", "trader.log")):
        (tmp_path / name).write_text("words", "utf-8")
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    assert last_words(tmp_path).name == "trader-output.log"


def test_without_any_file_the_log_is_named(tmp_path: Path) -> None:
    assert last_words(tmp_path).name == "trader.log"


def test_orders_that_rest_at_the_broker_come_first_with_their_number(stage: Stage, tmp_path: Path) -> None:
    stage.tell(fake.status(mode="live", live_said=True))
    listener(stage, tmp_path).take([Failed("crashes", "the trader ended 4 times")])
    alarm = stage.window.strip.alarm
    assert alarm is not None
    assert alarm.note.startswith("已挂的 4 笔委托仍在交易所")
    assert "没有在看" in alarm.note


def test_a_trader_that_checks_a_long_journal_is_said_to_and_not_called_broken(tmp_path: Path) -> None:
    mirror = Mirror()
    fresh = Listener(mirror, fake.FakeCommands(), lambda: None, lambda _: None, tmp_path)
    fresh.take([Starting(42_700)])
    words = "".join(phrase.words for clause in clauses(mirror) for phrase in clause.phrases)
    assert f"42{THIN}s" in words
    assert "检查日志" in words
    assert "自动连上" in words
    fresh.take([Attached(77, "b1", restarted=False)])
    assert "检查日志" not in "".join(phrase.words for clause in clauses(mirror) for phrase in clause.phrases)


def test_a_frozen_picture_stays_an_alarm_while_the_next_trader_checks_its_journal(stage: Stage, tmp_path: Path) -> None:
    listen = listener(stage, tmp_path)
    listen.take([Lost("the pipe broke"), Starting(42_700)])
    assert "交易进程断开" in note(stage)
    assert f"42{THIN}s" in note(stage)
    assert "检查日志" in note(stage)
    listen.take([Failed("timeout", "no greeting")])
    assert "检查日志" not in note(stage)


def test_a_trader_that_ended_as_it_was_asked_to_is_not_said_to_be_restarted(stage: Stage, tmp_path: Path) -> None:
    listener(stage, tmp_path).take([Lost("stopping", stopped=True)])
    assert "不会自己再启动" in note(stage)
    assert "正在重新启动" not in note(stage)
    stage.qtbot.mouseClick(restart(stage), Qt.MouseButton.LeftButton)
    assert stage.commands.reconnects == 1


def test_a_trader_that_crashed_too_often_is_said_to_come_back_disarmed(stage: Stage, tmp_path: Path) -> None:
    told: list[bool] = []
    hears = Listener(stage.mirror, stage.commands, lambda: None, lambda _: None, tmp_path, lambda: told.append(True))
    hears.take([Attached(1, "b", restarted=True)])
    assert told == []
    hears.take([Lost("gone"), Starting(0, safe=True)])
    assert "要手动启动" in note(stage)
    assert "恢复本次运行" not in note(stage)
    hears.take([Starting(4_000, safe=True)])
    assert "要手动启动" in note(stage)
    hears.take([Attached(1, "b", restarted=True, safe=True)])
    assert told == [True]
    stage.mirror.set_link("attached")
    stage.window.strip.show_error("words.", "title")
    assert note(stage) == "title words."


@pytest.mark.parametrize("safe", [False, True])
def test_a_start_after_too_many_crashes_takes_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, safe: bool
) -> None:
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(wired, "spawn_trader", lambda _folder, words: started.append(words))
    monkeypatch.setattr(wired, "is_free", lambda _: True)
    desk = SimpleNamespace(
        _options=DeskOptions(tmp_path, ("--trader",), "paper", ()),
        _chosen=lambda: True,
        _spawned=True,
        listener=SimpleNamespace(attached_once=True),
        link=SimpleNamespace(safe=safe),
        memory=SimpleNamespace(paper_speed=1),
    )
    wired.Desk._spawn_trader(desk)  # type: ignore[arg-type]
    assert ("--resume" in started[0]) is not safe
