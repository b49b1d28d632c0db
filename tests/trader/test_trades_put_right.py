"""Every booked trade has its own row, which tells of its order, too: what is learnt of that later is told as well."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import Fill, OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader.mirror import Mirror
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


def test_trades_of_several_orders_under_one_trade_id_are_a_row_each_and_stay() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}, prices={BOND: 120_000, BOND2: 110_000, STOCK: 10_000}).open()
    publisher, mirror = Publisher(ScreenPlan(name="all"), Series()), Mirror()

    def shown() -> list[tuple[str, str, int]]:
        mirror.apply(*publisher.changes(day.state, {}, Desk("paper", "paper", 1, ""), day.at))
        return [(row.code, row.side, row.volume) for row in mirror.snapshot()[1] if isinstance(row, FillRow)]

    trades = (("71", BOND, Side.BUY, 100), ("72", BOND2, Side.BUY, 50), ("73", STOCK, Side.SELL, 300))
    trades += (("74", BOND, Side.BUY, 10), ("75", BOND, Side.SELL, 20))
    for told, (number, code, side, volume) in enumerate(trades, 1):
        day.feed(m.FillReported(Fill("1002", day.day.isoformat(), number, "", code, side, 100_000, volume, day.at)))
        assert sorted(shown()) == sorted((code, side.value, volume) for _, code, side, volume in trades[:told])
