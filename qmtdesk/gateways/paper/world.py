"""One paper world: a feed, an exchange and a virtual time that moves only when told to."""

from dataclasses import dataclass

import msgspec

from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.messages import (
    AccountStatusTold,
    Cancel,
    DayOpened,
    Event,
    LinkChanged,
    Place,
    Query,
    Quoted,
    TimePassed,
)
from qmtdesk.domain.order import Side
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.gateways.paper.feed import Feed

Timed = tuple[int, Event]

_SECOND = 1000
_FORMAT = 1


class WorldError(ValueError):
    """A saved world that cannot be continued; the message says why."""


@dataclass(frozen=True, slots=True)
class _Saved:
    format: int
    feed: str
    day: str
    at: int
    exchange: bytes


class World:
    """Moves a day on, step by step, and tells everything that happened on the way. Not for several threads."""

    def __init__(self, feed: Feed, exchange: PaperExchange, at: int) -> None:
        self.feed = feed
        self.exchange = exchange
        self.at = at
        self.day = shanghai_day(at)
        self.ended = False
        self.linked = True
        self.status = int(AccountStatus.OK)
        self.silent: frozenset[str] = frozenset()
        self._closed = False

    # --- beginning

    def opened(self) -> list[Timed]:
        """The first events: link, day, and the newest snapshot of every code."""
        if self.exchange.day != self.day.isoformat():
            self.exchange.open_day(self.day.isoformat(), self.feed.instruments(self.day))
        return [(self.at, LinkChanged(True)), self._day_opened(), *self._newest()]

    # --- time

    def advance(self, ms: int) -> list[Timed]:
        """Let this much market time pass; nights and days without trading take none of it."""
        out: list[Timed] = []
        while ms > 0 and not self.ended:
            evening = at_of(self.day, 15, 5)
            step = min(ms, max(evening - self.at, 0))
            out += self._stretch(self.at + step)
            ms -= step
            if self.at >= evening:
                out += self._roll()
        return out

    def jump(self, minute: int) -> list[Timed]:
        """Go to this minute of the Shanghai day, tomorrow when it is not ahead; resting orders live through it."""
        target = at_of(self.day, *divmod(minute, 60))
        out: list[Timed] = []
        if target <= self.at:
            out += self._skip(at_of(self.day, 15, 5)) + self._roll()
            if self.ended:
                return out
            target = at_of(self.day, *divmod(minute, 60))
        return out + self._skip(max(target, self.at)) + self._newest()

    # --- orders

    def submit(self, order: Place) -> list[Timed]:
        """Send an order now; lost without the link."""
        if self.linked:
            self.exchange.submit(self.at, order)
        return []

    def cancel(self, cancel: Cancel) -> list[Timed]:
        """Send a cancel now; lost without the link."""
        if self.linked:
            self.exchange.cancel(self.at, cancel)
        return []

    def query(self, query: Query) -> list[Timed]:
        """Ask for the account now; lost without the link."""
        if self.linked:
            self.exchange.query(self.at, query)
        return []

    # --- what a tester may do

    def by_hand(self, code: str, side: Side, price: int, volume: int, remark: str = "") -> list[Timed]:
        """An order typed into the broker's own terminal, or with a remark sent by another program."""
        self.exchange.submit_foreign(self.at, code, side, price, volume, remark)
        return []

    def set_status(self, number: int) -> list[Timed]:
        """How the account stands at the counter from now on; said at once and at each new link."""
        self.status = number
        return [(self.at, AccountStatusTold(number))] if self.linked else []

    def set_faults(self, faults: Faults) -> list[Timed]:
        """What goes wrong on the line from now on."""
        self.exchange.faults = faults
        return []

    def set_silent(self, codes: frozenset[str]) -> list[Timed]:
        """Codes whose snapshots reach nobody."""
        self.silent = codes
        return []

    def set_link(self, *, up: bool, replay: bool = False) -> list[Timed]:
        """Cut or mend the line. What the counter says meanwhile is lost; `replay` tells the day's events again."""
        self.linked = up
        if up and replay:
            self.exchange.replay_day(self.at)
        told: list[Timed] = [(self.at, LinkChanged(up))]
        return [*told, (self.at, AccountStatusTold(self.status))] if up else told

    # --- persistence

    def dump(self) -> bytes:
        """Everything needed to continue exactly here, on the same feed."""
        saved = _Saved(_FORMAT, self.feed.name, self.day.isoformat(), self.at, self.exchange.dump())
        return msgspec.msgpack.encode(saved)

    @classmethod
    def continued(cls, data: bytes, feed: Feed, exchange: PaperExchange) -> "World":
        """The world as it was saved, `exchange` filled with its truth; WorldError when that cannot be."""
        try:
            saved = msgspec.msgpack.decode(data, type=_Saved)
            exchange.load(saved.exchange)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise WorldError(f"the saved paper market cannot be read: {error}") from error
        if saved.format != _FORMAT:
            raise WorldError(f"the saved paper market has format {saved.format}, this program writes {_FORMAT}")
        if saved.feed != feed.name:
            raise WorldError(f"the saved paper market ran on {saved.feed}, not on {feed.name}")
        world = cls(feed, exchange, saved.at)
        world._closed = saved.at >= at_of(world.day, 15, 0, 30)
        return world

    @staticmethod
    def feed_named_in(data: bytes) -> str:
        """The name of the feed a saved world ran on; WorldError when the bytes are no saved world."""
        try:
            return msgspec.msgpack.decode(data, type=_Saved).feed
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise WorldError(f"the saved paper market cannot be read: {error}") from error

    # --- inside

    def _stretch(self, until: int) -> list[Timed]:
        out: list[Timed] = []
        for quote in self.feed.between(self.day, self.at, until):
            out += self._told(quote.at)
            self.exchange.market(quote)
            if quote.code not in self.silent:
                out.append((quote.at, Quoted(quote)))
        self._close_when_due(until)
        out += self._told(until)
        first = (self.at // _SECOND + 1) * _SECOND
        out += [(mark, TimePassed()) for mark in range(first, until + 1, _SECOND)]
        self.at = until
        out.sort(key=lambda timed: timed[0])
        return out

    def _skip(self, until: int) -> list[Timed]:
        """As a stretch, but only codes with orders see the snapshots, and nobody is told of them."""
        out: list[Timed] = []
        live = self.exchange.live_codes
        for quote in self.feed.between(self.day, self.at, until, live) if live else ():
            out += self._told(quote.at)
            self.exchange.market(quote)
        self._close_when_due(until)
        out += self._told(until)
        self.at = until
        return out

    def _told(self, at: int) -> list[Timed]:
        due = self.exchange.due(at)
        return [(when, event) for when, event in due] if self.linked else []

    def _close_when_due(self, until: int) -> None:
        closing = at_of(self.day, 15, 0, 30)
        if until >= closing and not self._closed:
            self._closed = True
            self.exchange.close_day(closing)

    def _roll(self) -> list[Timed]:
        following = self.feed.day_after(self.day)
        if following is None:
            self.ended = True
            return []
        self.day, self._closed = following, False
        self.at = at_of(following, 9, 14, 50)
        self.exchange.open_day(following.isoformat(), self.feed.instruments(following))
        return [self._day_opened()]

    def _day_opened(self) -> Timed:
        return self.at, DayOpened(self.day.isoformat(), self.feed.instruments(self.day), self.feed.terms(self.day))

    def _newest(self) -> list[Timed]:
        out: list[Timed] = []
        for instrument in self.feed.instruments(self.day):
            quote = self.feed.quote_at(self.day, instrument.code, self.at)
            if quote is not None:
                self.exchange.market(quote)
                out.append((self.at, Quoted(quote)))
        return out
