"""Profit and loss from trades alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from qmtdesk.domain.order import Fill, Side
from qmtdesk.engine.pnl import Lot, Result, fold, result_of


def fill(side: Side, price: int, volume: int, fee: int = 0, code: str = "c") -> Fill:
    return Fill("1", "2026-11-20", "1", "", code, side, price, volume, 0, fee)


def test_a_round_trip_gains_the_difference_and_its_fees_stand_apart() -> None:
    result = result_of({}, [fill(Side.BUY, 100, 10, 3), fill(Side.SELL, 110, 10, 4)])
    assert (result.realised, result.fees, result.cash_flow) == (100, 7, 93)
    assert result.lots["c"] == Lot(0, 0)


def test_part_of_a_holding_goes_out_at_its_average_cost() -> None:
    result = result_of({"c": Lot(30, 1_000)}, [fill(Side.SELL, 50, 10)])
    assert (result.realised, result.lots["c"]) == (167, Lot(20, 667))


def test_what_floats_counts_only_where_there_is_a_price() -> None:
    result = result_of({"c": Lot(10, 1_000), "d": Lot(5, 10), "e": Lot(0, 0)}, [])
    assert result.floating({"c": 120, "e": 7}) == 200


def test_a_sale_beyond_what_is_held_gains_its_proceeds_less_all_cost() -> None:
    result = fold(Result({"c": Lot(10, 1_000)}), fill(Side.SELL, 100, 15))
    assert (result.realised, result.lots["c"]) == (500, Lot(0, 0))


TRADES = st.lists(
    st.builds(
        fill,
        st.sampled_from(Side),
        st.integers(1, 10**6),
        st.integers(1, 10**4),
        st.integers(0, 10**4),
        st.sampled_from("ab"),
    ),
    max_size=30,
)


@settings(max_examples=300)
@given(TRADES, st.integers(1, 10**6))
def test_realised_and_floating_less_fees_is_what_cash_and_holdings_gained(trades: list[Fill], price: int) -> None:
    volume = {"a": 0, "b": 0}
    kept = []
    for each in trades:
        volume[each.code] += each.volume if each.side is Side.BUY else -each.volume
        if volume[each.code] < 0:
            volume[each.code] += each.volume
        else:
            kept.append(each)
    result = result_of({}, kept)
    worth = sum(left * price for left in volume.values())
    assert result.realised + result.floating({"a": price, "b": price}) - result.fees == result.cash_flow + worth
