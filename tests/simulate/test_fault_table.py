"""The table of faults tells the truth: it is read from the tests, and what it names comes up."""

from pathlib import Path

from fault_table import ROWS, empty, marked, marks_in, table

from qmtdesk.simulate.catalogue import FAULTS, by_row, strangers
from qmtdesk.simulate.schedules import run


def test_the_page_has_sixty_five_rows_and_no_other_is_named() -> None:
    assert len(ROWS) == 65
    assert set(FAULTS) | set(marked()) <= set(ROWS)


def test_a_mark_is_read_from_the_test_it_stands_on(tmp_path: Path) -> None:
    marks = '@pytest.mark.fault("X1", "G2")\n@pytest.mark.long\n'
    text = f"{marks}def test_it() -> None: ...\ndef test_other() -> None: ...\n"
    assert list(marks_in(text)) == [("X1", "test_it"), ("G2", "test_it")]
    assert list(marks_in('pytestmark = [pytest.mark.fault("O7")]\ndef test_it() -> None: ...\n')) == [("O7", "test_it")]
    (tmp_path / "test_some.py").write_text(text, encoding="utf-8")
    assert marked(tmp_path) == {"X1": ("test_some.py::test_it",), "G2": ("test_some.py::test_it",)}


def test_every_fault_of_the_simulator_comes_up_and_has_a_row() -> None:
    totals = run(5_000, 320)
    assert not [f"{f.schedule.seed}: {f.text}" for f in totals.failures]
    assert not strangers(totals.faults)
    assert not [row for row, count in by_row(totals.faults).items() if not count]


def test_every_row_has_something_that_brings_it_about() -> None:
    found = marked()
    assert not empty(found), table(found)
