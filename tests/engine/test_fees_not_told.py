"""A trade that is told without what it cost: the user's own rates say it, and what was told is not touched."""

import pytest
from words import deaf_grid, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.codes import classify
from qmtdesk.domain.fees import FeeSchedule, fee_of
from qmtdesk.domain.order import NO_FEE, Fill, OrderState, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, MarketDay

RATES = FeeSchedule(bond_commission_ppm=100, bond_commission_min=1_000)


def bought(day: MarketDay, trade_id: str, volume: int, fee: int) -> Fill:
    """A part of the grid's first order is traded."""
    order = next(o for o in day.live(BOND) if o.side is Side.BUY)
    fill = Fill(trade_id, day.state.day, order.broker_id, order.ref, BOND, Side.BUY, order.price, volume, day.at, fee)
    day.feed(m.FillReported(fill, day.state.account))
    return next(each for each in day.state.fills.values() if each.trade_id == trade_id)


@pytest.fixture
def day() -> MarketDay:
    made, place = deaf_grid()
    made.state = replace(made.state, fees=RATES)
    told(made, place, OrderState.WORKING)
    return made


def test_a_trade_without_a_commission_costs_what_the_users_rates_say(day: MarketDay) -> None:
    cash = day.state.money.gross_cash
    one, two = bought(day, "1", 4, NO_FEE), bought(day, "2", 6, NO_FEE)
    whole = fee_of(RATES, classify(BOND), day.day, Side.BUY, 0, one.price * 10)
    # the least commission falls on the first part of an order
    assert (one.fee, one.fee + two.fee) == (1_000, whole)
    assert day.state.money.gross_cash == cash - one.price * 10 - whole
    assert day.state.grids[BOND].grid.fees == whole
    assert day.state.fills == day.folded().fills


@pytest.mark.parametrize("fee", [0, 70])
def test_a_commission_that_was_told_is_the_one_that_is_booked(day: MarketDay, fee: int) -> None:
    assert bought(day, "1", 4, fee).fee == fee


def test_a_trade_told_again_costs_nothing_more(day: MarketDay) -> None:
    first = bought(day, "1", 4, NO_FEE)
    cash = day.state.money.gross_cash
    assert bought(day, "1", 4, NO_FEE) == first
    assert day.state.money.gross_cash == cash
