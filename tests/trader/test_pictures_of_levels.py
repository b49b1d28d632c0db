"""The level number of an order and of its trades is one of the ladder that is shown, or there is none."""

import pytest

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import BUYS, put
from qmtdesk.simulate.market_day import BOND, MarketDay
from qmtdesk.strategies.screen import ScreenPlan
from qmtdesk.trader import pictures
from qmtdesk.trader.mirror import Mirror
from qmtdesk.trader.picture_grid import grid_row
from qmtdesk.trader.publisher import Publisher
from qmtdesk.trader.series import Series
from qmtdesk.wire.rows import FillRow, OrderRow

PLAN = GridPlan(code=BOND, base=BaseKind.LAST)
DESK = pictures.Desk("paper", "paper", 1, "")


class Shown:
    """A market day with a grid that traded at four levels, and a desk that is told what changes."""

    def __init__(self) -> None:
        self.day = MarketDay().open()
        self._publisher, self._mirror = Publisher(ScreenPlan(name="all"), Series()), Mirror()
        self.arm(PLAN)
        for price in (119_600, 120_400, 120_000):
            self.day.price(BOND, price)
            self.day.live_market(6_000)

    def arm(self, plan: GridPlan) -> None:
        assert self.day.feed(m.ArmGrid(plan)).refusal is None
        self.day.live_market(6_000)

    def arm_anew(self, **changes: object) -> None:
        """Stop it and start it with these settings and all it holds; trades of the start before stay in the table."""
        self.levels()
        self.day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
        self.day.live_market(6_000)
        held = self.day.state.holdings[BOND].volume
        self.arm(replace(PLAN, adopt=held, first_buy=False, unit=80, **changes))

    def levels(self) -> dict[int, int | None]:
        """The numbers beside the grid's trades, by the price of the order; orders say the same as their trades."""
        self._mirror.apply(*self._publisher.changes(self.day.state, {}, DESK, self.day.at))
        rows = self._mirror.snapshot()[1]
        orders = {row.ref: row.slot for row in rows if isinstance(row, OrderRow)}
        fills = [row for row in rows if isinstance(row, FillRow) and row.kind == OwnerKind.GRID.value]
        assert all(row.slot == orders[row.ref] for row in fills)
        return {row.level: row.slot for row in fills}


def test_the_trades_of_a_running_grid_have_the_numbers_of_its_levels() -> None:
    assert Shown().levels() == {119_641: -1, 120_360: 1, 120_000: 0}


def test_armed_anew_with_another_step_only_trades_at_a_price_of_a_level_have_a_number() -> None:
    shown = Shown()
    shown.arm_anew(step_bp=60, range_bp=1_000)
    assert shown.levels() == {119_641: None, 120_360: None, 120_000: 0}


def test_armed_anew_from_another_base_the_same_steps_number_otherwise() -> None:
    shown = Shown()
    shown.arm_anew(base=BaseKind.TYPED, base_price=120_360)
    assert shown.levels() == {119_641: -2, 120_360: 0, 120_000: -1}


def test_orders_of_a_lattice_have_no_number_once_a_rolling_pair_has_taken_its_place() -> None:
    shown = Shown()
    shown.arm_anew(mode=GridMode.ROLLING)
    assert set(shown.levels().values()) == {None}


def test_orders_an_earlier_start_left_stand_at_the_level_of_their_price_or_nowhere() -> None:
    shown = Shown()
    day = shown.day
    left = {(order.side, order.price) for order in day.live(BOND)}
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.deaf = True
    plan = replace(PLAN, base=BaseKind.TYPED, base_price=120_361, adopt=40, first_buy=False, unit=80)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    row = grid_row(day.state, BOND)
    pills = {(Side.BUY, level.price) for level in row.levels if level.buy_ref}
    pills |= {(Side.SELL, level.price) for level in row.levels if level.sell_ref}
    prices = {level.price for level in row.levels}
    assert pills == {each for each in {(o.side, o.price) for o in day.live(BOND)} if each[1] in prices}
    assert left


@pytest.mark.parametrize("held", ["", BOND, BUYS])
def test_no_level_promises_what_is_suspended_and_none_is_left_without_a_word(held: str) -> None:
    shown = Shown()
    day = shown.day
    reason = because(Why.MONEY_MOVED)
    day.state = replace(day.state, suspended=put(day.state.suspended, held, reason))
    day.live_market(9_000)
    row = grid_row(day.state, BOND)
    promised = {level.why.why for level in row.levels if level.why is not None}
    assert Why.ARMED_BUY not in promised
    assert held == BUYS or Why.ARMED_SELL not in promised
    assert Why.MONEY_MOVED in promised
    bare = [level for level in row.levels if level.why is None and not level.buy_ref and not level.sell_ref]
    assert bare == []
