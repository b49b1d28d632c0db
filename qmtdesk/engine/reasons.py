"""Reasons that more than one room of the engine gives, with their numbers."""

from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.order import Order
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.engine.books import Gaps


def shrunk_reason(why: Why, gaps: Gaps) -> Reason:
    """What lacks, in numbers; what does not lack is not mentioned."""
    counts = {"codes": len(gaps.codes), "orders": len(gaps.orders), "fills": len(gaps.fills)}
    args: dict[str, int | str] = {name: count for name, count in counts.items() if count}
    args |= {"holdings": "all"} if gaps.holdings else {}
    args |= {"cash": "gone"} if gaps.cash else {}
    return because(why, **args)


def status_reason(number: int) -> Reason:
    """An account's status by its name where it has one, and by the counter's number."""
    if number in set(AccountStatus):
        return because(Why.ACCOUNT_STATUS, status=AccountStatus(number).name.lower(), number=number)
    return because(Why.ACCOUNT_STATUS, number=number)


def side_frozen(order: Order) -> Reason:
    """An order in doubt lets out none of its code and side."""
    return because(Why.SIDE_FROZEN, ref=order.ref, side=order.side.value, price_milli=order.price)
