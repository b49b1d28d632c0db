"""What a desk asked for and was not answered yet; kept over a lost connection and asked again under the same id."""

import secrets
from threading import Lock
from time import monotonic_ns

import msgspec

from qmtdesk.wire.talk import Body, Command

LATE_MS = 10_000
"""So long a wish that depends on its moment may be on its way.

A trader that fell is back within two seconds; one that reads its journal, or was frozen, is not.
"""


class _Asked(msgspec.Struct):
    """One request: its body and when the user asked, in ms of `Command.asked`."""

    body: Body
    at: int


class Requests:
    """Open requests in the order they were made; any thread. Ids are unlike those of every other desk's run."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._next = secrets.randbits(40) << 20
        self._open: dict[int, _Asked] = {}
        self._unsent: list[int] = []

    def add(self, body: Body) -> int:
        """A new request, to be sent; returns its id."""
        with self._guard:
            self._next += 1
            self._open[self._next] = _Asked(body, monotonic_ns() // 1_000_000)
            self._unsent.append(self._next)
            return self._next

    def done(self, number: int) -> None:
        """It was answered."""
        with self._guard:
            self._open.pop(number, None)

    def send_again(self) -> None:
        """The line is new: everything without an answer is to be sent, oldest first."""
        with self._guard:
            self._unsent = list(self._open)

    def take(self) -> list[Command]:
        """What is to be sent. A trader that comes late sees how old each is, and says no to what was for its moment."""
        with self._guard:
            numbers, self._unsent = self._unsent, []
            asked = [(number, self._open[number]) for number in numbers if number in self._open]
        return [Command(number, each.at, each.body) for number, each in asked]

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return bool(self._unsent)
