"""Cases C01 to C26: what becomes of an order, on either gateway."""

import pytest
from gateway_bench import BUY, SELL, GatewayBench
from still_feed import BOND, BOND_SZ, STOCK

from qmtdesk.domain.messages import (
    CancelRefused,
    FillReported,
    OrderReported,
    Place,
    SubmitAnswered,
    SubmitRefused,
    SubmitUnknown,
)
from qmtdesk.domain.order import FINAL, OrderState, Owner, OwnerKind

ASK, BID = 120_001, 119_999


def never_refused(bench: GatewayBench, ref: str) -> None:
    assert bench.of(SubmitRefused, lambda e: e.ref == ref) == []


def test_c01_an_order_is_answered_with_the_number_its_pushes_have(bench: GatewayBench) -> None:
    ref = bench.order()
    answer = bench.wait(SubmitAnswered, lambda e: e.ref == ref)
    row = bench.state(ref, OrderState.FILLED)
    assert row.broker_id == answer.broker_id != ""
    assert (row.code, row.side, row.price, row.volume, row.filled) == (BOND, BUY, ASK, 10, 10)


def test_c02_an_order_off_the_market_is_told_as_working_and_nothing_is_filled(bench: GatewayBench) -> None:
    ref, _ = bench.resting()
    bench.pass_time(6_000)
    assert bench.fills(ref) == []


def test_c03_a_fill_is_told_to_the_li_and_with_its_fee(bench: GatewayBench) -> None:
    ref = bench.order(volume=20)
    fill = bench.wait(FillReported, lambda e: e.fill.ref == ref).fill
    assert (fill.code, fill.side, fill.price, fill.volume, fill.day) == (BOND, BUY, ASK, 20, "2026-11-20")
    with bench.truth() as world:
        (true,) = world.exchange.report(world.at).fills
    assert (fill.broker_id, fill.price, fill.volume, fill.fee) == (true.broker_id, true.price, true.volume, true.fee)
    assert abs(fill.at - true.at) < 1_000


def test_c04_a_part_filled_order_goes_on_until_it_is_filled(bench: GatewayBench) -> None:
    bench.feed.show(BOND, ((BID, 100),), ((ASK, 30),))
    bench.pass_time(4_000)
    ref = bench.order(volume=50)
    assert bench.state(ref, OrderState.PARTIAL).filled == 30
    row = bench.state(ref, OrderState.FILLED)
    assert row.filled == 50
    bench.until(lambda: sum(fill.volume for fill in bench.fills(ref)) == 50, "all trades")
    assert len({fill.trade_id for fill in bench.fills(ref)}) == len(bench.fills(ref)) > 1


def test_c05_a_resting_order_is_cancelled_and_its_money_is_free_again(bench: GatewayBench) -> None:
    before = bench.report().asset.cash
    ref, number = bench.resting()
    assert bench.report().asset.cash < before
    bench.cancel(ref, number)
    row = bench.state(ref, OrderState.CANCELLED)
    assert (row.broker_id, row.filled) == (number, 0)
    assert bench.report().asset.cash == before


def test_c06_what_was_filled_stays_when_the_rest_is_cancelled(bench: GatewayBench) -> None:
    bench.feed.printing = False
    bench.feed.show(BOND, ((BID, 100),), ((ASK, 30),))
    bench.pass_time(4_000)
    bench.feed.show(BOND, ((BID, 100),), ((ASK + 500, 30),))
    ref = bench.order(BUY, ASK, 50)
    number = bench.state(ref, OrderState.PARTIAL).broker_id
    bench.cancel(ref, number)
    row = bench.final(ref)
    assert (row.state, row.filled) == (OrderState.PART_CANCELLED, 30)


def test_c07_a_finished_order_is_not_cancelled_and_that_is_said(bench: GatewayBench) -> None:
    ref = bench.order()
    number = bench.state(ref, OrderState.FILLED).broker_id
    bench.cancel(ref, number)
    assert bench.wait(CancelRefused, lambda e: e.broker_id == number).text
    assert bench.of(OrderReported, lambda e: e.order.remark == ref)[-1].order.state is OrderState.FILLED


