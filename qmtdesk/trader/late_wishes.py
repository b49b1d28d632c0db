"""A wish from when no trader answered: what starts or sells is not done minutes later, what stops always is."""

from time import monotonic_ns

from qmtdesk.domain.messages import (
    AnswerAsk,
    ArmGrid,
    ArmGuard,
    DecideUnknown,
    DisarmGrid,
    LiftKill,
    PauseGap,
    PlaceTrial,
    Release,
    SetMaster,
    SetSellOnly,
    SetThreshold,
)
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.clear_talk import ClearRows
from qmtdesk.wire.live_talk import GoLive, TrialWish
from qmtdesk.wire.talk import Act, Body, Command, Demo, event_of

LATE_MS = 10_000
"""A trader that fell is back within two seconds; one that is still reading its journal or was frozen is not."""


def too_late(command: Command, now_ns: int = 0) -> Reason | None:
    """Why the command is not carried out any more: WISH_LATE, None where it may be.

    It was decided on prices of `command.asked`; both processes read one clock that counts since this computer began.
    ValueError, KeyError or msgspec.ValidationError for a body that makes no sense.
    """
    age_ms = (now_ns or monotonic_ns()) // 1_000_000 - command.asked
    if not command.asked or age_ms <= LATE_MS or not _depends_on_the_moment(command.body):
        return None
    return because(Why.WISH_LATE, age_ms=age_ms, **_code_of(command.body))


def _code_of(body: Body) -> dict[str, str]:
    """What the user is told it was about, where it was about one code."""
    event = event_of(body) if isinstance(body, Act) else body
    code = getattr(getattr(event, "plan", event), "code", "")
    return {"code": code} if code else {}


def _depends_on_the_moment(body: Body) -> bool:
    match body:
        case Act():
            return _trades(body)
        case Demo() | GoLive() | ClearRows():
            return True
        case TrialWish(what=what):
            return what == "order"
        case _:
            return False


def _trades(body: Act) -> bool:
    match event_of(body):
        case DisarmGrid(how=how):
            return how is StopHow.SELL
        case SetSellOnly(on=on) | PauseGap(on=on):
            return not on
        case SetMaster(on=on):
            return on
        case AnswerAsk(sell=sell):
            return sell
        case ArmGrid() | ArmGuard() | SetThreshold() | LiftKill() | DecideUnknown() | Release() | PlaceTrial():
            return True
        case _:
            return False
