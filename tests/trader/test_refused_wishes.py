"""A wish that was refused and whose refusal nobody heard is refused again by the next trader, and never called done."""

from pathlib import Path

from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.trader.command_book import CommandBook

NOWHERE = m.ArmGuard(GuardPlan(code="600999.SH"))


def test_a_refused_wish_is_new_to_the_next_trader_and_refused_again(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    refusal = day.loop.handle(day.at, NOWHERE, command=4711).refusal
    assert refusal is not None
    day.again(resume=True)
    assert CommandBook(day.loop.done_commands).accept(1, 4711) == (True, None)
    assert day.loop.handle(day.at, NOWHERE, command=4711).refusal == refusal


def test_a_wish_that_was_followed_is_done_once_over_a_restart(tmp_path: Path) -> None:
    day = LoopDay(folder=tmp_path).open()
    assert day.loop.handle(day.at, m.SetMaster(on=False), command=4712).refusal is None
    day.again(resume=True)
    new, answer = CommandBook(day.loop.done_commands).accept(1, 4712)
    assert not new
    assert answer is not None
