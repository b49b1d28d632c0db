"""Cash the counter freezes for something that is no listed order: money for new shares, or an order nobody lists."""

from words import PLAN, beat, deaf_grid, row_of, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import OrderState
from qmtdesk.engine.books import cash_room, frozen_by
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
