"""What the program leaves on a computer: every file and every entry of the registry, before and after."""

from fnmatch import fnmatch
from pathlib import Path

from tests.windows.wine import ProofError, Wine

OURS = (r"HKCU\Software\qmtdesk", r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\qmtdesk")
OWN = ("users/*/AppData/Local/qmtdesk/*", "users/*/.xtquant/*/running_status")
# the empty folder of the uninstaller's copy of itself; wine removes at a restart what lay in it, but not the folder
OF_SETUP = ("users/*/Temp/~nsu*.tmp/",)


def files(wine: Wine) -> frozenset[str]:
    """Every file and link on drive C and in the home folder, and every folder that is empty, with a stroke behind."""
    found = set()
    for place, name in ((wine.path("C:\\"), ""), (wine.prefix.parent / "home", "~/")):
        for each in place.rglob("*"):
            folder = each.is_dir() and not each.is_symlink()
            if not folder or not any(each.iterdir()):
                found.add(f"{name}{each.relative_to(place).as_posix()}{'/' * folder}")
    return frozenset(found)


def left_behind(before: frozenset[str], after: frozenset[str]) -> tuple[list[str], list[str], list[str]]:
    """What is there now and was not: the user's own, the setup's empty folder, and what should not be there."""
    new = sorted(after - before)
    own = [name for name in new if any(fnmatch(name, each) for each in OWN)]
    setup = [name for name in new if any(fnmatch(name, each) for each in OF_SETUP)]
    return own, setup, [name for name in new if name not in own and name not in setup]


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
