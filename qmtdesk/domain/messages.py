"""Everything that can happen to the engine, and everything it can want: two closed unions."""

from msgspec import Struct

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import Fill, Owner, Side
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.quote import Quote

# --- what happened: from the market and the broker


class Quoted(Struct, frozen=True):
    """A snapshot arrived."""

    quote: Quote


class DayOpened(Struct, frozen=True):
    """A trading day began (ISO day) with these instruments; also sent at start. Terms may be empty."""

    day: str
    instruments: tuple[Instrument, ...]
    terms: tuple[BondTerms, ...] = ()


class SubmitAnswered(Struct, frozen=True):
    """The gateway gave our order a counter id; it may come after the first push or fill."""

    ref: str
    broker_id: str


class SubmitRefused(Struct, frozen=True):
    """Surely not placed: it never reached the book. `text` is the counter's own words.

    `by_link`: no word of the counter's but the gateway's own, whose way there was lost or too slow; it did not leave.
    """

    ref: str
    text: str
    by_link: bool = False


class SubmitUnknown(Struct, frozen=True):
    """Nobody can tell whether it was placed."""

    ref: str
    text: str


class CancelRefused(Struct, frozen=True):
    """The counter would not cancel; the order stands as it stood, or is done already."""

    broker_id: str
    text: str


class OrderReported(Struct, frozen=True):
    """A push about one order, ours or not, in any order and any number of times. `account`: see `LinkChanged`."""

    order: BrokerOrder
    account: str = ""


class FillReported(Struct, frozen=True):
    """A push about one trade, ours or not, in any order and any number of times."""

    fill: Fill
    account: str = ""


class AccountReported(Struct, frozen=True):
    """A query was answered, completely. Counts as reconciliation when it was asked after the doubt began."""

    request: int
    report: AccountReport
    account: str = ""


class AccountStatusTold(Struct, frozen=True):
    """How the account stands at the counter, by its number (see `AccountStatus`); told again after each LinkChanged."""

    number: int
    account: str = ""


class ReportFailed(Struct, frozen=True):
    """A query was not answered. It says nothing about the account."""

    request: int
    text: str


class LinkChanged(Struct, frozen=True):
    """The connection to the broker came up or went down.

    `account` is a short key of the account this connection trades, never its number; '' where there is only one. What
    is told of any other key is somebody else's. `lost` is False where the link stands, and all is to be asked again.
    """

    up: bool
    text: str = ""
    account: str = ""
    lost: bool = True


class TimePassed(Struct, frozen=True):
    """Nothing but time: sent about every second of market time."""


class SpeedChanged(Struct, frozen=True):
    """The market's clock now runs this many times as fast as the wall clock of the user, 1 when live."""

    speed: int


class ClockJumped(Struct, frozen=True):
    """The trader slept, stood still, or the wall clock was set: this much time (ms) is not accounted for."""

    gap_ms: int


class JournalSetAside(Struct, frozen=True):
    """The journal was damaged and a fresh one begun; `text` names where the old one is kept.

    `missing`: nothing was left of it that could be kept.
    """

    text: str
    missing: bool = False


class SettingsRead(Struct, frozen=True):
    """How the settings file was understood at this start: `fault` is '' or one word for what is wrong with it.

    `file` names it, `key` the place in it, `value` what stands there.
    """

    fault: str = ""
    file: str = ""
    key: str = ""
    value: str = ""


class Installed(Struct, frozen=True):
    """What tells this installation's orders from those of any other: a few letters, decided once."""

    prefix: str


class GatewaySilent(Struct, frozen=True):
    """A question has been without an answer for so long (ms of real time) that whoever should answer hangs."""

    waited_ms: int


# --- what happened: the user's words


class ArmGrid(Struct, frozen=True):
    """Start a grid as planned."""

    plan: GridPlan


