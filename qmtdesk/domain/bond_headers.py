"""The words people write over the columns of a bond list, and into its cells: Chinese and English, and the units."""

import re
import unicodedata
from enum import Enum

from qmtdesk.domain.bond_terms import RedeemState


class Column(str, Enum):
    """What a column of a list can tell."""

    CODE = "code"
    NAME = "name"
    LISTED = "listed"
    STOCK_CODE = "stock_code"
    STOCK_NAME = "stock_name"
    CONV_PRICE = "conv_price"
    SIZE = "size"
    LIST_DAY = "list_day"
    MATURITY = "maturity"
    RATING = "rating"
    REDEEM = "redeem"
    REDEEM_DAY = "redeem_day"
    LAST_DAY = "last_day"
    AS_OF = "as_of"


class Unit(str, Enum):
    """What one of a size is."""

    YUAN = "yuan"
    WAN = "wan"
    YI = "yi"


YUAN = {Unit.YUAN: 1, Unit.WAN: 10_000, Unit.YI: 100_000_000}
UNIT_WORDS = {"元": Unit.YUAN, "万": Unit.WAN, "万元": Unit.WAN, "亿": Unit.YI, "亿元": Unit.YI, "cny": Unit.YUAN}
"""A unit as it stands in a header's brackets or behind a number."""

_WORDS: dict[Column, str] = {
    Column.CODE: "代码 转债代码 债券代码 可转债代码 证券代码 code bond_code bondcode symbol ts_code windcode "
    "bond_id cb_code security_code",
    Column.NAME: "名称 转债名称 债券名称 可转债名称 证券名称 简称 转债简称 债券简称 可转债简称 证券简称 name "
    "bond_name bond_nm bond_short_name short_name",
    Column.LISTED: "上市状态 交易状态 状态 status list_status",
    Column.STOCK_CODE: "正股代码 股票代码 标的代码 stock_code stock_id stk_code underlying underlying_code",
    Column.STOCK_NAME: "正股名称 正股简称 正股 股票名称 标的名称 stock_name stock_nm stk_short_name underlying_name",
    Column.CONV_PRICE: "转股价 转股价格 最新转股价 当前转股价 conv_price convert_price conversion_price",
    Column.SIZE: "剩余规模 债券余额 剩余余额 转债余额 未转股余额 余额 最新余额 存续规模 未转股规模 remain_size "
    "remain_issue_vol remaining_size curr_iss_amt remain_amount outstanding remaining",
    Column.LIST_DAY: "上市日 上市日期 上市时间 list_date list_day listing_date",
    Column.MATURITY: "到期日 到期日期 到期时间 maturity maturity_date maturity_dt",
    Column.RATING: "评级 债券评级 信用评级 债项评级 最新债项评级 最新评级 rating bond_rating rating_cd",
    Column.REDEEM: "强赎 强赎状态 赎回状态 是否强赎 强赎进度 强赎天计数 redeem redeem_status redeem_state",
    Column.REDEEM_DAY: "强赎日 强赎日期 强赎登记日 赎回日 赎回日期 赎回执行日 赎回登记日 强赎执行日 redeem_date "
    "redeem_day execute_redeem_date call_date",
    Column.LAST_DAY: "最后交易日 最后交易日期 停止交易日 摘牌日 last_day last_trading_day last_trade_date delist_date "
    "delisting_date",
    Column.AS_OF: "数据日期 更新日期 更新时间 截至 截至日 截至日期 日期 交易日期 as_of date update_time updated_at "
    "trade_date data_date",
}
_BRACKETED = re.compile(r"[(\[【:/_ ]+([^()\[\]【】:/_ ]+)[)\]】]?$")
_BLANKS = re.compile(r"\s+")


def plain(text: str) -> str:
    """A header or a word without what only looks different: widths, case, blanks."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


_BY_WORD = {plain(word): column for column, words in _WORDS.items() for word in (column.value, *words.split())}
_PRICED = ("现价", "price", "最新价", "收盘价", "close", "转债价格")
LIVE_WORDS = frozenset(map(plain, _PRICED))
"""Columns that are known and left aside: prices come from the market data."""


def column_of(header: str) -> tuple[Column | None, Unit | None]:
    """What a header names, and its unit where it says one: 剩余规模(亿元) is a size in units of 100 million."""
    text = plain(header)
    if text in _BY_WORD:
        return _BY_WORD[text], None
    found = _BRACKETED.search(text)
    if found is None:
        return None, None
    column, unit = _BY_WORD.get(text[: found.start()]), UNIT_WORDS.get(found.group(1))
    return (column, unit) if unit is not None or column is not Column.SIZE else (None, None)


DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")
"""A day with its year first, in the ways it is parted."""

BLANK = frozenset(("", "-", "--", "---", "—", "——", "n/a", "#n/a", "na", "nan", "nat", "none", "null", "暂无"))
"""Cells that say nothing."""

REDEEM_WORDS: dict[str, RedeemState] = {
    **dict.fromkeys(
        (
            "无",
            "否",
            "不强赎",
            "不赎回",
            "暂不强赎",
            "公告不强赎",
            "已公告不强赎",
            "未触发",
            "未满足",
            "no",
            "none",
            "false",
            "0",
        ),
        RedeemState.NONE,
    ),
    **dict.fromkeys(("已满足", "满足", "已触发", "触发", "已满足强赎条件", "met", "triggered"), RedeemState.MET),
    **dict.fromkeys(
        (
            "是",
            "强赎",
            "已公告",
            "公告强赎",
            "已公告强赎",
            "公告要强赎",
            "公告赎回",
            "announced",
            "called",
            "yes",
            "true",
            "1",
        ),
        RedeemState.ANNOUNCED,
    ),
    **dict.fromkeys(("未知", "unknown"), RedeemState.UNKNOWN),
}
LISTED_WORDS: dict[str, bool] = {
    **dict.fromkeys(("l", "上市", "正常", "交易", "正常交易", "正常上市", "上市交易", "listed", "normal"), True),
    **dict.fromkeys(("d", "退市", "摘牌", "已摘牌", "已退市", "终止上市", "未上市", "待上市", "delisted"), False),
}
"""Numbers count as in the table of the original script: 0 is listed, any other is not."""
