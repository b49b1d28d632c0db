"""Rows of the counter that may be an own order whose number never came and whose remark was cut or dropped."""

from collections.abc import Sequence

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side, alike
from qmtdesk.domain.reason import Why, because
from qmtdesk.engine import ledger
from qmtdesk.engine.books import State, filed_orders, live_orders
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
    ours = [o for o in live_orders(work.state, order.code) if any(ledger.may_be(o, row) for row in rows)]
    if any(o.state is not OrderState.UNKNOWN for o in ours):
        return
    telling = [row for row in rows if len(row.remark) >= TELLING]
    mute = [row for row in rows if len(row.remark) < TELLING]
    if len(telling) > len(ours):
        return
    for row in sorted(telling, key=lambda r: (-len(r.remark), r.at, r.broker_id)):
        mine = next((o for o in ours if ledger.may_be(o, row)), None)
        if mine is not None:
            ours.remove(mine)
            ledger.claim(work, mine.ref, row)
    if not mute or not ours:
        return
    only = len(mute) == len(ours) == 1 and not telling
    if only and mute[0].at - ours[0].created_at <= BY_HAND_MS and not _others(work.state, ours[0], mute[0], report):
        ledger.claim(work, ours[0].ref, mute[0])
    else:
        ask(work, ours, mute)


def claimed_by_user(work: Work, order: Order, broker_id: str) -> bool:
    """The user says that the row under a number is our order in doubt; False when that cannot be."""
    found = work.state.orders.get(work.state.refs.get(broker_id, ""))
    if found is None or found.owner.kind is not OwnerKind.FOREIGN:
        return False
    # one told without a price may be any order's
    price = found.price or order.price
    same = alike(found, order) and (price, found.volume) == (order.price, order.volume)
    if same:
        ledger.adopt(work, order, broker_id)
    return same


def _others(state: State, order: Order, row: BrokerOrder, report: AccountReport) -> bool:
    """Whether somebody else trades this code today, or this counter keeps our remarks and so would have kept this."""
    theirs = any(
        o.owner.kind is OwnerKind.FOREIGN and o.broker_id != row.broker_id and not _like_another(state, order, o)
        for o in filed_orders(state).of(row.code)
    )
    ours = {o.broker_id for o in state.orders.values() if o.broker_id and o.owner.kind is not OwnerKind.FOREIGN}
    return theirs or any(each.broker_id in ours and len(each.remark) >= TELLING for each in report.orders)


def _like_another(state: State, order: Order, row: Order) -> bool:
    """Whether it is just what another of ours in doubt sent at that moment: a buy and a sale got lost together.

    What is just like the order itself was told before and is not listed now: it may be the one that is ours.
    """
    return any(
        o.ref != order.ref
        and o.state is OrderState.UNKNOWN
        and not o.broker_id
        and alike(o, row)
        and (o.price, o.volume) == (row.price, row.volume)
        and abs(row.created_at - o.created_at) <= BY_HAND_MS
        for o in live_orders(state, row.code)
    )


def ask(work: Work, ours: Sequence[Order], rows: Sequence[BrokerOrder] | Sequence[Order]) -> None:
    """Tell the user of orders in doubt and of the rows that may be theirs, once each."""
    numbers = ", ".join(ledger.tail(row.broker_id) for row in rows)
    for order in ours:
        side: Side = order.side
        words: dict[str, int | str] = {"side": side.value, "volume": order.volume, "price_milli": order.price}
        reason = because(Why.ORDER_LOOKALIKE, ref=order.ref, **words, numbers=numbers)
        if told_key(order.code, reason) not in work.state.told:
            work.log(ALARM, order.code, reason)
