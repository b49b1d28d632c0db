"""An order in a state nobody knows is in doubt: asked about, frozen, never given up."""

from datetime import timedelta

import pytest
from words import ID, by_hand, deaf_grid, look, row_of, said, told, traded, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import BrokerOrder
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState


def odd(day: MarketDay, place: m.Place, number: str = "255", filled: int = 0) -> BrokerOrder:
    return replace(row_of(day, place, S.UNKNOWN, filled), odd=number)


@pytest.mark.fault("G7")
@pytest.mark.parametrize("number", ["255", "58", "-1", ""])
def test_a_state_nobody_knows_leaves_the_order_in_doubt_and_freezes_its_side(number: str) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place, number)))
    order = day.state.orders[place.ref]
    assert (order.state, order.broker_id, order.odd, order.in_doubt) == (S.WORKING, ID, number or "?", True)
    (line,) = [each for each in day.state.lines if each.reason.why is Why.ORDER_NOT_UNDERSTOOD]
    assert line.reason.get("status") == (number or "?")
    other = replace(place, price=place.price - 1_000, owner=replace(place.owner, slot=place.owner.slot - 9))
    assert why(day, other) is Why.SIDE_FROZEN
    assert why(day, replace(other, side=Side.SELL, price=place.price + 1_000)) is not Why.SIDE_FROZEN
    day.feed(m.OrderReported(odd(day, place, number)))
    assert said(day, Why.ORDER_NOT_UNDERSTOOD) == 1
    assert day.state.orders == day.folded().orders


def test_an_order_in_a_state_nobody_knows_is_asked_about_and_never_given_up() -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    asked = day.state.request
    look(day, 20, orders=[odd(day, place)])
    assert day.state.request - asked >= 20
    order = day.state.orders[place.ref]
    assert order.live
    assert order.in_doubt
    assert day.places(BOND) == [place]


def test_trades_of_an_order_in_a_state_nobody_knows_are_booked() -> None:
    day, place = deaf_grid()
    traded(day, place, 40)
    day.feed(m.OrderReported(odd(day, place, filled=40)))
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.told_filled, order.in_doubt) == (S.PARTIAL, 40, 40, True)


@pytest.mark.parametrize("then", [S.WORKING, S.CANCELLED])
def test_a_word_that_is_understood_ends_the_doubt(then: S) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    told(day, place, then)
    order = day.state.orders[place.ref]
    assert (order.state, order.odd, order.in_doubt) == (then, "", False)


def test_a_final_order_stays_final_whatever_is_said_afterwards() -> None:
    day, place = deaf_grid()
    told(day, place, S.CANCELLED)
    before = day.state.orders[place.ref]
    day.feed(m.OrderReported(odd(day, place)))
    assert day.state.orders[place.ref] == before


def test_somebody_elses_order_in_a_state_nobody_knows_is_kept_and_alarms_nobody() -> None:
    day = MarketDay().open()
    hand = by_hand(BOND, Side.BUY, 119_000, 100)
    day.feed(m.OrderReported(odd(day, hand)))
    assert day.state.orders["x" + ID].odd == "255"
    assert said(day, Why.ORDER_NOT_UNDERSTOOD) == 0
    told(day, hand, S.WORKING)
    assert (day.state.orders["x" + ID].state, day.state.orders["x" + ID].odd) == (S.WORKING, "")


def test_a_doubt_goes_with_the_number_to_the_order_it_turns_out_to_be() -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(replace(odd(day, place), remark="")))
    assert day.state.orders["x" + ID].owner.kind is OwnerKind.FOREIGN
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].in_doubt


def test_the_user_may_decide_about_an_order_nobody_understands_and_it_is_cancelled_before_its_next() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    assert day.feed(m.DecideUnknown(place.ref)).refusal is not None
    day.feed(m.OrderReported(odd(day, place)))
    step = day.feed(m.DecideUnknown(place.ref))
    assert step.refusal is None
    assert day.state.orders[place.ref].state is S.REFUSED
    # it is listed: were it live, its level would be on the book twice
    leaving = [type(intent) for intent in step.intents if isinstance(intent, m.Cancel | m.Place)]
    assert leaving[:1] == [m.Cancel]


