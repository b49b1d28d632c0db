from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.money import (
    BadMoneyError,
    decimal_text,
    parse_cny,
    parse_price,
    round_down,
    round_half_up,
    round_up,
)

whole = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("text", "milli"),
    [
        ("2.65", 2650),
        ("2.650", 2650),
        ("2.65000", 2650),
        ("0", 0),
        ("0.001", 1),
        ("157.300", 157300),
        ("007", 7000),
        ("99999.99", 99_999_990),
    ],
)
def test_a_plain_decimal_is_read_exactly(text, milli):
    assert parse_price(text) == milli


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nan",
        "inf",
        "-inf",
        "1e3",
        "1E-2",
        "2.6505",
        "2.0001",
        "２.65",
        "2．65",
        "٢.65",
        "1,000.00",
        " 2.65",
        "2.65\n",
        "+2.65",
        ".5",
        "5.",
        "1.2.3",
        "0x10",
        "1_000",
        "--1",
        "-",
        "9" * 16,
        "1." + "0" * 13,
    ],
)
def test_anything_else_is_refused_and_named(text):
    for parse in (parse_price, parse_cny):
        with pytest.raises(BadMoneyError) as told:
            parse(text)
        assert repr(text) in str(told.value)


@pytest.mark.parametrize("value", [2.65, 2, None, b"2.65", True, Decimal("2.65")])
def test_only_text_is_read(value):
    with pytest.raises(BadMoneyError, match="not a plain decimal"):
        parse_cny(value)


def test_amounts_may_be_negative_and_prices_may_not():
    assert parse_cny("-12.5") == -12500
    with pytest.raises(BadMoneyError, match=r"-12\.5"):
        parse_price("-12.5")


def test_bad_money_is_a_value_error():
    assert issubclass(BadMoneyError, ValueError)


@given(whole)
def test_text_of_an_amount_reads_back_as_the_amount(milli):
    assert parse_cny(decimal_text(milli)) == milli


@given(whole, st.integers(0, 3))
def test_text_equals_the_amount_as_a_decimal_or_is_refused(milli, places):
    if milli % 10 ** (3 - places):
        with pytest.raises(BadMoneyError, match=str(milli)):
            decimal_text(milli, places)
    else:
        text = decimal_text(milli, places)
        assert Decimal(text) == Decimal(milli) / 1000
        assert len(text.partition(".")[2]) == places


@pytest.mark.parametrize(
    ("milli", "places", "text"),
    [(2650, 3, "2.650"), (2650, 2, "2.65"), (2600, 1, "2.6"), (2000, 0, "2"), (-5, 3, "-0.005"), (-2000, 0, "-2")],
)
def test_text_has_as_many_places_as_asked(milli, places, text):
    assert decimal_text(milli, places) == text


@pytest.mark.parametrize("places", [-1, 4])
def test_money_has_no_other_number_of_places(places):
    with pytest.raises(BadMoneyError, match=str(places)):
        decimal_text(1000, places)


@given(whole, st.integers(1, 10**9))
def test_rounding_agrees_with_fractions(numerator, denominator):
    exact = Fraction(numerator, denominator)
    assert round_down(numerator, denominator) == exact.__floor__()
    assert round_up(numerator, denominator) == exact.__ceil__()
    assert round_half_up(numerator, denominator) == (exact + Fraction(1, 2)).__floor__()


def test_halves_go_up_on_both_sides_of_zero():
    assert [round_half_up(n, 2) for n in (-3, -1, 1, 3)] == [-1, 0, 1, 2]


@pytest.mark.parametrize("rounding", [round_half_up, round_down, round_up])
@pytest.mark.parametrize("denominator", [0, -1])
def test_a_denominator_must_be_positive(rounding, denominator):
    with pytest.raises(BadMoneyError, match=str(denominator)):
        rounding(1, denominator)
