"""The list of the day: made each morning, and added to when a code is wanted that is not in it."""

import logging
from collections.abc import Callable
from datetime import date

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.messages import DayOpened
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.instruments import bonds_among, listed, old_day, terms_of
from qmtdesk.gateways.qmt.list_questions import ListQuestions
from qmtdesk.gateways.qmt.worker import Failed

log = logging.getLogger("qmtdesk.trader")

AGAIN_MS = 15_000
"""When the list could not be made, it is tried again after this."""
FIRST_QUOTES = (9, 15)
"""What is quoted before may be the last day's, whose previous close is another."""
PATIENT_UNTIL = (9, 20)
"""Until then a terminal that still shows the last day is waited for; later its word is taken, and that is told."""


class DayList:
    """What is listed today. `looked` is for one thread, the rest for any."""

    def __init__(
        self, questions: ListQuestions, clock: Callable[[], int], close_of: Callable[[str], tuple[int, int]]
    ) -> None:
        self._questions = questions
        self._clock = clock
        self._close_of = close_of
        self._found: tuple[tuple[str, str], ...] = ()
        self._closes: dict[str, str] = {}
        """What differs in the details themselves, and what the day's quotes tell otherwise."""
        self._close_right: set[str] = set()
        """Codes of which a snapshot told the previous close the list was made of."""
        self._day: date | None = None
        self._instruments: dict[str, Instrument] = {}
        self._terms: dict[str, BondTerms] = {}
        self._refused: frozenset[str] = frozenset()
        self._fetched: date | None = None
        self._next_at = 0
        self._empty = ""
        self.differences: tuple[tuple[str, str], ...] = ()
        """(code, what is told otherwise than the rules say)."""
        self.reason = ""
        """Why the list is not what it should be, '' when it is."""

    def looked(self, wanted: frozenset[str]) -> DayOpened | None:
        """The day to be told when there is more to tell than before; blocks while the terminal is asked."""
        now = self._clock()
        day = trading_day(now)
        new = day != self._day
        missing = wanted if new else wanted - self._instruments.keys() - self._refused
        # a clock that was set back must not make it wait for hours
        if not (new or missing) or 0 < self._next_at - now <= AGAIN_MS:
            return None if new else self._compared(day)
        bonds: tuple[str, ...] = bonds_among(missing)
        if new:
            universe = self._bonds(wanted, day)
            if isinstance(universe, Failed):
                self._failed(now, names.LIST_FAILED.format(universe.text))
                return None
            bonds = universe
        return self._made(day, now, sorted({*bonds, *missing}), bonds, new=new)

    def _bonds(self, wanted: frozenset[str], day: date) -> tuple[str, ...] | Failed:
        """All bonds; where the terminal has no such list even after fetching it, those that are wanted anyway."""
        universe = self._questions.universe()
        if isinstance(universe, Failed):
            return universe
        if not bonds_among(universe) and self._fetched != day:
            self._fetched = day
            failed = self._questions.fetch_sectors()
            if failed:
                log.warning("QMT list: the sectors could not be fetched: %s", failed)
            universe = self._questions.universe()
            if isinstance(universe, Failed):
                return universe
        bonds = bonds_among(universe)
        self._empty = "" if bonds else names.NO_SECTOR
        return bonds or bonds_among(wanted)

    def _made(self, day: date, now: int, codes: list[str], bonds: tuple[str, ...], *, new: bool) -> DayOpened | None:
        asked = self._questions.ask(codes, bonds)
        if asked.failed:
            self._failed(now, names.LIST_FAILED.format(asked.failed))
            return None
        old = old_day(asked.details, day)
        if old and now < at_of(shanghai_day(now), *PATIENT_UNTIL):
            self._failed(now, names.OLD_DAY.format(old))
            return None
        self.reason = self._empty
        made = listed(asked.details, day)
        for code, text in (*made.problems, *made.differences):
            log.warning("QMT list: %s: %s", code, text)
        if new:
            self._day = day
            self._instruments, self._terms, self._refused, self._found = {}, {}, frozenset(), ()
            self._closes.clear()
            self._close_right.clear()
        self._refused |= {code for code, _ in made.problems}
        self._found += made.differences
        self.differences = (*self._found, *self._closes.items())
        for one in made.instruments:
            self._instruments[one.code] = one
            if one.kind is Kind.BOND:
                self._terms[one.code] = terms_of(one.code, one.name, asked.bond_infos.get(one.code, {}), day)
        if not new and not made.instruments:
            return None
        return self._opened(day)

    def _opened(self, day: date) -> DayOpened:
        return DayOpened(day.isoformat(), tuple(self._instruments.values()), tuple(self._terms.values()))

    def _compared(self, day: date) -> DayOpened | None:
        """The list once more where a snapshot of the day tells another previous close than it was made of.

        One that tells the same settles it for the day; a first one that was garbage is taken back by it.
        """
        began, changed = at_of(day, *FIRST_QUOTES), False
        for code, one in tuple(self._instruments.items()):
            at, close = (0, 0) if code in self._close_right else self._close_of(code)
            if at < began or not close:
                continue
            told = 0
            if close == one.prev_close:
                self._close_right.add(code)
            else:
                told = one.told_close or close
            if told != one.told_close:
                changed = True
                self._tell_close(replace(one, told_close=told))
        return self._opened(day) if changed else None

    def _tell_close(self, one: Instrument) -> None:
        self._instruments[one.code] = one
        self._closes.pop(one.code, None)
        if not one.close_agrees:
            text = names.CLOSE_DIFFERS.format(one.prev_close / 1000, one.told_close / 1000)
            log.warning("QMT list: %s: %s", one.code, text)
            self._closes[one.code] = text
        self.differences = (*self._found, *self._closes.items())

    def _failed(self, now: int, text: str) -> None:
        self._next_at = now + AGAIN_MS
        if text != self.reason:
            log.warning("QMT list: %s", text)
        self.reason = text
