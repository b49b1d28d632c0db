"""What a desk asked for and was not answered yet; kept over a lost connection and asked again under the same id."""

import secrets
from threading import Lock

import msgspec

from qmtdesk.wire.talk import Body, Command


class _Asked(msgspec.Struct):
    """One request: its body, the trader and the change the desk had seen when the user asked."""

    body: Body
    boot: str
    seen: int


class Requests:
    """Open requests in the order they were made; any thread. Ids are unlike those of every other desk's run."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._next = secrets.randbits(40) << 20
        self._open: dict[int, _Asked] = {}
        self._unsent: list[int] = []

    def add(self, body: Body, boot: str, seen: int) -> int:
        """A new request, to be sent; returns its id."""
        with self._guard:
            self._next += 1
            self._open[self._next] = _Asked(body, boot, seen)
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

    def take(self, boot: str) -> list[Command]:
        """What is to be sent to the trader of that boot; of what the desk saw of another one it knows nothing: 0."""
        with self._guard:
            numbers, self._unsent = self._unsent, []
            asked = [(number, self._open[number]) for number in numbers if number in self._open]
        return [Command(number, max(0, each.seen) if each.boot == boot else 0, each.body) for number, each in asked]

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return bool(self._unsent)
