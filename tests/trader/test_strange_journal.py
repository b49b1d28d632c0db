"""A journal whose chain holds and whose words nobody here understands: set aside or refused, and never a loop."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND
from qmtdesk.store.journal import Journal, JournalRow, JournalTooNewError, verify
from qmtdesk.trader import diary
from qmtdesk.trader.process import NO_JOURNAL, TraderOptions, run_trader
from qmtdesk.wire.spawn import refusal_in

FOREIGN_ROWS = {
    "a kind nobody knows": JournalRow(1, "GridFlown", b"{}"),
    "a body that is no JSON": JournalRow(1, "MasterSet", b"\xff\x00"),
    "a body of another shape": JournalRow(1, "MasterSet", b'{"on":"perhaps"}'),
    "a command without a number": JournalRow(1, "CommandDone", b"x"),
    "a version that is none": JournalRow(1, "Program", b"\xfe"),
    "a record that cannot be folded": JournalRow(1, "GridChanged", b'{"code":"x"}'),
}


def traded(folder: Path) -> LoopDay:
    day = LoopDay(folder=folder)
    day.open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.wait(3_000)
    return day


def added(folder: Path, row: JournalRow) -> int:
    """One more row with a valid chain; its number."""
    journal = Journal.open(folder / "journal.db")
    journal.append([row], durable=True)
    number = sum(1 for _ in journal.read())
    journal.close()
    return number


def kept_in(folder: Path) -> list[Path]:
    return [p for p in folder.glob("journal.db.damaged-*") if not p.name.endswith(("-wal", "-shm"))]


@pytest.mark.parametrize("name", FOREIGN_ROWS)
def test_a_record_that_cannot_be_read_sets_the_journal_aside_and_names_its_number(tmp_path: Path, name: str) -> None:
    day = traded(tmp_path)
    day.loop._diary.close()
    number = added(tmp_path, FOREIGN_ROWS[name])
    day.again(resume=True)
    assert day.state.ready is Ready.READY
    assert not any(book.armed for book in day.state.grids.values())
    (line,) = [each for each in day.state.lines if each.reason.why is Why.JOURNAL_SET_ASIDE]
    (kept,) = kept_in(tmp_path)
    assert kept.name in str(line.reason.get("text"))
    assert f"record {number}" in str(line.reason.get("text"))
    assert verify(kept).rows == number
    day.again(resume=True)
    assert kept_in(tmp_path) == [kept]


def test_a_record_that_breaks_the_fold_is_no_loop_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = traded(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    before = day.loop._diary.set_aside
    assert before is None
    monkeypatch.setattr("qmtdesk.engine.apply._logged", broken)
    day.loop._diary.close()
    day.begin()
    assert day.loop._diary.set_aside is not None
    assert "ZeroDivisionError" in day.loop._diary.problem


def test_a_journal_of_a_newer_program_is_refused_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = traded(tmp_path)
    day.loop._diary.close()
    number = added(tmp_path, JournalRow(1, "Program", b"99.0.1"))
    added(tmp_path, JournalRow(1, "GridFlown", b"{}"))
    rows = verify(tmp_path / "journal.db").rows
    with pytest.raises(JournalTooNewError, match=rf"record {number} .* 99\.0\.1"):
        day.begin()
    assert verify(tmp_path / "journal.db").rows == rows
    assert not list(tmp_path.glob("*damaged*"))
    monkeypatch.setattr(diary, "__version__", "99.0.2")
    day.begin()


@pytest.mark.parametrize(
    ("theirs", "ours", "newer"),
    [
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1.1", False),
        ("0.10.0", "0.9.9", True),
        ("1.0", "0.9.9", True),
        ("0.2.0rc1", "0.1.0", True),
        ("0.1.0.dev3", "0.1.0", False),
    ],
)
def test_versions_are_compared_as_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: str, ours: str, newer: bool
) -> None:
    added(tmp_path, JournalRow(1, "Program", theirs.encode()))
    monkeypatch.setattr(diary, "__version__", ours)
    read: Callable[[], object] = lambda: list(diary.Diary(tmp_path / "journal.db").past())  # noqa: E731
    if newer:
        with pytest.raises(JournalTooNewError):
            read()
    else:
        assert read() == []


def test_each_version_signs_the_journal_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = traded(tmp_path)
    day.again(resume=True)
    monkeypatch.setattr(diary, "__version__", "7.0")
    day.again(resume=True)
    day.again(resume=True)
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection:
        rows = connection.execute("SELECT body FROM journal WHERE kind = 'Program'").fetchall()
    assert [bytes(body) for (body,) in rows] == [b"0.1.0", b"7.0"]


def test_the_trader_says_in_a_file_why_it_refuses(tmp_path: Path) -> None:
    added(tmp_path, JournalRow(1, "Program", b"99.0.1"))
    assert run_trader(TraderOptions(tmp_path, 1, 1, resume=False)) == NO_JOURNAL
    kind, text = refusal_in(tmp_path)
    assert kind == "newer"
    assert "99.0.1" in text
    assert "start the newer program" in text


def test_a_trader_that_does_start_takes_back_what_was_said(tmp_path: Path) -> None:
    added(tmp_path, JournalRow(1, "Program", b"99.0.1"))
    options = TraderOptions(tmp_path, 1, 1, resume=False, idle_s=0)
    assert run_trader(options) == NO_JOURNAL
    (tmp_path / "journal.db").unlink()
    assert run_trader(options) == 0
    assert refusal_in(tmp_path) == ("", "")
