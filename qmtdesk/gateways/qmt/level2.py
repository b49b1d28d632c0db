"""What the Level-2 supplement of a stock says of cancelled buys: read, doubted, and put beside the right snapshot.

The vendor documents the fields and not their unit: whether a quantity counts 手 or 股 is found for each row from its
amount, for nobody can have cancelled outside the day's price limits.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from qmtdesk.domain.codes import UnknownCodeError
from qmtdesk.domain.limits import BadPriceError, price_limits
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import shanghai_day
from qmtdesk.gateways.qmt import meaning as mean
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.snapshots import moment_of

PERIOD = "l2quoteaux"
UNITS = (1, 100)
KEPT = 16
SHOWN = 40
STALE_MS = 12_000
"""A row this much older than a snapshot, four of its usual steps, says nothing of it."""


class Supplement(Struct, frozen=True):
    """One row, totals of the day: `waiting` buys and `count` cancelled ones in units nobody named, `amount` in 厘."""

    at: int
    waiting: int
    count: int
    amount: int

    @property
    def empty(self) -> bool:
        """Whether it is all zeros, as a feed without the right may fill it."""
        return not (self.waiting or self.count or self.amount)


def supplement_of(row: object, now: int) -> Supplement:
    """One row as it comes. Raises UnclearError, in the user's words."""
    if not isinstance(row, Mapping):
        raise mean.UnclearError(names.LEVEL2_NO_ROW.format(type(row).__name__))
    return Supplement(
        _told(row, "time", lambda _value, _field: moment_of(row, now)),
        _told(row, "totalBidQuantity", mean.count_of),
        _told(row, "withdrawBidQuantity", mean.count_of),
        _told(row, "withdrawBidAmount", mean.price_of),
    )


def _told(row: Mapping[str, Any], field: str, read: Callable[[Any, str], int]) -> int:
    value = row.get(field)
    try:
        return read(value, field)
    except mean.UnclearError as error:
        raise mean.UnclearError(names.LEVEL2_FIELD.format(field, _shown(value))) from error


def unit_of_cancels(row: Supplement, down: int, up: int) -> int:
    """How many 股 one of its quantities is: the one unit that puts the average price within the limits; 0: neither.

    One percent is allowed around them, for amounts may be told in rounded CNY.
    """
    if row.count == 0:
        return 0
    fitting = [unit for unit in UNITS if down * 99 <= row.amount * 100 // (row.count * unit) <= up * 101]
    return fitting[0] if len(fitting) == 1 else 0


def _shown(value: object) -> str:
    """A value of any size in few letters; the longest numbers have no text at all."""
    enormous = isinstance(value, int) and abs(value) > mean.MOST_COUNT
    return names.LEVEL2_ENORMOUS if enormous else repr(value)[:SHOWN]


class Cancels:
    """The newest rows of each code. For one thread; the three public fields are read by others.

    `used` counts snapshots that got a figure, `doubted` rows and snapshots that made no sense, `doubt` is the last why.
    """

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Supplement, ...]] = {}
        self.used = 0
        self.doubted = 0
        self.doubt = ""

    def took(self, code: str, row: object, now: int) -> None:
        """Keep one row; one that is overtaken is dropped, and where a day's total fell, all of the code are."""
        try:
            self._keep(code, supplement_of(row, now))
        # whatever a feed makes of a row, the next one must still be read
        except Exception as error:  # noqa: BLE001
            self._rows.pop(code, None)
            self._doubts(code, error)

    def beside(self, quote: Quote) -> Quote:
        """The snapshot with what the newest row that is not newer says; as it was where none says anything."""
        rows = self._rows.get(quote.code, ())
        row = next((each for each in reversed(rows) if each.at <= quote.at), None)
        if row is None or quote.at - row.at > STALE_MS:
            return quote
        try:
            withdrawn = _withdrawn(row, quote)
        # whatever this row comes to, the snapshot of Level-1 must be told
        except Exception as error:  # noqa: BLE001
            self._doubts(quote.code, error)
            return quote
        self.used += 1
        return replace(quote, withdrawn=withdrawn)

    def _keep(self, code: str, new: Supplement) -> None:
        if new.empty:
            return
        kept = tuple(each for each in self._rows.get(code, ()) if shanghai_day(each.at) == shanghai_day(new.at))
        if kept and new.at < kept[-1].at:
            return
        if kept and (new.count < kept[-1].count or new.amount < kept[-1].amount):
            # one of the two was garbage, and nobody knows which
            raise mean.UnclearError(_fell(kept[-1], new))
        older = tuple(each for each in kept if each.at < new.at)
        self._rows[code] = (*older[-KEPT:], new)

    def _doubts(self, code: str, error: Exception) -> None:
        self.doubted += 1
        why = str(error) if isinstance(error, mean.UnclearError) else names.LEVEL2_RAISED.format(repr(error))
        self.doubt = f"{code}: {why}"


def _fell(before: Supplement, now: Supplement) -> str:
    if now.count < before.count:
        return names.LEVEL2_FELL.format("withdrawBidQuantity", before.count, now.count)
    return names.LEVEL2_FELL.format("withdrawBidAmount", _cny(before.amount), _cny(now.amount))


def _cny(milli: int) -> str:
    return f"{milli // 1000}.{milli % 1000:03}"


def _withdrawn(row: Supplement, quote: Quote) -> int:
    """股. Raises UnclearError where the unit is not plain, or the book shows more buyers than the row."""
    if row.count == 0 and row.amount == 0:
        return 0
    if quote.limit_up and quote.limit_down:
        limits: tuple[int, int] | None = (quote.limit_up, quote.limit_down)
    else:
        limits = _limits(quote.code, quote.prev_close, shanghai_day(quote.at))
    if limits is None:
        raise mean.UnclearError(names.LEVEL2_NO_LIMITS)
    up, down = limits
    unit = unit_of_cancels(row, down, up)
    if unit == 0:
        raise mean.UnclearError(names.LEVEL2_NO_UNIT.format(row.count, _cny(row.amount)))
    # of the same moment; the two are made one after the other, so half of it is demanded
    if row.at == quote.at and 2 * row.waiting * unit < sum(level.volume for level in quote.bids):
        raise mean.UnclearError(names.LEVEL2_BOOK.format(row.waiting))
    return row.count * unit


@lru_cache(maxsize=256)
def _limits(code: str, prev_close: int, day: date) -> tuple[int, int] | None:
    try:
        return price_limits(code, prev_close, day)
    except (UnknownCodeError, BadPriceError):
        return None
