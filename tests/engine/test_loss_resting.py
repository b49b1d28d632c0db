"""Past the day's loss limit no buy rests on the book; it comes back when the loss is clearly below the limit."""

import pytest
from words import beat, by_hand, day_base, total_value, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=2, unit=100)
BELOW, NEAR, PAST, WILD = 9_760, 9_740, 9_720, 5_000
"""Prices of the stock at which 1.75 %, 1.89 % and 2.04 % of the account are lost, and one far beyond all limits."""


def losing(limits: RiskLimits | None = None, price: int = PAST) -> MarketDay:
    """A lattice with two buys on the book beside a holding that loses more than the day may."""
    day = MarketDay(held={STOCK: (60_000, 10_000)}, cash=222_000_000, limits=limits or RiskLimits()).open()
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    day.live_market(3_000)
    assert len(buys(day)) == 2
    goes(day, price)
    return day


def goes(day: MarketDay, price: int, ms: int = 9_000) -> None:
    day.price(STOCK, price)
    day.live_market(ms)


def buys(day: MarketDay) -> list[Order]:
    return [order for order in day.live(BOND) if order.side is Side.BUY]


def lost_bp(day: MarketDay) -> int:
    base = day_base(day.state)
    return (base - total_value(day.state)) * 10_000 // base


def alarms(day: MarketDay) -> list[object]:
    lines = [line for line in day.state.lines if line.reason.why is Why.LOSS_REDUCE]
    return [line.reason.get("orders") for line in lines if line.level == "alarm"]


def test_buys_that_rest_are_taken_off_and_one_alarm_says_so() -> None:
    day = losing()
    assert 200 < lost_bp(day) < 210
    assert buys(day) == []
    assert alarms(day) == [2]
    assert day.state.grids[BOND].armed
    assert day.state.blocked[BOND].why is Why.LOSS_REDUCE
    sent = len(day.sent)
    day.price(BOND, 119_000)
    day.live_market(60_000)
    assert day.state.grids[BOND].grid.held_total == 0
    assert [i for _, i in day.sent[sent:] if not isinstance(i, m.Query)] == []
    assert alarms(day) == [2]


def test_below_the_limit_they_stay() -> None:
    day = losing(price=NEAR)
    assert 180 < lost_bp(day) < 200
    assert len(buys(day)) == 2
    assert alarms(day) == []


def test_sales_stay_where_they_are() -> None:
    day = MarketDay(held={STOCK: (60_000, 10_000), BOND: (300, 119_000)}, cash=186_000_000).open()
    assert day.feed(m.ArmGrid(replace(PLAN, adopt=300))).refusal is None
    day.live_market(3_000)
    goes(day, PAST)
    assert lost_bp(day) > 200
    assert {order.side for order in day.live(BOND)} == {Side.SELL}


def test_a_loss_that_swings_about_the_limit_sends_nothing() -> None:
    day = losing()
    sent = len(day.sent)
    for price in (NEAR, PAST) * 10:
        goes(day, price, 6_000)
    assert [i for _, i in day.sent[sent:] if not isinstance(i, m.Query)] == []
    assert alarms(day) == [2]


def test_they_come_back_once_the_loss_is_a_tenth_below_the_limit_and_go_again_with_a_new_alarm() -> None:
    day = losing()
    goes(day, BELOW)
    assert lost_bp(day) < 180
    assert len(buys(day)) == 2
    goes(day, NEAR)
    assert len(buys(day)) == 2
    goes(day, PAST)
    assert buys(day) == []
    assert alarms(day) == [2, 2]


def test_a_restart_neither_forgets_it_nor_says_it_again() -> None:
    day = losing()
    day.restart(resume=True)
    day.live_market(9_000)
    goes(day, NEAR)
    assert buys(day) == []
    assert alarms(day) == [2]


def test_one_wild_price_takes_nothing_off() -> None:
    day = losing(price=BELOW)
    day.price(STOCK, WILD)
    day.wait(1_000)
    goes(day, BELOW)
    assert day.cancels() == []
    assert alarms(day) == []


