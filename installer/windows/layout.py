"""Puts the program's folder together: launcher, runtime, libraries, our own code, licences."""

import shutil
from pathlib import Path, PurePosixPath

from installer.environment import SetupError
from installer.windows.compiling import check_magic, compile_tree
from installer.windows.fetch import Input, unpack_runtime, unpack_wheel
from installer.windows.plan import ROOT, Plan
from installer.windows.prune import CRT, CRT_SOURCE, RUNTIME_OUT, files_of, is_shipped
from installer.windows.signatures import check_signatures

PATHS = "python311.zip\n.\nLib\\site-packages\n..\\app\n"
"""Where this Python looks for modules, and nowhere else: the file also switches off what the environment says."""
MANUAL = PurePosixPath("resources/help/manual.zh.md")


def lay_out(plan: Plan, runtime: Input, wheels: list[Input]) -> None:
    """Everything but launcher, licences and lists. What was there before goes first."""
    if plan.folder.exists():
        shutil.rmtree(plan.folder)
    home = plan.folder / "runtime"
    _lay_runtime(plan, runtime, home)
    unpacked = plan.work / "unpacked"
    _unpack(wheels, unpacked)
    packages = home / "Lib" / "site-packages"
    for source in files_of(unpacked):
        name = source.relative_to(unpacked)
        if is_shipped(PurePosixPath(name.as_posix())):
            _copy(source, packages / name)
    _one_crt(unpacked, home)
    compile_tree(packages, packages)
    _lay_app(plan.folder / "app")


def _lay_runtime(plan: Plan, runtime: Input, home: Path) -> None:
    whole = plan.work / "runtime"
    if whole.exists():
        shutil.rmtree(whole)
    unpack_runtime(runtime.path, whole)
    check_signatures(whole)
    check_magic(whole / "python311.zip")
    for source in files_of(whole):
        if source.name not in RUNTIME_OUT:
            _copy(source, home / source.name)
    (home / "python311._pth").write_text(PATHS, encoding="ascii", newline="\r\n")


def _unpack(wheels: list[Input], target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for each in wheels:
        unpack_wheel(each.path, target)


def _one_crt(unpacked: Path, home: Path) -> None:
    for name in CRT:
        _copy(unpacked / CRT_SOURCE / name, home / name)


def _lay_app(target: Path) -> None:
    """Our own code and what it reads, with the same places beside each other as in the source."""
    package = ROOT / "qmtdesk"
    for source in files_of(package):
        if source.suffix == ".py":
            _copy(source, target / "qmtdesk" / source.relative_to(package))
    compile_tree(target / "qmtdesk", target)
    if not (ROOT / MANUAL).exists():
        raise SetupError(f"{MANUAL} is not there")
    _copy(ROOT / MANUAL, target / MANUAL)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
