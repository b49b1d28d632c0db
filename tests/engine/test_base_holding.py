"""底仓 is put beside the account at each day's first answer: what was sold unseen is not there any more."""

import pytest
from words import PLAN, beat, by_hand, report_of, said, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridMode, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import bases, beside
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Overnight, Ready
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.work import Work
from qmtdesk.gateways.paper.account import Holding
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay
from qmtdesk.strategies.grid import Wanted

KEPT = replace(PLAN, adopt=300, keep_armed=True)
CHANGED = (Why.BASE_LESS, Why.BASE_MORE)
MODE = pytest.mark.parametrize("mode", GridMode)


def slept(
    volume: int, mode: GridMode = GridMode.LATTICE, how: StopHow | None = None, *, deaf: bool = False, surplus: int = 0
) -> MarketDay:
    """A grid of 300 beside 200 of the user's own, `surplus` of it bought by the grid; the next day it is this much."""
    day = MarketDay(held={BOND: (500, 110_000)}).open()
    assert day.feed(m.ArmGrid(replace(KEPT, mode=mode))).refusal is None
    day.live_market(3_000)
    if how is not None:
        day.feed(m.DisarmGrid(BOND, how))
        day.live_market(3_000)
    book = day.state.grids[BOND]
    if surplus and book.grid is not None:
        grid = replace(book.grid, surplus=surplus, surplus_cost=surplus * 110_000)
        day.state = replace(day.state, grids={BOND: replace(book, grid=grid)})
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(2_000)
    day.exchange.account.holdings[BOND] = Holding(volume, volume * 110_000)
    day.deaf = deaf
    day.next_day()
    return day if deaf else day.live_market(9_000)


def books(day: MarketDay) -> tuple[int, int]:
    """What the grid holds and what it takes for the user's own."""
    book = day.state.grids[BOND]
    part = book.grid or book.rolling
    return part.held_total, part.base_holding


@MODE
@pytest.mark.parametrize(("volume", "base"), [(300, 0), (420, 120), (500, 200), (700, 400)])
def test_what_the_account_has_beside_the_grid_is_the_users_own(volume: int, base: int, mode: GridMode) -> None:
    day = slept(volume, mode)
    assert books(day) == (300, base)
    assert day.state.grids[BOND].armed
    told = [(line.reason.why, dict(line.reason.args)) for line in day.state.lines if line.reason.why in CHANGED]
    why = Why.BASE_LESS if base < 200 else Why.BASE_MORE
    assert told == ([(why, {"position": volume, "held": 300, "was": 200, "base": base})] if base != 200 else [])
    assert day.folded().grids[BOND] == day.state.grids[BOND]


def test_what_he_bought_unseen_he_sells_without_a_word_to_the_grid() -> None:
    day = slept(700)
    day.exchange.submit(day.at, by_hand(BOND, Side.SELL, 119_900, 400))
    day.live_market(6_000)
    assert books(day) == (300, 0)


@pytest.mark.parametrize(("volume", "surplus"), [(300, 0), (419, 0), (450, 30), (500, 80), (700, 80)])
def test_of_what_the_grid_had_no_room_for_only_what_is_still_there_is_its_own(volume: int, surplus: int) -> None:
    grid = slept(volume, surplus=80).state.grids[BOND].grid
    assert grid is not None
    assert (grid.base_holding, grid.surplus, grid.surplus_cost) == (volume - 300, surplus, surplus * 110_000)


def test_a_grid_that_holds_more_than_the_account_has_nothing_beside_it() -> None:
    day = slept(250)
    assert books(day) == (300, 0)
    assert not day.state.grids[BOND].armed


def test_one_that_is_off_is_put_beside_the_account_as_well() -> None:
    day = slept(350, how=StopHow.CANCEL)
    assert books(day) == (300, 50)


def test_what_is_sold_by_hand_afterwards_is_the_grids_and_what_is_bought_back_is_not() -> None:
    day = slept(300)
    day.exchange.submit(day.at, by_hand(BOND, Side.SELL, 119_900, 100))
    day.live_market(6_000)
    assert books(day) == (200, 0)
    day.exchange.submit(day.at, by_hand(BOND, Side.BUY, 120_100, 100))
    day.live_market(6_000)
    assert books(day) == (200, 100)


