"""The files xtquant leaves in the terminal's folder for each session number: 75 MB every time, and it removes none."""

import logging
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from qmtdesk.wire.inside import inside

log = logging.getLogger("qmtdesk.trader")

PARTS = (("", "lock_"), ("up_", "down_"), ("queue_win_", "queue_"))
ENDS = ("", "__mutex")


class QueueFiles:
    """Of the numbers this run used and closed itself; files of any other number are somebody else's. For one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closed: set[int] = set()
        self._told: set[int] = set()

    def closed(self, number: int) -> None:
        """The session of this number was stopped; it may still be taken once more."""
        self._closed.add(number)

    def take(self, number: int) -> None:
        """A session of this number is about to be made: what those before it left is of no more use to anybody."""
        self._closed.discard(number)
        for old in sorted(self._closed):
            if self._removed(old):
                self._closed.discard(old)

    def _removed(self, number: int) -> bool:
        try:
            for name in _names(number):
                inside(self._folder, name).unlink(missing_ok=True)
        except OSError as error:
            # the terminal may hold them for a while; they are tried again with the next number
            if number not in self._told:
                self._told.add(number)
                log.info(
                    "QMT: files of session %d stay: %s",
                    number,
                    error.strerror or type(error).__name__,
                )
            return False
        return True


def _names(number: int) -> Iterator[str]:
    for start in product(*PARTS):
        for end in ENDS:
            yield f"{''.join(start)}{number}{end}"
