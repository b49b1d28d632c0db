"""Kills the real trader again and again and prints what was found: python -m tests.kills.run --kills 1000."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "trader"), str(HERE.parents[1])]

from kill_bench import KillBench, random_kills  # noqa: E402

PER_FOLDER = 100


def main() -> int:
    """The figures on standard output; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="tests.kills.run")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun, left, wrong, kills, readies, trades = time.monotonic(), given.kills, [], 0, 0, 0
    seed = given.seed
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            bench = KillBench(Path(folder), seed=seed)
            try:
                random_kills(bench, min(left, PER_FOLDER), random.Random(seed))
            finally:
                bench.close()
        left, seed = left - bench.kills, seed + 1
        kills, readies = kills + bench.kills, readies + bench.readies
        trades += len(bench.booked)
        wrong += bench.wrong
        print(f"{kills} kills, {readies} reconciled starts, {len(wrong)} wrong", flush=True)
    for text in wrong:
        print(text)
    took = time.monotonic() - begun
    print(f"{kills} SIGKILLs, {trades} trades, {took:.0f} s: {len(wrong)} violations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
