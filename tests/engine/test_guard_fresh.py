"""A guard acts on what it saw after it was armed: an old snapshot neither fires it nor counts as seen."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import guard_sight
from qmtdesk.simulate.market_day import NEXT_DAY, STOCK, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState

LIMIT = 11_000


def board(day: MarketDay, lots: int) -> None:
    day.quote(sealed_quote(STOCK, day.at, LIMIT, lots, prev=10_000))


def seen(*lots: int) -> MarketDay:
    """A held stock whose newest snapshots were these; 0: not sealed."""
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    for each in lots:
        day.wait(3_000)
        if each:
            board(day, each)
        else:
            day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    return day


def armed(day: MarketDay) -> None:
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal is None


def test_a_fresh_snapshot_at_arming_fires_at_once() -> None:
    day = seen(5_000)
    armed(day)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED


@pytest.mark.parametrize("seconds", [9, 14, 17])
def test_an_old_snapshot_fires_nothing_until_the_first_fresh_one(seconds: int) -> None:
    day = seen(5_000)
    day.wait(seconds * 1_000)
    armed(day)
    day.wait(2_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    assert day.state.guards[STOCK].shown == "blind"
    assert not guard_sight.fresh(day.state, STOCK)
    assert Why.BLIND in day.said()
    assert day.places() == []
    board(day, 5_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED


def test_a_snapshot_told_late_is_old_too() -> None:
    day = seen(30_000)
    day.wait(20_000)
    day.quote(sealed_quote(STOCK, day.at - 15_000, LIMIT, 5_000, prev=10_000))
    armed(day)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_a_seal_nobody_saw_at_arming_has_to_earn_its_readiness() -> None:
    day = seen(0)
    day.wait(14_000)
    armed(day)
    board(day, 5_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING
    day.wait(3_000)
    board(day, 30_000)
    day.wait(3_000)
    board(day, 5_000)
    assert day.state.guards[STOCK].state is GuardState.TRIGGERED


def test_a_seal_that_broke_meanwhile_has_to_earn_it_too() -> None:
    day = seen(5_000)
    day.wait(14_000)
    armed(day)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000))
    day.wait(3_000)
    board(day, 5_000)
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_in_the_lunch_break_nobody_is_called_blind() -> None:
    day = seen(30_000)
    day.jump(11, 45)
    armed(day)
    day.wait(3_000)
    assert guard_sight.fresh(day.state, STOCK)
    assert Why.BLIND not in day.said()
    day.jump(13, 0, 1)
    assert Why.BLIND not in day.said()
    day.jump(13, 0, 20)
    assert Why.BLIND in day.said()
    assert day.state.guards[STOCK].state is GuardState.WATCHING


def test_a_kept_guard_is_not_blind_before_the_day_has_begun_and_is_at_once_where_no_snapshot_comes() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True))).refusal is None
    day.live_market(3_000)
    day.next_day(hour=9, minute=0)
    day.state = replace(day.state, quotes={}, boards={})
    day.wait(60_000)
    assert Why.BLIND not in day.said()
    assert guard_sight.fresh(day.state, STOCK)
    day.at = at_of(NEXT_DAY, 9, 30)
    day.wait(3_000)
    assert Why.BLIND in day.said()


@pytest.mark.parametrize("fired", [False, True])
def test_a_guard_whose_code_the_list_lacks_at_first_sells_once_it_is_listed(*, fired: bool) -> None:
    day = seen(30_000)
    armed(day)
    day.wait(3_000)
    board(day, 30_000)
    if fired:
        # the order never reached anybody
        day.deaf = True
        day.wait(3_000)
        board(day, 1)
        assert day.state.guards[STOCK].state is GuardState.TRIGGERED
        day.deaf = False
    whole = day.instruments
    day.instruments = tuple(one for one in whole if one.code != STOCK)
    day.restart(resume=True)
    day.wait(15_000)
    assert day.state.guards[STOCK].state in {GuardState.WATCHING, GuardState.TRIGGERED}
    assert Why.STEP_FAILED not in day.said()
    day.feed(m.DayOpened(day.day.isoformat(), whole))
    for lots in (30_000, 30_000, 1, 1):
        day.wait(3_000)
        board(day, lots)
    day.wait(3_000)
    day.quote(quote_of(STOCK, day.at, 10_900, prev=10_000, depth=100_000, volume=200_000))
    day.wait(1_000)
    assert sum(fill.volume for fill in day.state.fills.values() if fill.side is Side.SELL) == 1_000


def test_a_guard_that_is_off_and_whose_code_is_listed_no_more_is_no_trouble() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    armed(day)
    day.feed(m.DisarmGuard(STOCK))
    day.instruments = tuple(one for one in day.instruments if one.code != STOCK)
    day.next_day()
    before = day.state.next_line
    day.wait(10_000)
    assert Why.STEP_FAILED not in {line.reason.why for line in day.state.lines if line.no >= before}
