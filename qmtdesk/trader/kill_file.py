"""The kill switch's second memory: a file named KILL, which outlives a lost journal and works without any desk."""

import logging
from pathlib import Path

from qmtdesk.engine.books import KillBook
from qmtdesk.wire.files import write_atomic

log = logging.getLogger("qmtdesk.trader")

NAME = "KILL"


class KillFile:
    """The file in one data folder. It is there while the switch is on: whoever makes it presses the switch."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        # a simulation has no folder, and nothing to remember beyond its end
        self._kept = folder.is_dir()
        self._refused = False

    def there(self) -> bool:
        """Whether the file is there."""
        return self._kept and self._path.exists()

    def keep(self, kill: KillBook) -> None:
        """Make the file if it is missing. A disk that refuses is said once; the switch is on without it."""
        if not self._kept or self._path.exists():
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
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            log.exception("the switch is lifted, but the file KILL cannot be taken away")
