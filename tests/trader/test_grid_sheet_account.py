"""What holds for the whole account is on a grid's sheet before it starts, and blocks it where arming is refused."""

from pathlib import Path
from typing import Any

import pytest
from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountStatus
from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import BUYS, KillBook, Ready, State, put
from qmtdesk.simulate.market_day import BOND, STOCK
from qmtdesk.trader.obey import Obey
from qmtdesk.wire.outbox import Answer
from qmtdesk.wire.talk import Check, Command, GridPreview, PreviewGrid

STORM = because(Why.REJECT_STORM, count=10)
OTHER = because(Why.OTHER_PROGRAM)


def sheet(day: LoopDay, **plan: Any) -> GridPreview:
    answers: list[Answer] = []
    obey = Obey(None, lambda _, answer: answers.append(answer), keep_exit=lambda _: None)
    obey.carry_out(day.loop, 1, Command(7, 0, PreviewGrid(GridPlan(code=BOND, **plan))))
    (answer,) = answers
    assert isinstance(answer, GridPreview)
    return answer


def turn(day: LoopDay, **changes: Any) -> State:
    """The same state but for something that holds for all."""
    day.loop.state = day.state = replace(day.loop.state, **changes)
    return day.state


def named(preview: GridPreview, level: str) -> list[Why]:
    return [check.reason.why for check in preview.checks if check.level == level]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kill": KillBook(1, "button", ())}, Why.KILLED),
        ({"master": False}, Why.MASTER_OFF),
        ({"live": True, "confirmed": False}, Why.LIVE_UNSAID),
        ({"suspended": {"": STORM}}, Why.REJECT_STORM),
        ({"linked": False}, Why.LINK_DOWN),
        ({"unanswered": 3}, Why.GATEWAY_SILENT),
        ({"status": AccountStatus.DISABLED}, Why.ACCOUNT_STATUS),
        ({"status": AccountStatus.AFTER_CLOSE}, Why.ACCOUNT_STATUS),
        ({"ready": Ready.RECONCILING}, Why.RECONCILING),
        ({"ready": Ready.SUSPENDED}, Why.SUSPENDED),
    ],
)
def test_what_refuses_every_start_refuses_it_on_the_sheet_with_the_same_reason(
    changes: dict[str, Any], why: Why, tmp_path: Path
) -> None:
    day = LoopDay(folder=tmp_path).open()
    assert sheet(day).ok
    turn(day, **changes)
    told = sheet(day)
    assert (told.ok, named(told, "refuse")) == (False, [why])
    refusal = day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal
    assert Check("refuse", refusal) in told.checks  # type: ignore[arg-type]


def test_a_suspension_of_the_code_alone_ends_with_the_start_and_blocks_no_sheet(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    turn(day, suspended={BOND: STORM})
    assert (sheet(day).ok, named(sheet(day), "refuse")) == (True, [])
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None


def test_several_that_hold_at_once_are_each_named_once(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    turn(day, kill=KillBook(1, "button", ()), master=False, linked=False, suspended={"": STORM})
    told = sheet(day)
    assert named(told, "refuse") == [Why.KILLED, Why.REJECT_STORM, Why.LINK_DOWN, Why.MASTER_OFF]


def test_out_of_hours_a_grid_may_be_started_and_nothing_is_told(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    day.jump(15, 10)
    day.feed(m.AskNow())
    day.wait(1_000)
    told = sheet(day)
    assert (told.ok, named(told, "refuse")) == (True, [])


def test_a_grid_whose_guard_has_sold_says_that_it_will_not_buy(tmp_path: Path) -> None:
    day = LoopDay(held={BOND: (200, 110_000)}, folder=tmp_path).open()
    assert day.feed(m.ArmGuard(GuardPlan(code=BOND))).refusal is None
    turn(day, guards={BOND: replace(day.state.guards[BOND], let_go=True)})
    assert named(sheet(day), "warn") == [Why.GUARD_SOLD]


def test_buying_suspended_and_the_days_loss_are_both_named_and_leave_the_start_to_the_user(tmp_path: Path) -> None:
    day = LoopDay(held={STOCK: (1_000, 10_000)}, folder=tmp_path).open()
    money = day.state.money
    assert money is not None
    turn(day, money=replace(money, base_total=money.base_total * 2), suspended=put(day.state.suspended, BUYS, OTHER))
    told = sheet(day)
    assert (told.ok, named(told, "warn")) == (True, [Why.OTHER_PROGRAM, Why.LOSS_REDUCE])
    assert named(sheet(day, sell_only=True), "warn") == [Why.NOTHING_HELD]


def test_a_day_without_messages_left_is_told_for_sales_too(tmp_path: Path) -> None:
    day = LoopDay(held={BOND: (200, 110_000)}, folder=tmp_path).open()
    turn(day, messages=day.state.limits.per_day)
    spent = because(Why.DAY_MESSAGES, sent=day.state.messages, cap=day.state.limits.per_day)
    assert Check("warn", spent) in sheet(day).checks
    told = sheet(day, adopt=200, sell_only=True)
    assert told.ok
    assert [order.side for order in told.orders] == [Side.SELL] * len(told.orders)
    assert Check("warn", spent) in told.checks
    turn(day, limits=replace(day.state.limits, per_day=0))
    assert Check("warn", spent) not in sheet(day).checks


def test_a_full_book_and_the_accounts_cap_are_told_unless_the_grids_own_orders_fill_them(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    limits = day.state.limits
    turn(day, limits=replace(limits, account_exposure=1_000_000))
    assert named(sheet(day), "warn") == [Why.ACCOUNT_EXPOSURE]
    assert named(sheet(day, sell_only=True), "warn") == [Why.NOTHING_HELD]
    turn(day, limits=limits)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal is None
    day.wait(1_000)
    assert day.live(BOND)
    turn(day, limits=replace(limits, live_total=1))
    assert named(sheet(day, step_bp=50), "warn") == []
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    assert named(sheet(day, step_bp=50), "warn") == [Why.TOO_MANY_LIVE]
