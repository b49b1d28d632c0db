"""A seeded storm over market days: prices, users, humans beside the program, faults and crashes."""

from collections import Counter
from datetime import timedelta
from random import Random

from checked_day import CheckedDay
from market_day import BOND, BOND2, STOCK, quote_of, sealed_quote

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, GuardPlan, Readiness, StopHow
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import at_of, phase_at
from qmtdesk.gateways.paper.faults import NO_FAULTS, Faults

CODES = (BOND, BOND2, STOCK)
STARTS = ((9, 10), (9, 19), (9, 29), (10, 0), (10, 0), (10, 0), (11, 29), (12, 59), (13, 30), (14, 55), (14, 56))


class Storm(CheckedDay):
    """One schedule, the same for the same seed."""

    def __init__(self, seed: int, *, foreign: bool, faulty: bool = True) -> None:
        self.random = Random(seed)
        self.foreign, self.faulty = foreign, faulty
        hour, minute = self.random.choice(STARTS)
        self.seed_of_story = seed
        super().__init__(
            cash=self.random.choice((30_000_000, 200_000_000, 1_000_000_000)),
            held={STOCK: (self.random.choice((300, 1_050, 5_000)), 9_000), BOND2: (70, 100_000)},
            prices={BOND: 120_000, BOND2: 105_000, STOCK: 10_000},
            hour=hour,
            minute=minute,
            seed=seed,
        )
        self.volume: Counter[str] = Counter()
        self.sealed = False
        self.kinds: Counter[str] = Counter()

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
        self.restart(resume=self.random.random() < 0.7)

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
            self.turn_day(*self.random.choice(STARTS))

    def turn_day(self, hour: int, minute: int) -> None:
        self.volume.clear()
        self.sealed = False
        self.mine.clear()
        self.next_day(self.day + timedelta(days=3 if self.day.weekday() == 4 else 1), hour, minute)

    def calm(self) -> None:
        """Faults off, link up, a market in continuous trading; then everything has a minute to come right."""
        self.exchange.faults = NO_FAULTS
        self.feed(m.LinkChanged(up=True))
        self.feed(m.SetMaster(on=True))
        listing = self.state.listings[BOND]
        if not phase_at(listing, self.at).continuous or not phase_at(listing, self.at + 150_000).continuous:
            if self.at < at_of(self.day, 12, 0):
                self.jump(13, 0, 1)
            else:
                self.turn_day(10, 0)
        self.live_market(66_000)
        self.check_calm()


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
