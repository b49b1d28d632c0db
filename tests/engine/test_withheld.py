"""Cash the counter freezes for something that is no listed order: money for new shares, or an order nobody lists."""

import pytest
from words import PLAN, beat, by_hand, deaf_grid, row_of, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.engine.books import cash_room, frozen_by, sell_room
from qmtdesk.engine.worth import total_value
from qmtdesk.simulate.market_day import BOND, MarketDay

CASH = 1_000_000_000


def report(day: MarketDay, cash: int, frozen: int, *rows: object) -> None:
    day.feed(m.AskNow())
    asset = Asset(cash, frozen, cash + frozen)
    day.feed(
        m.AccountReported(day.state.request, AccountReport(day.at, day.day.isoformat(), asset, (), tuple(rows), ()))  # type: ignore[arg-type]
    )


def test_money_that_is_put_in_for_new_shares_is_worth_something_and_buys_nothing() -> None:
    day = MarketDay().open()
    day.deaf = True
    beat(day, 2)
    report(day, 1_000_000, CASH - 1_000_000)
    assert cash_room(day.state) == 1_000_000
    assert total_value(day.state) == CASH
    day.feed(m.ArmGrid(PLAN))
    assert day.places(BOND) == []


def test_what_a_listed_purchase_freezes_is_counted_once() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    beat(day, 2)
    frozen = frozen_by(place.price, place.volume)
    report(day, CASH - frozen, frozen, row_of(day, place, OrderState.WORKING))
    assert cash_room(day.state) == CASH - frozen
    assert day.state.money is not None
    assert day.state.money.withheld == 0


def test_a_purchase_in_a_state_nobody_knows_freezes_its_money_once() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    beat(day, 2)
    frozen = frozen_by(place.price, place.volume)
    report(day, CASH - frozen, frozen, row_of(day, place, OrderState.UNKNOWN))
    assert cash_room(day.state) == CASH - frozen


def test_what_a_market_order_freezes_is_asked_for_at_once_and_counted_once() -> None:
    day = MarketDay().open()
    day.deaf = True
    beat(day, 2)
    hand, before = by_hand(BOND, Side.BUY, 0, 10), day.state.request
    told(day, hand, OrderState.WORKING)
    assert day.state.request == before + 1
    report(day, CASH - 1_500_000, 1_500_000, row_of(day, hand, OrderState.WORKING))
    assert cash_room(day.state) == CASH - 1_500_000


def test_a_market_sale_takes_its_volume_and_asks_nothing() -> None:
    day = MarketDay(held={BOND: (1_000, 120_000)}).open()
    day.deaf = True
    beat(day, 2)
    before = day.state.request
    told(day, by_hand(BOND, Side.SELL, 0, 100), OrderState.WORKING)
    assert (day.state.request, sell_room(day.state, BOND)) == (before, 900)


@pytest.mark.parametrize(("number", "volume"), [("", 10), ("9", 0)])
def test_a_row_without_a_number_or_a_volume_makes_no_order(number: str, volume: int) -> None:
    day = MarketDay().open()
    orders = dict(day.state.orders)
    told(day, by_hand(BOND, Side.BUY, 110_000, volume), OrderState.REJECTED, number=number)
    assert dict(day.state.orders) == orders


def test_a_row_without_a_volume_ends_the_order_of_its_number() -> None:
    day = MarketDay().open()
    cash = cash_room(day.state)
    told(day, by_hand(BOND, Side.BUY, 110_000, 10), OrderState.WORKING, number="9")
    assert cash_room(day.state) == cash - frozen_by(110_000, 10)
    told(day, by_hand(BOND, Side.BUY, 110_000, 0), OrderState.REJECTED, number="9")
    assert cash_room(day.state) == cash


def test_an_own_order_rejected_under_its_remark_alone_is_rejected() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.REJECTED, number="", remark=place.ref)
    assert day.state.orders[place.ref].state is OrderState.REJECTED
