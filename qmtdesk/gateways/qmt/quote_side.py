"""The quote side of the gateway: keeps a connection, subscribes what is wanted, tells what comes."""

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from qmtdesk.domain.messages import Quoted
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.ports import Post
from qmtdesk.gateways.qmt import link, names, watchdog
from qmtdesk.gateways.qmt.health import Level2Health, QuotesHealth
from qmtdesk.gateways.qmt.level2 import Cancels
from qmtdesk.gateways.qmt.level2_side import Level2Side
from qmtdesk.gateways.qmt.meaning import UnclearError
from qmtdesk.gateways.qmt.native import Native
from qmtdesk.gateways.qmt.snapshots import moment_of, quote_of, traded_of
from qmtdesk.gateways.qmt.units import Units
from qmtdesk.gateways.qmt.watchdog import Doubt
from qmtdesk.gateways.qmt.worker import CommandThread, Done, Failed, Overdue

log = logging.getLogger("qmtdesk.trader")

LOAD_S = 60.0
CONNECT_S = 20.0
CALL_S = 10.0
LOOK_S = 0.5
STOP_S = 0.3
AHEAD_MS = 30_000
"""A snapshot stamped further ahead than this keeps none out that is not."""

Clock = Callable[[], int]
Loader = Callable[[], Native]


class _Supplements(NamedTuple):
    """Rows of the Level-2 subscriptions, on their way to the one thread that reads what comes."""

    rows: object


