"""How long until the desk's first paint, beside an empty PySide6 window of the same size, in the same run.

    python -m tests.bench.first_paint [--rounds 7]

Prints milliseconds from starting the process to the end of the first paint, both windows in turn, and the ratio of
the medians. Memory is the resident size at that moment.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

BARE = """
import os, resource, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Bare(QWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, told)
def told():
    rss = int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()
    print(time.monotonic_ns(), rss, flush=True)
    os._exit(0)
app = QApplication(sys.argv)
bare = Bare()
bare.resize(1600, 900)
bare.show()
app.exec()
"""

DESK = """
import os, resource, sys, time
from pathlib import Path
from qmtdesk.desk.shell import frame
def told(self):
    heavy = sorted({'pyqtgraph', 'pandas', 'xtquant', 'numpy'} & set(sys.modules))
    rss = int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()
    print(time.monotonic_ns(), rss, *heavy, flush=True)
    os._exit(0)
plain = frame.Frame.__init__
def told_of(self, *words):
    plain(self, *words)
    self.painted.connect(lambda: told(self))
frame.Frame.__init__ = told_of
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.desk.shell.run import run_desk
run_desk(DeskOptions(Path(sys.argv[1]), ('--data', sys.argv[2], '--idle', '1', '--trader')))
"""


def _once(script: str, *words: str) -> tuple[float, float, list[str]]:
    begun = time.monotonic_ns()
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    at, rss, *heavy = done.stdout.split()
    return (int(at) - begun) / 1e6, int(rss) / 2**20, heavy


def measure(rounds: int) -> tuple[list[float], list[float], list[float], list[float], set[str]]:
    """Times (ms) and memory (MiB) of bare and desk, in turn, after one round that is not counted."""
    bare, desk, bare_mib, desk_mib, heavy = [], [], [], [], set()
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as base:
            folder = Path(base) / "paper"
            folder.mkdir()
            # the trader is not what is measured: a lock that is held keeps the desk from starting one
            first = _once(BARE)
            second = _once(DESK, str(folder), base)
        if number:
            bare.append(first[0])
            desk.append(second[0])
            bare_mib.append(first[1])
            desk_mib.append(second[1])
            heavy.update(second[2])
    return bare, desk, bare_mib, desk_mib, heavy


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    bare, desk, bare_mib, desk_mib, heavy = measure(parser.parse_args().rounds)
    low, high = statistics.median(bare), statistics.median(desk)
    print(f"bare window  median {low:7.1f} ms  min {min(bare):7.1f}  max {max(bare):7.1f}  {bare_mib[-1]:5.1f} MiB")
    print(f"qmtdesk      median {high:7.1f} ms  min {min(desk):7.1f}  max {max(desk):7.1f}  {desk_mib[-1]:5.1f} MiB")
    print(
        f"ratio of medians {high / low:.2f} (goal 1.40); imported by then of the heavy ones: {sorted(heavy) or 'none'}"
    )


if __name__ == "__main__":
    main()
