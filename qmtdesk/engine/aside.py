"""What stands aside for a guard that fired, and what that leaves it to sell."""

from qmtdesk.domain.order import Order, OwnerKind, Side
from qmtdesk.engine.beside import GRID_OWNERS
from qmtdesk.engine.books import State, live_orders
from qmtdesk.strategies.grid import Wanted
from qmtdesk.strategies.guard import GuardState


def left_to_grid(state: State, code: str, orders: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    """A grid's orders beside the guard of its code: none while that sells, and afterwards none that buys back."""
    if guard_sells(state, code):
        return ()
    guard = state.guards.get(code)
    parted = guard is not None and guard.parted
    return tuple(want for want in orders if want.side is Side.SELL) if parted else orders


def guard_sells(state: State, code: str) -> bool:
    """Whether a guard has fired and not sold yet: every share of the code is the guard's to sell first."""
    guard = state.guards.get(code)
    return guard is not None and guard.state is GuardState.TRIGGERED


def stands_aside(state: State, order: Order) -> bool:
    """Whether it is a sale of the code's grid, one left behind by a stopped grid included."""
    kind = order.owner.kind
    grids = kind in GRID_OWNERS or (kind is OwnerKind.CLEAR and order.code not in state.clears)
    return grids and order.side is Side.SELL


def standing_aside(state: State, code: str) -> int:
    """How much a guard's sale takes off the book."""
    return sum(order.open_volume for order in live_orders(state, code) if stands_aside(state, order))


def offered(state: State, code: str) -> int:
    """What everybody but the guard has on offer."""
    live = live_orders(state, code, own=False)
    return sum(o.open_volume for o in live if o.side is Side.SELL and o.owner.kind is not OwnerKind.GUARD)


def room(state: State, code: str) -> int:
    """What a guard's sale may have this moment: an order on its way off the book still holds its shares."""
    held = state.holdings.get(code)
    return max(0, (held.sellable if held else 0) - offered(state, code))


def waits(state: State, code: str) -> bool:
    """Whether every share is still held by sales that are on their way off."""
    here = live_orders(state, code)
    going = [order for order in here if stands_aside(state, order)]
    mine = any(order.owner.kind is OwnerKind.GUARD for order in here)
    return bool(going) and not mine and not any(o.in_doubt for o in going) and not room(state, code)


def free_for_guard(state: State, code: str) -> int:
    """What a guard may sell: not what others offer; what a grid has on offer it may, for a grid stands aside."""
    held = state.holdings.get(code)
    return max(0, (held.sellable if held else 0) - (offered(state, code) - standing_aside(state, code)))
