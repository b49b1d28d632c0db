"""Days of snapshots made of several recordings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.limits import BadPriceError
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.replay.reader import read_file
from qmtdesk.gateways.replay.rows import Recorded, ReplayError

__all__ = ["ReplayDay", "ReplayError", "replay_days"]

_LEAD_MS = 10_000


@dataclass(frozen=True, slots=True)
class ReplayDay:
    """One recorded day (ISO): what is listed, and its snapshots in time order."""

    day: str
    instruments: tuple[Instrument, ...]
    rows: tuple[Recorded, ...]

    @property
    def quotes(self) -> Iterator[Quote]:
        """The snapshots from the first one on, made one by one."""
        return (row.quote() for row in self.rows)

    @property
    def opens_at(self) -> int:
        """When the day begins (Unix ms): before the auction, or before the first snapshot where that comes later."""
        first = self.rows[0].at - _LEAD_MS
        return max(at_of(shanghai_day(first), 9, 14, 50), first)


def replay_days(paths: Iterable[Path]) -> Iterator[ReplayDay]:
    """The days of several recordings, merged by time; equal times keep the order of files and of their rows.

    ReplayError names file and line of the first thing that is wrong. All files are read and checked before the first
    day comes; they stay in memory at some 350 bytes a snapshot.
    """
    files = [read_file(path) for path in paths]
    owned = [(row, found.path) for found in files for row in found.rows]
    owned.sort(key=lambda pair: pair[0].at)
    for day, group in groupby(owned, key=lambda pair: shanghai_day(pair[0].at)):
        pairs = list(group)
        yield ReplayDay(day.isoformat(), _instruments(pairs, day), tuple(row for row, _ in pairs))


def _instruments(pairs: list[tuple[Recorded, Path]], day: date) -> tuple[Instrument, ...]:
    instruments: dict[str, Instrument] = {}
    owners: dict[str, Path] = {}
    for row, path in pairs:
        if row.code not in instruments:
            instruments[row.code] = _instrument(path, row, day)
            owners[row.code] = path
        elif owners[row.code] != path:
            raise ReplayError(path, row.line, f"{row.code} on {day} is in {owners[row.code].name} too")
    return tuple(instruments.values())


def _instrument(path: Path, row: Recorded, day: date) -> Instrument:
    quote = row.quote()
    try:
        # a recording has no names
        return make_instrument(row.code, row.code, quote.prev_close, day, quote.limit_up, quote.limit_down)
    except BadPriceError as error:
        raise ReplayError(path, row.line, str(error)) from None
