"""Random paths, fills and switches against the promises every grid keeps at every moment."""

from dataclasses import dataclass, field
from math import log

from grid_kit import BOND, NOON, PLAN, STOCK
from hypothesis import given, settings
from hypothesis import strategies as st

from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridPlan, Spacing
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase
from qmtdesk.strategies import rolling
from qmtdesk.strategies.grid import (
    Grid,
    GridContext,
    Wish,
    on_day,
    on_fill,
    on_price,
    pause_gap,
    set_sell_only,
    summary,
    wanted,
)
from qmtdesk.strategies.grid_start import start_grid
from qmtdesk.strategies.rolling import Rolling, start_rolling

BUY, SELL = Side.BUY, Side.SELL
Key = tuple[Owner, Side]


@dataclass
class Market:
    """An exchange that fills what it is told to and an account that remembers; orders appear and vanish at once."""

    part: Grid | Rolling
    last: int
    cash: int = 100_000_000
    position: int = 0
    frozen_today: int = 0
    bought: int = 0
    sold: int = 0
    book: dict[Key, tuple[int, int]] = field(default_factory=dict)
    slow: bool = False
    cancelling: set[Key] = field(default_factory=set)

    def context(self, phase: Phase = Phase.MORNING) -> GridContext:
        tick = self.part.tick
        return GridContext(
            at=NOON, last=self.last, bid1=self.last - tick, ask1=self.last + tick,
            limit_up=0, limit_down=0, phase=phase, position=self.position,
            can_use=self.position - self.frozen_today, cash=self.cash, lot=self.part.lot, step=self.part.step,
            tick=tick, t_plus_one=self.part.lot == 100, live=frozenset(self.book),
        )  # fmt: skip

    def wish(self, phase: Phase = Phase.MORNING) -> Wish:
        ctx = self.context(phase)
        if not isinstance(self.part, Grid):
            return rolling.wanted(self.part, ctx)
        wish = wanted(self.part, ctx)
        assert wanted(self.part, ctx, explain=False).orders == wish.orders
        return wish

    def work(self) -> None:
        """What the engine does: cancel what does not fit, place what is missing."""
        want = {(o.owner, o.side): o for o in self.wish().orders}
        for key, (price, left) in list(self.book.items()):
            if key not in want or want[key].price != price or left > want[key].volume:
                self._cancel(key)
        for order in self.wish().orders:
            key = (order.owner, order.side)
            if key not in self.book:
                assert order.volume == self.part.whole(order.volume) > 0
                self.book[key] = (order.price, order.volume)

    def _cancel(self, key: Key) -> None:
        """At once, or, when slow, at the second asking: the order may fill in between."""
        if self.slow and key not in self.cancelling:
            self.cancelling.add(key)
            return
        self.cancelling.discard(key)
        del self.book[key]

    def move(self, price: int) -> None:
        self.last = price
        if isinstance(self.part, Grid):
            self.part = on_price(self.part, price, NOON, 0, 0)[0]
        else:
            self.part = rolling.on_price(self.part, self.context())[0]

    def trade(self, share: int) -> None:
        """Fill a percentage of each order that the price reaches, at the price if that is better."""
        for key, (price, left) in list(self.book.items()):
            owner, side = key
            reached = price >= self.last if side is BUY else price <= self.last
            volume = -(-left * share // 100)
            if not reached or volume == 0:
                continue
            at = min(price, self.last) if side is BUY else max(price, self.last)
            if volume == left:
                del self.book[key]
            else:
                self.book[key] = (price, left - volume)
            self._book_fill(owner, side, at, volume, price)

    def _book_fill(self, owner: Owner, side: Side, price: int, volume: int, order_price: int) -> None:
        sign = 1 if side is BUY else -1
        self.position += sign * volume
        self.cash -= sign * volume * price
        self.bought, self.sold = self.bought + volume * (side is BUY), self.sold + volume * (side is SELL)
        if side is BUY and self.part.lot == 100:
            self.frozen_today += volume
        fill = on_fill if isinstance(self.part, Grid) else rolling.on_fill
        self.part = fill(self.part, owner, side, price, volume, order_price, 0, NOON)  # type: ignore[operator]


PLANS = st.builds(
    lambda spacing, cap, most, first, rolls, trail, stop: replace(
        PLAN,
        spacing=spacing,
        cash_cap=cap,
        max_position=most,
        first_buy=first,
        rolls_per_day=rolls,
        trail_bp=trail,
        lower_stop=stop,
    ),
    st.sampled_from(Spacing),
    st.sampled_from([0, 30_000_000]),
    st.sampled_from([0, 400]),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0, 0, 40]),
    st.sampled_from([0, 0, 93_000]),
)
STEPS = st.lists(st.tuples(st.integers(-250, 250), st.integers(0, 100), st.integers(0, 40)), min_size=1, max_size=40)


