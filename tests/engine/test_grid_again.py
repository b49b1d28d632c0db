"""A grid stopped and started again: its lots cost what they cost it, and the day's figures go on."""

from datetime import date

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine import anew, others
from qmtdesk.engine.work import Work
from qmtdesk.simulate.market_day import BOND, DAY, NEXT_DAY, STOCK, MarketDay
from qmtdesk.strategies.grid import Grid, GridSummary, summary
from qmtdesk.strategies.grid_before import NOTHING_BEFORE
from qmtdesk.strategies.rolling import Rolling
from qmtdesk.strategies.rolling import summary as pair_summary

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, unit=80, first_buy=True)
UP_AND_DOWN = (119_950, 120_000, 120_010, 120_400, 120_300, 120_800, 120_000, 119_600, 119_500)
LATTICE, PAIR = GridMode.LATTICE, GridMode.ROLLING
MODE = pytest.mark.parametrize("mode", GridMode)


def part(day: MarketDay) -> Grid | Rolling:
    book = day.state.grids[BOND]
    found = book.grid or book.rolling
    assert found is not None
    return found


def sums(day: MarketDay) -> GridSummary:
    one, seen = part(day), day.state.quotes.get(BOND)
    last = seen.quote.last if seen else 0
    return summary(one, last) if isinstance(one, Grid) else pair_summary(one, last)


def of_today(day: MarketDay) -> tuple[int, int, int, int]:
    found = sums(day)
    return found.trips_today, found.realised_today, found.fees_today, found.floating


def paid_since_morning(day: MarketDay) -> int:
    """What the day's own trades left in the grid: bought less sold, plus what the sales gained."""
    trades = [fill for fill in day.state.fills.values() if fill.code == BOND]
    net = sum(fill.price * fill.volume * (1 if fill.side is Side.BUY else -1) for fill in trades)
    return net + sums(day).realised_today


def walked(plan: GridPlan = PLAN, path: tuple[int, ...] = UP_AND_DOWN) -> MarketDay:
    """A grid beside 500 of the user's own, bought at 100, that has made its round trips."""
    day = MarketDay(cash=10**9, held={BOND: (500, 100_000)}).open()
    assert day.feed(m.ArmGrid(plan)).refusal is None
    return walk(day, path)


def walk(day: MarketDay, path: tuple[int, ...]) -> MarketDay:
    for price in path:
        day.price(BOND, price)
        day.wait(4_000)
    return day


def stopped(day: MarketDay) -> MarketDay:
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(4_000, every=1_000)
    return day


def again(day: MarketDay, plan: GridPlan = PLAN, adopt: int | None = None) -> MarketDay:
    held = part(stopped(day)).held_total
    adopt = held if adopt is None else adopt
    assert day.feed(m.ArmGrid(replace(plan, first_buy=False, adopt=adopt))).refusal is None
    return day


@pytest.mark.parametrize(
    ("first", "then"), [(LATTICE, LATTICE), (PAIR, PAIR), (LATTICE, PAIR), (PAIR, LATTICE)], ids=str
)
def test_new_settings_change_neither_the_days_figures_nor_what_was_paid(first: GridMode, then: GridMode) -> None:
    day = stopped(walked(replace(PLAN, mode=first)))
    before, used = of_today(day), part(day).cash_used
    assert before[0] > 0
    assert before[1] > 0
    again(day, replace(PLAN, mode=then, step_bp=50))
    assert of_today(day) == before
    assert part(day).cash_used == used == paid_since_morning(day)
    assert part(day).exact


@MODE
def test_what_comes_after_a_restart_is_added_to_the_days_figures(mode: GridMode) -> None:
    plan = replace(PLAN, mode=mode)
    day = walked(plan)
    trips = sums(again(day, plan)).trips_today
    walk(day, (120_100, 120_500, 120_900))
    walk(again(day, plan), (121_000, 121_400, 121_900))
    assert sums(day).trips_today > trips
    assert part(day).cash_used == paid_since_morning(day)
    assert sums(day).fees_today == sum(fill.fee for fill in day.state.fills.values())


@MODE
def test_the_cash_cap_counts_what_was_paid_also_after_a_restart(mode: GridMode) -> None:
    cap = 40_000_000
    plan = replace(PLAN, mode=mode, cash_cap=cap)
    day = walked(plan, (119_950, 120_000, 120_010, 119_600, 119_200, 118_800))
    walk(again(day, plan), (118_500, 118_000, 117_500, 117_000))
    assert part(day).cash_used == paid_since_morning(day) <= cap


