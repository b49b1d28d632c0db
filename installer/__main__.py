"""`python -m installer run | test`: one command to the program, one to its tests."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from installer.environment import SetupError, ready_environment
from installer.system import ready_system

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "2"


def main(words: list[str]) -> int:
    """Set up, then run. Returns the exit code of what was run, 2 when it could not be set up."""
    parser = argparse.ArgumentParser(prog="python -m installer", description=__doc__)
    parser.add_argument("what", choices=["run", "test", "lock"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to qmtdesk or to pytest")
    given = parser.parse_args(words)
    try:
        ready_system()
        python = ready_environment(ROOT, "run" if given.what == "run" else "test")
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    if given.what == "run":
        return _start(python, ["-m", "qmtdesk", *given.rest], {})
    if given.what == "lock":
        return _lock()
    return _start(python, _pytest(given.rest), {"QT_QPA_PLATFORM": "offscreen"})


def _pytest(rest: list[str]) -> list[str]:
    """All tests, spread over the cores; whoever names tests gets them one after the other."""
    return ["-m", "pytest", *(rest or ["-n", WORKERS, "--dist", "loadfile", "-q"])]


def _start(python: Path, words: list[str], settings: dict[str, str]) -> int:
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1", **settings}
    return subprocess.run([str(python), *words], cwd=ROOT, env=env, check=False).returncode


def _lock() -> int:
    """Write the requirement files anew from pyproject.toml. Needs uv, which only whoever changes dependencies has."""
    for kind, extra in (("run", []), ("test", ["--extra", "test"])):
        target = ROOT / "installer" / "requirements" / f"{kind}.txt"
        words = ["pip", "compile", "pyproject.toml", *extra, "--universal", "--python-version", "3.10", "--quiet"]
        quiet = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        done = subprocess.run(["uv", *words, *quiet, "-o", str(target)], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
