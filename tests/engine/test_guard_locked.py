"""A fired guard beside shares that are locked, or held back by the user's own order: they are not its to wait for."""

import pytest
from test_guard_others import ON_BREAK, SELLER, opens, rows, sales, seals, state_of
from words import answer, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.simulate.market_day import STOCK, MarketDay
from qmtdesk.strategies.guard import GuardState


@pytest.mark.parametrize("sold_by_grid", [2, 1])
def test_what_was_locked_when_it_fired_is_never_its_to_sell(sold_by_grid: int) -> None:
    day = MarketDay(held={STOCK: (3_000, 9_000)}).open()
    day.price(STOCK, 10_800)
    assert day.feed(m.ArmGrid(SELLER)).refusal is None
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, rules=ON_BREAK))).refusal is None
    day.live_market(3_000)
    day.exchange.account.holdings[STOCK].frozen += 1_000
    day.live_market(6_000)
    day.feed(m.AskNow())
    day.live_market(6_000)
    day.deaf = day.mute = True
    seals(day, 30_000, 30_000)
    standing = [order for order in day.live(STOCK) if order.side is Side.SELL]
    assert len(standing) == 2
    opens(day, 10_780)
    places = {place.ref: place for place in day.places(STOCK)}
    for number, order in enumerate(standing[:sold_by_grid]):
        traded(day, places[order.ref], order.volume, f"g{number}", number=order.broker_id)
        told(day, places[order.ref], OrderState.FILLED, order.volume, number=order.broker_id)
    for order in standing[sold_by_grid:]:
        told(day, places[order.ref], OrderState.CANCELLED, number=order.broker_id)
    left = 3_000 - 1_000 * sold_by_grid
    assert state_of(day) is (GuardState.SOLD if sold_by_grid == 2 else GuardState.TRIGGERED)
    before = len(sales(day))
    for _ in range(4):
        opens(day, 10_600)
        day.feed(m.AskNow())
        answer(day, rows(day), day.state.fills.values(), [Position(STOCK, left, left)])
    assert sum(place.volume for place in sales(day)[before:][:1]) <= left - 1_000
