"""When to try the terminal again: a pure rule of delays, so that a closed terminal costs nothing and is found soon."""

from msgspec import Struct

from qmtdesk.domain.calendar import is_trading_day
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of, shanghai_day

FIRST_MS = 3_000
"""The terminal forgets a connection after some three seconds; sooner it may take the new one for the old."""
LONGEST_MS = 60_000
NIGHT_MS = 300_000
OPENS, CLOSES = (8, 30), (16, 0)
LEAST_ID, IDS = 100_000, 900_000
STEADY_MS = 30_000
"""A connection that was lost sooner counts as one more failure: somebody fights for it, or it only seems to work."""
TRIES = (4, 8)
MOST_TRIES = 16
"""After so many refusals, and so many more each time, the next id is taken: a refusal may mean that it is in use."""


class Attempts(Struct, frozen=True):
    """Attempts since the last connection that stood; times Unix ms. `ever` counts the session ids that were taken.

    `up_at` is since when the present connection stands, 0 while there is none. `spare`: nothing was ever heard under
    the newest id, so the next attempt may use it again; `refusals` is how often the terminal said no.
    """

    ever: int = 0
    failed: int = 0
    next_at: int = 0
    up_at: int = 0
    spare: bool = False
    refusals: int = 0


def due(attempts: Attempts, at: int) -> bool:
    """Whether it is time to try; a clock that was set back must not make it wait for hours."""
    return at >= attempts.next_at or attempts.next_at - at > NIGHT_MS


def begun(attempts: Attempts) -> Attempts:
    """An attempt begins; under a new id, unless the last one is as good as new: each leaves a file of 75 MB."""
    tried = replace(attempts, up_at=0, spare=False)
    return tried if attempts.spare else replace(tried, ever=attempts.ever + 1)


def missed(attempts: Attempts, at: int, *, refused: bool = False, spare: bool = False) -> Attempts:
    """It failed, or the connection was lost: the next one later, and later still, and seldom while no market is near.

    A user who starts the terminal in the evening waits five minutes at most. `refused`: by the terminal, under its id;
    `spare`: nothing was asked under it.
    """
    stood = bool(attempts.up_at) and at - attempts.up_at >= STEADY_MS
    failed = (0 if stood else attempts.failed) + 1
    delay = min(LONGEST_MS, FIRST_MS << min(failed - 1, 5))
    next_at = at + (delay if _near_market(at) else max(delay, _night(failed)))
    refusals = attempts.refusals + refused
    in_use = refusals in TRIES or not refusals % MOST_TRIES
    return Attempts(attempts.ever, failed, next_at, 0, spare or (refused and not in_use), refusals)


def worked(attempts: Attempts, at: int) -> Attempts:
    """It works: once it has stood for a while, the next loss begins with the shortest delay again."""
    return Attempts(attempts.ever, attempts.failed, 0, at)


def session_id(base: int, attempts: Attempts) -> int:
    """A number nothing was heard under in this run: a queue file left under an old one would replay old reports."""
    return LEAST_ID + (base + attempts.ever) % IDS


def _night(failed: int) -> int:
    # the first tries of an evening are still quick
    return NIGHT_MS if failed > 5 else 0


def _near_market(at: int) -> bool:
    day = shanghai_day(at)
    return is_trading_day(day) and at_of(day, *OPENS) <= at <= at_of(day, *CLOSES)
