"""Records: each through its JSON and back, and each folding into the state as it did live."""

import msgspec
import pytest
from words import deaf_grid, told, trade_of, traded

from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import Fill, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.replacing import replace
from qmtdesk.engine import records as r
from qmtdesk.engine.apply import LINES_KEPT, apply, number_of
from qmtdesk.engine.books import KillBook, LogLine, Money, State, cash_room, sell_room
from qmtdesk.engine.core import begin
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.simulate.market_day import BOND, DAY, STOCK, MarketDay

S = OrderState
EMPTY = State(RiskLimits(), FeeSchedule())
ORDER = Order("q261120-000004", BOND, Side.BUY, 100_000, 100, Owner(OwnerKind.GRID), S.SENT, 5, 5)


def fill(volume: int = 10, trade: str = "1", side: Side = Side.BUY, price: int = 100_000, fee: int = 7) -> Fill:
    return Fill(trade, DAY.isoformat(), "1", ORDER.ref, BOND, side, price, volume, 9, fee)


@pytest.mark.parametrize(
    "record",
    [
        r.OrderMoved("q", S.WORKING, 1),
        r.CancelAsked("q", 1),
        r.FillBooked(Fill("1", "d", "1", "q", "no such code", Side.BUY, 1, 1, 1)),
    ],
)
def test_a_record_of_an_order_nobody_knows_moves_no_order(record: r.Record) -> None:
    assert apply(EMPTY, record).orders == {}


def test_every_kind_of_record_survives_its_json() -> None:
    day, place = deaf_grid()
    told(day, place, S.WORKING)
    traded(day, place, 100)
    for record in day.records:
        assert r.decode(*r.encode(record)) == record
    for record in (
        r.KillSet(None),
        r.KillSet(KillBook(1, "key", ("q",))),
        r.GuardChanged(STOCK, None),
        r.WatchSet(("a",)),
    ):
        assert r.decode(*r.encode(record)) == record


def test_a_record_of_a_newer_version_is_named() -> None:
    with pytest.raises(r.UnknownRecordError, match="Teleported"):
        r.decode("Teleported", b"{}")
    with pytest.raises(msgspec.ValidationError):
        r.decode("MasterSet", b'{"on": 3}')


def test_orders_are_counted_as_messages_and_foreign_ones_are_not() -> None:
    state = apply(EMPTY, r.OrderPlaced(ORDER))
    assert (state.messages, state.sent_at, state.next_ref) == (1, (5,), 5)
    foreign = replace(ORDER, ref="x1", broker_id="1", owner=Owner(OwnerKind.FOREIGN))
    state = apply(state, r.OrderPlaced(foreign))
    assert (state.messages, state.next_ref, state.refs) == (1, 5, {"1": "x1"})
    state = apply(state, r.CancelAsked(ORDER.ref, 61_000))
    assert (state.messages, state.sent_at) == (2, (61_000,))
    assert state.orders[ORDER.ref].cancel_asked_at == 61_000


@pytest.mark.parametrize(
    ("ref", "number"), [("q261120-000012", 12), ("x12", 0), ("", 0), ("hand-7", 0), ("q261120-", 0), ("q1-²", 0)]
)
def test_the_number_of_a_ref(ref: str, number: int) -> None:
    assert number_of(ref) == number


def test_what_a_move_does_not_say_stays() -> None:
    state = apply(EMPTY, r.OrderPlaced(ORDER))
    state = apply(state, r.OrderMoved(ORDER.ref, S.PARTIAL, 7, broker_id="1", told_filled=40, text="a", asked=2))
    state = apply(state, r.OrderMoved(ORDER.ref, S.PARTIAL, 8, told_filled=30))
    order = state.orders[ORDER.ref]
    assert (order.broker_id, order.told_filled, order.text, order.asked, order.updated_at) == ("1", 40, "a", 2, 8)


def test_a_number_that_turns_out_to_be_ours_takes_the_foreign_row_away() -> None:
    state = apply(EMPTY, r.OrderPlaced(ORDER))
    foreign = replace(ORDER, ref="x1", broker_id="1", owner=Owner(OwnerKind.FOREIGN))
    state = apply(state, r.OrderPlaced(foreign))
    state = apply(state, r.OrderMoved(ORDER.ref, S.WORKING, 7, broker_id="1"))
    assert list(state.orders) == [ORDER.ref]
    assert state.refs == {"1": ORDER.ref}


@pytest.mark.parametrize(
    ("before", "volume", "after"),
    [
        (S.SENT, 10, S.PARTIAL),
        (S.INTENDED, 10, S.PARTIAL),
        (S.UNKNOWN, 10, S.PARTIAL),
        (S.WORKING, 10, S.PARTIAL),
        (S.PARTIAL, 10, S.PARTIAL),
        (S.PARTIAL, 100, S.FILLED),
        (S.CANCELLING, 10, S.PART_CANCELLING),
        (S.PART_CANCELLING, 10, S.PART_CANCELLING),
        (S.PART_CANCELLING, 100, S.FILLED),
        (S.CANCELLED, 10, S.PART_CANCELLED),
        (S.PART_CANCELLED, 10, S.PART_CANCELLED),
        (S.FILLED, 10, S.FILLED),
    ],
)
def test_a_trade_moves_its_order(before: OrderState, volume: int, after: OrderState) -> None:
    state = apply(EMPTY, r.OrderPlaced(replace(ORDER, state=before)))
    order = apply(state, r.FillBooked(fill(volume))).orders[ORDER.ref]
    assert (order.state, order.filled, order.amount) == (after, volume, volume * 100_000)


