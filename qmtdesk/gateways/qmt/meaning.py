"""What xtquant's records mean in the terms of the domain; what is unclear is refused by name, never guessed."""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from hashlib import blake2b

from qmtdesk.domain.account import Asset, BrokerOrder, OddRow, Position
from qmtdesk.domain.calendar import previous_trading_day
from qmtdesk.domain.codes import UnknownCodeError, classify
from qmtdesk.domain.order import NO_FEE, Fill, OrderState, Side
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.records import RawAsset, RawOrder, RawPosition, RawTrade, Scalar

BUY, SELL = 23, 24
STATES = {
    48: OrderState.SENT,
    49: OrderState.SENT,
    50: OrderState.WORKING,
    51: OrderState.CANCELLING,
    52: OrderState.PART_CANCELLING,
    53: OrderState.PART_CANCELLED,
    54: OrderState.CANCELLED,
    55: OrderState.PARTIAL,
    56: OrderState.FILLED,
    57: OrderState.REJECTED,
}
"""48 and 49 are on the way to the exchange: they can neither be matched nor relied on yet."""
UNFILLED = frozenset({OrderState.CANCELLED, OrderState.REJECTED})

TYPES = {
    1: "FUTURE",
    2: "STOCK",
    3: "CREDIT",
    5: "FUTURE_OPTION",
    6: "STOCK_OPTION",
    7: "HUGANGTONG",
    11: "SHENGANGTONG",
}
"""Of accounts."""
KEY_DIGITS = 8
REPOS, REPO_FACE = ("204", "131"), 100_000
"""国债逆回购 of Shanghai and Shenzhen; 厘 of what one of its volume lends."""
ODD = 7
MOST_CNY = 10**12
MOST_COUNT = 10**15
LONG_AGO_MS = 30 * 86_400_000
AHEAD_MS = 60_000
"""A time of the clock alone that is further ahead than this is one of the last trading day."""


class UnclearError(ValueError):
    """A record cannot be understood; the message names the field and its value."""


