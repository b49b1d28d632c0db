"""Rows of orders, trades, positions and money in the fields of xtquant."""

from datetime import datetime, timedelta, timezone
from typing import Any

from qmtdesk.domain.account import AccountReport, BrokerOrder, Position
from qmtdesk.domain.order import Fill, OrderState, Side
from standins.faults import TerminalFaults

SHANGHAI = timezone(timedelta(hours=8))
STATUS = {
    OrderState.INTENDED: 48,
    OrderState.SENT: 49,
    OrderState.WORKING: 50,
    OrderState.CANCELLING: 51,
    OrderState.PART_CANCELLING: 52,
    OrderState.PART_CANCELLED: 53,
    OrderState.CANCELLED: 54,
    OrderState.PARTIAL: 55,
    OrderState.FILLED: 56,
    OrderState.REJECTED: 57,
    OrderState.UNKNOWN: 255,
}


def told_time(at: int, form: str) -> int:
    """A time in one of the forms that were seen."""
    moment = datetime.fromtimestamp(at / 1000, SHANGHAI)
    if form == "hhmmss":
        return int(moment.strftime("%H%M%S"))
    if form == "full":
        return int(moment.strftime("%Y%m%d%H%M%S"))
    return at if form == "ms" else at // 1000


def order_row(order: BrokerOrder, account: str, remark: str, faults: TerminalFaults) -> dict[str, Any]:
    """One order. `price_type` is the broker's own enumeration: 50 for a limit order."""
    buy = order.side is Side.BUY
    return {
        "account_type": 2,
        "account_id": account,
        "stock_code": order.code,
        "order_id": int(order.broker_id),
        "order_sysid": "" if order.state is OrderState.SENT else f"S{order.broker_id[-6:]}",
        "order_time": told_time(order.at, faults.time_form),
        "order_type": 23 if buy else 24,
        "order_volume": order.volume,
        "price_type": 50,
        "price": order.price / 1000,
        "traded_volume": order.filled,
        "traded_price": order.price / 1000 if order.filled else 0.0,
        "order_status": faults.odd_status or STATUS[order.state],
        "status_msg": order.text,
        "strategy_name": "",
        "order_remark": remark,
        "direction": 48 if buy else 49,
        "offset_flag": 48 if buy else 49,
        "secu_account": "A000000000",
        "instrument_name": "",
    }


def trade_row(fill: Fill, account: str, remark: str, faults: TerminalFaults) -> dict[str, Any]:
    """One trade."""
    buy = fill.side is Side.BUY
    return {
        "account_type": 2,
        "account_id": account,
        "stock_code": fill.code,
        "order_type": 23 if buy else 24,
        "traded_id": fill.trade_id,
        "traded_time": told_time(fill.at, faults.time_form),
        "traded_price": fill.price / 1000,
        "traded_volume": fill.volume,
        "traded_amount": fill.price * fill.volume / 1000,
        "order_id": int(fill.broker_id),
        "order_sysid": f"S{fill.broker_id[-6:]}",
        "strategy_name": "",
        "order_remark": remark,
        "direction": 48 if buy else 49,
        "offset_flag": 48 if buy else 49,
        "commission": fill.fee / 1000,
        "secu_account": "A000000000",
        "instrument_name": "",
    }


def position_row(position: Position, account: str) -> dict[str, Any]:
    """One holding; `frozen_volume` is what working sells hold back."""
    price = position.cost / 1000
    return {
        "account_type": 2,
        "account_id": account,
        "stock_code": position.code,
        "volume": position.volume,
        "can_use_volume": position.can_use,
        "open_price": price,
        "market_value": price * position.volume,
        "frozen_volume": position.volume - position.can_use - position.bought_today,
        "on_road_volume": position.bought_today,
        "yesterday_volume": position.volume - position.bought_today,
        "avg_price": price,
        "direction": 48,
        "last_price": price,
        "profit_rate": 0.0,
        "secu_account": "A000000000",
        "instrument_name": "",
    }


def asset_row(report: AccountReport, account: str, *, first: bool) -> dict[str, Any]:
    """The money; a second account has some of its own."""
    asset = report.asset
    cash, frozen, total = (asset.cash, asset.frozen, asset.total) if first else (50_000_000, 0, 50_000_000)
    return {
        "account_type": 2,
        "account_id": account,
        "cash": cash / 1000,
        "frozen_cash": frozen / 1000,
        "market_value": (total - cash - frozen) / 1000,
        "total_asset": total / 1000,
        "fetch_balance": cash / 1000,
    }


def issue_row(code: str, day: str) -> dict[str, Any]:
    """A new issue that is subscribed to on a day."""
    named = {"m_strIPOCode": code, "m_strIPOName": "", "m_strIPOType": "STOCK", "m_strPurchaseDate": day}
    return {**named, "m_nMaxPurchaseNum": 16_500, "m_nMinPurchaseNum": 500, "m_dIssuePrice": 46.06}
