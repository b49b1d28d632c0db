"""What the kill switch says became of each order: cancelled, filled before, or nobody can say."""

import pytest
from test_missing_orders import look, working
from words import ID, deaf_grid, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.engine.work import Work
from qmtdesk.simulate.market_day import BOND, MarketDay
from qmtdesk.trader.pictures import kill_row

S = OrderState


def done(day: MarketDay) -> tuple[str, dict[str, object]]:
    """How the end was told, its time left out."""
    (line,) = [line for line in day.state.lines if line.reason.why is Why.KILL_DONE]
    return line.level, {key: value for key, value in line.reason.args if key != "took_ms"}


def standing() -> tuple[MarketDay, Place]:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    return day, place


def test_a_cancelled_order_is_called_cancelled() -> None:
    day, place = standing()
    day.feed(m.Kill("button"))
    told(day, place, S.CANCELLED)
    assert done(day) == ("notice", {"cancelled": 1})


def test_one_that_filled_before_the_cancel_came_is_called_filled() -> None:
    day, place = standing()
    day.feed(m.Kill("button"))
    traded(day, place, 100)
    told(day, place, S.FILLED, 100)
    assert done(day) == ("notice", {"filled": 1})


def test_one_that_never_reached_the_counter_is_called_so() -> None:
    day, place = deaf_grid()
    day.feed(m.Kill("button"))
    day.feed(m.SubmitRefused(place.ref, "no"))
    assert done(day) == ("notice", {"refused": 1})


def test_one_that_vanishes_unanswered_is_called_unsure_and_not_cancelled() -> None:
    day, place, rest = working()
    day.feed(m.Kill("button"))
    look(day, 6, orders=rest)
    assert day.state.orders[place.ref].state is S.REFUSED
    assert done(day) == ("alarm", {"unsure": 1})
    (item,) = kill_row(day.state).items
    assert item.state == "unlisted"


@pytest.mark.parametrize("linked", [True, False])
def test_one_that_had_vanished_before_is_listed_and_cancelled_by_its_number(linked: bool) -> None:
    day, place, rest = working()
    look(day, 5, orders=rest)
    assert day.state.orders[place.ref].state is S.REFUSED
    if not linked:
        day.feed(m.LinkChanged(up=False, text="x"))
    before = len(day.cancels())
    day.feed(m.Kill("button"))
    assert [cancel.broker_id for cancel in day.cancels()[before:]] == ([ID] if linked else [])
    states = {item.ref: item.state for item in kill_row(day.state).items}
    assert states[place.ref] == "unlisted"
    sent = day.places()
    for other in sent[1:]:
        day.feed(m.SubmitRefused(other.ref, "no"))
    assert done(day) == ("alarm", {"unsure": 1, "refused": len(sent) - 1})
    day.feed(m.CancelRefused(ID, "no such order"))
    assert day.places() == sent


def test_an_order_that_wanted_to_leave_after_the_press_is_counted() -> None:
    day, _ = standing()
    day.feed(m.Kill("button"))
    work = Work(day.state)
    for count in (1, 2):
        reason = work.place(BOND, Owner(OwnerKind.GUARD), Side.SELL, 119_000, 100)
        assert reason is not None
        assert reason.why is Why.KILLED
        assert work.state.kill is not None
        assert work.state.kill.blocked == count
    assert work.intents == []
    assert kill_row(work.state).blocked == 2


def test_one_that_had_vanished_gets_its_cancel_once_the_link_is_back() -> None:
    day, _place, rest = working()
    look(day, 5, orders=rest)
    day.feed(m.LinkChanged(up=False, text="x"))
    day.feed(m.Kill("button"))
    for other in day.places()[1:]:
        day.feed(m.SubmitRefused(other.ref, "no"))
    assert day.feed(m.LiftKill()).refusal is not None
    before = len(day.cancels())
    day.feed(m.LinkChanged(up=True))
    for _ in range(5):
        day.at += 1_000
        day.feed(m.TimePassed())
    assert [cancel.broker_id for cancel in day.cancels()[before:]].count(ID) == 1
    assert day.feed(m.LiftKill()).refusal is None
