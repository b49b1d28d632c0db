"""What goes wrong between xtquant and the terminal; set from a test at any time."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class TerminalFaults:
    """Switches. Counts are used up one by one, sets and flags stay until they are taken back.

    `hang_calls` names native calls that never return: connect, stop, order, cancel, asset, orders, trades, positions,
    infos, status, issues, subscribe. `silent` names requests that are taken and never answered. `none` names queries
    answered with None, `empty` those answered with an empty list.
    """

    connect_fails: int = 0
    refuse_subscribe: bool = False
    hang_calls: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    none: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    lose_orders: int = 0
    """Orders that never reach the counter; nothing is ever said of them."""
    lose_answers: int = 0
    """Async answers that never arrive, though the order is live."""
    late_answers: int = 0
    """Answers that arrive after the pushes of their order."""
    minus_one: int = 0
    """Answers with order id -1 although the order is live."""
    bounce: int = 0
    """Answers with order id -1, an error and no order at all."""
    error_first: bool = False
    """The error of a bounced order comes before its answer."""
    error_twice: bool = False
    trades_twice: bool = False
    trade_before_order: bool = False
    replay_at_connect: bool = False
    remark_length: int = -1
    """The counter keeps so many characters of a remark; -1: all of them."""
    remark_gone: bool = False
    odd_status: int = 0
    """Order rows show this status number instead of their own; 0: their own."""
    poison: set[str] = field(default_factory=set)
    """Kinds (order, trade, error) whose next push is a record that cannot be read."""
    without: set[str] = field(default_factory=set)
    """Fields that this client's records do not have."""
    changed: dict[str, Any] = field(default_factory=dict)
    """Fields of order and trade records that show something else, say a NaN price or a text as volume."""
    other_account: str = ""
    """Every push comes a second time in the name of this account."""
    time_form: str = "s"
    """How times are told: s, ms, hhmmss, full."""
    quotes_up: bool = True
    frozen: bool = False
    """The quote link stands, and nothing comes."""
    quiet_codes: set[str] = field(default_factory=set)
    bad_ticks: int = 0
    """Snapshots that are garbage: no price, texts for numbers, missing lists."""
    cb_right: bool = True
    sector_empty: bool = False
    """The bond sector is empty until the sectors are fetched."""
    fetch_fails: bool = False
    """Fetching the sectors changes nothing."""
    details_missing: set[str] = field(default_factory=set)
    level2: str = "refused"
    """The right to Level-2: refused (-1), raises, silent (a number and nothing else), or granted: lots, shares."""
    level2_late_ms: int = 0
    """Its rows are so much older than the snapshots beside them."""
    level2_changed: dict[str, Any] = field(default_factory=dict)
    """Fields of its rows that show something else."""
    page_of: str = ""
    """The list is still of this day, YYYYMMDD, with its closes and no limits; "": of today."""
    more_types: dict[int, int] = field(default_factory=dict)
    """Other types under which the terminal lists its first account as well, and its status there."""
    status_lost: bool = False
    """Changes of an account's status are not pushed."""
    rows_changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of these questions (orders, trades, positions), fields of the rows answered that show something else."""
    ahead_ms: dict[str, int] = field(default_factory=dict)
    """Of these codes, how far ahead the next snapshot is stamped; used up by it."""
    details_changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of these codes, fields of the detail that show something else."""
    last_close: dict[str, float] = field(default_factory=dict)
    """Of these codes, what snapshots show of the previous close."""
    told_limit_off: int = 0
    """厘 by which the told upper limit is wrong."""

    def use(self, name: str) -> bool:
        """Use one of a count up; False when it is spent."""
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True
