"""The day's price and seal history for the charts: compact, one point a snapshot, newest day only."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable

Points = tuple[tuple[int, int], ...]

CAP = 20_000
SPARK_MS, SPARK_STEP_MS = 600_000, 10_000
WAN = 10_000_000  # 万元 in 厘


class Series:
    """Histories by (what, code). Used by the decision thread only."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], array[int]] = {}
        self._value: dict[tuple[str, str], array[int]] = {}
        self._day = ""

    def begin(self, day: str) -> None:
        """Forget everything of another day; the same day may be told again."""
        if day != self._day:
            self._day = day
            self._at.clear()
            self._value.clear()

    def add(self, what: str, code: str, at: int, value: int) -> None:
        """One more point; one at the time of the last replaces it."""
        key = (what, code)
        if key not in self._at:
            self._at[key], self._value[key] = array("q"), array("q")
        times, values = self._at[key], self._value[key]
        if times and times[-1] >= at:
            values[-1] = value
            return
        if len(times) >= CAP:
            del times[: CAP // 4]
            del values[: CAP // 4]
        times.append(at)
        values.append(value)

    def fill(self, what: str, code: str, points: Iterable[tuple[int, int]]) -> None:
        """Put older points before what is there already; a market tells 0 where no seal stood, a chart wants -1."""
        times, values = self._at.get((what, code)), self._value.get((what, code))
        newer = list(zip(times, values, strict=True)) if times is not None and values is not None else []
        first = newer[0][0] if newer else None
        unsealed = -1 if what == "seal" else 0
        older = [(at, value or unsealed) for at, value in points if first is None or at < first]
        self._at[what, code] = array("q", (at for at, _ in (*older, *newer)))
        self._value[what, code] = array("q", (value for _, value in (*older, *newer)))

    def knows(self, what: str, code: str) -> bool:
        """Whether there is any point yet."""
        return bool(self._at.get((what, code)))

    def points(self, what: str, code: str) -> Points:
        """All points, oldest first."""
        key = (what, code)
        if key not in self._at:
            return ()
        return tuple(zip(self._at[key], self._value[key], strict=True))

    def spark(self, code: str, until: int) -> tuple[int, ...]:
        """The last ten minutes' seal in 万元, one each 10 s, -1 where not sealed, oldest first."""
        key = ("seal", code)
        times, values = self._at.get(key), self._value.get(key)
        if times is None or values is None or not times:
            return ()
        first = max(until - SPARK_MS, times[0])
        marks = range(until - (until - first) // SPARK_STEP_MS * SPARK_STEP_MS, until + 1, SPARK_STEP_MS)
        found = (bisect_right(times, mark) - 1 for mark in marks)
        return tuple(values[i] // WAN if i >= 0 and values[i] >= 0 else -1 for i in found)
