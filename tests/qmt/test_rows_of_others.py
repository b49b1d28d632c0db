"""One row of somebody else's that cannot be read does not cost the whole answer, and no row of ours is lost."""

from typing import Any

import pytest
from test_reading import BOND, MINE, REF, TEN, order, trade, whole

from qmtdesk.domain.account import AccountReport, OddRow
from qmtdesk.domain.messages import (
    AccountReported,
    FillReported,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
    SubmitUnknown,
)
from qmtdesk.domain.order import OrderState
from qmtdesk.gateways.qmt.reading import Read, Reader
from qmtdesk.gateways.qmt.records import RawAnswer, RawOrderError, RawPosition

NAN = float("nan")
AT = TEN // 1000


def theirs(**changes: Any) -> Any:
    return order(**{"order_id": 901, "order_remark": "", "order_time": AT, **changes})


def their_trade(**changes: Any) -> Any:
    return trade(**{"order_id": 901, "traded_time": AT, "traded_id": "77", **changes})


@pytest.fixture
def reader() -> Reader:
    made = Reader(MINE)
    made.leaves(REF, TEN)
    made.sent(REF, 5)
    made.read(RawAnswer(MINE, 900, seq=5), TEN)
    return made


def report(reader: Reader, **changes: Any) -> AccountReport:
    told = reader.report(whole(**changes), 3, TEN, TEN)
    assert isinstance(told, AccountReported)
    return told.report


@pytest.mark.parametrize("price", [None, -1, -1.0, 0, 0.0, NAN])
@pytest.mark.parametrize("status", [50, 56, 57])
def test_a_market_order_is_read_without_a_price(reader: Reader, price: Any, status: int) -> None:
    row = theirs(price=price, order_status=status)
    ours, other = report(reader, orders=(order(), row)).orders
    assert (ours.remark, ours.price) == (REF, 120_000)
    assert (other.broker_id, other.price, other.volume) == ("901", 0, 10)
    (event,) = reader.read(row, TEN).events
    assert isinstance(event, OrderReported)


@pytest.mark.parametrize("number", [0, -1, None])
@pytest.mark.parametrize("status", [54, 57])
def test_an_order_that_ended_without_a_trade_or_a_number_is_left_out_and_said_once(
    reader: Reader, number: Any, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    row = theirs(order_id=number, order_status=status)
    with caplog.at_level("INFO", "qmtdesk.trader"):
        for _ in range(2):
            told = report(reader, orders=(order(), row))
            assert ([each.remark for each in told.orders], told.odd, told.unclear) == ([REF], (), ())
            assert reader.read(row, TEN) == Read()
    assert sum("not followed" in line.message for line in caplog.records) == 1


@pytest.mark.parametrize("volume", [0, -1, None])
def test_an_order_that_ended_without_a_trade_says_so_under_its_number_whatever_its_volume(
    reader: Reader, volume: Any
) -> None:
    for number in (900, 901):
        row = theirs(order_id=number, order_volume=volume, order_status=57)
        (told,) = report(reader, orders=(row,)).orders
        assert (told.broker_id, told.volume, told.state) == (str(number), 0, OrderState.REJECTED)


def test_our_own_order_that_was_rejected_without_a_number_is_told_by_its_remark(reader: Reader) -> None:
    row = order(order_id=-1, order_status=57)
    (told,) = report(reader, orders=(row,)).orders
    assert (told.broker_id, told.remark, told.state) == ("", REF, OrderState.REJECTED)
    (event,) = reader.read(row, TEN).events
    assert isinstance(event, OrderReported)


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": 0},
        {"order_id": -1, "order_status": 48},
        {"order_volume": 0},
        {"order_volume": None, "order_status": 255},
        {"order_id": 0, "order_status": 54, "traded_volume": 5},
        {"order_id": 0, "order_status": 57, "traded_volume": -5},
        {"price": "x"},
        {"order_type": None},
    ],
)
def test_an_order_that_may_live_and_cannot_be_read_is_left_to_the_books(reader: Reader, changes: Any) -> None:
    told = report(reader, orders=(order(), theirs(**changes)))
    assert [each.remark for each in told.orders] == [REF]
    (odd,) = told.odd
    assert (odd.code, odd.at, odd.traded) == (BOND, TEN, False)
    assert odd.broker_id in ("", "901")
    assert reader.read(theirs(**changes), TEN).unread


