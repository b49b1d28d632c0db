"""What the user sold while the program was off is not counted as bought here, or held by a grid, any more."""

from datetime import date

import pytest
from words import buy_in, by_hand, report_of, said

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Asset, Position
from qmtdesk.domain.order import Fill, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import bases
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Gaps, Overnight, Ready, Shrunk, own_volume
from qmtdesk.engine.work import Work
from qmtdesk.gateways.paper.account import Holding
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, MarketDay

FLOOR = 119_000
WHOLE = GridPlan(code=BOND)


def bought(mode: GridMode = GridMode.LATTICE, *, stopped: bool = True) -> MarketDay:
    """A grid that bought some and was stopped, or is kept."""
    day = MarketDay().open()
    buy_in(day, replace(WHOLE, mode=mode, keep_armed=True))
    if stopped:
        day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
        day.live_market(3_000)
        assert own_volume(day.state, BOND) == held(day)
    return day


def slept(day: MarketDay, volume: int) -> MarketDay:
    """The program is off, the account holds this much when it starts on the next day."""
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.exchange.account.holdings.pop(BOND, None)
    if volume:
        day.exchange.account.holdings[BOND] = Holding(volume, volume * 118_000)
    another_day(day, NEXT_DAY)
    if not volume:
        # what was held the day before may only be lacking; two days on end it is gone
        assert (held(day), day.state.bought[BOND], told(day)) == (160, 160, [])
        another_day(day, date(2026, 11, 24))
    return day


def another_day(day: MarketDay, on: date) -> None:
    day.state = day.folded(resume=False)
    day.next_day(on)
    day.feed(m.LinkChanged(up=True))
    # one that lists nothing at all is believed after a minute
    day.live_market(75_000)


def held(day: MarketDay) -> int:
    book = day.state.grids[BOND]
    return (book.grid or book.rolling).held_total


def told(day: MarketDay) -> list[dict[str, int | str]]:
    return [dict(line.reason.args) for line in day.state.lines if line.reason.why is Why.OWN_LESS]


@pytest.mark.parametrize("mode", GridMode)
@pytest.mark.parametrize("left", [0, 50])
def test_a_grid_that_is_off_holds_no_more_than_the_account(left: int, mode: GridMode) -> None:
    day = bought(mode)
    was = held(day)
    assert was == 160
    slept(day, left)
    assert (held(day), day.state.bought[BOND], own_volume(day.state, BOND)) == (left, left, left)
    assert told(day) == [{"position": left, "was": was, "held": left, "bought_was": was, "bought": left}]
    again = day.folded()
    assert (again.grids, dict(again.bought)) == (day.state.grids, dict(day.state.bought))


def test_what_he_buys_himself_afterwards_is_neither_cleared_nor_sold_with_the_grid() -> None:
    day = slept(bought(), 0)
    day.exchange.submit_foreign(day.at, BOND, Side.BUY, 125_000, 200)
    day.live_market(12_000)
    assert own_volume(day.state, BOND) == 0
    refusal = day.feed(m.ClearHoldings((m.ClearRow(BOND, 160, FLOOR),), whole=False)).refusal
    assert refusal is not None
    assert refusal.why is Why.NOT_BOUGHT_HERE
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(9_000)
    assert [place for place in day.places() if place.owner.kind is OwnerKind.CLEAR] == []
    assert day.exchange.account.holdings[BOND].volume == 200


@pytest.mark.parametrize("volume", [160, 500])
def test_what_is_still_there_stays_what_it_was(volume: int) -> None:
    day = slept(bought(), volume)
    assert (held(day), own_volume(day.state, BOND), told(day)) == (160, 160, [])


def test_a_running_grid_is_stopped_with_its_figures_and_what_is_gone_counts_as_bought_no_more() -> None:
    day = slept(bought(stopped=False), 50)
    book = day.state.grids[BOND]
    assert (book.armed, book.why and book.why.why) == (False, Why.POSITION_FLOOR)
    assert (held(day), day.state.bought[BOND], own_volume(day.state, BOND)) == (160, 50, 50)
    assert told(day) == [{"position": 50, "bought_was": 160, "bought": 50}]


def test_what_was_bought_without_a_grid_of_today_is_cut_as_well() -> None:
    day = bought()
    day.state = replace(day.state, grids={})
    work = Work(replace(day.state, holdings={}))
    work.note(r.DayBase(1))
    bases.compare(work)
    assert work.state.bought[BOND] == 0


