"""Many schedules, one after another or on several processes, and what came of them."""

import logging
import multiprocessing
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from qmtdesk.simulate import user_acts as u
from qmtdesk.simulate import world_acts as w
from qmtdesk.simulate.checked_day import BrokenError
from qmtdesk.simulate.mutants import mutated
from qmtdesk.simulate.storm import Act, Schedule, Storm, schedule_of

ACTS: tuple[tuple[Act, int], ...] = (
    (w.walk, 55),
    (u.arm_grid, 14),
    (u.disarm_grid, 6),
    (u.arm_guard, 6),
    (u.disarm_guard, 1),
    (w.seal, 6),
    (u.small_words, 4),
    (u.kill, 1),
    (u.lift, 2),
    (u.release, 2),
    (u.cancel_one, 3),
    (u.decide, 1),
    (u.by_hand, 4),
    (u.cancel_by_hand, 2),
    (u.take_away, 1),
    (w.link, 2),
    (w.flap, 1),
    (w.long_outage, 1),
    (w.silent_death, 1),
    (w.stale_error, 1),
    (w.refused_everything, 1),
    (w.freeze, 1),
    (w.bad_tick, 1),
    (w.old_tick, 1),
    (w.burst, 1),
    (w.crash, 4),
    (w.disk_full, 1),
    (w.disk_lies, 1),
    (w.sleep, 1),
    (w.weather, 6),
    (w.roll, 3),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What broke in one schedule, in which beat. `promise` is its number, or the name of what was raised."""

    schedule: Schedule
    promise: str
    text: str
    beat: int = 0


@dataclass(slots=True)
class Totals:
    """The sums over many schedules."""

    schedules: int = 0
    events: int = 0
    orders: int = 0
    fills: int = 0
    on_file: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Totals") -> None:
        """Take another part in."""
        self.schedules += other.schedules
        self.events += other.events
        self.orders += other.orders
        self.fills += other.fills
        self.on_file += other.on_file
        self.faults += other.faults
        self.failures += other.failures


def play(schedule: Schedule, *, aloud: bool = False) -> tuple[Storm, Failure | None]:
    """One schedule to its end or to what broke. `aloud`: the storm keeps its story in `lines`."""
    logging.getLogger("qmtdesk.trader").setLevel(logging.CRITICAL + 1)
    storm = Storm(schedule, ACTS)
    if aloud:
        storm.lines = []
    try:
        storm.run()
    except BrokenError as error:
        return storm, Failure(schedule, error.promise, str(error), storm.number)
    except Exception as error:  # noqa: BLE001 - whatever the program raises is what the simulation is after
        return storm, Failure(schedule, type(error).__name__, repr(error), storm.number)
    finally:
        storm.close()
    return storm, None


def play_all(schedules: Iterable[Schedule], *, most_failures: int = 5) -> Totals:
    """Play one after another; stops after so many failures."""
    totals = Totals()
    for schedule in schedules:
        storm, failure = play(schedule)
        totals.add(
            Totals(
                1, storm.events, storm.orders, storm.fills, schedule.on_file, storm.seen, [failure] if failure else []
            )
        )
        if len(totals.failures) >= most_failures:
            break
    return totals


def _part(first: int, count: int, beats: int, mutant: str, most_failures: int) -> Totals:
    with mutated(mutant):
        return play_all((schedule_of(seed, beats) for seed in range(first, first + count)), most_failures=most_failures)


def run(first: int, count: int, *, jobs: int = 1, beats: int = 0, mutant: str = "", most_failures: int = 5) -> Totals:
    """Seeds first … first + count - 1; `beats` 0 lets each seed choose its length, `mutant` breaks the program."""
    if jobs <= 1:
        return _part(first, count, beats, mutant, most_failures)
    size = max(1, min(200, -(-count // jobs)))
    starts = range(first, first + count, size)
    parts = [(at, min(size, first + count - at), beats, mutant, most_failures) for at in starts]
    totals = Totals()
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for part in pool.starmap(_part, parts, chunksize=1):
            totals.add(part)
    return totals


def caught_by(mutant: str, first: int, count: int) -> Totals:
    """Seeds until the mutant shows, `count` at most."""
    return _part(first, count, 0, mutant, 1)
