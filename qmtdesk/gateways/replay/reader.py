"""Reading recordings: which kind of file it is, its rows, and days of snapshots made of several files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.limits import BadPriceError
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.gateways.replay.bars import BAR_COLUMNS, LINE_COLUMNS, read_bars, read_lines
from qmtdesk.gateways.replay.rows import Recorded, RecordedFile, ReplayError, lines_of
from qmtdesk.gateways.replay.ticks import COLUMNS, read_ticks


@dataclass(frozen=True, slots=True)
class ReplayDay:
    """One recorded day: what is listed, and its snapshots in time order."""

    day: date
    instruments: tuple[Instrument, ...]
    rows: tuple[Recorded, ...]

    def quotes(self) -> Iterator[Quote]:
        """The snapshots, made one by one."""
        return (row.quote() for row in self.rows)


def read_file(path: Path) -> RecordedFile:
    """All rows of a recording, checked one by one; ReplayError names file and line of the first that is wrong.

    Ticks have the columns of `ticks.COLUMNS`, bars those of `bars.BAR_COLUMNS`, minute lines `bars.LINE_COLUMNS`;
    further columns are ignored, `up_limit` and `down_limit` are read where a tick file has them.
    """
    lines = lines_of(path)
    header = next(lines, (1, []))[1]
    rows = _checked_width(path, header, lines)
    if "time_ms" in header:
        found = read_ticks(path, header, rows)
    elif "price" in header and "datetime" in header:
        found = read_lines(path, header, rows)
    elif "datetime" in header:
        found = read_bars(path, header, rows)
    else:
        raise ReplayError(
            path,
            1,
            f"neither ticks ({', '.join(COLUMNS[:3])}, …) nor bars ({', '.join(BAR_COLUMNS)}) nor a minute line "
            f"({', '.join(LINE_COLUMNS)}); the first line has: {', '.join(header) or 'nothing'}",
        )
    if not found.rows:
        raise ReplayError(path, 2, "no rows after the header")
    return found


def replay_days(files: Iterable[RecordedFile]) -> Iterator[ReplayDay]:
    """The days of several recordings, merged by time; equal times keep the order of files and of their rows."""
    owned = [(row, found.path) for found in files for row in found.rows]
    owned.sort(key=lambda pair: pair[0].at)
    seen: dict[tuple[date, str], Path] = {}
    for day, group in groupby(owned, key=lambda pair: shanghai_day(pair[0].at)):
        pairs = list(group)
        instruments: dict[str, Instrument] = {}
        for row, path in pairs:
            if row.code not in instruments:
                instruments[row.code] = _instrument(path, row, day)
                seen[day, row.code] = path
            elif seen[day, row.code] != path:
                raise ReplayError(path, row.line, f"{row.code} on {day} is in {seen[day, row.code].name} too")
        yield ReplayDay(day, tuple(instruments.values()), tuple(row for row, _ in pairs))


def _instrument(path: Path, row: Recorded, day: date) -> Instrument:
    quote = row.quote()
    try:
        # a recording has no names
        return make_instrument(row.code, row.code, quote.prev_close, day, quote.limit_up, quote.limit_down)
    except BadPriceError as error:
        raise ReplayError(path, row.line, str(error)) from None


def _checked_width(
    path: Path, header: list[str], lines: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in lines:
        if len(cells) != len(header):
            raise ReplayError(path, line, f"{len(cells)} cells where the header has {len(header)}")
        yield line, cells
