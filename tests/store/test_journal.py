"""The journal keeps what it was given, notices what was changed, and never loses a damaged file."""

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_kit import contents, filled, row

from qmtdesk.store.journal import (
    Journal,
    JournalDamagedError,
    JournalError,
    JournalRow,
    JournalTooNewError,
    connect,
    open_or_set_aside,
    seal,
    verify,
)
from qmtdesk.store.journal_schema import NEWEST, migrate

ROOT = Path(__file__).parents[2]


def test_what_was_appended_is_read_back_in_order_after_a_restart(tmp_path):
    rows = filled(tmp_path / "journal.db", 2503)
    assert contents(tmp_path / "journal.db") == rows
    assert verify(tmp_path / "journal.db").ok
    assert verify(tmp_path / "journal.db").rows == 2503


def test_rows_appended_after_a_restart_continue_the_chain(tmp_path):
    path = tmp_path / "journal.db"
    first = filled(path, 3)
    second = filled(path, 4)
    assert contents(path) == first + second
    assert verify(path).ok


def test_appending_nothing_does_nothing(tmp_path):
    journal = Journal.open(tmp_path / "journal.db")
    journal.append([], durable=True)
    assert list(journal.read()) == []
    journal.close()


@pytest.mark.fault("X6")
def test_a_folder_with_a_chinese_name_and_a_space_works(tmp_path):
    path = tmp_path / "用户" / "张 三%20#?"
    path.mkdir(parents=True)
    filled(path / "journal.db", 5)
    assert verify(path / "journal.db").rows == 5


def test_reading_while_appending_sees_every_row_once(tmp_path):
    path = tmp_path / "journal.db"
    filled(path, 1500)
    journal = Journal.open(path)
    seen = []
    for stored in journal.read():
        seen.append(stored.no)
        if stored.no in (10, 1200):
            journal.append([row(9)], durable=False)
    assert seen == list(range(1, 1503))
    journal.close()


