"""Texts a counter cut inside a Chinese character: nobody can decode them, and the rows they stand in still count."""

from datetime import date
from typing import Any

import pytest

from qmtdesk.domain.messages import AccountReported, OrderReported
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt.reading import Reader
from qmtdesk.gateways.qmt.records import (
    RawAnswer,
    RawAsset,
    RawCancelError,
    RawOrder,
    RawOrderError,
    RawPoison,
    RawTrade,
    copied,
)
from qmtdesk.gateways.qmt.session import RawReport

TEN = at_of(date(2026, 11, 20), 10, 0)
MINE, BOND = "66800012345396", "113901.SH"
CUT = "1网格一号买入策略".encode()[:24]
ORDER = {
    "account_id": MINE, "stock_code": BOND, "order_id": 901, "order_sysid": "7", "order_type": 23, "order_volume": 10,
    "price": 120.0, "traded_volume": 0, "order_status": 50, "status_msg": "", "strategy_name": "", "order_remark": "x",
}  # fmt: skip
TRADE = {
    "account_id": MINE, "stock_code": BOND, "order_id": 901, "order_sysid": "7", "order_type": 23, "traded_volume": 10,
    "traded_price": 120.0, "traded_id": "1", "strategy_name": "", "order_remark": "x",
}  # fmt: skip


class _Native:
    """A record of the layer, one of whose texts cannot be decoded."""

    def __init__(self, fields: dict[str, Any], cut: str) -> None:
        self._fields, self._cut = fields, cut

    def __getattr__(self, name: str) -> Any:
        if name == self._cut:
            return CUT.decode()
        return self._fields.get(name)


def report(order: Any, trade: Any) -> Any:
    asset = RawAsset(MINE, 10_000.0, 0.0, 0.0, 10_000.0)
    return Reader(MINE).report(RawReport(asset, (), (order,), (trade,)), 1, TEN, TEN)


@pytest.mark.parametrize("cut", ["status_msg", "order_remark", "order_sysid", "strategy_name"])
def test_a_row_with_a_cut_text_counts_and_the_account_is_told(cut: str) -> None:
    order, trade = copied(RawOrder, _Native(ORDER, cut)), copied(RawTrade, _Native(TRADE, cut))
    told = report(order, trade)
    assert isinstance(told, AccountReported)
    assert [(row.broker_id, row.volume) for row in told.report.orders] == [("901", 10)]
    assert [(fill.broker_id, fill.volume) for fill in told.report.fills] == [("901", 10)]
    assert told.report.odd == ()


@pytest.mark.parametrize("cut", ["status_msg", "order_remark"])
def test_a_cut_text_is_told_as_none_at_all(cut: str) -> None:
    order = copied(RawOrder, _Native(ORDER, cut))
    assert isinstance(order, RawOrder)
    assert getattr(order, cut) == ""


def test_an_own_order_whose_remark_cannot_be_read_is_known_by_its_number() -> None:
    reader, ref = Reader(MINE), "qabcd2611200001"
    reader.leaves(ref, TEN)
    reader.sent(ref, 5)
    reader.read(RawAnswer(MINE, 901, "", "", 5), TEN)
    (event,) = reader.read(copied(RawOrder, _Native(ORDER, "order_remark")), TEN).events
    assert isinstance(event, OrderReported)
    assert event.order.remark == ref


@pytest.mark.parametrize("kind", [RawOrderError, RawCancelError, RawAnswer])
def test_an_error_whose_words_cannot_be_read_is_one_without_words(kind: Any) -> None:
    told = copied(kind, _Native({"account_id": MINE, "order_id": 901, "seq": 5}, "error_msg"))
    assert not isinstance(told, RawPoison)
    assert (told.order_id, told.error_msg) == (901, "")


@pytest.mark.parametrize(
    "cut", ["account_id", "stock_code", "order_id", "order_volume", "traded_volume", "price", "order_status"]
)
def test_an_order_of_which_more_than_a_text_cannot_be_read_makes_no_report(cut: str) -> None:
    assert isinstance(copied(RawOrder, _Native(ORDER, cut)), RawPoison)


@pytest.mark.parametrize("cut", ["traded_id", "traded_price", "traded_volume", "order_id", "stock_code"])
def test_a_trade_of_which_more_than_a_text_cannot_be_read_makes_no_report(cut: str) -> None:
    assert isinstance(copied(RawTrade, _Native(TRADE, cut)), RawPoison)


def test_a_text_of_an_object_that_is_gone_is_no_cut_text() -> None:
    class Gone(_Native):
        def __getattr__(self, name: str) -> Any:
            if name == "status_msg":
                raise RuntimeError("native object is gone")
            return super().__getattr__(name)

    assert isinstance(copied(RawOrder, Gone(ORDER, "")), RawPoison)
