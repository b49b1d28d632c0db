"""What is written to the journal: facts, each of which `apply` folds into the state.

A decision is taken once, in `core`, and written down as records; a restart folds the same records again. So there is
one way from facts to state, and what a newer version of a strategy would decide can never rewrite the past.
"""

from dataclasses import dataclass

import msgspec

from qmtdesk.domain.order import Fill, Order, OrderState
from qmtdesk.domain.reason import Reason
from qmtdesk.engine.books import GridBook, KillBook, LogLine
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.guard import Guard
from qmtdesk.strategies.shadow import Shadow


@dataclass(frozen=True, slots=True)
class DayBegan:
    """A trading day (ISO): yesterday's orders are dead, counters start again."""

    day: str


@dataclass(frozen=True, slots=True)
class DayBase:
    """The account's total (厘) at the day's first report."""

    total: int


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An own order is about to leave; or a foreign one was seen."""

    order: Order


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """What is known of an order changed. Empty strings and negative numbers leave the old value."""

    ref: str
    state: OrderState
    at: int
    broker_id: str = ""
    told_filled: int = -1
    text: str = ""
    asked: int = -1


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """A cancel is about to leave."""

    ref: str
    at: int


@dataclass(frozen=True, slots=True)
class FillBooked:
    """A trade, booked once. `ref` is the order it was booked to, '' for nobody's."""

    fill: Fill


@dataclass(frozen=True, slots=True)
class GridChanged:
    """The whole book of one grid after a change."""

    code: str
    book: GridBook


@dataclass(frozen=True, slots=True)
class GuardChanged:
    """The whole guard of one code after a change; None when it is gone."""

    code: str
    guard: Guard | None


@dataclass(frozen=True, slots=True)
class BoardMoved:
    """A board sealed, broke or resealed; written without its history."""

    code: str
    board: Board


@dataclass(frozen=True, slots=True)
class ShadowKept:
    """What the rules would have done on a stock so far; written when its board moved and at the end of a day."""

    code: str
    shadow: Shadow


@dataclass(frozen=True, slots=True)
class WatchSet:
    """The watchlist, in the user's order."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MasterSet:
    """The master switch."""

    on: bool


@dataclass(frozen=True, slots=True)
class KillSet:
    """The kill switch: pressed, progressed, or lifted (None)."""

    kill: KillBook | None


@dataclass(frozen=True, slots=True)
class Suspended:
    """A code ('' = everything) was suspended for a reason, or released by the user (None)."""

    code: str
    at: int
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the user's event log."""

    line: LogLine


Record = (
    DayBegan
    | DayBase
    | OrderPlaced
    | OrderMoved
    | CancelAsked
    | FillBooked
    | GridChanged
    | GuardChanged
    | BoardMoved
    | ShadowKept
    | WatchSet
    | MasterSet
    | KillSet
    | Suspended
    | Logged
)

KINDS: dict[str, type] = {cls.__name__: cls for cls in Record.__args__}


class UnknownRecordError(ValueError):
    """The journal holds a kind of record this version does not know."""


def encode(record: Record) -> tuple[str, bytes]:
    """A record as its kind and its JSON."""
    return type(record).__name__, msgspec.json.encode(record)


def decode(kind: str, body: bytes) -> Record:
    """The record of that kind; UnknownRecordError or msgspec.ValidationError name what is wrong."""
    if kind not in KINDS:
        raise UnknownRecordError(f"the journal holds a record of kind {kind!r}, which this version does not know")
    record: Record = msgspec.json.decode(body, type=KINDS[kind], strict=True)
    return record
