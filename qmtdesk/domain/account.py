"""What the broker says the account holds."""

from enum import IntEnum

from msgspec import Struct

from qmtdesk.domain.order import Fill, OrderState, Side


class AccountStatus(IntEnum):
    """How the account itself stands at the counter, by the counter's own numbers; the link may be up all the while."""

    INVALID = -1
    OK = 0
    CONNECTING = 1
    LOGGING_IN = 2
    FAILED = 3
    INITIALISING = 4
    CORRECTING = 5
    AFTER_CLOSE = 6
    ASSISTANT_DOWN = 7
    DISABLED = 8
    DISABLED_BY_SYSTEM = 9


TRUSTED = frozenset({AccountStatus.OK, AccountStatus.AFTER_CLOSE})
"""What is reported in any other status may be half of the account."""


class Asset(Struct, frozen=True):
    """Cash in 厘: `cash` may be spent now, `frozen` is reserved by open buys, `total` includes market value."""

    cash: int
    frozen: int
    total: int


class Position(Struct, frozen=True):
    """Holding of one code: all of it, what may be sold now, average cost in 厘 (0 = not told)."""

    code: str
    volume: int
    can_use: int
    cost: int = 0
    bought_today: int = 0


class BrokerOrder(Struct, frozen=True):
    """One order row as the counter reports it, in a push or in a query.

    `remark` is our ref, or what is left of it: it may be cut, rewritten or empty. A gateway that does not understand
    the counter's state tells UNKNOWN, and in `odd` what the counter said (its number, at most seven characters).
    A gateway that mends the remark by other signs keeps in `told_remark` what the counter really told.
    """

    broker_id: str
    remark: str
    code: str
    side: Side
    price: int
    volume: int
    filled: int
    state: OrderState
    text: str
    at: int
    odd: str = ""
    told_remark: str | None = None


class OddRow(Struct, frozen=True):
    """A row of an order or a trade that is neither a buy nor a sale and bears no remark: other business, or a mistake.

    0 and '' are what could not be read; `text` is what the counter called it. `issue`: a subscription to a new issue.
    """

    broker_id: str
    code: str
    volume: int
    price: int
    at: int
    text: str
    traded: bool = False
    issue: bool = False


class AccountReport(Struct, frozen=True):
    """One complete answer to one query, consistent in itself. A query that failed is no report at all.

    `unclear` are codes whose holding was told and could not be read: of those alone the answer says nothing.
    `elsewhere` is today's turnover (厘) of this account's trades in codes this program has no rules for, which are not
    among `fills`: what they did to the cash is known to be no more than that. `odd` are the rows that are in neither
    list although their code has rules: whether one may be an own order's only the books can tell.
    """

    at: int
    day: str
    asset: Asset
    positions: tuple[Position, ...]
    orders: tuple[BrokerOrder, ...]
    fills: tuple[Fill, ...]
    unclear: tuple[str, ...] = ()
    elsewhere: int = 0
    odd: tuple[OddRow, ...] = ()
