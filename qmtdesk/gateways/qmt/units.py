"""What one volume of a snapshot stands for: inferred from what was traded, for documents are silent or not believed."""

import logging

from msgspec import Struct

from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Kind

log = logging.getLogger("qmtdesk.trader")

UNITS = (1, 10, 100)
STOCK = 100
"""手, as documented for stocks and funds; of bonds nothing is."""
AGREE = 3
"""So many snapshots in a row, each of a later time, must tell another unit before it is believed."""


class Traded(Struct, frozen=True):
    """The day's figures of one snapshot: `volume` in units nobody named, `amount` in 厘, prices in 厘."""

    volume: int
    amount: int
    low: int
    high: int


def unit_of(traded: Traded) -> int:
    """The one unit with which the average price lies within the day's range; 0 while none or several do.

    One percent is allowed around the range, for amounts are told in rounded CNY and bonds may be told without interest.
    """
    if min(traded.volume, traded.amount, traded.low, traded.high) <= 0:
        return 0
    low, high = traded.low * 99, traded.high * 101
    fitting = [unit for unit in UNITS if low <= traded.amount * 100 // (traded.volume * unit) <= high]
    return fitting[0] if len(fitting) == 1 else 0


class _Against(Struct, frozen=True):
    """Snapshots that tell another unit than the one that was known; `at` is the newest one's time."""

    unit: int
    count: int
    at: int


class Units:
    """The unit of each code. For one thread; `known` may be copied by others.

    One odd snapshot changes nothing: until others of later say the same, or one says what was known, nobody knows.
    """

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._against: dict[str, _Against] = {}

    def took(self, code: str, traded: Traded, at: int) -> int:
        """The unit to read this snapshot by, 0 where it is not known."""
        bond = classify(code).kind is Kind.BOND
        known, told = self.known.get(code, 0 if bond else STOCK), unit_of(traded)
        if not told:
            return 0 if code in self._against else known
        if told == known or not known:
            if bond and code not in self.known:
                log.info("QMT quotes: one volume of %s is %d", code, told)
            self.known[code] = told
            self._against.pop(code, None)
            return told
        return self._doubted(code, known, told, at)

    def _doubted(self, code: str, known: int, told: int, at: int) -> int:
        before = self._against.get(code)
        if before is None:
            log.warning("QMT quotes: one volume of %s was %d, and this snapshot says %d", code, known, told)
        if before is None or before.unit != told:
            before = _Against(told, 0, -1)
        count = before.count + (at > before.at)
        if count < AGREE:
            self._against[code] = _Against(told, count, max(at, before.at))
            return 0
        log.warning("QMT quotes: one volume of %s is %d, as %d snapshots say", code, told, count)
        self.known[code] = told
        del self._against[code]
        return told
