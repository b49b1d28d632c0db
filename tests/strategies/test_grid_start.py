import pytest

from qmtdesk.domain.instrument import Board, Instrument, Kind, Market
from qmtdesk.domain.plans import BaseKind, GridPlan
from qmtdesk.domain.reason import Why
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.grid import Grid
from qmtdesk.strategies.grid_start import PlanError, start_grid

BOND = Instrument("113050.SH", "bond", Market.SH, Kind.BOND, Board.BOND, 1, 10, 10, False, 118_500, 142_200, 94_800)
STOCK = Instrument("000001.SZ", "stock", Market.SZ, Kind.STOCK, Board.MAIN, 10, 100, 100, True, 13_300, 14_630, 11_970)
PLAN = GridPlan(code="113050.SH")


def start(plan: GridPlan = PLAN, last: int = 118_600, cost: int = 0, position: int = 0, **more: object) -> Grid:
    instrument = more.pop("instrument", BOND)
    opening = more.pop("opening", False)
    assert isinstance(instrument, Instrument)
    return start_grid(plan, instrument, last, cost, position, 1000, "2026-11-20", bool(opening))


def refusal(plan: GridPlan, **more: object) -> tuple[Why, str | int | None]:
    with pytest.raises(PlanError) as caught:
        start(plan, **more)  # type: ignore[arg-type]
    return caught.value.reason.why, dict(caught.value.reason.args).get("name")


@pytest.mark.parametrize(
    ("price", "first", "unit"), [(120_000, 160, 80), (130_000, 160, 80), (101_500, 200, 100), (115_268, 180, 90)]
)
def test_the_first_buy_of_twenty_thousand_is_the_originals(price: int, first: int, unit: int) -> None:
    grid = start(last=price)
    assert (grid.first_left, grid.unit, grid.first_price) == (first, unit, price)


def test_a_stock_buys_an_even_number_of_hundreds() -> None:
    grid = start(replace(PLAN, code="000001.SZ"), last=13_320, instrument=STOCK)
    assert (grid.first_left, grid.unit) == (1600, 800)  # 1501 -> 15 lots -> 16


def test_in_the_opening_auction_the_price_is_the_previous_close() -> None:
    grid = start(last=0, opening=True)
    assert grid.first_price == 118_500
    assert start(last=118_900).first_price == 118_900


def test_the_first_buy_belongs_to_the_gap_of_its_price() -> None:
    grid = start(last=119_388)
    gap = grid.first_slot
    assert grid.lattice.levels[gap] <= 119_388 < grid.lattice.levels[gap + 1]
    assert grid.reserved() == {gap: grid.unit, gap + 1: grid.unit}
    assert grid.held_total == 0


@pytest.mark.parametrize(
    ("base", "typed", "anchor"),
    [
        (BaseKind.PREV_CLOSE, 0, 118_500),
        (BaseKind.LAST, 0, 118_600),
        (BaseKind.COST, 0, 117_000),
        (BaseKind.TYPED, 116_000, 116_000),
    ],
)
def test_the_base_is_the_users_choice(base: BaseKind, typed: int, anchor: int) -> None:
    grid = start(replace(PLAN, base=base, base_price=typed), cost=117_000, position=10)
    assert grid.anchor == anchor
    assert grid.lattice.levels[grid.lattice.base_index] == anchor


def test_the_base_is_put_on_the_tick() -> None:
    grid = start(
        replace(PLAN, code="000001.SZ", base=BaseKind.COST), last=13_320, cost=13_297, position=100, instrument=STOCK
    )
    assert grid.anchor == 13_300


def test_every_level_is_a_step_of_the_anchor_so_that_a_roll_puts_none_between_them() -> None:
    grid = start(
        replace(PLAN, code="000001.SZ", base=BaseKind.COST, step_bp=30), last=13_320, cost=13_292, instrument=STOCK
    )
    stair = grid.stair
    steps = range(-len(grid.lattice.levels), len(grid.lattice.levels))
    assert set(grid.lattice.levels) <= {stair.level(k) for k in steps}


