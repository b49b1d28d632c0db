"""The paper broker's truth against the program's books, checked at every step of a story."""

from collections import Counter
from collections.abc import Sequence

from qmtdesk.domain import messages as m
from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.order import FINAL, Order, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GuardAction
from qmtdesk.domain.quote import BoardState, board_state, seal_amount
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import records as r
from qmtdesk.engine.books import GridBook, State
from qmtdesk.engine.core import Step
from qmtdesk.engine.records import encode
from qmtdesk.gateways.paper.truth import Truth
from qmtdesk.simulate import at_rest, at_send
from qmtdesk.simulate.allotment import Allotment, armed, gain, steps_apart
from qmtdesk.simulate.cleared import Cleared
from qmtdesk.simulate.gossip import gossiped, secrets_in
from qmtdesk.simulate.heard import Heard
from qmtdesk.simulate.looped_day import LoopedDay
from qmtdesk.simulate.shown import Shown
from qmtdesk.simulate.untold import Untold
from qmtdesk.strategies.guard import GuardState

FILLING = frozenset({OrderState.PARTIAL, OrderState.PART_CANCELLING})
NO_WORDS = (m.Quoted, m.TimePassed)
"""What is nobody's word: neither the counter's nor the user's."""
FIRST_ORDER = 1_090_000_000
SECRET_DIGITS = 8
# a guard may judge a snapshot that is young for its stock; its order still has to pass the gate's own, shorter age
MOST_QUIET_MS = 90_000


class BrokenError(AssertionError):
    """A promise was broken; `promise` is its number on the reliability page, "live" for one about coming to rest."""

    def __init__(self, promise: str, what: str) -> None:
        super().__init__(f"{promise}: {what}")
        self.promise = promise


