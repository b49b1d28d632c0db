"""A small market: one engine and one paper broker side by side, with prices given by hand."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.messages import (
    Cancel,
    DayOpened,
    Event,
    Intent,
    LinkChanged,
    OrderReported,
    Place,
    Query,
    Quoted,
    TimePassed,
)
from qmtdesk.domain.order import Order
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.core import Step, begin, step
from qmtdesk.engine.records import Record, decode, encode
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.account import Holding, PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import NO_FAULTS, Faults

DAY = date(2026, 11, 20)
NEXT_DAY = date(2026, 11, 23)
BOND, BOND2, STOCK = "127089.SZ", "110059.SH", "600719.SH"


def quote_of(
    code: str, at: int, last: int, *, prev: int = 0, spread: int = 1, depth: int = 1_000, volume: int = 0
) -> Quote:
    """A quote with five levels around a last price."""
    tick = 1 if code.startswith("1") else 10
    bids, asks = _levels(last, -tick, spread, depth), _levels(last, tick, spread, depth)
    return Quote(code, at, last, prev or last, last, last, last, volume, volume * last, bids, asks)


@lru_cache(maxsize=1_024)
def _levels(last: int, tick: int, spread: int, depth: int) -> tuple[Level, ...]:
    """One side of a book: five levels, each as deep."""
    return tuple([Level(last + tick * (spread + i), depth) for i in range(5)])


def sealed_quote(code: str, at: int, limit: int, lots: int, *, prev: int, volume: int = 10_000) -> Quote:
    """A board locked at its limit with that many lots waiting."""
    bids = (Level(limit, lots * 100), *(Level(limit - 10 * i, 100) for i in range(1, 5)))
    return Quote(code, at, limit, prev, limit, limit, limit, volume, volume * limit, bids, (EMPTY,) * 5)


@dataclass
class MarketDay:
    """Engine and broker side by side; `feed` hands an event over and carries out what the engine wants.

    `deaf` keeps every intent from the broker, `mute` keeps the broker's words from the engine, `no_rows` its rows.
    """

    cash: int = 1_000_000_000
    held: dict[str, tuple[int, int]] = field(default_factory=dict)
    limits: RiskLimits = field(default_factory=RiskLimits)
    prices: dict[str, int] = field(default_factory=lambda: {BOND: 120_000, STOCK: 10_000})
    hour: int = 10
    minute: int = 0
    deaf: bool = False
    mute: bool = False
    no_rows: bool = False
    seed: int = 7
    faults: Faults = NO_FAULTS
    first_day: date = DAY

    def __post_init__(self) -> None:
        self.day = self.first_day
        self.at = at_of(self.day, self.hour, self.minute)
        holdings = {code: Holding(volume, volume * cost) for code, (volume, cost) in self.held.items()}
        account = PaperAccount(self.cash, 0, holdings)
        self.exchange = self.make_exchange(account)
        self.state: State = begin(State(self.limits, FeeSchedule()), (), resume=False)
        self.records: list[Record] = []
        self.sent: list[tuple[int, Intent]] = []
        self.last: dict[str, int] = dict(self.prices)
        self.instruments = self.make_instruments(self.day, self.prices)
        self.exchange.open_day(self.day, self.instruments)

    def make_exchange(self, account: PaperAccount) -> PaperExchange:
        """The broker of this story."""
        return PaperExchange(account, seed=self.seed, faults=self.faults)

    def make_instruments(self, day: date, prices: dict[str, int]) -> tuple[Instrument, ...]:
        """What a day's feed tells of each code, from its previous close."""
        return tuple(make_instrument(code, "", price, day) for code, price in prices.items())

    def open(self) -> "MarketDay":
        """Connect, open the day, quote everything once, reconcile."""
        self.connect()
        self.quote_all()
        return self.wait(2_000)

    def connect(self) -> None:
        """The gateway's first words."""
        self.feed(LinkChanged(up=True))
        self.feed(DayOpened(self.day.isoformat(), self.instruments))

    def quote_all(self) -> None:
        """One snapshot of every code at its last price."""
        for code, price in self.last.items():
            self.price(code, price)

    def feed(self, event: Event) -> Step:
        """One event through the engine."""
        result = step(self.state, self.at, event)
        self.state = result.state
        self.records.extend(result.records)
        for intent in result.intents:
            self.let_go(intent)
        return result

    def let_go(self, intent: Intent) -> None:
        """An intent leaves the program."""
        self.sent.append((self.at, intent))
        if not self.deaf:
            self.carry(intent)

    def carry(self, intent: Intent) -> None:
        """Hand one intent to the broker."""
        match intent:
            case Place():
                self.exchange.submit(self.at, intent)
            case Cancel():
                self.exchange.cancel(self.at, intent)
            case Query():
                self.exchange.query(self.at, intent)

    def price(
        self, code: str, last: int, *, prev: int = 0, spread: int = 1, depth: int = 1_000, volume: int = 0
    ) -> Step:
        """A new snapshot of a code."""
        self.last[code] = last
        before = prev or self.prices[code]
        return self.quote(quote_of(code, self.at, last, prev=before, spread=spread, depth=depth, volume=volume))

    def quote(self, quote: Quote) -> Step:
        """A snapshot for broker and engine alike."""
        self.exchange.market(quote)
        self.deliver()
        return self.feed(Quoted(quote))

    def wait(self, ms: int) -> "MarketDay":
        """Let market time pass; each message is delivered when due, and each second the engine is told of it."""
        end = self.at + ms
        while self.at < end:
            second = self.at - self.at % 1_000 + 1_000
            due = self.exchange.next_due()
            self.at = min(second, end, max(due, self.at + 1) if due is not None else end)
            self.deliver()
            if self.at == second:
                self.feed(TimePassed())
        return self

    def live_market(self, ms: int, *, every: int = 3_000) -> "MarketDay":
        """Let time pass while every code is quoted at its last price."""
        end = self.at + ms
        while self.at < end:
            self.wait(min(every, end - self.at))
            self.quote_all()
        return self

    def deliver(self) -> None:
        """What the broker said until now reaches the engine, unless it is mute."""
        for _, event in self.exchange.due(self.at):
            if not (self.mute or (self.no_rows and isinstance(event, OrderReported))):
                self.feed(event)

    def jump(self, hour: int, minute: int, second: int = 0) -> "MarketDay":
        """Another time of the same day, with nothing in between."""
        self.at = at_of(self.day, hour, minute, second)
        self.deliver()
        self.feed(TimePassed())
        return self

    def next_day(self, day: date = NEXT_DAY, hour: int = 9, minute: int = 31) -> "MarketDay":
        """Close this day at the broker and open another one."""
        self.at = max(self.at, at_of(self.day, 15, 0, 1))
        self.exchange.close_day(self.at)
        self.wait(2_000)
        self.closed()
        self.day, self.at = day, at_of(day, hour, minute)
        self.instruments = self.make_instruments(day, self.last)
        self.prices = dict(self.last)
        self.exchange.open_day(day, self.instruments)
        self.feed(DayOpened(day.isoformat(), self.instruments))
        self.quote_all()
        return self.wait(2_000)

    def closed(self) -> None:
        """The day is over at the broker, whose lists still show it."""

    def restart(self, *, resume: bool) -> "MarketDay":
        """Begin anew from what was written down, and connect again."""
        self.state = self.folded(resume=resume)
        self.connect()
        self.quote_all()
        return self

    def folded(self, *, resume: bool = True) -> State:
        """The state a new process would begin with: every record through its JSON and back."""
        past = [decode(*encode(record)) for record in self.records]
        return begin(State(self.limits, FeeSchedule()), past, resume=resume)

    def intents(self, kind: type) -> list[Intent]:
        """Every intent of a kind sent so far."""
        return [intent for _, intent in self.sent if isinstance(intent, kind)]

    def places(self, code: str = "") -> list[Place]:
        """Every order sent so far."""
        return [i for _, i in self.sent if isinstance(i, Place) and (not code or i.code == code)]

    def cancels(self) -> list[Cancel]:
        """Every cancel sent so far."""
        return [i for _, i in self.sent if isinstance(i, Cancel)]

    def live(self, code: str = "") -> list[Order]:
        """The engine's live orders."""
        return list(live_orders(self.state, code))

    def said(self) -> list[Why]:
        """What the user was told, oldest first."""
        return [line.reason.why for line in self.state.lines]
