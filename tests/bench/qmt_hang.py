"""How late the window's event loop runs, and how the trader's beat keeps coming, while every call of QMT hangs.

    python -m tests.bench.qmt_hang [--seconds 60]

A real desk and a real live trader in their own processes, xtquant's Python layer over a terminal that is not there.
Once the trader is linked, every native call hangs from one moment to the next. A heartbeat of 5 ms measures the loop of
the desk; the same before the hang says what the machine adds.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "qmt")]

from standin_control import ACCOUNT, Control  # noqa: E402

from qmtdesk.wire.address import read_card  # noqa: E402
from qmtdesk.wire.live_settings import LiveSettings, live_settings  # noqa: E402
from tests.bench.ladder_lag import HEARTBEAT  # noqa: E402

CALLS = ["connect", "order", "cancel", "asset", "orders", "trades", "positions", "infos", "status", "subscribe", "stop",
         "quotes", "subscribe_quotes", "full_tick", "detail", "sector"]  # fmt: skip

DESK = (
    HEARTBEAT
    + """
import json, os, sys, time
from pathlib import Path
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.shell import run as desk_run, wired
from qmtdesk.desk.shell.options import DeskOptions
seconds, before, folder, base = float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
beats = []
inner = Mirror.beat
def beat(self, clock):
    beats.append(time.perf_counter())
    inner(self, clock)
Mirror.beat = beat
class Watched(wired.Desk):
    def start(self):
        super().start()
        self.look = QTimer()
        self.look.setInterval(100)
        self.look.timeout.connect(self.linked)
        self.look.start()
    def linked(self):
        if self.mirror.health is not None and self.mirror.health.trade_stage == "up":
            self.look.stop()
            QTimer.singleShot(2000, self.calm)
    def calm(self):
        self.heart = Heart()
        QTimer.singleShot(int(before * 1000), self.hang)
    def hang(self):
        self.calm_late, self.heart.late = self.heart.late, []
        self.begun = time.perf_counter()
        self.down_after, self.hung = 0.0, 0
        print("hang", flush=True)
        self.look = QTimer()
        self.look.setInterval(100)
        self.look.timeout.connect(self.watch)
        self.look.start()
        QTimer.singleShot(int(seconds * 1000), self.done)
    def watch(self):
        if not self.down_after and self.mirror.health.trade_stage != "up":
            self.down_after = time.perf_counter() - self.begun
    def done(self):
        during = [self.begun, *(b for b in beats if b > self.begun), time.perf_counter()]
        gaps = [(b - a) * 1000 for a, b in zip(during, during[1:])]
        told = dict(before=self.calm_late, during=self.heart.late, gaps=gaps, down_after=self.down_after,
                    link=self.mirror.link)
        print(json.dumps(told), flush=True)
        self.link.close(stop_trader=True, force=True)
        os._exit(0)
wired.Desk = Watched
words = ("--data", base, "--live", "--trader")
desk_run.run_desk(DeskOptions(folder, words, "live", ("--data", base)))
"""
)


class Figures(msgspec.Struct, frozen=True):
    """What was measured; ms. `gaps` lie between two beats of the trader, `down_after` is in seconds, 0 for never."""

    before: list[float]
    during: list[float]
    gaps: list[float]
    down_after: float
    link: str


def measure(seconds: float, before: float, base: Path) -> Figures:
    """Run desk and trader, and let QMT hang for so long."""
    folder = base / "live"
    folder.mkdir(mode=0o700)
    control = Control(base, shift=True)
    userdata = base / "userdata_mini"
    userdata.mkdir()
    live_settings(folder).save(
        LiveSettings(package="qmt_standin", folder=str(userdata), account=ACCOUNT, reported=True)
    )
    env = {**control.environment(), "QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-c", DESK, str(seconds), str(before), str(folder), str(base)]
    with (base / "desk.err").open("w") as errors:
        child = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert child.stdout is not None
            return _heard(child.stdout, control, base)
        finally:
            child.kill()
            child.communicate()
            _end_trader(folder)


def _heard(lines: IO[str], control: Control, base: Path) -> Figures:
    for line in lines:
        if line.strip() == "hang":
            control.change(faults={"hang_calls": CALLS})
        elif line.startswith("{"):
            return msgspec.convert(json.loads(line), Figures)
    raise SystemExit((base / "desk.err").read_text()[-3_000:])


def _end_trader(folder: Path) -> None:
    """A trader whose desk was killed goes on; this one has nothing to go on for."""
    card = read_card(folder)
    if card is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(card.pid, signal.SIGKILL)


def p(values: list[float], percent: int) -> float:
    """A percentile."""
    return statistics.quantiles(values, n=100)[percent - 1]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        found = measure(given.seconds, min(given.seconds, 10), Path(base))
    for name, late in (("QMT answers", found.before), ("QMT hangs", found.during)):
        print(f"{name:12} desk loop lag p50 {p(late, 50):6.2f}  p99 {p(late, 99):6.2f}  max {max(late):6.2f} ms")
    print(
        f"trader's beat: {len(found.gaps)} in {given.seconds:.0f} s, gaps p50 {p(found.gaps, 50):.0f}"
        f"  max {max(found.gaps):.0f} ms; link told down after {found.down_after:.1f} s, desk says {found.link}"
    )


if __name__ == "__main__":
    os.umask(0o077)
    main()
