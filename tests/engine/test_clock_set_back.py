"""This computer's clock ran ahead and is set right: what it stamped holds nothing up until the old time comes again."""

from dataclasses import dataclass

import pytest
from words import PLAN, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.core import Step, step
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

CODES = {BOND: 120_000, BOND2: 130_000, STOCK: 10_000, "600000.SH": 9_000, "000001.SZ": 12_000, "601988.SH": 5_000}


@dataclass
class WrongClock(MarketDay):
    """A day whose computer is ahead of the exchange by so many ms; the stock is sealed with so many lots."""

    ahead: int = 0
    lots: int = 100_000

    def feed(self, event: m.Event) -> Step:
        result = step(self.state, self.at + self.ahead, event)
        self.state = result.state
        self.records.extend(result.records)
        for intent in result.intents:
            self.let_go(intent)
        return result

    def quote_all(self) -> None:
        for code, last in self.last.items():
            if code == STOCK:
                volume = self.at % 1_000_000
                self.quote(sealed_quote(STOCK, self.at, 11_000, self.lots, prev=10_000, volume=volume))
            else:
                self.price(code, last)


@pytest.mark.parametrize("ahead", [45_000, 120_000, 600_000])
@pytest.mark.parametrize("released_early", [False, True])
def test_after_the_clock_is_set_right_and_the_user_says_go_on_a_guard_sells_at_once(
    ahead: int, *, released_early: bool
) -> None:
    day = WrongClock(prices=dict(CODES), held={STOCK: (1_000, 9_000)})
    day.open()
    day.live_market(12_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, threshold=50_000_000_000))).refusal is None
    day.live_market(6_000)
    day.ahead = ahead
    day.feed(m.ClockJumped(ahead))
    day.live_market(20_000)
    assert day.state.suspended[""].why in (Why.CLOCK_WRONG, Why.CLOCK_JUMPED)
    if released_early:
        day.feed(m.Release(""))
        day.live_market(9_000)
    day.ahead = 0
    day.feed(m.ClockJumped(ahead))
    day.live_market(9_000)
    day.feed(m.Release(""))
    day.live_market(9_000)
    assert (dict(day.state.suspended), day.state.at) == ({}, day.at)
    day.lots = 300
    day.live_market(9_000)
    assert day.state.guards[STOCK].state in {GuardState.TRIGGERED, GuardState.SOLD}
    assert [place.volume for place in day.places(STOCK)] == [1_000]
    assert day.folded().orders == day.state.orders


def test_orders_of_the_wrong_clock_are_cancelled_at_once() -> None:
    day = WrongClock(prices=dict(CODES), held={STOCK: (1_000, 9_000)}, ahead=25_000)
    day.open()
    day.feed(m.ArmGrid(PLAN))
    day.live_market(3_000)
    assert day.live(BOND)
    day.ahead = 0
    day.feed(m.ClockJumped(25_000))
    day.wait(1_000)
    day.feed(m.Kill("user"))
    day.wait(2_000)
    assert day.live(BOND) == []


def test_a_clock_that_goes_on_is_never_turned_back_by_an_old_event() -> None:
    day = MarketDay().open()
    before = day.state.at
    result = step(day.state, before - 5_000, m.TimePassed())
    assert result.state.at == before


@pytest.mark.parametrize("behind", [5_000, 20_000])
def test_a_trade_stamped_ahead_of_our_clock_makes_no_storm_of_cancels(behind: int) -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=200, first_buy=False, unit=100)))
    day.live_market(6_000)
    order = next(order for order in day.live(BOND) if order.side is Side.SELL)
    place = next(place for place in day.places(BOND) if place.ref == order.ref)
    day.mute = True
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.wait(200)
    told(day, place, OrderState.PART_CANCELLING, 10, number=order.broker_id)
    day.feed(m.FillReported(replace(trade_of(day, place, 10, number=order.broker_id), at=day.at + behind)))
    for _ in range(48):
        day.at += 250
        day.feed(m.Quoted(quote_of(BOND, day.at, 120_000, volume=day.at % 100_000)))
    assert len([cancel for cancel in day.cancels() if cancel.ref == order.ref]) < 5
