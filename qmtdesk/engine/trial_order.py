"""The one order of a first live day's trial: a least lot, bought where it cannot fill, through the same gate."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import Order, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.work import Work
from qmtdesk.strategies.plan_error import PlanError

BELOW_BP = 1_000
"""Without a limit: so far below the last price."""
LEAST_BP = 300
"""Nearer than this to the last price it might fill."""


def heard(work: Work, event: m.Event) -> bool:
    """Whether it was the user's word for that order."""
    if isinstance(event, m.PlaceTrial):
        place(work, event.code)
    return isinstance(event, m.PlaceTrial)


def place(work: Work, code: str) -> None:
    """Let it leave if the gate lets it; PlanError says why not. One at a time."""
    state = work.state
    instrument, seen = state.instruments.get(code), state.quotes.get(code)
    if instrument is None:
        raise PlanError(because(Why.UNKNOWN_CODE, code=code))
    if seen is None or not seen.quote.last:
        raise PlanError(because(Why.NO_QUOTE))
    for order in live_orders(state):
        if order.owner.kind is OwnerKind.TRIAL:
            raise PlanError(because(Why.DUPLICATE_ORDER, ref=order.ref, price_milli=order.price, volume=order.volume))
    price = far_price(instrument, seen.quote.last)
    if (seen.quote.last - price) * 10_000 < seen.quote.last * LEAST_BP:
        raise PlanError(because(Why.TRIAL_TOO_NEAR, last_milli=seen.quote.last, price_milli=price))
    reason = work.place(code, Owner(OwnerKind.TRIAL), Side.BUY, price, instrument.lot)
    if reason is not None:
        raise PlanError(reason)


def far_price(instrument: Instrument, last: int) -> int:
    """厘: the day's lower limit, the feed's where the two differ and it is higher; well below where there is none."""
    limit = max(instrument.limit_down, instrument.told_down)
    far = limit or last - last * BELOW_BP // 10_000
    return -(-far // instrument.tick) * instrument.tick


def newest(state: State) -> Order | None:
    """Today's newest trial order."""
    found = [order for order in state.orders.values() if order.owner.kind is OwnerKind.TRIAL]
    return max(found, key=lambda order: order.ref, default=None)
