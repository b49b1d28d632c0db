"""A guard's sale that stands in the closing auction: its trades are told after the close, and waited for."""

import pytest
from words import said, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.overnight import LAST_WORDS_MS
from qmtdesk.simulate.market_day import STOCK, MarketDay, sealed_quote
from qmtdesk.strategies.guard import GuardState

S = OrderState


def seal(day: MarketDay, lots: int) -> None:
    day.wait(3_000)
    day.quote(sealed_quote(STOCK, day.at, 11_000, lots, prev=10_000))


def selling(*, keep: bool = False) -> tuple[MarketDay, m.Place]:
    """A guard whose order was not met in time and stands in the closing auction."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    seal(day, 30_000)
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=keep))).refusal is None
    seal(day, 30_000)
    day.deaf = True
    seal(day, 9_000)
    (sale,) = day.places(STOCK)
    told(day, sale, S.WORKING)
    return day, sale


def at_close(day: MarketDay, ms: int = 0) -> None:
    day.at = at_of(day.day, 15, 0) + ms
    day.feed(m.TimePassed())


def state_of(day: MarketDay) -> GuardState:
    return day.state.guards[STOCK].state


@pytest.mark.parametrize("first", ["trade", "row"])
def test_a_sale_met_by_the_closing_auction_is_sold_and_nothing_else_is_said(first: str) -> None:
    day, sale = selling()
    at_close(day)
    assert state_of(day) is GuardState.TRIGGERED
    if first == "row":
        told(day, sale, S.FILLED, 1_000)
        at_close(day, 500)
    at_close(day, 1_000)
    traded(day, sale, 1_000)
    told(day, sale, S.FILLED, 1_000)
    at_close(day, LAST_WORDS_MS)
    assert state_of(day) is GuardState.SOLD
    assert said(day, Why.SOLD) == 1
    assert said(day, Why.LEFT_UNSOLD) == said(day, Why.EXPIRED_AT_CLOSE) == 0


def test_a_sale_of_which_nothing_is_heard_is_unsold_a_minute_later() -> None:
    day, _ = selling()
    at_close(day)
    at_close(day, LAST_WORDS_MS - 1)
    assert said(day, Why.LEFT_UNSOLD) == 0
    at_close(day, LAST_WORDS_MS)
    assert state_of(day) is GuardState.OFF
    assert said(day, Why.LEFT_UNSOLD) == said(day, Why.EXPIRED_AT_CLOSE) == 1
    at_close(day, LAST_WORDS_MS + 1_000)
    assert said(day, Why.LEFT_UNSOLD) == 1


def test_what_the_counter_took_off_unmet_is_unsold_at_once() -> None:
    day, sale = selling()
    at_close(day)
    traded(day, sale, 300)
    told(day, sale, S.PART_CANCELLED, 300)
    at_close(day, 2_000)
    (line,) = [line for line in day.state.lines if line.reason.why is Why.LEFT_UNSOLD]
    assert line.reason.get("volume") == 700
    assert state_of(day) is GuardState.OFF


def test_a_guard_that_sold_nothing_ends_with_the_close() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    seal(day, 30_000)
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    at_close(day)
    assert state_of(day) is GuardState.OFF
    assert said(day, Why.EXPIRED_AT_CLOSE) == 1


@pytest.mark.parametrize("keep", [False, True])
def test_a_day_that_rolls_before_the_minute_is_over_says_it_once(*, keep: bool) -> None:
    day, sale = selling(keep=keep)
    at_close(day, 1_000)
    told(day, sale, S.WORKING)
    lines = list(day.state.lines)
    day.next_day()
    lines += [line for line in day.state.lines if line not in lines]
    assert len([line for line in lines if line.reason.why is Why.LEFT_UNSOLD]) == 1
    assert state_of(day) is GuardState.OFF
