"""A terminal turns to its next day before the books do: what it lists then tells nothing of the day before."""

from collections.abc import Callable

import pytest
from words import KEPT

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset, BrokerOrder, Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay, quote_of

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, unit=100, first_buy=False, live_per_side=1, adopt=100, keep_armed=True)


def held(day: MarketDay) -> tuple[int, int]:
    grid = day.state.grids[BOND].grid
    return (grid.held_total, grid.base_holding) if grid else (-1, -1)


def fills_unseen(day: MarketDay, price: int, *, left_on: bool) -> None:
    """The rest of the day without this program, or without its terminal; the market goes to a price."""
    past = day.state
    if left_on:
        day.feed(m.LinkChanged(up=False, text="gone"))
        past = day.state
    else:
        past = day.folded(resume=False)
    day.mute = True
    day.exchange.market(quote_of(BOND, day.at, price, prev=120_000))
    day.exchange.due(day.at + 1_000)
    day.at = at_of(day.day, 15, 0, 1)
    day.exchange.close_day(day.at)
    day.exchange.due(day.at + 5_000)
    day.last[BOND] = price
    day.state = past


def asked_too_early(day: MarketDay, at: int, *, left_on: bool) -> None:
    """A minute of answers of the new day's account, while the books are of the day before."""
    old = day.day.isoformat()
    day.exchange.open_day(NEXT_DAY, day.make_instruments(NEXT_DAY, day.last))
    day.at, asked = at, 0
    day.feed(m.LinkChanged(up=True))
    if not left_on:
        day.feed(m.DayOpened(old, day.instruments))
    for _ in range(60):
        day.at += 1_000
        day.feed(m.TimePassed())
        if day.state.request != asked:
            asked = day.state.request
            day.feed(m.AccountReported(asked, replace(day.exchange.report(day.at), day=old)))


def new_day(day: MarketDay) -> None:
    day.exchange.due(day.at)
    day.mute = day.deaf = False
    day.day, day.at = NEXT_DAY, at_of(NEXT_DAY, 9, 5)
    day.instruments, day.prices = day.make_instruments(NEXT_DAY, day.last), dict(day.last)
    day.feed(m.DayOpened(NEXT_DAY.isoformat(), day.instruments))
    day.wait(15_000)
    day.at = at_of(NEXT_DAY, 9, 31)
    day.quote_all()
    day.live_market(12_000)


def evening(day: MarketDay) -> int:
    return at_of(day.day, 21, 0)


def morning(_day: MarketDay) -> int:
    return at_of(NEXT_DAY, 8, 40)


@pytest.mark.parametrize("back", [evening, morning])
@pytest.mark.parametrize("left_on", [False, True])
@pytest.mark.parametrize("side", Side)
def test_a_fill_nobody_saw_is_found_though_the_terminal_was_asked_before_the_day_began(
    side: Side, back: Callable[[MarketDay], int], *, left_on: bool
) -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=20).open()
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    day.live_market(20_000)
    bid = next(order.price for order in day.live(BOND) if order.side is Side.BUY)
    day.at = at_of(day.day, 14, 40)
    fills_unseen(day, 120_500 if side is Side.SELL else bid - 1, left_on=left_on)
    asked_too_early(day, back(day), left_on=left_on)
    new_day(day)
    assert held(day) == ((0, 200) if side is Side.SELL else (200, 200))
    assert day.state.holdings[BOND].volume == (200 if side is Side.SELL else 400)


def test_an_order_whose_number_never_came_is_not_given_up_by_a_list_that_has_turned() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=55).open()
    day.mute = True
    assert day.feed(m.ArmGrid(replace(PLAN, adopt=0))).refusal is None
    (order,) = day.live(BOND)
    day.at += 20_000
    fills_unseen(day, order.price - 1, left_on=False)
    asked_too_early(day, morning(day), left_on=False)
    assert day.state.orders[order.ref].state is OrderState.UNKNOWN
    new_day(day)
    assert held(day)[0] == 100


def test_orders_a_turned_list_lacks_pause_no_gap_of_the_next_day() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=50).open()
    day.feed(m.ArmGrid(replace(KEPT, adopt=100)))
    day.live_market(9_000)
    day.mute = day.deaf = True
    old = day.day
    ours = [
        BrokerOrder(o.broker_id, o.ref, o.code, o.side, o.price, o.volume, 0, OrderState.WORKING, "", o.created_at)
        for o in day.live(BOND)
    ]
    his = BrokerOrder("555", "", STOCK, Side.BUY, 9_000, 100, 0, OrderState.SENT, "", at_of(NEXT_DAY, 8, 30))
    for begins, rows, free in ((at_of(old, 14, 59, 50), ours, 200), (at_of(NEXT_DAY, 8, 29), [his], 300)):
        day.at = begins
        for _ in range(120):
            day.at += 1_000
            day.feed(m.TimePassed())
            if day.state.request_at:
                money = Asset(1_000_000_000, 0, 1_000_000_000)
                told = AccountReport(day.at, old.isoformat(), money, (Position(BOND, 300, free),), tuple(rows), ())
                day.feed(m.AccountReported(day.state.request, told))
    day.exchange.close_day(day.at)
    day.exchange.open_day(NEXT_DAY, day.make_instruments(NEXT_DAY, day.last))
    new_day(day)
    grid = day.state.grids[BOND].grid
    assert grid is not None
    assert (grid.paused, grid.held_total) == (frozenset(), 100)
    assert Why.GAP_PAUSED not in day.said()
    assert {order.side for order in day.live(BOND)} == set(Side)


def test_before_the_days_list_no_cancel_names_a_number_of_the_day_before() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}, hour=14, minute=50).open()
    day.feed(m.ArmGrid(replace(KEPT, adopt=100)))
    day.live_market(9_000)
    day.at = at_of(day.day, 14, 58)
    day.feed(m.TimePassed())
    day.feed(m.Kill("user"))
    day.wait(5_000)
    assert day.live(BOND)
    before = len(day.cancels())
    day.state, day.deaf, day.day, day.at = day.folded(resume=False), True, NEXT_DAY, at_of(NEXT_DAY, 9, 31)
    day.feed(m.LinkChanged(up=True))
    for _ in range(12):
        day.at += 1_000
        day.feed(m.TimePassed())
    assert day.cancels()[before:] == []
