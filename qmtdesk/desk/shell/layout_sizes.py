"""How the window is shared out at each size, before the user moved anything."""

from dataclasses import dataclass

GAP = 6
EDGE = 6
_BARS = 54 + 34
_WATCH_HEAD = 34 + 24
_WATCH_ROW = 56
_TAB_HEAD = 34 + 24 + 6
_SEAL_LEAST = 270


@dataclass(frozen=True, slots=True)
class Sizes:
    """Widths of the three columns, heights of the two splits, logical pixels."""

    bond: int
    middle: int
    right: int
    upper: int
    tabs: int
    watch: int
    seal: int


def sizes(width: int, height: int, row: int = 24) -> Sizes:
    """Shares of a window of that client size; below 1280×720 the least useful parts have already gone by themselves."""
    if width >= 1560:
        extra = max(width - 1600, 0)
        bond, right = 518 + extra * 5 // 10, 396 + extra // 8
    elif width >= 1340:
        bond, right = 486 - max(1366 - width, 0), 340
    else:
        bond, right = 400, 340
    middle = width - 2 * EDGE - 2 * GAP - bond - right
    if middle < 346:
        bond, middle = max(bond - (346 - middle), 250), 346
    body = height - _BARS - EDGE
    tabs = _TAB_HEAD + _tab_rows(height) * row
    watch = _WATCH_HEAD + _watch_rows(body) * _WATCH_ROW + 8
    return Sizes(bond, middle, right, body - GAP - tabs, tabs, watch, body - GAP - watch)


def _tab_rows(height: int) -> int:
    if height < 740:
        return 3 if height >= 700 else 2
    if height < 840:
        return 4
    return 7 if height < 980 else 7 + (height - 900) // 72


def _watch_rows(body: int) -> int:
    most = 7 if body < 880 else 8
    return min(max((body - GAP - _WATCH_HEAD - _SEAL_LEAST) // _WATCH_ROW, 3), most)
