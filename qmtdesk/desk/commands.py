"""What the panels may ask the trader to do, and the way these wishes go to the pipe."""

from collections.abc import Callable
from typing import Protocol

from qmtdesk.domain.messages import (
    AnswerAsk,
    ArmGrid,
    ArmGuard,
    CancelOne,
    DecideUnknown,
    DisarmGrid,
    DisarmGuard,
    Kill,
    LiftKill,
    PauseGap,
    SetMaster,
    SetSellOnly,
    SetThreshold,
)
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.wire.talk import (
    Ack,
    AskSeries,
    Body,
    Demo,
    GridPreview,
    GuardPreview,
    PaperClock,
    PreviewGrid,
    PreviewGuard,
    Series,
    UserAct,
    WatchCode,
    act,
)

Done = Callable[[Ack], None]
"""Called once in the GUI thread with the trader's answer; never when the trader is gone."""


class Commands(Protocol):
    """Every wish a panel can utter. Nothing here blocks or raises; the answer comes through `done`."""

    def arm_grid(self, plan: GridPlan, done: Done | None = None) -> None: ...
    def disarm_grid(self, code: str, how: StopHow = StopHow.CANCEL, done: Done | None = None) -> None: ...
    def set_sell_only(self, code: str, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def pause_gap(self, code: str, gap: int, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def preview_grid(self, plan: GridPlan, callback: Callable[[GridPreview], None]) -> None: ...
    def arm_guard(self, plan: GuardPlan, done: Done | None = None) -> None: ...
    def disarm_guard(self, code: str, done: Done | None = None) -> None: ...
    def preview_guard(self, plan: GuardPlan, callback: Callable[[GuardPreview], None]) -> None: ...
    def set_threshold(self, code: str, threshold: int, done: Done | None = None) -> None: ...
    def answer_ask(self, code: str, ask: int, sell: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def kill(self, by: str, done: Done | None = None) -> None: ...
    def lift_kill(self, done: Done | None = None) -> None: ...
    def cancel_order(self, ref: str, done: Done | None = None) -> None: ...
    def decide_unknown(self, ref: str, done: Done | None = None) -> None: ...
    def set_master(self, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def watch(self, code: str, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def paper_clock(self, speed: int, jump_minute: int = 0, done: Done | None = None) -> None: ...
    def demo(self, done: Done | None = None) -> None: ...
    def ask_series(self, code: str, what: str) -> None: ...
    def reconnect(self) -> None: ...


class Wishes:
    """The wishes as messages; how one is sent is the subclass's to say."""

    def send(self, body: Body, done: Callable[..., None] | None = None) -> None:
        """Hand one body on; `done` gets the message that answers it."""
        raise NotImplementedError

    def _act(self, event: UserAct, done: Done | None) -> None:
        self.send(act(event), done)

    def arm_grid(self, plan: GridPlan, done: Done | None = None) -> None:
        self._act(ArmGrid(plan), done)

    def disarm_grid(self, code: str, how: StopHow = StopHow.CANCEL, done: Done | None = None) -> None:
        self._act(DisarmGrid(code, how), done)

    def set_sell_only(self, code: str, on: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self._act(SetSellOnly(code, on), done)

    def pause_gap(self, code: str, gap: int, on: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self._act(PauseGap(code, gap, on), done)

    def preview_grid(self, plan: GridPlan, callback: Callable[[GridPreview], None]) -> None:
        self.send(PreviewGrid(plan), callback)

    def arm_guard(self, plan: GuardPlan, done: Done | None = None) -> None:
        self._act(ArmGuard(plan), done)

    def disarm_guard(self, code: str, done: Done | None = None) -> None:
        self._act(DisarmGuard(code), done)

    def preview_guard(self, plan: GuardPlan, callback: Callable[[GuardPreview], None]) -> None:
        self.send(PreviewGuard(plan), callback)

    def set_threshold(self, code: str, threshold: int, done: Done | None = None) -> None:
        self._act(SetThreshold(code, threshold), done)

    def answer_ask(self, code: str, ask: int, sell: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self._act(AnswerAsk(code, ask, sell), done)

    def kill(self, by: str, done: Done | None = None) -> None:
        self._act(Kill(by), done)

    def lift_kill(self, done: Done | None = None) -> None:
        self._act(LiftKill(), done)

    def cancel_order(self, ref: str, done: Done | None = None) -> None:
        self._act(CancelOne(ref), done)

    def decide_unknown(self, ref: str, done: Done | None = None) -> None:
        self._act(DecideUnknown(ref), done)

    def set_master(self, on: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self._act(SetMaster(on), done)

    def watch(self, code: str, on: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self.send(WatchCode(code, on), done)

    def paper_clock(self, speed: int, jump_minute: int = 0, done: Done | None = None) -> None:
        self.send(PaperClock(speed, jump_minute), done)

    def demo(self, done: Done | None = None) -> None:
        self.send(Demo(), done)

    def ask_series(self, code: str, what: str) -> None:
        self.send(AskSeries(code, what))

    def reconnect(self) -> None:
        """Nothing to do unless there is a pipe."""


class Link(Protocol):
    """What of the pipe's client the commands need."""

    def send(self, body: Body) -> int: ...


class LinkCommands(Wishes):
    """The wishes over the pipe: remembers who waits for which answer."""

    def __init__(self, link: Link, again: Callable[[], None] | None = None) -> None:
        self._link = link
        self._again = again
        self._waiting: dict[int, Callable[..., None]] = {}

    def send(self, body: Body, done: Callable[..., None] | None = None) -> None:
        number = self._link.send(body)
        if done is not None and number:
            self._waiting[number] = done

    def answered(self, message: Ack | Series | GridPreview | GuardPreview) -> bool:
        """Give an answer to who waits for it; whether somebody did."""
        done = self._waiting.pop(message.id, None)
        if done is not None:
            done(message)
        return done is not None

    def forget(self) -> None:
        """The trader is gone: nobody will be answered."""
        self._waiting.clear()

    def reconnect(self) -> None:
        if self._again is not None:
            self._again()
