"""Which ladder rows are seen and what each one says."""

from typing import Any

from fake_market import ladder_levels
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from qmtdesk.desk.ladder.ladder_layout import (
    PIN_HEIGHT,
    Window,
    centre_on,
    changed_rows,
    clear_spans,
    distance_bp,
    fit,
    index_of,
    look_of,
    pinned,
    price_at,
    promise_nothing,
    rows_in,
    widths,
)
from qmtdesk.domain.plans import GridPlan
from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.rows import GridRow, LevelRow

PRICES = tuple(level.price for level in ladder_levels())


def grid(levels: tuple[LevelRow, ...] | None = None, **more: Any) -> GridRow:
    row: dict[str, Any] = {
        "code": "127089.SZ", "name": "x", "state": "running", "armed": True, "plan": GridPlan(code="127089.SZ"),
        "base": 118_500, "unit": 80, "levels": ladder_levels() if levels is None else levels, "cell": 76, "held": 210,
        "base_holding": 0, "stash": 0, "position": 210, "can_use": 210, "cost": 119_588, "realised": 0, "floating": 0,
        "fees": 0, "improvement": 0, "trips": 0, "exact": True, "cash_used": 0, "started_at": 0, "range_low": 94_800,
        "range_high": 142_200,
    }  # fmt: skip
    return GridRow(**{**row, **more})


def window(low: int, high: int) -> Window:
    return Window(low, high, 28, 26, 26)


def row_no(rows: Any, no: int) -> Any:
    return next(row for row in rows if row.no == no)


@given(st.integers(80, 2000), st.sampled_from((22, 28, 36)), st.integers(2, 300), st.floats(-20, 320))
def test_rows_and_pinned_rows_fill_the_height_and_cut_no_level(
    height: int, row: int, levels: int, centre: float
) -> None:
    seen = fit(height, row, levels, centre)
    assert 0 <= seen.low <= seen.high < levels
    assert seen.top_pin + seen.bottom_pin + seen.count * row == max(height, seen.count * row)
    if height >= 2 * PIN_HEIGHT + row:
        assert seen.top_pin >= PIN_HEIGHT
        assert seen.bottom_pin >= PIN_HEIGHT


@given(st.integers(0, 2000))
def test_a_pixel_leads_to_the_level_whose_middle_is_nearest(y: int) -> None:
    seen = window(60, 80)
    level = seen.level_at(y)
    inside = seen.top_pin <= y < seen.top_pin + seen.count * seen.row
    assert (level is not None) is inside
    if level is not None:
        assert abs(seen.centre_of(level) - y) <= seen.row / 2
    assert abs(seen.centre_of(seen.index_at(y)) - y) < 1e-6


@given(st.integers(90_000, 150_000))
def test_a_price_and_its_place_lead_to_each_other(price: int) -> None:
    assert abs(price_at(PRICES, index_of(PRICES, price)) - price) < 0.01


@given(st.sampled_from(range(len(PRICES))))
def test_a_level_stands_at_its_own_index(at: int) -> None:
    assert abs(index_of(PRICES, PRICES[at]) - at) < 1e-9


def test_a_place_among_levels_that_are_none_is_zero() -> None:
    assert index_of((), 100) == 0.0
    assert index_of((100, 200), 0) == 0.0
    assert index_of((0, 200), 100) == 0.0


@given(st.integers(1, 200_000), st.integers(1, 200_000))
def test_a_distance_is_exact_and_symmetric_about_zero(price: int, last: int) -> None:
    bp = distance_bp(price, last)
    assert abs(bp * last - (price - last) * 10_000) * 2 <= last
    assert (bp > 0) <= (price > last)
    assert (bp < 0) <= (price < last)


def test_a_distance_without_a_last_price_is_none() -> None:
    assert distance_bp(100, 0) == 0


def test_the_nearest_order_on_each_side_is_the_next_one() -> None:
    rows = rows_in(grid(), window(68, 84))
    assert row_no(rows, 1).buy.next
    assert not row_no(rows, 0).buy.next
    assert row_no(rows, 3).sell.next
    assert not row_no(rows, 4).sell.next
    assert row_no(rows, 3).sell.left == 50
    assert row_no(rows, 3).sell.total == 80
    assert not row_no(rows, 2).rests
    assert row_no(rows, 0).base


def test_order_states_have_four_looks() -> None:
    assert [look_of(state) for state in ("working", "partial", "cancelling", "part_cancelling", "sent", "unknown")] == [
        "live", "live", "leaving", "leaving", "sending", "unknown",
    ]  # fmt: skip


