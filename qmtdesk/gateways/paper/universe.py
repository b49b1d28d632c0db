"""What is listed on the paper market: 30 convertible bonds, their stocks, and 20 stocks to watch."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from qmtdesk.domain.bond_terms import BondTerms, RedeemState
from qmtdesk.domain.calendar import previous_trading_day
from qmtdesk.domain.money import round_half_up
from qmtdesk.gateways.paper.names import BOND_SUFFIX, DYING_BOND, UNDERLYINGS, WATCHED


class Story(str, Enum):
    """What an instrument does with its days."""

    CALM = "calm"
    CYCLE = "cycle"  # every other day a board that seals, weakens, breaks and reseals
    LOCKED = "locked"  # every other day sealed from open to close
    NEW = "new"  # in its first five days: no limit


@dataclass(frozen=True, slots=True)
class Listed:
    """One instrument of the paper market.

    `base` is the price in 厘 its closes hover around, `restless` the size of one snapshot's move in tenths of a basis
    point, `flow` the mean volume of one snapshot, `group` which of two alternating days its story is told on.
    """

    code: str
    name: str
    base: int
    restless: int
    flow: int
    story: Story = Story.CALM
    group: int = 0


@dataclass(frozen=True, slots=True)
class _Bond:
    """A bond's row: prices in CNY, size in 万元 (-1 not told, 0 none left), premium in percent."""

    code: str
    price: int
    size: int
    premium: int
    years: int
    rating: str
    redeem: RedeemState = RedeemState.NONE
    count: int = 0
    last_in: int = 0
    listed: bool = True
    dying: bool = False


_R = RedeemState
_BONDS = (
    _Bond("113901.SH", 112, 12_600, 34, 2, "AA-"),
    _Bond("113902.SH", 118, 16_900, 27, 3, "AA-"),
    _Bond("113903.SH", 124, 20_300, 19, 3, "A+"),
    _Bond("113904.SH", 131, 23_800, 12, 1, "A+", count=4),
    _Bond("110901.SH", 109, 27_500, 48, 2, "AA"),
    _Bond("118901.SH", 136, 24_100, 22, 4, "A+"),
    _Bond("118902.SH", 121, 28_800, 41, 4, "AA-"),
    _Bond("123901.SZ", 116, 14_200, 38, 3, "A"),
    _Bond("123902.SZ", 127, 18_700, 16, 2, "A+"),
    _Bond("123903.SZ", 133, 21_500, 14, 3, "AA-"),
    _Bond("127901.SZ", 114, 25_900, 31, 2, "AA-"),
    _Bond("128901.SZ", 107, 29_600, 55, 1, "AA"),
    _Bond("123904.SZ", 142, 9_800, 9, 2, "A", _R.COUNTING, count=11),
    _Bond("113905.SH", 139, 19_400, 3, 2, "AA-", _R.MET, count=15),
    _Bond("123905.SZ", 138, 15_100, 2, 3, "A+", _R.ANNOUNCED, count=15, last_in=9),
    _Bond("127902.SZ", 119, 22_700, 24, 2, "", _R.UNKNOWN),
    _Bond("128902.SZ", 101, 4_300, 1, 1, "AA", _R.ANNOUNCED, count=15, last_in=1, dying=True),
    _Bond("113906.SH", 115, -1, 36, 3, "AA"),
    _Bond("123906.SZ", 100, 0, 60, 1, "AA-", listed=False),
    _Bond("113907.SH", 123, 64_000, 29, 4, "AA"),
    _Bond("113908.SH", 117, 98_500, 33, 5, "AA+"),
    _Bond("110902.SH", 110, 400_000, 37, 3, "AAA"),
    _Bond("110903.SH", 106, 1_250_000, 62, 2, "AAA"),
    _Bond("118903.SH", 152, 47_700, 18, 5, "AA-"),
    _Bond("118904.SH", 147, 71_200, 25, 5, "AA"),
    _Bond("123907.SZ", 125, 38_800, 21, 4, "AA-", count=7),
    _Bond("123908.SZ", 161, 33_300, 8, 5, "A+", count=9),
    _Bond("127903.SZ", 113, 152_000, 44, 3, "AA+"),
    _Bond("127904.SZ", 120, 83_000, 30, 4, "AA"),
    _Bond("128903.SZ", 104, 56_000, 71, 1, "AA"),
)
_BOARD_OF = {"113": "601", "110": "600", "118": "688", "123": "301", "127": "001", "128": "002"}

