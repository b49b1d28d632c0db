"""A small market for engine tests: one engine, one paper broker, quotes by hand."""

from dataclasses import dataclass, field
from datetime import date

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.messages import Cancel, DayOpened, Event, Intent, LinkChanged, Place, Query, Quoted, TimePassed
from qmtdesk.domain.quote import Level, Quote
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.books import State
from qmtdesk.engine.core import Step, begin, step
from qmtdesk.engine.records import Record
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.account import Holding, PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange

DAY = date(2026, 11, 20)
BOND, STOCK = "127089.SZ", "600719.SH"


def quote_of(code: str, at: int, last: int, *, prev: int = 0, spread: int = 1, depth: int = 1_000, volume: int = 0) -> Quote:
    """A quote with five levels around a last price."""
    tick = 1 if code.startswith("1") else 10
    bids = tuple(Level(last - tick * (spread + i), depth) for i in range(5))
    asks = tuple(Level(last + tick * (spread + i), depth) for i in range(5))
    return Quote(code, at, last, prev or last, last, last, last, volume, volume * last, bids, asks)


def sealed_quote(code: str, at: int, limit: int, lots: int, *, prev: int) -> Quote:
    """A board locked at its limit with that many lots waiting."""
    bids = (Level(limit, lots * 100), *(Level(limit - 10 * i, 100) for i in range(1, 5)))
    return Quote(code, at, limit, prev, limit, limit, limit, 10_000, 10_000 * limit, bids, ())


@dataclass
class MarketDay:
    """Engine and broker side by side; `feed` hands an event over and carries out what the engine wants."""

    cash: int = 1_000_000_000
    held: dict[str, tuple[int, int]] = field(default_factory=dict)
    limits: RiskLimits = field(default_factory=RiskLimits)
    prices: dict[str, int] = field(default_factory=lambda: {BOND: 120_000, STOCK: 10_000})
    hour: int = 10
    deaf: bool = False

    def __post_init__(self) -> None:
        self.at = at_of(DAY, self.hour, 0)
        holdings = {code: Holding(volume, volume * cost) for code, (volume, cost) in self.held.items()}
        self.exchange = PaperExchange(PaperAccount(self.cash, 0, holdings), seed=7)
        self.state: State = begin(State(self.limits, FeeSchedule()), (), resume=False)
        self.records: list[Record] = []
        self.sent: list[Intent] = []
        self.instruments = tuple(make_instrument(code, "", price, DAY) for code, price in self.prices.items())
        self.exchange.open_day(DAY, self.instruments)

    def open(self) -> "MarketDay":
        """Connect, open the day, quote everything once, reconcile."""
        self.feed(LinkChanged(up=True))
        self.feed(DayOpened(DAY.isoformat(), self.instruments))
        for code, price in self.prices.items():
            self.price(code, price)
        self.wait(2_000)
        return self

    def feed(self, event: Event) -> Step:
        """One event through the engine."""
        result = step(self.state, self.at, event)
        self.state = result.state
        self.records.extend(result.records)
        for intent in result.intents:
            self.sent.append(intent)
            if self.deaf:
                continue
            match intent:
                case Place():
                    self.exchange.submit(self.at, intent)
                case Cancel():
                    self.exchange.cancel(self.at, intent)
                case Query():
                    self.exchange.query(self.at, intent)
        return result

    def price(self, code: str, last: int, **rest: int) -> Step:
        """A new snapshot of a code."""
        return self.quote(quote_of(code, self.at, last, prev=self.prices[code], **rest))

    def quote(self, quote: Quote) -> Step:
        """A snapshot for broker and engine alike."""
        self.exchange.market(quote)
        self._deliver()
        return self.feed(Quoted(quote))

    def wait(self, ms: int) -> "MarketDay":
        """Let market time pass, a tenth of a second at a time; a second's tick to the engine each second."""
        end = self.at + ms
        while self.at < end:
            self.at += 100
            self._deliver()
            if self.at % 1_000 == 0:
                self.feed(TimePassed())
        return self

    def _deliver(self) -> None:
        for _, event in self.exchange.due(self.at):
            self.feed(event)

    def places(self, code: str = "") -> list[Place]:
        """Every order sent so far."""
        return [i for i in self.sent if isinstance(i, Place) and (not code or i.code == code)]
