"""How large a bond list may be, how its readers tell how far they have come, and a cell of theirs as text."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELL = 2_000
Going = Callable[[int, int], None]
"""Told how much of how much is done (0: unknown), in bytes or rows; raises ListError to end the reading."""


def text_of(value: object) -> str:
    """A typed cell as a text file would have it: no powers of ten, no time of day, no float dust."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else _plain(Decimal(repr(value)))
        case Decimal():
            return _plain(value)
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return str(value)


def _plain(value: Decimal) -> str:
    return format(value, "f") if value.is_finite() else ""