def test_an_answer_that_lacks_a_holding_takes_nothing_from_the_users_part_of_that_code() -> None:
    day = slept(500, deaf=True)
    book = day.state.grids[BOND]
    day.state = replace(day.state, grids={BOND: book, BOND2: book}, held_before=frozenset({BOND, BOND2}))
    lacking = report_of(day, positions=(Position(BOND2, 420, 420),))
    for _ in range(3):
        day.feed(m.AccountReported(day.state.request, replace(lacking, at=day.at)))
        beat(day, 5)
    assert day.state.shrunk is not None
    assert (day.state.shrunk.believed, day.state.shrunk.gaps.codes) == (True, {BOND})
    assert [book.grid.base_holding for book in day.state.grids.values()] == [200, 120]
    whole = report_of(day, positions=(Position(BOND, 500, 500), Position(BOND2, 420, 420)))
    day.feed(m.AccountReported(day.state.request, whole))
    assert (day.state.holdings[BOND].volume, books(day)) == (500, (300, 200))


def test_only_the_days_first_answer_is_looked_at() -> None:
    """A later one may know the position of a sale that is told only after it, and takes it out of 底仓 then."""
    day = slept(500)
    day.deaf = True
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    said_now = report_of(day, positions=(Position(BOND, 400, 400),))
    day.feed(m.AccountReported(day.state.request, said_now))
    assert (day.state.ready, day.state.holdings[BOND].volume) == (Ready.READY, 400)
    assert books(day) == (300, 200)
    assert said(day, Why.BASE_LESS) == 0


def test_a_cap_counts_what_the_books_hold_where_the_account_has_told_of_nothing() -> None:
    day = slept(500)
    capped = replace(KEPT, max_position=550)
    book = replace(day.state.grids[BOND], plan=capped)
    want = Wanted(Owner(OwnerKind.GRID), Side.BUY, 119_000, 100)
    emptied = replace(day.state, holdings={})
    for state in (day.state, emptied):
        found = beside.waits(state, book, want, frozenset())
        assert (found and found.why) is Why.POSITION_CAP
    assert beside.waits(emptied, replace(book, plan=KEPT), want, frozenset()) is None


@pytest.mark.parametrize("owed", ["in doubt", "not listed", "left at the close"])
def test_what_may_be_an_own_purchase_that_nobody_has_told_is_not_taken_for_the_users(owed: str) -> None:
    day = slept(500)
    order = Order("q1", BOND, Side.BUY, 119_000, 100, Owner(OwnerKind.GRID), OrderState.WORKING, day.at, day.at, "9")
    known: dict[str, object] = {
        "in doubt": {"orders": {"q1": replace(order, state=OrderState.UNKNOWN)}},
        "not listed": {"orders": {"q1": replace(order, state=OrderState.REFUSED, text=NOT_LISTED)}},
        "left at the close": {"overnight": Overnight((order,), {BOND: 500})},
    }[owed]  # type: ignore[assignment]
    more = {BOND: replace(day.state.holdings[BOND], volume=600)}
    for parts, base in ((known, 200), ({}, 300)):
        work = Work(replace(day.state, holdings=more, **parts))
        work.note(r.DayBase(1))
        bases.compare(work)
        part = work.state.grids[BOND].grid
        assert part is not None
        assert (part.held_total, part.base_holding) == (300, base)


def test_what_an_order_of_an_earlier_start_buys_beyond_a_smaller_grid_is_the_users_for_good() -> None:
    day = MarketDay().open()
    day.deaf = True
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    (place,) = day.places(BOND)
    told(day, place, OrderState.WORKING)
    assert day.feed(m.DisarmGrid(BOND, StopHow.LEAVE)).refusal is None
    beat(day, 1)
    small = replace(PLAN, unit=10, step_bp=100, range_bp=300)
    assert day.feed(m.ArmGrid(small)).refusal is None
    traded(day, place, 100)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    room = 10 * len(grid.gaps)
    assert room < 100
    assert (grid.held_total, grid.base_holding, grid.surplus) == (room, 100 - room, 0)
