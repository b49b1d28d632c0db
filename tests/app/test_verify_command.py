"""`verify` on the command line: a sentence in two languages and an exit code for whatever stands in a file's place."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qmtdesk.store.journal import Journal, JournalRow

ROOT = Path(__file__).resolve().parents[2]
AT = 1_795_140_002_000


def verified(path: Path) -> tuple[int, str]:
    """Exit code and all that was said; nothing else may be left beside the file by it."""
    before = sorted(each.name for each in path.parent.iterdir())
    done = subprocess.run(
        [sys.executable, "-m", "qmtdesk", "verify", str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    assert sorted(each.name for each in path.parent.iterdir()) == before
    return done.returncode, done.stdout + done.stderr


def made(path: Path, rows: int = 5) -> Path:
    journal = Journal.open(path)
    for n in range(rows):
        journal.append([JournalRow(AT + n * 1_000, "a", b"{%d}" % n)], durable=True)
    journal.close()
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return made(tmp_path / "journal.db")


def changed(path: Path, statement: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()
    return path


def last_hash(path: Path) -> str:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        return bytes(connection.execute("SELECT hash FROM journal ORDER BY no DESC").fetchone()[0]).hex()


def test_a_sound_journal_is_told_with_its_last_row_in_both_languages(good: Path) -> None:
    code, said = verified(good)
    assert code == 0
    assert "5 条记录，全部与写入时一致" in said
    assert "5 rows, all as written. The last: row 5, 2026-11-20 10:00:06 (Beijing time)" in said
    assert said.count(last_hash(good)) == 2


def test_rows_cut_off_at_the_end_leave_another_last_row_and_the_text_says_how_to_see_that(good: Path) -> None:
    before = last_hash(good)
    code, said = verified(changed(good, "DELETE FROM journal WHERE no > 3"))
    assert code == 0
    assert "3 rows" in said
    assert before not in said
    assert "从末尾删掉的记录看不出来" in said
    assert "Newest rows that were deleted leave no trace" in said


WRONG = {
    "a row edited": ("UPDATE journal SET body = x'31' WHERE no = 2", 1, ("第 2 条", "Row 2 is not as it was written")),
    "a row deleted": ("DELETE FROM journal WHERE no = 2", 1, ("第 2 条", "Row 2 is not as it was written")),
    "no version": ("DELETE FROM schema", 1, ("日志损坏", "does not say its version")),
    "no rows": ("DELETE FROM journal", 0, ("没有记录", "has no rows")),
    "a newer version": ("UPDATE schema SET version = 2", 2, ("更新版本", "written by a newer qmtdesk")),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_was_done_to_it_is_told(good: Path, name: str) -> None:
    statement, wanted, texts = WRONG[name]
    code, said = verified(changed(good, statement))
    assert code == wanted
    assert [text for text in texts if text not in said] == []


def test_a_newer_journal_with_other_tables_is_newer_and_not_damaged(good: Path) -> None:
    changed(good, "UPDATE schema SET version = 2")
    code, said = verified(changed(good, "ALTER TABLE journal RENAME TO pages"))
    assert (code, "written by a newer qmtdesk" in said) == (2, True)


def test_a_damaged_page_is_damage_also_where_no_row_stands(good: Path) -> None:
    data = bytearray(made(good.with_name("long.db"), rows=400).read_bytes())
    # the free space between a leaf page's cell pointers and its cells is nobody's; its header is not
    data[4096 * 2 : 4096 * 2 + 8] = b"\x0d\x00\x00\x00\x00\xff\xff\xff"
    path = good.with_name("hurt.db")
    path.write_bytes(data)
    code, said = verified(path)
    assert (code, "日志损坏" in said, "Damaged" in said) == (1, True, True)


def _missing(path: Path) -> None:
    path.unlink()


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CANNOT: dict[str, tuple[Callable[[Path], None], tuple[str, str]]] = {
    "missing": (_missing, ("没有这个文件", "there is no such file")),
    "a link that leads nowhere": (_dangling, ("指向的文件不存在", "a link to a file that does not exist")),
    "a folder": (_folder, ("是文件夹", "a folder")),
}


@pytest.mark.skipif(sys.platform == "win32", reason="links want rights there")
@pytest.mark.parametrize("name", CANNOT)
def test_what_is_no_file_is_said_to_be_none(good: Path, name: str) -> None:
    make, texts = CANNOT[name]
    make(good)
    code, said = verified(good)
    assert code == 2
    assert [text for text in texts if text not in said] == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a file its owner may not read")
def test_a_file_that_may_not_be_read_is_said(good: Path) -> None:
    good.chmod(0)
    code, said = verified(good)
    assert (code, "读不了" in said, "cannot be read" in said) == (2, True, True)


@pytest.mark.skipif(sys.platform == "win32", reason="locks the file otherwise there")
def test_a_locked_file_is_said_to_be_locked(good: Path) -> None:
    with closing(sqlite3.connect(good, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        code, said = verified(good)
    assert (code, "锁住" in said, "locked by another program" in said) == (2, True, True)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are made read-only otherwise there")
@pytest.mark.parametrize("log", [False, True], ids=["at rest", "with the log of a writer that died"])
def test_on_a_medium_that_takes_nothing_it_is_examined_all_the_same(good: Path, tmp_path: Path, log: bool) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    path = folder / "journal.db"
    if log:
        journal = Journal.open(good)
        journal.append([JournalRow(AT, "a", b"late")], durable=True)
        shutil.copy(good, path)
        shutil.copy(good.with_name("journal.db-wal"), folder)
        journal.close()
    else:
        shutil.copy(good, path)
    folder.chmod(0o500)
    code, said = verified(path)
    folder.chmod(0o700)
    assert (code, f"{5 + log} rows, all as written" in said) == (0, True)


def test_an_index_that_cannot_be_used_where_it_lies_is_done_without(good: Path) -> None:
    """As on a medium that takes nothing: SQLite cannot open what it needs beside the log."""
    journal = Journal.open(good)
    journal.append([JournalRow(AT, "a", b"late")], durable=True)
    path = good.with_name("other.db")
    shutil.copy(good, path)
    shutil.copy(good.with_name("journal.db-wal"), good.with_name("other.db-wal"))
    journal.close()
    good.with_name("other.db-shm").mkdir()
    code, said = verified(path)
    assert (code, "6 rows, all as written" in said) == (0, True)


def test_beside_a_trader_that_writes_it_sees_the_newest_row(good: Path) -> None:
    journal = Journal.open(good)
    journal.append([JournalRow(AT, "a", b"late")], durable=True)
    code, said = verified(good)
    journal.append([JournalRow(AT, "a", b"later")], durable=True)
    journal.close()
    assert (code, "6 rows, all as written" in said) == (0, True)
