"""An answer that lacks what was there is believed only when a second one agrees."""

import pytest
from words import PLAN, beat, by_hand, deaf_grid, look, report_of, row_of, said, told, trade_of, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Asset
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Gaps, Ready
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

S = OrderState


HOLES = {
    "positions": ({"positions": ()}, Gaps(codes=frozenset({BOND, STOCK}))),
    "cash": ({"asset": Asset(0, 0, 0)}, Gaps(cash=True)),
    "everything": (
        {"positions": (), "orders": (), "fills": (), "asset": Asset(0, 0, 0)},
        Gaps(codes=frozenset({BOND, STOCK}), cash=True),
    ),
}


def holding_day() -> MarketDay:
    day = MarketDay(held={BOND: (200, 110_000), STOCK: (500, 9_000)}).open()
    day.deaf = True
    return day


@pytest.mark.fault("G20")
@pytest.mark.parametrize("name", HOLES)
def test_one_answer_with_holes_changes_nothing_and_holds_everything_back(name: str) -> None:
    parts, gaps = HOLES[name]
    day = holding_day()
    before = (day.state.holdings, day.state.money)
    beat(day, 10)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    assert (day.state.holdings, day.state.money) == before
    assert day.state.shrunk is not None
    assert (day.state.shrunk.gaps, day.state.shrunk.believed) == (gaps, False)
    assert said(day, Why.REPORT_SHRUNK) == 1
    sell = m.Place("q-new", BOND, Side.SELL, 120_000, 10, by_hand(BOND, Side.BUY, 1, 1).owner)
    assert why(day, sell) is Why.REPORT_SHRUNK
    assert why(day, replace(sell, side=Side.BUY)) is Why.REPORT_SHRUNK
    beat(day, 2)
    day.feed(m.AccountReported(day.state.request, report_of(day)))
    assert day.state.shrunk is None
    assert day.state.ready is Ready.READY
    assert why(day, sell) is None


@pytest.mark.fault("G20")
@pytest.mark.parametrize("name", HOLES)
def test_answers_that_agree_for_seconds_are_believed_and_for_a_minute_where_no_position_is_listed(name: str) -> None:
    parts, _ = HOLES[name]
    day = holding_day()
    beat(day, 10)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    for _ in range(19 if "positions" in parts else 1):
        beat(day, 3)
        day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
        assert day.state.ready is Ready.RECONCILING
    beat(day, 3)
    day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
    assert day.state.ready is Ready.READY
    assert said(day, Why.REPORT_BELIEVED) == 1
    if "positions" in parts:
        assert day.state.holdings == {}
    if "asset" in parts:
        assert day.state.money is not None
        assert day.state.money.gross_cash == 0


def test_two_answers_that_lack_different_things_do_not_agree() -> None:
    day = holding_day()
    beat(day, 10)
    for parts in ({"positions": ()}, {"asset": Asset(0, 0, 0)}, {"positions": ()}):
        day.feed(m.AccountReported(day.state.request, report_of(day, **parts)))
        beat(day, 5)
    assert day.state.shrunk is not None
    assert not day.state.shrunk.believed
    assert day.state.ready is Ready.RECONCILING


def test_a_day_that_begins_with_an_answer_without_yesterdays_holdings_is_not_believed_at_once() -> None:
    day = holding_day()
    day.next_day()
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=())))
    assert day.state.shrunk is not None
    assert day.state.shrunk.gaps.codes == {BOND, STOCK}
    assert day.state.ready is not Ready.READY


def test_a_process_that_begins_with_an_answer_without_what_a_running_grid_holds_does_not_stop_that_grid() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(replace(PLAN, first_buy=True)))
    day.price(BOND, 119_900)
    day.live_market(5_000)
    assert day.state.grids[BOND].grid.held_total
    day.mute = True
    day.restart(resume=True)
    beat(day, 6)
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=())))
    assert day.state.grids[BOND].armed
    assert day.state.ready is not Ready.READY
    beat(day, 2)
    day.feed(m.AccountReported(day.state.request, report_of(day)))
    assert day.state.grids[BOND].armed
    assert day.state.ready is Ready.READY


def test_trades_that_an_answer_lacks_are_not_counted_a_second_time() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(replace(PLAN, first_buy=True)))
    day.price(BOND, 119_900)
    day.live_market(5_000)
    held = day.state.holdings[BOND].volume
    assert held
    day.deaf = True
    beat(day, 10)
    for _ in range(3):
        day.feed(m.AccountReported(day.state.request, report_of(day, fills=())))
        assert day.state.holdings[BOND].volume == held
        beat(day, 4)
    assert day.state.shrunk is not None
    assert day.state.shrunk.believed


