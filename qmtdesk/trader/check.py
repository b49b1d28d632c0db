"""How this installation stands: versions, folders, locks, the running traders, journals, settings, the clock, QMT."""

import importlib.metadata
import importlib.util
import platform
import shutil
import threading
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NamedTuple

from qmtdesk import __version__
from qmtdesk.gateways.qmt.native import REAL
from qmtdesk.store.files import base_folder, packages_folder
from qmtdesk.store.journal import JournalError, verify
from qmtdesk.store.settings import TraderSettings, trader_settings
from qmtdesk.trader.asked import Answered, ask_trader
from qmtdesk.wire.attach import RefusedError
from qmtdesk.wire.inside import inside
from qmtdesk.wire.line import LineLostError
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.live_talk import HealthRow
from qmtdesk.wire.locks import FolderLock, is_free
from qmtdesk.wire.place import network_kind
from qmtdesk.wire.probe_lines import Code, ProbeLine, Said, bad, doubtful, fine, said
from qmtdesk.wire.probe_run import ProbeRun
from qmtdesk.wire.redact import know_account, mask_account, redact
from qmtdesk.wire.typed_file import BadFileError, TypedFile

MODES = ("paper", "live")
MADE = 2026
BEIJING = timedelta(hours=8)
ENOUGH = 1_000_000_000
LONGEST_S = 240.0
LONGEST = 300


class Wish(NamedTuple):
    """What is to be checked: the data of this place (None: the user's), and whether QMT may be connected to."""

    data: Path | None
    connect: bool = True


def check(wish: Wish) -> Iterator[ProbeLine]:
    """Line by line. Nothing is changed, no folder is made, no order is sent."""
    base = base_folder(wish.data)
    chosen = _chosen(base / "live")
    yield from _program(chosen, packages_folder(base))
    yield _clock()
    yield _data(base)
    answered: Answered | None = None
    for mode in MODES:
        folder = base / mode
        if folder.is_dir():
            answered = yield from _folder(folder, mode)
    yield from _live(base, chosen, connect=wish.connect and answered is None)


# --- the program


def _program(chosen: LiveSettings, packages: Path) -> Iterator[ProbeLine]:
    words = {"qmtdesk": __version__, "python": platform.python_version(), "system": platform.platform(terse=True)}
    yield fine("program", said(Code.LOOK_VERSION), said(Code.VERSION, **words))
    window = version_of("PySide6-Essentials") or version_of("PySide6")
    looked = said(Code.LOOK_WINDOW)
    if window:
        yield fine("program", looked, said(Code.INSTALLED, version=window, where=_where("PySide6")))
    else:
        yield bad("program", looked, said(Code.NOT_INSTALLED), said(Code.DO_LOOK))
    looked, where = said(Code.LOOK_XTQUANT, package=chosen.package), _where(chosen.package, packages)
    if where:
        version = version_of(chosen.package) or "?"
        yield fine("program", looked, said(Code.INSTALLED, version=version, where=where))
    else:
        missing = bad if chosen.chosen else doubtful
        yield missing("program", looked, said(Code.NOT_INSTALLED), said(Code.DO_INSTALL))


def version_of(name: str) -> str:
    """Of an installed distribution, '' when there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _where(package: str, packages: Path | None = None) -> str:
    """Where it would be imported from; nothing of it is run."""
    name = package.partition(".")[0]
    importlib.invalidate_caches()
    try:
        spec = importlib.util.find_spec(name)
        if spec is None and packages is not None and name != REAL:
            spec = PathFinder.find_spec(name, [str(packages)])
    except (ImportError, ValueError):
        return ""
    return "" if spec is None else str(next(iter(spec.submodule_search_locations or ()), spec.origin))


def _clock() -> ProbeLine:
    now = datetime.now().astimezone()
    looked, offset = said(Code.LOOK_CLOCK), now.utcoffset()
    words = {"now": now.strftime("%Y-%m-%d %H:%M:%S"), "zone": now.strftime("UTC%z")}
    if now.year < MADE:
        return bad("program", looked, said(Code.CLOCK_WRONG, **words), said(Code.DO_CLOCK))
    if offset != BEIJING:
        return doubtful("program", looked, said(Code.CLOCK_ZONE, **words), said(Code.DO_ZONE))
    return fine("program", looked, said(Code.CLOCK_FINE, **words))


# --- the data


def _data(base: Path) -> ProbeLine:
    looked = said(Code.LOOK_DATA, folder=str(base))
    if not base.is_dir():
        return doubtful("data", looked, said(Code.NOT_THERE), None)
    kind = network_kind(base)
    if kind:
        return bad("data", looked, said(Code.OF_ANOTHER_MACHINE, where=kind), said(Code.DO_DATA))
    free = shutil.disk_usage(base).free
    found = said(Code.SPACE, mb=free // 1_000_000)
    return fine("data", looked, found) if free >= ENOUGH else doubtful("data", looked, found, said(Code.DO_FREE))


def _folder(folder: Path, mode: str) -> Generator[ProbeLine, None, Answered | None]:
    """One mode's folder; returns what a live trader answered."""
    holder = _holder(folder)
    looked = said(Code.LOOK_LOCK, mode=mode)
    yield fine("data", looked, said(Code.LOCK_HELD, pid=holder) if holder else said(Code.LOCK_FREE))
    answered, line = _trader(folder, mode, holder)
    yield line
    if answered is not None and answered.health is not None:
        yield from lamps(answered.health)
    yield _journal(inside(folder, "journal.db"), mode)
    yield _settings(trader_settings(folder), mode)
    if mode == "live":
        yield _settings(live_settings(folder), mode)
    return answered if mode == "live" else None


