"""How the two connections stand, for lamps and reports."""

from msgspec import Struct


class TradingHealth(Struct, frozen=True):
    """The trading side; times Unix ms, 0 for never. `stage` is closed, connecting, up or hung.

    `text` is why it is not up, in the loader's or terminal's own words; `unanswered` why the newest question about
    the account had no answer, '' when it had one.
    """

    stage: str = "closed"
    text: str = ""
    since: int = 0
    answered_at: int = 0
    connects: int = 0
    failures: int = 0
    next_try_at: int = 0
    status: int = 0
    accounts: int = 0
    hung: int = 0
    unread: int = 0
    unanswered: str = ""


class QuotesHealth(Struct, frozen=True):
    """The quote side. `silent_ms` is the age of the newest snapshot of any code."""

    stage: str = "closed"
    text: str = ""
    since: int = 0
    tick_at: int = 0
    subscribed: int = 0
    reconnects: int = 0
    bad: int = 0


class Level2Health(Struct, frozen=True):
    """The Level-2 supplement. `stage` is '' (nothing to ask for), waiting, on, refused, silent, unclear or hung.

    `subscribed` counts codes, `bad` rows that made no sense; `text` is why it is not on, in the layer's own words.
    """

    stage: str = ""
    text: str = ""
    subscribed: int = 0
    bad: int = 0


class Health(Struct, frozen=True):
    """All of it."""

    trading: TradingHealth = TradingHealth()
    quotes: QuotesHealth = QuotesHealth()
    level2: Level2Health = Level2Health()
