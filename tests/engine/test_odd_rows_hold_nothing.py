"""A sale in a state nobody knows is not taken to hold back what it would free if it were alive."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import sell_room
from qmtdesk.simulate.market_day import STOCK, MarketDay


@pytest.mark.fault("G7")
@pytest.mark.parametrize(("state", "sellable"), [(OrderState.UNKNOWN, 300), (OrderState.WORKING, 300)])
def test_what_may_be_sold_never_grows_by_a_sale_that_may_be_over(state: OrderState, sellable: int) -> None:
    day = MarketDay(held={STOCK: (300, 9_000)}).open()
    odd = "255" if state is OrderState.UNKNOWN else ""
    row = BrokerOrder("99", "", STOCK, Side.SELL, 10_100, 100, 0, state, "", day.at, odd)
    day.wait(1_000)
    day.feed(m.AskNow())
    report = replace(day.exchange.report(day.at), orders=(row,))
    day.feed(m.AccountReported(day.state.request, report))
    assert day.state.holdings[STOCK].sellable == sellable
    assert sell_room(day.state, STOCK) <= 300
