"""Compiles a tree of modules in place, so that nothing is compiled or written on the user's machine."""

import argparse
import os
import py_compile
import subprocess
import sys
import zipfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path

from installer.environment import SetupError
from installer.windows.prune import files_of


def check_magic(library: Path) -> None:
    """SetupError unless this Python writes the code that the shipped one reads."""
    with zipfile.ZipFile(library) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".pyc"))
        if archive.read(name)[:4] != MAGIC_NUMBER:
            raise SetupError(f"Python {sys.version.split()[0]} compiles for another Python than the shipped one")


def compile_tree(folder: Path, home: Path) -> None:
    """Replace every module under `folder` by its code. A fresh process with a fixed seed: always the same bytes."""
    words = [sys.executable, "-m", "installer.windows.compiling", str(folder), str(home)]
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(words, env=env, check=False)
    if done.returncode:
        raise SetupError(f"{folder} could not be compiled")


def _compile(folder: Path, home: Path) -> None:
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for source in files_of(folder):
        if source.suffix == ".py":
            shown = source.relative_to(home).as_posix()
            py_compile.compile(
                str(source), str(source.with_suffix(".pyc")), shown, doraise=True, invalidation_mode=mode
            )
            source.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("home", type=Path)
    given = parser.parse_args()
    _compile(given.folder, given.home)
