"""The kill switch's second memory: a file named KILL, which outlives a lost journal and works without any desk."""

import logging
from pathlib import Path

from qmtdesk.engine.books import KillBook
from qmtdesk.store.files import MODES
from qmtdesk.wire.files import write_atomic

log = logging.getLogger("qmtdesk.trader")

NAME = "KILL"
NAMES = (NAME, f"{NAME}.txt")
"""An editor of Windows adds its ending, and the explorer hides it."""


class KillFile:
    """The file in one data folder. It is there while the switch is on: whoever makes it presses the switch.

    It may also lie in the folder of all modes, the one `--data` names; there it is for every trader below.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        # a simulation has no folder, and nothing to remember beyond its end
        self._kept = folder.is_dir()
        self._own = [folder / name for name in NAMES]
        self._all = self._own + [place / name for place in _above(folder) for name in NAMES]
        self._refused = False
        self._unseen: set[Path] = set()

    def found(self) -> Path | None:
        """The file that is there, None when there is none, or when a folder cannot be looked into: that is said once.

        It is looked for several times a second, and a share that is gone for a moment must not end the trader.
        """
        return next((path for path in self._all if self._there(path)), None) if self._kept else None

    def _there(self, path: Path) -> bool:
        try:
            there = path.exists()
        except OSError:
            if path not in self._unseen:
                log.exception("nobody can see whether %s is there; the button stops everything all the same", path)
            self._unseen.add(path)
            return False
        self._unseen.discard(path)
        return there

    def keep(self, kill: KillBook) -> None:
        """Make the file if it is missing. A disk that refuses is said once; the switch is on without it."""
        if not self._kept or any(self._there(path) for path in self._own):
            return
        try:
            write_atomic(self._path, f"pressed by {kill.by}\n".encode())
            self._refused = False
        except OSError:
            if not self._refused:
                log.exception("the switch is on, but the file KILL cannot be made")
            self._refused = True

    def take_away(self) -> None:
        """The user lifted the switch. A file that cannot be taken away presses it again, which is the safe side."""
        for path in self._all:
            _take_away(path)


def _take_away(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.exception("the switch is lifted, but %s cannot be taken away", path)


def _above(folder: Path) -> list[Path]:
    """Where a user who was told of the data folder would put it: above the mode's, and above a recording's own."""
    if folder.name in MODES:
        return [folder.parent]
    return [folder.parent, folder.parent.parent] if folder.parent.name in MODES else []
