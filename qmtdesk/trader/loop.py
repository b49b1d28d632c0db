"""The decision loop: the only consumer of the inbox and the only writer of trading state.

event → step → journal → gateway, in this order for each event; beside it, at most thirty times a second, the
differences go to the desks.
"""

import logging
import queue
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from qmtdesk.domain import messages as m
from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import State, cash_kept, cash_room, live_orders
from qmtdesk.engine.core import Step, begin, step
from qmtdesk.engine.ports import Gateway
from qmtdesk.engine.risk_limits import paced
from qmtdesk.store.journal import JournalError
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader.answer_watch import AnswerWatch
from qmtdesk.trader.bond_book import BondBook, bare_terms
from qmtdesk.trader.clean_texts import cleaned
from qmtdesk.trader.clock_watch import ClockWatch
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.farewell import farewell, has_work
from qmtdesk.trader.kill_file import KillFile
from qmtdesk.trader.last_run import LastRun
from qmtdesk.trader.mirror import Mirror
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.trader.terminal import HasLevel2, HasWatch, Terminal
from qmtdesk.trader.trial_watch import TrialWatch
from qmtdesk.trader.unwritten import Unwritten
from qmtdesk.trader.wanted_quotes import WantedQuotes
from qmtdesk.wire.outbox import Change
from qmtdesk.wire.rows import QuoteRow

log = logging.getLogger("qmtdesk.trader")

