"""The broker's whole truth as data: what is saved, so that a restart finds the counter as it was left."""

from dataclasses import dataclass, field
from typing import cast

import msgspec
from msgspec import Struct

from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.messages import (
    AccountReported,
    AccountStatusTold,
    BrokerEvent,
    CancelRefused,
    FillReported,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
    SubmitRefused,
    SubmitUnknown,
)
from qmtdesk.domain.order import FINAL, Fill, OrderState, Side
from qmtdesk.domain.quote import Quote
from qmtdesk.gateways.paper.account import PaperAccount

_EVENTS = (
    AccountReported,
    AccountStatusTold,
    CancelRefused,
    FillReported,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
    SubmitRefused,
    SubmitUnknown,
)
_BY_NAME = {event.__name__: event for event in _EVENTS}


@dataclass(slots=True)
class Entry:
    """One order at the counter. `frozen` is cash in 厘 (buys); `fresh` until it has met a continuous book."""

    number: int
    broker_id: str
    remark: str
    code: str
    side: Side
    price: int
    volume: int
    at: int
    state: OrderState = OrderState.SENT
    filled: int = 0
    amount: int = 0
    frozen: int = 0
    ahead: int = 0
    fresh: bool = True
    text: str = ""
    foreign: bool = False

    @property
    def left(self) -> int:
        """Volume not filled."""
        return self.volume - self.filled

    @property
    def on_book(self) -> bool:
        """Whether it can fill."""
        return self.state not in FINAL and self.state is not OrderState.SENT

    def reported(self) -> BrokerOrder:
        """The row the counter tells."""
        return BrokerOrder(
            self.broker_id,
            self.remark,
            self.code,
            self.side,
            self.price,
            self.volume,
            self.filled,
            self.state,
            self.text,
            self.at,
        )


class Errand(Struct, frozen=True, order=True):
    """Something on its way to the counter: `kind` is order, cancel, drop or query; `key` its id."""

    at: int
    number: int
    kind: str
    key: str


class Letter(Struct, frozen=True, order=True):
    """A message on its way back; `name` is the event's class, `body` its packed fields."""

    at: int
    number: int
    name: str
    body: bytes


@dataclass(slots=True, kw_only=True)
class Truth:
    """Everything the paper exchange knows; times Unix ms, `dice` the state of its chance."""

    account: PaperAccount
    dice: int
    day: str = ""
    instruments: tuple[Instrument, ...] = ()
    quotes: dict[str, Quote] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    taken: dict[str, dict[str, int]] = field(default_factory=dict)
    booked: dict[str, bool] = field(default_factory=dict)
    counter: int = 0
    orders_ever: int = 0
    trades_today: int = 0
    last_there: int = 0
    last_back: int = 0


def letter(at: int, number: int, event: BrokerEvent) -> Letter:
    """An event put into an envelope."""
    return Letter(at, number, type(event).__name__, msgspec.msgpack.encode(event))


def opened(envelope: Letter) -> BrokerEvent:
    """The event in the envelope."""
    return cast("BrokerEvent", msgspec.msgpack.decode(envelope.body, type=_BY_NAME[envelope.name]))
