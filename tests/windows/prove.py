"""Proves the Windows package under wine: builds it twice, installs, upgrades, drives and removes it.

    python -m installer prove [--out FOLDER] [--quick] [--dist FOLDER]

Prints a table and leaves log, pictures and lists in the folder; the exit code says whether everything was shown.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import SubprocessError
from typing import NamedTuple

from installer.windows.pe import is_windowed
from tests.windows import driving, two_builds
from tests.windows.first_paint_here import compare_starts
from tests.windows.hindered_start import HinderedStart
from tests.windows.program import EXE, PLACE, Program
from tests.windows.screen import Screen
from tests.windows.shims import refuse_shims
from tests.windows.traces import entries, files, left_behind, shortcuts, value
from tests.windows.two_builds import OLDER, ROOT, Build, Built
from tests.windows.wine import ProofError, Wine, until

ROUNDS = 5
NEWER_THERE = 6
THERE_BEFORE = "C:\\程序测试"
REPORT = THERE_BEFORE + "\\自检.json"
ICON, NO_ADMIN, SHARP = b"\x89PNG", b'level="asInvoker"', b"PerMonitorV2"
LINKS = 2
"""In the start menu and on the desktop."""
KEPT = {"paper/journal.db", "paper/desk-settings.json"}


class Row(NamedTuple):
    """One thing that was to be shown."""

    name: str
    ok: bool
    seconds: float
    told: str


class Proof:
    """One run. What comes after a failure is not tried: it would only tell of the same thing."""

    def __init__(self, out: Path, place: Path, *, quick: bool) -> None:
        self.out, self.place, self.quick = out, place, quick
        self.rows: list[Row] = []
        self.wine = Wine(place / "wine")
        self.builds: list[Build] = []

    def step(self, name: str, do: Callable[[], str]) -> None:
        """Do it and say how it went."""
        begun = time.monotonic()
        print(f"…   {name}", flush=True)
        try:
            ok, told = True, do()
        except BaseException as error:
            self._note(Row(name, False, time.monotonic() - begun, f"{type(error).__name__}: {error}"))
            raise
        self._note(Row(name, ok, time.monotonic() - begun, told))

    def _note(self, row: Row) -> None:
        self.rows.append(row)
        print(f"{'ok ' if row.ok else 'NOT'} {row.seconds:6.1f} s  {row.name}: {row.told}", flush=True)

    def build(self) -> tuple[Built, Built]:
        """The package, an older one, and the package once more: that one goes on while the first is driven."""
        again, older = self.place / "另一处" / "tree", self.place / "older"
        made: list[Built] = []
        first = self._begin(ROOT, "build.log", quick=self.quick)
        # one core packs, the other makes a Windows
        self.step("wine", self._open)
        self.step("build", lambda: _said(made, first.done()))
        two_builds.copy_tree(again)
        self._begin(again, "build-again.log", quick=self.quick, sky=two_builds.OTHER_SKY)
        two_builds.copy_tree(older)
        two_builds.make_older(older)
        second = self._begin(older, "build-older.log", quick=True)
        self.step(f"build as version {OLDER}", lambda: _said(made, second.done()))
        return made[0], made[1]

    def _begin(self, root: Path, log: str, *, quick: bool, sky: dict[str, str] | None = None) -> Build:
        self.builds.append(Build(root, self.out / log, quick=quick, sky=sky))
        return self.builds[-1]

    def close(self) -> None:
        """End whatever still runs."""
        for each in self.builds:
            each.stop()
        self.wine.close()

    def run(self, built: Built, older: Built | None) -> None:
        """Everything that needs a Windows."""
        self.step("stand-ins of the tests in dist", lambda: refuse_shims(built.dist))
        if older is None:
            self.step("wine", self._open)
        program = Program(self.wine, Screen())
        # it was there before and stays; the setup makes and removes what is below
        self.wine.path(THERE_BEFORE).mkdir()
        before = files(self.wine)
        try:
            self._all(program, built, older, before)
        except BaseException:
            program.screen.save(self.out / "failed.png")
            raise
        finally:
            self._keep_logs(program)

    def _all(self, program: Program, built: Built, older: Built | None, before: frozenset[str]) -> None:
        first = older or built
        self.step(f"install {first.version} silently", lambda: self._install(program, first, f"/D={PLACE}"))
        self.step("first start, wizard", lambda: driving.wizard(program, self.out))
        self.step(f"upgrade to {built.version}", lambda: self._upgrade(program, built))
        if older is not None:
            self.step(f"back to {older.version}", lambda: self._refuses_older(program, older))
        self.step("an old Windows", lambda: driving.refuses_old_windows(program, built.setup, self.out))
        self.step("what it says of itself", lambda: self._version(program, built))
        self._use(program, built)
        self._selftest(program)
        if len(self.builds) > 1:
            self.step("the two builds", lambda: self._twice(built))
        self.step("window, beside a bare one", lambda: compare_starts(program, ROUNDS, self.out))
        self.step("stand-ins in the installed folder", lambda: refuse_shims(program.folder))
        self.step("uninstall", lambda: self._uninstall(program, before))

    def _use(self, program: Program, built: Built) -> None:
        self.step("trade by mouse and keyboard", lambda: driving.trade(program, self.out))
        self.step("second start", lambda: driving.second_start(program, self.out))
        self.step("setup while it runs", lambda: driving.refuses_while_running(program, built.setup))
        self.step("all stop, and lifted", lambda: driving.kill(program, self.out))
        self.step("leave", lambda: driving.leave(program))

    def _open(self) -> str:
        self.wine.open()
        return self.wine.done("wine", "--version").strip().splitlines()[-1]

    def _install(self, program: Program, built: Built, *words: str) -> str:
        code = self.wine.code(str(built.setup), "/S", *words)
        if code:
            raise ProofError(f"the setup ended with {code}")
        want, have = two_builds.sums(built.folder), two_builds.sums(program.folder)
        have.pop("uninstall.exe", None)
        if want != have:
            wrong = sorted(name for name in want.keys() | have.keys() if want.get(name) != have.get(name))
            raise ProofError(f"{len(wrong)} installed files are not as built: {wrong[:5]}")
        version, links = value(self.wine, "DisplayVersion"), shortcuts(self.wine)
        if version != built.version or len(links) != LINKS:
            raise ProofError(f"the registry says {version}, shortcuts {links}")
        return f"{len(have)} files as built, {len(links)} shortcuts, {PLACE}"

    def _upgrade(self, program: Program, built: Built) -> str:
        before = two_builds.sums(program.data)
        if KEPT - before.keys():
            raise ProofError(f"there is nothing to keep: {sorted(before)}")
        told = self._install(program, built)
        if two_builds.sums(program.data) != before:
            raise ProofError("the upgrade touched settings or journal")
        return f"{told}; {len(before)} files of the user untouched"

    def _twice(self, built: Built) -> str:
        """The same commit, built in another place, time zone and language, has the same bytes."""
        again = self.builds[1].done()
        return two_builds.compare(built.dist, again.dist, self.out / "two-builds.json")

    def _version(self, program: Program, built: Built) -> str:
        """Version, commit, the hash of the build, and where the data lie; and what Windows reads in the files."""
        _carries(program.folder / "qmtdesk.exe", built.version.encode("utf-16-le"), ICON, NO_ADMIN, SHARP)
        _carries(built.setup, built.version.encode("utf-16-le"), NO_ADMIN)
        _without_console(program.folder / "qmtdesk.exe", program.folder / "uninstall.exe", built.setup)
        told = self.wine.done("wine", EXE, "--version")
        files = json.loads((program.folder / "files.json").read_bytes())
        wanted = (built.version, files["commit"][:12], files["build"], r"\AppData\Local\qmtdesk")
        missing = [each for each in wanted if each not in told]
        if missing:
            raise ProofError(f"--version does not name {missing}: {told}")
        return " | ".join(line.strip() for line in told.splitlines() if line.strip())

    def _refuses_older(self, program: Program, older: Built) -> str:
        before = two_builds.sums(program.folder)
        code = self.wine.code(str(older.setup), "/S")
        if code != NEWER_THERE or two_builds.sums(program.folder) != before:
            raise ProofError(f"an older setup over a newer version ended with {code}")
        return f"refused with {code}, nothing changed"

    def _selftest(self, program: Program) -> None:
        hindered = HinderedStart(program, REPORT, self.out)
        try:
            self.step("everything at 150 %", hindered.opens)
            self.step("self-test, without a network", hindered.ends)
        finally:
            hindered.close()

    def _uninstall(self, program: Program, before: frozenset[str]) -> str:
        self.wine.code(PLACE + r"\uninstall.exe", "/S")
        # the uninstaller goes on in a copy of itself, so that it can remove itself
        until(lambda: not program.folder.exists(), "the program's folder gone")
        until(lambda: not program.folder.parent.exists(), "the folder the setup had made for it gone")
        until(lambda: not entries(self.wine), "its entries in the registry gone")
        # that copy is removed, as Windows does it, at the next start of the system
        self.wine.restart()
        own, setup, wrong = left_behind(before, files(self.wine))
        parts = (("the user's own", own), ("empty, in Temp", setup), ("should not be there", wrong))
        text = "\n".join(line for head, names in parts for line in (f"# {head}: {len(names)}", *names, ""))
        (self.out / "left-after-uninstall.txt").write_text(text, encoding="utf-8")
        if wrong:
            raise ProofError(f"left behind: {wrong[:8]}")
        if not self.wine.path(THERE_BEFORE).exists():
            raise ProofError(f"{THERE_BEFORE} was there before, and is gone")
        return f"only {len(own)} files of the user stay"

    def _keep_logs(self, program: Program) -> None:
        for each in (program.data / "paper").glob("*.log"):
            shutil.copyfile(each, self.out / f"paper-{each.name}")

    def table(self, seconds: float) -> str:
        """All of it, as Markdown."""
        head = ["| what | shown | s | found |", "| --- | --- | --- | --- |"]
        lines = [f"| {r.name} | {'yes' if r.ok else 'NO'} | {r.seconds:.1f} | {r.told} |" for r in self.rows]
        shown = sum(row.ok for row in self.rows)
        summary = f"\n{shown} shown, {len(self.rows) - shown} not, {seconds:.0f} s ({seconds / 60:.1f} minutes) in all"
        return "\n".join([*head, *lines, summary])


def _carries(program: Path, *wanted: bytes) -> None:
    """ProofError unless all of it stands in the program's resources."""
    data = program.read_bytes()
    missing = [each for each in wanted if each not in data]
    if missing:
        raise ProofError(f"{program.name} does not carry {missing}")


