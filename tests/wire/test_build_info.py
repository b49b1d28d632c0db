"""What the program says of itself: out of a package's note, out of git's files, and when neither is there."""

import json
import subprocess
from pathlib import Path

import pytest

from qmtdesk import __version__
from qmtdesk.wire.build_info import NOTE, build_info, commit_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_package_tells_what_was_written_into_it(tmp_path: Path) -> None:
    told = {"version": "1.2.3", "commit": COMMIT, "changed": True, "build": "f" * 64, "at": 0}
    (tmp_path / NOTE).write_text(json.dumps(told), "utf-8")
    info = build_info(tmp_path)
    assert info.packaged
    assert (info.version, info.short_commit, info.short_build) == ("1.2.3", "0123456789ab+", "f" * 12)


@pytest.mark.parametrize("note", ["", "{}", "[1]", '{"version": "1"}', "\x00", '"text"'])
def test_a_damaged_note_is_no_note(tmp_path: Path, note: str) -> None:
    (tmp_path / "qmtdesk").mkdir()
    (tmp_path / "qmtdesk" / NOTE).write_text(note, "utf-8")
    info = build_info(tmp_path / "qmtdesk")
    assert (info.version, info.commit, info.packaged) == (__version__, "", False)
    assert (info.short_commit, info.short_build) == ("?", "-")


def _git(tree: Path, *words: str) -> str:
    named = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(tree), *named, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    place = tmp_path / "tree"
    place.mkdir()
    _git(place, "init", "-q", "-b", "main")
    _git(place, "commit", "-q", "--allow-empty", "-m", "first")
    return place


def test_a_source_tree_tells_its_commit(tree: Path) -> None:
    assert commit_of(tree) == _git(tree, "rev-parse", "HEAD")


def test_a_packed_branch_is_read_as_well(tree: Path) -> None:
    _git(tree, "pack-refs", "--all")
    assert commit_of(tree) == _git(tree, "rev-parse", "HEAD")


def test_a_commit_without_a_branch_is_read_as_well(tree: Path) -> None:
    _git(tree, "checkout", "-q", "--detach")
    assert commit_of(tree) == _git(tree, "rev-parse", "HEAD")


def test_a_second_tree_of_a_repository_tells_its_own_commit(tree: Path) -> None:
    second = tree.parent / "second"
    _git(tree, "worktree", "add", "-q", "-b", "other", str(second))
    _git(second, "commit", "-q", "--allow-empty", "-m", "second")
    assert commit_of(second) == _git(second, "rev-parse", "HEAD") != commit_of(tree)


def test_what_is_no_commit_is_not_told(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == ""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("<script>", "utf-8")
    assert commit_of(tmp_path) == ""
