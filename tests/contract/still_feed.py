"""A market that stands still until a test moves it: two bonds and a stock, a snapshot every three seconds."""

from collections.abc import Iterator
from datetime import date

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.calendar import next_trading_day
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.listing import make_instrument
from qmtdesk.domain.quote import EMPTY, Level, Quote
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.paper.account import Holding, PaperAccount

DAY = date(2026, 11, 20)
TEN = at_of(DAY, 10, 0)
BOND, BOND_SZ, STOCK = "113901.SH", "128901.SZ", "605801.SH"
CODES = (BOND, BOND_SZ, STOCK)
PREV = {BOND: 120_000, BOND_SZ: 100_000, STOCK: 10_000}
STEP_MS = 3_000
CASH = 100_000_000

Levels = tuple[tuple[int, int], ...]


class StillFeed:
    """Implements `paper.feed.Feed`. `show` changes what the next snapshots show; `traded` grows with every one."""

    name = "still"

    def __init__(self) -> None:
        self.books: dict[str, tuple[Levels, Levels]] = {}
        self.traded = True
        """Whether anything was traded today."""
        self.printing = True
        """Whether the day's volume grows; what is traded elsewhere fills orders here, too."""
        for code, prev in PREV.items():
            tick = 10 if code == STOCK else 1
            self.books[code] = (((prev - tick, 5_000),), ((prev + tick, 5_000),))

    def show(self, code: str, bids: Levels, asks: Levels) -> None:
        """From the next snapshot on."""
        self.books[code] = (bids, asks)

    def opening(self, _today: date) -> int:
        return TEN

    def account(self, _at: int) -> PaperAccount:
        held = {
            BOND: Holding(1_000, 1_000 * 118_000),
            STOCK: Holding(2_000, 2_000 * 9_000),
        }
        return PaperAccount(CASH, holdings=held)

    def day_after(self, day: date) -> date | None:
        return next_trading_day(day)

    def instruments(self, day: date) -> tuple[Instrument, ...]:
        return tuple(make_instrument(code, f"名{code[:6]}", PREV[code], day) for code in CODES)

    def terms(self, day: date) -> tuple[BondTerms, ...]:
        return tuple(
            BondTerms(code=code, name=f"名{code[:6]}", remaining_yuan=300_000_000, as_of=day.isoformat())
            for code in (BOND, BOND_SZ)
        )

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        for at in range((after // STEP_MS + 1) * STEP_MS, until + 1, STEP_MS):
            for code in CODES:
                if codes is None or code in codes:
                    yield self._quote(code, at)

    def quote_at(self, _day: date, code: str, at: int) -> Quote | None:
        return self._quote(code, at // STEP_MS * STEP_MS)

    def history(self, _day: date, _code: str, _until: int) -> list[tuple[int, int]]:
        return []

    def seal_history(self, _day: date, _code: str, _until: int) -> list[tuple[int, int]]:
        return []

    def _quote(self, code: str, at: int) -> Quote:
        bids, asks = self.books[code]
        prev = PREV[code]
        steps = (at - at_of(shanghai_day(at), 9, 0)) // STEP_MS if self.printing else 5_000
        volume = 100_000 + steps * 100 if self.traded else 0
        return Quote(code, at, prev, prev, prev, prev, prev, volume, volume * prev, five(bids), five(asks))


def five(levels: Levels) -> tuple[Level, ...]:
    rows = [Level(price, volume) for price, volume in levels]
    return tuple(rows + [EMPTY] * (5 - len(rows)))
