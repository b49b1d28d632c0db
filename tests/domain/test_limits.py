from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.codes import UnknownCodeError
from qmtdesk.domain.limits import BadPriceError, price_limits, says_no_limit

DAY = date(2025, 4, 21)


def percent_around(limits, prev_close):
    """The limits as whole percentages, for round prices."""
    return None if limits is None else tuple(round(100 * (price / prev_close - 1)) for price in limits)


@pytest.mark.parametrize(
    ("code", "day", "name", "first_day", "percents"),
    [
        ("600000.SH", date(2025, 4, 21), "", False, (10, -10)),
        ("000001.SZ", date(1996, 12, 16), "", False, (10, -10)),
        ("000001.SZ", date(1996, 12, 13), "", False, None),
        # ST on the main board
        ("600000.SH", date(2026, 7, 3), "ST东方", False, (5, -5)),
        ("600000.SH", date(2026, 7, 5), "*ST东方", False, (5, -5)),
        ("600000.SH", date(2026, 7, 6), "ST东方", False, (10, -10)),
        ("000005.SZ", date(2026, 7, 6), "*ST东方", False, (10, -10)),
        ("600000.SH", date(2010, 1, 4), "SST东方", False, (5, -5)),
        ("600000.SH", date(2010, 1, 4), "S*ST东方", False, (5, -5)),
        ("600000.SH", date(1996, 12, 13), "ST东方", False, None),
        # the share reform never done
        ("600182.SH", date(2025, 4, 2), "", False, (5, -5)),
        ("600182.SH", date(2025, 4, 2), "S佳通", False, (5, -5)),
        ("600182.SH", date(2026, 7, 6), "S佳通", False, (5, -5)),
        ("600000.SH", date(2025, 4, 2), "S东方", False, (5, -5)),
        # growth boards, risk warnings change nothing there
        ("300001.SZ", date(2020, 8, 21), "", False, (10, -10)),
        ("300001.SZ", date(2020, 8, 24), "", False, (20, -20)),
        ("301001.SZ", date(2025, 4, 2), "*ST东方", False, (20, -20)),
        ("688001.SH", date(2019, 7, 29), "", False, (20, -20)),
        ("688001.SH", date(2025, 4, 2), "ST东方", False, (20, -20)),
        ("920001.BJ", date(2025, 4, 2), "", False, (30, -30)),
        ("830001.BJ", date(2022, 4, 1), "ST东方", False, (30, -30)),
        # leaving the market
        ("600000.SH", date(2023, 6, 1), "退市东方", False, (10, -10)),
        ("600000.SH", date(2023, 6, 1), "退市东方", True, None),
        ("000005.SZ", date(2023, 6, 1), "*ST东退", False, (10, -10)),
        ("300001.SZ", date(2023, 6, 1), "东方退", False, (20, -20)),
        ("688001.SH", date(2023, 6, 1), "退市东方", False, (20, -20)),
        ("688001.SH", date(2023, 6, 1), "退市东方", True, None),
        ("920001.BJ", date(2023, 6, 1), "东方退", True, None),
        # new listings
        ("600000.SH", date(2023, 4, 7), "N东方", False, (44, -36)),
        ("600000.SH", date(2023, 4, 7), "", True, (44, -36)),
        ("600000.SH", date(2023, 4, 7), "C东方", False, (10, -10)),
        ("600000.SH", date(2023, 4, 10), "N东方", False, None),
        ("001335.SZ", date(2025, 4, 21), "C信凯", False, None),
        ("600000.SH", date(2013, 12, 31), "N东方", False, None),
        ("600000.SH", date(2014, 1, 1), "N东方", False, (44, -36)),
        ("300001.SZ", date(2013, 12, 31), "N东方", False, None),
        ("300001.SZ", date(2014, 1, 1), "N东方", False, (44, -36)),
        ("300001.SZ", date(2020, 8, 21), "N东方", False, (44, -36)),
        ("300001.SZ", date(2020, 8, 21), "C东方", False, (10, -10)),
        ("300001.SZ", date(2020, 8, 24), "", True, None),
        ("300001.SZ", date(2020, 8, 24), "C东方", False, None),
        ("688001.SH", date(2019, 7, 22), "N华兴", False, None),
        ("688001.SH", date(2019, 7, 23), "C华兴", False, None),
        ("920001.BJ", date(2025, 4, 2), "N东方", False, None),
        ("920001.BJ", date(2025, 4, 2), "C东方", False, (30, -30)),
        # convertible bonds
        ("113001.SH", date(2022, 7, 29), "", False, None),
        ("113001.SH", date(2022, 8, 1), "", False, (20, -20)),
        ("123001.SZ", date(2022, 7, 29), "", True, None),
        ("123001.SZ", date(2022, 8, 1), "", False, (20, -20)),
        ("132001.SH", date(2022, 8, 1), "", False, (20, -20)),
        ("123015.SZ", date(2023, 7, 10), "Z蓝转退", True, None),
        ("123015.SZ", date(2023, 7, 11), "蓝转退", False, (20, -20)),
        # funds
        ("510300.SH", date(2025, 4, 2), "", False, (10, -10)),
        ("510300.SH", date(2025, 4, 2), "", True, (10, -10)),
        ("588000.SH", date(2025, 4, 2), "", False, (20, -20)),
        ("159915.SZ", date(2025, 4, 2), "", False, (10, -10)),
        ("511880.SH", date(2025, 4, 2), "", False, None),
    ],
)
def test_each_rule_holds_from_its_day_on(code, day, name, first_day, percents):
    limits = price_limits(code, 100_000, day, name, first_day=first_day)
    assert percent_around(limits, 100_000) == percents


