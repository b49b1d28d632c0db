"""Rows of the Level-2 supplement: which unit they are in, which are doubted, and beside which snapshot they stand."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.limits import price_limits
from qmtdesk.domain.quote import Level, Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import level2
from qmtdesk.gateways.qmt.level2 import STALE_MS, Cancels, Supplement, supplement_of, unit_of_cancels
from qmtdesk.gateways.qmt.meaning import UnclearError

DAY = date(2026, 11, 20)
TEN = at_of(DAY, 10, 0)
CODE, PREV = "600103.SH", 2_410
UP, DOWN = price_limits(CODE, PREV, DAY) or (0, 0)
FIELDS = ("time", "totalBidQuantity", "withdrawBidQuantity", "withdrawBidAmount")
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[a-z]{3,} [a-z]{2,}")


def row(at: int = TEN, shares: int = 120_000, *, unit: int = 1, price: int = UP, **changed: Any) -> dict[str, Any]:
    told = {
        "time": at,
        "totalBidQuantity": 5_000_000 // unit,
        "withdrawBidQuantity": shares // unit,
        "withdrawBidAmount": shares * price / 1000,
    }
    return {**told, **changed}


def quote(at: int = TEN, **changed: Any) -> Quote:
    bids = (Level(UP, 4_789_600),)
    plain = Quote(CODE, at, UP, PREV, PREV, UP, PREV, 10**7, 10**7 * UP, bids, ())
    return replace(plain, **changed)


def taken(*rows: object) -> Cancels:
    cancels = Cancels()
    for each in rows:
        cancels.took(CODE, each, TEN + 60_000)
    return cancels


@given(
    st.integers(1, 10**7).map(lambda lots: lots * 100),
    st.sampled_from([1, 100]),
    st.integers(DOWN, UP),
    st.sampled_from([1, 1000]),
)
def test_the_unit_is_found_from_any_amount_within_the_days_limits(
    shares: int, unit: int, price: int, rounding: int
) -> None:
    amount = round(shares * price / rounding) * rounding
    assert unit_of_cancels(Supplement(TEN, 0, shares // unit, amount), DOWN, UP) == unit


@given(st.integers(0, 10**9), st.integers(0, 10**15))
def test_a_unit_always_puts_the_price_within_a_hundredth_of_the_limits(count: int, amount: int) -> None:
    unit = unit_of_cancels(Supplement(TEN, 0, count, amount), DOWN, UP)
    assert unit in (0, 1, 100)
    if unit:
        assert DOWN * 0.99 <= amount / (count * unit) <= UP * 1.01 + 1


@pytest.mark.parametrize("unit", [1, 100])
def test_the_figure_is_in_shares(unit: int) -> None:
    cancels = taken(row(unit=unit))
    assert cancels.beside(quote()).withdrawn == 120_000
    assert (cancels.used, cancels.doubted) == (1, 0)


def test_nothing_cancelled_yet_is_a_figure_too() -> None:
    assert taken(row(shares=0)).beside(quote()).withdrawn == 0


def test_the_newest_row_that_is_not_newer_is_meant() -> None:
    cancels = taken(row(TEN, 100_000), row(TEN + 3_000, 200_000), row(TEN + 6_000, 300_000))
    assert [cancels.beside(quote(TEN + ms)).withdrawn for ms in (0, 2_999, 3_000, 5_000, 6_000)] == [
        100_000,
        100_000,
        200_000,
        200_000,
        300_000,
    ]
    assert cancels.beside(quote(TEN - 1)).withdrawn == -1


def test_a_row_grows_stale() -> None:
    cancels = taken(row())
    assert cancels.beside(quote(TEN + STALE_MS)).withdrawn == 120_000
    assert cancels.beside(quote(TEN + STALE_MS + 1)).withdrawn == -1


def test_a_row_that_was_overtaken_changes_nothing_and_one_of_the_same_moment_replaces() -> None:
    cancels = taken(row(TEN, 200_000), row(TEN - 3_000, 100_000), row(TEN, 210_000))
    assert cancels.beside(quote()).withdrawn == 210_000
    assert cancels.doubted == 0


def test_after_a_total_that_fell_nothing_is_told_before_the_next_row() -> None:
    cancels = taken(row(TEN, 200_000), row(TEN + 3_000, 100_000))
    assert cancels.beside(quote(TEN + 3_000)).withdrawn == -1
    assert (cancels.doubted, "变少" in cancels.doubt) == (1, True)
    cancels.took(CODE, row(TEN + 6_000, 110_000), TEN + 60_000)
    assert cancels.beside(quote(TEN + 6_000)).withdrawn == 110_000


def test_a_new_day_begins_at_nothing() -> None:
    morrow = at_of(date(2026, 11, 23), 9, 30)
    cancels = taken(row())
    cancels.took(CODE, row(morrow, 100), morrow)
    assert cancels.beside(quote(morrow)).withdrawn == 100
    assert cancels.doubted == 0


def test_zeros_say_nothing() -> None:
    cancels = taken(row(shares=0, totalBidQuantity=0))
    assert cancels.beside(quote()).withdrawn == -1
    assert (cancels.used, cancels.doubted) == (0, 0)


@pytest.mark.parametrize(
    ("changed", "snapshot"),
    [
        ({"withdrawBidAmount": 0.0}, {}),
        ({"withdrawBidQuantity": 0}, {}),
        ({"withdrawBidAmount": 120_000 * UP / 1000 * 10}, {}),
        ({"totalBidQuantity": 23_947}, {}),
        ({}, {"prev_close": 0}),
        ({}, {"limit_up": 300, "limit_down": 200}),
    ],
)
def test_what_contradicts_itself_or_the_book_is_not_used(changed: dict[str, Any], snapshot: dict[str, Any]) -> None:
    cancels = taken(row(**changed))
    seen = quote(**snapshot)
    assert cancels.beside(seen) == seen
    assert (cancels.used, cancels.doubted) == (0, 1)
    assert CODE in cancels.doubt


@pytest.mark.parametrize(
    ("rows", "snapshot"),
    [
        *(([row(**{field: value})], {}) for field in FIELDS for value in (None, "much", -1, 10**5000, [1] * 99)),
        ([row(time=12)], {}),
        ([row(time=TEN + 30 * 86_400_000)], {}),
        ([row(totalBidQuantity=1.5)], {}),
        ([[1]], {}),
        ([row(), row(TEN + 1, 100_000)], {}),
        ([row(), row(TEN + 1, withdrawBidAmount=1.0)], {}),
        ([row(withdrawBidAmount=0.0)], {}),
        ([row(totalBidQuantity=23_947)], {}),
        ([row()], {"prev_close": 0}),
    ],
)
def test_every_doubt_is_told_in_chinese_and_in_a_line(rows: list[object], snapshot: dict[str, Any]) -> None:
    cancels = taken(*rows)
    cancels.beside(quote(**snapshot))
    code, _, why = cancels.doubt.partition(": ")
    assert (cancels.doubted, code) == (1, CODE)
    assert CHINESE.search(why)
    assert not ENGLISH.search(why)
    assert "Error" not in why
    assert len(why) < 100


def test_an_error_of_our_own_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(level2, "moment_of", breaks)
    assert taken(row()).doubt == f"{CODE}: 处理出错：ZeroDivisionError()"


def test_told_limits_come_before_the_rules() -> None:
    # a price twice the rules' limit, on a day whose told limits allow it
    cancels = taken(row(price=2 * UP))
    assert cancels.beside(quote(limit_up=2 * UP, limit_down=DOWN)).withdrawn == 120_000


@pytest.mark.parametrize("gone", FIELDS)
@pytest.mark.parametrize("value", [None, "x", float("nan"), float("inf"), -1, True, [1]])
def test_garbage_is_refused_by_name(gone: str, value: object) -> None:
    with pytest.raises(UnclearError, match=gone):
        supplement_of({**row(), gone: value}, TEN)


@given(st.dictionaries(st.text(max_size=5), st.integers()) | st.integers() | st.none() | st.text())
def test_whatever_comes_is_borne(garbage: object) -> None:
    cancels = taken(row(), garbage, {"time": 10**40})
    assert cancels.doubted == 2
    assert cancels.beside(quote()) == quote()


@given(st.lists(st.tuples(st.integers(1, 4_000), st.integers(0, 10**6)), max_size=30))
def test_a_total_is_told_as_it_is_until_it_falls_and_again_after(rows: list[tuple[int, int]]) -> None:
    cancels, at, before, falls = Cancels(), TEN, 0, 0
    for gap, lots in rows:
        at += gap
        cancels.took(CODE, row(at, lots * 100, unit=100), at)
        fell = lots < before
        falls, before = falls + fell, 0 if fell else lots
        assert cancels.beside(quote(at, bids=())).withdrawn == (-1 if fell else lots * 100)
    assert cancels.doubted == falls
