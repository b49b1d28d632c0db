"""What the panels may ask the trader to do, and the way these wishes go to the pipe."""

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from qmtdesk.domain.messages import (
    AnswerAsk,
    ArmGrid,
    ArmGuard,
    AskNow,
    CancelOne,
    ClearRow,
    DecideUnknown,
    DisarmGrid,
    DisarmGuard,
    Kill,
    LiftKill,
    PauseGap,
    Release,
    SetMaster,
    SetSellOnly,
    SetThreshold,
    StopClearing,
)
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.wire.bond_talk import BondListAnswer, BondListWish, ReadBondList, TypeBond
from qmtdesk.wire.clear_talk import ClearList, ClearRows, KeepWhole, ListClear
from qmtdesk.wire.live_talk import GoLive, Looking, MakeBundle, TrialWish
from qmtdesk.wire.talk import (
    Ack,
    AskSeries,
    Body,
    Demo,
    GridPreview,
    GuardPreview,
    OnExit,
    PaperClock,
    PreviewGrid,
    PreviewGuard,
    Series,
    UserAct,
    WatchCode,
    act,
)

Reply = Ack | Series | GridPreview | GuardPreview | BondListAnswer | ClearList
ListWish = ReadBondList | BondListWish | TypeBond
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
    def decide_unknown(self, ref: str, done: Done | None = None, broker_id: str = "") -> None: ...
    def ask_now(self, done: Done | None = None) -> None: ...
    def release(self, code: str, done: Done | None = None) -> None: ...
    def on_exit(self, cancel: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def set_master(self, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def watch(self, code: str, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def paper_clock(self, speed: int, jump_minute: int = 0, done: Done | None = None) -> None: ...
    def demo(self, done: Done | None = None) -> None: ...
    def ask_series(self, code: str, what: str) -> None: ...
    def bond_list(self, wish: ListWish, callback: Callable[[BondListAnswer], None]) -> None: ...
    def list_clear(self, callback: Callable[[ClearList | Ack], None]) -> None: ...
    def clear(self, rows: tuple[ClearRow, ...], done: Done | None = None) -> None: ...
    def keep_whole(self, on: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def stop_clearing(self, code: str, done: Done | None = None) -> None: ...
    def go_live(self, word: str, reported: bool, done: Done | None = None) -> None: ...  # noqa: FBT001
    def look_at(self, codes: tuple[str, ...]) -> None: ...
    def make_bundle(self, done: Done | None = None) -> None: ...
    def trial(self, what: str, code: str = "", done: Done | None = None) -> None: ...
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

    def decide_unknown(self, ref: str, done: Done | None = None, broker_id: str = "") -> None:
        self._act(DecideUnknown(ref, broker_id), done)

    def ask_now(self, done: Done | None = None) -> None:
        self._act(AskNow(), done)

    def release(self, code: str, done: Done | None = None) -> None:
        self._act(Release(code), done)

    def on_exit(self, cancel: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self.send(OnExit(cancel), done)

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

    def bond_list(self, wish: ListWish, callback: Callable[[BondListAnswer], None]) -> None:
        self.send(wish, callback)

    def list_clear(self, callback: Callable[[ClearList | Ack], None]) -> None:
        self.send(ListClear(), callback)

    def clear(self, rows: tuple[ClearRow, ...], done: Done | None = None) -> None:
        self.send(ClearRows(rows=rows), done)

    def keep_whole(self, on: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self.send(KeepWhole(on=on), done)

    def stop_clearing(self, code: str, done: Done | None = None) -> None:
        self._act(StopClearing(code), done)

    def go_live(self, word: str, reported: bool, done: Done | None = None) -> None:  # noqa: FBT001
        self.send(GoLive(word=word, reported=reported), done)

    def look_at(self, codes: tuple[str, ...]) -> None:
        self.send(Looking(codes=codes))

    def make_bundle(self, done: Done | None = None) -> None:
        self.send(MakeBundle(), done)

    def trial(self, what: str, code: str = "", done: Done | None = None) -> None:
        self.send(TrialWish(what=what, code=code), done)

    def reconnect(self) -> None:
        """Nothing to do unless there is a pipe."""


class Link(Protocol):
    """What of the pipe's client the commands need."""

    @property
    def attached(self) -> bool: ...
    def request(self, body: Body, on_reply: Callable[[Reply], None]) -> int: ...
    def retry(self) -> None: ...
    def kill_trader(self) -> None: ...


class LinkCommands(Wishes):
    """The wishes over the pipe.

    Without a trader they wait for one, which does no more than stop where that took long; `late` is told of the rest.
    The kill switch leaves its file as well, always: a trader that is attached may
    hang, and whichever looks next finds it. Lifting takes it away.
    """

    def __init__(
        self, link: Link, kill_file: Path, series: Callable[[Series], None], late: Callable[[Reason], None]
    ) -> None:
        self._link, self._kill_file, self._series, self._late = link, kill_file, series, late

    def send(self, body: Body, done: Callable[..., None] | None = None) -> None:
        self._link.request(body, partial(self._answered, done))

    def _answered(self, done: Callable[..., None] | None, reply: Reply) -> None:
        """To whoever asked; one that came too late also to the window, as its sheet may be gone by now."""
        if isinstance(reply, Ack) and reply.reason is not None and reply.reason.why is Why.WISH_LATE:
            self._late(reply.reason)
        if done is not None:
            done(reply)

    def preview_grid(self, plan: GridPlan, callback: Callable[[GridPreview], None]) -> None:
        self.send(PreviewGrid(plan), _only(GridPreview, callback))

    def preview_guard(self, plan: GuardPlan, callback: Callable[[GuardPreview], None]) -> None:
        self.send(PreviewGuard(plan), _only(GuardPreview, callback))

    def bond_list(self, wish: ListWish, callback: Callable[[BondListAnswer], None]) -> None:
        self.send(wish, _only(BondListAnswer, callback))

    def list_clear(self, callback: Callable[[ClearList | Ack], None]) -> None:
        self.send(ListClear(), _only(ClearList, callback))

    def ask_series(self, code: str, what: str) -> None:
        self.send(AskSeries(code, what), _only(Series, self._series))

    def kill(self, by: str, done: Done | None = None) -> None:
        # the wish first: it says who pressed, the file only that somebody did
        super().kill(by, done)
        with contextlib.suppress(OSError):  # the wish itself is on its way, or waits for the trader
            self._kill_file.touch()

    def reconnect(self) -> None:
        """A trader that does not answer is ended, so that the link starts another; after a failure it tries again."""
        if self._link.attached:
            self._link.kill_trader()
        else:
            self._link.retry()


T = TypeVar("T")


def _only(kind: type[T], callback: Callable[[T], None]) -> Callable[[object], None]:
    """A refusal comes as an Ack: who waits for figures gets figures or nothing."""

    def pick(reply: object) -> None:
        if isinstance(reply, kind):
            callback(reply)

    return pick
