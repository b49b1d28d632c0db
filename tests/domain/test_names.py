import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.names import NameMarks, marks_of


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("", NameMarks()),
        ("浦发银行", NameMarks()),
        ("TCL科技", NameMarks()),
        ("百济神州-U", NameMarks()),
        ("ST中珠", NameMarks(risk_warned=True)),
        ("*ST海润", NameMarks(risk_warned=True)),
        ("SST佳通", NameMarks(risk_warned=True)),
        ("S*ST前锋", NameMarks(risk_warned=True)),
        ("＊ＳＴ海润", NameMarks(risk_warned=True)),
        ("* st 海润", NameMarks(risk_warned=True)),
        ("S佳通", NameMarks(unreformed=True)),
        ("N新股", NameMarks(first_day=True)),
        ("NST新股", NameMarks(first_day=True, risk_warned=True)),
        ("C新股", NameMarks(first_week=True)),
        ("XD浦发银", NameMarks(ex_right=True)),
        ("XDST中珠", NameMarks(risk_warned=True, ex_right=True)),
        ("DR*ST海", NameMarks(risk_warned=True, ex_right=True)),
        ("XRS佳通", NameMarks(unreformed=True, ex_right=True)),
        ("退市海润", NameMarks(leaving=True)),
        ("海润退", NameMarks(leaving=True)),
        ("Z蓝转退", NameMarks(leaving=True, last_day=True)),
        ("Z中装转2", NameMarks(last_day=True)),
    ],
)
def test_the_exchange_marks_are_read_from_the_name(name, marks):
    assert marks_of(name) == marks


@given(st.text(max_size=10))
def test_any_name_is_read_and_never_both_warned_and_plain_s(name):
    marks = marks_of(name)
    assert not (marks.risk_warned and marks.unreformed)
    assert not (marks.first_day and marks.first_week)
