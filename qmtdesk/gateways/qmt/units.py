"""What one volume of a bond's snapshots stands for: not documented, so it is inferred and until then not known."""

from msgspec import Struct

UNITS = (1, 10, 100)
STOCK = 100


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
