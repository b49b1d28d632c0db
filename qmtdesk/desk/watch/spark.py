"""Where the points of a seal amount go: the sparkline's log scale and the seal chart's axis."""

from dataclasses import dataclass
from math import log2

LOW = 0.5
HIGH = 16.0
SAMPLES = 60
"""Ten minutes, one sample each ten seconds, as WatchRow.spark has them."""
TIP = 8
"""Kept free around the newest point, in pixels."""

_SPAN = log2(HIGH) - log2(LOW)

Point = tuple[float, float]


def label_left(left: float, right: float, wide: float, low: float, high: float, tip: Point | None) -> float:
    """Where the threshold's label begins: at the right end, or at the left where it would hide the newest point."""
    start = right - wide
    hides = tip is not None and tip[0] >= start - TIP and low - TIP <= tip[1] <= high + TIP
    return left if hides else start


def share(amount: int, threshold: int) -> float:
    """How high an amount stands in the scale, 0 (½× the threshold or less) to 1 (16× or more).

    Both in the same unit. A threshold of 0 or less has no scale; everything then stands at the top.
    """
    if threshold <= 0:
        return 1.0
    ratio = amount / threshold
    if ratio <= LOW:
        return 0.0
    if ratio >= HIGH:
        return 1.0
    return (log2(ratio) - log2(LOW)) / _SPAN


THRESHOLD_SHARE = share(1, 1)
"""The threshold itself: the same height in every row, so the eye compares distances to one line."""


def runs(samples: tuple[int, ...], threshold: int, width: float, height: float) -> tuple[tuple[Point, ...], ...]:
    """The sparkline as unbroken runs of points, y downwards; the newest sample is at the right edge.

    A sample below 0 means the board was not sealed: it ends a run. Fewer samples than fit leave the left empty.
    """
    newest = samples[-SAMPLES:]
    offset = SAMPLES - len(newest)
    step = width / (SAMPLES - 1)
    out: list[tuple[Point, ...]] = []
    run: list[Point] = []
    for at, amount in enumerate(newest):
        if amount < 0:
            if run:
                out.append(tuple(run))
                run = []
            continue
        run.append(((offset + at) * step, height * (1.0 - share(amount, threshold))))
    if run:
        out.append(tuple(run))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time without a seal; `end` 0 while it lasts. Unix ms."""

    start: int
    end: int


def bands(points: tuple[tuple[int, int], ...]) -> tuple[Band, ...]:
    """Every break between two seals, and the one that lasts; what was before the first seal is none."""
    out: list[Band] = []
    start = 0
    sealed_before = False
    for at, amount in points:
        if amount < 0:
            if sealed_before and not start:
                start = at
            continue
        sealed_before = True
        if start:
            out.append(Band(start, at))
            start = 0
    if start:
        out.append(Band(start, 0))
    return tuple(out)


def sealed_runs(points: tuple[tuple[int, int], ...]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The history cut at every break."""
    out: list[tuple[tuple[int, int], ...]] = []
    run: list[tuple[int, int]] = []
    for point in points:
        if point[1] >= 0:
            run.append(point)
        elif run:
            out.append(tuple(run))
            run = []
    if run:
        out.append(tuple(run))
    return tuple(out)


def axis(top: int) -> tuple[int, tuple[int, ...]]:
    """A round ceiling at or above `top` and two to five round marks above zero, the ceiling's own left out."""
    need = max(top, 1)
    size = 1
    while size * 10 <= need:
        size *= 10
    for step in (size // 5, size // 2, size, size * 2, size * 5):
        if step and -(-need // step) <= 5:
            count = -(-need // step)
            return step * count, tuple(step * k for k in range(1, count + 1) if step * k < need or k == 1)
    return need, (need,)


def time_marks(start: int, end: int, most: int) -> tuple[int, ...]:
    """Round Shanghai times between two instants (Unix ms), at most `most` of them."""
    minute = 60_000
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120):
        step = minutes * minute
        first = -(-start // step) * step
        marks = tuple(range(first, end + 1, step))
        if len(marks) <= most:
            return marks
    return ()


_DAY = 86_400_000
_SHANGHAI = 8 * 3_600_000
_NOON_STARTS = 41_400_000  # 11:30
_NOON = 5_400_000  # 90 minutes


def session_ms(at: int) -> int:
    """Unix ms with the noon break taken out, so that a chart has no empty hour and a half."""
    of_day = (at + _SHANGHAI) % _DAY
    if of_day <= _NOON_STARTS:
        return at
    return at - min(of_day - _NOON_STARTS, _NOON)


def thin(points: tuple[tuple[int, int], ...], most: int) -> tuple[tuple[int, int], ...]:
    """At most about `most` of the points, keeping each stretch's lowest and highest, in order."""
    if len(points) <= most or most < 4:
        return points
    size = -(-len(points) * 2 // most)
    out: list[tuple[int, int]] = []
    for start in range(0, len(points), size):
        part = points[start : start + size]
        low = min(part, key=lambda point: point[1])
        high = max(part, key=lambda point: point[1])
        out.extend(sorted({low, high}))
    if out[-1] != points[-1]:
        out.append(points[-1])
    return tuple(out)