def test_c08_a_cancel_that_loses_the_race_leaves_the_order_filled(bench: GatewayBench) -> None:
    ref, number = bench.resting()
    bench.feed.show(BOND, ((BID - 400, 100),), ((BID - 300, 5_000),))
    with bench.truth() as world:
        due = world.at // 3_000 * 3_000 + 3_000
    bench.until(lambda: bench.gateway.now() >= due - 100, "the moment before the snapshot")
    bench.cancel(ref, number)
    row = bench.final(ref)
    with bench.truth() as world:
        (true,) = [entry for entry in world.exchange.orders if entry.broker_id == number]
        assert (row.state, row.filled) == (true.state, true.filled)
    bench.until(lambda: row.filled == sum(fill.volume for fill in bench.fills(ref)), "its trades")
    if row.state is OrderState.FILLED:
        bench.wait(CancelRefused, lambda e: e.broker_id == number)


def test_c09_a_cancel_of_a_number_nobody_knows_ends_no_order(bench: GatewayBench) -> None:
    ref, _ = bench.resting()
    bench.cancel("x", "4711")
    assert bench.wait(CancelRefused, lambda e: e.broker_id == "4711").text
    assert not bench.of(OrderReported, lambda e: e.order.remark == ref and e.order.state in FINAL)


@pytest.mark.parametrize(
    ("number", "price", "volume", "word"),
    [("c10", BID, 100_000, "资金"), ("c11", ASK, 5, "数量"), ("c12", 200_000, 10, "涨跌幅")],
)
def test_c10_to_c12_what_the_counter_rejects_is_told_in_its_own_words(
    bench: GatewayBench, number: str, price: int, volume: int, word: str
) -> None:
    ref = bench.order(BUY, price, volume)
    row = bench.final(ref)
    assert row.state is OrderState.REJECTED, number
    assert word in row.text
    assert bench.fills(ref) == []


def test_c13_a_price_between_two_ticks_is_rejected_and_not_rounded(bench: GatewayBench) -> None:
    ref = bench.order(BUY, 10_015, 100, STOCK)
    assert "最小变动" in bench.final(ref).text


def test_c14_a_code_that_does_not_exist_has_no_order_at_the_counter(bench: GatewayBench) -> None:
    bench.gateway.submit(Place("qnone0000001", "128999.SZ", BUY, 100_000, 10, Owner(OwnerKind.GRID, 1)))
    bench.until(
        lambda: bool(
            bench.of(SubmitRefused, lambda e: e.ref == "qnone0000001")
            or bench.of(SubmitUnknown, lambda e: e.ref == "qnone0000001")
        )
    )
    assert bench.report().orders == ()


def test_c15_an_order_that_never_arrived_is_silence_and_never_a_refusal(bench: GatewayBench) -> None:
    bench.fault("lose_order")
    bench.pass_time(200)
    ref = bench.order()
    bench.pass_time(8_000)
    never_refused(bench, ref)
    assert bench.of(SubmitAnswered, lambda e: e.ref == ref) == []
    assert bench.report().orders == ()


def test_c16_a_lost_answer_leaves_an_order_that_lives(bench: GatewayBench) -> None:
    bench.fault("lose_answer")
    bench.pass_time(200)
    ref = bench.order()
    assert bench.state(ref, OrderState.FILLED).broker_id
    assert bench.wait(FillReported, lambda e: e.fill.ref == ref)
    never_refused(bench, ref)
    assert len(bench.taken()) == 1


def test_c17_an_answer_that_knows_nothing_is_unknown_and_never_refused(bench: GatewayBench) -> None:
    bench.fault("unknown")
    bench.pass_time(200)
    ref = bench.order()
    bench.wait(SubmitUnknown, lambda e: e.ref == ref)
    assert bench.state(ref, OrderState.FILLED).filled == 10
    never_refused(bench, ref)
    assert bench.of(SubmitAnswered, lambda e: e.ref == ref) == []


