"""What the program leaves on a computer: every file and every entry of the registry, before and after."""

from fnmatch import fnmatch
from pathlib import Path

from tests.windows.wine import ProofError, Wine

OURS = (r"HKCU\Software\qmtdesk", r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\qmtdesk")
ALLOWED = ("users/*/AppData/Local/qmtdesk/*", "users/*/.xtquant/*/running_status")


def files(wine: Wine) -> frozenset[str]:
    """Every file and link on drive C and in the home folder, and every folder that is empty."""
    found = set()
    for place, name in ((wine.path("C:\\"), ""), (wine.prefix.parent / "home", "~/")):
        for each in place.rglob("*"):
            if each.is_symlink() or not each.is_dir() or not any(each.iterdir()):
                found.add(name + each.relative_to(place).as_posix())
    return frozenset(found)


def left_behind(before: frozenset[str], after: frozenset[str]) -> tuple[list[str], list[str]]:
    """What is there now and was not: the user's own, and what should not be there."""
    new = sorted(after - before)
    own = [name for name in new if any(fnmatch(name, each) for each in ALLOWED)]
    return own, [name for name in new if name not in own]


def entries(wine: Wine) -> list[str]:
    """Which of our places in the registry are there."""
    return [key for key in OURS if wine.code("reg", "query", key) == 0]


def value(wine: Wine, name: str) -> str:
    """A value of our entry among the installed programs."""
    told = wine.done("wine", "reg", "query", OURS[1], "/v", name)
    lines = [line.split("REG_SZ", 1)[1].strip() for line in told.splitlines() if "REG_SZ" in line]
    if not lines:
        raise ProofError(f"the registry holds no {name}: {told}")
    return lines[0]


def shortcuts(wine: Wine) -> list[Path]:
    """Every link to the program in the start menu and on the desktop."""
    places = [*wine.path("C:\\").rglob("qmtdesk.lnk"), *(wine.prefix.parent / "home").rglob("qmtdesk.lnk")]
    return sorted({each.resolve() for each in places})
