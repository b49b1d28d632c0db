"""The paper broker: a plain object without clock or thread, driven by times and snapshots."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import msgspec

from qmtdesk.domain.account import AccountReport, Asset, BrokerOrder, Position
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.messages import (
    AccountReported,
    BrokerEvent,
    Cancel,
    CancelRefused,
    FillReported,
    OrderReported,
    Place,
    Query,
    ReportFailed,
    SubmitAnswered,
    SubmitRefused,
    SubmitUnknown,
)
from qmtdesk.domain.order import FINAL, Fill, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.paper import names
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.counter import Case, refusal
from qmtdesk.gateways.paper.dice import Dice
from qmtdesk.gateways.paper.faults import MOST_EMPTY, NO_FAULTS, Delays, Faults
from qmtdesk.gateways.paper.floor import CANCELLING, Floor, phase_of
from qmtdesk.gateways.paper.garbled import change, holed, odd_row
from qmtdesk.gateways.paper.line import Line
from qmtdesk.gateways.paper.truth import Entry, Truth

_FIRST_ORDER = 1_090_000_000


class PaperExchange:
    """One account's counter and the book behind it.

    The caller gives it snapshots in time order and asks what is due; nothing happens by itself. Not for several
    threads. `account` adds up to the 厘 after every call. `holed` are the questions answered with holes so far,
    `hidden` the orders no answer lists, and while it is `unloaded` none lists a position. While it is `behind` answers
    are of before the hidden orders: what they hold back looks free.
    """

    def __init__(
        self,
        account: PaperAccount,
        fees: FeeSchedule | None = None,
        delays: Delays | None = None,
        seed: int = 0,
        faults: Faults = NO_FAULTS,
        dice: Dice | None = None,
    ) -> None:
        dice = dice or Dice(seed)
        self._fees = fees or FeeSchedule()
        self._truth = Truth(account=account, dice=dice.state)
        self._line = Line(self._truth, dice, delays or Delays(), faults)
        self._floor = Floor(self._truth, self._line, self._fees)
        self._emptied = 0
        self.holed: set[int] = set()
        self.hidden: set[str] = set()
        self.unloaded = False
        self.behind = False
        self.again: tuple[tuple[BrokerOrder, ...], tuple[Fill, ...]] = ((), ())
        """Rows and trades of the day before that are listed with today's, as a terminal may in the morning (G22)."""

    # --- what can be read

    @property
    def account(self) -> PaperAccount:
        """Cash and holdings as they are now."""
        return self._truth.account

    @property
    def day(self) -> str:
        """The trading day (ISO), '' before the first."""
        return self._truth.day

    @property
    def truth(self) -> Truth:
        """Everything the counter knows, for whoever checks a program against it."""
        return self._truth

    @property
    def orders(self) -> tuple[Entry, ...]:
        """Today's orders as the counter has them, in the order they were sent."""
        return tuple(self._truth.entries.values())

    @property
    def live_codes(self) -> frozenset[str]:
        """Codes with an order on the book or on its way there."""
        return frozenset(entry.code for entry in self._truth.entries.values() if entry.state not in FINAL)

    @property
    def changes(self) -> int:
        """Grows with everything that must not be forgotten; compare to know whether to save."""
        return self._truth.counter

    @property
    def faults(self) -> Faults:
        """What goes wrong from now on; may be set at any time."""
        return self._line.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._line.faults = faults

    # --- days

    def open_day(self, day: str | date, instruments: Iterable[Instrument]) -> None:
        """A trading day (ISO) begins: yesterday's orders and trades leave the lists, T+1 holdings become sellable."""
        truth = self._truth
        truth.day, truth.instruments = str(day), tuple(instruments)
        truth.quotes, truth.entries, truth.fills = {}, {}, []
        truth.errands = sorted(errand for errand in truth.errands if errand.kind == "query")
        truth.taken, truth.booked = {}, {}
        truth.trades_today = 0
        truth.account.new_day()
        self._line.number()
        self._floor = Floor(truth, self._line, self._fees)

    def close_day(self, at: int) -> None:
        """Day orders die: each live one is reported cancelled."""
        self._advance(at)
        for entry in self._truth.entries.values():
            if entry.on_book:
                self._floor.drop(at, entry)

    # --- the market

    def market(self, quote: Quote) -> None:
        """Take in a snapshot; what was on its way by then arrives first, then resting orders are matched."""
        self._advance(quote.at)
        if quote.code in self._floor.instruments:
            self._floor.market(quote)

    # --- orders

    def submit(self, at: int, order: Place) -> None:
        """Send an order; it reaches the counter after a delay."""
        entry = self._enter(at, order)
        if self._line.dice.hits(self.faults.lose_order):
            del self._truth.entries[entry.broker_id]
        else:
            self._line.send(at, "order", entry.broker_id)

    def submit_foreign(self, at: int, code: str, side: Side, price: int, volume: int, remark: str = "") -> str:
        """An order by hand in the terminal, or of another program: no answer to us, only pushes. Its broker id."""
        entry = self._enter(at, Place(remark, code, side, price, volume, Owner(OwnerKind.FOREIGN)))
        entry.foreign = True
        self._line.send(at, "order", entry.broker_id)
        return entry.broker_id

    def cancel(self, at: int, cancel: Cancel) -> None:
        """Send a cancel; it reaches the counter after a delay, and the book after another."""
        self._advance(at)
        if not self._line.dice.hits(self.faults.lose_cancel):
            self._line.send(at, "cancel", cancel.broker_id)

    def query(self, at: int, query: Query) -> None:
        """Ask for the account; the answer is the account as it is when the question arrives."""
        self._advance(at)
        if not self._line.dice.hits(self.faults.lose_query):
            self._line.send(at, "query", str(query.request))

    # --- what comes back

    def due(self, at: int) -> list[tuple[int, BrokerEvent]]:
        """Everything to be delivered up to a time, in order, each once."""
        if (first := self.next_due()) is None or first > at:
            return []
        self._advance(at)
        out = []
        while (delivered := self._line.delivered(at)) is not None:
            out.append(delivered)
        return out

    def next_due(self) -> int | None:
        """The earliest time at which anything happens without a new snapshot; None when nothing is on its way."""
        truth = self._truth
        errand = truth.errands[0].at if truth.errands else None
        letter = truth.letters[0].at if truth.letters else None
        if errand is None or letter is None:
            return letter if errand is None else errand
        return min(errand, letter)

    def tell(self, at: int, event: BrokerEvent) -> None:
        """Say something nobody asked for, as counters do."""
        self._line.tell(at, event)

    def replay_day(self, at: int) -> None:
        """Tell all of today's orders and trades again, as counters do after a reconnect."""
        for entry in self._truth.entries.values():
            if entry.state is not OrderState.SENT:
                self._line.tell(at, OrderReported(entry.reported()))
        for fill in self._truth.fills:
            self._line.tell(at, FillReported(fill))

    def report(self, at: int) -> AccountReport:
        """The account as the counter would answer a query now."""
        truth, instruments = self._truth, self._floor.instruments
        prices = {code: one.prev_close for code, one in instruments.items()}
        prices.update((code, quote.last or quote.prev_close) for code, quote in truth.quotes.items())
        asset = truth.account.asset(prices)
        positions = truth.account.positions({code: one.t_plus_one for code, one in instruments.items()})
        if self.behind:
            asset, positions = self._before(asset, positions)
        return AccountReport(
            at,
            truth.day,
            asset,
            () if self.unloaded else positions,
            (*self.again[0], *(entry.reported() for entry in truth.entries.values() if self._listed(entry))),
            (*self.again[1], *truth.fills),
        )

    def _before(self, asset: Asset, positions: tuple[Position, ...]) -> tuple[Asset, tuple[Position, ...]]:
        """The account as if the hidden orders held nothing back."""
        hidden = [e for number, e in self._truth.entries.items() if number in self.hidden and e.on_book]
        free = Counter[str]()
        for entry in hidden:
            free[entry.code] += entry.left if entry.side is Side.SELL else 0
        cash = sum(entry.frozen for entry in hidden)
        asset = replace(asset, cash=asset.cash + cash, frozen=asset.frozen - cash)
        return asset, tuple(replace(held, can_use=held.can_use + free[held.code]) for held in positions)

    def _listed(self, entry: Entry) -> bool:
        return entry.state is not OrderState.SENT and entry.broker_id not in self.hidden

    # --- persistence

    def dump(self) -> bytes:
        """The whole truth: messages on their way, counters, chance, and the newest snapshots."""
        self._truth.dice = self._line.dice.state
        return msgspec.msgpack.encode(self._truth)

    def load(self, data: bytes) -> None:
        """Become what was dumped; msgspec.MsgspecError when it is no dump, and then nothing changes."""
        truth = msgspec.msgpack.decode(data, type=Truth)
        line = Line(truth, Dice.continued(truth.dice), self._line.delays, self._line.faults)
        floor = Floor(truth, line, self._fees)
        self._truth, self._line, self._floor = truth, line, floor

    # --- what reaches the counter

    def _enter(self, at: int, order: Place) -> Entry:
        self._advance(at)
        truth = self._truth
        truth.orders_ever += 1
        broker_id = str(_FIRST_ORDER + truth.orders_ever)
        entry = Entry(truth.orders_ever, broker_id, order.ref, order.code, order.side, order.price, order.volume, at)
        truth.entries[broker_id] = entry
        return entry

    def _advance(self, at: int) -> None:
        entries = self._truth.entries
        while (errand := self._line.arrived(at)) is not None:
            match errand.kind:
                case "order":
                    self._order_arrives(errand.at, entries[errand.key])
                case "cancel":
                    self._cancel_arrives(errand.at, errand.key)
                case "drop":
                    self._cancel_executes(errand.at, entries[errand.key])
                case _:
                    self._query_arrives(errand.at, int(errand.key))

    def _query_arrives(self, at: int, request: int) -> None:
        if self._line.dice.hits(self.faults.fail_query):
            self._line.tell(at, ReportFailed(request, names.NO_ANSWER))
            return
        report = self.report(at)
        if self.faults.odd_status:
            report = replace(report, orders=tuple(self._odd_sometimes(row) for row in report.orders))
        empty = self._emptied < MOST_EMPTY and self._line.dice.hits(self.faults.empty_query)
        self._emptied = self._emptied + 1 if empty else 0
        if empty:
            self.holed.add(request)
            report = holed(report, self._line.dice)
        self._line.tell(at, AccountReported(request, report))

    def _odd_sometimes(self, row: BrokerOrder) -> BrokerOrder:
        return odd_row(row, self._line.dice) if self._line.dice.hits(self.faults.odd_status) else row

    def _order_arrives(self, at: int, entry: Entry) -> None:
        entry.at = at
        ref = entry.remark
        instrument = self._floor.instruments.get(entry.code)
        if instrument is None:
            del self._truth.entries[entry.broker_id]
            if ref:
                self._line.tell(at, SubmitRefused(ref, names.UNKNOWN_CODE))
            return
        if self.faults.short_remark >= 0:
            entry.remark = ref[: self.faults.short_remark]
        self._answer(at, entry, ref)
        text = self._refusal(at, entry, instrument)
        if text:
            self._reject(at, entry, text)
            return
        if self._line.dice.hits(self.faults.change):
            change(entry, instrument, self._line.dice)
        self._floor.accept(at, entry)

    def _answer(self, at: int, entry: Entry, ref: str) -> None:
        if not ref or entry.foreign or self._line.dice.hits(self.faults.lose_answer):
            return
        if self._line.dice.hits(self.faults.ambiguous):
            self._line.tell(at, SubmitUnknown(ref, names.NO_ANSWER))
        else:
            self._line.tell(at, SubmitAnswered(ref, entry.broker_id))

    def _refusal(self, at: int, entry: Entry, instrument: Instrument) -> str:
        if self._line.dice.hits(self.faults.reject):
            return names.SUSPENDED
        account = self._truth.account
        case = Case(
            side=entry.side,
            price=entry.price,
            volume=entry.volume,
            phase=phase_of(entry.code, at),
            quote=self._truth.quotes.get(entry.code),
            can_use=account.can_use(entry.code, t_plus_one=instrument.t_plus_one),
            free_cash=account.free,
            needed=self._floor.needed(entry),
        )
        return refusal(case, instrument, self._floor.day)

    def _reject(self, at: int, entry: Entry, text: str) -> None:
        # seen both ways: 50 and then 57, or 57 at once
        if self._line.dice.hits(500):
            entry.state = OrderState.WORKING
            self._line.tell(at, OrderReported(entry.reported()))
        entry.state, entry.text = OrderState.REJECTED, text
        self._line.tell(at, OrderReported(entry.reported()))

    def _cancel_arrives(self, at: int, broker_id: str) -> None:
        entry = self._truth.entries.get(broker_id)
        if entry is None:
            self._line.tell(at, CancelRefused(broker_id, names.NO_SUCH_ORDER))
        elif entry.state in FINAL:
            self._line.tell(at, CancelRefused(broker_id, names.NOTHING_TO_CANCEL))
        elif not phase_of(entry.code, at).takes_cancels:
            self._line.tell(at, CancelRefused(broker_id, names.NO_CANCEL))
        # a second cancel of the same order says nothing new and is not answered
        elif entry.state not in CANCELLING:
            entry.state = OrderState.PART_CANCELLING if entry.filled else OrderState.CANCELLING
            self._line.tell(at, OrderReported(entry.reported()))
            self._line.drop_later(at, broker_id)

    def _cancel_executes(self, at: int, entry: Entry) -> None:
        if entry.state in FINAL:
            self._line.tell(at, CancelRefused(entry.broker_id, names.NOTHING_TO_CANCEL))
        else:
            self._floor.drop(at, entry)
