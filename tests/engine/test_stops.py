"""Disarming, clearing and the kill switch: nothing new leaves, nothing of ours is forgotten."""

import pytest
from words import ID, PLAN, answer, beat, buy_in, by_hand, deaf_grid, sell_out, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridMode, GridPlan, GuardPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.simulate.market_day import BOND, NEXT_DAY, STOCK, MarketDay
from qmtdesk.strategies.guard import GuardState

S = OrderState


def holding_grid() -> MarketDay:
    """A grid that bought its first volume and rests on both sides."""
    day = MarketDay().open()
    bought(day)
    assert {order.side for order in day.live(BOND)} == set(Side)
    return day


def bought(day: MarketDay) -> None:
    buy_in(day)
    assert day.state.grids[BOND].grid.held_total == 160


def test_an_armed_grid_buys_its_first_volume_and_then_rests_on_both_sides() -> None:
    day = holding_grid()
    live = sorted((order.side.value, order.volume) for order in day.live(BOND))
    assert live == [("buy", 80), ("buy", 80), ("sell", 80), ("sell", 80)]


def test_a_disarm_cancels_the_grids_orders_and_ends_when_the_last_is_confirmed() -> None:
    day = holding_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert day.state.grids[BOND].winding is StopHow.CANCEL
    day.live_market(3_000)
    assert day.live() == []
    assert day.state.grids[BOND].winding is None
    assert day.exchange.live_codes == frozenset()


def test_a_disarm_may_leave_the_orders_and_a_second_one_cancels_them_after_all() -> None:
    day = holding_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.live_market(6_000)
    assert len(day.live(BOND)) == 4
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.live_market(3_000)
    assert day.live() == []


def test_orders_left_behind_are_still_booked_to_their_grid() -> None:
    day = holding_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.price(BOND, 121_500)
    day.wait(1_000)
    assert day.state.grids[BOND].grid.held_total == 0


@pytest.mark.parametrize("how", list(StopHow))
def test_disarming_twice_is_disarming_once(how: StopHow) -> None:
    day = holding_grid()
    day.feed(m.DisarmGrid(BOND, how))
    records = len(day.records)
    again = day.feed(m.DisarmGrid(BOND, how))
    assert again.refusal is None
    assert len(day.records) == records


def test_disarming_what_never_ran_says_nothing() -> None:
    day = MarketDay().open()
    assert day.feed(m.DisarmGrid(BOND, StopHow.CANCEL)).records == ()
    assert day.feed(m.DisarmGuard(STOCK)).records == ()


def test_an_order_whose_answer_is_out_is_cancelled_as_soon_as_it_has_a_number() -> None:
    day, place = deaf_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert day.cancels() == []
    beat(day, 2)
    day.feed(m.SubmitAnswered(place.ref, ID))
    assert [cancel.ref for cancel in day.cancels()] == [place.ref]


def test_arming_while_the_last_orders_are_being_cancelled_is_refused() -> None:
    day = holding_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal.why is Why.WAITING_CANCEL
    day.live_market(3_000)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, adopt=160))).refusal is None


def test_arming_again_with_the_same_plan_changes_nothing_and_with_another_is_refused() -> None:
    day = holding_grid()
    result = day.feed(m.ArmGrid(GridPlan(code=BOND)))
    assert (result.refusal, result.records) == (None, ())
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, step_bp=50))).refusal.why is Why.ALREADY_ARMED


def test_a_stop_with_selling_sells_what_the_grid_holds_and_no_more() -> None:
    day = MarketDay(held={BOND: (50, 110_000)}).open()
    bought(day)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(6_000)
    clear = [place for place in day.places(BOND) if place.owner.kind is OwnerKind.CLEAR]
    assert [(place.side, place.volume) for place in clear] == [(Side.SELL, 160)]
    book = day.state.grids[BOND]
    assert (book.armed, book.winding, book.grid.held_total) == (False, None, 0)
    assert day.exchange.account.holdings[BOND].volume == 50


def test_a_clearing_sale_the_market_went_away_from_follows_it() -> None:
    day = holding_grid()
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.wait(500)
    day.price(BOND, 119_000)
    day.live_market(12_000)
    assert day.state.grids[BOND].grid.held_total == 0
    assert day.exchange.live_codes == frozenset()


def stuck_clear() -> MarketDay:
    day = holding_grid()
    assert sell_out(day).state is S.WORKING
    return day


def test_a_clearing_sale_is_cancelled_by_a_stop_that_cancels() -> None:
    day = stuck_clear()
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.wait(3_000)
    assert day.live() == []
    assert day.state.grids[BOND].winding is None


def test_a_clearing_sale_is_left_alone_by_a_stop_that_leaves() -> None:
    day = stuck_clear()
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    day.wait(3_000)
    assert len(day.live()) == 1


