"""The paper broker, rule by rule."""

import msgspec
import pytest
from paper_bench import BOND, BUY, OTHER, SELL, STAR, STOCK, Bench

from qmtdesk.domain.messages import (
    AccountReported,
    Cancel,
    FillReported,
    OrderReported,
    Query,
    SubmitAnswered,
    SubmitRefused,
)
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.faults import Delays


def bond_market(bench: Bench, last: int = 120_000) -> None:
    bench.quote(BOND, last, [(last - 10, 300), (last - 20, 500)], [(last + 10, 200), (last + 20, 400)], traded=1000)


def test_an_order_that_crosses_takes_the_displayed_levels_at_their_prices_and_rests_with_the_rest() -> None:
    bench = Bench()
    bond_market(bench)
    ref = bench.place(BOND, BUY, 120_015, 500)
    assert bench.fills(ref) == [(120_010, 200)]
    assert bench.states(ref) == ["working", "partial"]
    bench.quote(BOND, 120_020, [(120_012, 50)], [(120_030, 100)], traded=30)
    assert bench.fills(ref) == [(120_010, 200)], "nothing traded at its price"


def test_two_orders_cannot_take_the_same_displayed_volume() -> None:
    bench = Bench()
    bond_market(bench)
    first, second = bench.place(BOND, BUY, 120_010, 150), bench.place(BOND, BUY, 120_010, 150)
    assert bench.fills(first) == [(120_010, 150)]
    assert bench.fills(second) == [(120_010, 50)]


def test_a_resting_order_waits_for_the_queue_before_it() -> None:
    bench = Bench()
    bond_market(bench)
    ref = bench.place(BOND, BUY, 119_990, 100)  # 300 stand there already
    bench.quote(BOND, 119_990, [(119_990, 300)], [(120_010, 200)], traded=400)  # half of it at the end of a move
    assert bench.fills(ref) == []
    bench.quote(BOND, 119_990, [(119_990, 300)], [(120_010, 200)], traded=140)
    assert bench.fills(ref) == [(119_990, 40)]
    bench.quote(BOND, 119_990, [(119_990, 900)], [(120_010, 200)], traded=60)
    assert bench.fills(ref) == [(119_990, 40), (119_990, 60)]
    assert bench.states(ref)[-1] == "filled"


def test_the_queue_ahead_is_never_longer_than_what_is_displayed() -> None:
    bench = Bench()
    bond_market(bench)
    ref = bench.place(BOND, BUY, 119_990, 100)
    bench.quote(BOND, 120_000, [(119_990, 20)], [(120_010, 200)])  # the others cancelled
    bench.quote(BOND, 119_990, [(119_990, 400)], [(120_010, 200)], traded=240)
    assert bench.fills(ref) == [(119_990, 100)]


def test_a_trade_strictly_beyond_the_price_fills_the_order_at_its_own_price() -> None:
    bench = Bench(held={BOND: 500})
    bond_market(bench)
    buy, sell = bench.place(BOND, BUY, 119_980, 300), bench.place(BOND, SELL, 120_020, 300)
    bench.quote(BOND, 119_970, [(119_960, 100)], [(119_985, 50)], traded=20)
    assert bench.fills(buy) == [(119_980, 300)]
    assert bench.fills(sell) == []
    bench.quote(BOND, 120_030, [(120_025, 100)], [(120_040, 50)], traded=20)
    assert bench.fills(sell) == [(120_020, 300)]


def test_an_offer_strictly_below_a_resting_buy_fills_it_even_without_a_print() -> None:
    bench = Bench()
    bond_market(bench)
    ref = bench.place(BOND, BUY, 119_985, 100)
    bench.quote(BOND, 120_000, [(119_970, 10)], [(119_980, 10)])
    assert bench.fills(ref) == [(119_985, 100)]


def test_own_orders_at_one_price_share_what_traded_there_in_the_order_they_came() -> None:
    bench = Bench()
    bench.quote(BOND, 120_000, [(119_990, 300)], [(120_010, 200)], traded=10)
    first, second = bench.place(BOND, BUY, 120_000, 100), bench.place(BOND, BUY, 120_000, 100)
    bench.quote(BOND, 120_000, [(119_990, 300)], [(120_010, 200)], traded=150)
    assert (bench.fills(first), bench.fills(second)) == ([(120_000, 100)], [(120_000, 50)])


