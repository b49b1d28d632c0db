"""The trader's real loop, diary and journal in a process forked from a warm one; only the gateway is a test's."""

import faulthandler
import gc
import logging
import os
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

from crash_points import arm_point
from kill_pipe import Done, End, Handled, LineGateway, Told, Word, unpacked

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.engine.books import State
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.strategies.guard import GuardState
from qmtdesk.strategies.screen import ORIGINAL
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.pictures import Desk
from qmtdesk.wire.locks import FolderLock

log = logging.getLogger("qmtdesk.trader")

LIMITS = RiskLimits(
    fills_per_minute=0,
    round_trips_per_day=0,
    per_day=0,
    per_day_warn=0,
    per_symbol_day=0,
    cancel_warn_bp=0,
    loss_reduce_bp=0,
    loss_kill_bp=0,
    per_minute=600,
)
"""A market this lively would suspend everything within a minute; what keeps an order correct stays on."""


@dataclass(frozen=True, slots=True)
class Birth:
    """How a trader is started."""

    folder: Path
    resume: bool = True
    point: str = ""
    nth: int = 0


class NoDesk:
    """Pictures are drawn and go nowhere."""

    desks = 0

    def publish(self, changes: object, quotes: object) -> None:
        pass

    def beat(self, seq: int, clock: int, lag_us: int) -> None:
        pass


def live(birth: Birth, line: socket.socket) -> None:
    """A whole life; does not return."""
    code = 1
    try:
        gc.enable()
        with (birth.folder / "stacks.txt").open("a", encoding="utf-8") as stacks:
            faulthandler.register(signal.SIGUSR1, stacks, all_threads=True)
            logging.basicConfig(filename=birth.folder / "trader.log", level=logging.WARNING, force=True)
            _run(birth, line)
        code = 0
    except Exception:
        log.exception("the trader fell")
    finally:
        os._exit(code)


def _run(birth: Birth, line: socket.socket) -> None:
    lock = FolderLock(birth.folder / "trader.lock")
    if not lock.acquire(wait_ms=500):
        raise RuntimeError("another trader is alive")
    gateway = LineGateway(line)
    arm_point(birth.point, birth.nth, gateway, birth.folder)
    diary = Diary(birth.folder / "journal.db")
    loop = Loop(
        gateway,
        diary,
        State(LIMITS, FeeSchedule()),
        Desk("paper", "paper", 1, str(birth.folder)),
        ORIGINAL,
        birth.folder,
        resume=birth.resume,
    )
    threading.Thread(target=_read, args=(gateway, loop), daemon=True).start()
    gateway.start(loop.post)
    loop.run(NoDesk())
    lock.release()


def _read(gateway: LineGateway, loop: Loop) -> None:
    for message in gateway.messages():
        match message:
            case Told(number, _, events):
                for at, kind, body in events:
                    loop.post(at, unpacked(kind, body))  # type: ignore[arg-type]
                loop.ask(lambda each, number=number: gateway.say(_standing(each, number)))
            case Word(number, kind, body):
                event = unpacked(kind, body)
                loop.ask(lambda each, number=number, event=event: gateway.say(_carried(each, number, event)))
            case End():
                loop.end()


def _carried(loop: Loop, number: int, event: m.Event) -> Done:
    refusal = loop.handle(0, event, command=number).refusal
    return Done(number, refusal is None, refusal.why.value if refusal else "")


def _standing(loop: Loop, number: int) -> Handled:
    state = loop.state
    doubts = [f"{o.ref} {o.state.value}" for o in state.orders.values() if o.state.value in ("sent", "unknown")]
    return Handled(
        number,
        state.ready.value,
        tuple(code for code, book in state.grids.items() if book.armed or book.winding),
        tuple(code for code, guard in state.guards.items() if guard.state is GuardState.WATCHING),
        state.kill is not None,
        state.kill is not None and bool(state.kill.done_at),
        f"{dict(state.suspended)} {doubts}" if state.ready.value != "ready" else "",
    )
