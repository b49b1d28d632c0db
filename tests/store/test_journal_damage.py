"""Damage of a journal is noticed, and the damaged file is kept."""

import random
import sqlite3
from pathlib import Path

import pytest
from journal_kit import filled, plain, row

from qmtdesk.store import journal as module
from qmtdesk.store.journal import (
    Journal,
    JournalDamagedError,
    JournalError,
    JournalTooNewError,
    open_or_set_aside,
    verify,
)

EDITS = {
    "a body": ("UPDATE journal SET body = x'00' WHERE no = 20", 20),
    "a time": ("UPDATE journal SET at = at + 1 WHERE no = 33", 33),
    "a kind": ("UPDATE journal SET kind = 'other' WHERE no = 1", 1),
    "a row lost": ("DELETE FROM journal WHERE no = 25", 25),
    "the first lost": ("DELETE FROM journal WHERE no = 1", 1),
    "renumbered": ("UPDATE journal SET no = 1000 WHERE no = 40", 40),
    "a hash": ("UPDATE journal SET hash = zeroblob(32) WHERE no = 7", 7),
    "one put in": ("INSERT INTO journal SELECT 41, at, kind, body, hash FROM journal WHERE no = 40", 41),
}


@pytest.mark.parametrize(("edit", "bad"), EDITS.values(), ids=EDITS)
def test_every_edit_by_hand_is_found_and_the_file_kept(tmp_path, edit, bad):
    path = tmp_path / "journal.db"
    filled(path, 40)
    with sqlite3.connect(path) as connection:
        connection.execute(edit)
    connection.close()
    verdict = verify(path)
    assert (verdict.ok, verdict.first_bad) == (False, bad)
    with pytest.raises(JournalDamagedError):
        Journal.open(path)
    journal, kept = open_or_set_aside(path)
    assert list(journal.read()) == []
    journal.close()
    assert verify(kept).first_bad == bad


def test_a_value_of_a_wrong_kind_is_damage(tmp_path):
    path = tmp_path / "journal.db"
    filled(path, 4)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE journal SET body = 'text' WHERE no = 2")
    connection.close()
    assert not verify(path).ok


def test_damage_beside_the_rows_is_found_at_verify_and_at_open(tmp_path):
    """The rows are all as written; a file that miscounts its free pages would lose later ones."""
    path = tmp_path / "journal.db"
    filled(path, 200)
    data = bytearray(path.read_bytes())
    data[36:40] = b"\x00\x00\x00\x05"
    path.write_bytes(data)
    verdict = verify(path)
    assert (verdict.ok, verdict.first_bad) == (False, 0)
    assert "freelist" in verdict.text
    with pytest.raises(JournalDamagedError, match="freelist"):
        Journal.open(path)


def test_a_sound_journal_is_not_set_aside(tmp_path):
    rows = filled(tmp_path / "journal.db", 9)
    journal, kept = open_or_set_aside(tmp_path / "journal.db")
    assert kept is None
    assert [plain(each) for each in journal.read()] == rows
    journal.close()


def test_two_damaged_journals_in_one_second_are_both_kept(tmp_path):
    path = tmp_path / "journal.db"
    kept = []
    for n in range(3):
        path.write_bytes(b"no database at all, number %d" % n * 50)
        journal, aside = open_or_set_aside(path)
        journal.close()
        kept.append(aside)
    assert len(set(kept)) == 3
    assert [f"number {n}".encode() in each.read_bytes() for n, each in enumerate(kept)] == [True] * 3


def test_a_damaged_journals_log_is_moved_with_it_so_that_the_fresh_one_never_meets_it(tmp_path):
    path = tmp_path / "journal.db"
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).write_text(f"damaged{tail}")
    kept = module.set_aside(path)
    assert {each.name.removeprefix(kept.name): each.read_text() for each in tmp_path.iterdir()} == {
        "": "damaged",
        "-wal": "damaged-wal",
        "-shm": "damaged-shm",
    }


def test_another_programs_database_is_set_aside(tmp_path):
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    connection.close()
    with pytest.raises(JournalDamagedError, match="no journal"):
        Journal.open(path)


