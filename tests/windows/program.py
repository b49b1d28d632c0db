"""The installed program from outside: its windows, its processes, what it keeps."""

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec

from qmtdesk.store.journal import verify
from qmtdesk.wire.witness_files import SEEN
from tests.windows.screen import Screen
from tests.windows.wine import ProofError, Wine, until

PLACE = "C:\\程序测试\\我的程序\\qmtdesk"
EXE = PLACE + "\\qmtdesk.exe"
TITLE = "qmtdesk"
GONE_S = 45.0
JOURNAL = ("journal.db-wal", "journal.db")


class Program:
    """One installed copy and its user's data."""

    def __init__(self, wine: Wine, screen: Screen) -> None:
        self.wine, self.screen = wine, screen
        self.window = 0

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return self.wine.path(PLACE)

    @property
    def data(self) -> Path:
        """What the user keeps."""
        users = [each for each in self.wine.path(r"C:\users").iterdir() if each.name != "Public"]
        return users[0] / "AppData" / "Local" / "qmtdesk"

    def start(self, *words: str) -> int:
        """Open it as a user does; its window."""
        (self.data / "paper" / SEEN).unlink(missing_ok=True)
        self.wine.start(EXE, "--witness", *words)
        self.window = self.screen.window(TITLE)
        return self.window

    def seen(self) -> dict[str, Any]:
        """What the window says it shows; empty before it says anything."""
        return read_seen(self.data / "paper" / SEEN)

    def attached(self) -> dict[str, Any]:
        """Wait until the window shows the market of its trader, and the account has been compared."""
        return self.until(
            lambda seen: seen["link"] == "attached" and seen["ready"] and seen["bonds"] and "·" in seen["title"],
            "the market in the window",
        )

    def until(self, condition: Callable[[dict[str, Any]], object], what: str, limit_s: float = 90.0) -> dict[str, Any]:
        """Wait until the window shows something; what it shows then."""
        try:
            until(lambda: (seen := self.seen()) and condition(seen), what, limit_s)
        except ProofError as error:
            raise ProofError(f"{error}; the window shows {self.seen()}") from error
        return self.seen()

    def close(self) -> None:
        """Leave it by its window; the trader goes too when nothing is armed."""
        self.screen.key(self.window, "alt+F4")
        until(lambda: not self.wine.processes(), "the end of every qmtdesk.exe", GONE_S)

    def journal(self) -> "JournalCopy":
        """What it has written down so far."""
        return JournalCopy(self.data / "paper")


def read_seen(path: Path) -> dict[str, Any]:
    """What a window wrote down of itself; empty before it has. ProofError when that is an error."""
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if told["alarm"] == "error":
        raise ProofError(f"the window shows an error: {told}; see desk.log")
    return told


def _copied(folder: Path, path: Path) -> bool:
    """Copy the journal as it stands; False when it was written to meanwhile, for the two files must fit together."""
    before = _stamps(folder)
    for name in JOURNAL:
        path.with_name(name).unlink(missing_ok=True)
        if name in before:
            with suppress(FileNotFoundError):
                shutil.copyfile(folder / name, path.with_name(name))
    return _stamps(folder) == before


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of the journal's files that are there; its last writer takes one of them away."""
    found = {}
    for name in JOURNAL:
        with suppress(FileNotFoundError):
            told = (folder / name).stat()
            found[name] = (told.st_size, told.st_mtime_ns)
    return found


class JournalCopy:
    """A copy of the journal, taken while the trader may be writing."""

    def __init__(self, folder: Path) -> None:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "journal.db"
            until(lambda: _copied(folder, path), "a moment in which the journal stands still")
            self.verdict = verify(path)
            with closing(sqlite3.connect(path)) as connection:
                self.rows: list[tuple[str, bytes]] = connection.execute(
                    "SELECT kind, body FROM journal ORDER BY no"
                ).fetchall()

    def counts(self) -> Counter[str]:
        """How many of each kind."""
        return Counter(kind for kind, _ in self.rows)

    def kill(self) -> dict[str, Any] | None:
        """The kill switch as it stands; None when it is off."""
        said = [body for kind, body in self.rows if kind == "KillSet"]
        kill: dict[str, Any] | None = msgspec.json.decode(said[-1])["kill"] if said else None
        return kill

    def killed(self) -> dict[str, Any] | None:
        """The kill switch once every cancel is confirmed and nothing is left; None before."""
        kill = self.kill()
        return kill if kill and kill["done_at"] else None
