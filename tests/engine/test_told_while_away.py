"""What a grid sold while nobody listened, told for the first time in the answer after it."""

import pytest
from words import PLAN

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridMode
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of

ADOPTED = replace(PLAN, adopt=200, unit=100)


def grid_of_two_units(mode: GridMode = GridMode.LATTICE) -> MarketDay:
    """A grid that was given all there is, working on its sale."""
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    assert day.feed(m.ArmGrid(replace(ADOPTED, mode=mode))).refusal is None
    day.live_market(3_000)
    return day


def whys(day: MarketDay) -> list[Why]:
    return [line.reason.why for line in day.state.lines]


def goes_on_with_one_unit(day: MarketDay) -> bool:
    book = day.state.grids[BOND]
    part = book.grid or book.rolling
    assert part is not None
    return book.armed and part.held_total == 100 == day.state.holdings[BOND].volume


def test_a_sale_that_filled_while_the_link_was_down_leaves_the_grid_running() -> None:
    day = grid_of_two_units()
    day.mute = True
    day.feed(m.LinkChanged(up=False, text="x"))
    day.price(BOND, 120_500)
    day.wait(2_000)
    day.mute = False
    day.feed(m.LinkChanged(up=True))
    day.live_market(9_000)
    assert goes_on_with_one_unit(day)
    assert Why.POSITION_FLOOR not in whys(day)


@pytest.mark.parametrize("mode", GridMode)
def test_a_sale_that_filled_while_the_program_was_dead_leaves_the_grid_running(mode: GridMode) -> None:
    day = grid_of_two_units(mode)
    day.exchange.market(quote_of(BOND, day.at + 500, 120_700, prev=120_000))
    day.at += 1_000
    assert list(day.exchange.due(day.at + 5_000))
    day.last[BOND] = 120_700
    day.restart(resume=True)
    day.live_market(9_000)
    assert goes_on_with_one_unit(day)
    assert Why.POSITION_FLOOR not in whys(day)


def test_what_somebody_else_sold_meanwhile_still_stops_a_grid_that_holds_more_than_there_is() -> None:
    day = grid_of_two_units()
    day.feed(m.LinkChanged(up=False, text="x"))
    account = day.exchange.truth.account
    account.book_sell(BOND, 150, 150 * 120_000, 0)
    day.feed(m.LinkChanged(up=True))
    day.live_market(9_000)
    assert not day.state.grids[BOND].armed
    assert Why.POSITION_FLOOR in whys(day)
