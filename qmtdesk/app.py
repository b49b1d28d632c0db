"""The composition root: reads the command line and wires desk, trader or a headless run together."""

import argparse
import errno
import logging
import os
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

EXIT_BAD = 2


def main(words: Sequence[str]) -> int:
    """Run what was asked for; returns the exit code."""
    given = _parser().parse_args(words)
    if given.find_qmt or given.examine_qmt or given.probe_qmt or given.selftest_qmt:
        return _probe(given)
    if given.stop:
        return _stop(given)
    if given.selftest is not None:
        return _selftest(given.selftest)
    if given.command == "replay":
        return _replay(given)
    if given.command == "verify":
        return _verify(given.file)
    if given.command == "simulate":
        return _simulate(given)
    if given.command == "check":
        return _check(given)
    from qmtdesk.wire.start_refusal import StartRefusedError

    try:
        return _trader(given) if given.trader else _desk(given)
    except StartRefusedError as error:
        _show_refusal(str(error), window=not given.trader)
        return error.code


def _show_refusal(text: str, *, window: bool) -> None:
    """On the terminal, where there is one; who waits for a window may have none in sight, and gets a box."""
    if sys.stderr is not None:
        print(text, file=sys.stderr)
    if (sys.stderr is None or (window and _is_looked_at())) and _has_screen():
        from qmtdesk.desk.shell.refusal_box import show_refusal

        show_refusal(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qmtdesk", description="可转债网格与封单卫士 / bond grids and limit-up guard")
    parser.add_argument("--version", action=_Version, nargs=0, help="version, commit, build, where the data lie")
    parser.add_argument("--data", type=Path, default=None, help="data folder (default: the user's)")
    parser.add_argument("--seed", type=int, default=1, help="seed of a new paper market")
    parser.add_argument("--speed", type=int, choices=range(1, 61), metavar="1-60", help="paper clock")
    parser.add_argument("--replay", nargs="+", type=Path, metavar="FILE", help="recorded days in the window")
    parser.add_argument("--hold", action="append", default=[], metavar="CODE=VOLUME@COST", help="held in the replay")
    parser.add_argument("--live", action="store_true", help="trade through QMT, with a data folder of its own")
    parser.add_argument("--paper", action="store_true", help="the generated market, whatever was opened last")
    parser.add_argument("--trader", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--resume", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--stop", action="store_true", help="end what runs without a window and with nothing armed")
    parser.add_argument(
        "--selftest", type=Path, metavar="REPORT.json", help="prove in a minute that this program works"
    )
    _add_probe(parser)
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
    _add_check(commands.add_parser("check", help="检查程序、数据与 QMT / look at program, data and QMT"))
    simulate = commands.add_parser("simulate", help="random market days with every fault, and what they broke")
    simulate.add_argument("--schedules", type=int, default=1_000, metavar="N", help="how many random schedules")
    simulate.add_argument("--seed", dest="first_seed", type=int, default=0, metavar="S", help="seed of the first one")
    simulate.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    simulate.add_argument("--beats", type=int, default=0, metavar="B", help="length of each; 0: its seed says, 10-80")
    simulate.add_argument("--mutant", default="", metavar="NAME", help="break the program first; 'all': each in turn")
    simulate.add_argument("--json", dest="as_json", action="store_true", help="one JSON object")
    return parser


def _add_probe(parser: argparse.ArgumentParser) -> None:
    """How this program starts itself to find terminals, to look at a folder, to try a terminal out."""
    parser.add_argument("--find-qmt", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--examine-qmt", metavar="FOLDER", default="", help=argparse.SUPPRESS)
    parser.add_argument("--probe-qmt", metavar="FOLDER", default="", help=argparse.SUPPRESS)
    parser.add_argument("--package", default="xtquant", help=argparse.SUPPRESS)
    parser.add_argument("--account-type", default="STOCK", help=argparse.SUPPRESS)
    parser.add_argument("--despite", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--selftest-qmt", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--witness", action="store_true", help=argparse.SUPPRESS)


def _add_check(check: argparse.ArgumentParser) -> None:
    # named before or after the command
    check.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="data folder (default: the user's)")
    check.add_argument("--english", action="store_true", help="in English")
    check.add_argument("--json", dest="as_json", action="store_true", help="one JSON object")
    check.add_argument("--bundle", type=Path, default=None, metavar="FILE.zip", help="also write a diagnostics bundle")
    check.add_argument("--no-connect", action="store_true", help="do not connect to QMT")
    check.add_argument("--screen", default="", help=argparse.SUPPRESS)


def _check(given: argparse.Namespace) -> int:
    from qmtdesk.trader.check_command import CheckWords, check_command

    _any_console()
    connect = not given.no_connect
    words = CheckWords(given.data, given.english, given.as_json, given.bundle, given.screen, connect)
    return check_command(words, print, lambda text: print(text, file=sys.stderr))


def _any_console() -> None:
    """One of another code page shows question marks, and the check goes on."""
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):
            output.reconfigure(errors="replace")


