"""What calls the user to the window: a sound and the taskbar, once for each new question."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from qmtdesk.desk.link.mirror import Mirror


class Alerts(QObject):
    """`sound` is the user's setting; the taskbar calls without it too."""

    def __init__(self, mirror: Mirror, window: QWidget, *, sound: bool) -> None:
        super().__init__(window)
        self._mirror, self._window = mirror, window
        self._seen: set[str] = set()
        self.sound = sound
        mirror.asks_changed.connect(self._asked)

    def _asked(self, keys: frozenset[str]) -> None:
        fresh = {key for key in keys if key in self._mirror.asks} - self._seen
        self._seen = set(self._mirror.asks)
        if fresh:
            QApplication.alert(self._window.window())
            if self.sound:
                QApplication.beep()
