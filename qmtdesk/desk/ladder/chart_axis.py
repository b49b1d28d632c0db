"""The chart's time: trading time without the lunch break, its labels, and points gathered into candles."""

from bisect import bisect_left
from dataclasses import dataclass

MINUTE = 60_000
DAY = 86_400_000
SHANGHAI_MS = 8 * 3_600_000
OPEN = (9 * 60 + 30) * MINUTE
LUNCH = (11 * 60 + 30) * MINUTE
BACK = 13 * 60 * MINUTE
STEPS = (1, 2, 5, 10, 15, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class Candle:
    """One stretch of trading time: its start on the axis and four prices in 厘."""

    x: int
    first: int
    high: int
    low: int
    last: int


def trading_ms(at: int) -> int:
    """Unix ms as milliseconds of trading time since 09:30 in Shanghai; lunch takes none, earlier is negative."""
    clock = (at + SHANGHAI_MS) % DAY
    if clock <= LUNCH:
        return clock - OPEN
    return max(LUNCH, clock - (BACK - LUNCH)) - OPEN


def clock_text(x: int) -> str:
    """The time of day at a place on the axis, as 10:24. The seam at 11:30 reads 11:30."""
    clock = x + OPEN
    if clock > LUNCH:
        clock += BACK - LUNCH
    minutes = clock // MINUTE
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def labels(start: int, end: int, width: int, least: int = 74) -> list[tuple[int, str]]:
    """Round times between two places on the axis, at least `least` pixels apart."""
    if end <= start or width <= 0:
        return []
    step = next((s for s in STEPS if s * MINUTE * width >= least * (end - start)), STEPS[-1]) * MINUTE
    first = -((-start) // step) * step
    return [(x, clock_text(x)) for x in range(first, end + 1, step)]


def newest_day(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The points of the last point's Shanghai day; the list itself when they are all of that day."""
    if not points:
        return points
    start = points[-1][0] - (points[-1][0] + SHANGHAI_MS) % DAY
    return points if points[0][0] >= start else points[bisect_left(points, (start, 0)) :]


def candles(points: tuple[tuple[int, int], ...], minutes: int) -> list[Candle]:
    """Ascending (Unix ms, price) points of one day gathered into candles of so many minutes."""
    made: list[Candle] = []
    size = minutes * MINUTE
    for at, price in points:
        x = trading_ms(at) // size * size
        if made and made[-1].x == x:
            now = made[-1]
            made[-1] = Candle(x, now.first, max(now.high, price), min(now.low, price), price)
        else:
            made.append(Candle(x, price, price, price, price))
    return made


class Trace:
    """A price series thinned to the lowest and highest point of each stretch of trading time, point by point."""

    def __init__(self, bucket: int) -> None:
        self.bucket = max(1, bucket)
        self.seen = 0
        self._x: list[int] = []
        self._y: list[int] = []
        self._start = 0
        self._low = self._high = (0, 0)
        self._stretch: int | None = None

    def extend(self, points: list[tuple[int, int]]) -> None:
        """Take in what is new in an ever growing list of (Unix ms, price)."""
        for at, price in points[self.seen :]:
            self._add(trading_ms(at), price)
        self.seen = len(points)

    def _add(self, x: int, price: int) -> None:
        stretch = x // self.bucket
        if stretch != self._stretch:
            self._stretch, self._start = stretch, len(self._x)
            self._low = self._high = (x, price)
        elif price < self._low[1]:
            self._low = (x, price)
        elif price > self._high[1]:
            self._high = (x, price)
        first, last = sorted((self._low, self._high))
        del self._x[self._start :], self._y[self._start :]
        self._x += [first[0], last[0], x]
        self._y += [first[1], last[1], price]

    def points(self) -> tuple[list[int], list[int]]:
        """Places on the axis and prices; do not change them."""
        return self._x, self._y


def bucket_for(span: int, width: int) -> int:
    """Milliseconds of trading time for about one pixel, in coarse steps so that it seldom changes."""
    wanted = max(1000, span // max(width, 1))
    size = 1000
    while size < wanted:
        size *= 2
    return size


def nice_step(span: float, lines: int) -> int:
    """A round step in 厘 that parts `span` into at most `lines`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if span / (step * factor) <= lines:
                return step * factor
        step *= 10