def test_without_any_book_the_last_price_decides_and_touching_is_enough() -> None:
    bench = Bench()
    bench.quote(BOND, 120_000)
    at_once = bench.place(BOND, BUY, 120_100, 100)
    waits = bench.place(BOND, BUY, 119_900, 100)
    assert bench.fills(at_once) == [(120_000, 100)]
    bench.quote(BOND, 119_901)
    assert bench.fills(waits) == []
    bench.quote(BOND, 119_900)
    assert bench.fills(waits) == [(119_900, 100)]


def test_a_sell_at_the_limit_meets_the_queue_of_a_sealed_board_at_once() -> None:
    bench = Bench(held={STOCK: 5000})
    bench.quote(STOCK, 11_000, [(11_000, 400_000), (10_990, 9000)], [], traded=1000)
    ref = bench.place(STOCK, SELL, 11_000, 5000)
    assert bench.fills(ref) == [(11_000, 5000)]


def test_a_buy_on_a_sealed_board_queues_behind_everybody() -> None:
    bench = Bench()
    bench.quote(STOCK, 11_000, [(11_000, 400_000)], [], traded=1000)
    ref = bench.place(STOCK, BUY, 11_000, 100)
    bench.quote(STOCK, 11_000, [(11_000, 399_000)], [], traded=50_000)
    assert bench.fills(ref) == []
    assert bench.states(ref) == ["working"]


def test_orders_of_the_opening_auction_fill_at_its_one_price() -> None:
    bench = Bench(hour=9, minute=16, held={STOCK: 1000})
    bench.quote(STOCK, 0, [(10_100, 500)], [(10_100, 500)])
    better, equal, worse = (bench.place(STOCK, BUY, price, 1000) for price in (10_200, 10_150, 10_100))
    sell = bench.place(STOCK, SELL, 10_000, 500)
    bench.quote(STOCK, 0, [(10_160, 900)], [(10_160, 900)])
    assert bench.fills(better) == [], "a virtual match is no trade"
    bench.go(9, 25)
    bench.quote(STOCK, 10_150, [(10_140, 100)], [(10_160, 100)], traded=2000, after=100)
    assert bench.fills(better) == [(10_150, 1000)]
    assert bench.fills(equal) == [(10_150, 500)]
    assert bench.fills(worse) == []
    assert bench.fills(sell) == [(10_150, 500)]


def test_an_order_of_the_waiting_minutes_meets_the_book_at_half_past_nine() -> None:
    bench = Bench(hour=9, minute=24)
    bench.quote(STOCK, 0, [(10_000, 500)], [(10_000, 500)])
    bench.go(9, 25)
    bench.quote(STOCK, 10_000, [(9_990, 500)], [(10_010, 500)], traded=900, after=100)
    bench.go(9, 27)
    ref = bench.place(STOCK, BUY, 10_050, 200)
    assert bench.states(ref) == ["working"]
    bench.go(9, 30)
    bench.quote(STOCK, 10_000, [(9_990, 500)], [(10_010, 500)], traded=100, after=100)
    assert bench.fills(ref) == [(10_010, 200)]


def test_resting_orders_take_part_in_the_closing_auction() -> None:
    bench = Bench(hour=14, minute=56)
    bench.quote(STOCK, 10_000, [(9_990, 500)], [(10_010, 500)], traded=900)
    ref = bench.place(STOCK, BUY, 9_980, 200)
    bench.go(14, 58)
    bench.quote(STOCK, 10_000, [(9_950, 500)], [(9_950, 500)])
    assert bench.fills(ref) == []
    bench.go(15, 0)
    bench.quote(STOCK, 9_960, [(9_950, 500)], [(9_970, 500)], traded=5000, after=100)
    assert bench.fills(ref) == [(9_960, 200)]


