"""The table of faults tells the truth: what it names exists, comes up, and what is missing is said."""

from pathlib import Path

import pytest
from fault_table import NONE_YET, ROWS, TESTS, table

from qmtdesk.simulate.catalogue import FAULTS, by_row, strangers
from qmtdesk.simulate.schedules import run

TESTS_FOLDER = Path(__file__).resolve().parents[1]


def test_the_page_has_sixty_five_rows_and_no_other_is_named() -> None:
    assert len(ROWS) == 65
    assert set(FAULTS) | set(TESTS) <= set(ROWS)


@pytest.mark.parametrize("name", sorted({name for names in TESTS.values() for name in names}))
def test_every_test_it_names_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    text = (TESTS_FOLDER / file).read_text(encoding="utf-8")
    assert f"def {test}(" in text if test else "def test_" in text


def test_every_fault_of_the_simulator_comes_up_and_has_a_row() -> None:
    totals = run(5_000, 120)
    assert not [f"{f.schedule.seed}: {f.text}" for f in totals.failures]
    assert not strangers(totals.faults)
    assert not [row for row, count in by_row(totals.faults).items() if not count]


def test_what_nothing_brings_about_yet_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{table()}\n{len(ROWS) - len(NONE_YET)} of {len(ROWS)}; none yet: {' '.join(NONE_YET)}")  # noqa: T201
    assert set(NONE_YET) <= {
        *("G7", "G16", "G17", "G18", "G21", "G24"),
        *("X8", "X10", "X14", "X16", "O7", "O10", "O13", "O14"),
    }
