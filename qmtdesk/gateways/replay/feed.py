"""A recording as a feed for the paper world: the same broker, other people's prices."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.quote import Quote, seal_amount
from qmtdesk.gateways.paper.account import PaperAccount
from qmtdesk.gateways.replay.days import ReplayDay
from qmtdesk.gateways.replay.rows import Recorded

_CASH = 1_000_000_000


class RecordedFeed:
    """All given days, held in memory at some 350 bytes a snapshot. Implements `gateways.paper.feed.Feed`."""

    def __init__(self, days: tuple[ReplayDay, ...]) -> None:
        if not days:
            raise ValueError("a replay needs at least one day")
        self._days = {date.fromisoformat(one.day): one for one in days}
        self._order = tuple(self._days)
        self._times = {day: [row.at for row in one.rows] for day, one in self._days.items()}
        self._by_code = {day: _columns(one) for day, one in self._days.items()}
        digest = sha256()
        for one in days:
            for row in one.rows:
                digest.update(row.packed)
        self._name = f"recorded:{digest.hexdigest()[:16]}"

    @property
    def name(self) -> str:
        """Told by content, so that a moved file is still the same recording."""
        return self._name

    def opening(self, today: date) -> int:
        """Just before the first auction, or before the first snapshot of a recording that starts later."""
        return self._days[self._order[0]].opens_at

    def account(self, at: int) -> PaperAccount:
        """1,000,000 CNY and nothing else: what a recording's traders held is not known."""
        return PaperAccount(_CASH)

    def day_after(self, day: date) -> date | None:
        """The next recorded day."""
        place = bisect_right(self._order, day)
        return self._order[place] if place < len(self._order) else None

    def instruments(self, day: date) -> tuple[Instrument, ...]:
        """What the recording holds of that day."""
        return self._days[day].instruments

    def terms(self, day: date) -> tuple[BondTerms, ...]:
        """A recording has no terms."""
        return ()

    def between(self, day: date, after: int, until: int, codes: frozenset[str] | None = None) -> Iterator[Quote]:
        """Snapshots in time order."""
        times = self._times[day]
        for row in self._days[day].rows[bisect_right(times, after) : bisect_right(times, until)]:
            if codes is None or row.code in codes:
                yield row.quote()

    def quote_at(self, day: date, code: str, at: int) -> Quote | None:
        """The newest snapshot."""
        times, rows = self._by_code[day].get(code, ([], []))
        place = bisect_right(times, at)
        return rows[place - 1].quote() if place else None

    def history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, last price) so far; empty for an unknown code."""
        return [(quote.at, quote.last) for quote in self._so_far(day, code, until)]

    def seal_history(self, day: date, code: str, until: int) -> list[tuple[int, int]]:
        """(time, 封单金额) so far, by the recording's own limit or else by ours; 0 while not sealed."""
        limits = {one.code: one.told_up or one.limit_up for one in self.instruments(day)}
        limit = limits.get(code, 0)
        return [
            (quote.at, seal_amount(quote) if quote.bid1.price == limit and not quote.offered else 0)
            for quote in self._so_far(day, code, until)
        ]

    def _so_far(self, day: date, code: str, until: int) -> list[Quote]:
        times, rows = self._by_code[day].get(code, ([], []))
        return [quote for quote in (row.quote() for row in rows[: bisect_right(times, until)]) if quote.last]


def _columns(one: ReplayDay) -> dict[str, tuple[list[int], list[Recorded]]]:
    columns: dict[str, tuple[list[int], list[Recorded]]] = {}
    for row in one.rows:
        times, rows = columns.setdefault(row.code, ([], []))
        times.append(row.at)
        rows.append(row)
    return columns
