"""What a long run tells while it goes on: how far it is, how fast, what broke, and when it will end."""

from collections.abc import Callable, Sequence
from typing import Protocol

EVERY_S = 10.0


MOST_TEXT = 300
"""Letters of what broke that are told at once; the end of the run tells it whole."""


class Seeded(Protocol):
    """A schedule, by the number that plays it again."""

    @property
    def seed(self) -> int:
        """The number."""


class Broken(Protocol):
    """What broke in one schedule."""

    @property
    def schedule(self) -> Seeded:
        """Where."""

    @property
    def text(self) -> str:
        """What."""


class Progress:
    """Each break at once, how far it is at most once in ten seconds. `clock` gives seconds, `say` takes a line."""

    def __init__(self, whole: int, clock: Callable[[], float], say: Callable[[str], None]) -> None:
        self._whole, self._clock, self._say = whole, clock, say
        self._began = self._told = clock()
        self._broken = 0

    def told(self, done: int, failures: Sequence[Broken]) -> None:
        """So much is done by now, and all this broke; whoever stops the run by force has the seeds all the same."""
        for failure in failures[self._broken :]:
            self._say(f"seed {failure.schedule.seed}: {failure.text[:MOST_TEXT]}")
        self._broken = len(failures)
        now = self._clock()
        if now - self._told < EVERY_S:
            return
        self._told = now
        rate = done / (now - self._began)
        ends = duration_text((self._whole - done) / rate) if done else "?"
        so_far = f"{done:,} of {self._whole:,} schedules"
        self._say(f"{so_far}, {rate:.1f} a second, {len(failures)} violations, {ends} to go")


def duration_text(seconds: float) -> str:
    """A time to wait, in the two units that matter."""
    minutes, hours = int(seconds) // 60, int(seconds) // 3_600
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {int(seconds) % 60} s" if minutes else f"{int(seconds)} s"
