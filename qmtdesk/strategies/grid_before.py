"""What a new start goes on with of the grid before it: its lots at what they cost, and what the day came to."""

from msgspec import Struct

from qmtdesk.domain.money import round_half_up
from qmtdesk.strategies.grid_state import NO_EARLIER, Earlier, Grid, summary
from qmtdesk.strategies.rolling_state import Rolling
from qmtdesk.strategies.rolling_state import summary as pair_summary


class Before(Struct, frozen=True):
    """The grid before: what it holds and the 厘 paid for that, whether those figures are exact, and its day's."""

    held: int = 0
    paid: int = 0
    exact: bool = True
    earlier: Earlier = NO_EARLIER

    def cost_of(self, volume: int, cost: int) -> int:
        """厘 paid for an adopted volume: the grid's own lots first, at their average, then others at `cost` each."""
        own = min(volume, self.held)
        return (round_half_up(self.paid * own, self.held) if own else 0) + (volume - own) * cost

    def exact_with(self, volume: int, *, known: bool) -> bool:
        """Whether figures that begin with that volume are exact; `known`: the cost of what is no lot of the grid's."""
        goes_on = min(volume, self.held) > 0 or self.earlier != NO_EARLIER
        return (known or volume <= self.held) and (self.exact or not goes_on)


NOTHING_BEFORE = Before()


def before_of(part: Grid | Rolling, day: str) -> Before:
    """What a start on that day goes on with; figures of another day are over."""
    sums = summary(part, 0) if isinstance(part, Grid) else pair_summary(part, 0)
    earlier = Earlier(sums.trips_today, sums.realised_today, sums.fees_today) if part.day == day else NO_EARLIER
    return Before(sums.held, sums.cash_used, part.exact, earlier)
