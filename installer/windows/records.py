"""The lists beside the program: what was built from what, and the SHA-256 of every file."""

import hashlib
import json
import os
from pathlib import Path

from installer.windows.plan import Plan
from installer.windows.prune import files_of

BUILT = "app/qmtdesk/built.json"
FILES = "files.json"
SUMS = "SHA256SUMS.txt"


def sha256_of(path: Path) -> str:
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sums_of(folder: Path, *besides: str) -> dict[str, str]:
    """The SHA-256 of every file but these, by its name from the folder."""
    names = ((each.relative_to(folder).as_posix(), each) for each in files_of(folder))
    return {name: sha256_of(path) for name, path in names if name not in besides}


def hash_of(sums: dict[str, str]) -> str:
    """One number for all of them: whoever holds the files can work it out again."""
    lines = "".join(f"{value}  {name}\n" for name, value in sorted(sums.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def write_built(plan: Plan) -> str:
    """What the program tells of itself; returns the build's hash, which is of every file but this one."""
    build = hash_of(sums_of(plan.folder, BUILT, FILES))
    told = {"version": plan.version, "commit": plan.commit, "changed": plan.changed, "at": plan.at, "build": build}
    write_json(plan.folder / BUILT, told)
    return build


def write_files(plan: Plan, build: str) -> None:
    """The list that lies in the folder itself."""
    told = {"program": "qmtdesk", "version": plan.version, "commit": plan.commit, "build": build}
    write_json(plan.folder / FILES, {**told, "files": sums_of(plan.folder, FILES)})


def write_sums(plan: Plan, *files: Path) -> Path:
    """The sums beside the setup, as `sha256sum -c` and people read it."""
    target = plan.dist / SUMS
    lines = [f"{sha256_of(each)}  {each.name}\n" for each in files]
    target.write_text("".join(lines), encoding="ascii", newline="\n")
    return target


def write_json(target: Path, told: object) -> None:
    """The same bytes for the same content on every system."""
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    target.write_text(text + "\n", encoding="utf-8", newline="\n")


def set_times(plan: Plan) -> None:
    """Every file and folder as old as the commit."""
    for each in (plan.folder, *plan.folder.rglob("*")):
        os.utime(each, (plan.at, plan.at))
