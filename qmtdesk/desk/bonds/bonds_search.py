"""Finding a bond by its code, its name or the pinyin initials of its name."""

from functools import lru_cache

# GB 2312 keeps its first 3,755 characters in pinyin order: the first character of each initial letter
_STARTS = (
    (0xB0A1, "a"),
    (0xB0C5, "b"),
    (0xB2C1, "c"),
    (0xB4EE, "d"),
    (0xB6EA, "e"),
    (0xB7A2, "f"),
    (0xB8C1, "g"),
    (0xB9FE, "h"),
    (0xBBF7, "j"),
    (0xBFA6, "k"),
    (0xC0AC, "l"),
    (0xC2E8, "m"),
    (0xC4C3, "n"),
    (0xC5B6, "o"),
    (0xC5BE, "p"),
    (0xC6DA, "q"),
    (0xC8BB, "r"),
    (0xC8F6, "s"),
    (0xCBFA, "t"),
    (0xCDDA, "w"),
    (0xCEF4, "x"),
    (0xD1B9, "y"),
    (0xD4D1, "z"),
)
_END = 0xD7FA


def _initial(char: str) -> str:
    """A character's letter, '' for one whose sound its place in GB 2312 does not tell."""
    if char.isascii():
        return char.lower()
    raw = char.encode("gb2312", errors="ignore")
    if len(raw) != 2:
        return ""
    place = raw[0] << 8 | raw[1]
    if not _STARTS[0][0] <= place < _END:
        return ""
    return next(letter for start, letter in reversed(_STARTS) if place >= start)


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """The pinyin initials of a name; a rare character is passed over."""
    return "".join(_initial(char) for char in name)


def matches(query: str, code: str, name: str) -> bool:
    """Whether what was typed means this bond; nothing typed means all of them."""
    typed = query.strip().lower()
    if not typed:
        return True
    return typed in code.lower() or typed in name.lower() or typed in initials(name)
