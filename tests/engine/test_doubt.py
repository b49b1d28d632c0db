"""Orders of which nobody knows what became: asked about, never sent again, and taken back when they appear."""

import pytest
from words import ID, PLAN, answer, beat, by_hand, deaf_grid, look, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport, Asset
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import put
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState


def lost(day: MarketDay, ref: str) -> None:
    day.feed(m.SubmitUnknown(ref, "timeout"))
    look(day)


def test_an_order_without_an_answer_is_in_doubt_after_five_seconds_and_asked_about() -> None:
    day, place = deaf_grid()
    beat(day, 5)
    assert day.state.orders[place.ref].state is S.SENT
    asked = day.state.request
    beat(day, 1)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.state.request > asked
    assert Why.ORDER_UNKNOWN in day.said()


def test_an_order_in_doubt_is_never_sent_again_and_freezes_its_side() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    beat(day, 20)
    assert day.places(BOND) == [place]
    day.feed(m.SetSellOnly(BOND, on=True))
    day.feed(m.SetSellOnly(BOND, on=False))
    assert day.places(BOND) == [place]


def test_an_order_that_three_looks_over_six_seconds_do_not_find_is_given_up_and_sent_anew() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    look(day, 1)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    look(day, 2)
    assert day.state.orders[place.ref].state is S.REFUSED
    assert Why.ORDER_REFUSED in day.said()
    beat(day, 1)
    again = day.places(BOND)[1]
    assert (again.price, again.volume, again.owner) == (place.price, place.volume, place.owner)
    assert again.ref != place.ref


def test_however_often_the_user_asks_an_order_is_given_up_after_six_seconds_and_no_sooner() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    states = []
    for _ in range(6):
        day.at += 1_000
        day.quote_all()
        day.feed(m.AskNow())
        answer(day)
        states.append(day.state.orders[place.ref].state)
    assert states == [S.UNKNOWN] * 5 + [S.REFUSED]


def test_three_quick_looks_are_not_enough() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    for _ in range(5):
        day.at += 200
        answer(day)
        day.feed(m.CancelRefused("nobody", ""))
    assert day.state.orders[place.ref].state is S.UNKNOWN


def test_an_old_answer_told_late_is_no_look() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    old = day.at
    beat(day, 10)
    for _ in range(4):
        now, day.at = day.at, old
        report = answer_at(day)
        day.at = now + 1_000
        day.feed(m.AccountReported(day.state.request - 1, report))
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.state.orders[place.ref].asked == 0


def answer_at(day: MarketDay) -> AccountReport:
    return AccountReport(day.at, day.day.isoformat(), Asset(1_000, 0, 1_000), (), (), ())


def test_a_push_finds_the_order_in_doubt() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    told(day, place, S.WORKING)
    order = day.state.orders[place.ref]
    assert (order.state, order.broker_id) == (S.WORKING, ID)


def test_a_trade_finds_the_order_in_doubt() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    traded(day, place, 40)
    order = day.state.orders[place.ref]
    assert (order.state, order.broker_id, order.filled) == (S.PARTIAL, ID, 40)
    assert day.state.grids[BOND].grid.held_total == 40


def test_doubt_about_an_order_that_has_a_number_changes_nothing() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    assert day.state.orders[place.ref].state is S.WORKING


@pytest.mark.parametrize("by_user", [False, True])
def test_a_late_push_brings_an_order_given_up_for_lost_back_to_life(by_user: bool) -> None:
    day, place = deaf_grid()
    if by_user:
        day.feed(m.SubmitUnknown(place.ref, "timeout"))
        assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    else:
        lost(day, place.ref)
    assert day.state.orders[place.ref].state is S.REFUSED
    told(day, place, S.WORKING)
    assert day.state.orders[place.ref].state is S.WORKING
    assert day.said().count(Why.ORDER_UNKNOWN) == 2


def test_of_two_orders_that_then_live_on_one_key_one_is_cancelled() -> None:
    day, place = deaf_grid()
    lost(day, place.ref)
    beat(day, 1)
    again = day.places(BOND)[1]
    told(day, again, S.WORKING, number="77002")
    told(day, place, S.WORKING)
    beat(day, 2)
    assert [cancel.ref for cancel in day.cancels()] == [again.ref]


