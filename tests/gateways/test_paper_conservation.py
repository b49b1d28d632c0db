"""Whatever is sent to the paper broker, its money and its volumes add up exactly, and faults only touch the line."""

from hypothesis import given
from hypothesis import strategies as st
from paper_bench import BOND, BUY, SELL, STOCK, Bench

from qmtdesk.domain.messages import (
    Cancel,
    FillReported,
    OrderReported,
    Query,
    ReportFailed,
    SubmitAnswered,
    SubmitUnknown,
)
from qmtdesk.domain.order import FINAL, Side
from qmtdesk.domain.replacing import replace
from qmtdesk.gateways.paper.faults import AT_ONCE, Delays, Faults

codes = st.sampled_from([BOND, STOCK])
offsets = st.integers(-60, 60)
actions = st.one_of(
    st.tuples(st.just("place"), codes, st.sampled_from([BUY, SELL]), offsets, st.integers(1, 80)),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("quote"), codes, offsets, st.integers(0, 900)),
    st.tuples(st.just("wait"), st.integers(0, 4000)),
    st.tuples(st.just("hand"), codes, st.sampled_from([BUY, SELL]), offsets, st.integers(1, 80)),
    st.tuples(st.just("next_day")),
)
START = {BOND: 600, STOCK: 2_500}
CASH = 30_000_000


