"""One connection through the real layer: what it tells, and what it does when the layer does not answer."""

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from standins.native_records import NativeRecord
from standins.terminal import ACCOUNT, Terminal

from qmtdesk.domain.messages import Place
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt import session as room
from qmtdesk.gateways.qmt.native import load
from qmtdesk.gateways.qmt.records import Raw, RawAnswer, RawLost, RawOrder, RawPoison, RawTrade
from qmtdesk.gateways.qmt.session import NotOpened, RawReport, ReportFailure, TradeSession
from qmtdesk.gateways.qmt.worker import Overdue
from tests.stopwatch import Stopwatch


class Bench:
    """A session and what was put."""

    def __init__(self, folder: Path, account: str = ACCOUNT) -> None:
        self.heard: list[tuple[int, Raw]] = []
        self._news = threading.Condition()
        self.session = TradeSession(load(), folder, 4711, account, "STOCK", 3, self.put)

    def put(self, generation: int, record: Raw) -> None:
        with self._news:
            self.heard.append((generation, record))
            self._news.notify_all()

    def wait(self, kind: type, count: int = 1) -> list[Raw]:
        def found() -> list[Raw]:
            return [record for _, record in self.heard if isinstance(record, kind)]

        with self._news:
            assert self._news.wait_for(lambda: len(found()) >= count, 20), self.heard
        return found()


