"""The terms of a convertible bond as some source told them, each with its date."""

from dataclasses import dataclass
from enum import Enum


class RedeemState(str, Enum):
    """How near a forced redemption is. UNKNOWN is not NONE."""

    UNKNOWN = "unknown"
    NONE = "none"
    COUNTING = "counting"
    MET = "met"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True, kw_only=True)
class BondTerms:
    """Dates are ISO days, '' where the source gave none; sizes in whole CNY, prices in 厘, 0 where not given.

    `redeem_day` is the day redemption executes; `last_day` the last trading day. `as_of` is the day the data are of.
    `origins` names the cells that another source told, or as of another day: (cell, source, as of).
    """

    code: str
    name: str
    listed: bool = True
    stock_code: str = ""
    stock_name: str = ""
    conv_price: int = 0
    remaining_yuan: int = 0
    size_known: bool = True
    list_day: str = ""
    maturity: str = ""
    rating: str = ""
    redeem: RedeemState = RedeemState.UNKNOWN
    redeem_count: int = 0
    redeem_need: int = 15
    redeem_day: str = ""
    last_day: str = ""
    source: str = ""
    as_of: str = ""
    origins: tuple[tuple[str, str, str], ...] = ()
