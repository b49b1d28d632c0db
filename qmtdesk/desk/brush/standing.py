"""The order of rows while a hand is over them."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def standing(shown: Iterable[str], wanted: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """`wanted` with what is `shown` in the order it stands in, and what is new behind it in its own.

    Under the pointer no row may come to stand where another one was: the click would hit that.
    """
    places = {each: place for place, each in enumerate(shown)}
    return sorted(wanted, key=lambda row: places.get(key(row), len(places)))


def places_kept(shown: Sequence[T], wanted: Sequence[T], key: Callable[[T], str]) -> tuple[list[T], list[T]]:
    """As `standing`, with what is gone still in its place, so that nothing below it moves up; and what is gone.

    Where nothing that was shown is left, nothing can be aimed at and no place is kept.
    """
    now = {key(row) for row in wanted}
    gone = [row for row in shown if key(row) not in now]
    if len(gone) == len(shown):
        gone = []
    return standing(map(key, shown), [*wanted, *gone], key), gone
