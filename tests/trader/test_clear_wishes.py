"""What a desk may ask of 清理: the list as it stands, only what is on it sold, and the setting kept."""

from pathlib import Path

import pytest
from loop_day import LoopDay
from words import buy_in

from qmtdesk.domain import messages as m
from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.order import OwnerKind
from qmtdesk.domain.plans import GuardPlan, StopHow
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import BUYS
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK
from qmtdesk.store.settings import trader_settings
from qmtdesk.strategies.clearing import ClearPlan
from qmtdesk.strategies.guard import GuardState
from qmtdesk.trader.clear_wishes import ClearWishes
from qmtdesk.trader.farewell import farewell
from qmtdesk.wire.clear_talk import ClearLine, ClearList, ClearRows, KeepWhole, ListClear
from qmtdesk.wire.talk import Ack

LARGE = BondTerms(
    code=BOND, name="大转债", remaining_yuan=900_000_000, redeem=RedeemState.NONE, source="file", as_of="2026-11-20"
)
SMALL = replace(LARGE, code=BOND2, name="小转债", remaining_yuan=90_000_000)


def day_of(folder: Path, *, held: int = 50) -> LoopDay:
    """A grid bought 160 of a bond that is off the list; the user himself has 50 more of it, and a listed bond."""
    day = LoopDay(
        held={BOND: (held, 110_000), BOND2: (100, 100_000), STOCK: (500, 9_000)},
        prices={BOND: 120_000, BOND2: 105_000, STOCK: 10_000},
        folder=folder,
    )
    day.open()
    day.loop.terms = {BOND: LARGE, BOND2: SMALL}
    buy_in(day)
    return day


def stopped(folder: Path) -> LoopDay:
    day = day_of(folder)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    return day


def listed(wishes: ClearWishes, day: LoopDay) -> ClearList:
    answer = wishes.answer(day.loop, 7, ListClear())
    assert isinstance(answer, ClearList)
    return answer


def tick(wishes: ClearWishes, day: LoopDay, line: ClearLine, **said: int) -> Ack:
    row = replace(m.ClearRow(line.code, line.volume, line.floor), **said)
    answer = wishes.answer(day.loop, 8, ClearRows(rows=(row,)))
    day.state = day.loop.state
    assert isinstance(answer, Ack)
    return answer


