"""What a grid earned today stands beside what it paid in fees today, however long it has been armed."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.simulate.market_day import STOCK, MarketDay
from qmtdesk.trader import picture_bonds, picture_grid, pictures


def _two_days(mode: GridMode) -> MarketDay:
    day = MarketDay(cash=1_000_000_000).open()
    plan = GridPlan(code=STOCK, base=BaseKind.LAST, step_bp=50, amount=20_000_000, keep_armed=True, mode=mode)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    _trade(day)
    day.last[STOCK] = 10_000
    day.next_day()
    _trade(day)
    return day


def _trade(day: MarketDay) -> None:
    for _ in range(3):
        for price in (9_940, 9_880, 9_950, 10_010, 10_070, 10_000):
            day.price(STOCK, price)
            day.wait(10_000)


@pytest.mark.parametrize("mode", GridMode)
def test_todays_result_and_todays_fees_come_to_the_same_profit_in_every_place(mode: GridMode) -> None:
    day = _two_days(mode)
    book = day.state.grids[STOCK]
    part = book.grid or book.rolling
    assert part is not None
    assert 0 < part.fees_today < part.fees
    assert part.realised_today
    row = picture_grid.grid_row(day.state, STOCK)
    assert (row.realised, row.fees) == (part.realised_today, part.fees_today)
    _, today = picture_bonds.figures(part, day.last[STOCK])
    assert row.realised + row.floating - row.fees == today


def _stopped_after_a_hand_trade() -> MarketDay:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    plan = GridPlan(code=STOCK, base=BaseKind.LAST, adopt=1_000, unit=500, first_buy=False, keep_armed=True)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    day.live_market(9_000)
    _by_hand(day)
    return day


def _by_hand(day: MarketDay) -> None:
    day.exchange.submit_foreign(day.at, STOCK, Side.BUY, 10_020, 100)
    day.live_market(12_000)


def _exact(day: MarketDay) -> bool:
    return pictures.status_row(day.state, pictures.Desk("paper", "x", 1, "f")).pnl_exact


def test_the_accounts_result_is_no_estimate_on_the_days_after_a_grid_was_stopped() -> None:
    day = _stopped_after_a_hand_trade()
    day.feed(m.DisarmGrid(STOCK, StopHow.CANCEL))
    day.live_market(6_000)
    assert not _exact(day)
    day.next_day()
    day.live_market(9_000)
    grid = day.state.grids[STOCK].grid
    assert grid is not None
    assert not grid.exact
    assert _exact(day)
    _by_hand(day)
    assert not _exact(day)


def test_it_stays_one_while_the_grid_runs() -> None:
    day = _stopped_after_a_hand_trade()
    day.next_day()
    day.live_market(9_000)
    assert day.state.fills == {}
    assert not _exact(day)
