"""A data folder whose trader is started, killed and started again, and what was found after each death."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from desk_stand_in import DeskStandIn
from kill_truth import broker_truth, own_fills, rows_after, settled, wrongs

from qmtdesk.wire.address import read_card
from qmtdesk.wire.talk import Demo

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("crash_child.py")
SPEED = 60
READY = (b'"resumed"', b'"reconciled"')


class Visitor(DeskStandIn):
    """A desk that looks in and never starts a trader itself."""

    def _spawn(self) -> None:
        return None


def wait(condition: Callable[[], object], limit_s: float) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if condition():
            return True
        Event().wait(0.005)
    return False


class KillBench:
    """One folder. `wrong` gathers what should not be; empty is what one wants to see."""

    def __init__(self, base: Path, *, seed: int = 1, speed: int = SPEED) -> None:
        self.base, self.folder = base, base / "paper"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.words = ["--data", str(base), "--seed", str(seed), "--speed", str(speed), "--trader"]
        self.process: subprocess.Popen[bytes] | None = None
        self.mark = 0
        self.kills = self.readies = 0
        self.booked: frozenset[str] = frozenset()
        self.known: frozenset[str] = frozenset()
        self.wrong: list[str] = []

    def start(self, *words: str, point: tuple[str, int] | None = None, resume: bool = True) -> None:
        """A trader; with a point one that dies by itself there."""
        self.mark = max((row[0] for row in rows_after(self.folder, self.mark)), default=self.mark)
        how = ["-m", "qmtdesk"] if point is None else [str(CHILD), point[0], str(point[1])]
        resumes = ["--resume"] if resume else []
        self.process = subprocess.Popen(
            [sys.executable, *how, *self.words, *resumes, *words],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def said(self, *words: bytes) -> bool:
        """Whether this run's log has one of the words."""
        rows = rows_after(self.folder, self.mark)
        return any(kind == "Logged" and word in body for _, kind, body in rows for word in words)

    def ready(self, limit_s: float = 60.0) -> bool:
        """Wait until this run has reconciled; False when it died before."""
        wait(lambda: self.gone or self.said(*READY), limit_s)
        if self.gone:
            return False
        if not self.said(*READY):
            self.wrong.append(f"never ready: {self.standing()}")
        # every trade the broker had told when the last trader died must be booked by now
        self.known, self.readies = self.booked, self.readies + 1
        return True

    def standing(self) -> str:
        """What a trader that does not come up says of itself."""
        found: list[str] = []

        def look(desk: Visitor) -> None:
            status = desk.until(lambda: desk.status, "status")
            found.append(f"{status.day} {status.clock} {status.ready} {status.blockers} {desk.events[-5:]}")
            found.extend(f"{row.ref} {row.state}" for row in desk.orders().values() if row.state in ("sent", "unknown"))

        self.visit(look)
        return "; ".join(found)

    @property
    def gone(self) -> bool:
        """Whether the trader has ended."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """SIGKILL, and look at what is left."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(60)
        self.kills += 1
        self.look()

    def look(self) -> None:
        """Compare journal and broker; the trader is dead."""
        self.wrong += [f"kill {self.kills}: {text}" for text in wrongs(self.folder, self.known)]
        truth = broker_truth(self.folder)
        self.booked = frozenset(own_fills(truth)) if truth is not None else frozenset()

    def rows(self) -> list[tuple[int, str, bytes]]:
        """The whole journal."""
        return rows_after(self.folder, 0)

    def dirty(self, found: str) -> bool:
        """Whether a fault shows already, beside a living trader."""
        return any(found in text for text in wrongs(self.folder))

    def visit(self, act: Callable[[Visitor], object]) -> None:
        """Attach as a desk does, do something, leave."""
        assert self.process is not None
        pid = self.process.pid
        wait(lambda: self.gone or ((card := read_card(self.folder)) is not None and card.pid == pid), 60)
        desk = Visitor(self.base)
        desk.link.start()
        try:
            act(desk)
        finally:
            desk.link.close()

    def arm(self, fills: int = 1) -> None:
        """Arm the demo's grids and guards, and wait until they trade."""

        def demo(desk: Visitor) -> None:
            desk.until(lambda: desk.ready, "ready")
            desk.until(lambda: desk.do(Demo()).ok, "armed")
            desk.until(lambda: len(desk.fills()) >= fills, "fills")

        self.visit(demo)

    def armed(self) -> bool:
        """Whether a grid runs; at the close all of them end."""
        books = [body for _, kind, body in rows_after(self.folder, 0) if kind == "GridChanged"]
        return any(b'"armed":true' in body for body in books[-3:])

    def finish(self) -> None:
        """Press the kill switch by its file, wait until it is carried out, end in order, compare everything."""
        self.start()
        self.ready()
        (self.folder / "KILL").touch()
        if not wait(lambda: self.said(b'"kill_done"'), 60):
            self.wrong.append("the kill switch was not carried out")
        assert self.process is not None
        self.process.terminate()
        self.process.wait(60)
        self.wrong += settled(self.folder)

    def close(self) -> None:
        """Leave nothing behind."""
        if not self.gone:
            assert self.process is not None
            self.process.kill()
            self.process.wait(60)


def random_kills(bench: KillBench, count: int, dice: random.Random) -> None:
    """Half of the deaths come while the trader starts, half while it trades."""
    bench.start(resume=False)
    bench.arm()
    bench.kill()
    while bench.kills < count:
        bench.start()
        if dice.random() < 0.4:
            Event().wait(dice.uniform(0.05, 1.0))
        elif bench.ready():
            if not bench.armed():
                bench.arm(0)
            Event().wait(dice.uniform(0, 1.2))
        bench.kill()
    bench.finish()
