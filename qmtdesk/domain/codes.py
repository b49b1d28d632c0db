"""What a six-digit code with its exchange is: stock, convertible bond or fund, and on which board."""

import re
from functools import lru_cache

from msgspec import Struct

from qmtdesk.domain.instrument import Board, Kind, Market


class UnknownCodeError(ValueError):
    """A code that no rule here covers; the message names it."""


class Listing(Struct, frozen=True):
    """Where a code is listed and as what."""

    code: str
    market: Market
    kind: Kind
    board: Board


_CODE = re.compile(r"([0-9]{3})[0-9]{3}\.(SH|SZ|BJ)")

# market-rules 5: distinct codes seen in 2018-2024 vendor files; the same prefix means other things elsewhere
# (127.SH is a corporate bond), and private exchangeables (117.SZ, 137.SH) are not auction-traded
_BONDS = {
    Market.SH: ("110", "111", "113", "118", "132"),
    Market.SZ: ("123", "127", "128", "120"),
}
_STOCKS = {
    (Market.SH, Board.MAIN): ("600", "601", "603", "605"),
    (Market.SH, Board.STAR): ("688", "689"),
    (Market.SZ, Board.MAIN): ("000", "001", "002", "003"),
    (Market.SZ, Board.CHINEXT): ("300", "301", "302"),
    # 43, 83, 87 and 88 are the numbers from before the exchange moved its stocks to 920
    (Market.BJ, Board.BSE): ("920", *(f"{head}{tail}" for head in (43, 83, 87, 88) for tail in range(10))),
}
_FUNDS = {
    Market.SH: tuple(f"5{tail:02d}" for tail in range(100)),
    Market.SZ: tuple(f"{head}{tail}" for head in (15, 16) for tail in range(10)),
}


def _table() -> dict[tuple[str, str], tuple[Market, Kind, Board]]:
    table: dict[tuple[str, str], tuple[Market, Kind, Board]] = {}
    for market, prefixes in _BONDS.items():
        table.update({(market.value, prefix): (market, Kind.BOND, Board.BOND) for prefix in prefixes})
    for (market, board), prefixes in _STOCKS.items():
        table.update({(market.value, prefix): (market, Kind.STOCK, board) for prefix in prefixes})
    for market, prefixes in _FUNDS.items():
        table.update({(market.value, prefix): (market, Kind.FUND, Board.FUND) for prefix in prefixes})
    return table


_BY_PREFIX = _table()


@lru_cache(maxsize=16384)
def classify(code: str) -> Listing:
    """The listing behind a code such as 113050.SH; UnknownCodeError for anything this program has no rules for."""
    found = _match(code)
    known = _BY_PREFIX.get((found.group(2), found.group(1))) if found else None
    if known is None:
        raise UnknownCodeError(f"code was {code!r}: no stock, convertible bond or fund is numbered so")
    return Listing(code, *known)


def has_rules(code: str) -> bool:
    """Whether this program has rules for a code."""
    try:
        classify(code)
    except UnknownCodeError:
        return False
    return True


def _match(code: object) -> re.Match[str] | None:
    return _CODE.fullmatch(code) if isinstance(code, str) else None
