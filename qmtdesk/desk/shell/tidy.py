"""Garbage is collected on the window's thread alone: a widget in a cycle must not be destroyed by another one."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1_000


class Tidy(QObject):
    """Turns the automatic collection off, which runs on whatever thread happens to allocate, and does its work here.

    The link's reading thread allocates most; a sheet that was closed and is held by a cycle died on it, and the process
    with it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> int:
        """The generation that is due by the interpreter's own thresholds, -1 when none is."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(counts) if count > most]
        if not due:
            return -1
        gc.collect(due[-1])
        return due[-1]
