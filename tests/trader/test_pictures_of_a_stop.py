"""What the desk is shown of a grid whose lower stop has fired: while it sells, and once nothing is held."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.simulate.market_day import BOND, MarketDay
from qmtdesk.trader import picture_grid, pictures

DESK = pictures.Desk("paper", "paper", 1, "")
STOP = 119_000


def bought() -> MarketDay:
    """A grid that holds its first buy, above its stop."""
    day = MarketDay().open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, lower_stop=STOP)))
    for price in (119_990, 120_010):
        day.wait(500)
        day.price(BOND, price)
    day.live_market(6_000)
    return day


def test_a_grid_that_sold_all_at_its_stop_says_so_and_is_not_counted_as_running() -> None:
    day = bought()
    assert picture_grid.grid_row(day.state, BOND).state == "running"
    day.last[BOND] = 118_900
    day.live_market(12_000)
    row = picture_grid.grid_row(day.state, BOND)
    assert (row.held, row.next_buy, row.next_sell) == (0, 0, 0)
    assert (row.state, row.why) == ("fired", because(Why.STOP_FIRED, price_milli=STOP))
    assert pictures.status_row(day.state, DESK).grids_running == 0
    assert (BOND, row.why) in pictures.blockers(day.state)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert picture_grid.grid_row(day.state, BOND).state == "stopped"
    assert pictures.blockers(day.state) == []


def test_while_it_still_holds_something_it_says_that_it_only_sells() -> None:
    day = bought()
    day.deaf = True
    day.last[BOND] = 118_900
    day.live_market(3_000)
    row = picture_grid.grid_row(day.state, BOND)
    assert row.held > 0
    assert (row.state, row.why) == ("running", because(Why.LOWER_STOP, price_milli=STOP))
    assert pictures.status_row(day.state, DESK).grids_running == 1
