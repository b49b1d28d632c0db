import pytest
from grid_kit import NOON, fill, gap, holding, make

from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.grid import (
    FIRST_BUY,
    Trail,
    mark_inexact,
    on_cleared,
    on_day,
    on_fill,
    on_others,
    put_back,
    summary,
)

BUY, SELL = Side.BUY, Side.SELL


def test_partial_fills_of_a_gap_add_up() -> None:
    grid = fill(fill(make(), 9, BUY, 99_000, 30), 9, BUY, 98_990, 50, 99_000)
    assert (grid.held[9], grid.gaps[9].bought, grid.held_total) == (80, 80, 80)
    assert grid.cash_used == 30 * 99_000 + 50 * 98_990
    assert grid.improvement == 50 * 10
    assert grid.exact


def test_a_fill_of_nothing_changes_nothing() -> None:
    grid = make()
    assert fill(grid, 9, BUY, 99_000, 0) == grid


def test_the_first_buy_fills_its_own_gap_and_then_the_one_above() -> None:
    grid = fill(make(first_buy=True), -1, BUY, 100_400, 50, 100_500)
    assert (grid.held[10], grid.held[11], grid.first_left) == (50, 0, 110)
    grid = fill(grid, -1, BUY, 100_500, 110)
    assert (grid.held[10], grid.held[11], grid.first_left) == (80, 80, 0)
    assert grid.reserved() == {}


def test_a_first_buy_whose_gaps_are_full_goes_further_up_then_down() -> None:
    grid = holding(make(last=108_500, first_buy=True), g18=80, g19=80, g17=70)
    grid = fill(grid, -1, BUY, 108_500, 30)
    assert (grid.held[17], grid.held[16]) == (80, 20)


def test_a_round_trip_is_realised_at_the_fills_prices() -> None:
    grid = fill(fill(make(), 9, BUY, 99_000, 80, fee=400), 9, SELL, 100_050, 80, 100_000, fee=410)
    figures = summary(grid, 100_500)
    assert (figures.held, figures.cash_used, figures.floating) == (0, 0, 0)
    assert figures.realised == figures.realised_today == grid.gaps[9].realised == 80 * 1_050
    assert (figures.fees, figures.fees_today, figures.improvement) == (810, 810, 80 * 50)
    assert (figures.trips, figures.trips_today) == (1, 1)


def test_what_is_held_floats_only_against_a_price() -> None:
    grid = fill(make(), 9, BUY, 99_000, 80)
    assert summary(grid, 100_000).floating == 80_000
    assert summary(grid, 0).floating == 0


def test_part_of_a_gap_takes_its_share_of_the_cost_and_the_last_takes_the_rest() -> None:
    grid = fill(fill(make(), 9, BUY, 99_000, 70), 9, BUY, 98_999, 10)
    grid = fill(grid, 9, SELL, 100_000, 30)
    assert grid.gaps[9].cost == 7_919_990 - 2_969_996
    grid = fill(grid, 9, SELL, 100_000, 50)
    assert (grid.gaps[9].cost, grid.realised) == (0, 80 * 100_000 - 7_919_990)


def test_half_of_a_unit_twice_is_one_round_trip() -> None:
    grid = make()
    for _ in range(2):
        grid = fill(fill(grid, 9, BUY, 99_000, 40), 9, SELL, 100_000, 40)
    assert (grid.trips, grid.trips_today) == (1, 1)


def test_what_a_full_gap_cannot_take_goes_to_the_nearest() -> None:
    grid = fill(holding(make(), g9=70), 9, BUY, 99_000, 30)
    assert (grid.held[9], grid.held[10], grid.held_total) == (80, 20, 100)
    grid = fill(grid, 9, SELL, 100_000, 100)
    assert grid.held_total == 0
    assert grid.exact


def test_what_no_gap_can_take_changes_the_base_holding_and_is_an_estimate() -> None:
    full = holding(make(position=40), **{f"g{i}": 80 for i in range(20)})
    grid = fill(full, 9, BUY, 99_000, 30)
    assert (grid.base_holding, grid.held_total, grid.exact) == (70, 1600, False)
    grid = fill(make(position=40), 9, SELL, 99_000, 30)
    assert (grid.base_holding, grid.held_total, grid.exact) == (10, 0, False)


