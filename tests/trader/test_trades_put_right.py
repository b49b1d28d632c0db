"""A trade's row tells of its order, too: what is learnt of that later is told of the trade as well."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import Fill, OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.simulate.market_day import BOND, MarketDay
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.wire.rows import FillRow

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)


def test_a_trade_told_before_the_counter_said_at_what_price_it_took_the_order_is_told_again_with_it() -> None:
    day = MarketDay().open()
    day.deaf = True
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    publisher, told = Publisher(ScreenPlan(name="all"), Series()), list[int]()

    def hear(event: m.Event) -> None:
        day.feed(event)
        changes, _ = publisher.changes(day.state, {}, Desk("paper", "paper", 1, ""), day.at)
        told.extend(row.level for _, row in changes if isinstance(row, FillRow))

    assert place.side is Side.BUY
    hear(m.SubmitAnswered(place.ref, "7"))
    fill = Fill("1", day.day.isoformat(), "7", "", BOND, Side.BUY, place.price - 20, 50, day.at, 100)
    hear(m.FillReported(fill))
    lower = place.price - 10
    row = BrokerOrder("7", place.ref, BOND, Side.BUY, lower, 100, 50, OrderState.PARTIAL, "", day.at)
    hear(m.OrderReported(row))
    hear(m.OrderReported(row))
    assert told == [place.price, lower]