def _without_console(*programs: Path) -> None:
    """ProofError when Windows would open a console for one of them."""
    for each in programs:
        if not is_windowed(each):
            raise ProofError(f"{each.name} would open a console window")


def _said(made: list[Built], built: Built) -> str:
    made.append(built)
    return f"{built.setup.name}, {built.setup.stat().st_size / 1e6:.1f} MB"


def main(words: list[str]) -> int:
    """Run it; 0 when everything was shown."""
    parser = argparse.ArgumentParser(prog="python -m installer prove", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "proof", help="for log, pictures and lists")
    parser.add_argument("--quick", action="store_true", help="compare and install setups packed quickly, for trials")
    parser.add_argument("--dist", type=Path, default=None, help="prove this build instead of making two and comparing")
    parser.add_argument("--older", type=Path, default=None, help="with --dist: a build of an older version")
    given = parser.parse_args(words)
    out = given.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    begun = time.monotonic()
    print(f"{(__doc__ or '').splitlines()[0]} Some minutes; everything it finds goes to {out}", flush=True)
    with tempfile.TemporaryDirectory(prefix="qmtdesk-proof-") as place:
        proof = Proof(out, Path(place), quick=given.quick)
        try:
            built, older = _given(given) if given.dist else proof.build()
            proof.run(built, older)
            code = 0
        except (ProofError, OSError, ValueError, LookupError, SubprocessError) as error:
            print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
            code = 1
        finally:
            proof.close()
    table = proof.table(time.monotonic() - begun)
    (out / "proof.md").write_text(table + "\n", encoding="utf-8")
    print(f"\n{table}\n{out}: {', '.join(sorted(each.name for each in out.iterdir()))}")
    # the last words, for a log of which only the end is kept
    for row in (row for row in proof.rows if not row.ok):
        print(f"NOT shown, {row.name}: {row.told}")
    return code


def _given(given: argparse.Namespace) -> tuple[Built, Built | None]:
    return two_builds.built_in(given.dist), two_builds.built_in(given.older) if given.older else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
