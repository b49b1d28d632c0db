"""A row without a remark that may be ours and may be a human's: taken for ours only when nothing speaks against it."""

import pytest
from words import PLAN, answer, beat, by_hand, deaf_grid, look, row_of, told, trade_of, traded, why

from qmtdesk.domain import messages as m
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Ready, put
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay

S = OrderState


def in_doubt() -> tuple[MarketDay, Place]:
    day, place = deaf_grid(prices={BOND: 120_000, BOND2: 110_000})
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    return day, place


def twin(day: MarketDay, place: Place, number: str = "77", **rest: object) -> object:
    """What a human typed: the very same order."""
    return row_of(day, by_hand(place.code, place.side, place.price, place.volume), S.WORKING, number=number, **rest)  # type: ignore[arg-type]


def test_the_only_row_beside_nobody_elses_is_ours() -> None:
    day, place = in_doubt()
    look(day, 1, orders=[twin(day, place)])
    assert day.state.orders[place.ref].state is S.WORKING
    assert day.state.refs["77"] == place.ref


def test_what_a_hand_had_time_to_type_is_asked_about() -> None:
    day, place = in_doubt()
    look(day, 4, orders=[twin(day, place, at=day.at + 5_000)])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.state.orders["x77"].owner.kind is OwnerKind.FOREIGN
    assert day.said().count(Why.ORDER_LOOKALIKE) == 1
    assert day.cancels() == []


def ours(day: MarketDay) -> object:
    """Another order of ours that came back with its remark, so this counter keeps remarks."""
    order = day.state.orders[day.places(BOND)[0].ref]
    known = replace(order, ref=f"{order.ref[:-6]}000900", code=BOND2, state=S.WORKING, broker_id="55")
    orders, refs = put(day.state.orders, known.ref, known), put(day.state.refs, "55", known.ref)
    day.state = replace(day.state, orders=orders, refs=refs)
    place = Place(known.ref, BOND2, known.side, known.price, known.volume, Owner(OwnerKind.GRID, 3))
    return row_of(day, place, S.WORKING, number="55")


def test_where_remarks_come_back_a_row_without_one_is_asked_about() -> None:
    day, place = in_doubt()
    known = ours(day)
    look(day, 8, orders=[twin(day, place), known])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.state.orders["x77"].owner.kind is OwnerKind.FOREIGN
    assert day.said().count(Why.ORDER_LOOKALIKE) == 1
    assert [p for p in day.places(BOND) if p.side is place.side] == [place]


def test_where_somebody_else_trades_the_code_it_is_asked_about() -> None:
    day, place = in_doubt()
    other = row_of(day, by_hand(BOND, Side.SELL, 125_000, 10), S.WORKING, number="9")
    look(day, 8, orders=[twin(day, place), other])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert Why.ORDER_LOOKALIKE in day.said()
    assert day.cancels() == []


def test_what_was_typed_minutes_later_is_not_ours_and_the_doubt_ends_as_usual() -> None:
    day, place = in_doubt()
    look(day, 4, orders=[twin(day, place, at=day.at + 121_000)])
    assert day.state.orders["x77"].owner.kind is OwnerKind.FOREIGN
    assert day.state.orders[place.ref].state is S.REFUSED


def test_two_rows_or_two_orders_are_asked_about() -> None:
    day, place = in_doubt()
    look(day, 5, orders=[twin(day, place), twin(day, place, "78")])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.said().count(Why.ORDER_LOOKALIKE) == 1


def test_of_two_rows_the_one_that_is_still_listed_is_not_taken_for_ours() -> None:
    """The terminal forgets the other for a while, and it may be the other that is ours."""
    day, place = in_doubt()
    typed = twin(day, place)
    look(day, 1, orders=[typed, twin(day, place, "78")])
    look(day, 4, orders=[typed])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.state.orders["x77"].owner.kind is OwnerKind.FOREIGN
    assert day.cancels() == []


def asked() -> tuple[MarketDay, Place]:
    day, place = in_doubt()
    traded(day, by_hand(place.code, place.side, place.price, 10), 10, number="77")
    rows = [twin(day, place, filled=10), twin(day, place, "78")]
    look(day, 2, orders=rows, fills=[trade_of(day, by_hand(BOND, place.side, place.price, 10), 10, number="77")])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    return day, place


def test_the_user_may_say_which_of_them_is_ours() -> None:
    day, place = asked()
    assert day.feed(m.DecideUnknown(place.ref, "77")).refusal is None
    order = day.state.orders[place.ref]
    assert (order.state, order.broker_id, order.filled) == (S.PARTIAL, "77", 10)
    assert day.state.grids[BOND].grid.held_total == 10
    assert "x77" not in day.state.orders
    assert day.state.orders["x78"].owner.kind is OwnerKind.FOREIGN


