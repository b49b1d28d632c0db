"""A rolling pair armed where an earlier one left orders on the book, or far below its base."""

import pytest
from words import ID, beat, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GridMode, GridPlan, StopHow
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, MarketDay

PAIR = GridPlan(code=BOND, mode=GridMode.ROLLING, first_buy=False, unit=100)


def armed_again() -> tuple[MarketDay, m.Place]:
    """A pair whose buy was left on the book, and another plan's pair armed after it."""
    day = MarketDay().open()
    day.deaf = True
    day.feed(m.ArmGrid(PAIR))
    (left,) = day.places(BOND)
    told(day, left, OrderState.WORKING)
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    beat(day, 3)
    assert day.feed(m.ArmGrid(replace(PAIR, unit=200))).refusal is None
    return day, left


def test_a_trade_of_the_order_left_behind_moves_the_new_pair_nowhere() -> None:
    day, left = armed_again()
    pair = day.state.grids[BOND].rolling
    traded(day, left, left.volume)
    after = day.state.grids[BOND].rolling
    assert (after.centre, after.leg, after.bought_leg) == (pair.centre, pair.leg, 0)
    assert after.held == left.volume


def test_the_order_left_behind_is_taken_off_before_the_new_pair_buys() -> None:
    day, left = armed_again()
    assert [cancel.broker_id for cancel in day.cancels()] == [ID]
    told(day, left, OrderState.CANCELLED)
    beat(day, 1)
    buys = [place for place in day.places(BOND) if place.side is Side.BUY and place.ref != left.ref]
    assert [place.volume for place in buys] == [200]


@pytest.mark.parametrize("kept_from_buying", [{"sell_only": True}, {"cash_cap": 1_000_000}, {"max_position": 100}])
def test_one_that_may_not_buy_sells_a_step_above_the_market_and_stays_there_when_that_falls(
    kept_from_buying: dict[str, int],
) -> None:
    day = MarketDay(held={BOND: (300, 120_000)}).open()
    day.price(BOND, 117_000)
    plan = replace(PAIR, adopt=300, **kept_from_buying)  # type: ignore[arg-type]
    assert day.feed(m.ArmGrid(plan)).refusal is None
    sales = []
    for last in (117_000, 116_000, 115_000):
        day.price(BOND, last)
        day.live_market(6_000)
        sales.append([(order.side, order.price) for order in day.live(BOND)])
    assert sales == [[(Side.SELL, 117_499)]] * 3
