"""This installation's letters: decided once, kept in the journal and in the folder, never two at once."""

import sys
from pathlib import Path

import pytest

from qmtdesk.engine.identity import sound_prefix
from qmtdesk.trader import installation
from qmtdesk.trader.installation import NAME, keep_prefix


def prefix_of(folder: Path, journaled: str) -> str:
    """As a start does it: chosen first, kept when the journal has it."""
    prefix = installation.prefix_of(folder, journaled)
    keep_prefix(folder, prefix)
    return prefix


def test_they_are_decided_once_and_kept(tmp_path: Path) -> None:
    first = prefix_of(tmp_path, "")
    assert sound_prefix(first)
    assert prefix_of(tmp_path, "") == prefix_of(tmp_path, first) == first
    assert (tmp_path / NAME).read_text() == first


def test_the_journal_is_right_and_a_lost_journal_is_made_good_by_the_folder(tmp_path: Path) -> None:
    assert prefix_of(tmp_path, "here") == "here"
    assert prefix_of(tmp_path, "") == "here"
    assert prefix_of(tmp_path, "else") == "else"
    assert (tmp_path / NAME).read_text() == "else"


@pytest.mark.parametrize("junk", [b"", b"abc", b"\xff\xfe", b"ab1d", b"abcde" * 999])
def test_a_damaged_file_is_replaced(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / NAME).write_bytes(junk)
    assert sound_prefix(prefix_of(tmp_path, ""))
    assert prefix_of(tmp_path, "here") == "here"
    assert prefix_of(tmp_path, "") == "here"


@pytest.mark.skipif(sys.platform == "win32", reason="folders are made read-only otherwise there")
def test_a_folder_that_takes_nothing_costs_only_the_second_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError("read only")

    monkeypatch.setattr("qmtdesk.trader.installation.write_atomic", refuse)
    assert prefix_of(tmp_path, "here") == "here"
    assert sound_prefix(prefix_of(tmp_path, ""))


def test_two_installations_differ(tmp_path: Path) -> None:
    found = set()
    for n in range(20):
        folder = tmp_path / str(n)
        folder.mkdir()
        found.add(prefix_of(folder, ""))
    assert len(found) == 20
