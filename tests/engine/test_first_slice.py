"""The engine and the paper broker together."""

from market_day import BOND, STOCK, MarketDay, sealed_quote

from qmtdesk.domain.messages import ArmGrid, ArmGuard
from qmtdesk.domain.plans import GridPlan, GuardPlan


def test_an_armed_grid_buys_its_first_volume_and_then_rests_on_both_sides() -> None:
    day = MarketDay().open()
    result = day.feed(ArmGrid(GridPlan(code=BOND)))
    assert result.refusal is None
    for _ in range(5):
        day.wait(3_000)
        day.price(BOND, 119_990)
    book = day.state.grids[BOND]
    live = sorted((o.side.value, o.price, o.volume) for o in day.state.orders.values() if o.live)
    print([(p.side, p.price, p.volume) for p in day.places()], day.state.blocked)
    assert book.grid.held_total == 160
    assert live == []


def test_the_guard_sells_when_the_seal_is_below_the_threshold() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(ArmGuard(GuardPlan(code=STOCK)))
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, 11_000, 9_000, prev=10_000))
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, 11_000, 30_000, prev=10_000))
    day.wait(3_000)
    assert day.places() == []
    day.quote(sealed_quote(STOCK, day.at, 11_000, 15_000, prev=10_000))
    day.wait(3_000)
    assert [(p.price, p.volume) for p in day.places()] == [(11_000, 1_000)]
    day.quote(sealed_quote(STOCK, day.at, 11_000, 14_000, prev=10_000))
    day.wait(3_000)
    assert day.state.guards[STOCK].sold == 1_000
