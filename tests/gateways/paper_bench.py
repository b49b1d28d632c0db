"""A paper exchange on one bond and some stocks, driven by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.messages import BrokerEvent, Cancel, CancelRefused, FillReported, OrderReported, Place
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.paper.account import Holding, PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import AT_ONCE, NO_FAULTS, Delays, Faults

DAY = date(2026, 11, 20)
BOND, STOCK, STAR, OTHER = "113901.SH", "605801.SH", "688901.SH", "003901.SZ"
PREV = {BOND: 120_000, STOCK: 10_000, STAR: 50_000, OTHER: 20_000}
OWNER = Owner(OwnerKind.GRID, 1)
BUY, SELL = Side.BUY, Side.SELL

Levels = Iterable[tuple[int, int]]


def book(levels: Levels) -> tuple[Level, ...]:
    rows = [Level(price, volume) for price, volume in levels]
    return tuple(rows + [EMPTY] * (5 - len(rows)))


@dataclass
class Bench:
    """An exchange with instruments listed and a clock the test moves."""

    hour: int = 10
    minute: int = 0
    cash: int = 1_000_000_000
    held: dict[str, int] = field(default_factory=dict)
    delays: Delays = AT_ONCE
    faults: Faults = NO_FAULTS
    seed: int = 3

    def __post_init__(self) -> None:
        holdings = {code: Holding(volume, volume * PREV[code]) for code, volume in self.held.items()}
        account = PaperAccount(self.cash, holdings=holdings)
        self.exchange = PaperExchange(account, None, self.delays, self.seed, self.faults)
        self.instruments = tuple(make_instrument(code, code, prev, DAY) for code, prev in PREV.items())
        self.exchange.open_day(DAY.isoformat(), self.instruments)
        self.at = at_of(DAY, self.hour, self.minute)
        self.volumes: dict[str, int] = {}
        self.refs = 0
        self.events: list[tuple[int, BrokerEvent]] = []

    def go(self, hour: int, minute: int, second: int = 0) -> None:
        self.at = at_of(DAY, hour, minute, second)

    def quote(
        self, code: str, last: int, bids: Levels = (), asks: Levels = (), traded: int = 0, after: int = 3000
    ) -> Quote:
        """A snapshot `after` ms later in which `traded` more was traded since the one before."""
        self.at += after
        volume = self.volumes[code] = self.volumes.get(code, 0) + traded
        opened = last if volume else 0
        quote = Quote(
            code, self.at, last, PREV[code], opened, last, last, volume, volume * last, book(bids), book(asks)
        )
        self.exchange.market(quote)
        return quote

    def place(self, code: str, side: Side, price: int, volume: int) -> str:
        self.refs += 1
        ref = f"r{self.refs}"
        self.exchange.submit(self.at, Place(ref, code, side, price, volume, OWNER))
        return ref

    def cancel(self, ref: str) -> None:
        self.exchange.cancel(self.at, Cancel(ref, self.broker_id(ref)))

    def broker_id(self, ref: str) -> str:
        self.drain()
        return next(entry.broker_id for entry in self.exchange.orders if entry.remark == ref)

    def drain(self, ms: int = 0) -> list[BrokerEvent]:
        """What arrives within so many ms; kept in `events` too."""
        self.at += ms
        new = self.exchange.due(self.at)
        self.events += new
        return [event for _, event in new]

    def fills(self, ref: str) -> list[tuple[int, int]]:
        """(price, volume) of the fills pushed so far."""
        self.drain()
        return [
            (e.fill.price, e.fill.volume) for _, e in self.events if isinstance(e, FillReported) and e.fill.ref == ref
        ]

    def states(self, ref: str) -> list[str]:
        """The states pushed so far."""
        self.drain()
        return [e.order.state.value for _, e in self.events if isinstance(e, OrderReported) and e.order.remark == ref]

    def text(self, ref: str) -> str:
        """The counter's words about an order, '' when it took it."""
        self.drain()
        told = [e.order.text for _, e in self.events if isinstance(e, OrderReported) and e.order.remark == ref]
        return told[-1]

    def refused_cancels(self) -> list[str]:
        self.drain()
        return [e.text for _, e in self.events if isinstance(e, CancelRefused)]
