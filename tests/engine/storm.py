"""A seeded storm over one market day: prices, users, faults and crashes, every step checked against the broker."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from market_day import BOND, BOND2, STOCK, MarketDay, quote_of, sealed_quote

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import FINAL, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, GuardPlan, Readiness, StopHow
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Ready, State
from qmtdesk.engine.core import Step
from qmtdesk.engine.grids import GRID_OWNERS, wish_of
from qmtdesk.gateways.paper import names
from qmtdesk.gateways.paper.faults import NO_FAULTS, Faults
from qmtdesk.strategies.guard import GuardState

CODES = (BOND, BOND2, STOCK)
STARTS = ((9, 10), (9, 19), (9, 29), (10, 0), (10, 0), (10, 0), (11, 28), (13, 30), (14, 55))


class Broken(AssertionError):
    """The engine broke a promise."""


class Storm(MarketDay):
    """One schedule. `foreign` lets a human trade beside the program; then the counter may refuse what it would not."""

    def __init__(self, seed: int, *, foreign: bool, faulty: bool = True) -> None:
        self.random = Random(seed)
        self.foreign, self.faulty = foreign, faulty
        hour, minute = self.random.choice(STARTS)
        super().__init__(
            cash=self.random.choice((30_000_000, 200_000_000, 1_000_000_000)),
            held={STOCK: (self.random.choice((300, 1_050, 5_000)), 9_000), BOND2: (70, 100_000)},
            prices={BOND: 120_000, BOND2: 105_000, STOCK: 10_000},
            hour=hour,
            minute=minute,
            seed=seed,
        )
        self.mine: dict[str, m.Place] = {}
        self.journaled: set[str] = set()
        self.sent_refs: set[str] = set()
        self.volume: Counter[str] = Counter()
        self.sealed = False
        self.expected: dict[str, int] = {}
        self.armed_at: dict[str, int] = {}
        self.claimed: set[tuple[str, str]] = set()
        self.by_user = False
        self.kinds: Counter[str] = Counter()
        self.wanted_off: set[str] = set()

    # --- the story

    def run(self, beats: int) -> "Storm":
        self.open()
        for _ in range(beats):
            self.beat()
        self.calm()
        return self

    def beat(self) -> None:
        act = self.random.choices(ACTS, WEIGHTS)[0]
        if not self.foreign and act in (Storm.by_hand, Storm.cancel_by_hand):
            act = Storm.walk
        if not self.faulty and act is Storm.weather:
            act = Storm.walk
        self.kinds[act.__name__] += 1
        act(self)
        self.wait(self.random.choice((50, 300, 1_000, 1_000, 3_000, 3_000)))
        self.walk()

    def walk(self) -> None:
        for code in CODES:
            if self.random.random() < 0.75:
                self.quote(self.next_quote(code))

    def next_quote(self, code: str) -> Quote:
        last, prev = self.last[code], self.prices[code]
        tick = 10 if code == STOCK else 1
        instrument = next(i for i in self.instruments if i.code == code)
        if code == STOCK and self.sealed:
            self.volume[code] += 100 * self.random.randrange(50)
            lots = self.random.choice((5_000, 14_000, 19_000, 40_000))
            return sealed_quote(code, self.at, instrument.limit_up, lots, prev=prev, volume=self.volume[code])
        width = max(tick, last // self.random.choice((2_000, 400, 100)))
        last += self.random.randrange(-width, width + 1) // tick * tick
        last = min(max(last, instrument.limit_down + 20 * tick), instrument.limit_up - 20 * tick)
        self.last[code] = last
        self.volume[code] += 10 * self.random.randrange(100)
        depth = self.random.choice((10, 30, 100, 1_000))
        return quote_of(code, self.at, last, prev=prev, depth=depth, volume=self.volume[code])

    def arm_grid(self) -> None:
        code = self.random.choice(CODES)
        held = self.state.holdings.get(code)
        plan = GridPlan(
            code=code,
            mode=self.random.choice((GridMode.LATTICE, GridMode.LATTICE, GridMode.ROLLING)),
            base=BaseKind.LAST,
            step_bp=self.random.choice((30, 50, 100)),
            range_bp=self.random.choice((300, 2_000)),
            amount=self.random.choice((5_000_000, 20_000_000)),
            live_per_side=self.random.choice((1, 2, 3)),
            adopt=held.volume // 100 * 100 if held and self.random.random() < 0.5 else 0,
            first_buy=self.random.random() < 0.7,
            keep_armed=self.random.random() < 0.3,
            rolls_per_day=self.random.choice((0, 0, 2)),
            lower_stop=self.random.choice((0, 0, 0, self.last[code] * 98 // 100)),
        )
        was = self.state.grids.get(code)
        result = self.feed(m.ArmGrid(plan))
        if result.refusal is None and self.state.grids[code] is not was:
            self.wanted_off.discard(code)
        now = self.state.grids.get(code)
        self.feed(m.ArmGrid(plan))
        if self.state.grids.get(code) is not now:
            self.fail("arming twice is not arming once")

    def disarm_grid(self) -> None:
        code = self.random.choice(CODES)
        how = self.random.choice(tuple(StopHow))
        self.feed(m.DisarmGrid(code, how))
        if how is StopHow.CANCEL:
            self.wanted_off.add(code)
        elif how is StopHow.LEAVE:
            self.wanted_off.discard(code)

    def arm_guard(self) -> None:
        plan = GuardPlan(
            code=STOCK,
            readiness=self.random.choice((Readiness.AUTO, Readiness.ONCE)),
            keep_armed=self.random.random() < 0.5,
            sell_volume=self.random.choice((0, 0, -1, 200)),
        )
        self.feed(m.ArmGuard(plan))

    def disarm_guard(self) -> None:
        self.feed(m.DisarmGuard(STOCK))

    def seal(self) -> None:
        self.sealed = not self.sealed

    def small_words(self) -> None:
        code = self.random.choice(CODES)
        self.feed(
            self.random.choice(
                (
                    m.SetSellOnly(code, on=self.random.random() < 0.5),
                    m.PauseGap(code, self.random.randrange(60), on=self.random.random() < 0.5),
                    m.SetMaster(on=self.random.random() < 0.8),
                    m.SetThreshold(STOCK, 20_000_000_000),
                )
            )
        )

    def kill(self) -> None:
        self.by_user = True
        self.feed(m.Kill("button"))
        self.by_user = False

    def lift(self) -> None:
        self.feed(m.LiftKill())

    def cancel_one(self) -> None:
        if live := self.live():
            self.by_user = True
            self.feed(m.CancelOne(self.random.choice(live).ref))
            self.by_user = False

    def decide(self) -> None:
        """The user says of a lost order that it is lost; of one that lives he would not."""
        alive = {place.ref for place in self.mine.values()}
        for order in self.live():
            if order.state is OrderState.UNKNOWN and order.ref not in alive:
                self.feed(m.DecideUnknown(order.ref))
                return

    def by_hand(self) -> None:
        code = self.random.choice(CODES)
        side = self.random.choice(tuple(Side))
        price = self.last[code] + (10 if code == STOCK else 1) * self.random.randrange(-3, 4)
        self.exchange.submit_foreign(self.at, code, side, price, 100)

    def cancel_by_hand(self) -> None:
        if alive := [entry for entry in self.exchange.orders if entry.on_book]:
            self.exchange.cancel(self.at, m.Cancel("", self.random.choice(alive).broker_id))

    def link(self) -> None:
        self.feed(m.LinkChanged(up=False, text="test"))
        self.mute = True
        self.wait(self.random.choice((200, 4_000, 20_000)))
        self.mute = False
        if self.random.random() < 0.5:
            self.exchange.replay_day(self.at)
        self.feed(m.LinkChanged(up=True))

    def crash(self) -> None:
        """Killed between the journal and the broker, or between two events; nothing said meanwhile is heard."""
        if self.random.random() < 0.5:
            self.deaf = True
            self.quote(self.next_quote(self.random.choice(CODES)))
            self.deaf = False
        self.mute = True
        self.wait(self.random.choice((100, 2_000)))
        self.mute = False
        self.compare(self.folded())
        before = [record for record in self.records if isinstance(record, r.GridChanged)]
        self.restart(resume=self.random.random() < 0.7)
        assert before == [record for record in self.records if isinstance(record, r.GridChanged)][: len(before)]

    def weather(self) -> None:
        odds = self.random.choice((0, 20, 200))
        pick = self.random.choice
        self.exchange.faults = Faults(
            lose_order=pick((0, odds)),
            lose_answer=pick((0, odds)),
            ambiguous=pick((0, odds)),
            late=pick((0, odds)),
            twice=pick((0, odds)),
            drop_trade=pick((0, odds)),
            stale=pick((0, odds)),
            lose_cancel=pick((0, odds)),
            reject=pick((0, odds)),
            lose_query=pick((0, odds)),
            fail_query=pick((0, odds)),
            short_remark=pick((-1, -1, -1, 12, 8, 3, 0)),
        )

    def roll(self) -> None:
        """The next trading day, at a random time; rare, so most schedules have at most one."""
        if self.random.random() < 0.15:
            self.volume.clear()
            self.sealed = False
            day = self.day + timedelta(days=3 if self.day.weekday() == 4 else 1)
            hour, minute = self.random.choice(STARTS)
            self.mine.clear()
            self.next_day(date(day.year, day.month, day.day), hour, minute)

    def restart(self, *, resume: bool) -> "Storm":
        super().restart(resume=resume)
        return self

    def calm(self) -> None:
        """Faults off, link up, a market in continuous trading; then everything has a minute to come right."""
        self.exchange.faults = NO_FAULTS
        self.exchange._line.faults = NO_FAULTS
        self.feed(m.LinkChanged(up=True))
        self.feed(m.SetMaster(on=True))
        listing = self.state.listings[BOND]
        if not phase_at(listing, self.at).continuous or not phase_at(listing, self.at + 150_000).continuous:
            if self.at < self.noon():
                self.jump(13, 0, 1)
            else:
                self.roll_now()
        self.live_market(66_000)
        self.check_calm()

    def noon(self) -> int:
        return self.at_clock(12, 0)

    def at_clock(self, hour: int, minute: int) -> int:
        from qmtdesk.domain.sessions import at_of

        return at_of(self.day, hour, minute)

    def roll_now(self) -> None:
        self.volume.clear()
        self.sealed = False
        day = self.day + timedelta(days=3 if self.day.weekday() == 4 else 1)
        self.mine.clear()
        self.next_day(date(day.year, day.month, day.day), 10, 0)

    # --- what is checked at every step

    def feed(self, event: m.Event) -> Step:
        before = self.state
        self.event = event
        result = super().feed(event)
        self.check_records(result)
        self.check_grids()
        self.check_times(before, result)
        return result

    def carry(self, intent: m.Intent) -> None:
        if isinstance(intent, m.Place):
            self.check_place(intent)
            count = self.exchange._truth.orders_ever
            self.exchange.submit(self.at, intent)
            entry = self.exchange._truth.entries.get(str(1_090_000_000 + count + 1))
            if entry is not None:
                self.mine[entry.broker_id] = intent
            self.check_keys(intent)
            return
        if isinstance(intent, m.Cancel):
            self.check_cancel(intent)
        super().carry(intent)

    def fail(self, what: str) -> None:
        raise Broken(f"{what}; at {self.at} after {self.event!r}")

    def check_place(self, place: m.Place) -> None:
        state = self.state
        if place.ref in self.sent_refs:
            self.fail(f"{place.ref} was sent twice")
        self.sent_refs.add(place.ref)
        if state.kill is not None or not state.master or not state.linked or state.ready is not Ready.READY:
            self.fail(f"an order left although nothing may: {place}")
        if self.at - state.quotes[place.code].quote.at > state.limits.quote_age_ms:
            self.fail("an order left on an old price")
        if not phase_at(state.listings[place.code], self.at).takes_orders:
            self.fail("an order left in a closed phase")
        book, guard = state.grids.get(place.code), state.guards.get(place.code)
        if place.owner.kind in GRID_OWNERS and not (book and book.armed):
            self.fail(f"a grid that is off sent {place}")
        if place.owner.kind is OwnerKind.CLEAR and not (book and book.winding is StopHow.SELL):
            self.fail(f"a clearing nobody asked for: {place}")
        if place.owner.kind is OwnerKind.GUARD and not (guard and guard.state is GuardState.TRIGGERED):
            self.fail("a guard that did not trigger sold")

    def check_keys(self, place: m.Place) -> None:
        """At most one order of ours that may still fill at the broker, per owner and side; no own buy over a sell."""
        entries = self.exchange._truth.entries
        alive = [
            (mine, entries[broker_id])
            for broker_id, mine in self.mine.items()
            if broker_id in entries and entries[broker_id].state not in FINAL and mine.code == place.code
        ]
        keys: Counter[tuple[Owner, Side]] = Counter((mine.owner, mine.side) for mine, _ in alive)
        if keys and max(keys.values()) > 1:
            self.fail(f"two live orders of one owner and side: {keys}")
        buys = [entry.price for mine, entry in alive if mine.side is Side.BUY]
        sells = [entry.price for mine, entry in alive if mine.side is Side.SELL]
        if buys and sells and max(buys) >= min(sells):
            self.fail(f"own orders cross: {alive}")

    def check_cancel(self, cancel: m.Cancel) -> None:
        state = self.state
        order = state.orders[cancel.ref]
        if order.owner.kind is OwnerKind.FOREIGN or cancel.broker_id not in self.mine:
            self.fail(f"an order of somebody else was cancelled: {order}")
        if not state.linked:
            self.fail("a cancel left while the link was down")
        if not phase_at(state.listings[order.code], self.at).takes_cancels:
            self.fail("a cancel left in a phase that takes none")
        if self.at - order.created_at < state.limits.min_age_ms and not self.by_user and state.kill is None:
            self.fail("an order younger than a second was cancelled")

    def check_records(self, result: Step) -> None:
        for record in result.records:
            if isinstance(record, r.OrderPlaced):
                self.journaled.add(record.order.ref)
            if isinstance(record, r.FillBooked):
                self.expect(record)
            if isinstance(record, r.GridChanged) and record.book.armed_at != self.armed_at.get(record.code):
                self.armed_at[record.code] = record.book.armed_at
                self.expected[record.code] = record.book.plan.adopt
        for intent in result.intents:
            if isinstance(intent, m.Place) and intent.ref not in self.journaled:
                self.fail("an order left that was not written down")

    def expect(self, record: r.FillBooked) -> None:
        """What each grid should hold: every trade of its orders, once."""
        fill = record.fill
        order = self.state.orders.get(fill.ref)
        if order is None or order.owner.kind in (OwnerKind.FOREIGN, OwnerKind.GUARD):
            return
        key = (f"{fill.day}{fill.trade_id}", fill.ref)
        if key in self.claimed:
            self.fail(f"booked twice: {fill}")
        self.claimed.add(key)
        way = fill.volume if fill.side is Side.BUY else -fill.volume
        self.expected[fill.code] = max(0, self.expected.get(fill.code, 0) + way)

    def check_grids(self) -> None:
        for code, book in self.state.grids.items():
            if book.grid is not None and not all(0 <= held <= book.grid.unit for held in book.grid.held):
                adopted = max(book.grid.held) if book.plan.adopt else 0
                self.fail(f"{code} holds {book.grid.held} of {book.grid.unit}, adopted {adopted}")
        for order in self.state.orders.values():
            if order.filled > order.volume:
                self.fail(f"filled beyond its volume: {order}")

    def check_times(self, before: State, result: Step) -> None:
        """Messages in any second stay within the limit, but for the user's own stop."""
        own = sum(1 for i in result.intents if not isinstance(i, m.Query))
        if result.state.day == before.day and result.state.messages != before.messages + own:
            self.fail(f"{own} messages left, {result.state.messages - before.messages} were counted")
        if self.state.kill is not None or self.by_user:
            return
        sent = [at for at in self.state.sent_at if self.state.at - at < 1_000]
        if own and len(sent) > self.state.limits.per_second:
            self.fail(f"{len(sent)} messages in one second")

    def compare(self, other: State) -> None:
        """What a new process would know is what the old one knew."""
        mine, its = known(self.state), known(other)
        for name, value in mine.items():
            if value != its[name]:
                self.fail(f"{name} after a restart: {its[name]} instead of {value}")

    def check_calm(self) -> None:
        state, truth = self.state, self.exchange._truth
        if state.ready is not Ready.READY:
            self.fail(f"never ready again: {state.ready}")
        for order in state.orders.values():
            if order.state in (OrderState.UNKNOWN, OrderState.SENT) or order.unsettled:
                self.fail(f"still in doubt after a minute: {order}")
        self.check_orders()
        self.check_fills()
        holdings = {code: held.volume for code, held in state.holdings.items() if held.volume}
        if holdings != {code: held.volume for code, held in truth.account.holdings.items() if held.volume}:
            self.fail(f"holdings {holdings}")
        if state.money is None or state.money.gross_cash != truth.account.cash:
            self.fail("cash")
        self.check_stopped()
        self.check_wishes()
        for code, book in state.grids.items():
            part = book.grid or book.rolling
            if part is not None and part.held_total != self.expected[code]:
                self.fail(f"{code} holds {part.held_total}, its trades come to {self.expected[code]}")
        self.compare(self.folded())

    def check_orders(self) -> None:
        entries = self.exchange._truth.entries
        theirs = {key: (e.state, e.filled) for key, e in entries.items() if e.state not in FINAL}
        ours = {o.broker_id: (o.state, o.filled) for o in self.state.orders.values() if o.state not in FINAL}
        if theirs != ours:
            self.fail(f"live orders: the broker has {theirs}, the engine {ours}")
        for order in self.state.orders.values():
            if order.owner.kind is not OwnerKind.FOREIGN and order.broker_id:
                if self.alike(order.broker_id) != (order.code, order.side, order.price, order.volume):
                    self.fail(f"taken for ours and is not: {order}")
        for broker_id, place in self.mine.items():
            ref = self.state.refs.get(broker_id, "")
            if ref.startswith("x") or (not ref and entries[broker_id].state is not OrderState.REJECTED):
                self.fail(f"an own order was not recognised: {place}")

    def alike(self, broker_id: str) -> tuple[str, Side, int, int] | None:
        """Orders that differ only in the gap they work for cannot be told apart without a remark, and need not be."""
        place = self.mine.get(broker_id)
        return place and (place.code, place.side, place.price, place.volume)

    def check_fills(self) -> None:
        theirs = {
            (f.trade_id, self.state.refs.get(f.broker_id))
            for f in self.exchange._truth.fills
            if f.broker_id in self.mine
        }
        ours = {
            (f.trade_id, f.ref)
            for f in self.state.fills.values()
            if f.ref and self.state.orders[f.ref].owner.kind is not OwnerKind.FOREIGN
        }
        if theirs != ours:
            self.fail(f"fills: missing {theirs - ours}, too many {ours - theirs}")
        if len(self.exchange._truth.fills) != len(self.state.fills):
            self.fail("the number of trades differs")

    def check_stopped(self) -> None:
        """Nothing of ours is left after a kill or a disarm that cancels."""
        if self.state.kill is not None and (self.live() or not self.state.kill.done_at):
            self.fail(f"alive after a kill: {self.live()}")
        for code in self.wanted_off:
            book = self.state.grids.get(code)
            if book is not None and not book.armed:
                left = [o for o in self.live(code) if o.owner.kind is not OwnerKind.GUARD]
                if left:
                    self.fail(f"forgotten after a disarm: {left}")
        if not self.foreign:
            refused = [
                e.text
                for e in self.exchange._truth.entries.values()
                if e.text == names.NO_VOLUME or e.text.startswith(names.NO_CASH[:20])
            ]
            if refused:
                self.fail(f"the counter had to refuse: {refused}")

    def check_wishes(self) -> None:
        """What an armed grid wants stands on the book, or the user is told why not."""
        for code, book in self.state.grids.items():
            wish = wish_of(self.state, code) if book.armed and self.state.kill is None else None
            if wish is None:
                continue
            live = {(o.owner, o.side) for o in self.live(code)}
            missing = [w for w in wish.orders if (w.owner, w.side) not in live]
            if missing and code not in self.state.blocked:
                self.fail(f"{code} wants {missing} and nobody says why not")