@pytest.mark.parametrize("told", [{"name": "N拓普转"}, {"first_day": True}])
def test_a_new_bond_runs_from_56_70_to_157_30(told):
    assert price_limits("113061.SH", 100_000, date(2022, 8, 12), **told) == (157_300, 56_700)


@pytest.mark.parametrize(
    ("code", "name", "prev_close", "up", "down"),
    [
        ("002565.SZ", "", 3050, 3360, None),
        ("002207.SZ", "", 5350, 5890, None),
        ("603188.SH", "", 3750, 4130, None),
        ("603213.SH", "", 9450, 10400, None),
        ("003028.SZ", "", 45150, 49670, None),
        ("002005.SZ", "ST德豪", 1700, 1790, None),
        ("000908.SZ", "ST景峰", 5100, 5360, None),
        ("000157.SZ", "", 7550, None, 6800),
        ("000096.SZ", "", 18950, None, 17060),
        ("000402.SZ", "", 2850, None, 2570),
        ("000001.SZ", "", 11020, 12120, 9920),
        ("920526.BJ", "", 19030, 24730, None),
        ("920012.BJ", "", 49100, 63830, None),
    ],
)
def test_prices_that_traded_at_the_limit_where_floats_miss_it(code, name, prev_close, up, down):
    ours = price_limits(code, prev_close, DAY, name)
    assert up in (None, ours[0])
    assert down in (None, ours[1])


@pytest.mark.parametrize(
    ("prev_close", "name", "limits"),
    [
        (10, "", (20, 10)),  # nothing trades below one tick
        (20, "", (30, 10)),
        (40, "", (50, 30)),
        (50, "", (60, 40)),
        (90, "ST东方", (100, 80)),
        (20, "ST东方", (30, 10)),
    ],
)
def test_a_limit_is_at_least_one_tick_away(prev_close, name, limits):
    assert price_limits("600000.SH", prev_close, DAY, name) == limits


def half_up(value: Fraction) -> int:
    """四舍五入 as the rule text has it: the fraction decides."""
    floor = value.numerator // value.denominator
    return floor + (value - floor >= Fraction(1, 2))


def oracle(ticks: int, up: Fraction, down: Fraction, *, inwards: bool = False) -> tuple[int, int]:
    """Limits in ticks straight from the rule text."""
    if inwards:
        highest, lowest = (ticks * up).__floor__(), (ticks * down).__ceil__()
    else:
        highest, lowest = half_up(ticks * up), half_up(ticks * down)
    if abs(highest - ticks) < 1:
        highest = ticks + 1
    if abs(lowest - ticks) < 1:
        lowest = ticks - 1
    return highest, max(lowest, 1)


class Column:
    """The oracle over a long run of prices.

    A price is a multiple of 1000 ticks and a rest: limits of the first are exact, so Fractions are needed only once
    for each rest. Prices of few ticks, where the one-tick rule bites, go to the oracle itself.
    """

    def __init__(self, up: int, down: int, *, inwards: bool = False) -> None:
        self.up, self.down, self.inwards = up, down, inwards
        self.ratios = Fraction(up, 1000), Fraction(down, 1000)
        self.rests = [self.exact(rest) for rest in range(1000, 2000)]

    def exact(self, ticks: int) -> tuple[int, int]:
        return oracle(ticks, *self.ratios, inwards=self.inwards)

    def at(self, ticks: int) -> tuple[int, int]:
        if ticks < 1000:
            return self.exact(ticks)
        thousands, rest = divmod(ticks, 1000)
        high, low = self.rests[rest]
        return high + (thousands - 1) * self.up, low + (thousands - 1) * self.down