def test_what_no_gap_could_take_is_the_grids_again_as_soon_as_a_sale_told_late_makes_room() -> None:
    full = holding(make(position=40), **{f"g{i}": 80 for i in range(20)})
    grid = fill(full, 9, BUY, 99_000, 30)
    grid = fill(grid, 5, SELL, 96_000, 20)
    assert (grid.base_holding, grid.held_total, grid.held[5], grid.surplus) == (50, 1600, 80, 10)
    assert grid.gaps[5].cost == 60 * 95_000 + 20 * 99_000
    grid = on_cleared(grid, 1600, 99_000, 0, NOON)
    assert (grid.base_holding, grid.held_total, grid.surplus, grid.cash_used) == (40, 10, 0, 10 * 99_000)
    assert (grid.surplus_cost, on_cleared(grid, 10, 99_000, 0, NOON).held_total) == (0, 0)


@pytest.mark.parametrize("sold", [10, 29, 30, 60])
def test_what_others_sold_is_of_it_first_so_that_the_users_own_is_never_sold_for_it(sold: int) -> None:
    full = holding(make(position=40), **{f"g{i}": 80 for i in range(20)})
    short = on_others(fill(full, 9, BUY, 99_000, 30), SELL, sold)
    left = max(0, 30 - sold)
    assert (short.base_holding, short.surplus, short.held_total) == (70 - sold, left, 1600)
    grid = fill(on_others(short, BUY, 500), 5, SELL, 96_000, 80)
    assert (grid.base_holding, grid.held_total, grid.surplus) == (570 - sold - left, 1520 + left, 0)


def test_what_an_order_of_an_earlier_start_bought_beyond_the_gaps_is_the_users() -> None:
    full = holding(make(position=40), **{f"g{i}": 80 for i in range(20)})
    grid = on_fill(fill(full, 9, BUY, 99_000, 30), gap(9), BUY, 99_000, 50, 99_000, 0, NOON, earlier=True)
    assert (grid.base_holding, grid.held_total, grid.surplus, grid.surplus_cost) == (120, 1600, 30, 30 * 99_000)


def test_a_gap_that_is_full_by_what_had_no_room_waits_for_a_new_turn_before_it_buys_again() -> None:
    full = holding(make(trail_bp=50), **{f"g{i}": 80 for i in range(20)})
    trails = tuple(Trail(was_above=True, trough=98_000, buy_fired=True) for _ in full.trails)
    grid = replace(fill(full, 9, BUY, 99_000, 90), trails=trails)
    assert fill(grid, 9, SELL, 100_000, 80).trails[9] == Trail()
    assert fill(grid, 9, SELL, 100_000, 80).trails[8] == trails[8]


@pytest.mark.parametrize(("sold", "base", "held"), [(1_610, 40, 20), (1_630, 40, 0), (1_650, 20, 0), (1_700, 0, 0)])
def test_what_was_sold_beyond_the_gaps_is_taken_from_the_surplus_before_the_users_own(
    sold: int, base: int, held: int
) -> None:
    full = holding(make(position=40), **{f"g{i}": 80 for i in range(20)})
    grid = on_cleared(fill(full, 9, BUY, 99_000, 30), sold, 99_000, 0, NOON)
    assert (grid.base_holding, grid.held_total, grid.surplus) == (base, held, 0)


def test_a_trade_of_another_owner_of_the_grid_is_booked_from_the_bottom() -> None:
    grid = on_fill(make(), Owner(OwnerKind.ROLLING, 3), BUY, 99_000, 20, 99_000, 0, NOON)
    assert grid.held[0] == 20


def test_clearing_empties_the_lowest_gaps_first() -> None:
    grid = on_cleared(holding(make(), g9=80, g10=80), 100, 99_500, 50, NOON)
    assert (grid.held[9], grid.held[10], grid.fees, grid.improvement) == (0, 60, 50, 0)


def test_what_a_full_gap_cannot_take_goes_above_when_bought_and_comes_from_below_when_sold() -> None:
    grid = fill(holding(make(), g9=80), 9, BUY, 99_000, 80)
    assert (grid.held[8], grid.held[9], grid.held[10]) == (0, 80, 80)
    grid = fill(holding(make(), g8=80, g10=80), 9, SELL, 100_000, 80)
    assert (grid.held[8], grid.held[10]) == (0, 80)


def test_a_fill_after_a_roll_finds_its_gap_by_its_slot() -> None:
    grid = replace(make(), slot0=-3)
    assert grid.owner(4) == gap(1)
    assert fill(grid, 1, BUY, 94_000, 80).held[4] == 80


