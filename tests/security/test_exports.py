"""A table that is exported is data to a spreadsheet, whatever stands in its cells."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.brush.csv_text import as_csv, safe

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋cmd", "－x", "＠x", "|calc", "%x")


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", ["", " ", "  ", '"', "'", "\u3000", "\ufeff", "\u00a0"])
def test_no_cell_begins_like_a_formula(formula: str, before: str) -> None:
    assert safe(before + formula).startswith("'")


@pytest.mark.parametrize("number", ["-1", "+3.5", "1,234.50", "-12.5%", "0"])
def test_a_number_stays_a_number(number: str) -> None:
    assert safe(number) == number.replace(",", "")


@given(st.lists(st.lists(st.text(), min_size=1, max_size=4), max_size=5))
def test_every_cell_comes_back_and_none_of_them_is_active(rows: list[list[str]]) -> None:
    text = as_csv(["a"], rows)
    back = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(back) == len(rows)
    assert [row or [""] for row in back] == [[safe(cell) for cell in row] for row in rows]
    for row in back:
        for cell in row:
            begin = cell.lstrip(' \u3000\u00a0\ufeff"')
            assert not begin.startswith(("=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|"))
            assert not begin.startswith(("+", "-")) or begin[1:].replace(".", "").rstrip("%").isdecimal()
