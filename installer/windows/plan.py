"""What is built, from where to where, and the stamp of commit and time that everything carries."""

import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from installer.environment import SetupError

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "installer" / "windows"
REQUIREMENTS = ROOT / "installer" / "requirements"
PYTHON = (3, 11)
RUNTIME = "3.11.9"
"""The CPython that lies in the pinned archive; its own number counts differently."""
OLDEST_BUILD = 17763
"""Windows 10 1809 and Server 2019: what Qt 6 needs."""
NO_COMMIT = "unknown"
ZIP_EPOCH = int(datetime(1980, 1, 1, tzinfo=timezone.utc).timestamp())


class Plan(NamedTuple):
    """One build. `at` is the commit's time in seconds: the only time that is written anywhere."""

    version: str
    commit: str
    changed: bool
    at: int
    work: Path
    dist: Path

    @property
    def folder(self) -> Path:
        """The program, ready to be started or packed."""
        return self.dist / "qmtdesk"

    @property
    def setup(self) -> Path:
        """The installer."""
        return self.dist / f"qmtdesk-{self.version}-setup.exe"

    @property
    def numbers(self) -> str:
        """The version as Windows wants it: four numbers."""
        return ",".join([*self.version.split("."), "0", "0", "0", "0"][:4])


def make_plan(root: Path = ROOT) -> Plan:
    """From the tree as it is; SetupError when its version is not three numbers."""
    version = version_of(root / "qmtdesk" / "__init__.py")
    commit, changed, at = NO_COMMIT, True, ZIP_EPOCH
    if told := _git(root, "log", "-1", "--format=%H %ct"):
        commit, seconds = told.split()
        changed, at = bool(_git(root, "status", "--porcelain", "--", "qmtdesk", "installer", "resources")), int(seconds)
    return Plan(version, commit, changed, at, root / "build" / "windows", root / "dist")


def version_of(module: Path) -> str:
    """The version a package's `__init__` names."""
    for line in module.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(" = ")
        if name == "__version__":
            version = value.strip('"')
            if not all(part.isdecimal() for part in version.split(".")):
                raise SetupError(f"Windows wants a version of numbers, this is {version}")
            return version
    raise SetupError(f"{module} names no __version__")


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
