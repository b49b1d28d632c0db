"""The self-test of the installed program where everything is 1.5 times as large and there is no network."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from qmtdesk.wire.texts_stop import SELFTEST_FOLDER
from qmtdesk.wire.witness_files import SEEN
from tests.windows.driving import sheet_open
from tests.windows.offline import words_offline
from tests.windows.program import EXE, TITLE, Program, read_seen
from tests.windows.wine import ProofError, until

PERCENT = 150
LIMIT_S = 300.0
LOG_TAIL = 600
NETWORK = "/proc/{}/ns/net"


class HinderedStart:
    """One start of it: `opens` looks at its window, `ends` at its report. `close` makes everything usual again."""

    def __init__(self, program: Program, report: str, out: Path) -> None:
        self._program, self._report, self._out = program, report, out
        self._before: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def opens(self) -> str:
        """The window is as large as asked for, and all of it is on the screen."""
        self._program.wine.scale(PERCENT)
        self._before = words_offline()
        self._process = self._program.wine.start(EXE, "--selftest", self._report, before=self._before)
        screen = self._program.screen
        self._program.window = window = screen.window(TITLE)
        seen = until(self._seen, f"the window at {PERCENT} %", 90)
        until(lambda: sheet_open(self._program), "the wizard over the window")
        screen.save(self._out / f"at-{PERCENT}-percent-wizard.png")
        screen.key(window, "Escape")
        until(lambda: not sheet_open(self._program), "the window without the wizard")
        screen.save(self._out / f"at-{PERCENT}-percent.png")
        self._refuse_network()
        if seen["pixel_ratio"] != PERCENT / 100:
            raise ProofError(f"at {PERCENT} % a point of the window is {seen['pixel_ratio']} points of the screen")
        refuse_outside(screen.frame(window), screen.size())
        wide, high = seen["size"]
        return f"{wide}×{high} at {seen['pixel_ratio']}, all on a screen of {screen.size()[0]}×{screen.size()[1]}"

    def _seen(self) -> dict[str, Any] | None:
        """What the self-test's window shows, once orders of it were filled."""
        for path in self._program.wine.path(r"C:\users").glob(f"*/Temp/{SELFTEST_FOLDER}*/paper/{SEEN}"):
            seen = read_seen(path)
            if seen and seen["link"] == "attached" and seen["fills"]:
                return seen
        return None

    def _refuse_network(self) -> None:
        """ProofError when one of its processes, or the one that makes wine's connections, has our network."""
        wine = self._program.wine
        for number, words in (wine.processes() | wine.processes("wineserver")).items() if self._before else ():
            if Path(NETWORK.format(number)).readlink() == Path(NETWORK.format("self")).readlink():
                raise ProofError(f"not cut off from the network: {words}")

    def ends(self) -> str:
        """Every check of a report, and whether there was a network. A report that says no is kept, and asked for again.

        One on a shared computer said no, and of sixty others with processes stopped at random none did. What a second
        start does not show again is told beside its result.
        """
        try:
            return self._told("selftest.json")
        except ProofError as error:
            first = str(error)
        self._program.wine.end()
        self._process = self._program.wine.start(EXE, "--selftest", self._report, before=self._before)
        return f"{self._told('selftest-second.json')}; only at the second start, the first: {first}"

    def _told(self, name: str) -> str:
        process, report = self._process, self._program.wine.path(self._report)
        if process is None:
            raise ProofError("it was not started")
        until(lambda: process.poll() is not None, "the end of the self-test", LIMIT_S)
        if not report.exists():
            raise ProofError(f"the self-test ended with {process.returncode} and wrote nothing")
        kept = self._out / name
        shutil.move(report, kept)
        how = "cut off from every network" if self._before else "WITH the network: this computer lets no one cut it off"
        return f"{judged_report(kept.read_text(encoding='utf-8'), process.returncode)}, {how}"

    def close(self) -> None:
        """The usual size again; what is still running ends first."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self._program.wine.end()
        self._program.wine.scale(100)


def judged_report(text: str, code: int) -> str:
    """How many checks in which time; ProofError, with what failed and the last words of the logs, for a bad report."""
    if not text.strip():
        raise ProofError(f"the self-test ended with {code} and its report is empty")
    told = json.loads(text)
    wrong = [each for each in told["checks"] if not each["ok"]]
    if code or not told["ok"] or wrong:
        logs = {name: words[-LOG_TAIL:] for name, words in told.get("logs", {}).items()}
        raise ProofError(f"the self-test ended with {code}: {wrong}, logs {logs}")
    return f"{len(told['checks'])} checks, {told['seconds']} s"


def refuse_outside(frame: tuple[int, int, int, int], screen: tuple[int, int]) -> None:
    """ProofError when part of a window is not on the screen."""
    x, y, wide, high = frame
    if x < 0 or y < 0 or x + wide > screen[0] or y + high > screen[1]:
        raise ProofError(f"a window of {wide}×{high} at {x}, {y} is not all on a screen of {screen[0]}×{screen[1]}")
