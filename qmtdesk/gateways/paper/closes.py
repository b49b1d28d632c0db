"""Closing prices of the paper market, day after day, computed for any day without the days before it."""

from datetime import date, timedelta
from functools import lru_cache
from zlib import crc32

from qmtdesk.domain.calendar import is_trading_day, previous_trading_day, trading_days_between
from qmtdesk.domain.codes import classify
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.limits import price_limits
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.rules import round_to_tick, tick_of
from qmtdesk.gateways.paper.dice import mix
from qmtdesk.gateways.paper.names import FIRST_DAY, LATER_DAYS
from qmtdesk.gateways.paper.universe import Listed, Story

_EPOCH = date(2020, 1, 1)
_MEMORY = 10
"""How many days a shock to the price is remembered."""


@lru_cache(maxsize=4096)
def day_index(day: date) -> int:
    """A number that grows by one with each trading day."""
    month = day.replace(day=1) - timedelta(days=1)
    before = day_index(month) if month > _EPOCH else trading_days_between(_EPOCH, month)
    return before + trading_days_between(month, day)


def code_seed(seed: int, code: str) -> int:
    """The chance of one code under one market seed."""
    return mix(mix(seed) ^ crc32(code.encode()))


def story_told(listed: Listed, day: date) -> bool:
    """Whether a board stock has its board today; the day after it falls back."""
    return listed.story in {Story.CYCLE, Story.LOCKED} and (day_index(day) + listed.group) % 2 == 0


def name_on(listed: Listed, day: date) -> str:
    """The short name of the day: a new listing wears N on its first day and C on the four after it."""
    if listed.story is not Story.NEW:
        return listed.name
    return (FIRST_DAY if day_index(day) % 5 == 0 else LATER_DAYS).format(listed.name)


@lru_cache(maxsize=2048)
def close_of(seed: int, listed: Listed, day: date) -> int:
    """The closing price of a trading day in 厘."""
    if story_told(listed, day):
        limits = price_limits(listed.code, prev_close_of(seed, listed, day), day, name_on(listed, day))
        if limits is not None:
            return limits[0]
    drift = _drift_bp(code_seed(seed, listed.code), day_index(day), _shock_of(listed))
    return round_to_tick(listed.base * (10_000 + drift), 10_000, tick_of(classify(listed.code), day))


def prev_close_of(seed: int, listed: Listed, day: date) -> int:
    """The reference price of a trading day in 厘: the close of the one before."""
    return close_of(seed, listed, previous_trading_day(day))


@lru_cache(maxsize=512)
def instrument_on(seed: int, listed: Listed, day: date) -> Instrument:
    """The instrument as the exchange lists it on a trading day."""
    if not is_trading_day(day):
        raise ValueError(f"day was {day}: no trading day")
    first = listed.story is Story.NEW and day_index(day) % 5 == 0
    bare = make_instrument(listed.code, name_on(listed, day), prev_close_of(seed, listed, day), day, first_day=first)
    if bare.limit_up == 0:
        return bare
    return make_instrument(bare.code, bare.name, bare.prev_close, day, bare.limit_up, bare.limit_down, first_day=first)


def _shock_of(listed: Listed) -> int:
    """Greatest daily shock in basis points; board stocks keep close to their base or a fall would pass the limit."""
    if listed.story in {Story.CYCLE, Story.LOCKED}:
        return 5
    return 90 if classify(listed.code).kind is Kind.BOND else 110


def _drift_bp(chance: int, index: int, shock: int) -> int:
    total = 0
    weight = 1000
    for back in range(_MEMORY):
        total += (mix(chance + index - back) % (2 * shock + 1) - shock) * weight
        weight = weight * 4 // 5
    return total // 1000