@pytest.mark.parametrize(
    "changes", [{"traded_volume": 0}, {"traded_price": 0.0}, {"traded_price": 0, "traded_amount": 0.0}]
)
@pytest.mark.parametrize("number", [900, 901, 0])
def test_a_trade_of_nothing_is_none_whoever_it_is_of(
    reader: Reader, changes: Any, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    row = their_trade(**changes, order_id=number)
    with caplog.at_level("INFO", "qmtdesk.trader"):
        told = report(reader, trades=(trade(), row))
        assert reader.read(row, TEN) == Read()
    assert [fill.ref for fill in told.fills] == [REF]
    assert (told.odd, told.elsewhere) == ((), 0)
    assert sum("not followed" in line.message for line in caplog.records) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": 0},
        {"order_id": -1},
        {"order_id": None},
        {"traded_id": ""},
        {"traded_price": 0.0},
        {"order_type": None},
    ],
)
def test_a_trade_that_cannot_be_read_is_told_by_what_it_moved(reader: Reader, changes: Any) -> None:
    row = their_trade(**{"traded_amount": 1_200.0, **changes})
    told = report(reader, trades=(trade(), row))
    assert [fill.ref for fill in told.fills] == [REF]
    (odd,) = told.odd
    assert isinstance(odd, OddRow)
    assert (odd.code, odd.volume, odd.traded) == (BOND, 10, True)
    assert told.elsewhere == 1_200_000


@pytest.mark.parametrize(
    "changes",
    [
        {"orders": (order(order_volume=0),)},
        {"orders": (order(order_id=0),)},
        {"orders": (order(order_id=0, order_remark=REF[:9]),)},
        {"orders": (order(order_remark="", order_volume=None),)},
        {"orders": (order(order_remark="", traded_volume="x"),)},
        {"trades": (trade(order_id=0, order_remark=REF),)},
        {"trades": (trade(traded_id=""),)},
        {"trades": (trade(traded_price=0.0, traded_amount=1_200.0),)},
    ],
)
def test_a_row_that_says_itself_that_it_is_ours_is_never_passed_over(reader: Reader, changes: Any) -> None:
    assert isinstance(reader.report(whole(**changes), 3, TEN, TEN), ReportFailed)
    ((row,),) = changes.values()
    assert reader.read(row, TEN).unread


def test_a_market_orders_trade_is_a_trade(reader: Reader) -> None:
    (event,) = reader.read(their_trade(), TEN).events
    assert isinstance(event, FillReported)


@pytest.mark.parametrize("number", [0, 950])
def test_a_row_without_a_volume_and_with_a_cut_remark_is_put_to_no_order_of_ours(reader: Reader, number: int) -> None:
    """A cancel told as a row of its own: while an order's answer is out it must neither end it nor name it."""
    second = REF[:-1] + "9"
    reader.leaves(second, TEN)
    row = order(order_id=number, order_remark=REF[:10], order_status=54, order_volume=0, traded_volume=0)
    told = report(reader, orders=(row,)).orders
    assert [(one.broker_id, one.remark, one.volume) for one in told] == ([("950", REF[:10], 0)] if number else [])
    reader.sent(second, 6)
    (event,) = reader.read(RawAnswer(MINE, 951, seq=6), TEN).events
    assert event.broker_id == "951"
    assert [one.remark for one in report(reader, orders=(order(order_id=951, order_remark=REF[:10]),)).orders] == [
        second
    ]


def held(*rows: RawPosition) -> AccountReport:
    return report(Reader(MINE), positions=rows)


def test_a_code_held_in_two_rows_is_unclear_and_the_others_are_not() -> None:
    one, other = RawPosition(MINE, BOND, 100, 100), RawPosition(MINE, BOND, 300, 300)
    told = held(one, RawPosition(MINE, "600036.SH", 100, 100), other)
    assert [each.code for each in told.positions] == ["600036.SH"]
    assert told.unclear == (BOND,)


@pytest.mark.parametrize("sold", [(0, 0), (0.0, None)])
def test_a_row_of_nothing_beside_a_holding_takes_nothing_away(sold: Any) -> None:
    gone, there = RawPosition(MINE, BOND, *sold), RawPosition(MINE, BOND, 100, 60)
    for rows in ((gone, there), (there, gone), (gone, there, gone)):
        told = held(*rows)
        assert [(each.code, each.volume, each.can_use) for each in told.positions] == [(BOND, 100, 60)]
        assert told.unclear == ()


def test_two_rows_of_a_code_without_rules_or_of_two_accounts_are_no_trouble() -> None:
    told = held(
        RawPosition(MINE, "888880.SH", 100, 100),
        RawPosition(MINE, "888880.SH", 200, 200),
        RawPosition(MINE, BOND, 100, 100),
        RawPosition("66800054321777", BOND, 300, 300),
    )
    assert told.unclear == ()
    assert [each.volume for each in told.positions if each.code == BOND] == [100]


def test_after_a_start_a_row_that_bears_a_whole_ref_of_ours_and_cannot_be_read_is_none_of_others() -> None:
    told = Reader(MINE).report(whole(trades=(trade(order_id=0, order_remark="qabcd261119-000007"),)), 3, TEN, TEN)
    assert isinstance(told, ReportFailed)
    assert isinstance(Reader(MINE).report(whole(trades=(their_trade(order_id=0),)), 3, TEN, TEN), AccountReported)