@pytest.mark.parametrize("number", ["78000", "55"])
def test_a_number_that_is_no_lookalikes_is_refused(number: str) -> None:
    day, place = asked()
    told(day, by_hand(BOND, Side.SELL, 130_000, 10), S.WORKING, number="55")
    assert day.feed(m.DecideUnknown(place.ref, number)).refusal.why is Why.BAD_SETTING  # type: ignore[union-attr]
    assert day.state.orders[place.ref].state is S.UNKNOWN


def test_the_user_may_say_that_none_of_them_is() -> None:
    day, place = asked()
    assert day.feed(m.DecideUnknown(place.ref)).refusal is None
    assert day.state.orders[place.ref].state is S.REFUSED
    beat(day, 4)
    answer(day, [twin(day, place), twin(day, place, "78")])
    assert day.state.orders["x77"].owner.kind is OwnerKind.FOREIGN


def test_a_doubt_only_the_user_can_settle_freezes_its_side_and_no_other_code_after_the_link_dropped() -> None:
    day, place = in_doubt()
    known = ours(day)
    rows = [twin(day, place), known]
    look(day, 8, orders=rows)
    day.feed(m.LinkChanged(up=False))
    day.feed(m.LinkChanged(up=True))
    look(day, 2, orders=rows)
    assert day.state.ready is Ready.RECONCILING
    look(day, 3, orders=rows)
    assert day.state.ready is Ready.READY
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert why(day, replace(place, price=place.price - 1_000)) is Why.SIDE_FROZEN
    assert why(day, replace(place, code=BOND2, price=109_000, owner=Owner(OwnerKind.GRID, 4))) is None
    assert [p for p in day.places(BOND) if p.side is place.side] == [place]


@pytest.mark.parametrize("price", [0, -10])
def test_a_row_that_may_be_ours_and_is_not_listed_for_a_while_keeps_the_doubt(price: int) -> None:
    """The terminal was started again, and its list does not hold yet what it told before."""
    day, place = in_doubt()
    told(day, replace(place, ref="", price=place.price + price), S.WORKING, number="77")
    other = row_of(day, by_hand(BOND2, Side.SELL, 125_000, 10), S.FILLED, 10, number="9")
    look(day, 8, orders=[other])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert day.said().count(Why.ORDER_LOOKALIKE) == (price == 0)
    assert day.said().count(Why.DOUBT_KEPT) == 1
    assert [p for p in day.places(BOND) if p.side is place.side] == [place]
    assert why(day, place) is Why.SIDE_FROZEN
    assert day.feed(m.DecideUnknown(place.ref, "")).refusal is None
    assert day.state.orders[place.ref].state is S.REFUSED


def test_a_trade_under_a_number_nobody_lists_keeps_the_doubt() -> None:
    day, place = in_doubt()
    traded(day, by_hand(place.code, place.side, place.price, 10), 10, number="77")
    other = row_of(day, by_hand(BOND2, Side.SELL, 125_000, 10), S.FILLED, 10, number="9")
    look(day, 8, orders=[other])
    assert day.state.orders[place.ref].state is S.UNKNOWN
    assert [p for p in day.places(BOND) if p.side is place.side] == [place]


@pytest.mark.parametrize("row", [("before", 0), ("other side", 0), ("listed", -10), ("of yesterday", 0)])
def test_a_row_that_cannot_be_ours_does_not_keep_the_doubt(row: tuple[str, int]) -> None:
    what, price = row
    day, place = deaf_grid(prices={BOND: 120_000, BOND2: 110_000})
    hand = by_hand(BOND, Side.SELL if what == "other side" else place.side, place.price + price, place.volume)
    if what == "before":
        day, place = before()
    day.feed(m.SubmitUnknown(place.ref, "timeout"))
    if what == "of yesterday":
        look(day, 1, orders=[row_of(day, hand, S.WORKING, number="77", at=day.at - 86_400_000)])
    elif what != "before":
        told(day, hand, S.WORKING, number="77")
    rows = [row_of(day, by_hand(BOND2, Side.SELL, 125_000, 10), S.FILLED, 10, number="9")]
    if what == "listed":
        rows.append(row_of(day, hand, S.WORKING, number="77"))
    look(day, 4, orders=rows)
    assert day.state.orders[place.ref].state is S.REFUSED


def before() -> tuple[MarketDay, Place]:
    """What a hand had placed before the grid was armed."""
    day = MarketDay(prices={BOND: 120_000, BOND2: 110_000}).open()
    day.deaf = True
    told(day, by_hand(BOND, Side.BUY, 119_640, 80), S.WORKING, number="77")
    assert day.feed(m.ArmGrid(PLAN)).refusal is None
    (place,) = day.places(BOND)
    return day, place
