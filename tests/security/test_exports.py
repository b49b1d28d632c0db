"""A table that is exported is data to a spreadsheet, whatever stands in its cells."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.brush.csv_text import as_csv, as_line, plain, safe
from qmtdesk.wire.redact import redact

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


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_is_pasted_is_no_formula_either(formula: str) -> None:
    for cell in as_line(["a", formula, "-1.5"]).split("\t"):
        assert not cell.lstrip(' \u3000\u00a0\ufeff"').startswith(("=", "+", "@", "＝", "＋", "－", "＠", "|", "%"))
    assert as_line(["-1.5", "x"]) == "-1.5\tx"


@pytest.mark.parametrize(
    "odd", ["+", "-", "+,", "-%", "１２", "+１", "-١", "1,2", "+1+1", "-1-1", "1e5", "+1e5", "--1"]
)
def test_what_only_looks_like_a_number_is_a_text(odd: str) -> None:
    shown = safe(odd)
    assert shown == (f"'{odd}" if odd[0] in "+-" else odd)


def unsafe(cell: str) -> str:
    """What a reader makes of an exported cell: the apostrophe is the spreadsheet's sign for text."""
    rest = cell[1:].lstrip(" \u3000\u00a0\ufeff\"'")
    risky = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
    return cell[1:] if cell.startswith("'") and rest.startswith(risky) else cell


@given(st.text(max_size=40))
def test_a_text_cell_comes_back_as_it_was(words: str) -> None:
    back = next(csv.reader(io.StringIO(as_csv([words], []), newline="")), [""])[:1] or [""]
    assert unsafe(back[0]) in (redact(plain(words)), plain(words).replace(",", ""))


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_every_figure_of_ours_comes_back_as_that_number(value: int, places: int) -> None:
    told = f"{value:,}" if not places else f"{value / 10**places:,.{places}f}"
    assert float(safe(told.replace("-", "\u2212"))) == pytest.approx(value / 10**places)
