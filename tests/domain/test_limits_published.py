"""Our limits against every published and observed one."""

import csv
import gzip
from datetime import date

import pytest

from qmtdesk.domain.limits import price_limits
from qmtdesk.domain.money import parse_price


@pytest.fixture(scope="module")
def rows(shared_data):
    with gzip.open(shared_data / "limits_public.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] != "near_miss"]


def ours(row):
    return price_limits(
        row["code"],
        parse_price(row["pre_close"]),
        date.fromisoformat(row["date"]),
        row["name"] or ("ST" if row["st"] == "1" else ""),
        first_day=row["board"] == "cb_first_day",
    )


def test_every_row_agrees(rows):
    assert len(rows) == 8242
    for row in rows:
        up, down = ours(row)
        told = row["limit_up"] or row["limit_down"]
        assert told, f"nothing to compare in {row}"
        assert row["limit_up"] == "" or parse_price(row["limit_up"]) == up, row
        assert row["limit_down"] == "" or parse_price(row["limit_down"]) == down, row


def test_no_price_of_those_days_lies_beyond_the_limits(rows):
    for row in rows:
        up, down = ours(row)
        assert row["high"] == "" or parse_price(row["high"]) <= up, row
        assert row["low"] == "" or parse_price(row["low"]) >= down, row


def test_on_an_ex_right_day_the_base_is_the_exchanges_and_not_yesterdays_close(shared_data):
    with (shared_data / "limits_exright.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    for row in rows:
        code, day = row["code"], date.fromisoformat(row["date"])
        published = parse_price(row["limit_up"]), parse_price(row["limit_down"])
        yesterday = parse_price(row["yesterday_close"])
        assert price_limits(code, yesterday, day) != published
        # the reference price itself is not in the file: it is whatever explains both published limits at once
        bases = [base for base in range(10, yesterday, 10) if price_limits(code, base, day) == published]
        assert bases, row
        assert max(bases) - min(bases) <= 40, row
