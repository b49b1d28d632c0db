"""Orders the gateway turns away at once while the link is up: tried again after a while and never in a storm."""

from words import answer, row_of, told

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


def test_what_an_earlier_arming_was_refused_does_not_slow_a_guards_sale() -> None:
    """Seven refusals of the morning; the first one of the afternoon waits a second as any first one does."""

    def seal(lots: int) -> None:
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, 11_000, lots, prev=10_000))
        rows = [row_of(day, place, day.state.orders[place.ref].state, number=number(place)) for place in sales()]
        answer(day, rows, positions=day.exchange.report(day.at).positions)

    def sales() -> list[m.Place]:
        return [place for place in day.places(STOCK) if not day.state.orders[place.ref].live]

    def number(place: m.Place) -> str:
        return f"9{place.ref[-3:]}"

    def reject() -> int:
        new = [place for place in day.places(STOCK) if day.state.orders[place.ref].live]
        for place in new:
            told(day, place, OrderState.REJECTED, number=number(place))
        return len(new)

    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.deaf = True
    seal(30_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    seal(30_000)
    rejected = 0
    for _ in range(100):
        seal(9_000)
        rejected += reject()
        if rejected == 7:
            break
    assert rejected == 7
    day.feed(m.DisarmGuard(STOCK))
    day.jump(13, 30)
    for _ in range(4):
        seal(30_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    seal(30_000)
    seal(9_000)
    assert reject() == 1
    seal(9_000)
    assert len(day.places(STOCK)) == 9
