"""The last minute: what leaves the book then the exchange may have taken off, by a clock that is ahead of ours."""

import pytest
from words import beat, told, trade_of

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, StopHow
from qmtdesk.domain.quote import EMPTY
from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import put
from qmtdesk.simulate.market_day import BOND2, MarketDay, quote_of

S = OrderState
LATTICE = GridPlan(
    code=BOND2, base=BaseKind.LAST, first_buy=False, live_per_side=2, unit=100, adopt=300, keep_armed=True
)
PAIR = GridPlan(code=BOND2, mode=GridMode.ROLLING, unit=100, adopt=300, keep_armed=True)
PLANS = pytest.mark.parametrize("plan", [LATTICE, PAIR], ids=["lattice", "pair"])


def evening(plan: GridPlan, hour: int = 14, minute: int = 57) -> MarketDay:
    """A strategy of Shanghai, where the exchange takes cancels until 15:00, with orders on both sides."""
    day = MarketDay(hour=hour, minute=minute, prices={BOND2: 120_000}, held={BOND2: (300, 120_000)}).open()
    assert day.feed(m.ArmGrid(plan)).refusal is None
    day.live_market(6_000)
    assert len(day.live(BOND2)) > 1
    return day


def pull_all(day: MarketDay) -> None:
    """全撤 at the terminal; to the program the exchange's own cancels look the same."""
    for order in list(day.live(BOND2)):
        day.exchange.cancel(day.at, m.Cancel("", order.broker_id))
    day.wait(500)


def until_the_close(day: MarketDay) -> None:
    day.live_market((15 * 3_600 - 5) * 1_000 - (day.at + 8 * 3_600_000) % 86_400_000)


@PLANS
def test_nothing_leaves_any_more_and_the_strategy_is_the_same_the_next_day(plan: GridPlan) -> None:
    day = evening(plan)
    before = sorted((order.side, order.price) for order in day.live(BOND2))
    day.jump(14, 59, 10).quote_all()
    sent = len(day.places())
    pull_all(day)
    until_the_close(day)
    book = day.state.grids[BOND2]
    assert (len(day.places()), book.armed, day.live(BOND2)) == (sent, True, [])
    if book.grid is not None:
        assert book.grid.paused == frozenset()
    assert day.state.blocked[BOND2].why is Why.PULLED_LATE
    assert day.said().count(Why.PULLED_LATE) == 1
    assert not {Why.TAKEN_OFF, Why.GAP_PAUSED} & set(day.said())
    day.next_day()
    day.live_market(9_000)
    assert sorted((order.side, order.price) for order in day.live(BOND2)) == before


def test_cancels_of_the_close_heard_by_a_late_clock_send_nothing_to_a_closed_exchange() -> None:
    day = evening(LATTICE)
    day.jump(14, 59, 55).quote_all()
    day.deaf = True
    sent = len(day.places())
    for place in day.places():
        told(day, place, S.CANCELLED, number=day.state.orders[place.ref].broker_id)
        beat(day)
        day.quote_all()
    assert len(day.places()) == sent
    assert day.state.grids[BOND2].armed


@PLANS
def test_a_moment_earlier_it_is_somebodys_wish(plan: GridPlan) -> None:
    day = evening(plan)
    day.jump(14, 58, 50).quote_all()
    pull_all(day)
    until_the_close(day)
    assert not day.state.grids[BOND2].armed
    assert Why.TAKEN_OFF in day.said()


def test_an_order_cancelled_by_ourselves_holds_up_nothing() -> None:
    day = evening(LATTICE)
    day.jump(14, 59, 5).quote_all()
    order = day.live(BOND2)[0]
    assert day.feed(m.CancelOne(order.ref)).refusal is None
    day.live_market(9_000)
    assert Why.PULLED_LATE not in day.said()
    assert BOND2 not in day.state.blocked or day.state.blocked[BOND2].why is not Why.PULLED_LATE


def pulled_by_hand(plan: GridPlan, side: Side) -> MarketDay:
    """In the last minute a hand takes off what rests on one side."""
    day = evening(plan)
    day.jump(14, 59, 5).quote_all()
    for order in [order for order in day.live(BOND2) if order.side is side]:
        day.exchange.cancel(day.at, m.Cancel("", order.broker_id))
    day.wait(500)
    return day


@pytest.mark.parametrize("side", Side)
def test_the_lower_stop_sells_all_the_same(side: Side) -> None:
    day = pulled_by_hand(replace(LATTICE, lower_stop=119_000), side)
    day.price(BOND2, 118_900)
    day.live_market(12_000)
    book = day.state.grids[BOND2]
    assert book.grid is not None
    assert book.grid.held_total == 0
    assert [order for order in day.live(BOND2) if order.side is Side.BUY] == []


