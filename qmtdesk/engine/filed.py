"""The orders and trades of a day, filed by code, and of the orders those that may still change the account.

What is filed apart is drawn from the entries themselves and never kept beside them: there is no second truth.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, Protocol, TypeVar

from qmtdesk.domain.order import Order, OrderState, OwnerKind

NOT_LISTED = "not_listed"
"""The text of an order that ended because the counter stopped listing it."""
DECIDED_LISTED = "decided_listed"
"""Of one the user gave up although the counter lists it, in a state nobody understands."""
DECIDED_OVER = "decided_over"
"""Of such a one when the counter has said that it is over."""


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

    def with_entries(self, changes: Mapping[str, V]) -> "Filed[V]":
        """The same with some entries set."""
        return self._set_in(Filed(self), changes)

    def without(self, key: str) -> "Filed[V]":
        """The same less one entry."""
        return Filed((k, entry) for k, entry in self.items() if k != key)

    def _set_in(self, new: "Filed[V]", changes: Mapping[str, V]) -> "Filed[V]":
        dict.update(new, changes)
        if self._parts is None:
            return new
        fresh: dict[str, dict[str, V]] = {}
        for key, entry in changes.items():
            old, code = self.get(key), entry.code
            if old is not None and old.code != code:
                return new
            if code not in fresh:
                fresh[code] = dict(self._parts.get(code, {}))
            fresh[code][key] = entry
        new._parts = {**self._parts, **fresh}
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
            here: Iterable[Order] = self._open.values()
            if code:
                here = [order for order in here if order.code == code]
            if own:
                # a member of an enum is slow to look up before Python 3.12, and this is asked after each change
                foreign = OwnerKind.FOREIGN
                here = [order for order in here if order.owner.kind is not foreign]
            found = self._found[code, own] = tuple(here)
        return found

    def not_listed(self, code: str) -> tuple[Order, ...]:
        """Own orders of a code that the counter gave a number to and stopped listing: no witness that they ended."""
        return self.once(_not_listed, code)

    def codes(self) -> tuple[str, ...]:
        """Codes with an order that is live."""
        return self.once(_codes)

    def once(self, work_out: "Callable[[Orders, str], R]", code: str = "") -> R:
        """What a pure function says of these orders and a code, worked out when it is first asked for.

        Asked of one code it may look at that code's orders only: then its word holds until one of them changes.
        """
        key = (work_out, code)
        if key not in self._worked_out:
            self._worked_out[key] = work_out(self, code)
        result: R = self._worked_out[key]
        return result

    def with_entries(self, changes: Mapping[str, Order]) -> "Orders":
        """The same with some orders set."""
        new = Orders(self)
        self._set_in(new, changes)
        touched = {"", *(order.code for order in changes.values())}
        touched.update(self[ref].code for ref in changes if ref in self)
        # what was found of the other codes still holds
        new._found = {key: orders for key, orders in self._found.items() if key[0] not in touched}
        new._worked_out = {key: result for key, result in self._worked_out.items() if key[1] not in touched}
        if self._open is None:
            return new
        still = dict(self._open)
        for ref, order in changes.items():
            if not is_open(order):
                still.pop(ref, None)
            elif ref not in self or ref in still:
                still[ref] = order
            else:
                # one that came back takes its old place again, which only looking through all of them tells
                return new
        new._open = still
        return new

    def without(self, key: str) -> "Orders":
        """The same less one order."""
        return Orders((ref, order) for ref, order in self.items() if ref != key)


def _codes(orders: Orders, _code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([order.code for order in orders.live(own=False)]))


def _not_listed(orders: Orders, code: str) -> tuple[Order, ...]:
    return tuple([each for each in orders.of(code) if each.text == NOT_LISTED and each.state is OrderState.REFUSED])


def is_open(order: Order) -> bool:
    """Whether an order may still fill, or trades of it are still on their way."""
    return order.live or order.unsettled
