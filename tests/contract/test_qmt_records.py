"""Cases Q35 to Q60: what the terminal says of orders, trades and the account, read as it was meant or not at all."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from gateway_bench import BOND, QmtBench
from standins.terminal import ACCOUNT, OTHER

from qmtdesk.domain.messages import (
    AccountStatusTold,
    FillReported,
    LinkChanged,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
    SubmitRefused,
    SubmitUnknown,
)
from qmtdesk.domain.order import OrderState, Side
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.reading import Reader
from qmtdesk.gateways.qmt.records import RawStatus
from qmtdesk.wire.redact import mask_account


def asked_again(bench: QmtBench) -> None:
    """What was not understood makes the engine ask for everything, and is no loss of the link."""
    assert not bench.wait(LinkChanged, lambda e: not e.up and "无法理解" in e.text).lost
    bench.wait(LinkChanged, lambda e: e.up, count=2)
    assert bench.gateway.health.trading.unread > 0


def test_q35_two_failures_with_one_number_are_each_told_of_their_own_order_once(qmt: QmtBench) -> None:
    qmt.faults.bounce, qmt.faults.error_first, qmt.faults.error_twice = 2, True, True
    with qmt.terminal.lock:
        refs = {qmt.order(), qmt.order()}
    qmt.wait(SubmitUnknown, count=2)
    qmt.pass_time(3_000)
    assert sorted(e.ref for e in qmt.of(SubmitUnknown)) == sorted(refs)
    assert qmt.of(SubmitRefused) == []


@pytest.mark.parametrize("first", [True, False])
def test_q36_a_bounce_is_told_in_the_counters_words_and_leaves_no_order(qmt: QmtBench, first: bool) -> None:
    qmt.faults.bounce, qmt.faults.error_first = 1, first
    ref = qmt.order()
    assert "可用资金不足" in qmt.wait(SubmitUnknown, lambda e: e.ref == ref).text
    assert qmt.report().orders == ()


def test_q37_an_order_said_to_have_failed_that_lives_is_told_under_its_ref(qmt: QmtBench) -> None:
    qmt.faults.minus_one = 1
    ref = qmt.order()
    assert qmt.wait(SubmitUnknown, lambda e: e.ref == ref).text == names.NO_NUMBER.format(-1)
    assert qmt.wait(FillReported, lambda e: e.fill.ref == ref).fill.volume == 10
    (row,) = qmt.report().orders
    assert (row.remark, row.state) == (ref, OrderState.FILLED)


def test_q38_a_remark_that_is_gone_is_made_good_by_the_answers_number(qmt: QmtBench) -> None:
    qmt.faults.remark_gone = True
    ref = qmt.order()
    qmt.wait(SubmitAnswered, lambda e: e.ref == ref)
    (row,) = qmt.report().orders
    assert row.remark == ref


def test_q39_a_cut_remark_that_fits_two_orders_is_given_to_neither(qmt: QmtBench) -> None:
    qmt.faults.remark_length, qmt.faults.lose_answers = 10, 9
    refs = [qmt.order(Side.BUY, 110_000, ref=f"qabcd2611{n:03d}") for n in (201, 202)]
    qmt.wait(OrderReported, lambda e: e.order.state is OrderState.WORKING, count=2)
    assert not qmt.of(OrderReported, lambda e: e.order.remark in refs)


@pytest.mark.fault("G19")
@pytest.mark.parametrize("kind", ["order", "trade"])
def test_q40_a_poisoned_record_makes_everything_be_asked_and_the_next_one_is_read(qmt: QmtBench, kind: str) -> None:
    qmt.faults.poison = {kind}
    ref = qmt.order()
    asked_again(qmt)
    other = qmt.order(Side.SELL)
    qmt.wait(FillReported, lambda e: e.fill.ref == other)
    report = qmt.report()
    assert sorted(f.ref for f in report.fills) == sorted([ref, other])


def test_q41_a_burst_of_poison_is_one_reason_to_ask(qmt: QmtBench) -> None:
    for _ in range(8):
        qmt.faults.poison = {"order"}
        qmt.order()
        qmt.until(lambda: not qmt.faults.poison)
    asked_again(qmt)
    assert qmt.gateway.health.trading.unread >= 3
    assert qmt.downs() <= 1 + (qmt.gateway.now() - qmt.terminal.world.exchange.orders[0].at) // 5_000


def test_q42_what_was_put_off_is_asked_after_all(qmt: QmtBench) -> None:
    for count in (1, 2):
        qmt.faults.poison = {"order"}
        qmt.order()
        qmt.until(lambda n=count: qmt.gateway.health.trading.unread == n)  # type: ignore[misc]
    qmt.wait(LinkChanged, lambda e: not e.up, count=2)
    assert qmt.gateway.health.trading.unread == 2


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "12张", -5, 10**20, 7.5])
def test_q43_a_volume_that_is_none_is_never_booked(qmt: QmtBench, value: Any) -> None:
    qmt.faults.changed = {"traded_volume": value}
    ref = qmt.order()
    asked_again(qmt)
    assert qmt.fills(ref) == []


@pytest.mark.parametrize("value", [math.nan, None, "约12元", -1.0, math.inf])
def test_q44_a_price_that_is_none_is_never_booked(qmt: QmtBench, value: Any) -> None:
    qmt.faults.changed = {"traded_price": value}
    ref = qmt.order()
    if value is None or isinstance(value, str) or not value > 0 or math.isinf(value):
        asked_again(qmt)
    assert qmt.fills(ref) == []


@pytest.mark.parametrize("noise", [1e-12, -1e-12, 1e-9, 4e-4, -4e-4])
def test_q45_the_noise_of_a_float_is_no_part_of_a_price(qmt: QmtBench, noise: float) -> None:
    qmt.faults.changed = {"traded_price": 120.001 + noise, "price": 120.001 + noise}
    ref = qmt.order()
    assert qmt.wait(FillReported, lambda e: e.fill.ref == ref).fill.price == 120_001
    assert qmt.state(ref, OrderState.FILLED).price == 120_001


@pytest.mark.parametrize("form", ["s", "ms", "hhmmss", "full"])
def test_q46_times_are_read_in_every_form_they_were_seen_in(qmt: QmtBench, form: str) -> None:
    qmt.faults.time_form = form
    ref = qmt.order()
    fill = qmt.wait(FillReported, lambda e: e.fill.ref == ref).fill
    with qmt.truth() as world:
        (true,) = world.exchange.report(world.at).fills
    assert abs(fill.at - true.at) < 1_000
    assert fill.day == "2026-11-20"


@pytest.mark.parametrize("number", [255, 58, 1, 99])
def test_q47_a_state_without_a_meaning_is_told_by_its_number(qmt: QmtBench, number: int) -> None:
    qmt.faults.odd_status = number
    qmt.order()
    row = qmt.wait(OrderReported).order
    assert (row.state, row.odd) == (OrderState.UNKNOWN, str(number))


@pytest.mark.parametrize("gone", ["order_sysid", "status_msg", "order_time", "commission", "traded_time", "price_type"])
def test_q48_a_client_without_a_field_that_may_miss_is_read_all_the_same(qmt: QmtBench, gone: str) -> None:
    qmt.faults.without = {gone}
    ref = qmt.order()
    assert qmt.wait(FillReported, lambda e: e.fill.ref == ref).fill.volume == 10
    qmt.state(ref, OrderState.FILLED)


def test_q49_a_market_order_is_told_without_a_price_and_ours_is_known_by_its_remark(qmt: QmtBench) -> None:
    qmt.faults.without = {"price"}
    ref = qmt.order()
    told = qmt.wait(OrderReported, lambda e: e.order.remark == ref).order
    assert (told.price, told.volume) == (0, 10)
    assert ref in {each.remark for each in qmt.report().orders}


@pytest.mark.parametrize("gone", ["order_volume", "order_id", "order_type"])
def test_q49_an_order_without_what_makes_it_one_is_asked_about(qmt: QmtBench, gone: str) -> None:
    qmt.faults.without = {gone}
    qmt.order()
    asked_again(qmt)
    request = qmt.ask()
    assert qmt.wait(ReportFailed, lambda e: e.request == request).text.startswith(gone)


@pytest.mark.parametrize("gone", ["volume", "can_use_volume"])
def test_q50_a_holding_without_a_volume_is_unclear_and_not_flat(qmt: QmtBench, gone: str) -> None:
    held = {each.code for each in qmt.report().positions}
    assert held
    qmt.faults.without = {gone}
    told = qmt.report()
    assert (told.positions, set(told.unclear)) == ((), held)


def test_q51_money_without_a_figure_is_a_failed_report(qmt: QmtBench) -> None:
    qmt.faults.without = {"cash"}
    request = qmt.ask()
    assert "cash" in qmt.wait(ReportFailed, lambda e: e.request == request).text


@pytest.mark.parametrize("what", ["asset", "positions", "orders", "trades"])
def test_q52_none_is_no_answer(qmt: QmtBench, what: str) -> None:
    qmt.faults.none = {what}
    request = qmt.ask()
    assert what in qmt.wait(ReportFailed, lambda e: e.request == request).text
    assert qmt.downs() == 0


@pytest.mark.parametrize("what", ["positions", "orders", "trades"])
def test_q53_an_empty_list_is_told_as_empty_for_the_engine_to_doubt(qmt: QmtBench, what: str) -> None:
    qmt.state(qmt.order(), OrderState.FILLED)
    qmt.faults.empty = {what}
    report = qmt.report()
    parts = {"positions": report.positions, "orders": report.orders, "trades": report.fills}
    assert parts.pop(what) == ()
    assert all(parts.values())


def test_q54_an_answer_that_is_no_list_is_a_failed_report(qmt: QmtBench, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = qmt.terminal._result
    monkeypatch.setattr(qmt.terminal, "_result", lambda what, acc: 7 if what == "orders" else inner(what, acc))
    request = qmt.ask()
    assert "int" in qmt.wait(ReportFailed, lambda e: e.request == request).text


def test_q55_pushes_without_an_account_are_asked_about_where_there_are_two(qmt: QmtBench) -> None:
    qmt.faults.without = {"account_id"}
    ref = qmt.order()
    asked_again(qmt)
    assert qmt.fills(ref) == []


def test_q56_pushes_without_an_account_are_ours_where_there_is_nobody_else(tmp_path: Path, raw_qmt: QmtBench) -> None:
    raw_qmt.terminal.accounts = (ACCOUNT,)
    raw_qmt.ready()
    raw_qmt.faults.without = {"account_id"}
    ref = raw_qmt.order()
    raw_qmt.wait(FillReported, lambda e: e.fill.ref == ref and e.account == raw_qmt.key)
    assert raw_qmt.downs() == 0


def test_q57_another_accounts_rows_neither_take_our_numbers_nor_our_refs(qmt: QmtBench) -> None:
    qmt.faults.other_account = OTHER
    qmt.faults.lose_answers = 1
    ref = qmt.order()
    qmt.state(ref, OrderState.FILLED)
    qmt.wait(FillReported, lambda e: e.account != qmt.key)
    assert ACCOUNT not in repr(qmt.events)
    assert OTHER not in repr(qmt.events)
    assert {e.account for e in qmt.of(AccountStatusTold)} == {qmt.key, _other_key(qmt)}


def _other_key(bench: QmtBench) -> str:
    return bench.of(FillReported, lambda e: e.account != bench.key)[0].account


def test_q58_every_record_is_written_down_before_it_is_read_and_names_no_account(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Any] = []
    inner_note, inner_read = RawLog.note, Reader.read

    def note(log: RawLog, at: int, generation: int, record: Any) -> None:
        inner_note(log, at, generation, record)
        written.append(record)

    def read(reader: Reader, record: Any, now: int) -> Any:
        assert any(each is record for each in written)
        return inner_read(reader, record, now)

    monkeypatch.setattr(RawLog, "note", note)
    monkeypatch.setattr(Reader, "read", read)
    raw_qmt.ready()
    ref = raw_qmt.order()
    raw_qmt.wait(FillReported, lambda e: e.fill.ref == ref)
    (path,) = raw_qmt.folder.glob("qmt-*.jsonl")
    text = path.read_text()
    assert ACCOUNT not in text
    assert "66****96" in text
    kinds = [json.loads(line)["record"]["type"] for line in text.splitlines()]
    assert {"RawOrder", "RawTrade", "RawAnswer"} <= set(kinds)
    assert raw_qmt.downs() == 0


def test_q58_nor_does_it_name_another_account_of_the_terminal(raw_qmt: QmtBench) -> None:
    raw_qmt.ready()
    raw_qmt.faults.other_account = OTHER
    ref = raw_qmt.order()
    raw_qmt.wait(FillReported, lambda e: e.account != raw_qmt.key)
    raw_qmt.state(ref, OrderState.FILLED)
    (path,) = raw_qmt.folder.glob("qmt-*.jsonl")
    told = {json.loads(line)["record"].get("account_id") for line in path.read_text().splitlines()}
    assert {mask_account(OTHER), "66****96"} <= told
    assert OTHER not in path.read_text()


def test_q59_a_raw_log_that_cannot_be_written_loses_no_event(
    raw_qmt: QmtBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_log: RawLog, _at: int) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RawLog, "_file", full)
    raw_qmt.ready()
    ref = raw_qmt.order()
    raw_qmt.wait(FillReported, lambda e: e.fill.ref == ref)
    assert len([r for r in caplog.records if "raw log" in r.message]) == 1


def test_q60_a_trade_of_yesterday_told_again_keeps_its_own_day(qmt: QmtBench) -> None:
    qmt.faults.changed = {"traded_time": qmt.terminal.now() // 1000 - 86_400}
    ref = qmt.order()
    assert qmt.wait(FillReported, lambda e: e.fill.ref == ref).fill.day == "2026-11-19"


# --- what the terminal says of an account


def test_q91_a_number_listed_for_three_markets_stands_as_its_stock_account_does(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.more_types = {7: 0, 11: 3}
    raw_qmt.ready()
    raw_qmt.report()
    assert raw_qmt.status_numbers() == [0]
    assert raw_qmt.gateway.health.trading.accounts == 2
    raw_qmt.terminal.set_status(ACCOUNT, 5)
    raw_qmt.terminal.set_status(ACCOUNT, 3, kind=7)
    raw_qmt.terminal.set_status(ACCOUNT, 6)
    raw_qmt.until(lambda: raw_qmt.status_numbers()[-1:] == [6])
    assert raw_qmt.status_numbers() == [0, 5, 6]


def test_q92_one_number_in_three_markets_is_one_account(raw_qmt: QmtBench) -> None:
    raw_qmt.terminal.accounts = (ACCOUNT,)
    raw_qmt.faults.more_types = {7: 0, 11: 3}
    raw_qmt.ready()
    assert raw_qmt.gateway.health.trading.accounts == 1
    # then a push that names nobody is ours
    raw_qmt.faults.without = {"account_id"}
    ref = raw_qmt.order()
    assert raw_qmt.wait(FillReported, lambda e: e.fill.ref == ref).account == raw_qmt.key


def test_q93_a_status_whose_correction_was_lost_is_asked_again(raw_qmt: QmtBench) -> None:
    raw_qmt.terminal.status[ACCOUNT] = 2
    raw_qmt.ready()
    raw_qmt.faults.status_lost = True
    raw_qmt.report()
    assert set(raw_qmt.status_numbers()) == {2}
    raw_qmt.set_status(0)
    raw_qmt.report()
    raw_qmt.until(lambda: raw_qmt.status_numbers()[-1:] == [0])
    asked = raw_qmt.terminal.queries.count("status")
    raw_qmt.report()
    raw_qmt.report()
    assert raw_qmt.terminal.queries.count("status") == asked


def test_q94_a_status_nobody_told_at_the_start_is_asked_again(raw_qmt: QmtBench) -> None:
    raw_qmt.faults.none = {"status"}
    raw_qmt.terminal.status[ACCOUNT] = 3
    raw_qmt.ready()
    raw_qmt.report()
    assert raw_qmt.status_numbers() == []
    raw_qmt.faults.none = set()
    raw_qmt.report()
    raw_qmt.until(lambda: raw_qmt.status_numbers() == [3])


def test_q95_a_status_pushed_while_it_was_asked_is_the_newer_one(qmt: QmtBench) -> None:
    hearing = qmt.gateway._trade._hearing
    before = hearing.statuses
    qmt.set_status(3)
    qmt.until(lambda: qmt.status_numbers()[-1:] == [3])
    hearing.stated(qmt.gateway._trade.generation, (RawStatus(ACCOUNT, 2, 0),), before)
    hearing.stated(qmt.gateway._trade.generation, (RawStatus(ACCOUNT, 2, 5),), hearing.statuses)
    qmt.until(lambda: qmt.status_numbers()[-1:] == [5])
    assert qmt.status_numbers() == [0, 3, 5]


@pytest.mark.parametrize("rows", [{"orders": {"price": math.nan}}, {"trades": {"commission": math.nan}},
                                  {"positions": {"avg_price": math.inf}}])  # fmt: skip
def test_q96_a_figure_that_is_no_number_does_not_make_the_account_unreadable(
    qmt: QmtBench, rows: dict[str, dict[str, Any]]
) -> None:
    ref = qmt.order()
    qmt.wait(FillReported, lambda e: e.fill.ref == ref)
    qmt.final(ref)
    qmt.faults.rows_changed = rows
    report = qmt.report()
    assert [row.remark for row in report.orders] == [fill.ref for fill in report.fills] == [ref]
    assert report.unclear == report.odd == ()


def test_q97_why_an_account_was_not_told_is_in_the_health_until_it_is(qmt: QmtBench) -> None:
    qmt.faults.none = {"trades"}
    request = qmt.ask()
    qmt.wait(ReportFailed, lambda e: e.request == request)
    assert qmt.gateway.health.trading.unanswered == names.NO_ANSWER.format("trades")
    qmt.faults.none = set()
    qmt.report()
    assert qmt.gateway.health.trading.unanswered == ""


def test_q104_a_subscription_by_hand_is_told_as_other_business(raw_qmt: QmtBench) -> None:
    raw_qmt.terminal.issues = {BOND: ""}
    raw_qmt.ready()
    raw_qmt.report()
    raw_qmt.by_hand(Side.BUY, 110_000, 10)
    raw_qmt.until(lambda: bool(raw_qmt.report().odd))
    found = raw_qmt.report()
    assert (found.orders, [row.code for row in found.odd]) == ((), [BOND])
    # an order of ours in such a code is ours
    ref = raw_qmt.order()
    raw_qmt.wait(OrderReported, lambda e: e.order.remark == ref)
