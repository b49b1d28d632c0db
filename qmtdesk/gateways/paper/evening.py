"""When a paper world that was found late in its day may go on next morning."""

from collections.abc import Sequence
from datetime import date

from qmtdesk.domain.messages import AccountReported, Event

HEARD_S = 1.0


class Evening:
    """The last minutes of a day into which a trader was started.

    Little happens in them, so they are cut short; but the broker answers for a day only while it lasts, and whoever
    was killed may not have written down what it was told. So the trader is answered first, and the next morning comes
    when it asks again: by then it has heard that answer.
    """

    def __init__(self, day: date) -> None:
        self._day = day
        self._told_at = 0.0

    def over(self, day: date, told: Sequence[tuple[int, Event]], asked_at: float, now: float) -> bool:
        """Whether the day is done with, after these events were told; `asked_at` and `now` in s of steady time."""
        if day != self._day:
            # it ended by itself, and told everything on the way
            return False
        if not self._told_at:
            if any(isinstance(event, AccountReported) for _, event in told):
                self._told_at = now
            return False
        return asked_at >= self._told_at + HEARD_S