class DisarmGrid(Struct, frozen=True):
    """Stop the grid of a code. `day`: the one a sale was asked for on, '' today; on another one it sells nothing."""

    code: str
    how: StopHow
    day: str = ""


class SetSellOnly(Struct, frozen=True):
    """Wind a grid down (只卖不买), or take that back."""

    code: str
    on: bool


class PauseGap(Struct, frozen=True):
    """Leave one gap of a grid alone, or take that back."""

    code: str
    gap: int
    on: bool


class ArmGuard(Struct, frozen=True):
    """Guard a holding as planned (布防)."""

    plan: GuardPlan


class DisarmGuard(Struct, frozen=True):
    """Stop guarding a code (撤防)."""

    code: str


class SetThreshold(Struct, frozen=True):
    """Change R1's threshold (厘) of an armed guard."""

    code: str
    threshold: int


class AnswerAsk(Struct, frozen=True):
    """The user's answer to one confirm-sell question."""

    code: str
    ask: int
    sell: bool


class WatchStock(Struct, frozen=True):
    """Put a code on the limit-up watchlist, or take it off."""

    code: str
    on: bool


class SetMaster(Struct, frozen=True):
    """The master switch."""

    on: bool


class Kill(Struct, frozen=True):
    """全部停止. `by` says what pressed it: button, key, file, loss; `found` which file it was."""

    by: str
    found: str = ""


class LiftKill(Struct, frozen=True):
    """Take the kill switch back, by hand."""


class CancelOne(Struct, frozen=True):
    """Cancel one own order by ref."""

    ref: str


class DecideUnknown(Struct, frozen=True):
    """The user looked at the terminal: the doubtful order is not there, or is the one under that counter's number."""

    ref: str
    broker_id: str = ""


class Release(Struct, frozen=True):
    """Let a suspended code trade again; '' takes back what was suspended as a whole."""

    code: str


class AskNow(Struct, frozen=True):
    """Ask the broker about everything at once, not only on the next beat."""


class ClearRow(Struct, frozen=True):
    """One holding confirmed for sale: at most this volume, never below `floor` (厘)."""

    code: str
    volume: int
    floor: int


class ClearHoldings(Struct, frozen=True):
    """清理: sell these, all or none of them accepted. `whole`: also what qmtdesk did not buy.

    The trader makes it of rows it proposed itself; no desk can.
    """

    rows: tuple[ClearRow, ...]
    whole: bool = False


class StopClearing(Struct, frozen=True):
    """End the clearing of a code, '' of all; its order is cancelled."""

    code: str = ""


class PlaceTrial(Struct, frozen=True):
    """Place the trial's one order: a least lot bought so far away that it cannot fill."""

    code: str


class ConfirmLive(Struct, frozen=True):
    """The word the user typed so that real money may move in this run; the trader passes it on, no desk can."""

    word: str


MarketEvent = (
    Quoted
    | DayOpened
    | TimePassed
    | SpeedChanged
    | ClockJumped
    | JournalSetAside
    | SettingsRead
    | Installed
    | GatewaySilent
)
BrokerEvent = (
    SubmitAnswered
    | SubmitRefused
    | SubmitUnknown
    | CancelRefused
    | OrderReported
    | FillReported
    | AccountReported
    | AccountStatusTold
    | ReportFailed
    | LinkChanged
)
UserEvent = (
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
    | ClearHoldings
    | StopClearing
    | PlaceTrial
    | ConfirmLive
)
Event = MarketEvent | BrokerEvent | UserEvent


# --- what is wanted


class Place(Struct, frozen=True):
    """Send this limit order. Price 厘, volume 股 / 张."""

    ref: str
    code: str
    side: Side
    price: int
    volume: int
    owner: Owner


class Cancel(Struct, frozen=True):
    """Ask the counter to cancel; only a later event says it happened."""

    ref: str
    broker_id: str


class Query(Struct, frozen=True):
    """Ask for a complete account report."""

    request: int


Intent = Place | Cancel | Query
