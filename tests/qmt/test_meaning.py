"""What records mean: every number, time and state is understood or refused by name, never guessed."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.order import NO_FEE, OrderState, Side
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import meaning
from qmtdesk.gateways.qmt.meaning import (
    STATES,
    UnclearError,
    account_key,
    asset_of,
    code_of,
    count_of,
    fill_of,
    money_of,
    order_of,
    position_of,
    price_of,
    side_of,
    text_of,
    time_of,
)
from qmtdesk.gateways.qmt.records import LONGEST, RawAsset, RawOrder, RawPoison, RawPosition, RawTrade, copied
from qmtdesk.gateways.qmt.units import UNITS, Traded, unit_of

DAY = date(2026, 11, 20)
TEN = at_of(DAY, 10, 0)
BOND = "113901.SH"
anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))


@given(st.integers(0, 10**12), st.sampled_from([0.0, 1e-12, -1e-12, 3e-13]))
def test_any_amount_in_li_survives_its_way_through_a_float(milli: int, noise: float) -> None:
    assert money_of(milli / 1000, "x") == milli
    assert abs(money_of(milli / 1000 + noise, "x") - milli) <= (milli > 10**11)


@given(anything)
def test_money_is_a_whole_number_or_refused(value: object) -> None:
    try:
        made = money_of(value, "cash")  # type: ignore[arg-type]
    except UnclearError:
        return
    assert type(made) is int
    assert not isinstance(value, bool | str)


@given(anything)
def test_a_count_is_what_was_told_or_refused(value: object) -> None:
    try:
        made = count_of(value, "volume")  # type: ignore[arg-type]
    except UnclearError:
        return
    assert type(made) is int
    assert made == value >= 0  # type: ignore[operator]


@pytest.mark.parametrize("value", [10**400, -(10**400), math.nan, math.inf, True, None, "1"])
def test_no_number_is_too_strange_to_be_refused(value: object) -> None:
    for read in (money_of, count_of, price_of):
        with pytest.raises(UnclearError) as told:
            read(value, "x")  # type: ignore[arg-type]
        assert len(str(told.value)) < 120
    assert time_of(value, TEN) == TEN or value == "1"  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [-0.01, 7.5, -1])
def test_prices_are_not_negative_and_counts_are_whole(value: float) -> None:
    with pytest.raises(UnclearError):
        count_of(value, "x")
    if value < 0:
        with pytest.raises(UnclearError):
            price_of(value, "x")


def test_halves_go_away_from_zero() -> None:
    assert [money_of(v, "x") for v in (0.0005, 1.0005, -0.0005, 11.370000000000001)] == [1, 1001, -1, 11_370]


@given(st.integers(at_of(date(2026, 11, 1), 9, 0), at_of(date(2026, 11, 20), 10, 0)))
def test_a_time_with_its_date_is_read_in_each_form(at: int) -> None:
    at = at // 1000 * 1000
    now = TEN
    moment = _shanghai(at)
    assert time_of(at // 1000, now) == time_of(at, now) == at
    assert time_of(int(moment), now) == time_of(moment, now) == at


def _shanghai(at: int) -> str:
    from datetime import datetime, timedelta, timezone

    return datetime.fromtimestamp(at / 1000, timezone(timedelta(hours=8))).strftime("%Y%m%d%H%M%S")


def test_a_clocks_time_is_of_today_or_of_the_last_trading_day_when_it_has_not_come_yet() -> None:
    assert time_of(93_001, TEN) == at_of(DAY, 9, 30, 1)
    assert time_of(143_000, TEN) == at_of(date(2026, 11, 19), 14, 30)
    monday = at_of(date(2026, 11, 23), 9, 5)
    assert time_of(145_959, monday) == at_of(DAY, 14, 59, 59)


@given(anything)
def test_a_time_is_near_now_or_now(value: object) -> None:
    made = time_of(value, TEN)  # type: ignore[arg-type]
    assert abs(made - TEN) <= meaning.LONG_AGO_MS


@pytest.mark.parametrize("value", [0, -5, 240_000, 96_000, 93_060, 20_261_340_100_000, 20_261_120_250_000, 5e8, "²"])
def test_a_time_that_is_none_is_now(value: object) -> None:
    assert time_of(value, TEN) == TEN  # type: ignore[arg-type]


@given(anything)
def test_a_side_is_one_of_two_or_refused(value: object) -> None:
    try:
        assert side_of(value) is (Side.BUY if value == 23 else Side.SELL)  # type: ignore[arg-type]
    except UnclearError:
        assert value not in (23, 24)


def order(**changes: object) -> RawOrder:
    told = {
        "account_id": "1", "stock_code": BOND, "order_id": 7, "order_type": 23, "order_volume": 10, "price": 120.001,
        "traded_volume": 0, "order_status": 50, "order_remark": "q1", "order_time": TEN // 1000,
    } | changes  # fmt: skip
    return RawOrder(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(("number", "state"), STATES.items())
def test_each_state_has_its_number(number: int, state: OrderState) -> None:
    made = order_of(order(order_status=number), TEN)
    assert (made.state, made.odd) == (state, "")


@given(anything.filter(lambda v: v not in STATES))
def test_any_other_state_is_unknown_and_named(value: object) -> None:
    made = order_of(order(order_status=value), TEN)
    assert made.state is OrderState.UNKNOWN
    assert len(made.odd) <= meaning.ODD
    assert made.odd or value == ""


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(RawOrder.__struct_fields__, anything)))
def test_an_order_row_of_anything_is_an_order_or_refused(changes: dict[str, object]) -> None:
    try:
        made = order_of(order(**changes), TEN)
    except UnclearError:
        return
    assert made.volume > 0
    assert made.filled >= 0
    assert made.price >= 0
    assert int(made.broker_id) > 0


def trade(**changes: object) -> RawTrade:
    told = {
        "account_id": "1", "stock_code": BOND, "order_id": 7, "order_type": 24, "traded_volume": 10,
        "traded_price": 120.001, "traded_id": " 0001 ", "traded_time": TEN // 1000, "order_remark": "q1",
        "commission": 0.06,
    } | changes  # fmt: skip
    return RawTrade(**told)  # type: ignore[arg-type]


def test_a_trades_name_tells_the_sides_and_the_markets_apart() -> None:
    names = {
        fill_of(trade(order_type=side, stock_code=code), TEN).trade_id
        for side in (23, 24)
        for code in (BOND, "128901.SZ")
    }
    assert names == {"SHb0001", "SHs0001", "SZb0001", "SZs0001"}
    assert fill_of(trade(), TEN).fee == 60


def test_a_trades_day_is_that_of_its_own_time() -> None:
    assert fill_of(trade(traded_time=TEN // 1000 - 86_400), TEN).day == "2026-11-19"
    assert fill_of(trade(commission=None, traded_time=None), TEN).day == "2026-11-20"


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(RawTrade.__struct_fields__, anything)))
def test_a_trade_of_anything_is_a_trade_or_refused(changes: dict[str, object]) -> None:
    try:
        made = fill_of(trade(**changes), TEN)
    except UnclearError:
        return
    assert made.volume > 0
    assert made.price > 0
    assert made.trade_id[3:]
    assert made.fee > 0 or made.fee == NO_FEE


@pytest.mark.parametrize("told", [None, 0, 0.0, -1.0, math.nan, math.inf, 1.7976931348623157e308, "0.06"])
def test_a_commission_that_is_none_costs_no_trade(told: object) -> None:
    assert fill_of(trade(commission=told), TEN).fee == NO_FEE


@pytest.mark.parametrize("told", [math.nan, math.inf, 1.7976931348623157e308, "119.5"])
def test_a_cost_that_is_none_hides_no_holding(told: object) -> None:
    held = position_of(RawPosition(stock_code=BOND, volume=100, can_use_volume=80, avg_price=told))  # type: ignore[arg-type]
    assert (held.volume, held.can_use, held.cost) == (100, 80, 0)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(RawPosition.__struct_fields__, anything)))
def test_a_holding_of_anything_never_sells_more_than_it_holds(changes: dict[str, object]) -> None:
    told = {"stock_code": BOND, "volume": 100, "can_use_volume": 80, "avg_price": 1.5} | changes
    try:
        made = position_of(RawPosition(**told))  # type: ignore[arg-type]
    except UnclearError:
        return
    assert 0 <= made.can_use <= made.volume
    assert 0 <= made.bought_today <= made.volume
    assert made.cost >= 0


def test_a_holdings_cost_is_the_average_or_what_it_was_opened_at() -> None:
    assert position_of(RawPosition(None, BOND, 1, 1, avg_price=2.5)).cost == 2_500
    assert position_of(RawPosition(None, BOND, 1, 1, open_price=1.5)).cost == 1_500
    assert position_of(RawPosition(None, BOND, 1, 1)).cost == 0
    assert position_of(RawPosition(None, BOND, 10, 4, yesterday_volume=4)).bought_today == 6


def test_money_is_read_and_nothing_of_it_is_made_up() -> None:
    made = asset_of(RawAsset("1", 10.5, 2.25, 3.0, 15.75))
    assert (made.cash, made.frozen, made.total) == (10_500, 2_250, 15_750)
    assert asset_of(RawAsset("1", 10.5, None, None, 10.5)).frozen == 0
    with pytest.raises(UnclearError):
        asset_of(RawAsset("1", None, 0.0, 0.0, 1.0))


def test_codes_and_texts() -> None:
    assert code_of(BOND) == BOND
    assert (text_of(None), text_of(7)) == ("", "7")
    with pytest.raises(UnclearError):
        code_of("204001.SH7")


def test_an_accounts_key_does_not_give_its_number_away() -> None:
    assert account_key("") == ""
    assert len(account_key("66800012345396")) == 8
    assert account_key("66800012345396") != account_key("66800012345397")


class Native:
    """A record as the native side has them."""

    account_id, order_id = b"6680001", 17
    stock_code = "x" * 1_000

    @property
    def cash(self) -> float:
        raise RuntimeError("gone")


def test_a_record_is_copied_field_by_field_or_is_poison() -> None:
    made = copied(RawOrder, Native())
    assert isinstance(made, RawOrder)
    assert (made.account_id, made.order_id, made.price) == ("6680001", 17, None)
    assert len(str(made.stock_code)) == LONGEST
    assert copied(RawAsset, Native()) == RawPoison("RawAsset", "RuntimeError: gone", made.stock_code, "6680001")


@given(st.integers(1, 10**7), st.sampled_from(UNITS), st.integers(20_000, 500_000), st.integers(0, 200))
def test_a_unit_that_is_found_is_the_one_the_feed_counts_in(count: int, unit: int, price: int, spread: int) -> None:
    low, high = price, price + price * spread // 10_000
    told = Traded(count, count * unit * (low + high) // 2, low, high)
    assert unit_of(told) == unit


@given(st.integers(-5, 10**9), st.integers(-5, 10**15), st.integers(-5, 10**6), st.integers(-5, 10**6))
def test_a_unit_is_one_of_three_or_not_known(volume: int, amount: int, low: int, high: int) -> None:
    assert unit_of(Traded(volume, amount, low, high)) in (0, *UNITS)


def test_two_units_that_fit_are_none() -> None:
    assert unit_of(Traded(10, 10 * 1_000, 100, 1_000)) == 0
    assert unit_of(Traded(0, 10, 1, 1)) == 0
