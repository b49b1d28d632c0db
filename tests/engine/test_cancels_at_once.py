"""Many cancels at once are what one after another would have been."""

from datetime import date

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import State, live_orders
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.engine.work import Work

CODES = ("127089.SZ", "110059.SH", "600719.SH")
AT = at_of(date(2026, 11, 20), 10, 0)


def state_with_orders(count: int) -> State:
    """Orders of three codes; every fifth has no number at the counter, every seventh's cancel was asked for already."""
    state = State(RiskLimits(), FeeSchedule(), at=AT, linked=True)
    for number in range(count):
        ref, code = f"q261120-{number:06d}", CODES[number % len(CODES)]
        order = Order(ref, code, Side.BUY, 100, 10, Owner(OwnerKind.GRID, number), OrderState.SENT, number, number)
        state = apply(state, r.OrderPlaced(order))
        if number % 5:
            state = apply(state, r.OrderMoved(ref, OrderState.WORKING, number, str(number)))
        if not number % 7:
            state = apply(state, r.CancelAsked(ref, AT - 1))
    return state


def test_cancels_asked_for_together_leave_the_records_intents_and_state_of_one_after_another() -> None:
    together, each = Work(state_with_orders(40)), Work(state_with_orders(40))
    orders = live_orders(each.state)
    together.cancel_all(orders)
    for order in orders:
        each.cancel(order, young=True)
    assert (together.records, together.intents) == (each.records, each.intents)
    assert together.state == each.state
    assert 20 < len(together.intents) < 40


def test_a_journal_of_single_cancels_folds_to_the_state_of_cancels_asked_for_together() -> None:
    work = Work(state_with_orders(40))
    state = work.state
    work.cancel_all(live_orders(state))
    for record in work.records:
        state = apply(state, record)
    assert state == work.state


def test_an_order_of_somebody_else_is_cancelled_by_nobody_whatever_asks_for_it() -> None:
    work = Work(state_with_orders(3))
    (theirs,) = [replace(o, owner=Owner(OwnerKind.FOREIGN)) for o in live_orders(work.state) if o.broker_id == "1"]
    assert not work.cancel(theirs, young=True)
    work.cancel_all([theirs])
    assert (work.records, work.intents) == ([], [])
    assert work.cancel(work.state.orders[theirs.ref], young=True)


def test_nothing_is_cancelled_while_the_link_is_down() -> None:
    work = Work(state_with_orders(3))
    down = Work(State(work.state.limits, work.state.fees, at=AT, orders=work.state.orders))
    down.cancel_all(live_orders(work.state))
    assert (down.records, down.intents) == ([], [])