_WATCHED = (
    ("605801.SH", 12_350, Story.CYCLE, 0),
    ("605802.SH", 8_740, Story.CYCLE, 1),
    ("605803.SH", 21_860, Story.CYCLE, 0),
    ("605804.SH", 2_410, Story.CYCLE, 1),
    ("003901.SZ", 15_570, Story.CYCLE, 0),
    ("003902.SZ", 6_630, Story.CYCLE, 1),
    ("003903.SZ", 33_280, Story.CYCLE, 0),
    ("003904.SZ", 9_150, Story.CYCLE, 1),
    ("001921.SZ", 4_870, Story.CYCLE, 0),
    ("001922.SZ", 17_940, Story.CYCLE, 1),
    ("301901.SZ", 26_420, Story.CYCLE, 0),
    ("301902.SZ", 38_060, Story.CYCLE, 1),
    ("688901.SH", 52_170, Story.CYCLE, 0),
    ("688902.SH", 44_390, Story.CYCLE, 1),
    ("605805.SH", 11_020, Story.CYCLE, 0),
    ("003905.SZ", 7_780, Story.CYCLE, 1),
    ("605806.SH", 5_260, Story.LOCKED, 0),
    ("301903.SZ", 19_310, Story.LOCKED, 1),
    ("605851.SH", 3_050, Story.CALM, 0),
    ("688903.SH", 61_500, Story.NEW, 0),
)

_SMALL = 30_000
"""万元: bonds up to this size are the lively ones."""


def _bond_listed(row: _Bond, name: str) -> Listed:
    lively = 0 < row.size <= _SMALL and row.redeem is not RedeemState.ANNOUNCED
    return Listed(row.code, name, row.price * 1000, 95 if lively else 40, 260 if lively else 130)


def _bond_name(row: _Bond, stock_name: str) -> str:
    short = stock_name[:2]
    return DYING_BOND.format(short) if row.dying else short + BOND_SUFFIX


def _stock_of(place: int, row: _Bond) -> str:
    market = row.code[-2:]
    return f"{_BOARD_OF[row.code[:3]]}9{place + 30:02d}.{market}"


BONDS = tuple(_bond_listed(row, _bond_name(row, stock)) for row, stock in zip(_BONDS, UNDERLYINGS, strict=True))
STOCKS_BEHIND = tuple(
    Listed(_stock_of(place, row), name, 4_000 + 1_370 * place % 29_000 // 10 * 10, 25, 2_600)
    for place, (row, name) in enumerate(zip(_BONDS, UNDERLYINGS, strict=True))
)
WATCH = tuple(
    Listed(code, name, price, 60 if story is Story.NEW else 35, 9_000, story, group)
    for (code, price, story, group), name in zip(_WATCHED, WATCHED, strict=True)
)
EVERYTHING = (*BONDS, *STOCKS_BEHIND, *WATCH)
BY_CODE = {listed.code: listed for listed in EVERYTHING}


def bond_terms(day: date) -> tuple[BondTerms, ...]:
    """The terms of all bonds as of a day; every date lies where the story needs it, whatever the day."""
    return tuple(_terms(row, bond, stock, day) for row, bond, stock in zip(_BONDS, BONDS, STOCKS_BEHIND, strict=True))


def _terms(row: _Bond, bond: Listed, stock: Listed, day: date) -> BondTerms:
    announced = row.redeem is RedeemState.ANNOUNCED
    last_day = day + timedelta(days=row.last_in - 1) if announced else None
    return BondTerms(
        code=row.code,
        name=bond.name,
        listed=row.listed,
        stock_code=stock.code,
        stock_name=stock.name,
        # premium = price / (100 x stock / conversion price) - 1, prices here in 厘
        conv_price=round_half_up(stock.base * (100 + row.premium) * 1000, bond.base * 10) * 10,
        remaining_yuan=max(row.size, 0) * 10_000,
        size_known=row.size >= 0,
        list_day=(day - timedelta(days=365 * (6 - row.years))).isoformat(),
        maturity=(day + timedelta(days=365 * row.years + 40)).isoformat(),
        rating=row.rating,
        redeem=row.redeem,
        redeem_count=row.count,
        redeem_day=(last_day + timedelta(days=4)).isoformat() if last_day else "",
        last_day=last_day.isoformat() if last_day else "",
        source="paper",
        as_of=previous_trading_day(day).isoformat(),
    )
