"""The type of the desk: one stack of families, sizes in pixels at 100 %, tabular figures."""

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "WenQuanYi Micro Hei")
DIGIT = 11  # digits only: level numbers, axes; Chinese is never under 12
SMALL = 12
BODY = 13
VALUE = 14
SEAL = 15
TITLE = 18
CLOCK = 20
ALERT = 24
CELL_GAP = 16


@lru_cache(maxsize=64)
def font(px: int = BODY, bold: bool = False) -> QFont:  # noqa: FBT001, FBT002
    """The font of that pixel size; shared, so never change what comes back. Needs a QApplication."""
    made = QFont()
    made.setFamilies([*FAMILIES, *QFont().families()])
    made.setPixelSize(px)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@lru_cache(maxsize=64)
def metrics(px: int = BODY, bold: bool = False) -> QFontMetricsF:  # noqa: FBT001, FBT002
    """Metrics of that font."""
    return QFontMetricsF(font(px, bold))


@lru_cache(maxsize=8192)
def width_of(text: str, px: int = BODY, bold: bool = False) -> float:  # noqa: FBT001, FBT002
    """How wide the text runs, in logical pixels."""
    return metrics(px, bold).horizontalAdvance(text)


def column_width(samples: Iterable[str], px: int = BODY, gap: int = CELL_GAP) -> int:
    """Width for a column whose widest text is among the samples: measured in bold, plus air."""
    return int(max((width_of(text, px, True) for text in samples), default=0.0) + 0.999) + gap


def line_height(px: int) -> int:
    """Height of one line of that size."""
    return round(px * 1.45)
