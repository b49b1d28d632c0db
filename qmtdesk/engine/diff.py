"""Desired against actual: which orders to cancel and which to place so that the book becomes what is wanted."""

from collections.abc import Sequence

from msgspec import Struct

from qmtdesk.domain.order import CANCELLABLE, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.strategies.grid import Wanted

Key = tuple[Owner, Side]


class Steps(Struct, frozen=True):
    """What to do now. `waiting` are keys that must see a confirmation first."""

    cancels: tuple[Order, ...]
    places: tuple[Wanted, ...]
    waiting: frozenset[Key]


NOTHING = Steps((), (), frozenset())


def difference(wanted: Sequence[Wanted], working: Sequence[Order]) -> Steps:
    """Compare by (owner, side).

    A working order that is too small stays, and the missing part follows when it is done; one that is too large, at
    a wrong price or unwanted is cancelled, and nothing is placed on its key until the cancel is confirmed. An order
    in doubt blocks its key, and so does one whose trades are still on their way. Sells before buys; no buy at or
    above an own order that may still sell.
    """
    if not wanted and not working:
        return NOTHING
    wish = {(w.owner, w.side): w for w in wanted}
    cancels = _unfit(working, wish)
    busy: frozenset[Key] = frozenset((order.owner, order.side) for order in working)
    lowest_sell = min((o.price for o in working if o.side is Side.SELL), default=0)
    highest_buy = max((o.price for o in working if o.side is Side.BUY), default=0)
    places: list[Wanted] = []
    for want in sorted(wish.values(), key=lambda w: w.side is Side.BUY):
        if (want.owner, want.side) in busy or want.volume <= 0:
            continue
        if want.side is Side.SELL and want.price <= highest_buy:
            continue
        if want.side is Side.BUY and lowest_sell and want.price >= lowest_sell:
            continue
        places.append(want)
        if want.side is Side.SELL:
            lowest_sell = min(lowest_sell or want.price, want.price)
    return Steps(tuple(cancels), tuple(places), busy)


def _unfit(working: Sequence[Order], wish: dict[Key, Wanted]) -> list[Order]:
    """What has to go; of several on one key, which a lost answer may lead to, the first that fits may stay."""
    cancels: list[Order] = []
    kept: set[Key] = set()
    for order in working:
        key = (order.owner, order.side)
        if _misfit(order, wish) or (order.live and key in kept):
            cancels.append(order)
        elif order.live:
            kept.add(key)
    return cancels


def _misfit(order: Order, wish: dict[Key, Wanted]) -> bool:
    if not order.live:
        return False
    want = wish.get((order.owner, order.side))
    return want is None or want.price != order.price or order.left > want.volume


def cancellable(order: Order, at: int, min_age_ms: int, ask_again_ms: int) -> bool:
    """Whether a cancel may leave now: it is ours, the counter knows it, it is old enough, and none is waited for."""
    if not order.broker_id or order.owner.kind is OwnerKind.FOREIGN:
        return False
    if order.state in CANCELLABLE:
        waited = order.cancel_asked_at == 0 or _passed(order.cancel_asked_at, at, ask_again_ms)
        return waited and _passed(order.created_at, at, min_age_ms)
    stuck = order.state in (OrderState.CANCELLING, OrderState.PART_CANCELLING)
    return stuck and _passed(order.cancel_asked_at, at, ask_again_ms) and _passed(order.updated_at, at, ask_again_ms)


def _passed(since: int, at: int, ms: int) -> bool:
    """Whether so long has passed; what a clock stamped that was ahead and is set right is old, not young."""
    return not 0 <= at - since < ms
