"""The composition root: reads the command line and wires desk, trader or a headless run together."""

import argparse
import os
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from qmtdesk import __version__

EXIT_BAD = 2


def main(words: Sequence[str]) -> int:
    """Run what was asked for; returns the exit code."""
    given = _parser().parse_args(words)
    if given.command == "replay":
        return _replay(given)
    if given.command == "verify":
        return _verify(given.file)
    if given.command == "simulate":
        return _simulate(given)
    if given.trader:
        return _trader(given)
    return _desk(given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qmtdesk", description="可转债网格与封单卫士 / bond grids and limit-up guard")
    parser.add_argument("--version", action="version", version=f"qmtdesk {__version__}")
    parser.add_argument("--data", type=Path, default=None, help="data folder (default: the user's)")
    parser.add_argument("--seed", type=int, default=1, help="seed of a new paper market")
    parser.add_argument("--speed", type=int, choices=range(1, 61), metavar="1-60", help="paper clock")
    parser.add_argument("--replay", nargs="+", type=Path, metavar="FILE", help="recorded days in the window")
    parser.add_argument("--hold", action="append", default=[], metavar="CODE=VOLUME@COST", help="held in the replay")
    parser.add_argument("--trader", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command")
    replay = commands.add_parser("replay", help="recorded days through the engine, without a window")
    replay.add_argument("files", nargs="+", type=Path, help="tick or minute-bar files, CSV or CSV.gz")
    replay.add_argument("--events", type=Path, required=True, metavar="OUT.jsonl", help="one JSON object per line")
    replay.add_argument("--position", action="append", default=[], metavar="CODE=VOLUME@COST")
    replay.add_argument("--cash", default="1000000", metavar="CNY")
    replay.add_argument("--guard", action="append", default=[], metavar="CODE=CNY[,readiness=…][,confirm=N]")
    replay.add_argument("--grid", action="append", default=[], metavar="CODE[,step_bp=…][,unit=…][,amount=…][,base=…]")
    replay.add_argument("--seed", dest="replay_seed", type=int, default=1, help="seed of delays and queues")
    verify = commands.add_parser("verify", help="check a journal's hash chain")
    verify.add_argument("file", type=Path)
    simulate = commands.add_parser("simulate", help="random market days with every fault, and what they broke")
    simulate.add_argument("--schedules", type=int, default=1_000, metavar="N", help="how many random schedules")
    simulate.add_argument("--seed", dest="first_seed", type=int, default=0, metavar="S", help="seed of the first one")
    simulate.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    simulate.add_argument("--beats", type=int, default=0, metavar="B", help="length of each; 0: its seed says, 10-80")
    simulate.add_argument("--mutant", default="", metavar="NAME", help="break the program first; 'all': each in turn")
    simulate.add_argument("--json", dest="as_json", action="store_true", help="one JSON object")
    return parser


def _replay(given: argparse.Namespace) -> int:
    from qmtdesk.gateways.paper.account import Holding, PaperAccount
    from qmtdesk.gateways.paper.exchange import PaperExchange
    from qmtdesk.gateways.replay.days import ReplayError, replay_days
    from qmtdesk.trader.headless import Headless, RefusedError, Wishes
    from qmtdesk.trader.replay_words import BadWordError, cash_of, grid_of, guard_of, position_of

    try:
        held = dict(position_of(word) for word in given.position)
        wishes = Wishes(tuple(map(grid_of, given.grid)), tuple(map(guard_of, given.guard)))
        holdings = {code: Holding(lot.volume, lot.paid) for code, lot in held.items()}
        exchange = PaperExchange(PaperAccount(cash_of(given.cash), 0, holdings), seed=given.replay_seed)
        with given.events.open("wb") as out:
            Headless(exchange, held, wishes, out).run(replay_days(given.files))
    except (BadWordError, ReplayError, RefusedError, OSError) as error:
        print(f"qmtdesk replay: {error}", file=sys.stderr)
        return EXIT_BAD
    return 0


def _verify(file: Path) -> int:
    from qmtdesk.store.journal import verify

    verdict = verify(file)
    print(verdict.text)
    return 0 if verdict.ok else 1


def _simulate(given: argparse.Namespace) -> int:
    from qmtdesk.simulate.command import Words, simulate

    words = Words(given.schedules, given.first_seed, given.jobs, given.mutant, given.beats, given.as_json)
    return simulate(words, print)


def _folder(given: argparse.Namespace) -> Path:
    """The data folder; every recording has one of its own, told by its files' names."""
    from qmtdesk.store.files import data_folder
    from qmtdesk.wire.files import private_folder

    if not given.replay:
        return data_folder(given.data, "paper")
    names = "|".join([*(str(file.resolve()) for file in given.replay), *given.hold])
    return private_folder(data_folder(given.data, "replay") / sha256(names.encode()).hexdigest()[:16])


def _trader(given: argparse.Namespace) -> int:
    from qmtdesk.trader.process import TraderOptions, run_trader

    replay = tuple(given.replay or ())
    return run_trader(
        TraderOptions(_folder(given), given.seed, given.speed or 1, given.resume, replay, tuple(given.hold))
    )


def _desk(given: argparse.Namespace) -> int:
    from qmtdesk.desk.shell.options import DeskOptions
    from qmtdesk.desk.shell.run import run_desk

    if not _has_screen():
        print(
            "没有可用的屏幕（DISPLAY 和 WAYLAND_DISPLAY 都没有设置），窗口无法打开。\n"
            "There is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.",
            file=sys.stderr,
        )
        return EXIT_BAD
    if given.replay and not _readable(given):
        return EXIT_BAD
    folder = _folder(given)
    words = ["--data", str(given.data.resolve())] if given.data else []
    words += ["--seed", str(given.seed)]
    words += ["--speed", str(given.speed)] if given.speed else []
    words += [word for held in given.hold for word in ("--hold", held)]
    words += ["--replay", *(str(file.resolve()) for file in given.replay)] if given.replay else []
    return run_desk(DeskOptions(folder, (*words, "--trader")))


def _has_screen() -> bool:
    """Qt aborts the process without one, which tells a user nothing."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _readable(given: argparse.Namespace) -> bool:
    """Whether the recording can be read; what is wrong with it is said here, before a window opens."""
    from qmtdesk.gateways.replay.days import ReplayError, replay_days
    from qmtdesk.trader.replay_words import BadWordError, position_of

    try:
        for word in given.hold:
            position_of(word)
        for _ in replay_days(given.replay):
            break
    except (BadWordError, ReplayError, OSError) as error:
        print(f"qmtdesk --replay: {error}", file=sys.stderr)
        return False
    return True
