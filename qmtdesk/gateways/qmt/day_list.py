"""The list of the day: made each morning, and added to and corrected while its details are not what they should be."""

import logging
from collections.abc import Callable, Iterable
from datetime import date

from qmtdesk.domain.bond_terms import BondTerms
from qmtdesk.domain.codes import has_rules
from qmtdesk.domain.instrument import Instrument, Kind
from qmtdesk.domain.messages import DayOpened
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of, shanghai_day
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.again import FIRST_MS, Again
from qmtdesk.gateways.qmt.days import trading_day
from qmtdesk.gateways.qmt.instruments import Listed, bonds_among, listed, old_codes, old_day, terms_of
from qmtdesk.gateways.qmt.list_questions import Asked, ListQuestions
from qmtdesk.gateways.qmt.worker import Failed

log = logging.getLogger("qmtdesk.trader")

AGAIN_MS = FIRST_MS
"""When the list could not be made, it is tried again after this."""
FIRST_QUOTES = (9, 15)
"""What is quoted before may be the last day's, whose previous close is another."""
PATIENT_UNTIL = (9, 20)
"""Until then a terminal that still shows the last day is waited for; later its word is taken, and that is told."""
PATIENT_LOOKS = 8
"""So often a terminal that knows nothing of most codes is taken for one that is still loading."""
NAMED = 3
"""Codes that a reason names."""


