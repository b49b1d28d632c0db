"""What the desk is shown of what waits for the user: suspended codes and orders in doubt, and the words for both."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from words import answer, beat, deaf_grid, look, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import apply
from qmtdesk.engine.books import BUYS
from qmtdesk.gateways.paper.faults import Faults
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay, sealed_quote
from qmtdesk.trader import picture_grid, picture_watch, pictures
from qmtdesk.wire.rows import StatusRow
from qmtdesk.wire.talk import act, event_of

DESK = pictures.Desk("paper", "paper", 1, "")
TOO_OFTEN = because(Why.REPEATED_EXECUTION, fills=7, cap=6)


def status(day: MarketDay) -> StatusRow:
    return pictures.status_row(day.state, DESK)


def suspended(day: MarketDay, code: str, reason: Reason) -> None:
    """As the engine writes it down: the fact and the word to the user."""
    day.state = apply(day.state, r.Suspended(code, day.at, reason))
    line = pictures.LogLine(day.state.next_line, day.at, "alarm", code, reason)
    day.state = apply(day.state, r.Logged(line))


def doubtful() -> tuple[MarketDay, m.Place]:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    return day, place


def test_a_suspended_grid_says_so_with_its_reason_and_since_when() -> None:
    day, _ = deaf_grid()
    suspended(day, BOND, TOO_OFTEN)
    row = status(day)
    assert [(each.code, each.at, each.reason) for each in row.suspended] == [(BOND, day.at, TOO_OFTEN)]
    assert (row.grids_suspended, row.grids_running) == (1, 0)
    assert picture_grid.grid_state(day.state, BOND) == "suspended"
    assert picture_grid.grid_row(day.state, BOND).why == TOO_OFTEN
    assert (BOND, TOO_OFTEN) in pictures.blockers(day.state)


def test_after_the_release_nothing_of_it_is_shown() -> None:
    day, _ = deaf_grid()
    answer(day)
    suspended(day, BOND, TOO_OFTEN)
    assert day.feed(m.Release(BOND)).refusal is None
    row = status(day)
    assert (row.suspended, row.grids_suspended, row.grids_running) == ((), 0, 1)


def test_a_suspended_account_freezes_every_grid_and_is_told_for_every_guard() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.wait(3_000)
    storm, jumped = because(Why.REJECT_STORM, count=10, wait_ms=300_000), because(Why.CLOCK_JUMPED, gap_ms=1_200_000)
    suspended(day, "", jumped)
    assert picture_watch.watch_row(day.state, STOCK, ()).why == jumped
    assert picture_watch.watch_row(day.state, STOCK, ()).armed
    grid, _ = deaf_grid()
    suspended(grid, "", storm)
    assert picture_grid.grid_state(grid.state, BOND) == "frozen"
    assert status(grid).blockers[0] == storm


def test_suspended_buying_is_told_as_such_and_the_whole_account_before_it() -> None:
    day, _ = deaf_grid()
    other = because(Why.OTHER_PROGRAM, install="ab12")
    suspended(day, BUYS, other)
    assert [(each.code, each.reason, each.buys_only) for each in status(day).suspended] == [("", other, True)]
    assert picture_grid.grid_state(day.state, BOND) == "running"
    storm = because(Why.REJECT_STORM, count=10, wait_ms=300_000)
    suspended(day, "", storm)
    assert [(each.reason, each.buys_only) for each in status(day).suspended] == [(storm, False)]
    assert day.feed(m.Release("")).refusal is None
    assert [(each.reason, each.buys_only) for each in status(day).suspended] == [(other, True)]
    assert day.feed(m.Release("")).refusal is None
    assert status(day).suspended == ()


def test_an_order_in_doubt_tells_since_when_and_how_often_it_was_looked_for() -> None:
    day, place = doubtful()
    since = day.at
    look(day, 1)
    row = pictures.order_row(day.state, day.state.orders[place.ref])
    assert (row.state, row.updated_at, row.looks) == ("unknown", since, 1)
    answer(day)
    look(day, 2)
    told_off = pictures.order_row(day.state, day.state.orders[place.ref])
    assert (told_off.state, told_off.looks) == ("refused", 0)


def test_the_next_question_is_where_the_engine_will_ask_it() -> None:
    day, _ = doubtful()
    assert status(day).asked_at == day.state.request_at > 0
    assert status(day).next_ask == day.state.request_at + day.state.limits.query_answer_ms
    answer(day)
    row = status(day)
    assert row.asked_at == 0
    asked = day.state.request
    while day.state.request == asked:
        beat(day, 1)
    assert 0 <= day.at - row.next_ask < 1_000


def test_without_a_link_nobody_can_be_asked() -> None:
    day, _ = doubtful()
    day.feed(m.LinkChanged(up=False, text="gone"))
    assert status(day).next_ask == 0
    refusal = day.feed(m.AskNow()).refusal
    assert refusal is not None
    assert refusal.why is Why.LINK_DOWN


def test_asking_now_asks_once_however_often_it_is_pressed() -> None:
    day, _ = doubtful()
    answer(day)
    asked = day.state.request
    assert [type(i) for i in day.feed(m.AskNow()).intents] == [m.Query]
    assert day.feed(m.AskNow()).intents == ()
    assert day.state.request == asked + 1
    beat(day, 2)
    assert [type(i) for i in day.feed(m.AskNow()).intents] == [m.Query]


def test_before_the_day_is_known_there_is_nothing_to_ask_about() -> None:
    day = MarketDay()
    day.feed(m.LinkChanged(up=True))
    refusal = day.feed(m.AskNow()).refusal
    assert refusal is not None
    assert refusal.why is Why.RECONCILING


def test_an_order_given_up_by_the_user_that_turns_up_is_taken_over_and_told() -> None:
    day, place = doubtful()
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    assert pictures.order_row(day.state, day.state.orders[place.ref]).state == "refused"
    told(day, place, OrderState.WORKING, number="88")
    row = pictures.order_row(day.state, day.state.orders[place.ref])
    assert (row.state, row.cancellable) == ("working", True)
    assert Why.ORDER_UNKNOWN in day.said()


@pytest.mark.parametrize("word", [m.AskNow(), m.Release(BOND), m.Release(""), m.DecideUnknown("q261120-000001")])
def test_every_word_about_what_waits_goes_over_the_pipe(word: m.UserEvent) -> None:
    assert event_of(act(word)) == word


def fired_guard(day: MarketDay) -> MarketDay:
    """A guard whose seal gives way, two snapshots after it was armed on a full one."""
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    for lots in (30_000, 30_000):
        melt(day, lots)
    return day


def fired_beside_a_grid() -> MarketDay:
    """Such a guard, and a grid that sells part of the same holding."""
    day = MarketDay(held={STOCK: (5_000, 9_000)}).open()
    day.price(STOCK, 10_800, prev=10_000)
    plan = GridPlan(code=STOCK, base=BaseKind.LAST, first_buy=False, adopt=2_000, unit=1_000, amount=0, step_bp=50)
    assert day.feed(m.ArmGrid(plan)).refusal is None
    return fired_guard(day)


def melt(day: MarketDay, lots: int) -> Quote:
    day.wait(3_000)
    day.quote(quote := sealed_quote(STOCK, day.at, 11_000, lots, prev=10_000))
    return quote


def test_what_holds_up_the_sale_of_a_fired_guard_is_a_blocker_and_told_in_its_row() -> None:
    day = fired_guard(MarketDay(held={STOCK: (1_000, 9_000)}, faults=Faults(reject=1_000)).open())
    for _ in range(3):
        quote = melt(day, 500)
    day.quote(replace(quote, at=day.at + 1, rough=True))
    row = picture_watch.watch_row(day.state, STOCK, ())
    assert (row.state, row.order_ref) == ("triggered", "")
    assert row.why is not None
    assert row.why.why is Why.REJECTED_TOO_OFTEN
    assert pictures.blockers(day.state) == [(STOCK, row.why)]


def test_what_holds_up_everything_is_not_said_again_of_a_fired_guard() -> None:
    day = fired_guard(MarketDay(held={STOCK: (1_000, 9_000)}).open())
    day.feed(m.SetMaster(on=False))
    melt(day, 500)
    off = because(Why.MASTER_OFF)
    assert picture_watch.watch_row(day.state, STOCK, ()).why == off
    assert pictures.blockers(day.state) == [("", off)]


def test_what_holds_up_a_fired_guard_and_the_grid_of_its_code_is_said_once() -> None:
    day = fired_beside_a_grid()
    day.mute = True
    melt(day, 500)
    stuck = because(Why.SYMBOL_MESSAGES, count=9, cap=9)
    day.state = replace(day.state, blocked={STOCK: stuck})
    assert pictures.blockers(day.state) == [(STOCK, stuck)]


def test_a_fired_guards_sale_that_is_out_is_held_up_by_nothing_its_grid_says() -> None:
    day = fired_beside_a_grid()
    day.deaf = True
    melt(day, 500)
    sale = next(place for place in day.places(STOCK) if place.owner.kind is OwnerKind.GUARD)
    told(day, sale, OrderState.WORKING)
    melt(day, 500)
    assert day.state.blocked[STOCK].why is Why.ALREADY_TRIGGERED
    assert picture_watch.watch_row(day.state, STOCK, ()).why is None
    day.state = replace(day.state, blocked={STOCK: because(Why.SYMBOL_MESSAGES, count=9, cap=9)})
    assert picture_watch.held_up(day.state, STOCK) is None


def test_a_grids_word_is_not_told_as_what_holds_up_the_guard_beside_it() -> None:
    day = fired_guard(MarketDay(held={STOCK: (1_000, 9_000)}).open())
    day.state = replace(day.state, blocked={STOCK: because(Why.ALREADY_TRIGGERED)})
    assert picture_watch.held_up(day.state, STOCK) is None
    stuck = because(Why.SYMBOL_MESSAGES, count=9, cap=9)
    day.state = replace(day.state, blocked={STOCK: stuck})
    assert picture_watch.held_up(day.state, STOCK) == stuck


def test_a_clearing_that_waits_says_what_it_waits_for() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    assert day.feed(m.ClearHoldings((m.ClearRow(BOND, 300, 119_500),), True)).refusal is None
    day.price(BOND, 119_000, prev=120_000)
    day.live_market(12_000)
    assert [(code, reason.why) for code, reason in pictures.blockers(day.state)] == [(BOND, Why.BID_BELOW)]
