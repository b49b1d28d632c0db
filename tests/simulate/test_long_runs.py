"""A run of many schedules: the same whoever plays it, told while it goes on, and honest about where it ended."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys

import pytest

from qmtdesk.simulate import command
from qmtdesk.simulate.command import Words, simulate
from qmtdesk.simulate.progress import Progress, duration_text
from qmtdesk.simulate.schedules import INTERRUPTED, PART, Failure, Totals, run, schedule_of

BEATS = 4


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def after(parts: int, act: object) -> object:
    """Something that happens once, when so many parts are done."""

    def tell(so_far: Totals) -> None:
        if so_far.schedules == parts * PART:
            act()  # type: ignore[operator]

    return tell


def press_ctrl_c() -> None:
    raise KeyboardInterrupt


def test_a_run_comes_to_the_same_sums_on_one_process_and_on_two() -> None:
    one, two = (run(600, 2 * PART + 3, jobs=jobs, beats=BEATS) for jobs in (1, 2))
    assert one == two
    assert one.schedules == 2 * PART + 3
    assert not one.cut_short


TRACES_OF = """
from qmtdesk.simulate.schedules import play
from qmtdesk.simulate.storm import schedule_of
print([play(schedule_of(seed, 4))[0].digest for seed in range(600, 640)])
"""


def test_the_order_of_a_processs_sets_changes_no_story() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", TRACES_OF],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4", "12")
    }
    assert len(told) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_a_run_and_what_was_done_until_then_counts(jobs: int) -> None:
    totals = run(600, 100 * PART, jobs=jobs, beats=BEATS, tell=after(2, press_ctrl_c))  # type: ignore[arg-type]
    assert totals.cut_short == INTERRUPTED
    assert totals.schedules == 2 * PART
    assert totals.trace == run(600, 2 * PART, beats=BEATS).trace
    assert not multiprocessing.active_children()


def test_a_process_that_dies_is_told_with_the_seeds_nobody_knows_the_end_of() -> None:
    def kill_one() -> None:
        child = multiprocessing.active_children()[0]
        os.kill(child.pid or 0, signal.SIGTERM)

    totals = run(600, 100 * PART, jobs=2, beats=BEATS, tell=after(1, kill_one))  # type: ignore[arg-type]
    assert f"seeds from {600 + totals.schedules} on" in totals.cut_short
    assert totals.schedules < 100 * PART
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(("cut_short", "code"), [("", 0), (INTERRUPTED, 130), ("a process died", 1)])
def test_a_run_that_did_not_end_says_so_in_its_figures_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, cut_short: str, code: int
) -> None:
    monkeypatch.setattr(command, "run", lambda *_args, **_more: Totals(schedules=7, cut_short=cut_short))
    said: list[str] = []
    words = Words(schedules=50, seed=0, jobs=1, mutant="", beats=0, as_json=True)
    assert simulate(words, said.append) == code
    figures = json.loads(said[0])
    assert (figures["schedules"], figures["cut_short"]) == (7, cut_short)


def test_a_long_run_tells_how_far_it_is_at_most_every_ten_seconds() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(1_000_000, clock, lines.append)
    broken = [Failure(schedule_of(7), "I2", "sold twice " + "x" * 400)]
    for second in range(1, 26):
        clock.now = 100.0 + second
        progress.told(second * 50, broken)
    # whoever stops the run by force knows the seed all the same
    assert lines.pop(0) == "seed 7: sold twice " + "x" * 289
    assert lines == [
        "500 of 1,000,000 schedules, 50.0 a second, 1 violations, 5 h 33 min to go",
        "1,000 of 1,000,000 schedules, 50.0 a second, 1 violations, 5 h 33 min to go",
    ]


def test_a_short_run_tells_nothing_beside_its_result() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(100, clock, lines.append)
    for done in range(1, 100):
        clock.now = 100.0 + done * 0.09
        progress.told(done, [])
    assert lines == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(7.9, "7 s"), (65, "1 min 5 s"), (3_600, "1 h 0 min"), (100_000, "27 h 46 min")]
)
def test_a_time_to_wait_is_told_in_the_two_units_that_matter(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
