"""A bond whose volumes have no known unit: its guard is blind and says why, its grid trades by price."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import guard_sight
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of, sealed_quote
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader import picture_watch

LIMIT = 144_000


def test_a_guard_is_blind_until_the_unit_is_known_and_fires_then() -> None:
    day = MarketDay(held={BOND: (1_000, 120_000)}).open()
    day.wait(3_000)
    sealed = sealed_quote(BOND, day.at, LIMIT, 500, prev=120_000)
    day.feed(m.Quoted(replace(sealed, rough=True)))
    assert day.feed(m.ArmGuard(GuardPlan(code=BOND))).refusal is None
    day.wait(3_000)
    day.feed(m.Quoted(replace(sealed, rough=True, at=day.at)))
    assert day.state.guards[BOND].state is GuardState.WATCHING
    assert day.state.guards[BOND].shown == "blind"
    assert not guard_sight.fresh(day.state, BOND)
    assert Why.UNIT_UNKNOWN in day.said()
    row = picture_watch.watch_row(day.state, BOND, ())
    assert (row.board, row.seal) == ("blind", 0)
    assert row.why is not None
    assert row.why.why is Why.UNIT_UNKNOWN
    assert day.places() == []
    day.wait(1_000)
    day.feed(m.Quoted(replace(sealed, at=day.at)))
    assert day.state.guards[BOND].state is GuardState.TRIGGERED
    assert day.places(BOND)


def test_a_grid_needs_prices_only() -> None:
    day = MarketDay(held={BOND: (1_000, 120_000)}).open()
    day.feed(m.Quoted(replace(quote_of(BOND, day.at, 120_100, prev=120_000), rough=True)))
    plan = GridPlan(code=BOND, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    assert day.places(BOND)
