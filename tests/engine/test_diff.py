"""Desired against actual: properties, and the sentences of the manual."""

from hypothesis import given, settings
from hypothesis import strategies as st

from qmtdesk.domain.order import FINAL, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.engine.diff import cancellable, difference
from qmtdesk.strategies.grid import Wanted

S = OrderState


def order(
    side: Side = Side.BUY,
    price: int = 100,
    volume: int = 20,
    slot: int = 0,
    state: OrderState = S.WORKING,
    **rest: object,
) -> Order:
    return Order(
        f"q-{slot}-{side.value}-{price}",
        "c",
        side,
        price,
        volume,
        Owner(OwnerKind.GRID, slot),
        state,
        0,
        0,
        broker_id="1",
        **rest,  # type: ignore[arg-type]
    )


def want(side: Side = Side.BUY, price: int = 100, volume: int = 20, slot: int = 0) -> Wanted:
    return Wanted(Owner(OwnerKind.GRID, slot), side, price, volume)


def test_what_is_as_wanted_stays() -> None:
    steps = difference([want()], [order()])
    assert (steps.cancels, steps.places) == ((), ())


def test_what_is_missing_is_placed_sells_first() -> None:
    buy, sell = want(), want(Side.SELL, 110, slot=1)
    assert difference([buy, sell], []).places == (sell, buy)


def test_too_small_stays_and_the_rest_waits() -> None:
    steps = difference([want(volume=30)], [order(volume=20)])
    assert (steps.cancels, steps.places) == ((), ())


def test_too_large_unwanted_or_at_another_price_is_cancelled_and_nothing_placed_yet() -> None:
    for working, wanted in ((order(volume=30), [want()]), (order(), []), (order(price=99), [want()])):
        steps = difference(wanted, [working])
        assert (steps.cancels, steps.places) == ((working,), ())


def test_a_partly_filled_order_is_judged_by_what_is_left() -> None:
    assert difference([want(volume=10)], [order(volume=30, filled=20)]).cancels == ()


def test_an_order_whose_trades_are_on_their_way_blocks_its_key_and_is_not_cancelled() -> None:
    done = order(state=S.FILLED, told_filled=20)
    steps = difference([want(price=90)], [done])
    assert (steps.cancels, steps.places) == ((), ())
    assert steps.waiting == {(done.owner, done.side)}


def test_of_two_live_orders_on_one_key_the_first_that_fits_stays() -> None:
    wrong, first, second = order(price=99), order(), order()
    assert difference([want()], [wrong, first, second]).cancels == (wrong, second)


def test_nothing_of_no_volume_is_placed() -> None:
    assert difference([want(volume=0)], []).places == ()


SIDES = st.sampled_from(Side)
STATES = st.sampled_from([state for state in S if state not in FINAL])
WANTS = st.lists(st.builds(want, SIDES, st.integers(1, 9), st.integers(0, 3), st.integers(0, 4)), max_size=8)
ORDERS = st.lists(st.builds(order, SIDES, st.integers(1, 9), st.integers(1, 3), st.integers(0, 4), STATES), max_size=6)


@settings(max_examples=400)
@given(WANTS, ORDERS)
def test_no_two_orders_share_a_key_and_own_orders_never_cross(wanted: list[Wanted], working: list[Order]) -> None:
    steps = difference(wanted, working)
    keys = [(p.owner, p.side) for p in steps.places]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {(o.owner, o.side) for o in working}
    assert set(steps.cancels) <= set(working)
    buys = [o.price for o in working if o.side is Side.BUY]
    sells = [o.price for o in working if o.side is Side.SELL]
    for place in steps.places:
        assert place in wanted
        if place.side is Side.BUY:
            assert not sells or place.price < min(sells)
            assert all(place.price < p.price for p in steps.places if p.side is Side.SELL)
        else:
            assert not buys or place.price > max(buys)


@settings(max_examples=200)
@given(WANTS)
def test_doing_it_twice_is_doing_it_once(wanted: list[Wanted]) -> None:
    placed = [order(p.side, p.price, p.volume, p.owner.slot) for p in difference(wanted, []).places]
    again = difference(wanted, placed)
    assert (again.cancels, again.places) == ((), ())


def test_a_cancel_leaves_once_and_again_after_a_while() -> None:
    fresh = order()
    assert not cancellable(fresh, 999, 1_000, 5_000)
    assert cancellable(fresh, 1_000, 1_000, 5_000)
    asked = order(cancel_asked_at=2_000)
    assert not cancellable(asked, 6_999, 1_000, 5_000)
    assert cancellable(asked, 7_000, 1_000, 5_000)
    stuck = order(state=S.CANCELLING, cancel_asked_at=2_000)
    assert not cancellable(stuck, 6_999, 1_000, 5_000)
    assert cancellable(stuck, 7_000, 1_000, 5_000)


def test_somebody_elses_cancel_of_our_order_is_given_time_too() -> None:
    stuck = Order("q", "c", Side.BUY, 1, 1, Owner(OwnerKind.GRID), S.CANCELLING, 9_000, 10_000, broker_id="1")
    assert not cancellable(stuck, 14_999, 1_000, 5_000)


def test_what_the_counter_has_not_numbered_or_has_finished_cannot_be_cancelled() -> None:
    nameless = Order("q", "c", Side.BUY, 1, 1, Owner(OwnerKind.GRID), S.SENT, 0, 0)
    assert not cancellable(nameless, 9_000, 0, 0)
    assert not cancellable(order(state=S.FILLED), 9_000, 0, 0)
    assert not cancellable(order(state=S.UNKNOWN), 9_000, 0, 0)
