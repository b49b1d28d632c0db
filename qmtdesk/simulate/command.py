"""The command `qmtdesk simulate`: what it prints, and its exit code."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from qmtdesk.simulate.catalogue import by_row
from qmtdesk.simulate.mutants import MUTANTS
from qmtdesk.simulate.schedules import Totals, caught_by, run
from qmtdesk.simulate.shorten import shortened, told

ALL = "all"
MUTANT_SCHEDULES = 400
BROKEN, BAD_WORDS = 1, 2


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked for. `mutant` is one mutant's name, "all" for each in turn, "" for none."""

    schedules: int
    seed: int
    jobs: int
    mutant: str
    beats: int
    as_json: bool


def simulate(words: Words, say: Callable[[str], None]) -> int:
    """0 when every promise held, or when every mutant asked for was caught; 1 otherwise, 2 for a word unknown."""
    if words.mutant not in ("", ALL, *MUTANTS):
        say(f"no such mutant: {words.mutant}\n" + "\n".join(MUTANTS))
        return BAD_WORDS
    if words.mutant:
        return _mutants(words, say)
    started = time.perf_counter()
    totals = run(words.seed, words.schedules, jobs=words.jobs, beats=words.beats)
    figures = _figures(totals, time.perf_counter() - started)
    if words.as_json:
        say(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures, say)
        for failure in totals.failures[:1]:
            say("\n".join(told(shortened(failure))))
    return BROKEN if totals.failures else 0


def _figures(totals: Totals, seconds: float) -> dict[str, object]:
    return {
        "schedules": totals.schedules,
        "on_file": totals.on_file,
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
    for name in names:
        totals = caught_by(name, words.seed, min(words.schedules, MUTANT_SCHEDULES))
        promise = totals.failures[0].promise if totals.failures else ""
        if promise:
            caught[name] = {"schedules": totals.schedules, "promise": promise}
        lines.append(f"{name}: {f'{promise} after {totals.schedules} schedules' if promise else 'NOT CAUGHT'}")
        if totals.failures and len(names) == 1 and not words.as_json:
            lines.append(totals.failures[0].text)
    seconds = round(time.perf_counter() - started, 1)
    if words.as_json:
        say(json.dumps({"mutants": len(names), "mutants_caught": caught, "seconds": seconds}))
    else:
        say("\n".join([*lines, f"{len(caught)} of {len(names)} caught in {seconds} s"]))
    return 0 if len(caught) == len(names) else BROKEN
