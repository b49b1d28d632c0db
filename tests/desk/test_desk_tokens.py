"""The colour table: readable in every theme and palette."""

import pytest

from qmtdesk.desk.brush.tokens import DARK, LIGHT, Palette, Theme, theme_of

THEMES = [(dark, palette) for dark in (True, False) for palette in Palette]
TEXT = ("t1", "t2", "t3", "up", "dn", "acc", "warn", "paper", "live")
GROUNDS = ("bg0", "bg1", "bg2", "sel")
PAIRS = (
    ("on_fill", "upfill"),
    ("on_fill", "dnfill"),
    ("on_fill", "accfill"),
    ("on_solid", "solid"),
    ("up", "upbg"),
    ("dn", "dnbg"),
    ("acc", "accbg"),
    ("warn", "warnbg"),
    ("paper", "paperbg"),
    ("live", "livebg"),
)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("dark", "palette"), THEMES)
def test_every_text_colour_is_readable_on_every_ground(dark: bool, palette: Palette) -> None:
    theme = theme_of(dark, palette)
    poor = {
        (text, ground): round(contrast(getattr(theme, text), getattr(theme, ground)), 2)
        for text in TEXT
        for ground in GROUNDS
        if contrast(getattr(theme, text), getattr(theme, ground)) < 4.5
    }
    assert not poor


@pytest.mark.parametrize(("dark", "palette"), THEMES)
def test_every_filled_thing_is_readable(dark: bool, palette: Palette) -> None:
    theme = theme_of(dark, palette)
    poor = {
        pair: round(contrast(getattr(theme, pair[0]), getattr(theme, pair[1])), 2)
        for pair in PAIRS
        if contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) < 4.5
    }
    assert not poor


@pytest.mark.parametrize(("dark", "palette"), THEMES)
def test_a_palette_changes_the_colours_of_rise_and_fall_and_nothing_else(dark: bool, palette: Palette) -> None:
    base, theme = DARK if dark else LIGHT, theme_of(dark, palette)
    changed = {name for name in Theme.__slots__ if getattr(base, name) != getattr(theme, name)}
    assert changed <= {"up", "upbg", "dn", "dnbg", "upfill", "dnfill"}
    assert bool(changed) is (palette is not Palette.RED_UP)


def test_no_alarm_has_the_colour_of_a_rise_or_a_fall() -> None:
    for dark, palette in THEMES:
        theme = theme_of(dark, palette)
        assert theme.warn not in (theme.up, theme.dn)
        assert theme.acc not in (theme.up, theme.dn)
