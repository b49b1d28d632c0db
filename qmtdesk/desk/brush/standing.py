"""The order of rows while a hand is over them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def standing(shown: Iterable[str], wanted: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """`wanted` with what is `shown` in the order it stands in, and what is new behind it in its own.

    Under the pointer no row may come to stand where another one was: the click would hit that.
    """
    places = {each: place for place, each in enumerate(shown)}
    return sorted(wanted, key=lambda row: places.get(key(row), len(places)))
