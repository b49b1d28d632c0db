"""What the engine knows: one immutable state, and the small books it is made of."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar, cast

from msgspec import Struct, field

from qmtdesk.domain.account import Position
from qmtdesk.domain.codes import Listing
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import Fill, Order, Side
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason
from qmtdesk.engine.filed import Filed, Orders
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.grid import Grid
from qmtdesk.strategies.guard import Guard
from qmtdesk.strategies.rolling import Rolling
from qmtdesk.strategies.shadow import Shadow

BUYS = "buys"
"""Under what buying as a whole is suspended; no code looks like it."""
K = TypeVar("K")
V = TypeVar("V")


def _empty() -> Mapping[str, V]:
    return MappingProxyType({})


class Ready(str, Enum):
    """How far the one path of start, restart and reconnect has come."""

    STARTING = "starting"
    RECONCILING = "reconciling"
    READY = "ready"
    SUSPENDED = "suspended"


class Seen(Struct, frozen=True):
    """A quote and when it reached us (market time). `before` is the price of the one before it, 厘.

    `ahead` is of the last snapshot of the code that came from a time not there yet: that time, and by how many ms.
    """

    quote: Quote
    at: int
    before: int = 0
    ahead: tuple[int, int] = (0, 0)


class GridBook(Struct, frozen=True):
    """One grid, running or stopped. Exactly one of `grid` and `rolling` is set.

    `winding` is what the stop still has to do: its orders are being cancelled, or its volume sold. `others` are the
    day's sales of others by their keys, and what of each came out of 底仓 and out of the grid. `fresh`: no order of
    this arming has left yet. `closed`: the newest day whose close was seen, and that close; a day and 0 once its prices
    are known to go on from there. `made_of`: the day it was worked out for and the close before (厘) of its list then.
    """

    plan: GridPlan
    grid: Grid | None
    rolling: Rolling | None
    armed: bool
    armed_at: int
    winding: StopHow | None = None
    rejects: int = 0
    why: Reason | None = None
    others: tuple[tuple[str, int, int], ...] = ()
    fresh: bool = False
    closed: tuple[str, int] = ("", 0)
    made_of: tuple[str, int] = ("", 0)


class ClearBook(Struct, frozen=True):
    """One holding being cleared: `target` in all, never below `floor` (厘); orders from number `first_ref` on are its.

    `whole`: also what qmtdesk did not buy may go. `why` is set when it has ended and only its order has to come off.
    """

    code: str
    target: int
    floor: int
    whole: bool
    at: int
    day: str
    first_ref: int
    why: Reason | None = None


class KillBook(Struct, frozen=True):
    """The kill switch since it was pressed. `blocked` counts orders that wanted to leave afterwards."""

    at: int
    by: str
    refs: tuple[str, ...]
    blocked: int = 0
    done_at: int = 0


class Money(Struct, frozen=True):
    """The account since the last report, kept up to date by booked fills. All 厘.

    `gross_cash` is cash before any open buy froze some of it; `base_total` is what there was at the last closes, for
    today's P&L, with the cash (None: not known; below zero where more was taken out than there was), the volumes of
    then and the prices they were counted at; `base_most` is what it began with, and `base_left` the prices at which
    codes went without a trade. `withheld` is frozen for no order that is listed, as for new shares the user put in for;
    `idle_cash` is that of before an order was on its way or in doubt, `idle_shares` what could not be sold then, and
    `settled` the cash of then without the day's trades (None: not known).
    """

    gross_cash: int
    reported_at: int
    base_total: int
    base_cash: int | None = None
    base_held: Mapping[str, int] = field(default_factory=_empty)
    base_closes: Mapping[str, int] = field(default_factory=_empty)
    base_most: int = 0
    base_left: Mapping[str, int] = field(default_factory=_empty)
    withheld: int = 0
    idle_cash: int = 0
    settled: int | None = None
    idle_shares: Mapping[str, int] = field(default_factory=_empty)


class Elsewhere(Struct, frozen=True):
    """What trades of codes without rules, told only as one turnover, explain of the cash. All 厘.

    `used`: so much of today's turnover has explained something; `lent`: so much of it left the cash, as for a reverse
    repo; `back`: so much that left it the day before may come back.
    """

    used: int = 0
    lent: int = 0
    back: int = 0


class Holding(Struct, frozen=True):
    """One position since the last report. `sellable` is what could be sold if no sell order were open."""

    code: str
    volume: int
    sellable: int
    cost: int
    bought_today: int


class Gaps(Struct, frozen=True):
    """What a report lacks that must be in it: codes held, orders and trades known, and the cash.

    `holdings`: it lists none, and the account is worth more than its cash.
    """

    codes: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
    fills: frozenset[str] = frozenset()
    cash: bool = False
    holdings: bool = False

    def within(self, other: "Gaps") -> bool:
        """Whether nothing lacks here that does not lack there."""
        fewer = self.codes <= other.codes and self.orders <= other.orders and self.fills <= other.fills
        return fewer and self.cash <= other.cash and self.holdings <= other.holdings


class Shrunk(Struct, frozen=True):
    """Answers that lack something since a time. `believed`: they agreed long enough, so it is gone.

    `gaps` is what the newest lacks, `widest` what the first one lacked. `rows_since`: since when none of them told
    every order and trade, 0 where the newest does.
    """

    gaps: Gaps
    since: int
    believed: bool = False
    widest: Gaps = Gaps()
    rows_since: int = 0


class Moving(Struct, frozen=True):
    """Money (厘) that no trade explains, in the answers since a time: gone for good, or told of late.

    `prices` (厘) are what the shares in it count at: those that are missed at that of when they were first.
    """

    amount: int
    since: int
    prices: Mapping[str, int] = MappingProxyType({})


class Skew(Struct, frozen=True):
    """How far the exchange's time in a code's newest snapshot was from ours, ms; `again`: not its first one."""

    code: str
    at: int
    ms: int
    again: bool


class Overnight(Struct, frozen=True):
    """Own orders nobody knew the end of at the close, and what was held of their codes then (-1: not known)."""

    orders: tuple[Order, ...]
    held: dict[str, int]


class LogLine(Struct, frozen=True):
    """One line of the user's event log."""

    no: int
    at: int
    level: str
    code: str
    reason: Reason


