"""The licences of everything that is shipped, beside the program."""

import shutil
from email.parser import Parser
from pathlib import Path
from typing import NamedTuple

from installer.windows.fetch import Input
from installer.windows.plan import HERE, ROOT, RUNTIME, Plan
from installer.windows.prune import files_of

_NAMES = ("licen", "copying", "notice", "authors")
# what a wheel says in prose or with a commercial choice that is not taken, said as the terms it is used under
USED_UNDER = {
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "numpy": "BSD-3-Clause",
    "xtquant": "MIT",
}
NOT_TAKEN = "LicenseRef-Qt-Commercial.txt"
_CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


class Part(NamedTuple):
    """A distribution that is shipped, and its terms."""

    name: str
    version: str
    sha256: str
    licence: str
    summary: str


def parts_of(wheels: list[Input], unpacked: Path) -> list[Part]:
    """What the unpacked wheels say of themselves."""
    return [_part(each, _info(unpacked, each)) for each in wheels]


def lay_licences(plan: Plan, wheels: list[Input]) -> None:
    """Copy every licence file, and a page that says what is here and under which terms."""
    target, unpacked = plan.folder / "licenses", plan.work / "unpacked"
    for each in wheels:
        info = _info(unpacked, each)
        for source in files_of(info):
            named = source.name.lower().startswith(_NAMES) or source.parent.name == "licenses"
            if named and source.name != NOT_TAKEN:
                _copy(source, target / f"{each.pin.name}-{each.pin.version}" / source.name)
    _copy(plan.work / "runtime" / "LICENSE.txt", target / f"cpython-{RUNTIME}" / "LICENSE.txt")
    for source in files_of(HERE / "licenses"):
        _copy(source, target / source.name)
    _copy(ROOT / "LICENSE", target / "qmtdesk-LICENSE.txt")
    rows = [f"{part.name} {part.version}: {part.licence}" for part in parts_of(wheels, unpacked)]
    page = (HERE / "licenses.txt").read_text(encoding="utf-8").replace("@PARTS@", "\n".join(rows))
    (target / "README.txt").write_text(page, encoding="utf-8", newline="\r\n")


def _info(unpacked: Path, each: Input) -> Path:
    # a wheel is named as its folder of facts is: name-version-…
    name, version = each.path.name.split("-")[:2]
    return unpacked / f"{name}-{version}.dist-info"


def _part(each: Input, info: Path) -> Part:
    told = Parser().parsestr((info / "METADATA").read_text(encoding="utf-8"), headersonly=True)
    short = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License :: ")]
    named = next((_CLASSIFIERS[name] for name in short if name in _CLASSIFIERS), "")
    plain = told.get("License", "")
    licence = USED_UNDER.get(each.pin.name) or told.get("License-Expression") or named
    if not licence and plain and "\n" not in plain and len(plain) < 40:
        licence = plain
    return Part(each.pin.name, each.pin.version, each.pin.sha256, licence or "see its folder", told.get("Summary", ""))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
