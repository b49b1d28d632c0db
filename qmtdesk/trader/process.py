"""The trader as a process: locks the folder, builds gateway, loop and counter, and runs until told to end."""

import gc
import logging
import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path

from qmtdesk.domain.messages import Installed, SettingsRead
from qmtdesk.engine.books import State
from qmtdesk.store.account_lock import AccountKey, hold_account
from qmtdesk.store.journal import JournalError, JournalTooNewError
from qmtdesk.store.settings import TraderSettings, keep_exit, trader_settings
from qmtdesk.trader.bond_lists import BondLists
from qmtdesk.trader.check_command import bundle_of
from qmtdesk.trader.clear_wishes import ClearWishes
from qmtdesk.trader.diary import Diary, JournalModeError
from qmtdesk.trader.installation import keep_prefix, prefix_of
from qmtdesk.trader.live_wishes import LiveWishes, reported_day
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.markets import LIVE, Market, live_market, paper_market, replay_market
from qmtdesk.trader.obey import Obey
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.serve import DeskServer
from qmtdesk.wire.address import new_boot
from qmtdesk.wire.inside import inside
from qmtdesk.wire.locks import FolderLock
from qmtdesk.wire.redact import mask_account
from qmtdesk.wire.spawn import REFUSAL, write_refusal
from qmtdesk.wire.start_refusal import StartRefusedError
from qmtdesk.wire.talk import Command

log = logging.getLogger("qmtdesk.trader")

LOCKED = 3
NO_JOURNAL = 4
IDLE_S = 600


@dataclass(frozen=True, slots=True)
class TraderOptions:
    """How a trader is started. `resume`: the program restarted it, so what was armed in this run may go on."""

    folder: Path
    seed: int
    speed: int
    resume: bool
    replay: tuple[Path, ...] = ()
    held: tuple[str, ...] = ()
    idle_s: int = IDLE_S
    live: bool = False
    account: AccountKey | None = None


def run_trader(options: TraderOptions) -> int:
    """Run until stopped; returns the process's exit code. The folder must exist.

    StartRefusedError when another data folder's trader holds the account.
    """
    # whatever is written from here on is the user's alone
    os.umask(0o077)
    log.info("trader %d starts in %s", os.getpid(), options.folder)
    lock = FolderLock(inside(options.folder, "trader.lock"))
    if not lock.acquire(wait_ms=500):
        log.warning("another trader holds %s", options.folder)
        return LOCKED
    account: FolderLock | None = None
    try:
        market = _market(options)
        key = options.account or market.account
        if key is not None:
            account = hold_account(key, options.folder)
        _serve(options, market)
    except StartRefusedError as error:
        log.warning("not started: %s", error.why)
        _say_why(options.folder, error.why, error.fact)
        raise
    except JournalError as error:
        # a disk that is full or locked, or a newer program's journal: nothing may be traded without one
        log.exception("the journal cannot be used")
        kinds = {JournalTooNewError: "newer", JournalModeError: "other_money"}
        _say_why(options.folder, kinds.get(type(error), "journal"), str(error))
        return NO_JOURNAL
    finally:
        if account is not None:
            account.release()
        lock.release()
    return 0


def _say_why(folder: Path, kind: str, text: str) -> None:
    try:
        write_refusal(folder, kind, text)
    except OSError:
        log.exception("and it cannot even be said in %s", REFUSAL)


def _serve(options: TraderOptions, market: Market) -> None:
    bond_lists = BondLists(options.folder)
    loop = _loop(options, market, bond_lists)
    inside(options.folder, REFUSAL).unlink(missing_ok=True)

    def on_command(number: int, command: Command) -> None:
        loop.ask(lambda each: obey.carry_out(each, number, command))

    def on_stop(force: bool) -> bool:  # noqa: FBT001 - the counter's callback
        if loop.busy and not force:
            return False
        loop.end()
        return True

    server = DeskServer(
        options.folder,
        new_boot(),
        on_command=on_command,
        snapshot=loop.mirror.snapshot,
        on_stop=on_stop,
        done=loop.done_commands,
        on_left=lambda number: loop.ask(lambda each: each.wanted.left(number)),
    )
    obey = Obey(
        market.paper,
        server.reply,
        bond_lists,
        keep_exit=lambda cancel: keep_exit(options.folder, cancel=cancel),
        live=LiveWishes(options.folder, bundle_of),
        clear=ClearWishes(_settings(options.folder)[0].clear, options.folder),
    )
    # what is loaded by now stays to the end: a collection holds up every decision, and need not look at it again
    gc.collect()
    gc.freeze()
    _end_on_signal(loop)
    prefix = prefix_of(options.folder, loop.state.install)
    loop.post(0, Installed(prefix))
    # only after the journal: in a folder with letters an empty journal is a lost one
    loop.ask(lambda _: keep_prefix(options.folder, prefix))
    market.gateway.start(loop.post)
    server.start()
    threading.Thread(target=_leave_when_idle, args=(loop, server, options.idle_s), daemon=True).start()
    try:
        loop.run(server)
    finally:
        market.gateway.stop()
        server.stop()


def _loop(options: TraderOptions, market: Market, bond_lists: BondLists) -> Loop:
    """The decision loop with what the folder remembers: journal, settings, bond list."""
    live = market.mode == LIVE
    diary = Diary(inside(options.folder, "journal.db"), live=live)
    settings, read = _settings(options.folder)
    book = bond_lists.load()
    shown, mode = str(options.folder), market.mode
    return Loop(
        market.gateway,
        diary,
        State(settings.risk, settings.fees.schedule(), live=live),
        Desk(
            mode,
            mask_account(market.account.number) if market.account is not None else mode,
            options.speed,
            shown,
            bond_list=book.row,
            cancel_on_exit=settings.cancel_on_exit,
            reported_day=reported_day(options.folder) if live else "",
        ),
        settings.screen,
        options.folder,
        # with limits nobody can read nothing stays armed, a restart of the program's own included
        resume=options.resume and not read.fault,
        settings=read,
        past=market.past,
        lists=book,
    )


def _settings(folder: Path) -> tuple[TraderSettings, SettingsRead]:
    """What is in force, and what the user hears of it."""
    file = trader_settings(folder)
    loaded = file.load()
    if loaded.fault is None:
        return loaded.value, SettingsRead()
    log.error("the settings cannot be used, everything is held back: %s (copied to %s)", loaded.problem, loaded.kept)
    fault = loaded.fault
    return loaded.value, SettingsRead(fault.word, str(file.path), fault.key, fault.value)


def _market(options: TraderOptions) -> Market:
    if options.live:
        return live_market(options.folder)
    if options.replay:
        return replay_market(options.folder, options.seed, options.speed, options.replay, options.held)
    return paper_market(options.folder, options.seed, options.speed)


def _end_on_signal(loop: Loop) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: loop.end(at_once=True))


def _leave_when_idle(loop: Loop, server: DeskServer, idle_s: int) -> None:
    """Nobody looks and nothing is armed: leave. With something armed the trader stays."""
    wait, idle = threading.Event(), 0
    while not wait.wait(1.0):
        idle = 0 if server.desks or loop.busy else idle + 1
        if idle >= idle_s:
            log.info("nothing armed and no desk for %d s", idle_s)
            loop.end()
            return
