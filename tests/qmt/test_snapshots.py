"""A snapshot is a quote or refused by name, whatever is in it; details and bond data likewise."""

import csv
import gzip
import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standins.ticks import detail_of

from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.quote import EMPTY
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt.instruments import bonds_among, listed, old_day, terms_of
from qmtdesk.gateways.qmt.meaning import UnclearError
from qmtdesk.gateways.qmt.snapshots import quote_of, unit_told

DAY = date(2026, 11, 20)
TEN = at_of(DAY, 10, 0)
BOND, STOCK = "113901.SH", "605801.SH"
TICK: dict[str, Any] = {
    "time": TEN, "lastPrice": 11.370000000000001, "lastClose": 11.0, "open": 11.1, "high": 11.5, "low": 11.0,
    "volume": 758_612, "amount": 862_127_800.0, "bidPrice": [11.36, 11.35], "askPrice": [11.37, 0.0],
    "bidVol": [12, 3], "askVol": [5, 0],
}  # fmt: skip
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(),
    st.text(max_size=6),
    st.lists(st.floats(), max_size=6),
)


def test_prices_are_rounded_to_the_li_and_volumes_told_in_pieces() -> None:
    quote = quote_of(STOCK, TICK, unit_told(TICK), TEN)
    assert (quote.last, quote.volume, quote.amount) == (11_370, 75_861_200, 862_127_800_000)
    assert (quote.bids[0].volume, quote.asks[0].price, quote.asks[1].volume) == (1_200, 11_370, 0)
    assert len(quote.bids) == len(quote.asks) == 5
    assert not quote.rough


def test_a_bond_without_a_known_unit_is_rough() -> None:
    quote = quote_of(BOND, {**TICK, "highLimit": 13.2, "lowLimit": 8.8}, 0, TEN)
    assert quote.rough
    assert quote.volume == TICK["volume"]
    assert (quote.limit_up, quote.limit_down) == (13_200, 8_800)


def test_what_an_auction_leaves_unmatched_stands_on_level_two_without_a_price() -> None:
    prices, volumes = (
        {"bidPrice": [11.37, 0.0, 0.0], "askPrice": [11.37, 0.0, 0.0]},
        {"bidVol": [40, 90, 0], "askVol": [40, 0, 0]},
    )
    tick = TICK | prices | volumes
    quote = quote_of(STOCK, tick, 100, TEN)
    assert [(level.price, level.volume) for level in quote.bids[:3]] == [(11_370, 4_000), (0, 9_000), (0, 0)]
    assert quote_of(STOCK, {**tick, "bidPrice": [0.0] * 3}, 100, TEN).bid1 == EMPTY


@pytest.mark.parametrize("name", ["ticks_20220601_sz2", "ticks_20230201_600519_000333"])
def test_no_rest_of_a_recorded_closing_auction_is_lost(name: str, shared_data: Path) -> None:
    rests = 0
    for tick, row in auction_rows(shared_data / f"{name}.csv.gz"):
        quote = quote_of(row["code"], tick, 100, tick["time"])
        for side, levels in (("bid", quote.bids), ("ask", quote.asks)):
            assert levels[1].volume == tick[f"{side}Vol"][1] * 100
            rests += bool(levels[1].volume)
    assert rests > 20