class State(Struct, frozen=True):
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
    held_last: frozenset[str] = frozenset()
    """What was held at the end of the day before, as far as its answers and trades tell."""
    unsure_since: int = 0
    """Since when something is doubtful without an end, 0 while nothing is."""
    answered: int = 0
    answers: int = 0
    """So many questions were answered since then."""
    resume: bool = False
    master: bool = True
    kill: KillBook | None = None
    money: Money | None = None
    instruments: Mapping[str, Instrument] = field(default_factory=_empty)
    listings: Mapping[str, Listing] = field(default_factory=_empty)
    quotes: Mapping[str, Seen] = field(default_factory=_empty)
    boards: Mapping[str, Board] = field(default_factory=_empty)
    holdings: Mapping[str, Holding] = field(default_factory=_empty)
    orders: Mapping[str, Order] = field(default_factory=Orders)
    refs: Mapping[str, str] = field(default_factory=_empty)
    fills: Mapping[str, Fill] = field(default_factory=Filed)
    grids: Mapping[str, GridBook] = field(default_factory=_empty)
    guards: Mapping[str, Guard] = field(default_factory=_empty)
    clears: Mapping[str, ClearBook] = field(default_factory=_empty)
    bought: Mapping[str, int] = field(default_factory=_empty)
    """What own orders bought of each code and nobody sold since: whoever sells, this is what goes first."""
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
    pace: int = 1
    """How many times as fast as the wall clock the market's runs: people answer in seconds of the wall."""
    overnight: Overnight | None = None
    missed: Mapping[str, int] = field(default_factory=_empty)
    """Own orders that the newest answers did not list, and when the first of these answers was given."""
    install: str = ""
    account: str = ""
    strays: int = 0
    """Pushes and answers of another account dropped today."""
    elsewhere: Elsewhere = Elsewhere()
    status: int = 0
    shrunk: Shrunk | None = None
    moving: Moving | None = None
    held_before: frozenset[str] = frozenset()
    """Codes of the last report that was believed: a new day's first one has to explain where they are."""
    unanswered: int = 0
    losses: tuple[int, ...] = ()
    """When the link was lost within the last minute."""
    skews: tuple[Skew, ...] = ()
    live: bool = False
    """Whether real money moves."""
    confirmed: bool = False
    """Whether the user said so in this run; matters only when live."""


