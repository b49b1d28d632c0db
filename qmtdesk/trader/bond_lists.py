"""Reads bond lists on a thread of its own, one at a time and with a deadline; the loop only takes over what is done."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import monotonic

import msgspec

from qmtdesk.domain.bond_cells import CellError, Fault, bond_code, cleaned
from qmtdesk.domain.bond_facts import BondFacts, Source
from qmtdesk.domain.bond_headers import Unit, column_of
from qmtdesk.domain.bond_list import Asked, BondList, ListError, Problem, read_list
from qmtdesk.domain.replacing import replace
from qmtdesk.store import bond_list_sql
from qmtdesk.store.bond_list_file import Table, read_file
from qmtdesk.store.bond_list_kept import KeptList, KeptLists, kept_lists, swapped, with_hand, with_list
from qmtdesk.store.bond_list_limits import Going
from qmtdesk.trader.bond_book import BondBook, Reading
from qmtdesk.trader.list_words import answer_of, problem_of
from qmtdesk.trader.loop import Loop
from qmtdesk.wire.bond_talk import BondListAnswer, BondListWish, ReadBondList, TypeBond
from qmtdesk.wire.typed_file import Loaded

log = logging.getLogger("qmtdesk.trader")

SHANGHAI = timezone(timedelta(hours=8))
DEADLINE_S = 60.0
GRACE_S = 2.0
TELL_S = 0.1
STUCK = 2
ListWish = ReadBondList | BondListWish | TypeBond
Reply = Callable[[BondListAnswer], None]


@dataclass
class _Job:
    """One reading. Whatever it still does after `over` is nobody's."""

    number: int
    wish: ListWish
    reply: Reply
    deadline: float
    stop: threading.Event = field(default_factory=threading.Event)
    over: bool = False
    told_at: float = 0.0


