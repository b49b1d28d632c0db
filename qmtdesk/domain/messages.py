"""Everything that can happen to the engine, and everything it can want: two closed unions."""

from dataclasses import dataclass

from qmtdesk.domain.account import AccountReport, BrokerOrder
from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.order import Fill, Owner, Side
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.quote import Quote

# --- what happened: from the market and the broker


@dataclass(frozen=True, slots=True)
class Quoted:
    """A snapshot arrived."""

    quote: Quote


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A trading day began (ISO day) with these instruments; also sent at start. Terms may be empty."""

    day: str
    instruments: tuple[Instrument, ...]
    terms: tuple[BondTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmitAnswered:
    """The gateway gave our order a counter id; it may come after the first push or fill."""

    ref: str
    broker_id: str


@dataclass(frozen=True, slots=True)
class SubmitRefused:
    """Surely not placed: it never reached the book. `text` is the counter's own words."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class SubmitUnknown:
    """Nobody can tell whether it was placed."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class CancelRefused:
    """The counter would not cancel; the order stands as it stood, or is done already."""

    broker_id: str
    text: str


@dataclass(frozen=True, slots=True)
class OrderReported:
    """A push about one order, ours or not, in any order and any number of times."""

    order: BrokerOrder


@dataclass(frozen=True, slots=True)
class FillReported:
    """A push about one trade, ours or not, in any order and any number of times."""

    fill: Fill


@dataclass(frozen=True, slots=True)
class AccountReported:
    """A query was answered, completely. Counts as reconciliation when it was asked after the doubt began."""

    request: int
    report: AccountReport


@dataclass(frozen=True, slots=True)
class ReportFailed:
    """A query was not answered. It says nothing about the account."""

    request: int
    text: str


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection to the broker came up or went down."""

    up: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time: sent about every second of market time."""


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The trader slept, stood still, or the wall clock was set: this much time (ms) is not accounted for."""

    gap_ms: int


@dataclass(frozen=True, slots=True)
class JournalSetAside:
    """The journal was damaged and a fresh one begun; `text` names where the old one is kept."""

    text: str


# --- what happened: the user's words


@dataclass(frozen=True, slots=True)
class ArmGrid:
    """Start a grid as planned."""

    plan: GridPlan


@dataclass(frozen=True, slots=True)
class DisarmGrid:
    """Stop the grid of a code."""

    code: str
    how: StopHow


@dataclass(frozen=True, slots=True)
class SetSellOnly:
    """Wind a grid down (只卖不买), or take that back."""

    code: str
    on: bool


@dataclass(frozen=True, slots=True)
class PauseGap:
    """Leave one gap of a grid alone, or take that back."""

    code: str
    gap: int
    on: bool


@dataclass(frozen=True, slots=True)
class ArmGuard:
    """Guard a holding as planned (布防)."""

    plan: GuardPlan


@dataclass(frozen=True, slots=True)
class DisarmGuard:
    """Stop guarding a code (撤防)."""

    code: str


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """Change R1's threshold (厘) of an armed guard."""

    code: str
    threshold: int


@dataclass(frozen=True, slots=True)
class AnswerAsk:
    """The user's answer to one confirm-sell question."""

    code: str
    ask: int
    sell: bool


@dataclass(frozen=True, slots=True)
class WatchStock:
    """Put a code on the limit-up watchlist, or take it off."""

    code: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetMaster:
    """The master switch."""

    on: bool


@dataclass(frozen=True, slots=True)
class Kill:
    """全部停止. `by` says what pressed it: button, key, file, loss."""

    by: str


@dataclass(frozen=True, slots=True)
class LiftKill:
    """Take the kill switch back, by hand."""


@dataclass(frozen=True, slots=True)
class CancelOne:
    """Cancel one own order by ref."""

    ref: str


@dataclass(frozen=True, slots=True)
class DecideUnknown:
    """The user looked at the terminal and says the doubtful order is not there."""

    ref: str


@dataclass(frozen=True, slots=True)
class Release:
    """Let a suspended code trade again; '' takes back what was suspended as a whole."""

    code: str


MarketEvent = Quoted | DayOpened | TimePassed | ClockJumped | JournalSetAside
BrokerEvent = (
    SubmitAnswered
    | SubmitRefused
    | SubmitUnknown
    | CancelRefused
    | OrderReported
    | FillReported
    | AccountReported
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
)
Event = MarketEvent | BrokerEvent | UserEvent


# --- what is wanted


@dataclass(frozen=True, slots=True)
class Place:
    """Send this limit order. Price 厘, volume 股 / 张."""

    ref: str
    code: str
    side: Side
    price: int
    volume: int
    owner: Owner


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ask the counter to cancel; only a later event says it happened."""

    ref: str
    broker_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """Ask for a complete account report."""

    request: int


Intent = Place | Cancel | Query
