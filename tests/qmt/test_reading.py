"""What a reader makes of records: whose they are, what they mean, and what it asks about."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.domain.account import OddRow
from qmtdesk.domain.messages import (
    AccountReported,
    AccountStatusTold,
    CancelRefused,
    FillReported,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
    SubmitUnknown,
)
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.meaning import account_key
from qmtdesk.gateways.qmt.reading import Read, Reader
from qmtdesk.gateways.qmt.records import (
    RawAccount,
    RawAnswer,
    RawAsset,
    RawCancelAnswer,
    RawCancelError,
    RawLost,
    RawOrder,
    RawOrderError,
    RawPoison,
    RawPosition,
    RawStatus,
    RawTrade,
    copied,
)
from qmtdesk.gateways.qmt.session import RawReport

TEN = at_of(date(2026, 11, 20), 10, 0)
MONDAY = at_of(date(2026, 11, 23), 9, 30)
MINE, OTHER, BOND = "66800012345396", "66800054321777", "113901.SH"
REF = "qabcd2611200001"


@pytest.fixture
def reader() -> Reader:
    made = Reader(MINE)
    made.leaves(REF, TEN)
    made.sent(REF, 5)
    return made


def order(account: Any = MINE, **changes: Any) -> RawOrder:
    told: dict[str, Any] = {
        "stock_code": BOND, "order_id": 900, "order_type": 23, "order_volume": 10, "price": 120.0,
        "traded_volume": 0, "order_status": 50, "order_remark": REF,
    }  # fmt: skip
    return RawOrder(account, **{**told, **changes})


def trade(account: Any = MINE, **changes: Any) -> RawTrade:
    told: dict[str, Any] = {
        "stock_code": BOND, "order_id": 900, "order_type": 23, "traded_volume": 10, "traded_price": 120.0,
        "traded_id": "1", "order_remark": "",
    }  # fmt: skip
    return RawTrade(account, **{**told, **changes})


def one(read: Read) -> Any:
    (event,) = read.events
    assert not read.unread
    return event


def test_a_row_without_a_remark_is_found_by_the_number_that_was_answered(reader: Reader) -> None:
    assert one(reader.read(RawAnswer(MINE, 900, "", "", 5), TEN)) == SubmitAnswered(REF, "900")
    assert one(reader.read(trade(), TEN)).fill.ref == REF
    assert one(reader.read(order(order_remark="rewritten"), TEN)).order.remark == REF


def test_the_contract_number_of_an_order_is_written_down_once(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "qmtdesk.trader"):
        reader.read(order(), TEN)
        assert "C77" not in caplog.text
        reader.read(order(order_sysid="C77"), TEN)
        reader.read(trade(order_sysid="C77"), TEN)
        reader.read(order(OTHER, order_sysid="C78"), TEN)
    assert [line.args for line in caplog.records if "contract" in line.msg] == [(REF, "900", "C77")]


@pytest.mark.parametrize("told", [REF, REF[:11], ""])
def test_what_the_terminal_told_of_a_remark_stays_beside_the_mended_one(reader: Reader, told: str) -> None:
    reader.read(RawAnswer(MINE, 900, seq=5), TEN)
    row = one(reader.read(order(order_remark=told), TEN)).order
    assert (row.remark, row.told_remark) == (REF, told)


def test_an_answer_faster_than_its_own_call_is_kept_for_it() -> None:
    reader = Reader(MINE)
    reader.leaves(REF, TEN)
    assert reader.read(RawAnswer(MINE, 900, "", "", 5), TEN) == Read()
    assert reader.sent(REF, 5).events == (SubmitAnswered(REF, "900"),)
    assert reader.sent(REF, 5) == Read()


def test_an_answer_to_nobody_changes_nothing(reader: Reader) -> None:
    assert reader.read(RawAnswer(MINE, 900, "", "", 77), TEN) == Read()
    assert reader.read(RawAnswer(MINE, -1, "", "x", None), TEN) == Read()
    reader.new_connection()
    assert reader.sent("other", 77) == Read()


def test_minus_one_and_its_error_are_one_unknown(reader: Reader) -> None:
    answer, error = RawAnswer(MINE, -1, "", "", 5), RawOrderError(MINE, -1, 1, "no money", "", 5)
    assert one(reader.read(answer, TEN)) == SubmitUnknown(REF, names.NO_NUMBER.format(-1))
    assert reader.read(error, TEN) == reader.read(answer, TEN) == Read()
    assert reader.read(RawOrderError(MINE, -1, 1, "no money", "", None), TEN) == Read()


def test_an_error_first_is_told_with_its_words(reader: Reader) -> None:
    assert one(reader.read(RawOrderError(MINE, -1, 1, "no money", "", 5), TEN)) == SubmitUnknown(REF, "no money")


def test_cancels_that_were_refused_are_told_and_those_that_were_taken_are_not(reader: Reader) -> None:
    assert one(reader.read(RawCancelError(MINE, 900, "", 1, "done"), TEN)) == CancelRefused("900", "done")
    assert one(reader.read(RawCancelAnswer(MINE, -1, 900, "", 6, "none"), TEN)) == CancelRefused("900", "none")
    for said in (
        RawCancelAnswer(MINE, 0, 900),
        RawCancelAnswer(MINE, None, 900),
        RawCancelAnswer(OTHER, -1, 900),
        RawCancelError(OTHER, 900),
        RawCancelError(MINE, None),
        RawCancelAnswer(MINE, -1, "x"),
    ):
        assert reader.read(said, TEN) == Read()


def test_what_is_told_of_an_account_says_whose_it_is(reader: Reader) -> None:
    assert one(reader.read(order(OTHER), TEN)).account == account_key(OTHER) != reader.key
    assert one(reader.read(RawStatus(MINE, 2, 5), TEN)) == AccountStatusTold(5, reader.key)
    assert one(reader.read(RawStatus(OTHER, 2, 5), TEN)) == AccountStatusTold(5, account_key(OTHER))


@pytest.mark.parametrize("status", [None, "0", True, 0.0])
def test_a_status_that_is_no_number_is_asked_about(reader: Reader, status: Any) -> None:
    read = reader.read(RawStatus(MINE, 2, status), TEN)
    assert read.events == ()
    assert "status" in read.unread
    assert reader.read(RawStatus(OTHER, 2, status), TEN) == Read()


def test_a_status_of_another_market_of_the_same_number_says_nothing_of_ours(reader: Reader) -> None:
    assert [reader.read(RawStatus(MINE, kind, 3), TEN) for kind in (1, 3, 7, 11, 99)] == [Read()] * 5
    for kind in (2, 0, -1, None, "2"):
        assert one(reader.read(RawStatus(MINE, kind, 3), TEN)) == AccountStatusTold(3, reader.key)
    assert one(Reader(MINE, "CREDIT").read(RawStatus(MINE, 3, 3), TEN)) == AccountStatusTold(3, reader.key)


def test_another_accounts_row_takes_none_of_our_numbers(reader: Reader) -> None:
    assert isinstance(one(reader.read(order(OTHER), TEN)), OrderReported)
    assert one(reader.read(order(order_id=901), TEN)).order.remark == REF
    assert one(reader.read(trade(order_id=901), TEN)).fill.ref == REF
    assert one(reader.read(trade(order_id=900), TEN)).fill.ref == ""


def test_a_row_that_names_nobody_is_ours_only_where_we_are_alone(reader: Reader) -> None:
    assert "several accounts" in reader.read(order(None), TEN).unread
    reader.sole = True
    assert one(reader.read(order(None), TEN)).account == reader.key


def test_rows_of_things_without_rules_are_the_users_own(reader: Reader) -> None:
    assert reader.read(order(stock_code="888880.SH", order_remark=""), TEN) == Read()
    assert reader.read(order(stock_code="888880.SH", order_remark=""), TEN) == Read()
    assert reader.read(trade(OTHER, traded_price=None), TEN) == Read()
    assert reader.read(trade(traded_price=None), TEN).unread
    reader.read(order(), TEN)
    assert reader.read(order(stock_code="888880.SH"), TEN).unread


def test_poison_is_asked_about_and_pushed_money_is_not_needed(reader: Reader) -> None:
    assert reader.read(RawPoison("RawOrder", "gone"), TEN).unread == "RawOrder: gone"
    for said in (RawAsset(MINE, 1.0), RawPosition(MINE), RawLost(), RawAccount(MINE)):
        assert reader.read(said, TEN) == Read()


def test_numbers_of_yesterday_are_not_todays(reader: Reader) -> None:
    assert one(reader.read(order(), TEN)).order.remark == REF
    reader.leaves("qabcd2611230001", MONDAY)
    again = one(reader.read(order(order_remark="qabcd2611230001"), MONDAY)).order
    assert again.remark == "qabcd2611230001"


def whole(**changes: Any) -> RawReport:
    parts: dict[str, Any] = {
        "asset": RawAsset(MINE, 10.0, 0.0, 0.0, 10.0),
        "positions": (RawPosition(MINE, BOND, 10, 10), RawPosition(OTHER, BOND, 99, 99), RawPosition(MINE, BOND, 0)),
        "orders": (order(), order(OTHER), order(stock_code="888880.SH")),
        "trades": (trade(), trade(OTHER)),
    }
    return RawReport(**{**parts, **changes})


def test_a_report_holds_what_is_ours_and_followed(reader: Reader) -> None:
    told = reader.report(whole(), 3, TEN - 5, TEN)
    assert isinstance(told, AccountReported)
    assert (told.request, told.account, told.report.at, told.report.day) == (3, reader.key, TEN - 5, "2026-11-20")
    assert [p.volume for p in told.report.positions] == [10]
    assert [o.remark for o in told.report.orders] == [REF]
    assert [f.ref for f in told.report.fills] == [REF]


@pytest.mark.parametrize(
    "changes",
    [
        {"asset": RawPoison("RawAsset", "gone", None, MINE)},
        {"asset": RawAsset(OTHER, 1.0, 0.0, 0.0, 1.0)},
        {"asset": RawAsset(MINE)},
        {"positions": (RawPoison("RawPosition", "gone"),)},
        {"positions": (RawPosition(MINE, None, None, None),)},
        {"positions": (RawPosition(MINE, "", 10, "x"),)},
        {"orders": (RawPoison("RawOrder", "gone", BOND, MINE),)},
        {"orders": (order(order_type="31"),)},
        {"orders": (order(order_type=31),)},
        {"orders": (RawPoison("RawOrder", "gone"),)},
        {"orders": (order(order_volume=None),)},
        {"trades": (RawPoison("RawTrade", "gone"),)},
        {"trades": (trade(traded_volume="x"),)},
    ],
)
def test_a_report_with_a_hole_is_none_and_gives_no_account_away(reader: Reader, changes: Any) -> None:
    told = reader.report(whole(**changes), 3, TEN, TEN)
    assert isinstance(told, ReportFailed)
    assert told.request == 3
    assert MINE not in told.text
    assert OTHER not in told.text


@pytest.mark.parametrize(
    ("row", "milli"),
    [
        ({"stock_code": "204001.SH", "order_type": 24, "traded_volume": 1000, "traded_price": 1.85}, 100_000_000),
        ({"stock_code": "131810.SZ", "traded_volume": 10, "traded_price": 1.85, "traded_amount": 1000.0}, 1_000_000),
        ({"stock_code": "019547.SH", "traded_volume": 10, "traded_price": 101.5}, 1_015_000),
        ({"order_id": 77, "order_type": 31, "traded_volume": 10, "traded_price": 100.0}, 1_000_000),
        ({"stock_code": "204001.SH", "traded_volume": "x"}, 0),
        ({"stock_code": "204001.SH", "traded_volume": 10, "traded_time": 1_795_053_600}, 0),
        ({}, 0),
    ],
)
def test_trades_of_things_without_rules_are_told_as_a_turnover(reader: Reader, row: Any, milli: int) -> None:
    rows = (trade(**row), trade(OTHER, stock_code="204001.SH", traded_volume=1000))
    told = reader.report(whole(trades=rows), 3, TEN, TEN)
    assert isinstance(told, AccountReported)
    assert told.report.elsewhere == milli


class _Broken:
    """A native holding one of whose fields raises."""

    account_id, stock_code = MINE, BOND

    @property
    def volume(self) -> int:
        raise RuntimeError("bad cast")


@pytest.mark.parametrize(
    "row", [copied(RawPosition, _Broken()), RawPosition(MINE, BOND, None, None), RawPosition(MINE, BOND, 10, 1.5)]
)
def test_an_unclear_holding_is_of_its_code_alone(reader: Reader, row: Any) -> None:
    good = RawPosition(MINE, "600036.SH", 100, 100)
    told = reader.report(whole(positions=(good, row, RawPosition(MINE, BOND, 10, 10))), 3, TEN, TEN)
    assert isinstance(told, AccountReported)
    assert [p.code for p in told.report.positions] == ["600036.SH"]
    assert told.report.unclear == (BOND,)


@pytest.mark.parametrize(
    "changes",
    [
        {"positions": (RawPosition(MINE, "888880.SH", 1.5, 0),)},
        {"positions": (RawPoison("RawPosition", "gone", "888880.SH", MINE),)},
        {"positions": (RawPoison("RawPosition", "gone", None, OTHER),)},
        {"orders": (RawPoison("RawOrder", "gone", "204001.SH"),)},
        {"trades": (RawPoison("RawTrade", "gone", "204001.SH"),)},
        {"orders": (order(order_id=77, order_type=31, order_remark=""),)},
        {"trades": (trade(order_id=77, order_type=31),)},
    ],
)
def test_a_row_that_cannot_be_ours_holds_nothing_up(reader: Reader, changes: Any) -> None:
    told = reader.report(whole(**changes), 3, TEN, TEN)
    assert isinstance(told, AccountReported)
    assert told.report.unclear == ()
    for row in (row for rows in changes.values() for row in rows if not isinstance(row, RawPosition)):
        assert reader.read(row, TEN) == Read()


def test_other_business_in_a_code_with_rules_is_left_to_the_books(reader: Reader) -> None:
    row = order(order_id=77, order_type=31, order_remark="", order_time=TEN // 1000)
    blind = order(order_id=None, order_type=31, order_remark="", price="x", order_volume=1.5, order_time=TEN // 1000)
    part = trade(order_id=78, order_type=31, traded_time=TEN // 1000)
    told = reader.report(whole(orders=(row, blind), trades=(part,)), 3, TEN, TEN)
    assert isinstance(told, AccountReported)
    assert told.report.orders == told.report.fills == ()
    assert told.report.odd == (
        OddRow("77", BOND, 10, 120_000, TEN, "order_type 31"),
        OddRow("", BOND, 0, 0, TEN, "order_type 31"),
        OddRow("78", BOND, 10, 120_000, TEN, "order_type 31", traded=True),
    )


def test_other_business_under_our_own_number_is_asked_about(reader: Reader) -> None:
    reader.read(RawAnswer(MINE, 900, seq=5), TEN)
    odd = order(order_type=31, order_remark="")
    assert reader.read(odd, TEN).unread
    assert isinstance(reader.report(whole(orders=(odd,)), 3, TEN, TEN), ReportFailed)


anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(MINE))
kinds = [RawOrder, RawTrade, RawAnswer, RawCancelAnswer, RawOrderError, RawCancelError, RawStatus]


@given(st.lists(st.sampled_from(kinds).flatmap(
    lambda kind: st.fixed_dictionaries({}, optional=dict.fromkeys(kind.__struct_fields__, anything)).map(
        lambda fields: kind(**fields))), max_size=20))  # fmt: skip
def test_records_of_anything_are_read_or_asked_about_and_never_an_error(records: list[Any]) -> None:
    reader = Reader(MINE)
    reader.leaves(REF, TEN)
    for number, record in enumerate(records):
        read = reader.read(record, TEN)
        assert not (read.events and read.unread)
        for event in read.events:
            assert not isinstance(event, FillReported) or event.fill.volume > 0
        if number == 5:
            reader.sent(REF, 1)