@pytest.mark.fault("X2")
def test_torn_zeroed_and_garbled_tails_open_to_a_clean_prefix(tmp_path, long_run):
    """The write-ahead log is what a power failure tears."""
    source = tmp_path / "source.db"
    rows = [row(n, 90) for n in range(60)]
    journal = Journal.open(source)
    for each in rows:
        journal.append([each], durable=True)
    main, wal = source.read_bytes(), source.with_name("source.db-wal").read_bytes()
    journal.close()
    dice = random.Random(11)
    lengths = set()
    for n in range(4000 if long_run else 250):
        path = tmp_path / "torn.db"
        for part in tmp_path.glob("torn.db*"):
            part.unlink()
        at = dice.randrange(len(wal))
        tail = [b"", bytes(len(wal) - at), dice.randbytes(len(wal) - at)][n % 3]
        path.write_bytes(main)
        path.with_name("torn.db-wal").write_bytes(wal[:at] + tail)
        journal, kept = open_or_set_aside(path)
        found = [plain(each) for each in journal.read()]
        journal.append([row(1)], durable=True)
        journal.close()
        assert kept is None
        assert found == rows[: len(found)]
        lengths.add(len(found))
    assert len(lengths) > 20


@pytest.mark.fault("X5")
def test_random_bytes_anywhere_open_or_are_set_aside_and_never_pass_unnoticed(tmp_path, long_run):
    source = tmp_path / "source.db"
    rows = filled(source, 120)
    good = source.read_bytes()
    dice = random.Random(13)
    aside = 0
    for n in range(3000 if long_run else 250):
        folder = tmp_path / f"f{n}"
        folder.mkdir()
        path = folder / "journal.db"
        bad = bytearray(good)
        at, length = dice.randrange(len(bad)), dice.choice((1, 8, 512, 5000))
        if n % 4:
            bad[at : at + length] = dice.randbytes(len(bad[at : at + length]))
        else:
            del bad[at:]
        path.write_bytes(bad)
        try:
            journal, kept = open_or_set_aside(path)
        except JournalTooNewError:
            continue
        found = [plain(each) for each in journal.read()]
        journal.append([row(1)], durable=False)
        journal.close()
        assert found in ([], rows)
        if found == [] and bad:
            assert kept is not None
            assert bytes(bad) == kept.read_bytes()
        aside += kept is not None
    assert aside > 100


@pytest.mark.fault("X5")
@pytest.mark.parametrize("at", range(100))
def test_a_garbled_byte_of_the_files_header_is_damage_or_does_no_harm(tmp_path, at):
    source = tmp_path / "source.db"
    rows = filled(source, 3)
    good = source.read_bytes()
    for value in {0, 1, 3, 5, 127, 255, good[at] ^ 1, good[at] ^ 128} - {good[at]}:
        folder = tmp_path / f"as {value}"
        folder.mkdir()
        bad = bytearray(good)
        bad[at] = value
        path = folder / "journal.db"
        path.write_bytes(bad)
        try:
            journal, kept = open_or_set_aside(path)
        except JournalTooNewError:
            assert verify(path).ok
            continue
        assert [plain(each) for each in journal.read()] == ([] if kept else rows)
        journal.append([row(1)], durable=True)
        journal.close()


def test_a_damaged_journal_that_cannot_be_moved_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "journal.db"
    path.write_bytes(b"nonsense" * 600)

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(module, "replace_patiently", refuse)
    with pytest.raises(JournalError, match="cannot be moved"):
        open_or_set_aside(path)
    assert path.read_bytes() == b"nonsense" * 600


def test_a_file_whose_making_was_cut_off_is_said_to_be_that_and_the_next_start_undoes_it(tmp_path):
    """Before the file has a write-ahead log, half a write stands in a rollback journal that a reader may not undo."""
    making = tmp_path / "making.db"
    connection = sqlite3.connect(making, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("CREATE TABLE other (body BLOB)")
    connection.execute("DROP TABLE other")
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE half (body BLOB)")
    connection.executemany("INSERT INTO half VALUES (?)", [(bytes(500),)] * 2_000)
    path = tmp_path / "journal.db"
    path.write_bytes(making.read_bytes())
    path.with_name("journal.db-journal").write_bytes(making.with_name("making.db-journal").read_bytes())
    connection.close()
    with pytest.raises(JournalError, match="cut off"):
        verify(path)
    Journal.open(path).close()
    assert verify(path).ok
