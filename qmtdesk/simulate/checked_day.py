"""The paper broker's truth against the program's books, checked at every step of a story."""

from collections import Counter
from collections.abc import Sequence

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import FINAL, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GuardAction
from qmtdesk.domain.quote import BoardState, board_state, seal_amount
from qmtdesk.domain.reason import Why
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import records as r
from qmtdesk.engine.books import State
from qmtdesk.engine.core import Step
from qmtdesk.gateways.paper.truth import Truth
from qmtdesk.simulate import at_rest, at_send
from qmtdesk.simulate.looped_day import LoopedDay
from qmtdesk.simulate.shown import Shown
from qmtdesk.strategies.guard import GuardState

FILLING = frozenset({OrderState.PARTIAL, OrderState.PART_CANCELLING})
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

    def __post_init__(self) -> None:
        self.mine: dict[str, m.Place] = {}
        self.journaled: set[str] = set()
        self.sent_refs: set[str] = set()
        self.expected: dict[str, int] = {}
        self.armed_at: dict[str, int] = {}
        self.claimed: set[tuple[str, str]] = set()
        self.wanted_off: set[str] = set()
        self.adopted: Counter[str] = Counter()
        self.traded: Counter[tuple[str, Side]] = Counter()
        self.bought_at: dict[tuple[str, int, int], int] = {}
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
        self.event = event
        result = super().feed(event)
        failed = result.refusal is not None and result.refusal.why is Why.CHECK_FAILED
        self.check_grids()
        self.check_orders_go_forward(before)
        self.check_guards(before, event)
        if not failed:
            self.check_times(before, result)
        return result

    def written(self, records: Sequence[r.Record]) -> None:
        super().written(records)
        for record in records:
            match record:
                case r.OrderPlaced(order):
                    self.journaled.add(order.ref)
                case r.FillBooked():
                    self.expect(record)
                case r.GridChanged(code, book) if book.armed_at != self.armed_at.get(code):
                    self.armed_at[code] = book.armed_at
                    self.expected[code] = book.plan.adopt
                    self.adopted[code] += book.plan.adopt
                case r.Logged(line):
                    self.check_words(line.reason.args)
                case _:
                    pass

    def expect(self, record: r.FillBooked) -> None:
        """What each grid should hold: every trade of its orders, once."""
        fill = record.fill
        order = self.state.orders.get(fill.ref)
        if order is None or order.owner.kind in (OwnerKind.FOREIGN, OwnerKind.GUARD):
            return
        key = (f"{fill.day}{fill.trade_id}", fill.ref)
        if key in self.claimed:
            self.fail("I3", f"booked twice: {fill}")
        self.claimed.add(key)
        way = fill.volume if fill.side is Side.BUY else -fill.volume
        self.expected[fill.code] = max(0, self.expected.get(fill.code, 0) + way)
        # an order left on the book by an earlier arming says nothing of the gaps of this one
        ours = order.owner.kind is OwnerKind.GRID and order.created_at >= self.armed_at.get(fill.code, 0)
        if ours and fill.side is Side.BUY:
            self.bought_at[fill.code, self.armed_at.get(fill.code, 0), order.owner.slot] = order.price
        self.traded[fill.code, fill.side] += fill.volume
        if self.traded[fill.code, Side.SELL] > self.traded[fill.code, Side.BUY] + self.adopted[fill.code]:
            self.fail("I2", f"the grid of {fill.code} sold more than it ever had: {fill}")

    def check_words(self, args: Sequence[tuple[str, int | str]]) -> None:
        """Nothing the user is told holds a number as long as an account's."""
        for name, value in args:
            run = 0
            # a foreign order's ref is made of the counter's number of it
            for letter in value if isinstance(value, str) and name != "ref" else "":
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

    def check_grids(self) -> None:
        for code, book in self.state.grids.items():
            if book.grid is not None and not all(0 <= gap.held <= book.grid.unit for gap in book.grid.gaps):
                self.fail("I2", f"{code} holds {book.grid.held} of {book.grid.unit}")

    def check_orders_go_forward(self, before: State) -> None:
        if self.state.orders is before.orders:
            return
        for ref, order in self.state.orders.items():
            old = before.orders.get(ref)
            if old is order:
                continue
            if order.filled > order.volume:
                self.fail("I9", f"filled beyond its volume: {order}")
            if old is None:
                continue
            hearsay = old.state is OrderState.REFUSED or (old.state is OrderState.REJECTED and not old.broker_id)
            if old.state in FINAL and order.state not in FINAL and not hearsay:
                self.fail("I9", f"back from the dead: {old} became {order}")
            if order.filled < old.filled or order.told_filled < old.told_filled:
                self.fail("I9", f"trades taken back: {old} became {order}")
            if old.state in FILLING and order.state in (OrderState.SENT, OrderState.UNKNOWN, OrderState.WORKING):
                self.fail("I9", f"backwards: {old} became {order}")

    def check_guards(self, before: State, event: m.Event) -> None:
        """A guard with the first rule alone fires on a sealed board below its threshold and on nothing else."""
        for code, guard in self.state.guards.items():
            old = before.guards.get(code)
            if guard.state is not GuardState.TRIGGERED or (old is not None and old.state is GuardState.TRIGGERED):
                continue
            if guard.plan.rules or guard.plan.action is not GuardAction.SELL or isinstance(event, m.DayOpened):
                continue
            quote = self.state.quotes[code].quote
            sealed = board_state(quote, guard.limit_up) is BoardState.SEALED
            if not sealed or not phase_at(self.state.listings[code], quote.at).continuous:
                self.fail("I11", f"a guard fired on an open board: {quote}")
            if seal_amount(quote) >= guard.plan.threshold or self.at - quote.at > MOST_QUIET_MS:
                self.fail("I11", f"a guard fired above its threshold or on an old price: {quote}")

    def check_times(self, before: State, result: Step) -> None:
        """Messages in any second stay within the limit, but for the user's own stop."""
        own = sum(1 for i in result.intents if not isinstance(i, m.Query))
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

    def check_calm(self) -> None:
        """Everything came right."""
        at_rest.check(self)

    def alike(self, broker_id: str) -> tuple[str, Side, int, int] | None:
        """Orders that differ only in the gap they work for cannot be told apart without a remark, and need not be."""
        place = self.mine.get(broker_id)
        return (place.code, place.side, place.price, place.volume) if place else None
