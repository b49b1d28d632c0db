"""Which of several rules is in force on a day."""

from datetime import date
from typing import TypeVar

T = TypeVar("T")

ALWAYS = date.min


def in_force(rules: tuple[tuple[date, T], ...], day: date) -> T:
    """The last rule that took effect on or before `day`; the first one for any earlier day.

    `rules` are (first day, rule) in order of the day.
    """
    chosen = rules[0][1]
    for first_day, rule in rules[1:]:
        if day < first_day:
            break
        chosen = rule
    return chosen
