"""When the paper exchange publishes a snapshot of a code, and which row of its tape that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from qmtdesk.gateways.paper.tape import AFTERNOON_SLOTS, MORNING_SLOTS, SLOT_MS, UNTIL_THREE_SLOTS

_MINUTE = 60_000
_SECOND = 1000
_OPEN_AUCTION = (9 * 60 + 15) * _MINUTE + 3 * _SECOND
_OPEN_PRINT = (9 * 60 + 25) * _MINUTE
_MORNING = (9 * 60 + 30) * _MINUTE
_AFTERNOON = 13 * 60 * _MINUTE
_CLOSE_AUCTION = (14 * 60 + 57) * _MINUTE + 3 * _SECOND
_CLOSE = 15 * 60 * _MINUTE
_AUCTION_MS = 9000
_OPEN_ROUNDS = 66
_CLOSE_ROUNDS = 20


class Part(Enum):
    """What a snapshot shows: the virtual match of an auction, or the tape."""

    OPEN_AUCTION = 1
    TAPE = 2
    CLOSE_AUCTION = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One snapshot: `ms` of the Shanghai day, tape row, or round of an auction."""

    ms: int
    part: Part
    row: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Evenly spaced frames."""

    start: int
    step: int
    count: int
    part: Part
    row: int

    def last_before(self, ms: int) -> int:
        """How many of its frames come at or before `ms`, less one."""
        return min((ms - self.start) // self.step, self.count - 1)

    def frame(self, place: int) -> Frame:
        return Frame(self.start + place * self.step, self.part, self.row + place)


class Timetable:
    """The frames of one code's day; `phase` (ms) keeps the codes from ticking all at once."""

    def __init__(self, phase: int, *, auction_close: bool) -> None:
        tape = Part.TAPE
        runs = [
            _Run(_OPEN_AUCTION, _AUCTION_MS, _OPEN_ROUNDS, Part.OPEN_AUCTION, 0),
            _Run(_OPEN_PRINT, 1, 1, tape, 0),
            _Run(_MORNING, SLOT_MS, MORNING_SLOTS, tape, 1),
        ]
        after = 1 + MORNING_SLOTS
        if auction_close:
            runs += [
                _Run(_AFTERNOON, SLOT_MS, AFTERNOON_SLOTS, tape, after),
                _Run(_CLOSE_AUCTION, _AUCTION_MS, _CLOSE_ROUNDS, Part.CLOSE_AUCTION, 0),
                _Run(_CLOSE, 1, 1, tape, after + AFTERNOON_SLOTS),
            ]
        else:
            runs.append(_Run(_AFTERNOON, SLOT_MS, UNTIL_THREE_SLOTS, tape, after))
        self.phase = phase
        self._runs = tuple(runs)

    def at(self, ms: int) -> Frame | None:
        """The newest frame at or before `ms` of the day; None before the first."""
        ms -= self.phase
        for run in reversed(self._runs):
            if ms >= run.start:
                return self._moved(run.frame(run.last_before(ms)))
        return None

    def between(self, after: int, until: int) -> Iterator[Frame]:
        """All frames with `after` < ms <= `until`, in order."""
        after -= self.phase
        until -= self.phase
        for run in self._runs:
            if until < run.start:
                return
            first = max((after - run.start) // run.step + 1, 0)
            for place in range(first, run.last_before(until) + 1):
                yield self._moved(run.frame(place))

    def _moved(self, frame: Frame) -> Frame:
        return Frame(frame.ms + self.phase, frame.part, frame.row)
