"""A market day through the QMT gateway over the real layer, with the real loop, journal and engine: equal books."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lively_feed import BONDS, PRICES, STOCKS, LivelyFeed
from standins.install import installed, layer
from standins.terminal import ACCOUNT, OTHER, Terminal

from qmtdesk.domain import messages as m
from qmtdesk.domain.codes import classify
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import FINAL, OrderState, OwnerKind
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan, Readiness
from qmtdesk.domain.sessions import at_of, phase_at
from qmtdesk.engine.books import Ready, State
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.world import World
from qmtdesk.gateways.qmt import session as session_room
from qmtdesk.gateways.qmt import trade_side
from qmtdesk.gateways.qmt.gateway import QmtGateway
from qmtdesk.gateways.qmt.native import load
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.trade_side import TradeOptions
from qmtdesk.store.settings import TraderSettings
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.pictures import Desk

DAY = date(2026, 11, 20)
SPEED, LONG_SPEED = 20, 60
WAIT_S = 30.0


class NoDesk:
    desks = 0

    def publish(self, changes: object, quotes: object) -> None:
        """Nobody looks."""

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        """Nobody listens."""


class Stranger:
    """Another program's connection under the number of ours."""

    number, live = 10**6, False

    def __init__(self, session: int) -> None:
        self.session = session

    def hear(self, name: str, *args: Any) -> None:
        """It does not matter what it hears."""


