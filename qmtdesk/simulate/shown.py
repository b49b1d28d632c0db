"""What a desk was told, change by change, against the state itself and against everything drawn anew."""

from collections.abc import Iterator

import msgspec

from qmtdesk.domain.order import Order, OrderState
from qmtdesk.engine.books import State, live_orders
from qmtdesk.simulate.gossip import secrets_in
from qmtdesk.strategies.screen import ORIGINAL
from qmtdesk.trader.mirror import Mirror, tag_of
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.wire.rows import (
    AnyRow,
    EventRow,
    FillRow,
    GridRow,
    KillRow,
    OrderRow,
    PositionRow,
    QuoteRow,
    StatusRow,
    WatchRow,
    key_of,
)

DESK = Desk("paper", "simulated", 1, "")
SLOW_ROWS_DUE_MS = 1_000
WHOLE_EVERY = 8
"""Drawing everything anew is the costly part of the comparison."""

# a desk keeps the log and the last prices of days gone by; a new one begins without them
KEPT = (EventRow, QuoteRow)


class Shown:
    """One desk's rows, kept up to date by differences alone."""

    def __init__(self) -> None:
        self._series = Series()
        self._publisher = Publisher(ORIGINAL, self._series)
        self._mirror = Mirror()
        self._wall_ms = 0
        self._looks = 0

    def look(self, state: State, at: int) -> list[str]:
        """Tell the desk what changed; what it then has wrong."""
        self._wall_ms += SLOW_ROWS_DUE_MS
        self._looks += 1
        self._mirror.apply(*self._publisher.changes(state, {}, DESK, self._wall_ms))
        return list(_unlike(state, self._mirror.snapshot()[1])) or (
            [] if self._looks % WHOLE_EVERY else self.differences(state, at)
        )

    def differences(self, state: State, at: int) -> list[str]:
        """Every row that one who begins to look now would see otherwise: empty when the desk shows what is."""
        self._wall_ms += SLOW_ROWS_DUE_MS
        self._mirror.apply(*self._publisher.changes(state, {}, DESK, self._wall_ms))
        fresh = Mirror()
        fresh.apply(*Publisher(ORIGINAL, self._series).changes(state, {}, DESK, self._wall_ms))
        told, right = _by_key(self._mirror), _by_key(fresh)
        if secrets_in(msgspec.json.encode(list(told.values()))):
            return ["an account number or a token"]
        stale = [f"{row} for {right.get(key)}" for key, row in told.items() if right.get(key, row) != row]
        lacks = [f"nothing for {row}" for key, row in right.items() if key not in told]
        extra = [f"still {row}" for key, row in told.items() if key not in right and not isinstance(row, KEPT)]
        return [*stale, *lacks, *extra]


def _by_key(mirror: Mirror) -> dict[tuple[int, str], AnyRow]:
    return {(tag_of(row), key_of(row)): row for row in mirror.snapshot()[1]}


def _unlike(state: State, rows: list[AnyRow]) -> Iterator[str]:
    """Rows that do not say what the books do, compared field by field and not by the program's own drawing."""
    yield from _orders_unlike(state, {row.ref: row for row in rows if isinstance(row, OrderRow)})
    fills = [row for row in rows if isinstance(row, FillRow)]
    told = sorted((row.code, row.side, row.at, row.ref, row.price, row.volume, row.fee) for row in fills)
    ours = sorted((f.code, f.side.value, f.at, f.ref, f.price, f.volume, f.fee) for f in state.fills.values())
    if told != ours:
        yield f"trades {told} for {ours}"
    held = {row.code: (row.volume, row.cost, row.bought_today) for row in rows if isinstance(row, PositionRow)}
    has = {h.code: (h.volume, h.cost, h.bought_today) for h in state.holdings.values() if h.volume}
    if held != has:
        yield f"holdings {held} for {has}"
    for row in rows:
        yield from _one_unlike(state, row)


def _orders_unlike(state: State, rows: dict[str, OrderRow]) -> Iterator[str]:
    if rows.keys() != state.orders.keys():
        yield f"orders {sorted(rows)} for {sorted(state.orders)}"
        return
    for ref, order in state.orders.items():
        row = rows[ref]
        told = (row.code, row.side, row.price, row.volume, row.filled, row.state, row.kind)
        filled = max(order.filled, order.told_filled)
        ours = (order.code, order.side.value, order.price, order.volume, filled, _state_of(order))
        if told != (*ours, order.owner.kind.value):
            yield f"{row} for {order}"


def _state_of(order: Order) -> str:
    return (OrderState.UNKNOWN if order.in_doubt else order.state).value


def _one_unlike(state: State, row: AnyRow) -> Iterator[str]:
    match row:
        case GridRow():
            book = state.grids[row.code]
            part = book.grid or book.rolling
            if (row.armed, row.held) != (book.armed, part.held_total if part else 0):
                yield f"{row} for {book}"
            if book.grid and tuple(level.held for level in row.levels) != (*book.grid.held, 0):
                yield f"{row.levels} for {book.grid.held}"
        case WatchRow():
            guard = state.guards.get(row.code)
            if row.sold != (guard.sale.sold if guard and guard.sale else 0):
                yield f"{row} for {guard}"
        case KillRow() if row.active != (state.kill is not None):
            yield f"{row} for {state.kill}"
        case StatusRow():
            ours = (state.day, state.master, state.kill is not None, state.ready.value, state.messages)
            live = sum(1 for _ in live_orders(state))
            if (row.day, row.master, row.killed, row.ready, row.messages, row.live_orders) != (*ours, live):
                yield f"{row} for {ours} and {live} live orders"
        case _:
            pass
