"""The self-test: this very program, started as a user starts it, has to trade on paper and say so in a report."""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import machine, python_version
from subprocess import DEVNULL, SubprocessError, run
from threading import Event
from typing import NamedTuple

from qmtdesk.store.bond_list_sql import ways_here
from qmtdesk.store.journal import JournalError, verify
from qmtdesk.trader.selftest_desk import LIMIT_S, PaperDay, TestFailedError
from qmtdesk.wire.build_info import build_info
from qmtdesk.wire.inside import inside
from qmtdesk.wire.locks import FolderLock, is_free
from qmtdesk.wire.redact import redact
from qmtdesk.wire.spawn import ProcessHandle, child_environment, spawn_desk, trader_command
from qmtdesk.wire.stopping import DESK, TRADER
from qmtdesk.wire.texts_stop import SELFTEST_FOLDER
from qmtdesk.wire.witness_files import LEAVE, SEEN

LIBRARIES = ("PySide6-Essentials", "shiboken6", "numpy", "pyqtgraph", "qasync", "msgspec", "openpyxl", "xtquant")
SPEED = 30
QMT_HERE = os.name == "nt"
QMT_S, SECOND_S, STEP_S = 5.0, 20.0, 0.05
LOG_TAIL = 3_000
OF_XTQUANT = "running_status"
"""The mark of some bytes that its native part makes in the home folder when it is loaded; nothing prevents that."""
DONE, FAILED = 0, 1


class Check(NamedTuple):
    """One thing that was to be shown, and what was found."""

    name: str
    ok: bool
    seconds: float
    found: dict[str, object]


class SelfTest:
    """Runs every check in turn, also after one that failed, and leaves nothing behind but the report."""

    def __init__(self, report: Path) -> None:
        self._report = report
        self._checks: list[Check] = []
        self._base = Path(tempfile.mkdtemp(prefix=SELFTEST_FOLDER))
        self._folder = self._base / "paper"
        self._folder.mkdir(mode=0o700)
        self._words = ("--data", str(self._base), "--paper", "--speed", str(SPEED), "--seed", "1")
        self._desk: ProcessHandle | None = None
        self._day = PaperDay(self._folder)

    def run(self) -> int:
        """Every check, then the report; the exit code."""
        begun = time.monotonic()
        try:
            self._try("versions", versions)
            self._try("desk", self._starts)
            self._try("trader", self._day.attaches)
            self._try("grid", self._day.grid_fills)
            self._try("guard", self._day.guard_fires)
            self._try("window", self._window)
            self._try("second_start", self._second)
            self._try("qmt", qmt_answers)
            self._try("databases", databases)
        finally:
            self._try("end", self._ends)
            self._try("journal", self._journal)
            logs = {} if all(each.ok for each in self._checks) else self._logs()
            self._try("clean", self._clean)
            self._write(time.monotonic() - begun, logs)
        return DONE if all(each.ok for each in self._checks) else FAILED

    def _try(self, name: str, check: Callable[[], dict[str, object]]) -> None:
        begun = time.monotonic()
        try:
            ok, found = True, check()
        except (TestFailedError, OSError, SubprocessError, JournalError) as error:
            ok, found = False, {"error": f"{type(error).__name__}: {error}"}
        self._checks.append(Check(name, ok, round(time.monotonic() - begun, 2), found))

    def _starts(self) -> dict[str, object]:
        self._desk = spawn_desk(self._folder, [*self._words, "--witness"])
        return {"pid": self._desk.pid, "command": trader_command(self._words)}

    def _window(self) -> dict[str, object]:
        """What the window shows when it has heard of what happened."""
        return self._until(self._seen, "the window never showed what the trader did")

    def _seen(self) -> dict[str, object]:
        try:
            seen: dict[str, object] = json.loads(inside(self._folder, SEEN).read_bytes())
        except (OSError, ValueError):
            return {}
        if seen["alarm"] == "error":
            raise TestFailedError(f"the window shows an error: {seen}")
        return seen if seen["link"] == "attached" and seen["fills"] and seen["bonds"] else {}

    def _second(self) -> dict[str, object]:
        """A second start leaves by itself, and the first one's window stays."""
        begun = time.monotonic()
        done = run(  # noqa: S603 - our own program, no shell
            trader_command(self._words),
            env=child_environment(),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=DEVNULL,
            timeout=SECOND_S,
            check=False,
        )
        if done.returncode or self._desk is None or self._desk.poll() is not None:
            raise TestFailedError(f"the second start ended with {done.returncode}")
        return {"seconds": round(time.monotonic() - begun, 2)}

    def _ends(self) -> dict[str, object]:
        """The window leaves as a user makes it leave, then the trader as a setup makes it."""
        inside(self._folder, LEAVE).touch()
        try:
            self._until(lambda: self._free(DESK), "the window did not leave")
        finally:
            self._day.end()
        self._until(lambda: self._free(TRADER), "the trader did not end")
        return {}

    def _end_by_force(self) -> None:
        """Whatever still runs of this test's own processes."""
        for name in (DESK, TRADER):
            holder = FolderLock(inside(self._folder, name)).holder()
            if holder and not self._free(name):
                os.kill(holder, signal.SIGTERM)

    def _free(self, name: str) -> dict[str, object]:
        path = inside(self._folder, name)
        return {"free": True} if not path.exists() or is_free(path) else {}

    def _journal(self) -> dict[str, object]:
        verdict = verify(inside(self._folder, "journal.db"))
        if not verdict.ok or not verdict.rows:
            raise TestFailedError(verdict.text)
        return {"rows": verdict.rows}

    def _logs(self) -> dict[str, str]:
        """What the processes wrote, for whoever has to find out why."""
        found = {}
        for path in sorted((*self._folder.glob("*.log"), *self._folder.glob("*-fault.txt"))):
            found[path.name] = redact(path.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:])
        return found

    def _clean(self) -> dict[str, object]:
        self._end_by_force()
        return self._until(self._removed, "its folder could not be removed")

    def _removed(self) -> dict[str, object]:
        """A process that has let go of its lock may hold its log for another moment."""
        try:
            shutil.rmtree(self._base)
        except OSError:
            return {}
        return {"removed": str(self._base)}

    def _until(self, look: Callable[[], dict[str, object]], what: str) -> dict[str, object]:
        wait, end = Event(), time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            if found := look():
                return found
            wait.wait(STEP_S)
        raise TestFailedError(f"{what}, {LIMIT_S:g} s")

    def _write(self, seconds: float, logs: dict[str, str]) -> None:
        told = {
            "ok": all(each.ok for each in self._checks),
            "seconds": round(seconds, 2),
            "checks": [each._asdict() for each in self._checks],
            **({"logs": logs} if logs else {}),
        }
        self._report.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def self_test(report: Path) -> int:
    """Run it and write the report; 0 when everything was shown, 1 when not. OSError when nothing can be written."""
    report.write_text("", encoding="utf-8")
    return SelfTest(report).run()


