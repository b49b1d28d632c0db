"""What is written to the journal: facts, each of which `apply` folds into the state.

A decision is taken once, in `core`, and written down as records; a restart folds the same records again. So there is
one way from facts to state, and what a newer version of a strategy would decide can never rewrite the past.
"""

import msgspec
from msgspec import Struct

from qmtdesk.domain.order import Fill, Order, OrderState
from qmtdesk.domain.reason import Reason
from qmtdesk.engine.books import ClearBook, Elsewhere, GridBook, KillBook, LogLine, Overnight
from qmtdesk.strategies.board import Board
from qmtdesk.strategies.grid_state import Trail
from qmtdesk.strategies.guard import Guard
from qmtdesk.strategies.shadow import Shadow


class DayBegan(Struct, frozen=True):
    """A trading day (ISO): yesterday's orders are dead, counters start again."""

    day: str


class LeftOpen(Struct, frozen=True):
    """What was open at the close and has to be explained by the next day's account; None once it was."""

    overnight: Overnight | None


class DayBase(Struct, frozen=True):
    """The account at the last closes, by the day's first report and before its trades, moved things taken out.

    Total and cash (None: not known) in 厘, volumes held, and the prices they were counted at. `most`: the first total
    of the day, at the closes of now; 0 in rows of before it was kept, where it is the total. `left`: the prices at
    which codes went without a trade.
    """

    total: int
    cash: int | None = None
    held: dict[str, int] = {}
    elsewhere: Elsewhere = Elsewhere()
    closes: dict[str, int] = {}
    most: int = 0
    left: dict[str, int] = {}


class OrderPlaced(Struct, frozen=True):
    """An own order is about to leave; or a foreign one was seen."""

    order: Order


class OrderMoved(Struct, frozen=True):
    """What is known of an order changed. Empty strings, negative numbers, no price and None leave the old value."""

    ref: str
    state: OrderState
    at: int
    broker_id: str = ""
    told_filled: int = -1
    text: str = ""
    asked: int = -1
    odd: str | None = None
    price: int = 0
    volume: int = 0


class CancelAsked(Struct, frozen=True):
    """A cancel is about to leave."""

    ref: str
    at: int


class FillBooked(Struct, frozen=True):
    """A trade, booked once. `ref` is the order it was booked to, '' for nobody's."""

    fill: Fill


class GridChanged(Struct, frozen=True):
    """The whole book of one grid after a change."""

    code: str
    book: GridBook


class TrailsMoved(Struct, frozen=True):
    """How far 回落 / 反弹 has come in some gaps: what changes at many a tick, without the rest of the grid."""

    code: str
    gaps: tuple[int, ...]
    trails: tuple[Trail, ...]


class OwnCut(Struct, frozen=True):
    """No more of a code is still own than this: the account holds no more of it."""

    code: str
    volume: int


class GuardChanged(Struct, frozen=True):
    """The whole guard of one code after a change; None when it is gone."""

    code: str
    guard: Guard | None


class ClearChanged(Struct, frozen=True):
    """The clearing of one code: confirmed, ended, or (None) done with."""

    code: str
    book: ClearBook | None


class BoardMoved(Struct, frozen=True):
    """A board sealed, broke or resealed; written without its history."""

    code: str
    board: Board


class ShadowKept(Struct, frozen=True):
    """What the rules would have done on a stock so far; written when its board moved and at the end of a day."""

    code: str
    shadow: Shadow


class WatchSet(Struct, frozen=True):
    """The watchlist, in the user's order."""

    codes: tuple[str, ...]


class MasterSet(Struct, frozen=True):
    """The master switch."""

    on: bool


class KillSet(Struct, frozen=True):
    """The kill switch: pressed, progressed, or lifted (None)."""

    kill: KillBook | None


class Suspended(Struct, frozen=True):
    """A code ('' = everything) was suspended for a reason, or released by the user (None)."""

    code: str
    at: int
    reason: Reason | None


class Logged(Struct, frozen=True):
    """A line of the user's event log."""

    line: LogLine


class Installed(Struct, frozen=True):
    """This installation's prefix."""

    prefix: str


class AccountKnown(Struct, frozen=True):
    """The key of the account these books are about."""

    account: str


class LiveSaid(Struct, frozen=True):
    """The word that goes live was said in this run; not so, at the start of another one."""

    on: bool


class StrayDropped(Struct, frozen=True):
    """Something told of another account was dropped; `kind` says what it was."""

    kind: str
    at: int


Record = (
    DayBegan
    | LeftOpen
    | DayBase
    | OrderPlaced
    | OrderMoved
    | CancelAsked
    | FillBooked
    | GridChanged
    | TrailsMoved
    | OwnCut
    | GuardChanged
    | ClearChanged
    | BoardMoved
    | ShadowKept
    | WatchSet
    | MasterSet
    | KillSet
    | Suspended
    | Logged
    | Installed
    | AccountKnown
    | LiveSaid
    | StrayDropped
)

KINDS: dict[str, type] = {cls.__name__: cls for cls in Record.__args__}
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[str, msgspec.json.Decoder[Record]] = {
    kind: msgspec.json.Decoder(cls, strict=True) for kind, cls in KINDS.items()
}


class UnknownRecordError(ValueError):
    """The journal holds a kind of record this version does not know."""


def encode(record: Record) -> tuple[str, bytes]:
    """A record as its kind and its JSON."""
    return type(record).__name__, _ENCODER.encode(record)


def decode(kind: str, body: bytes) -> Record:
    """The record of that kind; UnknownRecordError or msgspec.ValidationError name what is wrong."""
    if kind not in _DECODERS:
        raise UnknownRecordError(f"the journal holds a record of kind {kind!r}, which this version does not know")
    record: Record = _DECODERS[kind].decode(body)
    return record
