"""What xtquant says, copied field by field into plain records the moment it is heard."""

from typing import TypeVar

from msgspec import Struct

Scalar = int | float | str | None


class RawOrder(Struct, frozen=True, tag=True):
    """One order row, pushed or queried. Prices CNY, volumes 股 / 张, everything as it was told."""

    account_id: Scalar = None
    stock_code: Scalar = None
    order_id: Scalar = None
    order_sysid: Scalar = None
    order_time: Scalar = None
    order_type: Scalar = None
    order_volume: Scalar = None
    price_type: Scalar = None
    price: Scalar = None
    traded_volume: Scalar = None
    traded_price: Scalar = None
    order_status: Scalar = None
    status_msg: Scalar = None
    order_remark: Scalar = None


class RawTrade(Struct, frozen=True, tag=True):
    """One trade, pushed or queried."""

    account_id: Scalar = None
    stock_code: Scalar = None
    order_type: Scalar = None
    traded_id: Scalar = None
    traded_time: Scalar = None
    traded_price: Scalar = None
    traded_volume: Scalar = None
    traded_amount: Scalar = None
    order_id: Scalar = None
    order_sysid: Scalar = None
    order_remark: Scalar = None
    commission: Scalar = None


class RawPosition(Struct, frozen=True, tag=True):
    """One holding."""

    account_id: Scalar = None
    stock_code: Scalar = None
    volume: Scalar = None
    can_use_volume: Scalar = None
    frozen_volume: Scalar = None
    on_road_volume: Scalar = None
    yesterday_volume: Scalar = None
    avg_price: Scalar = None
    open_price: Scalar = None


class RawAsset(Struct, frozen=True, tag=True):
    """The money, CNY."""

    account_id: Scalar = None
    cash: Scalar = None
    frozen_cash: Scalar = None
    market_value: Scalar = None
    total_asset: Scalar = None


class RawOrderError(Struct, frozen=True, tag=True):
    """An order failed, says the layer; it may be an older one's error told again."""

    account_id: Scalar = None
    order_id: Scalar = None
    error_id: Scalar = None
    error_msg: Scalar = None
    order_remark: Scalar = None
    seq: Scalar = None


class RawCancelError(Struct, frozen=True, tag=True):
    """A cancel failed."""

    account_id: Scalar = None
    order_id: Scalar = None
    order_sysid: Scalar = None
    error_id: Scalar = None
    error_msg: Scalar = None


class RawAnswer(Struct, frozen=True, tag=True):
    """The answer to an async order: `order_id` over 0, or -1 with a text."""

    account_id: Scalar = None
    order_id: Scalar = None
    order_remark: Scalar = None
    error_msg: Scalar = None
    seq: Scalar = None


class RawCancelAnswer(Struct, frozen=True, tag=True):
    """The answer to an async cancel: the request was taken (0), or not (-1). It is no outcome."""

    account_id: Scalar = None
    cancel_result: Scalar = None
    order_id: Scalar = None
    order_sysid: Scalar = None
    seq: Scalar = None
    error_msg: Scalar = None


class RawStatus(Struct, frozen=True, tag=True):
    """How an account stands."""

    account_id: Scalar = None
    account_type: Scalar = None
    status: Scalar = None


class RawAccount(Struct, frozen=True, tag=True):
    """An account the terminal is logged in to."""

    account_id: Scalar = None
    account_type: Scalar = None
    login_status: Scalar = None


class RawLost(Struct, frozen=True, tag=True):
    """The layer says that the link is gone."""


class RawPoison(Struct, frozen=True, tag=True):
    """A record that could not be read; its code and account where at least those could."""

    kind: str
    text: str
    stock_code: Scalar = None
    account_id: Scalar = None


Raw = (
    RawOrder
    | RawTrade
    | RawPosition
    | RawAsset
    | RawOrderError
    | RawCancelError
    | RawAnswer
    | RawCancelAnswer
    | RawStatus
    | RawAccount
    | RawLost
    | RawPoison
)
R = TypeVar("R", bound=Struct)

LONGEST = 400
"""Characters of a text that are kept; counters write short ones."""
WORDS = frozenset({"status_msg", "error_msg", "order_remark", "order_sysid"})
"""Fields that are '' where their text cannot be decoded: a counter may cut one inside a Chinese character. Our own
remarks are ASCII, so a cut one is somebody else's; an order of ours is known by its number as well."""


def copied(kind: type[R], native: object) -> R | RawPoison:
    """The record's fields by name, None where this client has none. Never raises: what cannot be read is poison."""
    try:
        return kind(*(_told(native, name) for name in kind.__struct_fields__))
    # a native object may raise anything, and a callback must survive all of it
    except Exception as error:  # noqa: BLE001
        text = f"{type(error).__name__}: {error}"[:LONGEST]
        return RawPoison(kind.__name__, text, _saved(native, "stock_code"), _saved(native, "account_id"))


def _told(native: object, name: str) -> Scalar:
    try:
        return _plain(getattr(native, name, None))
    except UnicodeError:
        if name not in WORDS:
            raise
        return ""


def _saved(native: object, name: str) -> Scalar:
    try:
        return _plain(getattr(native, name, None))
    except Exception:  # noqa: BLE001 - as above; what cannot be told is not told
        return None


def _plain(value: object) -> Scalar:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, bytes):
        return value.decode("gb18030", "replace")[:LONGEST]
    return str(value)[:LONGEST]