def _holder(folder: Path) -> int:
    """The process that holds the folder, 0 when nobody does. The lock's file is not made by looking."""
    path = inside(folder, "trader.lock")
    if not path.exists() or is_free(path):
        return 0
    return FolderLock(path).holder()


def _trader(folder: Path, mode: str, holder: int) -> tuple[Answered | None, ProbeLine]:
    looked = said(Code.LOOK_TRADER, mode=mode)
    if not holder:
        return None, fine("trader", looked, said(Code.TRADER_NONE))
    try:
        answered = ask_trader(folder)
    except RefusedError as error:
        return None, doubtful("trader", looked, said(Code.TRADER_REFUSES, pid=holder, why=error.why), None)
    except LineLostError as error:
        found = said(Code.TRADER_SILENT, pid=holder, text=_short(str(error)))
        return None, bad("trader", looked, found, said(Code.DO_END_TRADER, pid=holder))
    orders, ready = answered.live_orders, answered.ready
    found = said(Code.TRADER_ANSWERS, pid=holder, version=answered.version, ready=ready, orders=orders)
    return answered, fine("trader", looked, found)


def lamps(health: HealthRow) -> Iterator[ProbeLine]:
    """How a running trader's connections stand."""
    for code, stage, text, count in (
        (Code.LOOK_LAMP_TRADE, health.trade_stage, health.trade_text, health.connects),
        (Code.LOOK_LAMP_QUOTES, health.quotes_stage, health.quotes_text, health.reconnects + 1),
    ):
        if stage == "up":
            yield fine("trader", said(code), said(Code.LAMP_UP, count=count))
        else:
            found = said(Code.LAMP_DOWN, text=_short(text) or stage)
            yield bad("trader", said(code), found, said(Code.DO_RESTART_CLIENT))
    if health.level2_stage:
        yield fine("trader", said(Code.LOOK_LEVEL2), _level2(health.level2_stage, _short(health.level2_text)))


def _level2(stage: str, text: str) -> Said:
    """Whatever it is, Level-1 does without."""
    match stage:
        case "on":
            return said(Code.LEVEL2_ON)
        case "refused" | "hung":
            return said(Code.LEVEL2_NONE, text=text)
        case "unclear":
            return said(Code.LEVEL2_UNCLEAR, text=text)
        case _:
            return said(Code.LEVEL2_SILENT)


def _journal(path: Path, mode: str) -> ProbeLine:
    looked = said(Code.LOOK_JOURNAL, mode=mode)
    if not path.exists():
        return fine("data", looked, said(Code.JOURNAL_NONE))
    try:
        verdict = verify(path)
    except JournalError as error:
        return bad("data", looked, said(Code.JOURNAL_BAD, text=_short(str(error))), said(Code.DO_KEEP_JOURNAL))
    if not verdict.ok:
        return bad("data", looked, said(Code.JOURNAL_BAD, text=_short(verdict.text)), said(Code.DO_KEEP_JOURNAL))
    return fine("data", looked, said(Code.JOURNAL_FINE, rows=verdict.rows))


def _settings(file: TypedFile[LiveSettings] | TypedFile[TraderSettings], mode: str) -> ProbeLine:
    """Read it as the program would, but leave a bad one where it is."""
    looked = said(Code.LOOK_SETTINGS, file=file.path.name, mode=mode)
    try:
        file.decode(file.path.read_bytes(), file.path)
    except FileNotFoundError:
        return fine("data", looked, said(Code.SETTINGS_NONE))
    except (BadFileError, OSError) as error:
        return bad("data", looked, said(Code.SETTINGS_BAD, text=_short(str(error))), said(Code.DO_SETTINGS))
    return fine("data", looked, said(Code.SETTINGS_FINE))


def _short(text: str) -> str:
    return redact(" ".join(text.split()))[:LONGEST]


# --- QMT


def _chosen(folder: Path) -> LiveSettings:
    """What was chosen for live trading; the account's number is hidden from here on."""
    file = live_settings(folder)
    try:
        chosen = file.decode(file.path.read_bytes(), file.path)
    except (BadFileError, OSError):
        return LiveSettings()
    if len(chosen.account) >= 4:
        know_account(chosen.account)
    return chosen


def _live(base: Path, chosen: LiveSettings, *, connect: bool) -> Iterator[ProbeLine]:
    looked = said(Code.LOOK_LIVE)
    if not chosen.folder:
        yield fine("examine", looked, said(Code.LIVE_NOT_CHOSEN))
        return
    account = mask_account(chosen.account)
    yield fine("examine", looked, said(Code.LIVE_CHOSEN, folder=chosen.folder, account=account))
    if connect:
        yield from _probed(base, chosen)


def _probed(base: Path, chosen: LiveSettings) -> list[ProbeLine]:
    """The terminal tried out in a process of its own; beside a live trader this is not done."""
    lines: list[ProbeLine] = []
    ended = threading.Event()
    words = ("--probe-qmt", chosen.folder, "--package", chosen.package, "--account-type", chosen.account_type)
    run = ProbeRun(("--data", str(base), *words), chosen.account, lines.append, lambda _fine: ended.set())
    if not ended.wait(LONGEST_S):
        run.kill()
        ended.wait(5)
    return lines
