"""Histories for the charts: compact, filled from before the start, sampled for the sparkline."""

from qmtdesk.trader.series import Series

MINUTE = 60_000


def test_older_points_go_before_what_is_there_and_nothing_doubles() -> None:
    series = Series()
    series.add("price", "a", 5_000, 105)
    series.add("price", "a", 5_000, 106)
    series.fill("price", "a", [(1_000, 101), (5_000, 999), (3_000, 103)])
    assert series.points("price", "a") == ((1_000, 101), (3_000, 103), (5_000, 106))


def test_where_no_seal_stood_before_the_start_the_sparkline_has_a_gap() -> None:
    series = Series()
    series.fill("seal", "a", [(0, 0), (10_000, 30_000_000), (20_000, 0)])
    series.add("seal", "a", 30_000, 50_000_000)
    assert series.spark("a", 30_000) == (-1, 3, -1, 5)


def test_the_sparkline_reaches_ten_minutes_back_and_no_further() -> None:
    series = Series()
    for minute in range(30):
        series.add("seal", "a", minute * MINUTE, minute * 10_000_000)
    spark = series.spark("a", 29 * MINUTE)
    assert len(spark) == 61
    assert (spark[0], spark[-1]) == (19, 29)


def test_an_unknown_code_has_no_history() -> None:
    assert Series().points("price", "a") == ()
    assert Series().spark("a", 1_000) == ()
    assert not Series().knows("price", "a")
