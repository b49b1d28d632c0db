"""全撤 in the terminal: a lattice whose orders are pulled together stops, one order alone rests its gap."""

from words import PLAN, beat, buy_in, deaf_grid, told

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Order, OrderState, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan, StopHow
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import put
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState
TWO = replace(PLAN, live_per_side=2)


def lattice() -> MarketDay:
    """A lattice that holds its first volume and rests on both sides."""
    day = MarketDay().open()
    buy_in(day)
    assert {order.side for order in day.live(BOND)} == set(Side)
    return day


def pull(day: MarketDay, *orders: Order) -> None:
    """Somebody takes them off in the terminal."""
    for order in orders:
        day.exchange.cancel(day.at, m.Cancel("", order.broker_id))


def stopped(day: MarketDay) -> None:
    """The lattice is off for good, everything of it is off the book, and an alarm says so once."""
    day.live_market(15_000)
    book = day.state.grids[BOND]
    assert (book.armed, book.winding, day.live()) == (False, None, [])
    assert book.why is not None
    lines = [line for line in day.state.lines if line.reason.why is Why.TAKEN_OFF]
    assert [(line.level, line.reason.get("by"), line.reason.get("then")) for line in lines] == [
        ("alarm", "terminal", "lattice")
    ]
    assert day.folded().grids[BOND] == book


def runs(day: MarketDay) -> None:
    """The lattice goes on."""
    day.live_market(9_000)
    assert day.state.grids[BOND].armed
    assert Why.TAKEN_OFF not in day.said()


def pairs() -> tuple[MarketDay, tuple[m.Place, m.Place]]:
    """Two buys of a lattice on the book, of which the counter says only what the test says."""
    day = MarketDay().open()
    day.deaf = True
    assert day.feed(m.ArmGrid(TWO)).refusal is None
    one, two = day.places(BOND)
    for number, place in (("1", one), ("2", two)):
        told(day, place, S.WORKING, number=number)
    return day, (one, two)


def test_a_lattice_whose_orders_are_all_pulled_at_the_terminal_stops_and_what_it_holds_stays() -> None:
    day = lattice()
    held = day.state.grids[BOND].grid.held_total
    pull(day, *day.live(BOND))
    sent = len(day.places())
    stopped(day)
    # between the first word and the second one order at most left, and is off again
    assert len(day.places()) <= sent + 1
    assert day.state.grids[BOND].grid.held_total == held


def test_two_of_its_orders_pulled_within_seconds_stop_it_too() -> None:
    day = lattice()
    buys = [order for order in day.live(BOND) if order.side is Side.BUY]
    pull(day, *buys[:2])
    stopped(day)


def test_so_does_one_answer_that_tells_of_all_of_them() -> None:
    day = lattice()
    day.feed(m.LinkChanged(up=False))
    day.mute = True
    pull(day, *day.live(BOND))
    day.wait(20_000)
    day.mute = False
    sent = len(day.places())
    day.feed(m.LinkChanged(up=True))
    stopped(day)
    assert len(day.places()) == sent


def test_the_last_order_of_a_lattice_pulled_at_the_terminal_stops_it() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    told(day, place, S.CANCELLED)
    day.deaf = False
    stopped(day)
    assert day.places() == [place]


def test_a_stopped_lattice_is_started_again_as_ever() -> None:
    day = lattice()
    pull(day, *day.live(BOND))
    stopped(day)
    day.price(BOND, 120_010)
    assert day.feed(m.ArmGrid(GridPlan(code=BOND, first_buy=False))).refusal is None
    day.live_market(6_000)
    assert day.live(BOND)


def test_two_orders_pulled_one_long_after_the_other_rest_a_gap_each() -> None:
    day = lattice()
    for _ in range(2):
        pull(day, next(order for order in day.live(BOND) if order.side is Side.BUY))
        day.live_market(9_000)
    runs(day)
    assert len(day.state.grids[BOND].grid.paused) == 2
    assert day.said().count(Why.GAP_PAUSED) == 2


def test_orders_cancelled_in_this_window_one_after_the_other_are_no_such_thing() -> None:
    day = lattice()
    for order in [order for order in day.live(BOND) if order.side is Side.BUY]:
        day.feed(m.CancelOne(order.ref))
        day.wait(500)
    runs(day)


def test_one_pulled_just_after_the_grid_took_others_off_itself_rests_its_gap() -> None:
    day, (one, two) = pairs()
    beat(day, 2)
    day.feed(m.CancelOne(one.ref))
    told(day, one, S.CANCELLED, number="1")
    told(day, two, S.CANCELLED, number="2")
    assert day.state.grids[BOND].armed
    assert two.owner.slot in day.state.grids[BOND].grid.paused


def test_what_the_counter_turns_down_in_part_beside_a_pulled_order_counts_for_none() -> None:
    day, (one, two) = pairs()
    told(day, one, S.PARTIAL, 10, number="1")
    told(day, one, S.REJECTED, 10, number="1")
    assert day.state.orders[one.ref].state is S.PART_CANCELLED
    told(day, two, S.CANCELLED, number="2")
    assert day.state.grids[BOND].armed
    assert two.owner.slot in day.state.grids[BOND].grid.paused


def test_what_the_counter_takes_off_after_the_close_stops_no_kept_lattice() -> None:
    day = MarketDay(hour=14, minute=56).open()
    assert day.feed(m.ArmGrid(replace(TWO, keep_armed=True))).refusal is None
    day.live_market(3_000)
    day.next_day()
    day.live_market(6_000)
    assert day.state.grids[BOND].armed
    assert Why.TAKEN_OFF not in day.said()
    assert day.live(BOND)


def test_the_same_rows_told_again_stop_nothing() -> None:
    day, (one, two) = pairs()
    told(day, one, S.CANCELLED, number="1")
    beat(day, 30)
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    for _ in range(2):
        told(day, one, S.CANCELLED, number="1")
    assert day.state.grids[BOND].armed
    told(day, two, S.WORKING, number="2")
    assert day.state.grids[BOND].armed


def test_the_second_word_that_comes_after_a_restart_stops_it_all_the_same_and_once() -> None:
    day = lattice()
    buys = [order for order in day.live(BOND) if order.side is Side.BUY]
    pull(day, buys[0])
    day.wait(1_000)
    assert day.state.grids[BOND].armed
    day.mute = True
    pull(day, buys[1])
    day.wait(30_000)
    day.mute = False
    day.restart(resume=True)
    stopped(day)
    day.restart(resume=True)
    stopped(day)


def test_an_order_pulled_while_the_lattice_is_wound_up_changes_nothing_about_it() -> None:
    day, (one, two) = pairs()
    day.feed(m.DisarmGrid(BOND, StopHow.LEAVE))
    told(day, one, S.CANCELLED, number="1")
    told(day, two, S.CANCELLED, number="2")
    assert Why.TAKEN_OFF not in day.said()
    assert {order.owner.kind for order in day.state.orders.values()} == {OwnerKind.GRID}


def test_one_whose_gap_the_lattice_has_no_more_cannot_rest_it_and_stops_the_grid() -> None:
    day, (one, _) = pairs()
    order = day.state.orders[one.ref]
    gone = replace(order, owner=replace(order.owner, slot=9_999))
    day.state = replace(day.state, orders=put(day.state.orders, one.ref, gone))
    told(day, one, S.CANCELLED, number="1")
    assert not day.state.grids[BOND].armed
    assert day.said().count(Why.TAKEN_OFF) == 1