class QuoteSide:
    """One thread that owns xtdata; its calls run on a command thread with deadlines.

    `watch` may be called from any thread. Snapshots arrive on native threads, are queued, and are told in the order of
    the exchange's time for each code; older ones than the newest are dropped.
    """

    def __init__(self, load: Loader, clock: Clock) -> None:
        self._load = load
        self._clock = clock
        self._native: Native | None = None
        self._worker: CommandThread | None = None
        self._client: Any = None
        self._attempts = link.Attempts()
        self._up = False
        self._wanted: frozenset[str] = frozenset()
        self._subscribed: dict[int, frozenset[str]] = {}
        self._generation = 0
        self._units = Units()
        self._newest: dict[str, int] = {}
        self._closes: dict[str, tuple[int, int]] = {}
        self._quiet = watchdog.Quiet()
        self._news = False
        self._came: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._changed = threading.Event()
        self._ended = threading.Event()
        self._health = QuotesHealth()
        self._cancels = Cancels()
        self._level2 = Level2Side(self._linked, clock, self._cancels, self._supplemented)
        self._post: Post = _nobody
        self._thread = threading.Thread(target=self._run, name="qmt-quotes", daemon=True)
        self._teller = threading.Thread(target=self._tell, name="qmt-snapshots", daemon=True)

    def start(self, post: Post) -> None:
        """Begin to connect."""
        self._post = post
        self._teller.start()
        self._thread.start()
        self._level2.start()

    def stop(self) -> None:
        """End; waits for nothing that hangs."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def leave(self) -> None:
        """Begin to end, without waiting."""
        self._ended.set()
        self._changed.set()
        self._level2.leave()
        self._came.put((0, None))

    def watch(self, codes: Iterable[str]) -> None:
        """These codes and no others are wanted from now on."""
        self._wanted = frozenset(codes)
        self._changed.set()

    def look_closely(self, codes: Iterable[str]) -> None:
        """Of these codes Level-2 is tried, too; the first ones matter most."""
        self._level2.watch(codes)

    @property
    def health(self) -> QuotesHealth:
        """How the connection stands; any thread."""
        return self._health

    @property
    def level2(self) -> Level2Health:
        """How the Level-2 supplement stands; any thread."""
        return self._level2.health

    @property
    def units(self) -> Mapping[str, int]:
        """What one volume of a code's snapshots was found to stand for; any thread."""
        return dict(self._units.known)

    def close_of(self, code: str) -> tuple[int, int]:
        """What the newest snapshot says of the previous close, and of when that is; (0, 0) for none. Any thread."""
        return self._closes.get(code, (0, 0))

    # --- the connection

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except Exception:
                # a mistake here must not leave the desk without quotes for the rest of the day
                log.exception("QMT quotes: a look at the link failed")
                self._failed(names.QUOTES_LOOK)
            self._changed.wait(LOOK_S)
            self._changed.clear()
        if self._up and self._native is not None and self._worker is not None:
            self._worker.post(self._native.xtdata.disconnect)
            self._worker.end()

    def _look(self) -> None:
        if not self._up:
            self._try_to_connect()
        if self._up:
            self._keep()

    def _try_to_connect(self) -> None:
        now = self._clock()
        if not link.due(self._attempts, now):
            return
        self._attempts = link.begun(self._attempts)
        if self._worker is None or self._worker.sick:
            self._worker = CommandThread(f"qmt-xtdata-{self._attempts.ever}")
        if self._native is None:
            loaded = self._worker.call(self._load, LOAD_S)
            match loaded:
                case Done(native):
                    self._native = native
                case Failed(text):
                    self._failed(names.NOT_OPENED["load"].format(text))
                    return
                case Overdue(seconds):
                    text = names.NO_RETURN.format("xtquant", seconds)
                    self._failed(names.NOT_OPENED["load"].format(text), hung=True)
                    return
        native = self._native
        match self._worker.call(lambda: native.xtdata.reconnect(), CONNECT_S):  # noqa: PLW0108
            case Done(client):
                self._client = client
                self._opened()
            case Failed(text):
                self._failed(names.QUOTES_RAISED.format(text))
            case Overdue(seconds):
                self._failed(names.NO_RETURN.format("reconnect", seconds), hung=True)

    def _opened(self) -> None:
        again = self._health.since > 0
        self._up = True
        self._generation += 1
        self._subscribed.clear()
        now = self._clock()
        self._attempts = link.worked(self._attempts, now)
        self._health = replace(self._health, stage="up", text="", since=now, reconnects=self._health.reconnects + again)
        log.info("QMT quotes: connected")

    def _failed(self, text: str, *, hung: bool = False) -> None:
        self._up = False
        self._attempts = link.missed(self._attempts, self._clock())
        if text != self._health.text:
            log.warning("QMT quotes: %s", text)
        self._health = replace(self._health, stage="hung" if hung else "closed", text=text, subscribed=0)

    def _keep(self) -> None:
        """Subscribe what is missing, give up what nobody wants, and doubt a link on which nothing comes."""
        native, client = self._native, self._client
        if native is None:
            return
        # the layer's own `get_client` would quietly make a new connection, on which nothing is subscribed
        match self._call(lambda: client.is_connected()):  # noqa: PLW0108 - looked up on the worker
            case Done(True):
                pass
            case Overdue(seconds):
                self._failed(names.NO_RETURN.format("is_connected", seconds), hung=True)
                return
            case _:
                self._failed(names.QUOTES_GONE)
                return
        held = frozenset[str]().union(*self._subscribed.values())
        doubt = self._doubt()
        if doubt is Doubt.RECONNECT:
            self._failed(names.QUOTES_STILL.format(len(self._wanted)))
        elif self._wanted != held or doubt is Doubt.SUBSCRIBE:
            self._subscribe(native)

    def _subscribe(self, native: Native) -> None:
        """One subscription for all: the layer cannot change one, and the old one goes when the new one stands."""
        generation, codes = self._generation, sorted(self._wanted)
        old = tuple(self._subscribed)
        if codes:

            def came(rows: object) -> None:
                self._came.put((generation, rows))

            match self._call(lambda: native.xtdata.subscribe_whole_quote(codes, came)):
                case Done(int() as number) if number > 0:
                    self._subscribed[number] = frozenset(codes)
                case Done(value):
                    self._failed(names.QUOTES_RAISED.format(f"subscribe_whole_quote() = {value}"))
                    return
                case Failed(text):
                    self._failed(names.QUOTES_RAISED.format(text))
                    return
                case Overdue(seconds):
                    self._failed(names.NO_RETURN.format("subscribe_whole_quote", seconds), hung=True)
                    return
        for number in old:
            del self._subscribed[number]
            self._call(lambda number=number: native.xtdata.unsubscribe_quote(number))  # type: ignore[misc]
        self._health = replace(self._health, subscribed=len(codes))

    def _doubt(self) -> Doubt:
        now = self._clock()
        if self._news:
            self._news = False
            self._quiet = watchdog.heard(self._quiet, now)
        self._quiet, doubt = watchdog.looked(self._quiet, now, trading=watchdog.trading(self._wanted, now))
        return doubt

    def _call(self, what: Callable[[], Any]) -> Done[Any] | Failed | Overdue:
        return self._worker.call(what, CALL_S) if self._worker is not None else Failed("not loaded")

    # --- snapshots

    def _tell(self) -> None:
        while not self._ended.is_set():
            generation, rows = self._came.get()
            if generation != self._generation:
                continue
            if isinstance(rows, _Supplements):
                now = self._clock()
                for code, row in _each(rows.rows):
                    self._cancels.took(code, row, now)
                continue
            for code, tick in _each(rows):
                self._told(code, tick)

    def _supplemented(self, generation: int, rows: object) -> None:
        self._came.put((generation, _Supplements(rows)))

    def _linked(self) -> tuple[int, Native] | None:
        native = self._native
        return (self._generation, native) if self._up and native is not None else None

    def _told(self, code: str, tick: object) -> None:
        now = self._clock()
        try:
            quote = self._read(code, tick, now)
        # whatever a feed makes of a snapshot, the next one must still be read
        except Exception as error:  # noqa: BLE001
            if self._health.bad == 0:
                log.warning("QMT quotes: %s: %s: %s", code, type(error).__name__, error)
            self._health = replace(self._health, bad=self._health.bad + 1)
            return
        self._health = replace(self._health, tick_at=now)
        newest = self._newest.get(code, 0)
        if newest > now + AHEAD_MS >= quote.at:
            newest = 0
        self._news |= quote.at > newest
        if quote.at >= newest:
            self._newest[code] = quote.at
            self._closes[code] = quote.at, quote.prev_close
            self._post(now, Quoted(self._cancels.beside(quote)))

    def _read(self, code: str, tick: object, now: int) -> Quote:
        if not isinstance(tick, Mapping):
            raise UnclearError(f"a snapshot was {type(tick).__name__}")
        unit = self._units.took(code, traded_of(tick), moment_of(tick, now))
        return quote_of(code, tick, unit, now)

    @property
    def native(self) -> Native | None:
        """Xtquant's modules while the connection stands, else None; any thread."""
        return self._native if self._up else None


def _each(rows: object) -> Iterator[tuple[str, object]]:
    """Code and row; the layer hands lists to single subscriptions and single snapshots to whole ones."""
    if isinstance(rows, Mapping):
        for code, told in rows.items():
            for each in told if isinstance(told, list) else (told,):
                yield str(code), each


def _nobody(_at: int, _event: object) -> None:
    """Before the start there is nobody to tell."""
