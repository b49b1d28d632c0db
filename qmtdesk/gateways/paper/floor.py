"""The paper exchange's floor: orders meet the book here, and every fill is booked."""

from datetime import date

from qmtdesk.domain.codes import classify
from qmtdesk.domain.fees import FeeSchedule, fee_of
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.messages import BrokerEvent, FillReported, OrderReported
from qmtdesk.domain.order import Fill, OrderState, Side
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import Phase, phase_at
from qmtdesk.gateways.paper import matching
from qmtdesk.gateways.paper.line import Line
from qmtdesk.gateways.paper.truth import Entry, Truth

CANCELLING = frozenset({OrderState.CANCELLING, OrderState.PART_CANCELLING})


def phase_of(code: str, at: int) -> Phase:
    """The phase of a code's market at a time."""
    return phase_at(classify(code), at)


class Floor:
    """Matching and booking over one truth; nothing here looks at a clock."""

    def __init__(self, truth: Truth, line: Line, fees: FeeSchedule) -> None:
        self.truth = truth
        self._line = line
        self._fees = fees
        self.instruments: dict[str, Instrument] = {one.code: one for one in truth.instruments}
        self.day = date.fromisoformat(truth.day) if truth.day else date.min
        self._resting: dict[str, list[Entry]] = {}
        for entry in truth.entries.values():
            if entry.on_book:
                self._resting.setdefault(entry.code, []).append(entry)

    def needed(self, entry: Entry) -> int:
        """What the rest of a buy may still cost at most in 厘, fee included."""
        rest = entry.price * entry.left
        return rest + self._fee(entry, rest) if entry.left > 0 else 0

    def accept(self, at: int, entry: Entry) -> None:
        """Take an order: freeze what it needs, report it, and let it meet the book when there is one."""
        account = self.truth.account
        if entry.side is Side.BUY:
            entry.frozen = self.needed(entry)
            account.frozen += entry.frozen
        else:
            account.freeze_volume(entry.code, entry.volume)
        entry.state = OrderState.WORKING
        self._resting.setdefault(entry.code, []).append(entry)
        self._line.tell(at, OrderReported(entry.reported()))
        quote = self.truth.quotes.get(entry.code)
        if quote is not None and phase_of(entry.code, at).continuous:
            self._meet(at, entry, quote)

    def drop(self, at: int, entry: Entry) -> None:
        """Take the rest of an order off the book and release what it held."""
        account = self.truth.account
        if entry.side is Side.BUY:
            account.frozen -= entry.frozen
            entry.frozen = 0
        else:
            account.freeze_volume(entry.code, -entry.left)
        entry.state = OrderState.PART_CANCELLED if entry.filled else OrderState.CANCELLED
        self._line.tell(at, OrderReported(entry.reported()))

    def market(self, quote: Quote) -> None:
        """A snapshot: match what rests in its code."""
        truth = self.truth
        before = truth.quotes.get(quote.code)
        if quote == before:
            return
        truth.quotes[quote.code] = quote
        if quote.code not in truth.booked and matching.has_book(quote):
            truth.booked[quote.code] = True
        truth.taken.pop(quote.code, None)
        resting = self._resting.get(quote.code)
        if not resting:
            return
        waiting = self._resting[quote.code] = [entry for entry in resting if entry.on_book]
        if waiting:
            self._match(waiting, before, quote)

    def _meet(self, at: int, entry: Entry, quote: Quote) -> None:
        """An order's first sight of a continuous book: it takes what is displayed within its price, the rest queues.

        Where a feed has no book at all, the last price stands in for it.
        """
        entry.fresh = False
        if entry.code not in self.truth.booked:
            if quote.last and matching.reaches(entry.side, entry.price, quote.last):
                self._fill(at, entry, quote.last, entry.left)
            return
        for level in matching.opposite(quote, entry.side):
            if entry.left == 0 or not matching.reaches(entry.side, entry.price, level.price):
                break
            taken = self.truth.taken.setdefault(entry.code, {})
            key = f"{entry.side.value}:{level.price}"
            free = max(level.volume - taken.get(key, 0), 0)
            volume = matching.whole(free, entry.left, self._grain(entry.code))
            if volume:
                taken[key] = taken.get(key, 0) + volume
                self._fill(at, entry, level.price, volume)
        entry.ahead = matching.ahead_at(quote, entry.side, entry.price)

    def _grain(self, code: str) -> int:
        return self.instruments[code].lot

    def _match(self, waiting: list[Entry], before: Quote | None, quote: Quote) -> None:
        phase = phase_of(quote.code, quote.at)
        was = phase_of(quote.code, before.at) if before else phase
        trade = matching.printed(before, quote)
        if was.auction or (was is Phase.OPEN_WAIT and not (before and before.volume)):
            if trade.volume:
                self._match_auction(waiting, trade, quote, opening=before is not None and before.volume == 0)
        elif entry_book := [entry for entry in waiting if not entry.fresh]:
            self._match_queue(entry_book, trade, quote, book=phase.continuous)
        if phase.continuous:
            for entry in waiting:
                if entry.fresh and entry.left:
                    self._meet(quote.at, entry, quote)

    def _match_auction(self, waiting: list[Entry], trade: matching.Printed, quote: Quote, *, opening: bool) -> None:
        """One price for all: what is better fills whole, at the price itself a quarter of the volume is ours."""
        price = quote.open if opening and quote.open else quote.last
        share = trade.volume // 4
        for entry in waiting:
            if matching.beyond(entry.side, entry.price, price):
                self._fill(quote.at, entry, price, entry.left)
            elif entry.price == price and share:
                volume = matching.whole(share, entry.left, self._grain(entry.code))
                share -= volume
                self._fill(quote.at, entry, price, volume)

    def _match_queue(self, waiting: list[Entry], trade: matching.Printed, quote: Quote, *, book: bool) -> None:
        """Resting orders in the order they came; orders of ours at one price share what traded there."""
        bare = quote.code not in self.truth.booked
        used: dict[tuple[Side, int], int] = {}
        for entry in waiting:
            if bare:
                if quote.last and matching.reaches(entry.side, entry.price, quote.last):
                    self._fill(quote.at, entry, entry.price, entry.left)
                continue
            if matching.went_through(trade, quote, entry.side, entry.price, book=book):
                self._fill(quote.at, entry, entry.price, entry.left)
                continue
            key = (entry.side, entry.price)
            traded = matching.volume_at(trade, entry.price) - used.get(key, 0)
            offered = self._facing(entry, quote) if book else 0
            reach = max(traded - entry.ahead, 0) + max(offered - used.get(key, 0), 0)
            entry.ahead = max(entry.ahead - max(traded, 0), 0)
            if book:
                entry.ahead = matching.ahead_now(quote, entry.side, entry.price, entry.ahead)
            volume = matching.whole(reach, entry.left, self._grain(entry.code))
            used[key] = used.get(key, 0) + volume
            self._fill(quote.at, entry, entry.price, volume)

    def _facing(self, entry: Entry, quote: Quote) -> int:
        """Volume displayed against us at exactly our price: it would have met us."""
        facing = matching.opposite(quote, entry.side)
        return facing[0].volume if facing and facing[0].price == entry.price else 0

    def _fill(self, at: int, entry: Entry, price: int, volume: int) -> None:
        if volume <= 0:
            return
        truth, account = self.truth, self.truth.account
        amount = price * volume
        fee = self._fee(entry, amount)
        entry.filled += volume
        entry.amount += amount
        if entry.side is Side.BUY:
            still = self.needed(entry)
            account.frozen += still - entry.frozen
            entry.frozen = still
            account.book_buy(entry.code, volume, amount, fee)
        else:
            account.book_sell(entry.code, volume, amount, fee)
        truth.trades_today += 1
        fill = Fill(
            f"{truth.trades_today:08d}",
            truth.day,
            entry.broker_id,
            entry.remark,
            entry.code,
            entry.side,
            price,
            volume,
            at,
            fee,
        )
        truth.fills.append(fill)
        earlier = entry.reported()
        if entry.left == 0:
            entry.state = OrderState.FILLED
        elif entry.state in CANCELLING:
            entry.state = OrderState.PART_CANCELLING
        else:
            entry.state = OrderState.PARTIAL
        self._push_fill(at, OrderReported(entry.reported()), FillReported(fill))
        if self._line.dice.hits(self._line.faults.stale):
            self._line.tell(at, OrderReported(earlier))

    def _push_fill(self, at: int, order: OrderReported, fill: FillReported) -> None:
        """The order and its trade come in either order; both were seen."""
        pair: list[BrokerEvent] = [order]
        if not self._line.dice.hits(self._line.faults.drop_trade):
            pair.insert(self._line.dice.below(2), fill)
        if self._line.dice.hits(self._line.faults.twice):
            pair.append(fill)
        for event in pair:
            self._line.tell(at, event)

    def _fee(self, entry: Entry, amount: int) -> int:
        return fee_of(self._fees, classify(entry.code), self.day, entry.side, entry.amount, amount)
