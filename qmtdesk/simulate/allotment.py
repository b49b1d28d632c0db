"""What each grid was given, bought and sold since it was armed: its books kept a second time, from the trades alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from qmtdesk.domain.order import Fill, Order, OwnerKind, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import GridBook

BP = 10_000


@dataclass(frozen=True, slots=True)
class Lot:
    """Part of what one gap bought with its own order: price and fee in 厘."""

    price: int
    volume: int
    fee: int


@dataclass(slots=True)
class Allotment:
    """One arming. `given` and `paid` are what was adopted and its cost; `lots` what each gap bought and still holds.

    `prices` are those of the rolling pair's orders that had a trade, `leg` the number of the pair it began with,
    `centre` where it stands by the last record of it; `over` is what was sold beyond all this: shares of the user that
    no grid was given. `guessed`: a trade may be missing here, so the money figures prove nothing. `cut_at` is when
    others last took shares away that it had.
    """

    armed_at: int = 0
    given: int = 0
    paid: int = 0
    held: int = 0
    bought: int = 0
    sold: int = 0
    fees: int = 0
    over: int = 0
    guessed: bool = False
    lots: dict[int, list[Lot]] = field(default_factory=dict)
    prices: set[int] = field(default_factory=set)
    leg: int = 0
    centre: int = 0
    cut_at: int = -1

    def book(self, order: Order, fill: Fill) -> Sequence[tuple[Lot, Lot]]:
        """Take one trade in; the pairs it closes, as what was bought and what it was sold for."""
        amount = fill.price * fill.volume
        self.fees += fill.fee
        if fill.side is Side.BUY:
            self.held += fill.volume
            self.bought += amount
        else:
            self.over += max(0, fill.volume - self.held)
            self.held = max(0, self.held - fill.volume)
            self.sold += amount
        if order.owner.kind is OwnerKind.ROLLING and order.created_at >= self.armed_at:
            self.prices.add(order.price)
        # an order left on the book by an earlier arming says nothing of the gaps of this one
        if order.owner.kind is not OwnerKind.GRID or order.created_at < self.armed_at:
            return ()
        lots = self.lots.setdefault(order.owner.slot, [])
        if fill.side is Side.BUY:
            lots.append(Lot(fill.price, fill.volume, fill.fee))
            return ()
        return _closed(lots, Lot(fill.price, fill.volume, fill.fee))

    def agrees(self, book: GridBook) -> str:
        """What the grid's own money figures have wrong, '' when they come to the same; estimates are not judged."""
        part = book.grid or book.rolling
        if part is None or not part.exact or self.over or self.guessed:
            return ""
        if part.realised != self.sold - self.bought - self.paid + part.cash_used:
            return f"realised {part.realised}: sold {self.sold}, bought {self.bought}, still paid {part.cash_used}"
        if book.grid and any(gap.cost and not gap.held for gap in book.grid.gaps):
            return "something was paid for gaps that hold nothing"
        return f"fees {part.fees}, its trades cost {self.fees}" if part.fees != self.fees else ""


def own_of(book: GridBook | None) -> int | None:
    """All that a grid takes for its own, what no gap has room for included; None where there is no grid."""
    if book is None:
        return None
    return book.grid.held_total + book.grid.surplus if book.grid else book.rolling.held_total if book.rolling else None


def armed(book: GridBook) -> Allotment:
    """The books of a new arming."""
    part = book.grid or book.rolling
    return Allotment(
        armed_at=book.armed_at,
        given=book.plan.adopt,
        paid=part.cash_used if part else 0,
        held=book.plan.adopt,
        leg=book.rolling.leg if book.rolling else 0,
        centre=book.rolling.centre if book.rolling else 0,
    )


def _closed(lots: list[Lot], sale: Lot) -> list[tuple[Lot, Lot]]:
    """The oldest of what a gap bought is what it sells first."""
    pairs, left = [], sale.volume
    while lots and left:
        first = lots.pop(0)
        take = min(left, first.volume)
        fee = first.fee * take // first.volume
        pairs.append((Lot(first.price, take, fee), Lot(sale.price, take, sale.fee * take // sale.volume)))
        if take < first.volume:
            lots.insert(0, replace(first, volume=first.volume - take, fee=first.fee - fee))
        left -= take
    return pairs


def gain(bought: Lot, sold: Lot) -> int:
    """厘 that one closed pair brought after both commissions."""
    return (sold.price - bought.price) * sold.volume - bought.fee - sold.fee


@lru_cache(maxsize=1_024)
def steps_apart(price: int, centre: int, step_bp: int, tick: int) -> bool:
    """Whether a pair around the one price comes to stand around the other when it moves by whole steps."""
    way = 1 if centre > price else -1
    while (centre - price) * way > 0:
        step = (2 * price * (BP + way * step_bp) + BP * tick) // (2 * BP * tick) * tick
        price = step if (step - price) * way >= tick else price + way * tick
    return price == centre