class CheckedDay(LoopedDay):
    """A market day that trusts nothing. `foreign`: a human trades beside the program, so the counter may refuse."""

    foreign: bool = False
    by_user: bool = False
    gossip: bool = False

    def __post_init__(self) -> None:
        self.mine: dict[str, m.Place] = {}
        self.journaled: set[str] = set()
        self.sent_refs: set[str] = set()
        self.allotted: dict[str, Allotment] = {}
        self.claimed: set[tuple[str, str]] = set()
        self.traded: set[str] = set()
        self.guard_sold: Counter[str] = Counter()
        self.untold = Untold()
        self.vanished: set[str] = set()
        self.wanted_off: set[str] = set()
        self.bought_at: dict[tuple[str, int, int], int] = {}
        self.written_today: Counter[str] = Counter()
        self.counted_at: dict[str, tuple[int, int]] = {}
        self.heard = Heard()
        self.cleared = Cleared()
        self.shown: Shown | None = None
        self.event: m.Event = m.TimePassed()
        self.orders = self.fills = 0
        super().__post_init__()

    @property
    def truth(self) -> Truth:
        """What the counter knows."""
        return self.exchange.truth

    def fail(self, promise: str, what: str) -> None:
        """Raise BrokenError."""
        raise BrokenError(promise, f"{what}; at {self.at} after {self.event!r}")

    def feed(self, event: m.Event) -> Step:
        before = self.state
        self.event = event = gossiped(event) if self.gossip else event
        told = not isinstance(event, NO_WORDS)
        if told:
            self.heard.hear(self, event)
        result = super().feed(event)
        self.untold.step_ended(self)
        if told and result.refusal is None:
            self.cleared.hear(event)
        failed = result.refusal is not None and result.refusal.why is Why.CHECK_FAILED
        # what is the very same as before was looked at then
        if self.state.grids is not before.grids:
            self.check_grids(before)
        if self.state.orders is not before.orders:
            self.check_orders_go_forward(before)
        if self.state.guards is not before.guards:
            self.check_guards(before, event)
        if not failed:
            self.check_times(before, result)
        return result

    def written(self, records: Sequence[r.Record]) -> None:
        super().written(records)
        for record in records:
            self.note(record)
            self.cleared.note(self, record)
            if self.gossip and secrets_in(encode(record)[1]):
                self.fail("I16", f"written down: {record}")

    def note(self, record: r.Record) -> None:
        """What a record says to the books that are kept here a second time."""
        match record:
            case r.OrderPlaced(order):
                self.journaled.add(order.ref)
                self.written_today[order.code] += order.owner.kind is not OwnerKind.FOREIGN
                # a cancel later in the same step is never held up and no fault of this order's
                self.counted_at[order.ref] = self.written_today[order.code], self.written_today.total()
            case r.CancelAsked(ref):
                known = self.state.orders.get(ref)
                self.written_today[known.code if known else ref] += 1
            case r.DayBegan():
                self.written_today.clear()
            case r.LeftOpen(overnight):
                self.untold.explained(self, overnight)
            case r.FillBooked():
                self.expect(record)
            case r.GridChanged(code, book) if book.armed_at != self.allotment(code).armed_at:
                self.allotted[code] = armed(book)
            case r.GridChanged(code, book) if book.rolling is not None:
                self.check_centre(code, book)
            case r.GuardChanged(code, guard) if guard is None or guard.sale is None:
                self.guard_sold[code] = 0
            case _:
                self.check_told(record)

    def allotment(self, code: str) -> Allotment:
        """What the grid of a code was given and did since it was armed."""
        return self.allotted.setdefault(code, Allotment())

    def expect(self, record: r.FillBooked) -> None:
        """What each grid should hold, and what it earned: every trade of its orders, once."""
        fill = record.fill
        order = self.state.orders.get(fill.ref)
        known = f"{fill.day}{fill.code}{fill.side.value}{fill.trade_id}"
        again = known in self.traded
        self.cleared.booked(order, fill, again=again)
        self.traded.add(known)
        if order is None or order.owner.kind is OwnerKind.FOREIGN:
            self.untold.traded_beside(fill.code, known)
            return
        if again:
            # taken for somebody else's until now
            self.untold.traded_beside(fill.code)
            if fill.side is Side.SELL and order.owner.kind is not OwnerKind.GUARD:
                self.allotment(fill.code).held += self.untold.given_back(known, fill.volume)
        key = (f"{fill.day}{fill.trade_id}", fill.ref)
        if key in self.claimed:
            self.fail("I3", f"booked twice: {fill}")
        self.claimed.add(key)
        if order.owner.kind is OwnerKind.GUARD:
            self.guard_sold[fill.code] += fill.volume
            self.untold.traded_beside(fill.code)
            return
        own = self.allotment(fill.code)
        if order.created_at < own.armed_at:
            # an earlier arming's order may buy more than the gaps of this one take: the rest is 底仓
            self.untold.traded_beside(fill.code)
        before = own.over
        place = self.mine.get(order.broker_id)
        if order.changed and place is not None:
            # whatever price the counter took, it worked for the level it was sent for
            order = replace(order, price=place.price)
        pairs = own.book(order, fill)
        # what stood on the book before this arming may fill beyond what this arming was given
        beyond = own.over > before and order.ref not in self.cleared.whole
        if beyond and order.created_at >= own.armed_at and order.created_at > own.cut_at and not again:
            self.fail("I2", f"the grid of {fill.code} sold more than it ever had: {fill}")
        if order.owner.kind is OwnerKind.GRID and order.created_at >= own.armed_at and fill.side is Side.BUY:
            self.bought_at[fill.code, own.armed_at, order.owner.slot] = order.price
        self.check_gain(order, [gain(*pair) for pair in pairs])

    def check_gain(self, order: Order, gains: Sequence[int]) -> None:
        """A pair of a bond's grid pays its commissions, unless the user's stop price was met.

        Trades of the time before a restart may come before the new process has the day's list.
        """
        book = self.state.grids.get(order.code)
        stopped = book is None or book.grid is None or book.grid.stopped_low
        if not stopped and classify(order.code).kind is Kind.BOND and min(gains, default=0) < 0:
            self.fail("I12", f"a round trip that lost {-min(gains)} 厘 after commission: {order}")

    def check_told(self, record: r.Record) -> None:
        """What a record tells the user."""
        if isinstance(record, r.Logged):
            self.check_words(record.line.reason.args)
            if record.line.reason.why is Why.OWN_LESS:
                # sold while nobody looked: what is gone the grid has not, as after a sale by hand
                self.untold.traded_beside(record.line.code)
        elif isinstance(record, r.OrderMoved):
            self.check_words((("text", record.text),))

    def check_words(self, args: Sequence[tuple[str, int | str]]) -> None:
        """Nothing the user is told holds a number as long as an account's."""
        for name, value in args:
            run = 0
            # orders are named by the counter's numbers of them
            for letter in value if isinstance(value, str) and name not in ("ref", "numbers") else "":
                run = run + 1 if letter.isdigit() else 0
                if run >= SECRET_DIGITS:
                    self.fail("I16", f"{name} tells a long number: {value}")

    # --- at each intent

    def carry(self, intent: m.Intent) -> None:
        if isinstance(intent, m.Place):
            at_send.check_place(self, intent)
            self.orders += 1
            count = self.truth.orders_ever
            self.exchange.submit(self.at, intent)
            entry = self.truth.entries.get(str(FIRST_ORDER + count + 1))
            if entry is not None:
                self.mine[entry.broker_id] = intent
            at_send.check_together(self, intent)
            return
        if isinstance(intent, m.Cancel):
            at_send.check_cancel(self, intent)
        super().carry(intent)

    # --- after each step

    def check_grids(self, before: State) -> None:
        for code, book in self.state.grids.items():
            if before.grids.get(code) is book:
                continue
            if book.grid is not None and not all(0 <= gap.held <= book.grid.unit for gap in book.grid.gaps):
                self.fail("I2", f"{code} holds {book.grid.held} of {book.grid.unit}")
            self.check_stop(code, before.grids.get(code), book)

    def check_centre(self, code: str, book: GridBook) -> None:
        """A pair's centre is at a fill of its own, or whole steps from that or from where it was.

        One that never traded may be worked out anew from its day's prices.
        """
        pair, own = book.rolling, self.allotment(code)
        if pair is None or pair.centre == own.centre:
            return
        instrument = self.state.instruments.get(code)
        if instrument is None:
            # the list lacks it; its steps are looked at when it is there
            return
        tick = instrument.tick
        if own.prices and not any(
            steps_apart(price, pair.centre, book.plan.step_bp, tick) for price in (own.centre, *own.prices)
        ):
            self.fail("I12", f"{code} around {pair.centre}, before {own.centre}, filled at {sorted(own.prices)}")
        own.centre = pair.centre

    def check_stop(self, code: str, before: GridBook | None, book: GridBook) -> None:
        """A grid stopped for shares it has not does not have them once every trade told of is in its books."""
        new = book.why is not None and (before is None or before.why != book.why)
        stopped = new and book.why is not None and book.why.why is Why.POSITION_FLOOR
        part, held = book.grid or book.rolling, self.state.holdings.get(code)
        if stopped and part is not None and part.held_total <= (held.volume if held else 0):
            self.fail("I3", f"{code} was stopped for shares that its own sale took: {book.why}")

    def check_orders_go_forward(self, before: State) -> None:
        for ref, order in self.state.orders.items():
            old = before.orders.get(ref)
            if old is order:
                continue
            if order.filled > order.volume:
                self.fail("I9", f"filled beyond its volume: {order}")
            if old is None or (order.owner.kind is OwnerKind.FOREIGN and order.created_at != old.created_at):
                # the second: somebody else's order of today under a number of an earlier day
                continue
            hearsay = old.state is OrderState.REFUSED or (old.state is OrderState.REJECTED and not old.broker_id)
            if old.state in FINAL and order.state not in FINAL and not hearsay:
                self.fail("I9", f"back from the dead: {old} became {order}")
            if order.filled < old.filled or order.told_filled < old.told_filled:
                self.fail("I9", f"trades taken back: {old} became {order}")
            # one that is not listed any more is in doubt, whatever was known of it
            unlisted = order.state is OrderState.UNKNOWN and order.broker_id in self.vanished
            if (
                old.state in FILLING
                and not unlisted
                and order.state in (OrderState.SENT, OrderState.UNKNOWN, OrderState.WORKING)
            ):
                self.fail("I9", f"backwards: {old} became {order}")

    def check_guards(self, before: State, event: m.Event) -> None:
        """A guard with the first rule alone fires on a sealed board below its threshold and on nothing else."""
        for code, guard in self.state.guards.items():
            old = before.guards.get(code)
            if guard.state is not GuardState.TRIGGERED or (old is not None and old.state is GuardState.TRIGGERED):
                continue
            if guard.plan.rules or guard.plan.action is not GuardAction.SELL or isinstance(event, m.DayOpened):
                continue
            if old is not None and old.owed is not None:
                # it was found on an earlier snapshot, before the account told what is held
                continue
            quote = self.state.quotes[code].quote
            sealed = board_state(quote, guard.limit_up) is BoardState.SEALED
            if not sealed or not phase_at(self.state.listings[code], quote.at).continuous:
                self.fail("I11", f"a guard fired on an open board: {quote}")
            if seal_amount(quote) >= guard.plan.threshold or self.at - quote.at > MOST_QUIET_MS:
                self.fail("I11", f"a guard fired above its threshold or on an old price: {quote}")

    def check_times(self, before: State, result: Step) -> None:
        """Messages in any second stay within the limit, but for the user's own stop."""
        own = len([i for i in result.intents if not isinstance(i, m.Query)]) if result.intents else 0
        if result.state.day == before.day and result.state.messages != before.messages + own:
            self.fail("I10", f"{own} messages left, {result.state.messages - before.messages} were counted")
        if not own or self.state.kill is not None or self.by_user:
            return
        sent = [at for at in self.state.sent_at if self.state.at - at < 1_000]
        if len(sent) > self.state.limits.per_second:
            self.fail("I10", f"{len(sent)} messages in one second")

    # --- between steps

    def compare(self, other: State, mine: State | None = None) -> None:
        """What a new process knows is what the old one knew."""
        was, its = at_rest.known(mine or self.state), at_rest.known(other)
        for name, value in was.items():
            if value != its[name]:
                self.fail("I14", f"{name} after a restart: {its[name]} instead of {value}")

    def closed(self) -> None:
        self.untold.closed(self)
        self.mine.clear()

    def check_calm(self) -> None:
        """Everything came right."""
        at_rest.check(self)

    def alike(self, broker_id: str) -> tuple[str, Side, int, int] | None:
        """Orders that differ only in the gap they work for cannot be told apart without a remark, and need not be."""
        place, entry = self.mine.get(broker_id), self.truth.entries.get(broker_id)
        # a counter may have taken another price or volume than was sent
        return (place.code, place.side, entry.price, entry.volume) if place and entry else None
