"""What is held back already, or for something else, hides no sign of a later order; what is late hides none either."""

import pytest
from doubts import SELLS, S, counted, grid_of, looks, still_in_doubt
from words import PLAN, beat, by_hand, row_of, told, trade_of, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import Position
from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.domain.plans import StopHow
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import arrived
from qmtdesk.simulate.market_day import BOND, BOND2, MarketDay


def numbered(side: Side) -> tuple[MarketDay, Place]:
    """One order of ours that is at the counter under a number."""
    day, place = grid_of(SELLS, held={BOND: (300, 9_000)}) if side is Side.SELL else grid_of(PLAN)
    day.feed(m.SubmitAnswered(place.ref, "9"))
    return day, place


def idle(day: MarketDay) -> tuple[int, int]:
    """Cash and shares that were held back before an order left."""
    assert day.state.money is not None
    return day.state.money.idle_cash, day.state.money.idle_shares.get(BOND, 0)


@pytest.mark.parametrize("over", [False, True])
def test_cash_of_an_own_buy_that_is_not_listed_or_just_over_hides_no_later_one(*, over: bool) -> None:
    day, place = numbered(Side.BUY)
    frozen, rows = place.price * place.volume, []
    if over:
        day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
        told(day, place, S.CANCELLED, number="9")
        rows = [row_of(day, place, S.CANCELLED, number="9")]
    looks(day, 2, frozen=frozen, rows=rows)
    assert idle(day) == (0, 0)
    if over:
        beat(day, 30)
        # so long after its end it is something else that this is frozen for
        looks(day, 1, frozen=frozen, rows=rows)
        assert idle(day) == (frozen, 0)


@pytest.mark.parametrize("over", [False, True])
def test_shares_of_an_own_sale_that_is_not_listed_or_just_over_hide_no_later_one(*, over: bool) -> None:
    day, place = numbered(Side.SELL)
    if over:
        told(day, place, S.CANCELLED, number="9")
    rows = [row_of(day, place, S.CANCELLED, number="9")] if over else []
    looks(day, 2, held=[Position(BOND, 300, 200)], rows=rows)
    assert idle(day) == (0, 0)


@pytest.mark.parametrize("side", Side)
def test_what_an_own_order_held_back_is_explained_by_it_for_half_a_minute_after_its_end(side: Side) -> None:
    day, place = numbered(side)
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    told(day, place, S.CANCELLED, number="9")
    found = []
    for seconds in (1, 30):
        beat(day, seconds)
        held = [Position(BOND, 300, 200)] if side is Side.SELL else []
        report = counted(day, frozen=0 if held else place.price * place.volume, held=held)
        cash, shares = arrived.unexplained_cash(day.state, report), arrived.unexplained_shares(day.state, report)
        found.append(cash > 0 or shares.get(BOND, 0) > 0)
    assert found == [False, True]


def test_cash_belongs_to_the_trades_once_none_was_told_for_half_a_minute() -> None:
    day, place = numbered(Side.BUY)
    assert arrived.at_rest(day.state)
    told(day, place, S.FILLED, place.volume, number="9")
    traded(day, place, place.volume, number="9")
    assert not arrived.at_rest(day.state)
    beat(day, 31)
    assert arrived.at_rest(replace(day.state, orders={place.ref: day.state.orders[place.ref]}))


def test_shares_of_a_listed_sale_that_may_be_over_hide_no_later_one() -> None:
    day, _ = numbered(Side.SELL)
    row = row_of(day, by_hand(BOND, Side.SELL, 125_000, 100), S.UNKNOWN, number="8")
    looks(day, 2, held=[Position(BOND, 300, 200)], rows=[row])
    assert idle(day) == (0, 0)


