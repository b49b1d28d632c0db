"""What trading costs: commission, stamp duty and transfer fee."""

from dataclasses import dataclass
from datetime import date

from qmtdesk.domain.codes import Listing
from qmtdesk.domain.dated import ALWAYS, in_force
from qmtdesk.domain.instrument import Kind
from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.order import Side

Rates = tuple[tuple[date, int], ...]
"""(first day, parts per million), in order of the day."""

# sellers only: Ministry of Finance, 0.1 % from 2008-09-19, halved from 2023-08-28
STAMP_DUTY: Rates = ((ALWAYS, 1000), (date(2023, 8, 28), 500))
# both sides: ChinaClear, 0.002 % from 2015-08-01, 0.001 % from 2022-04-29
TRANSFER_FEE: Rates = ((ALWAYS, 20), (date(2022, 4, 29), 10))

_MILLION = 1_000_000
_FEN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """One account's rates in parts per million of the amount, and the least commission of an order in 厘.

    The commission includes what the exchange and the regulator take out of it. It is the broker's own: the defaults
    are common ones and serve the paper market. Stamp duty and transfer fee are on stocks only; days before the first
    dated rate use that rate.
    """

    stock_commission_ppm: int = 250
    stock_commission_min: int = 5_000
    fund_commission_ppm: int = 250
    fund_commission_min: int = 5_000
    bond_commission_ppm: int = 50
    bond_commission_min: int = 0
    stamp_duty: Rates = STAMP_DUTY
    transfer_fee: Rates = TRANSFER_FEE


def fee_of(schedule: FeeSchedule, listing: Listing, day: date, side: Side, amount_before: int, amount_now: int) -> int:
    """What one more fill of an order adds to its fees, in 厘.

    `amount_before` is what earlier fills of the same order came to, `amount_now` this fill's amount, both in 厘. The
    parts of an order add up to the fee of the whole, so the minimum commission falls on the first fill.
    """
    if amount_before < 0 or amount_now < 0:
        raise ValueError(f"amounts were {amount_before} and {amount_now} 厘: a fill is not negative")
    before = _order_fee(schedule, listing, day, side, amount_before)
    return _order_fee(schedule, listing, day, side, amount_before + amount_now) - before


def round_trip_cost(schedule: FeeSchedule, listing: Listing, day: date, price: int, volume: int) -> int:
    """The fees in 厘 of buying and selling `volume` at `price`, each in one order."""
    amount = price * volume
    return sum(fee_of(schedule, listing, day, side, 0, amount) for side in Side)


def _order_fee(schedule: FeeSchedule, listing: Listing, day: date, side: Side, amount: int) -> int:
    if amount == 0:
        return 0
    commission_ppm, least = _commission(schedule, listing.kind)
    fee = max(_share(amount, commission_ppm), least)
    if listing.kind is Kind.STOCK:
        fee += _share(amount, in_force(schedule.transfer_fee, day))
        if side is Side.SELL:
            fee += _share(amount, in_force(schedule.stamp_duty, day))
    return fee


def _commission(schedule: FeeSchedule, kind: Kind) -> tuple[int, int]:
    if kind is Kind.BOND:
        return schedule.bond_commission_ppm, schedule.bond_commission_min
    if kind is Kind.FUND:
        return schedule.fund_commission_ppm, schedule.fund_commission_min
    return schedule.stock_commission_ppm, schedule.stock_commission_min


def _share(amount: int, ppm: int) -> int:
    """A share of an amount, to the fen: each fee is charged by itself in whole cents."""
    return round_half_up(amount * ppm, _MILLION * _FEN) * _FEN
