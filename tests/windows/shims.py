"""Finds the tests' stand-ins for what wine lacks where only the product may be."""

from pathlib import Path

from tests.windows.wine import MARK, SHIM, ProofError

NAMES = frozenset({SHIM, "icuuc.dll"})


def shims_in(folder: Path) -> list[str]:
    """Every file under the folder that is one by its name, or holds their mark."""
    files = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return [
        each.relative_to(folder).as_posix() for each in files if each.name.lower() in NAMES or MARK in each.read_bytes()
    ]


def refuse_shims(*folders: Path) -> str:
    """ProofError naming those that were found; else how many files were looked through."""
    found = [f"{folder}: {name}" for folder in folders for name in shims_in(folder)]
    if found:
        raise ProofError("stand-ins of the tests among the product: " + ", ".join(found))
    return f"{sum(each.is_file() for folder in folders for each in folder.rglob('*'))} files, none"