class WholeDay:
    """Terminal, gateway and loop, and everything that goes wrong between them."""

    def __init__(self, folder: Path, start: int, speed: int) -> None:
        self.speed = speed
        feed = LivelyFeed(7)
        self.terminal = Terminal(World(feed, PaperExchange(feed.account(start), seed=7), start), (ACCOUNT, OTHER))
        self.sent: list[str] = []
        self._count_what_leaves()
        self.layer = installed(self.terminal)
        self.layer.__enter__()
        (folder / "userdata_mini").mkdir()
        options = TradeOptions(folder / "userdata_mini", ACCOUNT, base=7)
        self.gateway = QmtGateway(options, load, self.terminal.now, RawLog(folder, ACCOUNT, "66****96"))
        # a wave of one and a half minutes all day is more than a day's trade
        limits = RiskLimits(
            fills_per_minute=0,
            round_trips_per_day=0,
            per_day=100_000,
            per_symbol_day=100_000,
            loss_reduce_bp=0,
            loss_kill_bp=0,
        )
        state = State(limits, FeeSchedule())
        desk = Desk("paper", "paper", speed, str(folder))
        diary = Diary(folder / "journal.db")
        self.loop = Loop(self.gateway, diary, state, desk, TraderSettings().screen, folder, resume=False)
        self.thread = threading.Thread(target=self.loop.run, args=(NoDesk(),), daemon=True)
        self.downs = 0

    def _count_what_leaves(self) -> None:
        inner = self.terminal.order

        def order(client: Any, seq: int, request: Any) -> None:
            self.sent.append(request.m_strOrderRemark)
            inner(client, seq, request)

        self.terminal.order = order  # type: ignore[method-assign]

    @property
    def state(self) -> State:
        return self.loop.state

    def begin(self) -> None:
        self.terminal.start(self.speed)
        self.gateway.start(self.post)
        self.thread.start()
        self.loop.post(0, m.Installed("abcd"))
        self.loop.ask(lambda loop: loop.wanted.looks(1, PRICES))
        self.until(lambda: self.state.ready is Ready.READY, "ready")
        self.until(lambda: self.state.quotes.keys() == PRICES.keys(), "quotes")
        self.arm()
        for code in STOCKS:
            self.loop.post(0, m.ArmGuard(GuardPlan(code=code, readiness=Readiness.ONCE, sell_volume=200)))
        self.until(lambda: any(grid.armed for grid in self.state.grids.values()), "a grid that is armed")

    def arm(self) -> None:
        """The user starts what stands; a grid whose orders were turned down again and again has stopped itself."""
        for code in BONDS:
            book = self.state.grids.get(code)
            if book is None or not (book.armed or book.winding):
                plan = GridPlan(code=code, base=BaseKind.LAST, amount=5_000_000, range_bp=600, step_bp=30)
                self.loop.post(0, m.ArmGrid(plan))

    def post(self, at: int, event: m.Event) -> None:
        if isinstance(event, m.LinkChanged) and not event.up:
            self.downs += 1
        self.loop.post(at, event)

    def until(self, condition: Callable[[], bool], what: str, seconds: float = WAIT_S) -> None:
        end, pause = time.monotonic() + seconds, threading.Event()
        while not condition():
            assert time.monotonic() < end, f"{what} never came: {self.story()}"
            pause.wait(0.01)

    def story(self) -> str:
        state = self.state
        grids = {code: (book.armed, book.why) for code, book in state.grids.items()}
        said = [(line.code, line.reason.why.value) for line in state.lines[-12:]]
        return f"{state.ready} suspended {dict(state.suspended)} grids {grids} said {said} {self.gateway.health}"

    def pass_time(self, ms: int) -> None:
        target = self.terminal.now() + ms
        self.until(lambda: self.terminal.now() >= target, "time", seconds=ms / self.speed / 1000 + WAIT_S)

    # --- what goes wrong

    def lost(self, act: Callable[[], None], back: Callable[[], None] = lambda: None) -> None:
        """The link breaks in this way, is told, and comes back."""
        # on a busy machine a deadline may pass by itself, and what is down already cannot break
        self.until(lambda: self.state.linked and self.gateway.health.trading.stage == "up", f"a link before {act}")
        before = self.downs
        act()
        self.until(lambda: self.downs > before or not self.state.linked, f"the loss by {act}")
        back()
        self.until(lambda: self.state.linked and self.state.ready is not Ready.SUSPENDED, "the link again")
        if "" in self.state.suspended:
            self.loop.post(0, m.Release(""))
        self.until(lambda: self.state.ready is Ready.READY, f"readiness after {act}")
        self.arm()

    def kicked(self) -> None:
        with self.terminal.lock:
            other = Stranger(self.terminal.trade_clients[0].session)
            self.terminal.connected(other)
            self.terminal.trade_clients.remove(other)

    def come_back(self) -> None:
        self.terminal.running = self.terminal.faults.quotes_up = True

    def troubles(self) -> Iterator[Callable[[], None]]:
        faults = self.terminal.faults

        def silenced() -> None:
            faults.silent = {"orders"}

        def hung() -> None:
            faults.hang_calls = {"positions"}

        def order_hung() -> None:
            faults.hang_calls = {"order"}

        def healed() -> None:
            faults.silent, faults.hang_calls = set(), set()

        yield lambda: self.lost(self.terminal.disconnect)
        yield lambda: self.lost(lambda: self.terminal.disconnect(told=False))
        yield lambda: self.lost(self.kicked)
        yield lambda: self.lost(self.terminal.quit, self.come_back)
        yield lambda: self.lost(silenced, healed)
        yield lambda: self.lost(hung, healed)
        # no order leaves at lunch
        yield lambda: self.lost(order_hung if self.trading() else self.terminal.disconnect, healed)
        yield self.terminal.lose_quotes
        yield lambda: self.lost(self.terminal.disconnect)

    def trading(self) -> bool:
        now, ahead = self.terminal.now(), 300_000
        return all(phase_at(classify(code), at).continuous for code in BONDS for at in (now, now + ahead))

    def small_troubles(self, number: int) -> None:
        """What goes on all the time, beside the losses of the link."""
        faults = self.terminal.faults
        with self.terminal.lock:
            faults.replay_at_connect = True
            faults.trades_twice = bool(number % 2)
            faults.other_account = OTHER if number % 3 == 0 else ""
            faults.time_form = ("s", "ms", "hhmmss", "full")[number % 4]
            # a cut remark is told for good by what was answered, so only one of the two at a time
            faults.lose_answers = 1 if number % 4 == 0 else 0
            faults.minus_one = 1 if number % 4 == 1 else 0
            faults.late_answers = 1 if number % 4 == 2 else 0
            faults.lose_orders = 1 if number % 4 == 3 else 0

    def end(self) -> None:
        """Everything is stopped, and what is open is settled."""
        faults = self.terminal.faults
        with self.terminal.lock:
            faults.lose_answers = faults.minus_one = faults.late_answers = faults.lose_orders = 0
        self.loop.post(0, m.Kill("test"))
        self.until(lambda: not open_orders(self.state), "the end of every order")
        asked = self.state.answered
        self.until(lambda: self.state.answered > asked + 1 and self.state.ready is Ready.READY, "two reports more")

    def close(self) -> None:
        self.loop.end()
        self.thread.join(10)
        self.gateway.stop()
        self.layer.__exit__(None, None, None)
        self.terminal.close()
        assert not self.thread.is_alive()