def test_nothing_sellable_ends_a_stop_with_selling() -> None:
    day = MarketDay().open()
    day.feed(m.ArmGrid(PLAN))
    day.wait(2_000)
    day.feed(m.DisarmGrid(BOND, StopHow.SELL))
    day.live_market(3_000)
    assert day.state.grids[BOND].winding is None
    assert not [place for place in day.places() if place.side is Side.SELL]


# --- kill


def test_the_kill_cancels_every_own_order_whatever_its_age_and_no_foreign_one() -> None:
    day = holding_grid()
    foreign = day.exchange.submit_foreign(day.at, STOCK, Side.BUY, 9_000, 100)
    day.wait(1_000)
    day.feed(m.Kill("button"))
    assert len(day.cancels()) == 4
    day.live_market(3_000)
    assert day.live() == []
    assert day.state.kill.done_at
    assert Why.KILL_DONE in day.said()
    assert foreign not in {cancel.broker_id for cancel in day.cancels()}
    assert day.exchange.live_codes == {STOCK}


def test_nothing_leaves_while_killed_and_it_stays_so_over_a_restart() -> None:
    day = holding_grid()
    day.feed(m.Kill("file"))
    sent = len(day.places())
    day.live_market(6_000)
    day.restart(resume=True)
    day.live_market(6_000)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND))).refusal.why is Why.KILLED
    assert day.feed(m.ArmGuard(GuardPlan(code=STOCK))).refusal.why is Why.KILLED
    assert len(day.places()) == sent
    assert day.state.kill.by == "file"


def test_the_kill_disarms_everything_and_pressing_it_again_changes_nothing() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.wait(500)
    day.feed(m.Kill("button"))
    assert not day.state.grids[BOND].armed
    assert day.state.guards[STOCK].state is GuardState.OFF
    kill = day.state.kill
    day.feed(m.Kill("key"))
    assert day.state.kill == kill


def test_the_kill_leaves_what_is_off_already_as_it_is_and_no_sale_waits_for_its_end() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open()
    day.feed(m.ArmGrid(PLAN))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK)))
    day.live_market(3_000)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.feed(m.DisarmGuard(STOCK))
    day.live_market(3_000)
    grids, guards = day.state.grids, day.state.guards
    day.feed(m.Kill("button"))
    assert (day.state.grids, day.state.guards) == (grids, guards)
    assert day.feed(m.DisarmGrid(BOND, StopHow.SELL)).refusal.why is Why.KILLED
    assert day.feed(m.DisarmGrid(BOND, StopHow.CANCEL)).refusal is None


def test_the_kill_is_lifted_by_hand_and_only_when_nothing_is_left() -> None:
    day, place = deaf_grid()
    day.feed(m.Kill("button"))
    assert day.feed(m.LiftKill()).refusal.get("left") == 1
    told(day, place, S.WORKING)
    told(day, place, S.CANCELLED)
    assert day.feed(m.LiftKill()).refusal is None
    assert day.state.kill is None
    assert day.feed(m.LiftKill()).refusal is None
    assert not day.state.grids[BOND].armed


def test_a_kill_while_the_link_is_down_cancels_when_it_is_back() -> None:
    day = holding_grid()
    day.feed(m.LinkChanged(up=False))
    day.feed(m.Kill("button"))
    day.live_market(7_000)
    assert day.cancels() == []
    day.feed(m.LinkChanged(up=True))
    day.live_market(6_000)
    assert day.live() == []
    assert day.state.kill.done_at


def test_a_lost_cancel_is_sent_again_after_five_seconds() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    beat(day, 2)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    beat(day, 4)
    assert len(day.cancels()) == 1
    beat(day, 2)
    assert len(day.cancels()) == 2
    told(day, place, S.CANCELLING)
    beat(day, 4)
    assert len(day.cancels()) == 2
    beat(day, 3)
    assert len(day.cancels()) == 3


def test_cancels_wait_for_the_phase_that_takes_them() -> None:
    day = MarketDay(hour=14, minute=56).open()
    day.feed(m.ArmGrid(PLAN))
    day.wait(2_000)
    day.jump(14, 57, 30)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    day.feed(m.Kill("button"))
    day.live_market(6_000)
    assert day.cancels() == []
    assert len(day.live()) == 1
    day.next_day(NEXT_DAY)
    assert day.live() == []
    assert day.state.kill.done_at


def test_a_loss_beyond_the_limit_kills_once_a_day() -> None:
    day = MarketDay(held={BOND: (5_000, 120_000)}).open()
    day.live_market(3_000)
    day.price(BOND, 107_000)
    day.wait(1_000)
    day.price(BOND, 107_000)
    day.wait(1_000)
    assert day.state.kill.by == "loss"
    assert Why.LOSS_KILL in day.said()
    assert day.feed(m.LiftKill()).refusal is None
    day.live_market(6_000)
    assert day.state.kill is None
    assert day.folded().loss_day == day.state.day


