"""A guard sells what an order may carry, says at arming what none may, and ends where only an odd rest is left."""

import pytest
from words import told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.simulate.market_day import STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

STAR = "688001.SH"


def armed(code: str, held: int, sell: int) -> tuple[MarketDay, m.Event]:
    day = MarketDay(held={code: (held, 9_000)}, prices={code: 10_000}).open()
    day.quote(quote_of(code, day.at, 10_000, prev=10_000))
    return day, m.ArmGuard(GuardPlan(code=code, sell_volume=sell))


def fired(code: str, held: int, sell: int, *, deaf: bool = False) -> MarketDay:
    day, word = armed(code, held, sell)
    assert day.feed(word).refusal is None
    day.deaf = deaf
    for lots in (30_000, 5_000):
        day.wait(3_000)
        day.quote(sealed_quote(code, day.at, limit(code), lots, prev=10_000))
    return day


def limit(code: str) -> int:
    return 12_000 if code == STAR else 11_000


@pytest.mark.parametrize(
    ("code", "sell", "lot"), [(STOCK, 50, 100), (STOCK, 1_050, 100), (STAR, 100, 200), (STAR, 199, 200)]
)
def test_a_volume_no_order_may_carry_is_refused_at_arming_with_the_numbers(code: str, sell: int, lot: int) -> None:
    day, word = armed(code, 10_000, sell)
    refusal = day.feed(word).refusal
    assert (refusal.why, refusal.get("volume"), refusal.get("lot")) == (Why.SELL_NOT_LOT, sell, lot)
    assert STOCK not in day.state.guards


@pytest.mark.parametrize(("code", "sell"), [(STOCK, 100), (STAR, 200), (STAR, 201), (STOCK, 0), (STAR, -1)])
def test_whole_lots_all_and_half_are_taken(code: str, sell: int) -> None:
    day, word = armed(code, 10_000, sell)
    assert day.feed(word).refusal is None


def test_more_than_one_order_may_carry_is_cut_so_that_the_rest_is_one_too() -> None:
    day = fired(STAR, 150_150, 100_150)
    for _ in range(5):
        day.wait(3_000)
        day.quote(sealed_quote(STAR, day.at, limit(STAR), 4_000, prev=10_000))
    assert [place.volume for place in day.places()] == [99_950, 200]
    assert day.state.guards[STAR].state is GuardState.SOLD


def cut_short(code: str, held: int, sell: int, done: int) -> MarketDay:
    """A guard whose order traded in part and came off when the board opened."""
    day = fired(code, held, sell, deaf=True)
    (place,) = day.places()
    told(day, place, OrderState.PARTIAL, done)
    traded(day, place, done)
    run_on(day, code, 2)
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]
    told(day, place, OrderState.CANCELLED, done)
    return day


def run_on(day: MarketDay, code: str, times: int) -> None:
    for _ in range(times):
        day.wait(3_000)
        day.quote(quote_of(code, day.at, limit(code) - 100, prev=10_000))


def test_a_rest_that_may_only_go_with_all_the_others_ends_the_guard_as_sold_and_is_told() -> None:
    day = cut_short(STAR, 1_000, 500, 400)
    run_on(day, STAR, 4)
    guard = day.state.guards[STAR]
    assert (guard.state, guard.sold, len(day.places())) == (GuardState.SOLD, 400, 1)
    (line,) = [each for each in day.state.lines if each.reason.why is Why.ODD_REST]
    assert (line.level, line.reason.get("volume"), line.reason.get("lot")) == ("alarm", 100, 200)
    assert guard.why_off == line.reason


def test_a_rest_that_is_all_that_is_held_is_sold() -> None:
    day = cut_short(STAR, 500, 0, 400)
    run_on(day, STAR, 2)
    assert [place.volume for place in day.places()] == [500, 100]
