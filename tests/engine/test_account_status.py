"""An account that is not in order takes no orders and its answers are not taken for holdings."""

import pytest
from words import PLAN, answer, beat, by_hand, deaf_grid, look, said, traded, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountStatus, Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.engine.reasons import status_reason
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState


@pytest.mark.fault("G16")
@pytest.mark.parametrize("number", [*(status.value for status in AccountStatus if status), 42])
def test_an_account_that_is_not_in_order_takes_no_orders_until_it_is_and_is_reconciled(number: int) -> None:
    day = MarketDay().open()
    day.feed(m.AccountStatusTold(number))
    assert day.feed(m.ArmGrid(PLAN)).refusal is not None
    place = m.Place("q-new", BOND, Side.BUY, 119_000, 10, by_hand(BOND, Side.BUY, 1, 1).owner)
    trusted = number == AccountStatus.AFTER_CLOSE
    assert why(day, place) is (Why.ACCOUNT_STATUS if trusted else Why.RECONCILING)
    assert said(day, Why.ACCOUNT_STATUS) == 1
    day.live_market(6_000)
    assert why(day, place) is (Why.ACCOUNT_STATUS if trusted else Why.RECONCILING)
    assert day.places() == []
    asked = day.state.request
    day.feed(m.AccountStatusTold(0))
    assert day.state.ready is Ready.RECONCILING
    assert day.state.request == asked + 1
    day.live_market(3_000)
    assert day.state.ready is Ready.READY
    assert day.feed(m.ArmGrid(PLAN)).refusal is None


def test_a_status_is_said_by_its_name_where_it_has_one() -> None:
    assert status_reason(5).get("status") == "correcting"
    assert dict(status_reason(42).args) == {"number": 42}


def test_what_is_reported_while_the_account_is_corrected_is_not_taken_for_its_holdings() -> None:
    day = MarketDay(held={BOND: (200, 110_000)}).open()
    day.feed(m.AccountStatusTold(5))
    before = (day.state.holdings, day.state.money)
    for _ in range(3):
        beat(day, 2)
        answer(day, positions=[Position(BOND, 10, 10)], cash=1)
    assert (day.state.holdings, day.state.money) == before
    assert day.state.ready is Ready.RECONCILING


def test_nobody_is_given_up_for_lost_while_the_account_is_not_in_order() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    day.feed(m.AccountStatusTold(5))
    look(day, 6)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    day.feed(m.AccountStatusTold(0))
    look(day, 4)
    assert day.state.orders[place.ref].state is S.REFUSED


def test_trades_are_booked_whatever_the_status_says() -> None:
    day, place = deaf_grid()
    day.feed(m.AccountStatusTold(5))
    traded(day, place, 100)
    assert day.state.grids[BOND].grid.held_total == 100


def test_in_the_evening_a_grid_is_armed_for_tomorrow_although_the_account_has_closed() -> None:
    day = MarketDay().open()
    day.jump(15, 30)
    day.feed(m.AccountStatusTold(AccountStatus.AFTER_CLOSE))
    day.wait(3_000)
    assert day.feed(m.ArmGrid(replace(PLAN, keep_armed=True))).refusal is None
