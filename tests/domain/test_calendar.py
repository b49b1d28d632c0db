import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.calendar import (
    KNOWN_FROM,
    KNOWN_UNTIL,
    calendar_known,
    is_trading_day,
    next_trading_day,
    previous_trading_day,
    trading_days_between,
)

days = st.dates(date(2014, 6, 1), date(2028, 1, 1))


def test_the_bundled_calendar_is_the_published_one(shared_data):
    with (shared_data / "sse_szse_trading_days_2015_2026.csv").open(encoding="utf-8", newline="") as file:
        published = {date.fromisoformat(row["trading_day"]) for row in csv.DictReader(file)}
    known = [KNOWN_FROM + timedelta(days=n) for n in range((KNOWN_UNTIL - KNOWN_FROM).days + 1)]
    assert known[0] == date(2015, 1, 1)
    assert known[-1] == date(2026, 12, 31)
    assert {day for day in known if is_trading_day(day)} == published


@pytest.mark.parametrize(
    ("day", "trades"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), False),  # a Saturday worked in offices
        (date(2026, 2, 23), False),
        (date(2026, 12, 31), True),
    ],
)
def test_holidays_and_weekends_are_closed(day, trades):
    assert is_trading_day(day) is trades


def test_past_its_end_weekdays_count_and_the_calendar_says_it_does_not_know():
    assert calendar_known(KNOWN_UNTIL)
    assert calendar_known(KNOWN_FROM)
    assert not calendar_known(date(2027, 1, 1))
    assert not calendar_known(date(2014, 12, 31))
    assert is_trading_day(date(2027, 1, 1))
    assert not is_trading_day(date(2027, 1, 2))


def test_neighbours_skip_long_holidays():
    assert next_trading_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert previous_trading_day(date(2026, 10, 8)) == date(2026, 9, 30)
    assert next_trading_day(date(2026, 10, 3)) == date(2026, 10, 8)
    assert previous_trading_day(date(2026, 10, 3)) == date(2026, 9, 30)


@given(days)
def test_nothing_trades_between_neighbours(day):
    after, before = next_trading_day(day), previous_trading_day(day)
    assert before < day < after
    assert is_trading_day(after)
    assert is_trading_day(before)
    assert trading_days_between(day, after) == 1
    assert trading_days_between(before, after) == 1 + is_trading_day(day)
    assert not any(is_trading_day(day + timedelta(days=n)) for n in range(1, (after - day).days))


@given(days, days, days)
def test_counts_of_trading_days_add_up(a, b, c):
    assert trading_days_between(a, a) == 0
    assert trading_days_between(a, b) == -trading_days_between(b, a)
    assert trading_days_between(a, b) + trading_days_between(b, c) == trading_days_between(a, c)