@pytest.fixture
def bench(terminal: Terminal, tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def place(terminal: Terminal, ref: str = "qabcd2611200001") -> Place:
    quote = next(q for code, q in sorted(terminal.quotes.items()) if code.startswith("1"))
    return Place(ref, quote.code, Side.BUY, quote.asks[0].price, 10, Owner(OwnerKind.GRID, 1))


def test_an_order_is_answered_and_its_trade_is_told(bench: Bench, terminal: Terminal) -> None:
    assert bench.session.open() is None
    seq = bench.session.order(place(terminal))
    terminal.pump(5_000)
    (answer,) = bench.wait(RawAnswer)
    assert isinstance(answer, RawAnswer)
    assert answer.seq == seq
    (trade,) = bench.wait(RawTrade)
    assert isinstance(trade, RawTrade)
    assert trade.order_remark == "qabcd2611200001"
    assert {generation for generation, _ in bench.heard} == {3}
    report = bench.session.read_account()
    assert isinstance(report, RawReport)
    assert [type(row) for row in report.orders] == [RawOrder]
    bench.session.close()


def test_a_refused_connection_says_which_call_refused(bench: Bench, terminal: Terminal) -> None:
    terminal.faults.connect_fails = 1
    assert bench.session.open() == NotOpened("connect", "connect() = -1", refused=True)
    bench.session.close()


def test_an_account_the_terminal_does_not_know_is_no_subscription(terminal: Terminal, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "1234567")
    assert bench.session.open() == NotOpened("subscribe", "subscribe() = -1")
    bench.session.close()


@pytest.mark.parametrize("what", ["asset", "positions", "orders", "trades"])
def test_a_question_without_an_answer_is_a_failure_and_no_empty_account(
    bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    bench.session.open()
    monkeypatch.setattr(room, "QUERY_S", 0.1)
    terminal.faults.silent = {what}
    found = bench.session.read_account()
    assert isinstance(found, ReportFailure)
    assert (found.what, found.hung) == (what, True)
    assert bench.session.sick


@pytest.mark.parametrize("what", ["positions", "orders", "trades"])
def test_none_for_a_list_is_a_failure(bench: Bench, terminal: Terminal, what: str) -> None:
    bench.session.open()
    terminal.faults.none = {what}
    assert bench.session.read_account() == ReportFailure(what, names.NO_ANSWER.format(what))
    bench.session.close()


def test_the_same_rows_in_another_order_are_no_movement(
    bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.session.open() is None
    for number in (1, 2):
        bench.session.order(place(terminal, f"qabcd261120000{number}"))
    terminal.pump(5_000)
    inner, turned = Terminal._account_rows, itertools.count()

    def rows(self: Terminal, what: str, account: str) -> list[NativeRecord]:
        found = inner(self, what, account)
        return found[::-1] if next(turned) % 3 == 0 else found

    monkeypatch.setattr(Terminal, "_account_rows", rows)
    report = bench.session.read_account()
    assert isinstance(report, RawReport)
    assert len(report.orders) == 2
    bench.session.close()


def test_a_second_look_without_an_answer_is_a_failure(
    bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.session.open() is None
    inner = TradeSession._lists

    def lists(self: TradeSession) -> object:
        found = inner(self)
        terminal.faults.none = {"orders"}
        return found

    monkeypatch.setattr(TradeSession, "_lists", lists)
    assert bench.session.read_account() == ReportFailure("orders", names.NO_ANSWER.format("orders"))
    bench.session.close()


def test_a_row_that_changes_between_two_looks_is_a_movement(
    bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.session.open() is None
    bench.session.order(place(terminal))
    terminal.pump(5_000)
    inner = Terminal._account_rows

    def rows(self: Terminal, what: str, account: str) -> list[NativeRecord]:
        terminal.faults.rows_changed = {"orders": {"traded_volume": len(terminal.queries)}}
        return inner(self, what, account)

    monkeypatch.setattr(Terminal, "_account_rows", rows)
    assert bench.session.read_account() == ReportFailure("round", names.ROUND_MOVED.format(room.ROUNDS))
    bench.session.close()


def _open(bench: Bench) -> object:
    return bench.session.open()


def _order(bench: Bench) -> object:
    return bench.session.order(Place("q1", "127089.SZ", Side.BUY, 100_000, 10, Owner(OwnerKind.GRID, 1)))


def _cancel(bench: Bench) -> object:
    return bench.session.cancel("1090000001")


@pytest.mark.parametrize(("call", "hung"), [(_open, "connect"), (_order, "order"), (_cancel, "cancel")])
def test_a_native_call_that_never_returns_costs_its_deadline_and_not_more(
    bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, call: Callable[[Bench], object], hung: str
) -> None:
    monkeypatch.setattr(room, "CONNECT_S", 0.2)
    monkeypatch.setattr(room, "ORDER_S", 0.2)
    if call is not _open:
        assert bench.session.open() is None
    terminal.faults.hang_calls = {hung}
    with Stopwatch() as watch:
        found = call(bench)
        assert isinstance(found, Overdue) or (isinstance(found, NotOpened) and found.hung)
        bench.session.close()
    assert watch.seconds < 2


def test_a_stop_that_hangs_holds_nobody_up(bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CLOSE_S", 0.2)
    bench.session.open()
    terminal.faults.hang_calls = {"stop"}
    with Stopwatch() as watch:
        bench.session.close()
    assert watch.seconds < 2


def test_a_poisoned_record_is_told_as_poison_and_the_next_one_is_read(bench: Bench, terminal: Terminal) -> None:
    bench.session.open()
    terminal.faults.poison = {"order"}
    bench.session.order(place(terminal))
    terminal.pump(5_000)
    bench.wait(RawTrade)
    assert [type(row) for row in bench.wait(RawPoison)] == [RawPoison]
    assert bench.wait(RawOrder)
    bench.session.close()


def test_a_lost_link_is_put_and_nothing_else_happens_in_the_callback(bench: Bench, terminal: Terminal) -> None:
    bench.session.open()
    terminal.disconnect()
    bench.wait(RawLost)
    assert [type(record) for _, record in bench.heard] == [RawLost]
    bench.session.close()


def test_what_is_subscribed_to_today_is_asked_once_and_what_comes_later_is_not_it(
    bench: Bench, terminal: Terminal
) -> None:
    assert bench.session.open() is None
    terminal.issues = {"301999.SZ": "20261120", "301998.SZ": "20261123", "301997.SZ": ""}
    for _ in range(3):
        assert bench.session.new_issues("2026-11-20") == {"301999.SZ", "301997.SZ"}
    assert terminal.queries.count("issues") == 1
    bench.session.close()


def test_a_slow_answer_about_new_issues_is_known_when_it_comes_and_asked_for_again_where_it_does_not(
    bench: Bench, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ISSUES_S", 0.05)
    monkeypatch.setattr(room, "ISSUES_AGAIN_S", 0.0)
    terminal.issues = {"301999.SZ": "20261120"}
    terminal.faults.silent.add("issues")
    assert bench.session.open() is None
    assert bench.session.new_issues("2026-11-20") == frozenset()
    terminal.faults.silent.clear()
    assert bench.session.new_issues("2026-11-20") == {"301999.SZ"}
    # never more than three threads that wait for ever
    terminal.faults.silent.add("issues")
    for _ in range(6):
        assert bench.session.new_issues("2026-11-23") == frozenset()
    assert terminal.queries.count("issues") == 1 + 1 + 2
    assert not bench.session.sick
    bench.session.close()


@pytest.mark.parametrize("fault", ["none", "empty", "silent", "hang_calls"])
def test_a_terminal_that_does_not_tell_new_issues_loses_nothing_else(
    bench: Bench, terminal: Terminal, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ISSUES_S", 0.1)
    assert bench.session.open() is None
    getattr(terminal.faults, fault).add("issues")
    for _ in range(3):
        assert bench.session.new_issues("2026-11-20") == frozenset()
    assert terminal.queries.count("issues") <= 1
    assert not bench.session.sick
    assert isinstance(bench.session.read_account(), RawReport)
    bench.session.close()