def test_what_does_not_fit_any_more_is_still_taken_off() -> None:
    day = pulled_by_hand(LATTICE, Side.SELL)
    assert {order.side for order in day.live(BOND2)} == {Side.BUY}
    assert day.feed(m.SetSellOnly(BOND2, on=True)).refusal is None
    day.live_market(6_000)
    assert day.live(BOND2) == []


def nobody_bids(day: MarketDay, price: int) -> None:
    quote = replace(quote_of(BOND2, day.at, price, prev=120_000), bids=(EMPTY,) * 5)
    day.exchange.market(quote)
    day.feed(m.Quoted(quote))


@pytest.mark.parametrize("adopt", [100, 300])
def test_a_stops_own_sale_that_is_taken_off_is_sold_the_next_morning(adopt: int) -> None:
    """Nobody bids, and the close takes it off."""
    day = evening(replace(LATTICE, lower_stop=119_000, adopt=adopt), minute=55)
    day.jump(14, 58)
    for _ in range(12):
        day.wait(1_000)
        nobody_bids(day, 118_900)
    assert {order.side for order in day.live(BOND2)} == {Side.SELL}
    day.jump(14, 59, 57)
    nobody_bids(day, 118_900)
    sent = len(day.places())
    pull_all(day)
    nobody_bids(day, 118_900)
    day.wait(1_000)
    book = day.state.grids[BOND2]
    assert book.grid is not None
    assert (len(day.places()), book.armed, book.grid.paused) == (sent, True, frozenset())
    assert book.grid.held_total >= adopt
    assert day.state.blocked[BOND2].why is Why.PULLED_LATE
    assert not {Why.TAKEN_OFF, Why.GAP_PAUSED} & set(day.said())
    day.last[BOND2] = 118_000
    day.next_day()
    day.live_market(15_000)
    assert day.state.grids[BOND2].grid.held_total == 0  # type: ignore[union-attr]


def test_a_first_buy_that_the_close_takes_off_goes_on_the_next_morning() -> None:
    plan = GridPlan(code=BOND2, base=BaseKind.LAST, keep_armed=True)
    day = MarketDay(hour=14, minute=50, prices={BOND2: 120_000}).open()
    assert day.feed(m.ArmGrid(plan)).refusal is None
    day.price(BOND2, 120_500)
    day.live_market(6_000)
    assert [order.owner.kind for order in day.live(BOND2)].count(OwnerKind.FIRST_BUY) == 1
    day.jump(14, 59, 57).quote_all()
    sent = len(day.places())
    pull_all(day)
    beat(day, 2)
    assert (len(day.places()), day.state.grids[BOND2].armed) == (sent, True)
    # bought then at a price of the day before: who pulled it himself has to know
    assert day.state.blocked[BOND2] == because(Why.PULLED_LATE, then="first_kept")
    day.next_day()
    day.live_market(9_000)
    assert len(day.places()) > sent


def test_who_starts_it_anew_in_that_minute_wants_it_on_the_book() -> None:
    day = pulled_by_hand(LATTICE, Side.BUY)
    assert day.feed(m.DisarmGrid(BOND2, StopHow.CANCEL)).refusal is None
    day.live_market(3_000)
    assert day.feed(m.ArmGrid(replace(LATTICE, adopt=300))).refusal is None
    day.live_market(6_000)
    assert {order.side for order in day.live(BOND2)} == {Side.BUY, Side.SELL}


def left_and_started_anew() -> MarketDay:
    """Stopped with its orders left on the book, and started again: they are the new start's."""
    day = evening(LATTICE, minute=50)
    assert day.feed(m.DisarmGrid(BOND2, StopHow.LEAVE)).refusal is None
    day.live_market(2_000)
    assert day.feed(m.ArmGrid(replace(LATTICE, hysteresis=3))).refusal is None
    day.live_market(5_000)
    assert any(order.created_at < day.state.grids[BOND2].armed_at for order in day.live(BOND2))
    return day


def test_what_an_earlier_start_left_on_the_book_is_not_sent_again_either() -> None:
    day = left_and_started_anew()
    day.jump(14, 59, 10).quote_all()
    sent = len(day.places())
    pull_all(day)
    until_the_close(day)
    assert (len(day.places()), day.state.grids[BOND2].armed) == (sent, True)
    assert day.said().count(Why.PULLED_LATE) == 1


def test_of_a_stop_only_what_was_taken_off_waits_and_the_rest_follows_the_market() -> None:
    day = evening(replace(LATTICE, lower_stop=119_000), minute=55)
    day.jump(14, 58, 50)
    for _ in range(10):
        day.wait(1_000)
        nobody_bids(day, 118_900)
    day.jump(14, 59, 10)
    nobody_bids(day, 118_900)
    first, *rest = day.live(BOND2)
    assert rest
    day.exchange.cancel(day.at, m.Cancel("", first.broker_id))
    day.wait(500)
    day.price(BOND2, 117_500)
    day.live_market(40_000)
    book = day.state.grids[BOND2]
    assert book.grid is not None
    assert (book.armed, book.grid.held_total, day.live(BOND2)) == (True, first.left, [])
    assert day.state.blocked[BOND2].why is Why.PULLED_LATE


