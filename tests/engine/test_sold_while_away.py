"""A grid's whole holding that was sold while nobody listened: the answer that lacks it tells the sale as well."""

import pytest
from test_told_while_away import ADOPTED
from words import by_hand, report_of, said, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GridMode
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.believing import believed
from qmtdesk.engine.books import Ready
from qmtdesk.engine.work import Work
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of


def away(mode: GridMode = GridMode.LATTICE, *, base: int = 0) -> MarketDay:
    """A kept grid of 200 beside so much of the user's own; its program went last evening."""
    day = MarketDay(held={BOND: (200 + base, 110_000), STOCK: (500, 9_000)}, hour=14, minute=50).open()
    assert day.feed(m.ArmGrid(replace(ADOPTED, mode=mode, keep_armed=True))).refusal is None
    day.live_market(3_000)
    day.state = day.folded(resume=False)
    day.mute = True
    day.exchange.close_day(at_of(day.day, 15, 0, 2))
    day.day, day.at = NEXT_DAY, at_of(NEXT_DAY, 9, 40)
    day.instruments = day.make_instruments(NEXT_DAY, day.last)
    day.exchange.open_day(NEXT_DAY, day.instruments)
    return day


def hand(day: MarketDay, side: Side, volume: int) -> None:
    """The user trades by hand."""
    price = 119_900 if side is Side.SELL else 120_100
    day.exchange.market(quote_of(BOND, day.at, 120_000))
    day.exchange.submit(day.at, by_hand(BOND, side, price, volume))
    day.exchange.due(day.at + 20_000)
    day.at += 20_000


def first_answer(day: MarketDay, **parts: object) -> AccountReport:
    """The program is back and hears the account for the first time."""
    day.deaf = True
    day.feed(m.LinkChanged(up=True))
    day.feed(m.DayOpened(day.day.isoformat(), day.instruments))
    day.quote_all()
    day.at += 1_000
    report = report_of(day, **parts)
    day.feed(m.AccountReported(day.state.request, report))
    return report


def held(day: MarketDay) -> int:
    part = day.state.grids[BOND].grid or day.state.grids[BOND].rolling
    assert part is not None
    return part.held_total


@pytest.mark.parametrize("mode", GridMode)
def test_a_sale_by_hand_of_all_of_it_explains_that_it_is_gone(mode: GridMode) -> None:
    day = away(mode)
    hand(day, Side.SELL, 200)
    report = first_answer(day)
    assert BOND not in {position.code for position in report.positions if position.volume}
    assert said(day, Why.REPORT_SHRUNK) == 0
    assert (day.state.ready, held(day), day.state.grids[BOND].armed) == (Ready.READY, 0, True)


def test_so_do_the_grids_own_sales() -> None:
    day = MarketDay(held={BOND: (200, 110_000), STOCK: (500, 9_000)}).open()
    assert day.feed(m.ArmGrid(replace(ADOPTED, live_per_side=2, keep_armed=True))).refusal is None
    day.live_market(3_000)
    day.state = day.folded(resume=False)
    day.mute = True
    day.exchange.market(quote_of(BOND, day.at, 122_000, prev=120_000))
    day.exchange.due(day.at + 20_000)
    day.at += 20_000
    report = first_answer(day)
    assert sum(fill.volume for fill in report.fills) == 200
    assert (said(day, Why.REPORT_SHRUNK), held(day)) == (0, 0)


def test_a_sale_that_leaves_something_explains_nothing_of_a_holding_that_is_not_listed() -> None:
    day = away()
    hand(day, Side.SELL, 100)
    rows = [position for position in report_of(day).positions if position.code != BOND]
    first_answer(day, positions=tuple(rows))
    assert said(day, Why.REPORT_SHRUNK) == 1
    assert day.state.ready is not Ready.READY


def test_nor_does_one_that_leaves_some_of_the_users_own() -> None:
    day = away(base=100)
    hand(day, Side.SELL, 200)
    rows = [position for position in report_of(day).positions if position.code != BOND]
    first_answer(day, positions=tuple(rows))
    assert said(day, Why.REPORT_SHRUNK) == 1


def test_nor_does_one_of_an_order_the_answer_does_not_list() -> None:
    day = away()
    hand(day, Side.SELL, 200)
    first_answer(day, orders=())
    assert said(day, Why.REPORT_SHRUNK) == 1
    assert held(day) == 200


def test_nor_one_after_which_some_was_bought_again() -> None:
    day = away()
    hand(day, Side.SELL, 200)
    hand(day, Side.BUY, 50)
    rows = [position for position in report_of(day).positions if position.code != BOND]
    first_answer(day, positions=tuple(rows))
    assert said(day, Why.REPORT_SHRUNK) == 1


def test_nor_one_the_grid_knew_before_the_program_went() -> None:
    day = MarketDay(held={BOND: (300, 110_000), STOCK: (500, 9_000)}).open()
    assert day.feed(m.ArmGrid(replace(ADOPTED, adopt=300, keep_armed=True))).refusal is None
    day.live_market(3_000)
    for order in day.live():
        day.feed(m.CancelOne(order.ref))
    day.live_market(3_000)
    hand(day, Side.SELL, 200)
    day.live_market(6_000)
    assert held(day) == 100
    day.state = day.folded(resume=False)
    day.mute = True
    rows = [position for position in report_of(day).positions if position.code != BOND]
    report = first_answer(day, positions=tuple(rows))
    assert [fill.volume for fill in report.fills] == [200]
    assert said(day, Why.REPORT_SHRUNK) == 1


@pytest.mark.parametrize("claimed", [False, True])
def test_nor_one_a_grid_was_told_of_as_somebody_elses(claimed: bool) -> None:
    day = MarketDay(held={BOND: (200, 110_000), STOCK: (500, 9_000)}).open()
    assert day.feed(m.ArmGrid(replace(ADOPTED, live_per_side=1, keep_armed=True))).refusal is None
    day.live_market(3_000)
    sale = next(place for place in day.places(BOND) if place.side is Side.SELL)
    rows = [position for position in report_of(day).positions if position.code != BOND]
    work = Work(day.folded(resume=False))
    work.filled = [trade_of(day, sale, 200)]
    work.claimed = [*work.filled] if claimed else []
    assert believed(work, report_of(day, positions=tuple(rows))) is not claimed


def test_an_answer_without_a_trade_that_lacks_it_is_doubted() -> None:
    day = away()
    rows = [position for position in report_of(day).positions if position.code != BOND]
    first_answer(day, positions=tuple(rows))
    assert said(day, Why.REPORT_SHRUNK) == 1
    assert (held(day), day.state.grids[BOND].armed) == (200, True)
