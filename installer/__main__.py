"""`python -m installer run | test | build | prove`: the program, its tests, its Windows package, its proof."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from installer.environment import SetupError, python_for, ready_environment
from installer.locking import lock
from installer.system import ready_build_tools, ready_proof_tools, ready_system

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "2"
PACKAGED = (3, 11)
"""The Python inside the Windows package."""


def main(words: list[str]) -> int:
    """Set up, then run. Returns the exit code of what was run, 2 when it could not be set up."""
    parser = argparse.ArgumentParser(prog="python -m installer", description=__doc__)
    parser.add_argument("what", choices=["run", "test", "build", "prove", "lock"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to qmtdesk, pytest, the build or the proof")
    given = parser.parse_args(words)
    if given.what == "lock":
        return lock(ROOT)
    try:
        if given.what == "build":
            return _build(given.rest)
        ready_system()
        if given.what == "prove":
            ready_proof_tools()
        python = ready_environment(ROOT, "run" if given.what == "run" else "test")
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    if given.what == "run":
        return _start(python, ["-m", "qmtdesk", *given.rest], {})
    if given.what == "prove":
        return _start(python, ["-m", "tests.windows.prove", *given.rest], {})
    return _start(python, _pytest(given.rest), {"QT_QPA_PLATFORM": "offscreen"})


def _build(rest: list[str]) -> int:
    """The Windows package. Its code is compiled by the version that is shipped, in an environment of its own."""
    started = python_for(PACKAGED)
    if started is not None:
        return _start(started, ["-m", "installer", "build", *rest], {})
    ready_system()
    ready_build_tools()
    python = ready_environment(ROOT, "build", ROOT / "build" / "venv")
    return _start(python, ["-m", "installer.windows", *rest], {})


def _pytest(rest: list[str]) -> list[str]:
    """All tests, spread over the cores; whoever names tests gets them one after the other."""
    return ["-m", "pytest", *(rest or ["-n", WORKERS, "--dist", "loadfile", "-q"])]


def _start(python: Path, words: list[str], settings: dict[str, str]) -> int:
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1", **settings}
    return subprocess.run([str(python), *words], cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
