"""What a typed number means: its unit, its range, and why it is refused."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum


class Fault(str, Enum):
    """Why a text is no value of a field."""

    EMPTY = "empty"
    NOT_NUMBER = "not_number"
    GROUPING = "grouping"
    NEGATIVE = "negative"
    TOO_LONG = "too_long"
    TOO_FINE = "too_fine"
    BELOW = "below"
    ABOVE = "above"
    OFF_STEP = "off_step"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Field:
    """One number a user types.

    The stored integer of one typed unit is `scale` (元 → 1000 厘, 万元 → 10,000,000 厘, % → 100 bp, 张 → 1).
    `low` / `high` are stored integers, both allowed. `zero` lets 0 or an empty text through below `low`, as "no limit".
    `step` is the stored grid a value must stand on. `suffixes` maps the words that may follow the number to their
    own scale.
    """

    scale: int
    low: int
    high: int
    zero: bool = False
    step: int = 1
    suffixes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Bad:
    """A text that was refused. `bound` is the stored integer that was passed, `got` what was meant, where known."""

    fault: Fault
    bound: int = 0
    got: int = 0


Parsed = int | Bad

_MINUS = "-−–—﹣－"  # noqa: RUF001  every dash a keyboard or an input method gives
_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]*))?|\.([0-9]+)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_LONGEST = 24


def parse(text: str, field: Field) -> Parsed:
    """The stored integer, or why not. Never a guess: exponents, odd grouping and unknown words are refused.

    Full-width digits, commas and points become plain ones first.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return 0 if field.zero else Bad(Fault.EMPTY)
    if len(plain) > _LONGEST:
        return Bad(Fault.TOO_LONG)
    if plain[0] in _MINUS:
        return Bad(Fault.NEGATIVE)
    number, scale = _split_suffix(plain.lstrip("+±"), field)
    if scale == 0:
        return Bad(Fault.UNIT)
    exact = _exact(number, scale)
    return exact if isinstance(exact, Bad) else _in_range(exact, field)


def plain_number(value: int, field: Field) -> str:
    """The value as a user would type it: grouped, without trailing zeros, without the unit."""
    whole, rest = divmod(value, field.scale)
    text = f"{whole:,}"
    if rest:
        width = len(str(field.scale)) - 1
        text += "." + f"{rest:0{width}d}".rstrip("0")
    return text


def _split_suffix(text: str, field: Field) -> tuple[str, int]:
    """The number's text and its scale; scale 0 when the word after the number is not one of the field's."""
    at = len(text)
    while at and not (text[at - 1].isascii() and (text[at - 1].isdigit() or text[at - 1] in ".,")):
        at -= 1
    word = text[at:]
    if not word:
        return text, field.scale
    if not at:
        return text, field.scale
    return text[:at], dict(field.suffixes).get(word, 0)


def _exact(text: str, scale: int) -> Parsed:
    """The number times the scale, exactly."""
    if "," in text:
        if not _GROUPED.fullmatch(text):
            return Bad(Fault.GROUPING)
        text = text.replace(",", "")
    match = _PLAIN.fullmatch(text)
    if match is None:
        return Bad(Fault.NOT_NUMBER)
    whole = int(match.group(1) or "0")
    digits: str = match.group(2) or match.group(3) or ""
    unit: int = 10 ** len(digits)
    part = int(digits or "0") * scale
    if part % unit:
        return Bad(Fault.TOO_FINE)
    return whole * scale + part // unit


def _in_range(value: int, field: Field) -> Parsed:
    if value == 0 and field.zero:
        return 0
    if value < field.low:
        return Bad(Fault.BELOW, field.low, value)
    if value > field.high:
        return Bad(Fault.ABOVE, field.high, value)
    if value % field.step:
        return Bad(Fault.OFF_STEP, field.step, value)
    return value
