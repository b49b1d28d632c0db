"""The command `qmtdesk simulate`: what it prints, and its exit code."""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qmtdesk.simulate.catalogue import by_row
from qmtdesk.simulate.mutants import MUTANTS, PROMISES
from qmtdesk.simulate.progress import Progress
from qmtdesk.simulate.schedules import INTERRUPTED, Totals, caught_by, run
from qmtdesk.simulate.shorten import shortened, told

ALL = "all"
MUTANT_SCHEDULES = 4_000
BROKEN, BAD_WORDS, STOPPED = 1, 2, 130


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked for. `mutant` is one mutant's name, "all" for each in turn, "" for none."""

    schedules: int
    seed: int
    jobs: int
    mutant: str
    beats: int
    as_json: bool


def simulate(words: Words, say: Callable[[str], None], whisper: Callable[[str], None] = _to_stderr) -> int:
    """0 when every promise held, or when every mutant asked for was caught; 1 otherwise, 2 for a word unknown.

    `whisper` hears how far a long run is. A run that was interrupted says what it did until then, and ends with 130.
    """
    if words.mutant not in ("", ALL, *MUTANTS):
        say(f"no such mutant: {words.mutant}\n" + "\n".join(MUTANTS))
        return BAD_WORDS
    if words.mutant:
        return _mutants(words, say)
    started = time.perf_counter()
    progress = Progress(words.schedules, time.perf_counter, whisper)
    totals = run(
        words.seed,
        words.schedules,
        jobs=words.jobs,
        beats=words.beats,
        tell=lambda so_far: progress.told(so_far.schedules, so_far.failures),
    )
    figures = _figures(totals, time.perf_counter() - started)
    if words.as_json:
        say(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures, say)
        for failure in totals.failures[:1]:
            say("\n".join(told(shortened(failure))))
    if totals.failures or totals.cut_short not in ("", INTERRUPTED):
        return BROKEN
    return STOPPED if totals.cut_short else 0


def _figures(totals: Totals, seconds: float) -> dict[str, object]:
    return {
        "schedules": totals.schedules,
        "cut_short": totals.cut_short,
        "on_file": totals.on_file,
        "twice": totals.twice,
        "trace": f"{totals.trace:032x}",
        "events": totals.events,
        "orders": totals.orders,
        "fills": totals.fills,
        "crashes": totals.faults["crash"],
        "days": totals.schedules + totals.faults["day_roll"],
        "faults": by_row(totals.faults),
        "violations": [
            {
                "seed": f.schedule.seed,
                "promise": f.promise,
                "text": f.text,
                "story": told(shortened(f)) if not n else [],
            }
            for n, f in enumerate(totals.failures)
        ],
        "seconds": round(seconds, 1),
        "schedules_per_second": round(totals.schedules / seconds, 1),
    }


def _show(figures: dict[str, object], say: Callable[[str], None]) -> None:
    for name, value in figures.items():
        match value:
            case dict():
                say(f"{name}: " + " ".join(f"{row} {count}" for row, count in value.items()))
            case list():
                say(f"{name}: {len(value)}")
                for one in value:
                    say(f"  seed {one['seed']} {one['text'][:400]}")
            case _:
                say(f"{name}: {value}")


def _mutants(words: Words, say: Callable[[str], None]) -> int:
    names = tuple(MUTANTS) if words.mutant == ALL else (words.mutant,)
    started, caught, lines = time.perf_counter(), {}, []
    for name, totals in _tried(names, words):
        promise = totals.failures[0].promise if totals.failures else ""
        if promise in MUTANTS[name].noticed_by:
            caught[name] = {"schedules": totals.schedules, "promise": promise}
        seen = f"{promise} after {totals.schedules} schedules" if promise else "NOT CAUGHT"
        lines.append(f"{name}: {seen}" + ("" if name in caught or not promise else ", NOT BY ITS OWN PROMISE"))
        if totals.failures and len(names) == 1 and not words.as_json:
            lines.append(totals.failures[0].text)
    seconds = round(time.perf_counter() - started, 1)
    if words.as_json:
        say(json.dumps({"mutants": len(names), "mutants_caught": caught, "seconds": seconds}))
    else:
        say("\n".join([*lines, *_by_promise(caught), f"{len(caught)} of {len(names)} caught in {seconds} s"]))
    return 0 if len(caught) == len(names) else BROKEN


def _tried(names: Sequence[str], words: Words) -> Iterator[tuple[str, Totals]]:
    """Each mutant with what its schedules came to."""
    most = min(words.schedules, MUTANT_SCHEDULES)
    tries = [(name, words.seed, most) for name in names]
    if words.jobs <= 1 or len(names) == 1:
        yield from ((name, caught_by(*one)) for name, one in zip(names, tries, strict=True))
        return
    with multiprocessing.get_context("spawn").Pool(words.jobs) as pool:
        yield from zip(names, pool.starmap(caught_by, tries, chunksize=1), strict=True)


def _by_promise(caught: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Each promise, what it says, and the mistakes it noticed."""
    lines = []
    for promise, text in PROMISES.items():
        names = [name for name, one in caught.items() if one["promise"] == promise]
        lines.append(f"{promise:11} {text}: {', '.join(names) or '-'}")
    return lines
