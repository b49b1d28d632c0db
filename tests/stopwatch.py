"""How long something took, without the time in which a shared computer let this process stand still."""

import threading
import time
from types import TracebackType

STEP_S = 0.01
LONGEST_S = 0.05
"""What one step counts for at the most: a longer one is a computer that was busy elsewhere, not work of ours."""


class Stopwatch:
    """Measures its `with` block in `seconds`; inside they can be read already, to a step.

    A thread counts beside it. Whatever waits, computes in Python or blocks in a call of the system lets it count on;
    a process that is stopped does not. So a limit holds on a computer that stalls, and what is too slow still fails.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._at = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count, name="stopwatch", daemon=True)

    def __enter__(self) -> "Stopwatch":  # noqa: PYI034 - typing.Self is 3.11
        self._at = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._note()

    def _count(self) -> None:
        while not self._over.wait(STEP_S):
            self._note()

    def _note(self) -> None:
        now = time.monotonic()
        self.seconds += min(now - self._at, LONGEST_S)
        self._at = now
