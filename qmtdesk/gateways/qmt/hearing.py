"""The reading half of the trading side: raw records come in from any thread, events go out in one order from one."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from qmtdesk.domain.messages import AccountStatusTold, Event, LinkChanged, ReportFailed, SubmitRefused
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.reading import Read, Reader
from qmtdesk.gateways.qmt.records import Raw, RawLost, RawStatus
from qmtdesk.gateways.qmt.session import RawReport

log = logging.getLogger("qmtdesk.trader")

AGAIN_MS = 5_000
"""What is not understood makes everything be asked again, and no oftener than this."""

Clock = Callable[[], int]


class Side(Protocol):
    """Whose records are read."""

    @property
    def generation(self) -> int:
        """The connection of now."""

    def lost(self, generation: int, text: str) -> None:
        """A connection says that it is gone."""

    def tell(self, event: Event) -> None:
        """Hand an event on."""

    def note(self, **changes: object) -> None:
        """Change what is known of the connection's health."""


class Hearing:
    """One thread. Everything the trading side tells of the link and of records passes here, so it keeps its order.

    Every record is written down before it is read. Records of another connection than the present one are dropped;
    those that come before their connection was told as up wait until it is.
    """

    def __init__(self, account: str, account_type: str, clock: Clock, raw: RawLog, side: Side) -> None:
        self._clock = clock
        self._raw = raw
        self._side = side
        self._unreads = 0
        self._reader = Reader(account, account_type)
        self._todo: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="qmt-reader", daemon=True)
        self._shown = 0
        """The connection that was told as up, 0 for none."""
        self._early: list[Raw] = []
        self._again_at = 0
        self._unread = ""
        self.statuses = 0
        """How many were pushed; any thread. An answer is older than one that came after its question."""

    @property
    def key(self) -> str:
        """The account's short key."""
        return self._reader.key

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def end(self) -> None:
        """Read what is there, and no more."""
        self._todo.put(None)

    # --- from any thread: only queued

    def heard(self, generation: int, record: Raw) -> None:
        """A record came; from xtquant's threads."""
        self._todo.put(lambda: self._sorted(generation, record))

    def new_connection(self) -> None:
        """Another one is about to be made."""
        self._todo.put(self._begin)

    def link_up(self, generation: int, statuses: tuple[Raw, ...], *, sole: bool) -> None:
        """It stands; `sole`: the terminal is known to be logged in to one account alone."""
        self._todo.put(lambda: self._up(generation, statuses, sole=sole))

    def link_down(self, text: str) -> None:
        """It is gone."""
        self._todo.put(lambda: self._down(text))

    def leaves(self, ref: str) -> None:
        """An order is about to leave."""
        self._todo.put(lambda: self._reader.leaves(ref, self._clock()))

    def sent(self, ref: str, seq: int) -> None:
        """It left under this request number."""
        self._todo.put(lambda: self._took(self._reader.sent(ref, seq)))

    def not_sent(self, ref: str, text: str) -> None:
        """It did not leave, for want of a way; told after the loss that took the way, or it would be tried at once."""
        self._todo.put(lambda: self._side.tell(SubmitRefused(ref, text, by_link=True)))

    def answered(self, generation: int, found: RawReport, request: int, asked_at: int) -> None:
        """A question about the account was answered."""
        self._todo.put(lambda: self._report(generation, found, request, asked_at))

    def stated(self, generation: int, found: tuple[Raw, ...], pushed: int) -> None:
        """How the account stands was asked again, when so many statuses had been pushed."""
        self._todo.put(lambda: self._stated(generation, found, pushed))

    def beat(self) -> None:
        """About once a second: what was put off is done."""
        self._todo.put(self._look_again)

    # --- the thread

    def _run(self) -> None:
        while (what := self._todo.get()) is not None:
            try:
                what()
            except Exception:  # noqa: PERF203 - one record must not end the reading of the next
                log.exception("QMT: a record could not be handled")
                self._ask_again("a record could not be handled")

    def _sorted(self, generation: int, record: Raw) -> None:
        now = self._clock()
        self._raw.note(now, generation, record)
        if generation != self._side.generation:
            return
        if isinstance(record, RawStatus):
            self.statuses += 1
        if isinstance(record, RawLost):
            self._side.lost(generation, names.DISCONNECTED)
        elif generation != self._shown:
            # terminals tell the day again while the connection is made; before it is told as up nobody would listen
            self._early.append(record)
        else:
            self._took(self._reader.read(record, now))

    def _begin(self) -> None:
        self._early.clear()
        self._reader.new_connection()

    def _up(self, generation: int, statuses: tuple[Raw, ...], *, sole: bool) -> None:
        if generation != self._side.generation:
            return
        self._reader.sole = sole
        self._shown, self._unread = generation, ""
        self._side.tell(LinkChanged(True, "", self.key))
        early, self._early = self._early, []
        for record in statuses:
            self._sorted(generation, record)
        for record in early:
            self._took(self._reader.read(record, self._clock()))

    def _down(self, text: str) -> None:
        self._shown, self._unread = 0, ""
        self._side.tell(LinkChanged(False, text, self.key))

    def _report(self, generation: int, found: RawReport, request: int, asked_at: int) -> None:
        if generation != self._side.generation:
            self._side.tell(ReportFailed(request, names.DISCONNECTED))
            return
        event = self._reader.report(found, request, asked_at, self._clock())
        if not isinstance(event, ReportFailed):
            self._side.note(answered_at=self._clock())
        self._side.tell(event)

    def _stated(self, generation: int, found: tuple[Raw, ...], pushed: int) -> None:
        """Read like pushes, but for what is not understood: that is asked again as it is."""
        now = self._clock()
        for record in found:
            self._raw.note(now, generation, record)
        if generation != self._shown or pushed != self.statuses:
            return
        for record in found:
            self._took(self._reader.read(record, now)._replace(unread=""))

    def _took(self, read: Read) -> None:
        for event in read.events:
            if isinstance(event, AccountStatusTold) and event.account == self.key:
                self._side.note(status=event.number)
            self._side.tell(event)
        if read.unread:
            log.warning("QMT: not understood: %s", read.unread)
            self._unreads += 1
            self._side.note(unread=self._unreads)
            self._ask_again(read.unread)

    def _ask_again(self, why: str) -> None:
        """Something happened that was not understood: the link is told down and up, so that everything is asked.

        A burst of such records is one reason to ask. One that comes soon after the last waits for `beat`.
        """
        if self._clock() < self._again_at:
            self._unread = why
            return
        self._again_at, self._unread = self._clock() + AGAIN_MS, ""
        if self._shown:
            self._side.tell(LinkChanged(False, names.NOT_UNDERSTOOD, self.key, lost=False))
            self._side.tell(LinkChanged(True, "", self.key))

    def _look_again(self) -> None:
        if self._unread:
            self._ask_again(self._unread)
