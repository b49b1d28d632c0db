"""Quotes, boards and guards for the tests of the limit-up guard, and recorded ticks as quotes."""

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.plans import GuardPlan
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import Phase, at_of, phase_at
from qmtdesk.strategies.board import Board, BoardMove, step_board, watch
from qmtdesk.strategies.guard import Fired, Guard, GuardContext, GuardMove, arm_guard, step_guard

M = TypeVar("M")
DAY = date(2026, 11, 20)
CODE = "600103.SH"
PREV = 2410
LIMIT = 2650
TICK = 10
CNY = 1000
WAN = 10_000 * CNY


def clock(hour: int, minute: int, second: int = 0, ms: int = 0) -> int:
    return at_of(DAY, hour, minute, second, ms)


TEN = clock(10, 0)


def instrument(code: str = CODE, prev: int = PREV, day: date = DAY, **told: int) -> Instrument:
    return make_instrument(code, "demo", prev, day, **told)


def quote(
    at: int,
    last: int,
    bid: tuple[int, int] = (0, 0),
    ask: tuple[int, int] = (0, 0),
    *,
    volume: int = 10_000_000,
    code: str = CODE,
    prev: int = PREV,
    more_bids: tuple[Level, ...] = (),
) -> Quote:
    return Quote(
        code=code,
        at=at,
        last=last,
        prev_close=prev,
        open=prev,
        high=max(last, prev),
        low=min(last, prev) if last else prev,
        volume=volume,
        amount=volume * prev,
        bids=(Level(*bid) if bid[0] else EMPTY, *more_bids),
        asks=(Level(*ask) if ask[0] else EMPTY,),
    )


def sealed(at: int, wan: int, *, volume: int = 10_000_000) -> Quote:
    """A sealed snapshot with at least that many 万 CNY at the limit, rounded up to whole lots, one at least."""
    lots = max(1, -(-wan * WAN // (LIMIT * 100)))
    return quote(at, LIMIT, (LIMIT, lots * 100), volume=volume)


def opened(at: int, last: int = LIMIT - 50, bid: int = 0) -> Quote:
    return quote(at, last, (bid or last, 5000), (last + 10, 5000))


def at_limit(at: int) -> Quote:
    """The limit was traded, but there is stock on offer at it."""
    return quote(at, LIMIT, (LIMIT - 10, 5000), (LIMIT, 8_000_000))


VIDEO = quote(TEN, LIMIT, (LIMIT, 47_896 * 100))


def context(at: int, **changes: object) -> GuardContext:
    phase = phase_at(classify(CODE), at)
    base = GuardContext(at=at, phase=phase, can_use=18_000, position=20_000, bought_today=2_000, fresh=True)
    return replace(base, **changes)  # type: ignore[arg-type]


@dataclass
class Walk:
    """One stock walked through snapshots with a guard, everything it said kept."""

    plan: GuardPlan
    instrument: Instrument = field(default_factory=instrument)
    can_use: int = 18_000
    position: int = 20_000
    bought_today: int = 2_000
    board: Board = field(init=False)
    guard: Guard | None = None
    board_moves: list[BoardMove] = field(default_factory=list)
    moves: list[GuardMove] = field(default_factory=list)
    last: Quote | None = None

    def __post_init__(self) -> None:
        self.board = watch(self.instrument.code, self.instrument.limit_up)

    def arm(self, at: int = TEN) -> "Walk":
        self.guard = arm_guard(self.plan, self.instrument, at)
        return self

    def tick(self, seen: Quote, *, fresh: bool = True, phase: Phase | None = None) -> list[GuardMove]:
        """Feed one snapshot; what the guard said to it."""
        phase = phase or phase_at(classify(self.instrument.code), seen.at)
        closing = self.plan.closing_auction
        self.board, moved = step_board(self.board, seen, phase, seen.at, decide_in_close_auction=closing)
        self.board_moves += moved
        self.last = seen
        return self.look(seen.at, fresh=fresh, phase=phase)

    def look(self, at: int, *, fresh: bool = True, phase: Phase | None = None) -> list[GuardMove]:
        """Step the guard with the newest snapshot at another time."""
        if self.guard is None or self.last is None:
            return []
        ctx = GuardContext(
            at=at,
            phase=phase or phase_at(classify(self.instrument.code), at),
            can_use=self.can_use,
            position=self.position,
            bought_today=self.bought_today,
            fresh=fresh,
        )
        self.guard, said = step_guard(self.guard, self.board, self.last, ctx)
        self.moves += said
        return list(said)

    @property
    def fired(self) -> list[Fired]:
        return [move for move in self.moves if isinstance(move, Fired)]


@dataclass(frozen=True)
class Tick:
    """One recorded row: the quote, its raw text fields, and its phase."""

    quote: Quote
    raw: dict[str, str]
    phase: Phase


def milli(text: str) -> int:
    return int(Decimal(text) * 1000)


def read_ticks(path: Path, code: str) -> list[Tick]:
    """Recorded snapshots of one code in file order."""
    with gzip.open(path, "rt", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["code"] == code]
    return [_tick(row) for row in rows]


def _tick(row: dict[str, str]) -> Tick:
    def side(name: str) -> tuple[Level, ...]:
        return tuple(Level(milli(row[f"{name}{n}"]), int(float(row[f"{name}_vol{n}"]))) for n in range(1, 6))

    at = int(row["time_ms"])
    seen = Quote(
        code=row["code"],
        at=at,
        last=milli(row["last"]),
        prev_close=milli(row["prev_close"]),
        open=milli(row["open"]),
        high=milli(row["high"]),
        low=milli(row["low"]),
        volume=int(float(row["volume"])),
        amount=milli(row["amount"]),
        bids=side("bid"),
        asks=side("ask"),
        limit_up=milli(row["up_limit"]),
        limit_down=milli(row["down_limit"]),
    )
    return Tick(seen, row, phase_at(classify(row["code"]), at))


def guard_plan(wan: int = 2000, **changes: object) -> GuardPlan:
    """A plan for the demo stock with its threshold in 万 CNY."""
    return replace(GuardPlan(code=CODE, threshold=wan * WAN), **changes)  # type: ignore[arg-type]


def watched(wan: int = 2000, **changes: object) -> Walk:
    """The demo stock, armed."""
    return Walk(guard_plan(wan, **changes)).arm()


def said(moves: Iterable[GuardMove], kind: type[M]) -> list[M]:
    """The moves of one kind."""
    return [move for move in moves if isinstance(move, kind)]
