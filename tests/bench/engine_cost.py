"""What the engine itself costs: a tick, the risk gate, the kill switch, and a start after a busy day.

    python -m tests.bench.engine_cost [--ticks 6000] [--starts 20]

Prints microseconds, p50 and p99 beside the limit each p99 should stay below. Everything but the journal of the start
is in memory: what is measured is the engine, not a disk. Ends with 1 when a limit is passed.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from qmtdesk.domain import messages as m
from qmtdesk.domain.fees import FeeSchedule
from qmtdesk.domain.order import Fill, Order, OrderState, Owner, OwnerKind, Side
from qmtdesk.domain.plans import GridPlan
from qmtdesk.engine import gate
from qmtdesk.engine import records as r
from qmtdesk.engine.books import Ready, State, live_orders
from qmtdesk.engine.core import Step, begin, step
from qmtdesk.engine.risk_limits import RiskLimits
from qmtdesk.gateways.paper.truth import Entry
from qmtdesk.simulate.market_day import MarketDay
from qmtdesk.trader.diary import Diary

CODES = ("113050.SH", "113052.SH", "110059.SH", "127089.SZ", "123107.SZ", "128136.SZ")
PRICE = 120_000
FIRST_ORDER = 1_090_000_000
OPEN, DONE, FILLS_EACH = 500, 500, 10
CASH = 100_000_000_000
FEW, MANY = "six grids", f"{OPEN} open orders, {DONE * FILLS_EACH:,} trades"
US, MS, S = 1, 1_000, 1_000_000
# Windows counts a thread's own time in steps of 16 ms
clock_ns = time.perf_counter_ns if sys.platform == "win32" else time.thread_time_ns


@dataclass(frozen=True, slots=True)
class Figure:
    """Microseconds of many runs of one thing. `limit` 0: none was set, it is told for comparison."""

    name: str
    took: Sequence[float]
    limit: int

    @property
    def p99(self) -> float:
        return percentile(self.took, 99)


def percentile(took: Sequence[float], part: int) -> float:
    """The value that `part` percent do not pass."""
    return sorted(took)[max(0, -(-len(took) * part // 100) - 1)]


def timed(act: Callable[[], object]) -> float:
    """Microseconds of one call, of this thread's own time: what else this computer does is no cost of the engine."""
    began = clock_ns()
    act()
    return (clock_ns() - began) / 1_000


class TimedDay(MarketDay):
    """A market day that keeps how long each step of the core took, by the event."""

    def __post_init__(self) -> None:
        self.took: dict[str, list[float]] = {}
        super().__post_init__()

    def feed(self, event: m.Event) -> Step:
        before, at = self.state, self.at
        self.took.setdefault(type(event).__name__, []).append(timed(lambda: step(before, at, event)))
        return super().feed(event)


def armed_day(**limits: int) -> TimedDay:
    """Six grids armed with their first buys done, in continuous trading."""
    # every limit is on and none is met, so that every check has to look
    names = ("symbol_exposure", "account_exposure", "per_day", "per_symbol_day", "fills_per_minute", "per_day_warn")
    caps = {**dict.fromkeys(names, CASH), "round_trips_per_day": CASH, "per_second": 1_000}
    day = TimedDay(cash=CASH, prices=dict.fromkeys(CODES, PRICE), limits=RiskLimits(**(caps | limits)))
    day.open()
    for code in CODES:
        day.feed(m.ArmGrid(GridPlan(code=code, unit=20, amount=0, live_per_side=4)))
    day.live_market(9_000)
    if sum(1 for book in day.state.grids.values() if book.armed) != len(CODES) or not live_orders(day.state):
        raise SystemExit("the grids did not come to work")
    return day


def ticks(count: int) -> tuple[list[float], list[float]]:
    """Steps of snapshots that wander over many levels, and of the gate for each order that passed it meanwhile."""
    checks: list[float] = []
    whole = gate.refusal

    def refusal(state: State, place: m.Place) -> object:
        began = clock_ns()
        reason = whole(state, place)
        if reason is None:
            checks.append((clock_ns() - began) / 1_000)
        return reason

    day, random = armed_day(), Random(1)
    day.took.clear()
    gate.refusal = refusal  # type: ignore[assignment]
    try:
        for number in range(count):
            code = CODES[number % len(CODES)]
            walked = day.last[code] + random.randrange(-150, 151)
            day.price(code, min(max(walked, 100_000), 140_000), prev=PRICE, volume=10 * number)
            if code == CODES[-1]:
                day.wait(3_000)
            if day.at % 86_400_000 > 3 * 3_600_000:
                day = armed_day_again(day)
    finally:
        gate.refusal = whole
    return day.took["Quoted"], checks


def armed_day_again(old: TimedDay) -> TimedDay:
    """Another morning that goes on with the same figures."""
    day = armed_day()
    day.took = old.took
    return day


def kills(rounds: int) -> list[float]:
    """A press with six grids working: from the key to the state in which nothing may leave and every cancel is out."""
    day = armed_day(min_age_ms=0)
    return [timed(lambda: step(day.state, day.at + 1_000, m.Kill("key"))) for _ in range(rounds)]


# --- a busy day


