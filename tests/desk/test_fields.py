"""A typed number means what the field says, or is refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.brush.fields import Bad, Fault, Field, parse, plain_number

WAN = 10_000_000  # 厘 in one 万元
THRESHOLD = Field(
    scale=WAN,
    low=WAN,
    high=1_000_000 * WAN,
    suffixes=(("万", WAN), ("万元", WAN), ("亿", 10_000 * WAN), ("元", 1000)),
)
YUAN = Field(scale=1000, low=1_000_000, high=10**12, zero=True, suffixes=(("元", 1000), ("万", WAN)))
PERCENT = Field(scale=100, low=1, high=5000, suffixes=(("%", 100),))
LOTS = Field(scale=1, low=10, high=1_000_000, zero=True, step=10, suffixes=(("张", 1),))


@pytest.mark.parametrize(
    "text", ["2000", "2,000", "２０００", "2 000", "2000万", "2,000 万元", "0.2亿", "20000000元", "+2000"]
)
def test_a_threshold_of_two_thousand_wan_can_be_written_in_many_ways(text: str) -> None:
    assert parse(text, THRESHOLD) == 20_000_000_000


def test_full_width_digits_are_plain_digits() -> None:
    assert parse("１００", THRESHOLD) == 100 * WAN
    assert parse("１．５％", PERCENT) == 150


@pytest.mark.parametrize("text", ["-3000", "−3000", "－３０００", "–1"])
def test_a_negative_number_is_refused_as_negative(text: str) -> None:
    assert parse(text, THRESHOLD) == Bad(Fault.NEGATIVE)


@pytest.mark.parametrize("text", ["1e308", "inf", "nan", "0x10", "1.2.3", ".", "٣٠", "12abc3", "1。5", "1_000"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    assert parse(text, THRESHOLD) == Bad(Fault.NOT_NUMBER)


def test_three_thousand_yuan_meant_as_wan_is_refused_as_too_small() -> None:
    assert parse("3000元", THRESHOLD) == Bad(Fault.BELOW, WAN, 3_000_000)


def test_yuan_typed_into_a_wan_field_are_refused_as_too_large() -> None:
    assert parse("20000000", THRESHOLD) == Bad(Fault.ABOVE, 1_000_000 * WAN, 20_000_000 * WAN)


@pytest.mark.parametrize("text", ["2,00", "2,0000", "12,34,567", "1,000,"])
def test_odd_grouping_is_not_guessed_at(text: str) -> None:
    assert isinstance(parse(text, YUAN), Bad)


def test_a_comma_is_never_a_decimal_point() -> None:
    assert parse("0,30", PERCENT) == Bad(Fault.GROUPING)


def test_an_unknown_unit_is_refused() -> None:
    assert parse("2000手", THRESHOLD) == Bad(Fault.UNIT)


def test_finer_than_the_unit_is_refused() -> None:
    assert parse("0.305%", PERCENT) == Bad(Fault.TOO_FINE)
    assert parse("0.3050", PERCENT) == Bad(Fault.TOO_FINE)
    assert parse("0.300", PERCENT) == 30


def test_an_empty_text_is_no_limit_only_where_that_is_allowed() -> None:
    assert parse("  ", YUAN) == 0
    assert parse("", THRESHOLD) == Bad(Fault.EMPTY)
    assert parse("0", YUAN) == 0
    assert parse("0", THRESHOLD) == Bad(Fault.BELOW, WAN, 0)


def test_a_volume_must_be_whole_lots() -> None:
    assert parse("125", LOTS) == Bad(Fault.OFF_STEP, 10, 125)
    assert parse("1,200 张", LOTS) == 1200


def test_a_very_long_text_is_refused_before_it_is_read() -> None:
    assert parse("9" * 25, YUAN) == Bad(Fault.TOO_LONG)
    assert isinstance(parse("9" * 24, YUAN), Bad)


def test_a_sign_for_both_ways_is_allowed() -> None:
    assert parse("±20", PERCENT) == 2000


@given(st.integers(min_value=1, max_value=5000))
def test_what_a_field_shows_it_also_reads(value: int) -> None:
    assert parse(plain_number(value, PERCENT), PERCENT) == value


@given(st.integers(min_value=1_000_000, max_value=10**12))
def test_money_survives_showing_and_reading(value: int) -> None:
    assert parse(plain_number(value, YUAN), YUAN) == value


@pytest.mark.fault("O5")
@given(st.text(max_size=40))
def test_no_text_ever_raises_and_every_value_is_in_range(text: str) -> None:
    got = parse(text, THRESHOLD)
    assert isinstance(got, Bad) or THRESHOLD.low <= got <= THRESHOLD.high
