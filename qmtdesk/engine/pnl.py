"""Profit and loss of an account from its trades alone, exact to the 厘."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.order import Fill, Side


@dataclass(frozen=True, slots=True)
class Lot:
    """What is held of one code and the 厘 paid for it."""

    volume: int
    paid: int


@dataclass(frozen=True, slots=True)
class Result:
    """Totals in 厘. realised + floating − fees is the change of cash plus the change of the holdings' worth."""

    lots: Mapping[str, Lot] = field(default_factory=dict)
    realised: int = 0
    fees: int = 0
    cash_flow: int = 0

    def floating(self, prices: Mapping[str, int]) -> int:
        """What the holdings are worth above what was paid; a code without a price counts at cost."""
        return sum(
            lot.volume * prices[code] - lot.paid for code, lot in self.lots.items() if prices.get(code) and lot.volume
        )


def fold(result: Result, fill: Fill) -> Result:
    """One more trade. Sales take out the average cost; what rounding leaves stays with the rest."""
    amount = fill.price * fill.volume
    lot = result.lots.get(fill.code, Lot(0, 0))
    gain = 0
    if fill.side is Side.BUY:
        lot = Lot(lot.volume + fill.volume, lot.paid + amount)
        flow = -amount - fill.fee
    else:
        out = round_half_up(lot.paid * fill.volume, lot.volume) if lot.volume > fill.volume else lot.paid
        gain = amount - out
        lot = Lot(max(0, lot.volume - fill.volume), lot.paid - out)
        flow = amount - fill.fee
    return Result(
        {**result.lots, fill.code: lot},
        result.realised + gain,
        result.fees + fill.fee,
        result.cash_flow + flow,
    )


def result_of(held: Mapping[str, Lot], fills: Iterable[Fill]) -> Result:
    """The result of trades on top of what was held before them."""
    result = Result(dict(held))
    for fill in fills:
        result = fold(result, fill)
    return result
