from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.codes import classify
from qmtdesk.domain.fees import FeeSchedule, fee_of, round_trip_cost
from qmtdesk.domain.order import Side

DAY = date(2025, 4, 21)
STOCK, BOND, FUND = (classify(code) for code in ("600000.SH", "113050.SH", "510300.SH"))
PAPER = FeeSchedule()
YUAN = 1000


def whole_fee(listing, side, yuan, day=DAY, schedule=PAPER):
    return fee_of(schedule, listing, day, side, 0, yuan * YUAN)


@pytest.mark.parametrize(
    ("listing", "side", "yuan", "fee"),
    [
        # 2.5 bp commission; 0.001 % transfer; 0.05 % stamp for the seller
        (STOCK, Side.BUY, 100_000, 25_000 + 1_000),
        (STOCK, Side.SELL, 100_000, 25_000 + 1_000 + 50_000),
        # the least commission of 5 CNY
        (STOCK, Side.BUY, 10_000, 5_000 + 100),
        (FUND, Side.SELL, 10_000, 5_000),
        (FUND, Side.SELL, 100_000, 25_000),
        # 0.5 bp, no minimum, nothing else
        (BOND, Side.BUY, 20_000, 1_000),
        (BOND, Side.SELL, 20_000, 1_000),
        (BOND, Side.SELL, 0, 0),
        (STOCK, Side.SELL, 0, 0),
    ],
)
def test_the_fee_of_one_fill(listing, side, yuan, fee):
    assert whole_fee(listing, side, yuan) == fee


@pytest.mark.parametrize(
    ("day", "side", "tax"),
    [
        (date(2023, 8, 25), Side.SELL, 100_000 + 1_000),
        (date(2023, 8, 28), Side.SELL, 50_000 + 1_000),
        (date(2023, 8, 25), Side.BUY, 1_000),
        (date(2022, 4, 28), Side.BUY, 2_000),
        (date(2022, 4, 29), Side.BUY, 1_000),
    ],
)
def test_duty_and_transfer_fee_follow_their_days(day, side, tax):
    assert whole_fee(STOCK, side, 100_000, day) == 25_000 + tax


def test_every_rate_can_be_set():
    free = FeeSchedule(stock_commission_ppm=0, stock_commission_min=0, stamp_duty=((DAY, 0),), transfer_fee=((DAY, 0),))
    assert whole_fee(STOCK, Side.SELL, 100_000, schedule=free) == 0
    dear = FeeSchedule(bond_commission_ppm=200, bond_commission_min=1_000)
    assert whole_fee(BOND, Side.SELL, 100_000, schedule=dear) == 20_000
    assert whole_fee(BOND, Side.SELL, 1_000, schedule=dear) == 1_000


def test_fees_are_whole_fen_each_rounded_half_up():
    # 10,010 CNY of bonds at 0.5 bp are 0.5005 CNY; 0.3 fen of stock are nothing, 0.5 fen one
    assert whole_fee(BOND, Side.BUY, 10_010) == 500
    assert whole_fee(BOND, Side.BUY, 100) == 10
    assert whole_fee(BOND, Side.BUY, 99) == 0


@given(
    st.sampled_from([STOCK, BOND, FUND]),
    st.sampled_from(Side),
    st.dates(date(2015, 1, 1), date(2027, 1, 1)),
    st.lists(st.integers(0, 10**9), max_size=12),
)
def test_the_parts_of_an_order_add_up_to_the_fee_of_the_whole(listing, side, day, amounts):
    paid = before = 0
    for amount in amounts:
        part = fee_of(PAPER, listing, day, side, before, amount)
        assert part >= 0
        paid += part
        before += amount
    assert paid == fee_of(PAPER, listing, day, side, 0, before)
    assert paid % 10 == 0


@pytest.mark.parametrize("amounts", [(-1, 5), (5, -1)])
def test_a_negative_amount_is_named(amounts):
    with pytest.raises(ValueError, match="-1"):
        fee_of(PAPER, BOND, DAY, Side.BUY, *amounts)


def test_a_round_trip_is_a_buy_and_a_sell():
    assert round_trip_cost(PAPER, BOND, DAY, 125_000, 160) == 2_000
    assert round_trip_cost(PAPER, STOCK, DAY, 10_000, 10_000) == 26_000 + 76_000
