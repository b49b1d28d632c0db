"""How an instrument is traded on a day: tick, lot, turnaround, and the price cage of continuous trading."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qmtdesk.domain.codes import Listing
from qmtdesk.domain.dated import ALWAYS, in_force
from qmtdesk.domain.instrument import Board, Kind, Market
from qmtdesk.domain.money import round_down, round_half_up, round_up
from qmtdesk.domain.order import Side
from qmtdesk.domain.reason import Reason, Why, because


@dataclass(frozen=True, slots=True)
class TradingRules:
    """Tick in 厘, volumes in 股 / 张.

    `lot` is the least volume of an order and `step` the increment above it. `sell_odd_at_once`: what is left below a
    lot may be sold, but only in one piece. `max_volume` is the most one limit order may hold.
    """

    tick: int
    lot: int
    step: int
    t_plus_one: bool
    max_volume: int
    sell_odd_at_once: bool


@dataclass(frozen=True, slots=True)
class _Cage:
    """Ratio in percent and number of ticks; the wider of the two counts."""

    percent: int
    ticks: int


CHINEXT_REFORM = date(2020, 8, 24)  # ChiNext registration regime, SZSE
MAIN_REFORM = date(2023, 4, 10)  # first main-board listings under the regime published 2023-02-17, SSE and SZSE
BOND_REFORM = date(2022, 8, 1)  # convertible bond trading rules of 2022-07-29, SSE and SZSE

# market-rules 0.9: closes on SH have a third decimal from 2022-08-01 and none before; SZ always had
_BOND_TICK = {Market.SH: ((ALWAYS, 10), (BOND_REFORM, 1)), Market.SZ: ((ALWAYS, 1),)}

# market-rules 3, "max per order"; believed, not confirmed
_STOCK_MAX = {
    Board.MAIN: ((ALWAYS, 1_000_000),),
    Board.CHINEXT: ((ALWAYS, 1_000_000), (CHINEXT_REFORM, 300_000)),
    Board.STAR: ((ALWAYS, 100_000),),
    Board.BSE: ((ALWAYS, 1_000_000),),
}
# market-rules 3, "lot": SSE / SZSE 3.3.8; STAR 200 then 1; BSE 100 then 1; ChiNext is 100
_STOCK_LOT = {Board.MAIN: (100, 100), Board.CHINEXT: (100, 100), Board.STAR: (200, 1), Board.BSE: (100, 1)}

# market-rules 3, "turnaround": bond and money (511), cross-border (513) and gold (518) funds are T+0; which of
# Shenzhen's 159 are is not told by their number, so those count as T+1
_SAME_DAY_FUNDS = ("511", "513", "518")

# market-rules 3, "price cage": main board since 2023-04-10; ChiNext and STAR had the 2 % without the ten ticks from
# their start until then; BSE 5 % (believed)
_NO_CAGE: _Cage | None = None
_CAGES: dict[Board, tuple[tuple[date, _Cage | None], ...]] = {
    Board.MAIN: ((ALWAYS, _NO_CAGE), (MAIN_REFORM, _Cage(2, 10))),
    Board.CHINEXT: ((ALWAYS, _NO_CAGE), (CHINEXT_REFORM, _Cage(2, 0)), (MAIN_REFORM, _Cage(2, 10))),
    Board.STAR: ((ALWAYS, _Cage(2, 0)), (MAIN_REFORM, _Cage(2, 10))),
    Board.BSE: ((ALWAYS, _Cage(5, 10)),),
}


# asked again and again for the few codes and days at hand
@lru_cache(maxsize=1_024)
def rules_of(listing: Listing, day: date) -> TradingRules:
    """The trading rules of a listing on a day."""
    tick = tick_of(listing, day)
    if listing.kind is Kind.BOND:
        # 1 手 = 10 张 on both exchanges; T+0; market-rules 3
        return TradingRules(tick, 10, 10, t_plus_one=False, max_volume=1_000_000, sell_odd_at_once=True)
    if listing.kind is Kind.FUND:
        t_plus_one = not (listing.market is Market.SH and listing.code.startswith(_SAME_DAY_FUNDS))
        return TradingRules(tick, 100, 100, t_plus_one, max_volume=1_000_000, sell_odd_at_once=True)
    lot, step = _STOCK_LOT[listing.board]
    most = in_force(_STOCK_MAX[listing.board], day)
    return TradingRules(tick, lot, step, t_plus_one=True, max_volume=most, sell_odd_at_once=True)


def tick_of(listing: Listing, day: date) -> int:
    """The price tick in 厘: stocks 0.01, funds 0.001, bonds by exchange and day (market-rules 3)."""
    if listing.kind is Kind.STOCK:
        return 10
    if listing.kind is Kind.FUND:
        return 1
    return in_force(_BOND_TICK[listing.market], day)


def round_to_tick(numerator: int, denominator: int, tick: int) -> int:
    """The price on the tick nearest to the ratio in 厘, halves up."""
    return round_half_up(numerator, denominator * tick) * tick


def floor_lot(rules: TradingRules, volume: int) -> int:
    """The largest volume not above `volume` that may be bought, or sold without touching an odd remainder; 0 if none.

    Not cut to `max_volume`.
    """
    if volume < rules.lot:
        return 0
    return volume - (volume - rules.lot) % rules.step


def sellable_whole(rules: TradingRules, holding: int) -> int:
    """The most of what may be sold now that one sell order can take, an odd remainder included."""
    if holding > rules.max_volume:
        return floor_lot(rules, rules.max_volume)
    return max(holding, 0) if rules.sell_odd_at_once else floor_lot(rules, holding)


def lot_problem(rules: TradingRules, side: Side, volume: int, holding: int) -> Reason | None:
    """BAD_LOT when an order of `volume` breaks the lot rules; `holding` is what may be sold now, sells only.

    Selling more than the holding is not judged here, except that only whole lots can be more than it.
    """
    if volume > 0 and floor_lot(rules, volume) == volume:
        return None
    if side is Side.SELL and _takes_the_odd(rules, volume, holding):
        return None
    return because(Why.BAD_LOT, volume=volume, lot=rules.lot, step=rules.step)


def price_cage(listing: Listing, day: date, side: Side, bid1: int, ask1: int, last: int, prev_close: int) -> int | None:
    """The highest price a buy, or the lowest a sell, may carry in continuous trading; None when there is no cage.

    Prices in 厘, 0 where absent. Call auctions and the daily limits are not looked at. A result between two ticks is
    taken inwards: the exchanges' own rounding is not known, and an order inside is never refused.
    """
    cage = in_force(_CAGES[listing.board], day) if listing.kind is Kind.STOCK else None
    base = _cage_base(side, bid1, ask1, last, prev_close)
    if cage is None or base <= 0:
        return None
    tick = tick_of(listing, day)
    if side is Side.BUY:
        return max(round_down(base * (100 + cage.percent), 100 * tick) * tick, base + cage.ticks * tick)
    lowest = min(round_up(base * (100 - cage.percent), 100 * tick) * tick, base - cage.ticks * tick)
    return max(lowest, tick)


def _takes_the_odd(rules: TradingRules, volume: int, holding: int) -> bool:
    """Whether a sell takes the whole odd remainder, market-rules 3: 299 held allows 99, 199 and 299 but not 198."""
    if not rules.sell_odd_at_once or not 0 < volume <= holding:
        return False
    if rules.step == rules.lot:
        return volume % rules.lot == holding % rules.lot
    # STAR and BSE: only a balance that is itself below the minimum is odd
    return volume == holding


def _cage_base(side: Side, bid1: int, ask1: int, last: int, prev_close: int) -> int:
    book = (ask1, bid1) if side is Side.BUY else (bid1, ask1)
    return next((price for price in (*book, last, prev_close) if price > 0), 0)
