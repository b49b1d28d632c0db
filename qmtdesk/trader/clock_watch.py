"""Notices time that is not accounted for: a sleeping computer, a process that stood still, a clock that was set."""

NS = 1_000_000


class ClockWatch:
    """Compares the wall clock with steady time between two looks. The decision thread looks many times a second.

    `set_back`: the wall clock was once seen to go back, so a stamp of before may be of a time still to come.
    """

    def __init__(self, wall_ns: int, steady_ns: int) -> None:
        self._wall = wall_ns
        self._steady = steady_ns
        self.set_back = False

    def gap_ms(self, wall_ns: int, steady_ns: int) -> int:
        """The time since the last look that nobody can account for, in ms; small numbers are ordinary.

        Steady time that passed between two looks is a process that stood still; wall time that did not pass with it
        is a computer that slept, or a clock that was set forward or back.
        """
        steady, wall = steady_ns - self._steady, wall_ns - self._wall
        self._wall, self._steady = wall_ns, steady_ns
        self.set_back = self.set_back or wall < 0
        return max(steady, abs(wall - steady)) // NS
