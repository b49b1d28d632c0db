"""Where a paper world's prices come from: the generated market, or a recording."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.quote import Quote
from qmtdesk.gateways.paper.account import PaperAccount


class Feed(Protocol):
    """Days of snapshots that can be asked again; times Unix ms, prices 厘."""

    @property
    def name(self) -> str:
        """What tells this feed from another: a saved world continues only on the feed it was saved on."""

    def opening(self, today: date) -> int:
        """The time at which a fresh world starts."""

    def account(self, at: int) -> PaperAccount:
        """What a fresh world holds at its start."""

    def day_after(self, day: date) -> date | None:
        """The next day there is; None when the recording ends."""

    def instruments(self, day: date) -> tuple[Instrument, ...]:
        """What is listed on a day."""

    def terms(self, day: date) -> tuple[BondTerms, ...]:
        """The bonds' terms as of a day; may be empty."""

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        """Snapshots with `after` < time <= `until` in time order."""

    def quote_at(self, day: date, code: str, at: int) -> Quote | None:
        """The newest snapshot at or before a time."""

    def history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, last price) so far."""

    def seal_history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, 封单金额) so far."""
