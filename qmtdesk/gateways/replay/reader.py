"""Reading one recording: which kind of file it is, and its rows."""

from collections.abc import Iterator
from pathlib import Path

from qmtdesk.gateways.replay.bars import BAR_COLUMNS, LINE_COLUMNS, read_bars, read_lines
from qmtdesk.gateways.replay.rows import RecordedFile, ReplayError, lines_of
from qmtdesk.gateways.replay.ticks import COLUMNS, read_ticks


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


def _checked_width(
    path: Path, header: list[str], lines: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in lines:
        if len(cells) != len(header):
            raise ReplayError(path, line, f"{len(cells)} cells where the header has {len(header)}")
        yield line, cells
