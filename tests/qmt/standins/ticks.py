"""Snapshots, details and bond data in the shapes xtdata hands out."""

from datetime import date
from typing import Any

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.quote import Level, Quote
from qmtdesk.domain.sessions import Phase, phase_at

PHASES = {
    Phase.BEFORE_OPEN: 11,
    Phase.OPEN_AUCTION: 12,
    Phase.OPEN_AUCTION_LOCKED: 12,
    Phase.OPEN_WAIT: 12,
    Phase.LUNCH: 14,
    Phase.CLOSE_AUCTION: 18,
}


def tick_of(quote: Quote, unit: int) -> dict[str, Any]:
    """One snapshot; `unit` is how many 股 / 张 one of its volumes stands for."""

    def side(levels: tuple[Level, ...]) -> tuple[list[float], list[int]]:
        five = [*levels, *(Level(0, 0) for _ in range(5 - len(levels)))][:5]
        return [each.price / 1000 for each in five], [each.volume // unit for each in five]

    asks, ask_volumes = side(quote.asks)
    bids, bid_volumes = side(quote.bids)
    return {
        "time": quote.at,
        "lastPrice": quote.last / 1000,
        "open": quote.open / 1000,
        "high": quote.high / 1000,
        "low": quote.low / 1000,
        "lastClose": quote.prev_close / 1000,
        "amount": quote.amount / 1000,
        "volume": quote.volume // unit,
        "pvolume": quote.volume,
        "stockStatus": 3,
        "openInt": phase_number(quote),
        "transactionNum": 0,
        "lastSettlementPrice": quote.prev_close / 1000,
        "settlementPrice": 0.0,
        "pe": 0.0,
        "askPrice": asks,
        "bidPrice": bids,
        "askVol": ask_volumes,
        "bidVol": bid_volumes,
        "volRatio": 0.0,
        "speed1Min": 0.0,
        "speed5Min": 0.0,
    }


def supplement_of(quote: Quote, unit: int, withdrawn: tuple[int, int]) -> dict[str, Any]:
    """One row of `l2quoteaux`; `unit` is how many shares one of its quantities stands for."""
    shares, amount = withdrawn
    waiting, offered = (sum(level.volume for level in side) for side in (quote.bids, quote.asks))
    return {
        "time": quote.at,
        "avgBidPrice": quote.bid1.price / 1000,
        "totalBidQuantity": waiting // unit,
        "avgOffPrice": quote.ask1.price / 1000,
        "totalOffQuantity": offered // unit,
        "withdrawBidQuantity": shares // unit,
        "withdrawBidAmount": amount / 1000,
        "withdrawOffQuantity": 0,
        "withdrawOffAmount": 0.0,
    }


def phase_number(quote: Quote) -> int:
    """The `openInt` of a snapshot: the exchange's phase."""
    phase = phase_at(classify(quote.code), quote.at)
    return 13 if phase.continuous else PHASES.get(phase, 15)


def detail_of(one: Instrument, day: date, *, off: int = 0) -> dict[str, Any]:
    """What `get_instrument_detail` tells of an instrument; `off` 厘 are added to the upper limit."""
    code, _, market = one.code.partition(".")
    return {
        "ExchangeID": market,
        "InstrumentID": code,
        "InstrumentName": one.name,
        "ProductID": "",
        "ProductName": "",
        "ProductType": "",
        "ExchangeCode": code,
        "UniCode": code,
        "CreateDate": "0",
        "OpenDate": "20200102",
        "ExpireDate": 99999999,
        "TradingDay": day.strftime("%Y%m%d"),
        "PreClose": one.prev_close / 1000,
        "SettlementPrice": one.prev_close / 1000,
        "UpStopPrice": (one.limit_up + off) / 1000,
        "DownStopPrice": one.limit_down / 1000,
        "FloatVolume": 1e9,
        "TotalVolume": 1e9,
        "LongMarginRatio": 0.0,
        "ShortMarginRatio": 0.0,
        "PriceTick": one.tick / 1000,
        "VolumeMultiple": 1,
        "MainContract": 0,
        "LastVolume": 0,
        "InstrumentStatus": 0,
        "IsTrading": True,
        "IsRecent": False,
        "ExtendInfo": {"BondParValue": 100.0 if one.kind is Kind.BOND else 0.0},
    }


def bond_info_of(terms: BondTerms) -> dict[str, Any]:
    """What `get_cb_info` tells of a bond where the account has the right; dates are numbers, sizes CNY."""

    def number(day: str) -> int:
        return int(day.replace("-", "")) if day else 0

    return {
        "bondCode": terms.code,
        "bondName": terms.name,
        "stockCode": terms.stock_code,
        "stockName": terms.stock_name,
        "bondReMainSize": float(terms.remaining_yuan),
        "bondConvPrice": terms.conv_price / 1000,
        "bondMaturityDate": number(terms.maturity),
        "bondListDate": number(terms.list_day),
        "forceRedeemTradeDate": number(terms.last_day),
        "forceRedeemConvDate": number(terms.redeem_day),
    }