STOCK_COLUMNS = [
    ("600000.SH", DAY, "", Column(1100, 900)),
    ("600000.SH", DAY, "ST东方", Column(1050, 950)),
    ("300001.SZ", DAY, "", Column(1200, 800)),
    ("920001.BJ", DAY, "", Column(1300, 700, inwards=True)),
    ("600000.SH", date(2015, 6, 1), "N东方", Column(1440, 640)),
]


@pytest.mark.parametrize(("code", "day", "name", "column"), STOCK_COLUMNS)
def test_every_stock_price_up_to_3000_agrees_with_fractions(code, day, name, column):
    wrong = [
        cents
        for cents in range(1, 300_001)
        if price_limits(code, cents * 10, day, name) != tuple(10 * ticks for ticks in column.at(cents))
    ]
    assert wrong == []


@pytest.mark.parametrize(("first_day", "column"), [(False, Column(1200, 800)), (True, Column(1573, 567))])
def test_every_bond_price_agrees_with_fractions(first_day, column, long_run):
    top = 3_000_001 if long_run else 600_001
    wrong = [
        milli
        for milli in range(1, top)
        if price_limits("113050.SH", milli, DAY, first_day=first_day) != column.at(milli)
    ]
    assert wrong == []


@given(st.integers(1, 10**9), st.sampled_from(STOCK_COLUMNS))
def test_the_quick_oracle_is_the_slow_oracle(ticks, row):
    assert row[3].at(ticks) == row[3].exact(ticks)


CODES = ["600000.SH", "600182.SH", "000001.SZ", "300001.SZ", "688001.SH", "920001.BJ", "510300.SH", "113050.SH"]
NAMES = ["", "东方", "ST东方", "*ST东", "S东方", "N东方", "C东方", "退市东方", "Z东退"]


@given(
    st.sampled_from(CODES),
    st.integers(1, 10**7),
    st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    st.sampled_from(NAMES),
    st.booleans(),
)
def test_limits_hold_the_reference_between_them_and_sit_on_the_tick(code, ticks, day, name, first_day):
    prev_close = ticks * 10
    limits = price_limits(code, prev_close, day, name, first_day=first_day)
    if limits is None:
        return
    up, down = limits
    step = 10 if code[0] in "0369" else 1
    assert up > prev_close >= down > 0
    assert down < prev_close or prev_close == step
    assert up % step == down % step == 0


@given(st.sampled_from(CODES), st.integers(1, 10**6), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_a_higher_reference_never_lowers_a_limit(code, ticks, day):
    lower, higher = (price_limits(code, price, day) for price in (ticks * 10, ticks * 10 + 10))
    assert lower is None or (lower[0] <= higher[0] and lower[1] <= higher[1])


@pytest.mark.parametrize("prev_close", [0, -10, 10_005, 1])
def test_a_price_the_exchange_cannot_have_published_is_named(prev_close):
    with pytest.raises(BadPriceError, match=rf"600000\.SH was {prev_close} "):
        price_limits("600000.SH", prev_close, DAY)
    assert issubclass(BadPriceError, ValueError)


def test_a_price_is_measured_by_the_tick_of_its_day():
    assert price_limits("113050.SH", 120_005, date(2022, 8, 1)) == (144_006, 96_004)
    with pytest.raises(BadPriceError, match="120005"):
        price_limits("113050.SH", 120_005, date(2022, 7, 29))
    assert price_limits("128001.SZ", 120_005, date(2022, 7, 29)) is None


@pytest.mark.parametrize("prev_close", [True, 10.0, "10000", None, Fraction(10)])
def test_a_price_that_is_no_int_is_named(prev_close):
    with pytest.raises(TypeError) as told:
        price_limits("600000.SH", prev_close, DAY)
    assert repr(prev_close) in str(told.value)


@pytest.mark.parametrize("day", ["2025-04-21", 20250421, None, datetime(2025, 4, 21, 9, 30)])  # noqa: DTZ001
def test_a_day_that_is_no_date_is_named(day):
    with pytest.raises(TypeError) as told:
        price_limits("600000.SH", 10_000, day)
    assert repr(day) in str(told.value)


@pytest.mark.parametrize("code", ["600000.HK", "600000", "112001.SZ", "900901.SH"])
def test_an_unknown_market_or_code_is_named(code):
    with pytest.raises(UnknownCodeError, match=code):
        price_limits(code, 10_000, DAY)


def test_the_sentinels_of_both_exchanges_mean_no_limit():
    assert says_no_limit(20_000, 99_999_990)
    assert says_no_limit(20_000, 999_999_999)
    assert says_no_limit(20_000, 200_001)
    assert not says_no_limit(20_000, 200_000)
