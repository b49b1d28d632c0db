"""Codes whose details were missing, old or doubtful: when they are to be asked for again."""

FIRST_MS = 15_000
LONGEST_MS = 240_000


class Again:
    """One pause for all: it grows while nothing is learned, and is short again as soon as something is."""

    def __init__(self) -> None:
        self._codes: frozenset[str] = frozenset()
        self._pause = FIRST_MS
        self._next_at = 0

    def want(self, codes: frozenset[str], now: int) -> None:
        """These and no others are in question."""
        if codes - self._codes:
            self._soon(now)
        self._codes = codes

    def due(self, now: int) -> frozenset[str]:
        """Those to be asked for now; a clock that was set back must not make them wait for hours."""
        return frozenset() if 0 < self._next_at - now <= LONGEST_MS else self._codes

    def asked(self, now: int, *, learned: bool) -> None:
        """They were asked for."""
        if learned:
            self._soon(now)
        else:
            self._pause = min(self._pause * 2, LONGEST_MS)
            self._next_at = now + self._pause

    def _soon(self, now: int) -> None:
        self._pause, self._next_at = FIRST_MS, now + FIRST_MS
