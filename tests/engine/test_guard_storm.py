"""Rejections of other orders silence no guard, and a guard's own silence nobody else."""

import pytest
from words import told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, sealed_quote
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader.picture_watch import watch_row

LIMIT = 11_000
OTHERS = ("600000.SH", "600004.SH", "600006.SH", "600007.SH")
STOCKS = (STOCK, *OTHERS)


@pytest.fixture
def guarded() -> MarketDay:
    """Five guarded stocks on safe boards."""
    day = MarketDay(
        held=dict.fromkeys(STOCKS, (1_000, 9_000)), prices={BOND: 120_000, **dict.fromkeys(STOCKS, 10_000)}
    ).open()
    for code in STOCKS:
        assert day.feed(m.ArmGuard(GuardPlan(code=code))).refusal is None
    boards(day, STOCKS, 9_000)
    boards(day, STOCKS, 30_000)
    return day


def boards(day: MarketDay, codes: tuple[str, ...], lots: int) -> None:
    day.wait(3_000)
    for code in codes:
        day.quote(sealed_quote(code, day.at, LIMIT, lots, prev=10_000, volume=day.at % 10_000_000))


def turn_down(day: MarketDay, seconds: int, codes: tuple[str, ...] = STOCKS, lots: int = 15_000) -> int:
    """The counter says no to every order for so long; how many it said no to."""
    said: set[str] = set()
    day.deaf = True
    for second in range(seconds):
        for place in day.places():
            if place.ref not in said and day.state.orders[place.ref].live:
                said.add(place.ref)
                told(day, place, OrderState.REJECTED, number=f"9{len(said)}{place.ref[-2:]}", text="busy")
        day.wait(1_000)
        if second % 3 == 0:
            for code in codes:
                day.quote(sealed_quote(code, day.at, LIMIT, lots, prev=10_000, volume=day.at % 10_000_000))
        if day.state.request_at:
            rows = day.exchange.report(day.at)
            day.feed(m.AccountReported(day.state.request, replace(rows, orders=())))
    day.deaf = False
    return len(said)


def test_guards_that_fire_together_at_a_busy_counter_sell_when_it_is_well_again(guarded: MarketDay) -> None:
    boards_weak = 15_000
    guarded.deaf = True
    boards(guarded, STOCKS, boards_weak)
    assert turn_down(guarded, 8) >= guarded.state.limits.rejects_storm
    assert dict(guarded.state.suspended) == {}
    for _ in range(10):
        boards(guarded, STOCKS, boards_weak)
    assert {guarded.state.guards[code].state for code in STOCKS} == {GuardState.SOLD}


def test_a_storm_of_others_rejections_stops_everything_but_a_guards_sale(guarded: MarketDay) -> None:
    guarded.state = replace(guarded.state, suspended={"": because(Why.REJECT_STORM, count=10)})
    assert guarded.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is not None
    boards(guarded, STOCKS, 15_000)
    assert watch_row(guarded.state, STOCK, ()).why is None
    guarded.wait(2_000)
    assert {(place.owner.kind, place.side) for place in guarded.places()} == {(OwnerKind.GUARD, Side.SELL)}
    assert len(guarded.places()) == len(STOCKS)


@pytest.mark.parametrize("why", [Why.CLOCK_JUMPED, Why.SETTINGS_REFUSED])
def test_whatever_else_stops_everything_stops_guards_too(guarded: MarketDay, why: Why) -> None:
    guarded.state = replace(guarded.state, suspended={"": because(why)})
    boards(guarded, STOCKS, 15_000)
    assert guarded.places() == []
    assert guarded.state.guards[STOCK].state is GuardState.TRIGGERED


def test_a_clock_that_jumps_after_a_storm_stops_guards_as_well(guarded: MarketDay) -> None:
    guarded.state = replace(guarded.state, suspended={"": because(Why.REJECT_STORM, count=10)})
    guarded.feed(m.ClockJumped(20 * 60_000))
    boards(guarded, STOCKS, 15_000)
    assert guarded.places() == []
    assert guarded.state.suspended[""].why is Why.CLOCK_JUMPED
