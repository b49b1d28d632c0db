"""Names of the running program replaced for a while: what a deliberate mistake is made of."""

from collections.abc import Callable
from typing import Any

from qmtdesk.engine import gate

Anything = Any
"""What a patched name holds; the mutants are the one place that bends the program's types."""


class Patch:
    """Names replaced for a while, and put back in the reverse order."""

    def __init__(self) -> None:
        self._undo: list[tuple[object, str, Anything]] = []

    def set(self, where: object, name: str, value: Anything) -> None:
        """Replace one name; AttributeError when there is nothing of that name to replace."""
        self._undo.append((where, name, getattr(where, name)))
        setattr(where, name, value)

    def undo(self) -> None:
        """Put everything back."""
        while self._undo:
            setattr(*self._undo.pop())


Change = Callable[[Patch], None]


def no_checks(*names: str) -> Change:
    """A gate without these checks."""

    def mutate(patch: Patch) -> None:
        patch.set(gate, "CHECKS", tuple(check for check in gate.CHECKS if check.__name__ not in names))
        for name in names:
            patch.set(gate, name, lambda *_: None)

    return mutate


def check_as(patch: Patch, name: str, check: gate.Check) -> None:
    """A gate with one check made otherwise."""
    patch.set(gate, "CHECKS", tuple(check if each.__name__ == name else each for each in gate.CHECKS))
    patch.set(gate, name, check)