def test_a_bond_off_the_list_is_listed_with_what_qmtdesk_bought_of_it(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    found = listed(wishes, day)
    (line,) = found.lines
    own = day.state.grids[BOND].grid.held_total
    assert own
    assert (line.code, line.position, line.volume, line.stays) == (BOND, 50 + own, own, 50)
    assert line.why.why is Why.SIZE_TOO_LARGE
    assert line.refusal is None
    assert (found.listed, found.keep, found.others, found.busy, found.whole) == (1, 6, 0, 0, False)


def test_a_running_grid_is_busy_and_so_is_a_guard_that_sells(tmp_path: Path) -> None:
    day, wishes = day_of(tmp_path), ClearWishes()
    found = listed(wishes, day)
    assert (found.lines, found.busy) == ((), 1)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    day.feed(m.ArmGuard(GuardPlan(code=BOND)))
    guard = replace(day.loop.state.guards[BOND], state=GuardState.TRIGGERED)
    day.loop.state = replace(day.loop.state, guards={BOND: guard})
    assert listed(wishes, day).busy == 1
    row = m.ClearRow(BOND, 10, 119_000)
    assert day.loop.handle(0, m.ClearHoldings((row,))).refusal.why is Why.ALREADY_TRIGGERED


def test_a_ticked_row_is_sold_shown_while_it_runs_and_gone_when_it_is_done(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    (line,) = listed(wishes, day).lines
    assert tick(wishes, day, line).ok
    (running,) = listed(wishes, day).lines
    assert (running.running, running.volume, running.stays) == (True, line.volume, 0)
    assert day.loop.busy
    assert [type(word).__name__ for word in farewell(day.state)][:1] == ["StopClearing"]
    day.live_market(6_000)
    assert listed(wishes, day).lines == ()
    assert listed(wishes, day).others == 1
    assert day.exchange.account.holdings[BOND].volume == 50
    assert not day.loop.busy


@pytest.mark.parametrize("change", [{"volume": 1_000}, {"code": BOND2}, {"code": STOCK}])
def test_only_what_is_proposed_now_can_be_confirmed(tmp_path: Path, change: dict[str, object]) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    (line,) = listed(wishes, day).lines
    answer = tick(wishes, day, line, **change)  # type: ignore[arg-type]
    assert answer.reason.why is Why.NOT_PROPOSED
    assert not [place for place in day.places() if place.owner.kind is OwnerKind.CLEAR]


@pytest.mark.fault("O12")
def test_with_old_data_the_row_is_there_and_cannot_be_confirmed(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    day.loop.terms = {BOND: replace(LARGE, as_of="2026-11-18"), BOND2: SMALL}
    (line,) = listed(wishes, day).lines
    assert line.refusal.why is Why.DATA_OLD
    assert tick(wishes, day, line).reason.why is Why.DATA_OLD
    day.loop.terms = {}
    (line,) = listed(wishes, day).lines[:1]
    assert tick(wishes, day, line).reason.why is Why.TERMS_UNKNOWN


def test_what_the_engine_refuses_is_answered(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    (line,) = listed(wishes, day).lines
    assert tick(wishes, day, line, floor=1_000).reason.why is Why.OUTSIDE_LIMITS


def test_the_setting_is_off_kept_over_a_restart_and_lists_what_the_user_bought(tmp_path: Path) -> None:
    day = stopped(tmp_path)
    assert not trader_settings(tmp_path).load().value.clear.whole
    wishes = ClearWishes(ClearPlan(), tmp_path)
    assert wishes.answer(day.loop, 1, KeepWhole(on=True)) == Ack(1, ok=True, seq=day.loop.seq)
    assert trader_settings(tmp_path).load().value.clear == ClearPlan(whole=True)
    found = listed(ClearWishes(trader_settings(tmp_path).load().value.clear, tmp_path), day)
    (line,) = found.lines
    assert found.whole
    assert (line.volume, line.stays) == (line.position, 0)
    assert Why.NOT_BOUGHT_HERE in [note.why for note in line.notes]
    assert tick(wishes, day, line).ok
    day.live_market(9_000)
    assert BOND not in day.exchange.account.holdings or day.exchange.account.holdings[BOND].volume == 0


def test_a_setting_that_cannot_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("qmtdesk.trader.clear_wishes.keep_whole", full)
    day, wishes = stopped(tmp_path), ClearWishes(ClearPlan(), tmp_path)
    answer = wishes.answer(day.loop, 1, KeepWhole(on=True))
    assert isinstance(answer, Ack)
    assert answer.reason.why is Why.BAD_SETTING
    assert not listed(wishes, day).whole


def test_without_a_folder_the_setting_lasts_as_long_as_the_trader(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    wishes.answer(day.loop, 1, KeepWhole(on=True))
    assert listed(wishes, day).whole


@pytest.mark.parametrize("code", [BOND, ""])
def test_a_row_that_is_suspended_alone_or_with_everything_says_so_before_it_is_confirmed(
    tmp_path: Path, code: str
) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    storm = because(Why.REJECT_STORM, count=10)
    day.loop.state = replace(day.loop.state, suspended={code: storm})
    (line,) = listed(wishes, day).lines
    assert line.refusal == storm
    assert tick(wishes, day, line).reason == storm
    day.loop.state = replace(day.loop.state, suspended={BOND2: storm})
    (line,) = listed(wishes, day).lines
    assert line.refusal is None


def test_a_suspension_of_buying_alone_leaves_a_row_as_it_is(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    day.loop.state = replace(day.loop.state, suspended={BUYS: because(Why.OTHER_PROGRAM)})
    (line,) = listed(wishes, day).lines
    assert line.refusal is None
    assert tick(wishes, day, line).ok


def test_one_that_is_being_sold_says_at_once_that_it_waits_for_its_suspension(tmp_path: Path) -> None:
    day, wishes = stopped(tmp_path), ClearWishes()
    (line,) = listed(wishes, day).lines
    assert tick(wishes, day, line).ok
    often = because(Why.REPEATED_EXECUTION, fills=7, cap=6)
    day.loop.state = replace(day.loop.state, suspended={BOND: often})
    (running,) = listed(wishes, day).lines
    assert (running.running, running.refusal) == (True, often)
