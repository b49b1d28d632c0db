"""A wish from when no trader answered: what stops is done whenever it comes, what starts or sells is not done late."""

import os
import time
from pathlib import Path

import pytest
from desk_stand_in import DeskStandIn
from loop_day import LoopDay

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
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.plans import GridPlan, GuardAction, GuardPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.simulate.market_day import BOND
from qmtdesk.trader.late_wishes import LATE_MS, stop_in, too_late
from qmtdesk.trader.obey import Obey
from qmtdesk.wire import requests
from qmtdesk.wire.bond_talk import ReadBondList
from qmtdesk.wire.clear_talk import ClearRows, KeepWhole, ListClear
from qmtdesk.wire.live_talk import GoLive, Looking, MakeBundle, TrialWish
from qmtdesk.wire.outbox import Answer
from qmtdesk.wire.rows import StatusRow
from qmtdesk.wire.talk import (
    Ack,
    AskSeries,
    Body,
    Command,
    Demo,
    OnExit,
    PaperClock,
    PreviewGrid,
    PreviewGuard,
    UserAct,
    WatchCode,
    act,
)

GRID = GridPlan(code="123902.SZ")
GUARD = GuardPlan(code="600036.SH", action=GuardAction.SELL)

MOMENT: list[UserAct] = [
    ArmGrid(GRID),
    ArmGuard(GUARD),
    DisarmGrid(GRID.code, StopHow.SELL),
    SetSellOnly(GRID.code, False),
    PauseGap(GRID.code, 1, False),
    SetThreshold(GUARD.code, 5),
    SetMaster(True),
    LiftKill(),
    DecideUnknown("r1"),
    Release(GRID.code),
    PlaceTrial(GRID.code),
]
WHENEVER: list[UserAct] = [
    DisarmGrid(GRID.code, StopHow.CANCEL),
    DisarmGrid(GRID.code, StopHow.LEAVE),
    DisarmGuard(GUARD.code),
    SetSellOnly(GRID.code, True),
    PauseGap(GRID.code, 1, True),
    # a question has its own time, and the seal its own
    AnswerAsk(GUARD.code, 1, True),
    AnswerAsk(GUARD.code, 1, False),
    SetMaster(False),
    Kill("button"),
    CancelOne("r1"),
    AskNow(),
    StopClearing(),
    WatchStock(GUARD.code, True),
]
OTHER_MOMENT: list[Body] = [
    Demo(),
    GoLive(word="实盘", reported=True),
    ClearRows(rows=()),
    TrialWish(what="order"),
]
OTHER_WHENEVER: list[Body] = [
    TrialWish(what="cancel"),
    ListClear(),
    KeepWhole(on=True),
    ReadBondList(source="file", place="x"),
    Looking(codes=()),
    MakeBundle(),
    AskSeries(GRID.code, "price"),
    PreviewGrid(GRID),
    PreviewGuard(GUARD),
    WatchCode(GUARD.code, True),
    PaperClock(20),
    OnExit(True),
]
ASKED = 7_000_000


def asked_ago(body: Body, ms: int) -> Why | None:
    reason = too_late(Command(1, ASKED, body), (ASKED + ms) * 1_000_000)
    return reason.why if reason is not None else None


@pytest.mark.parametrize("body", [*map(act, MOMENT), *OTHER_MOMENT], ids=str)
def test_what_starts_sells_or_unlocks_is_not_done_once_its_moment_is_over(body: Body) -> None:
    assert asked_ago(body, LATE_MS) is None
    assert asked_ago(body, LATE_MS + 1) is Why.WISH_LATE


@pytest.mark.parametrize("body", [*map(act, WHENEVER), *OTHER_WHENEVER], ids=str)
def test_what_stops_or_only_asks_is_done_however_late_it_comes(body: Body) -> None:
    assert asked_ago(body, 3_600_000) is None


def test_every_wish_of_a_user_is_one_or_the_other() -> None:
    assert {type(event) for event in MOMENT + WHENEVER} == set(UserAct.__args__)
    assert {type(body) for body in OTHER_MOMENT + OTHER_WHENEVER} >= set(Body.__args__) - {
        type(act(LiftKill())),
        # a list of bonds is the user's own words, and trades nothing
        *(each for each in Body.__args__ if each.__name__ in ("BondListWish", "TypeBond")),
    }


