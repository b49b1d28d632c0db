"""The account a fresh paper world starts with."""

from datetime import date

from qmtdesk.domain.calendar import next_trading_day
from qmtdesk.domain.money import round_half_up
from qmtdesk.domain.quote import Quote
from qmtdesk.gateways.paper.account import Holding, PaperAccount
from qmtdesk.gateways.paper.market import PaperMarket

TOTAL = 1_000_000_000
"""1,000,000 CNY in 厘, holdings included."""

_BONDS = {"113902.SH": 160, "123902.SZ": 160, "118902.SH": 200, "127903.SZ": 100}
_STOCK_WORTH = 32_000_000
_BOARDS_HELD = 4


def opening_account(market: PaperMarket, day: date, at: int) -> PaperAccount:
    """Some bonds, and stocks that stand at their limit today and on the next day; all bought on earlier days."""
    prices = {code: quote.last or quote.prev_close for code, quote in _quotes(market, day, at)}
    volumes = dict(_BONDS)
    for told in (market.boards(day), market.boards(next_trading_day(day))):
        for code in told[:_BOARDS_HELD]:
            volumes[code] = max(_STOCK_WORTH // prices[code] // 100, 2) * 100
    worth = sum(prices[code] * volume for code, volume in volumes.items())
    holdings = {
        code: Holding(volume, round_half_up(prices[code] * volume * 96, 100)) for code, volume in volumes.items()
    }
    return PaperAccount(TOTAL - worth, holdings=holdings)


def _quotes(market: PaperMarket, day: date, at: int) -> list[tuple[str, Quote]]:
    found = ((code, market.quote_at(day, code, at)) for code in market.codes())
    return [(code, quote) for code, quote in found if quote is not None]