def check_wish(market: Market) -> None:
    """What holds of every wish: no key twice, sells first, no crossing, and within account and caps."""
    grid, ctx, wish = market.part, market.context(), market.wish()
    keys = [(o.owner, o.side) for o in wish.orders]
    assert len(keys) == len(set(keys))
    sides = [o.side for o in wish.orders]
    assert sides == sorted(sides, key=lambda side: side is BUY)
    sells = [o for o in wish.orders if o.side is SELL]
    buys = [o for o in wish.orders if o.side is BUY]
    assert all(o.volume > 0 and o.price % grid.tick == 0 for o in wish.orders)
    assert all(o.volume == grid.whole(o.volume) for o in wish.orders if (o.owner, o.side) not in ctx.live)
    assert not sells or not buys or max(o.price for o in buys) < min(o.price for o in sells)
    assert sum(o.volume for o in sells) <= ctx.can_use
    spend = sum(o.price * o.volume for o in buys)
    assert spend <= ctx.cash
    plan = grid.plan
    assert not buys or not plan.cash_cap or grid.cash_used + spend <= plan.cash_cap
    assert not buys or not plan.max_position or market.position + sum(o.volume for o in buys) <= plan.max_position
    assert market.wish() == wish


def check_grid(market: Market) -> None:
    grid = market.part
    assert isinstance(grid, Grid)
    assert all(0 <= held <= grid.unit for held in grid.held)
    assert grid.held_total == market.bought - market.sold == market.position
    assert all((gap.cost == 0) == (gap.held == 0) for gap in grid.gaps)
    # cash in gaps less what the account paid is what was gained
    assert grid.realised == grid.cash_used - (100_000_000 - market.cash)
    assert summary(grid, market.last).floating == grid.held_total * market.last - grid.cash_used
    assert len(grid.gaps) == grid.lattice.gaps
    assert grid.exact
    assert len(market.wish().reasons) == len(grid.lattice.levels)


