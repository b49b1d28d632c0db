"""The decision loop: the only consumer of the inbox and the only writer of trading state.

event → step → journal → gateway, in this order for each event; beside it, at most thirty times a second, the
differences go to the desks.
"""

import logging
import queue
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from qmtdesk.domain import messages as m
from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine.books import Ready, State, cash_room
from qmtdesk.engine.core import Step, begin, step
from qmtdesk.engine.ports import Gateway
from qmtdesk.store.journal import JournalError
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.mirror import Mirror
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.wire.outbox import Change
from qmtdesk.wire.rows import QuoteRow

log = logging.getLogger("qmtdesk.trader")

FRAME_NS = 33_000_000
BEAT_NS = 500_000_000
WAIT_S = 0.02
AT_ONCE = 200


class Outlet(Protocol):
    """Where pictures and answers go; `serve.DeskServer` is the real one."""

    @property
    def desks(self) -> int:
        """How many desks are attached."""

    def publish(self, changes: list[Change], quotes: list[QuoteRow]) -> None:
        """Tell every desk."""

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        """Say that the trader is alive."""


Past = Callable[[str], Iterable[tuple[int, int]]]
"""What a code's seal was before it was watched: (time, amount in 厘 or -1); a paper market knows."""

Job = Callable[["Loop"], None]


