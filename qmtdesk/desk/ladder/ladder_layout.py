"""Which ladder rows are seen and what each one says, computed from a grid's row without any Qt."""

from bisect import bisect_right
from dataclasses import dataclass
from math import exp, log

from msgspec.structs import replace

from qmtdesk.domain.reason import Reason, Why, because
from qmtdesk.wire.rows import GridRow, LevelRow

PIN_HEIGHT = 26
LADDER = (346, 392, 460)  # narrow, normal, widest
NARROW_CHART = 170
WIDE_FROM = 640
LEAVING = frozenset({"cancelling", "part_cancelling"})
UNSENT = frozenset({"intended", "sent"})
PROMISES = frozenset({Why.ARMED_BUY, Why.ARMED_SELL, Why.TRAIL_WAIT, Why.TOO_YOUNG})
OUT_OF_DATE = because(Why.QUOTE_STALE)


@dataclass(frozen=True, slots=True)
class Window:
    """The levels in view, both ends included, and the pixels of one row and of the two pinned rows."""

    low: int
    high: int
    row: int
    top_pin: int
    bottom_pin: int

    @property
    def count(self) -> int:
        """How many levels are in view."""
        return self.high - self.low + 1

    def centre_of(self, index: float) -> float:
        """The pixel of a level's middle (or of a point between levels), from the top of the upper pinned row."""
        return self.top_pin + (self.high - index + 0.5) * self.row

    def index_at(self, y: float) -> float:
        """The level index at a pixel, the inverse of `centre_of`."""
        return self.high + 0.5 - (y - self.top_pin) / self.row

    def level_at(self, y: float) -> int | None:
        """The level whose row holds a pixel, None in the pinned rows."""
        offset = int((y - self.top_pin) // self.row)
        return self.high - offset if 0 <= offset < self.count else None


@dataclass(frozen=True, slots=True)
class Pill:
    """A working order in a row: what is left of what was ordered. `look`: live | sending | leaving | unknown."""

    left: int
    total: int
    look: str
    next: bool


@dataclass(frozen=True, slots=True)
class Capsule:
    """One gap on the rail."""

    held: int
    unit: int
    paused: bool
    in_cap: bool


@dataclass(frozen=True, slots=True)
class Bracket:
    """A row's part of a run of levels with one reason. `says`: this row carries the words."""

    reason: Reason
    first: bool
    last: bool
    says: bool


@dataclass(frozen=True, slots=True)
class LadderRow:
    """All that is painted in one row but what moves with the last price."""

    index: int
    no: int
    price: int
    buy: Pill | None
    sell: Pill | None
    above: Capsule | None
    below: Capsule | None
    bought: int
    sold: int
    pnl: int
    base: bool
    bracket: Bracket | None

    @property
    def rests(self) -> bool:
        """Whether an order rests here."""
        return self.buy is not None or self.sell is not None


@dataclass(frozen=True, slots=True)
class Pinned:
    """What lies beyond one end of the view: levels, orders, lots held, each reason with its count, the far price."""

    levels: int
    orders: int
    held: int
    reasons: tuple[tuple[Reason, int], ...]
    edge: int


def widths(room: int) -> tuple[int, int]:
    """Pixels of chart and ladder: a full chart, else 170, else none."""
    least, normal, most = LADDER
    if room >= WIDE_FROM:
        ladder = min(max(normal, room * 42 // 100), most)
        return room - ladder, ladder
    if room >= least + NARROW_CHART:
        return max(NARROW_CHART, room - normal), min(normal, room - NARROW_CHART)
    return 0, room


def fit(height: int, row: int, levels: int, centre: float) -> Window:
    """The window around `centre` that fits; what is left over goes into the pinned rows, so no level is cut."""
    count = max(1, min(levels, (height - 2 * PIN_HEIGHT) // row))
    rest = max(0, height - count * row)
    low = int(centre - (count - 1) / 2 + 0.5)
    low = max(0, min(levels - count, low))
    return Window(low, low + count - 1, row, rest - rest // 2, rest // 2)


def index_of(prices: tuple[int, ...], price: int) -> float:
    """Where a price stands among ascending levels, in levels, by the logarithm; beyond the ends the last step goes on.

    Only for drawing: which gap the price is in is decided by the engine, in integers.
    """
    if len(prices) < 2 or price <= 0:
        return 0.0
    at = max(0, min(len(prices) - 2, bisect_right(prices, price) - 1))
    below, above = prices[at], prices[at + 1]
    if below <= 0 or above <= below:
        return float(at)
    return at + log(price / below) / log(above / below)


def price_at(prices: tuple[int, ...], index: float) -> float:
    """The price (厘, for drawing only) at a place among the levels, the inverse of `index_of`."""
    at = max(0, min(len(prices) - 2, int(index // 1)))
    below, above = prices[at], prices[at + 1]
    return below * exp((index - at) * log(above / below))


def distance_bp(price: int, last: int) -> int:
    """How far a level is from the last price in bp of the last price, rounded half away from zero."""
    if last <= 0:
        return 0
    size = (abs(price - last) * 20_000 + last) // (2 * last)
    return size if price >= last else -size


def look_of(state: str) -> str:
    """How an order's pill looks in a state."""
    if state == "unknown":
        return "unknown"
    if state in LEAVING:
        return "leaving"
    return "sending" if state in UNSENT else "live"


def _pill(left: int, total: int, state: str, *, first: bool) -> Pill | None:
    if not state:
        return None
    return Pill(left, max(total, left), look_of(state), first)


def next_levels(row: GridRow) -> tuple[int, int]:
    """The indices of the highest resting buy and the lowest resting sell, -1 where none rests."""
    buys = [at for at, level in enumerate(row.levels) if level.buy_state]
    sells = [at for at, level in enumerate(row.levels) if level.sell_state]
    return (max(buys, default=-1), min(sells, default=-1))


def _capsule(row: GridRow, at: int) -> Capsule | None:
    if not 0 <= at < len(row.levels) - 1:
        return None
    level = row.levels[at]
    return Capsule(level.held, row.unit, level.paused, level.in_cap)


def _free(level: LevelRow) -> bool:
    """Whether the words of a reason have the row's last column for themselves."""
    return not (level.bought or level.sold)


def promise_nothing(row: GridRow) -> GridRow:
    """The same grid seen without fresh data: a level that says what it would do says why it does not.

    The trader says so itself, unless it is the trader that fell silent.
    """
    if not any(level.why is not None and level.why.why in PROMISES for level in row.levels):
        return row
    levels = tuple(
        replace(level, why=OUT_OF_DATE) if level.why is not None and level.why.why in PROMISES else level
        for level in row.levels
    )
    return replace(row, levels=levels)


def _run(row: GridRow, window: Window, at: int, reason: Reason) -> tuple[int, int]:
    """The lowest and highest level in view of the run around `at` that shares its reason."""
    low = high = at
    while low > window.low and row.levels[low - 1].why == reason:
        low -= 1
    while high < window.high and row.levels[high + 1].why == reason:
        high += 1
    return low, high


def _brackets(row: GridRow, window: Window) -> dict[int, Bracket]:
    """Each run of levels with one reason, once: a bracket over all of them, the words in the highest free one."""
    found: dict[int, Bracket] = {}
    at = window.high
    while at >= window.low:
        reason = row.levels[at].why
        if reason is None:
            at -= 1
            continue
        low, high = _run(row, window, at, reason)
        free = [k for k in range(high, low - 1, -1) if _free(row.levels[k]) and row.levels[k].price != row.base]
        speaker = free[0] if free else high
        for k in range(low, high + 1):
            found[k] = Bracket(reason, first=k == high, last=k == low, says=k == speaker)
        at = low - 1
    return found


def rows_in(row: GridRow, window: Window) -> tuple[LadderRow, ...]:
    """The rows in view, highest first."""
    next_buy, next_sell = next_levels(row)
    brackets = _brackets(row, window)
    made = []
    for at in range(window.high, window.low - 1, -1):
        level = row.levels[at]
        made.append(
            LadderRow(
                index=at,
                no=level.no,
                price=level.price,
                buy=_pill(level.buy, level.buy_total, level.buy_state, first=at == next_buy),
                sell=_pill(level.sell, level.sell_total, level.sell_state, first=at == next_sell),
                above=_capsule(row, at) if at < window.high else None,
                below=_capsule(row, at - 1) if at > window.low else None,
                bought=level.bought,
                sold=level.sold,
                pnl=level.pnl,
                base=level.price == row.base,
                bracket=brackets.get(at),
            )
        )
    return tuple(made)


def _summed(levels: tuple[LevelRow, ...]) -> Pinned:
    """Sum levels up, nearest first."""
    counts: dict[Reason, int] = {}
    for level in levels:
        if level.why is not None:
            counts[level.why] = counts.get(level.why, 0) + 1
    return Pinned(
        levels=len(levels),
        orders=sum(bool(level.buy_state) + bool(level.sell_state) for level in levels),
        held=sum(level.held for level in levels),
        reasons=tuple(counts.items()),
        edge=levels[-1].price if levels else 0,
    )


def pinned(row: GridRow, window: Window) -> tuple[Pinned, Pinned]:
    """What the upper and the lower pinned row sum up."""
    above = row.levels[window.high + 1 :]
    below = row.levels[: window.low][::-1]
    return _summed(above), _summed(below)


def centre_on(row: GridRow, last: int) -> float:
    """The level index the view centres on: the last price, else the current cell, else the base, else the middle."""
    prices = tuple(level.price for level in row.levels)
    if last > 0:
        return max(0.0, min(len(prices) - 1.0, index_of(prices, last)))
    if row.cell >= 0:
        return row.cell + 0.5
    return index_of(prices, row.base) if row.base > 0 else len(prices) / 2


def changed_rows(old: tuple[LadderRow, ...], new: tuple[LadderRow, ...]) -> list[int]:
    """The positions whose picture differs; all of them when the views are of different size."""
    if len(old) != len(new):
        return list(range(len(new)))
    return [at for at, (before, after) in enumerate(zip(old, new, strict=True)) if before != after]


def clear_spans(spans: tuple[tuple[int, int], ...], left: int, right: int) -> list[tuple[int, int]]:
    """What remains of `left`..`right` between occupied spans, so that the last-price line runs beside the texts."""
    free, x = [], left
    for start, end in sorted(spans):
        if start > x:
            free.append((x, min(start, right)))
        x = max(x, end)
    if x < right:
        free.append((x, right))
    return [(a, b) for a, b in free if b - a > 2]
