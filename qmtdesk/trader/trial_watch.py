"""The trial of a first live day as the trader runs it: it hears every step, obeys the desk, and writes the report."""

from pathlib import Path
from typing import Protocol

from qmtdesk import __version__
from qmtdesk.domain.messages import CancelOne, Event, PlaceTrial, UserEvent
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import clock_text
from qmtdesk.engine import trial as trials
from qmtdesk.engine.books import State
from qmtdesk.engine.core import Step
from qmtdesk.engine.trial import Trial
from qmtdesk.engine.trial_order import far_price
from qmtdesk.trader.pictures import Desk
from qmtdesk.wire.files import write_atomic
from qmtdesk.wire.inside import inside
from qmtdesk.wire.live_talk import TrialRow, TrialWish
from qmtdesk.wire.texts_trial import ASSUMPTIONS, REPORT, VERDICTS


class TrialWatch:
    """Keeps the trial of this run, if there is one. For the decision thread."""

    def __init__(self) -> None:
        self.now: Trial | None = None
        self._units: int | None = None
        self._shown = False

    def heard(self, before: State, event: Event, result: Step) -> None:
        """One step of the engine."""
        if self.now is not None and not self.now.report:
            self.now = trials.heard(self.now, before, event, result)

    def row(self, state: State, units: int | None) -> TrialRow | None:
        """What the desk draws; None as long as nobody ever asked for a trial."""
        self._units = units
        if self.now is None:
            return TrialRow() if self._shown else None
        self._shown = True
        trial, order = self.now, state.orders.get(self.now.ref)
        instrument, seen = state.instruments.get(trial.code), state.quotes.get(trial.code)
        last = seen.quote.last if seen is not None else 0
        price = far_price(instrument, last) if instrument is not None and last else 0
        return TrialRow(
            step=trials.step_of(trial, state),
            code=trial.code,
            last=last,
            price=order.price if order is not None else price,
            volume=order.volume if order is not None else instrument.lot if instrument is not None else 0,
            ref=trial.ref,
            since=trial.closing_at,
            findings=tuple((one.name, one.verdict, one.detail) for one in self.findings(state)),
            report=trial.report,
        )

    def findings(self, state: State) -> tuple[trials.Finding, ...]:
        """What is known of each assumption so far."""
        return trials.findings(self.now, state, self._units) if self.now is not None else ()


class Runs(Protocol):
    """What of the loop a trial needs."""

    state: State
    desk: Desk
    trial: TrialWatch

    def handle(self, at: int, event: Event, *, command: int = 0) -> Step:
        """One event, whole."""


def trial_wish(loop: Runs, number: int, wish: TrialWish, folder: Path) -> Reason | None:
    """Go on with it; why not, if it does not."""
    watch, trial, at = loop.trial, loop.trial.now, loop.state.at
    if wish.what == "begin":
        if wish.code not in loop.state.instruments:
            return because(Why.UNKNOWN_CODE, code=wish.code)
        watch.now = trials.begun(wish.code, at)
        return None
    if trial is None:
        return because(Why.NOT_ARMED)
    match wish.what:
        case "same" | "other":
            watch.now = replace(trial, asset=wish.what)
        case "closing":
            watch.now = replace(trial, closing_at=at)
        case "skip":
            watch.now = replace(trial, skipped=True)
        case "end":
            watch.now = None
        case "report":
            return _report(loop, trial, folder)
        case "order" | "cancel":
            event: UserEvent = PlaceTrial(trial.code) if wish.what == "order" else CancelOne(trial.ref)
            return loop.handle(0, event, command=number).refusal
        case _:
            return because(Why.BAD_SETTING, name="trial", value=wish.what)
    return None


def _report(loop: Runs, trial: Trial, folder: Path) -> Reason | None:
    state = loop.state
    when = f"{state.day} {clock_text(state.at)}"
    name = f"trial-{state.day.replace('-', '')}-{clock_text(state.at)[:8].replace(':', '')}.txt"
    head = REPORT.format(
        version=__version__, account=loop.desk.account, day=state.day, at=when, code=trial.code, ref=trial.ref or "-"
    )
    lines = [
        f"[{VERDICTS[one.verdict][0]}] {ASSUMPTIONS[one.name][0]}  {one.detail}".rstrip()
        for one in loop.trial.findings(state)
    ]
    path = inside(folder, name)
    try:
        write_atomic(path, "\n".join([head, *lines, ""]).encode())
    except OSError as error:
        return because(Why.BAD_SETTING, name="report", value=str(error))
    loop.trial.now = replace(trial, report=str(path))
    return None