def known(state: State) -> dict[str, object]:
    """What must survive a restart."""
    kill = state.kill and replace(state.kill, blocked=0)
    return {
        "orders": dict(state.orders),
        "refs": dict(state.refs),
        "fills": dict(state.fills),
        "grids": dict(state.grids),
        "guards": {code: (g.plan, g.state, g.sale, g.asks, g.shown) for code, g in state.guards.items()},
        "kill": kill,
        "watch": state.watch,
        "master": state.master,
        "messages": (state.messages, state.sent_at),
        "numbers": (state.next_ref, state.next_line),
        "day": state.day,
        "lines": state.lines,
    }


_CHOICES = (
    (Storm.walk, 60),
    (Storm.arm_grid, 12),
    (Storm.disarm_grid, 4),
    (Storm.arm_guard, 3),
    (Storm.disarm_guard, 1),
    (Storm.seal, 2),
    (Storm.small_words, 4),
    (Storm.kill, 1),
    (Storm.lift, 2),
    (Storm.cancel_one, 3),
    (Storm.decide, 1),
    (Storm.by_hand, 4),
    (Storm.cancel_by_hand, 2),
    (Storm.link, 2),
    (Storm.crash, 3),
    (Storm.weather, 6),
    (Storm.roll, 2),
)
ACTS = tuple(act for act, _ in _CHOICES)
WEIGHTS = tuple(weight for _, weight in _CHOICES)
