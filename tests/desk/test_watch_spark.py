"""The sparkline's threshold stands at the same height in every row, and a break is a gap."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.watch.spark import (
    SAMPLES,
    THRESHOLD_SHARE,
    Band,
    axis,
    bands,
    label_left,
    runs,
    sealed_runs,
    share,
    time_marks,
)

amounts = st.integers(min_value=0, max_value=10**10)
thresholds = st.integers(min_value=1, max_value=10**9)


def test_the_threshold_stands_one_fifth_up() -> None:
    assert THRESHOLD_SHARE == 0.2
    assert share(2000, 2000) == 0.2


def test_half_and_less_is_the_floor_and_sixteen_times_the_ceiling() -> None:
    assert share(1000, 2000) == 0.0
    assert share(0, 2000) == 0.0
    assert share(32_000, 2000) == 1.0
    assert share(10**12, 2000) == 1.0


def test_the_label_of_the_threshold_gives_way_to_the_newest_point() -> None:
    assert label_left(8, 300, 90, 160, 178, None) == 210
    assert label_left(8, 300, 90, 160, 178, (296, 120)) == 210
    assert label_left(8, 300, 90, 160, 178, (296, 172)) == 8
    assert label_left(8, 300, 90, 160, 178, (296, 184)) == 8
    assert label_left(8, 300, 90, 160, 178, (120, 172)) == 210


def test_each_doubling_is_the_same_step() -> None:
    steps = [share(2000 * 2**k, 2000) for k in range(4)]
    assert [round(b - a, 9) for a, b in itertools.pairwise(steps)] == [0.2, 0.2, 0.2]


def test_without_a_threshold_nothing_is_under_it() -> None:
    assert share(5, 0) == 1.0


@given(amounts, amounts, thresholds)
def test_more_never_stands_lower(a: int, b: int, threshold: int) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= share(low, threshold) <= share(high, threshold) <= 1.0


@given(st.lists(st.integers(min_value=-1, max_value=100_000), max_size=80), thresholds)
def test_runs_hold_every_sealed_sample_once_and_stay_inside(samples: list[int], threshold: int) -> None:
    drawn = runs(tuple(samples), threshold, 96.0, 40.0)
    assert sum(map(len, drawn)) == sum(1 for s in samples[-SAMPLES:] if s >= 0)
    assert all(run for run in drawn)
    assert all(0 <= x <= 96.0 + 1e-9 and 0 <= y <= 40.0 for run in drawn for x, y in run)


def test_the_newest_sample_is_at_the_right_edge_and_a_break_is_a_gap() -> None:
    drawn = runs((4000, -1, 2000), 2000, 59.0, 10.0)
    assert [[round(x) for x, _ in run] for run in drawn] == [[57], [59]]
    assert drawn[1][0][1] == 8.0


def test_a_break_is_a_band_only_between_seals() -> None:
    assert bands(((1, -1), (2, 5), (3, -1), (4, -1), (5, 7))) == (Band(3, 5),)
    assert bands(((2, 5), (3, -1))) == (Band(3, 0),)
    assert bands(((1, -1), (2, -1))) == ()


def test_the_history_is_cut_at_breaks() -> None:
    assert sealed_runs(((1, -1), (2, 5), (3, 6), (4, -1), (5, 7))) == (((2, 5), (3, 6)), ((5, 7),))
    assert sealed_runs(((1, 5), (2, -1))) == (((1, 5),),)


@given(st.integers(min_value=0, max_value=10**15))
def test_the_axis_holds_its_top_with_few_round_marks(top: int) -> None:
    ceiling, marks = axis(top)
    assert ceiling >= top
    assert 1 <= len(marks) <= 5
    assert all(0 < m <= ceiling for m in marks)


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=6 * 3_600_000))
def test_time_marks_are_round_and_few(start: int, length: int) -> None:
    marks = time_marks(start, start + length, 4)
    assert len(marks) <= 4
    assert all(start <= m <= start + length and m % 60_000 == 0 for m in marks)


def test_a_stretch_too_long_for_any_step_has_no_marks() -> None:
    assert time_marks(0, 10**12, 4) == ()