def test_a_later_answer_of_the_day_takes_nothing() -> None:
    day = slept(bought(), 160)
    day.deaf = True
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    day.feed(m.AccountReported(day.state.request, report_of(day, positions=(Position(BOND, 100, 100),))))
    assert day.state.holdings[BOND].volume == 100
    assert (held(day), said(day, Why.OWN_LESS)) == (160, 0)


def first_answer(day: MarketDay, **known: object) -> Work:
    """A day's first answer has been taken over, and it says that the account holds none of it."""
    work = Work(replace(day.state, holdings={}, **known))
    work.note(r.DayBase(1))
    return work


def test_an_answer_that_may_be_wrong_is_no_reason() -> None:
    day = bought()
    for gaps in (Gaps(codes=frozenset({BOND})), Gaps(holdings=True)):
        # it was held the day before, and may be there again with the next answer
        work = first_answer(day, shrunk=Shrunk(gaps, day.at, believed=True), held_last=frozenset({BOND}))
        bases.compare(work)
        assert (work.state.grids, work.state.bought) == (day.state.grids, day.state.bought)
    work = first_answer(day)
    bases.compare(work, (BOND,))
    assert (work.state.grids, work.state.bought) == (day.state.grids, day.state.bought)


def morning_after(day: MarketDay) -> MarketDay:
    """The program is started the next day and asks; what the counter says is up to the test."""
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.state = day.folded(resume=False)
    day.deaf = True
    day.next_day()
    day.feed(m.LinkChanged(up=True))
    return day


def says(day: MarketDay, *positions: Position) -> None:
    total = Asset(1_000_000_000, 0, 1_000_000_000)
    day.feed(m.AccountReported(day.state.request, replace(report_of(day, positions=positions, asset=total), at=day.at)))


@pytest.mark.parametrize("beside", [(), (Position("600719.SH", 100, 100),)])
def test_one_answer_that_lacks_what_a_stopped_grid_holds_takes_nothing(beside: tuple[Position, ...]) -> None:
    day = morning_after(bought())
    says(day, *beside)
    assert (held(day), day.state.bought[BOND], day.state.ready) == (160, 160, Ready.RECONCILING)
    day.at += 5_000
    day.feed(m.AskNow())
    says(day, *beside, Position(BOND, 160, 160))
    assert (held(day), day.state.bought[BOND], day.state.ready) == (160, 160, Ready.READY)


def test_answers_of_one_morning_that_agree_take_nothing_either() -> None:
    day = morning_after(bought())
    for _ in range(3):
        says(day)
        day.at += 5_000
        day.feed(m.AskNow())
    assert (held(day), day.state.bought[BOND], said(day, Why.OWN_LESS)) == (160, 160, 0)


def test_an_account_worth_more_than_its_cash_that_lists_nothing_has_lost_nothing() -> None:
    day = morning_after(bought())
    for _ in range(23):
        day.at += 3_000
        none = report_of(day, positions=(), asset=Asset(900_000_000, 0, 1_000_000_000))
        day.feed(m.AccountReported(day.state.request, replace(none, at=day.at)))
        day.feed(m.AskNow())
    assert said(day, Why.REPORT_BELIEVED) == 1
    assert (held(day), day.state.bought[BOND]) == (160, 160)


def test_trades_that_are_still_to_be_told_take_it_out_themselves() -> None:
    day = bought()
    order = next(iter(day.state.orders.values()))
    doubt = replace(order, state=OrderState.UNKNOWN)
    owed = replace(order, state=OrderState.FILLED, told_filled=order.filled + 10, volume=order.filled + 10)
    left = Overnight((order,), {BOND: 160})
    for known in (
        {"orders": {order.ref: doubt}},
        {"orders": {order.ref: owed}},
        {"overnight": left},
    ):
        work = first_answer(day, **known)
        bases.compare(work)
        assert work.state.bought[BOND] == 160
        assert work.state.grids[BOND] == day.state.grids[BOND]


def test_a_sale_by_hand_of_today_that_is_told_with_the_answer_is_taken_out_once() -> None:
    day = bought()
    day.jump(15, 0, 1)
    day.exchange.close_day(day.at)
    day.wait(1_000)
    day.next_day()
    day.exchange.submit(day.at, by_hand(BOND, Side.SELL, 119_000, 60))
    day.live_market(9_000)
    assert [fill.volume for fill in day.state.fills.values() if isinstance(fill, Fill)] == [60]
    assert (held(day), own_volume(day.state, BOND), told(day)) == (100, 100, [])
