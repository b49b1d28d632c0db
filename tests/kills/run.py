"""Kills real traders and tears journals by the thousand, and prints what was found: see --help."""

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "trader"), str(HERE.parents[1])]

from kill_bench import KillBench, random_kills  # noqa: E402
from torn import tear  # noqa: E402

PER_FOLDER = 50
TAILS_PER_PART = 250
PROGRESS_S = 10.0


@dataclass
class Part:
    """What one folder, or one lot of journals, came to."""

    figures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def fast(seed: int, kills: int, mistake: str) -> Part:
    """One broker, one folder, so many traders forked and killed."""
    from fast_bench import one_folder

    with tempfile.TemporaryDirectory(prefix="qmtdesk-kills-") as folder:
        bench = one_folder(Path(folder), seed, kills, mistake)
        wrong = bench.wrong + ([f"the folder is kept as {_kept(folder)}"] if bench.wrong and not mistake else [])
    figures = {
        "kills": bench.kills,
        "reconciled starts": bench.readies,
        "orders": bench.orders,
        "trades": bench.trades,
        "journal rows": bench.folded.number,
    }
    return Part(Counter(figures), wrong)


def whole(seed: int, kills: int, _mistake: str) -> Part:
    """The whole program, each trader an interpreter of its own with the broker inside."""
    with tempfile.TemporaryDirectory(prefix="qmtdesk-kills-") as folder:
        bench = KillBench(Path(folder), seed=seed)
        try:
            random_kills(bench, kills, random.Random(seed))
        finally:
            bench.close()
        wrong = bench.wrong + ([f"the folder is kept as {_kept(folder)}"] if bench.wrong else [])
    figures = {"kills": bench.kills, "reconciled starts": bench.readies, "trades": len(bench.booked)}
    return Part(Counter(figures), [f"seed {seed}: {text}" for text in wrong])


def tails(seed: int, count: int, _mistake: str) -> Part:
    """Damaged journals."""
    found = tear(count, seed)
    figures = {
        "tails": found.tails,
        "clean prefix": found.clean,
        "set aside": found.aside,
        "whole starts": found.starts,
    }
    return Part(Counter(figures), found.wrong)


def _kept(folder: str) -> str:
    target = f"{folder}-kept"
    shutil.copytree(folder, target)
    return target


Work = Callable[[int, int, str], Part]


def _one(order: tuple[str, int, int, str]) -> Part:
    name, *rest = order
    works: dict[str, Work] = {"fast": fast, "whole": whole, "tails": tails}
    return works[name](*rest)  # type: ignore[arg-type]


def _orders(given: argparse.Namespace) -> tuple[str, list[tuple[str, int, int, str]]]:
    name = "tails" if given.tails else "whole" if given.whole else "fast"
    total, size = (given.tails, TAILS_PER_PART) if given.tails else (given.kills, PER_FOLDER)
    sizes = [min(size, total - done) for done in range(0, total, size)]
    return name, [(name, given.seed + number, count, given.mistake) for number, count in enumerate(sizes)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.kills.run", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="how many traders are killed")
    parser.add_argument("--tails", type=int, default=0, metavar="N", help="damage so many journals instead")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the first folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="J", help="processes")
    parser.add_argument("--whole", action="store_true", help="the whole program, which starts much more slowly")
    parser.add_argument("--json", dest="as_json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--mistake", default="", metavar="NAME", help="build a mistake in that has to be found")
    return parser


def _gather(parts: Iterable[Part], say: Callable[[Part], None]) -> Part:
    sum_ = Part()
    for part in parts:
        sum_.figures += part.figures
        sum_.wrong += part.wrong
        say(sum_)
    return sum_


def main() -> int:
    """The figures on standard output; 1 when anything was wrong."""
    given = _parser().parse_args()
    begun = said = time.monotonic()
    name, orders = _orders(given)

    def line(sum_: Part) -> str:
        took = time.monotonic() - begun
        first = next(iter(sum_.figures.items()), ("", 0))
        figures = ", ".join(f"{count:,} {what}" for what, count in sum_.figures.items())
        return f"{figures}, {took:.0f} s, {first[1] / took:.1f} a second: {len(sum_.wrong)} violations"

    def progress(sum_: Part) -> None:
        nonlocal said
        if time.monotonic() - said > PROGRESS_S:
            said = time.monotonic()
            print(line(sum_), flush=True)

    with multiprocessing.get_context("spawn" if os.name == "nt" else "fork").Pool(given.jobs) as pool:
        sum_ = _gather(pool.imap_unordered(_one, orders), progress)
    for text in sum_.wrong[:20]:
        print(text)
    if given.as_json:
        print(json.dumps({**sum_.figures, "violations": len(sum_.wrong), "seconds": round(time.monotonic() - begun)}))
    else:
        print(f"{name}, seed {given.seed}, {given.jobs} jobs: {line(sum_)}")
    return 1 if sum_.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
