"""An order's life: its states, which may follow which, and who owns it."""

from enum import Enum
from typing import Protocol

from msgspec import Struct


class Side(str, Enum):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"


class OrderState(str, Enum):
    """Where an order stands. The rank only ever grows; see `may_follow`."""

    INTENDED = "intended"  # journaled, not yet handed to the gateway
    SENT = "sent"  # handed over, no answer yet
    WORKING = "working"  # 50 已报
    PARTIAL = "partial"  # 55 部成
    CANCELLING = "cancelling"  # 51 已报待撤
    PART_CANCELLING = "part_cancelling"  # 52 部成待撤
    PART_CANCELLED = "part_cancelled"  # 53 部撤
    CANCELLED = "cancelled"  # 54 已撤
    FILLED = "filled"  # 56 已成
    REJECTED = "rejected"  # 57 废单, by the counter
    REFUSED = "refused"  # never left: our own gate or the gateway said no
    UNKNOWN = "unknown"  # nobody can tell; only a query resolves it


FINAL = frozenset(
    {OrderState.PART_CANCELLED, OrderState.CANCELLED, OrderState.FILLED, OrderState.REJECTED, OrderState.REFUSED}
)
CANCELLABLE = frozenset({OrderState.WORKING, OrderState.PARTIAL})

_S = OrderState
FOLLOWS: dict[OrderState, frozenset[OrderState]] = {
    _S.INTENDED: frozenset(_S) - {_S.INTENDED},
    _S.SENT: frozenset(_S) - {_S.INTENDED, _S.SENT},
    _S.UNKNOWN: frozenset(_S) - {_S.INTENDED, _S.SENT, _S.UNKNOWN},
    _S.WORKING: frozenset({_S.CANCELLING, _S.PARTIAL, _S.FILLED, _S.REJECTED, _S.CANCELLED, _S.PART_CANCELLED})
    | {_S.PART_CANCELLING},
    _S.PARTIAL: frozenset({_S.PART_CANCELLING, _S.FILLED, _S.PART_CANCELLED}),
    _S.CANCELLING: frozenset(
        {_S.CANCELLED, _S.PART_CANCELLED, _S.PART_CANCELLING, _S.FILLED, _S.WORKING, _S.PARTIAL, _S.REJECTED}
    ),
    _S.PART_CANCELLING: frozenset({_S.PART_CANCELLED, _S.FILLED, _S.PARTIAL}),
    **dict.fromkeys(FINAL, frozenset()),
}
"""CANCELLING may fall back to WORKING only when the cancel itself was refused; the ledger asks for that by name."""


def may_follow(now: OrderState, then: OrderState) -> bool:
    """Whether an order in `now` may be told it is in `then`; a final state never changes."""
    return then in FOLLOWS[now]


class OwnerKind(str, Enum):
    """Which part of the program an order belongs to."""

    GRID = "grid"  # slot = gap index
    FIRST_BUY = "first_buy"  # slot 0
    ROLLING = "rolling"  # slot = leg number
    GUARD = "guard"  # slot = attempt number
    CLEAR = "clear"  # 清理 and stop-with-selling
    TRIAL = "trial"  # the one order of a first live day's trial
    LOST = "lost"  # ours, of a journal that was lost: what it worked for is not known any more
    FOREIGN = "foreign"  # placed by hand or by another program


class Owner(Struct, frozen=True, order=True):
    """The one place an order works for; two live orders never share (code, owner, side)."""

    kind: OwnerKind
    slot: int = 0


MISSING = "missing"
LISTED = -1
"""Shown in place of how often the counter did not know an order: it does, in a state nobody understands."""


class Order(Struct, frozen=True):
    """One order as we know it. Prices 厘, volumes 股 / 张, times Unix ms.

    `ref` is ours: unique for ever, at most 20 ASCII characters, and sent as the broker's remark. `broker_id` is empty
    until the counter answers. `filled` counts booked fills only; `told_filled` is the counter's own cumulative figure.
    `odd` is the counter's newest word about it while nobody understands that word (MISSING: it is not told of any
    more); `changed`: the counter took another price or volume than was sent, and those are the ones here.
    """

    ref: str
    code: str
    side: Side
    price: int
    volume: int
    owner: Owner
    state: OrderState
    created_at: int
    updated_at: int
    broker_id: str = ""
    filled: int = 0
    told_filled: int = 0
    amount: int = 0
    text: str = ""
    cancel_asked_at: int = 0
    asked: int = 0
    cancels: int = 0
    odd: str = ""
    changed: bool = False

    @property
    def in_doubt(self) -> bool:
        """Whether nobody can tell what will become of it."""
        return self.state is OrderState.UNKNOWN or (self.odd != "" and self.live)

    @property
    def unread(self) -> bool:
        """Whether the counter has it, in a state nobody understands: it did arrive, whatever else is in doubt."""
        return self.live and self.state is not OrderState.UNKNOWN and self.odd not in ("", MISSING)

    @property
    def left(self) -> int:
        """Volume not yet filled by booked fills."""
        return self.volume - self.filled

    @property
    def live(self) -> bool:
        """Whether it may still fill: everything that is not final, unknown included."""
        return self.state not in FINAL

    @property
    def unsettled(self) -> bool:
        """Final, but the counter told of more fills than have been booked: trades are still on their way."""
        return self.state in FINAL and self.told_filled > self.filled

    @property
    def open_volume(self) -> int:
        """What it may still change in the account: what is left while live, trades on their way once final."""
        if self.live:
            return self.left
        return max(0, self.told_filled - self.filled)


NO_FEE = -1


class Fill(Struct, frozen=True):
    """One trade of one order; `trade_id` may be another order's, too. `fee` in 厘, `NO_FEE` where none was told."""

    trade_id: str
    day: str
    broker_id: str
    ref: str
    code: str
    side: Side
    price: int
    volume: int
    at: int
    fee: int = 0


class OneWay(Protocol):
    """What is of one code and goes one way: an order, a counter's row of one, a trade."""

    @property
    def code(self) -> str:
        """600719.SH."""

    @property
    def side(self) -> Side:
        """Which way it goes."""


def alike(one: OneWay, other: OneWay) -> bool:
    """Whether both are of one code and go one way; a counter's number alone does not say so."""
    return one.code == other.code and one.side is other.side