class Books:
    """What the fills say the account must hold."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.cash = CASH
        self.held = dict(START)
        self.seen: set[tuple[str, str]] = set()

    def check(self) -> None:
        exchange, account = self.bench.exchange, self.bench.exchange.account
        for fill in exchange.report(self.bench.at).fills:
            if (fill.day, fill.trade_id) in self.seen:
                continue
            self.seen.add((fill.day, fill.trade_id))
            sign = 1 if fill.side is Side.BUY else -1
            self.cash -= sign * fill.price * fill.volume + fill.fee
            self.held[fill.code] += sign * fill.volume
        live = [entry for entry in exchange.orders if entry.on_book]
        assert account.cash == self.cash
        assert account.frozen == sum(entry.frozen for entry in live)
        assert 0 <= account.frozen <= account.cash
        for code, volume in self.held.items():
            held = account.holdings.get(code)
            assert (held.volume if held else 0) == volume
            if held:
                selling = sum(e.left for e in live if e.code == code and e.side is Side.SELL)
                assert 0 <= held.frozen == selling <= held.volume
                assert 0 <= held.bought_today <= held.volume
        for entry in exchange.orders:
            assert 0 <= entry.filled <= entry.volume
            if entry.state in FINAL:
                assert entry.frozen == 0
        asset = exchange.report(self.bench.at).asset
        assert asset.cash == account.cash - account.frozen


def perform(bench: Bench, action: tuple[object, ...]) -> None:
    match action:
        case ("place", str(code), Side() as side, int(offset), int(lots)):
            bench.place(code, side, *terms(code, offset, lots))
        case ("hand", str(code), Side() as side, int(offset), int(lots)):
            bench.exchange.submit_foreign(bench.at, code, side, *terms(code, offset, lots))
        case ("cancel", int(number)):
            bench.exchange.cancel(bench.at, Cancel("", str(1_090_000_001 + number)))
        case ("quote", str(code), int(offset), int(traded)):
            tick = 10 if code == STOCK else 20
            last = (10_000 if code == STOCK else 120_000) + offset * tick
            bids = [(last - tick * n, 70 * n * (offset % 4)) for n in range(1, 6)]
            asks = [(last + tick * n, 60 * n * (offset % 3)) for n in range(6)]
            bench.quote(code, last, bids, asks, traded=traded)
        case ("wait", int(ms)):
            bench.drain(ms)
        case _:
            bench.exchange.close_day(bench.at)
            bench.exchange.open_day("2026-11-20", bench.instruments)
            bench.volumes.clear()


def terms(code: str, offset: int, lots: int) -> tuple[int, int]:
    return (10_000 + offset * 10, lots * 100) if code == STOCK else (120_000 + offset * 20, lots * 10)


@given(stream=st.lists(actions, max_size=60), seed=st.integers(0, 1000), slow=st.booleans())
def test_cash_and_volumes_add_up_after_every_step(stream: list[tuple[object, ...]], seed: int, slow: bool) -> None:
    bench = Bench(held=START, cash=CASH, seed=seed, delays=Delays() if slow else AT_ONCE)
    books = Books(bench)
    for action in stream:
        if action[0] == "next_day":
            # trade numbers start again: what was booked today is booked
            books.check()
            books.seen.clear()
        perform(bench, action)
        books.check()


@given(stream=st.lists(actions, max_size=40), seed=st.integers(0, 1000))
def test_the_same_stream_tells_the_same_story(stream: list[tuple[object, ...]], seed: int) -> None:
    stories = []
    for _ in range(2):
        bench = Bench(held=START, cash=CASH, seed=seed, delays=Delays(), faults=Faults(late=200, twice=100, stale=100))
        for action in stream:
            perform(bench, action)
        bench.drain(5000)
        stories.append((bench.events, bench.exchange.dump()))
    assert stories[0] == stories[1]


@given(stream=st.lists(actions, max_size=40), seed=st.integers(0, 1000), cut=st.integers(0, 40))
def test_saving_and_loading_anywhere_changes_nothing(stream: list[tuple[object, ...]], seed: int, cut: int) -> None:
    plain = Bench(held=START, cash=CASH, seed=seed, delays=Delays())
    saved = Bench(held=START, cash=CASH, seed=seed, delays=Delays())
    for number, action in enumerate(stream):
        if number == cut:
            dump = saved.exchange.dump()
            saved.exchange = replace(saved, cash=0, held={}, seed=0).exchange
            saved.exchange.load(dump)
        perform(plain, action)
        perform(saved, action)
    plain.drain(5000)
    saved.drain(5000)
    assert saved.events == plain.events
    assert saved.exchange.dump() == plain.exchange.dump()


def busy(faults: Faults) -> Bench:
    """Forty orders, every second one marketable, some cancelled, with these faults on the line."""
    bench = Bench(held={BOND: 2000}, delays=Delays(), faults=faults, seed=5)
    for number in range(40):
        bench.quote(BOND, 120_000, [(119_990, 500)], [(120_010, 500)], traded=100)
        bench.place(BOND, SELL if number % 2 else BUY, 119_900 if number % 4 else 120_100, 20)
        bench.drain(1000)
        if number % 3 == 0 and bench.exchange.orders:
            bench.exchange.cancel(bench.at, Cancel("", bench.exchange.orders[-1].broker_id))
        bench.exchange.query(bench.at, Query(number))
    bench.drain(5000)
    return bench


def told(bench: Bench, kind: type) -> list[object]:
    return [event for _, event in bench.events if isinstance(event, kind)]


def test_without_faults_everything_is_told_once() -> None:
    bench = busy(Faults())
    pushed = [event.fill.trade_id for event in told(bench, FillReported)]  # type: ignore[attr-defined]
    booked = [fill.trade_id for fill in bench.exchange.report(bench.at).fills]
    assert sorted(pushed) == sorted(booked) == sorted(set(pushed))
    assert len(told(bench, SubmitAnswered)) == 40
    assert not told(bench, ReportFailed)


def test_lost_orders_never_reach_the_counter_and_nothing_is_said() -> None:
    bench = busy(Faults(lose_order=500))
    assert 5 < len(bench.exchange.orders) < 35
    assert len(told(bench, SubmitAnswered)) == len(bench.exchange.orders)


def test_a_lost_answer_leaves_the_order_alive() -> None:
    bench = busy(Faults(lose_answer=500))
    assert len(bench.exchange.orders) == 40
    assert 5 < len(told(bench, SubmitAnswered)) < 35
    assert {e.order.broker_id for e in told(bench, OrderReported)} == {e.broker_id for e in bench.exchange.orders}  # type: ignore[attr-defined]


def test_an_ambiguous_answer_says_unknown_although_the_order_lives() -> None:
    bench = busy(Faults(ambiguous=500))
    assert len(told(bench, SubmitAnswered)) + len(told(bench, SubmitUnknown)) == 40
    assert len(told(bench, SubmitUnknown)) > 5
    assert len(bench.exchange.orders) == 40


def test_trade_pushes_can_come_twice_or_not_at_all() -> None:
    twice, never = busy(Faults(twice=500)), busy(Faults(drop_trade=500))
    booked = len(twice.exchange.report(twice.at).fills)
    assert len(told(twice, FillReported)) > booked
    assert len({event.fill.trade_id for event in told(twice, FillReported)}) == booked  # type: ignore[attr-defined]
    assert 0 < len(told(never, FillReported)) < len(never.exchange.report(never.at).fills)


def test_late_messages_are_overtaken_and_none_is_lost() -> None:
    plain, late = busy(Faults()), busy(Faults(late=400))
    assert [at for at, _ in late.events] == sorted(at for at, _ in late.events)
    assert len(told(late, OrderReported)) == len(told(plain, OrderReported))
    by_order: dict[str, list[int]] = {}
    for event in told(late, OrderReported):
        by_order.setdefault(event.order.broker_id, []).append(event.order.filled)  # type: ignore[attr-defined]
    answered_late = any(filled != sorted(filled) for filled in by_order.values())
    first = [type(event) for _, event in late.events]
    assert answered_late or first != [type(event) for _, event in plain.events]


def test_an_old_state_can_be_told_again_and_cancels_be_lost() -> None:
    stale = busy(Faults(stale=1000))
    backwards = [e.order for e in told(stale, OrderReported) if e.order.filled == 0]  # type: ignore[attr-defined]
    assert len(backwards) > len(stale.exchange.orders)
    lost = busy(Faults(lose_cancel=1000))
    assert not any("cancel" in e.order.state.value for e in told(lost, OrderReported))  # type: ignore[attr-defined]


def test_rejections_lost_queries_failed_queries_and_cut_remarks_happen_on_demand() -> None:
    assert all(e.order.text for e in told(busy(Faults(reject=1000)), OrderReported) if e.order.state in FINAL)  # type: ignore[attr-defined]
    assert len(told(busy(Faults(fail_query=1000)), ReportFailed)) == 40
    lost = busy(Faults(lose_query=1000))
    assert not [event for _, event in lost.events if type(event).__name__ == "AccountReported"]
    short = busy(Faults(short_remark=1))
    assert {e.order.remark for e in told(short, OrderReported)} == {"r"}  # type: ignore[attr-defined]
    assert len({e.ref for e in told(short, SubmitAnswered)}) == 40  # type: ignore[attr-defined]


def test_a_replayed_day_tells_old_trades_under_their_old_numbers() -> None:
    bench = busy(Faults())
    before = {event.fill for event in told(bench, FillReported)}  # type: ignore[attr-defined]
    bench.events.clear()
    bench.exchange.replay_day(bench.at)
    bench.drain(1000)
    assert {event.fill for event in told(bench, FillReported)} == before  # type: ignore[attr-defined]
    assert len(told(bench, OrderReported)) == len(bench.exchange.orders)
