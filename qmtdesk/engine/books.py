"""What the engine knows: one immutable state, and the small books it is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from qmtdesk.domain.account import Position
from qmtdesk.domain.codes import Listing
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import Fill, Order, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.grid import Grid
from qmtdesk.strategies.guard import Guard
from qmtdesk.strategies.rolling import Rolling
from qmtdesk.strategies.shadow import Shadow

K = TypeVar("K")
V = TypeVar("V")


class Ready(str, Enum):
    """How far the one path of start, restart and reconnect has come."""

    STARTING = "starting"
    RECONCILING = "reconciling"
    READY = "ready"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Seen:
    """A quote and when it reached us (market time). `before` is the price of the one before it, 厘."""

    quote: Quote
    at: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class GridBook:
    """One grid, running or stopped. Exactly one of `grid` and `rolling` is set.

    `winding` is what the stop still has to do: its orders are being cancelled, or its volume sold.
    """

    plan: GridPlan
    grid: Grid | None
    rolling: Rolling | None
    armed: bool
    armed_at: int
    winding: StopHow | None = None
    rejects: int = 0
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class KillBook:
    """The kill switch since it was pressed. `blocked` counts orders that wanted to leave afterwards."""

    at: int
    by: str
    refs: tuple[str, ...]
    blocked: int = 0
    done_at: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """The account since the last report, kept up to date by booked fills. All 厘.

    `gross_cash` is cash before any open buy froze some of it; `base_total` is the day's first total, for today's P&L.
    """

    gross_cash: int
    reported_at: int
    base_total: int


@dataclass(frozen=True, slots=True)
class Holding:
    """One position since the last report. `sellable` is what could be sold if no sell order were open."""

    code: str
    volume: int
    sellable: int
    cost: int
    bought_today: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the user's event log."""

    no: int
    at: int
    level: str
    code: str
    reason: Reason


def _empty() -> Mapping[str, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class State:
    """Everything the engine knows. Mappings are replaced, never changed in place."""

    limits: RiskLimits
    fees: FeeSchedule
    at: int = 0
    day: str = ""
    ready: Ready = Ready.STARTING
    linked: bool = False
    request: int = 0
    request_at: int = 0
    request_from: int = 1
    """The first question that was asked after whatever made the account doubtful; earlier answers prove nothing."""
    answered: int = 0
    resume: bool = False
    master: bool = True
    kill: KillBook | None = None
    money: Money | None = None
    instruments: Mapping[str, Instrument] = field(default_factory=_empty)
    listings: Mapping[str, Listing] = field(default_factory=_empty)
    quotes: Mapping[str, Seen] = field(default_factory=_empty)
    boards: Mapping[str, Board] = field(default_factory=_empty)
    holdings: Mapping[str, Holding] = field(default_factory=_empty)
    orders: Mapping[str, Order] = field(default_factory=_empty)
    refs: Mapping[str, str] = field(default_factory=_empty)
    fills: Mapping[str, Fill] = field(default_factory=_empty)
    grids: Mapping[str, GridBook] = field(default_factory=_empty)
    guards: Mapping[str, Guard] = field(default_factory=_empty)
    shadows: Mapping[str, Shadow] = field(default_factory=_empty)
    watch: tuple[str, ...] = ()
    lines: tuple[LogLine, ...] = ()
    next_ref: int = 1
    next_line: int = 1
    messages: int = 0
    sent_at: tuple[int, ...] = ()
    loss_day: str = ""
    blocked: Mapping[str, Reason] = field(default_factory=_empty)
    """Why a code's newest wish did not leave; '' for what holds everything back."""
    suspended: Mapping[str, Reason] = field(default_factory=_empty)
    """Codes that wait for the user's word, and why; '' holds everything back."""
    released: Mapping[str, int] = field(default_factory=_empty)
    """When the user last let a code trade again: what was counted before does not count any more."""
    told: Mapping[str, int] = field(default_factory=_empty)
    """When a word that is not repeated at every tick was said last, today."""
    messages_of: Mapping[str, int] = field(default_factory=_empty)
    doubts: Mapping[str, int] = field(default_factory=_empty)
    """The newest question when an order fell into doubt in this run: only answers to later ones say anything of it."""


def put(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """The mapping with one entry set."""
    return MappingProxyType({**mapping, key: value})


def drop(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    """The mapping without one entry."""
    return MappingProxyType({k: v for k, v in mapping.items() if k != key})


def live_orders(state: State, code: str = "", *, own: bool = True) -> Iterator[Order]:
    """Orders that may still change the account, of one code or of all; `own` leaves foreign ones out."""
    for order in state.orders.values():
        if (
            (order.live or order.unsettled)
            and (not code or order.code == code)
            and not (own and order.owner.kind is OwnerKind.FOREIGN)
        ):
            yield order


def sell_room(state: State, code: str) -> int:
    """What may still be put up for sale: sellable less everything already on offer, ours in doubt included."""
    holding = state.holdings.get(code)
    if holding is None:
        return 0
    offered = sum(o.open_volume for o in live_orders(state, code, own=False) if o.side is Side.SELL)
    return max(0, holding.sellable - offered)


def cash_room(state: State) -> int:
    """厘 that may still be put up for buying: gross cash less every open buy, ours in doubt included."""
    if state.money is None:
        return 0
    bidding = sum(frozen_by(o.price, o.open_volume) for o in live_orders(state, own=False) if o.side is Side.BUY)
    return state.money.gross_cash - bidding


def frozen_by(price: int, volume: int) -> int:
    """厘 that a counter freezes for a buy, commission included, rather too much than too little; 0 for no volume."""
    value = price * volume
    return value + max(value // 1_000, 5_000) if value else 0


def holding_of(position: Position, open_sells: int) -> Holding:
    """A reported position with the volume its open sell orders hold back added again."""
    return Holding(position.code, position.volume, position.can_use + open_sells, position.cost, position.bought_today)