class Loop:
    """Owns the state. `post` and `ask` may be called from any thread; everything else belongs to `run`'s thread."""

    def __init__(
        self,
        gateway: Gateway,
        diary: Diary,
        state: State,
        desk: Desk,
        screen: ScreenPlan,
        folder: Path,
        *,
        resume: bool,
        past: Past | None = None,
    ) -> None:
        self._past = past
        self.gateway = gateway
        self.desk = desk
        self.screen = screen
        self.series = Series()
        self.mirror = Mirror()
        self.terms: dict[str, BondTerms] = {}
        self._diary = diary
        self._kill_file = folder / "KILL"
        self._publisher = Publisher(screen, self.series)
        self._inbox: queue.SimpleQueue[tuple[int, int, m.Event | Job]] = queue.SimpleQueue()
        self._outlet: Outlet | None = None
        self._running = True
        self._lag_us = 0
        self._next_frame = 0
        self._next_beat = 0
        self._next_look = 0
        self.state = begin(state, diary.past(), resume=resume)
        self.done_commands = tuple(diary.commands)

    def post(self, at: int, event: m.Event) -> None:
        """Take an event in; the gateway's way. Any thread, never blocks, never raises."""
        self._inbox.put((time.monotonic_ns(), at, event))

    def ask(self, job: Job) -> None:
        """Run something on the decision thread between two events. Any thread."""
        self._inbox.put((time.monotonic_ns(), 0, job))

    def end(self) -> None:
        """Finish the event at hand and leave `run`. Any thread."""

        def leave(loop: "Loop") -> None:
            loop._running = False

        self.ask(leave)

    def run(self, outlet: Outlet) -> None:
        """Consume until `end`."""
        self._outlet = outlet
        if self._diary.set_aside is not None:
            log.error("the journal was damaged and is kept as %s", self._diary.set_aside)
        while self._running:
            self._drain()
            self._look_for_kill_file()
            self._show()
        self._diary.close()

    def _drain(self) -> None:
        try:
            stamp, at, item = self._inbox.get(timeout=WAIT_S)
        except queue.Empty:
            self._lag_us = 0
            return
        for _ in range(AT_ONCE):
            self._lag_us = (time.monotonic_ns() - stamp) // 1_000
            if callable(item):
                item(self)
            else:
                self.handle(at, item)
            try:
                stamp, at, item = self._inbox.get_nowait()
            except queue.Empty:
                return
        # what is in hand now was taken out of the inbox and must not be lost
        self._inbox_first(at, item)

    def _inbox_first(self, at: int, item: m.Event | Job) -> None:
        if callable(item):
            item(self)
        else:
            self.handle(at, item)

    def handle(self, at: int, event: m.Event, *, command: int = 0) -> Step:
        """One event, whole: decide, write down, only then send. A journal that cannot be written sends nothing."""
        result = step(self.state, at or self.gateway.now(), event)
        user = not isinstance(event, m.MarketEvent | m.BrokerEvent)
        durable = bool(result.intents) or user
        try:
            self._diary.write(result.state.at, result.records, command=command, durable=durable)
        except JournalError as error:
            log.exception("the journal cannot be written; nothing is sent")
            self.state = replace(self.state, ready=Ready.SUSPENDED, linked=False)
            return replace(
                result, state=self.state, refusal=because(Why.CHECK_FAILED, check="journal", error=str(error))
            )
        self.state = result.state
        for intent in result.intents:
            self._send(intent)
        if isinstance(event, m.LiftKill) and result.refusal is None:
            # the user lifted it by hand; the file that may have pressed it must not press it again
            self._kill_file.unlink(missing_ok=True)
        self._note_market(event)
        return result

    def _send(self, intent: m.Intent) -> None:
        match intent:
            case m.Place():
                self.gateway.submit(intent)
            case m.Cancel():
                self.gateway.cancel(intent)
            case m.Query():
                self.gateway.query(intent)

    def _note_market(self, event: m.Event) -> None:
        if isinstance(event, m.Quoted):
            quote = event.quote
            if quote.last:
                self.series.add("price", quote.code, quote.at, quote.last)
            board = self.state.boards.get(quote.code)
            if board is not None and board.last_at == quote.at:
                if self._past is not None and not self.series.knows("seal", quote.code):
                    self.series.fill("seal", quote.code, self._past(quote.code))
                self.series.add("seal", quote.code, quote.at, board.seal if board.sealed else -1)
        elif isinstance(event, m.DayOpened):
            self.series.clear()
            self.terms = {each.code: each for each in event.terms or _bare_terms(event)}
            if self.desk.mode == "replay":
                self._watch_all(event)

    def _watch_all(self, event: m.DayOpened) -> None:
        """Whoever replays stocks wants to see their boards."""
        for instrument in event.instruments:
            if instrument.kind is Kind.STOCK:
                self.handle(0, m.WatchStock(instrument.code, on=True))

    def _look_for_kill_file(self) -> None:
        """A file named KILL in the data folder stops everything, also when no desk answers."""
        now = time.monotonic_ns()
        if now < self._next_look:
            return
        self._next_look = now + BEAT_NS // 2
        if self.state.kill is None and self.state.day and self._kill_file.exists():
            self.handle(0, m.Kill("file"))

    def _show(self) -> None:
        now = time.monotonic_ns()
        if now < self._next_frame or self._outlet is None:
            return
        self._next_frame = now + FRAME_NS
        desk = replace(self.desk, lag_us=self._lag_us)
        changes, quotes = self._publisher.changes(self.state, self.terms, desk, now // 1_000_000)
        self.mirror.apply(changes, quotes)
        self._outlet.publish(changes, quotes)
        if now >= self._next_beat:
            self._next_beat = now + BEAT_NS
            self._outlet.beat(self._publisher.seq, self.state.at, self._lag_us)

    @property
    def seq(self) -> int:
        """Number of the newest change the desks were told."""
        return self._publisher.seq

    @property
    def cash(self) -> int:
        """厘 that may be spent now."""
        return cash_room(self.state)

    def set_speed(self, speed: int) -> None:
        """Show another speed of the paper clock."""
        self.desk = replace(self.desk, speed=speed)

    @property
    def busy(self) -> bool:
        """Whether anything is armed or still being wound up."""
        return any(book.armed or book.winding for book in self.state.grids.values()) or any(
            guard.state.value in ("watching", "asking", "triggered") for guard in self.state.guards.values()
        )


def _bare_terms(event: m.DayOpened) -> list[BondTerms]:
    """The bonds of a source that knows no terms: everything but code and name is unknown."""
    return [
        BondTerms(code=each.code, name=each.name, size_known=False, source="replay", as_of=event.day)
        for each in event.instruments
        if each.kind is Kind.BOND
    ]
