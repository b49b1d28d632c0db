"""A rolling pair on markets that jump: no buys pile up, and no sale that is covered is passed over."""

from dataclasses import dataclass

import pytest
from grid_kit import BOND, NOON, PLAN, moment
from hypothesis import given, settings
from hypothesis import strategies as st

from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.grid_state import Wanted
from qmtdesk.strategies.rolling import Rolling, on_day, on_fill, on_price, start_rolling, wanted

UNIT = 80
STEP_BP = 100


@dataclass
class Walk:
    """One pair and a market that takes what rests on its way; `step` counts the levels the centre went up."""

    pair: Rolling
    resting: tuple[Wanted, ...] = ()
    step: int = 0
    passed: int = 0

    def see(self, last: int) -> dict[Side, int]:
        """One price, told again until nothing more trades at it; how many units were traded at it."""
        done = {Side.BUY: 0, Side.SELL: 0}
        for _ in range(40):
            traded = self.trade(last, done)
            self.pair, reasons = on_price(self.pair, moment(self.pair, last))
            moved = sum(int(reason.get("steps") or 0) for reason in reasons if reason.why is Why.ROLLED)
            self.step, self.passed = self.step + moved, self.passed + max(0, moved)
            resting, self.resting = self.resting, wanted(self.pair, moment(self.pair, last)).orders
            if not traded and resting == self.resting:
                return done
        raise AssertionError(f"{done} at {last}")

    def trade(self, last: int, done: dict[Side, int]) -> bool:
        """The first of the resting orders that this price reaches."""
        for order in self.resting:
            sells = order.side is Side.SELL
            if last >= order.price if sells else last <= order.price:
                leg = self.pair.leg
                price, volume = order.price, order.volume
                self.pair = on_fill(self.pair, order.owner, order.side, price, volume, price, 0, NOON)
                self.step += (1 if sells else -1) * (self.pair.leg - leg)
                done[order.side] += 1
                return True
        return False


def walk(units: int = 1, last: int = 100_000, range_bp: int = 300, **more: object) -> Walk:
    plan = replace(PLAN, step_bp=STEP_BP, range_bp=range_bp, unit=UNIT, adopt=units * UNIT, **more)  # type: ignore[arg-type]
    pair = start_rolling(plan, BOND, last, 100_000, units * UNIT, NOON, "2026-11-20", opening_auction=False)
    begun = Walk(pair)
    assert begun.see(last) == {Side.BUY: 0, Side.SELL: 0}
    return begun


def test_swings_about_its_lower_end_buy_and_sell_in_turn() -> None:
    market = walk(range_bp=250)
    for last in (99_000, 98_000):
        market.see(last)
    held = market.pair.held
    for _ in range(6):
        assert market.see(market.pair.buy_price - 10) == {Side.BUY: 1, Side.SELL: 0}
        assert market.pair.asleep
        awake = market.pair.low * (10_000 + STEP_BP) // 10_000
        assert market.see(max(awake, market.pair.sell_price) + 10) == {Side.BUY: 0, Side.SELL: 1}
        assert (market.pair.asleep, market.pair.held) == (False, held)


def test_swings_about_its_upper_end_sell_each_time_and_never_buy_more_than_was_sold() -> None:
    market = walk(units=6, range_bp=250)
    for last in (101_000, 102_100):
        market.see(last)
    while market.pair.held:
        held = market.pair.held
        assert market.see(market.pair.sell_price + 10)[Side.SELL] == 1
        assert market.pair.asleep
        market.see(market.pair.high * (10_000 - STEP_BP) // 10_000 - 300)
        assert not market.pair.asleep
        assert market.pair.held <= held


def test_swings_within_the_range_buy_and_sell_in_turn() -> None:
    market = walk(range_bp=900)
    for _ in range(6):
        assert market.see(market.pair.buy_price - 10) == {Side.BUY: 1, Side.SELL: 0}
        assert market.see(market.pair.sell_price + 10) == {Side.BUY: 0, Side.SELL: 1}
    assert market.pair.held == UNIT


@pytest.mark.parametrize("last", [98_100, 98_900])
def test_back_from_far_below_it_follows_down_instead_of_buying_unit_after_unit(last: int) -> None:
    market = walk(units=4)
    for price in (101_000, 102_020, 96_000):
        market.see(price)
    held = market.pair.held
    assert market.pair.asleep
    assert market.see(last) == {Side.BUY: 0, Side.SELL: 0}
    assert (market.pair.held, market.pair.buy_price < last < market.pair.sell_price) == (held, True)


@settings(max_examples=300)
@given(prices=st.lists(st.integers(95_500, 104_500), min_size=5, max_size=80), units=st.integers(1, 4))
def test_on_any_walk_it_holds_no_more_than_trading_each_level_would_and_no_covered_sale_is_missed(
    prices: list[int], units: int
) -> None:
    """Each unit it holds is a level the centre went down; only levels passed after a sale may leave it more."""
    market = walk(units)
    for last in prices:
        before, passed = market.pair, market.passed
        done = market.see(last)
        assert done[Side.BUY] <= 1
        assert market.passed == passed or done[Side.SELL]
        assert market.pair.held <= (units - market.step + market.passed) * UNIT
        if before.held >= UNIT and last >= max(before.sell_price, before.low):
            assert done[Side.SELL]


@settings(max_examples=200)
@given(
    prices=st.lists(st.tuples(st.integers(88_000, 104_500), st.booleans()), min_size=5, max_size=60),
    start=st.integers(92_000, 100_000),
    blocked=st.sampled_from([{"sell_only": True}, {"max_position": UNIT}, {"cash_cap": 1}]),
)
def test_one_that_may_not_buy_starts_beside_the_market_and_never_follows_it_down_again(
    prices: list[tuple[int, bool]], start: int, blocked: dict[str, object]
) -> None:
    market = walk(last=start, range_bp=900, **blocked)
    assert market.pair.buy_price < start < market.pair.sell_price
    for number, (last, night) in enumerate(prices):
        if night:
            market.pair, market.resting = on_day(market.pair, f"day {number}"), ()
        before = market.pair
        done = market.see(last)
        # what was sold makes room under a cap
        if market.pair.sell_only or not market.pair.sold_ever:
            assert (done[Side.BUY], market.pair.centre >= before.centre) == (0, True)
