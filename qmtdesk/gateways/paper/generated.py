"""The generated market as a feed."""

from collections.abc import Iterator
from datetime import date

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.calendar import is_trading_day, next_trading_day, previous_trading_day
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.paper.market import PaperMarket
from qmtdesk.gateways.paper.opening import opening_account

_PREFIX = "generated:"


class GeneratedFeed:
    """Endless days of the seeded market."""

    def __init__(self, seed: int) -> None:
        self.market = PaperMarket(seed)

    @classmethod
    def called(cls, name: str) -> "GeneratedFeed | None":
        """The feed of that name; None when the name is no generated market's."""
        seed = name.removeprefix(_PREFIX)
        return cls(int(seed)) if name.startswith(_PREFIX) and seed.lstrip("-").isdecimal() else None

    @property
    def name(self) -> str:
        """The seed tells one generated market from another."""
        return f"{_PREFIX}{self.market.seed}"

    def opening(self, today: date) -> int:
        """10:24 of the latest trading day: boards seal and break, grids trade."""
        day = today if is_trading_day(today) else previous_trading_day(today)
        return at_of(day, 10, 24)

    def account(self, at: int) -> PaperAccount:
        """What a fresh world holds."""
        return opening_account(self.market, shanghai_day(at), at)

    def day_after(self, day: date) -> date | None:
        """The next trading day."""
        return next_trading_day(day)

    def instruments(self, day: date) -> tuple[Instrument, ...]:
        """What is listed."""
        return self.market.instruments(day)

    def terms(self, day: date) -> tuple[BondTerms, ...]:
        """The bonds' terms."""
        return self.market.terms(day)

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        """Snapshots in time order."""
        return self.market.between(day, after, until, codes)

    def quote_at(self, day: date, code: str, at: int) -> Quote | None:
        """The newest snapshot."""
        return self.market.quote_at(day, code, at)

    def history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, last price) so far; empty for an unknown code."""
        return self.market.history(day, code, until) if code in self.market.codes() else []

    def seal_history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, 封单金额) so far; empty for an unknown code."""
        return self.market.seal_history(day, code, until) if code in self.market.codes() else []