def account_key(number: str) -> str:
    """A short name of an account that does not give its number away."""
    return blake2b(f"qmtdesk account {number}".encode(), digest_size=KEY_DIGITS // 2).hexdigest() if number else ""


def is_other_type(told: Scalar, wanted: str) -> bool:
    """Whether a record says that it is of an account of another type; 0 and below are no types."""
    return isinstance(told, int) and told > 0 and TYPES.get(told) != wanted


def price_of(value: Scalar, field: str) -> int:
    """厘 of a price in CNY. Floats carry noise far below a tick, so the nearest 厘 is what was meant; 0 is none."""
    milli = money_of(value, field)
    if milli < 0:
        raise UnclearError(f"{field} was {value!r}: a price is not negative")
    return milli


def money_of(value: Scalar, field: str) -> int:
    """厘 of an amount in CNY, halves away from zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnclearError(f"{field} was {value!r}: not a number")
    # in this order: an int may be too large to be asked whether it is finite
    if not abs(value) <= MOST_CNY:
        raise UnclearError(f"{field} was {_short(value)}: no amount of money")
    # the shortest text of a float is what its sender typed
    return int((Decimal(repr(value)) * 1000).to_integral_value(rounding="ROUND_HALF_UP"))


def count_of(value: Scalar, field: str) -> int:
    """A whole number not below zero; a float with nothing behind the point is one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_COUNT:
        raise UnclearError(f"{field} was {_short(value)}: not a whole number")
    if value != int(value):
        raise UnclearError(f"{field} was {value!r}: not a whole number")
    if value < 0:
        raise UnclearError(f"{field} was {value!r}: below zero")
    return int(value)


def _short(value: object) -> str:
    """What a message shows of a value of any size."""
    return "an enormous number" if isinstance(value, int) and abs(value) > 10**40 else repr(value)


def text_of(value: Scalar) -> str:
    """A text, '' for nothing."""
    return "" if value is None else str(value)


def code_of(value: Scalar) -> str:
    """A code this program knows the rules of."""
    code = text_of(value)
    try:
        classify(code)
    except UnknownCodeError as error:
        raise UnclearError(f"stock_code was {code!r}: {error}") from error
    return code


def side_of(value: Scalar) -> Side:
    """Buy or sell; lending, repaying and the like are none of ours."""
    if value == BUY:
        return Side.BUY
    if value == SELL:
        return Side.SELL
    raise UnclearError(f"order_type was {value!r}: neither {BUY} (buy) nor {SELL} (sell)")


def is_other_business(raw: RawOrder | RawTrade) -> bool:
    """Whether a row is a conversion, a subscription or the like: told as such, and without any remark of ours."""
    kind = raw.order_type
    return isinstance(kind, int) and not isinstance(kind, bool) and kind not in (BUY, SELL) and not raw.order_remark


def number_of(raw: RawOrder | RawTrade) -> str:
    """The counter's number of a row's order, '' for none: 0 and -1 are none."""
    number = _or_none(count_of, raw.order_id)
    return str(number) if number else ""


def is_nothing(raw: RawTrade) -> bool:
    """Whether a row tells a trade of nothing: no volume, or no price and no money; some counters tell cancels so."""
    if _is_zero(raw.traded_volume):
        return True
    return _is_zero(raw.traded_price) and (raw.traded_amount is None or _is_zero(raw.traded_amount))


def _is_zero(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def odd_row(raw: RawOrder | RawTrade, now: int, text: str = "", issues: Collection[str] = ()) -> OddRow:
    """What can be read of a row that is not understood; never refused, for whether it matters the books say.

    `text` is what could not be read; one that could be and is of a code of `issues` is a subscription.
    """
    if isinstance(raw, RawTrade):
        volume, price, at = raw.traded_volume, raw.traded_price, raw.traded_time
    else:
        volume, price, at = raw.order_volume, raw.price, raw.order_time
    return OddRow(
        broker_id=number_of(raw),
        code=text_of(raw.stock_code),
        volume=_or_none(count_of, volume),
        price=_or_none(price_of, price),
        at=time_of(at, now),
        text=text or f"order_type {_short(raw.order_type)}",
        traded=isinstance(raw, RawTrade),
        issue=not text and raw.stock_code in issues,
    )


def _or_none(read: Callable[[Scalar, str], int], value: Scalar) -> int:
    try:
        return read(value, "") if value is not None else 0
    except UnclearError:
        return 0


def time_of(value: Scalar, now: int) -> int:
    """Unix ms of a time told as seconds, milliseconds, HHMMSS or YYYYMMDDHHMMSS of Shanghai; `now` when it is none.

    A clock's time that has not come yet is one of the last trading day: terminals tell a day again the next morning.
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_COUNT:
        return now
    at = _told(int(value), now)
    return at if now - LONG_AGO_MS <= at <= now + LONG_AGO_MS else now


def _told(number: int, now: int) -> int:
    if 10**9 <= number < 10**11:
        return number * 1000
    if 10**12 <= number < 10**13:
        return number
    if number >= 2 * 10**13:
        return _dated(number, now)
    if not 0 < number <= 235_959:
        return now
    at = _clock(shanghai_day(now), number, now)
    return at if at <= now + AHEAD_MS else _clock(previous_trading_day(shanghai_day(now)), number, now)


def _dated(number: int, now: int) -> int:
    day, clock = divmod(number, 10**6)
    try:
        return _clock(date(day // 10_000, day // 100 % 100, day % 100), clock, now)
    except ValueError:
        return now


def _clock(day: date, number: int, now: int) -> int:
    hour, minute, second = number // 10_000, number // 100 % 100, number % 100
    return at_of(day, hour, minute, second) if hour < 24 and minute < 60 and second < 60 else now


def order_of(raw: RawOrder, now: int) -> BrokerOrder:
    """An order row. Raises UnclearError; a state nobody knows is UNKNOWN and told in `odd`.

    One that ended without a trade holds nothing, so its number may be missing ('') and its volume, too (0). A price of
    0 is a market order's: what it froze is in the account's own figures.
    """
    status = raw.order_status
    state = STATES.get(status) if isinstance(status, int) else None
    filled = count_of(raw.traded_volume or 0, "traded_volume")
    if state in UNFILLED and not filled:
        number, volume = number_of(raw), _or_none(count_of, raw.order_volume)
    else:
        number, volume = str(count_of(raw.order_id, "order_id")), count_of(raw.order_volume, "order_volume")
        if number == "0" or volume == 0:
            raise UnclearError(f"order_id was {raw.order_id!r}, order_volume {raw.order_volume!r}: no order")
    return BrokerOrder(
        broker_id=number,
        remark=text_of(raw.order_remark),
        code=code_of(raw.stock_code),
        side=side_of(raw.order_type),
        price=_limit_of(raw.price),
        volume=volume,
        filled=filled,
        state=state or OrderState.UNKNOWN,
        text=text_of(raw.status_msg),
        at=time_of(raw.order_time, now),
        odd="" if state else str(status)[:ODD],
    )


def _limit_of(value: Scalar) -> int:
    """厘 of an order's limit; market orders are told without a price, or with one below zero."""
    without = value is None or (isinstance(value, int | float) and not value >= 0)
    return 0 if without else price_of(value, "price")


def fill_of(raw: RawTrade, now: int) -> Fill:
    """A trade. `ref` is what is left of our remark; the ledger knows how far to trust it. Raises UnclearError.

    Its day is that of its own time: what yesterday's list still shows this morning is yesterday's.
    """
    volume, price = count_of(raw.traded_volume, "traded_volume"), price_of(raw.traded_price, "traded_price")
    trade_id, number = text_of(raw.traded_id).strip(), count_of(raw.order_id, "order_id")
    if not trade_id or not volume or not price or not number:
        raise UnclearError(
            f"traded_id was {raw.traded_id!r}, traded_volume {raw.traded_volume!r}, "
            f"traded_price {raw.traded_price!r}, order_id {raw.order_id!r}: no trade"
        )
    side, code = side_of(raw.order_type), code_of(raw.stock_code)
    at = time_of(raw.traded_time, now)
    # only figures hang on it: an unreadable one must not cost the trade
    fee = _or_none(money_of, raw.commission)
    return Fill(
        # one number may be given again on the other side or the other market
        trade_id=f"{code[-2:]}{side.value[0]}{trade_id}",
        day=trading_day(at).isoformat(),
        broker_id=str(number),
        ref=text_of(raw.order_remark),
        code=code,
        side=side,
        price=price,
        volume=volume,
        at=at,
        fee=fee if fee > 0 else NO_FEE,
    )


def turnover_of(raw: RawTrade) -> int:
    """厘 that a trade of a code without rules moved at most: what was told, and for a repo its face; 0 for no number.

    The price of a repo is its rate, its volume is counted in hundreds of CNY, and counters tell its amount either way.
    """
    try:
        volume = count_of(raw.traded_volume or 0, "traded_volume")
        told = max(0, money_of(raw.traded_amount or 0, "traded_amount"))
        price = price_of(raw.traded_price or 0, "traded_price")
    except UnclearError:
        return 0
    face = REPO_FACE if text_of(raw.stock_code).startswith(REPOS) else 0
    return max(told, volume * price, volume * face)


def position_of(raw: RawPosition) -> Position:
    """A holding. Raises UnclearError."""
    volume = count_of(raw.volume, "volume")
    can_use = count_of(raw.can_use_volume, "can_use_volume")
    bought = volume - count_of(raw.yesterday_volume, "yesterday_volume") if raw.yesterday_volume is not None else 0
    cost = raw.avg_price if raw.avg_price is not None else raw.open_price
    return Position(
        code=text_of(raw.stock_code),
        volume=volume,
        can_use=min(can_use, volume),
        # shown and no more: an unreadable one must not hide the holding
        cost=max(0, _or_none(money_of, cost)),
        bought_today=max(0, bought),
    )


def asset_of(raw: RawAsset) -> Asset:
    """The money. Raises UnclearError."""
    return Asset(
        cash=money_of(raw.cash, "cash"),
        frozen=max(0, money_of(raw.frozen_cash or 0, "frozen_cash")),
        total=money_of(raw.total_asset, "total_asset"),
    )
