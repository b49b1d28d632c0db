"""Numbers as people of the trade read them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.domain.codes import classify, has_rules
from qmtdesk.domain.rules import tick_of

WAN, YI = 10_000_000, 100_000_000_000


def bare(text: str) -> str:
    return text.replace(fmt.THIN, " ")


def test_prices_are_written_as_finely_as_the_rules_let_them_move() -> None:
    numbers = [f"{head:03d}123.{market}" for head in range(1000) for market in ("SH", "SZ", "BJ")]
    ruled = [code for code in numbers if has_rules(code)]
    ticks = {code: tick_of(classify(code), date(2026, 11, 20)) for code in ruled}
    assert [code for code in ruled if fmt.places_of(code) != (3 if ticks[code] < 10 else 2)] == []
    assert fmt.price(1_234, "530123.SH") == "1.234"


def test_a_code_without_rules_is_written_like_its_neighbours() -> None:
    assert (fmt.places_of("127123.SH"), fmt.places_of("204001.SH"), fmt.places_of("")) == (3, 2, 2)


def test_a_bond_has_three_places_and_a_stock_two() -> None:
    assert fmt.price(119_388, "127089.SZ") == "119.388"
    assert fmt.price(11_000, "002455.SZ") == "11.00"
    assert fmt.price(1_688_880, "600519.SH") == "1688.88"


def test_a_price_that_is_not_there_is_a_dash_and_not_zero() -> None:
    assert fmt.price(0, "600519.SH") == "—"
    assert fmt.share(1, 0) == "—"
    assert fmt.change(0, 100) == "—"
    assert fmt.clock(0) == "—"


@pytest.mark.parametrize(
    ("milli", "words"),
    [
        (26_400_000_000, "2,640 万"),
        (129_000_000_000, "1.29 亿"),
        (99_999_000, "10.0 万"),
        (100_000_000, "10 万"),
        (9_999_000, "9,999"),
        (-67_214_000, "−6.7 万"),
        (0, "0"),
    ],
)
def test_money_in_lists_is_in_wan_and_yi(milli: int, words: str) -> None:
    assert bare(fmt.money_short(milli)) == words


def test_money_in_lists_is_in_millions_in_english() -> None:
    speak(Language.EN)
    assert bare(fmt.money_short(26_400_000_000)) == "26.4 M"
    assert bare(fmt.money_short(980_000_000)) == "980 k"


def test_own_money_is_written_in_full_with_a_true_minus() -> None:
    assert fmt.money(1_012_846_200) == "1,012,846.20"
    assert fmt.money(-14_500, 1, signed=True) == "−14.5"
    assert fmt.money(112_900, 1, signed=True) == "+112.9"


def test_zero_has_no_sign() -> None:
    assert fmt.money(0, signed=True) == "0.00"
    assert fmt.percent(0, signed=True) == "0.00%"
    assert fmt.money(-4, 2, signed=True) == "0.00"


def test_ages_turn_into_minutes_and_hours() -> None:
    assert bare(fmt.age(800)) == "0.8 s 前"
    assert bare(fmt.age(47_000)) == "47 s 前"
    assert bare(fmt.age(130_000)) == "2 分 前"
    assert bare(fmt.age(8_000_000)) == "2 小时 前"
    assert bare(fmt.duration(380)) == "0.38 s"


def test_the_clock_is_shanghais_whatever_the_machine_thinks() -> None:
    assert fmt.clock(1_795_104_000_000 + ((10 * 60 + 24) * 60 + 37) * 1000) == "10:24:37"
    assert fmt.countdown(3_923_000) == "1:05:23"
    assert fmt.countdown(-5) == "0:00"


@given(st.integers(-(10**15), 10**15), st.integers(0, 3))
def test_a_fixed_figure_reads_back_to_within_half_its_last_place(value: int, places: int) -> None:
    text = fmt.fixed(value, 1000, places).replace(",", "").replace(fmt.MINUS, "-")
    whole, _, part = text.partition(".")
    read = int(whole + part) * 10 ** (3 - places)
    assert abs(read - value) * 2 <= 10 ** (3 - places)
    assert text != "-0"


@given(st.integers(-(10**14), 10**14))
def test_short_money_never_holds_an_ascii_minus(value: int) -> None:
    assert "-" not in fmt.money_short(value)


def test_a_time_of_another_day_names_its_day() -> None:
    noon = 1_795_104_000_000 + 12 * 3_600_000
    assert fmt.when(noon - 3_600_000, noon) == "11:00:00"
    assert fmt.when(noon - 24 * 3_600_000, noon) == f"{fmt.moment(noon - 24 * 3_600_000):%m-%d} 12:00"
    assert fmt.when(0, noon) == "—"