@pytest.mark.parametrize(
    ("code", "side", "price", "volume", "words"),
    [
        (BOND, BUY, 120_000, 15, "[251021]"),
        (STOCK, BUY, 10_000, 150, "[251021]"),
        (STAR, BUY, 50_000, 199, "[251021]"),
        (STOCK, BUY, 10_005, 100, "[251019]"),
        (STOCK, BUY, 11_010, 100, "[251018]"),
        (STOCK, SELL, 8_990, 100, "[251018]"),
        (STOCK, BUY, 10_220, 100, "[251047]"),
        (STOCK, SELL, 9_780, 100, "[251047]"),
        (STOCK, BUY, 10_000, 1_000_100, "[251022]"),
        (BOND, BUY, 120_000, 10_000, "[260200]"),
        (BOND, SELL, 120_000, 10, "[251005]"),
        (STOCK, SELL, 10_000, 1_100, "[251005]"),
        (STOCK, SELL, 10_000, 150, "[251021]"),
    ],
)
def test_the_counter_refuses_with_its_own_words(code: str, side: object, price: int, volume: int, words: str) -> None:
    bench = Bench(held={STOCK: 1000})
    for one, last in ((BOND, 120_000), (STOCK, 10_000), (STAR, 50_000)):
        bench.quote(one, last, [(last - 10, 1000)], [(last + 10, 1000)], traded=100)
    before = msgspec.to_builtins(bench.exchange.account)
    ref = bench.place(code, side, price, volume)  # type: ignore[arg-type]
    assert words in bench.text(ref)
    assert bench.states(ref)[-1] == "rejected"
    assert msgspec.to_builtins(bench.exchange.account) == before


def test_the_cage_does_not_bind_in_an_auction() -> None:
    bench = Bench(hour=9, minute=16)
    bench.quote(STOCK, 0, [(10_000, 500)], [(10_000, 500)])
    ref = bench.place(STOCK, BUY, 11_000, 100)
    assert bench.states(ref) == ["working"]


@pytest.mark.parametrize(("hour", "minute"), [(9, 10), (12, 0), (15, 1)])
def test_no_order_is_taken_when_the_phase_takes_none(hour: int, minute: int) -> None:
    bench = Bench(hour=hour, minute=minute)
    ref = bench.place(BOND, BUY, 120_000, 10)
    assert "[251010]" in bench.text(ref)


def test_an_unknown_code_is_surely_not_placed() -> None:
    bench = Bench()
    ref = bench.place("600000.SH", BUY, 10_000, 100)
    assert [type(event) for event in bench.drain()] == [SubmitRefused]
    assert bench.exchange.orders == ()
    assert ref == "r1"


def test_an_odd_remainder_is_sold_only_in_one_piece() -> None:
    bench = Bench(held={STOCK: 299})
    bench.quote(STOCK, 10_000, [(9_990, 1000)], [(10_010, 1000)], traded=100)
    assert "[251021]" in bench.text(bench.place(STOCK, SELL, 10_000, 198))
    assert bench.states(bench.place(STOCK, SELL, 10_000, 199)) == ["working"]
    assert bench.states(bench.place(STOCK, SELL, 10_000, 100)) == ["working"]


def test_stock_bought_today_cannot_be_sold_today_but_tomorrow() -> None:
    bench = Bench()
    bench.quote(STOCK, 10_000, [(9_990, 1000)], [(10_000, 1000)], traded=100)
    assert bench.fills(bench.place(STOCK, BUY, 10_000, 500)) == [(10_000, 500)]
    assert "[251005]" in bench.text(bench.place(STOCK, SELL, 9_990, 500))
    position = bench.exchange.report(bench.at).positions[0]
    assert (position.volume, position.can_use, position.bought_today) == (500, 0, 500)
    bench.exchange.open_day("2026-11-23", bench.instruments)
    position = bench.exchange.report(bench.at).positions[0]
    assert (position.volume, position.can_use, position.bought_today) == (500, 500, 0)


def test_bonds_bought_today_are_sold_today() -> None:
    bench = Bench()
    bond_market(bench)
    bench.place(BOND, BUY, 120_010, 100)
    sell = bench.place(BOND, SELL, 119_990, 100)
    assert bench.fills(sell) == [(119_990, 100)]


def test_a_buy_freezes_price_and_fee_at_once_and_the_second_of_a_burst_may_bounce() -> None:
    bench = Bench(cash=12_000_000)
    bond_market(bench)
    first, second = bench.place(BOND, BUY, 119_900, 60), bench.place(BOND, BUY, 119_900, 60)
    assert bench.states(first) == ["working"]
    assert "[260200]" in bench.text(second)
    asset = bench.exchange.report(bench.at).asset
    assert asset.frozen == 119_900 * 60 + 360
    assert asset.cash == 12_000_000 - asset.frozen
    bench.cancel(first)
    assert bench.states(first) == ["working", "cancelling", "cancelled"]
    assert bench.exchange.account.frozen == 0


