"""The trader as a process: locks the folder, builds gateway, loop and counter, and runs until told to end."""

import logging
import logging.handlers
import os
import secrets
import signal
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qmtdesk.engine.books import State
from qmtdesk.engine.ports import Gateway
from qmtdesk.gateways.paper.account import Holding
from qmtdesk.gateways.paper.gateway import PaperGateway
from qmtdesk.gateways.replay.days import replay_days
from qmtdesk.gateways.replay.feed import RecordedFeed
from qmtdesk.store.journal import JournalError
from qmtdesk.store.settings import trader_settings
from qmtdesk.trader.diary import Diary
from qmtdesk.trader.loop import Loop
from qmtdesk.trader.obey import Obey
from qmtdesk.trader.pictures import Desk
from qmtdesk.trader.replay_words import position_of
from qmtdesk.trader.serve import DeskServer
from qmtdesk.wire.locks import FolderLock
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


def run_trader(options: TraderOptions) -> int:
    """Run until stopped; returns the process's exit code. The folder must exist."""
    # whatever is written from here on is the user's alone
    os.umask(0o077)
    _log_to(options.folder / "trader.log")
    lock = FolderLock(options.folder / "trader.lock")
    if not lock.acquire(wait_ms=500):
        log.warning("another trader holds %s", options.folder)
        return LOCKED
    try:
        _serve(options)
    except JournalError:
        # a disk that is full or locked, or a newer program's journal: nothing may be traded without one
        log.exception("the journal cannot be used")
        return NO_JOURNAL
    finally:
        lock.release()
    return 0


def _serve(options: TraderOptions) -> None:
    world = _world(options)
    mode = "replay" if options.replay else "paper"
    gateway: Gateway = world
    diary = Diary(options.folder / "journal.db")
    loaded = trader_settings(options.folder).load()
    if loaded.problem:
        log.error("the settings cannot be used, the defaults are in force: %s", loaded.problem)
    settings = loaded.value
    desk = Desk(mode, mode, options.speed, str(options.folder))
    state = State(settings.risk, settings.fees.schedule())
    loop = Loop(
        gateway,
        diary,
        state,
        desk,
        settings.screen,
        options.folder,
        resume=options.resume,
        past=world.seal_history,
    )
    boot = secrets.token_hex(8)

    def on_command(number: int, command: Command) -> None:
        loop.ask(lambda each: obey.carry_out(each, number, command))

    def on_stop(force: bool) -> bool:  # noqa: FBT001 - the counter's callback
        if loop.busy and not force:
            return False
        loop.end()
        return True

    server = DeskServer(
        options.folder,
        boot,
        on_command=on_command,
        snapshot=loop.mirror.snapshot,
        on_stop=on_stop,
        done=loop.done_commands,
    )
    obey = Obey(world, server.reply)
    _end_on_signal(loop)
    watchdog = threading.Thread(target=_leave_when_idle, args=(loop, server, options.idle_s), daemon=True)
    gateway.start(loop.post)
    server.start()
    watchdog.start()
    try:
        loop.run(server)
    finally:
        gateway.stop()
        server.stop()


def _world(options: TraderOptions) -> PaperGateway:
    """The generated market, or a recording with the same broker."""
    if not options.replay:
        return PaperGateway(options.folder, seed=options.seed, speed=options.speed)
    feed = RecordedFeed(tuple(replay_days(options.replay)))
    held = dict(position_of(word) for word in options.held)
    account = feed.account(feed.opening(date.min))
    account.holdings.update({code: Holding(lot.volume, lot.paid) for code, lot in held.items()})
    return PaperGateway(options.folder, seed=options.seed, speed=options.speed, feed=feed, account=account)


def _end_on_signal(loop: Loop) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: loop.end())


def _leave_when_idle(loop: Loop, server: DeskServer, idle_s: int) -> None:
    """Nobody looks and nothing is armed: leave. With something armed the trader stays."""
    wait, idle = threading.Event(), 0
    while not wait.wait(1.0):
        idle = 0 if server.desks or loop.busy else idle + 1
        if idle >= idle_s:
            log.info("nothing armed and no desk for %d s", idle_s)
            loop.end()
            return


def _log_to(path: Path) -> None:
    """One rotating file; account numbers never get into it because nothing here knows one."""
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=2_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger("qmtdesk")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    log.info("trader %d starts in %s", os.getpid(), path.parent)
