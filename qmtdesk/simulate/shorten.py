"""A failing story cut down to what it needs."""

from collections.abc import Callable

from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.schedules import Failure, play
from qmtdesk.simulate.storm import Schedule

TRIES = 300
DETERMINISM = "determinism"
Numbers = tuple[int, ...]


def shortened(failure: Failure, tries: int = TRIES) -> Failure:
    """The same promise broken by less: first what is done is left out, greedily, then the time in which it passed."""
    whole = failure.schedule
    if failure.promise == DETERMINISM:
        # only playing all of it twice shows it
        return failure
    asked = tuple(range(whole.beats)) if whole.keep is None else whole.keep
    # nothing after the beat that broke can have mattered, unless it broke at rest
    best = _retry(failure, replace(whole, beats=min(whole.beats, failure.beat + 1))) or failure
    best, kept, tries = _fewer(best, asked, tries, lambda story, keep: replace(story, keep=keep))
    quiet = tuple(n for n in range(best.schedule.beats) if n not in kept)
    everything = frozenset(quiet)
    best, _, _ = _fewer(best, quiet, tries, lambda story, stay: replace(story, gone=everything - frozenset(stay)))
    return best


def _retry(failure: Failure, schedule: Schedule) -> Failure | None:
    """The failure of a changed story, None when another promise breaks in it or none."""
    _, again = play(schedule)
    return again if again is not None and again.promise == failure.promise else None


def _fewer(
    best: Failure, numbers: Numbers, tries: int, cut: Callable[[Schedule, Numbers], Schedule]
) -> tuple[Failure, Numbers, int]:
    """Pieces from half of the numbers down to one of them are left out, the later ones first, while it still breaks."""
    size = max(1, len(numbers) // 2)
    while size and tries > 0:
        end = len(numbers)
        while end > 0 and tries > 0:
            rest = numbers[: max(0, end - size)] + numbers[end:]
            tries -= 1
            again = _retry(best, cut(best.schedule, rest))
            if again is not None:
                best, numbers = again, rest
            end -= size
        size //= 2
    return best, numbers, tries


def told(failure: Failure) -> list[str]:
    """The failure as a story: one line for each thing done and each message that left the program."""
    schedule = failure.schedule
    storm, again = play(schedule, aloud=True)
    done = schedule.beats if schedule.keep is None else len(schedule.keep)
    beats = schedule.beats - len(schedule.gone)
    head = f"seed {schedule.seed}: {done} acts in {beats} beats" + (", a human beside it" if schedule.foreign else "")
    return [head, *(storm.lines or ()), f"broken: {(again or failure).text}"]