@pytest.mark.parametrize("slot", [999, -999])
def test_a_stops_sale_of_a_gap_the_lattice_has_no_more_counts_as_one(slot: int) -> None:
    day = evening(replace(LATTICE, lower_stop=119_000), minute=55)
    day.jump(14, 59, 10)
    nobody_bids(day, 118_900)
    gone = Order("q", BOND2, Side.SELL, 130_000, 10, Owner(OwnerKind.GRID, slot), S.CANCELLED, day.at, day.at)
    day.state = replace(day.state, orders=put(day.state.orders, gone.ref, gone))
    nobody_bids(day, 118_900)
    day.wait(1_000)
    assert day.state.blocked[BOND2].why is Why.PULLED_LATE


def test_it_is_said_once_though_something_else_is_in_the_way_now_and_then() -> None:
    day = pulled_by_hand(LATTICE, Side.BUY)
    for _ in range(4):
        day.wait(9_500)
        day.quote_all()
    assert day.said().count(Why.PULLED_LATE) == 1


def logged(day: MarketDay, why: Why) -> list[tuple[str, Reason]]:
    return [(line.level, line.reason) for line in day.state.lines if line.reason.why is why]


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "for the day"])
def test_a_stops_sale_that_is_taken_off_is_an_alarm_whatever_was_said_before(kept: bool) -> None:
    day = evening(replace(LATTICE, lower_stop=119_000, keep_armed=kept), minute=55)
    day.jump(14, 59, 5).quote_all()
    pull_all(day)
    beat(day)
    for _ in range(3):
        nobody_bids(day, 118_900)
        day.wait(1_000)
    assert {order.side for order in day.live(BOND2)} == {Side.SELL}
    day.jump(14, 59, 57)
    nobody_bids(day, 118_900)
    pull_all(day)
    beat(day, 2)
    assert logged(day, Why.PULLED_LATE) == [
        ("notice", because(Why.PULLED_LATE)),
        ("alarm", because(Why.PULLED_LATE, then="stop_kept" if kept else "stop")),
    ]


def selling_above_the_bid(*at: int) -> MarketDay:
    """停止并卖出, whose order rests."""
    day = evening(LATTICE)
    day.jump(*at).quote_all()
    assert day.feed(m.DisarmGrid(BOND2, StopHow.SELL)).refusal is None
    day.wait(300)
    day.last[BOND2] = 119_000
    day.exchange.market(quote_of(BOND2, day.at, 119_000, prev=120_000))
    day.wait(700)
    beat(day)
    assert [order.owner.kind for order in day.live(BOND2)] == [OwnerKind.CLEAR]
    return day


@pytest.mark.parametrize(("second", "left"), [(55, [("alarm", because(Why.LEFT_UNSOLD, volume=300))]), (0, [])])
def test_the_sale_of_a_stop_by_the_user_that_the_close_takes_off_is_an_alarm_too(
    second: int, left: list[tuple[str, Reason]]
) -> None:
    day = selling_above_the_bid(14, 59 if second else 58, second or 50)
    pull_all(day)
    beat(day)
    assert day.state.grids[BOND2].winding is None
    assert Why.TAKEN_OFF in day.said()
    assert logged(day, Why.LEFT_UNSOLD) == left


@pytest.mark.parametrize(("sold", "left"), [(200, [("alarm", because(Why.LEFT_UNSOLD, volume=100))]), (300, [])])
def test_what_a_stop_sold_and_was_not_told_yet_is_none_of_what_it_leaves(
    sold: int, left: list[tuple[str, Reason]]
) -> None:
    day = selling_above_the_bid(14, 59, 55)
    (place,) = [place for place in day.places() if place.owner.kind is OwnerKind.CLEAR]
    day.deaf = True
    told(day, place, S.PART_CANCELLED, sold, number=day.state.orders[place.ref].broker_id)
    assert logged(day, Why.LEFT_UNSOLD) == left


def test_a_trade_told_behind_the_end_of_its_order_brings_nothing_back() -> None:
    day = evening(replace(LATTICE, live_per_side=1))
    day.jump(14, 58, 58).quote_all()
    day.deaf = True
    order = next(order for order in day.live(BOND2) if order.side is Side.BUY)
    place = next(place for place in day.places() if place.ref == order.ref)
    fill = trade_of(day, place, 40, number=order.broker_id)
    day.jump(14, 59, 1).quote_all()
    told(day, place, S.PART_CANCELLED, 40, number=order.broker_id)
    sent = len(day.places())
    day.at += 300
    day.feed(m.FillReported(fill))
    day.quote_all()
    beat(day, 3)
    assert day.state.orders[order.ref].filled == 40
    assert len(day.places()) == sent
    assert day.state.blocked[BOND2].why is Why.PULLED_LATE