@MODE
def test_a_restart_with_less_than_was_held_keeps_the_average_of_it(mode: GridMode) -> None:
    day = stopped(walked(replace(PLAN, mode=mode)))
    held, used = part(day).held_total, part(day).cash_used
    again(day, replace(PLAN, mode=mode), held // 2)
    assert part(day).cash_used == (used * (held // 2) * 2 + held) // (2 * held)
    assert part(day).exact


@MODE
def test_only_what_is_adopted_beyond_the_grids_own_is_at_the_accounts_cost(mode: GridMode) -> None:
    day = stopped(walked(replace(PLAN, mode=mode)))
    used, cost = part(day).cash_used, day.state.holdings[BOND].cost
    again(day, replace(PLAN, mode=mode), part(day).held_total + 100)
    assert part(day).cash_used == used + 100 * cost


@MODE
def test_figures_that_were_estimates_stay_estimates(mode: GridMode) -> None:
    plan = replace(PLAN, mode=mode)
    day = walked(plan)
    work = Work(day.state)
    others.only_estimated(work, BOND)
    day.state = work.state
    assert not part(again(day, plan)).exact


@MODE
def test_yesterdays_figures_are_over_and_what_is_held_costs_what_it_did(mode: GridMode) -> None:
    plan = replace(PLAN, mode=mode)
    day = again(walked(plan), plan)
    assert sums(day).trips_today > 0
    used, held = part(day).cash_used, part(day).held_total
    day.next_day()
    day.live_market(6_000)
    assert not day.state.grids[BOND].armed
    assert sums(day).trips_today == 0
    again(day, plan)
    assert of_today(day) == (0, 0, 0, held * day.state.quotes[BOND].quote.last - used)
    assert part(day).cash_used == used


@MODE
def test_one_that_waits_for_its_day_shows_nothing_of_the_last_one(mode: GridMode) -> None:
    plan = replace(PLAN, mode=mode, keep_armed=True, adopt=80, first_buy=False)
    day = stopped(walked(replace(PLAN, mode=mode)))
    used = part(day).cash_used * 80 // part(day).held_total
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(3_000)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    assert sums(day).trips_today > 0
    day.at = at_of(NEXT_DAY, 9, 1)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    assert of_today(day)[:3] == (0, 0, 0)
    assert abs(part(day).cash_used - used) <= 1


@pytest.mark.parametrize(
    ("kind", "closed", "name", "why", "own"),
    [
        (Kind.STOCK, DAY, "", None, True),
        (Kind.STOCK, DAY, "XR", None, True),
        (Kind.STOCK, date(2026, 11, 19), "", None, True),
        (Kind.STOCK, date(2026, 11, 19), "XR", None, False),
        (Kind.STOCK, date(2026, 11, 19), "", Why.EX_RIGHTS, False),
        (Kind.STOCK, date(2026, 11, 18), "", None, False),
        (Kind.BOND, date(2026, 11, 18), "", None, True),
    ],
)
def test_lots_that_a_split_may_have_made_more_of_are_at_the_accounts_cost(
    kind: Kind,
    closed: date,
    name: str,
    why: Why | None,
    own: bool,
) -> None:
    day = stopped(walked())
    book, one = day.state.grids[BOND], day.state.instruments[BOND]
    book = replace(book, closed=(closed.isoformat(), 0), why=because(why) if why else None)
    listed = {BOND: replace(one, kind=kind, name=name + one.name)}
    state = replace(day.state, grids={BOND: book}, instruments=listed)
    found = anew.before(state, BOND)
    assert found.earlier.trips > 0
    assert (found.held, found.paid) == ((part(day).held_total, part(day).cash_used) if own else (0, 0))
    assert found.exact is own


def test_a_code_that_had_no_grid_brings_nothing() -> None:
    assert anew.before(MarketDay().open().state, BOND) == NOTHING_BEFORE


def test_lots_worked_out_anew_after_a_week_cost_to_the_li_what_they_cost() -> None:
    day = MarketDay(held={STOCK: (700, 9_000)}).open()
    day.deaf = True
    plan = GridPlan(code=STOCK, base=BaseKind.LAST, first_buy=False, live_per_side=1, unit=100, adopt=700)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    book = day.state.grids[STOCK]
    assert book.grid is not None
    gaps = tuple(replace(gap, cost=gap.cost + 1) if gap.held else gap for gap in book.grid.gaps)
    old = replace(book, grid=replace(book.grid, gaps=gaps), closed=("2026-10-09", 10_000))
    assert old.grid is not None
    assert old.grid.cash_used % 700
    new = anew.worked_out(replace(day.state, grids={STOCK: old}), old)
    assert new.grid is not None
    assert (new.grid.held_total, new.grid.cash_used) == (700, old.grid.cash_used)
