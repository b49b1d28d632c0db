"""R9 on the guard sheet: from a time of day on, another threshold for R1."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from qmtdesk.desk.brush.field_words import THRESHOLD
from qmtdesk.desk.brush.inputs import Choice, UnitField
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import TimedThreshold

ROWS = 2
TIMES = (570, 600, 630, 660, 780, 810, 840, 870, 885)
"""Every half an hour of continuous trading and the last quarter, minutes after midnight: a list short enough to see."""
_OFF = ""


class TimedRow(QWidget):
    """One time and its threshold. `timed` None: switched off, with `usual` (厘) as the number it begins with."""

    changed = Signal()

    def __init__(self, look: Look, timed: TimedThreshold | None, usual: int, parent: QWidget) -> None:
        super().__init__(parent)
        minutes = TIMES if timed is None or timed.from_minute in TIMES else tuple(sorted((*TIMES, timed.from_minute)))
        options = ((_OFF, t("guard.timed_off")), *((str(minute), _words(minute)) for minute in minutes))
        self.time = Choice(look, options, _OFF if timed is None else str(timed.from_minute), self)
        self.threshold = UnitField(look, THRESHOLD, timed.threshold if timed else usual, t("unit.wan"), parent=self)
        self.threshold.setEnabled(timed is not None)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.time, 5)
        line.addWidget(self.threshold, 6)
        self.time.chosen.connect(self._chosen)
        self.threshold.changed.connect(self.changed)

    @property
    def value(self) -> TimedThreshold | None:
        """What is set, None when it is off."""
        if self.time.value == _OFF:
            return None
        return TimedThreshold(from_minute=int(self.time.value), threshold=self.threshold.value)

    def agree(self, by_minute: dict[int, TimedThreshold]) -> None:
        """Take the threshold that was set elsewhere for this row's time, without a word."""
        timed = by_minute.get(self.value.from_minute) if self.value is not None else None
        if timed is not None and timed != self.value:
            with QSignalBlocker(self.threshold):
                self.threshold.set_value(timed.threshold)

    def _chosen(self, key: str) -> None:
        self.threshold.setEnabled(key != _OFF)
        self.changed.emit()


def _words(minute: int) -> str:
    return t("guard.timed_from", time=f"{minute // 60:02d}:{minute % 60:02d}")


def timed_of(rows: tuple[TimedRow, ...], rest: tuple[TimedThreshold, ...]) -> tuple[TimedThreshold, ...]:
    """The thresholds in the order of their times; of two at one time the later row counts. `rest` is not shown."""
    by_time = {timed.from_minute: timed for timed in (*rest, *(row.value for row in rows)) if timed is not None}
    return tuple(by_time[minute] for minute in sorted(by_time))
