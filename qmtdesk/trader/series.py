"""The day's price and seal history for the charts: compact, one point a snapshot, newest day only."""

from array import array
from collections.abc import Iterable

Points = tuple[tuple[int, int], ...]

CAP = 20_000


class Series:
    """Histories by (what, code). Used by the decision thread only."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], array[int]] = {}
        self._value: dict[tuple[str, str], array[int]] = {}

    def clear(self) -> None:
        """Forget everything: a new day."""
        self._at.clear()
        self._value.clear()

    def add(self, what: str, code: str, at: int, value: int) -> None:
        """One more point; one at the time of the last replaces it."""
        key = (what, code)
        times = self._at.setdefault(key, array("q"))
        values = self._value.setdefault(key, array("q"))
        if times and times[-1] >= at:
            values[-1] = value
            return
        if len(times) >= CAP:
            del times[: CAP // 4]
            del values[: CAP // 4]
        times.append(at)
        values.append(value)

    def fill(self, what: str, code: str, points: Iterable[tuple[int, int]]) -> None:
        """Put older points before what is there already."""
        times, values = self._at.get((what, code)), self._value.get((what, code))
        newer = list(zip(times, values, strict=True)) if times is not None and values is not None else []
        first = newer[0][0] if newer else None
        older = [(at, value) for at, value in points if first is None or at < first]
        self._at[what, code] = array("q", (at for at, _ in (*older, *newer)))
        self._value[what, code] = array("q", (value for _, value in (*older, *newer)))

    def points(self, what: str, code: str) -> Points:
        """All points, oldest first."""
        key = (what, code)
        if key not in self._at:
            return ()
        return tuple(zip(self._at[key], self._value[key], strict=True))