def busy_records(day: MarketDay) -> list[r.Record]:
    """The journal of a day with many orders, and the same at the counter."""
    records: list[r.Record] = [r.DayBegan(day.day.isoformat())]
    trade = 0
    for number in range(1, OPEN + DONE + 1):
        code = CODES[number % len(CODES)]
        done = number > OPEN
        ref, broker_id = f"q261120-{number:06d}", str(FIRST_ORDER + number)
        price = 110_000 if done else 100_000 - number
        order = Order(
            ref, code, Side.BUY, price, 100, Owner(OwnerKind.GRID, number), OrderState.SENT, day.at, day.at
        )  # fmt: skip
        records += [r.OrderPlaced(order), r.OrderMoved(ref, OrderState.WORKING, day.at, broker_id)]
        entry = Entry(number, broker_id, ref, code, Side.BUY, price, 100, day.at, OrderState.WORKING, fresh=False)
        day.exchange.truth.entries[broker_id] = entry
        for _ in range(FILLS_EACH if done else 0):
            trade += 1
            fill = Fill(
                f"{trade:08d}", day.day.isoformat(), broker_id, ref, code, Side.BUY, price, 10, day.at + trade, 50
            )  # fmt: skip
            records.append(r.FillBooked(fill))
            day.exchange.truth.fills.append(fill)
            day.exchange.truth.account.book_buy(code, 10, price * 10, 50)
        if done:
            entry.state, entry.filled, entry.amount = OrderState.FILLED, 100, price * 100
            records.append(r.OrderMoved(ref, OrderState.FILLED, day.at, broker_id, 100))
    day.exchange.truth.orders_ever = OPEN + DONE
    return records


def busy_day() -> tuple[TimedDay, list[r.Record]]:
    """The day before the program starts on it."""
    names = ("live_total", "live_per_symbol", "symbol_exposure", "account_exposure", "per_day", "per_minute")
    more = ("fills_per_minute", "per_symbol_day", "volume_bp", "round_trips_per_day")
    caps = RiskLimits(**dict.fromkeys((*names, *more), CASH))
    held = dict.fromkeys(CODES, (10, PRICE))
    day = TimedDay(cash=CASH, prices=dict.fromkeys(CODES, PRICE), limits=caps, held=held)
    records = busy_records(day)
    day.at += 60_000
    return day, records


def started(day: TimedDay, path: Path) -> State:
    """From opening the journal to a reconciled account."""
    diary = Diary(path)
    try:
        fresh = State(day.limits, FeeSchedule())
        day.state = diary.begun(lambda past: begin(fresh, past, resume=True))
    finally:
        diary.close()
    day.connect()
    day.quote_all()
    day.wait(2_000)
    if day.state.ready is not Ready.READY or len(live_orders(day.state)) != OPEN:
        raise SystemExit(f"not reconciled: {day.state.ready}, {len(live_orders(day.state))} open orders")
    return day.state


def starts(rounds: int) -> tuple[list[float], State]:
    """Starts on the same journal, each with a counter of its own."""
    took: list[float] = []
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "journal.db"
        day, records = busy_day()
        diary = Diary(path)
        diary.write(day.at, records, durable=True)
        diary.close()
        for _ in range(rounds):
            day, _ = busy_day()
            took.append(timed(lambda day=day: started(day, path)))  # type: ignore[misc]
    return took, day.state


def heavy(state: State, rounds: int) -> tuple[list[float], list[float]]:
    """The gate and a press in the state of a busy day."""
    place = m.Place("q261120-009999", CODES[0], Side.BUY, PRICE - 1_000, 20, Owner(OwnerKind.GRID, 9_999))
    reason = gate.refusal(state, place)
    if reason is not None:
        raise SystemExit(f"the gate refuses: {reason}")
    return (
        [timed(lambda: gate.refusal(state, place)) for _ in range(rounds)],
        [timed(lambda: step(state, state.at + 2_000, m.Kill("key"))) for _ in range(max(1, rounds // 20))],
    )


def show(figures: Sequence[Figure]) -> bool:
    """The table; whether every limit held."""
    print(f"{'what':<56}{'runs':>7}{'p50 us':>11}{'p99 us':>11}{'limit us':>11}")
    for one in figures:
        verdict = "" if not one.limit else "  ok" if one.p99 <= one.limit else "  OVER"
        limit = f"{one.limit:>11,}" if one.limit else f"{'-':>11}"
        print(f"{one.name:<56}{len(one.took):>7}{statistics.median(one.took):>11,.1f}{one.p99:>11,.1f}{limit}{verdict}")
    return all(not one.limit or one.p99 <= one.limit for one in figures)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ticks", type=int, default=6_000)
    parser.add_argument("--starts", type=int, default=20)
    given = parser.parse_args(words)
    quoted, checks = ticks(given.ticks)
    pressed = kills(300)
    took, state = starts(given.starts)
    gated, heavy_kills = heavy(state, 600)
    held = show(
        (
            Figure(f"a tick through the core, {FEW}", quoted, 0),
            Figure(f"the gate, all checks, {FEW}", checks, 50 * US),
            Figure(f"a kill press, {FEW}", pressed, MS),
            Figure(f"the gate, all checks, {MANY}", gated, 0),
            Figure(f"a kill press, {MANY}", heavy_kills, 0),
            Figure(f"start to reconciled, {MANY}", took, 2 * S),
        )
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
