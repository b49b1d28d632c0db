"""What the wizard has found out so far: a search for terminals, and one connection."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from qmtdesk.desk.setup.probe_child import LONGEST_MS, SILENT_MS, ProbeChild
from qmtdesk.desk.setup.setup_state import Account, Check, Place
from qmtdesk.desk.setup.setup_words import accounts_of, broken, checks_of, places_of, progress
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.probe_lines import ProbeLine

MOST_PLACES = 12
SEARCH_MS = 30_000


class Commands(Protocol):
    """How the children are called."""

    def search_words(self) -> Sequence[str]: ...
    def examine_words(self, folder: str) -> Sequence[str]: ...
    def connect_words(self, folder: str, kind: str, package: str) -> Sequence[str]: ...


class Searching(QObject):
    """The folders that may be a terminal's, each looked at in turn; `changed` whenever one more thing is known."""

    changed = Signal()

    def __init__(self, child: ProbeChild, commands: Commands, known: str) -> None:
        super().__init__(child.parent())
        self.child = child
        self.places: tuple[Place, ...] = ()
        self.folder = known
        """The chosen one; '' for none."""
        self._commands, self._known = commands, known
        self._picked = False
        self._waiting: list[str] = []
        self._now = ""
        self._lines: list[ProbeLine] = []
        self._typed: list[str] = []
        child.told.connect(self._told)
        child.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        """Whether something is still looked for."""
        return self.child.running

    @property
    def usable(self) -> bool:
        """Whether the chosen folder may be connected to."""
        return any(place.usable for place in self.places if place.folder == self.folder)

    def start(self) -> None:
        """Look again, for everything."""
        self.child.cancel()
        self.places, self._waiting, self._now, self._lines = (), [], "", []
        self.child.start(self._commands.search_words(), longest_ms=SEARCH_MS, silent_ms=SEARCH_MS)
        self.changed.emit()

    def close(self) -> None:
        """Look no further."""
        self.child.cancel()
        self._waiting = []

    def choose(self, folder: str) -> None:
        """The user wants that one."""
        self.folder, self._picked = folder, True
        self.changed.emit()

    def type(self, folder: str) -> None:
        """A folder the user named: it is looked at before the others."""
        if folder == self.folder and any(place.folder == folder and place.checks for place in self.places):
            return
        if folder not in self._typed:
            self._typed.append(folder)
        if not any(place.folder == folder for place in self.places):
            self.places = (Place(folder, t("setup.source.typed")), *self.places)[:MOST_PLACES]
        self.choose(folder)
        self._waiting = [folder, *(each for each in self._waiting if each != folder)]
        if not self.running:
            self._next()

    # what comes

    def _told(self, line: ProbeLine) -> None:
        self._lines.append(line)
        if self._now:
            self._put(self._now, checks_of(self._lines))
        self.changed.emit()

    def _ended(self, how: str, words: str) -> None:
        wrong = () if how == "done" else (broken(how, words, SEARCH_MS // 1000),)
        if self._now:
            self._put(self._now, checks_of(self._lines) + wrong)
            self._take_advice()
        else:
            self._searched(wrong)
        self._next()

    def _searched(self, wrong: tuple[Check, ...]) -> None:
        found = places_of(self._lines)
        folders = {place.folder for place in found}
        named = [*self._typed, *([self._known] if self._known else [])]
        before = tuple(Place(each, self._source(each)) for each in dict.fromkeys(named) if each not in folders)
        if wrong and not found and not before:
            before = (Place(t("setup.stage.find"), "", wrong),)
        self.places = (*before, *found)[:MOST_PLACES]
        self._waiting = [place.folder for place in self.places if not place.checks]
        if self.folder not in {place.folder for place in self.places}:
            self.folder = self.places[0].folder if self.places else ""

    def _take_advice(self) -> None:
        """A look that says which folder is meant instead: that one is looked at too."""
        for line in self._lines:
            path = line.data.get("path")
            if not isinstance(path, str) or not path or line.level != "bad":
                continue
            if len(self.places) < MOST_PLACES and all(place.folder != path for place in self.places):
                self.places = (*self.places, Place(path, t("setup.source.advised")))
                self._waiting.append(path)
                self._picked = False

    def _source(self, folder: str) -> str:
        return t("setup.source.used" if folder == self._known else "setup.source.typed")

    def _next(self) -> None:
        self._lines = []
        if self._waiting:
            self._now = self._waiting.pop(0)
            self._put(self._now, ())
            self.child.start(self._commands.examine_words(self._now), longest_ms=SEARCH_MS, silent_ms=SEARCH_MS)
        else:
            self._now = ""
            self._pick()
        self.changed.emit()

    def _pick(self) -> None:
        """Everything is known: unless the user chose, the first that can be used."""
        good = next((place.folder for place in self.places if place.usable), "")
        if good and not self._picked and not self.usable:
            self.folder = good

    def _put(self, folder: str, checks: tuple[Check, ...]) -> None:
        checks = checks or (Check(t("setup.stage.examine"), "busy", t("setup.checking")),)
        self.places = tuple(
            Place(place.folder, place.source, checks) if place.folder == folder else place for place in self.places
        )


class Connecting(QObject):
    """One connection to one folder's terminal."""

    changed = Signal()

    def __init__(self, child: ProbeChild, commands: Commands) -> None:
        super().__init__(child.parent())
        self.child = child
        self.folder = self.package = ""
        self._commands = commands
        self._lines: list[ProbeLine] = []
        self._wrong: tuple[Check, ...] = ()
        self.longest_ms, self.silent_ms = LONGEST_MS, SILENT_MS
        child.told.connect(self._told)
        child.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        """Whether the child is at work."""
        return self.child.running

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was seen, what is going on, and why it ended."""
        return progress(self._lines, running=self.running) + self._wrong

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that were found; none while it still goes on, and none when it could not connect."""
        return () if self.running else accounts_of(self._lines)

    @property
    def notes(self) -> tuple[Check, ...]:
        """What is to be said of the accounts and of what comes after them."""
        later = ("accounts", "asset", "status", "quotes", "limits")
        return checks_of(line for line in self._lines if line.stage in later and line.level != "ok") + self._wrong

    def start(self, folder: str, kind: str, package: str) -> None:
        """Begin, or begin again."""
        self.folder, self.package, self._lines, self._wrong = folder, package, [], ()
        words = self._commands.connect_words(folder, kind, package)
        self.child.start(words, longest_ms=self.longest_ms, silent_ms=self.silent_ms)
        self.changed.emit()

    def stop(self) -> None:
        """The user does not want to wait."""
        if self.running:
            self.child.cancel()
            self._wrong = (Check(t("setup.look_end"), "warn", t("setup.stopped")),)
            self.changed.emit()

    def close(self) -> None:
        """Without a word."""
        self.child.cancel()

    def _told(self, line: ProbeLine) -> None:
        self._lines.append(line)
        self.changed.emit()

    def _ended(self, how: str, words: str) -> None:
        if how != "done":
            self._wrong = (broken(how, words, self.silent_ms // 1000),)
        elif not self.accounts and all(line.level != "bad" for line in self._lines):
            self._wrong = (broken("nothing", "", 0),)
        self.changed.emit()
