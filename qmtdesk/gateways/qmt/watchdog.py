"""When silence on the quote link is doubted: a pure rule that counts trading time only and grows patient."""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.sessions import phase_at

FIRST_MS = 20_000
"""Of all subscribed codes not one new snapshot: liquid codes have one every three seconds."""
LONGEST_MS = 300_000
"""Few and illiquid codes are silent for minutes; a link that was proved to live is not doubted every moment."""


class Doubt(str, Enum):
    """What to do about the silence."""

    NONE = "none"
    SUBSCRIBE = "subscribe"
    RECONNECT = "reconnect"


class Quiet(Struct, frozen=True):
    """Since when (Unix ms) nothing new came, how long that is borne, and whether a new subscription was tried.

    `heard`: when the newest snapshot came, or the looking began; 0 after a break. What is tried moves `since` alone.
    """

    since: int = 0
    patience: int = FIRST_MS
    tried: bool = False
    heard: int = 0


def trading(codes: Iterable[str], now: int) -> bool:
    """Whether any of them is in continuous trading, so that something should come."""
    return any(_continuous(code, now) for code in codes)


def _continuous(code: str, now: int) -> bool:
    try:
        return phase_at(classify(code), now).continuous
    except UnknownCodeError:
        return False


def heard(quiet: Quiet, at: int) -> Quiet:
    """A snapshot newer than all before it came. What it shows to be these codes' habit is no reason for doubt again."""
    lull = at - quiet.heard if quiet.heard else 0
    patience = max(FIRST_MS, quiet.patience // 2, min(lull, LONGEST_MS))
    return Quiet(at, patience, heard=at)


def looked(quiet: Quiet, at: int, *, trading: bool) -> tuple[Quiet, Doubt]:
    """The state after a look at it. Lunch, auctions and nights are no silence; first subscribe anew, then reconnect."""
    if not trading:
        return Quiet(at), Doubt.NONE
    if not quiet.since or at < quiet.since:
        return Quiet(at, quiet.patience, quiet.tried, at), Doubt.NONE
    if at - quiet.since <= quiet.patience:
        return quiet, Doubt.NONE
    if not quiet.tried:
        return Quiet(at, quiet.patience, tried=True, heard=quiet.heard), Doubt.SUBSCRIBE
    return Quiet(at, min(quiet.patience * 2, LONGEST_MS), heard=quiet.heard), Doubt.RECONNECT