def auction_rows(file: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Recorded rows from 14:57 to 15:00 as the terminal would tell them; the files are in shares."""
    with gzip.open(file, "rt") as lines:
        for row in csv.DictReader(lines):
            at = int(float(row["time_ms"]))
            if not time(14, 57, 1) <= datetime.fromtimestamp(at / 1000, timezone(timedelta(hours=8))).time() < time(15):
                continue
            tick: dict[str, Any] = {
                "time": at, "lastPrice": float(row["last"]), "lastClose": float(row["prev_close"]),
                "open": float(row["open"]), "high": float(row["high"]), "low": float(row["low"]),
                "volume": int(float(row["volume"])) // 100, "amount": float(row["amount"]),
            }  # fmt: skip
            for side in ("bid", "ask"):
                tick[f"{side}Price"] = [float(row[f"{side}{n}"] or 0) for n in range(1, 6)]
                tick[f"{side}Vol"] = [int(float(row[f"{side}_vol{n}"] or 0)) // 100 for n in range(1, 6)]
            yield tick, row


def test_a_unit_is_found_from_what_was_traded() -> None:
    told = {**TICK, "volume": 1_000, "amount": 1_000 * 10 * 11.2}
    assert unit_told(told) == 10


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(TICK, anything)))
def test_a_snapshot_of_anything_is_a_quote_or_refused(changes: dict[str, Any]) -> None:
    tick = {**TICK, **changes}
    for code in (BOND, STOCK):
        try:
            quote = quote_of(code, tick, unit_told(tick), TEN)
        except UnclearError:
            continue
        assert quote.at <= TEN + 86_400_000
        assert min(quote.last, quote.volume, quote.high, quote.low, quote.open, quote.prev_close) >= 0
        assert all(level.price >= 0 and level.volume >= 0 for level in (*quote.bids, *quote.asks))


@pytest.mark.parametrize("field", ["time", "lastPrice", "volume", "bidPrice", "askVol", "amount"])
@pytest.mark.parametrize("value", [None, math.nan, "x", [1.0, "x"], -1, 10**400])
def test_what_is_no_number_is_refused(field: str, value: object) -> None:
    with pytest.raises(UnclearError):
        quote_of(STOCK, {**TICK, field: value}, 100, TEN)


@pytest.mark.parametrize("at", [0, 10**11, TEN + 2 * 86_400_000])
def test_a_time_that_is_none_or_has_not_come_is_refused(at: int) -> None:
    with pytest.raises(UnclearError):
        quote_of(STOCK, {**TICK, "time": at}, 100, TEN)


DETAIL = detail_of(make_instrument(BOND, "名", 120_000, DAY), DAY)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(DETAIL, anything)))
def test_details_of_anything_are_instruments_or_problems_and_never_an_error(changes: dict[str, Any]) -> None:
    made = listed({BOND: {**DETAIL, **changes}}, DAY)
    assert len(made.instruments) + len(made.problems) == 1


def test_what_differs_is_named_and_what_is_missing_left_out() -> None:
    odd = {**DETAIL, "PriceTick": 0.01, "TradingDay": "20261119", "UpStopPrice": 144.01}
    made = listed({BOND: odd, STOCK: None, "128901.SZ": [1], "128902.SZ": {**DETAIL, "PreClose": 0.0}}, DAY)  # type: ignore[dict-item]
    assert [code for code, _ in made.problems] == [STOCK, "128901.SZ", "128902.SZ"]
    words = ("涨跌停价", "PriceTick", "TradingDay")
    assert all(word in text for word, (_, text) in zip(words, made.differences, strict=True))


def test_a_terminal_of_yesterday_is_told_by_most_of_its_details() -> None:
    old, new = {**DETAIL, "TradingDay": "20261119"}, DETAIL
    assert old_day({"a": old, "b": old, "c": new}, DAY) == "2026-11-19"
    assert old_day({"a": old, "b": new, "c": new}, DAY) == ""
    assert old_day({"a": {**DETAIL, "TradingDay": None}, "b": None}, DAY) == ""
    assert old_day({}, DAY) == ""


@given(st.dictionaries(st.sampled_from(
    ["bondName", "stockCode", "bondReMainSize", "bondConvPrice", "bondListDate", "bondMaturityDate",
     "forceRedeemTradeDate", "forceRedeemConvDate"]), anything))  # fmt: skip
def test_bond_data_of_anything_are_terms(info: dict[str, Any]) -> None:
    made = terms_of(BOND, "名", info, DAY)
    assert made.size_known == (made.remaining_yuan > 0)
    assert made.conv_price >= 0


def test_bond_data_are_read() -> None:
    info = {"bondReMainSize": 3e8, "bondConvPrice": 12.34, "forceRedeemTradeDate": 20261202, "bondListDate": "20200101"}
    made = terms_of(BOND, "名", info, DAY)
    assert (made.remaining_yuan, made.conv_price, made.last_day, made.list_day) == (
        300_000_000, 12_340, "2026-12-02", "2020-01-01",
    )  # fmt: skip
    assert terms_of(BOND, "名", {"bondListDate": 20261399}, DAY).list_day == ""
    assert not terms_of(BOND, "名", {}, DAY).size_known


def test_bonds_are_told_by_market_and_prefix() -> None:
    assert bonds_among(["113901.SH", "605801.SH", "113901.SH", "x", "128901.SZ"]) == ("113901.SH", "128901.SZ")
