"""What one desk has yet to be told: filled by the decision thread, emptied by the desk's own writer thread."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition

from qmtdesk.wire.bond_talk import BondListAnswer
from qmtdesk.wire.clear_talk import ClearList
from qmtdesk.wire.rows import AnyRow, QuoteRow
from qmtdesk.wire.talk import Ack, Beat, Gone, GridPreview, GuardPreview, Raise, Refuse, Series

CHANGES = 20_000
ANSWERS = 10_000
FRAME_S = 0.033

Change = tuple[int, AnyRow | Gone]
Answer = Ack | Series | GridPreview | GuardPreview | BondListAnswer | ClearList | Raise | Refuse


@dataclass(frozen=True, slots=True)
class Load:
    """What a writer takes away at once. `snapshot`: the desk needs everything first."""

    snapshot: bool
    changes: Sequence[Change]
    quotes: Sequence[QuoteRow]
    answers: Sequence[Answer]
    beat: Beat | None


class Outbox:
    """Bounded whatever the desk does: quotes by code, changes by a limit beyond which a snapshot takes their place.

    Putting is cheap and never waits for the desk; taking is for one thread.
    """

    def __init__(self, limit: int = CHANGES) -> None:
        self._limit = limit
        self._news = Condition()
        self._waiting = ""  # what the writer sleeps for: '' awake | any | urgent
        self._snapshot = True
        self._changes: deque[Change] = deque()
        self._quotes: dict[str, QuoteRow] = {}
        self._answers: list[Answer] = []
        self._beat: Beat | None = None
        self._closed = False
        self._finishing = False

    def put(self, changes: Sequence[Change], quotes: Sequence[QuoteRow]) -> None:
        """Numbered changes in order, and quotes of which only the newest per code will be told."""
        with self._news:
            if len(self._changes) + len(changes) > self._limit:
                self._changes.clear()
                self._snapshot = True
            else:
                self._changes.extend(changes)
            for quote in quotes:
                self._quotes[quote.code] = quote
            self._wake(urgent=bool(changes))

    def answer(self, message: Answer) -> None:
        """A message that is told once, after the changes that are here already."""
        with self._news:
            self._answers.append(message)
            if len(self._answers) > ANSWERS:
                self._closed = True
            self._wake(urgent=True)

    def beat(self, beat: Beat) -> None:
        """The newest sign of life; it takes an untold one's place."""
        with self._news:
            self._beat = beat
            self._wake(urgent=False)

    def ask_snapshot(self) -> None:
        """Tell everything again, next."""
        with self._news:
            self._snapshot = True
            self._wake(urgent=True)

    def close(self) -> None:
        """Let the writer go."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def finish(self, message: Answer) -> None:
        """Let the writer go once it has told this and what came before."""
        with self._news:
            self._answers.append(message)
            self._finishing = True
            self._news.notify_all()

    def take(self) -> Load | None:
        """Wait until there is something and take all of it; None when closed."""
        with self._news:
            self._sleep_for("any", None)
            if self._closed or not self._due("any"):
                return None
            load = Load(self._snapshot, self._changes, tuple(self._quotes.values()), self._answers, self._beat)
            self._snapshot, self._beat = False, None
            self._changes, self._quotes, self._answers = deque(), {}, []
            return load

    def rest(self, seconds: float = FRAME_S) -> None:
        """Let quotes gather for a frame; a change, an answer or a snapshot asked for ends the rest."""
        with self._news:
            self._sleep_for("urgent", seconds)

    def _sleep_for(self, what: str, seconds: float | None) -> None:
        self._waiting = what
        self._news.wait_for(lambda: self._closed or self._finishing or self._due(what), seconds)
        self._waiting = ""

    def _due(self, what: str) -> bool:
        urgent = bool(self._snapshot or self._changes or self._answers)
        return urgent if what == "urgent" else bool(urgent or self._quotes or self._beat)

    def _wake(self, *, urgent: bool) -> None:
        # a quote during a frame wakes nobody: waking is what would cost the decision thread its time
        if self._closed or self._waiting == "any" or (urgent and self._waiting == "urgent"):
            self._news.notify_all()