def test_durable_rows_are_flushed_and_others_are_not(tmp_path):
    asked = []

    def spying(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.set_trace_callback(asked.append)
        return connection

    journal = Journal.open(tmp_path / "journal.db", spying)

    def synchronous() -> int:
        return journal._connection.execute("PRAGMA synchronous").fetchone()[0]

    assert synchronous() == 2  # FULL
    journal.append([row(1)], durable=False)
    assert synchronous() == 1  # NORMAL
    journal.append([row(2)], durable=True)
    assert synchronous() == 2
    assert [text for text in asked if text.startswith(("BEGIN", "COMMIT"))][-4:] == ["BEGIN IMMEDIATE", "COMMIT"] * 2
    journal.close()


def test_kinds_and_bodies_cannot_be_shifted_into_each_other():
    assert seal(bytes(32), JournalRow(1, "ab", b"c")) != seal(bytes(32), JournalRow(1, "a", b"bc"))


@given(st.binary(max_size=200))
def test_rows_of_any_bytes_survive(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("any") / "journal.db"
    journal = Journal.open(path)
    journal.append([JournalRow(-5, "种类", body)], durable=False)
    journal.close()
    assert contents(path) == [JournalRow(-5, "种类", body)]


def test_a_newer_journal_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "journal.db"
    filled(path, 2)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE schema SET version = ?", (NEWEST + 1,))
    connection.close()
    before = path.read_bytes()
    with pytest.raises(JournalTooNewError, match=f"version {NEWEST + 1}.*newer program"):
        open_or_set_aside(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("told", ["DELETE FROM schema", "UPDATE schema SET version = 'x'"])
def test_a_journal_that_does_not_say_its_version_is_damaged(tmp_path, told):
    path = tmp_path / "journal.db"
    filled(path, 2)
    with sqlite3.connect(path) as connection:
        connection.execute(told)
    connection.close()
    with pytest.raises(JournalDamagedError):
        Journal.open(path)


def test_a_failing_migration_leaves_the_old_version(tmp_path):
    path = tmp_path / "journal.db"
    filled(path, 2)
    connection = connect(path)

    def halfway(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE extra (x)")
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (lambda _: None, halfway))
    migrate(connection, (lambda _: None, lambda each: each.execute("CREATE TABLE extra (x)")))
    assert connection.execute("SELECT version FROM schema").fetchall() == [(2,)]
    connection.close()


def test_a_journal_in_use_elsewhere_is_an_error_and_not_damage(tmp_path):
    path = tmp_path / "journal.db"
    filled(path, 2)
    other = connect(path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(JournalError) as journal_text:
        open_or_set_aside(path)
    assert not isinstance(journal_text.value, JournalDamagedError)
    other.execute("ROLLBACK")
    other.close()


def test_verify_names_a_missing_file(tmp_path):
    with pytest.raises(JournalError, match="not there"):
        verify(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_verify_works_beside_the_trader_that_writes(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path)
    journal.append([row(1), row(2)], durable=True)
    assert verify(path).rows == 2
    journal.append([row(3)], durable=False)
    assert verify(path).rows == 3
    journal.close()


def test_using_a_closed_journal_is_a_journal_error(tmp_path):
    journal = Journal.open(tmp_path / "journal.db")
    journal.close()
    journal.close()
    with pytest.raises(JournalError):
        journal.append([row(1)], durable=True)


@pytest.mark.fault("X3")
def test_a_full_disk_refuses_whole_appends_and_the_rest_stays_sound(tmp_path):
    path = tmp_path / "journal.db"
    journal = Journal.open(path)
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    appended: list[int] = []

    def fill() -> None:
        for n in range(1000):
            journal.append([row(n, 300), row(n, 300)], durable=n % 2 == 0)
            appended.extend((n, n))

    with pytest.raises(JournalError, match="full"):
        fill()
    written = len(appended)
    assert 0 < written < 100
    journal._connection.execute("PRAGMA max_page_count = 100000")
    journal.append([row(1)], durable=True)
    journal.close()
    assert verify(path).rows == written + 1


class Failing:
    """A connection whose n-th statement fails, before or after it was done."""

    def __init__(self, path: Path, at: int, *, after: bool) -> None:
        self.real, self.left, self.after = connect(path), at, after

    def __getattr__(self, name: str):
        return getattr(self.real, name)

    def _do(self, call, *args):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise sqlite3.OperationalError("disk I/O error")
        result = call(*args)
        if self.left == 0:
            result.close()
            raise sqlite3.OperationalError("disk I/O error")
        return result

    def execute(self, *args):
        return self._do(self.real.execute, *args)

    def executemany(self, *args):
        return self._do(self.real.executemany, *args)


@pytest.mark.fault("X4")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 40))
def test_whatever_statement_fails_no_append_is_half_done_and_the_chain_holds(tmp_path, at, after):
    path = tmp_path / "journal.db"
    promised: list[JournalRow] = []
    try:
        journal = Journal.open(path, lambda each: Failing(each, at, after=after))
    except JournalError:
        assert contents(path) == []
        return
    failed = 0
    for n in range(6):
        pair = [row(2 * n), row(2 * n + 1)]
        try:
            journal.append(pair, durable=n % 2 == 0)
        except JournalError:
            failed += 1
            continue
        promised += pair
    journal.close()
    assert failed <= 1
    stored = contents(path)
    assert verify(path).ok
    # a commit that failed after it was done is there without having been promised; nothing promised is missing
    assert [each for each in stored if each in promised] == promised
    assert len(stored) - len(promised) in (0, 2)
    assert not (len(stored) > len(promised) and not after)


WRITER = """
import sys
from pathlib import Path
from qmtdesk.store.journal import Journal, JournalRow
journal = Journal.open(Path(sys.argv[1]))
n = sum(1 for _ in journal.read())
while True:
    journal.append([JournalRow(n, "intent", b"x" * (n % 300)), JournalRow(n, "sent", b"")], durable=True)
    n += 2
    print(n, flush=True)
"""


@pytest.mark.fault("X1")
def test_killing_the_writer_loses_nothing_it_was_promised(tmp_path, long_run):
    path = tmp_path / "journal.db"
    dice = random.Random(7)
    for _ in range(100 if long_run else 8):
        with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, cwd=ROOT) as writer:
            for _ in range(dice.randrange(1, 60)):
                last = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().split()
        promised = int(rest[-1]) if rest and writer.returncode else last
        verdict = verify(path)
        assert verdict.ok
        assert promised <= verdict.rows <= promised + 2
        assert verdict.rows % 2 == 0


@pytest.mark.fault("X6")
def test_a_drive_without_wal_is_refused(tmp_path):
    class NoWal(Failing):
        def execute(self, text, *args):
            return self.real.execute("SELECT 'delete'" if "journal_mode" in text else text, *args)

    with pytest.raises(JournalError, match="local"):
        Journal.open(tmp_path / "journal.db", lambda path: NoWal(path, -1, after=False))


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(JournalError):
        open_or_set_aside(tmp_path / "none" / "journal.db")
