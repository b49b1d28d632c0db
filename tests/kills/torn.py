"""Journals as a power failure, a bad disk or a careless tool leaves them, and what the program makes of them."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from loop_day import LoopDay

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import BaseKind, GridPlan, GuardPlan
from qmtdesk.domain.reason import Why
from qmtdesk.engine.apply import fill_key
from qmtdesk.engine.books import Ready
from qmtdesk.simulate.looped_day import IN_MEMORY
from qmtdesk.simulate.market_day import BOND, BOND2, STOCK, sealed_quote
from qmtdesk.store.journal import Journal, JournalRow, StoredRow, open_or_set_aside, verify

WAL_HEAD, FRAME_HEAD = 32, 24
FULL = 2
"""Of SQLite's degrees of care the first that flushes the log at each commit."""
LIMIT_UP = 11_000
PRICES = {BOND: 120_000, BOND2: 108_000, STOCK: 10_000}
HELD = {STOCK: (1_000, 9_000), BOND: (100, 119_000)}


class Image(NamedTuple):
    """The files as they stood after one write, and what was promised by then.

    `promised` rows were acknowledged as durable; of the log the bytes below `synced` were flushed with them.
    """

    main: bytes
    log: bytes
    promised: int
    synced: int
    written: int
    exchange: bytes
    at: int
    last: dict[str, int]
    armed: bool


@dataclass
class Session:
    """A morning of trading on one journal: every row ever, and an image of the files after each of some writes."""

    rows: list[StoredRow] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


