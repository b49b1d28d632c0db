"""Makes quotes of xtdata's snapshots: prices to 厘, volumes to 股 / 张, garbage refused by name."""

from collections.abc import Mapping
from typing import Any

from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.gateways.qmt import meaning as mean
from qmtdesk.gateways.qmt.units import Traded, unit_of

LEVELS = 5
LEAST_TIME = 10**12
AHEAD_MS = 86_400_000


def traded_of(tick: Mapping[str, Any]) -> Traded:
    """What the unit is inferred from. Raises UnclearError."""
    return Traded(
        mean.count_of(tick.get("volume"), "volume"),
        mean.price_of(tick.get("amount"), "amount"),
        mean.price_of(tick.get("low"), "low"),
        mean.price_of(tick.get("high"), "high"),
    )


def unit_told(tick: Mapping[str, Any]) -> int:
    """The unit this snapshot alone tells, 0 for none. Raises UnclearError."""
    return unit_of(traded_of(tick))


def moment_of(tick: Mapping[str, Any], now: int) -> int:
    """When a row was made, Unix ms. Raises UnclearError for no time, and for a day that has not come."""
    at = mean.count_of(tick.get("time"), "time")
    if at < LEAST_TIME:
        raise mean.UnclearError(f"time was {tick.get('time')!r}: not milliseconds since 1970")
    if at > now + AHEAD_MS:
        # kept as the newest of its code it would keep every true one out
        raise mean.UnclearError(f"time was {at}: more than a day ahead of this computer's clock")
    return at


def quote_of(code: str, tick: Mapping[str, Any], unit: int, now: int) -> Quote:
    """One snapshot. `unit` 0: what a volume stands for is not known, and the quote says so.

    Raises UnclearError for whatever is no snapshot: no time, no numbers, lists of texts, a day that has not come.
    """
    at = moment_of(tick, now)
    rough, unit = unit == 0, unit or 1
    limit_up, limit_down = tick.get("highLimit"), tick.get("lowLimit")
    return Quote(
        code=code,
        at=at,
        last=mean.price_of(tick.get("lastPrice"), "lastPrice"),
        prev_close=mean.price_of(tick.get("lastClose"), "lastClose"),
        open=mean.price_of(tick.get("open"), "open"),
        high=mean.price_of(tick.get("high"), "high"),
        low=mean.price_of(tick.get("low"), "low"),
        volume=mean.count_of(tick.get("volume"), "volume") * unit,
        amount=mean.price_of(tick.get("amount"), "amount"),
        bids=_side(tick, "bidPrice", "bidVol", unit),
        asks=_side(tick, "askPrice", "askVol", unit),
        limit_up=mean.price_of(limit_up, "highLimit") if limit_up else 0,
        limit_down=mean.price_of(limit_down, "lowLimit") if limit_down else 0,
        rough=rough,
    )


def _side(tick: Mapping[str, Any], price_name: str, volume_name: str, unit: int) -> tuple[Level, ...]:
    prices, volumes = tick.get(price_name), tick.get(volume_name)
    if not isinstance(prices, list) or not isinstance(volumes, list) or len(prices) != len(volumes):
        raise mean.UnclearError(f"{price_name} was {prices!r}, {volume_name} {volumes!r}: no pair of lists")
    levels: list[Level] = []
    for price, volume in zip(prices[:LEVELS], volumes[:LEVELS], strict=True):
        milli = mean.price_of(price, price_name)
        count = mean.count_of(volume, volume_name)
        # in an auction the unmatched rest stands on level two, with a volume and no price
        levels.append(Level(milli, count * unit) if milli or (levels and count) else EMPTY)
    return (*levels, *(EMPTY,) * (LEVELS - len(levels)))
