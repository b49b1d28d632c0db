"""Price paths of board days: limits that seal, weaken, break and seal again, or hold from open to close."""

from dataclasses import dataclass
from enum import Enum
from random import Random

from qmtdesk.domain.instrument import Instrument
from qmtdesk.gateways.paper.tape import Tape, tape_of

CYCLE = 160
"""Slots from one seal to the next one (8 minutes)."""
STAGGER = 20
"""Slots between the cycles of two stocks, so that one of them does something every minute."""
_BUILD = 30
_WEAKEN = 80
_BREAK = 112
_DROP = 14
_QUEUE_FROM = 2
"""Slots before a seal in which the limit trades with offers still standing."""

_MILLION = 1_000_000_000  # 厘


class _Plot(Enum):
    """How one cycle ends."""

    FADES = 1  # the queue melts away, then the board breaks
    FALLS = 2  # half the queue still stands when a large seller breaks it
    HOLDS = 3  # the queue weakens and recovers


@dataclass(frozen=True, slots=True)
class _Cycle:
    """One cycle: `peak` and `low` of the seal in 厘, `dip` of the price while broken in basis points."""

    peak: int
    low: int
    dip: int
    plot: _Plot
    from_peak: int


@dataclass(frozen=True, slots=True)
class Board:
    """What a board day needs: the first seal's slot, the opening price in 厘, the usual volume of a snapshot."""

    first_seal: int
    open: int
    flow: int
    slots: int


def locked_tape(chance: Random, instrument: Instrument, board: Board) -> Tape:
    """一字: at the limit from the auction to the close, the queue swaying between about 100 and 300 million."""
    limit = instrument.limit_up
    queue = chance.randint(120, 240) * _MILLION
    rows = board.slots + 2
    seal, traded = [], []
    for low, high in zip(chance.randbytes(rows), chance.randbytes(rows), strict=True):
        queue += queue * (low + high - 255) // 60_000
        queue = min(max(queue, 100 * _MILLION), 300 * _MILLION)
        seal.append(queue // limit // 100 * 100)
        traded.append((low + 1) * 100 if low < 90 else 0)
    traded[0] = queue // limit // 20 // 100 * 100
    return tape_of([limit] * rows, traded, seal, board.flow)


def cycling_tape(chance: Random, instrument: Instrument, board: Board) -> Tape:
    """A board that opens and closes all day, sealed at the close."""
    limit = instrument.limit_up
    climb = _climb(chance, instrument, board)
    last, seal, traded = climb
    cycles = _cycles(chance, board)
    seen = chance.randbytes(2 * board.slots)
    for slot in range(board.first_seal, board.slots):
        number, step = divmod(slot - board.first_seal, CYCLE)
        cycle = cycles[number]
        a, b = seen[2 * slot], seen[2 * slot + 1]
        if step >= _BREAK and cycle.plot is not _Plot.HOLDS:
            last.append(_broken_price(instrument, cycle, step, a))
            seal.append(0)
            traded.append((board.flow * (b + 40) // 60 + (board.flow * 12 if step == _BREAK else 0)) // 100 * 100)
            continue
        amount = _seal_amount(cycle, step) * (10_000 + (a - 128) * 3) // 10_000
        queue = max(amount // limit // 100, 1) * 100
        last.append(limit)
        seal.append(queue)
        eaten = max(seal[-2] - queue, 0) * 2 // 5 if step >= _WEAKEN else 0
        traded.append((queue * b // 60_000 + eaten) // 100 * 100)
    last.append(limit)
    seal.append(seal[-1])
    traded.append(board.flow * 5 // 100 * 100)
    return tape_of(last, traded, seal, board.flow)


def _cycles(chance: Random, board: Board) -> list[_Cycle]:
    cycles: list[_Cycle] = []
    from_peak = 0
    for start in range(board.first_seal, board.slots, CYCLE):
        ends_open = start + _BREAK < board.slots < start + CYCLE
        draw = 99 if ends_open else chance.randrange(100)
        plot = _Plot.FADES if draw < 60 else _Plot.FALLS if draw < 78 else _Plot.HOLDS
        # three in four grow past the usual threshold of a guard, the others never do
        millions = chance.choice((34, 45, 60, 85, 120, 170, 230, 300)) if chance.randrange(4) else chance.randint(6, 19)
        # a queue that recovered grows on from where it was
        peak = max(millions * _MILLION * chance.randint(90, 100) // 100, from_peak)
        low = min(chance.randint(1_000, 3_000) * 1_000_000, peak // 8) if plot is _Plot.FADES else peak * 2 // 5
        cycles.append(_Cycle(peak, low, chance.randint(60, 400), plot, from_peak))
        from_peak = peak if plot is _Plot.HOLDS else 0
    return cycles


def _seal_amount(cycle: _Cycle, step: int) -> int:
    if step < _BUILD:
        start = cycle.from_peak or cycle.peak // 20
        return start + (cycle.peak - start) * step // _BUILD
    if step < _WEAKEN:
        return cycle.peak
    if step < _BREAK:
        # all plots lose half of their queue at about the same step, so that no minute passes without it somewhere
        span = _BREAK - _WEAKEN if cycle.plot is _Plot.FADES else _DROP
        left = max(_WEAKEN + span - step, 0)
        return cycle.low + (cycle.peak - cycle.low) * left * left // (span * span)
    return cycle.low + (cycle.peak - cycle.low) * (step - _BREAK) // (CYCLE - _BREAK)


def _broken_price(instrument: Instrument, cycle: _Cycle, step: int, wobble: int) -> int:
    """Down within a third of the time, back up in the rest; the limit again just before it seals."""
    limit, tick = instrument.limit_up, instrument.tick
    if step >= CYCLE - _QUEUE_FROM:
        return limit
    since, span = step - _BREAK + 1, CYCLE - _BREAK
    share = min(since * 3000 // span, (span - since) * 1500 // span, 1000)
    share += (wobble - 128) * share // 700
    fall = limit * cycle.dip * share // 10_000_000
    return limit - max(fall // tick, 1) * tick


def _climb(chance: Random, instrument: Instrument, board: Board) -> tuple[list[int], list[int], list[int]]:
    """From the open to the first seal."""
    limit, tick = instrument.limit_up, instrument.tick
    last, seal = [board.open], [0]
    traded = [board.flow * chance.randrange(4, 10) // 100 * 100]
    way = board.first_seal - _QUEUE_FROM
    for slot, (a, b) in enumerate(zip(*[iter(chance.randbytes(2 * board.first_seal))] * 2, strict=True)):
        if slot >= way:
            price = limit
        else:
            straight = board.open + (limit - board.open) * slot // way
            price = min(straight + (a - 128) * limit // 40_000, limit - tick) // tick * tick
        last.append(price)
        seal.append(0)
        traded.append(board.flow * (b + 60) // 60 // 100 * 100)
    return last, seal, traded
