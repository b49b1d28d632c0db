"""Ending what runs, as a setup asks for it: nothing is forced, and what stands in the way is told by a number."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from qmtdesk.wire import stopping
from qmtdesk.wire.attach import RefusedError
from qmtdesk.wire.locks import FolderLock
from qmtdesk.wire.stopping import DESK, TRADER, Stopped, folders_in, stop_all


def _folder(base: Path, name: str) -> Path:
    folder = base / name
    folder.mkdir(parents=True)
    for lock in (DESK, TRADER):
        (folder / lock).touch()
    return folder


def _held(folder: Path, name: str) -> FolderLock:
    lock = FolderLock(folder / name)
    assert lock.acquire()
    return lock


def test_every_folder_that_something_may_run_in_is_found(tmp_path: Path) -> None:
    wanted = [_folder(tmp_path, name) for name in ("live", "paper", "replay/0123")]
    (tmp_path / "other").mkdir()
    assert folders_in(tmp_path) == sorted(wanted)
    assert folders_in(tmp_path / "none") == []


def test_where_nothing_runs_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert stop_all([_folder(tmp_path, "paper")]) is Stopped.NOTHING_RUNS


def test_under_an_open_window_no_trader_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Mock()
    monkeypatch.setattr(stopping, "stop_trader", asked)
    folders = [_folder(tmp_path, "live"), _folder(tmp_path, "paper")]
    locks = [_held(folders[0], TRADER), _held(folders[1], DESK)]
    assert stop_all(folders) is Stopped.WINDOW_OPEN
    asked.assert_not_called()
    for lock in locks:
        lock.release()


def test_a_trader_that_agrees_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _folder(tmp_path, "paper")
    lock = _held(folder, TRADER)

    def agree(_folder: Path, *, force: bool) -> bool:
        assert not force
        lock.release()
        return True

    monkeypatch.setattr(stopping, "stop_trader", agree)
    assert stop_all([folder]) is Stopped.NOTHING_RUNS


def test_an_armed_trader_goes_on_and_the_others_are_still_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, paper = _folder(tmp_path, "live"), _folder(tmp_path, "paper")
    armed, idle = _held(live, TRADER), _held(paper, TRADER)

    def ask(folder: Path, *, force: bool) -> bool:
        if folder == live:
            raise RefusedError("armed", 1, 1)
        return False

    monkeypatch.setattr(stopping, "stop_trader", ask)
    assert stop_all([live, paper], wait_s=0.1) is Stopped.ARMED
    armed.release()
    assert stop_all([live, paper], wait_s=0.1) is Stopped.STILL_RUNS
    idle.release()
    assert stop_all([live, paper], wait_s=0.1) is Stopped.NOTHING_RUNS