def put(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """The mapping with one entry set."""
    return put_all(mapping, {key: value})


def put_all(mapping: Mapping[K, V], changes: dict[K, V]) -> Mapping[K, V]:
    """The mapping with some entries set."""
    if isinstance(mapping, MappingProxyType):
        return MappingProxyType(mapping | changes)
    if isinstance(mapping, Filed):
        return cast("Mapping[K, V]", mapping.with_entries(cast("dict[str, Any]", changes)))
    return MappingProxyType({**mapping, **changes})


def drop(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    """The mapping without one entry."""
    if isinstance(mapping, Filed):
        return cast("Mapping[K, V]", mapping.without(cast("str", key)))
    return MappingProxyType({k: v for k, v in mapping.items() if k != key})


def live_orders(state: State, code: str = "", *, own: bool = True) -> tuple[Order, ...]:
    """Orders that may still change the account, of one code or of all; `own` leaves foreign ones out."""
    orders = state.orders
    return (orders if isinstance(orders, Orders) else Orders(orders)).live(code, own=own)


def filed_orders(state: State) -> Orders:
    """The day's orders, filed."""
    return state.orders if isinstance(state.orders, Orders) else Orders(state.orders)


def filed_fills(state: State) -> Filed[Fill]:
    """The day's trades, filed."""
    return state.fills if isinstance(state.fills, Filed) else Filed(state.fills)


def sell_room(state: State, code: str) -> int:
    """What may still be put up for sale: sellable less everything already on offer, ours in doubt included."""
    holding = state.holdings.get(code)
    if holding is None:
        return 0
    return max(0, holding.sellable - filed_orders(state).once(_offered, code))


def own_volume(state: State, code: str) -> int:
    """What qmtdesk itself bought of a code and a grid that is off still holds; what was adopted is the user's."""
    book = state.grids.get(code)
    part = (book.grid or book.rolling) if book is not None and not book.armed else None
    return min(part.held_total, state.bought.get(code, 0)) if part is not None else 0


def cash_room(state: State) -> int:
    """厘 that may still be put up for buying: gross cash less every open buy, ours in doubt included."""
    if state.money is None:
        return 0
    orders = filed_orders(state)
    bids = sum([orders.once(_bidding, code) for code in orders.codes()])
    return state.money.gross_cash - state.money.withheld - bids


def cash_kept(state: State) -> int:
    """厘 that no buy may use: what the limits leave of the cash the day began with, moved money taken out."""
    money, share = state.money, state.limits.cash_share_bp
    if money is None or money.base_cash is None or not share:
        return 0
    return max(0, money.base_cash) * (10_000 - share) // 10_000


def _offered(orders: Orders, code: str) -> int:
    sell = Side.SELL
    return sum([o.open_volume for o in orders.live(code, own=False) if o.side is sell])


def _bidding(orders: Orders, code: str) -> int:
    buy = Side.BUY
    return sum([frozen_by(o.price, o.open_volume) for o in orders.live(code, own=False) if o.side is buy])


def frozen_by(price: int, volume: int) -> int:
    """厘 that a counter freezes for a buy, commission included, rather too much than too little; 0 for no volume."""
    value = price * volume
    return value + max(value // 1_000, 5_000) if value else 0


def holding_of(position: Position, open_sells: int) -> Holding:
    """A reported position with the volume its open sell orders hold back added again.

    Never more than is held: a counter may be slow to hold back what an order offers.
    """
    sellable = min(position.can_use + open_sells, position.volume)
    return Holding(position.code, position.volume, sellable, position.cost, position.bought_today)