def test_an_empty_list_of_orders_gives_nobody_up_and_what_was_there_stays_in_doubt() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    twin = replace(place, ref="q261120-000900")
    beat(day, 8)
    look(day, 8)
    order = day.state.orders[place.ref]
    assert order.live
    assert order.odd == "missing"
    assert said(day, Why.REPORT_BELIEVED) == 1
    assert why(day, replace(twin, price=place.price - 1_000)) is Why.SIDE_FROZEN
    look(day, 1, orders=[row_of(day, place, S.WORKING)])
    assert not day.state.orders[place.ref].in_doubt
    assert day.state.shrunk is None


def test_an_empty_list_of_orders_is_not_believed_for_how_long_the_positions_were_missing() -> None:
    day, place = deaf_grid(held={BOND: (200, 110_000)})
    told(day, place, S.WORKING)
    beat(day, 10)
    row, held = row_of(day, place, S.WORKING), report_of(day).positions
    for orders in ((), (row,), (row,), ()):
        day.feed(m.AccountReported(day.state.request, report_of(day, positions=(), orders=orders)))
        assert day.state.ready is Ready.RECONCILING
        beat(day, 3)
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=held, orders=())))
    assert day.state.ready is Ready.RECONCILING
    beat(day, 3)
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=held, orders=())))
    assert day.state.ready is Ready.READY


def test_what_was_sold_or_spent_by_trades_that_are_told_is_not_missing() -> None:
    day = MarketDay(held={BOND: (10, 110_000)}).open()
    day.exchange.submit_foreign(day.at, BOND, Side.SELL, 119_000, 10)
    day.live_market(12_000)
    assert BOND not in {h.code for h in day.state.holdings.values() if h.volume}
    assert said(day, Why.REPORT_SHRUNK) == 0
    assert day.state.ready is Ready.READY


def test_the_papers_counter_answers_with_holes_at_most_twice_in_a_row() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}, faults=Faults(empty_query=1_000)).open()
    day.live_market(60_000)
    assert said(day, Why.REPORT_SHRUNK) > 0
    numbers = sorted(day.exchange.holed)
    assert all(third - first > 2 for first, third in zip(numbers, numbers[2:], strict=False))


@pytest.mark.fault("G20")
def test_a_first_answer_without_holdings_beside_an_account_worth_more_than_its_cash_needs_a_second() -> None:
    day = MarketDay(held={BOND: (200, 110_000)})
    day.deaf = True
    day.connect()
    whole = day.exchange.report(day.at)
    assert whole.asset.total > whole.asset.cash
    empty = replace(whole, positions=())
    day.feed(m.AccountReported(day.state.request, empty))
    assert day.state.ready is Ready.RECONCILING
    assert said(day, Why.REPORT_SHRUNK) == 1
    beat(day, 3)
    day.feed(m.AccountReported(day.state.request, replace(whole, at=day.at)))
    assert (day.state.ready, day.state.shrunk) == (Ready.READY, None)
    assert day.state.holdings[BOND].volume == 200


@pytest.mark.parametrize(("share", "at_once"), [(0, True), (1, True), (2, False)])
def test_an_account_of_cash_alone_is_believed_at_once_and_two_answers_always(share: int, at_once: bool) -> None:
    day = MarketDay()
    day.deaf = True
    day.connect()
    cash = 1_000_000_000
    answered = report_of(day, asset=Asset(cash, 0, cash + cash * share // 100), positions=())
    day.feed(m.AccountReported(day.state.request, answered))
    assert (day.state.ready is Ready.READY) is at_once
    for _ in range(3):
        beat(day, 5)
        day.feed(m.AccountReported(day.state.request, replace(answered, at=day.at)))
    assert (day.state.ready, day.state.shrunk) == (Ready.READY, None)


def test_an_answer_that_tells_a_trade_and_lists_no_order_has_a_hole() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    beat(day, 10)
    fill = trade_of(day, place, 100)
    day.feed(m.AccountReported(day.state.request, report_of(day, fills=(fill,), orders=())))
    assert day.state.orders[place.ref].filled == 100
    assert day.state.shrunk is not None
    assert day.state.shrunk.gaps.orders == {day.state.orders[place.ref].broker_id}
