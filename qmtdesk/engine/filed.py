"""The orders and trades of a day, filed by code, and of the orders those that may still change the account.

What is filed apart is drawn from the entries themselves and never kept beside them: there is no second truth.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, Protocol, TypeVar

from qmtdesk.domain.order import Order, OwnerKind


class HasCode(Protocol):
    """Whatever belongs to one code."""

    @property
    def code(self) -> str:
        """The code it belongs to."""


V = TypeVar("V", bound=HasCode)
R = TypeVar("R")


def _refuse(*_args: object, **_changes: object) -> NoReturn:
    raise TypeError("a filed mapping is replaced, never changed")


class Filed(dict[str, V]):
    """A mapping that is replaced, never changed; its entries keep the order in which their keys came first."""

    __slots__ = ("_parts",)

    def __init__(self, entries: Mapping[str, V] | Iterable[tuple[str, V]] = ()) -> None:
        super().__init__(entries)
        self._parts: dict[str, dict[str, V]] | None = None

    def of(self, code: str) -> tuple[V, ...]:
        """The entries of one code, in order."""
        if self._parts is None:
            self._parts = {}
            for key, entry in self.items():
                self._parts.setdefault(entry.code, {})[key] = entry
        return tuple(self._parts[code].values()) if code in self._parts else ()

    def with_entry(self, key: str, entry: V) -> "Filed[V]":
        """The same with one entry set."""
        return self._set_in(Filed(self), key, entry)

    def without(self, key: str) -> "Filed[V]":
        """The same less one entry."""
        return Filed((k, entry) for k, entry in self.items() if k != key)

    def _set_in(self, new: "Filed[V]", key: str, entry: V) -> "Filed[V]":
        old, parts = self.get(key), self._parts
        dict.__setitem__(new, key, entry)
        if parts is not None and (old is None or old.code == entry.code):
            new._parts = {**parts, entry.code: {**parts.get(entry.code, {}), key: entry}}
        return new

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


class Orders(Filed[Order]):
    """Orders by ref."""

    __slots__ = ("_found", "_open", "_worked_out")

    def __init__(self, entries: Mapping[str, Order] | Iterable[tuple[str, Order]] = ()) -> None:
        super().__init__(entries)
        self._open: dict[str, Order] | None = None
        self._found: dict[tuple[str, bool], tuple[Order, ...]] = {}
        self._worked_out: dict[tuple[object, str], Any] = {}

    def live(self, code: str = "", *, own: bool = True) -> tuple[Order, ...]:
        """Orders that may still change the account, of one code or of all; `own` leaves foreign ones out."""
        found = self._found.get((code, own))
        if found is None:
            if self._open is None:
                self._open = {ref: order for ref, order in self.items() if is_open(order)}
            # a member of an enum is slow to look up before Python 3.12, and this is asked after each change
            foreign = OwnerKind.FOREIGN if own else None
            found = self._found[code, own] = tuple(
                [o for o in self._open.values() if (not code or o.code == code) and o.owner.kind is not foreign]
            )
        return found

    def once(self, work_out: "Callable[[Orders, str], R]", code: str = "") -> R:
        """What a pure function says of these orders and a code, worked out when it is first asked for."""
        key = (work_out, code)
        if key not in self._worked_out:
            self._worked_out[key] = work_out(self, code)
        result: R = self._worked_out[key]
        return result

    def with_entry(self, key: str, entry: Order) -> "Orders":
        """The same with one order set."""
        new = Orders(self)
        self._set_in(new, key, entry)
        if self._open is None:
            return new
        if not is_open(entry):
            new._open = {ref: order for ref, order in self._open.items() if ref != key}
        elif key not in self or key in self._open:
            new._open = {**self._open, key: entry}
        # one that came back takes its old place again, which only looking through all of them tells
        return new

    def without(self, key: str) -> "Orders":
        """The same less one order."""
        return Orders((ref, order) for ref, order in self.items() if ref != key)


def is_open(order: Order) -> bool:
    """Whether an order may still fill, or trades of it are still on their way."""
    return order.live or order.unsettled
