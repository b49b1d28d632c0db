"""Traders forked and killed by the hundred beside a broker that lives on, in the short form of `tests.kills.run`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

if os.name == "nt":
    pytest.skip("forks", allow_module_level=True)

from crash_points import MISTAKES

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> tuple[int, str]:
    """The command as a user gives it: a process without the threads of a test runner may fork."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.kills.run", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert not ran.stderr, ran.stderr
    return ran.returncode, ran.stdout


def figure(text: str, what: str) -> int:
    """One figure of the last line."""
    found = re.search(rf"([\d,]+) {what}", text.splitlines()[-1])
    assert found is not None, text
    return int(found[1].replace(",", ""))


@pytest.mark.fault("X1")
def test_hundreds_of_kills_double_nothing_and_lose_nothing(long_run: bool) -> None:
    count = 10_000 if long_run else 200
    code, text = run("--kills", str(count), "--seed", "11", "--jobs", "2")
    assert code == 0, text
    assert figure(text, "kills") == count
    assert figure(text, "reconciled starts") > count // 4
    assert figure(text, "orders") > count
    assert figure(text, "trades") > count


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_trader_is_found(mistake: str) -> None:
    code, text = run("--kills", "150", "--seed", "2", "--jobs", "1", "--mistake", mistake)
    assert code == 1, text
    assert figure(text, "violations") > 0


@pytest.mark.fault("X2")
def test_torn_zeroed_garbled_and_flipped_journals_open_clean_or_are_set_aside(long_run: bool) -> None:
    count = 10_000 if long_run else 300
    code, text = run("--tails", str(count), "--seed", "4", "--jobs", "2")
    assert code == 0, text
    assert figure(text, "tails") == count
    assert figure(text, "set aside") > 0
    assert figure(text, "whole starts") >= count // 4
