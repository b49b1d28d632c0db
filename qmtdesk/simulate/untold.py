"""Trades of our orders that nobody told before the close: what the grids were given and did has to know of them."""

from typing import TYPE_CHECKING

from qmtdesk.domain.order import Fill, OwnerKind
from qmtdesk.engine.books import Overnight
from qmtdesk.simulate.allotment import own_of

if TYPE_CHECKING:
    from qmtdesk.simulate.checked_day import CheckedDay


class Untold:
    """What the counter's lists of closed days show and the program never booked."""

    def __init__(self) -> None:
        self._fills: list[tuple[str, Fill]] = []
        self._overnight: Overnight | None = None
        self._guessed: set[str] = set()
        self._beside: dict[str, set[str]] = {}
        self._cut: dict[str, int] = {}

    def closed(self, day: "CheckedDay") -> None:
        """A day's lists are about to be cleared."""
        mine = [(day.mine[fill.broker_id].ref, fill) for fill in day.truth.fills if fill.broker_id in day.mine]
        # of two orders alike the one may have been given the other's trade
        told = {trade for trade, _ in day.claimed}
        self._fills += [(ref, fill) for ref, fill in mine if f"{fill.day}{fill.trade_id}" not in told]

    def explained(self, day: "CheckedDay", overnight: Overnight | None) -> None:
        """The program wrote down what it looks at tomorrow, or that it has looked."""
        left, self._overnight = self._overnight, overnight
        if overnight is not None or left is None:
            return
        for order in left.orders:
            for fill in [fill for ref, fill in self._fills if ref == order.ref]:
                if order.owner.kind is not OwnerKind.GUARD:
                    day.allotment(order.code).book(order, fill)
            # what a human did meanwhile, and what an order without a number did, only a guess can tell
            if day.foreign or not order.broker_id:
                self._guessed.add(order.code)
        self._fills.clear()

    def guessing(self, code: str) -> bool:
        """Whether the program guesses in this very step what its grid of the code has."""
        return code in self._guessed

    def traded_beside(self, code: str, trade: str = "") -> None:
        """Somebody else, or a guard, traded the code, or what was taken for that was claimed."""
        self._beside.setdefault(code, set()).add(trade)

    def given_back(self, trade: str, volume: int) -> int:
        """So much at most a grid may have again of what it lost by a sale that was its own after all."""
        return min(volume, self._cut.pop(trade, 0))

    def step_ended(self, day: "CheckedDay") -> None:
        """Where the program had to guess, what it says counts; a guess must never give a grid more than it bought."""
        for code, trades in self._beside.items():
            self._less_held(day, code, trades)
        self._beside.clear()
        while self._guessed:
            code = self._guessed.pop()
            book, own = day.state.grids.get(code), day.allotment(code)
            has = own_of(book)
            if has is None or own.armed_at != (book.armed_at if book else 0):
                continue
            if has > own.held and not day.foreign:
                day.fail("I2", f"the grid of {code} takes {has} for its own, it has {own.held}")
            own.held, own.guessed = has, True

    def _less_held(self, day: "CheckedDay", code: str, trades: set[str]) -> None:
        """A grid may have lost shares to others by this, and never has more for it; pairs begin anew."""
        book, own = day.state.grids.get(code), day.allotment(code)
        has = own_of(book)
        if book is None or has is None or own.armed_at != book.armed_at or has == own.held:
            return
        if has > own.held:
            day.fail("I2", f"the grid of {code} takes {has} for its own, it has {own.held}")
        self._cut |= dict.fromkeys(trades, own.held - has)
        own.held, own.guessed, own.cut_at = has, True, day.at
        own.lots.clear()
