"""What this program is, and the table of its keys."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qmtdesk.desk.brush import fonts, paint
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.words.texts import t
from qmtdesk.wire.build_info import build_info

KEYS = (
    ("F12", "kill"),
    ("Ctrl+K", "jump"),
    ("Ctrl+1 2 3", "panel"),
    ("Alt+1 … 5", "tab"),
    ("↑ ↓", "rows"),
    ("Enter", "enter"),
    ("S", "stop"),
    ("Space", "pause"),
    ("Del", "cancel"),
    ("C", "centre"),
    ("Ctrl+", "height"),
    ("Ctrl+Enter", "confirm"),
    ("Esc", "escape"),
    ("F11", "full"),
    ("F1", "help"),
)


class _Told(QWidget):
    """The painted body of an information sheet."""

    def __init__(self, look: Look, rows: list[tuple[str, str]], key_wide: int) -> None:
        super().__init__()
        self._look, self._rows, self._key_wide = look, rows, key_wide

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._look.theme
        p = QPainter(self)
        for number, (key, words) in enumerate(self._rows):
            row = QRectF(0, 12 + number * 28, self.width(), 28)
            x = 0.0
            if key:
                wide = fonts.width_of(key, fonts.SMALL, True) + 14
                paint.box(p, QRectF(0, row.top() + 4, wide, 20), theme.bg2, theme.line2, 4)
                paint.text(
                    p, QRectF(0, row.top() + 4, wide, 20), key, theme.t1, fonts.SMALL, bold=True, align=paint.CENTRE
                )
                x = self._key_wide
            paint.text(p, row.adjusted(x, 0, 0, 0), words, theme.t1 if not key else theme.t2, elide=True)
        p.end()


class InfoSheet(Sheet):
    """A sheet with nothing to confirm."""

    def __init__(self, window: QWidget, mirror: Mirror, look: Look, rows: list[tuple[str, str]], key_wide: int) -> None:
        self.high = 56 + 60 + 40 + 28 * len(rows)
        self.wide = 620
        super().__init__(window, mirror, look)
        self.go.hide()
        self.cancel.say(t("sheet.close"))
        box = QVBoxLayout(self.body)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(_Told(look, rows, key_wide))

    def blocked(self) -> str:
        return ""


class AboutSheet(InfoSheet):
    """Name, version, commit, build, where the data lie."""

    def __init__(self, window: QWidget, mirror: Mirror, look: Look) -> None:
        info = build_info()
        rows = [("", line) for line in t("about.text", version=info.version).split("\n")]
        rows.append(("", t("about.build", commit=info.short_commit, build=info.short_build)))
        if mirror.status is not None and mirror.status.data_folder:
            rows.append(("", t("about.folder", folder=mirror.status.data_folder)))
        super().__init__(window, mirror, look, rows, 0)

    def title(self) -> str:
        return t("menu.about")


def named_key(key: str, name: str) -> tuple[str, str]:
    """A key as it is written on the keyboard, and what it does."""
    return key + (t("keys.wheel") if name == "height" else ""), t(f"keys.{name}")
