"""Another installation trading on the account stops buying until the user says go on."""

import pytest
from words import ID, PLAN, answer, beat, by_hand, row_of, said, told, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import BUYS
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

S = OrderState


def other_row(day: MarketDay, remark: str, number: str = "9") -> BrokerOrder:
    return row_of(day, by_hand(STOCK, Side.SELL, 10_500, 100), S.WORKING, remark=remark, number=number)


def installed() -> MarketDay:
    day = MarketDay()
    day.feed(m.Installed("mine"))
    day.open()
    day.deaf = True
    return day


def test_an_installations_letters_are_decided_once_written_down_and_in_every_ref() -> None:
    day = installed()
    day.feed(m.Installed("more"))
    assert day.state.install == day.folded().install == "mine"
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    assert place.ref == "qmine261120-000001"
    assert len(place.ref) <= 20
    told(day, place, S.WORKING, remark=place.ref[:17])
    assert day.state.orders[place.ref].broker_id == ID


@pytest.mark.parametrize("word", ["", "abc", "abcde", "ab1d", "äbcd"])
def test_other_words_are_no_letters_of_an_installation(word: str) -> None:
    day = MarketDay()
    day.feed(m.Installed(word))
    assert day.state.install == ""


@pytest.mark.fault("X8")
@pytest.mark.parametrize("by_report", [False, True])
def test_an_order_of_another_installation_stops_buying_until_the_user_says_go_on(by_report: bool) -> None:
    day = installed()
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    told(day, place, S.WORKING)
    row = other_row(day, "qtwoo261120-000004")
    beat(day, 2)
    if by_report:
        answer(day, [row, row_of(day, place, S.WORKING)])
    else:
        day.feed(m.OrderReported(row))
    assert day.state.suspended[BUYS].why is Why.OTHER_PROGRAM
    assert day.state.suspended == day.folded().suspended
    buy = m.Place("q-new", STOCK, Side.BUY, 9_990, 100, place.owner)
    assert why(day, buy) is Why.OTHER_PROGRAM
    assert why(day, replace(buy, side=Side.SELL, price=10_600)) is Why.SELL_ROOM
    beat(day, 2)
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]
    told(day, place, S.CANCELLED)
    beat(day, 5)
    assert day.places(BOND) == [place]
    day.feed(m.Release(BUYS))
    beat(day, 1)
    assert len(day.places(BOND)) == 2
    day.feed(m.OrderReported(other_row(day, "qtwoo261120-000005", "10")))
    assert BUYS not in day.state.suspended
    day.feed(m.OrderReported(other_row(day, "qthre261120-000005", "11")))
    assert BUYS in day.state.suspended


def test_a_halt_of_everything_is_taken_back_before_one_of_all_buying_which_has_its_own_reason() -> None:
    day = installed()
    day.feed(m.OrderReported(other_row(day, "qtwoo261120-000004")))
    for _ in range(4):
        day.feed(m.LinkChanged(up=False))
        day.wait(1_000)
        day.feed(m.LinkChanged(up=True))
    assert {"", BUYS} <= set(day.state.suspended)
    day.feed(m.Release(""))
    assert set(day.state.suspended) == {BUYS}
    day.feed(m.Release(""))
    assert set(day.state.suspended) == set()
    assert day.feed(m.Release("")).records == ()


@pytest.mark.parametrize("word", [m.Release(""), m.SetMaster(on=True)])
def test_letting_everything_go_on_lets_buying_go_on(word: m.UserEvent) -> None:
    day = installed()
    day.feed(m.OrderReported(other_row(day, "qtwoo261120-000004")))
    assert BUYS in day.state.suspended
    day.feed(word)
    assert day.state.suspended == {}
    assert said(day, Why.RELEASED) == 1


@pytest.mark.parametrize(
    "remark", ["", "qmine261120-000099", "qmine261120", "qtwoo26", "manual", "qmtgrid 5", "q261120-000007"]
)
def test_other_remarks_are_no_other_installations(remark: str) -> None:
    day = installed()
    day.feed(m.OrderReported(other_row(day, remark)))
    assert day.state.suspended == {}
