"""How the window looks just now: theme, palette, language, row density, motion."""

from PySide6.QtCore import QObject, Signal

from qmtdesk.desk.brush.language import Language, speak
from qmtdesk.desk.brush.tokens import Palette, Theme, theme_of

ROW_HEIGHTS = {"compact": 22, "normal": 24, "roomy": 28}


class Look(QObject):
    """The choices every panel paints by; `changed` after any of them moved. GUI thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dark = True
        self._palette = Palette.RED_UP
        self._language = Language.ZH
        self._density = "normal"
        self._motion = True
        self._theme = theme_of(self._dark, self._palette)
        speak(self._language)

    @property
    def theme(self) -> Theme:
        """The colours in force."""
        return self._theme

    @property
    def dark(self) -> bool:
        """Whether the dark theme is in force."""
        return self._dark

    @property
    def palette(self) -> Palette:
        """The colours of rise and fall."""
        return self._palette

    @property
    def language(self) -> Language:
        """The language in force; also what `texts.t` answers in."""
        return self._language

    @property
    def density(self) -> str:
        """Compact | normal | roomy."""
        return self._density

    @property
    def row_height(self) -> int:
        """Height of a table row in logical pixels."""
        return ROW_HEIGHTS[self._density]

    @property
    def motion(self) -> bool:
        """Whether things may move: off means every change is immediate."""
        return self._motion

    def set(
        self,
        *,
        dark: bool | None = None,
        palette: Palette | None = None,
        language: Language | None = None,
        density: str | None = None,
        motion: bool | None = None,
    ) -> None:
        """Change what is given, then say so once."""
        before = (self._dark, self._palette, self._language, self._density, self._motion)
        self._dark = self._dark if dark is None else dark
        self._palette = palette or self._palette
        self._language = language or self._language
        self._density = density if density in ROW_HEIGHTS else self._density
        self._motion = self._motion if motion is None else motion
        if before == (self._dark, self._palette, self._language, self._density, self._motion):
            return
        self._theme = theme_of(self._dark, self._palette)
        speak(self._language)
        self.changed.emit()