@pytest.mark.parametrize("side", Side)
def test_what_something_unlisted_holds_back_all_day_is_no_sign_after_an_own_order_was_cancelled(side: Side) -> None:
    """A repo, new shares, a pledge: an own order beside it moves, is taken off, and a later one is lost."""
    day = MarketDay(held={BOND: (300, 9_000)} if side is Side.SELL else {}).open()
    day.deaf = True
    kept: dict[str, object] = {"held": [Position(BOND, 300, 200)]} if side is Side.SELL else {"frozen": 50_000_000}
    looks(day, 12, **kept)
    plan = replace(SELLS, adopt=200) if side is Side.SELL else PLAN
    day.feed(m.ArmGrid(plan))
    (first,) = day.places(BOND)
    told(day, first, S.WORKING, number="9")
    looks(day, 1, **kept, rows=[row_of(day, first, S.WORKING, number="9")])
    day.feed(m.DisarmGrid(BOND, StopHow.CANCEL))
    told(day, first, S.CANCELLED, number="9")
    rows = [row_of(day, first, S.CANCELLED, number="9")]
    looks(day, 2, **kept, rows=rows)
    assert idle(day) == ((0, 100) if side is Side.SELL else (50_000_000, 0))
    assert day.feed(m.ArmGrid(plan)).refusal is None
    place = day.places(BOND)[-1]
    assert place != first
    day.feed(m.SubmitUnknown(place.ref, ""))
    looks(day, 5, **kept, rows=rows)
    assert day.state.orders[place.ref].state is S.REFUSED


def shown(day: MarketDay, **parts: object) -> None:
    """Three seconds, and an answer that was asked for then."""
    beat(day, 3)
    day.feed(m.AskNow())
    day.feed(m.AccountReported(day.state.request, counted(day, **parts)))  # type: ignore[arg-type]


def test_bonds_just_bought_that_are_not_told_sellable_yet_hide_no_sale_of_them() -> None:
    day = MarketDay(prices={BOND: 120_000}, held={BOND: (300, 120_000)}).open()
    day.deaf = True
    day.feed(m.ArmGrid(PLAN))
    (bought,) = day.places(BOND)
    value = bought.price * bought.volume
    told(day, bought, S.WORKING, number="1")
    working = [row_of(day, bought, S.WORKING, number="1")]
    shown(day, held=[Position(BOND, 300, 300)], frozen=value, rows=working)
    # the trade is first told by an answer that counts them as held, and not yet as sellable
    held, fills = [Position(BOND, 400, 300)], [trade_of(day, bought, 100, number="1")]
    rows = [row_of(day, bought, S.FILLED, 100, number="1")]
    shown(day, spent=value, held=held, rows=rows, fills=fills)
    (sale,) = [place for place in day.places(BOND) if place.side is Side.SELL]
    day.feed(m.SubmitUnknown(sale.ref, ""))
    others = [place for place in day.places(BOND) if place not in (bought, sale)]
    for number, other in enumerate(others, 2):
        told(day, other, S.WORKING, number=str(number))
        rows.append(row_of(day, other, S.WORKING, number=str(number)))
    frozen = sum(other.price * other.volume for other in others)
    for _ in range(6):
        # now they are, and the sale at the counter holds them back
        shown(day, spent=value, frozen=frozen, held=held, rows=rows, fills=fills)
    assert still_in_doubt(day, sale)


@pytest.mark.parametrize("over", [S.CANCELLED, S.FILLED])
def test_cash_still_frozen_for_a_hands_buy_that_is_just_over_hides_none_of_ours(over: OrderState) -> None:
    day = MarketDay(prices={BOND: 120_000, BOND2: 120_000}).open()
    day.deaf = True
    shown(day)
    beat(day, 40)
    shown(day)
    hand, value = by_hand(BOND2, Side.BUY, 120_000, 100), 12_000_000
    told(day, hand, S.WORKING, number="h1")
    shown(day, frozen=value, rows=[row_of(day, hand, S.WORKING, number="h1")])
    filled = 100 if over is S.FILLED else 0
    told(day, hand, over, filled, number="h1")
    rows = [row_of(day, hand, over, filled, number="h1")]
    held, fills = [], []
    if filled:
        fills, held = [trade_of(day, hand, 100, number="h1")], [Position(BOND2, 100, 100)]
        traded(day, hand, 100, number="h1")
    shown(day, frozen=value, rows=rows, held=held, fills=fills)
    day.feed(m.ArmGrid(PLAN))
    (place,) = day.places(BOND)
    day.feed(m.SubmitUnknown(place.ref, ""))
    for _ in range(6):
        spent = value if filled else 0
        shown(day, frozen=place.price * place.volume, spent=spent, rows=rows, held=held, fills=fills)
    assert still_in_doubt(day, place)