def test_the_refusal_says_how_long_ago_and_for_which_code() -> None:
    late = because(Why.WISH_LATE, age_ms=45_000, code=GRID.code)
    assert too_late(Command(1, ASKED, act(ArmGrid(GRID))), (ASKED + 45_000) * 1_000_000) == late
    assert too_late(Command(1, ASKED, act(Release(GRID.code))), (ASKED + 45_000) * 1_000_000) == late
    bare = because(Why.WISH_LATE, age_ms=45_000)
    assert too_late(Command(1, ASKED, act(LiftKill())), (ASKED + 45_000) * 1_000_000) == bare
    assert too_late(Command(1, ASKED, Demo()), (ASKED + 45_000) * 1_000_000) == bare


def test_a_command_that_does_not_say_when_it_was_asked_is_done() -> None:
    assert too_late(Command(1, 0, Demo())) is None


@pytest.mark.parametrize("late", [True, False])
def test_a_late_stop_with_selling_stops_and_sells_nothing(tmp_path: Path, late: bool) -> None:
    day = LoopDay(folder=tmp_path, prices={BOND: 120_000}, held={BOND: (100, 120_000)}).open()
    day.feed(ArmGrid(GridPlan(code=BOND, adopt=100, first_buy=False)))
    day.live_market(6_000)
    answers: list[Answer] = []
    obey = Obey(None, lambda _desk, answer: answers.append(answer), keep_exit=lambda _cancel: None)
    asked = time.monotonic_ns() // 1_000_000 - (60_000 if late else 0)
    obey.carry_out(day.loop, 1, Command(7, asked, act(DisarmGrid(BOND, StopHow.SELL))))
    day.state = day.loop.state
    day.live_market(9_000)
    assert not day.state.grids[BOND].armed
    assert day.live(BOND) == []
    sold = [order for order in day.state.orders.values() if order.owner.kind is OwnerKind.CLEAR]
    assert bool(sold) is not late
    (answer,) = answers
    assert isinstance(answer, Ack)
    assert answer.ok is not late
    assert ("no_sale" in str(answer.reason)) is late


def test_a_late_stop_with_selling_leaves_a_sale_alone_that_runs_already(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path, prices={BOND: 120_000}, held={BOND: (100, 120_000)}).open()
    day.feed(ArmGrid(GridPlan(code=BOND, adopt=100, first_buy=False)))
    day.live_market(6_000)
    day.feed(DisarmGrid(BOND, StopHow.SELL))
    answers: list[Answer] = []
    obey = Obey(None, lambda _desk, answer: answers.append(answer), keep_exit=lambda _cancel: None)
    asked = time.monotonic_ns() // 1_000_000 - 60_000
    obey.carry_out(day.loop, 1, Command(7, asked, act(DisarmGrid(BOND, StopHow.SELL))))
    day.state = day.loop.state
    assert day.state.grids[BOND].winding is StopHow.SELL
    day.live_market(9_000)
    assert any(order.owner.kind is OwnerKind.CLEAR for order in day.state.orders.values())
    (answer,) = answers
    assert isinstance(answer, Ack)
    assert not answer.ok
    assert "no_sale" not in str(answer.reason)


def test_a_late_stop_with_selling_leaves_a_grid_alone_that_sells_below_its_lower_stop(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path, prices={BOND: 120_000}, held={BOND: (100, 120_000)}).open()
    day.feed(ArmGrid(GridPlan(code=BOND, adopt=100, first_buy=False, lower_stop=118_000)))
    day.live_market(6_000)
    day.price(BOND, 117_500)
    book = day.loop.state.grids[BOND]
    assert book.grid is not None
    assert book.grid.stopped_low
    assert stop_in(act(DisarmGrid(BOND, StopHow.SELL)), day.loop.state) is None


@pytest.mark.skipif(os.name == "nt", reason="stops processes by POSIX signals")
def test_a_real_trader_arms_nothing_that_was_asked_long_ago_and_still_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DeskStandIn(tmp_path) as desk:
        desk.until(lambda: desk.ready, "ready")
        monkeypatch.setattr(requests, "monotonic_ns", lambda: time.monotonic_ns() - 60_000_000_000)
        answer = desk.do(Demo())
        assert not answer.ok
        assert answer.reason is not None
        assert answer.reason.why is Why.WISH_LATE
        assert not any(row.armed for row in desk.grids().values())
        assert desk.do(act(Kill("button"))).ok
        desk.until(lambda: desk.all(StatusRow)[0].killed, "all stopped")
        assert not desk.do(act(LiftKill())).ok
        monkeypatch.undo()
        assert desk.do(act(LiftKill())).ok
