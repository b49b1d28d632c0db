"""Many schedules, one after another or on several processes, and what came of them."""

import logging
import multiprocessing
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from qmtdesk.simulate import broker_acts as b
from qmtdesk.simulate import day_acts as d
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
    (u.answer, 3),
    (u.bad_words, 1),
    (w.seal, 8),
    (u.small_words, 4),
    (u.clear, 4),
    (u.kill, 1),
    (u.lift, 2),
    (u.release, 6),
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
    (d.roll, 3),
    (d.list_put_right, 1),
    (b.account_status, 1),
    (b.strange_counter, 3),
    (b.other_program, 1),
    (b.skewed_clock, 1),
    (b.hung_gateway, 1),
    (b.vanish, 1),
    (b.unloaded, 2),
    (b.slow_list, 3),
    (b.transfer, 1),
    (b.longer_list, 1),
    (b.short_list, 1),
)

ONE_TWICE_IN = 100
TRACES = 1 << 128
PART = 10
# parts under way per process: enough that none waits for a slow one before it
AHEAD = 3
INTERRUPTED = "interrupted"

Part = tuple[int, int, int, str, int]


@dataclass(frozen=True, slots=True)
class Failure:
    """What broke in one schedule, in which beat. `promise` is its number, or the name of what was raised."""

    schedule: Schedule
    promise: str
    text: str
    beat: int = 0


@dataclass(slots=True)
class Totals:
    """The sums over many schedules. `trace` is one number for all that happened in them, in whatever order they ran."""

    schedules: int = 0
    events: int = 0
    orders: int = 0
    fills: int = 0
    on_file: int = 0
    twice: int = 0
    trace: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    cut_short: str = ""
    """Why the run ended before its end, '' when it did not."""

    def add(self, other: "Totals") -> None:
        """Take another part in."""
        self.schedules += other.schedules
        self.events += other.events
        self.orders += other.orders
        self.fills += other.fills
        self.on_file += other.on_file
        self.twice += other.twice
        self.trace = (self.trace + other.trace) % TRACES
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
        return storm, Failure(schedule, type(error).__name__, _raised(error), storm.number)
    finally:
        storm.close()
    return storm, None


def _raised(error: Exception) -> str:
    """The error and where it came from: a story that nobody can tell again has at least that."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error!r} in {last.name} ({Path(last.filename).name}:{last.lineno})"


def told_otherwise(schedule: Schedule, storm: Storm) -> Failure | None:
    """The same schedule once more: what happens must not depend on what was played before."""
    again, _ = play(schedule)
    if again.digest == storm.digest:
        return None
    return Failure(schedule, "determinism", f"determinism: {storm.digest}, then {again.digest}", storm.number)


def play_all(schedules: Iterable[Schedule], *, most_failures: int = 5) -> Totals:
    """Play one after another; stops after so many failures."""
    totals = Totals()
    for schedule in schedules:
        storm, failure = play(schedule)
        twice = schedule.seed % ONE_TWICE_IN == ONE_TWICE_IN // 2
        if twice and failure is None:
            failure = told_otherwise(schedule, storm)
        totals.add(
            Totals(
                schedules=1,
                events=storm.events,
                orders=storm.orders,
                fills=storm.fills,
                on_file=schedule.on_file,
                twice=twice,
                trace=int(storm.digest, 16) % TRACES,
                faults=storm.seen,
                failures=[failure] if failure else [],
            )
        )
        if len(totals.failures) >= most_failures:
            break
    return totals


def _part(first: int, count: int, beats: int, mutant: str, most_failures: int) -> Totals:
    with mutated(mutant):
        return play_all((schedule_of(seed, beats) for seed in range(first, first + count)), most_failures=most_failures)


def run(
    first: int,
    count: int,
    *,
    jobs: int = 1,
    beats: int = 0,
    mutant: str = "",
    most_failures: int = 5,
    tell: Callable[[Totals], None] | None = None,
) -> Totals:
    """Seeds first … first + count - 1; `beats` 0 lets each seed choose its length, `mutant` breaks the program.

    The result does not depend on `jobs`: parts are added up in the order of their seeds until enough has failed.
    `tell` hears the sums so far after each part. Ctrl+C ends the run, and what was done until then counts.
    """
    ends = first + count
    parts = ((at, min(PART, ends - at), beats, mutant, most_failures) for at in range(first, ends, PART))
    totals = Totals()
    results = _played(parts, jobs) if jobs > 1 else (_part(*part) for part in parts)
    try:
        with closing(results):
            for part in results:
                totals.add(part)
                if tell is not None:
                    tell(totals)
                if len(totals.failures) >= most_failures:
                    break
    except KeyboardInterrupt:
        totals.cut_short = INTERRUPTED
    except BrokenProcessPool:
        at = first + totals.schedules
        totals.cut_short = f"a process died while seeds from {at} on were played, at most {jobs * AHEAD * PART} of them"
    return totals


def _played(parts: Iterable[Part], jobs: int) -> Generator[Totals, None, None]:
    """What came of each part, in order; a few parts are under way at a time, so a million schedules take no room."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_ctrl_c_to_the_parent)
    waiting: deque[Future[Totals]] = deque()
    try:
        for part in parts:
            waiting.append(pool.submit(_part, *part))
            if len(waiting) >= jobs * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def caught_by(mutant: str, first: int, count: int) -> Totals:
    """Seeds until the mutant shows, `count` at most."""
    return _part(first, count, 0, mutant, 1)
