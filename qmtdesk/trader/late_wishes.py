"""A wish from when no trader answered: what starts or sells is not done minutes later, what stops always is."""

from time import monotonic_ns

from qmtdesk.domain.messages import (
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
from qmtdesk.engine.books import State
from qmtdesk.wire.clear_talk import ClearRows
from qmtdesk.wire.live_talk import GoLive, TrialWish
from qmtdesk.wire.requests import LATE_MS
from qmtdesk.wire.talk import Act, Body, Command, Demo, event_of


def too_late(command: Command, now_ns: int = 0) -> Reason | None:
    """Why the command is not carried out any more: WISH_LATE, None where it may be.

    It was decided on prices of `command.asked`; both processes read one clock that counts since this computer began.
    ValueError, KeyError or msgspec.ValidationError for a body that makes no sense.
    """
    age_ms = (now_ns or monotonic_ns()) // 1_000_000 - command.asked
    if not command.asked or age_ms <= LATE_MS or not _depends_on_the_moment(command.body):
        return None
    return because(Why.WISH_LATE, age_ms=age_ms, **_code_of(command.body))


def stop_in(body: Body, state: State) -> DisarmGrid | None:
    """What is done all the same of a late wish to stop and sell: the stop of a grid that runs.

    One that was stopped before is left alone, and so is one below its lower stop: it sells already.
    """
    event = event_of(body) if isinstance(body, Act) else None
    book = state.grids.get(event.code) if isinstance(event, DisarmGrid) else None
    if book is None or not book.armed or (book.grid is not None and book.grid.stopped_low):
        return None
    return DisarmGrid(book.plan.code, StopHow.CANCEL)


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
    # the answer to a guard's question is not here: the question has its own time
    match event_of(body):
        case DisarmGrid(how=how):
            return how is StopHow.SELL
        case SetSellOnly(on=on) | PauseGap(on=on):
            return not on
        case SetMaster(on=on):
            return on
        case ArmGrid() | ArmGuard() | SetThreshold() | LiftKill() | DecideUnknown() | Release() | PlaceTrial():
            return True
        case _:
            return False
