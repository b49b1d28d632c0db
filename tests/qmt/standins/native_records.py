"""Records and requests as the native module has them: plain bags, strict about types, without `__dict__`."""

from typing import Any

PREFIXES: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("m_str", (str,)),
    ("m_n", (int,)),
    ("m_d", (int, float)),
    ("m_b", (bool, int)),
)


class NativeRequest:
    """Takes attributes as pybind11 does: a value of a wrong type is a TypeError, not a conversion."""

    def __init__(self) -> None:
        object.__setattr__(self, "_set", {})

    def __setattr__(self, name: str, value: Any) -> None:
        for prefix, kinds in PREFIXES:
            if name.startswith(prefix) and name[len(prefix) : len(prefix) + 1].isupper():
                if not isinstance(value, kinds) or (isinstance(value, bool) and prefix == "m_n"):
                    raise TypeError(
                        f"{type(self).__name__}.{name}: {type(value).__name__} instead of {kinds[0].__name__}"
                    )
                self._set[name] = value
                return
        raise AttributeError(name)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._set[name]
        except KeyError:
            raise AttributeError(name) from None


REQUESTS = (
    "SubscribeReq",
    "UnsubscribeReq",
    "OrderStockReq",
    "CancelOrderStockReq",
    "QueryStockAssetReq",
    "QueryStockOrdersReq",
    "QueryStockTradesReq",
    "QueryStockPositionsReq",
    "QueryAccountInfosReq",
    "QueryAccountStatusReq",
    "QueryIPODataReq",
)


class NativeRecord:
    """A pushed or queried record: attributes only, nothing to be listed or dumped."""

    __slots__ = ("_fields", "_kind")

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        object.__setattr__(self, "_kind", kind)
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str) -> Any:
        try:
            told = self._fields[name]
            # a float is made anew at each reading: a NaN is not even the object it was
            return told * 1.0 if type(told) is float else told
        except KeyError:
            raise AttributeError(f"'{self._kind}' object has no attribute '{name}'") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{self._kind}.{name} cannot be set")


class Poison(NativeRecord):
    """A record whose fields raise when they are read, as a half-torn native object does."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"native object of {self._kind} is gone: {name}")
