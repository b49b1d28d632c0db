"""Proves the Windows package under wine: builds it twice, installs, drives, upgrades and removes it.

    python -m installer prove [--out FOLDER] [--dist FOLDER]

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

from tests.windows import driving, two_builds
from tests.windows.first_paint_here import compare_starts
from tests.windows.program import EXE, PLACE, Program
from tests.windows.screen import Screen
from tests.windows.shims import refuse_shims
from tests.windows.traces import entries, files, left_behind, shortcuts, value
from tests.windows.two_builds import OLDER, ROOT, Built
from tests.windows.wine import ProofError, Wine, until

ROUNDS = 5
NEWER_THERE = 6
REPORT = "C:\\程序测试\\自检.json"


class Row(NamedTuple):
    """One thing that was to be shown."""

    name: str
    ok: bool
    seconds: float
    told: str


class Proof:
    """One run. What comes after a failure is not tried: it would only tell of the same thing."""

    def __init__(self, out: Path, place: Path) -> None:
        self.out, self.place = out, place
        self.rows: list[Row] = []
        self.wine = Wine(place / "wine")

    def step(self, name: str, do: Callable[[], str]) -> None:
        """Do it and say how it went."""
        begun = time.monotonic()
        try:
            ok, told = True, do()
        except BaseException as error:
            self._note(Row(name, False, time.monotonic() - begun, f"{type(error).__name__}: {error}"))
            raise
        self._note(Row(name, ok, time.monotonic() - begun, told))

    def _note(self, row: Row) -> None:
        self.rows.append(row)
        print(f"{'ok ' if row.ok else 'NOT'} {row.seconds:6.1f} s  {row.name}: {row.told}", flush=True)

    def builds(self) -> tuple[Built, Built]:
        """The package twice, compared, and an older one."""
        log, copy = self.out / "build.log", self.place / "另一处" / "tree"
        made: list[Built] = []
        self.step("build", lambda: _said(made, two_builds.build(ROOT, log)))
        two_builds.copy_tree(copy)
        self.step("build again, elsewhere", lambda: _said(made, two_builds.build(copy, log, two_builds.OTHER_SKY)))
        listed = self.out / "two-builds.json"
        self.step("the two builds", lambda: two_builds.compare(made[0].dist, made[1].dist, listed))
        two_builds.make_older(copy)
        shutil.rmtree(copy / "dist")
        self.step(f"build as version {OLDER}", lambda: _said(made, two_builds.build(copy, log)))
        return made[0], made[2]

    def run(self, built: Built, older: Built | None) -> None:
        """Everything that needs a Windows."""
        self.step("stand-ins of the tests in dist", lambda: refuse_shims(built.dist))
        self.step("wine", self._open)
        program = Program(self.wine, Screen())
        # it was there before: the setup makes and removes only the folder inside
        self.wine.path(PLACE).parent.mkdir()
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
        self._use(program, built)
        self.step("self-test", lambda: self._selftest(program))
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
        if version != built.version or not links:
            raise ProofError(f"the registry says {version}, shortcuts {links}")
        return f"{len(have)} files as built, {len(links)} shortcuts, {PLACE}"

    def _upgrade(self, program: Program, built: Built) -> str:
        before = two_builds.sums(program.data)
        told = self._install(program, built)
        if two_builds.sums(program.data) != before:
            raise ProofError("the upgrade touched settings or journal")
        return f"{told}; {len(before)} files of the user untouched"

    def _refuses_older(self, program: Program, older: Built) -> str:
        before = two_builds.sums(program.folder)
        code = self.wine.code(str(older.setup), "/S")
        if code != NEWER_THERE or two_builds.sums(program.folder) != before:
            raise ProofError(f"an older setup over a newer version ended with {code}")
        return f"refused with {code}, nothing changed"

    def _selftest(self, program: Program) -> str:
        code = self.wine.code(EXE, "--selftest", REPORT, limit_s=300)
        report = self.wine.path(REPORT)
        if not report.exists():
            raise ProofError(f"the self-test ended with {code} and wrote nothing")
        kept = self.out / "selftest.json"
        shutil.move(report, kept)
        told = json.loads(kept.read_text(encoding="utf-8"))
        wrong = [each for each in told["checks"] if not each["ok"]]
        if code or not told["ok"] or wrong:
            raise ProofError(f"the self-test ended with {code}: {wrong}")
        return f"{len(told['checks'])} checks, {told['seconds']} s"

    def _uninstall(self, program: Program, before: frozenset[str]) -> str:
        self.wine.code(PLACE + r"\uninstall.exe", "/S")
        # the uninstaller goes on in a copy of itself, so that it can remove itself
        until(lambda: not program.folder.exists(), "the program's folder gone")
        until(lambda: not entries(self.wine), "its entries in the registry gone")
        # that copy is removed, as Windows does it, at the next start of the system
        self.wine.restart()
        own, setup, wrong = left_behind(before, files(self.wine))
        parts = (("the user's own", own), ("empty, in Temp", setup), ("should not be there", wrong))
        text = "\n".join(line for head, names in parts for line in (f"# {head}: {len(names)}", *names, ""))
        (self.out / "left-after-uninstall.txt").write_text(text, encoding="utf-8")
        if wrong:
            raise ProofError(f"left behind: {wrong[:8]}")
        return f"only {len(own)} files of the user stay"

    def _keep_logs(self, program: Program) -> None:
        for each in (program.data / "paper").glob("*.log"):
            shutil.copyfile(each, self.out / f"paper-{each.name}")

    def table(self, seconds: float) -> str:
        """All of it, as Markdown."""
        head = ["| what | shown | s | found |", "| --- | --- | --- | --- |"]
        lines = [f"| {r.name} | {'yes' if r.ok else 'NO'} | {r.seconds:.1f} | {r.told} |" for r in self.rows]
        return "\n".join([*head, *lines, f"\n{seconds:.0f} s in all"])


def _said(made: list[Built], built: Built) -> str:
    made.append(built)
    return f"{built.setup.name}, {built.setup.stat().st_size / 1e6:.1f} MB"


def main(words: list[str]) -> int:
    """Run it; 0 when everything was shown."""
    parser = argparse.ArgumentParser(prog="python -m installer prove", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "proof", help="for log, pictures and lists")
    parser.add_argument("--dist", type=Path, default=None, help="prove this build instead of making two and comparing")
    parser.add_argument("--older", type=Path, default=None, help="with --dist: a build of an older version")
    given = parser.parse_args(words)
    out = given.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="qmtdesk-proof-") as place:
        proof = Proof(out, Path(place))
        try:
            built, older = _given(given) if given.dist else proof.builds()
            proof.run(built, older)
            code = 0
        except (ProofError, OSError, ValueError, LookupError, SubprocessError) as error:
            print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
            code = 1
        finally:
            proof.wine.close()
    table = proof.table(time.monotonic() - begun)
    (out / "proof.md").write_text(table + "\n", encoding="utf-8")
    print(f"\n{table}\n{out}")
    return code


def _given(given: argparse.Namespace) -> tuple[Built, Built | None]:
    return two_builds.built_in(given.dist), two_builds.built_in(given.older) if given.older else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
