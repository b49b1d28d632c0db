"""The QMT gateway: trading side and quote side together, and the trading day they live in."""

import logging
import threading
from collections.abc import Iterable

from qmtdesk.domain.messages import Cancel, Place, Query, TimePassed
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.ports import Post
from qmtdesk.gateways.qmt.day_list import DayList
from qmtdesk.gateways.qmt.health import Health
from qmtdesk.gateways.qmt.list_questions import ListQuestions
from qmtdesk.gateways.qmt.mouth import Mouth
from qmtdesk.gateways.qmt.quote_side import Loader, QuoteSide
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.trade_side import Clock, TradeOptions, TradeSide

log = logging.getLogger("qmtdesk.trader")

SECOND_MS = 1_000
LOOK_S = 0.25


class QmtGateway:
    """Implements `engine.ports.Gateway` over xtquant; market time is the wall clock.

    Nothing here blocks: three rooms of threads wait for the terminal, and none of them is waited for longer than a
    moment. `clock` tells Unix ms.
    """

    def __init__(self, options: TradeOptions, load: Loader, clock: Clock, raw: RawLog) -> None:
        self._clock = clock
        self._trade = TradeSide(options, load, clock, raw)
        self._quotes = QuoteSide(load, clock)
        self._questions = ListQuestions(lambda: self._quotes.native)
        self._mouth = Mouth()
        self._ended = threading.Event()
        self._asked = threading.Event()
        self._codes: frozenset[str] = frozenset()
        self._list = DayList(self._questions, clock, self._quotes.close_of)
        self._beat = threading.Thread(target=self._tick, name="qmt-clock", daemon=True)
        self._lister = threading.Thread(target=self._keep_list, name="qmt-list", daemon=True)

    # --- the port

    def start(self, post: Post) -> None:
        """Begin; the link, the day and quotes follow as the terminal allows."""
        self._mouth.open(post)
        self._quotes.start(self._mouth.say)
        self._trade.start(self._mouth.say)
        self._lister.start()
        self._beat.start()

    def stop(self) -> None:
        """End within two seconds, whatever hangs."""
        self._mouth.shut()
        self._ended.set()
        self._asked.set()
        self._questions.end()
        self._quotes.leave()
        self._trade.stop()
        self._quotes.stop()

    def submit(self, order: Place) -> None:
        """Send one order."""
        self._trade.want(order)

    def cancel(self, cancel: Cancel) -> None:
        """Ask for a cancel."""
        self._trade.want(cancel)

    def query(self, query: Query) -> None:
        """Ask for the account."""
        self._trade.ask(query)

    def now(self) -> int:
        """The wall clock, Unix ms."""
        return self._clock()

    # --- what only this gateway can

    def watch(self, codes: Iterable[str]) -> None:
        """Quotes of these codes are wanted: what is on screen, held or armed. Unknown ones are looked up."""
        wanted = frozenset(codes)
        if wanted == self._codes:
            return
        self._codes = wanted
        self._quotes.watch(wanted)
        self._asked.set()

    def look_closely(self, codes: Iterable[str]) -> None:
        """Of these stocks, the first ones most, Level-2 is used where the account has the right to it."""
        self._quotes.look_closely(codes)

    @property
    def health(self) -> Health:
        """How both sides stand; any thread."""
        quotes = self._quotes.health
        if quotes.stage == "up" and self._list.reason:
            quotes = replace(quotes, text=self._list.reason)
        return Health(self._trade.health, quotes, self._quotes.level2)

    @property
    def differences(self) -> tuple[tuple[str, str], ...]:
        """(code, what QMT tells otherwise than the rules), of today."""
        return self._list.differences

    @property
    def units(self) -> dict[str, int]:
        """What one volume of a bond's snapshots was found to stand for."""
        return dict(self._quotes.units)

    # --- time and the day

    def _tick(self) -> None:
        while not self._ended.wait((SECOND_MS - self._clock() % SECOND_MS) / 1000):
            self._mouth.say(self._clock(), TimePassed())
            self._trade.beat()

    def _keep_list(self) -> None:
        """Each morning, at the start, and when a code is wanted that is not in it."""
        while not self._ended.is_set():
            try:
                # before the quotes are connected there is nobody to ask
                opened = self._list.looked(self._codes) if self._quotes.native is not None else None
            except Exception:
                # without a list nothing can be traded; the next look may do better
                log.exception("QMT list: it could not be made")
                opened = None
            if opened is not None:
                self._mouth.say(self._clock(), opened)
            self._asked.wait(LOOK_S)
            self._asked.clear()
