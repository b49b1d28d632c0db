"""A market in which something happens in every second: bonds on a wave, boards that seal and weaken all day."""

import math
from collections.abc import Iterator
from datetime import date
from heapq import merge

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.calendar import is_trading_day, next_trading_day, previous_trading_day
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.quote import Level, Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.paper.account import Holding, PaperAccount
from qmtdesk.gateways.paper.dice import mix
from qmtdesk.simulate.market_day import quote_of, sealed_quote

BONDS = {"127089.SZ": 120_000, "110059.SH": 108_000, "113052.SH": 131_500, "123107.SZ": 99_800}
STOCKS = {"600719.SH": 10_000, "002230.SZ": 23_400}
PRICES = {**BONDS, **STOCKS}
EVERY_MS = 3_000
WAVE = 32
"""Snapshots from one top to the next."""
SEALED_LOTS, WEAK_LOTS = 60_000, 4_000


class LivelyFeed:
    """Every snapshot is a function of seed, day and time."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._days: dict[date, tuple[Instrument, ...]] = {}

    @property
    def name(self) -> str:
        return f"lively:{self._seed}"

    def opening(self, today: date) -> int:
        return at_of(today if is_trading_day(today) else previous_trading_day(today), 10, 24)

    def account(self, at: int) -> PaperAccount:
        """Money for every grid, and stocks of an earlier day for the guards to sell."""
        lots = {code: Holding(400, 400 * price) for code, price in BONDS.items()}
        shares = {code: Holding(40_000, 40_000 * price) for code, price in STOCKS.items()}
        return PaperAccount(2_000_000_000, 0, {**lots, **shares})

    def day_after(self, day: date) -> date | None:
        return next_trading_day(day)

    def instruments(self, day: date) -> tuple[Instrument, ...]:
        if day not in self._days:
            self._days = {day: tuple(make_instrument(code, "", price, day) for code, price in PRICES.items())}
        return self._days[day]

    def terms(self, day: date) -> tuple[BondTerms, ...]:
        return ()

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        wanted = PRICES if codes is None else codes & PRICES.keys()
        return merge(*(self._quotes(day, code, after, until) for code in sorted(wanted)), key=lambda quote: quote.at)

    def _quotes(self, day: date, code: str, after: int, until: int) -> Iterator[Quote]:
        first = self._offset(code) + at_of(day, 9, 30)
        last = min(until, at_of(day, 15, 0))
        number = max(0, (after - first) // EVERY_MS + 1)
        while (at := first + number * EVERY_MS) <= last:
            if not at_of(day, 11, 30) < at <= at_of(day, 13, 0):
                yield self._quote(day, code, at, number)
            number += 1

    def quote_at(self, day: date, code: str, at: int) -> Quote | None:
        first = self._offset(code) + at_of(day, 9, 30)
        if code not in PRICES or at < first:
            return None
        # the newest of lunch is the last of the morning
        at = at_of(day, 11, 30) if at_of(day, 11, 30) < at <= at_of(day, 13, 0) else min(at, at_of(day, 15, 0))
        number = (at - first) // EVERY_MS
        return self._quote(day, code, first + number * EVERY_MS, number)

    def history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        return []

    def seal_history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        return []

    def _offset(self, code: str) -> int:
        return mix(int(code[:6])) % 30 * 100

    def _quote(self, day: date, code: str, at: int, number: int) -> Quote:
        chance = mix(self._seed * 1_000_003 ^ int(code[:6]) ^ (day.toordinal() << 20) ^ number)
        volume = (number + 1) * 400
        instrument = next(one for one in self.instruments(day) if one.code == code)
        if code in STOCKS and number % 40 >= 10:
            lots = WEAK_LOTS if number % 40 >= 36 else SEALED_LOTS
            return sealed_quote(code, at, instrument.limit_up, lots, prev=PRICES[code], volume=volume)
        angle = 2 * math.pi * number / WAVE + int(code[:6]) % 7
        move = round(90 * math.sin(angle)) + chance % 31 - 15
        price = PRICES[code] * (10_000 + move) // 10_000 // instrument.tick * instrument.tick
        depth = (4 + chance // 31 % 60) * 10
        made = quote_of(code, at, price, prev=PRICES[code], depth=depth, volume=volume)
        if code in STOCKS:
            return replace(made, bids=_hundreds(made.bids), asks=_hundreds(made.asks))
        return made


def _hundreds(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return tuple(Level(level.price, level.volume * 100) for level in levels)
