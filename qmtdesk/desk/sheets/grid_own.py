"""What of holdings and orders is a grid's own, and how much a start may take over."""

from dataclasses import dataclass

from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.domain.codes import classify
from qmtdesk.domain.order import FINAL, OrderState, OwnerKind
from qmtdesk.domain.sessions import Phase, phase_at

LOT = 10
_OVER = frozenset({Phase.AFTER_CLOSE, Phase.CLOSED, Phase.BEFORE_OPEN})
_GRID_KINDS = (OwnerKind.GRID.value, OwnerKind.FIRST_BUY.value, OwnerKind.ROLLING.value)


@dataclass(frozen=True, slots=True)
class Own:
    """`most` may be taken over, whole lots; `grids` of it is the grid's own, taken over unless the user says no."""

    most: int
    grids: int


def own_of(mirror: Mirror, code: str, *, running: bool) -> Own:
    """As things stand now. A running grid takes over what it holds; beside a stopped one's the user's own is offered.

    What the grid holds is its own whether it may be sold now or not: its own sales may still rest on the book, a
    counter may be slow to free it, and what is not taken over is bought once more. Of the user's own only what may be
    sold is offered.
    """
    row, held = mirror.grids.get(code), mirror.positions.get(code)
    if running:
        own = row.held // LOT * LOT if row is not None else 0
        return Own(own, own)
    volume = held.volume if held is not None else 0
    room = row.can_use if row is not None else held.can_use if held is not None else 0
    # where the account has less than the grid and the user together, nobody knows whose that is
    own = row.held // LOT * LOT if row is not None and row.held + row.base_holding <= volume else 0
    return Own(max(own, min(room, volume) // LOT * LOT), own)


def live_own(mirror: Mirror, code: str) -> int:
    """How many orders of this code's grid may still fill, unknown ones included; none once their day has closed."""
    if phase_at(classify(code), mirror.clock()) in _OVER:
        return 0
    rows = (row for row in mirror.orders.values() if row.code == code and row.kind in _GRID_KINDS)
    return sum(OrderState(row.state) not in FINAL for row in rows)


def may_stop(mirror: Mirror, code: str) -> bool:
    """Whether its orders can be cancelled now, or there are none."""
    return not live_own(mirror, code) or phase_at(classify(code), mirror.clock()).takes_cancels