def test_a_reason_is_said_once_per_run_with_a_bracket_over_all_of_it() -> None:
    rows = rows_in(grid(), window(68, 84))
    said = [(row.no, row.bracket.reason.why) for row in rows if row.bracket is not None and row.bracket.says]
    assert said == [(10, Why.NOTHING_HELD), (5, Why.ARMED_SELL), (-1, Why.ARMED_BUY)]
    nothing = [row.bracket for row in rows if row.no > 5]
    assert nothing[0].first
    assert not nothing[0].last
    assert nothing[-1].last
    assert row_no(rows, 2).bracket is None


def test_a_row_with_fills_leaves_the_words_to_the_next_row_of_its_run() -> None:
    levels = list(ladder_levels())
    at = next(n for n, level in enumerate(levels) if level.no == 7)
    levels[at] = replace(levels[at], sold=80)
    rows = rows_in(grid(tuple(levels)), Window(80, at, 28, 26, 26))
    assert rows[0].bracket is not None
    assert not rows[0].bracket.says
    assert rows[1].bracket is not None
    assert rows[1].bracket.says


def test_a_run_without_a_free_row_still_says_its_reason() -> None:
    levels = tuple(replace(level, bought=10) for level in ladder_levels())
    rows = rows_in(grid(levels), Window(80, 84, 28, 26, 26))
    assert rows[0].bracket is not None
    assert rows[0].bracket.says


def test_capsules_stand_between_rows_and_never_half_cut() -> None:
    rows = rows_in(grid(), window(68, 84))
    assert rows[0].above is None
    assert rows[-1].below is None
    assert row_no(rows, 3).above.held == 80
    assert row_no(rows, 3).below.held == 50
    top = len(PRICES) - 1
    assert rows_in(grid(), Window(top - 3, top, 28, 26, 26))[0].above is None


def test_pinned_rows_sum_up_what_is_beyond_the_view() -> None:
    above, below = pinned(grid(), window(68, 84))
    assert above.levels == len(PRICES) - 85
    assert above.reasons == ((because(Why.NOTHING_HELD), above.levels),)
    assert above.edge == PRICES[-1]
    assert below.levels == 68
    assert below.edge == PRICES[0]
    assert [reason.why for reason, _ in below.reasons] == [Why.CASH_CAP]
    nothing, _ = pinned(grid(), Window(0, len(PRICES) - 1, 28, 26, 26))
    assert nothing.levels == 0
    assert nothing.edge == 0


def test_orders_out_of_view_are_counted_in_the_pinned_row() -> None:
    _, below = pinned(grid(), window(90, 100))
    assert below.orders == 4
    assert below.held == 210


def test_the_view_centres_on_the_price_then_the_cell_then_the_base() -> None:
    assert abs(centre_on(grid(), PRICES[40]) - 40) < 1e-9
    assert centre_on(grid(), 10**7) == len(PRICES) - 1
    assert centre_on(grid(cell=30), 0) == 30.5
    assert abs(centre_on(grid(cell=-1), 0) - PRICES.index(118_500)) < 1e-9
    assert centre_on(grid(cell=-1, base=0), 0) == len(PRICES) / 2


def test_only_rows_whose_picture_differs_are_painted_anew() -> None:
    old = rows_in(grid(), window(68, 84))
    levels = list(ladder_levels())
    at = next(n for n, level in enumerate(levels) if level.no == 3)
    levels[at] = replace(levels[at], sell=20)
    new = rows_in(grid(tuple(levels)), window(68, 84))
    assert [new[n].no for n in changed_rows(old, new)] == [3]
    assert changed_rows(old, old) == []
    assert changed_rows(old, new[1:]) == list(range(len(new) - 1))


def test_without_fresh_data_no_level_promises_an_order() -> None:
    seen = promise_nothing(grid())
    whys = {level.why.why for level in seen.levels if level.why is not None}
    assert whys == {Why.NOTHING_HELD, Why.CASH_CAP, Why.QUOTE_STALE}
    assert promise_nothing(seen) is seen


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)).map(lambda ab: (min(ab), max(ab))), max_size=5))
def test_the_price_line_never_crosses_an_occupied_span(spans: list[tuple[int, int]]) -> None:
    for left, right in clear_spans(tuple(spans), 0, 300):
        assert 0 <= left < right <= 300
        assert all(right <= a or left >= b for a, b in spans if a < b)


def test_chart_and_ladder_share_the_room_and_the_chart_goes_first() -> None:
    assert widths(662) == (270, 392)
    assert widths(516) == (170, 346)
    assert widths(515) == (0, 515)
    assert sum(widths(1200)) == 1200
    assert widths(1200)[1] == 460
