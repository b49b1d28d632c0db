import pytest
from grid_kit import NOON, fill, holding, make

from qmtdesk.domain.order import Side
from qmtdesk.domain.plans import Spacing
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.grid import Grid, on_day, on_price

BUY, SELL = Side.BUY, Side.SELL


def see(grid: Grid, *prices: int, up: int = 0, down: int = 0) -> tuple[Grid, list[Why]]:
    said: list[Why] = []
    for price in prices:
        grid, reasons = on_price(grid, price, NOON, up, down)
        said += [reason.why for reason in reasons]
    return grid, said


@pytest.mark.parametrize("out", [89_999, 110_001])
def test_outside_the_range_the_grid_sleeps_once(out: int) -> None:
    grid, said = see(make(), out, out, out)
    assert (grid.asleep, said) == (True, [Why.SLEEP])


@pytest.mark.parametrize("edge", [90_000, 110_000])
def test_the_ends_of_the_range_belong_to_it(edge: int) -> None:
    assert see(make(), edge) == (make(), [])


@pytest.mark.parametrize(("out", "near", "inside"), [(89_000, 90_999, 91_000), (111_000, 109_001, 109_000)])
def test_it_wakes_one_level_inside_the_range(out: int, near: int, inside: int) -> None:
    grid, said = see(make(), out, near)
    assert (grid.asleep, said) == (True, [Why.SLEEP])
    grid, said = see(grid, inside)
    assert (grid.asleep, said) == (False, [Why.WAKE])


def test_a_price_that_cannot_be_is_no_price() -> None:
    grid = make(lower_stop=95_000)
    assert see(grid, 0, 79_999, 120_001, up=120_000, down=80_000) == (grid, [])


def test_the_lower_stop_latches() -> None:
    grid, said = see(make(lower_stop=95_000), 95_001, 95_000, 94_000, 105_000)
    assert (grid.stopped_low, said) == (True, [Why.LOWER_STOP])
    assert on_day(grid, "2026-11-23").stopped_low


def test_a_roll_up_moves_the_middle_under_the_price() -> None:
    grid, said = see(make(rolls_per_day=2), 110_500)
    assert said == [Why.ROLLED]
    levels = grid.lattice.levels
    assert (levels[0], levels[-1], levels[grid.lattice.base_index]) == (100_000, 120_000, 110_000)
    assert (grid.centre, grid.slot0, grid.anchor, len(grid.gaps)) == (10, 10, 100_000, 20)
    assert grid.lattice.number(grid.lattice.base_index) == 0


def test_a_roll_down_moves_the_middle_under_the_price() -> None:
    grid, _ = see(make(rolls_per_day=2), 87_500)
    levels = grid.lattice.levels
    assert (levels[0], levels[-1], levels[grid.lattice.base_index]) == (77_000, 97_000, 87_000)
    assert (grid.centre, grid.slot0) == (-13, -13)


def test_a_roll_keeps_every_gap_that_holds_something_with_its_owner() -> None:
    start = holding(make(rolls_per_day=2), g3=80, g19=40)
    owner = start.owner(3)
    grid, _ = see(start, 110_500)
    i = owner.slot - grid.slot0
    assert (grid.lattice.levels[i], grid.lattice.levels[-1], grid.held[i]) == (93_000, 120_000, 80)
    assert grid.held_total == start.held_total
    assert grid.cash_used == start.cash_used


def test_a_roll_over_a_hole_leaves_no_wide_gap() -> None:
    grid, _ = see(holding(make(rolls_per_day=1), g10=80), 140_000)
    steps = {b - a for a, b in zip(grid.lattice.levels, grid.lattice.levels[1:], strict=False)}
    assert steps == {1_000}
    assert (grid.held_total, grid.lattice.levels[0]) == (80, 100_000)


def test_a_roll_forgets_no_round_trip() -> None:
    start = fill(fill(make(rolls_per_day=1), 3, BUY, 93_000, 80), 3, SELL, 94_000, 80)
    same_day, _ = see(start, 110_500)
    assert (same_day.trips, same_day.trips_today) == (1, 1)
    next_day, _ = see(on_day(start, "2026-11-23"), 110_500)
    assert (next_day.trips, next_day.trips_today, next_day.trips_gone) == (1, 0, 1)
    assert next_day.realised == 80_000


def test_after_the_last_roll_of_the_day_the_grid_sleeps_until_the_next() -> None:
    grid, said = see(make(rolls_per_day=1), 110_500, 121_000)
    assert (said, grid.asleep) == ([Why.ROLLED, Why.SLEEP], True)
    grid, said = see(on_day(grid, "2026-11-23"), 121_000)
    assert (said, grid.asleep) == ([Why.ROLLED], False)


def test_a_geometric_grid_rolls_by_its_own_steps() -> None:
    grid, _ = see(make(rolls_per_day=1, spacing=Spacing.GEOMETRIC, trail_bp=50), 115_000)
    assert grid.lattice.levels[grid.lattice.base_index] == 114_947  # 100.000 × 1.01 ^ 14
    assert len(grid.trails) == len(grid.gaps) == len(grid.lattice.levels) - 1


def test_a_roll_never_leaves_the_positive_prices() -> None:
    grid, said = see(make(rolls_per_day=1, step_bp=2000, range_bp=9000), 5)
    assert said == [Why.ROLLED]
    assert min(grid.lattice.levels) == 20_000


def test_a_trailing_sale_fires_when_the_price_has_come_back_from_its_highest() -> None:
    grid = holding(make(trail_bp=50), g10=80)
    grid, _ = see(grid, 100_999)
    assert grid.trails[10].peak == 0
    grid, _ = see(grid, 101_000, 103_000, 102_486)
    assert (grid.trails[10].peak, grid.trails[10].sell_fired) == (103_000, False)
    grid, _ = see(grid, 102_485)
    assert grid.trails[10].sell_fired
    assert see(grid, 110_000)[0].trails[10] == grid.trails[10]


def test_an_empty_gap_sells_nothing_however_far_the_price_goes() -> None:
    grid, _ = see(make(trail_bp=50), 105_000, 100_500)
    assert not any(trail.sell_fired for trail in grid.trails)


def test_a_trailing_buy_fires_when_the_price_came_down_through_its_level_and_turned() -> None:
    grid, _ = see(make(trail_bp=50), 100_500, 100_000, 98_000, 98_489)
    assert [i for i, trail in enumerate(grid.trails) if trail.buy_fired] == []
    grid, _ = see(grid, 98_490)
    assert [i for i, trail in enumerate(grid.trails) if trail.buy_fired] == [8, 9, 10]
    assert see(grid, 97_000)[0].trails[9] == grid.trails[9]


def test_a_gap_above_the_price_is_not_bought_on_the_way_up() -> None:
    grid, _ = see(make(trail_bp=50), 100_500, 101_000, 103_000)
    assert not any(trail.buy_fired for trail in grid.trails)


def test_a_full_gap_does_not_trail_a_buy() -> None:
    grid, _ = see(holding(make(trail_bp=50), g10=80), 100_500, 99_000, 99_600)
    assert not grid.trails[10].buy_fired


def test_a_grid_without_trail_keeps_none() -> None:
    grid, _ = see(replace(make(), trails=()), 100_600)
    assert grid.trails == ()
