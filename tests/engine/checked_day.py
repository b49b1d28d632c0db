"""The paper broker's truth against the engine's books, checked at every step of a story."""

from collections import Counter
from dataclasses import replace

from market_day import MarketDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import FINAL, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.sessions import phase_at
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Ready, State
from qmtdesk.engine.core import Step
from qmtdesk.engine.grids import GRID_OWNERS, wish_of
from qmtdesk.gateways.paper import names
from qmtdesk.strategies.guard import GuardState

FILLING = frozenset({OrderState.PARTIAL, OrderState.PART_CANCELLING})
FIRST_ORDER = 1_090_000_000


class BrokenError(AssertionError):
    """The engine broke a promise."""


class CheckedDay(MarketDay):
    """A market day that trusts nothing. `foreign`: a human trades beside the program, so the counter may refuse."""

    foreign: bool
    event: m.Event

    def __post_init__(self) -> None:
        self.mine: dict[str, m.Place] = {}
        self.journaled: set[str] = set()
        self.sent_refs: set[str] = set()
        self.expected: dict[str, int] = {}
        self.armed_at: dict[str, int] = {}
        self.claimed: set[tuple[str, str]] = set()
        self.by_user = False
        self.wanted_off: set[str] = set()
        super().__post_init__()

    def feed(self, event: m.Event) -> Step:
        before = self.state
        self.event = event
        result = super().feed(event)
        self.check_records(result)
        self.check_grids()
        self.check_orders_go_forward(before)
        self.check_times(before, result)
        return result

    def carry(self, intent: m.Intent) -> None:
        if isinstance(intent, m.Place):
            self.check_place(intent)
            count = self.exchange._truth.orders_ever
            self.exchange.submit(self.at, intent)
            entry = self.exchange._truth.entries.get(str(FIRST_ORDER + count + 1))
            if entry is not None:
                self.mine[entry.broker_id] = intent
            self.check_keys(intent)
            return
        if isinstance(intent, m.Cancel):
            self.check_cancel(intent)
        super().carry(intent)

    def fail(self, what: str) -> None:
        raise BrokenError(f"seed {getattr(self, 'seed_of_story', 0)}: {what}; at {self.at} after {self.event!r}")

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

    def check_orders_go_forward(self, before: State) -> None:
        for ref, order in self.state.orders.items():
            old = before.orders.get(ref)
            if old is None or old is order:
                continue
            hearsay = old.state is OrderState.REFUSED or (old.state is OrderState.REJECTED and not old.broker_id)
            if old.state in FINAL and order.state not in FINAL and not hearsay:
                self.fail(f"back from the dead: {old} became {order}")
            if order.filled < old.filled or order.told_filled < old.told_filled:
                self.fail(f"trades taken back: {old} became {order}")
            if old.state in FILLING and order.state in (OrderState.SENT, OrderState.UNKNOWN, OrderState.WORKING):
                self.fail(f"backwards: {old} became {order}")

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
            if order.owner.kind is OwnerKind.FOREIGN or not order.broker_id:
                continue
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
