"""A sale that an earlier arming left on the book is waited for: both could sell more than the grid was given."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, unit=100, adopt=100)


@pytest.mark.parametrize("mode", GridMode)
def test_a_grid_armed_again_never_offers_more_than_it_was_given(mode: GridMode) -> None:
    day = MarketDay(held={BOND: (500, 119_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.wait(2_000)
    assert [o.volume for o in day.live(BOND) if o.side is Side.SELL] == [100]
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    again = GridPlan(code=BOND, mode=mode, base=BaseKind.LAST, first_buy=False, unit=100, adopt=100, step_bp=50)
    assert day.feed(m.ArmGrid(again)).refusal is None
    for _ in range(10):
        assert sum(o.open_volume for o in day.live(BOND) if o.side is Side.SELL) <= 100
        day.live_market(1_000, every=500)
    (sale,) = [o for o in day.live(BOND) if o.side is Side.SELL]
    assert sale.price == 120_600


@pytest.mark.parametrize("mode", GridMode)
def test_a_clearing_left_on_the_book_counts_as_the_grids_own_sale(mode: GridMode) -> None:
    """Stopped with selling, then left as it stood, then armed anew: both together must not sell the user's shares."""
    day = MarketDay(held={BOND: (500, 119_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.wait(2_000)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.exchange.market(quote_of(BOND, day.at, 119_000, prev=120_000))
    day.wait(1_000)
    (clearing,) = day.live(BOND)
    assert clearing.owner.kind is OwnerKind.CLEAR
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    given = clearing.volume
    again = GridPlan(code=BOND, mode=mode, base=BaseKind.LAST, first_buy=False, unit=100, adopt=given, step_bp=50)
    assert day.feed(m.ArmGrid(again)).refusal is None
    for _ in range(10):
        book = day.state.grids[BOND]
        part = book.grid or book.rolling
        assert sum(o.open_volume for o in day.live(BOND) if o.side is Side.SELL) <= part.held_total
        day.wait(1_000)
