"""What this program was made from: the package's own note, or the commit of the source tree it runs from."""

import json
from pathlib import Path
from typing import NamedTuple

from qmtdesk import __version__

PACKAGE = Path(__file__).resolve().parents[1]
NOTE = "built.json"
"""Written into the package when it is built."""
_LIMIT = 1 << 20
SHORT = 12


class BuildInfo(NamedTuple):
    """`build` is the hash of all files of a package, '' in a source tree; `commit` '' where nothing tells it."""

    version: str
    commit: str
    changed: bool
    build: str

    @property
    def packaged(self) -> bool:
        """Whether this is a built package."""
        return bool(self.build)

    @property
    def short_commit(self) -> str:
        """The commit as people write it; a plus for changes that are in no commit."""
        return (self.commit[:SHORT] or "?") + ("+" if self.changed else "")

    @property
    def short_build(self) -> str:
        """The build's hash as people compare it."""
        return self.build[:SHORT] or "-"


def build_info(package: Path = PACKAGE) -> BuildInfo:
    """Of the running program. Never raises: what cannot be read is not known."""
    try:
        told = json.loads((package / NOTE).read_bytes()[:_LIMIT])
        return BuildInfo(str(told["version"]), str(told["commit"]), bool(told["changed"]), str(told["build"]))
    except (OSError, ValueError, KeyError, TypeError):
        return BuildInfo(__version__, commit_of(package.parent), False, "")


def commit_of(tree: Path) -> str:
    """The commit a source tree stands on, read from git's files; '' without one."""
    try:
        store = _store(tree)
        head = (store / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return _commit(head)
        return _commit(_pointed(store, head.removeprefix("ref: ")))
    except (OSError, ValueError):
        return ""


def _store(tree: Path) -> Path:
    place = tree / ".git"
    if place.is_file():
        # a second tree of one repository names where its own part lies
        return tree / place.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")
    return place


def _pointed(store: Path, name: str) -> str:
    shared = store / "commondir"
    homes = [store, store / shared.read_text(encoding="utf-8").strip()] if shared.exists() else [store]
    for home in homes:
        if (home / name).is_file():
            return (home / name).read_text(encoding="utf-8").strip()
    for line in (homes[-1] / "packed-refs").read_text(encoding="utf-8").splitlines():
        commit, _, of = line.partition(" ")
        if of == name:
            return commit
    return ""


def _commit(text: str) -> str:
    return text if len(text) in (40, 64) and all(each in "0123456789abcdef" for each in text) else ""
