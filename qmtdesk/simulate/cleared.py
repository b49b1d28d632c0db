"""What the user confirmed for clearing and what came of it, kept beside the program's own books."""

from collections import Counter
from typing import TYPE_CHECKING

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Fill, Order, OwnerKind, Side
from qmtdesk.engine import records as r
from qmtdesk.engine.books import ClearBook

if TYPE_CHECKING:
    from qmtdesk.simulate.checked_day import CheckedDay


class Cleared:
    """`bought` is what own orders bought of each code and nobody sold since; `whole` the refs of sales beyond that."""

    def __init__(self) -> None:
        self.asked: dict[str, ClearBook] = {}
        self.sold: Counter[str] = Counter()
        self.bought: Counter[str] = Counter()
        self.whole: set[str] = set()

    def hear(self, event: m.Event) -> None:
        """A word of the user that was followed."""
        match event:
            case m.StopClearing(""):
                self.asked.clear()
            case m.StopClearing(code):
                self.asked.pop(code, None)
            case m.Kill():
                self.asked.clear()
            case _:
                pass

    def note(self, day: "CheckedDay", record: r.Record) -> None:
        """A clearing began or ended: one begins by the user's word alone, and with no more than he may give away."""
        if isinstance(record, r.OwnCut):
            self.bought[record.code] = min(self.bought[record.code], record.volume)
        if not isinstance(record, r.ClearChanged):
            return
        book = record.book
        if book is None or book.why is not None:
            self.asked.pop(record.code, None)
            return
        rows = day.event.rows if isinstance(day.event, m.ClearHoldings) else ()
        row = m.ClearRow(book.code, book.target, book.floor)
        if row not in rows or book.whole is not (isinstance(day.event, m.ClearHoldings) and day.event.whole):
            day.fail("I7", f"a clearing nobody asked for: {book}")
        if not book.whole and book.target > self.bought[book.code]:
            day.fail("I2", f"{book.target} of {book.code} cleared, qmtdesk bought {self.bought[book.code]}")
        self.asked[book.code] = book
        self.sold[book.code] = 0

    def booked(self, order: Order | None, fill: Fill, *, again: bool) -> None:
        """A trade was booked: to an order of ours, or to nobody's. `again`: it had been nobody's before."""
        own = order is not None and order.owner.kind is not OwnerKind.FOREIGN
        if fill.side is Side.BUY:
            self.bought[fill.code] += fill.volume if own else 0
        elif not again:
            self.bought[fill.code] = max(0, self.bought[fill.code] - fill.volume)
        if order is not None and order.owner.kind is OwnerKind.CLEAR and fill.code in self.asked:
            self.sold[fill.code] += fill.volume

    def check(self, day: "CheckedDay", place: m.Place) -> None:
        """A sale that is about to leave: asked for, no more than was, and at no worse price."""
        book = self.asked.get(place.code)
        if book is None or place.side is not Side.SELL:
            day.fail("I7", f"a clearing nobody asked for: {place}")
            return
        if place.volume + self.sold[place.code] > book.target:
            day.fail("I2", f"{self.sold[place.code]} sold of {book.target}: {place}")
        if not book.whole and place.volume > self.bought[place.code]:
            day.fail("I2", f"qmtdesk bought {self.bought[place.code]}: {place}")
        if place.price < book.floor:
            day.fail("I8", f"below the lowest price {book.floor}: {place}")
        if book.whole:
            self.whole.add(place.ref)
