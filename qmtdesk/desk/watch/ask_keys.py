"""When a key may answer a question: never with a press that was meant for something else a moment ago."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from qmtdesk.desk.sheets.sheet_base import Sheet

KEYS_MS = 1_500


class AnswerKeys(QObject):
    """Ctrl+Enter and Esc of a window while a question stands there.

    Deaf for 1.5 s after `pause`, after a press of theirs that did something else or nothing, and after an open sheet.
    """

    yes = Signal()
    no = Signal()
    changed = Signal()  # `alive` went up

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._covered = False
        self._deaf = QTimer(self)
        self._deaf.setSingleShot(True)
        self._deaf.setInterval(KEYS_MS)
        self._deaf.timeout.connect(self.changed)
        self._shortcuts: list[QShortcut] = []
        for keys, does in (("Ctrl+Return", self.yes), ("Ctrl+Enter", self.yes), ("Esc", self.no)):
            shortcut = QShortcut(QKeySequence(keys), window, context=Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda does=does: self._pressed(does))
            shortcut.setEnabled(False)
            self._shortcuts.append(shortcut)

    @property
    def alive(self) -> bool:
        """Whether a press answers now."""
        return not self._deaf.isActive()

    def rest_ms(self) -> int:
        """How long no press answers yet."""
        return max(self._deaf.remainingTime(), 0)

    def listen(self, *, on: bool) -> None:
        """Hear the keys, or leave them to whoever else wants them."""
        if on == self._shortcuts[0].isEnabled():
            return
        for shortcut in self._shortcuts:
            shortcut.setEnabled(on)
        app = QApplication.instance()
        if app is not None:
            (app.installEventFilter if on else app.removeEventFilter)(self)

    def pause(self) -> None:
        """Something new stands there: nobody has read it yet."""
        self._deaf.start()

    def look(self) -> None:
        """See whether a sheet is open; to be called several times a second while a question stands there."""
        covered = any(not sheet.leaving for sheet in self._window.findChildren(Sheet))
        if covered or self._covered:
            self.pause()
        self._covered = covered

    def _pressed(self, does: Signal) -> None:
        self.look()
        if self.alive:
            does.emit()  # type: ignore[attr-defined]
        else:
            self.pause()

    # Qt's own

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        # a press that a shortcut took never gets here: this one belongs to a sheet or a field
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and _answers(event):
            self.pause()
        return False


def _answers(event: QKeyEvent) -> bool:
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return event.key() == Qt.Key.Key_Escape or (enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
