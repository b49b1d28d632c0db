"""The list of a day is told again in the middle of it, is shorter, is late for a code, or is of a day gone by."""

import pytest
from words import KEPT, PLAN, beat, deaf_grid, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

LIMIT = 11_000


def guarding() -> MarketDay:
    """A guard on a sealed board and a grid with orders on the book."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 40_000, prev=10_000))
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True))).refusal is None
    assert day.feed(m.ArmGrid(KEPT)).refusal is None
    for _ in range(3):
        day.wait(1_000)
        day.quote(sealed_quote(STOCK, day.at, LIMIT, 40_000, prev=10_000))
    assert day.live(BOND)
    return day


def longer(day: MarketDay) -> m.DayOpened:
    more = make_instrument("128901.SZ", "", 100_000, day.day)
    return m.DayOpened(day.day.isoformat(), (*day.instruments, more))


def test_a_longer_list_in_the_middle_of_the_day_loses_no_board_guard_grid_or_order() -> None:
    day = guarding()
    before = day.state
    result = day.feed(longer(day))
    after = day.state
    assert (after.boards, after.guards, after.grids, after.orders) == (
        before.boards,
        before.guards,
        before.grids,
        before.orders,
    )
    assert (after.ready, after.messages, after.suspended) == (Ready.READY, before.messages, {})
    assert not [intent for intent in result.intents if not isinstance(intent, m.Query)]
    assert "128901.SZ" in after.listings


def test_a_shorter_list_of_the_same_day_takes_nothing_off_it() -> None:
    day = guarding()
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments[:1]))
    assert {BOND, STOCK} <= day.state.instruments.keys()
    day.live_market(3_000)
    assert day.state.ready is Ready.READY
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert day.state.grids[BOND].armed


@pytest.mark.parametrize("restart", [False, True])
def test_a_guard_whose_code_is_listed_late_guards_on_todays_limit(restart: bool) -> None:
    """Bonds are listed first; what is wanted beside them follows."""
    day = guarding()
    day.day = NEXT_DAY
    day.at += 3 * 86_400_000
    whole = day.make_instruments(NEXT_DAY, {BOND: 120_000, STOCK: LIMIT})
    if restart:
        day.state = day.folded(resume=True)
        day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), whole[:1]))
    beat(day, 2)
    assert day.state.guards[STOCK].limit_up == LIMIT
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), whole))
    guard = day.state.guards[STOCK]
    assert (guard.limit_up, guard.state, guard.day) == (12_100, GuardState.WATCHING, NEXT_DAY)


def test_a_limit_that_is_told_otherwise_later_begins_the_board_anew() -> None:
    day = guarding()
    other = tuple(replace(one, limit_up=11_500) if one.code == STOCK else one for one in day.instruments)
    day.feed(m.DayOpened(day.day.isoformat(), other))
    day.quote(sealed_quote(STOCK, day.at, 11_500, 40_000, prev=10_000))
    assert day.state.boards[STOCK].limit_up == day.state.guards[STOCK].limit_up == 11_500


def told_otherwise(day: MarketDay, **changes: int) -> None:
    """The stock's row of the list, told again with something else in it."""
    other = tuple(replace(one, **changes) if one.code == STOCK else one for one in day.instruments)
    day.feed(m.DayOpened(day.day.isoformat(), other))


def test_a_guard_that_a_doubtful_close_switched_off_watches_again_when_the_list_is_corrected() -> None:
    day = guarding()
    told_otherwise(day, told_close=10_500)
    assert day.state.guards[STOCK].why_off.why is Why.CLOSE_DISAGREES
    told_otherwise(day, prev_close=10_500, limit_up=11_550, limit_down=9_450)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.limit_up, guard.why_off) == (GuardState.WATCHING, 11_550, None)
    assert (day.state.instruments[STOCK].prev_close, day.state.lines[-1].code) == (10_500, STOCK)
    assert day.state.guards[STOCK] == day.folded().guards[STOCK]


def test_a_garbled_close_that_is_taken_back_leaves_the_guard_watching() -> None:
    day = guarding()
    told_otherwise(day, told_close=10_500)
    told_otherwise(day)
    guard = day.state.guards[STOCK]
    assert (guard.state, guard.limit_up) == (GuardState.WATCHING, LIMIT)
    day.wait(1_000)
    day.quote(sealed_quote(STOCK, day.at, LIMIT, 40_000, prev=10_000))
    assert day.state.boards[STOCK].limit_up == LIMIT


@pytest.mark.parametrize("event", [m.DisarmGuard(STOCK), m.WatchStock(STOCK, on=False)])
def test_a_guard_that_was_taken_off_meanwhile_stays_off(event: m.Event) -> None:
    day = guarding()
    told_otherwise(day, told_close=10_500)
    assert day.feed(event).refusal is None
    told_otherwise(day)
    assert (day.state.guards[STOCK].state, day.state.guards[STOCK].why_off.why) == (GuardState.OFF, Why.DISARMED)


def test_an_empty_list_is_no_day() -> None:
    day = MarketDay()
    day.feed(m.LinkChanged(up=True))
    day.state = day.folded(resume=True)
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(day.day.isoformat(), ()))
    assert (day.state.day, day.state.request) == ("", 0)
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    assert day.state.day == day.day.isoformat()


def test_a_day_gone_by_does_not_make_it_forget_its_live_orders() -> None:
    day, place = deaf_grid()
    told(day, place, OrderState.WORKING)
    day.feed(m.DayOpened("2026-11-19", day.instruments))
    assert day.state.day == day.day.isoformat()
    assert day.state.orders[place.ref].live
    assert day.state.suspended[""].why is Why.CLOCK_WRONG
    assert day.places(BOND) == [place]


def test_a_journal_of_a_day_to_come_without_live_orders_stops_nothing() -> None:
    day = MarketDay().open()
    day.feed(m.DayOpened("2026-11-19", day.instruments))
    assert (day.state.day, day.state.suspended) == ("2026-11-19", {})


def test_a_snapshot_of_yesterday_that_arrives_today_is_no_price_of_now() -> None:
    """What a terminal tells first of a code that is not traded today."""
    day = MarketDay()
    day.connect()
    day.wait(2_000)
    old = replace(_quote(day, 119_000), at=day.at - 86_400_000)
    day.feed(m.Quoted(old))
    assert day.feed(m.ArmGrid(PLAN)).refusal is not None
    assert day.places() == []


def test_a_price_of_long_ago_moves_no_stop_of_a_grid() -> None:
    day = MarketDay().open()
    assert day.feed(m.ArmGrid(replace(PLAN, lower_stop=100_000))).refusal is None
    before = day.state.grids[BOND]
    late = replace(_quote(day, 97_000), at=day.at + 1)
    day.at += 600_000
    day.feed(m.Quoted(late))
    assert day.state.grids[BOND] == before
    assert not [place for place in day.places(BOND) if place.side is Side.SELL]


def _quote(day: MarketDay, last: int) -> Quote:
    return quote_of(BOND, day.at, last, prev=120_000)