@given(plan=PLANS, steps=STEPS)
@settings(max_examples=120)
def test_a_bond_grid_keeps_its_promises_on_any_path(plan: GridPlan, steps: list[tuple[int, int, int]]) -> None:
    grid = start_grid(plan, BOND, 100_500, 0, 0, NOON, "2026-11-20", opening_auction=False)
    market = Market(grid, 100_500)
    for number, (move, share, switch) in enumerate(steps):
        market.move(max(50_000, market.last * (10_000 + move) // 10_000))
        market.work()
        check_wish(market)
        market.trade(share)
        assert isinstance(market.part, Grid)
        if switch == 1:
            market.part = set_sell_only(market.part, on=number % 2 == 0)
        if switch == 2:
            market.part = pause_gap(market.part, number % 20, on=True)
        if switch == 3:
            market.part, market.book = on_day(market.part, f"day {number}"), {}
        check_grid(market)
        check_wish(market)


@given(steps=STEPS)
@settings(max_examples=60)
def test_a_stock_grid_never_sells_what_it_bought_today(steps: list[tuple[int, int, int]]) -> None:
    plan = replace(PLAN, code=STOCK.code, unit=100, first_buy=True)
    market = Market(start_grid(plan, STOCK, 13_300, 0, 0, NOON, "day", opening_auction=False), 13_300)
    for number, (move, share, switch) in enumerate(steps):
        market.move(max(10_000, market.last * (10_000 + move) // 100_000 * 10))
        market.work()
        check_wish(market)
        market.trade(share)
        assert market.position >= market.frozen_today
        if switch == 3:
            assert isinstance(market.part, Grid)
            market.part, market.book, market.frozen_today = on_day(market.part, f"day {number}"), {}, 0
        check_grid(market)


@given(steps=STEPS, unit=st.sampled_from([10, 40]), cap=st.sampled_from([0, 120]), slow=st.booleans())
@settings(max_examples=80)
def test_a_rolling_pair_never_has_two_orders_of_a_side(
    steps: list[tuple[int, int, int]], unit: int, cap: int, slow: bool
) -> None:
    plan = replace(PLAN, unit=unit, first_buy=True, max_position=cap)
    market = Market(start_rolling(plan, BOND, 100_500, 0, 0, NOON, "day", opening_auction=False), 100_500, slow=slow)
    for move, share, _ in steps:
        market.move(max(50_000, market.last * (10_000 + move) // 10_000))
        market.work()
        check_wish(market)
        sides = [side for _, side in market.book]
        assert len(sides) == len(set(sides))
        market.trade(share)
        pair = market.part
        assert isinstance(pair, Rolling)
        assert pair.held_total == market.position == market.bought - market.sold >= 0
        assert pair.realised == pair.cost - (100_000_000 - market.cash)


@given(
    base=st.integers(92_000, 108_000),
    gaps=st.lists(st.tuples(st.one_of(st.integers(-250, 250), st.integers(-1_500, 1_500)), st.booleans()), max_size=30),
    cap=st.sampled_from([0, 2_200]),
    slow=st.booleans(),
)
@settings(max_examples=150)
def test_a_rolling_pair_trades_one_unit_a_price_and_no_more_units_than_steps_moved(
    base: int, gaps: list[tuple[int, bool]], cap: int, slow: bool
) -> None:
    plan = replace(PLAN, unit=40, adopt=2_000, max_position=cap, base=BaseKind.TYPED, base_price=base, range_bp=9_000)
    pair = start_rolling(plan, BOND, 100_000, 100_000, 2_000, NOON, "day", opening_auction=False)
    market, way = Market(pair, 100_000, position=2_000, slow=slow), 0.0
    for number, (move, sleeps) in enumerate([(0, False), *gaps]):
        if sleeps:
            assert isinstance(market.part, Rolling)
            market.part, market.book = rolling.on_day(market.part, f"day {number}"), {}
        price = max(50_000, market.last * (10_000 + move) // 10_000)
        way += abs(log(price / market.last))
        done = market.bought + market.sold
        market.move(price)
        for _ in range(6):
            market.work()
            market.trade(100)
        assert market.bought + market.sold <= done + 40
        assert market.bought + market.sold <= 40 * (int(way / log(1.0099)) + 1)


@given(
    held=st.lists(st.integers(0, 80), min_size=20, max_size=20),
    last=st.integers(85_000, 115_000),
    cash=st.integers(0, 40_000_000),
    can_use=st.integers(0, 1600),
    phase=st.sampled_from(Phase),
    slots=st.sets(st.tuples(st.integers(0, 19), st.sampled_from(Side)), max_size=6),
)
def test_from_any_state_a_wish_is_whole_covered_and_uncrossed(
    held: list[int], last: int, cash: int, can_use: int, phase: Phase, slots: set[tuple[int, Side]]
) -> None:
    grid = start_grid(PLAN, BOND, 100_500, 0, 0, NOON, "day", opening_auction=False)
    for i, volume in enumerate(held):
        grid = on_fill(grid, Owner(OwnerKind.GRID, i), BUY, 90_000 + 1_000 * i, volume, 0, 0, NOON)
    assert grid.held == tuple(held)
    market = Market(grid, last, cash=cash, position=sum(held))
    market.frozen_today = max(0, market.position - can_use)
    market.book = {(Owner(OwnerKind.GRID, slot), side): (0, 0) for slot, side in slots}
    if phase.continuous:
        check_wish(market)
    wish = market.wish(phase)
    if not phase.continuous:
        assert {(o.owner, o.side) for o in wish.orders} <= set(market.book)
    for order in wish.orders:
        room = grid.held[order.owner.slot] if order.side is SELL else grid.unit - grid.held[order.owner.slot]
        assert 0 < order.volume <= room


@settings(max_examples=200)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 19), st.integers(1, 400)), max_size=60))
def test_what_is_the_grids_does_not_hang_on_the_order_in_which_its_trades_are_told(
    trades: list[tuple[bool, int, int]],
) -> None:
    grid = start_grid(PLAN, BOND, 100_500, 0, 40, NOON, "2026-11-20", opening_auction=False)
    own, room = 0, grid.unit * len(grid.gaps)
    for sale, slot, volume in trades:
        side, volume = (SELL, min(volume, own)) if sale else (BUY, volume)  # noqa: PLW2901 - never more than its own
        own += -volume if sale else volume
        grid = on_fill(grid, Owner(OwnerKind.GRID, slot), side, 100_000, volume, 100_000, 0, NOON)
        assert (grid.held_total, grid.surplus) == (min(own, room), max(0, own - room))
        assert grid.base_holding == 40 + grid.surplus
        assert grid.cash_used + grid.surplus_cost == own * 100_000
        assert max(grid.held) <= grid.unit
