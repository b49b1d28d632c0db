"""A seeded storm over market days: prices, users, humans beside the program, faults and crashes."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from qmtdesk.domain import messages as m
from qmtdesk.domain.calendar import next_trading_day
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import FINAL, OrderState, OwnerKind
from qmtdesk.domain.quote import Level, Quote
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of, phase_at
from qmtdesk.engine.core import Step
from qmtdesk.engine.filed import NOT_LISTED
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import NO_FAULTS
from qmtdesk.simulate.chance import CountingDice
from qmtdesk.simulate.checked_day import CheckedDay
from qmtdesk.simulate.market_day import BOND, BOND2, DAY, STOCK, quote_of, sealed_quote
from qmtdesk.simulate.shown import Shown
from qmtdesk.simulate.wild import wild_price, wild_quote

CODES = (BOND, BOND2, STOCK)
ASKED = (Why.ORDER_LOOKALIKE, Why.DOUBT_KEPT)
"""What the user is to decide at the terminal."""
STOCK2 = "000411.SZ"
FRIDAY, MONDAY, BEFORE_HOLIDAY, BEFORE_LONG_HOLIDAY = DAY, date(2026, 11, 16), date(2026, 9, 24), date(2026, 9, 30)
DAYS_OF_WEEK = 5
STARTS = ((9, 10), (9, 19), (9, 29), (10, 0), (10, 0), (10, 0), (11, 29), (12, 59), (13, 30), (14, 55), (14, 56))
LENGTHS = (10, 15, 20, 25, 30, 40, 80)
PAUSES = (50, 300, 1_000, 1_000, 3_000, 3_000)
TIGHT = RiskLimits(
    symbol_exposure=30_000_000,
    account_exposure=45_000_000,
    per_minute=20,
    live_per_symbol=3,
    per_day=20,
    per_symbol_day=12,
)

HERE = "here"
Act = Callable[["Storm"], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """One story: everything in it follows from these.

    `keep` are the beats in which something is done, None for all of them; in the others only time passes and prices
    move, and those in `gone` are left out altogether.
    """

    seed: int
    beats: int
    foreign: bool
    on_file: bool
    shown: bool
    keep: tuple[int, ...] | None = None
    gone: frozenset[int] = frozenset()


def schedule_of(seed: int, beats: int = 0) -> Schedule:
    """The schedule of a seed: every other one with a human beside it, every fourth on a real file."""
    length = beats or Random(f"length {seed}").choice(LENGTHS)
    return Schedule(seed, length, foreign=seed % 2 == 1, on_file=seed % 4 == 0, shown=seed % 4 == 1)


class Storm(CheckedDay):
    """One schedule, the same for the same seed. Each beat has its own chance, so that others can be left out."""

    def __init__(self, schedule: Schedule, acts: Sequence[tuple[Act, int]]) -> None:
        self.schedule = schedule
        self.random = Random(f"start {schedule.seed}")
        self.foreign, self.on_file = schedule.foreign, schedule.on_file
        self.gossip = schedule.seed % 8 in (5, 6)
        self.acts = tuple(act for act, _ in acts)
        self.weights = tuple(weight for _, weight in acts)
        self.seen: Counter[str] = Counter()
        # what happens to one code alone happens to it more often
        two = self.random.random() < 0.15
        self.stocks = (STOCK, STOCK2) if two else (STOCK,)
        self.codes = self.stocks if two else self.random.choice((CODES, CODES, (BOND,), (STOCK,), (STOCK,)))
        self.week = schedule.beats >= 25 and self.random.random() < 0.2
        self.contradicted = self.random.random() < 0.05
        self.wild = self.random.random() < 0.2
        hour, minute = self.random.choice(STARTS)
        held = {STOCK: (self.random.choice((300, 1_050, 5_000)), 9_000), BOND2: (70, 100_000)}
        prices = {BOND: 120_000, BOND2: 105_000, STOCK: 10_000}
        super().__init__(
            cash=self.random.choice((30_000_000, 200_000_000, 1_000_000_000)),
            held={**held, STOCK2: (600, 19_000)} if two else held,
            limits=self.random.choice((RiskLimits(), RiskLimits(), RiskLimits(), TIGHT)),
            prices={**prices, STOCK2: 20_000} if two else prices,
            hour=hour,
            minute=minute,
            seed=schedule.seed,
            first_day=self.random.choice((FRIDAY, MONDAY, BEFORE_HOLIDAY, BEFORE_LONG_HOLIDAY)),
        )
        self.every = tuple(self.prices)
        self.volume: Counter[str] = Counter()
        self.sealed: set[str] = set()
        self.number = -1
        self.status = self.others = 0
        self.frozen: set[str] = set()
        self.older: dict[str, Quote] = {}
        self.lines: list[str] | None = None
        # what is done after the close of the day that ends
        self.evening: Act | None = None
        if schedule.shown:
            self.shown = Shown()

    def make_exchange(self, account: PaperAccount) -> PaperExchange:
        return PaperExchange(account, faults=NO_FAULTS, dice=CountingDice(self.seed, self.seen))

    def make_instruments(self, day: date, prices: dict[str, int]) -> tuple[Instrument, ...]:
        """In some stories the feed tells other limits for the stock than the rules do."""
        made = super().make_instruments(day, prices)
        if not self.contradicted:
            return made
        self.seen["contradicted"] += 1
        return tuple(replace(one, told_up=one.limit_up + 10) if one.code == STOCK else one for one in made)

    # --- the story

    def run(self) -> "Storm":
        """All beats, then rest."""
        self.tell("open")
        self.open()
        for number in range(self.schedule.beats):
            if number not in self.schedule.gone:
                self.beat(number)
        self.tell("calm")
        self.calm()
        self.fills += len(self.truth.fills)
        return self

    def beat(self, number: int) -> None:
        """One thing happens, some time passes, prices move."""
        self.number = number
        if self.schedule.keep is None or number in self.schedule.keep:
            self.random = Random(self.schedule.seed * 65_537 + 2 * number)
            act = next_morning if self._morning(number) else self.random.choices(self.acts, self.weights)[0]
            self.tell(f"#{number} {act.__name__}")
            act(self)
        self.random = Random(self.schedule.seed * 65_537 + 2 * number + 1)
        self.wait(self.random.choice(PAUSES))
        self.walk()
        self.seen["phases"] += not phase_at(self.state.listings[STOCK], self.at).continuous
        if self.shown is not None and (unlike := self.shown.look(self.state, self.at)):
            self.fail("I15", f"a desk shows {unlike[0]}")

    def _morning(self, number: int) -> bool:
        """Whether a week's next day begins with this beat."""
        return self.week and number > 0 and number % (self.schedule.beats // DAYS_OF_WEEK) == 0

    def tick(self, code: str) -> int:
        """厘 between two prices of a code."""
        return 10 if code in self.stocks else 1

    def tell(self, line: str) -> None:
        """One line of the story, where somebody listens."""
        if self.lines is not None:
            clock = (self.at // 1_000 + 8 * 3_600) % 86_400
            self.lines.append(f"{clock // 3_600:02}:{clock // 60 % 60:02}:{clock % 60:02}.{self.at % 1_000:03} {line}")

    def feed(self, event: m.Event) -> Step:
        match event:
            case m.Quoted() | m.TimePassed():
                pass
            case m.CancelRefused():
                self.seen["cancel_too_late"] += 1
            case m.OrderReported(order) if order.state is OrderState.PART_CANCELLED:
                self.seen["part_cancelled"] += 1
        return super().feed(event)

    def let_go(self, intent: m.Intent) -> None:
        if not isinstance(intent, m.Query):
            self.tell(f"    sent {intent}" + (" (nobody hears)" if self.deaf else ""))
        super().let_go(intent)

    def walk(self) -> None:
        """Most codes have a new price."""
        for code in self.every:
            if self.random.random() < 0.75 and code not in self.frozen:
                self.quote(self.next_quote(code))

    def next_quote(self, code: str) -> Quote:
        """A code's next snapshot: a walk, or a board at its limit."""
        last, prev = self.last[code], self.prices[code]
        tick = self.tick(code)
        instrument = next(i for i in self.instruments if i.code == code)
        if code in self.sealed:
            return self._board(instrument, prev)
        self.volume[code] += 10 * self.random.randrange(100)
        if self.wild:
            self.last[code] = last = wild_price(self.random, instrument, last)
            quote = wild_quote(self.random, instrument, self.at, last, prev=prev, volume=self.volume[code])
        else:
            width = max(tick, last // self.random.choice((2_000, 400, 100)))
            last += self.random.randrange(-width, width + 1) // tick * tick
            last = min(max(last, instrument.limit_down + 20 * tick), instrument.limit_up - 20 * tick)
            self.last[code], depth = last, self.random.choice((10, 10, 30, 1_000))
            quote = quote_of(code, self.at, last, prev=prev, depth=depth, volume=self.volume[code])
        self.older[code] = quote
        return quote

    def _board(self, instrument: Instrument, prev: int) -> Quote:
        """Sealed, thick or thin; sometimes for one snapshot only, or at the limit with stock on offer."""
        code, limit = instrument.code, instrument.limit_up
        self.volume[code] += 100 * self.random.randrange(50)
        lots = self.random.choice((5_000, 14_000, 19_000, 40_000))
        self.seen["glitch"] += lots < 20_000
        quote = sealed_quote(code, self.at, limit, lots, prev=prev, volume=self.volume[code])
        if self.random.random() < 0.2:
            self.seen["open_limit"] += 1
            quote = replace(quote, asks=(Level(limit, 5_000), *quote.asks[1:]))
        return quote

    # --- the account and who else is there

    def connect(self) -> None:
        """The gateway's first words, the account's status among them."""
        self.heard.restarted(self)
        self.feed(m.Installed(HERE))
        super().connect()
        self.tell_status(self.status)

    def tell_status(self, number: int) -> None:
        """How the account stands from now on."""
        self.status = number
        self.feed(m.AccountStatusTold(number))

    # --- days and rest

    def turn_day(self, hour: int, minute: int) -> None:
        """The next trading day."""
        self.volume.clear()
        self.sealed.clear()
        self.older.clear()
        self.fills += len(self.truth.fills)
        if self.random.random() < 0.5:
            self.seen["ids_again"] += 1
            self.truth.orders_ever = 0
        self.exchange.again = ((), ())
        if self.random.random() < 0.3:
            self.seen["yesterday_again"] += 1
            self.yesterday_again()
        self.seen["day_roll"] += 1
        self.next_day(next_trading_day(self.day), hour, minute)

    def closed(self) -> None:
        super().closed()
        if self.evening is not None:
            self.evening(self)

    def yesterday_again(self) -> None:
        """The terminal lists the orders and trades of the day that ends with those of the next, as they ended."""
        self.exchange.close_day(self.at)
        over = tuple(entry.reported() for entry in self.exchange.orders if entry.state in FINAL)
        self.exchange.again = (over, tuple(self.truth.fills))

    def calm(self) -> None:
        """Faults off, link up, a market in continuous trading; then everything has a minute to come right."""
        self.exchange.faults = NO_FAULTS
        self.exchange.hidden.clear()
        self.exchange.unloaded = False
        self.exchange.again = ((), ())
        self.frozen.clear()
        self.wild = self.deaf = self.mute = self.no_rows = False
        self.feed(m.LinkChanged(up=True))
        self.tell_status(0)
        self.feed(m.SetMaster(on=True))
        # where buying alone was halted too that is a second word
        self.feed(m.Release(""))
        listing = self.state.listings[BOND]
        if not phase_at(listing, self.at).continuous or not phase_at(listing, self.at + 150_000).continuous:
            if self.at < at_of(self.day, 12, 0):
                self.jump(13, 0, 1)
            else:
                self.turn_day(10, 0)
        self.live_market(20_000)
        self.answer_lookalikes()
        self.live_market(33_000)
        # what only a human can tell he is asked about, and he answers
        asked = [dict(line.reason.args)["ref"] for line in self.state.lines if line.reason.why in ASKED]
        for ref in asked:
            self.says_what_became_of(str(ref))
        self.live_market(33_000)
        self.check_calm()

    def says_what_became_of(self, ref: str) -> bool:
        """The user looks at the terminal: an order in doubt is not there, or is the one he sees. Never a wrong word."""
        order = self.state.orders.get(ref)
        if order is not None and order.text == NOT_LISTED:
            entry = self.truth.entries.get(order.broker_id)
            gone = entry is not None and not entry.on_book and entry.filled == order.filled
            return gone and self.feed(m.DecideUnknown(ref)).refusal is None
        if order is None or order.state is not OrderState.UNKNOWN:
            return False
        number = self.number_seen(ref)
        if number in self.truth.entries and number not in self.state.refs:
            return False
        return self.feed(m.DecideUnknown(ref, number if number in self.truth.entries else "")).refusal is None

    def answer_lookalikes(self) -> None:
        """The user, asked which of two orders that look alike is ours, goes and sees."""
        asked = {line.reason.get("ref") for line in self.state.lines if line.reason.why in ASKED}
        for order in self.live():
            if order.ref in asked and order.in_doubt and not order.broker_id:
                self.feed(m.DecideUnknown(order.ref, self.number_seen(order.ref)))

    def number_seen(self, ref: str) -> str:
        """Under which number the user finds an order; '' where it never arrived.

        Of two alike he sees no more than that one row is there, which the program has given to the other.
        """
        ours = {place.ref: number for number, place in self.mine.items()}
        number = ours.get(ref, "")
        while (other := self.state.orders.get(self.state.refs.get(number, ""))) is not None:
            if other.ref == ref or other.owner.kind is OwnerKind.FOREIGN:
                break
            number = ours.get(other.ref, "")
        return number


def next_morning(storm: Storm) -> None:
    """A story of a week goes on with its next day."""
    storm.turn_day(*storm.random.choice(STARTS))
