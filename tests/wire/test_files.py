"""Files are replaced whole, locks belong to one, folders to one user and one mode."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from qmtdesk.store.files import data_folder
from qmtdesk.wire import files as module
from qmtdesk.wire.address import Card, card_path, new_address, read_card, write_card
from qmtdesk.wire.files import private_folder, replace_patiently, write_atomic
from qmtdesk.wire.locks import FolderLock, is_free
from qmtdesk.wire.spawn import LOG, LOG_LIMIT, spawn_trader, trader_command

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from pathlib import Path; from qmtdesk.wire.locks import FolderLock\n"
    "print(FolderLock(Path(sys.argv[1])).acquire(), flush=True); sys.stdin.read()"
)


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a name short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="q", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_tried_once(tmp_path, monkeypatch):
    """Windows says so by a PermissionError although the folder looks writable."""
    asked = []

    def refuse(path: Path, *_more: object) -> int:
        asked.append(path)
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr(module.os, "open", refuse)
    with pytest.raises(PermissionError):
        write_atomic(tmp_path / "a.json", b"x")
    assert len(asked) == 1


def test_a_written_file_is_whole_private_and_alone(tmp_path):
    path = tmp_path / "设置 一.json"
    for data in (b"one", b"two" * 100_000):
        write_atomic(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_atomic(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("times", [1, 24, 99])
def test_a_held_file_is_tried_again_but_not_for_ever(tmp_path, monkeypatch, times):
    monkeypatch.setattr(module, "PAUSE_S", 0)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"x")
    real, left = Path.replace, [times]

    def held(self: Path, other: Path) -> Path:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError("held by a scanner")
        return real(self, other)

    monkeypatch.setattr(Path, "replace", held)
    if times == 99:
        with pytest.raises(PermissionError):
            replace_patiently(source, target)
    else:
        replace_patiently(source, target)
        assert target.read_bytes() == b"x"


def test_a_lock_is_held_by_one_and_passed_on(tmp_path):
    first, second = FolderLock(tmp_path / "a.lock"), FolderLock(tmp_path / "a.lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    assert not second.acquire(wait_ms=60)
    assert not is_free(tmp_path / "a.lock")
    assert second.holder() == os.getpid()
    first.release()
    first.release()
    assert second.acquire()
    second.release()
    assert (tmp_path / "a.lock").exists()
    assert is_free(tmp_path / "a.lock")


def test_waiting_for_a_lock_ends_when_it_is_freed(tmp_path):
    first, second = FolderLock(tmp_path / "a.lock"), FolderLock(tmp_path / "a.lock")
    first.acquire()
    waiting, got = Event(), []

    def take() -> None:
        waiting.set()
        got.append(second.acquire(wait_ms=10_000))

    thread = Thread(target=take)
    thread.start()
    waiting.wait()
    first.release()
    thread.join()
    assert got == [True]
    second.release()


def test_a_killed_process_gives_its_lock_back(tmp_path):
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout.readline() == b"True\n"
        mine = FolderLock(path)
        assert not mine.acquire()
        assert mine.holder() == other.pid
        other.kill()
    assert mine.acquire()
    mine.release()


def test_nobody_has_signed_a_lock_that_is_not_there(tmp_path):
    assert FolderLock(tmp_path / "none.lock").holder() == 0


@pytest.mark.fault("O8")
def test_paper_and_live_have_folders_of_their_own_for_this_user_only(tmp_path):
    folders = {data_folder(tmp_path / "数据", mode) for mode in ("paper", "live")}
    assert {path.name for path in folders} == {"paper", "live"}
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    with pytest.raises(ValueError, match="mode"):
        data_folder(tmp_path, "../else")


def test_a_base_folder_that_was_there_keeps_its_rights_and_an_open_data_folder_is_closed(tmp_path):
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper").chmod(0o755)
    tmp_path.chmod(0o755)
    assert data_folder(tmp_path, "paper").stat().st_mode & 0o777 == 0o700
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_data_folder_is_found_without_being_named(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder(None, "paper") == tmp_path / "qmtdesk" / "paper"


def test_a_card_comes_back_and_nonsense_is_no_card(tmp_path):
    card = Card("/x", "ab" * 32, 7, "boot", 1, "0.1.0")
    assert read_card(tmp_path) is None
    write_card(tmp_path, card)
    assert read_card(tmp_path) == card
    for bad in (b"", b"{", b'{"pid": "x"}', card_path(tmp_path).read_bytes().replace(b"ab", b"zz"), b"\xff"):
        card_path(tmp_path).write_bytes(bad)
        assert read_card(tmp_path) is None


@pytest.mark.skipif(os.name == "nt", reason="pipes have no path")
def test_a_socket_path_always_fits(tmp_path, short, monkeypatch):
    assert new_address(short) == str(short / "trader.sock")
    deep = tmp_path / ("很长的名字" * 10)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    near = Path(new_address(deep))
    assert near.parent.parent == short
    assert new_address(deep) == str(near)
    assert near.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name == "nt", reason="pipes have no path")
def test_a_foreign_folder_under_the_short_name_is_not_used(tmp_path, short, monkeypatch):
    deep = tmp_path / ("很长的名字" * 10)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    place = Path(new_address(deep)).parent
    assert place.parent == short
    place.rmdir()
    (tmp_path / "elsewhere").mkdir()
    place.symlink_to(tmp_path / "elsewhere")
    other = Path(new_address(deep)).parent
    assert other != place
    assert not other.is_symlink()
    private_folder(other).rmdir()


def test_a_started_trader_writes_to_a_private_log_that_is_turned_over(tmp_path):
    (tmp_path / LOG).write_bytes(b"x" * (LOG_LIMIT + 1))
    child = spawn_trader(tmp_path, ["print(__import__('os').getcwd(), 'said')"], [sys.executable, "-c"])
    while child.poll() is None:
        Event().wait(0.01)
    assert child.poll() == 0
    assert (tmp_path / LOG).read_text() == f"{tmp_path} said\n"
    assert (tmp_path / LOG).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "trader-output.old.log").stat().st_size > LOG_LIMIT


def test_the_packaged_program_starts_itself(monkeypatch):
    assert trader_command(["--trader"]) == [sys.executable, "-m", "qmtdesk", "--trader"]
    monkeypatch.setattr(sys, "executable", "/opt/QMTDesk.exe")
    assert trader_command(["--trader"]) == ["/opt/QMTDesk.exe", "--trader"]
