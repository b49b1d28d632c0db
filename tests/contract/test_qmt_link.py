"""Cases Q01 to Q28: the link to the terminal, in every way it was seen to fail; QMT alone."""

import asyncio
import gc
import logging
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from gateway_bench import QmtBench
from standins.native_thread import SWALLOWED
from standins.terminal import ACCOUNT

from qmtdesk.domain.messages import (
    AccountReported,
    FillReported,
    LinkChanged,
    ReportFailed,
    SubmitAnswered,
    SubmitRefused,
    SubmitUnknown,
)
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.gateways.qmt import approach, names
from qmtdesk.gateways.qmt import session as session_room
from qmtdesk.gateways.qmt.callbacks import Callbacks
from qmtdesk.gateways.qmt.native import NativeError, load
from qmtdesk.gateways.qmt.pc import Process, ThisPc
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.records import Raw, RawOrder
from qmtdesk.gateways.qmt.session import RawReport, ReportFailure, TradeSession
from qmtdesk.gateways.qmt.trade_side import TradeOptions, TradeSide
from tests.stopwatch import Stopwatch


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines a test can wait for."""
    for name in ("CONNECT_S", "SUBSCRIBE_S", "QUERY_S", "ORDER_S", "CLOSE_S"):
        monkeypatch.setattr(session_room, name, 0.3)


def connects(bench: QmtBench, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """(market time, session id, object) of each attempt from now on."""
    seen: list[tuple[int, int, int]] = []
    inner = bench.terminal.connected

    def connected(client: Any) -> int:
        seen.append((bench.terminal.now(), client.session, client.number))
        return inner(client)

    monkeypatch.setattr(bench.terminal, "connected", connected)
    return seen


def test_q01_a_flag_that_stays_up_deceives_nobody(qmt: QmtBench, short: None) -> None:
    qmt.terminal.disconnect(told=False)
    assert qmt.gateway._trade._session._trader.connected  # type: ignore[union-attr]
    qmt.ask()
    assert qmt.wait(LinkChanged, lambda e: not e.up).text
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    assert qmt.report().positions


def test_q02_each_attempt_is_a_new_object_with_a_number_nothing_was_ever_told_under(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = connects(raw_qmt, monkeypatch)
    raw_qmt.faults.connect_fails = 3
    raw_qmt.ready()
    for count in (2, 3):
        raw_qmt.terminal.disconnect()
        raw_qmt.wait(LinkChanged, lambda e: e.up, count=count)
    assert len(seen) == len({number for _, _, number in seen}) == 6
    # what was refused was never heard under its number, and each number costs a file of 75 MB
    assert len({session for _, session, _ in seen[:4]}) == 1
    assert len({session for _, session, _ in seen[3:]}) == 3
    files = [path.name for path in (raw_qmt.folder / "userdata_mini").iterdir()]
    assert files == [f"down_queue_win_{seen[-1][1]}"]


def test_q03_two_attempts_are_three_seconds_apart_at_least(raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = connects(raw_qmt, monkeypatch)
    raw_qmt.faults.connect_fails = 4
    raw_qmt.ready()
    raw_qmt.terminal.disconnect()
    raw_qmt.wait(LinkChanged, lambda e: e.up, count=2)
    times = [at for at, _, _ in seen]
    assert min(b - a for a, b in pairwise(times)) >= 3_000


def test_q04_a_closed_terminal_is_one_message(raw_qmt: QmtBench, caplog: pytest.LogCaptureFixture) -> None:
    raw_qmt.terminal.running = False
    raw_qmt.faults.quotes_up = False
    with caplog.at_level(logging.WARNING, "qmtdesk.trader"):
        raw_qmt.gateway.start(raw_qmt.post)
        raw_qmt.until(lambda: raw_qmt.gateway.health.trading.failures >= 4, "four failures")
    told = [record.message for record in caplog.records if "QMT: " in record.message]
    assert told == ["QMT: " + names.NOT_OPENED["connect"].format("connect() = -1")]
    assert raw_qmt.gateway.health.trading.stage == "closed"
    assert raw_qmt.of(LinkChanged) == []


def test_q04_without_a_folder_or_a_terminal_nothing_is_made_and_both_are_found_when_they_come(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = [Process(9, "explorer.exe")]

    class Pc(ThisPc):
        def processes(self) -> tuple[Process, ...]:
            return tuple(running)

    monkeypatch.setattr(approach, "this_pc", Pc)
    folder = raw_qmt.folder / "mini"
    options = TradeOptions(folder, ACCOUNT, base=1, client=True)
    side = TradeSide(options, load, raw_qmt.terminal.now, RawLog(raw_qmt.folder, "", ""))
    side.start(raw_qmt.post)
    raw_qmt.until(lambda: names.NO_FOLDER in side.health.text, "no folder")
    assert not folder.exists()
    folder.mkdir()
    raw_qmt.until(lambda: names.NO_TERMINAL in side.health.text, "no terminal")
    assert side.health.stage == "closed"
    assert list(folder.iterdir()) == []
    running.append(Process(4711, "XtMiniQmt.exe"))
    raw_qmt.wait(LinkChanged, lambda e: e.up)
    side.stop()


def test_q05_an_account_the_terminal_does_not_have_says_so(tmp_path: Path, raw_qmt: QmtBench) -> None:
    options = TradeOptions(tmp_path, "12345678", base=1)
    side = TradeSide(options, load, raw_qmt.terminal.now, RawLog(tmp_path, "", ""))
    side.start(raw_qmt.post)
    raw_qmt.until(lambda: side.health.failures > 0, "a failure")
    side.stop()
    assert side.health.text == names.NOT_OPENED["subscribe"].format("subscribe() = -1")
    assert raw_qmt.of(LinkChanged) == []


@pytest.mark.parametrize("call", ["connect", "subscribe", "infos", "status"])
def test_q06_to_q09_a_beginning_that_hangs_is_given_up_and_tried_again(
    raw_qmt: QmtBench, short: None, call: str
) -> None:
    raw_qmt.faults.hang_calls = {call}
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.watch()
    raw_qmt.until(lambda: raw_qmt.gateway.health.trading.hung > 0, "a hang")
    assert raw_qmt.of(LinkChanged) == []
    raw_qmt.faults.hang_calls = set()
    raw_qmt.wait(LinkChanged, lambda e: e.up)
    assert raw_qmt.report().positions


def test_q10_an_order_whose_call_hangs_is_unknown_and_not_sent_again(qmt: QmtBench, short: None) -> None:
    qmt.faults.hang_calls = {"order"}
    ref = qmt.order()
    qmt.wait(SubmitUnknown, lambda e: e.ref == ref)
    qmt.wait(LinkChanged, lambda e: not e.up and e.text == names.ORDER_HUNG)
    qmt.faults.hang_calls = set()
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    qmt.pass_time(5_000)
    assert qmt.taken() == []
    assert qmt.of(SubmitRefused) == []


def test_q11_a_cancel_whose_call_hangs_gives_the_connection_up(qmt: QmtBench, short: None) -> None:
    ref, number = qmt.resting()
    qmt.faults.hang_calls = {"cancel"}
    qmt.cancel(ref, number)
    qmt.wait(LinkChanged, lambda e: not e.up and e.text == names.CANCEL_HUNG)
    qmt.faults.hang_calls = set()
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    qmt.cancel(ref, number)
    row = qmt.state(ref, OrderState.CANCELLED)
    assert (row.broker_id, row.filled) == (number, 0)


@pytest.mark.parametrize("what", ["asset", "positions", "orders", "trades"])
def test_q12_to_q15_a_question_that_hangs_is_no_report_and_gives_the_connection_up(
    qmt: QmtBench, short: None, what: str
) -> None:
    qmt.faults.hang_calls = {what}
    request = qmt.ask()
    assert qmt.wait(ReportFailed, lambda e: e.request == request).text
    qmt.wait(LinkChanged, lambda e: not e.up)
    qmt.faults.hang_calls = set()
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    assert qmt.gateway.health.trading.hung == 1
    assert qmt.report().positions


@pytest.mark.parametrize("failing", [{"asset", "positions", "orders", "trades", "status", "infos"}, {"trades"}])
def test_q15_questions_that_all_fail_at_once_give_the_connection_up_with_one_word_each_time(
    qmt: QmtBench, failing: set[str]
) -> None:
    qmt.report()
    qmt.faults.none = failing
    for _ in range(20):
        request = qmt.ask()
        qmt.wait(ReportFailed, lambda e, n=request: e.request == n)  # type: ignore[misc]
        qmt.pass_time(5_000)
    assert qmt.downs() == 1
    assert qmt.of(LinkChanged, lambda e: not e.up)[0].text.startswith(names.UNANSWERED.partition("{")[0])
    qmt.faults.none = set()
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    assert qmt.report().positions


def test_q15_an_account_that_moves_at_every_look_is_no_failure_of_the_connection(
    qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = ReportFailure("round", names.ROUND_MOVED.format(4))
    monkeypatch.setattr(TradeSession, "read_account", lambda _session: moved)
    for _ in range(15):
        request = qmt.ask()
        qmt.wait(ReportFailed, lambda e, n=request: e.request == n)  # type: ignore[misc]
        qmt.pass_time(5_000)
    assert qmt.downs() == 0


def test_q16_a_slow_question_holds_up_no_order(qmt: QmtBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_room, "QUERY_S", 5.0)
    qmt.faults.silent = {"orders"}
    qmt.ask()
    qmt.until(lambda: "orders" in qmt.terminal.queries)
    with Stopwatch() as watch:
        ref = qmt.order()
        qmt.wait(SubmitAnswered, lambda e: e.ref == ref)
    assert watch.seconds < 2


def test_q17_questions_that_piled_up_behind_a_slow_one_are_answered_once(qmt: QmtBench) -> None:
    held = threading.Event()
    inner = TradeSession.read_account

    def slow(session: TradeSession) -> Any:
        held.wait(5)
        return inner(session)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TradeSession, "read_account", slow)
        requests = [qmt.ask() for _ in range(6)]
        held.set()
        qmt.wait(AccountReported, lambda e: e.request == requests[-1])
    assert len(qmt.of(AccountReported)) <= 2


def test_q18_a_stop_that_hangs_holds_nobody_up(qmt: QmtBench) -> None:
    qmt.faults.hang_calls = {"stop", "quotes", "subscribe_quotes"}
    assert qmt.stop() < 2


@pytest.mark.parametrize("call", ["connect", "infos", "orders"])
def test_q19_it_stops_in_time_while_a_call_hangs(raw_qmt: QmtBench, call: str) -> None:
    raw_qmt.faults.hang_calls = {call, "quotes"}
    raw_qmt.gateway.start(raw_qmt.post)
    raw_qmt.ask()
    raw_qmt.until(
        lambda: raw_qmt.gateway.health.trading.stage == "connecting" or raw_qmt.ups() > 0, "the driver at work"
    )
    assert raw_qmt.stop() < 2


def test_q20_an_import_that_hangs_or_raises_is_told_and_blocks_nothing(
    raw_qmt: QmtBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approach, "LOAD_S", 0.3)
    free, tries = threading.Event(), []

    def slow() -> Any:
        tries.append(1)
        if len(tries) == 1:
            free.wait(20)
        if len(tries) == 2:
            raise NativeError("ImportError: DLL load failed")
        return load()

    options = TradeOptions(tmp_path, ACCOUNT, base=1)
    side = TradeSide(options, slow, raw_qmt.terminal.now, RawLog(tmp_path, "", ""))
    with Stopwatch() as watch:
        side.start(raw_qmt.post)
    assert watch.seconds < 0.2
    raw_qmt.until(lambda: side.health.hung == 1, "the hang")
    raw_qmt.until(lambda: "DLL load failed" in side.health.text, "the error")
    raw_qmt.wait(LinkChanged, lambda e: e.up)
    free.set()
    side.stop()


def test_q21_a_session_thrown_out_by_another_with_its_number_comes_back_under_a_new_one(
    qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = connects(qmt, monkeypatch)
    (mine,) = qmt.terminal.trade_clients
    other = TradeSession(load(), qmt.folder / "userdata_mini", mine.session, ACCOUNT, "STOCK", 1, lambda _g, _r: None)
    assert other.open() is None
    qmt.wait(LinkChanged, lambda e: not e.up)
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    assert seen[-1][1] != mine.session
    assert isinstance(other.read_account(), RawReport)
    other.close()


def test_q22_who_is_thrown_out_again_and_again_waits_longer_each_time(
    qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = connects(qmt, monkeypatch)
    for count in (2, 3, 4):
        qmt.terminal.disconnect()
        qmt.wait(LinkChanged, lambda e: e.up, count=count)
    gaps = [b[0] - a[0] for a, b in pairwise(seen)]
    assert gaps[1] > gaps[0]


def test_q23_the_event_loop_of_the_main_thread_is_left_alone(tmp_path: Path, raw_qmt: QmtBench) -> None:
    mine = asyncio.new_event_loop()
    asyncio.set_event_loop(mine)
    try:
        raw_qmt.ready()
        raw_qmt.report()
        raw_qmt.terminal.disconnect()
        raw_qmt.wait(LinkChanged, lambda e: e.up, count=2)
        raw_qmt.stop()
        gc.collect()
        assert asyncio.get_event_loop() is mine
    finally:
        asyncio.set_event_loop(None)
        mine.close()


def test_q24_an_object_that_is_collected_sets_no_loop_and_leaves_none_open(qmt: QmtBench) -> None:
    trader = qmt.gateway._trade._session._trader  # type: ignore[union-attr]
    assert trader.__del__() is None
    qmt.stop()
    assert trader.loop.is_closed()
    before = asyncio._get_running_loop()
    del trader
    gc.collect()
    assert asyncio._get_running_loop() is before


def test_q25_answers_to_questions_do_not_wait_behind_pushes(qmt: QmtBench, tmp_path: Path) -> None:
    free, stuck = threading.Event(), threading.Event()

    def put(_generation: int, record: Raw) -> None:
        if isinstance(record, RawOrder):
            stuck.set()
            free.wait(20)

    session = TradeSession(load(), tmp_path / "userdata_mini", 998, ACCOUNT, "STOCK", 1, put)
    assert session.open() is None
    qmt.by_hand(Side.BUY, 110_000, 10)
    qmt.until(stuck.is_set, "a push that is stuck")
    assert isinstance(session.read_account(), RawReport)
    free.set()
    session.close()


def test_q26_our_callbacks_know_no_object_they_could_ask(qmt: QmtBench) -> None:
    made = Callbacks(3, lambda _generation, _record: None)
    assert {type(value).__name__ for value in vars(made).values()} == {"int", "function"}
    mine = qmt.gateway._trade._session._trader.callback  # type: ignore[union-attr]
    held = [value for value in vars(mine).values() if not isinstance(value, int)]
    assert [type(value).__name__ for value in held] == ["method"]
    assert held[0].__func__.__name__ == "heard"


@pytest.mark.fault("G19")
def test_q27_nothing_of_ours_ever_raises_into_the_layer(qmt: QmtBench) -> None:
    SWALLOWED.clear()
    qmt.faults.poison = {"order", "trade"}
    qmt.faults.trades_twice = True
    ref = qmt.order()
    qmt.wait(FillReported, lambda e: e.fill.ref == ref)
    qmt.set_status(3)
    qmt.terminal.disconnect()
    qmt.wait(LinkChanged, lambda e: e.up, count=2)
    assert SWALLOWED == []


def test_q28_events_never_come_from_a_thread_of_the_layer(raw_qmt: QmtBench) -> None:
    threads: set[str] = set()
    inner = raw_qmt.post

    def post(at: int, event: Any) -> None:
        threads.add(threading.current_thread().name)
        inner(at, event)

    raw_qmt.gateway.start(post)
    raw_qmt.watch()
    raw_qmt.wait(LinkChanged, lambda e: e.up)
    ref = raw_qmt.order()
    raw_qmt.wait(FillReported, lambda e: e.fill.ref == ref)
    assert threads
    assert all(name.startswith("qmt-") for name in threads), threads