def test_a_trade_of_another_code_leaves_the_order_alone() -> None:
    state = apply(EMPTY, r.OrderPlaced(ORDER))
    state = apply(state, r.FillBooked(replace(fill(), code=STOCK)))
    assert state.orders[ORDER.ref].filled == 0


def test_trades_move_cash_and_holdings() -> None:
    day = MarketDay(held={BOND: (100, 110_000), STOCK: (300, 9_000)}).open()
    money = day.state.money
    assert money is not None
    state = apply(day.state, r.FillBooked(fill(100, "1")))
    held = state.holdings[BOND]
    assert (held.volume, held.sellable, held.cost, held.bought_today) == (200, 200, 105_000, 100)
    assert state.money.gross_cash == money.gross_cash - 10_000_007
    state = apply(state, r.FillBooked(fill(150, "2", Side.SELL)))
    held = state.holdings[BOND]
    assert (held.volume, held.sellable) == (50, 50)
    assert state.money.gross_cash == money.gross_cash - 10_000_007 + 14_999_993
    state = apply(state, r.FillBooked(replace(fill(100, "3"), code=STOCK)))
    assert (state.holdings[STOCK].volume, state.holdings[STOCK].sellable) == (400, 300)
    state = apply(state, r.FillBooked(fill(80, "4", Side.SELL)))
    assert state.holdings[BOND].volume == 0
    state = apply(state, r.FillBooked(replace(fill(10, "5"), code="000001.SZ")))
    assert (state.holdings["000001.SZ"].volume, state.holdings["000001.SZ"].sellable) == (10, 0)


def test_a_trade_claimed_later_moves_the_account_once() -> None:
    day = MarketDay().open()
    state = apply(day.state, r.OrderPlaced(ORDER))
    state = apply(state, r.FillBooked(replace(fill(), ref="")))
    claimed = apply(state, r.FillBooked(fill()))
    assert (claimed.money, claimed.holdings) == (state.money, state.holdings)
    assert claimed.orders[ORDER.ref].filled == 10


def test_the_days_first_total_survives_a_restart() -> None:
    state = begin(EMPTY, [r.DayBegan("2026-11-20"), r.DayBase(500)], resume=False)
    assert state.money == Money(0, 0, 500, base_most=500)


def test_the_log_keeps_its_newest_lines_and_its_numbers() -> None:
    state = EMPTY
    for number in range(1, LINES_KEPT + 10):
        state = apply(state, r.Logged(LogLine(number, 0, "info", "", because(Why.ARMED))))
    assert len(state.lines) == LINES_KEPT
    assert (state.lines[0].no, state.next_line) == (10, LINES_KEPT + 10)


def test_a_loss_kill_is_remembered_for_its_day_only() -> None:
    state = apply(apply(EMPTY, r.DayBegan("2026-11-20")), r.KillSet(KillBook(1, "loss", ())))
    assert state.loss_day == "2026-11-20"
    assert apply(state, r.KillSet(None)).loss_day == "2026-11-20"
    assert apply(apply(EMPTY, r.DayBegan("2026-11-20")), r.KillSet(KillBook(1, "key", ()))).loss_day == ""


def test_boards_and_guards_are_set_and_taken_away() -> None:
    day = MarketDay(held={STOCK: (1_000, 9_000)}).open().live_market(3_000)
    board = day.state.boards[STOCK]
    state = apply(EMPTY, r.BoardMoved(STOCK, board))
    assert state.boards == {STOCK: board}
    assert apply(state, r.GuardChanged(STOCK, None)).guards == {}


def test_a_day_that_began_already_begins_nothing() -> None:
    state = apply(apply(EMPTY, r.DayBegan("2026-11-20")), r.OrderPlaced(ORDER))
    assert apply(state, r.DayBegan("2026-11-20")) is state
    assert apply(state, r.DayBegan("2026-11-23")).orders == {}


def test_without_an_account_there_is_no_room() -> None:
    assert (cash_room(EMPTY), sell_room(EMPTY, BOND)) == (0, 0)


def test_a_report_with_a_later_trade_than_the_pushes_counts_it_once() -> None:
    day, place = deaf_grid()
    traded(day, place, 40)
    state = apply(day.state, r.FillBooked(trade_of(day, place, 40)))
    assert state.holdings == day.state.holdings


def test_what_is_no_record_is_a_bug_of_the_caller() -> None:
    with pytest.raises(TypeError, match="no such record"):
        apply(EMPTY, "a word")  # type: ignore[arg-type]