# --- errors that are faster than their own call

NO_MONEY = RawOrderError(MINE, -1, 1, "no money", "", 6)
SECOND = "qabcd2611200002"


def told_after(reader: Reader, *early: Any) -> list[Any]:
    """What comes of records that were heard while the second order's call was on its way."""
    reader.leaves(SECOND, TEN)
    for each in early:
        assert reader.read(each, TEN) == Read()
    return list(reader.sent(SECOND, 6).events)


def test_an_error_faster_than_its_own_call_is_kept_for_it_and_told_once(reader: Reader) -> None:
    answer = RawAnswer(MINE, -1, "", "", 6)
    assert told_after(reader, NO_MONEY, answer, NO_MONEY) == [SubmitUnknown(SECOND, "no money")]
    assert reader.read(NO_MONEY, TEN) == reader.sent(SECOND, 6) == Read()


def test_an_early_error_hides_no_early_answer(reader: Reader) -> None:
    told = told_after(reader, NO_MONEY, RawAnswer(MINE, 901, "", "", 6))
    assert told == [SubmitUnknown(SECOND, "no money"), SubmitAnswered(SECOND, "901")]


@pytest.mark.parametrize(
    "error",
    [
        RawOrderError("66800054321777", -1, 1, "no money", "", 6),
        RawOrderError(MINE, -1, 1, "no money", REF, 6),
        RawOrderError(MINE, -1, 1, "no money", "", 7),
        RawOrderError(MINE, -1, 1, "no money", "", None),
    ],
)
def test_an_early_error_of_somebody_else_is_not_kept(reader: Reader, error: RawOrderError) -> None:
    assert told_after(reader, error) == []


def test_an_error_that_comes_while_no_order_is_on_its_way_is_an_old_one(reader: Reader) -> None:
    assert reader.read(NO_MONEY, TEN) == Read()
    assert told_after(reader) == []


def test_an_early_error_ends_with_its_connection(reader: Reader) -> None:
    reader.leaves(SECOND, TEN)
    reader.read(NO_MONEY, TEN)
    reader.new_connection()
    assert reader.read(NO_MONEY, TEN) == reader.sent(SECOND, 6) == Read()


ISSUE = "301999.SZ"


def test_a_subscription_to_a_new_issue_is_no_buy_though_it_is_told_as_one(reader: Reader) -> None:
    """Nothing is frozen for it, and it would take the cash of every grid until the close."""
    row = theirs(stock_code=ISSUE, order_volume=16_500, price=46.06)
    assert [each.code for each in report(reader, orders=(order(), row)).orders] == [BOND, ISSUE]
    found = report(reader, orders=(order(), row), issues=frozenset({ISSUE}))
    assert [each.code for each in found.orders] == [BOND]
    assert [(each.code, each.issue) for each in found.odd] == [(ISSUE, True)]
    unreadable = theirs(stock_code=ISSUE, order_volume=None)
    other = theirs(stock_code=ISSUE, order_type=31)
    assert [each.issue for each in report(reader, orders=(other, unreadable)).odd] == [True, True]
    assert [each.issue for each in report(reader, orders=(theirs(order_type=0),)).odd] == [False]
    assert reader.read(row, TEN) == Read()
    told = their_trade(stock_code=ISSUE, traded_volume=500, traded_price=46.06)
    assert reader.read(told, TEN) == Read()
    assert report(reader, trades=(told,), issues=frozenset({ISSUE})).fills == ()


def test_what_is_known_of_new_issues_outlives_an_answer_without_them_and_not_the_day(reader: Reader) -> None:
    row = theirs(stock_code=ISSUE, order_volume=16_500, price=46.06)
    report(reader, issues=frozenset({ISSUE}))
    reader.new_connection()
    assert [each.code for each in report(reader, orders=(row,)).odd] == [ISSUE]
    assert reader.read(row, TEN) == Read()
    reader.leaves(REF, TEN + 96 * 3_600_000)
    reader.leaves(REF, TEN)
    assert [each.code for each in report(reader, orders=(row,)).orders] == [ISSUE]


def test_an_order_of_ours_is_never_taken_for_a_subscription(reader: Reader) -> None:
    issues = frozenset({BOND})
    found = report(reader, orders=(order(),), trades=(trade(),), issues=issues)
    assert ([each.remark for each in found.orders], len(found.fills)) == ([REF], 1)
    before = order(order_id=903, order_remark="qabcd2611190007")
    assert [each.remark for each in report(reader, orders=(before,), issues=issues).orders] == ["qabcd2611190007"]
    mute = order(order_remark="")
    assert [each.remark for each in report(reader, orders=(mute,), issues=issues).orders] == [REF]
    (event,) = reader.read(mute, TEN).events
    assert isinstance(event, OrderReported)
