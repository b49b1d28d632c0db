"""Journals to read, tear and garble."""

from pathlib import Path

from qmtdesk.store.journal import Journal, JournalRow, StoredRow


def row(n: int, size: int = 40) -> JournalRow:
    """One row; every third is an intent."""
    return JournalRow(1_700_000_000_000 + n, "event" if n % 3 else "intent", bytes([n % 256]) * size)


def filled(path: Path, count: int, *, by: int = 7) -> list[JournalRow]:
    """A closed journal of that many rows; what was written."""
    rows = [row(n) for n in range(count)]
    journal = Journal.open(path)
    for at in range(0, count, by):
        journal.append(rows[at : at + by], durable=at % 2 == 0)
    journal.close()
    return rows


def plain(stored: StoredRow) -> JournalRow:
    """A stored row as it was given."""
    return JournalRow(stored.at, stored.kind, stored.body)


def contents(path: Path) -> list[JournalRow]:
    """All rows of a journal that must open."""
    journal = Journal.open(path)
    rows = list(journal.read())
    journal.close()
    assert [each.no for each in rows] == list(range(1, len(rows) + 1))
    return [plain(each) for each in rows]
