"""What others trade of a grid's code: the user by hand, a guard, an order that turns out to be the grid's own."""

import pytest
from words import ID, PLAN, answer, beat, by_hand, deaf_grid, row_of, told, traded

from qmtdesk.domain import messages as m
from qmtdesk.domain.order import Fill, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridMode
from qmtdesk.domain.replacing import replace
from qmtdesk.simulate.market_day import BOND, MarketDay

S = OrderState
ADOPTED = replace(PLAN, adopt=300, unit=100)


def holding_grid(mode: GridMode = GridMode.LATTICE) -> MarketDay:
    """500 bonds, of which a grid was given 300."""
    day = MarketDay(held={BOND: (500, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(ADOPTED, mode=mode))).refusal is None
    return day


def by_somebody(day: MarketDay, side: Side, volume: int, number: str = "9") -> Fill:
    """A trade in the terminal, its order told first."""
    place = by_hand(BOND, side, 120_000, volume)
    told(day, place, S.FILLED, volume, number=number)
    fill = Fill(f"t{number}", day.day.isoformat(), number, "", BOND, side, 120_000, volume, day.at)
    day.feed(m.FillReported(fill))
    return fill


def books(day: MarketDay) -> tuple[int, int]:
    book = day.state.grids[BOND]
    part = book.grid or book.rolling
    assert part is not None
    return part.held_total, part.base_holding


def test_what_the_user_sells_by_hand_is_his_own_part_first_and_then_the_grids() -> None:
    for mode in GridMode:
        day = holding_grid(mode)
        assert books(day) == (300, 200)
        by_somebody(day, Side.SELL, 150)
        assert books(day) == (300, 50)
        by_somebody(day, Side.SELL, 150, "10")
        assert books(day) == (200, 0)
        by_somebody(day, Side.BUY, 400, "11")
        assert books(day) == (200, 400)


def test_the_grid_sells_nothing_of_what_the_user_buys_after_he_sold_the_grids_part() -> None:
    day = holding_grid()
    for place in day.places(BOND):
        told(day, place, S.CANCELLED, number=place.ref)
    by_somebody(day, Side.SELL, 500)
    by_somebody(day, Side.BUY, 500, "10")
    before = len(day.places(BOND))
    beat(day, 5)
    assert [place for place in day.places(BOND)[before:] if place.side is Side.SELL] == []


def test_a_trade_whose_order_nobody_told_yet_takes_nothing_from_the_grid() -> None:
    day = holding_grid()
    day.feed(m.FillReported(Fill("t9", day.day.isoformat(), "9", "", BOND, Side.SELL, 120_000, 300, day.at)))
    assert books(day) == (300, 200)
    told(day, by_hand(BOND, Side.SELL, 120_000, 300), S.FILLED, 300, number="9")
    assert books(day) == (200, 0)


def test_a_trade_that_was_the_grids_own_after_all_is_booked_once() -> None:
    day, place = deaf_grid(held={BOND: (500, 110_000)})
    day.feed(m.SubmitUnknown(place.ref, "no answer"))
    mute = row_of(day, place, S.FILLED, place.volume, remark="", number="9")
    day.feed(m.OrderReported(mute))
    fill = Fill("t9", day.day.isoformat(), "9", "", BOND, place.side, place.price, place.volume, day.at)
    day.feed(m.FillReported(fill))
    assert books(day) == (0, 500 + place.volume)
    assert day.feed(m.DecideUnknown(place.ref, "9")).refusal is None
    assert books(day) == (place.volume, 500)


@pytest.mark.parametrize("mode", GridMode)
@pytest.mark.parametrize(("base", "held_then"), [(0, 200), (40, 200), (300, 200)])
def test_a_sale_that_was_the_grids_own_after_all_leaves_the_users_part_alone(
    mode: GridMode, base: int, held_then: int
) -> None:
    day = MarketDay(held={BOND: (300 + base, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(replace(ADOPTED, mode=mode))).refusal is None
    (sale,) = [place for place in day.places(BOND) if place.side is Side.SELL]
    before = gaps_held(day)
    told(day, sale, S.FILLED, sale.volume, remark="")
    traded(day, replace(sale, ref=""), sale.volume)
    assert sum(books(day)) == 200 + base
    day.feed(m.SubmitAnswered(sale.ref, ID))
    assert books(day) == (held_then, base)
    if mode is GridMode.LATTICE:
        home = min(gap for gap, held in before.items() if held)
        assert gaps_held(day) == before | {home: 0}


def test_what_the_grid_did_not_have_to_give_is_not_given_back() -> None:
    day = MarketDay(held={BOND: (300, 110_000)}).open()
    day.deaf = True
    assert day.feed(m.ArmGrid(ADOPTED)).refusal is None
    (sale,) = [place for place in day.places(BOND) if place.side is Side.SELL]
    told(day, sale, S.FILLED, sale.volume, remark="")
    by_somebody(day, Side.SELL, 250, "10")
    assert books(day) == (50, 0)
    traded(day, replace(sale, ref=""), sale.volume)
    assert books(day) == (0, 0)
    day.feed(m.SubmitAnswered(sale.ref, ID))
    assert books(day) == (0, 0)


def gaps_held(day: MarketDay) -> dict[int, int]:
    grid = day.state.grids[BOND].grid
    return {} if grid is None else {at: gap.held for at, gap in enumerate(grid.gaps)}


def guards_sale(day: MarketDay) -> m.Place:
    """The grid's sale, made a guard's."""
    sale = replace(next(p for p in day.places(BOND) if p.side is Side.SELL), owner=Owner(OwnerKind.GUARD))
    order = replace(day.state.orders[sale.ref], owner=sale.owner)
    day.state = replace(day.state, orders=day.state.orders.with_entries({order.ref: order}))
    return sale


def test_what_a_guard_sells_the_grid_of_the_same_code_does_not_hold_any_more() -> None:
    day = holding_grid()
    sale = guards_sale(day)
    traded(day, sale, sale.volume)
    assert books(day) == (300, 200 - sale.volume)


@pytest.mark.parametrize("row_first", [True, False])
def test_a_sale_that_was_a_guards_after_all_is_taken_from_the_users_part_once(row_first: bool) -> None:
    day = holding_grid()
    sale = guards_sale(day)
    if row_first:
        told(day, sale, S.FILLED, sale.volume, remark="")
    traded(day, replace(sale, ref=""), sale.volume)
    day.feed(m.SubmitAnswered(sale.ref, ID))
    assert day.state.orders[sale.ref].filled == sale.volume
    assert books(day) == (300, 200 - sale.volume)


def test_a_crash_and_a_restart_keep_what_others_sold_out_of_the_grid() -> None:
    day = holding_grid()
    fill = by_somebody(day, Side.SELL, 300)
    assert books(day) == (200, 0)
    day.restart(resume=True)
    assert books(day) == (200, 0)
    answer(day, fills=[fill])
    assert books(day) == (200, 0)
