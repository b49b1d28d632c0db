"""When a connection that answers no question about the account is given up: a pure rule that grows patient."""

from msgspec import Struct

from qmtdesk.domain.calendar import is_trading_day
from qmtdesk.domain.sessions import at_of, shanghai_day

FIRST_MS = 60_000
LONGEST_MS = 960_000
"""A counter that is down for a while is not helped by ever new connections."""
OPENS, CLOSES = (9, 15), (15, 0)


class Unanswered(Struct, frozen=True):
    """Since when (Unix ms, 0: not at all) every question of this connection failed at once, and how long that is borne.

    A question whose call does not come back is told as a hang and ends its connection by itself.
    """

    generation: int = 0
    since: int = 0
    patience: int = FIRST_MS


def answered(state: Unanswered) -> Unanswered:
    """It lives; patience goes as it came, for an answer now and then is no sound connection."""
    return Unanswered(state.generation, 0, max(FIRST_MS, state.patience // 2))


def failed(state: Unanswered, generation: int, at: int) -> tuple[Unanswered, bool]:
    """The state after one more failure, and whether the connection is of no more use."""
    if generation != state.generation or not state.since or at < state.since or not _trading(at):
        return Unanswered(generation, at, state.patience), False
    if at - state.since < state.patience:
        return state, False
    return Unanswered(generation, at, min(state.patience * 2, LONGEST_MS)), True


def _trading(at: int) -> bool:
    day = shanghai_day(at)
    return is_trading_day(day) and at_of(day, *OPENS) <= at < at_of(day, *CLOSES)