@dataclass
class Findings:
    """What became of damaged journals. `wrong` is empty when every promise held."""

    tails: int = 0
    clean: int = 0
    aside: int = 0
    starts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is such a place: ten thousand damaged files are no work for a disk."""
    return tempfile.TemporaryDirectory(prefix="qmtdesk-torn-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


# --- a session


class Recorder:
    """Takes an image after a write of the journal."""

    def __init__(self, dice: random.Random, session: Session, folder: Path) -> None:
        self._dice, self._session, self._folder = dice, session, folder
        self._promised = self._written = self._synced = 0
        self.day: LoopDay | None = None

    def around(self, append: Callable[..., None]) -> Callable[..., None]:
        def recorded(journal: Journal, rows: list[JournalRow], *, durable: bool) -> None:
            append(journal, rows, durable=durable)
            self._written += len(rows)
            log = (self._folder / "journal.db-wal").read_bytes()
            if durable:
                self._promised = self._written
            if journal._connection.execute("PRAGMA synchronous").fetchone()[0] >= FULL:
                self._synced = log_end(log)
            if self.day is not None and self._dice.random() < 0.15:
                self._keep(self.day, log)

        return recorded

    def _keep(self, day: LoopDay, log: bytes) -> None:
        end = log_end(log)
        # a checkpoint flushes the log before it touches the file, and the log begins anew after it
        synced = min(self._synced, end)
        self._session.images.append(
            Image(
                (self._folder / "journal.db").read_bytes(),
                log,
                self._promised,
                synced,
                self._written,
                day.exchange.dump(),
                day.at,
                dict(day.last),
                any(book.armed for book in day.state.grids.values()),
            )
        )


def log_end(log: bytes) -> int:
    """Where the frames of this round of the log end; what follows is of an earlier round."""
    if len(log) < WAL_HEAD:
        return 0
    page, salts, at = int.from_bytes(log[8:12], "big"), log[16:24], WAL_HEAD
    while at + FRAME_HEAD + page <= len(log) and log[at + 8 : at + 16] == salts:
        at += FRAME_HEAD + page
    return at


def logged_pages(log: bytes) -> set[int]:
    """Numbers (from 1) of the pages the log holds up to its last commit."""
    page, at, pages, committed = int.from_bytes(log[8:12], "big"), WAL_HEAD, set[int](), set[int]()
    while at < log_end(log):
        pages.add(int.from_bytes(log[at : at + 4], "big"))
        if int.from_bytes(log[at + 4 : at + 8], "big"):
            committed |= pages
        at += FRAME_HEAD + page
    return committed


def session(seed: int, base: Path) -> Session:
    """Two grids and a guard on a morning that moves; some journals are taken over into the file often."""
    dice, made, folder = random.Random(seed), Session(), base / f"session-{seed}"
    folder.mkdir()
    recorder = Recorder(dice, made, folder)
    append = Journal.append
    Journal.append = recorder.around(append)  # type: ignore[method-assign]
    try:
        day = LoopDay(folder=folder, prices=dict(PRICES), held=dict(HELD), seed=seed)
        if seed % 3:
            day.loop._diary._journal._connection.execute(f"PRAGMA wal_autocheckpoint = {dice.choice((20, 60, 200))}")
        recorder.day = day
        _trade(day, dice)
        made.rows = list(day.loop._diary._journal.read())
        day.loop._diary.close()
    finally:
        Journal.append = append  # type: ignore[method-assign]
    return made


def _trade(day: LoopDay, dice: random.Random) -> None:
    day.open()
    for code in (BOND, BOND2):
        day.feed(m.ArmGrid(GridPlan(code=code, base=BaseKind.LAST, amount=5_000_000, range_bp=600)))
    day.quote(sealed_quote(STOCK, day.at, LIMIT_UP, 30_000, prev=10_000))
    day.feed(m.ArmGuard(GuardPlan(code=STOCK, keep_armed=True)))
    for _ in range(40):
        day.price(BOND, 120_000 + dice.randrange(-900, 901))
        day.price(BOND2, 108_000 + dice.randrange(-800, 801))
        day.quote(sealed_quote(STOCK, day.at, LIMIT_UP, 30_000, prev=10_000))
        day.wait(3_000)


# --- damage


class Case(NamedTuple):
    """One damaged pair of files. `keeps`: only bytes that were never flushed are touched."""

    name: str
    main: bytes
    log: bytes | None
    keeps: bool


Spoil = Callable[[bytes, int, random.Random], bytes]


def truncated(data: bytes, start: int, dice: random.Random) -> bytes:
    return data[:start]


def zeroed(data: bytes, start: int, dice: random.Random) -> bytes:
    end = dice.choice((len(data), min(len(data), start + dice.randrange(1, 9_000))))
    return data[:start] + bytes(end - start) + data[end:]


def garbled(data: bytes, start: int, dice: random.Random) -> bytes:
    end = dice.choice((len(data), min(len(data), start + dice.randrange(1, 9_000))))
    return data[:start] + dice.randbytes(end - start) + data[end:]


def flipped(data: bytes, start: int, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 20))):
        out[dice.randrange(start, len(out))] ^= 1 << dice.randrange(8)
    return bytes(out)


SPOILS: tuple[Spoil, ...] = (truncated, zeroed, garbled, flipped)


def case(image: Image, dice: random.Random) -> Case:
    """Any damage to an image."""
    spoil, kind = dice.choice(SPOILS), dice.randrange(6)
    if kind == 0 and image.synced < len(image.log):
        start = dice.randrange(image.synced, len(image.log))
        return Case(f"{spoil.__name__} unflushed log", image.main, spoil(image.log, start, dice), keeps=True)
    if kind == 1 and (torn := _torn_checkpoint(image, dice)) is not None:
        return Case("torn checkpoint", torn, image.log, keeps=True)
    if kind in (2, 3) and image.log:
        start = dice.randrange(len(image.log))
        return Case(f"{spoil.__name__} log", image.main, spoil(image.log, start, dice), keeps=False)
    if kind == 4 and image.main:
        start = dice.randrange(len(image.main))
        return Case(f"{spoil.__name__} file", spoil(image.main, start, dice), image.log, keeps=False)
    if image.main and dice.random() < 0.5:
        start = dice.randrange(len(image.main))
        return Case(f"{spoil.__name__} file, no log", spoil(image.main, start, dice), None, keeps=False)
    return Case("no log", image.main, None, keeps=False)


def _torn_checkpoint(image: Image, dice: random.Random) -> bytes | None:
    """The power failed while pages went from the log into the file: some are there, some are half there."""
    if len(image.log) < WAL_HEAD or not image.main:
        return None
    size = int.from_bytes(image.log[8:12], "big")
    # page 1 says how the file is to be read at all, and SQLite reads that before it knows of a log
    pages = [page for page in sorted(logged_pages(image.log)) if 1 < page <= len(image.main) // size]
    if not pages:
        return None
    out = bytearray(image.main)
    for page in dice.sample(pages, dice.randrange(1, len(pages) + 1)):
        begin = (page - 1) * size + dice.randrange(size)
        out[begin : page * size] = dice.choice((bytes, dice.randbytes))(page * size - begin)
    return bytes(out)


# --- what the program makes of it


def examine(made: Session, image: Image, hurt: Case, folder: Path, found: Findings, *, start: bool) -> None:
    """Open the damaged journal, and on some of them start the whole program."""
    found.tails += 1
    found.kinds[hurt.name] += 1
    (folder / "journal.db").write_bytes(hurt.main)
    if hurt.log is not None:
        (folder / "journal.db-wal").write_bytes(hurt.log)
    if start:
        found.starts += 1
        day = LoopDay(folder=folder, prices=dict(PRICES), resume=True)
        kept, rows = day.loop._diary.set_aside, list(day.loop._diary._journal.read())
        if kept is not None and [each.kind for each in rows] == ["Program", "JournalLost"]:
            # what a fresh journal says first of the one before it
            rows = []
        wrong = [*_started(day, image, kept)]
        day.loop._diary.close()
    else:
        journal, kept = open_or_set_aside(folder / "journal.db")
        rows, wrong = list(journal.read()), []
        journal.close()
    if kept is None:
        found.clean += 1
    else:
        found.aside += 1
    wrong += _wrong(made, image, hurt, rows, kept)
    if not (verdict := verify(folder / "journal.db")).ok:
        wrong.append(f"opened, but {verdict.text}")
    found.wrong += [f"{hurt.name} of {image.at}: {text}" for text in wrong]


def _wrong(made: Session, image: Image, hurt: Case, rows: list[StoredRow], kept: Path | None) -> Iterator[str]:
    if rows != made.rows[: len(rows)] or len(rows) > image.written:
        yield "what was read is not how the journal began"
    if kept is not None and rows:
        yield "a fresh journal is not empty"
    if kept is not None and kept.read_bytes() != hurt.main and hurt.log is None:
        yield "what was set aside is not what was found"
    if hurt.keeps and kept is not None:
        yield "set aside although only unflushed bytes were touched"
    if hurt.keeps and kept is None and len(rows) < image.promised:
        yield f"{image.promised} rows were promised, {len(rows)} are left"


def _started(day: LoopDay, image: Image, kept: Path | None) -> Iterator[str]:
    """The day goes on with the broker as it was left."""
    day.exchange.load(image.exchange)
    day.at, day.last = image.at, dict(image.last)
    day.exchange.due(day.at)
    day.connect()
    day.quote_all()
    day.live_market(9_000)
    truth, state = day.exchange.truth, day.state
    if state.ready is not Ready.READY:
        yield f"not ready: {state.ready} {dict(state.suspended)}"
    if {fill_key(fill) for fill in truth.fills} != set(state.fills):
        yield "broker and books know other trades"
    remarks = Counter(entry.remark for entry in truth.entries.values() if entry.remark)
    yield from (f"{remark} reached the broker {count} times" for remark, count in remarks.items() if count > 1)
    for code, held in state.holdings.items():
        if held.volume != truth.account.holdings[code].volume:
            yield f"{code}: {held.volume} in the books, {truth.account.holdings[code].volume} at the broker"
    if kept is not None:
        if day.places() or any(book.armed for book in state.grids.values()) or state.guards:
            yield "armed after the journal was set aside"
        if Why.JOURNAL_SET_ASIDE not in day.said():
            yield "not said that the journal was set aside"


SESSIONS = 6


def tear(tails: int, seed: int, report: Callable[[Findings], None] | None = None, *, start_every: int = 3) -> Findings:
    """So many damaged journals; `report` is called now and then."""
    dice, found = random.Random(seed), Findings()
    with scratch() as base:
        sessions = [session(seed * SESSIONS + n, Path(base)) for n in range(min(SESSIONS, 1 + tails // 50))]
        while found.tails < tails and len(found.wrong) < 10:
            made = dice.choice(sessions)
            image = dice.choice(made.images)
            folder = Path(base) / "hurt"
            folder.mkdir()
            known = len(found.wrong)
            examine(made, image, case(image, dice), folder, found, start=found.tails % start_every == 0)
            found.wrong[known:] = [f"seed {seed}, tail {found.tails}, {text}" for text in found.wrong[known:]]
            shutil.rmtree(folder)
            if report is not None:
                report(found)
    return found
