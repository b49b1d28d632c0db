"""What a start owes to the run before: to say which journal was lost, and to stop what was stopped unwritten."""

from collections.abc import Iterator

from qmtdesk.domain import messages as m
from qmtdesk.domain.plans import StopHow
from qmtdesk.trader.diary import Diary, Stopped


class LastRun:
    """Said and done on the first day that opens. `settings` is what was understood of the settings file."""

    def __init__(self, diary: Diary, settings: m.SettingsRead | None) -> None:
        self._diary = diary
        self.stopped = diary.stopped
        """Something was stopped while nothing could be written; then nothing goes on by itself."""
        self._words: list[m.Event] = [settings] if settings is not None else []
        self._words += _stops(diary.stopped) if diary.stopped is not None else []
        if diary.loss is not None:
            self._words.append(m.JournalSetAside(diary.loss.text, diary.loss.missing))

    def words(self) -> Iterator[m.Event]:
        """Each once."""
        while self._words:
            yield self._words.pop(0)

    def settle(self, at: int) -> None:
        """All was said: the next start need not stop it again. JournalError."""
        if self._diary.stopped is not None:
            self._diary.settled(at)

    def shown(self, at: int) -> None:
        """A desk was told of a day that has opened: the next start need not say it again. JournalError."""
        if self._diary.loss is not None and not self._words:
            self._diary.loss_shown(at)


def _stops(stopped: Stopped) -> list[m.Event]:
    """The user's words of then, for a start that did not hear them."""
    words: list[m.Event] = [m.Kill(stopped.kill)] if stopped.kill else []
    # a sale may be refused by now, as on another day; the stop is not
    words += [m.DisarmGrid(code, StopHow.CANCEL) for code, how in stopped.grids.items() if how is StopHow.SELL]
    words += [m.DisarmGrid(code, how, stopped.days.get(code, "")) for code, how in stopped.grids.items()]
    return words + [m.DisarmGuard(code) for code in stopped.guards]
