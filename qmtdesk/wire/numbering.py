"""Puts a trader's pages and batches in order, so that the desk sees each change once or starts afresh."""

import msgspec

from qmtdesk.wire.rows import AnyRow, QuoteRow
from qmtdesk.wire.talk import Batch, Page


class Snapshot(msgspec.Struct, frozen=True):
    """Everything there is as of change `seq`; whatever the desk had before is void."""

    boot: str
    seq: int
    rows: tuple[AnyRow, ...]


class Numbering:
    """One attachment's numbers. `have` is the newest change the desk has, -1 before its first snapshot."""

    def __init__(self) -> None:
        self.have = -1
        self._pages: list[AnyRow] | None = None
        self._missed = False
        self._asked = False

    @property
    def resync_due(self) -> bool:
        """Whether something was missed and nobody asked for a snapshot yet; asking is then the caller's."""
        if self._asked or not self._missed:
            return False
        self._asked = True
        return True

    def page(self, page: Page) -> Snapshot | None:
        """The snapshot that this page completes."""
        if page.first:
            self._pages = []
        if self._pages is None:
            return None
        self._pages.extend(page.rows)
        if not page.last:
            return None
        rows, self._pages = tuple(self._pages), None
        self.have, self._missed, self._asked = page.seq, False, False
        return Snapshot(page.boot, page.seq, rows)

    def batch(self, batch: Batch) -> Batch | None:
        """What of the batch's changes is new and in order, None when nothing is; its quotes are the caller's."""
        if not batch.changes or self.have < 0 or self._missed:
            return None
        if batch.first > self.have + 1:
            self._missed = True
            return None
        changes = batch.changes[self.have + 1 - batch.first :]
        if not changes:
            return None
        first, self.have = self.have + 1, self.have + len(changes)
        return Batch(batch.boot, first, changes, ())


def newest_quotes(into: dict[str, QuoteRow], batch: Batch) -> None:
    """Fold a batch's quotes into the newest per code."""
    for row in batch.quotes:
        if isinstance(row, QuoteRow):
            into[row.code] = row
