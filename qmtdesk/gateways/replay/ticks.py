"""Tick files: one snapshot a row, volumes in shares (张 for bonds), money in CNY."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.replay.rows import (
    Cells,
    Recorded,
    RecordedFile,
    check_trading_day,
    check_units,
    places_of,
    recorded,
    whole_lots,
)

_PRICES = ("last", "prev_close", "open", "high", "low")
_SIDES = ("bid", "ask")
COLUMNS = (
    "time_ms",
    "code",
    *_PRICES,
    "volume",
    "amount",
    *(f"{side}{part}{level}" for side in _SIDES for part in ("", "_vol") for level in range(1, 6)),
)
_LIMITS = ("up_limit", "down_limit")
_EARLIEST, _LATEST = date(1990, 12, 1), date(2100, 1, 1)


def read_ticks(path: Path, header: list[str], lines: Iterable[tuple[int, list[str]]]) -> RecordedFile:
    """The rows of a tick file; ReplayError at the first thing that is wrong.

    Two rows of one code may share a time when they differ (Shanghai has whole seconds): their order is kept.
    """
    places = places_of(path, header, COLUMNS)
    newest: dict[str, Recorded] = {}
    rows = []
    for line, texts in lines:
        row = _row(Cells(path, line, places, texts))
        _check_order(Cells(path, line, places, texts), newest.get(row.code), row)
        newest[row.code] = row
        rows.append(row)
    return RecordedFile(path, "ticks", tuple(rows))


def _row(cells: Cells) -> Recorded:
    code, at = cells.code(), _time(cells)
    last, prev_close, opening, high, low = (cells.price(column) for column in _PRICES)
    if not prev_close:
        raise cells.error("column prev_close: 0, so the day's limits are not known")
    volume, amount = cells.count("volume"), cells.money("amount")
    check_units(cells, low, high, volume, amount)
    book = []
    for side in _SIDES:
        for level in range(1, 6):
            book += [cells.price(f"{side}{level}"), whole_lots(code, cells.count(f"{side}_vol{level}"))]
    figures = (last, prev_close, opening, high, low, whole_lots(code, volume), amount)
    told = tuple(cells.price(column) if cells.has(column) and cells.text(column) else 0 for column in _LIMITS)
    return recorded(code, at, cells.line, figures, tuple(book), (told[0], told[1]))


def _time(cells: Cells) -> int:
    at = cells.count("time_ms")
    if not at_of(_EARLIEST, 0, 0) <= at < at_of(_LATEST, 0, 0):
        raise cells.error(f"column time_ms: {at} is no time in Unix milliseconds")
    check_trading_day(cells, shanghai_day(at))
    return at


def _check_order(cells: Cells, before: Recorded | None, row: Recorded) -> None:
    if before is None:
        return
    if row.at < before.at:
        raise cells.error(f"time goes back by {before.at - row.at} ms in {row.code}, line {before.line} was later")
    if row.at == before.at and row.packed == before.packed:
        raise cells.error(f"the same row of {row.code} as line {before.line}")
