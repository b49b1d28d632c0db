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
    """Since when (Unix ms) nothing new came, how long that is borne, and whether a new subscription was tried."""

    since: int = 0
    patience: int = FIRST_MS
    tried: bool = False


def trading(codes: Iterable[str], now: int) -> bool:
    """Whether any of them is in continuous trading, so that something should come."""
    return any(_continuous(code, now) for code in codes)


def _continuous(code: str, now: int) -> bool:
    try:
        return phase_at(classify(code), now).continuous
    except UnknownCodeError:
        return False


def heard(at: int) -> Quiet:
    """A snapshot newer than all before it came."""
    return Quiet(at)


def looked(quiet: Quiet, at: int, *, trading: bool) -> tuple[Quiet, Doubt]:
    """The state after a look at it. Lunch, auctions and nights are no silence; first subscribe anew, then reconnect."""
    if not trading:
        return Quiet(at), Doubt.NONE
    if not quiet.since or at < quiet.since:
        return Quiet(at, quiet.patience, quiet.tried), Doubt.NONE
    if at - quiet.since <= quiet.patience:
        return quiet, Doubt.NONE
    if not quiet.tried:
        return Quiet(at, quiet.patience, tried=True), Doubt.SUBSCRIBE
    return Quiet(at, min(quiet.patience * 2, LONGEST_MS)), Doubt.RECONNECT
