"""A person answers in seconds of the wall clock, however fast the market's clock runs."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GuardAction, GuardPlan
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import STOCK, MarketDay, sealed_quote
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader.picture_watch import ask_row


def asked(pace: int) -> MarketDay:
    """A question that was put a moment ago on a clock this fast."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.SpeedChanged(pace))
    day.quote(sealed_quote(STOCK, day.at, 11_000, 5_000, prev=10_000))
    plan = GuardPlan(code=STOCK, action=GuardAction.ASK, ask_timeout_ms=15_000)
    assert day.feed(m.ArmGuard(plan)).refusal is None
    assert day.state.guards[STOCK].state is GuardState.ASKING
    return day


def real(day: MarketDay, seconds: int) -> None:
    """Seconds of the wall clock."""
    day.wait(seconds * day.state.pace * 1_000)


def open_still(day: MarketDay) -> bool:
    return day.state.guards[STOCK].state is GuardState.ASKING


@pytest.mark.parametrize("pace", [1, 5, 60])
def test_a_question_stays_open_for_its_seconds_on_the_wall(pace: int) -> None:
    day = asked(pace)
    real(day, 14)
    assert open_still(day)
    real(day, 1)
    assert not open_still(day)
    assert day.places() == []


@pytest.mark.parametrize(("before", "after"), [(1, 60), (60, 1), (5, 10), (7, 3)])
def test_another_speed_changes_nothing_of_the_seconds_that_are_left(before: int, after: int) -> None:
    day = asked(before)
    real(day, 5)
    day.feed(m.SpeedChanged(after))
    real(day, 9)
    assert open_still(day)
    real(day, 2)
    assert not open_still(day)


def test_a_restart_at_another_speed_keeps_what_was_left() -> None:
    day = asked(1)
    real(day, 5)
    day.state = replace(day.folded(resume=True), pace=30)
    day.connect()
    real(day, 9)
    assert open_still(day)
    real(day, 2)
    assert not open_still(day)


def test_the_desk_is_told_the_whole_time_the_question_had() -> None:
    day = asked(5)
    row = ask_row(day.state, STOCK)
    assert row is not None
    assert row.deadline - row.asked_at == 75_000