def test_an_adopted_position_fills_gaps_upwards_and_only_what_misses_is_bought() -> None:
    grid = start(replace(PLAN, adopt=100), last=120_000, cost=118_000, position=150)
    gap = grid.first_slot
    assert (grid.held[gap], grid.held[gap + 1], grid.held_total) == (80, 20, 100)
    assert (grid.base_holding, grid.first_left, grid.cash_used) == (50, 60, 100 * 118_000)
    assert grid.reserved() == {gap + 1: 60}
    assert grid.exact


def test_more_than_two_units_adopted_go_further_up_and_nothing_is_bought() -> None:
    grid = start(replace(PLAN, adopt=200), last=120_000, cost=118_000, position=200)
    gap = grid.first_slot
    assert grid.held[gap : gap + 4] == (80, 80, 40, 0)
    assert (grid.first_left, grid.first_price, grid.base_holding) == (0, 0, 0)


def test_adopting_at_an_unknown_cost_makes_the_figures_an_estimate() -> None:
    grid = start(replace(PLAN, adopt=80), last=120_000, position=80)
    assert not grid.exact
    assert grid.cash_used == 80 * 120_000


def test_a_position_that_is_not_adopted_stays_out_of_the_grid() -> None:
    grid = start(position=300, cost=110_000)
    assert (grid.base_holding, grid.held_total, grid.first_left) == (300, 0, 160)


def test_the_first_buy_can_be_turned_off() -> None:
    grid = start(replace(PLAN, first_buy=False, sell_only=True, trail_bp=50))
    assert (grid.first_left, grid.reserved(), grid.sell_only) == (0, {}, True)
    assert len(grid.trails) == len(grid.gaps)


def test_a_given_unit_is_taken_and_the_first_buy_is_two_of_it() -> None:
    grid = start(replace(PLAN, unit=30))
    assert (grid.unit, grid.first_left) == (30, 60)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"step_bp": 0}, "step_bp"),
        ({"step_bp": 2001}, "step_bp"),
        ({"range_bp": 9001}, "range_bp"),
        ({"range_bp": 59}, "range_bp"),
        ({"live_per_side": 0}, "live_per_side"),
        ({"hysteresis": -1}, "hysteresis"),
        ({"rolls_per_day": -1}, "rolls_per_day"),
        ({"trail_bp": 1001}, "trail_bp"),
        ({"cash_cap": -1}, "cash_cap"),
        ({"adopt": -10}, "adopt"),
        ({"adopt": 20}, "adopt"),
        ({"max_position": 100, "min_position": 110}, "min_position"),
        ({"lower_stop": 118_600}, "lower_stop"),
        ({"amount": 1_185_999}, "amount"),
        ({"base": BaseKind.COST}, "base"),
        ({"base": BaseKind.TYPED}, "base"),
        ({"base": BaseKind.TYPED, "base_price": 90_000}, "base"),
        ({"base": BaseKind.TYPED, "base_price": 99_000}, "base"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(change: dict[str, object], name: str) -> None:
    position = 10 if change.get("adopt") else 0
    assert refusal(replace(PLAN, **change), position=position) == (Why.BAD_SETTING, name)  # type: ignore[arg-type]


def test_adopting_more_than_the_gaps_above_can_hold_is_refused() -> None:
    plan = replace(PLAN, range_bp=100, unit=10, adopt=60)
    assert refusal(plan, position=100, cost=118_000) == (Why.BAD_SETTING, "adopt")


def test_a_unit_or_an_adoption_that_is_no_whole_lot_is_refused() -> None:
    assert refusal(replace(PLAN, unit=25))[0] is Why.UNIT_NOT_LOT
    assert refusal(replace(PLAN, adopt=25), position=30)[0] is Why.UNIT_NOT_LOT


def test_without_a_price_there_is_no_grid() -> None:
    assert refusal(PLAN, last=0)[0] is Why.NO_QUOTE
    assert refusal(replace(PLAN, base=BaseKind.LAST), last=0, opening=True)[0] is Why.NO_QUOTE


def test_a_step_of_two_ticks_is_refused() -> None:
    cheap = replace(STOCK, prev_close=6_660)
    plan = replace(PLAN, code="000001.SZ")
    assert refusal(plan, last=6_660, instrument=cheap)[0] is Why.STEP_TOO_SMALL
    assert start(plan, last=13_300, instrument=STOCK).unit == 800
