"""Before a session is made its folder and a running terminal are seen; its files of 75 MB are few and do not stay."""

import logging
import os
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest
from invented_pc import InventedPc

from qmtdesk.gateways.qmt import approach, names
from qmtdesk.gateways.qmt.approach import Approach, absence
from qmtdesk.gateways.qmt.pc import ThisPc
from qmtdesk.gateways.qmt.queue_files import QueueFiles
from qmtdesk.gateways.qmt.session import NotOpened

ROOT = r"D:\QMT"


@pytest.fixture
def pc() -> InventedPc:
    return InventedPc()


def test_a_terminal_that_runs_in_an_existing_folder_is_there(pc: InventedPc) -> None:
    folder = pc.path(pc.install(ROOT))
    pc.run(ROOT)
    assert absence(folder, pc, client=True) == ""  # type: ignore[arg-type]


def test_a_folder_that_is_gone_is_not_made_again(pc: InventedPc) -> None:
    pc.run(ROOT)
    gone = pc.path(rf"{ROOT}\userdata_mini")
    for client in (True, False):
        assert absence(gone, pc, client=client) == names.NO_FOLDER  # type: ignore[arg-type]


def test_a_pc_on_which_no_miniqmt_runs_has_no_terminal(pc: InventedPc) -> None:
    folder = pc.path(pc.install(ROOT))
    pc.run(ROOT, "XtItClient.exe")
    assert absence(folder, pc, client=True) == names.NO_TERMINAL  # type: ignore[arg-type]
    # a bridge to another terminal has a program of another name
    assert absence(folder, pc, client=False) == ""  # type: ignore[arg-type]


def hidden(pc: InventedPc) -> None:
    pc.running = None


def nobody(pc: InventedPc) -> None:
    pc.running = []


def nameless(pc: InventedPc) -> None:
    pc.run(ROOT, path=False)


def elsewhere(pc: InventedPc) -> None:
    pc.run(r"D:\Other")


@pytest.mark.parametrize("seen", [hidden, nobody, nameless, elsewhere])
def test_what_cannot_be_seen_for_sure_holds_no_connection_up(
    pc: InventedPc, seen: Callable[[InventedPc], None]
) -> None:
    folder = pc.path(pc.install(ROOT))
    seen(pc)
    assert absence(folder, pc, client=True) == ""  # type: ignore[arg-type]


def test_a_terminal_that_is_absent_costs_no_load(tmp_path: Path) -> None:
    def load() -> None:
        raise AssertionError("loaded")

    found = Approach(tmp_path / "gone", load, client=True).native()  # type: ignore[arg-type]
    assert found == NotOpened("terminal", names.NO_FOLDER)
    assert not (tmp_path / "gone").exists()


def test_a_look_that_raises_holds_no_connection_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ThisPc):
        def is_folder(self, path: PurePath) -> bool:
            raise OSError(path)

    monkeypatch.setattr(approach, "this_pc", Broken)
    loaded = object()
    found = Approach(tmp_path, lambda: loaded, client=True).native()  # type: ignore[arg-type, return-value]
    assert found is loaded


# --- files


def left(folder: Path, number: int) -> list[Path]:
    made = [
        folder / f"{name}_win_{number}" for name in ("up_queue", "down_queue", "lock_up_queue", "lock_down_queue")
    ] + [folder / f"down_queue_{number}", folder / f"lock_down_queue_win_{number}__mutex"]
    for path in made:
        path.touch()
    return made


def test_what_a_closed_session_left_goes_when_another_number_is_taken_and_nobody_elses(tmp_path: Path) -> None:
    files = QueueFiles(tmp_path)
    mine, others = left(tmp_path, 104_711), left(tmp_path, 99_001) + left(tmp_path, 1_047_110)
    files.closed(104_711)
    assert all(path.exists() for path in mine)
    files.take(104_712)
    assert not any(path.exists() for path in mine)
    assert all(path.exists() for path in others)


def test_a_number_that_is_taken_once_more_keeps_its_files(tmp_path: Path) -> None:
    files = QueueFiles(tmp_path)
    mine = left(tmp_path, 104_711)
    files.closed(104_711)
    files.take(104_711)
    files.take(104_712)
    assert all(path.exists() for path in mine)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_out_of_the_folder_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "userdata_mini"
    folder.mkdir()
    (folder / "up_queue_win_104711").symlink_to(tmp_path / "away")
    files = QueueFiles(folder)
    files.closed(104_711)
    files.take(104_712)
    assert (folder / "up_queue_win_104711").is_symlink()


def test_files_somebody_holds_are_said_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files, held, inner = QueueFiles(tmp_path), [True], Path.unlink
    mine = left(tmp_path, 104_711)

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        if held[0]:
            raise PermissionError(13, "Permission denied")
        inner(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    files.closed(104_711)
    with caplog.at_level(logging.INFO, "qmtdesk.trader"):
        files.take(104_712)
        files.take(104_713)
    assert [record.message for record in caplog.records] == ["QMT: files of session 104711 stay: Permission denied"]
    held[0] = False
    files.take(104_714)
    assert not any(path.exists() for path in mine)