class BondLists:
    """Carries out what a desk wishes of bond lists. `ask` and what it calls belong to the decision thread."""

    def __init__(self, folder: Path, *, deadline_s: float = DEADLINE_S) -> None:
        self._file = kept_lists(folder)
        self._deadline_s = deadline_s
        self._job: _Job | None = None
        self._stuck: list[threading.Thread] = []
        self._unread = False

    def load(self) -> BondBook:
        """The lists of the last run."""
        loaded = self._loaded()
        self._unread = loaded.unreadable
        return replace(BondBook().keeping(loaded.value), problem=loaded.problem)

    def _loaded(self) -> Loaded[KeptLists]:
        loaded = self._file.load()
        if loaded.problem:
            log.error("the kept bond list cannot be used: %s", loaded.problem)
        return loaded

    def ask(self, loop: Loop, number: int, wish: ListWish, reply: Reply) -> None:
        """Begin; the answer comes when it is done. A second wish while one is read is told to wait."""
        if isinstance(wish, BondListWish) and wish.what == "stop":
            if self._job is not None:
                self._job.stop.set()
            reply(BondListAnswer(id=number))
            return
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if self._job is not None or len(self._stuck) >= STUCK:
            reply(_no(number, Problem(Fault.BUSY)))
            return
        job = _Job(number, wish, reply, monotonic() + self._deadline_s)
        self._job = job
        name = Path(wish.place).name[:80] if isinstance(wish, ReadBondList) and wish.source == "file" else "…"
        loop.take_lists(loop.lists.at(Reading(name)))
        book, here, day = loop.lists, frozenset(loop.state.instruments), loop.state.day
        worker = threading.Thread(target=self._work, args=(loop, job, book, here, day), name="bond-list", daemon=True)
        worker.start()
        self._watch(loop, job, worker)

    def _watch(self, loop: Loop, job: _Job, worker: threading.Thread) -> None:
        """A drive or a database that never answers must not keep the user waiting for ever."""

        def late() -> None:
            worker.join(self._deadline_s + GRACE_S)
            if worker.is_alive():
                self._stuck.append(worker)
                loop.ask(lambda each: self._end(each, job, None, _no(job.number, Problem(Fault.TOO_SLOW))))

        threading.Thread(target=late, name="bond-list-watch", daemon=True).start()

    def _end(self, loop: Loop, job: _Job, kept: KeptLists | None, answer: BondListAnswer) -> None:
        """On the decision thread: once for every job."""
        if job.over:
            if kept is not None:  # it was written after all, so it is in force
                loop.take_lists(loop.lists.keeping(kept))
            return
        job.over = True
        self._job = None
        lists = loop.lists.at(Reading())
        loop.take_lists(lists.keeping(kept) if kept is not None else lists)
        job.reply(answer)

    # on the worker

    def _work(self, loop: Loop, job: _Job, book: BondBook, here: frozenset[str], day: str) -> None:
        kept: KeptLists | None = None
        try:
            kept, answer = self._done(job, self._going(loop, job), self._known(loop, book.kept), here, day)
        except ListError as error:
            answer = _no(job.number, error.problem)
        except Exception:
            # a file somebody made must never end in silence
            log.exception("a bond list could not be read")
            answer = _no(job.number, Problem(Fault.BROKEN))
        loop.ask(lambda each: self._end(each, job, kept, answer))

    def _going(self, loop: Loop, job: _Job) -> Going:
        name = loop.lists.reading.name

        def going(done: int, total: int) -> None:
            now = monotonic()
            if job.stop.is_set():
                raise ListError(Fault.STOPPED)
            if now > job.deadline:
                raise ListError(Fault.TOO_SLOW)
            if now - job.told_at >= TELL_S:
                job.told_at = now
                loop.ask(lambda each: None if job.over else each.take_lists(each.lists.at(Reading(name, done, total))))

        return going

    def _done(
        self, job: _Job, going: Going, kept: KeptLists, here: frozenset[str], day: str
    ) -> tuple[KeptLists | None, BondListAnswer]:
        today = max(day, datetime.now(SHANGHAI).date().isoformat())
        match job.wish:
            case BondListWish():
                return self._restored(job.number, kept)
            case TypeBond() as typed:
                return self._typed(job.number, typed, kept, day or today)
            case ReadBondList() as wish:
                return self._read(job.number, wish, going, kept, here, today)

    def _read(
        self, number: int, wish: ReadBondList, going: Going, kept: KeptLists, here: frozenset[str], today: str
    ) -> tuple[KeptLists | None, BondListAnswer]:
        table = _table(wish, going)
        found = read_list(table.rows, _asked(wish, table, today))
        answer = answer_of(number, wish, table, found, kept, here)
        if not wish.use or answer.refused is not None:
            return None, answer
        if table.digest != wish.digest:
            return None, msgspec.structs.replace(answer, refused=problem_of(Problem(Fault.CHANGED)))
        fresh = with_list(kept, _kept(table, found))
        if wish.source == "sql":
            fresh = msgspec.structs.replace(fresh, sql_url=wish.place, sql_table=wish.table)
        going(0, 0)
        self._save(fresh)
        return fresh, msgspec.structs.replace(answer, used=True)

    def _restored(self, number: int, kept: KeptLists) -> tuple[KeptLists | None, BondListAnswer]:
        if kept.before is None:
            raise ListError(Fault.NO_PREVIOUS)
        fresh = swapped(kept)
        self._save(fresh)
        return fresh, BondListAnswer(id=number, used=True, name=fresh.now.name, good=len(fresh.now.bonds))

    def _typed(
        self, number: int, typed: TypeBond, kept: KeptLists, day: str
    ) -> tuple[KeptLists | None, BondListAnswer]:
        try:
            code = bond_code(cleaned(typed.code))
        except CellError as error:
            raise ListError(error.fault, typed.code[:20]) from None
        facts = BondFacts(code=code, source=Source.HAND.value, as_of=day)
        if typed.cells:
            for name, _ in typed.cells:
                if column_of(name)[0] is None:
                    raise ListError(Fault.WORD_UNKNOWN, name)
            rows = [(1, ["code", *(name for name, _ in typed.cells)]), (2, [code, *(t for _, t in typed.cells)])]
            found = read_list(rows, Asked(today=day, as_of=day, source=Source.HAND))
            if found.problems or found.refused is not None:
                first = found.problems[0] if found.problems else found.refused
                return None, BondListAnswer(id=number, refused=problem_of(first) if first else None)
            facts = found.bonds[0]
        fresh = with_hand(kept, facts)
        self._save(fresh)
        return fresh, BondListAnswer(id=number, used=True, good=len(fresh.hand))

    def _known(self, loop: Loop, kept: KeptLists) -> KeptLists:
        """What is changed: a file that was held at the start is looked at again, and never written over unread."""
        if not self._unread:
            return kept
        loaded = self._loaded()
        if loaded.unreadable:
            raise ListError(Fault.NOT_SAVED, loaded.problem[:120])
        loop.ask(lambda each: self._found_again(each, loaded))
        return loaded.value

    def _found_again(self, loop: Loop, loaded: Loaded[KeptLists]) -> None:
        """On the decision thread: what is found is in force for every later job too, whatever becomes of this one."""
        if self._unread:
            self._unread = False
            loop.take_lists(replace(loop.lists.keeping(loaded.value), problem=loaded.problem))

    def _save(self, kept: KeptLists) -> None:
        try:
            self._file.save(kept)
        except OSError as error:
            raise ListError(Fault.NOT_SAVED, str(error)[:120]) from error


def _table(wish: ReadBondList, going: Going) -> Table:
    if wish.source == "sql":
        return bond_list_sql.read_database(wish.place, wish.table or bond_list_sql.TABLE, going)
    return read_file(Path(wish.place), going)


def _asked(wish: ReadBondList, table: Table, today: str) -> Asked:
    """A day in the file's name is the user's word; the day a file was written is only a hint."""
    return Asked(
        today=today,
        unit=Unit(wish.unit) if wish.unit else None,
        as_of=wish.as_of or (table.day if table.day_from == "name" and table.day <= today else ""),
        leave=frozenset(wish.leave),
        source=Source.SQL if wish.source == "sql" else Source.FILE,
    )


def _kept(table: Table, found: BondList) -> KeptList:
    return KeptList(
        name=table.name,
        kind=table.kind,
        digest=table.digest,
        as_of=min(bond.as_of for bond in found.bonds),
        at=int(datetime.now(SHANGHAI).timestamp() * 1000),
        bad=found.bad,
        bonds=found.bonds,
    )


def _no(number: int, problem: Problem) -> BondListAnswer:
    return BondListAnswer(id=number, refused=problem_of(problem))
