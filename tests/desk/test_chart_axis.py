"""The chart's time without the lunch break, and series made small."""

from itertools import pairwise

from fake_market import at
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.ladder.chart_axis import (
    MINUTE,
    Trace,
    bucket_for,
    candles,
    clock_text,
    labels,
    newest_day,
    nice_step,
    trading_ms,
)


def test_lunch_takes_no_room_on_the_axis() -> None:
    assert trading_ms(at(9, 30)) == 0
    assert trading_ms(at(11, 30)) == 120 * MINUTE
    assert trading_ms(at(12, 15)) == 120 * MINUTE
    assert trading_ms(at(13, 0)) == 120 * MINUTE
    assert trading_ms(at(14, 59)) == 239 * MINUTE
    assert trading_ms(at(9, 15)) == -15 * MINUTE


@given(st.integers(9 * 60 + 30, 11 * 60 + 30) | st.integers(13 * 60 + 1, 15 * 60))
def test_a_trading_minute_reads_back_from_its_place(minute: int) -> None:
    assert clock_text(trading_ms(at(0, minute))) == f"{minute // 60:02d}:{minute % 60:02d}"


@given(st.integers(0, 200), st.integers(1, 240), st.integers(60, 1500))
def test_labels_are_round_inside_and_apart(start: int, length: int, width: int) -> None:
    left, right = start * MINUTE, (start + length) * MINUTE
    made = labels(left, right, width)
    assert all(left <= x <= right for x, _ in made)
    gaps = [b - a for (a, _), (b, _) in pairwise(made)]
    assert all(gap * width >= 74 * (right - left) or gap == 120 * MINUTE for gap in gaps)


def test_no_room_means_no_labels() -> None:
    assert labels(5, 5, 100) == []
    assert labels(0, 10, 0) == []


def test_candles_gather_first_high_low_last_of_each_minute() -> None:
    points = ((at(9, 30, 1), 100), (at(9, 30, 20), 120), (at(9, 30, 50), 90), (at(9, 31, 2), 95))
    first, second = candles(points, 1)
    assert (first.x, first.first, first.high, first.low, first.last) == (0, 100, 120, 90, 90)
    assert (second.x, second.first, second.last) == (MINUTE, 95, 95)
    assert len(candles(points, 5)) == 1


points = st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 10_000)), max_size=80)


@given(points, st.sampled_from((1000, 8000, 64_000)), st.integers(0, 80))
def test_a_thinned_series_keeps_every_extreme_and_the_last_point(
    steps: list[tuple[int, int]], bucket: int, cut: int
) -> None:
    now, series = at(9, 30), []
    for step, price in steps:
        now += step
        series.append((now, price))
    trace = Trace(bucket)
    trace.extend(series[:cut])
    trace.extend(series)
    xs, ys = trace.points()
    assert xs == sorted(xs)
    if series:
        assert (max(ys), min(ys)) == (max(p for _, p in series), min(p for _, p in series))
        assert (xs[-1], ys[-1]) == (trading_ms(series[-1][0]), series[-1][1])
    assert len(xs) <= 3 * (len({trading_ms(t) // bucket for t, _ in series}))


@given(st.integers(0, 15_000_000), st.integers(0, 2000))
def test_a_bucket_is_a_power_of_two_of_seconds(span: int, width: int) -> None:
    size = bucket_for(span, width)
    assert size % 1000 == 0
    assert (size // 1000).bit_count() == 1
    assert size >= span // max(width, 1)


@given(st.floats(0.1, 1e7), st.integers(1, 20))
def test_a_nice_step_leaves_at_most_so_many_lines(span: float, lines: int) -> None:
    step = nice_step(span, lines)
    assert span / step <= lines
    assert str(step)[0] in "125"
    assert set(str(step)[1:]) <= {"0"}


def test_only_the_newest_day_is_drawn() -> None:
    day = 86_400_000
    old, new = (at(14, 0) - day, 5), (at(9, 30), 7)
    assert newest_day([old, new]) == [new]
    assert newest_day([]) == []
    today = [new, (at(9, 31), 8)]
    assert newest_day(today) is today
