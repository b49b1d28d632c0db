"""Makes the package twice, in two places and under two skies, and compares; and once more as an older version."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.windows.wine import ProofError

ROOT = Path(__file__).resolve().parents[2]
OLDER = "0.0.9"
NOT_COPIED = shutil.ignore_patterns(".venv", "dist", "__pycache__", ".pytest_cache", ".mypy_cache", ".hypothesis")
LAST_LINES = 12
# whatever may seep into a build: time zone, language, order of sets, rights of new files
OTHER_SKY = {"TZ": "America/Caracas", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "7"}


class Built(NamedTuple):
    """What a build left: the folder, the setup, the words about it."""

    dist: Path
    setup: Path
    version: str

    @property
    def folder(self) -> Path:
        """The program as it is packed."""
        return self.dist / "qmtdesk"


def built_in(dist: Path) -> Built:
    """What lies in a `dist`; ProofError when that is not just one setup and its folder."""
    setups = sorted(dist.glob("qmtdesk-*-setup.exe"))
    if len(setups) != 1 or not (dist / "qmtdesk" / "qmtdesk.exe").exists():
        raise ProofError(f"{dist} holds {len(setups)} setups; build first: python -m installer build")
    found = re.fullmatch(r"qmtdesk-(\d+\.\d+\.\d+)-setup\.exe", setups[0].name)
    if found is None:
        raise ProofError(f"{setups[0].name} names no version")
    return Built(dist, setups[0], found[1])


class Build:
    """The build of a tree, running while something else is done; its words go to the log."""

    def __init__(self, root: Path, log: Path, *, quick: bool, sky: dict[str, str] | None = None) -> None:
        self.root, self._log = root, log
        env = {**os.environ, **(sky or {}), "PYTHONPATH": str(root)}
        for name in ("QT_QPA_PLATFORM", "DISPLAY"):
            env.pop(name, None)
        words = [sys.executable, "-m", "installer", "build", *(["--quick"] if quick else [])]
        before = os.umask(0o077 if sky else 0o022)
        try:
            with log.open("wb") as out:
                self._process = subprocess.Popen(
                    words, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
                )
        finally:
            os.umask(before)

    def done(self) -> Built:
        """Wait for its end; ProofError when it failed."""
        code = self._process.wait()
        if code:
            last = "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:])
            raise ProofError(f"the build in {self.root} ended with {code}; the last of {self._log}:\n{last}")
        return built_in(self.root / "dist")

    def stop(self) -> None:
        """End it with all it has started, when it is still running."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()


def copy_tree(target: Path) -> None:
    """This tree again, with what was fetched for the build, without what was made."""
    shutil.copytree(ROOT, target, symlinks=True, ignore=_kept)


def _kept(folder: str, names: list[str]) -> set[str]:
    left_out = set(NOT_COPIED(folder, names))
    if Path(folder) == ROOT / "build":
        left_out |= set(names) - {"venv", "windows"}
    if Path(folder) == ROOT / "build" / "windows":
        left_out |= set(names) - {"inputs"}
    return left_out


def make_older(root: Path) -> None:
    """Turn a copied tree into an older version, with a module that the newer one no longer has."""
    module = root / "qmtdesk" / "__init__.py"
    text = module.read_text(encoding="utf-8")
    changed = re.sub(r'(?m)^__version__ = ".*"$', f'__version__ = "{OLDER}"', text)
    if changed == text:
        raise ProofError(f"{module} names no version")
    module.write_text(changed, encoding="utf-8")
    (root / "qmtdesk" / "gone_since.py").write_text('"""Of the older version only."""\n', encoding="utf-8")


def sums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file, by its name from the folder."""
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return {each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def compare(first: Path, second: Path, kept: Path) -> str:
    """ProofError unless both `dist` hold the same bytes under the same names; the comparison is written down."""
    one, two = sums(first), sums(second)
    differ = sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
    setup = {name: [value, two.get(name, "")] for name, value in one.items() if name.endswith("-setup.exe")}
    told = {"first": str(first), "second": str(second), "files": len(one), "differ": differ, "setup": setup}
    kept.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if differ:
        raise ProofError(f"{len(differ)} of {len(one)} files differ between the two builds: {differ[:5]}")
    return f"{len(one)} files, 0 differ, " + ", ".join(f"{name} {pair[0]} both times" for name, pair in setup.items())
