"""Hands what the pipe's threads heard to the window's thread, waking it once however much there is."""

import logging
from collections.abc import Callable
from threading import Condition
from typing import Generic, TypeVar

from qmtdesk.wire.rows import QuoteRow

log = logging.getLogger("qmtdesk.wire")
T = TypeVar("T")
LIMIT = 20_000


class Mailbox(Generic[T]):
    """Any thread puts, the window's thread takes. `wake` may be called from any thread and must not block.

    When the window takes nothing for long, putting waits: the trader then keeps what the desk cannot.
    """

    def __init__(self, wake: Callable[[], None], limit: int = LIMIT) -> None:
        self._wake = wake
        self._limit = limit
        self._room = Condition()
        self._items: list[T] = []
        self._quotes: dict[str, QuoteRow] = {}
        self._pending = False
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether putting waits for the window."""
        return len(self._items) >= self._limit

    def put(self, item: T, *, voids_quotes: bool = False) -> None:
        """Add one item; waits while the box is full. `voids_quotes`: the item is newer than every quote in the box."""
        with self._room:
            self._room.wait_for(lambda: self._closed or not self.full)
            if voids_quotes:
                self._quotes.clear()
            self._items.append(item)
        self._announce()

    def put_quotes(self, quotes: dict[str, QuoteRow]) -> None:
        """Add quotes, each replacing the one before it of its code; never waits."""
        with self._room:
            self._quotes.update(quotes)
        self._announce()

    def take(self) -> tuple[list[T], tuple[QuoteRow, ...]]:
        """Everything in order, and the newest quotes, which are no older than any snapshot among it."""
        with self._room:
            # before taking: what is put from here on must wake again
            self._pending = False
            items, self._items = self._items, []
            quotes, self._quotes = tuple(self._quotes.values()), {}
            self._room.notify_all()
        return items, quotes

    def close(self) -> None:
        """Let everybody go who waits to put."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    def _announce(self) -> None:
        with self._room:
            if self._pending:
                return
            self._pending = True
        try:
            self._wake()
        except Exception:
            # were `pending` left standing the window would never be woken again
            self._pending = False
            log.exception("the window could not be woken; the next message tries again")