def test_a_late_trade_of_an_order_given_up_for_lost_is_booked_to_it() -> None:
    day, place = deaf_grid()
    lost(day, place.ref)
    traded(day, place, 100)
    order = day.state.orders[place.ref]
    assert (order.state, order.filled) == (S.FILLED, 100)
    assert day.state.grids[BOND].grid.held_total == 100


def test_a_late_answer_brings_an_order_given_up_for_lost_back_to_life() -> None:
    day, place = deaf_grid()
    lost(day, place.ref)
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].state is S.WORKING


def test_an_order_that_comes_back_after_a_disarm_is_cancelled() -> None:
    day, place = deaf_grid()
    lost(day, place.ref)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    for order in day.live(BOND):
        day.feed(m.SubmitRefused(order.ref, "no"))
    beat(day, 1)
    assert day.state.grids[BOND].winding is None
    told(day, place, S.WORKING)
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]


def test_an_order_that_comes_back_after_the_kill_was_done_is_cancelled_and_the_kill_is_not_done() -> None:
    day, place = deaf_grid()
    lost(day, place.ref)
    day.feed(m.Kill("button"))
    for order in day.live(BOND):
        day.feed(m.SubmitRefused(order.ref, "no"))
    assert day.state.kill is not None
    assert day.state.kill.done_at
    told(day, place, S.WORKING)
    assert day.cancels()[-1].ref == place.ref
    assert day.state.kill.done_at == 0
    assert day.feed(m.LiftKill()).refusal is not None
    told(day, place, S.CANCELLED)
    assert day.state.kill.done_at


def test_a_refusal_is_final() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitRefused(place.ref, "no"))
    assert day.state.orders[place.ref].state is S.REJECTED
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].state is S.REJECTED


def test_a_refusal_that_a_row_contradicts_was_of_another_order() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitRefused(place.ref, "no"))
    told(day, place, S.WORKING)
    assert day.state.orders[place.ref].state is S.WORKING


def test_a_refusal_of_an_order_the_counter_has_shown_is_asked_about_and_not_believed() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    asked = day.state.request
    day.feed(m.SubmitRefused(place.ref, "error of an earlier order"))
    assert day.state.orders[place.ref].state is S.WORKING
    assert day.state.request == asked + 1


def test_a_rejection_told_by_a_row_is_never_taken_back() -> None:
    day, place = deaf_grid()
    told(day, place, S.REJECTED, text="no")
    told(day, place, S.WORKING)
    assert day.state.orders[place.ref].state is S.REJECTED


def test_a_cut_remark_finds_the_only_order_it_may_be() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING, remark=place.ref[:9])
    assert day.state.orders[place.ref].broker_id == ID
    assert "x" + ID not in day.state.orders


@pytest.mark.parametrize("remark", ["", "q26"])
def test_a_remark_too_short_to_tell_waits_for_the_answer(remark: str) -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING, remark=remark)
    assert day.state.orders[place.ref].state is S.SENT
    assert day.state.orders["x" + ID].owner.kind is OwnerKind.FOREIGN
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert day.state.orders[place.ref].state is S.WORKING
    assert "x" + ID not in day.state.orders


def test_with_the_remark_dropped_and_the_answer_lost_the_only_row_that_fits_is_the_order() -> None:
    day, place = deaf_grid()
    told(day, place, S.PARTIAL, 30, remark="")
    fill = trade_of(day, place, 30)
    traded(day, by_hand(place.code, place.side, place.price, 30), 30)
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    beat(day, 1)
    answer(day, [row_of(day, place, S.PARTIAL, 30, remark="")], [fill])
    order = day.state.orders[place.ref]
    assert (order.state, order.filled, order.told_filled) == (S.PARTIAL, 30, 30)
    assert day.state.grids[BOND].grid.held_total == 30
    assert list(day.state.orders) == [place.ref]


def test_with_more_rows_than_orders_the_doubt_stays() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    rows = [row_of(day, place, S.WORKING, remark="", number=number) for number in ("1", "2")]
    look(day, 5, orders=rows)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.places(BOND) == [place]


