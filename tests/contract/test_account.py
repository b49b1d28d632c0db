"""Cases C27 to C46: questions about the account, the link, other accounts, other programs."""

from gateway_bench import BUY, SELL, GatewayBench
from still_feed import BOND, STOCK

from qmtdesk.domain.messages import (
    AccountReported,
    AccountStatusTold,
    FillReported,
    LinkChanged,
    OrderReported,
    ReportFailed,
    SubmitAnswered,
)
from qmtdesk.domain.order import OrderState, Side

BID = 119_999


def test_c27_a_report_is_the_whole_account_as_the_counter_has_it(bench: GatewayBench) -> None:
    bought, sold = bench.order(volume=30), bench.order(SELL, volume=20)
    bench.resting()
    for ref in (bought, sold):
        bench.state(ref, OrderState.FILLED)
    report = bench.report()
    with bench.truth() as world:
        true = world.exchange.report(world.at)
    assert (report.asset.cash, report.asset.frozen) == (true.asset.cash, true.asset.frozen)
    assert {(p.code, p.volume, p.can_use) for p in report.positions} == {
        (p.code, p.volume, p.can_use) for p in true.positions
    }
    assert {(o.broker_id, o.remark, o.state, o.filled, o.price, o.volume) for o in report.orders} == {
        (o.broker_id, bench.remark(o.remark), o.state, o.filled, o.price, o.volume) for o in true.orders
    }
    assert {(f.broker_id, f.ref, f.price, f.volume, f.fee) for f in report.fills} == {
        (f.broker_id, bench.remark(f.ref), f.price, f.volume, f.fee) for f in true.fills
    }
    assert report.day == "2026-11-20"


def test_c28_a_report_is_of_a_time_after_its_question(bench: GatewayBench) -> None:
    asked = bench.gateway.now()
    assert asked <= bench.report().at <= bench.gateway.now()


def test_c29_a_question_that_failed_is_no_report(bench: GatewayBench) -> None:
    bench.fault("fail_query")
    bench.pass_time(200)
    request = bench.ask()
    assert bench.wait(ReportFailed, lambda e: e.request == request).text
    assert bench.of(AccountReported, lambda e: e.request == request) == []


def test_c30_the_next_question_after_a_failed_one_is_answered(bench: GatewayBench) -> None:
    bench.fault("fail_query")
    bench.pass_time(200)
    bench.ask()
    bench.wait(ReportFailed)
    bench.fault("fail_query", on=False)
    bench.pass_time(200)
    assert bench.report().positions


def test_c31_a_question_nobody_answers_is_no_report(bench: GatewayBench) -> None:
    bench.fault("silent_query")
    bench.pass_time(200)
    request = bench.ask()
    bench.pass_time(10_000)
    assert bench.of(AccountReported, lambda e: e.request == request) == []


def test_c32_what_is_under_a_working_sell_cannot_be_used(bench: GatewayBench) -> None:
    ref = bench.order(SELL, 125_000, 400)
    bench.state(ref, OrderState.WORKING)
    (held,) = [p for p in bench.report().positions if p.code == BOND]
    assert (held.volume, held.can_use) == (1_000, 600)


def test_c33_a_stock_bought_today_cannot_be_sold_today_and_a_bond_can(bench: GatewayBench) -> None:
    refs = [bench.order(volume=100, code=STOCK), bench.order(volume=100)]
    for ref in refs:
        bench.state(ref, OrderState.FILLED)
    held = {p.code: p for p in bench.report().positions}
    assert (held[STOCK].volume, held[STOCK].can_use, held[STOCK].bought_today) == (2_100, 2_000, 100)
    assert (held[BOND].volume, held[BOND].can_use) == (1_100, 1_100)


def test_c34_a_broken_link_is_told_once_and_so_is_its_return(bench: GatewayBench) -> None:
    bench.cut()
    assert not bench.wait(LinkChanged, lambda e: not e.up).up
    bench.pass_time(10_000)
    assert len(bench.of(LinkChanged, lambda e: not e.up)) == 1
    bench.mend()
    bench.wait(LinkChanged, lambda e: e.up, count=2)
    assert len({e.account for e in bench.of(LinkChanged)}) == 1


def test_c35_an_order_without_a_link_reaches_nobody(bench: GatewayBench) -> None:
    bench.cut()
    bench.wait(LinkChanged, lambda e: not e.up)
    ref = bench.order()
    bench.pass_time(2_000)
    bench.mend()
    bench.wait(LinkChanged, lambda e: e.up, count=2)
    bench.pass_time(4_000)
    assert bench.taken() == []
    assert bench.of(SubmitAnswered, lambda e: e.ref == ref) == []


def test_c36_a_question_without_a_link_is_no_report(bench: GatewayBench) -> None:
    bench.cut()
    bench.wait(LinkChanged, lambda e: not e.up)
    request = bench.ask()
    bench.pass_time(3_000)
    assert bench.of(AccountReported, lambda e: e.request == request) == []


def test_c37_the_day_told_again_after_a_reconnect_has_the_names_it_had(bench: GatewayBench) -> None:
    ref = bench.order()
    bench.wait(FillReported, lambda e: e.fill.ref == ref)
    bench.state(ref, OrderState.FILLED)
    bench.cut()
    bench.wait(LinkChanged, lambda e: not e.up)
    bench.mend(replay=True)
    bench.wait(LinkChanged, lambda e: e.up, count=2)
    bench.wait(FillReported, lambda e: e.fill.ref == ref, count=2)
    assert len({(fill.day, fill.trade_id, fill.broker_id) for fill in bench.fills(ref)}) == 1
    bench.wait(OrderReported, lambda e: e.order.remark == ref and e.order.state is OrderState.FILLED, count=2)