def test_fees_of_an_order_add_up_to_the_fee_of_the_whole() -> None:
    bench = Bench(held={OTHER: 1000})
    bench.quote(OTHER, 20_000, [(20_000, 300), (19_990, 700)], [(20_010, 100)], traded=100)
    ref = bench.place(OTHER, SELL, 19_990, 1000)
    assert bench.fills(ref) == [(20_000, 300), (19_990, 700)]
    amount = 20_000 * 300 + 19_990 * 700
    fees = [fill.fee for fill in bench.exchange.report(bench.at).fills]
    # commission 5 CNY at least; stamp 0.05 %, transfer 0.001 %
    assert (
        sum(fees)
        == 5_000 + (amount * 500 + 5_000_000) // 10_000_000 * 10 + (amount * 10 + 5_000_000) // 10_000_000 * 10
    )
    assert bench.exchange.account.cash == 1_000_000_000 + amount - sum(fees)


def test_a_cancelled_part_filled_order_ends_as_part_cancelled_and_releases_the_rest() -> None:
    bench = Bench(held={BOND: 500})
    bond_market(bench)
    ref = bench.place(BOND, SELL, 119_990, 400)
    assert bench.fills(ref) == [(119_990, 300)]
    bench.cancel(ref)
    assert bench.states(ref)[-2:] == ["part_cancelling", "part_cancelled"]
    position = bench.exchange.report(bench.at).positions[0]
    assert (position.volume, position.can_use) == (200, 200)


def test_a_cancel_that_loses_the_race_is_refused_after_the_fill() -> None:
    bench = Bench(delays=Delays(there_min=50, there_max=50, back_min=10, back_max=10, cancel_min=5000, cancel_max=5000))
    bond_market(bench)
    ref = bench.place(BOND, BUY, 119_990, 100)
    bench.drain(100)
    bench.cancel(ref)
    bench.drain(100)
    assert bench.states(ref) == ["working", "cancelling"]
    bench.quote(BOND, 119_900, [(119_890, 10)], [(119_910, 10)], traded=50)
    bench.drain(6000)
    assert bench.states(ref)[-1] == "filled"
    assert "[251031]" in bench.refused_cancels()[0]


def test_a_fill_may_slip_in_while_the_rest_is_being_cancelled() -> None:
    bench = Bench(delays=Delays(there_min=0, there_max=0, back_min=0, back_max=0, cancel_min=5000, cancel_max=5000))
    bond_market(bench)
    ref = bench.place(BOND, BUY, 119_990, 500)
    bench.cancel(ref)
    bench.quote(BOND, 119_990, [(119_990, 10)], [(120_000, 10)], traded=800)
    bench.drain(5000)
    assert bench.fills(ref) == [(119_990, 100)]
    assert bench.states(ref) == ["working", "cancelling", "part_cancelling", "part_cancelled"]


def test_cancels_of_nothing_of_the_done_and_of_the_locked_minutes_are_refused() -> None:
    bench = Bench(hour=9, minute=21)
    bench.quote(STOCK, 0, [(10_000, 500)], [(10_000, 500)])
    ref = bench.place(STOCK, BUY, 9_900, 100)
    bench.cancel(ref)
    assert "[251032]" in bench.refused_cancels()[-1]
    bench.exchange.cancel(bench.at, Cancel("x", "4711"))
    assert "[251030]" in bench.refused_cancels()[-1]
    bench.go(9, 31)
    bench.cancel(ref)
    assert bench.states(ref)[-1] == "cancelled"
    bench.cancel(ref)
    assert "[251031]" in bench.refused_cancels()[-1]


def test_day_orders_die_at_the_close_and_lists_are_empty_next_day() -> None:
    bench = Bench(held={STOCK: 1000})
    bond_market(bench)
    buy, sell = bench.place(BOND, BUY, 119_000, 100), bench.place(STOCK, SELL, 10_500, 1000)
    bench.go(15, 0, 30)
    bench.exchange.close_day(bench.at)
    assert bench.states(buy)[-1] == bench.states(sell)[-1] == "cancelled"
    assert bench.exchange.account.frozen == bench.exchange.account.holdings[STOCK].frozen == 0
    bench.exchange.open_day("2026-11-23", bench.instruments)
    report = bench.exchange.report(bench.at)
    assert (report.orders, report.fills, report.day) == ((), (), "2026-11-23")


