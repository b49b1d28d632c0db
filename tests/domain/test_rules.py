from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.codes import classify
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Why
from qmtdesk.domain.rules import (
    TradingRules,
    floor_lot,
    lot_problem,
    price_cage,
    round_to_tick,
    rules_of,
    sellable_whole,
)

DAY = date(2025, 4, 21)
MAIN, CHINEXT, STAR, BSE = (classify(code) for code in ("600000.SH", "300001.SZ", "688001.SH", "920001.BJ"))
SH_BOND, SZ_BOND, FUND = (classify(code) for code in ("113050.SH", "123001.SZ", "510300.SH"))
ALL = [MAIN, CHINEXT, STAR, BSE, SH_BOND, SZ_BOND, FUND]


@pytest.mark.parametrize(
    ("listing", "day", "rules"),
    [
        (MAIN, DAY, TradingRules(10, 100, 100, True, 1_000_000, True)),
        (CHINEXT, DAY, TradingRules(10, 100, 100, True, 300_000, True)),
        (CHINEXT, date(2020, 8, 21), TradingRules(10, 100, 100, True, 1_000_000, True)),
        (STAR, DAY, TradingRules(10, 200, 1, True, 100_000, True)),
        (BSE, DAY, TradingRules(10, 100, 1, True, 1_000_000, True)),
        (SH_BOND, date(2022, 7, 29), TradingRules(10, 10, 10, False, 1_000_000, True)),
        (SH_BOND, date(2022, 8, 1), TradingRules(1, 10, 10, False, 1_000_000, True)),
        (SZ_BOND, date(2022, 7, 29), TradingRules(1, 10, 10, False, 1_000_000, True)),
        (FUND, DAY, TradingRules(1, 100, 100, True, 1_000_000, True)),
        (classify("511880.SH"), DAY, TradingRules(1, 100, 100, False, 1_000_000, True)),
        (classify("513100.SH"), DAY, TradingRules(1, 100, 100, False, 1_000_000, True)),
        (classify("159513.SZ"), DAY, TradingRules(1, 100, 100, True, 1_000_000, True)),
    ],
)
def test_each_listing_trades_by_the_rules_of_its_day(listing, day, rules):
    assert rules_of(listing, day) == rules


def allowed(listing, side, holding, top):
    rules = rules_of(listing, DAY)
    return {volume for volume in range(-1, top) if lot_problem(rules, side, volume, holding) is None}


def test_299_shares_are_sold_as_99_100_199_200_or_299():
    assert allowed(MAIN, Side.SELL, 299, 300) == {99, 100, 199, 200, 299}


def test_an_odd_remainder_of_a_bond_is_sold_in_one_piece():
    assert allowed(SH_BOND, Side.SELL, 27, 28) == {7, 10, 17, 20, 27}


def test_star_sells_200_or_more_and_less_only_when_that_is_all():
    assert allowed(STAR, Side.SELL, 203, 204) == {200, 201, 202, 203}
    assert allowed(STAR, Side.SELL, 150, 151) == {150}


def test_beijing_sells_100_or_more_and_less_only_when_that_is_all():
    assert allowed(BSE, Side.SELL, 102, 103) == {100, 101, 102}
    assert allowed(BSE, Side.SELL, 99, 100) == {99}


def test_buys_come_in_lots_whatever_is_held():
    assert allowed(MAIN, Side.BUY, 299, 301) == {100, 200, 300}
    assert allowed(STAR, Side.BUY, 150, 203) == {200, 201, 202}
    assert allowed(SZ_BOND, Side.BUY, 7, 31) == {10, 20, 30}


def test_more_than_the_holding_is_never_an_odd_remainder():
    assert allowed(MAIN, Side.SELL, 99, 300) == {99, 100, 200}


def test_a_bad_lot_tells_its_numbers():
    reason = lot_problem(rules_of(MAIN, DAY), Side.SELL, 198, 299)
    assert reason is not None
    assert reason.why is Why.BAD_LOT
    assert reason.args == (("volume", 198), ("lot", 100), ("step", 100))


STRICT = TradingRules(10, 100, 100, True, 1_000_000, False)


def test_where_odd_remainders_are_not_sold_only_lots_are():
    assert lot_problem(STRICT, Side.SELL, 99, 299) is not None
    assert lot_problem(STRICT, Side.SELL, 200, 299) is None
    assert sellable_whole(STRICT, 299) == 200


@given(st.sampled_from(ALL), st.integers(-10, 3_000_000))
def test_the_floor_of_a_volume_is_the_largest_that_may_be_bought(listing, volume):
    rules = rules_of(listing, DAY)
    floor = floor_lot(rules, volume)
    assert 0 <= floor <= max(volume, 0)
    assert floor == 0 or lot_problem(rules, Side.BUY, floor, 0) is None
    assert all(
        lot_problem(rules, Side.BUY, more, 0) is not None
        for more in range(floor + 1, min(volume, floor + rules.lot) + 1)
    )


