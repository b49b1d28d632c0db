"""Nothing of another account is booked; it is said once and counted."""

import pytest
from words import PLAN, beat, deaf_grid, report_of, row_of, said, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Asset
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.reason import Why
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState


@pytest.mark.fault("G21")
def test_nothing_of_another_account_is_booked_and_it_is_said_once_and_counted() -> None:
    day = MarketDay(deaf=True)
    day.feed(m.LinkChanged(up=True, account="a1"))
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    day.quote_all()
    day.feed(m.AccountReported(day.state.request, report_of(day), "a1"))
    assert day.state.ready is Ready.READY
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    (place,) = day.places(BOND)
    before = (day.state.orders, day.state.fills, day.state.holdings, day.state.money)
    day.feed(m.OrderReported(row_of(day, place, S.CANCELLED), "b2"))
    day.feed(m.FillReported(trade_of(day, place, 100), "b2"))
    day.feed(m.FillReported(trade_of(day, place, 100)))
    day.feed(m.AccountStatusTold(5, "b2"))
    beat(day, 11)
    day.feed(m.AccountReported(day.state.request, report_of(day, asset=Asset(1, 0, 1)), "b2"))
    order = day.state.orders[place.ref]
    assert (order.filled, order.broker_id) == (0, "")
    assert (day.state.fills, day.state.holdings, day.state.money, day.state.status) == (*before[1:], 0)
    assert day.state.strays == day.folded().strays == 5
    assert said(day, Why.OTHER_ACCOUNT) == 1
    day.feed(m.FillReported(trade_of(day, place, 100), "a1"))
    assert day.state.orders[place.ref].filled == 100


def test_a_gateway_that_knows_one_account_only_is_not_told_of_others() -> None:
    day, place = deaf_grid()
    day.feed(m.FillReported(trade_of(day, place, 100), "b2"))
    assert day.state.orders[place.ref].filled == 0
    traded(day, place, 100)
    assert day.state.orders[place.ref].filled == 100


def test_the_books_of_one_account_are_never_used_for_another() -> None:
    day = MarketDay()
    day.feed(m.LinkChanged(up=True, account="a1"))
    day.state = day.folded()
    assert day.state.account == "a1"
    day.feed(m.LinkChanged(up=True, account="b2"))
    assert day.state.suspended[""].why is Why.ACCOUNT_CHANGED
    assert day.state.account == "a1"
