"""However a process ends, its last words are in its log, and no account number or token is in them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from last_words_child import SECRET, TOKEN, WAYS

from qmtdesk.wire.logs import FAULT_BYTES

CHILD = Path(__file__).with_name("last_words_child.py")


def ended(way: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, everything it wrote to its outputs, everything it left in files."""
    done = subprocess.run(
        [sys.executable, str(CHILD), way, str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    files = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()))
    return done.returncode, done.stdout + done.stderr, files


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"nothing"}))
def test_no_way_to_end_names_the_account(way: str, tmp_path: Path) -> None:
    _, shown, kept = ended(way, tmp_path)
    for text in (shown, kept):
        assert SECRET not in text
        assert TOKEN not in text
    assert f"66****{SECRET[-3:]}" in shown + kept or way in ("segv", "abort")


@pytest.mark.parametrize("way", ["main", "thread", "finalizer", "asyncio", "qt"])
def test_what_nobody_caught_is_in_the_log_with_its_place(way: str, tmp_path: Path) -> None:
    ended(way, tmp_path)
    log = (tmp_path / "trader.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "in fail" in log
    assert "RuntimeError: account 66****396 with token=****" in log


@pytest.mark.parametrize("way", ["segv", "abort"])
def test_a_fault_below_python_is_told_by_the_next_start(way: str, tmp_path: Path) -> None:
    code, _, _ = ended(way, tmp_path)
    assert code < 0
    assert "on_fault" in (tmp_path / "trader-fault.txt").read_text(encoding="utf-8")
    code, _, _ = ended("nothing", tmp_path)
    assert code == 0
    log = (tmp_path / "trader.log").read_text(encoding="utf-8")
    assert "the run before ended: Fatal Python error" in log
    assert "in on_fault" in log
    assert (tmp_path / "trader-fault.txt").read_bytes() == b""


def test_a_path_with_an_account_in_it_is_masked_in_a_dump_of_the_run_before(tmp_path: Path) -> None:
    (tmp_path / "trader-fault.txt").write_text(f'  File "/qmt/userdata_mini/{SECRET}/x.py", line 3 in f\n')
    ended("nothing", tmp_path)
    log = (tmp_path / "trader.log").read_text(encoding="utf-8")
    assert SECRET not in log
    assert "/qmt/userdata_mini/66****396/x.py" in log


def test_a_log_that_cannot_be_rolled_over_loses_no_line_and_leaks_none(tmp_path: Path) -> None:
    _, shown, _ = ended("held", tmp_path)
    log = (tmp_path / "trader.log").read_text(encoding="utf-8")
    assert [f"it failed {n}" in log for n in (1, 2)] == [True, True]
    assert "Logging error" not in shown
    assert shown.count("it failed") == 2


def test_an_output_nobody_reads_leaves_the_line_in_the_log(tmp_path: Path) -> None:
    _, shown, _ = ended("output", tmp_path)
    assert shown == ""
    assert "it failed" in (tmp_path / "trader.log").read_text(encoding="utf-8")


def test_lines_a_full_disk_refused_are_written_when_there_is_room_and_the_rest_is_counted(tmp_path: Path) -> None:
    ended("fills", tmp_path)
    log = (tmp_path / "trader.log").read_text(encoding="utf-8").splitlines()
    assert log[0] == "3 lines of the log could not be written"
    assert log[1].endswith("account 66****396, line 3")
    assert log[-2].endswith("line 501")
    assert log[-1].endswith("room again")
    assert len(log) == 501


def test_a_stack_in_a_line_is_as_clean_as_the_line(tmp_path: Path) -> None:
    ended("stack", tmp_path)
    log = (tmp_path / "trader.log").read_text(encoding="utf-8")
    assert "in login" in log
    assert "account 66****396, token=****" in log


def test_of_an_endless_fault_file_only_the_beginning_is_told(tmp_path: Path) -> None:
    (tmp_path / "trader-fault.txt").write_bytes(b"x" * FAULT_BYTES + b"\nbeyond the limit\n")
    ended("nothing", tmp_path)
    log = (tmp_path / "trader.log").read_text(encoding="utf-8")
    assert "beyond the limit" not in log
    assert "the run before ended: xxx" in log


def test_every_file_of_the_log_is_its_users_alone(tmp_path: Path) -> None:
    ended("main", tmp_path)
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {
        "trader.log": "0o600",
        "trader-fault.txt": "0o600",
    }
