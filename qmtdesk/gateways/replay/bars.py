"""One-minute bars and minute lines as price paths: what happened inside a minute is not known, only its corners."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.replay.rows import (
    Cells,
    Recorded,
    RecordedFile,
    ReplayError,
    check_trading_day,
    check_units,
    places_of,
    recorded,
    whole_lots,
)

BAR_COLUMNS = ("code", "datetime", "open", "high", "low", "close")
LINE_COLUMNS = ("code", "datetime", "price", "volume_lots")

_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{2}):([0-9]{2})(?::00)?")
_CORNER_MS = 15_000
_HALF_ELEVEN, _ONE, _THREE = 11 * 60 + 30, 13 * 60, 15 * 60


@dataclass(frozen=True, slots=True)
class _Bar:
    """One minute: `minute` as labelled, prices 厘, `volume` and `amount` of the minute."""

    code: str
    day: date
    minute: int
    line: int
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    amount: int = 0

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """The way through the minute: down first when it closed up, the usual guess."""
        if self.close >= self.open:
            return self.open, self.low, self.high, self.close
        return self.open, self.high, self.low, self.close


def read_bars(path: Path, header: list[str], lines: Iterable[tuple[int, list[str]]]) -> RecordedFile:
    """The rows of a file of one-minute bars; each becomes four snapshots without a book."""
    places = places_of(path, header, BAR_COLUMNS)
    bars = [_bar(Cells(path, line, places, texts)) for line, texts in lines]
    return _recorded(path, "bars", bars)


def read_lines(path: Path, header: list[str], lines: Iterable[tuple[int, list[str]]]) -> RecordedFile:
    """The rows of a minute line (one price a minute, volume in lots of 100): one snapshot a minute without a book."""
    places = places_of(path, header, LINE_COLUMNS)
    bars = [_point(Cells(path, line, places, texts)) for line, texts in lines]
    return _recorded(path, "timeline", bars)


def _bar(cells: Cells) -> _Bar:
    day, minute = _time(cells)
    opening, high, low, close = (_traded(cells, column) for column in BAR_COLUMNS[2:])
    if not low <= min(opening, close) <= max(opening, close) <= high:
        raise cells.error("open and close do not lie between low and high")
    volume = cells.count("volume") if cells.has("volume") else 0
    amount = cells.money("amount") if cells.has("amount") else 0
    if cells.has("volume") and cells.has("amount"):
        check_units(cells, low, high, volume, amount)
    return _Bar(cells.code(), day, minute, cells.line, opening, high, low, close, volume, amount)


def _point(cells: Cells) -> _Bar:
    day, minute = _time(cells)
    price, volume = _traded(cells, "price"), cells.count("volume_lots") * 100
    return _Bar(cells.code(), day, minute, cells.line, price, price, price, price, volume, price * volume)


def _traded(cells: Cells, column: str) -> int:
    price = cells.price(column)
    if not price:
        raise cells.error(f"column {column}: 0 is no price")
    return price


def _time(cells: Cells) -> tuple[date, int]:
    found = _TIME.fullmatch(cells.text("datetime"))
    if found is None:
        raise cells.error(f"column datetime: {cells.text('datetime')!r} is not YYYY-MM-DD HH:MM")
    year, month, number, hour, minute = (int(part) for part in found.groups())
    try:
        day = date(year, month, number)
    except ValueError as error:
        raise cells.error(f"column datetime: {error}") from None
    check_trading_day(cells, day)
    if hour > 23 or minute > 59:
        raise cells.error(f"column datetime: {hour:02d}:{minute:02d} is no time of day")
    return day, hour * 60 + minute


def _recorded(path: Path, kind: str, bars: list[_Bar]) -> RecordedFile:
    shift = -1 if _labelled_by_end(path, bars) else 0
    state: dict[str, _State] = {}
    notes: list[str] = []
    rows: list[Recorded] = []
    for bar in bars:
        before = state.get(bar.code)
        if before is None:
            notes.append(f"{bar.code}: no close before {bar.day}, so its first open stands for it")
            before = _State(bar, prev_close=bar.open)
        _check_order(path, before.newest, bar)
        now = before.on(bar)
        state[bar.code] = now
        rows += now.rows(bar, at_of(bar.day, 0, 0) + (bar.minute + shift) * 60_000, kind)
    return RecordedFile(path, kind, tuple(rows), tuple(notes))


class _State:
    """One code's day so far."""

    __slots__ = ("amount", "high", "low", "newest", "opening", "prev_close", "volume")

    def __init__(self, bar: _Bar, prev_close: int) -> None:
        self.newest = bar
        self.prev_close = prev_close
        self.opening = self.high = self.low = bar.open
        self.volume = self.amount = 0

    def on(self, bar: _Bar) -> "_State":
        """The state a bar finds: its own day's, begun anew when the day is new."""
        if bar.day == self.newest.day:
            return self
        return _State(bar, prev_close=self.newest.close)

    def rows(self, bar: _Bar, start: int, kind: str) -> list[Recorded]:
        """The bar's snapshots, a quarter of its volume with each corner, all of it with a single point."""
        corners = bar.corners if kind == "bars" else (bar.close,)
        out = []
        for number, price in enumerate(corners, 1):
            self.high, self.low = max(self.high, price), min(self.low, price)
            volume = self.volume + bar.volume * number // len(corners)
            amount = self.amount + bar.amount * number // len(corners)
            figures = (price, self.prev_close, self.opening, self.high, self.low, whole_lots(bar.code, volume), amount)
            out.append(recorded(bar.code, start + (number - 1) * _CORNER_MS, bar.line, figures))
        self.volume += bar.volume
        self.amount += bar.amount
        self.newest = bar
        return out


def _check_order(path: Path, before: _Bar, bar: _Bar) -> None:
    if before is bar:
        return
    if (bar.day, bar.minute) == (before.day, before.minute):
        raise ReplayError(path, bar.line, f"the same minute of {bar.code} as line {before.line}")
    if (bar.day, bar.minute) < (before.day, before.minute):
        raise ReplayError(path, bar.line, f"time goes back in {bar.code}, line {before.line} was later")


def _labelled_by_end(path: Path, bars: list[_Bar]) -> bool:
    """Whether a minute carries its end as label: 11:30 and 15:00 then exist and 13:00 does not."""
    minutes = {bar.minute for bar in bars}
    by_start, by_end = _ONE in minutes, bool(minutes & {_HALF_ELEVEN, _THREE})
    if by_start and _HALF_ELEVEN not in minutes:
        return False
    if by_end and not by_start:
        return True
    raise ReplayError(path, 2, "cannot tell whether minutes are labelled by their start or by their end")
