from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.plans import Spacing
from qmtdesk.strategies.lattice import Lattice, Stair, build_lattice

GEO, ARI = Spacing.GEOMETRIC, Spacing.ARITHMETIC


@pytest.mark.parametrize("base", [101_500, 115_150, 118_500, 120_000, 130_000])
def test_thirty_bp_over_twenty_percent_gives_sixty_levels_above_and_seventy_four_below(base: int) -> None:
    lattice = build_lattice(base, 30, 2000, GEO, 1)
    assert lattice.base_index == 74
    assert len(lattice.levels) == 74 + 1 + 60
    assert (lattice.number(0), lattice.number(len(lattice.levels) - 1)) == (-74, 60)
    assert lattice.gaps == 134


def test_levels_are_those_of_the_design_picture() -> None:
    lattice = build_lattice(118_500, 30, 2000, GEO, 1)
    near = lattice.levels[lattice.base_index - 2 : lattice.base_index + 5]
    assert near == (117_792, 118_146, 118_500, 118_856, 119_212, 119_570, 119_928)


def test_arithmetic_levels_are_equally_spaced_and_hold_the_ends_of_the_range() -> None:
    lattice = build_lattice(100_000, 100, 300, ARI, 1)
    assert lattice.levels == (97_000, 98_000, 99_000, 100_000, 101_000, 102_000, 103_000)


def test_a_geometric_range_holds_its_exact_end() -> None:
    assert build_lattice(100_000, 2000, 4400, GEO, 1).levels == (57_870, 69_444, 83_333, 100_000, 120_000, 144_000)


def test_half_a_tick_is_rounded_up() -> None:
    # 10.05 × 1.01 = 10.1505; 10.50 × 1.01 = 10.605 -> 10.61
    assert Stair(10_500, 100, GEO, 10).level(1) == 10_610


def test_levels_that_round_to_one_price_appear_once() -> None:
    lattice = build_lattice(2_650, 30, 200, GEO, 10)
    assert lattice.levels == tuple(sorted(set(lattice.levels)))
    assert lattice.levels[lattice.base_index] == 2_650
    assert len(lattice.levels) < 1 + 6 + 6


def test_an_arithmetic_stair_ends_above_zero() -> None:
    stair = Stair(10, 4000, ARI, 1)
    assert stair.level(-3) == 0
    assert stair.levels(-5, 0) == (2, 6, 10)


def test_levels_are_cut_to_the_limits_and_numbers_stay() -> None:
    lattice = build_lattice(100_000, 100, 500, ARI, 1, low=98_500, high=102_000)
    assert lattice.levels == (99_000, 100_000, 101_000, 102_000)
    assert [lattice.number(i) for i in range(4)] == [-1, 0, 1, 2]


def test_a_base_that_was_cut_off_still_counts_the_numbers() -> None:
    lattice = build_lattice(100_000, 100, 500, ARI, 1, low=102_500)
    assert lattice.levels == (103_000, 104_000, 105_000)
    assert lattice.number(0) == 3


def test_the_cell_is_the_gap_that_holds_the_price() -> None:
    lattice = Lattice((90, 100, 110, 120), 1)
    assert [lattice.cell(p) for p in (89, 90, 99, 100, 119, 120, 500)] == [None, 0, 0, 1, 2, None, None]
    assert [lattice.under(p) for p in (89, 90, 120, 500)] == [-1, 0, 3, 3]


def test_a_lattice_without_levels_has_no_gap_and_no_cell() -> None:
    assert Lattice((), 0).gaps == 0
    assert Lattice((), 0).cell(100) is None


@given(
    base=st.integers(2_000, 300_000),
    step=st.integers(5, 500),
    span=st.integers(100, 3000),
    spacing=st.sampled_from(Spacing),
    tick=st.sampled_from([1, 10]),
)
def test_every_level_is_the_exact_one_on_the_tick(base: int, step: int, span: int, spacing: Spacing, tick: int) -> None:
    base -= base % tick
    lattice = build_lattice(base, step, span, spacing, tick)
    ratio, exact = 1 + Fraction(step, 10_000), []
    for k in range(-700, 700):
        value = base * (ratio**k if spacing is GEO else 1 + Fraction(k * step, 10_000))
        if Fraction(10_000 - span, 10_000) * base <= value <= Fraction(10_000 + span, 10_000) * base:
            exact.append(value)
    expected = sorted({int(value / tick + Fraction(1, 2)) * tick for value in exact})
    assert list(lattice.levels) == expected
    assert lattice.levels[lattice.base_index] == base