def _probe(given: argparse.Namespace) -> int:
    from qmtdesk.trader.probe_command import examine_command, find_command, probe_command

    if given.selftest_qmt:
        from qmtdesk.trader.selftest_qmt import qmt_command

        return qmt_command()
    if given.find_qmt:
        return find_command()
    if given.examine_qmt:
        return examine_command(given.examine_qmt)
    from qmtdesk.store.files import base_folder

    base = base_folder(given.data)
    return probe_command(base, given.probe_qmt, given.package, given.account_type, despite=given.despite)


class _Version(argparse.Action):
    """Read from the package's note or from git, and only when somebody asks."""

    def __call__(self, parser: argparse.ArgumentParser, given: argparse.Namespace, *_: object) -> None:
        from qmtdesk.store.files import base_folder
        from qmtdesk.wire.build_info import PACKAGE, build_info
        from qmtdesk.wire.texts_stop import SOURCE, VERSION

        info = build_info()
        told = {"version": info.version, "commit": info.short_commit, "build": info.build or SOURCE}
        data = base_folder(getattr(given, "data", None)).absolute()
        print(VERSION.format(**told, program=PACKAGE.parent, data=data))
        parser.exit()


def _stop(given: argparse.Namespace) -> int:
    """For setups: nothing is forced, and the exit code says what stands in the way."""
    from qmtdesk.store.files import base_folder
    from qmtdesk.wire.stopping import folders_in, stop_all
    from qmtdesk.wire.texts_stop import STOPPED

    ended = stop_all(folders_in(base_folder(given.data)))
    print(" / ".join(STOPPED[ended]))
    return int(ended)


def _selftest(report: Path) -> int:
    from qmtdesk.trader.selftest import self_test

    try:
        code = self_test(report)
    except OSError as error:
        print(f"qmtdesk --selftest: {error}", file=sys.stderr)
        return EXIT_BAD
    print(report.read_text(encoding="utf-8"))
    return code


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
    from qmtdesk.trader.verify_command import verify_command

    _any_console()
    return verify_command(file, print, lambda text: print(text, file=sys.stderr))


def _simulate(given: argparse.Namespace) -> int:
    from qmtdesk.simulate.command import Words, simulate

    words = Words(given.schedules, given.first_seed, given.jobs, given.mutant, given.beats, given.as_json)
    return simulate(words, print)


def _folder(given: argparse.Namespace) -> Path:
    """The data folder, fit to trade from; every recording has one of its own, told by its files' names."""
    from qmtdesk.store.files import data_folder
    from qmtdesk.wire.files import private_folder
    from qmtdesk.wire.inside import inside
    from qmtdesk.wire.place import check_data_folder, check_program
    from qmtdesk.wire.start_refusal import BAD_PLACE, StartRefusedError

    check_program(Path(sys.executable))
    try:
        if given.replay:
            names = "|".join([*(str(file.resolve()) for file in given.replay), *given.hold])
            name = sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
            folder = private_folder(inside(data_folder(given.data, "replay"), name))
        else:
            folder = data_folder(given.data, "live" if given.live else "paper")
    except OSError as error:
        named = given.data or error.filename
        why = "read_only" if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM) else "no_folder"
        raise StartRefusedError(BAD_PLACE, why, folder=named, error=error.strerror or error) from error
    check_data_folder(folder)
    return folder


def _trader(given: argparse.Namespace) -> int:
    from qmtdesk.trader.process import TraderOptions, run_trader
    from qmtdesk.wire.logs import begin_log

    replay, folder = tuple(given.replay or ()), _folder(given)
    # whatever is written from here on is the user's alone
    os.umask(0o077)
    begin_log(folder, "trader")
    held = tuple(given.hold)
    options = TraderOptions(folder, given.seed, given.speed or 1, given.resume, replay, held, live=given.live)
    code = run_trader(options)
    if given.live:
        # a thread of the broker's library that hangs must not hold up the end
        logging.shutdown()
        os._exit(code)
    return code


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
    given.live = not given.paper and (given.live or _live_last(given))
    folder = _folder(given)
    words = ["--data", str(given.data.resolve())] if given.data else []
    words += ["--live"] if given.live else []
    words += ["--seed", str(given.seed)]
    words += ["--speed", str(given.speed)] if given.speed else []
    words += [word for held in given.hold for word in ("--hold", held)]
    words += ["--replay", *(str(file.resolve()) for file in given.replay)] if given.replay else []
    mode = "replay" if given.replay else "live" if given.live else "paper"
    base_words = ("--data", str(given.data.resolve())) if given.data else ()
    if given.witness:
        from qmtdesk.desk.shell.witness import Witness

        Witness(folder)
    return run_desk(DeskOptions(folder, (*words, "--trader"), mode, base_words))


def _live_last(given: argparse.Namespace) -> bool:
    """Whether a start that names no market opens the live one, because that was opened last."""
    from qmtdesk.store.files import base_folder
    from qmtdesk.wire.last_mode import last_mode

    if given.replay:
        return False
    return last_mode(base_folder(given.data)).load().value.mode == "live"


def _has_screen() -> bool:
    """Qt aborts the process without one, which tells a user nothing."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _is_looked_at() -> bool:
    """Whether what Qt paints is seen by anybody: a box that nobody sees is never closed."""
    return os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] not in ("offscreen", "minimal")


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
