"""What the desk is shown of the engine's state."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, sealed_quote
from qmtdesk.trader import picture_grid, picture_watch, pictures

DESK = pictures.Desk("paper", "paper", 1, "")


def _traded() -> MarketDay:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND)))
    day.wait(500)
    day.price(BOND, 119_990)
    day.wait(500)
    day.price(BOND, 120_010)
    day.wait(3_000)
    return day


def test_a_killed_order_shows_how_long_its_cancel_took() -> None:
    day = _traded()
    assert day.live(BOND)
    day.feed(m.Kill("button"))
    day.wait(2_000)
    row = pictures.kill_row(day.state)
    assert row.done
    assert row.items
    assert all(0 < item.took_ms <= 2_000 for item in row.items)


def test_the_ladder_shows_every_live_order_at_its_level_and_a_reason_everywhere_else() -> None:
    day = _traded()
    row = picture_grid.grid_row(day.state, BOND)
    shown = {(level.price, "buy") for level in row.levels if level.buy} | {
        (level.price, "sell") for level in row.levels if level.sell
    }
    assert shown == {(order.price, order.side.value) for order in day.live(BOND)}
    assert all(level.why is not None for level in row.levels if not level.buy and not level.sell)
    assert row.levels[row.cell].price <= day.state.quotes[BOND].quote.last < row.levels[row.cell + 1].price
    assert sum(level.held for level in row.levels) == row.held == 160


def test_the_top_bar_counts_what_runs_and_adds_up_the_account() -> None:
    day = _traded()
    status = pictures.status_row(day.state, DESK)
    assert (status.grids_running, status.guards_armed, status.live_orders) == (1, 0, len(day.live(BOND)))
    bond = 160 * day.state.quotes[BOND].quote.last
    stock = 1_000 * day.state.quotes[STOCK].quote.last
    assert status.total == day.state.money.gross_cash + bond + stock
    assert status.messages == len([i for _, i in day.sent if not isinstance(i, m.Query)])
    assert status.blockers == ()


def test_a_guarded_board_shows_its_seal_its_threshold_and_that_it_waits_to_be_ready() -> None:
    day = _traded()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, 11_000, 9_000, prev=10_000))
    row = picture_watch.watch_row(day.state, STOCK, ())
    assert (row.board, row.state, row.armed, row.ready) == ("sealed", "sealed", True, False)
    assert (row.seal, row.threshold) == (9_900_000_000, 20_000_000_000)


@pytest.mark.parametrize(
    ("code", "held", "wanted", "sold"),
    [
        (STOCK, 100, -1, 100),
        (STOCK, 1_050, -1, 500),
        (STOCK, 1_050, 0, 1_050),
        (STOCK, 300, 1_000, 300),
        ("688001.SH", 300, -1, 200),
        ("688001.SH", 500, -1, 250),
        (BOND, 150, -1, 70),
    ],
)
def test_a_guarded_stock_shows_the_volume_that_is_sold_when_it_fires(
    code: str, held: int, wanted: int, sold: int
) -> None:
    prev, limit = (120_000, 144_000) if code == BOND else (10_000, 12_000 if code == "688001.SH" else 11_000)
    day = MarketDay(held={code: (held, 9_000)}, prices={code: prev}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=code, sell_volume=wanted))).refusal is None
    for lots in (300_000, 100):
        shown = picture_watch.watch_row(day.state, code, ()).would_sell
        day.wait(3_000)
        day.quote(sealed_quote(code, day.at, limit, lots, prev=prev))
    assert [place.volume for place in day.places(code)] == [shown] == [sold]


def test_a_guard_that_has_seen_no_snapshot_yet_shows_no_volume_to_sell() -> None:
    day = _traded()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    assert picture_watch.watch_row(day.state, STOCK, ()).would_sell == 1_000
    assert picture_watch.watch_row(replace(day.state, quotes={}), STOCK, ()).would_sell == 0
    assert picture_watch.watch_row(replace(day.state, listings={}), STOCK, ()).would_sell == 0


def test_a_stock_that_is_only_watched_shows_no_volume_to_sell() -> None:
    day = _traded()
    day.feed(m.WatchStock(STOCK, on=True))
    day.wait(3_000)
    day.price(STOCK, 10_010)
    row = picture_watch.watch_row(day.state, STOCK, ())
    assert (row.sellable, row.would_sell) == (1_000, 0)


def test_a_stock_without_a_holding_says_that_nothing_can_be_sold() -> None:
    day = MarketDay().open()
    day.feed(m.WatchStock(STOCK, on=True))
    day.wait(3_000)
    day.price(STOCK, 10_010)
    row = picture_watch.watch_row(day.state, STOCK, ())
    assert row.why is not None
    assert row.why.why is Why.NOTHING_SELLABLE
    asked = replace(day.state, ready=Ready.RECONCILING)
    unknown = picture_watch.watch_row(asked, STOCK, ()).why
    assert unknown is not None
    assert unknown.why is Why.RECONCILING


def test_a_stop_is_told_as_winding_until_it_is_done_and_no_longer_than_the_day() -> None:
    day = _traded()
    assert not picture_grid.grid_row(day.state, BOND).winding
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    row = picture_grid.grid_row(day.state, BOND)
    assert (row.state, row.armed, row.winding) == ("stopped", False, True)
    day.live_market(9_000)
    row = picture_grid.grid_row(day.state, BOND)
    assert (row.held, row.winding) == (0, False)

    late = _traded()
    late.deaf = True
    late.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    late.wait(3_000)
    assert picture_grid.grid_row(late.state, BOND).winding
    late.jump(15, 1)
    assert late.live(BOND), "the counter goes on listing them"
    assert not picture_grid.grid_row(late.state, BOND).winding


def test_a_stop_that_sells_is_told_until_the_engine_takes_a_start_again() -> None:
    day = _traded()
    day.deaf = True
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    assert picture_grid.grid_row(day.state, BOND).selling
    refusal = day.feed(m.ArmGrid(day.state.grids[BOND].plan)).refusal
    assert refusal is not None
    assert refusal.why is Why.WAITING_CANCEL
    day.jump(15, 0)
    assert not picture_grid.grid_row(day.state, BOND).selling

    plain = _traded()
    plain.deaf = True
    plain.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert not picture_grid.grid_row(plain.state, BOND).selling


def test_a_stock_no_snapshot_of_which_was_followed_yet_says_so() -> None:
    day = _traded()
    day.feed(m.WatchStock(STOCK, on=True))
    assert picture_watch.watch_row(replace(day.state, boards={}), STOCK, ()).unseen
    day.wait(3_000)
    day.price(STOCK, 10_010)
    assert not picture_watch.watch_row(day.state, STOCK, ()).unseen
