"""One instrument's trading day, snapshot by snapshot, as plain columns."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

MORNING_SLOTS = 2400
AFTERNOON_SLOTS = 2340
UNTIL_THREE_SLOTS = 2400
SLOT_MS = 3000


@dataclass(frozen=True, slots=True)
class Tape:
    """Row 0 is the print of the opening auction, the last row the close, one row per 3-second slot between.

    Prices 厘; `volume` and `amount` since the open; `seal` is what stands on a sealed limit-up, 0 when it is not
    sealed. `flow` is the usual volume of one snapshot, from which the book's depth is taken.
    """

    last: list[int]
    volume: list[int]
    amount: list[int]
    high: list[int]
    low: list[int]
    seal: list[int]
    flow: int

    @property
    def open(self) -> int:
        """The opening price."""
        return self.last[0]


def tape_of(last: list[int], traded: list[int], seal: list[int], flow: int) -> Tape:
    """The tape of these prices and of the volume traded in each row; a snapshot's volume trades at its mean price."""
    middle = [last[0], *((now + before) // 2 for before, now in pairwise(last))]
    return Tape(
        last=last,
        volume=list(accumulate(traded)),
        amount=list(accumulate(price * volume for price, volume in zip(middle, traded, strict=True))),
        high=list(accumulate(last, max)),
        low=list(accumulate(last, min)),
        seal=seal,
        flow=flow,
    )
