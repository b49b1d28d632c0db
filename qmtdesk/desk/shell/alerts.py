"""What calls the user to the window: a sound, the taskbar, and a word for whoever shows it while the window is away."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.link.said import say_at
from qmtdesk.desk.shell.strip_words import alarm_of
from qmtdesk.desk.watch.ask_words import sale
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.reason import Why
from qmtdesk.wire.rows import EventRow

CALL_MS = 4_000
"""What goes wrong comes in heaps: nobody is called more often than that."""
SILENCE_MS = 10_000
"""A trader that says nothing for so long counts as lost; shorter pauses are those of a busy machine."""


class Alerts(QObject):
    """Calls once for each new question, alarm, 全部停止 (unless pressed here) and lost trader.

    `sound` is the user's setting.

    `called`: in which words, and whether a question is asked, which waits for an answer.
    """

    called = Signal(str, bool)

    def __init__(self, mirror: Mirror, window: QWidget, *, sound: bool) -> None:
        super().__init__(window)
        self._mirror, self._window = mirror, window
        self._seen: set[str] = set()
        self._heard: int | None = None
        self._killed = False
        self._pressed = ""
        self._attached = self._gone = False
        self._link = mirror.link
        self._waiting: tuple[str, bool] | None = None
        self._asked_last = False
        self.sound = sound
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(CALL_MS)
        self._pause.timeout.connect(self._next)
        mirror.asks_changed.connect(self._asked)
        mirror.link_changed.connect(self._linked)
        mirror.status_changed.connect(self._status)
        mirror.kill_changed.connect(self._kill)
        mirror.events_changed.connect(self._told)

    def hush(self, *_: object) -> None:
        """The window goes for good: what ends with it calls nobody."""
        self._pause.stop()
        self._gone = True

    def pressed(self, by: str) -> None:
        """The user stops everything from this window: he need not be told of it."""
        if not self._mirror.killed:
            self._pressed = by

    # what calls

    def _asked(self, keys: frozenset[str]) -> None:
        fresh = sorted({key for key in keys if key in self._mirror.asks} - self._seen)
        self._seen = set(self._mirror.asks)
        if fresh:
            ask = self._mirror.asks[fresh[0]]
            self._call(t("call.ask", name=self._mirror.name(ask.code), sale=sale(ask)), asks=True)

    def _told(self, keys: frozenset[str]) -> None:
        events = [self._mirror.events[key] for key in keys if key in self._mirror.events]
        if self._heard is None or not events:
            return
        fresh = [row for row in events if row.level == "alarm" and row.no > self._heard and not self._own_press(row)]
        self._heard = max(self._heard, *(row.no for row in events))
        if fresh:
            first = min(fresh, key=lambda row: row.no)
            self._call(" ".join((first.name, say_at(self._mirror, first.reason, first.code))).strip())

    def _status(self) -> None:
        """The first picture of a trader: what stands in it already is no news."""
        if self._heard is None and self._mirror.link == "attached":
            self._heard = max((row.no for row in self._mirror.events.values()), default=0)
            self._killed = self._mirror.killed
        self._kill()

    def _kill(self) -> None:
        before, self._killed = self._killed, self._mirror.killed
        if before and not self._killed:
            self._pressed = ""
        if self._killed and not before and self._heard is not None and not self._by_hand_here(self._killed_by()):
            self._alarm()

    def _killed_by(self) -> str:
        """'' where the status tells of it before its own row does."""
        return self._mirror.kill.by if self._mirror.kill is not None else ""

    def _by_hand_here(self, by: str) -> bool:
        """Whether it was this window's press: that leaves a file as well, which a busy trader may see first."""
        return bool(self._pressed) and by in (self._pressed, "file", "")

    def _own_press(self, row: EventRow) -> bool:
        return row.reason.why is Why.KILL_PRESSED and self._by_hand_here(str(row.reason.get("by")))

    def _linked(self) -> None:
        before, self._link = self._link, self._mirror.link
        if self._link == "attached":
            self._attached = True
            if before not in ("attached", "silent"):
                self._heard = None
            return
        waited = self._mirror.link_text
        long = self._link != "silent" or (waited.isdigit() and int(waited) >= SILENCE_MS)
        if self._attached and self._link in ("lost", "failed", "silent") and long:
            self._attached = False
            self._alarm()

    def _alarm(self) -> None:
        alarm = alarm_of(self._mirror)
        if alarm is not None:
            self._call(alarm.title)

    # calling

    def _call(self, words: str, *, asks: bool = False) -> None:
        """Now, or when the last call is some seconds old; a question waits for no mere news."""
        if self._gone:
            return
        if self._pause.isActive() and (self._asked_last or not asks):
            if self._waiting is None or asks:
                self._waiting = (words, asks)
            return
        self._pause.start()
        self._asked_last = asks
        self.called.emit(words, asks)
        QApplication.alert(self._window.window())
        if self.sound:
            QApplication.beep()

    def _next(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._call(waiting[0], asks=waiting[1])
