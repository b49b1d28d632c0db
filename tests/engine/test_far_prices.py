"""Prices far from the book, and markets that have gone past a grid's own levels."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from words import PLAN

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan
from qmtdesk.domain.quote import Level, Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.gate import refusal
from qmtdesk.engine.grids import wish_of
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, MarketDay, quote_of
from qmtdesk.strategies.rolling import Rolling

LATTICE = replace(PLAN, base=BaseKind.PREV_CLOSE, adopt=320, unit=80, live_per_side=2)
PAIR = GridPlan(code=BOND, mode=GridMode.ROLLING, adopt=400, unit=100)


def armed(plan: GridPlan, last: int = 120_000, **kit: object) -> MarketDay:
    """A grid that has adopted what is held and rests around the price."""
    day = MarketDay(held={BOND: (plan.adopt, 118_000)}, **kit)  # type: ignore[arg-type]
    day.last[BOND] = last
    day.open()
    assert day.feed(m.ArmGrid(plan)).refusal is None
    return day.live_market(9_000)


def odd(day: MarketDay, price: int, last: int = 0, bid: int = 0, ask: int = 0) -> None:
    """One snapshot that is otherwise than those before and after it."""
    quote: Quote = quote_of(BOND, day.at, price, prev=120_000)
    quote = replace(quote, last=last or price)
    if bid:
        quote = replace(quote, bids=tuple(Level(bid - i, 1_000) for i in range(5)))
    if ask:
        quote = replace(quote, asks=tuple(Level(ask + i, 1_000) for i in range(5)))
    day.wait(1_000)
    day.quote(quote)
    day.wait(2_000)


def done(day: MarketDay) -> list[Order]:
    return [order for order in day.state.orders.values() if order.filled]


@given(
    last=st.one_of(st.integers(1, 2_000_000), st.integers(96_000, 144_000)),
    stop=st.sampled_from([0, 110_000]),
    mode=st.sampled_from(GridMode),
    adopt=st.sampled_from([0, 320]),
)
@example(140_000, 0, GridMode.LATTICE, 0)
@example(105_000, 110_000, GridMode.LATTICE, 320)
@settings(max_examples=60)
def test_one_last_price_far_from_its_book_trades_nothing(last: int, stop: int, mode: GridMode, adopt: int) -> None:
    day = armed(replace(LATTICE, mode=mode, lower_stop=stop, adopt=adopt))
    before = day.state.grids[BOND]
    odd(day, 120_000, last=last)
    day.live_market(6_000)
    assert done(day) == []
    after = day.state.grids[BOND]
    assert (after.grid and after.grid.stopped_low, after.rolling) == (before.grid and False, before.rolling)


@given(bid=st.integers(96_000, 119_999), last=st.integers(96_000, 144_000), ask=st.integers(120_001, 144_000))
@settings(max_examples=60)
def test_one_hollow_book_sells_and_buys_nothing_far_from_the_market(bid: int, last: int, ask: int) -> None:
    day = armed(replace(LATTICE, lower_stop=110_000))
    odd(day, 120_000, last=last, bid=bid, ask=ask)
    day.live_market(6_000)
    assert all(119_000 <= fill.price <= 121_000 for fill in day.state.fills.values())


def test_without_anything_held_a_price_above_the_days_limit_buys_nothing() -> None:
    day = armed(replace(LATTICE, adopt=0))
    odd(day, 120_000, last=1_200_000)
    assert done(day) == []
    assert not day.cancels()


def test_while_the_book_bears_no_price_out_orders_stay_and_the_ladder_says_why_nothing_comes() -> None:
    day = armed(LATTICE)
    standing = {order.ref for order in day.live(BOND)}
    odd(day, 120_000, bid=100_000)
    assert {order.ref for order in day.live(BOND)} == standing
    wish = wish_of(day.state, BOND)
    assert wish is not None
    assert {reason.why for reason in wish.reasons if reason} >= {Why.AWAIT_PRICE}


def test_nothing_is_armed_at_a_price_the_book_does_not_bear_out() -> None:
    day = MarketDay().open()
    odd(day, 120_000, bid=100_000)
    refused = day.feed(m.ArmGrid(PLAN)).refusal
    assert refused is not None
    assert refused.why is Why.NO_QUOTE


@pytest.mark.parametrize("collar_bp", [200, 50])
def test_a_stop_sells_near_the_market_even_where_the_bids_are_hollow(collar_bp: int) -> None:
    day = armed(replace(LATTICE, lower_stop=119_000), limits=RiskLimits(collar_bp=collar_bp))
    odd(day, 118_990, bid=100_000)
    assert {order.side for order in done(day)} == {Side.BUY}
    odd(day, 118_990, bid=115_500)
    assert {order.side for order in done(day)} == {Side.BUY}
    book = day.state.grids[BOND].grid
    assert book is not None
    assert book.stopped_low
    odd(day, 118_990, bid=115_500)
    sales = [order.price for order in day.live(BOND) if order.side is Side.SELL]
    assert sales
    assert min(sales) >= 118_990 * 98 // 100
    day.price(BOND, 118_500)
    day.live_market(9_000)
    assert day.state.grids[BOND].grid.held_total == 0  # type: ignore[union-attr]


@pytest.mark.parametrize(("collar_bp", "why"), [(200, Why.PRICE_COLLAR), (0, None)])
def test_the_gate_holds_a_stops_sale_to_the_collar_and_no_levels(collar_bp: int, why: Why | None) -> None:
    day = armed(replace(LATTICE, lower_stop=119_000), limits=RiskLimits(collar_bp=collar_bp))
    slot = next(order.owner.slot for order in day.live(BOND) if order.side is Side.SELL)
    for order in day.live(BOND):
        day.feed(m.CancelOne(order.ref))
    day.wait(2_000)
    sale = m.Place("q1", BOND, Side.SELL, 115_000, 80, Owner(OwnerKind.GRID, slot))
    assert refusal(day.state, sale) is None
    grid = day.state.grids[BOND].grid
    assert grid is not None
    stopped = replace(day.state.grids[BOND], grid=replace(grid, stopped_low=True))
    reason = refusal(replace(day.state, grids={BOND: stopped}), sale)
    assert (reason and reason.why) is why


@pytest.mark.parametrize(("last", "held"), [(116_400, 400), (123_600, 400)])
def test_a_pair_armed_far_from_its_base_stands_around_the_market_and_trades_nothing(last: int, held: int) -> None:
    day = armed(PAIR, last)
    day.live_market(60_000)
    assert (done(day), day.state.holdings[BOND].volume) == ([], held)
    buy, sell = sorted(order.price for order in day.live(BOND))
    assert buy < last < sell
    assert sell - buy < last * 62 // 10_000


@pytest.mark.parametrize("move", [-30, 30])
def test_a_kept_pair_stands_around_the_price_it_opens_at(move: int) -> None:
    day = armed(replace(PAIR, keep_armed=True))
    day.last[BOND] = 120_000 * (1_000 + move) // 1_000
    day.next_day()
    day.live_market(60_000)
    assert done(day) == []
    buy, sell = sorted(order.price for order in day.live(BOND))
    assert buy < day.last[BOND] < sell


@pytest.mark.parametrize("move", [-30, 30])
def test_a_jump_within_the_day_trades_one_unit(move: int) -> None:
    day = armed(PAIR)
    day.price(BOND, 120_000 * (1_000 + move) // 1_000)
    day.live_market(60_000)
    assert [order.filled for order in done(day)] == [100]
    assert len(day.live(BOND)) == 2


def test_a_pair_that_sleeps_below_its_range_in_every_swing_sells_in_every_swing() -> None:
    plan = replace(PAIR, adopt=100, range_bp=100, step_bp=30)
    day = armed(plan)
    while (pair := _pair(day)).buy_price >= pair.low:
        day.price(BOND, pair.buy_price - 3)
        day.live_market(21_000)
    held = pair.held
    for swing in range(1, 4):
        day.price(BOND, _pair(day).buy_price - 10)
        day.live_market(21_000)
        assert (_pair(day).asleep, _pair(day).held) == (True, held + 100)
        day.price(BOND, _pair(day).low + 450)
        day.live_market(21_000)
        assert (_pair(day).asleep, _pair(day).held, _pair(day).sold_ever) == (False, held, swing * 100)


def _pair(day: MarketDay) -> Rolling:
    pair = day.state.grids[BOND].rolling
    assert pair is not None
    return pair


def test_below_its_lower_stop_a_pair_buys_nothing_and_keeps_its_sale() -> None:
    day = armed(replace(PAIR, keep_armed=True, lower_stop=119_000))
    day.last[BOND] = 117_500
    day.next_day()
    day.live_market(30_000)
    assert done(day) == []
    assert [(order.side, order.price) for order in day.live(BOND)] == [(Side.SELL, 120_360)]
