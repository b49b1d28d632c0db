"""A row of no buy and no sale is the user's own business, unless an order of ours may be hidden in it."""

import pytest
from words import beat, deaf_grid, report_of, row_of, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import OddRow
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready, cash_room
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay


def hidden(day: MarketDay, place: Place, **changes: object) -> OddRow:
    row = OddRow("900", place.code, place.volume, place.price, day.at, "order_type 31")
    return replace(row, **changes)  # type: ignore[arg-type]


def look(day: MarketDay, row: OddRow, times: int = 4) -> None:
    for _ in range(times):
        beat(day, 3)
        day.feed(m.AccountReported(day.state.request, report_of(day, odd=(row,))))


def in_doubt() -> tuple[MarketDay, Place]:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    return day, place


@pytest.mark.parametrize(
    "changes",
    [{}, {"price": 0}, {"volume": 0}, {"traded": True, "volume": 10, "broker_id": ""}, {"traded": True, "volume": 0}],
)
def test_an_order_in_doubt_is_not_given_up_while_such_a_row_may_be_it(changes: dict[str, object]) -> None:
    day, place = in_doubt()
    look(day, hidden(day, place, **changes))
    assert day.state.orders[place.ref].state is OrderState.UNKNOWN
    assert day.places(BOND) == [place]
    assert day.state.ready is not Ready.READY or day.state.orders[place.ref].in_doubt


@pytest.mark.parametrize("changes", [{"code": BOND2}, {"volume": 7}, {"price": 1}, {"at": 1}])
def test_a_row_that_cannot_be_the_order_in_doubt_holds_nothing_up(changes: dict[str, object]) -> None:
    day, place = in_doubt()
    look(day, hidden(day, place, **changes))
    assert day.state.orders[place.ref].state is OrderState.REFUSED


@pytest.mark.parametrize("changes", [{"volume": 10**9}, {"price": 10**9}])
def test_a_trade_too_large_or_too_dear_is_not_the_orders(changes: dict[str, object]) -> None:
    day, place = in_doubt()
    look(day, hidden(day, place, traded=True, **changes))
    assert day.state.orders[place.ref].state is OrderState.REFUSED


def test_a_row_under_a_number_of_ours_makes_the_answer_none_after_a_restart_too() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING, number="900")
    day.restart(resume=True)
    day.deaf = True
    look(day, hidden(day, place, volume=7))
    assert day.state.orders[place.ref].state is OrderState.WORKING
    assert day.state.ready is not Ready.READY


def test_a_row_under_a_number_of_somebody_else_holds_nothing_up() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING, number="900")
    theirs = Place("", BOND, place.side, place.price, place.volume, Owner(OwnerKind.FOREIGN))
    day.feed(m.OrderReported(row_of(day, theirs, OrderState.WORKING, number="901")))
    answered = day.state.answered
    rows = tuple(row_of(day, each, OrderState.WORKING, number=at) for each, at in ((place, "900"), (theirs, "901")))
    beat(day, 3)
    day.feed(m.AskNow())
    row = hidden(day, place, broker_id="901")
    day.feed(m.AccountReported(day.state.request, report_of(day, orders=rows, odd=(row,))))
    assert day.state.answered > answered


def test_an_answer_of_another_day_is_nobodys_doubt() -> None:
    day, place = in_doubt()
    beat(day, 3)
    day.feed(m.AskNow())
    report = replace(report_of(day, odd=(hidden(day, place),)), day="2020-01-02")
    day.feed(m.AccountReported(day.state.request, report))
    assert day.state.request_at


@pytest.mark.parametrize(("more", "state"), [(0, OrderState.UNKNOWN), (10, OrderState.REFUSED)])
def test_an_order_in_doubt_is_not_given_up_while_a_row_without_a_price_may_be_it(more: int, state: OrderState) -> None:
    day, place = in_doubt()
    row = row_of(day, place, OrderState.WORKING, remark="", number="900")
    row = replace(row, price=0, volume=place.volume + more)
    for _ in range(4):
        beat(day, 3)
        day.feed(m.AccountReported(day.state.request, report_of(day, orders=(row,))))
    assert day.state.orders[place.ref].state is state
    assert (len(day.places(BOND)) == 1) is (state is OrderState.UNKNOWN)


@pytest.mark.parametrize("beside", [True, False], ids=["beside others", "the only one"])
def test_a_foreign_buy_that_turns_out_to_be_other_business_lets_its_cash_go(beside: bool) -> None:
    day = MarketDay().open()
    day.deaf = True
    room = cash_room(day.state)
    sub = Place("", "301999.SZ", Side.BUY, 46_060, 16_500, Owner(OwnerKind.FOREIGN))
    other = Place("", BOND2, Side.BUY, 100_000, 10, Owner(OwnerKind.FOREIGN))
    day.feed(m.OrderReported(row_of(day, sub, OrderState.WORKING, number="901")))
    rows = (row_of(day, other, OrderState.CANCELLED, number="902"),) if beside else ()
    for row in rows:
        day.feed(m.OrderReported(row))
    assert cash_room(day.state) <= room - 46_060 * 16_500
    odd = OddRow("901", sub.code, sub.volume, sub.price, day.at, "order_type 23", issue=True)
    for _ in range(2):
        beat(day, 6)
        day.feed(m.AccountReported(day.state.request, report_of(day, orders=rows, odd=(odd,))))
    assert cash_room(day.state) == room
    assert day.state.ready is Ready.READY
    assert Why.REPORT_SHRUNK not in day.said()
    day.restart(resume=True)
    day.deaf = True
    assert all(not order.live for order in day.state.orders.values())


@pytest.mark.parametrize(
    "changes", [{"issue": False}, {"traded": True}, {"listed": True}], ids=["unreadable this once", "a trade", "listed"]
)
def test_a_foreign_buy_that_only_could_not_be_read_stays_one(changes: dict[str, bool]) -> None:
    day = MarketDay().open()
    day.deaf = True
    theirs = Place("", BOND2, Side.BUY, 100_000, 10, Owner(OwnerKind.FOREIGN))
    row = row_of(day, theirs, OrderState.WORKING, number="901")
    day.feed(m.OrderReported(row))
    room = cash_room(day.state)
    other = row_of(day, replace(theirs, price=99_000), OrderState.CANCELLED, number="902")
    day.feed(m.OrderReported(other))
    listed = (other, row) if changes.pop("listed", False) else (other,)
    odd = replace(OddRow("901", BOND2, 10, 100_000, day.at, "order_type 0", issue=True), **changes)
    for _ in range(2):
        beat(day, 6)
        day.feed(m.AccountReported(day.state.request, report_of(day, orders=listed, odd=(odd,))))
    assert day.state.orders["x901"].state is OrderState.WORKING
    assert cash_room(day.state) == room
