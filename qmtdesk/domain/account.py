"""What the broker says the account holds."""

from dataclasses import dataclass

from qmtdesk.domain.order import Fill, OrderState, Side


@dataclass(frozen=True, slots=True)
class Asset:
    """Cash in 厘: `cash` may be spent now, `frozen` is reserved by open buys, `total` includes market value."""

    cash: int
    frozen: int
    total: int


@dataclass(frozen=True, slots=True)
class Position:
    """Holding of one code: all of it, what may be sold now, average cost in 厘 (0 = not told)."""

    code: str
    volume: int
    can_use: int
    cost: int = 0
    bought_today: int = 0


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """One order row as the counter reports it, in a push or in a query.

    `remark` is our ref, or what is left of it: it may be cut, rewritten or empty.
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


@dataclass(frozen=True, slots=True)
class AccountReport:
    """One complete answer to one query, consistent in itself. A query that failed is no report at all."""

    at: int
    day: str
    asset: Asset
    positions: tuple[Position, ...]
    orders: tuple[BrokerOrder, ...]
    fills: tuple[Fill, ...]