def test_c38_what_happened_while_the_link_was_down_is_in_the_next_report(bench: GatewayBench) -> None:
    ref, number = bench.resting()
    bench.cut()
    bench.wait(LinkChanged, lambda e: not e.up)
    bench.feed.show(BOND, ((BID - 400, 100),), ((BID - 300, 5_000),))
    bench.pass_time(6_000)
    assert bench.fills(ref) == []
    bench.mend()
    bench.wait(LinkChanged, lambda e: e.up, count=2)
    report = bench.report()
    assert [(o.broker_id, o.state) for o in report.orders] == [(number, OrderState.FILLED)]
    assert [(f.broker_id, f.volume) for f in report.fills] == [(number, 10)]


def test_c39_what_is_told_of_another_account_says_whose_it_is(bench: GatewayBench) -> None:
    bench.fault("other_account")
    bench.pass_time(200)
    ref = bench.order()
    bench.state(ref, OrderState.FILLED)
    strangers = bench.wait(FillReported, lambda e: e.account != bench.key)
    assert strangers.account
    assert [fill.volume for fill in bench.fills(ref)] == [10]


def test_c40_how_the_account_stands_is_told_when_it_changes(bench: GatewayBench) -> None:
    bench.set_status(5)
    bench.wait(AccountStatusTold, lambda e: e.number == 5 and e.account == bench.key)
    bench.set_status(0)
    bench.until(lambda: bench.of(AccountStatusTold, lambda e: e.account == bench.key)[-1].number == 0)
    told = [event.number for event in bench.of(AccountStatusTold, lambda e: e.account == bench.key)]
    assert told[-2:] == [5, 0]


def test_c41_how_the_account_stands_is_told_after_each_return_of_the_link(bench: GatewayBench) -> None:
    bench.cut()
    bench.wait(LinkChanged, lambda e: not e.up)
    bench.mend()
    bench.wait(LinkChanged, lambda e: e.up, count=2)

    def told_after() -> list[int]:
        with bench.news:
            events = [event for _, event in bench.events]
        up = max(at for at, event in enumerate(events) if isinstance(event, LinkChanged) and event.up)
        return [e.number for e in events[up:] if isinstance(e, AccountStatusTold) and e.account == bench.key]

    bench.until(told_after)
    assert told_after() == [0]


def test_c42_an_order_typed_into_the_terminal_is_told_with_its_trade(bench: GatewayBench) -> None:
    bench.by_hand(Side.BUY, 121_000, 20)
    row = bench.wait(OrderReported, lambda e: e.order.state is OrderState.FILLED).order
    assert row.remark == ""
    fill = bench.wait(FillReported, lambda e: e.fill.broker_id == row.broker_id).fill
    assert (fill.ref, fill.volume) == ("", 20)
    assert [o.broker_id for o in bench.report().orders] == [row.broker_id]


def test_c43_another_programs_order_keeps_its_remark(bench: GatewayBench) -> None:
    bench.by_hand(Side.SELL, 121_000, 20, "other-program-17")
    assert bench.wait(OrderReported).order.remark == "other-program-17"


def test_c44_a_report_taken_while_the_account_moves_adds_up(bench: GatewayBench) -> None:
    bench.feed.printing = False
    bench.feed.show(BOND, ((BID, 10),), ((BID + 2, 10),))
    bench.pass_time(4_000)
    ref = bench.order(BUY, BID + 2, 200)
    bench.state(ref, OrderState.PARTIAL)
    for _ in range(5):
        request = bench.ask()
        bench.until(
            lambda r=request: bool(  # type: ignore[misc]
                bench.of(AccountReported, lambda e: e.request == r) or bench.of(ReportFailed, lambda e: e.request == r)
            )
        )
    reports = bench.of(AccountReported)
    assert reports
    for told in reports:
        (row,) = told.report.orders
        (held,) = [p for p in told.report.positions if p.code == BOND]
        assert row.filled == sum(f.volume for f in told.report.fills) == held.volume - 1_000


def test_c45_a_lost_cancel_is_no_answer_and_the_next_one_works(bench: GatewayBench) -> None:
    ref, number = bench.resting()
    bench.fault("lose_cancel")
    bench.pass_time(200)
    bench.cancel(ref, number)
    bench.pass_time(3_000)
    assert not bench.of(OrderReported, lambda e: e.order.state is OrderState.CANCELLED)
    bench.fault("lose_cancel", on=False)
    bench.pass_time(200)
    bench.cancel(ref, number)
    bench.state(ref, OrderState.CANCELLED)


def test_c46_a_trade_whose_push_was_lost_is_in_the_report(bench: GatewayBench) -> None:
    bench.fault("drop_trade")
    bench.pass_time(200)
    ref = bench.order(BUY)
    number = bench.state(ref, OrderState.FILLED).broker_id
    assert bench.fills(ref) == []
    (fill,) = bench.report().fills
    assert (fill.broker_id, fill.volume) == (number, 10)
    assert BUY is fill.side