def test_one_wild_price_stops_buying_and_does_not_kill() -> None:
    day = MarketDay(held={BOND: (5_000, 120_000)}).open()
    day.live_market(3_000)
    day.price(BOND, 97_000)
    day.feed(m.ArmGrid(PLAN))
    day.wait(2_000)
    assert day.state.blocked[BOND].why is Why.LOSS_REDUCE
    assert day.places() == []
    day.price(BOND, 120_000)
    day.live_market(6_000)
    assert day.state.kill is None
    assert BOND not in day.state.blocked


def test_the_first_price_of_a_day_alone_does_not_kill() -> None:
    day = MarketDay(held={BOND: (5_000, 120_000)})
    day.connect()
    day.wait(2_000)
    day.price(BOND, 97_000)
    day.wait(2_000)
    assert day.state.kill is None
    day.price(BOND, 97_000)
    day.wait(2_000)
    assert day.state.kill.by == "loss"


def test_a_smaller_loss_only_stops_buying() -> None:
    day = MarketDay(held={BOND: (5_000, 120_000)}).open()
    day.price(BOND, 112_000)
    day.feed(m.ArmGrid(PLAN))
    day.wait(2_000)
    assert day.state.kill is None
    assert day.places() == []
    assert day.state.blocked[BOND].why is Why.LOSS_REDUCE


# --- single orders


def test_cancelling_one_order_parks_its_gap() -> None:
    day = holding_grid()
    order = next(order for order in day.live(BOND) if order.side is Side.SELL)
    assert day.feed(m.CancelOne(order.ref)).refusal is None
    day.live_market(6_000)
    assert order.owner.slot in day.state.grids[BOND].grid.paused
    assert order.ref not in {o.ref for o in day.live(BOND)}
    assert not [o for o in day.live(BOND) if o.owner == order.owner]


@pytest.mark.parametrize("case", ["unknown", "foreign", "down", "phase"])
def test_cancelling_one_order_is_refused_with_its_reason(case: str) -> None:
    day, place = deaf_grid(hour=14, minute=50)
    told(day, place, S.WORKING)
    told(day, by_hand(BOND, Side.BUY, 110_000, 10), S.WORKING, number="9")
    ref, why = {"foreign": ("x9", Why.BAD_SETTING), "unknown": ("q0", Why.BAD_SETTING)}.get(case, (place.ref, None))
    if case == "down":
        day.feed(m.LinkChanged(up=False))
        why = Why.LINK_DOWN
    if case == "phase":
        day.jump(14, 58)
        why = Why.NO_CANCEL_PHASE
    assert day.feed(m.CancelOne(ref)).refusal.why is why
    assert day.cancels() == []


def test_only_a_doubtful_order_can_be_decided() -> None:
    day, place = deaf_grid()
    assert day.feed(m.DecideUnknown(place.ref)).refusal.why is Why.BAD_SETTING
    assert day.feed(m.DecideUnknown("q0")).refusal.why is Why.BAD_SETTING


# --- cancelled by somebody else at the terminal


def test_a_level_cancelled_at_the_terminal_is_parked_and_not_sent_again() -> None:
    day = holding_grid()
    order = next(order for order in day.live(BOND) if order.side is Side.BUY)
    day.exchange.cancel(day.at, m.Cancel("", order.broker_id))
    day.live_market(9_000)
    assert order.owner.slot in day.state.grids[BOND].grid.paused
    assert not [o for o in day.live(BOND) if o.owner == order.owner]
    assert Why.GAP_PAUSED in day.said()


def test_a_first_buy_cancelled_at_the_terminal_stops_its_grid() -> None:
    day, place = deaf_grid(GridPlan(code=BOND, mode=GridMode.ROLLING))
    told(day, place, S.WORKING)
    told(day, place, S.CANCELLED)
    assert place.owner.kind is OwnerKind.FIRST_BUY
    assert not day.state.grids[BOND].armed
    beat(day, 5)
    assert day.places() == [place]


def test_a_clearing_sale_cancelled_at_the_terminal_ends_the_clearing() -> None:
    day = stuck_clear()
    (order,) = day.live()
    day.exchange.cancel(day.at, m.Cancel("", order.broker_id))
    day.live_market(9_000)
    assert day.state.grids[BOND].winding is None
    assert day.live() == []
    assert day.state.grids[BOND].grid.held_total == 160


def test_orders_that_die_at_the_close_were_cancelled_by_nobody() -> None:
    day = MarketDay(hour=14, minute=56).open()
    day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False, keep_armed=True)))
    day.wait(2_000)
    day.next_day()
    book = day.state.grids[BOND]
    assert book.armed
    assert book.grid.paused == frozenset()
    day.live_market(3_000)
    assert len(day.live(BOND)) == 2


def test_a_parked_levels_trade_that_was_on_its_way_is_booked() -> None:
    day, place = deaf_grid()
    told(day, place, S.PART_CANCELLED, 30)
    assert place.owner.slot in day.state.grids[BOND].grid.paused
    traded(day, place, 30)
    assert day.state.grids[BOND].grid.held_total == 30
    answer(day)
