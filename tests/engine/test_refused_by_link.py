"""An order the gateway could not send, for its link was gone: no word of the counter's, and nobody's rejection."""

import msgspec
import pytest
from words import PLAN, answer, beat, by_hand, deaf_grid, row_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, STOCK, MarketDay

LOST = "the way there is gone"


def turned_away(day: MarketDay, *, by_link: bool, times: int) -> None:
    """Each order that leaves comes back at once, `times` of them."""
    for _ in range(times):
        (order,) = day.live(BOND)
        day.feed(m.SubmitRefused(order.ref, LOST, by_link=by_link))
        for _ in range(70):
            if day.live(BOND) or not day.state.grids[BOND].armed:
                break
            beat(day)
            answer(day)


@pytest.mark.parametrize("by_link", [True, False])
def test_only_what_the_counter_refuses_disarms_a_grid_and_counts_against_everything(by_link: bool) -> None:
    day, _ = deaf_grid()
    turned_away(day, by_link=by_link, times=3)
    assert day.state.grids[BOND].armed is by_link
    assert (Why.REJECTED_TOO_OFTEN in day.said()) is not by_link


def test_many_of_them_are_no_storm_of_rejections() -> None:
    day, _ = deaf_grid()
    turned_away(day, by_link=True, times=day.state.limits.rejects_storm + 2)
    assert day.state.suspended == {}
    assert day.state.grids[BOND].rejects == 0


def test_it_is_shown_as_not_sent_with_the_gateways_reason() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitRefused(place.ref, LOST, by_link=True))
    for order in (day.state.orders[place.ref], day.folded().orders[place.ref]):
        assert (order.state, order.text) == (OrderState.REFUSED, LOST)
    assert Why.ORDER_REFUSED in day.said()
    assert Why.ORDER_REJECTED not in day.said()


def test_while_the_link_is_down_it_is_not_tried_again() -> None:
    day, place = deaf_grid()
    day.feed(m.LinkChanged(up=False))
    day.feed(m.SubmitRefused(place.ref, LOST, by_link=True))
    beat(day, 5)
    assert day.places() == [place]


def test_a_refusal_written_before_there_was_such_a_field_is_the_counters() -> None:
    old = msgspec.json.decode(b'{"ref":"q1","text":"no"}', type=m.SubmitRefused)
    assert not old.by_link


@pytest.mark.parametrize(("text", "most"), [("可转债交易权限未开通", 3), ("", 4)])
def test_what_the_terminal_itself_turns_down_or_loses_again_and_again_stops_a_grid_too(text: str, most: int) -> None:
    day, _ = deaf_grid(held={STOCK: (1_000, 9_000)})
    his, answered = by_hand(STOCK, Side.BUY, 9_000, 100), 0
    for _ in range(120):
        beat(day)
        for order in day.live(BOND):
            if order.state is OrderState.SENT:
                day.feed(m.SubmitUnknown(order.ref, text))
        if day.state.request != answered:
            answered = day.state.request
            row = row_of(day, his, OrderState.WORKING, remark="", number="900", at=day.at - 60_000)
            answer(day, orders=[row], positions=[Position(STOCK, 1_000, 1_000)])
    assert len(day.places(BOND)) <= most
    assert Why.REJECTED_TOO_OFTEN in day.said()


def test_orders_that_went_together_and_never_arrived_count_once() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(PLAN, live_per_side=4))).refusal is None
    places = day.places(BOND)
    assert len(places) > 3
    for place in places:
        day.feed(m.SubmitUnknown(place.ref, "请求超时，委托结果未知"))
    his, answered = by_hand(STOCK, Side.BUY, 9_000, 100), 0
    for _ in range(10):
        beat(day)
        if day.state.request != answered:
            answered = day.state.request
            row = row_of(day, his, OrderState.WORKING, remark="", number="900", at=day.at - 60_000)
            answer(day, orders=[row], positions=[Position(STOCK, 1_000, 1_000)])
    assert {day.state.orders[place.ref].state for place in places} == {OrderState.REFUSED}
    assert (day.state.grids[BOND].armed, day.state.grids[BOND].rejects) == (True, 1)
