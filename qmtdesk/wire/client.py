"""The desk's link to its trader: finds or starts it, listens, asks, and does so again when it is lost."""

import logging
import os
import signal
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from time import perf_counter

from qmtdesk.wire.address import Card, read_card
from qmtdesk.wire.attach import RefusedError, attach
from qmtdesk.wire.conversation import Conversation, Heard, Reply
from qmtdesk.wire.line import Line, LineLostError
from qmtdesk.wire.link_events import Attached, Failed, LinkEvent, Lost, Silent, Starting
from qmtdesk.wire.mailbox import Mailbox
from qmtdesk.wire.numbering import Snapshot
from qmtdesk.wire.requests import Requests
from qmtdesk.wire.spawn import ProcessHandle, refusal_in
from qmtdesk.wire.talk import Batch, Body, FromTrader, Welcome

log = logging.getLogger("qmtdesk.wire")

Spawn = Callable[[], ProcessHandle | None]
Item = FromTrader | LinkEvent | Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient a link is, in seconds."""

    retry: float = 0.02
    give_up: float = 15.0
    starting: float = 300.0
    check: float = 0.2
    silent: float = 1.6
    tell_silence: float = 1.0
    tell_start: float = 3.0
    crash_window: float = 60.0
    crashes: int = 3
    safe_window: float = 600.0
    safe_after: int = 3
    stop: float = 2.0


class TraderLink:
    """Qt-free. `start`, `send`, `request`, `drain`, `close` are for the window's thread and never wait for the pipe.

    `wake` is called from other threads, at most once between two drains; it must hand over to the window's thread,
    which then drains. `spawn` starts a trader, or returns None when one holds the folder's lock already; OSError when
    it cannot. It runs on the link's own thread.
    """

    def __init__(self, folder: Path, spawn: Spawn, wake: Callable[[], None], pace: Pace | None = None) -> None:
        self._folder = folder
        self._spawn = spawn
        self._pace = pace or Pace()
        self._mailbox: Mailbox[Item] = Mailbox(wake)
        self._requests = Requests()
        self._replies: dict[int, Callable[[Reply], None]] = {}
        self._change = Condition()
        self._closing = False
        self._stopping = False
        self._retry = False
        self._now: Conversation | None = None
        self._child: ProcessHandle | None = None
        self._starts: deque[float] = deque(maxlen=self._pace.crashes + 1)
        self._ends: tuple[float, ...] = ()
        self._safe = self._asked = self._met = False
        self._before: Card | None = None
        self._unseen = False
        self._born = self._tell_at = 0.0
        self._boot = ""
        self._worker = Thread(target=self._work, name="link", daemon=True)

    def start(self) -> None:
        """Begin to look for the trader."""
        self._worker.start()

    @property
    def attached(self) -> bool:
        """Whether a trader answers now."""
        return self._now is not None

    @property
    def safe(self) -> bool:
        """For `spawn`: whether traders ended by themselves so often that the next one must take up nothing."""
        return self._safe

    def send(self, body: Body) -> int:
        """Ask the trader for something; returns the id its answer will carry. Without a trader it waits for one."""
        number = self._requests.add(body)
        self._poke()
        return number

    def request(self, body: Body, on_reply: Callable[[Reply], None]) -> int:
        """Like `send`; the answer is given to `on_reply` during a later `drain`, and to nobody else."""
        number = self._requests.add(body)
        self._replies[number] = on_reply
        self._poke()
        return number

    def drain(self) -> list[Item]:
        """Everything heard since the last drain, in order; the newest quotes last, as a Batch without changes.

        Changes come as a Snapshot first and then as Batches without holes. Never raises.
        """
        items, quotes = self._mailbox.take()
        left = [item for item in items if not self._replied(item)]
        if quotes:
            left.append(Batch(self._boot, 0, (), quotes))
        return left

    def retry(self) -> None:
        """After Failed: look for the trader again, its crashes forgiven."""
        with self._change:
            self._retry = True
            self._change.notify_all()

    def stop_trader(self, *, force: bool) -> None:
        """Ask the trader to end: Lost(stopped=True) comes, or Refuse("armed") when it may not without force."""
        now = self._now
        if now is not None:
            self._stopping = True
            now.stop(force=force)

    def kill_trader(self) -> None:
        """End a trader that does not answer, as the system ends a process; it is started again after that."""
        now = self._now
        if now is not None:
            self._asked = True
            os.kill(now.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def close(self, *, stop_trader: bool = False, force: bool = False) -> None:
        """End the link; with `stop_trader` ask the trader to end and wait up to two seconds for it to go."""
        if stop_trader and self.attached:
            self.stop_trader(force=force)
            with self._change:
                self._change.wait_for(lambda: self._now is None or not self._stopping, self._pace.stop)
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._mailbox.close()
        if self._worker.is_alive():
            self._worker.join(5)

    def _poke(self) -> None:
        now = self._now
        if now is not None:
            now.poke()

    def _replied(self, item: Item) -> bool:
        if not isinstance(item, Reply):
            return False
        on_reply = self._replies.pop(item.id, None)
        if on_reply is None:
            return False
        try:
            on_reply(item)
        except Exception:
            log.exception("the answer to request %d was not taken well", item.id)
        return True

    # the link's own thread

    def _work(self) -> None:
        while not self._closing:
            found = self._find()
            if isinstance(found, Failed):
                self._mailbox.put(found)
                self._await_retry()
            elif found is not None:
                self._converse(*found)
                if self._stopping:
                    self._await_retry()

    def _await_retry(self) -> None:
        with self._change:
            self._change.wait_for(lambda: self._closing or self._retry)
            self._retry = self._stopping = False
        self._starts.clear()
        self._ends = ()
        self._asked = True

    def _find(self) -> tuple[Line, Welcome] | Failed | None:
        deadline = perf_counter() + self._pace.give_up
        pid, last = 0, "no trader has shown itself"
        while not self._closing:
            card = read_card(self._folder)
            if card is not None:
                pid = card.pid
                self._unseen = self._unseen and card == self._before
                try:
                    return attach(card, "desk")
                except RefusedError as error:
                    return Failed(error.why, str(error), error.pid)
                except LineLostError as error:
                    last = str(error)
            failed = self._ensure_trader(card)
            if failed is not None:
                return failed
            if self._starts_still():
                # a long journal takes as long as it takes, and nothing trades before it is read
                deadline = perf_counter() + self._pace.give_up
            elif perf_counter() > deadline:
                return Failed("timeout", last, self._child.pid if self._child is not None else pid)
            with self._change:
                self._change.wait_for(lambda: self._closing, self._pace.retry)
        return None

    def _starts_still(self) -> bool:
        """Whether the trader this link started lives and has not listened yet; said each second while it lasts."""
        if not self._unseen or self._child is None or self._child.poll() is not None:
            return False
        now = perf_counter()
        if now - self._born > self._pace.starting:
            # no journal takes that long; whatever it hangs on, the user has to hear of it
            return False
        if now >= self._tell_at:
            self._tell_at = now + self._pace.tell_silence
            self._mailbox.put(Starting(int((now - self._born) * 1000), self._safe))
        return True

    def _ensure_trader(self, card: Card | None) -> Failed | None:
        if self._child is not None and self._child.poll() is None:
            return None
        now = perf_counter()
        ends = self._ended_lately(now)
        self._safe = len(ends) >= self._pace.safe_after
        crashed = len(self._starts) > self._pace.crashes and now - self._starts[0] < self._pace.crash_window
        try:
            # asked first: None says that another trader is there, and that is no crash
            child = None if crashed else self._spawn()
        except OSError as error:
            return Failed("spawn", str(error))
        if crashed:
            kind, text = refusal_in(self._folder)
            return Failed(kind or "crashes", text or f"the trader ended {self._pace.crashes + 1} times", 0)
        self._child = child
        self._safe = self._safe and child is not None
        if child is not None:
            self._starts.append(now)
            self._ends, self._asked, self._met = ends, False, False
            if self._safe:
                log.warning("the trader ended %d times within ten minutes; it starts disarmed", len(ends))
                self._mailbox.put(Starting(0, safe=True))
            self._born, self._tell_at = now, now + self._pace.tell_start
            self._before, self._unseen = card, True
        return None

    def _ended_lately(self, now: float) -> tuple[float, ...]:
        """When traders ended by themselves within ten minutes, the one this start follows included.

        Only those that once answered: one that refuses to start had taken up nothing that could have ended it.
        """
        recent = tuple(at for at in self._ends if now - at < self._pace.safe_window)
        return (*recent, now) if self._met and not self._asked else recent

    def _converse(self, line: Line, welcome: Welcome) -> None:
        restarted, self._boot = self._boot not in ("", welcome.boot), welcome.boot
        now = Conversation(line, welcome, self._requests, self._heard, self._ended)
        self._mailbox.put(Attached(welcome.pid, welcome.boot, restarted, self._safe))
        self._safe, self._asked, self._met = False, False, True
        self._now = now
        now.start()
        self._watch(now)
        now.end()
        if self._child is not None:
            self._child.poll()
        with self._change:
            self._now = None
            self._change.notify_all()
        if not self._closing:
            self._mailbox.put(Lost(now.lost, self._stopping))

    def _watch(self, now: Conversation) -> None:
        """Until the line is lost or the link closed: say each second that nothing is heard."""
        told = checked = perf_counter()
        while not now.lost and not self._closing:
            with self._change:
                self._change.wait_for(lambda: bool(now.lost) or self._closing, self._pace.check)
            at = perf_counter()
            if at - checked > self._pace.check + 1 or self._mailbox.full:
                # this process slept, or its window reads nothing: neither is the trader's silence
                now.heard_at = at
            checked = at
            if at - now.heard_at > self._pace.silent and at - told > self._pace.tell_silence:
                told = at
                self._mailbox.put(Silent(int((at - now.heard_at) * 1000)))

    def _heard(self, heard: Heard) -> None:
        """On the conversation's reading thread."""
        if heard.refused or heard.stopping:
            with self._change:
                self._stopping = heard.stopping
                self._change.notify_all()
        if heard.quotes:
            self._mailbox.put_quotes(heard.quotes)
        if heard.item is not None:
            self._mailbox.put(heard.item, voids_quotes=isinstance(heard.item, Snapshot))

    def _ended(self) -> None:
        with self._change:
            self._change.notify_all()
