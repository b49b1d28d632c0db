"""What an instrument is: its market, kind and board, and what the day allows on it."""

from enum import Enum

from msgspec import Struct

from qmtdesk.domain.names import marks_of


class Market(str, Enum):
    """The exchange, as the suffix of a code."""

    SH = "SH"
    SZ = "SZ"
    BJ = "BJ"


class Kind(str, Enum):
    """What is traded."""

    STOCK = "stock"
    BOND = "bond"  # convertible bonds and public exchangeables
    FUND = "fund"


class Board(str, Enum):
    """Which rule book applies."""

    MAIN = "main"
    CHINEXT = "chinext"
    STAR = "star"
    BSE = "bse"
    BOND = "bond"
    FUND = "fund"


class Instrument(Struct, frozen=True):
    """One instrument on one trading day.

    Prices and `tick` in 厘. `lot` is the least volume bought and `step` the increment above it, in 股 / 张.
    `limit_up` / `limit_down` are the day's limits from our own rules, 0 = no limit; `told_up` / `told_down` what the
    feed says, 0 = it said nothing; so `told_tick` beside our own tick, and `told_close`, what the day's snapshots say
    of the previous close. `t_plus_one`: what is bought today cannot be sold today.
    """

    code: str
    name: str
    market: Market
    kind: Kind
    board: Board
    tick: int
    lot: int
    step: int
    t_plus_one: bool
    prev_close: int
    limit_up: int
    limit_down: int
    told_up: int = 0
    told_down: int = 0
    told_tick: int = 0
    told_close: int = 0

    @property
    def dying(self) -> bool:
        """Whether the day's name says that it leaves: a bond's last trading day, a delisting period."""
        marks = marks_of(self.name)
        return marks.leaving or (marks.last_day and self.kind is Kind.BOND)

    @property
    def limits_agree(self) -> bool:
        """Whether the feed's limits, where told, are ours."""
        return self.told_up in (0, self.limit_up) and self.told_down in (0, self.limit_down)

    @property
    def tick_agrees(self) -> bool:
        """Whether the feed's tick, where told, is ours."""
        return self.told_tick in (0, self.tick)

    @property
    def close_agrees(self) -> bool:
        """Whether what the limits were made of is what the snapshots, where they tell it, know as well."""
        return self.told_close in (0, self.prev_close)
