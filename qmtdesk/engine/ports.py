"""What the engine needs from the world, as Protocols."""

from collections.abc import Callable
from typing import Protocol

from qmtdesk.domain.messages import Cancel, Event, Place, Query

Post = Callable[[int, Event], None]
"""Hand one event to the trader's inbox with its time (Unix ms, market time). Callable from any thread; never raises."""


class Gateway(Protocol):
    """The market and the broker as the engine sees them.

    No call here blocks or raises for a market fact: everything comes back through the `Post` given to `start`, from
    any thread, in any order and any number of times. Each `Place` is sent at most once.

    A gateway that trades one of several accounts names it in LinkChanged and in all it tells of accounts, by a short
    key that is not the account's number. A query of which any part failed is ReportFailed, never a report with holes.
    How the account stands is told after each LinkChanged where it is known. An order in a state the gateway does not
    understand is told as UNKNOWN, and in `odd` what the counter said.
    """

    def start(self, post: Post) -> None:
        """Begin. The first events are LinkChanged, DayOpened and, after that, quotes."""

    def stop(self) -> None:
        """End within two seconds; nothing is posted afterwards."""

    def submit(self, order: Place) -> None:
        """Send one order; ends in SubmitAnswered, SubmitRefused, SubmitUnknown, or silence."""

    def cancel(self, cancel: Cancel) -> None:
        """Ask for a cancel; ends in a push, CancelRefused, or silence."""

    def query(self, query: Query) -> None:
        """Ask for the account; ends in AccountReported, ReportFailed, or silence."""

    def now(self) -> int:
        """Market time in Unix ms: the wall clock when live, the virtual clock on paper."""
