"""A trader left on over a weekend weighs on the fifth evening what it weighed on the first."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="weighed as Linux tells it")

ROOT = Path(__file__).resolve().parents[2]
BY_CODE = (
    "holdings",
    "grids",
    "guards",
    "boards",
    "shadows",
    "blocked",
    "suspended",
    "released",
    "messages_of",
    "quotes",
)
CODES = 7
"""Six, and '' for what concerns them all."""


@pytest.fixture(scope="module")
def evenings(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    whole = ["--whole"] if request.config.getoption("--long") else []
    ran = subprocess.run(
        [sys.executable, "-m", "tests.soak.days", "--days", "5", *whole],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_five_trading_days_have_a_weekend_in_them(evenings: list[dict[str, Any]]) -> None:
    assert [day["day"] for day in evenings] == ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24"]
    assert all(day["fills"] > 50 for day in evenings)


@pytest.mark.fault("X14")
@pytest.mark.fault("X14")
def test_memory_stays_within_a_twentieth_of_the_first_evening(evenings: list[dict[str, Any]]) -> None:
    first = evenings[0]["rss_kb"]
    assert max(day["rss_kb"] for day in evenings) < first * 1.05, [day["rss_kb"] for day in evenings]


def test_no_file_stays_open(evenings: list[dict[str, Any]]) -> None:
    assert {day["handles"] for day in evenings} == {evenings[0]["handles"]}


def test_nothing_of_another_day_is_kept_in_the_state(evenings: list[dict[str, Any]]) -> None:
    assert [day["other_days"] for day in evenings] == [0] * 5
    for day in evenings:
        assert all(day["state"][name] <= CODES for name in BY_CODE), day
        assert day["state"]["lines"] <= 500
        assert day["state"]["refs"] <= day["state"]["orders"]


def test_what_desks_are_shown_does_not_pile_up(evenings: list[dict[str, Any]]) -> None:
    # twice an order and a trade, in what is compared and in what a new desk is told, and the newest lines
    for day in evenings:
        assert day["rows_shown"] < 2 * (day["orders"] + day["fills"]) + 1_200, day


def test_the_journal_grows_with_what_was_traded_and_no_faster(evenings: list[dict[str, Any]]) -> None:
    for day in evenings:
        assert day["journal_rows"] < 9 * day["orders"] + 500, day
