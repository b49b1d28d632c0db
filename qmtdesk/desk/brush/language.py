"""Which of the two languages the desk speaks just now."""

from enum import Enum


class Language(str, Enum):
    """A language every user text exists in; the value indexes nothing, it is what the settings keep."""

    ZH = "zh"
    EN = "en"


class _Spoken:
    """The one place the choice is kept: texts are asked for from every paint, and a window speaks one language."""

    now = Language.ZH


def speak(language: Language) -> None:
    """Switch; widgets are told by `Look.changed`, not from here."""
    _Spoken.now = language


def spoken() -> Language:
    """The language in force."""
    return _Spoken.now


def chinese() -> bool:
    """Whether the language in force is Chinese."""
    return _Spoken.now is Language.ZH