def test_an_order_is_answered_before_it_is_reported_and_after_a_delay() -> None:
    bench = Bench(delays=Delays())
    bond_market(bench)
    sent = bench.at
    bench.place(BOND, BUY, 119_000, 100)
    bench.drain(2000)
    assert [type(event) for _, event in bench.events] == [SubmitAnswered, OrderReported]
    assert all(sent + 90 <= at <= sent + 370 for at, _ in bench.events)


def test_the_last_fill_and_its_order_state_come_in_either_order() -> None:
    seen = set()
    for seed in range(12):
        bench = Bench(seed=seed)
        bond_market(bench)
        bench.place(BOND, BUY, 120_010, 100)
        events = bench.drain()
        assert isinstance(events[0], SubmitAnswered)
        seen.add(tuple(type(event) for event in events[2:]))
    assert seen == {(OrderReported, FillReported), (FillReported, OrderReported)}


def test_a_query_is_answered_with_the_account_as_it_is_when_the_question_arrives() -> None:
    bench = Bench(delays=Delays(there_min=100, there_max=100, back_min=50, back_max=50))
    bond_market(bench)
    bench.exchange.query(bench.at, Query(9))
    bench.place(BOND, BUY, 120_010, 100)
    events = bench.drain(1000)
    told = [event for event in events if isinstance(event, AccountReported)]
    assert [one.request for one in told] == [9]
    assert told[0].report.fills == ()
    assert told[0].report.asset.total == 1_000_000_000


def test_an_order_by_hand_is_told_without_remark_and_without_answer() -> None:
    bench = Bench()
    bond_market(bench)
    broker_id = bench.exchange.submit_foreign(bench.at, BOND, BUY, 120_010, 100)
    events = bench.drain()
    assert {type(event) for event in events} == {OrderReported, FillReported}
    assert {e.order.broker_id for e in events if isinstance(e, OrderReported)} == {broker_id}
    assert {e.order.remark for e in events if isinstance(e, OrderReported)} == {""}
    bench.exchange.submit_foreign(bench.at, "600000.SH", BUY, 120_010, 100)
    assert bench.drain() == []


def test_next_due_names_the_next_thing_that_happens_by_itself() -> None:
    bench = Bench(delays=Delays(there_min=100, there_max=100, back_min=50, back_max=50))
    bond_market(bench)
    assert bench.exchange.next_due() is None
    bench.place(BOND, BUY, 119_000, 100)
    assert bench.exchange.next_due() == bench.at + 100
    bench.drain(100)
    assert bench.exchange.next_due() == bench.at + 50
    assert bench.drain(49) == []
    assert len(bench.drain(1)) == 2
    assert bench.exchange.next_due() is None


def test_a_dump_continues_as_if_nothing_had_happened() -> None:
    bench = Bench(held={BOND: 300}, delays=Delays())
    bond_market(bench)
    bench.place(BOND, BUY, 119_990, 100)
    bench.place(BOND, SELL, 119_990, 200)
    bench.drain(150)
    bench.place(BOND, BUY, 119_980, 100)
    bench.exchange.query(bench.at, Query(1))
    other = PaperExchange(PaperAccount(0), None, Delays(), seed=99)
    other.load(bench.exchange.dump())
    quotes = []
    for last in (120_000, 119_990, 119_985, 119_970):
        quotes.append(bench.quote(BOND, last, [(last - 5, 30)], [(last + 5, 30)], traded=90))
        other.market(quotes[-1])
        assert other.due(bench.at) == bench.exchange.due(bench.at)
    assert other.dump() == bench.exchange.dump()
    assert other.live_codes == bench.exchange.live_codes


def test_bytes_that_are_no_dump_change_nothing() -> None:
    bench = Bench()
    bond_market(bench)
    before = bench.exchange.dump()
    with pytest.raises(msgspec.MsgspecError):
        bench.exchange.load(before[:-7])
    assert bench.exchange.dump() == before