@pytest.mark.parametrize("kill_bp", [400, 0])
def test_a_price_that_cannot_be_takes_them_off_when_it_comes_twice(kill_bp: int) -> None:
    day = losing(replace(RiskLimits(), loss_kill_bp=kill_bp), price=BELOW)
    day.price(STOCK, WILD)
    day.wait(1_000)
    assert day.cancels() == []
    goes(day, WILD)
    assert buys(day) == []
    said = [line.reason.why for line in day.state.lines if line.level == "alarm"]
    assert said.count(Why.PNL_UNKNOWN) == 1


def test_without_a_limit_nothing_is_taken_off() -> None:
    day = losing(replace(RiskLimits(), loss_reduce_bp=0, loss_kill_bp=0))
    assert len(buys(day)) == 2


def test_while_the_account_is_not_reconciled_nothing_is_judged() -> None:
    day = losing(price=BELOW)
    day.mute = True
    day.feed(m.LinkChanged(up=False))
    goes(day, PAST)
    day.feed(m.LinkChanged(up=True))
    goes(day, PAST)
    assert (day.cancels(), alarms(day)) == ([], [])
    day.mute = False
    goes(day, PAST)
    assert (buys(day), alarms(day)) == ([], [2])


def test_a_cancel_that_goes_unheeded_is_asked_for_again_and_said_once() -> None:
    day = losing(price=BELOW)
    day.deaf = True
    goes(day, PAST, 12_000)
    assert len(day.cancels()) > 2
    assert alarms(day) == [2]


def test_in_the_closing_auction_which_takes_no_cancel_nothing_is_said_to_be_taken_off() -> None:
    day = losing(price=BELOW)
    day.jump(14, 57, 30)
    goes(day, PAST)
    assert (day.cancels(), alarms(day)) == ([], [])


def test_a_loss_that_stops_everything_says_that_alone() -> None:
    day = losing(price=9_400)
    assert day.state.kill is not None
    assert buys(day) == []
    assert Why.LOSS_KILL in day.said()
    assert alarms(day) == []


def test_cash_of_a_sale_that_is_on_its_way_is_no_loss() -> None:
    day = losing(price=NEAR)
    assert len(buys(day)) == 2
    sold = by_hand(STOCK, Side.SELL, NEAR, 1_000)
    day.feed(m.FillReported(trade_of(day, sold, 1_000, number="h1")))
    money = day.state.money
    assert money is not None
    # the counter's shares are gone and its cash is not there yet
    day.state = replace(day.state, money=replace(money, gross_cash=money.gross_cash - NEAR * 1_000))
    day.deaf = True
    for waited in range(14):
        beat(day)
        assert lost_bp(day) > 200
        assert day.cancels() == [], waited
    beat(day, 3)
    assert len(day.cancels()) == 2


def test_small_sales_by_hand_one_after_the_other_keep_no_buys_on_the_book() -> None:
    day = losing(price=NEAR)
    assert len(buys(day)) == 2
    goes(day, 9_500, 0)
    for second in range(30):
        if second % 14 == 0:
            sold = by_hand(STOCK, Side.SELL, 9_500, 100)
            day.feed(m.FillReported(trade_of(day, sold, 100, f"h{second}", number=f"h{second}")))
        beat(day)
        if second == 6:
            assert buys(day) == []
    assert len(alarms(day)) == 1


@pytest.mark.parametrize("every", [3, 7, 14])
def test_sales_whose_cash_is_there_keep_no_buys_on_the_book_however_many_there_are(every: int) -> None:
    day = losing(price=NEAR)
    goes(day, PAST, 0)
    for second in range(28):
        if second % every == 0:
            sold = by_hand(STOCK, Side.SELL, PAST, 1_000)
            day.feed(m.FillReported(trade_of(day, sold, 1_000, f"h{second}", number=f"h{second}")))
        beat(day)
        if second == 6:
            assert 200 < lost_bp(day) < 215
            assert buys(day) == []