def test_a_completed_side_starts_its_trail_again() -> None:
    grid = make(trail_bp=50)
    trails = list(grid.trails)
    trails[9] = Trail(peak=101_000, sell_fired=True, was_above=True, trough=98_000, buy_fired=True)
    grid = fill(replace(grid, trails=tuple(trails)), 9, BUY, 99_000, 50)
    assert grid.trails[9].buy_fired
    grid = fill(grid, 9, BUY, 99_000, 30)
    assert grid.trails[9] == Trail(peak=101_000, sell_fired=True)
    grid = fill(grid, 9, SELL, 100_000, 30)
    assert grid.trails[9].sell_fired
    assert fill(grid, 9, SELL, 100_000, 50).trails[9] == Trail()


def test_what_others_sold_is_taken_from_the_base_holding_then_from_the_top() -> None:
    grid = holding(make(position=50), g9=80, g10=80)
    short = on_others(grid, SELL, 40)
    assert (short.base_holding, short.held_total, short.exact) == (10, 160, False)
    short = on_others(grid, SELL, 150)
    assert (short.base_holding, short.held[9], short.held[10]) == (0, 60, 0)
    assert short.cash_used == 60 * 99_000
    assert on_others(grid, SELL, 900).held_total == 0


def test_what_others_sold_is_taken_from_a_paused_gap_before_one_that_offers_it() -> None:
    grid = replace(holding(make(), g9=80, g10=80, g11=80), paused=frozenset({9, 10}))
    assert on_others(grid, SELL, 90).held[9:12] == (70, 0, 80)
    assert on_others(grid, SELL, 200).held[9:12] == (0, 0, 40)


@pytest.mark.parametrize("volume", [10, 80, 150])
def test_what_was_the_grids_own_sale_after_all_goes_back_where_it_came_from(volume: int) -> None:
    grid = holding(make(), g9=80, g10=80)
    back = put_back(on_others(grid, SELL, volume), volume, 100_000)
    assert (back.held, back.base_holding, back.exact) == (grid.held, 0, False)


def test_what_no_gap_has_room_for_is_base_holding() -> None:
    grid = make()
    whole = put_back(grid, grid.unit * len(grid.gaps) + 7, 100_000)
    assert (set(whole.held), whole.base_holding, whole.surplus) == ({grid.unit}, 7, 0)


def test_what_others_bought_is_base_holding() -> None:
    grid = on_others(holding(make(position=50), g9=80), BUY, 30)
    assert (grid.base_holding, grid.held_total, grid.exact) == (80, 80, False)


def test_a_foreign_trade_makes_the_figures_an_estimate() -> None:
    assert make().exact
    assert not mark_inexact(make()).exact


def test_a_new_day_keeps_what_is_held_and_forgets_what_counts_per_day() -> None:
    grid = fill(fill(make(), 9, BUY, 99_000, 80, fee=4), 9, SELL, 100_000, 80)
    grid = replace(fill(grid, 8, BUY, 98_000, 80), rolls_today=2)
    assert on_day(grid, grid.day) == grid
    new = on_day(grid, "2026-11-23")
    assert (new.held, new.realised, new.trips, new.fees) == (grid.held, grid.realised, 1, 4)
    figures = summary(new, 98_000)
    assert (figures.trips_today, figures.realised_today, figures.fees_today, new.rolls_today) == (0, 0, 0, 0)
    assert (new.gaps[9].bought, new.gaps[9].sold, new.day) == (0, 0, "2026-11-23")


def test_the_first_buys_owner_is_not_a_gap() -> None:
    assert FIRST_BUY not in {make().owner(i) for i in range(20)}


def test_the_first_buy_buys_no_more_than_the_gaps_have_room_for() -> None:
    """Orders of an earlier arming, of a larger unit, bring most of what a new one can hold."""
    grid = make(first_buy=True)
    room, unit = grid.unit * len(grid.gaps), grid.unit
    assert grid.first_left == 2 * unit < room
    late = on_fill(grid, Owner(OwnerKind.GRID, 0), BUY, 100_000, room - unit - 10, 100_000, 0, NOON)
    assert (late.first_left, late.base_holding) == (unit + 10, 0)
    full = on_fill(late, FIRST_BUY, BUY, 100_000, unit + 10, 100_000, 0, NOON)
    assert (full.first_left, full.held_total, full.base_holding) == (0, room, 0)
    assert on_fill(late, Owner(OwnerKind.GRID, 0), BUY, 100_000, unit + 10, 100_000, 0, NOON).first_left == 0