def alike(day: MarketDay, place: m.Place, number: int) -> str:
    """A second order in doubt that differs from the first in its gap alone, as several gaps sold at one price do."""
    order = day.state.orders[place.ref]
    ref = f"{place.ref[:8]}{number:06d}"
    twin = replace(order, ref=ref, owner=Owner(OwnerKind.GRID, 1_000 + number))
    day.state = replace(day.state, orders=put(day.state.orders, ref, twin))
    return ref


def test_alike_orders_take_their_rows_in_turn() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    twin = alike(day, place, 900)
    rows = [row_of(day, place, S.WORKING, remark=place.ref[:8], number=number) for number in ("1", "2")]
    beat(day, 1)
    answer(day, rows)
    assert (day.state.refs["1"], day.state.refs["2"]) == (place.ref, twin)


def test_of_alike_orders_those_without_a_row_are_given_up_in_the_end() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    twin = alike(day, place, 900)
    look(day, 4, orders=[row_of(day, place, S.WORKING, remark=place.ref[:8], number="1")])
    assert day.state.refs["1"] == place.ref
    assert day.state.orders[twin].state is S.REFUSED


def test_rows_wait_while_the_answer_of_an_alike_order_may_still_come() -> None:
    day, place = deaf_grid()
    twin = alike(day, place, 900)
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    rows = [row_of(day, place, S.WORKING, remark="", number="1")]
    beat(day, 1)
    answer(day, rows)
    assert day.state.orders[place.ref].state is S.UNKNOWN
    day.feed(m.SubmitAnswered(twin, "1"))
    look(day, 4, orders=rows)
    assert day.state.orders[place.ref].state is S.REFUSED


def test_a_row_that_tells_more_is_matched_before_one_that_tells_less() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    near, _, _ = (alike(day, place, number) for number in (900, 1_001, 1_002))
    remarks = ("", *[place.ref[:11]] * 3)
    rows = [row_of(day, place, S.WORKING, remark=remark, number=str(n)) for n, remark in enumerate(remarks)]
    beat(day, 1)
    answer(day, rows)
    assert [day.state.refs[number] for number in "0123"] == ["x0", place.ref, near, "x3"]


def test_somebody_elses_earlier_order_is_not_taken_for_ours() -> None:
    day = MarketDay().open()
    day.deaf = True
    hand = by_hand(BOND, Side.BUY, 120_000, 100)
    rows = [row_of(day, hand, S.WORKING, number="9")]
    answer(day, rows)
    beat(day, 10)
    answer(day, rows)
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    assert (place.price, place.volume) == (hand.price, hand.volume)
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    look(day, 3, orders=rows)
    assert day.state.orders[place.ref].state is S.REFUSED
    assert day.state.orders["x9"].state is S.WORKING


def test_refs_go_on_after_the_highest_even_when_some_are_missing_from_the_journal() -> None:
    day, place = deaf_grid()
    day.feed(m.SubmitRefused(place.ref, "no"))
    beat(day, 4)
    last = day.places(BOND)[-1]
    day.records = [record for record in day.records if getattr(getattr(record, "order", None), "ref", "") != place.ref]
    assert day.folded().next_ref == int(last.ref.rsplit("-")[-1]) + 1


def test_a_ref_found_at_the_counter_but_not_in_the_journal_is_not_given_out_again() -> None:
    day = MarketDay().open()
    day.deaf = True
    stray = m.Place("q261120-000007", BOND, Side.SELL, 125_000, 10, by_hand(BOND, Side.SELL, 1, 1).owner)
    answer(day, [row_of(day, stray, S.WORKING, number="9")])
    day.feed(m.ArmGrid(PLAN))
    assert day.places(BOND)[0].ref == "q261120-000008"


def test_a_number_that_another_of_our_orders_has_is_not_taken_away_from_it() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    twin = alike(day, place, 900)
    day.state = replace(
        day.state, orders=put(day.state.orders, twin, replace(day.state.orders[twin], broker_id="", state=S.SENT))
    )
    asked = day.state.request
    day.feed(m.SubmitAnswered(twin, ID))
    assert day.state.refs[ID] == place.ref
    assert day.state.orders[twin].broker_id == ""
    assert day.state.request == asked + 1