def open_orders(state: State) -> list[str]:
    return [o.ref for o in state.orders.values() if o.state not in FINAL and o.owner.kind is not OwnerKind.FOREIGN]


def check(day: WholeDay) -> None:
    """The books against the counter's."""
    state, terminal = day.state, day.terminal
    with terminal.lock:
        exchange = terminal.world.exchange
        held = {code: one.volume for code, one in exchange.account.holdings.items() if one.volume}
        free = exchange.account.free
        entries = {entry.broker_id: entry for entry in exchange.orders}
        trades = exchange.report(terminal.world.at).fills
    assert {code: one.volume for code, one in state.holdings.items() if one.volume} == held
    assert state.money is not None
    assert state.money.gross_cash == free
    booked = Counter((f.broker_id, f.price, f.volume) for f in state.fills.values())
    assert booked == Counter((f.broker_id, f.price, f.volume) for f in trades)
    assert {f.ref for f in state.fills.values()} <= set(day.sent)
    own = [order for order in state.orders.values() if order.owner.kind is not OwnerKind.FOREIGN]
    for order in own:
        assert order.state is not OrderState.UNKNOWN
        if order.broker_id:
            entry = entries[order.broker_id]
            assert (order.state, order.filled) == (entry.state, entry.filled), order
    assert {order.broker_id for order in own if order.broker_id} == entries.keys()
    assert max(Counter(day.sent).values()) == 1
    assert set(day.sent) <= state.orders.keys()


@pytest.mark.timeout(1_800)
@pytest.mark.fault("G1", "G2", "G3", "G4", "G13", "G14", "G18", "G21", "G26")
def test_a_day_of_broken_links_ends_with_equal_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long_run: bool
) -> None:
    if layer() is None:
        pytest.skip("the xtquant wheel is not installed (extra qmt)")
    for name in ("CONNECT_S", "SUBSCRIBE_S", "QUERY_S", "ORDER_S", "CLOSE_S"):
        monkeypatch.setattr(session_room, name, 1.0 if long_run else 0.5)
    # the market's clock is faster than the threads are
    monkeypatch.setattr(trade_side, "STALE_MS", 2_000 * (LONG_SPEED if long_run else SPEED))
    day = WholeDay(tmp_path, at_of(DAY, 9, 28) if long_run else at_of(DAY, 10, 30), LONG_SPEED if long_run else SPEED)
    try:
        day.begin()
        rounds = 0
        while rounds == 0 or (long_run and day.terminal.now() < at_of(DAY, 14, 40)):
            for number, trouble in enumerate(day.troubles()):
                day.small_troubles(number)
                day.pass_time(120_000 if long_run else 12_000)
                trouble()
            rounds += 1
        day.end()
        check(day)
        assert day.downs >= 8 * rounds
        assert len(day.sent) > 10
        assert day.gateway.health.trading.connects >= 8 * rounds
    finally:
        day.close()
