"""Rows of the counter that may be an own order whose number never came and whose remark was cut or dropped."""

from collections.abc import Sequence

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine import ledger
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.ledger import TELLING
from qmtdesk.engine.telling import told_key
from qmtdesk.engine.work import ALARM, Work

BY_HAND_MS = 2_000
"""Nobody types within this time what the program has just sent."""


def match(work: Work, order: Order, rows: Sequence[BrokerOrder], report: AccountReport) -> None:
    """Rows that nobody claims, against our orders in doubt that they may belong to.

    A row whose remark still tells that it is ours goes to one of them: orders that are alike but for the gap they
    work for are interchangeable. One without a remark may as well be a human's, so it is taken for ours only when
    there is one such row, one such order, no sign of anybody else, and no time for a hand to have done it; otherwise
    the doubt stays and the user is asked, for a second order would be the worse mistake, and somebody else's order must
    never be cancelled by us.
    """
    alike = [o for o in live_orders(work.state, order.code) if any(ledger.may_be(o, row) for row in rows)]
    if any(o.state is not OrderState.UNKNOWN for o in alike):
        return
    telling = [row for row in rows if len(row.remark) >= TELLING]
    mute = [row for row in rows if len(row.remark) < TELLING]
    if len(telling) > len(alike):
        return
    for row in sorted(telling, key=lambda r: (-len(r.remark), r.at, r.broker_id)):
        mine = next((o for o in alike if ledger.may_be(o, row)), None)
        if mine is not None:
            alike.remove(mine)
            ledger.claim(work, mine.ref, row)
    if not mute or not alike:
        return
    only = len(mute) == len(alike) == 1 and not telling
    if only and mute[0].at - alike[0].created_at <= BY_HAND_MS and not _others(work.state, mute[0], report):
        ledger.claim(work, alike[0].ref, mute[0])
    else:
        ask(work, alike, mute)


def claimed_by_user(work: Work, order: Order, broker_id: str) -> bool:
    """The user says that the row under a number is our order in doubt; False when that cannot be."""
    found = work.state.orders.get(work.state.refs.get(broker_id, ""))
    if found is None or found.owner.kind is not OwnerKind.FOREIGN:
        return False
    # one told without a price may be any order's
    price = found.price or order.price
    alike = (found.code, found.side, price, found.volume) == (order.code, order.side, order.price, order.volume)
    if alike:
        ledger.adopt(work, order, broker_id)
    return alike


def _others(state: State, row: BrokerOrder, report: AccountReport) -> bool:
    """Whether somebody else trades this code today, or this counter keeps our remarks and so would have kept this."""
    theirs = any(
        o.owner.kind is OwnerKind.FOREIGN and o.code == row.code and o.broker_id != row.broker_id
        for o in state.orders.values()
    )
    ours = {o.broker_id for o in state.orders.values() if o.broker_id and o.owner.kind is not OwnerKind.FOREIGN}
    return theirs or any(each.broker_id in ours and len(each.remark) >= TELLING for each in report.orders)


def ask(work: Work, alike: Sequence[Order], rows: Sequence[BrokerOrder]) -> None:
    """Tell the user of orders in doubt and of the rows that may be theirs, once each."""
    numbers = ", ".join(ledger.tail(row.broker_id) for row in rows)
    for order in alike:
        side: Side = order.side
        words: dict[str, int | str] = {"side": side.value, "volume": order.volume, "price_milli": order.price}
        reason = because(Why.ORDER_LOOKALIKE, ref=order.ref, **words, numbers=numbers)
        if told_key(order.code, reason) not in work.state.told:
            work.log(ALARM, order.code, reason)