@pytest.mark.parametrize(
    ("state", "filled", "then"),
    [
        (S.UNKNOWN, 0, S.REFUSED),
        (S.CANCELLED, 0, S.REFUSED),
        (S.WORKING, 0, S.WORKING),
        (S.UNKNOWN, 40, S.WORKING),
        (S.PART_CANCELLED, 40, S.PART_CANCELLED),
    ],
)
def test_what_the_user_gave_up_stays_so_until_a_row_says_that_it_trades_or_stands(
    state: OrderState, filled: int, then: OrderState
) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    row = odd(day, place, filled=filled) if state is S.UNKNOWN else row_of(day, place, state, filled)
    look(day, 3, orders=[row])
    order = day.state.orders[place.ref]
    assert order.state is then
    alarms = [each.reason.get("ref") for each in day.state.lines if each.reason.why is Why.ORDER_UNKNOWN]
    assert (place.ref in alarms) is (then is not S.REFUSED)
    # what the level sent meanwhile is the only other one
    assert len(day.places(BOND)) == 2


@pytest.mark.parametrize(
    ("event", "why"),
    [(m.LinkChanged(up=False), Why.LINK_DOWN), (m.TimePassed(), Why.NO_CANCEL_PHASE)],
    ids=["link down", "no cancels taken"],
)
def test_what_cannot_be_cancelled_first_cannot_be_decided_either(event: m.Event, why: Why) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    if why is Why.NO_CANCEL_PHASE:
        day.jump(14, 58)
    day.feed(event)
    step = day.feed(m.DecideUnknown(place.ref))
    assert step.refusal == because(why)
    assert day.state.orders[place.ref].in_doubt


@pytest.mark.parametrize("over", [None, S.CANCELLED, S.REJECTED])
def test_what_the_user_gave_up_is_cancelled_once_more_by_the_kill_switch_unless_it_is_told_to_be_over(
    over: OrderState | None,
) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    day.feed(m.CancelRefused(ID, "no"))
    day.wait(1_000)
    if over is not None:
        for _ in range(2):
            day.feed(m.OrderReported(row_of(day, place, over)))
        assert day.state.orders[place.ref].state is S.REFUSED
    step = day.feed(m.Kill("button"))
    assert (place.ref in [intent.ref for intent in step.intents if isinstance(intent, m.Cancel)]) is (over is None)
    assert day.state.kill is not None
    assert (place.ref in day.state.kill.refs) is (over is None)


@pytest.mark.parametrize(("hour", "refused"), [(12, True), (15, False), (20, False)])
def test_a_numbered_order_is_decided_about_once_the_day_is_over_and_not_in_the_lunch_break(
    hour: int, refused: bool
) -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    day.jump(hour, 10)
    step = day.feed(m.DecideUnknown(place.ref))
    assert (step.refusal is not None) is refused
    assert [intent for intent in step.intents if isinstance(intent, m.Cancel)] == []
    assert day.state.orders[place.ref].live is refused


def test_a_rejected_row_of_nobody_that_turns_out_to_be_ours_is_told_once() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    row = replace(odd(day, place), remark=place.ref[:3], at=day.at + 100)
    day.at += 200
    day.feed(m.OrderReported(row))
    assert f"x{ID}" in day.state.orders
    look(day, 4, orders=[replace(row, state=S.REJECTED, odd="")])
    assert f"x{ID}" not in day.state.orders
    assert day.state.orders[place.ref].state is S.REJECTED


def test_a_numbered_order_of_friday_is_decided_about_on_the_weekend() -> None:
    day, place = deaf_grid()
    day.feed(m.OrderReported(odd(day, place)))
    day.at = at_of(day.day + timedelta(days=1), 10, 0)
    day.feed(m.TimePassed())
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    assert not day.state.orders[place.ref].live


def test_somebody_elses_order_is_not_the_users_to_decide_about() -> None:
    day, _ = deaf_grid()
    day.feed(m.OrderReported(row_of(day, by_hand(BOND, Side.BUY, 119_000, 10), S.UNKNOWN, number="9")))
    assert day.state.orders["x9"].in_doubt
    assert day.feed(m.DecideUnknown("x9")).refusal is not None
    assert day.state.orders["x9"].state is S.UNKNOWN