def versions() -> dict[str, object]:
    """Of the program, of Python, and of every library, without loading any."""
    info = build_info()
    if sys.platform == "win32":
        system: tuple[int, ...] = sys.getwindowsversion()[:3]
    else:
        system = ()
    return {
        "program": info._asdict(),
        "python": python_version(),
        "executable": sys.executable,
        "system": [sys.platform, *system],
        "machine": machine(),
        "encoding": sys.getfilesystemencoding(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def databases() -> dict[str, object]:
    """The ways to a bond list in a database: a package has every driver, and the key store of its Windows answers."""
    found: dict[str, object] = {**ways_here()}
    if build_info().packaged and not all(found.values()):
        raise TestFailedError(f"not in this package: {found}")
    return found


def qmt_answers() -> dict[str, object]:
    """Xtquant in a process and a home folder of its own: it loads, says that nothing runs, and writes nothing."""
    return _asked_qmt() if QMT_HERE else {"answer": "not on this system"}


def _asked_qmt() -> dict[str, object]:
    home = Path(tempfile.mkdtemp(prefix=SELFTEST_FOLDER))
    try:
        done = run(  # noqa: S603 - our own program, no shell
            trader_command(("--selftest-qmt",)),
            env={**child_environment(), "USERPROFILE": str(home), "APPDATA": str(home), "LOCALAPPDATA": str(home)},
            cwd=home,
            stdin=DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        files = sorted(each.relative_to(home) for each in home.rglob("*") if each.is_file())
    finally:
        shutil.rmtree(home, ignore_errors=True)
    try:
        told: dict[str, object] = json.loads(done.stdout)
    except ValueError:
        words = done.stderr.decode("utf-8", "replace").strip()
        raise TestFailedError(f"xtquant's process ended with {done.returncode}: {words[-600:]}") from None
    litter = [each.as_posix() for each in files if each.name != OF_XTQUANT]
    if litter or told["seconds"] is None or float(str(told["seconds"])) > QMT_S:
        raise TestFailedError(f"{told}, files: {litter}")
    return {**told, "files": [each.as_posix() for each in files]}
