"""The day's price limits of an instrument, from the exchanges' rules by date."""

from dataclasses import dataclass
from datetime import date, datetime

from qmtdesk.domain.codes import Listing, classify
from qmtdesk.domain.dated import ALWAYS, in_force
from qmtdesk.domain.instrument import Board, Kind, Market
from qmtdesk.domain.money import round_down, round_half_up, round_up
from qmtdesk.domain.names import NameMarks, marks_of
from qmtdesk.domain.rules import BOND_REFORM, CHINEXT_REFORM, MAIN_REFORM, tick_of


class BadPriceError(ValueError):
    """A previous close that no exchange can have published for that instrument and day; the message names it."""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """Limits as parts per thousand of the reference price; `inwards` cuts to the tick instead of rounding."""

    up: int
    down: int
    inwards: bool = False

    def bounds(self, reference: int, tick: int) -> tuple[int, int]:
        """(up, down) in 厘 for a reference price on the tick."""
        ticks = reference // tick
        if self.inwards:
            up, down = round_down(ticks * self.up, 1000), round_up(ticks * self.down, 1000)
        else:
            up, down = round_half_up(ticks * self.up, 1000), round_half_up(ticks * self.down, 1000)
        # SSE 3.3.17, SZSE 3.3.19: a limit less than one tick away is put one tick away; and no price is below a tick
        up, down = max(up, ticks + 1), max(min(down, ticks - 1), 1)
        return up * tick, down * tick


_5 = LimitRule(1050, 950)
_10 = LimitRule(1100, 900)
_20 = LimitRule(1200, 800)
# market-rules 2: cut, not rounded: 1,327 of 1,327 published Beijing rows
_30_INWARDS = LimitRule(1300, 700, inwards=True)
# SSE and SZSE notices for new listings from 2014: 144 % and 64 % of the issue price
_OLD_FIRST_DAY = LimitRule(1440, 640)
# 130 x 1.1 x 1.1 and 70 x 0.9 x 0.9: 57 bonds traded at exactly 157.300 on their first day, none above
_BOND_FIRST_DAY = LimitRule(1573, 567)

_Dated = tuple[tuple[date, LimitRule | None], ...]
_NONE: LimitRule | None = None

_ORDINARY: dict[Board, _Dated] = {
    Board.MAIN: ((ALWAYS, _NONE), (date(1996, 12, 16), _10)),
    Board.CHINEXT: ((ALWAYS, _10), (CHINEXT_REFORM, _20)),
    Board.STAR: ((ALWAYS, _20),),
    Board.BSE: ((ALWAYS, _30_INWARDS),),
    # SSE and SZSE convertible bond rules of 2022-07-29; only halts before
    Board.BOND: ((ALWAYS, _NONE), (BOND_REFORM, _20)),
    Board.FUND: ((ALWAYS, _10),),
}
# Trading rules of SSE and SZSE, revised 2026-04-24, in force 2026-07-06: ST on the main board 5 % -> 10 %
_RISK_WARNED: _Dated = ((ALWAYS, _5), (date(2026, 7, 6), _10))
# no limit under the registration regime; the old first-day rule from 2014 until each board's reform; none before
_FIRST_DAY: dict[Board, _Dated] = {
    Board.MAIN: ((ALWAYS, _NONE), (date(2014, 1, 1), _OLD_FIRST_DAY), (MAIN_REFORM, _NONE)),
    Board.CHINEXT: ((ALWAYS, _NONE), (date(2014, 1, 1), _OLD_FIRST_DAY), (CHINEXT_REFORM, _NONE)),
    Board.STAR: ((ALWAYS, _NONE),),
    Board.BSE: ((ALWAYS, _NONE),),
    Board.BOND: ((ALWAYS, _NONE), (BOND_REFORM, _BOND_FIRST_DAY)),
    # a fund's first day is an ordinary one
    Board.FUND: _ORDINARY[Board.FUND],
}
# second to fifth trading day: without limit under the registration regime only; Beijing has one free day, not five
_FREE_WEEK_FROM = {Board.MAIN: MAIN_REFORM, Board.CHINEXT: CHINEXT_REFORM, Board.STAR: ALWAYS}

# S佳通, the one main-board stock whose share reform was never done: 5 % (published row of 2025-04-02)
_UNREFORMED_CODES = ("600182.SH",)
# market-rules 1, funds: bond and money funds have none; 588 and 589 follow STAR indices
_FREE_FUNDS = ("511",)
_WIDE_FUNDS = ("588", "589")


def price_limits(
    code: str, prev_close: int, day: date, name: str = "", *, first_day: bool = False
) -> tuple[int, int] | None:
    """(limit up, limit down) in 厘 of a code on a day, or None when the day has no limit.

    `prev_close` is the exchange's reference price in 厘: on an ex-right day not yesterday's close, on a first day the
    issue price. `name` is that day's short name: ST, N, C and 退 are read from it. `first_day` marks the first day of
    a listing, or of a delisting period when the name says 退.
    Raises UnknownCodeError, BadPriceError, and TypeError when `prev_close` is no int or `day` no date.
    """
    listing = classify(code)
    _check_day(day)
    tick = tick_of(listing, day)
    _check_price(code, prev_close, tick)
    rule = limit_rule(listing, day, name, first_day=first_day)
    return None if rule is None else rule.bounds(prev_close, tick)


def limit_rule(listing: Listing, day: date, name: str = "", *, first_day: bool = False) -> LimitRule | None:
    """Which rule limits a listing on a day; None for no limit."""
    marks = marks_of(name)
    board = listing.board
    if marks.leaving:
        # SZSE 4.5.5: the delisting period has the board's own limits, ST or not, and none on its first day
        return None if first_day else in_force(_ORDINARY[board], day)
    if first_day or marks.first_day:
        return in_force(_FIRST_DAY[board], day)
    if marks.first_week and board in _FREE_WEEK_FROM and day >= _FREE_WEEK_FROM[board]:
        return None
    if listing.kind is Kind.FUND:
        return _fund_rule(listing)
    if board is Board.MAIN:
        return _main_rule(listing, day, marks)
    return in_force(_ORDINARY[board], day)


def says_no_limit(prev_close: int, told_up: int) -> bool:
    """Whether a feed's limit-up is the sentinel for "none": SH 99999.99, SZ 999999.999 (market-rules 0.7)."""
    return told_up > 10 * prev_close


def _main_rule(listing: Listing, day: date, marks: NameMarks) -> LimitRule | None:
    ordinary = in_force(_ORDINARY[Board.MAIN], day)
    if ordinary is None:
        return None
    if marks.risk_warned:
        return in_force(_RISK_WARNED, day)
    if marks.unreformed or listing.code in _UNREFORMED_CODES:
        return _5
    return ordinary


def _fund_rule(listing: Listing) -> LimitRule | None:
    if listing.market is Market.SH and listing.code.startswith(_FREE_FUNDS):
        return None
    if listing.market is Market.SH and listing.code.startswith(_WIDE_FUNDS):
        return _20
    return _10


def _check_day(day: object) -> None:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"day was {day!r}: not a date")


def _check_price(code: str, prev_close: object, tick: int) -> None:
    if isinstance(prev_close, bool) or not isinstance(prev_close, int):
        raise TypeError(f"previous close of {code} was {prev_close!r}: not whole 厘")
    if prev_close <= 0:
        raise BadPriceError(f"previous close of {code} was {prev_close} 厘: not positive")
    if prev_close % tick:
        raise BadPriceError(f"previous close of {code} was {prev_close} 厘: finer than its tick of {tick} 厘")
