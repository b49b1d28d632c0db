"""What a long run tells while it goes on: how far it is, how fast, what broke, and when it will end."""

from collections.abc import Callable

EVERY_S = 10.0


class Progress:
    """Tells at most once in ten seconds, so a short run tells nothing. `clock` gives seconds, `say` takes a line."""

    def __init__(self, whole: int, clock: Callable[[], float], say: Callable[[str], None]) -> None:
        self._whole, self._clock, self._say = whole, clock, say
        self._began = self._told = clock()

    def told(self, done: int, violations: int) -> None:
        """So much is done by now."""
        now = self._clock()
        if now - self._told < EVERY_S:
            return
        self._told = now
        rate = done / (now - self._began)
        ends = duration_text((self._whole - done) / rate) if done else "?"
        self._say(f"{done:,} of {self._whole:,} schedules, {rate:.1f} a second, {violations} violations, {ends} to go")


def duration_text(seconds: float) -> str:
    """A time to wait, in the two units that matter."""
    minutes, hours = int(seconds) // 60, int(seconds) // 3_600
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min {int(seconds) % 60} s" if minutes else f"{int(seconds)} s"
