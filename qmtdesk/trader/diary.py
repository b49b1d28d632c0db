"""The journal as the decision loop uses it: records in, records out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from qmtdesk.engine.records import Record, decode, encode
from qmtdesk.store.journal import JournalRow, open_or_set_aside

COMMAND = "CommandDone"


class Diary:
    """One data folder's journal of records. Used by the decision thread only."""

    def __init__(self, path: Path) -> None:
        self._journal, self.set_aside = open_or_set_aside(path)
        self.commands: list[int] = []

    def past(self) -> Iterator[Record]:
        """Every record ever written, oldest first; ids of commands carried out are kept in `commands`."""
        for row in self._journal.read():
            if row.kind == COMMAND:
                self.commands.append(int(row.body))
            else:
                yield decode(row.kind, row.body)

    def write(self, at: int, records: Sequence[Record], *, command: int = 0, durable: bool) -> None:
        """Write what one event led to, all or nothing. JournalError: nothing of it may be acted on."""
        rows = [JournalRow(at, *encode(record)) for record in records]
        if command:
            rows.append(JournalRow(at, COMMAND, str(command).encode()))
        if rows:
            self._journal.append(rows, durable=durable)

    def close(self) -> None:
        """Close the file."""
        self._journal.close()
