"""A snapshot stamped with a time that has not come: it moves nothing and keeps no true one out."""

import pytest
from words import PLAN

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.engine.gate import CLOCKS_APART_MS
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.board import AHEAD_MS
from qmtdesk.strategies.guard import GuardState

HOUR = 3_600_000


def seen_at(day: MarketDay) -> int:
    return day.state.quotes[BOND].quote.at


def test_one_from_the_future_is_passed_over() -> None:
    day = MarketDay().open()
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    before = day.state.quotes[BOND]
    day.feed(m.Quoted(quote_of(BOND, day.at + HOUR, 90_000, prev=120_000)))
    assert day.state.quotes[BOND].quote == before.quote
    day.live_market(6_000)
    assert day.at - seen_at(day) <= 3_000
    assert not day.state.blocked


def test_two_from_the_future_that_agree_are_slips_while_others_come_in_time() -> None:
    day = MarketDay().open()
    for step in range(1, 5):
        day.at += 3_000
        day.feed(m.Quoted(quote_of(BOND, day.at, 120_000 + step, prev=120_000)))
        day.feed(m.Quoted(quote_of(BOND, day.at + HOUR, 90_000 + step, prev=120_000)))
        assert seen_at(day) == day.at


def test_a_first_one_from_the_future_keeps_no_true_one_out() -> None:
    day = MarketDay()
    day.connect()
    day.feed(m.Quoted(quote_of(BOND, day.at + HOUR, 120_000, prev=120_000)))
    day.feed(m.Quoted(quote_of(BOND, day.at, 120_010, prev=120_000)))
    assert seen_at(day) == day.at


def test_a_computer_whose_clock_is_behind_still_shows_prices() -> None:
    day = MarketDay()
    day.connect()
    for step in range(3):
        at = day.at + CLOCKS_APART_MS + 10_000 + step
        day.feed(m.Quoted(quote_of(BOND, at, 120_000 + 10 * step, prev=120_000)))
        assert seen_at(day) == at


@pytest.mark.parametrize(("later", "ahead", "believed"), [(0, HOUR, 0), (3_000, HOUR, 1), (3_000, HOUR + 9_000, 0)])
def test_after_a_silence_two_from_the_future_are_believed_where_they_agree(
    later: int, ahead: int, believed: int
) -> None:
    day = MarketDay().open()
    before = seen_at(day)
    day.at += 75_000
    first = quote_of(BOND, day.at + HOUR, 90_000, prev=120_000)
    day.feed(m.Quoted(first))
    assert seen_at(day) == before
    day.at += later
    second = quote_of(BOND, day.at + ahead, 90_010, prev=120_000)
    day.feed(m.Quoted(second if later else first))
    assert seen_at(day) == (second.at if believed else before)


def test_a_clock_that_fell_behind_keeps_a_code_out_for_seconds_only() -> None:
    day = MarketDay().open()
    behind = 40_000
    for step in range(1, 12):
        day.at += 3_000
        day.feed(m.Quoted(quote_of(BOND, day.at + behind, 120_000 + 10 * step, prev=120_000)))
    assert seen_at(day) == day.at + behind
    day.at += 600_000
    day.feed(m.Quoted(quote_of(BOND, day.at + behind, 119_000, prev=120_000)))
    assert seen_at(day) == day.at + behind


@pytest.mark.parametrize("ahead", [40_000, 600_000, HOUR])
def test_a_first_one_from_the_future_blinds_no_guard(ahead: int) -> None:
    def seal(lots: int) -> None:
        day.wait(3_000)
        day.quote(sealed_quote(STOCK, day.at, 11_000, lots, prev=10_000))

    assert AHEAD_MS == CLOCKS_APART_MS
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    seal(30_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None
    seal(30_000)
    day.state = day.folded(resume=True)
    day.connect()
    day.feed(m.Quoted(sealed_quote(STOCK, day.at + ahead, 11_000, 30_000, prev=10_000)))
    seal(30_000)
    assert day.state.boards[STOCK].last_at == day.at
    assert day.state.guards[STOCK].shown == "sealed"
    seal(9_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED
