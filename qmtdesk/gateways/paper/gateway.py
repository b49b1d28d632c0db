"""The paper gateway: a world in its own thread, on a clock that runs 1 to 60 times as fast as ours."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.messages import Cancel, LinkChanged, Place, Query
from qmtdesk.domain.order import Side
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.ports import Post
from qmtdesk.gateways.paper import names
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.evening import Evening
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import NO_FAULTS, Delays, Faults
from qmtdesk.gateways.paper.feed import Feed
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.saving import read_saved, set_aside, write_saved
from qmtdesk.gateways.paper.world import Timed, World, WorldError

_log = logging.getLogger(__name__)

FASTEST = 60
_BATCH_S = 0.05
_LOOK_S = 0.2
_SAVE_S = 3.0
_LONGEST_S = 1.0
"""A longer gap between two batches (a suspended PC) is not made up for: the virtual clock stood still too."""

Step = Callable[[World], list[Timed]]


class PaperGateway:
    """Market and broker of the paper mode; implements `engine.ports.Gateway`.

    `folder` is where the world is kept; None keeps nothing. A world found there continues, whatever `seed` says.
    `start` (Unix ms) is where a fresh world begins; without it the feed says. Times given to `post` never go back.
    Nothing is posted that is not on disk.
    """

    def __init__(
        self,
        folder: Path | None,
        seed: int = 1,
        speed: int = 1,
        *,
        start: int | None = None,
        feed: Feed | None = None,
        account: PaperAccount | None = None,
        fees: FeeSchedule | None = None,
        delays: Delays | None = None,
        faults: Faults = NO_FAULTS,
    ) -> None:
        self._folder = folder
        self._seed = seed
        self._start = start
        self._feed = feed
        self._account = account
        self._fees = fees
        self._delays = delays
        self._faults = faults
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._steps: deque[Step] = deque()
        self._speed = _checked(speed)
        self._world: World | None = None
        self._text = ""
        self._resumed = False
        self._evening: Evening | None = None
        self._asked = 0.0
        self._anchor = (0, 0.0)
        self._held: list[Timed] = []
        self._blocked = False
        self._saved_changes = -1
        self._saved_wall = 0.0

    # --- the port

    def start(self, post: Post) -> None:
        """Begin; the saved world is read here, so a slow disk is noticed before anything is posted."""
        world = self._begun()
        self._world = world
        self._anchor = (world.at, time.monotonic())
        self._thread = threading.Thread(target=self._run, args=(world, post), name="paper-gateway", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the world is saved as it stands."""
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def submit(self, order: Place) -> None:
        """Send one order."""
        self._later(lambda world: world.submit(order))

    def cancel(self, cancel: Cancel) -> None:
        """Ask for a cancel."""
        self._later(lambda world: world.cancel(cancel))

    def query(self, query: Query) -> None:
        """Ask for the account."""
        self._asked = time.monotonic()
        self._later(lambda world: world.query(query))

    def now(self) -> int:
        """The virtual clock, Unix ms."""
        at, wall = self._anchor
        return at + int(min(time.monotonic() - wall, _LONGEST_S) * 1000 * self._speed)

    # --- what only a paper market can

    @property
    def speed(self) -> int:
        """Virtual seconds in a real one."""
        return self._speed

    def set_speed(self, speed: int) -> None:
        """Run the clock 1 to 60 times as fast as ours; ValueError outside."""
        wanted = _checked(speed)
        with self._looking():
            self._anchor = (self.now(), time.monotonic())
            self._speed = wanted

    def jump(self, minute: int) -> None:
        """Go to this minute of the Shanghai day (0 to 1439), on the next trading day when it is not ahead."""
        if not 0 <= minute < 24 * 60:
            raise ValueError(f"minute was {minute}: a day has 0 to 1439")
        self._later(lambda world: world.jump(minute))

    def place_by_hand(self, code: str, side: Side, price: int, volume: int, remark: str = "") -> None:
        """An order as if typed into the broker's terminal, or with a remark sent by another program."""
        self._later(lambda world: world.by_hand(code, side, price, volume, remark))

    def set_status(self, number: int) -> None:
        """How the account stands at the counter from now on (see `AccountStatus`)."""
        self._later(lambda world: world.set_status(number))

    def set_faults(self, faults: Faults) -> None:
        """What goes wrong on the line from now on."""
        self._later(lambda world: world.set_faults(faults))

    def set_link(self, *, up: bool, replay: bool = False) -> None:
        """Cut the line to the counter, or mend it and have the day told again."""
        self._later(lambda world: world.set_link(up=up, replay=replay))

    def set_silent(self, codes: frozenset[str]) -> None:
        """Codes whose snapshots stop coming."""
        self._later(lambda world: world.set_silent(codes))

    def history(self, code: str) -> list[tuple[int, int]]:
        """(time, last price) of today so far; empty before the start or for an unknown code."""
        with self._looking() as world:
            return world.feed.history(world.day, code, world.at) if world else []

    def seal_history(self, code: str) -> list[tuple[int, int]]:
        """(time, 封单金额 in 厘) of today so far, 0 while not sealed."""
        with self._looking() as world:
            return world.feed.seal_history(world.day, code, world.at) if world else []

    # --- the thread

    def _later(self, step: Step) -> None:
        """Any thread; never waits for the world, which may be at work for long."""
        self._steps.append(step)

    @contextmanager
    def _looking(self) -> Iterator[World | None]:
        """The world to read from, None before the start and while it is at work for longer than a caller can wait."""
        held = self._lock.acquire(timeout=_LOOK_S)
        try:
            yield self._world if held else None
        finally:
            if held:
                self._lock.release()

    def _run(self, world: World, post: Post) -> None:
        try:
            self._hand_out(world, post, self._first(world))
            while not self._wake.wait(_BATCH_S):
                with self._lock:
                    events = self._batch(world)
                self._hand_out(world, post, events)
            with self._lock:
                self._save(world)
        except Exception as error:
            # the engine must not go on trusting a market that has stopped
            post(self.now(), LinkChanged(False, names.STOPPED.format(f"{type(error).__name__}: {error}")))
            raise

    def _first(self, world: World) -> list[Timed]:
        """Link, day and newest snapshots."""
        with self._lock:
            link, *events = world.opened()
            events = [(link[0], LinkChanged(True, self._text)), *events]
            if self._resumed and world.at >= at_of(world.day, 14, 50):
                self._evening = Evening(world.day)
            self._anchor = (world.at, time.monotonic())
            return events

    def _batch(self, world: World) -> list[Timed]:
        target, wall = self.now(), time.monotonic()
        events = world.advance(target - world.at)
        for _ in range(len(self._steps)):
            events += self._steps.popleft()(world)
        if self._evening is not None and self._evening.over(world.day, events, self._asked, wall):
            self._evening = None
            events += world.jump(10 * 60)
        if world.at != target or wall - self._anchor[1] > _LONGEST_S:
            self._anchor = (world.at, wall)
        else:
            spent = (target - self._anchor[0]) / (1000 * self._speed)
            self._anchor = (target, self._anchor[1] + spent)
        return events

    def _hand_out(self, world: World, post: Post, events: list[Timed]) -> None:
        """Post what happened once it is on disk; while the disk refuses, it is kept and the link is down."""
        self._held += events
        try:
            self._save_when_due(world)
        except OSError as error:
            if not self._blocked:
                self._blocked = True
                _log.exception("the paper market cannot be saved")
                post(self.now(), LinkChanged(False, names.NOT_SAVED.format(error)))
            return
        if self._blocked:
            self._blocked = False
            self._held.insert(0, (self._held[0][0] if self._held else self.now(), LinkChanged(True)))
        ready, self._held = self._held, []
        for at, event in ready:
            if self._wake.is_set():
                return
            post(at, event)

    def _save_when_due(self, world: World) -> None:
        changed = world.exchange.changes != self._saved_changes
        if changed or time.monotonic() - self._saved_wall > _SAVE_S:
            self._save(world)

    def _save(self, world: World) -> None:
        changes = world.exchange.changes
        if self._folder is not None:
            write_saved(self._folder, world.dump())
        self._saved_changes = changes
        self._saved_wall = time.monotonic()

    # --- beginning

    def _begun(self) -> World:
        if self._folder is not None and (data := read_saved(self._folder)) is not None:
            try:
                return self._continued(data)
            except WorldError as error:
                kept = set_aside(self._folder)
                _log.warning("%s; kept as %s, and a new one begun", error, kept.name)
                self._text = str(error)
        feed = self._feed or GeneratedFeed(self._seed)
        at = feed.opening(_today()) if self._start is None else self._start
        return World(feed, self._exchange(self._account or feed.account(at)), at)

    def _continued(self, data: bytes) -> World:
        name = World.feed_named_in(data)
        feed = self._feed or GeneratedFeed.called(name)
        if feed is None:
            raise WorldError(f"the saved paper market ran on {name}, which is not at hand")
        world = World.continued(data, feed, self._exchange(PaperAccount(0)))
        self._resumed = True
        return world

    def _exchange(self, account: PaperAccount) -> PaperExchange:
        return PaperExchange(account, self._fees, self._delays, self._seed, self._faults)


def _checked(speed: int) -> int:
    if not 1 <= speed <= FASTEST:
        raise ValueError(f"speed was {speed}: 1 to {FASTEST}")
    return speed


def _today() -> date:
    return datetime.now(timezone(timedelta(hours=8))).date()
