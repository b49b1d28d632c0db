"""The conversation between desk and trader: greetings, batches, commands and their answers."""

import msgspec

from qmtdesk.domain.messages import (
    AnswerAsk,
    ArmGrid,
    ArmGuard,
    AskNow,
    CancelOne,
    DecideUnknown,
    DisarmGrid,
    DisarmGuard,
    Kill,
    LiftKill,
    PauseGap,
    PlaceTrial,
    Release,
    SetMaster,
    SetSellOnly,
    SetThreshold,
    StopClearing,
    WatchStock,
)
from qmtdesk.domain.plans import GridPlan, GuardPlan
from qmtdesk.domain.reason import Reason
from qmtdesk.wire.bond_talk import BondListAnswer, BondListWish, ReadBondList, TypeBond
from qmtdesk.wire.clear_talk import ClearList, ClearRows, KeepWhole, ListClear
from qmtdesk.wire.live_talk import GoLive, Looking, MakeBundle, TrialWish
from qmtdesk.wire.rows import AnyRow

PROTOCOL = 3


class Message(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of all messages."""


# --- frozen for ever: old and new versions must be able to tell each other apart


class Hello(Message, frozen=True, tag=1):
    """Desk to trader, first message after the handshake. `role`: desk | raise | stop."""

    proto: int
    role: str
    pid: int
    version: str


class Welcome(Message, frozen=True, tag=2):
    """Trader to desk: attached. `boot` names this run of the trader; sequence numbers count within it."""

    proto: int
    boot: str
    pid: int
    version: str


class Refuse(Message, frozen=True, tag=3):
    """Trader to desk: not attached, and why (protocol | armed | busy)."""

    proto: int
    why: str


class Stop(Message, frozen=True, tag=4):
    """Desk to trader: end. Without `force` a trader with something armed refuses."""

    force: bool = False


# --- trader to desk


class Gone(Message, frozen=True, tag=20):
    """The row of that table (its tag) and key is no more."""

    table: int
    key: str


class Page(Message, frozen=True, tag=21):
    """A part of the snapshot; the last page says so and carries the number its state is of."""

    boot: str
    seq: int
    first: bool
    last: bool
    rows: tuple[AnyRow, ...]


class Batch(Message, frozen=True, tag=22):
    """Numbered changes seq = first, first + 1 …, and the newest quotes, which have no number."""

    boot: str
    first: int
    changes: tuple[AnyRow | Gone, ...]
    quotes: tuple[AnyRow, ...]


class Beat(Message, frozen=True, tag=23):
    """Each half second: alive. `lag_us` is how late the decision thread runs."""

    boot: str
    seq: int
    clock: int
    lag_us: int


class Ack(Message, frozen=True, tag=24):
    """Answer to one command, after it was journaled. `reason` says why not, or what was done."""

    id: int
    ok: bool
    seq: int
    reason: Reason | None = None


class Series(Message, frozen=True, tag=25):
    """History for the charts. `points` are (time, price) or, for seals, (time, amount in 厘 or -1)."""

    id: int
    code: str
    what: str
    points: tuple[tuple[int, int], ...]


class Check(Message, frozen=True):
    """One line of a preview's checklist. `level`: ok | warn | refuse."""

    level: str
    reason: Reason


class PreviewOrder(Message, frozen=True):
    """An order that would go out: now, or after the first buy."""

    side: str
    price: int
    volume: int
    level: int
    first: bool
    after_first: bool


class GridPreview(Message, frozen=True, tag=26):
    """What arming this grid would do. Levels from highest to lowest: (no, price, volume bought there, cash so far).

    `skipped` are levels above `cap_level` that a cap leaves out. `symbol_cap` is the most the risk limits let one code
    bind, 厘; 0 for no limit. `at_limit`: the day's lower limit ends the fall from `last` at `worst_price`.
    """

    id: int
    ok: bool
    base: int
    unit: int
    first_volume: int
    first_price: int
    adopted: int
    base_holding: int
    levels_up: int
    levels_down: int
    levels: tuple[tuple[int, int, int, int], ...]
    cap_level: int
    cash_full: int
    cash_live: int
    cash: int
    worst_loss: int
    worst_price: int
    trip_net: int
    trip_fee: int
    orders: tuple[PreviewOrder, ...]
    checks: tuple[Check, ...]
    symbol_cap: int = 0
    skipped: tuple[int, ...] = ()
    last: int = 0
    most: int = 0
    at_limit: bool = False


class GuardPreview(Message, frozen=True, tag=27):
    """What arming this guard would do. `fires`: sell | ask | alert, '' when no rule would fire at once.

    `exact_cancels`: Level-2 tells cancelled buys; `gross_bp`: R5's share, or −1. `threshold` (厘): R1's at this time.
    """

    id: int
    ok: bool
    fires: str
    board: str
    seal: int
    bid1: int
    bid1_lots: int
    volume: int
    t1_volume: int
    price: int
    limit_up: int
    told_up: int
    checks: tuple[Check, ...]
    shadow: tuple[tuple[str, int], ...] = ()
    exact_cancels: bool = False
    gross_bp: int = -1
    threshold: int = 0


class Raise(Message, frozen=True, tag=28):
    """Another start of the program asks this desk to come to the front."""


FromTrader = (
    Welcome
    | Refuse
    | Page
    | Batch
    | Beat
    | Ack
    | Series
    | GridPreview
    | GuardPreview
    | BondListAnswer
    | ClearList
    | Raise
)


# --- desk to trader


class AskSeries(Message, frozen=True, tag=40):
    """Give me the history of a code. `what`: price | seal."""

    code: str
    what: str


class PreviewGrid(Message, frozen=True, tag=41):
    """What would this grid do?"""

    plan: GridPlan


class PreviewGuard(Message, frozen=True, tag=42):
    """What would this guard do?"""

    plan: GuardPlan


class WatchCode(Message, frozen=True, tag=43):
    """Put a stock on the watchlist, or take it off."""

    code: str
    on: bool


class PaperClock(Message, frozen=True, tag=44):
    """Paper only: set the speed (1–60), or jump to a minute after midnight (0 = no jump)."""

    speed: int
    jump_minute: int = 0


class Demo(Message, frozen=True, tag=45):
    """Paper only: arm three grids and five guards to look at."""


class Act(Message, frozen=True, tag=46):
    """A user event for the engine, by name, its fields as JSON of the dataclass of that name."""

    name: str
    body: bytes


class OnExit(Message, frozen=True, tag=50):
    """What becomes of own orders when the trader is told to end: cancelled, or left on the book. Kept until changed."""

    cancel: bool


Body = (
    AskSeries
    | PreviewGrid
    | PreviewGuard
    | WatchCode
    | PaperClock
    | Demo
    | Act
    | OnExit
    | ReadBondList
    | BondListWish
    | TypeBond
    | Looking
    | GoLive
    | MakeBundle
    | TrialWish
    | ListClear
    | ClearRows
    | KeepWhole
)


class Command(Message, frozen=True, tag=60):
    """One numbered request; repeated with the same id it is done once.

    `asked` is when the user asked: ms of the clock that counts since this computer began (`time.monotonic_ns`), the
    same for every process of it; 0 where nobody says.
    """

    id: int
    asked: int
    body: Body


class Resync(Message, frozen=True, tag=61):
    """The desk missed something: send the snapshot again."""

    have: int


UserAct = (
    ArmGrid
    | DisarmGrid
    | SetSellOnly
    | PauseGap
    | ArmGuard
    | DisarmGuard
    | SetThreshold
    | AnswerAsk
    | WatchStock
    | SetMaster
    | Kill
    | LiftKill
    | CancelOne
    | DecideUnknown
    | Release
    | AskNow
    | PlaceTrial
    | StopClearing
)
ACTS: dict[str, type] = {cls.__name__: cls for cls in UserAct.__args__}


def act(event: UserAct) -> Act:
    """A user event made ready for the pipe."""
    return Act(type(event).__name__, msgspec.json.encode(event))


def event_of(message: Act) -> UserAct:
    """The user event in a message; msgspec.ValidationError or KeyError names what is wrong with it."""
    event: UserAct = msgspec.json.decode(message.body, type=ACTS[message.name])
    return event