def test_c18_a_trade_told_twice_has_the_same_name_both_times(bench: GatewayBench) -> None:
    bench.fault("twice")
    bench.pass_time(200)
    ref = bench.order()
    bench.wait(FillReported, lambda e: e.fill.ref == ref, count=2)
    assert len({(fill.day, fill.trade_id) for fill in bench.fills(ref)}) == 1


def test_c19_trades_of_two_orders_have_two_names(bench: GatewayBench) -> None:
    refs = [bench.order(), bench.order(SELL)]
    names = {bench.wait(FillReported, lambda e, r=ref: e.fill.ref == r).fill.trade_id for ref in refs}
    assert len(names) == 2


def test_c20_an_answer_that_comes_late_still_names_its_order(bench: GatewayBench) -> None:
    bench.fault("late")
    bench.pass_time(200)
    refs = [bench.order() for _ in range(5)]
    for ref in refs:
        answer = bench.wait(SubmitAnswered, lambda e, r=ref: e.ref == r)
        assert bench.final(ref).broker_id == answer.broker_id
    assert len({number for _, number in bench.taken()}) == 5


def test_c21_a_cut_remark_does_not_part_an_order_from_its_number(bench: GatewayBench) -> None:
    bench.fault("short_remark")
    bench.pass_time(200)
    refs = [bench.order(), bench.order(SELL)]
    numbers = {}
    for ref in refs:
        numbers[ref] = bench.wait(SubmitAnswered, lambda e, r=ref: e.ref == r).broker_id
    for ref, side in zip(refs, (BUY, SELL), strict=True):
        fill = bench.wait(FillReported, lambda e, r=ref: e.fill.broker_id == numbers[r]).fill
        assert fill.side is side


def test_c22_a_state_nobody_knows_is_told_as_unknown_and_by_its_name(bench: GatewayBench) -> None:
    bench.fault("odd_status")
    bench.pass_time(200)
    bench.order()
    row = bench.wait(OrderReported, lambda e: e.order.state is OrderState.UNKNOWN).order
    assert row.odd
    assert row.code == BOND


def test_c23_the_second_order_of_a_burst_bounces_when_the_first_took_the_money(bench: GatewayBench) -> None:
    first = bench.order(BUY, BID - 100, 500)
    second = bench.order(BUY, BID - 100, 500)
    rows = {ref: bench.wait(OrderReported, lambda e, r=ref: e.order.remark == r).order for ref in (first, second)}
    assert rows[first].state is OrderState.WORKING
    assert bench.final(second).state is OrderState.REJECTED


def test_c24_two_orders_at_once_do_not_take_each_others_numbers(bench: GatewayBench) -> None:
    refs = {bench.order(code=code): code for code in (BOND, BOND_SZ, BOND, BOND_SZ)}
    numbers = {bench.wait(SubmitAnswered, lambda e, r=ref: e.ref == r).broker_id for ref in refs}
    assert len(numbers) == 4
    assert {bench.final(ref).code for ref in refs} == {BOND, BOND_SZ}
    for ref, code in refs.items():
        assert bench.final(ref).code == code


def test_c25_the_remark_that_reaches_the_counter_is_the_whole_ref(bench: GatewayBench) -> None:
    ref = bench.order(ref="qabcd261120000123456")
    bench.final(ref)
    assert len(ref) == 20
    assert [remark for remark, _ in bench.taken()] == [ref]


def test_c26_each_order_is_sent_once_whatever_happens_to_its_answers(bench: GatewayBench) -> None:
    for fault in ("lose_answer", "unknown", "late"):
        bench.fault(fault)
        bench.pass_time(200)
        bench.order()
        bench.pass_time(3_000)
    bench.cut()
    bench.pass_time(2_000)
    bench.mend(replay=True)
    bench.pass_time(8_000)
    assert len(bench.taken()) == 3
