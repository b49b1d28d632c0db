"""Orders the gateway turns away at once while the link is up: tried again after a while and never in a storm."""

from words import answer

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardAction, GuardPlan
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, sealed_quote
from qmtdesk.strategies.guard import GuardState

LOST = "it waited too long"


def refused_at_once(day: MarketDay, code: str) -> int:
    """Whatever leaves comes back in the same moment; how many did."""
    for count in range(50):
        sent = [order for order in day.live(code) if order.state is OrderState.SENT]
        if not sent:
            return count
        day.feed(m.SubmitRefused(sent[0].ref, LOST, by_link=True))
    return 50


def test_a_guards_sale_that_comes_back_at_once_is_not_sent_in_a_storm() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.deaf = True
    counts = []
    for second in range(45):
        day.at += 1_000
        day.quote(sealed_quote(STOCK, day.at, 11_000, 100_000 if second < 15 else 50, prev=10_000, volume=second))
        day.feed(m.TimePassed())
        if second == 8:
            assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, action=GuardAction.SELL))).refusal is None
        counts.append(refused_at_once(day, STOCK))
        answer(day, positions=day.exchange.report(day.at).positions)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
    assert 5 <= sum(counts) <= 11
    assert max(counts) == 1


def test_a_price_that_moves_does_not_make_a_clearings_order_a_new_one() -> None:
    day = MarketDay(held={BOND: (1_000, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ClearHoldings((m.ClearRow(BOND, 1_000, 115_000),), whole=True)).refusal is None
    counts = []
    for second in range(30):
        counts.append(refused_at_once(day, BOND))
        day.at += 1_000
        day.price(BOND, 120_000 + second % 7 * 100)
        day.feed(m.TimePassed())
        answer(day, positions=day.exchange.report(day.at).positions)
    assert 5 <= sum(counts) <= 11