class DayList:
    """What is listed today. `looked` is for one thread, the rest for any."""

    def __init__(
        self, questions: ListQuestions, clock: Callable[[], int], close_of: Callable[[str], tuple[int, int]]
    ) -> None:
        self._questions = questions
        self._clock = clock
        self._close_of = close_of
        self._found: dict[str, tuple[str, ...]] = {}
        self._closes: dict[str, str] = {}
        """What differs in the details themselves, and what the day's quotes tell otherwise."""
        self._close_right: set[str] = set()
        """Codes of which a snapshot told the previous close the list was made of."""
        self._day: date | None = None
        self._instruments: dict[str, Instrument] = {}
        self._terms: dict[str, BondTerms] = {}
        self._refused: dict[str, str] = {}
        self._old: dict[str, str] = {}
        """Codes of which nothing could be made, and why; codes whose details are of an earlier day, and which."""
        self._again = Again()
        self._fetched: date | None = None
        self._next_at = 0
        self._looks = 0
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
        missing = wanted if new else wanted - self._instruments.keys() - self._refused.keys()
        # a clock that was set back must not make it wait for hours
        if 0 < self._next_at - now <= AGAIN_MS:
            return None if new else self._compared(day, now)
        if new:
            return self._begun(day, now, missing)
        if missing or self._again.due(now):
            return self._more(day, now, missing, wanted)
        self._judge(wanted)
        return self._compared(day, now)

    def _begun(self, day: date, now: int, wanted: frozenset[str]) -> DayOpened | None:
        bonds = self._bonds(wanted, day)
        if isinstance(bonds, Failed):
            self._failed(now, names.LIST_FAILED.format(bonds.text))
            return None
        asked = self._questions.ask(sorted({*bonds, *wanted}), bonds)
        made = listed(asked.details, day)
        if why := self._not_yet(asked, made, day, now):
            self._failed(now, why)
            return None
        self._day, self._looks = day, 0
        for kept in (self._instruments, self._terms, self._refused, self._old, self._found, self._closes):
            kept.clear()
        self._close_right.clear()
        self._took(asked, made, day, now)
        self._judge(wanted)
        return self._opened(day)

    def _not_yet(self, asked: Asked, made: Listed, day: date, now: int) -> str:
        """Why no day can be opened with these details, '' when one can."""
        if asked.failed:
            return names.LIST_FAILED.format(asked.failed)
        old = old_day(asked.details, day)
        if old and now < at_of(shanghai_day(now), *PATIENT_UNTIL):
            return names.OLD_DAY.format(old)
        lacking = len(asked.details) - len(made.instruments)
        self._looks += 1
        if not made.instruments or (lacking * 2 > len(asked.details) and self._looks <= PATIENT_LOOKS):
            return names.NO_DETAILS.format(lacking, len(asked.details)) if lacking else self._empty or names.NOTHING
        return ""

    def _more(self, day: date, now: int, missing: frozenset[str], wanted: frozenset[str]) -> DayOpened | None:
        """What is wanted beside the list, then once more what is in question; where that fails nobody waits for it."""
        changed, due, failed = False, self._again.due(now) - missing, ""
        if missing:
            asked = self._ask(missing)
            if asked.failed:
                self._failed(now, names.LIST_FAILED.format(asked.failed))
                return None
            changed = self._took(asked, listed(asked.details, day), day, now)
        if due:
            asked = self._ask(due)
            failed = asked.failed
            if not failed:
                learned = self._took(asked, listed(asked.details, day), day, now)
                self._again.asked(now, learned=learned)
                changed = changed or learned
        self._judge(wanted)
        if failed:
            self._failed(now, names.LIST_FAILED.format(failed))
        return self._opened(day) if changed else self._compared(day, now)

    def _ask(self, codes: frozenset[str]) -> Asked:
        return self._questions.ask(sorted(codes), bonds_among(code for code in codes if code not in self._terms))

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

    def _took(self, asked: Asked, made: Listed, day: date, now: int) -> bool:
        """Take over what was made of details; whether anything is otherwise than before."""
        told = {each.code: each for each in made.instruments}
        self._old = {code: at for code, at in self._old.items() if code not in told} | old_codes(asked.details, day)
        for code, text in made.problems:
            # what was listed stays listed: a detail that is gone for a moment takes no guard its limits
            if code not in self._instruments and self._refused.get(code) != text:
                log.warning("QMT list: %s: %s", code, text)
                self._refused[code] = text
        for code in told:
            self._differs(code, tuple(text for each, text in made.differences if each == code))
            self._refused.pop(code, None)
        changed = [self._take(one) for one in told.values()]
        for one in told.values():
            if one.kind is Kind.BOND and one.code in asked.bond_infos:
                self._terms[one.code] = terms_of(one.code, one.name, asked.bond_infos[one.code], day)
            elif one.kind is Kind.BOND:
                self._terms.setdefault(one.code, terms_of(one.code, one.name, {}, day))
        self._in_question(now)
        return any(changed)

    def _differs(self, code: str, texts: tuple[str, ...]) -> None:
        if texts != self._found.pop(code, ()):
            for text in texts:
                log.warning("QMT list: %s: %s", code, text)
        if texts:
            self._found[code] = texts

    def _take(self, one: Instrument) -> bool:
        """One that is told anew keeps what the snapshots say of its close, until they say otherwise."""
        before = self._instruments.get(one.code)
        if before is not None:
            if before.prev_close != one.prev_close:
                self._close_right.discard(one.code)
            one = replace(one, told_close=0 if before.told_close == one.prev_close else before.told_close)
        self._tell_close(one)
        return one != before

    def _in_question(self, now: int) -> None:
        doubtful = (code for code, one in self._instruments.items() if not one.close_agrees)
        refused = (code for code in self._refused if has_rules(code))
        self._again.want(frozenset((*refused, *self._old, *doubtful)), now)

    def _judge(self, wanted: Iterable[str]) -> None:
        """Say why the list is not what it should be."""
        lacking = sorted(code for code in wanted if code in self._refused and has_rules(code))
        if len(self._old) * 2 > len(self._instruments):
            self.reason = names.OLD_PAGE.format(max(self._old.values()))
        elif lacking:
            self.reason = names.LACKING.format(len(lacking), " ".join(lacking[:NAMED]))
        else:
            self.reason = self._empty

    def _opened(self, day: date) -> DayOpened:
        return DayOpened(day.isoformat(), tuple(self._instruments.values()), tuple(self._terms.values()))

    def _compared(self, day: date, now: int) -> DayOpened | None:
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
        if changed:
            self._in_question(now)
        return self._opened(day) if changed else None

    def _tell_close(self, one: Instrument) -> None:
        self._instruments[one.code] = one
        self._closes.pop(one.code, None)
        if not one.close_agrees:
            text = names.CLOSE_DIFFERS.format(one.prev_close / 1000, one.told_close / 1000)
            log.warning("QMT list: %s: %s", one.code, text)
            self._closes[one.code] = text
        told = ((code, text) for code, texts in self._found.items() for text in texts)
        self.differences = (*told, *self._closes.items())

    def _failed(self, now: int, text: str) -> None:
        self._next_at = now + AGAIN_MS
        if text != self.reason:
            log.warning("QMT list: %s", text)
        self.reason = text
