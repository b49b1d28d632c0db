"""Which commands were seen and how they were answered, so that one that is repeated is done once."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from qmtdesk.wire.outbox import Answer
from qmtdesk.wire.talk import Ack

KEPT = 2_000


class CommandBook:
    """The newest commands by id, across attachments; any thread."""

    def __init__(self, done: Iterable[int] = ()) -> None:
        self._guard = Lock()
        self._desks: OrderedDict[int, int] = OrderedDict()
        self._answers: dict[int, Answer] = {number: Ack(number, True, 0) for number in done}
        self._desks.update((number, 0) for number in self._answers)

    def accept(self, desk: int, number: int) -> tuple[bool, Answer | None]:
        """Whether the command is new, and its answer if it was answered before; the answer goes to this desk now."""
        with self._guard:
            new = number not in self._desks
            self._desks[number] = desk
            self._desks.move_to_end(number)
            while len(self._desks) > KEPT:
                oldest, _ = self._desks.popitem(last=False)
                self._answers.pop(oldest, None)
            return new, self._answers.get(number)

    def answered(self, desk: int, answer: Answer, number: int) -> int:
        """Remember the answer; returns the desk that waits for it now, which may have attached anew."""
        with self._guard:
            if number not in self._desks:
                return desk
            self._answers[number] = answer
            return self._desks[number]
