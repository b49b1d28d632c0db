"""Price paths of ordinary days: a restless price around an anchor that wanders from the open to the close."""

from dataclasses import dataclass
from random import Random

from qmtdesk.domain.instrument import Instrument
from qmtdesk.gateways.paper.tape import Tape, tape_of

_FINE = 10
"""Prices are walked with this many binary places below a 厘."""
_PULL = 5
_LATE_PULL = 40
_LATE_ROWS = 200


@dataclass(frozen=True, slots=True)
class Walk:
    """What a day's path has to meet: prices in 厘, `restless` in tenths of a basis point a snapshot."""

    open: int
    close: int
    restless: int
    flow: int
    slots: int
    auction_close: bool


def calm_tape(chance: Random, instrument: Instrument, walk: Walk) -> Tape:
    """A day without a board: it never touches its limits."""
    last, traded = _rows(chance, instrument, walk)
    opening = walk.flow * chance.randrange(3, 9) // instrument.lot * instrument.lot + instrument.lot
    last.insert(0, walk.open)
    traded.insert(0, opening)
    if walk.auction_close:
        last.append(walk.close)
        traded.append(opening)
    else:
        last[-1] = walk.close
    return tape_of(last, traded, [0] * len(last), walk.flow)


def anchors(chance: Random, walk: Walk, spread_bp: int = 120) -> list[int]:
    """The path's anchor for each slot, bent at three points of the day."""
    bend = [walk.open]
    for quarter in (1, 2, 3):
        straight = walk.open + (walk.close - walk.open) * quarter // 4
        bend.append(straight * (10_000 + chance.randint(-spread_bp, spread_bp)) // 10_000)
    bend.append(walk.close)
    rows = []
    size = -(-walk.slots // 4)
    for slot in range(walk.slots):
        part, step = divmod(slot, size)
        rows.append(bend[part] + (bend[part + 1] - bend[part]) * step // size)
    return rows


def _rows(chance: Random, instrument: Instrument, walk: Walk) -> tuple[list[int], list[int]]:
    tick, lot, flow = instrument.tick, instrument.lot, walk.flow
    floor = instrument.limit_down + tick if instrument.limit_down else tick
    ceiling = instrument.limit_up - tick if instrument.limit_up else walk.open * 10
    # 104.5 is the standard deviation of the sum of two bytes
    scale = (walk.open * walk.restless << _FINE) // 10_450_000 or 1
    seen = chance.randbytes(5 * walk.slots)
    quiet = 40 if walk.restless > 60 else 90
    half = (tick << _FINE) // 2
    grain = tick << _FINE
    place = walk.open << _FINE
    price = walk.open
    late = walk.slots - _LATE_ROWS
    last: list[int] = []
    traded: list[int] = []
    rows = zip(anchors(chance, walk), seen[0::5], seen[1::5], seen[2::5], seen[3::5], seen[4::5], strict=True)
    for row, (anchor, a, b, c, d, e) in enumerate(rows):
        place += (((anchor << _FINE) - place) * (_PULL if row < late else _LATE_PULL) >> 10) + (a + b - 255) * scale
        if c < quiet:
            traded.append(0)
        else:
            price = min(max((place + half) // grain * tick, floor), ceiling)
            size = flow * (d + 1) // 128
            traded.append((size * 5 if e > 245 else size) // lot * lot + lot)
        last.append(price)
    return last, traded
