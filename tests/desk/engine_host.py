"""A bare window over a real engine and its paper broker: what a sheet sends is followed, what follows is shown."""

from collections.abc import Callable
from typing import Any

import fake_trader as ft
from arming_host import Host, shown_host
from pytestqt.qtbot import QtBot

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.simulate.market_day import BOND, MarketDay
from qmtdesk.strategies.grid import Grid
from qmtdesk.trader.picture_grid import grid_row
from qmtdesk.trader.pictures import order_row, position_row
from qmtdesk.wire.talk import Ack, Act, Body, event_of

PLAN = GridPlan(code=BOND, base=BaseKind.LAST, unit=80, cash_cap=25_000_000)
CODE = BOND


class Obeyed(ft.FakeCommands):
    """Previews are invented; an order to the trader reaches the engine."""

    def __init__(self, day: MarketDay) -> None:
        super().__init__()
        self.day = day

    def send(self, body: Body, done: Callable[..., None] | None = None) -> None:
        if not isinstance(body, Act):
            super().send(body, done)
            return
        event = event_of(body)
        self.wished.append(event)
        refusal = self.day.feed(event).refusal
        if done is not None:
            done(Ack(len(self.wished), refusal is None, 1, refusal))


class EngineHost:
    """The window, the market behind it and one grid."""

    def __init__(self, qtbot: QtBot, plan: GridPlan = PLAN) -> None:
        self.window: Host = shown_host(qtbot)
        self.mirror = self.window.mirror
        self.forget()
        self.day = MarketDay(cash=10**9).open()
        assert self.day.feed(m.ArmGrid(plan)).refusal is None
        self.window.commands = Obeyed(self.day)
        self.show()

    def forget(self) -> None:
        """Nothing of what was told before is known."""
        for rows in (self.mirror.orders, self.mirror.grids, self.mirror.positions):
            rows.clear()

    def show(self) -> None:
        """Tell the window what is so now."""
        state = self.day.state
        rows: list[Any] = [ft.status(ready=state.ready.value)]
        rows += [order_row(state, order) for order in state.orders.values()]
        rows += [grid_row(state, code) for code in state.grids]
        rows += [position_row(state, held) for held in state.holdings.values() if held.volume]
        self.mirror.apply(rows)
        self.mirror.flush()

    def prices(self, *prices: int) -> None:
        """The market goes there, three seconds each."""
        for price in prices:
            self.day.price(BOND, price)
            self.day.live_market(3_000)
        self.show()

    def seconds(self, count: int = 8) -> None:
        """Time passes in the market and in the window."""
        for _ in range(count):
            self.day.live_market(1_000, every=1_000)
            self.show()
            self.mirror.second_passed.emit()

    @property
    def grid(self) -> Grid:
        """The grid as the engine has it."""
        found = self.day.state.grids[BOND].grid
        assert found is not None
        return found

    def bought(self) -> list[tuple[str, int]]:
        """Every buy that left: of whom, how much."""
        return [(p.owner.kind.value, p.volume) for p in self.day.places(BOND) if p.side is Side.BUY]
