"""What still happens while the journal cannot be written: nothing is sent but cancels and questions."""

import shutil
import time
from pathlib import Path

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import LogLine, Ready, State, live_orders, put
from qmtdesk.engine.core import Step, step
from qmtdesk.engine.records import Logged
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.engine.work import ALARM, NOTICE, SLOWER
from qmtdesk.trader.diary import Stopped

TRY_NS = 5_000_000_000
NEED_BYTES = 50_000_000
"""Below so much free space it is the disk that is full."""
DOUBLINGS = 10

Stop = m.Kill | m.CancelOne | m.DisarmGrid | m.DisarmGuard


class Unwritten:
    """From one failed write to the restart that follows the first one that succeeds. For the decision thread."""

    def __init__(self, error: str, folder: Path, at: int, stopped: Stopped | None = None) -> None:
        """`stopped`: what an earlier start still has to stop, which must not be forgotten over this."""
        self.why = _reason(error, folder)
        self.noted = False
        """Whether the journal takes words again and knows what was stopped meanwhile."""
        self._since = at
        self._stopped = stopped or Stopped()
        self._next_try = time.monotonic_ns() + TRY_NS

    def due(self) -> bool:
        """Whether it is time to try again."""
        now = time.monotonic_ns()
        if self.noted or now < self._next_try:
            return False
        self._next_try = now + TRY_NS
        return True

    def note(self, state: State) -> tuple[Stopped, Logged]:
        """What the next start has to know, and what it shows."""
        why = because(Why.JOURNAL_AGAIN, wait_ms=max(0, state.at - self._since))
        return self._stopped, Logged(LogLine(state.next_line, state.at, NOTICE, "", why))

    def follow(self, state: State, at: int, event: m.Event) -> Step:
        """What happens is followed for the eyes of the user, and what takes orders off the book still works.

        After a failed write nobody knows what the journal holds, so no decision is taken on it.
        """
        state = self._held(state)
        if not any(line.reason == self.why for line in state.lines):
            state = apply(state, Logged(LogLine(state.next_line, state.at, ALARM, "", self.why)))
        if not isinstance(event, Stop | m.MarketEvent | m.BrokerEvent):
            return Step(state, (), (), self.why)
        result = step(replace(state, limits=_patient(state)), at, event)
        if isinstance(event, Stop) and result.refusal is None:
            self._remember(state, event)
        intents = tuple(each for each in result.intents if isinstance(each, m.Cancel | m.Query))
        return replace(result, state=self._held(replace(result.state, limits=state.limits)), intents=intents)

    def _held(self, state: State) -> State:
        return replace(state, ready=Ready.SUSPENDED, suspended=put(state.suspended, "", self.why))

    def _remember(self, state: State, stop: Stop) -> None:
        """What a person stopped meanwhile must not come back with the journal."""
        before, self.noted = self._stopped, False
        match stop:
            case m.Kill(by):
                self._stopped = replace(before, kill=by)
            case m.DisarmGrid(code, how):
                days = {**before.days, code: shanghai_day(state.at).isoformat()}
                self._stopped = replace(before, grids={**before.grids, code: how}, days=days)
            case m.DisarmGuard(code):
                self._stopped = replace(before, guards=(*before.guards, code))
            case m.CancelOne(ref):
                # its level was to be left alone, and nobody will know which it was
                code = state.orders[ref].code
                grids = {code: StopHow.LEAVE, **before.grids}
                self._stopped = replace(before, grids=grids, guards=(*before.guards, code))


def _patient(state: State) -> RiskLimits:
    """A cancel that goes unheeded is repeated ever more slowly: answers may be on a disk that is full too."""
    caps = state.limits
    tries = max((order.cancels for order in live_orders(state)), default=0)
    again = caps.cancel_again_ms << min(tries, DOUBLINGS)
    slower = SLOWER if caps.cancel_tries and tries >= caps.cancel_tries else 1
    return replace(caps, cancel_again_ms=again // slower)


def _reason(error: str, folder: Path) -> Reason:
    """With how much room there is, where that is too little."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = NEED_BYTES
    room = {"free": _mb(free), "need": _mb(NEED_BYTES)} if free < NEED_BYTES else {}
    return because(Why.JOURNAL_FAILED, error=error, **({"path": str(folder)} if room else {}), **room)


def _mb(size: int) -> str:
    return f"{size // 100_000 / 10:.1f} MB"