@given(st.sampled_from(ALL), st.integers(-10, 3_000_000))
def test_what_is_sellable_at_once_is_a_good_order(listing, holding):
    rules = rules_of(listing, DAY)
    volume = sellable_whole(rules, holding)
    assert 0 <= volume <= rules.max_volume
    assert volume == max(holding, 0) or volume == rules.max_volume < holding
    assert volume == 0 or lot_problem(rules, Side.SELL, volume, holding) is None


@given(st.sampled_from(ALL), st.integers(1, 5000), st.integers(1, 5000))
def test_a_good_sell_leaves_something_that_can_be_sold(listing, holding, volume):
    rules = rules_of(listing, DAY)
    if volume > holding or lot_problem(rules, Side.SELL, volume, holding) is not None:
        return
    left = holding - volume
    assert left == 0 or lot_problem(rules, Side.SELL, sellable_whole(rules, left), left) is None


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.sampled_from([1, 10]))
def test_the_nearest_tick_is_at_most_half_a_tick_away(numerator, denominator, tick):
    price = round_to_tick(numerator, denominator, tick)
    away = price - Fraction(numerator, denominator)
    assert price % tick == 0
    assert -Fraction(tick, 2) < away <= Fraction(tick, 2)


NO_BOOK = (0, 0)


@pytest.mark.parametrize(
    ("listing", "day", "side", "base", "extreme"),
    [
        # two percent against ten ticks: they meet at 5.00
        (MAIN, DAY, Side.BUY, 20_000, 20_400),
        (MAIN, DAY, Side.BUY, 3_000, 3_100),
        (MAIN, DAY, Side.SELL, 20_000, 19_600),
        (MAIN, DAY, Side.SELL, 3_000, 2_900),
        (MAIN, DAY, Side.SELL, 50, 10),
        # between two ticks: inwards
        (MAIN, DAY, Side.BUY, 10_010, 10_210),
        (MAIN, DAY, Side.SELL, 10_010, 9_810),
        (MAIN, date(2023, 4, 7), Side.BUY, 20_000, None),
        (MAIN, date(2023, 4, 10), Side.BUY, 20_000, 20_400),
        (CHINEXT, date(2020, 8, 21), Side.BUY, 20_000, None),
        (CHINEXT, date(2020, 8, 24), Side.BUY, 3_000, 3_060),
        # two percent of 0.40 is less than a tick, and there were no ten ticks yet
        (CHINEXT, date(2023, 4, 7), Side.BUY, 400, 400),
        (CHINEXT, date(2023, 4, 10), Side.BUY, 3_000, 3_100),
        (CHINEXT, DAY, Side.BUY, 20_000, 20_400),
        (STAR, date(2019, 7, 22), Side.SELL, 3_000, 2_940),
        (STAR, date(2023, 4, 7), Side.SELL, 400, 400),
        (STAR, DAY, Side.SELL, 3_000, 2_900),
        (STAR, DAY, Side.SELL, 20_000, 19_600),
        (BSE, DAY, Side.BUY, 20_000, 21_000),
        (BSE, DAY, Side.SELL, 1_000, 900),
        (SH_BOND, DAY, Side.BUY, 120_000, None),
        (SZ_BOND, DAY, Side.SELL, 120_000, None),
        (FUND, DAY, Side.SELL, 1_200, None),
    ],
)
def test_the_price_cage_by_board_and_day(listing, day, side, base, extreme):
    assert price_cage(listing, day, side, base, base, base, base) == extreme


def test_the_cage_of_a_buy_hangs_on_the_offer_then_the_bid_then_the_last_price():
    def cage(*prices):
        return price_cage(MAIN, DAY, Side.BUY, *prices)

    assert cage(10_000, 20_000, 30_000, 40_000) == 20_400
    assert cage(10_000, 0, 30_000, 40_000) == 10_200
    assert cage(*NO_BOOK, 30_000, 40_000) == 30_600
    assert cage(*NO_BOOK, 0, 40_000) == 40_800
    assert cage(*NO_BOOK, 0, 0) is None


def test_the_cage_of_a_sell_hangs_on_the_bid_first():
    assert price_cage(MAIN, DAY, Side.SELL, 10_000, 20_000, 30_000, 40_000) == 9_800
    assert price_cage(MAIN, DAY, Side.SELL, 0, 20_000, 30_000, 40_000) == 19_600


@given(st.sampled_from([MAIN, CHINEXT, STAR, BSE]), st.integers(1, 10**6), st.sampled_from(Side))
def test_the_cage_always_holds_its_base(listing, ticks, side):
    base = ticks * 10
    extreme = price_cage(listing, DAY, side, base, base, 0, 0)
    assert extreme is not None
    assert extreme % 10 == 0
    assert extreme >= base if side is Side.BUY else 10 <= extreme <= base