FRAME_NS = 33_000_000
BEAT_NS = 500_000_000
DARK_NS = 2_000_000_000
WAIT_S = 0.02
FAREWELL_NS = 1_500_000_000
AT_ONCE = 200
# what is told again or found out again; made once, because a union is costly to make
NOT_URGENT = (m.Quoted, m.TimePassed, m.DayOpened, m.BrokerEvent)
FOR_KILL_FILE = (m.Kill, m.DayOpened)


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
        lists: BondBook | None = None,
        settings: m.SettingsRead | None = None,
    ) -> None:
        self._past = past
        self.gateway = gateway
        self.desk = desk
        self.screen = screen
        self.series = Series()
        self.mirror = Mirror()
        self.lists = lists or BondBook()
        self.wanted = WantedQuotes(
            gateway.watch if isinstance(gateway, HasWatch) else None,
            gateway.look_closely if isinstance(gateway, HasLevel2) else None,
        )
        self._terminal = Terminal(gateway)
        self.trial = TrialWatch()
        self.terms: dict[str, BondTerms] = {}
        self._diary = diary
        self._kill_file = KillFile(folder)
        self._publisher = Publisher(screen, self.series)
        self._inbox: queue.SimpleQueue[tuple[int, int, m.Event | Job]] = queue.SimpleQueue()
        self._outlet: Outlet | None = None
        self._running = True
        self._unwritten: Unwritten | None = None
        self._day_told = ""
        self._clock = ClockWatch(time.time_ns(), time.monotonic_ns())
        self._answers = AnswerWatch()
        self._lag_us = self._next_frame = self._next_beat = self._next_look = self._dark_since = 0
        self._limits = state.limits
        fresh = replace(state, limits=paced(state.limits, desk.speed), pace=desk.speed)
        self.state = diary.begun(lambda past: begin(fresh, past, resume=resume), at=gateway.now())
        self._before = LastRun(diary, settings)
        if self._before.stopped is not None:
            self.state = begin(self.state, (), resume=False)
        self.done_commands = tuple(diary.commands)

    def post(self, at: int, event: m.Event) -> None:
        """Take an event in; the gateway's way. Any thread, never blocks, never raises."""
        self._inbox.put((time.monotonic_ns(), at, event))

    def ask(self, job: Job) -> None:
        """Run something on the decision thread between two events. Any thread."""
        self._inbox.put((time.monotonic_ns(), 0, job))

    def end(self, *, at_once: bool = False) -> None:
        """Leave `run` after what was asked before, or after the event at hand. Any thread, also a signal's handler."""
        if at_once:
            self._running = False

        def leave(loop: "Loop") -> None:
            loop._running = False

        self.ask(leave)

    def run(self, outlet: Outlet) -> None:
        """Consume until `end`."""
        self._outlet = outlet
        if self._diary.loss is not None:
            log.error("the journal was lost: %s", self._diary.loss.text)
        while self._running:
            self._drain()
            self._look_for_kill_file()
            self._write_again(outlet)
            self.wanted.tell(self.state, time.monotonic_ns())
            self._show()
        if self.desk.cancel_on_exit and (self._unwritten is None or not self._unwritten.noted):
            self._clear_the_book()
        self._diary.close()

    def choose_exit(self, *, cancel: bool) -> None:
        """Whether own orders are cancelled when this trader ends."""
        self.desk = replace(self.desk, cancel_on_exit=cancel)

    def _clear_the_book(self) -> None:
        """Stop what is armed, take own orders off the book, and wait a moment for the answers; wishes come too late."""
        for word in farewell(self.state):
            self.handle(0, word)
        deadline = time.monotonic_ns() + FAREWELL_NS
        while any(live_orders(self.state)) and time.monotonic_ns() < deadline:
            try:
                _, at, item = self._inbox.get(timeout=WAIT_S)
            except queue.Empty:
                continue
            if not callable(item):
                self.handle(at, item)
        left = [order.ref for order in live_orders(self.state)]
        if left:
            log.warning("not yet known to be cancelled: %s", ", ".join(left))

    def _drain(self) -> None:
        try:
            stamp, at, item = self._inbox.get(timeout=WAIT_S)
        except queue.Empty:
            self._lag_us = 0
            self._look_at_clock()
            return
        for _ in range(AT_ONCE):
            self._lag_us = (time.monotonic_ns() - stamp) // 1_000
            self._take(at, item)
            if not self._running:
                return
            try:
                stamp, at, item = self._inbox.get_nowait()
            except queue.Empty:
                return
        # what is in hand now was taken out of the inbox and must not be lost
        self._take(at, item)

    def _take(self, at: int, item: m.Event | Job) -> None:
        if callable(item):
            item(self)
        else:
            self.handle(at, item)

    def handle(self, at: int, event: m.Event, *, command: int = 0) -> Step:
        """One event, whole: decide, write down, only then send. A journal that cannot be written sends nothing."""
        self._look_at_clock()
        event = cleaned(event)
        if self._unwritten is not None:
            return self._handle_unwritten(self._unwritten, at, event)
        result = step(self.state, self._moment(at), event)
        durable = bool(result.intents) or not isinstance(event, NOT_URGENT)
        # a refused wish is not done: whoever asks for it again is refused again, and not told that it was
        done = command if result.refusal is None else 0
        try:
            self._diary.write(result.state.at, result.records, command=done, durable=durable)
        except JournalError as error:
            self._fail(error)
            return self.handle(at, event)
        before, self.state = self.state, result.state
        for intent in result.intents:
            self._send(intent)
        if self.trial.now is not None:
            self.trial.heard(before, event, result)
        if isinstance(event, m.LiftKill) and result.refusal is None:
            # the user lifted it by hand; the file that may have pressed it must not press it again
            self._kill_file.take_away()
        self._note_market(event)
        self._mind_kill_file(event)
        return result

    def _moment(self, at: int) -> int:
        """When an event is from: as it was stamped, and never later than now where the clock was set back."""
        now = self.gateway.now()
        return min(at, now) if at and self._clock.set_back else at or now

    def _fail(self, error: JournalError) -> None:
        log.error("the journal cannot be written; nothing is sent until it can", exc_info=error)
        self._unwritten = Unwritten(str(error), Path(self.desk.folder), self.state.at, self._diary.stopped)

    def _write_own(self, write: Callable[[int], None]) -> None:
        """A word of this start to the next one, which waits where nothing can be written."""
        if self._unwritten is not None:
            return
        try:
            write(self.state.at)
        except JournalError as error:
            self._fail(error)

    def _handle_unwritten(self, unwritten: Unwritten, at: int, event: m.Event) -> Step:
        result = unwritten.follow(self.state, self._moment(at), event)
        self.state = result.state
        if result.refusal is not None:
            return result
        for intent in result.intents:
            self._send(intent)
        self._note_market(event)
        self._mind_kill_file(event)
        return replace(result, state=self.state)

    def _write_again(self, outlet: Outlet) -> None:
        """When it can be written again this process ends without a word, and a desk starts the next one.

        Without a desk nobody would: it waits for one then.
        """
        unwritten = self._unwritten
        if unwritten is None:
            return
        if unwritten.due():
            try:
                self._diary.failed(self.state.at, *unwritten.note(self.state))
                unwritten.noted = True
                log.warning("the journal can be written again")
            except JournalError as error:
                log.info("the journal still cannot be written: %s", error)
        if unwritten.noted and outlet.desks:
            self._running = False

    def _look_at_clock(self) -> None:
        """Time that nobody can account for is told to the engine before anything else happens."""
        gap_ms = self._clock.gap_ms(time.time_ns(), time.monotonic_ns())
        if 0 < self.state.limits.jump_ms <= gap_ms and self.state.day:
            log.warning("%d ms are not accounted for", gap_ms)
            self.handle(0, m.ClockJumped(gap_ms))
        # a recording may end with a question on its way; nothing hangs then
        asked = self.state.linked and self.state.request_at > 0 and self.desk.mode != "replay"
        waited = self._answers.hung_ms(self.state.answered, time.monotonic_ns(), asked=asked)
        if waited:
            log.error("the gateway has not answered for %d ms", waited)
            self.handle(0, m.GatewaySilent(waited))

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
            for word in self._before.words():
                self.handle(0, word)
            self._write_own(self._before.settle)
            self.series.begin(event.day)
            self.take_lists(self.lists.told(event.terms or bare_terms(event.day, event.instruments)))
            if self.desk.mode == "replay":
                self._watch_all(event)

    def take_lists(self, lists: BondBook) -> None:
        """From now on these are the terms of the bonds, and this is what desks are shown of the user's list."""
        self.lists, self.terms = lists, lists.terms
        self.desk = replace(self.desk, bond_list=lists.row)

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
        self._agree_with_kill_file()

    def _mind_kill_file(self, event: m.Event) -> None:
        """At once where it counts: what pressed the switch must outlive the journal, and a lost journal the file."""
        if isinstance(event, FOR_KILL_FILE):
            self._agree_with_kill_file()

    def _agree_with_kill_file(self) -> None:
        if self.state.kill is not None:
            self._kill_file.keep(self.state.kill)
        elif self.state.day and (found := self._kill_file.found()) is not None:
            log.warning("the switch is pressed by %s", found)
            self.handle(0, m.Kill("file", str(found)))

    def _show(self) -> None:
        now = time.monotonic_ns()
        if now < self._next_frame or self._outlet is None:
            return
        self._next_frame = now + FRAME_NS
        try:
            self._publish(self._outlet, now)
        except Exception:
            # a picture that cannot be drawn must never stop what trades; the next frame tries again
            log.exception("the desks could not be told")
            self._dark_since = self._dark_since or now
        else:
            self._dark_since = 0
            if self._outlet.desks:
                self._write_own(self._before.shown)
        if now >= self._next_beat:
            self._next_beat = now + BEAT_NS
            # a desk that is told nothing must not take what it shows for what is
            if not self._dark_since or now - self._dark_since < DARK_NS:
                self._outlet.beat(self._publisher.seq, self.state.at, self._lag_us)

    def _publish(self, outlet: Outlet, now: int) -> None:
        terminal, trial = self._terminal.rows(self.state, now), self.trial.row(self.state, self._terminal.units)
        desk = replace(self.desk, lag_us=self._lag_us, terminal=terminal, trial=trial)
        changes, quotes = self._publisher.changes(self.state, self.terms, desk, now // 1_000_000)
        if self.state.day != self._day_told:
            self._day_told = self.state.day
            self.mirror.forget_lines()
        self.mirror.apply(changes, quotes)
        outlet.publish(changes, quotes)

    @property
    def seq(self) -> int:
        """Number of the newest change the desks were told."""
        return self._publisher.seq

    @property
    def cash(self) -> int:
        """厘 that may be spent now."""
        return max(0, cash_room(self.state) - cash_kept(self.state))

    def set_speed(self, speed: int) -> None:
        """Show another speed of the paper clock."""
        self.desk = replace(self.desk, speed=speed)
        self.state = replace(self.state, limits=paced(self._limits, speed))
        self.handle(0, m.SpeedChanged(speed))

    @property
    def busy(self) -> bool:
        """Whether anything is armed or still being wound up."""
        return has_work(self.state)
