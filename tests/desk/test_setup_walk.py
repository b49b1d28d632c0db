"""The wizard walked through with its real children: the real xtquant layer over a terminal that is not there."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from setup_terminal import ACCOUNT, OTHER, Computer
from setup_world import Walk, painted

from qmtdesk.desk.setup import desk_setup
from qmtdesk.desk.setup.setup_finish import money
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.last_mode import last_mode

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.skipif(importlib.util.find_spec("xtquant") is None, reason="the xtquant wheel is not installed"),
]
LONG = 60_000
Start = Callable[..., tuple[Computer, Walk]]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A computer as the plan says, and the wizard opened on it at the search."""

    def make(**plan: Any) -> tuple[Computer, Walk]:
        computer = Computer(tmp_path, **plan)
        for name, value in computer.environment().items():
            monkeypatch.setenv(name, value)
        walk = Walk(qtbot, computer.setup)
        walk.to_folder()
        return computer, walk

    return make


def connect(walk: Walk) -> None:
    """From the folder on, until the connection is decided."""
    walk.press()
    walk.qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=LONG)


def test_found_connected_answered_and_a_live_desk_is_started(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Path, tuple[str, ...]]] = []
    monkeypatch.setattr(desk_setup, "spawn_desk", lambda folder, words: started.append((folder, tuple(words))))
    computer, walk = start()
    assert walk.sheet.searching.folder == str(computer.userdata)
    connect(walk)
    walk.press()
    seen = painted(walk)
    assert "66****396" in seen
    account = walk.sheet.account
    assert account is not None
    assert account.total_milli is not None
    assert account.total_milli > 900_000_000
    assert money(account.total_milli) in seen
    walk.press()
    walk.sheet.finish_page.yes.click()
    walk.press()
    kept = computer.settings.load().value
    assert (kept.folder, kept.account, kept.account_type) == (str(computer.userdata), ACCOUNT, "STOCK")
    assert kept.reported
    assert kept.package == "qmt_standin"
    assert os.name == "nt" or computer.settings.path.stat().st_mode & 0o077 == 0
    live = computer.base / "live"
    assert started == [(live, ("--data", str(computer.base), "--live"))]
    assert last_mode(computer.base).load().value.mode == "live"
    assert computer.went == ["elsewhere"]


def test_not_running_is_refused_with_what_to_do_and_works_once_it_runs(start: Start) -> None:
    computer, walk = start(running=False)
    connect(walk)
    seen = painted(walk)
    assert "connect() = -1" in seen
    assert "极简模式" in seen
    assert walk.sheet.blocked() == t("setup.block_connect")
    computer.control.change(running=True)
    walk.sheet.connect_page.again.click()
    walk.qtbot.waitUntil(lambda: not walk.sheet.connecting.running, timeout=LONG)
    assert [each.number for each in walk.sheet.connecting.accounts] == [ACCOUNT]


def test_a_wrong_path_is_found_out_before_xtquant_touches_it(start: Start) -> None:
    computer, walk = start()
    wrong = computer.home / "Pictures"
    wrong.mkdir()
    walk.sheet.searching.type(str(wrong))
    walk.qtbot.waitUntil(lambda: not walk.sheet.searching.running, timeout=LONG)
    assert not walk.sheet.go.isEnabled()
    assert "没有。如果现在去连接，xtquant 会在里面留下 75 MB 的文件" in painted(walk).replace("\n", "")
    assert list(wrong.iterdir()) == []
    walk.sheet.searching.type(str(computer.userdata.parent))
    walk.qtbot.waitUntil(lambda: not walk.sheet.searching.running, timeout=LONG)
    assert "userdata_mini 在它里面" in painted(walk)
    missing = computer.home / "no such folder"
    walk.sheet.searching.type(str(missing))
    walk.qtbot.waitUntil(lambda: not walk.sheet.searching.running, timeout=LONG)
    assert "不存在" in painted(walk)
    assert not missing.exists()


def test_no_right_to_bond_data_is_said_where_the_accounts_are(start: Start) -> None:
    _, walk = start(faults={"cb_right": False})
    connect(walk)
    walk.press()
    assert "没有：本账号看不到转债资料" in painted(walk)
    walk.press()
    assert walk.sheet.step == "finish"


def test_two_accounts_are_listed_and_the_chosen_one_is_kept(start: Start) -> None:
    computer, walk = start(accounts=(ACCOUNT, OTHER))
    connect(walk)
    walk.press()
    assert [account.number for account in walk.sheet.connecting.accounts] == [ACCOUNT, OTHER]
    assert walk.sheet.blocked() == t("setup.block_account")
    walk.sheet.account_page.rows.choose(f"STOCK:{OTHER}")
    assert ACCOUNT not in painted(walk)
    assert OTHER not in painted(walk)
    walk.press()
    walk.sheet.finish_page.no.click()
    walk.press()
    kept = computer.settings.load().value
    assert (kept.account, kept.reported) == (OTHER, False)
    assert computer.went == ["here"]
    assert last_mode(computer.base).load().value.mode == "paper"


def test_a_terminal_whose_import_hangs_is_given_up(start: Start) -> None:
    _, walk = start(import_hangs=True)
    walk.sheet.connecting.silent_ms = 4_000
    connect(walk)
    assert t("setup.overdue", seconds=4) in painted(walk)
    assert walk.sheet.connecting.accounts == ()
    walk.sheet.go_back()
    assert walk.sheet.step == "folder"
