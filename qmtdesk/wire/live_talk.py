"""What desk and trader say about real trading: how the terminal stands, what is looked at, and the word that goes live.

Times are Unix ms of the market's clock, 0 for never.
"""

import msgspec

from qmtdesk.domain.reason import Reason


class LiveMessage(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """Base of these messages."""


class HealthRow(LiveMessage, frozen=True, tag=14):
    """The two connections of a live trader. One row; key ''; there is none on paper and in a replay.

    `trade_stage`: closed | connecting | up | hung. `quotes_stage`: closed | up | hung. The texts are why it is not
    up, in the terminal's own words; while quotes are up, why the day's list is not whole. `unanswered` is why the
    newest question about the account had no answer. `status` is the account's (see `domain.account.AccountStatus`),
    `accounts` how many the terminal is logged in to, `connects` how often the connection came up, `failures` tries in
    vain since it was last up, `hung` calls that never returned, `unread` and `bad` records and snapshots that made no
    sense.
    `level2_stage`: '' (nothing to ask for) | waiting | on | refused | silent | unclear | hung. `level2_bad` counts what
    of it made no sense.
    """

    trade_stage: str = "closed"
    trade_text: str = ""
    trade_since: int = 0
    answered_at: int = 0
    connects: int = 0
    failures: int = 0
    next_try_at: int = 0
    status: int = 0
    accounts: int = 0
    hung: int = 0
    unread: int = 0
    quotes_stage: str = "closed"
    quotes_text: str = ""
    quotes_since: int = 0
    tick_at: int = 0
    subscribed: int = 0
    reconnects: int = 0
    bad: int = 0
    strays: int = 0
    level2_stage: str = ""
    level2_text: str = ""
    level2_codes: int = 0
    level2_bad: int = 0
    unanswered: str = ""


class FoundRow(LiveMessage, frozen=True, tag=15):
    """What the terminal tells otherwise than the rules say, by code, and what one volume of a bond was found to be.

    One row; key ''. A difference is (code, in the gateway's words, as a reason where it keeps a guard off).
    """

    differences: tuple[tuple[str, str, Reason | None], ...] = ()
    units: tuple[tuple[str, int], ...] = ()


class TrialRow(LiveMessage, frozen=True, tag=16):
    """How the trial of a first live day stands. One row; key ''; `step` is '' while there is none.

    `step`: see `engine.trial.step_of`. `price` (厘) and `volume` are of its order, before it left those it would have.
    `findings` are (assumption, ok | other | none, numbers); `report` is where the report lies.
    """

    step: str = ""
    code: str = ""
    last: int = 0
    price: int = 0
    volume: int = 0
    ref: str = ""
    since: int = 0
    findings: tuple[tuple[str, str, str], ...] = ()
    report: str = ""


class TrialWish(LiveMessage, frozen=True, tag=83):
    """Go on with the trial.

    `what`: begin (with `code`) | same | other (assets, as the user sees them) | order | cancel | closing (QMT is being
    closed now) | skip | report | end.
    """

    what: str
    code: str = ""


class Looking(LiveMessage, frozen=True, tag=80):
    """These codes are on the desk's screen now, and no others."""

    codes: tuple[str, ...]


class GoLive(LiveMessage, frozen=True, tag=81):
    """The word the user typed. `reported`: he says that program trading was reported to the broker."""

    word: str
    reported: bool


class MakeBundle(LiveMessage, frozen=True, tag=82):
    """Put together what whoever helps needs to see; the answer names the file."""


LiveWish = Looking | GoLive | MakeBundle | TrialWish
