"""What the desk is shown while a counter, its link or a second program cannot be trusted."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from words import answer, by_hand, deaf_grid, row_of, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import LISTED, OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay
from qmtdesk.trader import picture_grid, pictures
from qmtdesk.wire.rows import StatusRow

DESK = pictures.Desk("paper", "paper", 1, "")


def status(day: MarketDay) -> StatusRow:
    return pictures.status_row(day.state, DESK)


def told_why(day: MarketDay) -> list[Why]:
    return [reason.why for reason in status(day).blockers]


@pytest.mark.parametrize(
    ("event", "why"),
    [(m.AccountStatusTold(5), Why.ACCOUNT_STATUS), (m.GatewaySilent(16_000), Why.GATEWAY_SILENT)],
)
def test_what_is_wrong_on_the_way_to_the_account_is_the_first_thing_shown(event: m.Event, why: Why) -> None:
    day, _ = deaf_grid()
    assert status(day).lamp_trade == "ok"
    day.feed(event)
    assert told_why(day)[0] is why
    assert status(day).lamp_trade == "blind"
    assert picture_grid.grid_state(day.state, BOND) == "frozen"


def test_an_answer_with_holes_is_shown_for_what_it_is() -> None:
    day = MarketDay(held={STOCK: (500, 9_000)}).open()
    day.deaf = True
    day.wait(11_000)
    answer(day)
    assert told_why(day)[0] is Why.REPORT_SHRUNK


def test_an_account_that_has_closed_for_the_day_is_no_alarm() -> None:
    day = MarketDay().open()
    day.feed(m.AccountStatusTold(6))
    assert told_why(day) == []
    assert status(day).lamp_trade == "ok"


def test_an_order_in_a_state_nobody_knows_is_shown_as_one_in_doubt() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    assert pictures.order_row(day.state, day.state.orders[place.ref]).state == "working"
    odd = replace(row_of(day, place, OrderState.UNKNOWN), odd="255")
    day.feed(m.OrderReported(odd))
    shown = pictures.order_row(day.state, day.state.orders[place.ref])
    assert (shown.state, shown.looks) == ("unknown", LISTED)
    pills = [
        level.buy_state for level in picture_grid.grid_row(day.state, place.code).levels if level.buy_ref == place.ref
    ]
    assert pills == ["unknown"]
    assert status(day).unknown_orders == 1
    assert Why.SIDE_FROZEN in told_why(day)


def test_another_program_is_shown_as_what_concerns_everything_and_can_be_let_go_on() -> None:
    day, _ = deaf_grid()
    day.feed(m.Installed("mine"))
    row = row_of(day, by_hand(STOCK, Side.SELL, 10_500, 100), OrderState.WORKING, remark="qtwoo261120-000004")
    day.feed(m.OrderReported(row))
    (held,) = status(day).suspended
    assert (held.code, held.reason.why, held.at) == ("", Why.OTHER_PROGRAM, day.at)
    assert status(day).blocker_codes[0] == ""
    day.feed(m.Release(held.code))
    assert status(day).suspended == ()
