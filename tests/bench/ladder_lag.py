"""How late the window's event loop runs with the whole paper market on and twenty ladder updates a second.

    python -m tests.bench.ladder_lag [--seconds 20] [--rate 20]

A real desk with a real trader process: the demo's three grids and five guards are armed, all quotes arrive. Twenty
times a second the shown ladder gets another row, as if its grid had just traded. A heartbeat of 5 ms measures how late
the loop answers; an empty window with the same heartbeat, before it in the same run, says what the machine adds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

HEARTBEAT = """
import time
from PySide6.QtCore import QObject, QTimer, Qt
class Heart(QObject):
    def __init__(self):
        super().__init__()
        self.late = []
        self._due = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
    def _beat(self):
        now = time.perf_counter_ns()
        if self._due:
            self.late.append(max(0, now - self._due) / 1e6)
        self._due = now + 5_000_000
"""

BARE = (
    HEARTBEAT
    + """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
bare = QWidget()
bare.resize(1600, 900)
bare.show()
heart = Heart()
QTimer.singleShot(int(float(sys.argv[1]) * 1000), app.quit)
app.exec()
print(*heart.late)
"""
)

DESK = (
    HEARTBEAT
    + """
import os, sys
from pathlib import Path
import msgspec
from qmtdesk.desk.shell import run as desk_run, wired
from qmtdesk.desk.shell.options import DeskOptions
from qmtdesk.wire.rows import GridRow
seconds, rate, folder, base = float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
made = []
class Watched(wired.Desk):
    def start(self):
        super().start()
        made.append(self)
        QTimer.singleShot(5000, self.arm)
    def arm(self):
        self.commands.demo()
        QTimer.singleShot(6000, self.measure)
    def measure(self):
        self.heart = Heart()
        self.turn, self.sent = 0, 0
        self.pump = QTimer()
        self.pump.setTimerType(Qt.TimerType.PreciseTimer)
        self.pump.setInterval(int(1000 / rate))
        self.pump.timeout.connect(self.push)
        self.pump.start()
        QTimer.singleShot(int(seconds * 1000), self.done)
    def push(self):
        grids = self.mirror.grids
        code = self.mirror.selected_bond if self.mirror.selected_bond in grids else next(iter(grids), '')
        if not code:
            return
        row = grids[code]
        self.turn = (self.turn + 1) % 2
        levels = list(row.levels)
        level = levels[row.cell]
        levels[row.cell] = msgspec.structs.replace(level, held=row.unit * self.turn, sold=level.sold + 10)
        self.mirror.apply([msgspec.structs.replace(row, levels=tuple(levels), realised=row.realised + self.turn)])
        self.sent += 1
    def done(self):
        print(self.sent, *self.heart.late, flush=True)
        self.link.close(stop_trader=True, force=True)
        os._exit(0)
wired.Desk = Watched
desk_run.run_desk(DeskOptions(folder, ('--data', base, '--trader')))
"""
)


def _run(script: str, *words: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return [float(word) for word in done.stdout.split()]


def _say(name: str, late: list[float]) -> float:
    cuts = statistics.quantiles(late, n=1000)
    print(f"{name:22} p50 {cuts[499]:6.2f}  p99 {cuts[989]:6.2f}  p99.9 {cuts[998]:6.2f}  max {max(late):6.2f} ms")
    return cuts[989]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=20)
    given = parser.parse_args()
    bare = _run(BARE, str(given.seconds))
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "paper"
        folder.mkdir()
        sent, *late = _run(DESK, str(given.seconds), str(given.rate), str(folder), base)
    _say("empty window", bare)
    p99 = _say("qmtdesk, market running", late)
    print(f"{sent:.0f} ladder updates in {given.seconds:.0f} s; p99 {p99:.2f} ms (goal under 16)")


if __name__ == "__main__":
    main()
