"""What a user asks for when arming: the settings of a grid and of a guard."""

from dataclasses import dataclass
from enum import Enum


class BaseKind(str, Enum):
    """Where a lattice is anchored."""

    PREV_CLOSE = "prev_close"
    LAST = "last"
    COST = "cost"
    TYPED = "typed"


class Spacing(str, Enum):
    """How levels are spaced."""

    GEOMETRIC = "geometric"
    ARITHMETIC = "arithmetic"


class GridMode(str, Enum):
    """Which grid algorithm runs."""

    LATTICE = "lattice"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPlan:
    """A grid as the user set it up. Money 厘, ratios bp, volumes 张 / 股; 0 means "no limit" for caps and floors.

    `unit` 0 derives the unit from `amount` as the first buy does. `base_price` counts for BaseKind.TYPED only.
    """

    code: str
    mode: GridMode = GridMode.LATTICE
    base: BaseKind = BaseKind.PREV_CLOSE
    base_price: int = 0
    spacing: Spacing = Spacing.GEOMETRIC
    step_bp: int = 30
    range_bp: int = 2000
    amount: int = 20_000_000
    unit: int = 0
    live_per_side: int = 2
    hysteresis: int = 2
    max_position: int = 0
    min_position: int = 0
    cash_cap: int = 0
    lower_stop: int = 0
    sell_only: bool = False
    first_buy: bool = True
    adopt: int = 0
    keep_armed: bool = False
    auction_start: bool = True
    rolls_per_day: int = 0
    trail_bp: int = 0


class Readiness(str, Enum):
    """When rule R1 begins to count on a sealed board."""

    AUTO = "auto"
    ONCE = "once"
    ABOVE = "above"
    SNAPSHOTS = "snapshots"


class GuardAction(str, Enum):
    """What a firing rule does."""

    ALERT = "alert"
    ASK = "ask"
    SELL = "sell"


class RuleId(str, Enum):
    """The guard's rules, named as in the manual."""

    R1 = "r1"
    R2 = "r2"
    R3 = "r3"
    R4 = "r4"
    R5 = "r5"
    R6 = "r6"
    R7 = "r7"
    R8 = "r8"
    R11 = "r11"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetting:
    """One rule's switch. What `threshold`, `floor` and `window_ms` mean is said where the rule is computed.

    `gross`, of R5 alone: judge by all cancelled buys, whatever their price, where Level-2 tells them.
    """

    rule: RuleId
    on: bool = True
    threshold: int = 0
    floor: int = 0
    window_ms: int = 0
    confirm: int = 1
    action: GuardAction = GuardAction.SELL
    gross: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedThreshold:
    """R9: from `from_minute` (minutes after midnight, Shanghai) on, R1 uses this threshold (厘)."""

    from_minute: int
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPlan:
    """A guard as the user set it up. `threshold` is R1's, in 厘.

    `sell_volume` 0 = all that may be sold, -1 = half of it (whole lots), else a number of shares.
    `snapshots` counts for Readiness.SNAPSHOTS only.
    """

    code: str
    threshold: int = 20_000_000_000
    readiness: Readiness = Readiness.AUTO
    snapshots: int = 1
    confirm: int = 1
    action: GuardAction = GuardAction.SELL
    sell_volume: int = 0
    ask_timeout_ms: int = 15_000
    follow_up_ms: int = 3_000
    slippage_bp: int = 50
    closing_auction: bool = False
    keep_armed: bool = False
    rules: tuple[RuleSetting, ...] = ()
    timed: tuple[TimedThreshold, ...] = ()


class StopHow(str, Enum):
    """What a disarm does with what is left."""

    LEAVE = "leave"
    CANCEL = "cancel"
    SELL = "sell"
