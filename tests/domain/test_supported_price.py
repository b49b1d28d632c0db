import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.quote import EMPTY, Level, Quote, supported_price


def quote(last: int, bid: int, ask: int) -> Quote:
    bids, asks = ((Level(price, 100) if price else EMPTY,) for price in (bid, ask))
    return Quote("113050.SH", 0, last, 100_000, last, last, last, 0, 0, bids, asks)


@pytest.mark.parametrize(
    ("last", "bid", "ask", "price"),
    [
        (100_000, 99_999, 100_001, 100_000),
        (112_000, 99_999, 100_001, 100_001),
        (88_000, 99_999, 100_001, 99_999),
        (120_001, 99_999, 100_001, 0),
        (79_999, 99_999, 100_001, 0),
        (0, 99_999, 100_001, 0),
        (100_000, 100_001, 99_999, 0),
        # a hollow side
        (100_000, 84_000, 100_001, 0),
        (88_000, 84_000, 100_001, 0),
        (100_000, 99_999, 118_000, 0),
        (100_000, 98_100, 102_000, 100_000),
        # a locked board, a swept side, no book at all
        (120_000, 120_000, 0, 120_000),
        (80_000, 0, 80_000, 80_000),
        (100_000, 100_100, 0, 100_100),
        (100_000, 0, 99_900, 99_900),
        (101_000, 100_000, 0, 101_000),
        (118_000, 100_000, 0, 0),
        (88_000, 0, 100_000, 0),
        (100_000, 0, 0, 100_000),
    ],
)
def test_a_last_counts_as_far_as_the_book_bears_it_out(last: int, bid: int, ask: int, price: int) -> None:
    assert supported_price(quote(last, bid, ask), 120_000, 80_000, 1) == price


def test_without_limits_the_book_alone_says_what_is_possible() -> None:
    assert supported_price(quote(300_000, 299_000, 301_000), 0, 0, 1) == 300_000


def test_a_few_ticks_of_a_cheap_share_are_not_wide() -> None:
    assert supported_price(quote(500, 480, 520), 0, 0, 10) == 500
    assert supported_price(quote(500, 470, 520), 0, 0, 10) == 0


@given(last=st.integers(0, 200_000), bid=st.integers(95_000, 100_000), spread=st.integers(1, 3_000))
def test_whatever_the_last_the_price_lies_within_a_book_with_both_sides(last: int, bid: int, spread: int) -> None:
    price = supported_price(quote(last, bid, bid + spread), 120_000, 80_000, 1)
    assert bid <= price <= bid + spread if 80_000 <= last <= 120_000 else price == 0
