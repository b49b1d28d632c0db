"""The rows every desk should have, kept beside the decision thread so that a snapshot never waits for it."""

from collections.abc import Sequence
from threading import Lock

from qmtdesk.wire.outbox import Change
from qmtdesk.wire.rows import AnyRow, EventRow, QuoteRow, key_of
from qmtdesk.wire.talk import Gone


class Mirror:
    """Apply before publishing; `snapshot` may be called from any thread at any time and is of one moment."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._seq = 0
        self._rows: dict[tuple[int, str], AnyRow] = {}

    def apply(self, changes: Sequence[Change], quotes: Sequence[QuoteRow]) -> None:
        """Put the newest rows in, take the gone ones out."""
        with self._guard:
            for seq, change in changes:
                self._seq = seq
                if isinstance(change, Gone):
                    self._rows.pop((change.table, change.key), None)
                else:
                    self._rows[tag_of(change), key_of(change)] = change
            for quote in quotes:
                self._rows[QUOTES, quote.code] = quote

    def forget_lines(self) -> None:
        """Another day: a desk that comes now is told today's log, and yesterday's weighs on nobody."""
        with self._guard:
            self._rows = {key: row for key, row in self._rows.items() if not isinstance(row, EventRow)}

    def snapshot(self) -> tuple[int, list[AnyRow]]:
        """The newest change's number and every row as of it."""
        with self._guard:
            return self._seq, list(self._rows.values())


def tag_of(row: AnyRow) -> int:
    """The number of a row's table, as `Gone.table` names it."""
    tag = row.__struct_config__.tag
    if not isinstance(tag, int):
        raise TypeError(f"{type(row).__name__} is no row with a table")
    return tag


QUOTES = 1
