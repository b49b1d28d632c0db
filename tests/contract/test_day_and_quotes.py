"""Cases C47 to C58: the day, its list, quotes, time, and the end."""

import threading
from itertools import pairwise

from gateway_bench import GatewayBench
from still_feed import BOND, CODES, PREV, STOCK

from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.messages import Cancel, DayOpened, LinkChanged, Place, Query, Quoted, TimePassed
from qmtdesk.domain.order import Owner, OwnerKind, Side
from qmtdesk.engine.ports import Gateway
from tests.stopwatch import Stopwatch


def test_c47_the_day_is_told_with_every_code_and_its_limits(bench: GatewayBench) -> None:
    opened = bench.wait(DayOpened)
    assert opened.day == "2026-11-20"
    listed = {one.code: one for one in opened.instruments}
    assert {BOND, "128901.SZ"} <= listed.keys()
    assert (listed[BOND].prev_close, listed[BOND].limit_up, listed[BOND].limit_down) == (120_000, 144_000, 96_000)
    assert listed[BOND].kind is Kind.BOND
    bench.until(lambda: any(one.code == STOCK for e in bench.of(DayOpened) for one in e.instruments))


def test_c48_bonds_come_with_their_terms(bench: GatewayBench) -> None:
    terms = {one.code: one for one in bench.wait(DayOpened).terms}
    assert terms[BOND].remaining_yuan == 300_000_000
    assert terms[BOND].name


def test_c49_quotes_are_in_li_and_in_pieces_and_never_older_than_the_last(bench: GatewayBench) -> None:
    bench.wait(Quoted, lambda e: e.quote.code == BOND and not e.quote.rough, count=3)
    for code in CODES:
        quotes = [e.quote for e in bench.of(Quoted, lambda e, c=code: e.quote.code == c)]
        assert all(a.at <= b.at for a, b in pairwise(quotes))
        last = quotes[-1]
        assert (last.last, last.prev_close) == (PREV[code], PREV[code])
        assert last.asks[0].volume == last.bids[0].volume == 5_000
        assert last.amount == last.volume * last.last


def test_c50_new_prices_follow_the_market(bench: GatewayBench) -> None:
    bench.feed.show(BOND, ((123_000, 70),), ((123_456, 80),))
    quote = bench.wait(Quoted, lambda e: e.quote.code == BOND and e.quote.asks[0].price == 123_456).quote
    assert (quote.asks[0].volume, quote.bids[0].price, quote.bids[0].volume) == (80, 123_000, 70)
    assert quote.asks[1].price == quote.asks[1].volume == 0


def test_c51_a_code_without_snapshots_is_silent_and_the_others_go_on(bench: GatewayBench) -> None:
    bench.freeze(BOND)
    bench.pass_time(4_000)
    frozen_at = max(e.quote.at for e in bench.of(Quoted, lambda e: e.quote.code == BOND))
    bench.pass_time(9_000)
    # a snapshot told again is not news: its time is what counts
    assert max(e.quote.at for e in bench.of(Quoted, lambda e: e.quote.code == BOND)) == frozen_at
    assert max(e.quote.at for e in bench.of(Quoted, lambda e: e.quote.code == STOCK)) > frozen_at
    bench.freeze()
    bench.wait(Quoted, lambda e: e.quote.code == BOND and e.quote.at > frozen_at)


def test_c52_time_passes_and_never_goes_back(bench: GatewayBench) -> None:
    bench.wait(TimePassed, count=2)
    with bench.news:
        marks = [at for at, event in bench.events if isinstance(event, TimePassed)]
    assert marks == sorted(marks)
    assert abs(bench.gateway.now() - marks[-1]) < 60_000


def test_c53_it_is_a_gateway_as_the_engine_knows_it(bench: GatewayBench) -> None:
    gateway: Gateway = bench.gateway
    assert gateway.now() > 0


def test_c54_no_call_waits_for_anything(bench: GatewayBench) -> None:
    place = Place("qnowait00001", BOND, Side.BUY, 110_000, 10, Owner(OwnerKind.GRID, 1))
    for cut in (False, True):
        if cut:
            bench.cut()
            bench.wait(LinkChanged, lambda e: not e.up)
        with Stopwatch() as watch:
            for number in range(20):
                bench.gateway.submit(place)
                bench.gateway.cancel(Cancel("qnowait00001", "1"))
                bench.gateway.query(Query(1_000 + number))
                bench.gateway.now()
        assert watch.seconds < 0.5


def test_c55_it_stops_within_two_seconds(bench: GatewayBench) -> None:
    bench.order()
    assert bench.stop() < 2


def test_c56_nothing_is_told_after_the_stop(bench: GatewayBench) -> None:
    bench.order()
    bench.ask()
    bench.stop()
    count = len(bench.events)
    bench.set_status(3)
    if bench.kind == "qmt":
        for _ in range(50):
            bench.move()
    threading.Event().wait(0.3)
    assert len(bench.events) == count


def test_c57_what_is_wanted_after_the_stop_is_not_sent(bench: GatewayBench) -> None:
    bench.stop()
    bench.order()
    bench.ask()
    if bench.kind == "qmt":
        for _ in range(50):
            bench.move()
    threading.Event().wait(0.3)
    assert bench.taken() == []


def test_c58_it_may_be_stopped_twice_and_never_started_again_by_that(bench: GatewayBench) -> None:
    bench.stop()
    assert bench.stop() < 2
    assert bench.taken() == []
